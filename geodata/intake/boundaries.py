"""Boundaries from a file: a new edition, or one that is held already."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson

from geodata.districts import edition_of, inspect_boundaries
from geodata.errors import Conflict, InvalidInput
from geodata.intake.places.waiting import place_waiting
from geodata.intake.plan import Choices
from geodata.intake.report import FileReport
from geodata.register import Register
from geodata.register.reference import boundaries_document, placed_in
from geodata.untrusted.limits import Limits


def import_boundaries(
    register: Register,
    path: Path,
    report: FileReport,
    *,
    author: str,
    choices: Choices,
    limits: Limits,
    write: bool,
) -> None:
    """Take a boundary file as an edition; it is current from then on.

    Parameters
    ----------
    register
        Where to.
    path
        Any polygon layer that `geodata.districts.inspect_boundaries` reads.
    report
        Filled: each district is taken or unchanged; what was mended stands in the warnings.
    author
        Who imports.
    choices
        `edition`, `id_column`, `name_column`, `level` and `layer`.
    limits
        Bounds of the file.
    write
        False on a dry run.

    Raises
    ------
    InvalidInput
        The boundaries cannot be used; details hold every issue. Or they are to be
        restricted: everybody sees the districts.
    Conflict
        Another edition of that name is held.
    """
    if choices.sensitivity == "restricted":
        raise InvalidInput(
            "Boundaries cannot be restricted: everybody sees the districts. "
            "Leave the sensitivity out, or do not take them in.",
            code="bad-sensitivity",
            details=[{"field": "sensitivity", "reason": "boundaries are always public"}],
        )
    found = inspect_boundaries(
        path,
        edition=choices.edition,
        id_column=choices.id_column,
        name_column=choices.name_column,
        level=choices.level,
        layer=choices.layer,
        limits=limits,
    )
    districts = found.districts()
    edition = choices.edition or edition_of(districts)
    report.rows = len(districts)
    report.plan |= {"format": "boundaries", "edition": edition}
    for issue in found.issues:
        where = f"row {issue.row}: " if issue.row is not None else ""
        report.warnings[f"{where}{issue.problem}"] += 1
    if any(held.edition == edition for held in register.editions()):
        _same(register, edition, boundaries_document(districts, edition))
        report.counts["unchanged"] = len(districts)
        report.notes.append(f"The edition {edition} is held already.")
        return
    report.counts["taken"] = len(districts)
    _before_and_after(register, edition, districts, report)
    if write:
        register.add_boundaries(
            districts, edition=edition, author=author,
            source=choices.attribution or path.name[:200],
            reason=f"Import of {path.name[:120]}",
        )  # fmt: skip
        report.written = 1
        report.notes.append(f"The edition {edition} is current from now on.")
        waiting, placed = place_waiting(register, author=author, edition=edition)
        if waiting:
            report.notes.append(
                f"{placed:,} of {waiting:,} incidents that were in no district are placed in it."
            )


def _before_and_after(
    register: Register, edition: str, districts: gpd.GeoDataFrame, report: FileReport
) -> None:
    """Say what becomes of the districts and of the incidents' placing."""
    now = register.snapshot()
    incidents, total = now.incidents, len(now.incidents)
    states: dict[str, dict[str, Any]] = {
        name: {
            "edition": which,
            "districts": len(frame),
            "incidents_placed": placed_in(incidents, frame),
            "incidents": total,
        }
        for name, which, frame in (
            ("before", now.edition, now.districts),
            ("after", edition, districts),
        )
    }
    report.plan["boundaries"] = states
    before, after = states["before"], states["after"]
    report.notes.append(
        f"Districts: {before['districts']} before ({now.edition}), {after['districts']} after "
        f"({edition}). Incidents in a district: {before['incidents_placed']} of {total} before, "
        f"{after['incidents_placed']} after."
    )
    lost = before["incidents_placed"] - after["incidents_placed"]
    if lost > 0:
        report.warnings[
            f"{lost} incidents that count in a district now would count in none of these: their "
            "districts have other ids. Is it the right file? An edition can be withdrawn "
            f"(hazardmap boundaries withdraw {edition})."
        ] += 1


def _same(register: Register, edition: str, new: dict[str, object]) -> None:
    held = register.get("boundaries", edition)
    # Through JSON, for what is held came from there: tuples are lists.
    if orjson.loads(orjson.dumps(new["features"])) != held["features"]:
        raise Conflict(
            f"Another edition called {edition!r} is held. Give this one its own name (--edition).",
            code="exists",
        )
