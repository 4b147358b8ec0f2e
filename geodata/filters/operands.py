"""Operands of a filter: columns, literals and what is made of them; how two relate.

A comparison with a null is unknown, and so is its negation: a row is kept only where the
filter is true (three-valued logic, as in SQL: Kleene's AND, OR, NOT).

Where every operand of T_AFTER, T_DURING and the other relations of intervals is a day, days are
compared; otherwise moments, and then a day lasts from its first to its last microsecond.

Geometries written in a filter are brought to WGS 84 (lon, lat) first; the predicates
themselves are topological, and distances are taken on the ellipsoid or in a local projection.
"""

import operator
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS, Geod, Transformer

from geodata.crs import bounds_from_crs, from_crs
from geodata.errors import InvalidInput
from geodata.filters.columns import Codes, Columns, Mask, Truth
from geodata.schemas import Column, FrameSchema

Kind = Literal["text", "number", "date", "timestamp", "boolean", "geometry", "interval", "null"]


FIELD = "filter"


def refusal(why: str, *, name: str | None = None) -> InvalidInput:
    """Make the error of a filter."""
    detail = {"field": FIELD, "reason": why}
    if name is not None:
        detail["property"] = name
    return InvalidInput(f"The filter cannot be used: {why}", code="bad-filter", details=[detail])


@dataclass(frozen=True, slots=True)
class Operand:
    """A part of a filter with its kind."""

    kind: Kind
    """What its values are. Dates are ``datetime64[D]``, timestamps ``datetime64[us]`` (UTC),
    numbers floats, texts a Series, geometries an array, booleans a `Truth`."""
    of: Callable[[Columns], Any]
    """Gives the values of rows."""
    name: str
    """How messages call it."""
    literal: Any = None
    """Its value where it is written in the filter; None for what depends on the row."""
    constant: bool = False
    """Whether `literal` holds."""
    codes: Callable[[Columns], Codes | None] | None = None
    """Gives the texts of rows as codes, where few are distinct; None for other kinds."""


Predicate = Callable[[Columns], Truth]


def constant(kind: Kind, value: Any, name: str) -> Operand:
    """Make the operand of a value written in the filter."""
    return Operand(kind, lambda _rows: value, name, value, True)


def known(result: Any, missing: Any, rows: int) -> Truth:
    """Make truth of a comparison's result, unknown where a value is missing."""
    result = np.broadcast_to(np.asarray(result, dtype=bool), (rows,))
    there = ~np.broadcast_to(np.asarray(missing, dtype=bool), (rows,))
    return Truth(result & there, ~result & there)


def all_of(parts: Sequence[Predicate]) -> Predicate:
    """Make what is true where every part is true, and false where one is false."""

    def conjunction(rows: Columns) -> Truth:
        found = parts[0](rows)
        for part in parts[1:]:
            further = part(rows)
            found = Truth(found.true & further.true, found.false | further.false)
        return found

    return conjunction


def any_of(parts: Sequence[Predicate]) -> Predicate:
    """Make what is true where one part is true, and false where every one is false."""

    def disjunction(rows: Columns) -> Truth:
        found = parts[0](rows)
        for part in parts[1:]:
            further = part(rows)
            found = Truth(found.true | further.true, found.false & further.false)
        return found

    return disjunction


def negation(part: Predicate) -> Predicate:
    """Make what is true where the part is false; what is unknown stays so."""

    def negated(rows: Columns) -> Truth:
        found = part(rows)
        return Truth(found.false, found.true)

    return negated


GEOMETRY = "geometry"

KINDS: dict[str, Kind] = {
    "text": "text",
    "integer": "number",
    "number": "number",
    "date": "date",
    "datetime": "timestamp",
    "boolean": "boolean",
}
_SLASHES = re.compile(r"^\d{4}/\d{2}/\d{2}")


def property_operand(name: Any, schema: FrameSchema) -> Operand:
    """Give the operand of a property.

    Raises
    ------
    InvalidInput
        The collection has no such property; the message lists those it has.
    """
    if name in (GEOMETRY, "geom") and schema.geometry is not None:
        return Operand("geometry", Columns.geometry, GEOMETRY)
    column = schema.by_name.get(name) if isinstance(name, str) else None
    if column is None:
        names = ", ".join([*schema.names, *([GEOMETRY] if schema.geometry else [])])
        raise refusal(
            f"{schema.name} has no property {str(name)[:60]!r}; it has {names}.",
            name=str(name)[:60],
        )
    known = column.name
    codes = (lambda rows: rows.codes(known)) if column.kind == "text" else None
    return Operand(KINDS[column.kind], _reader(column), known, codes=codes)


def _reader(column: Column) -> Callable[[Columns], Any]:
    name = column.name
    if column.kind == "text":
        return lambda rows: rows.text(name)
    if column.kind in ("integer", "number"):
        return lambda rows: rows.number(name)
    if column.kind == "date":
        return lambda rows: rows.days(name)
    if column.kind == "datetime":
        return lambda rows: rows.moments(name)
    return lambda rows: rows.truth(name)


def literal_operand(value: Any) -> Operand:
    """Give the operand of a text, number or boolean.

    Raises
    ------
    InvalidInput
        It is none of these.
    """
    if isinstance(value, bool):
        return Operand(
            "boolean",
            lambda rows: Truth(np.full(len(rows), value), np.full(len(rows), not value)),
            str(value).lower(),
            value,
            True,
        )
    if isinstance(value, int | float):
        return constant("number", float(value), f"{value:g}")
    if isinstance(value, str):
        return constant("text", value, repr(value[:40]))
    if value is None:
        raise refusal("a comparison with null is never true; write IS NULL.")
    raise refusal(
        f"{str(value)[:60]!r} cannot be compared; write a text, a number, true or false, e.g. 3."
    )


TIMES = {
    "date": "a date, e.g. DATE('2021-02-04')",
    "timestamp": "a moment, e.g. TIMESTAMP('2021-02-04T10:00:00Z')",
}


def time_operand(kind: str, text: Any) -> Operand:
    """Give the operand of a day, ``2021-02-04``, or of a moment; without a zone it is UTC.

    Raises
    ------
    InvalidInput
        The text is none of that kind of `TIMES`.
    """
    said = str(text)[:40]
    try:
        if kind == "date":
            day = datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=UTC).date()
            return constant("date", np.datetime64(day, "D"), f"date {day}")
        moment = datetime.fromisoformat(str(text)[:60])
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise refusal(f"{said!r} has to be {TIMES[kind]}.") from None
    return constant("timestamp", np.datetime64(moment.replace(tzinfo=None), "us"), f"time {said}")


def time_from_text(operand: Operand, beside: str) -> Operand:
    """Read a plain text that stands beside a date as a date or a moment.

    Clients of the older CQL write times so, and some with slashes.

    Raises
    ------
    InvalidInput
        The text is no time.
    """
    text = str(operand.literal).strip()
    if _SLASHES.match(text):
        text = text[:10].replace("/", "-") + text[10:]
    text = text.removesuffix("T")
    try:
        return time_operand("date" if len(text) == 10 else "timestamp", text)
    except InvalidInput:
        raise refusal(
            f"{beside} is a date, and {operand.name} is none; write DATE('2021-02-04').",
            name=beside,
        ) from None


OPERATORS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORDS = {
    "text": "a text",
    "number": "a number",
    "date": "a date",
    "timestamp": "a moment",
    "boolean": "true or false",
    "geometry": "a geometry",
    "interval": "an interval",
}


def compare(op: str, left: Operand, right: Operand) -> Predicate:
    """Compare two operands of one kind; unknown where a side is null.

    Parameters
    ----------
    left, right
        A plain text beside a date is read as one. A day written in the filter beside a
        moment means the whole day; a moment beside a property that holds a day compares
        with that day's first moment.

    Raises
    ------
    InvalidInput
        The kinds do not fit; the message names the property.
    """
    left, right = alike(left, right)
    if left.kind == "boolean":
        return _compare_truth(op, left, right)
    if left.kind not in ("text", "number", *TIMES):
        raise refusal(f"{left.name} is {_WORDS[left.kind]} and cannot be compared with {op}.")
    if left.constant and right.codes:
        left, right, op = right, left, _TURNED[op]
    apply = OPERATORS[op]

    def predicate(rows: Columns) -> Truth:
        codes = left.codes(rows) if left.codes and right.constant else None
        if codes is not None and op == "=":
            return codes.equal(right.literal)
        if codes is not None:
            return codes.where(lambda texts: _plain(apply(texts, right.literal)))
        a, b = left.of(rows), right.of(rows)
        return known(_plain(apply(a, b)), missing(a) | missing(b), len(rows))

    return predicate


def _plain(result: Any) -> Any:
    """Give a comparison of texts as an array of booleans, null as false."""
    if isinstance(result, pd.Series):
        return result.fillna(False).to_numpy(dtype=bool)
    return result


def missing(values: Any) -> Any:
    """Say where values of any kind are null."""
    if isinstance(values, pd.Series):
        return values.isna().to_numpy()
    if isinstance(values, Truth):
        return ~(values.true | values.false)
    if isinstance(values, np.datetime64) or getattr(values, "dtype", np.dtype(bool)).kind == "M":
        return np.isnat(values)
    if isinstance(values, float | np.floating | np.ndarray) and not _is_object(values):
        return np.isnan(values)
    return shapely.is_missing(values) if _is_object(values) else np.False_


def _is_object(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype == object


def alike(left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Bring two operands to one kind.

    Raises
    ------
    InvalidInput
        They do not fit; the message names the property.
    """
    if left.kind in TIMES and right.kind == "text" and right.constant:
        right = time_from_text(right, left.name)
    elif right.kind in TIMES and left.kind == "text" and left.constant:
        left = time_from_text(left, right.name)
    if left.kind in TIMES and right.kind in TIMES:
        return _same_resolution(left, right), _same_resolution(right, left)
    if left.kind != right.kind:
        named, other = (right, left) if left.constant else (left, right)
        raise refusal(
            f"{named.name} is {_WORDS[named.kind]}, but {other.name} is {_WORDS[other.kind]}.",
            name=named.name,
        )
    return left, right


def _same_resolution(operand: Operand, other: Operand) -> Operand:
    """Take a moment as its day where the other side is a day written in the filter."""
    if operand.kind == "timestamp" and other.kind == "date" and other.constant:
        return Operand("date", lambda rows: operand.of(rows).astype("datetime64[D]"), operand.name)
    return operand


def _compare_truth(op: str, left: Operand, right: Operand) -> Predicate:
    if op not in ("=", "<>"):
        raise refusal(f"{left.name} is true or false; compare it with = or <>.", name=left.name)

    def predicate(rows: Columns) -> Truth:
        a, b = left.of(rows), right.of(rows)
        same = (a.true & b.true) | (a.false & b.false)
        other = (a.true & b.false) | (a.false & b.true)
        return Truth(same, other) if op == "=" else Truth(other, same)

    return predicate


def between(value: Operand, low: Operand, high: Operand) -> Predicate:
    """Say whether a value is in the closed range."""
    return all_of([compare(">=", value, low), compare("<=", value, high)])


def one_of(value: Operand, options: Sequence[Operand]) -> Predicate:
    """Say whether a value is in a list; unknown where it is null.

    Raises
    ------
    InvalidInput
        An option does not fit the value, or is not written in the filter.
    """
    if not options:
        raise refusal(f"IN needs at least one value for {value.name}.", name=value.name)
    if value.kind == "boolean":
        return any_of([compare("=", value, option) for option in options])
    kinds: set[Kind] = set()
    plain = []
    for option in options:
        if not option.constant:
            raise refusal("IN takes values, not properties.")
        left, right = alike(value, option)
        kinds.add(left.kind)
        plain.append((left, right.literal))
    if len(kinds) > 1 or value.kind not in ("text", "number", *TIMES):
        raise refusal(f"the values in the list for {value.name} are not of one kind.")
    left = plain[0][0]
    allowed = [literal for _, literal in plain]

    def predicate(rows: Columns) -> Truth:
        codes = left.codes(rows) if left.codes else None
        if codes is not None:
            return codes.where(lambda texts: texts.isin(allowed))
        values = left.of(rows)
        if isinstance(values, pd.Series):
            return known(values.isin(allowed).to_numpy(), missing(values), len(rows))
        return known(np.isin(values, np.array(allowed)), missing(values), len(rows))

    return predicate


def is_null(operand: Operand) -> Predicate:
    """Say where a value is null; always known."""

    def predicate(rows: Columns) -> Truth:
        gone = np.broadcast_to(np.asarray(missing(operand.of(rows)), bool), (len(rows),))
        return Truth(gone.copy(), ~gone)

    return predicate


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.float_power,
    "div": lambda a, b: np.trunc(np.divide(a, b)),
}


def calculate(op: str, left: Operand, right: Operand) -> Operand:
    """Combine two numbers; a division by zero and what is not finite give null.

    ``%`` has the sign of the dividend, and ``div`` cuts off the fraction.

    Raises
    ------
    InvalidInput
        A side is no number; the message names it.
    """
    for side in (left, right):
        if side.kind != "number":
            raise refusal(
                f"{side.name} has to be a number to be used with {op}, e.g. killed {op} 2.",
                name=side.name,
            )
    apply = ARITHMETIC[op]

    def combined(a: Any, b: Any) -> Any:
        with np.errstate(all="ignore"):
            result = np.asarray(apply(np.float64(a), np.float64(b)))
        return np.where(np.isfinite(result), result, np.nan)[()]

    if left.constant and right.constant:
        value = float(combined(left.literal, right.literal))
        return constant("number", value, f"{value:g}")

    def of(rows: Columns) -> Any:
        return combined(left.of(rows), right.of(rows))

    return Operand("number", of, f"{left.name} {op} {right.name}")


def without_case(text: str) -> str:
    """Fold case as Unicode does (full folding).

    Examples
    --------
    >>> without_case("AĞDAM")
    'ağdam'
    """
    return text.casefold()


def without_accents(text: str) -> str:
    """Drop what Unicode can take off a letter; ə and ı are letters of their own.

    Examples
    --------
    >>> without_accents("Ağdam")
    'Agdam'
    """
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


FOLDS: dict[str, Callable[[str], str]] = {"casei": without_case, "accenti": without_accents}


def folded(name: str, operand: Operand) -> Operand:
    """Fold a text; each distinct value once.

    Raises
    ------
    InvalidInput
        The operand is no text; the message names it.
    """
    fold = FOLDS[name]
    if operand.kind != "text":
        raise refusal(f"{name} folds texts, and {operand.name} is none.", name=operand.name)
    if operand.constant:
        return constant("text", fold(operand.literal), operand.name)

    def of(rows: Columns) -> pd.Series:
        codes, uniques = pd.factorize(operand.of(rows))
        values = np.array([*(fold(str(text)) for text in uniques), None], dtype=object)
        return pd.Series(values[codes], dtype="str")

    def codes(rows: Columns) -> Codes | None:
        found = operand.codes(rows) if operand.codes else None
        return None if found is None else found.changed(fold)

    return Operand("text", of, operand.name, codes=codes)


def like(operand: Operand, pattern: Operand) -> Predicate:
    r"""Match a text against a pattern: % any characters, _ one, \ takes the next literally.

    The engine runs in time linear in the text, whatever the pattern.

    Raises
    ------
    InvalidInput
        A side is no text, or the pattern is not written in the filter.
    """
    if operand.kind != "text":
        raise refusal(f"LIKE needs a text, and {operand.name} is none.", name=operand.name)
    if pattern.kind != "text" or not pattern.constant:
        raise refusal("the pattern of LIKE has to be a text in quotes.")

    def matches(values: pd.Series) -> Mask:
        found = pc.match_like(pa.array(values, pa.large_string()), pattern.literal)
        return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=bool)

    def predicate(rows: Columns) -> Truth:
        codes = operand.codes(rows) if operand.codes else None
        if codes is not None:
            return codes.where(matches)
        values = pd.Series(operand.of(rows), index=range(len(rows)), dtype="str")
        return known(matches(values), values.isna().to_numpy(), len(rows))

    return predicate


Ends = tuple[Any, Any]
Relation = Callable[[Any, Any, Any, Any], Any]

TIME_RELATIONS: dict[str, Relation] = {
    "t_after": lambda a, _b, _c, d: a > d,
    "t_before": lambda _a, b, c, _d: b < c,
    "t_contains": lambda a, b, c, d: (a < c) & (b > d),
    "t_disjoint": lambda a, b, c, d: (b < c) | (a > d),
    "t_during": lambda a, b, c, d: (a > c) & (b < d),
    "t_equals": lambda a, b, c, d: (a == c) & (b == d),
    "t_finishedby": lambda a, b, c, d: (a < c) & (b == d),
    "t_finishes": lambda a, b, c, d: (a > c) & (b == d),
    "t_intersects": lambda a, b, c, d: (a <= d) & (b >= c),
    "t_meets": lambda _a, b, c, _d: b == c,
    "t_metby": lambda a, _b, _c, d: a == d,
    "t_overlappedby": lambda a, b, c, d: (a > c) & (a < d) & (b > d),
    "t_overlaps": lambda a, b, c, d: (a < c) & (b > c) & (b < d),
    "t_startedby": lambda a, b, c, d: (a == c) & (b > d),
    "t_starts": lambda a, b, c, d: (a == c) & (b < d),
}
"""Each on the ends (a, b) of the first and (c, d) of the second interval."""

_FIRST = np.datetime64("0001-01-01", "us")
_LAST = np.datetime64("9999-12-31T23:59:59.999999", "us")
_DAY_LESS = np.timedelta64(86_399_999_999, "us")
OPEN = ".."


def interval(start: Operand | None, end: Operand | None) -> Operand:
    """Make an interval of two times, each a value or a property; None is open.

    Raises
    ------
    InvalidInput
        An end is no time, or both are written and the first is later.
    """
    ends = [_time(end_, "interval") if end_ else None for end_ in (start, end)]
    first, last = ends
    if first and last and first.constant and last.constant:
        low, high = _moments((first, last), None)
        if high < low:
            raise refusal(f"the interval from {first.name} ends before it starts.")
    return constant("interval", (first, last), "interval")


def _time(operand: Operand, beside: str) -> Operand:
    if operand.kind == "text" and operand.constant:
        operand = time_from_text(operand, beside)
    if operand.kind not in TIMES:
        raise refusal(
            f"{operand.name} has to be a date or moment, e.g. DATE('2021-02-04').",
            name=operand.name,
        )
    return operand


def relate_times(name: str, left: Operand, right: Operand) -> Predicate:
    """Compare two instants or intervals; unknown where an end that is a property is null.

    Parameters
    ----------
    left, right
        Times or intervals; a plain text is read as a time.

    Raises
    ------
    InvalidInput
        A side is no time; the message names it.
    """
    pairs = [_pair(left, right.name), _pair(right, left.name)]
    ends = [end for pair in pairs for end in pair if end is not None]
    daily = all(end.kind == "date" for end in ends)
    apply = TIME_RELATIONS[name]

    def predicate(rows: Columns) -> Truth:
        (a, b), (c, d) = (_days(pair, rows) if daily else _moments(pair, rows) for pair in pairs)
        gone = np.isnat(a) | np.isnat(b) | np.isnat(c) | np.isnat(d)
        return known(apply(a, b, c, d), gone, len(rows))

    return predicate


def _pair(operand: Operand, beside: str) -> tuple[Operand | None, Operand | None]:
    if operand.kind == "interval":
        pair: tuple[Operand | None, Operand | None] = operand.literal
        return pair
    time = _time(operand, beside)
    return time, time


def _days(pair: tuple[Operand | None, Operand | None], rows: Columns) -> Ends:
    start, end = pair
    return (
        _FIRST.astype("datetime64[D]") if start is None else start.of(rows),
        _LAST.astype("datetime64[D]") if end is None else end.of(rows),
    )


def _moments(pair: tuple[Operand | None, Operand | None], rows: Any) -> Ends:
    start, end = pair
    first = _FIRST if start is None else start.of(rows).astype("datetime64[us]")
    if end is None:
        return first, _LAST
    last = end.of(rows).astype("datetime64[us]")
    return first, last + _DAY_LESS if end.kind == "date" else last


SPATIAL_PREDICATES: dict[str, Callable[[Any, Any], Any]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_overlaps": shapely.overlaps,
}
_SWAPPED = {"s_within": "s_contains", "s_contains": "s_within"}
UNITS = {"m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0}
UNITS |= {"km": 1000.0, "kilometre": 1000.0, "kilometres": 1000.0, "kilometers": 1000.0}
_GEOD = Geod(ellps="WGS84")
MOST_LATITUDE = 90.0 + 1e-9


def geometry_operand(tree: dict[str, Any], crs: CRS | None) -> Operand:
    """Give the operand, WGS 84 (lon, lat), of a geometry or box written in the filter.

    Parameters
    ----------
    tree
        GeoJSON geometry, or ``{"bbox": […]}`` with 4 or 6 numbers.
    crs
        The system of its coordinates, in the axis order of its authority; None is
        OGC:CRS84.

    Raises
    ------
    InvalidInput
        It is no geometry, or not valid.
    """
    shape = _box(tree["bbox"], crs) if "bbox" in tree else _shape(tree, crs)
    shapely.prepare(shape)
    return constant("geometry", shape, "the geometry")


def _shape(tree: dict[str, Any], crs: CRS | None) -> Any:
    try:
        shape = shapely.force_2d(shapely.geometry.shape(tree))
    except Exception:  # noqa: BLE001 - whatever a malformed geometry makes of the constructor
        raise refusal(f"a geometry in it cannot be read: {str(tree)[:80]}.") from None
    if shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise refusal("a geometry in it is empty or not finite.")
    if crs is None and (np.abs(shapely.get_coordinates(shape)[:, 1]) > MOST_LATITUDE).any():
        raise refusal(
            "a geometry in it has a latitude beyond 90 degrees; longitude stands before latitude, "
            "unless filter-crs says otherwise."
        )
    if not shape.is_valid:
        raise refusal(f"a geometry in it is not valid: {shapely.is_valid_reason(shape)[:100]}.")
    return shape if crs is None else from_crs(np.array([shape], dtype=object), crs)[0]


def _box(numbers: Any, crs: CRS | None) -> Any:
    plain = isinstance(numbers, list) and all(
        isinstance(n, int | float) and not isinstance(n, bool) for n in numbers
    )
    if not plain or len(numbers) not in (4, 6):
        raise refusal("BBOX takes 4 or 6 numbers.")
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    west, south, east, north = bounds_from_crs(numbers, crs) if crs else numbers
    if south > north:
        raise refusal("BBOX has its south above its north.")
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union(
        shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north)
    )


def relate(name: str, left: Operand, right: Operand) -> Predicate:
    """Relate two geometries; unknown where one is null.

    Parameters
    ----------
    left, right
        The property `geometry` or geometries written in the filter.

    Raises
    ------
    InvalidInput
        A side is no geometry; the message names it.
    """
    _need_geometries(name, left, right)
    if right.constant and not left.constant:
        # The prepared geometry goes first: the predicate is then many times faster.
        left, right, name = right, left, _SWAPPED.get(name, name)
    apply = SPATIAL_PREDICATES[name]

    def predicate(rows: Columns) -> Truth:
        a, b = left.of(rows), right.of(rows)
        return known(apply(a, b), shapely.is_missing(a) | shapely.is_missing(b), len(rows))

    return predicate


def within_distance(
    left: Operand, right: Operand, distance: Operand, units: Operand | None = None
) -> Predicate:
    """Say whether the geometry is within a distance of one written in the filter.

    Between points the distance is geodesic (WGS 84); otherwise it is taken in an
    azimuthal equidistant projection centred on the literal.

    Raises
    ------
    InvalidInput
        An argument is of the wrong kind, or the unit is not known.
    """
    _need_geometries("s_dwithin", left, right)
    if left.constant:
        left, right = right, left
    if left.constant or not right.constant:
        raise refusal("S_DWITHIN takes the property geometry and one geometry.")
    if distance.kind != "number" or not distance.constant or not distance.literal >= 0:
        raise refusal("the distance of S_DWITHIN has to be a number of metres from 0 on.")
    unit = "m" if units is None else str(units.literal).lower()
    if unit not in UNITS:
        raise refusal(f"S_DWITHIN knows the units {', '.join(sorted(UNITS))}, not {unit[:20]!r}.")
    metres, target = distance.literal * UNITS[unit], right.literal

    def predicate(rows: Columns) -> Truth:
        shapes = left.of(rows)
        near = np.zeros(len(rows), dtype=bool)
        there = ~shapely.is_missing(shapes)
        near[there] = _near(shapes[there], target, metres)
        return known(near, ~there, len(rows))

    return predicate


def _near(shapes: Any, target: Any, metres: float) -> Mask:
    if target.geom_type == "Point" and (shapely.get_type_id(shapes) == 0).all():
        count = len(shapes)
        x, y = np.full(count, target.x), np.full(count, target.y)
        _, _, away = _GEOD.inv(shapely.get_x(shapes), shapely.get_y(shapes), x, y)
        return np.asarray(away <= metres)
    centre = shapely.centroid(target)
    forward = _equidistant(round(centre.x, 4), round(centre.y, 4))
    moved = shapely.transform(shapes, forward.transform, interleaved=False)
    there = shapely.transform(target, forward.transform, interleaved=False)
    return np.asarray(shapely.dwithin(moved, there, metres))


@lru_cache(maxsize=32)
def _equidistant(lon: float, lat: float) -> Transformer:
    local = CRS.from_dict({"proj": "aeqd", "lon_0": lon, "lat_0": lat, "datum": "WGS84"})
    return Transformer.from_crs("OGC:CRS84", local, always_xy=True)


def _need_geometries(name: str, *operands: Operand) -> None:
    for operand in operands:
        if operand.kind != "geometry":
            raise refusal(
                f"{name.upper()} needs geometries, and {operand.name} is none.", name=operand.name
            )
