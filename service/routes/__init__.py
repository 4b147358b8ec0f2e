"""Placeholder; see the specification."""
