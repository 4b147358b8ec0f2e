"""What an import did: the report, row by row where it matters, and the rows that it refused."""

import csv
from collections import Counter, defaultdict
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pandas as pd

from geodata.disk import private_file
from geodata.formats.formulas import harmless
from geodata.intake.draft import RowProblem
from geodata.intake.table import BAD, LAT, LON, ROW, SHAPE
from geodata.register.duplicates import Suspicion
from geodata.wording import say, sentences_in

OUTCOMES = ("taken", "unchanged", "updated", "duplicate", "refused", "out_of_scope", "folded")
LISTED = 1_000
"""Most single rows listed of each kind; the counts are always whole."""


WHY_UNPLACED: dict[str, str] = {
    "no_place": say("no place is stated"),
    "not_understood": say("the place named is not known"),
    "outside": say("the point lies in no district"),
    "foreign": say("another country than the boundaries'"),
    "coarse": say("only a unit above the districts is known"),
    "conflict": say("point and name contradict each other"),
    "no_boundaries": say("no boundaries are loaded"),
}
"""Why a row is in no district → words."""


@dataclass(slots=True)
class FileReport:
    """The report of one file."""

    file: str
    kind: str = "incidents"
    plan: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    """One number an outcome; they sum to the rows. `taken` and `duplicate` are new records (with
    ``duplicates=hold`` the latter are not recorded)."""
    rows: int = 0
    written: int = 0
    """Revisions appended; 0 on a dry run."""
    dry_run: bool = False
    unknown_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    unplaced: list[dict[str, Any]] = field(default_factory=list)
    """Rows, of those recorded or held, that lie in no district."""
    unplaced_count: int = 0
    left_alone: list[dict[str, Any]] = field(default_factory=list)
    uncertain: int = 0
    matches: list[dict[str, Any]] = field(default_factory=list)
    reasons_unplaced: Counter[str] = field(default_factory=Counter)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    conflict_count: int = 0
    preview: list[dict[str, Any]] = field(default_factory=list)
    duplicates_recorded: bool = True
    rejects: str | None = None
    stages: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    seconds: float = 0.0

    def refuse(self, row: int, problems: list[RowProblem]) -> None:
        """Count and list one refused row."""
        self.counts["refused"] += 1
        for problem in problems:
            self.reasons[problem.field] += 1
        if len(self.refused) < LISTED:
            self.refused.append(
                {
                    "row": row,
                    "errors": [
                        {"field": c.field, "reason": c.reason}
                        | ({"value": c.value[:200]} if c.value else {})
                        for c in problems
                    ],
                }
            )

    def suspect(self, row: int, suspicion: Suspicion, *, recorded: bool) -> None:
        """Count and list one suspected duplicate."""
        self.counts["duplicate"] += 1
        if len(self.duplicates) < LISTED:
            self.duplicates.append({"row": row, **suspicion.as_json(), "recorded": recorded})

    def unplace(
        self, row: int, incident_id: str, place: str | None, reason: str | None = None
    ) -> None:
        """Count and list one row that counts in no district, with the reason."""
        self.unplaced_count += 1
        self.reasons_unplaced[reason or "outside"] += 1
        if len(self.unplaced) < LISTED:
            self.unplaced.append(
                {"row": row, "incident_id": incident_id, "place": place, "reason": reason}
            )

    def contradict(self, row: int, incident_id: str, note: str | None) -> None:
        """Count and list one row whose point and names contradict each other."""
        self.conflict_count += 1
        if len(self.conflicts) < LISTED:
            self.conflicts.append({"row": row, "incident_id": incident_id, "note": note})

    def leave(self, row: int, incident_id: str, why: str) -> None:
        """List one row that stays as it is held for a reason."""
        if len(self.left_alone) < LISTED:
            self.left_alone.append({"row": row, "incident_id": incident_id, "reason": why})

    def column_of(self, name: str) -> str:
        """Give the column that fills a field."""
        return next((m["column"] for m in self.plan.get("mapping", ()) if m["field"] == name), name)

    @property
    def recorded(self) -> int:
        """Rows that are held as new incidents: taken, and suspected duplicates recorded."""
        held = self.counts["duplicate"] if self.duplicates_recorded else 0
        return self.counts["taken"] + held

    def as_json(self) -> dict[str, Any]:
        """Give the report as plain JSON values."""
        body: dict[str, Any] = {
            "file": self.file,
            "as": self.kind,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "counts": {name: self.counts[name] for name in OUTCOMES},
            "recorded": self.recorded,
            "unplaced_count": self.unplaced_count,
            "uncertain_border_count": self.uncertain,
            "written": self.written,
            **self.plan,
            "notes": self.notes,
            "warnings": [
                {"message": text, "rows": times} for text, times in self.warnings.most_common(200)
            ],
            "values_not_understood": [
                {"field": name, "column": self.column_of(name), "value": value, "rows": rows}
                for (name, value), rows in self.unknown_values.most_common(200)
            ],
            "refused_by_field": dict(self.reasons.most_common()),
            "refused": self.refused,
            "duplicates": self.duplicates,
            "unplaced": self.unplaced,
            "unplaced_by_reason": dict(self.reasons_unplaced.most_common()),
            "conflict_count": self.conflict_count,
            "conflicts": self.conflicts,
            "matches": self.matches,
            "left_alone": self.left_alone,
            "preview": self.preview,
            "rejects": self.rejects,
            "seconds": round(self.seconds, 3),
            "stages": {name: round(value, 3) for name, value in self.stages.items()},
        }
        return body | {"sentences": sentences_in(body)}


REASON_COLUMN = "import_error"
ROW_COLUMN = "import_row"
PLAN_COLUMN = "import_plan"
OWN_COLUMNS = (ROW_COLUMN, REASON_COLUMN, PLAN_COLUMN)
"""Columns of a rejects file that are no data."""
_OWN = (ROW, BAD, LON, LAT, SHAPE)


class Rejects(AbstractContextManager["Rejects"]):
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

    def __exit__(self, *_error: object) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    def write(self, chunk: pd.DataFrame, refused: dict[int, list[RowProblem]]) -> None:
        """Append refused rows."""
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
            why = "; ".join(str(problem) for problem in refused[place])
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
