"""Parameters of requests: read once, checked, one value."""
