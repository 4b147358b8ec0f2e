"""Where a row happened: its point, its names, and the district they lead to."""
