"""CQL2 filters: text or JSON in, one mask of rows out."""

from geodata.filters.filter import LANGUAGES, Filter, compile_filter, equality

__all__ = ["LANGUAGES", "Filter", "compile_filter", "equality"]
