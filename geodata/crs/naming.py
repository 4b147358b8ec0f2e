"""Which coordinate system a text names, and the order of its axes."""

import re
from functools import lru_cache
from typing import Literal

from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata.errors import InvalidInput

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
AxisOrder = Literal["xy", "yx"]

_MAX_TEXT = 200
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^https?://www\.opengis\.net/def/crs/(?P<authority>\w+)/[\w.]+/(?P<code>\w+)$",
        r"^https?://www\.opengis\.net/gml/srs/(?P<authority>epsg)\.xml#(?P<code>\w+)$",
        r"^urn:ogc:def:crs:(?P<authority>\w+):[\w.]*:(?P<code>\w+)$",
        r"^\[?(?P<authority>[a-z]+):(?P<code>\w+)\]?$",
    )
)


def parse_crs(text: str | int | CRS) -> CRS:
    """Read a coordinate reference system as clients write it.

    Parameters
    ----------
    text
        An OGC URI (``http://www.opengis.net/def/crs/EPSG/0/4326``), a URN
        (``urn:ogc:def:crs:EPSG::4326``), a CURIE (``EPSG:4326``, ``[OGC:CRS84]``), an EPSG
        number, or a `CRS`, which is taken as it is. Case does not matter.

    Returns
    -------
    pyproj.CRS
        The same object for the same system. Its coordinates have the axis order of its
        authority: ask `axis_order`.

    Raises
    ------
    InvalidInput
        The text names no known system, or one that is not two-dimensional
        (code ``bad-crs``).

    Examples
    --------
    >>> parse_crs("urn:ogc:def:crs:EPSG::4326") is parse_crs("epsg:4326")
    True
    """
    if isinstance(text, CRS):
        return _checked(text, text.to_string()[:80])
    text = str(text).strip()
    if text.isascii() and text.isdigit():
        text = f"EPSG:{text}"
    for form in _FORMS:
        found = form.match(text) if len(text) <= _MAX_TEXT else None
        if found:
            return _from_authority(found["authority"].upper(), found["code"].upper())
    raise bad_crs(text, "it is not written as a URI, URN or AUTHORITY:CODE")


@lru_cache(maxsize=512)
def _from_authority(authority: str, code: str) -> CRS:
    written = f"{authority}:{code}"
    if authority not in {"EPSG", "OGC", "ESRI", "IAU_2015", "IGNF"}:
        raise bad_crs(written, "its authority is not known")
    try:
        crs = CRS.from_authority(authority, code)
    except CRSError:
        raise bad_crs(written, "no such system is known") from None
    return _checked(crs, written)


def _checked(crs: CRS, written: str) -> CRS:
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) != 2:
        raise bad_crs(written, "it is not a two-dimensional geographic or projected system")
    return crs


def bad_crs(text: str, why: str) -> InvalidInput:
    """Say why a coordinate reference system cannot be used."""
    return InvalidInput(
        f"The coordinate reference system {text[:80]!r} cannot be used: {why}. "
        f"Write {CRS84_URI} or, for example, http://www.opengis.net/def/crs/EPSG/0/4326.",
        code="bad-crs",
        details=[{"field": "crs", "reason": why}],
    )


def crs_uri(crs: CRS) -> str:
    """Give the OGC URI of a system, as OGC API headers and links write it.

    Parameters
    ----------
    crs
        A system of a known authority.

    Returns
    -------
    str
        ``http://www.opengis.net/def/crs/AUTHORITY/VERSION/CODE``.

    Raises
    ------
    InvalidInput
        No authority lists the system (code ``bad-crs``).
    """
    found = crs.to_authority(min_confidence=100) or crs.to_authority()
    if found is None:
        raise bad_crs(crs.name, "no authority lists it, so it has no URI")
    authority, code = found
    version = "1.3" if authority == "OGC" else "0"
    return f"http://www.opengis.net/def/crs/{authority}/{version}/{code}"


def axis_order(crs: CRS) -> AxisOrder:
    """Say in which order the authority writes the two coordinates.

    Parameters
    ----------
    crs
        A two-dimensional system.

    Returns
    -------
    str
        ``"xy"`` for longitude or easting first, ``"yx"`` for latitude or northing first.

    Examples
    --------
    >>> axis_order(parse_crs("EPSG:4326")), axis_order(parse_crs("OGC:CRS84"))
    ('yx', 'xy')
    """
    first, second = crs.axis_info
    directions = (first.direction.lower(), second.direction.lower())
    if directions[0] in {"north", "south"} and directions[1] in {"east", "west"}:
        return "yx"
    # Polar systems point both axes the same way: only the names tell.
    named = (first.name.lower(), second.name.lower())
    if named[0].startswith(("northing", "latitude")) and named[1].startswith(("east", "long")):
        return "yx"
    return "xy"


def is_crs84(crs: CRS) -> bool:
    """Say whether coordinates in `crs` can be used as longitude, latitude WGS 84 unchanged."""
    return bool(crs == parse_crs("OGC:CRS84"))
