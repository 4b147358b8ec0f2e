"""HTTP, one module a resource; none imports another."""
