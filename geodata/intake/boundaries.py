"""Boundaries from a file: an edition, new or held already; and incidents that waited for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd

from geodata.districts import edition_of, inspect_boundaries
from geodata.errors import Conflict, InvalidInput
from geodata.incidents import elsewhere, parse_districts
from geodata.intake.file_report import FileReport
from geodata.intake.places.placing import stands_for
from geodata.intake.plan import Choices
from geodata.intake.records import newest_rows
from geodata.places import Decider, Evidence, Names
from geodata.register import Change, Register
from geodata.register.reference import boundaries_document, placed_in
from geodata.register.revision import GONE
from geodata.untrusted.limits import Limits
from geodata.wording import say


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
    path
        Any polygon layer that `geodata.districts.inspect_boundaries` reads.
    report
        Filled: each district is taken or unchanged; what was mended stands in the warnings.
    choices
        `edition`, `id_column`, `name_column`, `level` and `layer`.
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
            say(
                "Boundaries cannot be restricted: everybody sees the districts. Leave the "
                "sensitivity out, or do not take them in."
            ),
            code="bad-sensitivity",
            details=[{"field": "sensitivity", "reason": say("boundaries are always public")}],
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
        report.warnings[issue.said] += 1
    if any(held.edition == edition for held in register.editions()):
        _same(register, edition, boundaries_document(districts, edition))
        report.counts["unchanged"] = len(districts)
        report.notes.append(say("The edition {edition} is held already.", edition=edition))
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
        report.notes.append(say("The edition {edition} is current from now on.", edition=edition))
        waiting, placed = place_waiting(register, author=author, edition=edition)
        if waiting:
            report.notes.append(
                say(
                    "{placed:,} of {waiting:,} incidents that were in no district are placed in "
                    "it.",
                    placed=placed,
                    waiting=waiting,
                )
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
        say(
            "Districts: {units} before ({edition}), {units_then} after ({edition_then}). "
            "Incidents in a district: {placed} of {total} before, {placed_then} after.",
            units=before["districts"],
            edition=now.edition,
            units_then=after["districts"],
            edition_then=edition,
            placed=before["incidents_placed"],
            total=total,
            placed_then=after["incidents_placed"],
        )
    )
    home = incidents[~elsewhere(incidents, districts)]
    if len(home) < total:
        report.notes.append(
            say(
                "{away} incidents are of other countries than these districts: they are held and "
                "count in none of them.",
                away=total - len(home),
            )
        )
    lost = placed_in(home, now.districts) - placed_in(home, districts)
    if lost > 0:
        report.warnings[
            say(
                "{lost} incidents that count in a district now would count in none of these: "
                "their districts have other ids. Is it the right file? An edition can be "
                "withdrawn (hazardmap boundaries withdraw {edition}).",
                lost=lost,
                edition=edition,
            )
        ] += 1


def _same(register: Register, edition: str, new: dict[str, object]) -> None:
    held = register.get("boundaries", edition)
    # Through JSON, for what is held came from there: tuples are lists.
    if orjson.loads(orjson.dumps(new["features"])) != held["features"]:
        raise Conflict(
            say(
                "Another edition called {edition!r} is held. Give this one its own name "
                "(--edition).",
                edition=edition,
            ),
            code="exists",
        )


_AT_ONCE = 10_000


def place_waiting(register: Register, *, author: str, edition: str) -> tuple[int, int]:
    """Place the incidents that are in no district by what their records say of the place.

    Their points, countries and names as reported decide (see `geodata.places.assign`); of
    names with commas the first is the district and the last the unit above it. What stays
    unplaced stays as it is.

    Parameters
    ----------
    register
        With the new boundaries in force.
    author
        Whose change it is.
    edition
        The boundaries, for the reason of the revisions.

    Returns
    -------
    tuple of int
        Incidents that waited, and those that are placed now.
    """
    snapshot = register.snapshot()
    incidents = snapshot.incidents
    waiting = incidents[incidents["districts"].isna()]
    if not len(waiting) or not len(snapshot.districts):
        return len(waiting), 0
    decider = Decider(snapshot.gazetteer, snapshot.districts)
    country_of = dict(zip(decider.ids.tolist(), decider.countries, strict=True))
    placed = 0
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting.iloc[start : start + _AT_ONCE]
        answer = decider.decide(_evidence(some, decider))
        changes = _changes(register, some, answer, country_of)
        if changes:
            register.append(changes, author=author, reason=f"Placed in the boundaries {edition}")
        placed += len(changes)
    return len(waiting), placed


def _evidence(some: pd.DataFrame, decider: Decider) -> Evidence:
    parts = [
        [p.strip() for p in text.split(",") if p.strip()] if isinstance(text, str) else []
        for text in some["place_as_reported"]
    ]
    first, last = (
        np.array([p[at] if len(p) > least else None for p in parts], dtype=object)
        for at, least in ((0, 0), (-1, 1))
    )
    countries = some["country"].astype(object)
    precision = some["where_precision"].fillna(0).astype(int).tolist()
    return Evidence(
        some["longitude"].to_numpy(dtype=float),
        some["latitude"].to_numpy(dtype=float),
        (Names(last, "above"), Names(first, "any")),
        np.array([p[0] if p else None for p in parts], dtype=object),
        country=countries.where(countries.notna(), None).to_numpy(),
        tolerance_m=some["uncertainty_m"].to_numpy(dtype=float),
        stands_for=stands_for(precision),
        home=next(iter(decider.home)) if len(decider.home) == 1 else None,
    )


def _changes(
    register: Register,
    some: pd.DataFrame,
    answer: pd.DataFrame,
    country_of: Mapping[str, str | None],
) -> list[Change]:
    found = answer["districts"].notna().to_numpy()
    ids = some.index[found].tolist()
    held = newest_rows(register, ids)
    changes = []
    for name, row in zip(ids, answer[found].to_dict("records"), strict=True):
        before = held.get(name)
        if before is None or before.change in GONE:
            continue
        record = orjson.loads(before.payload)
        note = row["note"] if isinstance(row["note"], str) else None
        record |= {
            "districts": [d.model_dump() for d in parse_districts(row["districts"])],
            "placed_by": row["placed_by"],
        }
        record.pop("district_note", None)
        countries = {country_of.get(d["district_id"]) for d in record["districts"]}
        if "country" not in record and len(countries) == 1 and None not in countries:
            record["country"] = countries.pop()
        changes.append(
            Change(
                "incident",
                record | ({"district_note": note} if note else {}),
                "correct",
                before.version,
            )
        )
    return changes
