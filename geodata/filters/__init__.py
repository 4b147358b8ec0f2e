"""CQL2 filters: text or JSON in, one mask of rows out."""

from geodata.filters.columns import Calendar, Columns, mask_during
from geodata.filters.compiler import LANGUAGES, Filter, compile_filter, equality

__all__ = [
    "LANGUAGES",
    "Calendar",
    "Columns",
    "Filter",
    "compile_filter",
    "equality",
    "mask_during",
]
