"""A chunk on its way to records: values by field, and what is wrong with which row."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geodata.intake.cells.numbers import is_nothing
from geodata.intake.table import BAD, ROW


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a row is refused: the field, its text as given, and the reason."""

    field: str
    reason: str
    value: str | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.field}: {self.reason}"


@dataclass(slots=True)
class Draft:
    """One chunk.

    Attributes
    ----------
    chunk
        The raw rows.
    fields
        Field to column, as mapped.
    members
        Field to one value a row: lists or arrays of the record's members.
    refused
        Position to complaints; such rows are not taken.
    warnings
        Sentences about single cells, with how often each holds.
    unknown_values
        (field, value) that was not understood, with how often.
    out_of_scope
        Rows that the user's choice leaves out.
    folded
        Rows of further victims of an incident that another row stands for.
    rows
        The rows' numbers in the file.
    earlier_ids
        Position to the id that earlier versions gave a row without one.
    """

    chunk: pd.DataFrame
    fields: dict[str, str]
    members: dict[str, Any] = field(default_factory=dict)
    refused: dict[int, list[Complaint]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)
    unknown_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    out_of_scope: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    folded: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    rows: list[int] = field(default_factory=list)
    earlier_ids: dict[int, str] = field(default_factory=dict)
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
        nothing = {cell for cell in set(cells) if is_nothing(cell)}
        return [None if cell in nothing else cell for cell in cells] if nothing else cells

    def not_understood(self, name: str, value: str) -> None:
        """Report a value of a field that counts as unknown."""
        self.unknown_values[name, value[:60]] += 1

    def refuse(self, position: int, name: str, reason: str, value: str | None = None) -> None:
        """Refuse one row."""
        complaint = Complaint(self.fields.get(name, name), reason, value)
        self.refused.setdefault(int(position), []).append(complaint)

    def refuse_all(self, name: str, bad: dict[int, str]) -> None:
        """Refuse the rows whose cell of a field could not be read."""
        if bad:
            raw = self.raw(name)
            for position, reason in bad.items():
                self.refuse(position, name, reason, raw[position])
