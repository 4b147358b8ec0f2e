"""A filter: CQL2 text or JSON in, one mask of rows out, compiled for a schema.

The words of a text are cut here and the brackets taken apart; what stands between them is read
by the cql2 library. That has two reasons. The library backtracks: its time doubles with each
bracket that is open where an error is, so brackets that only group are parsed one at a time,
which makes the time grow with the length alone. And it reads no exponents in WKT: a geometry is
taken from the text as it stands and read by GEOS.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import orjson
import shapely
from pyproj import CRS

from geodata.crs import crs_uri, is_crs84, parse_crs
from geodata.errors import InvalidInput
from geodata.filters.columns import Columns, Mask
from geodata.filters.operands import (
    ARITHMETIC,
    FOLDS,
    OPEN,
    OPERATORS,
    SPATIAL_PREDICATES,
    TIME_RELATIONS,
    TIMES,
    Operand,
    Predicate,
    all_of,
    any_of,
    between,
    calculate,
    compare,
    folded,
    geometry_operand,
    interval,
    is_null,
    like,
    literal_operand,
    negation,
    one_of,
    property_operand,
    refusal,
    relate,
    relate_times,
    time_operand,
    within_distance,
)
from geodata.schemas import FrameSchema

MAX_DEPTH = 200
MAX_NODES = 40_000
MAX_OPERATIONS = 2_000
MAX_STRING = 10_000
MAX_NUMBER = 1e300


def check_tree(tree: Any) -> None:
    """Refuse a tree that would take too long or cannot be stored.

    Raises
    ------
    InvalidInput
        It is too deep or too large, or holds a number that is not finite or a text that
        is too long.
    """
    nodes = operations = 0
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if depth > MAX_DEPTH:
            raise refusal(f"it is nested more than {MAX_DEPTH} levels deep.")
        if nodes > MAX_NODES:
            raise refusal(f"it has more than {MAX_NODES} parts.")
        if isinstance(node, dict):
            operations += "op" in node
            waiting += [(branch, depth + 1) for branch in node.values()]
        elif isinstance(node, list):
            waiting += [(branch, depth + 1) for branch in node]
        else:
            _check_value(node)
    if operations > MAX_OPERATIONS:
        raise refusal(f"it has more than {MAX_OPERATIONS} operations.")


def _check_value(value: Any) -> None:
    if isinstance(value, str):
        if len(value) > MAX_STRING:
            raise refusal(f"a text in it is longer than {MAX_STRING} characters.")
    elif isinstance(value, int | float) and (not math.isfinite(value) or abs(value) > MAX_NUMBER):
        raise refusal("a number in it is too large.")


MAX_TEXT = 65_536
MAX_BRACKETS = 40
MAX_OPERATORS = 1_000
EXAMPLE = "killed > 1 AND device = 'at_mine'"

_TOKEN = re.compile(
    r"(?P<string>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d][\w.:]*)"
    r"|(?P<space>\s+)"
    r"|(?P<sign><=|>=|<>|!=|[-+*/^%=<>(),])"
)
_GEOMETRIES = {
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
}
_DIMENSIONS = {"Z", "M", "ZM"}
_BEFORE_GROUP = {"AND", "OR", "NOT", "BETWEEN", "LIKE", "ILIKE", "DIV"}
_OPERATORS = {"AND", "OR", "NOT", "DIV", "+", "-", "*", "/", "^", "%"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text: its kind, how it is written, and where it begins."""

    kind: str
    text: str
    start: int = 0

    @property
    def upper(self) -> str:
        """The text in capitals, for keywords; strings and quoted names are never one."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def parse_text(text: str, *, legacy: bool = False) -> Any:
    """Read CQL2 text.

    Parameters
    ----------
    legacy
        Take ``ILIKE`` too, as clients of the older CQL write it.

    Raises
    ------
    InvalidInput
        It is no CQL2, or too long or too deep.

    Examples
    --------
    >>> parse_text("killed > 1")
    {'op': '>', 'args': [{'property': 'killed'}, 1.0]}
    """
    tokens = tokens_of(text)
    if not tokens:
        raise refusal(f"it is empty; write for example {EXAMPLE}.")
    prefix = _prefix(tokens)
    parts = _Parts(text, prefix)
    parts.take(_without_ilike(tokens) if legacy else tokens)
    return parts.whole()


def tokens_of(text: str) -> list[Token]:
    """Cut the text of a filter into words, without white space.

    Raises
    ------
    InvalidInput
        The text is too long, or holds a character no filter has.
    """
    if len(text) > MAX_TEXT:
        raise refusal(f"it is longer than {MAX_TEXT} characters.")
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise refusal(
                f"{text[position:][:20]!r} at character {position + 1} cannot be read; texts stand "
                f"in single quotes, for example {EXAMPLE}."
            )
        kind = str(match.lastgroup)
        if kind != "space":
            word = match.group()
            found.append(Token(kind, f"0{word}" if word.startswith(".") else word, position))
        position = match.end()
    return found


def _prefix(tokens: list[Token]) -> str:
    """Give a beginning of names that the text itself does not hold."""
    prefix = "grp_"
    while any(prefix in token.text.lower() for token in tokens):
        prefix += "x_"
    return prefix


class _Parts:
    """The text without its grouping brackets and geometries, each read by itself.

    What was cut out is named in what it stood in; the trees are put together again
    innermost first, so that nothing recurses deeper than one part is nested.
    """

    def __init__(self, text: str, prefix: str) -> None:
        self._text = text
        self._prefix = prefix
        self._trees: dict[str, Any] = {}
        self._current: list[str] = []

    def take(self, tokens: list[Token]) -> None:
        """Take the words, and read each group and geometry when it closes.

        Raises
        ------
        InvalidInput
            Brackets do not pair or are too deep, operators are too many, or a part
            cannot be read.
        """
        outer: list[tuple[str, int, list[str]]] = []
        operators = 0
        before: list[Token] = []
        for token in tokens:
            inside = outer[-1][0] if outer else ""
            if token.text == "(":
                kind, start = _bracket(before, inside)
                outer.append((kind, token.start if start is None else start, self._current))
                if len(outer) > MAX_BRACKETS:
                    raise refusal(f"its brackets are more than {MAX_BRACKETS} deep.")
                self._open(kind)
            elif token.text == ")":
                if not outer:
                    raise refusal("a closing bracket has no opening one.")
                self._close(*outer.pop(), token)
            elif inside not in ("geometry", "shape"):
                self._current.append(token.text)
                operators += token.upper in _OPERATORS
            before = [*before[-1:], token]
        if operators > MAX_OPERATORS:
            raise refusal(f"it has more than {MAX_OPERATORS} operators.")
        if outer:
            raise refusal("an opening bracket is not closed.")

    def whole(self) -> Any:
        """Give the tree of all that was taken."""
        return self._parsed(self._current)

    def _open(self, kind: str) -> None:
        if kind == "group":
            self._current = []
        elif kind == "call":
            self._current.append("(")
        elif kind == "geometry":
            while self._current and self._current[-1].upper() in _GEOMETRIES | _DIMENSIONS:
                self._current.pop()

    def _close(self, kind: str, start: int, enclosing: list[str], token: Token) -> None:
        if kind == "call":
            self._current.append(")")
        elif kind == "group":
            tree = self._parsed(self._current)
            self._current = enclosing
            self._put(tree)
        elif kind == "geometry":
            self._put(_geometry(self._text[start : token.start + 1]))

    def _put(self, tree: Any) -> None:
        name = f"{self._prefix}{len(self._trees)}"
        self._trees[name] = tree
        self._current.append(name)

    def _parsed(self, words: list[str]) -> Any:
        import cql2

        part = " ".join(words)
        try:
            tree = cql2.parse_text(part).to_json()
        except Exception as reason:  # noqa: BLE001 - the library raises bare exceptions
            raise self._unreadable(part, str(reason)) from None
        check_tree(tree)
        return self._filled(tree)

    def _filled(self, tree: Any) -> Any:
        """Put what was cut out back in its place."""
        if isinstance(tree, list):
            return [self._filled(branch) for branch in tree]
        if not isinstance(tree, dict):
            return tree
        name = tree.get("property")
        if isinstance(name, str):
            return self._trees.get(name, tree)
        return {key: self._filled(branch) for key, branch in tree.items()}

    def _unreadable(self, part: str, reason: str) -> Exception:
        """Say where the library stopped; its names of grammar rules help nobody."""
        place = re.search(r"--> 1:(\d+)", reason)
        at = int(place[1]) - 1 if place else 0
        shown = re.sub(rf"{self._prefix}\d+", "(…)", part)
        rest = re.sub(rf"{self._prefix}\d+", "(…)", part[at:]).strip()
        stop = f"{rest[:40]!r} does not fit in" if rest and at else "something is missing in"
        return refusal(f"{stop} {shown[:80]!r}; write for example {EXAMPLE}.")


def _bracket(before: list[Token], inside: str) -> tuple[str, int | None]:
    """Say what a bracket after these words does, and where what it belongs to begins.

    ``geometry`` with the place of its name, ``shape`` within one, ``group``, or ``call`` of a
    function or list.
    """
    if inside in ("geometry", "shape"):
        return "shape", None
    if not before:
        return "group", None
    last = before[-1]
    name = before[-2] if last.upper in _DIMENSIONS and len(before) > 1 else last
    if name.upper in _GEOMETRIES:
        return "geometry", name.start
    if last.kind == "sign" or last.upper in _BEFORE_GROUP:
        # A closing bracket before an opening one is an error that the library names.
        return "group", None
    return "call", None


def _geometry(text: str) -> dict[str, Any]:
    """Read well-known text as GeoJSON; numbers as they stand, heights are passed over."""
    try:
        shape = shapely.force_2d(shapely.from_wkt(text))
    except shapely.errors.ShapelyError:
        raise refusal(
            f"the geometry {text[:60]!r} cannot be read; write for example POINT(46.9 -40.1) or "
            "POLYGON((46 39,47 39,47 40,46 39))."
        ) from None
    tree: dict[str, Any] = orjson.loads(orjson.dumps(shapely.geometry.mapping(shape)))
    return tree


def _without_ilike(tokens: list[Token]) -> list[Token]:
    """Write ``name ILIKE 'a%'`` as ``casei(name) LIKE casei('a%')``."""
    written: list[Token] = []
    fold_next = False
    for token in tokens:
        if token.upper == "ILIKE":
            negated = bool(written) and written[-1].upper == "NOT"
            at = len(written) - (2 if negated else 1)
            if at < 0 or written[at].kind not in ("word", "quoted", "string"):
                raise refusal("ILIKE needs a property before it: name ILIKE 'ağ%'.")
            written[at : at + 1] = _casei(written[at])
            written.append(Token("word", "LIKE"))
            fold_next = True
            continue
        written += _casei(token) if fold_next else [token]
        fold_next = False
    return written


def _casei(token: Token) -> list[Token]:
    return [Token("word", "casei"), Token("sign", "("), token, Token("sign", ")")]


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
            return within_distance(*operands)
        _count(op, args, 2)
        left, right = operands
        if op in OPERATORS:
            return compare(op, left, right)
        if op == "like":
            return like(left, right)
        if op in SPATIAL_PREDICATES:
            return relate(op, left, right)
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
        for kind in TIMES:
            if kind in tree:
                return time_operand(kind, tree[kind])
        if "interval" in tree:
            return self._interval(tree["interval"])
        if "bbox" in tree or "coordinates" in tree or "geometries" in tree:
            return geometry_operand(tree, self.crs)
        raise refusal(
            f"{str(tree)[:80]} cannot stand here; write an expression of CQL2 JSON, "
            f"e.g. {EXAMPLE_JSON}."
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
        raise refusal(
            f"{str(op)[:40]!r} is not known as an operator; write for example {EXAMPLE_JSON}."
        )
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


EXAMPLE_JSON = '{"op": "=", "args": [{"property": "device"}, "uxo"]}'
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

        One boolean a row. A comparison with null is unknown and does not keep.

        Parameters
        ----------
        frame
            Rows of the schema that the filter was compiled for; as `Columns` they are read
            once for many filters.
        """
        rows = frame if isinstance(frame, Columns) else Columns(frame)
        return self._predicate(rows).true


def compile_filter(
    source: Any, lang: str, schema: FrameSchema, *, crs: str | CRS | None = None
) -> Filter:
    """Compile a filter for a collection.

    Checked: every property exists and every kind fits.

    Parameters
    ----------
    crs
        System of the coordinates in the filter, in the axis order of its authority;
        None is OGC:CRS84 (lon, lat).

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
            f"it cannot be read as JSON ({str(reason)[:100]}); write for example {EXAMPLE_JSON}."
        ) from None
