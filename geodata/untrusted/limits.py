"""How much an import takes: limits that keep a hostile or broken file from doing harm."""

from dataclasses import dataclass

from geodata.errors import InvalidInput
from geodata.wording import say


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one file; every one is refused with a sentence, never cut silently."""

    rows: int = 1_000_000
    columns: int = 500
    """Most data rows and columns."""
    field_chars: int = 100_000
    """Longest single cell."""
    expanded_bytes: int = 1024**3
    ratio: float = 200.0
    members: int = 2_000
    """Largest sum of unpacked bytes, largest expansion (above 16 MiB) and most members of a ZIP
    container: XLSX, zipped shapefile."""
    memory_bytes: int = 3 * 1024**3
    seconds: int = 300
    """Most memory and processor time of the process that reads a vector file."""


DEFAULT_LIMITS = Limits()


def check_width(count: int, limits: Limits) -> None:
    """Refuse a table with too many columns.

    Raises
    ------
    InvalidInput
        More columns than `limits.columns`.
    """
    if count > limits.columns:
        raise InvalidInput(
            say(
                "The table has {count:,} columns; at most {columns:,} are read. Check the "
                "delimiter, or take the columns needed into a file of their own.",
                count=count,
                columns=limits.columns,
            ),
            code="too-many-columns",
        )


def check_rows(count: int, limits: Limits) -> None:
    """Refuse a table with too many rows.

    Raises
    ------
    InvalidInput
        More rows than `limits.rows`.
    """
    if count > limits.rows:
        raise InvalidInput(
            say(
                "The file has more than {rows:,} rows. Split it, or raise the limit "
                "(HAZARDMAP_MAX_ROWS).",
                rows=limits.rows,
            ),
            code="too-many-rows",
        )
