"""The import of one file of incidents: read, place, compare, append, chunk by chunk."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import InvalidInput
from geodata.incidents import districts_text, document
from geodata.intake.decide import REASON, decide, held_rows
from geodata.intake.draft import Complaint, Draft
from geodata.intake.files.source import Source
from geodata.intake.places.placing import Placer
from geodata.intake.plan import Plan
from geodata.intake.prepare import plan_text
from geodata.intake.presets.generic import read_generic
from geodata.intake.presets.own import read_own
from geodata.intake.presets.recognise import reader_of
from geodata.intake.records import incidents_of, refuse_implausible
from geodata.intake.rejects import Rejects
from geodata.intake.report import FileReport
from geodata.model import Incident
from geodata.register import Change, Register
from geodata.register.duplicates import Neighbourhood, traits_of, traits_of_frame

PREVIEW_ROWS = 20
Progress = Callable[[str, int, int], None]
"""Told the stage, the rows done and the rows in all."""


_ALLOCATIONS = 100_000
_collecting = Lock()
_rare: list[tuple[int, int, int]] = []


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cyclic garbage less often while many records are made.

    Records make no cycles and go as soon as nobody holds them, but each look for cycles walks
    through all of them: nearly half of an import's time. The first import at work sets the
    interpreter's threshold, the last one sets it back.
    """
    with _collecting:
        _rare.append(gc.get_threshold())
        if len(_rare) == 1:
            gc.set_threshold(_ALLOCATIONS, *_rare[0][1:])
    try:
        yield
    finally:
        with _collecting:
            before = _rare[0]
            _rare.pop()
            if not _rare:
                gc.set_threshold(*before)


@dataclass(slots=True)
class Run:
    """One pass over one file.

    Attributes
    ----------
    write
        Append each chunk at once, in one transaction.
    gather
        Keep the changes in `changes` instead, for one append of all.
    """

    register: Register
    source: Source
    plan: Plan
    placer: Placer
    rejects: Rejects
    report: FileReport
    author: str
    write: bool = True
    gather: bool = False
    progress: Progress | None = None
    changes: list[Change] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)
    _near: list[Neighbourhood] = field(default_factory=list)

    def all(self) -> None:
        """Take every chunk of the file.

        Raises
        ------
        InvalidInput
            The file cannot be read to its end.
        StoreError
            The register failed; chunks appended before are kept, and importing the file
            again goes on where it stopped.
        """
        self.rejects.plan = plan_text(self.plan)
        self.rejects.taken = frozenset(self.plan.mapping.fields.values())
        with self._timed("compare"):
            snapshot = self.register.snapshot()
            self._near.append(Neighbourhood(traits_of_frame(snapshot.incidents)))
        for chunk in self._chunks():
            self._chunk(chunk)
            self.report.rows += len(chunk)
            if self.progress is not None:
                self.progress("import", self.report.rows, self.plan.total)

    def _chunks(self) -> Iterator[pd.DataFrame]:
        chunks = self.source.table.read()
        while True:
            with self._timed("read"):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.report.stages[stage] += perf_counter() - start

    def _chunk(self, chunk: pd.DataFrame) -> None:
        draft = Draft(chunk, self.plan.mapping.fields)
        own = self.plan.format == "hazardmap"
        if own:
            with self._timed("parse"):
                made = read_own(self.register, draft, self.plan, self.placer)
        else:
            with self._timed("parse"):
                make, finish = reader_of(self.plan.format)
                read_generic(draft, self.plan, make)
                finish(draft, self.plan)
                if self.plan.victims is not None:
                    draft.folded = self.plan.victims.fold(draft)
            with self._timed("place"):
                self.placer.place(draft)
            with self._timed("build"):
                made = incidents_of(draft, self.plan, self.register.id_key)
                refuse_implausible(draft, made, self.register.dates.of(self.plan.today))
                self._under_earlier_ids(draft, made)
        self._once(draft, made)
        with self._timed("compare"):
            changes = self._decided(draft, made)
        if self.gather:
            self.changes += changes
        elif self.write and changes:
            with self._timed("write"):
                reason = f"{REASON}{self.source.path.name[:120]} ({self.plan.dataset})"
                self.register.append(changes, author=self.author, reason=reason)
        self.report.written += len(changes) if not self.report.dry_run else 0
        with self._timed("report"):
            self._tell(draft, made)

    def _under_earlier_ids(self, draft: Draft, made: dict[int, Incident]) -> None:
        """Keep the id under which an earlier version recorded a row."""
        held = held_rows(self.register, list(draft.earlier_ids.values()))
        for place, name in draft.earlier_ids.items():
            if name in held and place in made:
                made[place] = made[place].model_copy(update={"incident_id": name})

    def _once(self, draft: Draft, made: dict[int, Incident]) -> None:
        for place, incident in list(made.items()):
            row = draft.rows[place]
            first = self._seen.setdefault(incident.incident_id, row)
            if first != row:
                same = incident.incident_id.startswith("row-")
                draft.refuse(
                    place,
                    "row" if same else "id",
                    f"says the same as row {first}; give both an id if they are two incidents"
                    if same
                    else f"occurs before, in row {first}",
                )
                del made[place]

    def _decided(self, draft: Draft, made: dict[int, Incident]) -> list[Change]:
        held = held_rows(self.register, [i.incident_id for i in made.values()])
        # What was taken back does not come back with the file that it came from.
        known = [document(one) for one in made.values() if one.incident_id in held]
        said = {
            str(one["incident_id"]): one
            for one in self.register.without_redacted("incident", known)
        }
        stated = draft.has("record_status")
        changes: list[Change] = []
        new: list[int] = []
        for place, incident in list(made.items()):
            verdict = decide(
                self.register,
                incident,
                held.get(incident.incident_id),
                said.get(incident.incident_id),
                status_stated=stated,
                own=self.plan.format == "hazardmap",
            )
            row = draft.rows[place]
            if verdict.verdict == "conflict":
                draft.refuse(place, "row", verdict.why or "")
                del made[place]
                continue
            if verdict.verdict == "new":
                new.append(place)
                continue
            self.report.counts[verdict.verdict] += 1
            if verdict.why:
                self.report.leave(row, incident.incident_id, verdict.why)
            if verdict.verdict == "updated" and verdict.document is not None:
                changes.append(Change("incident", verdict.document, "correct", verdict.version))
        return changes + self._new(draft, made, new)

    def _new(self, draft: Draft, made: dict[int, Incident], new: list[int]) -> list[Change]:
        records = [made[place] for place in new]
        texts = [districts_text(record.districts) for record in records]
        traits = traits_of(records, texts)
        # A catalogue that numbers its events has told them apart; people's own tables have not.
        prefix = (
            f"{self.plan.dataset}-" if self.plan.format in ("ucdp", "acled", "insecurity") else None
        )
        found: dict[int, Any] = {}
        for near in self._near:
            found = near.suspicions(traits, same_prefix=prefix) | found
        if prefix is None:
            within = Neighbourhood(traits).suspicions(traits, earlier_only=True)
            found = within | found
        hold = self.plan.choices.duplicates == "hold"
        self.report.duplicates_recorded = not hold
        kept = np.ones(len(records), dtype=bool)
        changes = []
        for position, record in enumerate(records):
            suspicion = found.get(position)
            if suspicion is None:
                self.report.counts["taken"] += 1
            else:
                row = draft.rows[new[position]]
                self.report.suspect(row, suspicion, recorded=not hold)
                if hold:
                    kept[position] = False
                    self._hold(draft, new[position], suspicion.candidate_id)
                    continue
            changes.append(Change("incident", record, "create", 0))
        if kept.any() and prefix is None:
            some = [r for r, k in zip(records, kept, strict=True) if k]
            self._near.append(
                Neighbourhood(traits_of(some, [t for t, k in zip(texts, kept, strict=True) if k]))
            )
        return changes

    def _hold(self, draft: Draft, place: int, candidate: str) -> None:
        one = draft.chunk.iloc[[place]]
        why = f"may be the same incident as {candidate}, which is held"
        self.rejects.write(one, {0: [Complaint("row", why)]})

    def _tell(self, draft: Draft, made: dict[int, Incident]) -> None:
        report = self.report
        refused = {p: c for p, c in draft.refused.items() if not draft.out_of_scope[p]}
        for place in sorted(refused):
            report.refuse(draft.rows[place], refused[place])
        report.counts["out_of_scope"] += int(draft.out_of_scope.sum())
        report.counts["folded"] += int(draft.folded.sum())
        self.rejects.write(draft.chunk, refused)
        report.warnings.update(draft.warnings)
        report.unknown_values.update(draft.unknown_values)
        reasons, conflict = draft.members.get("reason"), draft.members.get("conflict")
        for place, incident in made.items():
            row = draft.rows[place]
            if not incident.districts:
                why = reasons[place] if reasons else None
                report.unplace(row, incident.incident_id, incident.place_as_reported, why)
            if conflict is not None and conflict[place]:
                report.contradict(row, incident.incident_id, incident.district_note)
            if incident.district_note and "within 2 km" in incident.district_note:
                report.uncertain += 1
            if len(report.preview) < PREVIEW_ROWS:
                report.preview.append({"row": draft.rows[place], **document(incident)})


def check_author(author: str) -> str:
    """Give the author's name if it can stand in a revision.

    Raises
    ------
    InvalidInput
        It is empty or too long.
    """
    name = author.strip()
    if not name or len(name) > 120:
        raise InvalidInput("The author's name must have 1 to 120 characters.", code="bad-author")
    return name
