"""Columns of people to rows of casualties; unknown stays null."""

import math
from collections.abc import Callable

import numpy as np

from geodata.intake.cells.numbers import Counts, counts
from geodata.intake.draft import Draft, People
from geodata.intake.fields import GROUPS

OUTCOMES = ("killed", "injured")


def casualties(draft: Draft) -> list[list[People]]:
    """Make each row's casualties from its columns of people.

    A total beside columns by group leaves the rest to the group ``unknown``; a total of
    victims beside killed and injured leaves the rest to the outcome ``unknown``. A total
    below the sum of its parts refuses the row.

    Parameters
    ----------
    draft
        The chunk; complaints are added to it.

    Returns
    -------
    list
        One list of casualty rows an incident.
    """
    read = {name: _read(draft, name) for name in _names(draft)}
    low, high = (_bound(draft, f"killed_{end}") for end in ("low", "high"))
    result: list[list[People]] = [[] for _ in range(len(draft))]
    for outcome in OUTCOMES:
        groups = [g for g in GROUPS if f"{outcome}_{g}" in read]
        total = read.get(outcome)
        if groups or total is not None:
            _add(draft, result, outcome, total, {g: read[f"{outcome}_{g}"] for g in groups})
    if low is not None or high is not None:
        _bounds(draft, result, low, high)
    if "casualties" in read:
        _victims(draft, result, read["casualties"])
    return result


def _names(draft: Draft) -> list[str]:
    wanted = (*OUTCOMES, *(f"{o}_{g}" for o in OUTCOMES for g in GROUPS), "casualties")
    return [name for name in wanted if draft.has(name)]


def _read(draft: Draft, name: str) -> Counts:
    found = counts(draft.raw(name))
    draft.refuse_all(name, found.bad)
    ranges = int((~np.isnan(found.low) | ~np.isnan(found.high)).sum())
    if ranges:
        draft.warnings[
            f"{draft.fields[name]}: a range of people was kept as low and high, without a best"
        ] += ranges
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
    stated = np.array([[c.best[i] for c in groups.values()] for i in range(len(draft))])
    parts = np.nansum(stated, axis=1)
    for position in (~np.isnan(total.best)).nonzero()[0].tolist():
        rest = total.best[position] - parts[position]
        if rest < 0:
            draft.refuse(
                position,
                outcome,
                f"{total.best[position]:g} {outcome} in all, but {parts[position]:g} by group",
            )
        elif rest > 0 or np.isnan(stated[position]).all():
            result[position].append(_row(outcome, "unknown", best=rest))


def _each(found: Counts, result: list[list[People]], outcome: str, group: str) -> None:
    known = ~(np.isnan(found.low) & np.isnan(found.best) & np.isnan(found.high))
    for position in known.nonzero()[0].tolist():
        row = _row(outcome, group, found.low[position], found.best[position], found.high[position])
        result[position].append(row)


def _bounds(
    draft: Draft, result: list[list[People]], low: np.ndarray | None, high: np.ndarray | None
) -> None:
    for position, rows in enumerate(result):
        killed = [row for row in rows if row["outcome"] == "killed"]
        ends = {
            name: float(values[position])
            for name, values in (("low", low), ("high", high))
            if values is not None and not math.isnan(values[position])
        }
        if not ends or len(killed) > 1:
            continue
        row = killed[0] if killed else _row("killed", "unknown")
        best = row.get("best")
        if best is not None and not ends.get("low", 0) <= best <= ends.get("high", math.inf):
            draft.refuse(position, "killed", "the best number is not between low and high")
            continue
        row |= {name: int(value) for name, value in ends.items()}
        if not killed:
            rows.append(row)


def _victims(draft: Draft, result: list[list[People]], total: Counts) -> None:
    for position in (~np.isnan(total.best)).nonzero()[0].tolist():
        stated = sum(row.get("best") or 0 for row in result[position])
        rest = total.best[position] - stated
        if rest < 0:
            draft.refuse(
                position, "casualties", f"{total.best[position]:g} in all, but {stated} by outcome"
            )
        elif rest > 0 or not result[position]:
            result[position].append(_row("unknown", "unknown", best=rest))
        else:
            # All victims are accounted for: of an outcome that is not stated there were none.
            said = {row["outcome"] for row in result[position]}
            if len(said) == 1 and all(row.get("best") is not None for row in result[position]):
                other = "injured" if "killed" in said else "killed"
                result[position].append(_row(other, "unknown", best=0))


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
