"""Import files: the one call that the command line and the service make."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Literal

import numpy as np
import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.draft import Draft, Flags, RowProblem
from geodata.intake.file_report import WHY_UNPLACED, FileReport, Rejects
from geodata.intake.files.source import Source, open_source
from geodata.intake.layers import import_boundaries, import_layer
from geodata.intake.places.placing import Placer, placer_of
from geodata.intake.plan import Choices, Plan
from geodata.intake.prepare import plan_text, prepare
from geodata.intake.presets.generic import read_generic, read_own
from geodata.intake.presets.recognise import in_its_own_names, reader_of
from geodata.intake.profiles import (
    Decisions,
    decisions_of_source,
    fitting,
    in_force,
    keep_decisions,
    save_profile,
    source_name,
    with_profile,
)
from geodata.intake.records import (
    REASON,
    Decision,
    Making,
    Records,
    as_held,
    decide,
    gone,
    newest_rows,
    records_of_models,
)
from geodata.register import Change, Register
from geodata.register.duplicates import Neighbourhood, Suspicion, Traits, traits_of_frame
from geodata.register.revision import GONE
from geodata.untrusted.limits import DEFAULT_LIMITS, Limits
from geodata.wording import say

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
    """One pass over one file."""

    register: Register
    source: Source
    plan: Plan
    placer: Placer
    rejects: Rejects
    report: FileReport
    author: str
    write: bool = True
    """Append each chunk at once, in one transaction."""
    gather: bool = False
    """Keep what is to be appended in `found` instead, for one append of all."""
    progress: Progress | None = None
    found: list["Effects"] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)
    _near: "Neighbours" = field(init=False)

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
            self._near = Neighbours(lambda: traits_of_frame(snapshot.incidents))
        for chunk in self._chunks():
            self._chunk(chunk)
            self.report.rows += len(chunk)
            if self.progress is not None:
                self.progress("import", self.report.rows, self.plan.total)

    def _chunks(self) -> Iterator[pd.DataFrame]:
        kept = self.plan.kept
        chunks = self.source.table.read(self.plan.wanted) if kept is None else iter(kept)
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
        if self.plan.format == "hazardmap":
            with self._timed("parse"):
                made = records_of_models(read_own(self.register, draft, self.plan, self.placer))
        else:
            with self._timed("parse"):
                make, finish = reader_of(self.plan.format)
                values = read_generic(draft, self.plan, make)
                finish(draft, values, self.plan)
                if self.plan.victims is not None:
                    folded = self.plan.victims.fold(draft, values)
                    # A row has one outcome: out of scope comes before further victims.
                    draft.folded = folded & ~draft.out_of_scope
            with self._timed("place"):
                placement = self.placer.place(draft, values)
            with self._timed("build"):
                making = Making(draft, values, placement, self.plan, self.register.id_key)
                made = making.records(self.register.dates.of(self.plan.today))
                self._under_earlier_ids(draft, made)
        made = self._once(draft, made)
        with self._timed("compare"):
            found = self._compared(draft, made)
        if self.gather:
            self.found.append(found)
        elif self.write and len(found):
            with self._timed("write"):
                self.append(found)
        self.report.written += len(found) if not self.report.dry_run else 0
        with self._timed("report"):
            self._tell(draft, made, found)

    def append(self, found: "Effects") -> None:
        """Append what was found to the register, in one transaction."""
        reason = f"{REASON}{self.source.path.name[:120]} ({self.plan.dataset})"
        self.register.append(found.changes, author=self.author, reason=reason, fresh=found.fresh)

    def _under_earlier_ids(self, draft: Draft, made: Records) -> None:
        """Keep the id under which an earlier version recorded a row."""
        if not draft.earlier_ids:
            return
        held = newest_rows(self.register, draft.earlier_ids.values())
        if held:
            for at, place in enumerate(made.places):
                name = draft.earlier_ids.get(place)
                if name is not None and name in held:
                    made.renamed(at, name)

    def _once(self, draft: Draft, made: Records) -> Records:
        names = made.ids
        rows = [draft.rows[place] for place in made.places]
        firsts = list(map(self._seen.setdefault, names, rows))
        if firsts == rows:
            return made
        keep = np.ones(len(made), dtype=bool)
        for at, (place, name, first) in enumerate(zip(made.places, names, firsts, strict=True)):
            if first != rows[at]:
                same = name.startswith("row-")
                draft.refuse(
                    place,
                    "row" if same else "id",
                    say(
                        "says the same as row {first}; give both an id if they are two incidents",
                        first=first,
                    )
                    if same
                    else say("occurs before, in row {first}", first=first),
                )
                keep[at] = False
        return made.kept(keep)

    def _compared(self, draft: Draft, made: Records) -> "Effects":
        """Tell new incidents from those that are held, and what becomes of the latter."""
        ids = made.ids
        held = newest_rows(self.register, ids)
        rows = [held.get(name) for name in ids]
        new = np.array([row is None for row in rows], dtype=bool)
        same = as_held(made, rows)
        if same.any():
            self.report.counts["unchanged"] += int(same.sum())
        open_: list[int] = []
        for at in (~(new | same)).nonzero()[0].tolist():
            row = held[ids[at]]
            if row.change in GONE:
                self._count(draft, made, at, gone(row))
            else:
                open_.append(at)
        found = Effects()
        # What was taken back does not come back with the file that it came from.
        said = self.register.without_redacted("incident", [made.document(at) for at in open_])
        for at, now in zip(open_, said, strict=True):
            row = held[ids[at]]
            decision = decide(
                self.register,
                now,
                row,
                status_stated=draft.has("record_status"),
                own=self.plan.format == "hazardmap",
            )
            if decision.verdict == "conflict":
                draft.refuse(made.places[at], "row", decision.why or "")
                found.refused.add(at)
                continue
            self._count(draft, made, at, decision)
            if decision.document is not None:
                found.changes.append(
                    Change("incident", decision.document, "correct", decision.version)
                )
        self._new(draft, made, new, found)
        return found

    def _count(self, draft: Draft, made: Records, at: int, decision: Decision) -> None:
        self.report.counts[decision.verdict] += 1
        if decision.why:
            self.report.leave(draft.rows[made.places[at]], made.traits.ids[at], decision.why)

    def _new(self, draft: Draft, made: Records, new: Flags, found: "Effects") -> None:
        """Add new incidents to what is to be appended, and say which may be held already."""
        self.report.duplicates_recorded = self.plan.choices.duplicates != "hold"
        if not new.any():
            return
        traits = made.traits.take(new)
        # A catalogue that numbers its events has told them apart; people's own tables have not.
        prefix = (
            f"{self.plan.dataset}-" if self.plan.format in ("ucdp", "acled", "insecurity") else None
        )
        suspected = self._near.suspicions(traits, same_prefix=prefix)
        if prefix is None:
            within = Neighbourhood(traits).suspicions(traits, earlier_only=True)
            suspected = within | suspected
        kept = new.copy()
        for position, at in enumerate(new.nonzero()[0].tolist()):
            suspicion = suspected.get(position)
            if suspicion is None:
                continue
            recorded = self.report.duplicates_recorded
            self.report.suspect(draft.rows[made.places[at]], suspicion, recorded=recorded)
            if not recorded:
                kept[at] = False
                self._hold(draft, made.places[at], suspicion.candidate_id)
        self.report.counts["taken"] += int(new.sum()) - len(suspected)
        ids = made.ids
        found.fresh = [(ids[at], made.text(at)) for at in kept.nonzero()[0].tolist()]
        if prefix is None and kept.any():
            self._near.add(made.traits.take(kept))

    def _hold(self, draft: Draft, place: int, candidate: str) -> None:
        one = draft.chunk.iloc[[place]]
        why = f"may be the same incident as {candidate}, which is held"
        self.rejects.write(one, {0: [RowProblem("row", why)]})

    def _tell(self, draft: Draft, made: Records, found: "Effects") -> None:
        report = self.report
        refused = {p: c for p, c in draft.refused.items() if not draft.out_of_scope[p]}
        for place in sorted(refused):
            report.refuse(draft.rows[place], refused[place])
        report.counts["out_of_scope"] += int(draft.out_of_scope.sum())
        report.counts["folded"] += int(draft.folded.sum())
        self.rejects.write(draft.chunk, refused)
        report.warnings.update(draft.warnings)
        report.unknown_values.update(draft.unknown_values)
        ids, districts = made.ids, made.traits.district.tolist()
        for at, (place, note) in enumerate(zip(made.places, made.notes, strict=True)):
            if at in found.refused:
                continue
            row = draft.rows[place]
            if districts[at] is None:
                report.unplace(row, ids[at], made.reported[at], made.reasons[at])
            if made.conflict[at]:
                report.contradict(row, ids[at], note)
            if note and "within 2 km" in note:
                report.uncertain += 1
            if len(report.preview) < PREVIEW_ROWS:
                report.preview.append({"row": row, **made.document(at)})


@dataclass(slots=True)
class Effects:
    """What one chunk does to the register."""

    changes: list[Change] = field(default_factory=list)
    """Of incidents that are held."""
    fresh: list[tuple[str, str]] = field(default_factory=list)
    """New incidents: id and document as JSON."""
    refused: set[int] = field(default_factory=set)
    """Records that were refused when they were compared."""

    def __len__(self) -> int:
        """Count what is to be appended."""
        return len(self.changes) + len(self.fresh)


class Neighbours:
    """Incidents that new ones may repeat: those held, and those taken from the file so far.

    What is taken is kept in neighbourhoods each at least twice as large as the next, so that a
    file of a million rows is looked up in a score of them. What is held is looked at when the
    first new one comes.
    """

    def __init__(self, held: Callable[[], Traits]) -> None:
        self._traits = held
        self._taken: list[Neighbourhood] = []

    @cached_property
    def _held(self) -> Neighbourhood:
        return Neighbourhood(self._traits())

    def add(self, taken: Traits) -> None:
        """Know these too from now on."""
        while self._taken and len(self._taken[-1].held.ids) < 2 * len(taken.ids):
            taken = self._taken.pop().held + taken
        self._taken.append(Neighbourhood(taken))

    def suspicions(self, new: Traits, *, same_prefix: str | None) -> dict[int, Suspicion]:
        """Find what new records may repeat; those held before the import come first."""
        found: dict[int, Suspicion] = {}
        for near in (*reversed(self._taken), self._held):
            found |= near.suspicions(new, same_prefix=same_prefix)
        return found


def check_author(author: str) -> str:
    """Give the author's name if it can stand in a revision.

    Raises
    ------
    InvalidInput
        It is empty or too long.
    """
    name = author.strip()
    if not name or len(name) > 120:
        raise InvalidInput(
            say("The author's name must have 1 to 120 characters."), code="bad-author"
        )
    return name


Kind = Literal["incidents", "boundaries", "places", "operations", "statistics"]


def import_file(
    register: Register,
    path: Path,
    *,
    author: str,
    kind: Kind = "incidents",
    choices: Choices | None = None,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    rejects: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
    profile: Path | None = None,
    sources: Path | None = None,
) -> FileReport:
    """Import one file.

    Importing the same file again changes nothing: ids are made of the data set and the source's
    ids (or of the contents), and a row that says what is held appends no revision.

    Parameters
    ----------
    choices
        What the user states; None finds everything out.
    all_or_nothing
        Append nothing if one row is refused; else all rows in one transaction.
    rejects
        CSV file for refused rows, made if there are any.
    profile
        File of what was decided about this source of incidents before: it fills what `choices`
        leave open, and is written anew after an import that is no dry run.
    sources
        Folder in which decisions on names are kept by source where no profile is given.

    Raises
    ------
    InvalidInput
        The file as a whole cannot be taken; nothing was appended.
    StoreError
        The register failed.
    """
    author, start = check_author(author), perf_counter()
    choices = choices or Choices()
    if kind != "incidents":
        report = FileReport(path.name, kind, dry_run=dry_run)
        if kind == "boundaries":
            import_boundaries(
                register, path, report, author=author, choices=choices, limits=limits,
                write=not dry_run, progress=progress,
            )  # fmt: skip
        else:
            with (
                open_source(
                    path, limits=limits, encoding=choices.encoding, layer=choices.layer,
                    shapes=kind == "operations",
                ) as source,
                Rejects(rejects) as writer,
            ):  # fmt: skip
                report.notes = list(source.table.notes)
                import_layer(
                    register, source, kind, writer, report, author=author, choices=choices,
                    write=not dry_run, all_or_nothing=all_or_nothing,
                )  # fmt: skip
                _note_rejects(report, writer)
        report.seconds = perf_counter() - start
        return report
    before: Decisions = ()
    if profile is not None:
        choices, before = with_profile(choices, profile)
    with (
        rare_collections(),
        register.filling(),
        open_source(path, limits=limits, encoding=choices.encoding, layer=choices.layer) as source,
    ):
        source.table, names = in_its_own_names(source.table, choices.format)
        stated = {f: names.get(c, c) for f, c in choices.mapping.items()}
        choices = replace(choices, mapping=stated)
        if profile is not None:
            choices = replace(choices, mapping=fitting(choices.mapping, source.table.columns))
        kept = None
        if profile is None and sources is not None:
            kept = sources / f"{source_name(source, choices)}.json"
            before = decisions_of_source(kept)
        known = set(register.snapshot().districts["district_id"].astype(str))
        followed, waiting = in_force(before, known)
        choices = replace(choices, decisions=(*followed, *choices.decisions))
        placer = placer_of(register, choices)
        plan, scan = _planned(source, choices, placer, progress)
        report = _fresh(source, plan, dry_run=dry_run)
        if all_or_nothing and not dry_run:
            report = _whole(register, source, plan, placer, rejects, author, progress, report)
        else:
            with Rejects(rejects) as writer:
                run = Run(register, source, plan, placer, writer, report, author, not dry_run)
                run.progress = progress
                run.all()
                _note_rejects(report, writer)
    report.stages["scan"] += scan
    report.seconds = perf_counter() - start
    _keep_names(report, placer, choices, waiting, profile=profile, kept=kept)
    _hints(report, placer)
    return report


def _keep_names(
    report: FileReport,
    placer: Placer,
    choices: Choices,
    waiting: Decisions,
    *,
    profile: Path | None,
    kept: Path | None,
) -> None:
    """Report how names were matched, and keep what people decided of them unless it is a dry run.

    Parameters
    ----------
    waiting
        Decisions for districts that these boundaries do not have: kept, and not followed.
    kept
        Where decisions on this source's names are kept; None with a profile.
    """
    titles = dict(zip(placer.decider.ids, placer.decider.titles, strict=True))
    report.matches = placer.matches.as_json(titles)
    if choices.matches:
        placer.matches.write(choices.matches, titles)
    if profile is not None and not report.dry_run:
        save_profile(profile, choices, report.plan, placer.matches, waiting)
    if waiting:
        named = ", ".join(f"{text.replace(chr(9), ' / ')} = {of}" for text, of, _ in waiting[:5])
        report.notes.append(
            say(
                "{number:,} decisions on names were kept for districts that the boundaries in "
                "use do not have, and are not followed: {named}.",
                number=len(waiting),
                named=named,
            )
        )
    if kept is not None and placer.matches.decided:
        if not report.dry_run:
            keep_decisions(kept, placer.matches, waiting)
        report.notes.append(
            say(
                "{number:,} decisions on names are followed and kept for the source {stem!r} "
                "(sources/{name} in the data directory).",
                number=len(placer.matches.decided),
                stem=kept.stem,
                name=kept.name,
            )
        )


def _planned(
    source: Source, choices: Choices, placer: Placer, progress: Progress | None
) -> tuple[Plan, float]:
    start = perf_counter()
    seen = (lambda rows: progress("look through", rows, 0)) if progress else None
    return prepare(source, choices, placer, seen=seen), perf_counter() - start


def _fresh(source: Source, plan: Plan, *, dry_run: bool) -> FileReport:
    report = FileReport(source.path.name, dry_run=dry_run)
    report.plan = plan.as_json(preview=dry_run)
    report.notes = list(source.table.notes)
    for warning in plan.warnings:
        report.warnings[warning] += 1
    return report


def _whole(
    register: Register,
    source: Source,
    plan: Plan,
    placer: Placer,
    rejects: Path | None,
    author: str,
    progress: Progress | None,
    report: FileReport,
) -> FileReport:
    with Rejects(rejects) as writer:
        run = Run(register, source, plan, placer, writer, report, author, write=False, gather=True)
        run.progress = progress
        run.all()
        _note_rejects(report, writer)
    if report.counts["refused"]:
        report.written = 0
        report.notes.append(
            say("Nothing was taken: all or nothing was asked for and rows were refused.")
        )
        return report
    start = perf_counter()
    run.append(
        Effects(
            [change for one in run.found for change in one.changes],
            [new for one in run.found for new in one.fresh],
        )
    )
    report.stages["write"] += perf_counter() - start
    return report


def _note_rejects(report: FileReport, writer: Rejects) -> None:
    if writer.count and writer.path is not None:
        report.rejects = str(writer.path)


def _hints(report: FileReport, placer: Placer) -> None:
    """Say what is to be known of places: why rows are unplaced, and what to do."""
    done = sum(report.counts[name] for name in ("taken", "updated", "unchanged", "duplicate"))
    left = report.counts["out_of_scope"]
    if left:
        report.notes.append(
            say(
                "{left:,} of {rows:,} rows name no mine or explosive ordnance and are left "
                "out; --only all takes every row.",
                left=left,
                rows=report.rows,
            )
        )
    if report.conflict_count:
        policy = {
            "dispute": say("both are kept and the incident is disputed"),
            "point": say("the point counts"),
            "name": say("the name counts"),
        }[placer.on_conflict]
        report.notes.append(
            say(
                "In {conflict_count:,} rows the point, the place that is named or its code "
                "contradict each other: {policy} (--on-conflict point, name or dispute).",
                conflict_count=report.conflict_count,
                policy=policy,
            )
        )
    if not report.unplaced_count:
        return
    why = tuple(
        say("{why} ({rows:,})", why=WHY_UNPLACED[reason], rows=number)
        for reason, number in report.reasons_unplaced.most_common()
    )
    report.notes.append(
        say(
            "{unplaced_count:,} of {done:,} rows count in no district; they are kept as "
            "unplaced and listed: {why}.",
            unplaced_count=report.unplaced_count,
            done=done,
            why=why,
        )
    )
    reasons = report.reasons_unplaced
    if report.unplaced_count == done and reasons["no_place"] == done:
        report.notes.append(
            say(
                "No place was read from any row: name the columns, e.g. --map latitude=COLUMN, "
                "--map district=COLUMN."
            )
        )
    elif reasons["outside"] + reasons["foreign"] + reasons["no_boundaries"] == done:
        countries = ", ".join(sorted(placer.home)) or say("another country")
        report.notes.append(
            say(
                "All rows lie outside the boundaries loaded ({countries}). Load that country's "
                "boundaries (hazardmap import FILE --as boundaries).",
                countries=countries,
            )
        )
