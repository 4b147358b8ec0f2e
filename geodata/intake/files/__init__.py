"""Uploaded files: what they are, told by their content, and the table inside."""
