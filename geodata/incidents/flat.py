"""Flat properties of incidents and the record's nested members: reports in one line, and back.

The column ``sources`` holds such lines joined.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.codes import Group, values_of
from geodata.errors import InvalidInput
from geodata.incidents.weights import parse_districts
from geodata.model import Incident, Report
from geodata.schemas import INCIDENTS

_MARK = re.compile(r";\s+|[()]")
_ADDRESS = re.compile(r"https?://(?=.)")


def parted(text: str) -> list[str]:
    """Split a text of several sources at the semicolons outside brackets.

    A semicolon inside brackets belongs to the chain of who cites whom.

    Examples
    --------
    >>> parted("News (A; B) https://example.org/a; A paper form")
    ['News (A; B) https://example.org/a', 'A paper form']
    """
    cuts: list[tuple[int, int]] = []
    since_bracket = 0
    for mark in _MARK.finditer(text):
        if mark[0] == ")":
            del cuts[since_bracket:]
        if mark[0] in "()":
            since_bracket = len(cuts)
        else:
            cuts.append(mark.span())
    ends = [start for start, _ in cuts] + [len(text)]
    starts = [0, *(end for _, end in cuts)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def words_and_link(text: str) -> tuple[str, str | None]:
    """Part one source into its words and the http address at its end.

    Examples
    --------
    >>> words_and_link("News (A; B) https://example.org/a")
    ('News (A; B)', 'https://example.org/a')
    """
    text = text.strip()
    last = max(text.rfind(space) for space in " \t\n\r\f\v;\u00a0") + 1
    found = _ADDRESS.search(text, last)
    if found is None:
        return text, None
    return text[: found.start()].strip(), text[found.start() :]


def source_text(report: Report | None) -> str | None:
    """Write a report as "publisher (chain) url"; None without any of them.

    Examples
    --------
    >>> source_text(Report(publisher="Paper", chain="Ministry", url="https://example.org/1"))
    'Paper (Ministry) https://example.org/1'
    """
    if report is None:
        return None
    chain = f"({report.chain})" if report.chain else None
    parts = [report.publisher or report.title, chain, report.url]
    return " ".join(part for part in parts if part) or None


_MEMBERS = set(Incident.model_fields)
_DEFAULTS = {
    name: field.default
    for name, field in Incident.model_fields.items()
    if not field.is_required() and field.default is not None and name != "where_precision"
}
_OUTCOMES = ("killed", "injured")
MOST_PEOPLE = 10_000_000
_BOUNDS = tuple(f"{o}_{end}" for o in (*_OUTCOMES, "casualties") for end in ("low", "high"))
_DERIVED = {"recorded_at", "district_id", "killed", "injured", "casualties", "sources", *_BOUNDS}
_COUNTS = {f"{o}_{g}": (o, g) for o in _OUTCOMES for g in values_of(Group)}
_CHAIN = re.compile(r"\(([^()]*)\)$")


def members_of_properties(
    properties: Mapping[str, Any], base: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give the record's members that flat properties state.

    Parameters
    ----------
    properties
        Flat twins, or the record's own members; derived ones may be there too.
    base
        Members held before: casualties and reports that say the same as the flat twins
        are kept, with all that the twins cannot say.

    Returns
    -------
    dict
        Only what the properties state; null where they state null.

    Raises
    ------
    InvalidInput
        A property is unknown, or a count or a weight cannot be read.
    """
    base = base or {}
    unknown = sorted(set(properties) - _MEMBERS - _DERIVED - set(_COUNTS))
    if unknown:
        raise InvalidInput(
            f"Unknown properties: {', '.join(unknown)[:300]}. "
            f"An incident has: {', '.join(INCIDENTS.names)}.",
            code="unknown-property",
            details=[{"field": name, "reason": "is unknown"} for name in unknown],
        )
    members = {
        # Null is not stated: what always has a value takes the model's own.
        name: _DEFAULTS.get(name) if value is None else value
        for name, value in properties.items()
        if name in _MEMBERS and name not in ("casualties", "districts", "version")
    }
    members |= _districts(properties)
    members |= _casualties(properties, base)
    members |= _reports(properties, base)
    return members


def _districts(properties: Mapping[str, Any]) -> dict[str, Any]:
    if "districts" in properties:
        stated = properties["districts"]
        if isinstance(stated, str):
            return {"districts": [d.model_dump() for d in parse_districts(stated)]}
        return {"districts": stated or []}
    if "district_id" in properties:
        one = properties["district_id"]
        return {"districts": [{"district_id": one, "weight": 1.0}] if one else []}
    return {}


def _casualties(properties: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Take casualties from rows, or from counts by group and the two totals.

    An outcome that is not named keeps its rows, and so does a group whose count is what
    it was: rows say more (low and high, affiliation) than the count.
    """
    stated = properties.get("casualties")
    if isinstance(stated, list | tuple):
        return {"casualties": list(stated)}
    names = [n for n in (*_COUNTS, *_OUTCOMES, *_BOUNDS[:4], "casualties") if n in properties]
    if not names:
        return {}
    held = list(base.get("casualties", []))
    counts = {name: _count(name, properties[name]) for name in names}
    counted = [n for n in names if n in (*_COUNTS, *_OUTCOMES)]
    if held and all(_sum(held, name) == counts[name] for name in counted):
        return {}
    rows: list[Any] = [row for row in held if row["outcome"] not in _OUTCOMES]
    for outcome in _OUTCOMES:
        rows += _bounded(outcome, counts, _rows_of(outcome, counts, held))
    total, parts = counts.get("casualties"), sum(row.get("best") or 0 for row in rows)
    if not held and total is not None and total > parts:
        # Only a total of all casualties is stated.
        rows.append({"group": "unknown", "outcome": "unknown", "best": total - parts})
    return {"casualties": rows}


def _bounded(outcome: str, counts: Mapping[str, int | None], rows: list[Any]) -> list[Any]:
    """Add the limits of an outcome to its only row, or as a row where no number is stated."""
    ends = {end: n for end in ("low", "high") if (n := counts.get(f"{outcome}_{end}")) is not None}
    if not ends or len(rows) > 1:
        return rows
    if not rows:
        return [{"group": "unknown", "outcome": outcome, **ends}]
    best = rows[0].get("best")
    if best is None:
        return rows
    # Limits sent along with a number that was changed no longer bound it.
    fitting = {"low": ends.get("low", best) < best, "high": ends.get("high", best) > best}
    return [rows[0] | {end: n for end, n in ends.items() if fitting[end]}]


def _rows_of(
    outcome: str, counts: Mapping[str, int | None], held: Sequence[Mapping[str, Any]]
) -> list[Any]:
    """Give the rows of one outcome: those held where nothing was changed, else new ones."""
    own = [row for row in held if row["outcome"] == outcome]
    groups = {group: f"{outcome}_{group}" for group in values_of(Group)}
    named = {group: counts[name] for group, name in groups.items() if name in counts}
    before = {group: _sum(own, name) for group, name in groups.items()}
    total, held_total = counts.get(outcome), _sum(own, outcome)
    changed = any(count != before[group] for group, count in named.items())
    if outcome in counts and total != held_total:
        if total is None and not any(named.values()):
            return []
    elif not changed:
        return own
    elif held_total is not None:
        # The total was sent along as it was: the groups are what was changed.
        total = None
    after = before | named
    if total is not None:
        after["unknown"] = _remainder(outcome, total, after, named, changed=changed)
    return [
        row
        for group, count in after.items()
        for row in _group_rows(outcome, group, count, own, same=count == before[group])
    ]


def _remainder(
    outcome: str,
    total: int,
    after: Mapping[str, int | None],
    named: Mapping[str, int | None],
    *,
    changed: bool,
) -> int | None:
    """Give the people of a total that no group accounts for; null where none are left."""
    others = sum(count or 0 for group, count in after.items() if group != "unknown")
    least = others + ((named.get("unknown") or 0) if changed else 0)
    if total < least:
        raise _bad_count(outcome, f"{total} is less than its groups' sum {least}")
    left = total - others
    return left if left or not others else None


def _group_rows(
    outcome: str, group: str, count: int | None, own: Sequence[Mapping[str, Any]], *, same: bool
) -> list[Any]:
    if same:
        return [row for row in own if row.get("group", "unknown") == group]
    if count is not None and count > MOST_PEOPLE:
        raise _bad_count(f"{outcome}_{group}", f"is more than {MOST_PEOPLE}")
    return [] if count is None else [{"group": group, "outcome": outcome, "best": count}]


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> int | None:
    outcome, group = _COUNTS.get(name, (name, None))
    stated = [
        row.get("best")
        for row in rows
        if row["outcome"] == outcome and group in (None, row.get("group", "unknown"))
    ]
    known = [count for count in stated if count is not None]
    return sum(known) if known and len(known) == len(stated) else None


def _count(name: str, value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _bad_count(
            name, "has to be a count of people, e.g. 3; leave it out if it is not known"
        )
    try:
        number = float(value)
    except ValueError:
        raise _bad_count(
            name, "has to be a count of people, e.g. 3; leave it out if it is not known"
        ) from None
    if not number.is_integer() or number < 0:
        raise _bad_count(name, "has to be a whole number of people, e.g. 3")
    return int(number)


def _bad_count(name: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{name}: {why}. Write a whole number, or null where it is not known.",
        code="bad-count",
        details=[{"field": name, "reason": why}],
    )


def _reports(properties: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Take reports from their text "publisher (chain) url; …", unless they are stated."""
    text = properties.get("sources")
    if "reports" in properties or "sources" not in properties:
        return {}
    if not text:
        return {"reports": []}
    parsed = [_report(part.strip()) for part in parted(str(text)) if part.strip()]
    held = [
        {k: r[k] for k in ("publisher", "chain", "url") if r.get(k)}
        for r in base.get("reports", [])
    ]
    return {} if held == parsed else {"reports": parsed}


def _report(text: str) -> dict[str, Any]:
    report: dict[str, Any] = {}
    text, link = words_and_link(text)
    if link:
        report["url"] = link
    if chain := _CHAIN.search(text):
        report["chain"] = chain[1]
        text = text[: chain.start()].strip()
    if text:
        report["publisher"] = text[:300]
    return dict(
        sorted(report.items(), key=lambda item: ("publisher", "chain", "url").index(item[0]))
    )
