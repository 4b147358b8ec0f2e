"""Flat columns of incidents and the record's nested members, and back.

The column ``sources`` holds reports, each in one line. The text ``AZ-TAR:0.5;AZ-AGM:0.5`` is the
flat twin of an incident's districts: an id may hold a colon (the weight follows the last one); a
semicolon in it is written ``%3B``. Read once for a frame, it is a sparse matrix of weights.

A row may stand for several incidents that are alike: `incidents_in` says for how many. Numbers of
people are summed with what is not stated (`toll_of`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.codes import Group, values_of
from geodata.deferred import sparse as sp
from geodata.errors import InvalidInput
from geodata.model import DistrictWeight, Incident, Report
from geodata.schemas import INCIDENTS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DistrictWeights:
    """What each incident counts for each district, made of the texts once for a frame."""

    codes: NDArray[np.intp]
    """Row of `matrix` for each incident; -1, the last row, for an unplaced one."""
    matrix: "sp.csr_array"
    """Weight by distinct text and district; the last row is empty."""

    @classmethod
    def of(cls, incidents: pd.DataFrame, district_ids: pd.Index) -> "DistrictWeights":
        """Read the `districts` texts of the incidents, each distinct one once.

        Texts that are null or name unknown districts have empty rows (unplaced).

        Parameters
        ----------
        incidents
            Frame with `districts`, or with `district_id` alone.

        Raises
        ------
        InvalidInput
            A weight is no number in (0, 1], or the weights of a text do not sum to 1.
        """
        column = "districts" if "districts" in incidents.columns else "district_id"
        codes, texts = pd.factorize(incidents[column], use_na_sentinel=True)
        position = {str(name): i for i, name in enumerate(district_ids)}
        cells = [
            (row, position[district], weight)
            for row, text in enumerate(texts)
            for district, weight in _pairs(str(text))
            if district in position
        ]
        rows, columns, weights = zip(*cells, strict=True) if cells else ((), (), ())
        size = (len(texts) + 1, len(district_ids))
        # the last row is the place of those without any text, code -1
        return cls(codes, sp.csr_array((np.array(weights, float), (rows, columns)), shape=size))

    def only(self, rows: Any) -> "DistrictWeights":
        """Give the weights of some of the incidents, by position or as a mask."""
        return DistrictWeights(self.codes[rows], self.matrix)

    def sums(self, values: Floats) -> Floats:
        """Sum ``value x place weight`` by district, of one value an incident."""
        return self.by_text(values) @ self.matrix

    def square_sums(self, squares: Floats) -> Floats:
        """Sum ``square x place weight^2`` by district, of one square of a value an incident."""
        return self.by_text(squares) @ self.matrix.power(2)

    def largest(self, values: Floats) -> Floats:
        """Give the largest of the values, none negative, that may lie in each district; else 0."""
        texts = self.matrix.shape[0]
        by_text = np.zeros(texts)
        np.maximum.at(by_text, np.where(self.codes < 0, texts - 1, self.codes), values)
        cells = sp.coo_array(self.matrix)
        most = np.zeros(self.matrix.shape[1])
        np.maximum.at(most, cells.col, by_text[cells.row])
        return most

    def of_district(self, position: int) -> Floats:
        """Give each incident's weight in one district, 0 where it lies elsewhere."""
        return self.matrix[:, [position]].toarray()[:, 0][self.codes]

    def by_text(self, values: Floats) -> Floats:
        """Sum one value an incident by row of `matrix`."""
        last = self.matrix.shape[0] - 1
        codes = np.where(self.codes < 0, last, self.codes)
        return np.bincount(codes, values, last + 1).astype(np.float64)


def abroad(incidents: pd.DataFrame, districts: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which incidents are known to be of another country than all of the districts."""
    home = set(districts["country"].dropna()) if "country" in districts.columns else set()
    if not home or "country" not in incidents.columns:
        return np.zeros(len(incidents), dtype=bool)
    country = incidents["country"]
    return ~(country.isna() | country.isin(home)).to_numpy(dtype=bool)


def elsewhere(incidents: pd.DataFrame, districts: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which incidents are abroad and count in none of the districts.

    They are not "in no known district" of this country.
    """
    away = abroad(incidents, districts)
    if away.any():
        weights = DistrictWeights.of(incidents, districts.index)
        away &= weights.matrix.sum(axis=1)[weights.codes] <= 0
    return away


def districts_text(districts: Iterable[DistrictWeight]) -> str | None:
    """Write districts and weights as text; None for an unplaced incident.

    Examples
    --------
    >>> districts_text([DistrictWeight(district_id="AZ-TAR", weight=0.5),
    ...                 DistrictWeight(district_id="AZ-AGM", weight=0.5)])
    'AZ-TAR:0.5;AZ-AGM:0.5'
    """
    parts = [f"{escape_id(d.district_id)}:{weight_text(d.weight)}" for d in districts]
    return ";".join(parts) or None


def parse_districts(text: str) -> tuple[DistrictWeight, ...]:
    """Read districts and weights from their text.

    An id without a weight shares what the others leave, so ``AZ-TAR;AZ-AGM`` is half
    and half.

    Raises
    ------
    InvalidInput
        A weight is no number in (0, 1], or the weights do not sum to 1.

    Examples
    --------
    >>> [(d.district_id, d.weight) for d in parse_districts("AZ-TAR:0.5;AZ-AGM:0.5")]
    [('AZ-TAR', 0.5), ('AZ-AGM', 0.5)]
    """
    return tuple(DistrictWeight(district_id=i, weight=w) for i, w in _pairs(text))


def district_ids_text(district_ids: Iterable[str]) -> str | None:
    """Write ids alone, as operations and statistics name their districts; None for none."""
    return ";".join(escape_id(district_id) for district_id in district_ids) or None


def parse_district_ids(text: str) -> tuple[str, ...]:
    """Read ids alone.

    Examples
    --------
    >>> parse_district_ids("AZ-TAR; AZ-AGM")
    ('AZ-TAR', 'AZ-AGM')
    """
    parts = (part.strip() for part in text.split(";"))
    return tuple(unescape_id(part) for part in parts if part)


def shared_out(weights: Sequence[float | None]) -> list[float]:
    """Fill weights that are not stated: they share equally what the others leave.

    Examples
    --------
    >>> shared_out([0.5, None, None])
    [0.5, 0.25, 0.25]
    """
    stated = [weight for weight in weights if weight is not None]
    silent = len(weights) - len(stated)
    rest = max(1.0 - sum(stated), 0.0) / silent if silent else 0.0
    return [rest if weight is None else weight for weight in weights]


def _pairs(text: str) -> list[tuple[str, float]]:
    pairs: list[tuple[str, float | None]] = []
    for part in text.split(";"):
        if not part.strip():
            continue
        name, colon, number = part.strip().rpartition(":")
        weight = _number(number) if colon else None
        pairs.append(
            (number if not colon else name if weight is not None else part.strip(), weight)
        )
    weights = shared_out([weight for _, weight in pairs])
    filled = [(unescape_id(name), w) for (name, _), w in zip(pairs, weights, strict=True)]
    wrong = any(not 0 < w <= 1 for _, w in filled)
    if filled and (wrong or abs(sum(w for _, w in filled) - 1) > 1e-6):
        raise InvalidInput(
            f"districts={text[:120]!r}: weights must be above 0 and sum to 1. "
            "Write AZ-TAR:0.5;AZ-AGM:0.5, or one id alone.",
            code="bad-districts",
            details=[{"field": "districts", "reason": "weights do not sum to 1"}],
        )
    return filled


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def weight_text(weight: Any) -> str:
    """Write a weight as short as it can be read back exactly."""
    short = f"{weight:.6g}"
    return short if float(short) == weight else repr(float(weight))


def escape_id(district_id: str) -> str:
    """Write a semicolon in an id so that it does not part the text."""
    return district_id.replace("%", "%25").replace(";", "%3B")


def unescape_id(text: str) -> str:
    """Undo `escape_id`."""
    return text.replace("%3B", ";").replace("%25", "%")


# Incidents of one place (the text of their districts) and date range of which the same numbers of
# people are stated are alike: one row may stand for all of them, with their numbers added, where
# there are too many to hold. The rows are then as many as places and days.
COUNT = "incidents"
"""Column of how many incidents a row stands for; without it each row is one."""
SQUARES, LARGEST = "_squares", "_largest"
"""Ends of the columns of a number's sum of squares and largest value over a row's incidents."""


def incidents_in(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Give how many incidents each row stands for."""
    if COUNT not in frame.columns:
        return np.ones(len(frame))
    return np.asarray(frame[COUNT], dtype=np.float64)


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

    Only what the properties state; null where they state null.

    Parameters
    ----------
    properties
        Flat twins, or the record's own members; derived ones may be there too.
    base
        Members held before: casualties and reports that say the same as the flat twins
        are kept, with all that the twins cannot say.

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


@dataclass(frozen=True, slots=True)
class Toll:
    """The people of one outcome over several incidents."""

    people: float | None
    """Sum of the best numbers, and of the least stated where there is no best one; null where no
    incident states either."""
    unstated: float = 0.0
    """Incidents of which no exact number is known: above 0, `people` is "at least so many"."""

    @property
    def bounded(self) -> bool:
        """Whether there may be more people than the sum."""
        return self.unstated > 1e-9


def least_of(frame: pd.DataFrame, outcome: str) -> NDArray[np.float64]:
    """Give how many people each incident had at least: the best number, else the low one.

    NaN where neither is stated.

    Parameters
    ----------
    outcome
        ``killed`` or ``injured``.
    """
    best = people_in(frame, outcome)
    return np.where(np.isfinite(best), best, people_in(frame, f"{outcome}_low"))


def people_in(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Give a column of numbers of people, NaN where it is not stated or there is no such column."""
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(dtype="float64", na_value=np.nan)


def toll_of(frame: pd.DataFrame, outcome: str, shares: Any = 1.0) -> Toll:
    """Sum the people of one outcome over incidents.

    Examples
    --------
    >>> some = pd.DataFrame({"killed": [2, None, None], "killed_low": [1, 5, None]})
    >>> toll_of(some, "killed")
    Toll(people=7.0, unstated=2.0)
    """
    weights = np.broadcast_to(np.asarray(shares, dtype=np.float64), len(frame))
    least = least_of(frame, outcome)
    known = np.isfinite(least) & (weights > 0)
    exact = np.isfinite(people_in(frame, outcome))
    return Toll(
        float((least * weights)[known].sum()) if known.any() else None,
        float(weights[~exact].sum()),
    )
