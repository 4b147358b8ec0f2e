"""The formats that are known, and the columns of any other table."""
