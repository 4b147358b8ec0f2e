"""What changed: between two versions field by field, between two dates record by record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geodata.register.revision import GONE, Revision, Row

_BOOKKEEPING = ("version",)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One member before and after; None = not stated."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What became of one record between two dates."""

    record_id: str
    change: str
    """added, changed or retracted (also: merged into another)."""
    first: Revision | None
    last: Revision
    """What was held at the earlier date, None where nothing, and at the later one."""

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """Members that differ (see `field_changes`); worked out when asked for."""
        return field_changes(self.first.payload if self.first else None, self.last.payload)


@dataclass(slots=True)
class Difference:
    """What changed after one revision up to another."""

    start: int
    end: int
    """The two revisions' numbers."""
    added: list[RecordChange] = field(default_factory=list)
    changed: list[RecordChange] = field(default_factory=list)
    retracted: list[RecordChange] = field(default_factory=list)
    """Records that differ, in the order of their first change; what came and went in between does
    not differ. Not more of each than were asked for."""
    counts: dict[str, int] = field(
        default_factory=lambda: {"added": 0, "changed": 0, "retracted": 0}
    )
    """How many there are of each."""

    def take(
        self, before: Mapping[str, Row], after: Mapping[str, Row], most: int | None = None
    ) -> None:
        """Compare what was held of some more records at the two revisions.

        Parameters
        ----------
        before, after
            Last revisions by id; an id that is missing was not held.
        most
            How many of each kind are kept; None = all.
        """
        for name, row in after.items():
            old, new = _live(before.get(name)), _live(row)
            if old is None and new is None:
                continue
            change = "added" if old is None else "retracted" if new is None else "changed"
            one = RecordChange(name, change, old, Revision(row))
            if change == "changed" and not one.fields:
                continue
            self.counts[change] += 1
            kept: list[RecordChange] = getattr(self, change)
            if most is None or len(kept) < most:
                kept.append(one)


def field_changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[FieldChange, ...]:
    """Compare two versions of a document member by member.

    Members that differ, in alphabetical order; nested ones are compared as a whole.

    Parameters
    ----------
    before, after
        The documents; None = the record is not held.
    """
    old, new = before or {}, after or {}
    return tuple(
        FieldChange(name, old.get(name), new.get(name))
        for name in sorted(set(old) | set(new))
        if name not in _BOOKKEEPING and _value(old.get(name)) != _value(new.get(name))
    )


def _value(member: Any) -> Any:
    # An empty list says as much as no list.
    return None if member in ([], {}) else member


def _live(row: Row | None) -> Revision | None:
    return None if row is None or row.change in GONE else Revision(row)


@dataclass(frozen=True, slots=True)
class Step:
    """One revision as told to a reader."""

    seq: int
    version: int
    change: str
    recorded_at: datetime
    author: str | None
    reason: str | None
    """None where not stated, or not shown to this reader."""
    differences: tuple[FieldChange, ...]
    """Members that differ from the version before."""
    redacted: bool = False
    """Whether words of this version were taken back since."""


def steps(revisions: Sequence[Revision]) -> list[Step]:
    """Tell a history field by field.

    Parameters
    ----------
    revisions
        All revisions of one record, oldest first, in the reader's view.
    """
    before: dict[str, Any] | None = None
    told = []
    for one in revisions:
        changes = field_changes(before, one.payload)
        told.append(
            Step(
                one.seq,
                one.version,
                one.change,
                one.recorded_at,
                one.author or None,
                one.reason,
                changes,
                one.redacted,
            )
        )
        before = one.payload
    return told
