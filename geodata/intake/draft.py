"""A chunk on its way to records: its cells, what they say, where it happened, what is refused.

The steps of an import hand these on: a `Draft` of raw cells is read into `Values`, those are
placed into a `Placement`, and records are made of both. Each step asks for what the one before
gives, so that the type checker proves their order.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.intake.cells.numbers import LONGEST_NULL, is_nothing
from geodata.intake.table import BAD, ROW

Texts = list[str | None]
"""One text or None a row."""
Codes = list[int | None]
"""One whole number or None a row."""
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
People = dict[str, Any]
"""Members of one row of casualties."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row is refused: the field, its text as given, and the reason."""

    field: str
    reason: str
    value: str | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.field}: {self.reason}"


@dataclass(slots=True)
class Draft:
    """One chunk."""

    chunk: pd.DataFrame
    """The raw rows."""
    fields: dict[str, str]
    """Field to column, as mapped."""
    refused: dict[int, list[RowProblem]] = field(default_factory=dict)
    """Position to problems; such rows are not taken."""
    warnings: Counter[str] = field(default_factory=Counter)
    """Sentences about single cells, with how often each holds."""
    unknown_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(field, value) that was not understood, with how often."""
    out_of_scope: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """Rows that the user's choice leaves out."""
    folded: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """Rows of further victims of an incident that another row stands for."""
    rows: list[int] = field(default_factory=list)
    """The rows' numbers in the file."""
    earlier_ids: dict[int, str] = field(default_factory=dict)
    """Position to the id that earlier versions gave a row without one."""
    _raw: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what could not even be read; start with every row in scope."""
        self.out_of_scope = np.zeros(len(self.chunk), dtype=bool)
        self.folded = np.zeros(len(self.chunk), dtype=bool)
        self.rows = self.chunk[ROW].tolist()
        if BAD in self.chunk:
            for position, reason in enumerate(self.chunk[BAD].tolist()):
                if isinstance(reason, str):
                    self.refuse(position, "row", reason)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.chunk)

    def has(self, name: str) -> bool:
        """Say whether a column fills the field."""
        return name in self.fields

    def raw(self, name: str) -> np.ndarray:
        """Give a field's cells as text or None; all None where no column fills it."""
        if name not in self.fields:
            return np.full(len(self.chunk), None, dtype=object)
        if name not in self._raw:
            self._raw[name] = self.chunk[self.fields[name]].to_numpy(dtype=object)
        return self._raw[name]

    def texts(self, name: str) -> list[str | None]:
        """Give a field's cells, those that state nothing as None."""
        if name not in self.fields:
            return [None] * len(self.chunk)
        cells = self.raw(name).tolist()
        # Long texts say something: most of them are not even asked.
        nothing = {
            c
            for c in cells
            if c is None or (len(c) <= LONGEST_NULL and not c[-1:].isdecimal() and is_nothing(c))
        }
        return [None if cell in nothing else cell for cell in cells] if nothing else cells

    def not_understood(self, name: str, value: str) -> None:
        """Report a value of a field that counts as unknown."""
        self.unknown_values[name, value[:60]] += 1

    def refuse(self, position: int, name: str, reason: str, value: str | None = None) -> None:
        """Refuse one row."""
        problem = RowProblem(self.fields.get(name, name), reason, value)
        self.refused.setdefault(int(position), []).append(problem)

    def refuse_all(self, name: str, bad: dict[int, str]) -> None:
        """Refuse the rows whose cell of a field could not be read."""
        if bad:
            raw = self.raw(name)
            for position, reason in bad.items():
                self.refuse(position, name, reason, raw[position])


@dataclass(slots=True)
class Points:
    """Longitude and latitude a row (degrees, WGS 84; NaN for none) and the notation's error."""

    lon: Floats
    lat: Floats
    uncertainty_m: Floats


@dataclass(slots=True)
class Values:
    """What a chunk's cells say, one column each; None or NaN where nothing is said."""

    place: Texts
    names: dict[str, Texts]
    codes: dict[str, Texts]
    """Columns of the units that the rows name, by field: `placing.UNIT_NAMES` and
    `placing.UNIT_CODES`."""
    country: Texts
    date_start: Days
    date_end: Days
    """Days."""
    date_precision: list[int]
    date_text: Texts
    date_basis: Texts
    local_time: Texts
    points: Points
    """Positions kept."""
    anchor: Points
    """Positions that tell where to look, kept or not."""
    nowhere: Flags
    """Rows whose position is an estimate for a wide area: nothing beside it counts either."""
    uncertainty_m: Floats
    where_precision: Codes
    coordinate_method: Texts
    accident_type: Texts
    device: Texts
    activity: Texts
    casualties: list[list[People]]
    reports: list[list[dict[str, Any]]]
    """Members of the record's rows of casualties and of its reports."""
    source_reliability: Texts
    information_credibility: Codes
    description: Texts
    note: Texts
    record_status: Texts
    sensitivity: Texts


@dataclass(slots=True)
class Placement:
    """Where a chunk's rows count, one column each."""

    districts: Texts
    """Districts and weights as text (see `geodata.incidents.flat`); None = unplaced."""
    note: Texts
    """Why the placing is uncertain."""
    place_id: Texts
    placed_by: Texts
    reason: Texts
    """Why a row is unplaced."""
    conflict: Flags
    """Rows whose point and names contradict each other."""
    where_precision: list[int]
    coordinate_method: Texts
    country: Texts
    record_status: Texts
    """As the rows say, and what follows from the placing where they do not."""
