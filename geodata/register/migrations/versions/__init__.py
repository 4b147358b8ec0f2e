"""One module a step; each runs in the transaction of the opening process."""
