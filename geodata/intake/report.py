"""What an import did, row by row where it matters, as one JSON document."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from geodata.intake.draft import Complaint
from geodata.register.duplicates import Suspicion

OUTCOMES = ("taken", "unchanged", "updated", "duplicate", "refused", "out_of_scope", "folded")
LISTED = 1_000
"""Most single rows listed of each kind; the counts are always whole."""


@dataclass(slots=True)
class FileReport:
    """The report of one file.

    Attributes
    ----------
    counts
        One number an outcome; they sum to the rows. `taken` and `duplicate` are new records
        (with ``duplicates=hold`` the latter are not recorded).
    unplaced
        Rows, of those recorded or held, that lie in no district.
    written
        Revisions appended; 0 on a dry run.
    """

    file: str
    kind: str = "incidents"
    plan: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    written: int = 0
    dry_run: bool = False
    unknown_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    unplaced: list[dict[str, Any]] = field(default_factory=list)
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

    def refuse(self, row: int, complaints: list[Complaint]) -> None:
        """Count and list one refused row."""
        self.counts["refused"] += 1
        for complaint in complaints:
            self.reasons[complaint.field] += 1
        if len(self.refused) < LISTED:
            self.refused.append(
                {
                    "row": row,
                    "errors": [
                        {"field": c.field, "reason": c.reason}
                        | ({"value": c.value[:200]} if c.value else {})
                        for c in complaints
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
        return {
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
