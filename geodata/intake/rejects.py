"""The rejects file: refused rows as they came, with the reason, ready to be corrected."""

import csv
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pandas as pd

from geodata.disk import private_file
from geodata.formats.formulas import harmless
from geodata.intake.draft import Complaint
from geodata.intake.table import BAD, LAT, LON, ROW, SHAPE

REASON_COLUMN = "import_error"
ROW_COLUMN = "import_row"
PLAN_COLUMN = "import_plan"
OWN_COLUMNS = (ROW_COLUMN, REASON_COLUMN, PLAN_COLUMN)
"""Columns of a rejects file that are no data."""
_OWN = (ROW, BAD, LON, LAT, SHAPE)


class Rejects:
    """Writes refused rows to a CSV file, made with the first of them.

    The columns taken come first, unchanged (what is not taken may name people, and is kept
    nowhere), then the row's number, the reasons, and how
    the file was read (data set, columns, order of dates), so that the corrected file is read
    the same way and gives its incidents the same ids. A cell that a spreadsheet would take for
    a formula gets an apostrophe before it.

    Parameters
    ----------
    path
        The file; None writes nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.plan = ""
        self.taken: Collection[str] | None = None
        """Columns that fill a field; None = all."""
        self.count = 0
        self._stream: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        """Give the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    def write(self, chunk: pd.DataFrame, refused: dict[int, list[Complaint]]) -> None:
        """Append refused rows.

        Parameters
        ----------
        chunk
            The raw rows.
        refused
            Position to complaints.
        """
        self.count += len(refused)
        if self.path is None or not refused:
            return
        columns = [
            c for c in chunk.columns if c not in _OWN and (self.taken is None or c in self.taken)
        ]
        located = LON in chunk and not {"longitude", "latitude"} & set(columns)
        if self._stream is None:
            self._open(self.path, [*columns, *(("longitude", "latitude") if located else ())])
        places = sorted(refused)
        some = chunk.iloc[places]
        cells = some[columns].to_numpy(dtype=object).tolist()
        numbers = some[ROW].tolist()
        points = some[[LON, LAT]].to_numpy().tolist() if located else [[]] * len(places)
        for place, row, number, point in zip(places, cells, numbers, points, strict=True):
            why = "; ".join(str(complaint) for complaint in refused[place])
            degrees = ["" if v != v else repr(v) for v in point]
            own = (number, _cell(why), self.plan)
            self._writer.writerow([*(_cell(v) for v in row), *degrees, *own])

    def _open(self, path: Path, columns: list[str]) -> None:
        self._stream = private_file(path).open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._stream)
        self._writer.writerow([*columns, *OWN_COLUMNS])


def _cell(value: object) -> str:
    if value is None or value != value:
        return ""
    text = str(value)
    return text if _is_number(text) else harmless(text)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
