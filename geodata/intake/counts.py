"""Tables that count incidents per unit and period: no list of incidents, but published figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geodata.errors import InvalidInput
from geodata.incidents import parse_districts
from geodata.intake.cells.numbers import numbers
from geodata.intake.draft import Draft, Placement, Values
from geodata.intake.fields import COUNT_HEADERS
from geodata.intake.mapping import ColumnMapping
from geodata.intake.places.placing import UNIT_CODES, UNIT_NAMES
from geodata.intake.table import Table
from geodata.wording import plain

Document = dict[str, Any]
_PERIODS = ("year", "month", "date", "date_start")
_SINGLE = ("id", "latitude", "longitude", "coordinates", "description", "place", "url")
"""Fields that single incidents have, and sheets of counts do not."""
_LEAST_ROWS, _LEAST_FILLED = 6, 0.6
_PEOPLE = ("killed", "injured", "casualties")
_OF_MINES = ("mine", "explosive", "ordnance", "uxo", "erw", "ied", "eo")


def count_columns(table: Table) -> list[str]:
    """Give the columns whose header says that they count incidents."""
    return [c for c in table.columns if plain(c) in COUNT_HEADERS or _tagged(table.tags.get(c))]


def _tagged(tag: str | None) -> bool:
    return (
        tag is not None
        and tag.startswith("#event")
        and {"num", "count"} & set(tag.split("+")) != set()
    )


@dataclass(slots=True)
class CountWatch:
    """Looks over the whole file whether it lists incidents or counts them.

    Attributes
    ----------
    columns
        Columns that count by their header.
    """

    columns: list[str]
    rows: int = 0
    other: dict[str, int] = field(default_factory=dict)
    bad: dict[str, int] = field(default_factory=dict)

    def add(self, draft: Draft) -> None:
        """Count one chunk: cells that are whole numbers other than one."""
        self.rows += len(draft)
        for column in self.columns:
            read = numbers(draft.chunk[column].to_numpy(dtype=object), 0, 1e9)
            whole = ~np.isnan(read.values) & (read.values % 1 == 0)
            self.other[column] = self.other.get(column, 0) + int((whole & (read.values != 1)).sum())
            self.bad[column] = self.bad.get(column, 0) + len(read.bad)

    @property
    def counting(self) -> str | None:
        """The column that counts incidents; None where none does."""
        return next(
            (c for c in self.columns if self.other.get(c) and self.bad[c] * 10 <= self.rows), None
        )


def panel_column(table: Table, mapping: ColumnMapping) -> str | None:
    """Find the column of counts of a sheet that has every unit in every period, by its shape.

    Parameters
    ----------
    table
        The table; its first rows decide.
    mapping
        Its fields.

    Returns
    -------
    str or None
        A column of whole numbers, many of them zero, in a table of units and periods that
        has nothing that single incidents have.
    """
    fields, sample = mapping.fields, table.sample
    units = [fields[n] for n in (*UNIT_NAMES, *UNIT_CODES) if n in fields]
    periods = [fields[n] for n in _PERIODS if n in fields]
    if any(n in fields for n in _SINGLE) or not units or not periods or len(sample) < _LEAST_ROWS:
        return None
    places, times = (sample[some].fillna("").agg("|".join, axis=1) for some in (units, periods))
    cells = places.nunique() * times.nunique()
    pairs = (places + "||" + times).nunique()
    if times.nunique() < 2 or places.nunique() < 2 or pairs < _LEAST_FILLED * cells:
        return None
    for column in table.columns:
        if column in (*units, *periods):
            continue
        read = numbers(sample[column].to_numpy(dtype=object), 0, 1e9)
        filled = read.values[~np.isnan(read.values)]
        whole = len(filled) * 2 > len(sample) and not read.bad and bool((filled % 1 == 0).all())
        if whole and (filled == 0).mean() >= 0.25:
            return column
    return None


def refuse_counts(column: str | None, columns: tuple[str, ...]) -> None:
    """Refuse a table of counts as a list of incidents.

    Raises
    ------
    InvalidInput
        With the way out: as statistics (code ``counts-not-incidents``).
    """
    if column is None:
        return
    raise InvalidInput(
        f"This is a table of counts, not a list of incidents: {column!r} says how many there were "
        "in each unit and period, and a row with 0 is no incident. Take it as published figures: "
        "hazardmap import FILE --as statistics. If each row is one incident, rename or remove the "
        "column.",
        code="counts-not-incidents",
        details=[
            {"field": column, "reason": "counts incidents"},
            *({"column": name} for name in columns),
        ],
    )


def figures(
    draft: Draft,
    values: Values,
    placement: Placement,
    column: str,
    *,
    of_mines: bool,
    issuer: str | None,
) -> list[tuple[int, Document]]:
    """Make statistics of a table of counts: one for each figure of a row.

    Parameters
    ----------
    draft, values, placement
        The chunk, read and placed.
    column
        The column that counts incidents.
    of_mines
        Whether the figures are about mines and explosive ordnance only.
    issuer
        Who publishes them, where no column says it.

    Returns
    -------
    list of tuple
        Position of the row, and the statistic without its id.
    """
    read: dict[str, np.ndarray] = {"incidents": _whole(draft, column)}
    read |= {name: _whole(draft, draft.fields[name]) for name in _PEOPLE if draft.has(name)}
    names = [values.names[n] for n in UNIT_NAMES if draft.has(n)]
    start, end = (np.datetime_as_string(v).tolist() for v in (values.date_start, values.date_end))
    sources = draft.texts("source")
    made: list[tuple[int, Document]] = []
    for place in range(len(draft)):
        if place in draft.refused:
            continue
        districts = placement.districts[place]
        named = ", ".join(str(some[place]) for some in reversed(names) if some[place])
        base: Document = {
            "period_start": start[place],
            "period_end": end[place],
            "districts": [d.district_id for d in parse_districts(districts or "")],
            "territory": (named or placement.note[place] or "")[:300] or None,
            "issuer": (sources[place] or issuer or "")[:300] or None,
            "mine_related": of_mines,
        }
        for metric, numbers_ in read.items():
            if numbers_[place] == numbers_[place]:
                figure = {"metric": "incidents"} if metric == "incidents" else {"metric": "people"}
                if metric in ("killed", "injured"):
                    figure["outcome"] = metric
                made.append((place, base | figure | {"value": int(numbers_[place])}))
    return made


def about_mines(columns: tuple[str, ...], name: str, scope: str) -> bool:
    """Say whether figures are about mines: by the user's scope, or words of file and headers."""
    words = {w.rstrip("s") for text in (*columns, name) for w in plain(text).split()}
    return scope == "mines" or bool(words & {w.rstrip("s") for w in _OF_MINES})


def _whole(draft: Draft, column: str) -> np.ndarray:
    read = numbers(draft.chunk[column].to_numpy(dtype=object), 0, 1e9)
    for place, reason in read.bad.items():
        draft.refuse(place, column, reason)
    return np.where(read.values % 1 == 0, read.values, np.nan)


def mapping_of_counts(fields: Mapping[str, str], column: str) -> dict[str, str]:
    """Give the fields of a table of counts: none of them is the column that counts."""
    return {name: held for name, held in fields.items() if held != column and name != "id"}
