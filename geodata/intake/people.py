"""Columns of people to rows of casualties; unknown stays null."""

import math
from collections.abc import Callable

import numpy as np

from geodata.intake.cells.numbers import Counts, counts
from geodata.intake.draft import Draft, People
from geodata.intake.fields import GROUPS
from geodata.wording import say

OUTCOMES = ("killed", "injured")
_PARTS = {"group": say("group"), "outcome": say("outcome")}
"""By what the parts of a total are told apart → the word."""
_LIKE_MISSING = (888.0, 999.0, 8888.0, 9999.0, 99999.0)
"""Codes of questionnaires for what is not known, which could also be numbers of people."""
_MAY_BE_MISSING = (88.0, 99.0)
"""Such codes that are also likely numbers."""


def casualties(draft: Draft) -> list[list[People]]:
    """Make each row's casualties from its columns of people.

    A total beside columns by group leaves the rest to the group ``unknown``; a total of
    victims beside killed and injured leaves the rest to the outcome ``unknown``. A total
    below the sum of its parts refuses the row.
    """
    read = {name: _read(draft, name) for name in _names(draft)}
    result: list[list[People]] = [[] for _ in range(len(draft))]
    for outcome in OUTCOMES:
        groups = [g for g in GROUPS if f"{outcome}_{g}" in read]
        total = read.get(outcome)
        if groups or total is not None:
            _add(draft, result, outcome, total, {g: read[f"{outcome}_{g}"] for g in groups})
        ends = {end: _bound(draft, f"{outcome}_{end}") for end in ("low", "high")}
        _bounds(draft, result, outcome, {end: n for end, n in ends.items() if n is not None})
    if "casualties" in read:
        _victims(draft, result, read["casualties"])
    return result


def _names(draft: Draft) -> list[str]:
    wanted = (*OUTCOMES, *(f"{o}_{g}" for o in OUTCOMES for g in GROUPS), "casualties")
    return [name for name in wanted if draft.has(name)]


def _read(draft: Draft, name: str) -> Counts:
    found = counts(draft.raw(name))
    draft.refuse_all(name, found.bad)
    for position in np.isin(found.best, _LIKE_MISSING).nonzero()[0].tolist():
        draft.refuse(
            position, name, say(
                "is often written for unknown; leave the cell empty, or write it as a range if so "
                "many people are meant"
            ), draft.raw(name)[position],
        )  # fmt: skip
    doubtful = int(np.isin(found.best, _MAY_BE_MISSING).sum())
    if doubtful:
        said = say(
            "{column}: 88 and 99, which some write for unknown, count as so many people",
            column=draft.fields[name],
        )
        draft.warnings[said] += doubtful
    ranges = int((~np.isnan(found.low) | ~np.isnan(found.high)).sum())
    if ranges:
        said = say(
            "{column}: a range of people was kept as low and high, without a best",
            column=draft.fields[name],
        )
        draft.warnings[said] += ranges
    return found


def _bound(draft: Draft, name: str) -> np.ndarray | None:
    if not draft.has(name):
        return None
    found = counts(draft.raw(name))
    draft.refuse_all(name, found.bad)
    return found.best


def _add(
    draft: Draft,
    result: list[list[People]],
    outcome: str,
    total: Counts | None,
    groups: dict[str, Counts],
) -> None:
    for group, found in groups.items():
        _each(found, result, outcome, group)
    if total is None:
        return
    if not groups:
        _each(total, result, outcome, "unknown")
        return
    for position, rows in enumerate(result):
        said = [row for row in rows if row["outcome"] == outcome]
        _complete(draft, position, (outcome, "group"), outcome, said, total, rows)


def _complete(
    draft: Draft,
    position: int,
    told: tuple[str, str],
    outcome: str,
    said: list[People],
    total: Counts,
    rows: list[People],
) -> None:
    """Add what a total leaves beside its parts; refuse the row where they are more than it.

    Parameters
    ----------
    told
        The total's field, and by what its parts are told apart.
    """
    low, best, high = (float(v[position]) for v in (total.low, total.best, total.high))
    if math.isnan(low) and math.isnan(best) and math.isnan(high):
        return
    least = sum([_end(row, "low", "best", 0.0) for row in said])
    most = sum([_end(row, "best", "high", math.inf) for row in said])
    exact = all("best" in row for row in said)
    if not math.isnan(best) and exact:
        rest = {"best": best - most}
    else:
        low, high = (best, best) if not math.isnan(best) else (low, high)
        rest = {"low": max(low - most, 0), "high": high - least}
    if any(value < 0 for value in rest.values()):
        draft.refuse(
            position,
            told[0],
            say(
                "{total:g} in all, but {least:g} by {what}",
                total=best if best == best else high,
                least=least,
                what=_PARTS[told[1]],
            ),
        )
    elif any(value > 0 for value in rest.values()) or not said:
        rows.append(_row(outcome, "unknown", **rest))


def _end(row: People, first: str, second: str, other: float) -> float:
    stated: float | None = row.get(first, row.get(second))
    return other if stated is None else stated


def _each(found: Counts, result: list[list[People]], outcome: str, group: str) -> None:
    known = ~(np.isnan(found.low) & np.isnan(found.best) & np.isnan(found.high))
    for position in known.nonzero()[0].tolist():
        row = _row(outcome, group, found.low[position], found.best[position], found.high[position])
        result[position].append(row)


def _bounds(
    draft: Draft, result: list[list[People]], outcome: str, bounds: dict[str, np.ndarray]
) -> None:
    """Add the low and high numbers of an outcome that stand in columns of their own."""
    for position, rows in enumerate(result if bounds else []):
        harmed = [row for row in rows if row["outcome"] == outcome]
        ends = {
            name: float(values[position])
            for name, values in bounds.items()
            if not math.isnan(values[position])
        }
        if not ends or len(harmed) > 1:
            continue
        row = harmed[0] if harmed else _row(outcome, "unknown")
        best = row.get("best")
        if best is not None and not ends.get("low", 0) <= best <= ends.get("high", math.inf):
            draft.refuse(position, outcome, say("the best number is not between low and high"))
            continue
        row |= {name: int(value) for name, value in ends.items()}
        if not harmed:
            rows.append(row)


def _victims(draft: Draft, result: list[list[People]], total: Counts) -> None:
    for position, rows in enumerate(result):
        before = len(rows)
        _complete(draft, position, ("casualties", "outcome"), "unknown", list(rows), total, rows)
        outcomes = {row["outcome"] for row in rows}
        stated = not math.isnan(total.best[position]) and len(rows) == before
        if stated and len(outcomes) == 1 and all("best" in row for row in rows):
            # All victims are accounted for: of an outcome that is not stated there were none.
            rows.append(_row("injured" if "killed" in outcomes else "killed", "unknown", best=0))


def _row(
    outcome: str,
    group: str,
    low: float = math.nan,
    best: float = math.nan,
    high: float = math.nan,
) -> People:
    row: People = {"group": group, "outcome": outcome}
    for name, value in (("low", low), ("best", best), ("high", high)):
        if not math.isnan(value):
            row[name] = int(value)
    return row


MakeCasualties = Callable[[Draft], list[list[People]]]
