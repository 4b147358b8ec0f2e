"""What was decided about a source, kept for its next file: under a name, or under the file's own.

A profile that is named keeps columns, orders and decisions on names. Without one the decisions
alone are kept, under what the source is called: the catalogue, the data set stated, or the file's
name without its figures (``accidents_2024-03.xlsx`` and ``accidents_2024-04.xlsx`` are one source).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from geodata.errors import InvalidInput
from geodata.intake.files.source import Source
from geodata.intake.identity import slug
from geodata.intake.places.placing import MatchTable
from geodata.intake.plan import Choices
from geodata.intake.presets.recognise import PRESETS, recognise
from geodata.wording import say

_KEPT = ("format", "dataset", "encoding", "layer", "zone", "calendar", "on_conflict", "scope")
_DEFAULTS = Choices()
Decisions = tuple[tuple[str, str, str], ...]
"""How names are read: text (see `decision_key`), district, and approve, forbid or a district."""


def profile_path(folder: Path, name: str) -> Path:
    """Give where the profile of a name is kept.

    Raises
    ------
    InvalidInput
        The name holds no letter or digit.
    """
    stem = slug(name.lower())[:60]
    if not stem:
        raise InvalidInput(
            say(
                "The profile's name {name!r} holds no letter or digit; write e.g. field-office.",
                name=name,
            ),
            code="bad-profile",
        )
    return folder / f"{stem}.json"


def with_profile(choices: Choices, path: Path) -> tuple[Choices, Decisions]:
    """Fill what the user does not state now with what the profile holds.

    Raises
    ------
    InvalidInput
        The file is no profile (code ``bad-profile``).
    """
    if not path.exists():
        return choices, ()
    try:
        held: dict[str, Any] = orjson.loads(path.read_bytes())
        kept = {n: held[n] for n in _KEPT if held.get(n) is not None}
        mapping = {str(f): str(c) for f, c in held.get("mapping", {}).items()}
        orders = {str(f): str(o) for f, o in held.get("date_orders", {}).items()}
        decided = tuple((str(t), str(d), str(w)) for t, d, w in held.get("decisions", ()))
    except (OSError, ValueError, AttributeError, TypeError) as reason:
        raise InvalidInput(
            say(
                "{name} is no profile of an import ({reason}). Remove it, or name another.",
                name=path.name,
                reason=reason,
            ),
            code="bad-profile",
        ) from None
    unstated = {n: v for n, v in kept.items() if getattr(choices, n) == getattr(_DEFAULTS, n)}
    filled = replace(
        choices,
        mapping=mapping | dict(choices.mapping),
        date_orders=choices.date_orders or ({} if choices.date_order else orders),
        **unstated,
    )
    return filled, decided


def fitting(mapping: Mapping[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    """Leave out the fields whose column this file does not have."""
    return {f: c for f, c in mapping.items() if not c or c in columns}


def save_profile(
    path: Path,
    choices: Choices,
    plan: Mapping[str, Any],
    matches: MatchTable,
    waiting: Decisions = (),
) -> None:
    """Keep how a file was read: columns, data set, orders of dates, and decisions on names.

    Parameters
    ----------
    waiting
        Decisions for districts that other boundaries have (see `in_force`).
    """
    held = {n: getattr(choices, n) for n in _KEPT} | {
        "format": plan.get("format") or choices.format,
        "dataset": plan.get("dataset") or choices.dataset,
        "mapping": {m["field"]: m["column"] for m in plan.get("mapping", ())},
        "date_orders": plan.get("date_orders", {}),
        "decisions": _kept(matches, waiting),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(held, option=orjson.OPT_INDENT_2))


def source_name(source: Source, choices: Choices) -> str:
    """Name a file's source: its catalogue, the data set stated, or its name without figures."""
    form = recognise(source.table, choices.format)
    stem = re.sub(r"[\d\W_]+", "-", source.path.stem.lower()).strip("-")
    name = choices.dataset or (form if form in PRESETS else stem)
    return slug(name.lower())[:60] or "import"


def decisions_of_source(path: Path) -> Decisions:
    """Give the decisions on names that are kept of a source."""
    try:
        held = orjson.loads(path.read_bytes())["decisions"]
        return tuple((str(t), str(d), str(w)) for t, d, w in held)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def in_force(decisions: Decisions, ids: set[str]) -> tuple[Decisions, Decisions]:
    """Part decisions that were kept by whether the boundaries in use have their district.

    Those that are followed, and those that wait for boundaries with their district.

    Examples
    --------
    >>> in_force((("Agdam", "AZ-AGM", "AZ-AGM"), ("Baku", "", "forbid")), {"AZ-BA"})
    ((('Baku', '', 'forbid'),), (('Agdam', 'AZ-AGM', 'AZ-AGM'),))
    """
    said = [(one, one[1] if one[2] == "approve" else one[2]) for one in decisions]
    return (
        tuple(one for one, meant in said if meant == "forbid" or meant in ids),
        tuple(one for one, meant in said if meant != "forbid" and meant not in ids),
    )


def keep_decisions(path: Path, matches: MatchTable, waiting: Decisions = ()) -> None:
    """Keep the decisions on names for the next file of the source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held = {"decisions": _kept(matches, waiting)}
    path.write_bytes(orjson.dumps(held, option=orjson.OPT_INDENT_2))


def _kept(matches: MatchTable, waiting: Decisions) -> list[list[str]]:
    followed = [[t, d or "", d or "forbid"] for t, d in sorted(matches.decided.items())]
    return [*followed, *(list(one) for one in waiting if one[0] not in matches.decided)]
