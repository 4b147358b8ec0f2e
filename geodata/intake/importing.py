"""Import files: the one call that the command line and the service make."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Literal

from geodata.intake.boundaries import import_boundaries
from geodata.intake.decide import REASON
from geodata.intake.files.source import Source, open_source
from geodata.intake.layers import import_layer
from geodata.intake.pipeline import Progress, Run, check_author, rare_collections
from geodata.intake.places.placing import Placer, placer_of
from geodata.intake.plan import Choices, Plan
from geodata.intake.prepare import prepare
from geodata.intake.profiles import fitting, save_profile, with_profile
from geodata.intake.rejects import Rejects
from geodata.intake.report import FileReport
from geodata.register import Register
from geodata.untrusted.limits import DEFAULT_LIMITS, Limits

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
) -> FileReport:
    """Import a file of any kind of record (see `import_incidents` for the parameters).

    Parameters
    ----------
    kind
        What the file holds.

    Returns
    -------
    FileReport
        Outcome by row.

    Raises
    ------
    InvalidInput
        The file as a whole cannot be taken; nothing was appended.
    """
    choices = choices or Choices()
    if kind == "incidents":
        return import_incidents(
            register, path, author=author, choices=choices, dry_run=dry_run,
            all_or_nothing=all_or_nothing, rejects=rejects, limits=limits, progress=progress,
            profile=profile,
        )  # fmt: skip
    author, start = check_author(author), perf_counter()
    report = FileReport(path.name, kind, dry_run=dry_run)
    if kind == "boundaries":
        import_boundaries(
            register, path, report, author=author, choices=choices, limits=limits,
            write=not dry_run,
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


def import_incidents(
    register: Register,
    path: Path,
    *,
    author: str,
    choices: Choices | None = None,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    rejects: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
    name: str | None = None,
    profile: Path | None = None,
) -> FileReport:
    """Import one file of incidents.

    Importing the same file again changes nothing: ids are made of the data set and the source's
    ids (or of the contents), and a row that says what is held appends no revision.

    Parameters
    ----------
    register
        Where to.
    path
        The file (see `source.open_source`).
    author
        Who imports, for the revisions.
    choices
        What the user states; None finds everything out.
    dry_run
        Read, place and compare, and append nothing.
    all_or_nothing
        Append nothing if one row is refused; else all rows in one transaction.
    rejects
        CSV file for refused rows, made if there are any.
    limits
        Bounds of the file.
    progress
        Told how far it is.
    name
        Name shown in the report; None = the file's own.
    profile
        File of what was decided about this source before: it fills what `choices` leave open,
        and is written anew after an import that is no dry run.

    Returns
    -------
    FileReport
        Outcome by row.

    Raises
    ------
    InvalidInput
        The file as a whole cannot be taken; nothing was appended.
    StoreError
        The register failed.
    """
    author = check_author(author)
    choices = choices or Choices()
    if profile is not None:
        choices = with_profile(choices, profile)
    start = perf_counter()
    with (
        rare_collections(),
        open_source(path, limits=limits, encoding=choices.encoding, layer=choices.layer) as source,
    ):
        if profile is not None:
            choices = replace(choices, mapping=fitting(choices.mapping, source.table.columns))
        placer = placer_of(register, choices)
        plan, scan = _planned(source, choices, placer, progress)
        report = _fresh(source, plan, name, dry_run=dry_run)
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
    titles = dict(zip(placer.decider.ids, placer.decider.titles, strict=True))
    report.matches = placer.matches.as_json(titles)
    if choices.matches:
        placer.matches.write(choices.matches, titles)
    if profile is not None and not dry_run:
        save_profile(profile, choices, report.plan, placer.matches)
    _hints(report, placer)
    return report


def _planned(
    source: Source, choices: Choices, placer: Placer, progress: Progress | None
) -> tuple[Plan, float]:
    start = perf_counter()
    seen = (lambda rows: progress("look through", rows, 0)) if progress else None
    return prepare(source, choices, placer, seen=seen), perf_counter() - start


def _fresh(source: Source, plan: Plan, name: str | None, *, dry_run: bool) -> FileReport:
    report = FileReport(name or source.path.name, dry_run=dry_run)
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
            "Nothing was taken: all or nothing was asked for and rows were refused."
        )
        return report
    reason = f"{REASON}{source.path.name[:120]} ({plan.dataset})"
    start = perf_counter()
    register.append(run.changes, author=author, reason=reason)
    report.stages["write"] += perf_counter() - start
    return report


def _note_rejects(report: FileReport, writer: Rejects) -> None:
    if writer.count and writer.path is not None:
        report.rejects = str(writer.path)


_WHY = {
    "no_place": "say nothing of where it happened",
    "not_understood": "name a place that is not known",
    "outside": "have a point in no district",
    "foreign": "happened in another country than the boundaries loaded",
    "coarse": "are known only by a unit above the districts",
    "conflict": "have a point and a name that contradict each other",
    "no_boundaries": "came before any boundaries",
}
"""Why a row is in no district → words."""


def _hints(report: FileReport, placer: Placer) -> None:
    """Say what is to be known of places: why rows are unplaced, and what to do."""
    done = sum(report.counts[name] for name in ("taken", "updated", "unchanged", "duplicate"))
    left = report.counts["out_of_scope"]
    if left:
        report.notes.append(
            f"{left:,} of {report.rows:,} rows name no mine or explosive ordnance and are left "
            "out; --only all takes every row."
        )
    if report.conflict_count:
        policy = {
            "dispute": "both are kept and the incident is disputed",
            "point": "the point counts",
            "name": "the name counts",
        }[placer.on_conflict]
        report.notes.append(
            f"In {report.conflict_count:,} rows the point and the place that is named contradict "
            f"each other: {policy} (--on-conflict point, name or dispute)."
        )
    if not report.unplaced_count:
        return
    why = "; ".join(
        f"{number:,} {_WHY.get(reason, reason)}"
        for reason, number in report.reasons_unplaced.most_common()
    )
    report.notes.append(
        f"{report.unplaced_count:,} of {done:,} rows count in no district; they are kept as "
        f"unplaced and listed: {why}."
    )
    reasons = report.reasons_unplaced
    if report.unplaced_count == done and reasons["no_place"] == done:
        report.notes.append(
            "No place was read from any row: name the columns, e.g. --map latitude=COLUMN, "
            "--map district=COLUMN."
        )
    elif reasons["outside"] + reasons["foreign"] + reasons["no_boundaries"] == done:
        countries = ", ".join(sorted(placer.home)) or "another country"
        report.notes.append(
            f"All rows lie outside the boundaries loaded ({countries}). Load that country's "
            "boundaries (hazardmap import FILE --as boundaries)."
        )
