"""One door for HTTP: what is asked is read once, and every answer is given in one way."""
