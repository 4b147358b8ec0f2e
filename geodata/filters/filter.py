"""A filter: compiled once, then a mask for any frame of its schema."""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import orjson
from pyproj import CRS

from geodata.crs import crs_uri, is_crs84, parse_crs
from geodata.errors import InvalidInput
from geodata.filters.columns import Columns, Mask
from geodata.filters.operands import Predicate
from geodata.filters.parsing import MAX_TEXT, parse_text
from geodata.filters.refusals import check_tree, refusal
from geodata.filters.tree import Compiler
from geodata.schema import FrameSchema

LANGUAGES = ("cql2-text", "cql2-json", "cql-text")
"""``cql-text`` is the older name some clients send; it also takes ILIKE."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What rows are wanted.

    Attributes
    ----------
    tree
        The filter as CQL2 JSON.
    key
        Equal for filters that keep the same rows for the same reason.
    """

    tree: Any
    key: str
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
    schema
        The collection's columns.

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
        raise refusal(f"it is no JSON: {str(reason)[:100]}.") from None
