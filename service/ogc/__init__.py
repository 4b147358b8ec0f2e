"""OGC API – Features: what requests mean and what answers say, without routes."""
