"""A filter: its tree, compiled for a schema into one mask of rows."""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import orjson
from pyproj import CRS

from geodata.crs import crs_uri, is_crs84, parse_crs
from geodata.errors import InvalidInput
from geodata.filters import shapes
from geodata.filters.columns import Columns, Mask
from geodata.filters.operands import (
    ARITHMETIC,
    FOLDS,
    OPEN,
    OPERATORS,
    TIME_RELATIONS,
    Operand,
    Predicate,
    all_of,
    any_of,
    between,
    calculate,
    compare,
    date_operand,
    folded,
    interval,
    is_null,
    like,
    literal_operand,
    negation,
    one_of,
    property_operand,
    relate_times,
    timestamp_operand,
)
from geodata.filters.parsing import MAX_TEXT, check_tree, parse_text, refusal
from geodata.schemas import FrameSchema


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles trees for one collection."""

    schema: FrameSchema
    """The collection's columns."""
    crs: CRS | None = None
    """System of the geometries written in the filter; None is OGC:CRS84."""

    def predicate(self, tree: Any) -> Predicate:
        """Compile what is true or false.

        Raises
        ------
        InvalidInput
            The tree is no such thing, or names a property or kind that does not fit.
        """
        if not isinstance(tree, dict) or "op" not in tree:
            return self._bare(tree)
        op, args = _operation(tree)
        if op in ("and", "or"):
            _count(op, args, 2, 100_000)
            parts = [self.predicate(arg) for arg in args]
            return all_of(parts) if op == "and" else any_of(parts)
        if op == "not":
            _count(op, args, 1)
            return negation(self.predicate(args[0]))
        if op == "isnull":
            _count(op, args, 1)
            return is_null(self.operand(args[0]))
        return self._relation(op, args)

    def _bare(self, tree: Any) -> Predicate:
        operand = self.operand(tree)
        if operand.kind != "boolean":
            raise refusal(
                f"{operand.name} alone says nothing that is true or false; compare it, e.g. "
                f"{operand.name} IS NOT NULL."
            )
        return operand.of

    def _relation(self, op: str, args: list[Any]) -> Predicate:
        if op in ("between", "in"):
            return self._range(op, args)
        operands = [self.operand(arg) for arg in args]
        if op == "s_dwithin":
            _count(op, args, 3, 4)
            return shapes.within_distance(*operands)
        _count(op, args, 2)
        left, right = operands
        if op in OPERATORS:
            return compare(op, left, right)
        if op == "like":
            return like(left, right)
        if op in shapes.PREDICATES:
            return shapes.relate(op, left, right)
        if op in TIME_RELATIONS:
            return relate_times(op, left, right)
        raise refusal(f"the operator or function {op[:40]!r} is not known.")

    def _range(self, op: str, args: list[Any]) -> Predicate:
        if op == "in":
            _count(op, args, 2)
            options = args[1] if isinstance(args[1], list) else [args[1]]
            value = self.operand(args[0])
            return one_of(value, [self.operand(option) for option in options])
        flat = [args[0], *args[1]] if len(args) == 2 and isinstance(args[1], list) else args
        _count(op, flat, 3)
        return between(*(self.operand(arg) for arg in flat))

    def operand(self, tree: Any) -> Operand:
        """Compile what has a value.

        Raises
        ------
        InvalidInput
            The tree is no such thing.
        """
        if not isinstance(tree, dict):
            return literal_operand(tree)
        if "property" in tree:
            return property_operand(tree["property"], self.schema)
        if "op" in tree:
            return self._calculated(tree)
        if "date" in tree:
            return date_operand(tree["date"])
        if "timestamp" in tree:
            return timestamp_operand(tree["timestamp"])
        if "interval" in tree:
            return self._interval(tree["interval"])
        if "bbox" in tree or "coordinates" in tree or "geometries" in tree:
            return shapes.geometry_operand(tree, self.crs)
        raise refusal(
            f"{str(tree)[:80]} cannot stand here; write an expression of CQL2 JSON, e.g. {EXAMPLE}."
        )

    def _calculated(self, tree: dict[str, Any]) -> Operand:
        op, args = _operation(tree)
        if op in ARITHMETIC:
            _count(op, args, 2)
            return calculate(op, *(self.operand(arg) for arg in args))
        if op in FOLDS:
            _count(op, args, 1)
            return folded(op, self.operand(args[0]))
        return Operand("boolean", self.predicate(tree), op)

    def _interval(self, ends: Any) -> Operand:
        if not isinstance(ends, list) or len(ends) != 2:
            raise refusal("INTERVAL takes two ends; write '..' for an open one.")
        start, end = (None if end == OPEN else self.operand(end) for end in ends)
        return interval(start, end)


def _operation(tree: dict[str, Any]) -> tuple[str, list[Any]]:
    op, args = tree["op"], tree.get("args")
    if not isinstance(op, str):
        raise refusal(f"{str(op)[:40]!r} is not known as an operator; write for example {EXAMPLE}.")
    if isinstance(args, dict):
        args = [args]
    if not isinstance(args, list):
        raise refusal(f"the operator {op[:40]!r} has no list of arguments.")
    return op.lower(), args


def _count(op: str, args: list[Any], least: int, most: int | None = None) -> None:
    most = least if most is None else most
    if not least <= len(args) <= most:
        wanted = str(least) if most == least else f"{least} or more"
        raise refusal(f"{op[:40]!r} takes {wanted} arguments, not {len(args)}.")


EXAMPLE = '{"op": "=", "args": [{"property": "device"}, "uxo"]}'
LANGUAGES = ("cql2-text", "cql2-json", "cql-text")
"""``cql-text`` is the older name some clients send; it also takes ILIKE."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What rows are wanted."""

    tree: Any
    """The filter as CQL2 JSON."""
    key: str
    """Equal for filters that keep the same rows for the same reason."""
    _predicate: Predicate = field(repr=False, compare=False)

    def mask(self, frame: gpd.GeoDataFrame | Columns) -> Mask:
        """Say which rows the filter is true for.

        Parameters
        ----------
        frame
            Rows of the schema that the filter was compiled for; as `Columns` they are read
            once for many filters.

        Returns
        -------
        numpy.ndarray
            One boolean a row. A comparison with null is unknown and does not keep.
        """
        rows = frame if isinstance(frame, Columns) else Columns(frame)
        return self._predicate(rows).true


def compile_filter(
    source: Any, lang: str, schema: FrameSchema, *, crs: str | CRS | None = None
) -> Filter:
    """Compile a filter for a collection.

    Parameters
    ----------
    source
        CQL2 text, or CQL2 JSON as text or Python values.
    lang
        One of `LANGUAGES`.
    schema
        The collection's columns; geometries are called ``geometry``.
    crs
        System of the coordinates in the filter, in the axis order of its authority;
        None is OGC:CRS84 (lon, lat).

    Returns
    -------
    Filter
        Checked: every property exists and every kind fits.

    Raises
    ------
    InvalidInput
        The filter cannot be read, is too large, or names a wrong property or kind; the
        message names it.

    References
    ----------
    OGC 21-065r2, Common Query Language (CQL2).

    Examples
    --------
    >>> from geodata.schemas import INCIDENTS
    >>> compile_filter("killed > 1 AND device = 'at_mine'", "cql2-text", INCIDENTS).tree["op"]
    'and'
    """
    if lang not in LANGUAGES:
        raise InvalidInput(
            f"filter-lang={str(lang)[:40]!r} is not known; use {' or '.join(LANGUAGES)}.",
            code="bad-filter-lang",
            details=[{"field": "filter-lang", "reason": f"not one of {', '.join(LANGUAGES)}"}],
        )
    tree = _json(source) if lang == "cql2-json" else _text(source, lang)
    check_tree(tree)
    system = None if crs is None else parse_crs(crs)
    if system is not None and is_crs84(system):
        system = None
    predicate = Compiler(schema, system).predicate(tree)
    key = orjson.dumps([tree, crs_uri(system) if system else None], option=orjson.OPT_SORT_KEYS)
    return Filter(tree, key.decode(), predicate)


def equality(name: str, value: Any, schema: FrameSchema) -> Filter:
    """Make the filter of a property that has to equal a value.

    Parameters
    ----------
    name
        A column of the schema.
    value
        Text, number or boolean; a date as text.

    Returns
    -------
    Filter
        As `compile_filter` gives it.

    Raises
    ------
    InvalidInput
        The value does not fit the column.
    """
    tree = {"op": "=", "args": [{"property": name}, value]}
    return compile_filter(tree, "cql2-json", schema)


def _text(source: Any, lang: str) -> Any:
    if not isinstance(source, str):
        raise refusal(f"{lang} is text.")
    return parse_text(source, legacy=lang == "cql-text")


def _json(source: Any) -> Any:
    if not isinstance(source, str | bytes):
        return source
    if len(source) > MAX_TEXT:
        raise refusal(f"it is longer than {MAX_TEXT} characters.")
    try:
        return orjson.loads(source)
    except orjson.JSONDecodeError as reason:
        raise refusal(
            f"it cannot be read as JSON ({str(reason)[:100]}); write for example {EXAMPLE}."
        ) from None
