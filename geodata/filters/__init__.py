"""CQL2 filters: text or JSON in, one mask of rows out."""

from typing import TYPE_CHECKING

from geodata.deferred import parts

if TYPE_CHECKING:
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

__getattr__ = parts(
    __name__,
    {
        "columns": ("Calendar", "Columns", "mask_during"),
        "compiler": ("LANGUAGES", "Filter", "compile_filter", "equality"),
    },
)
