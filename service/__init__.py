"""What people touch: HTTP, pages, maps, print and the command line, over the domain library."""
