"""Cells to values: numbers, days, positions, codes and countries, whatever the file."""
