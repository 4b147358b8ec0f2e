"""Incidents that were recorded before their boundaries: placed when the boundaries come."""

from collections.abc import Mapping

import numpy as np
import orjson
import pandas as pd

from geodata.incidents import parse_districts
from geodata.intake.places.placing import stands_for
from geodata.intake.records import held_rows
from geodata.places import Decider, Evidence, Names
from geodata.register import Change, Register

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
    held = held_rows(register, ids)
    changes = []
    for name, row in zip(ids, answer[found].to_dict("records"), strict=True):
        before = held.get(name)
        if before is None or before.change in ("merge", "retract"):
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
