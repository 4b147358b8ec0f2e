"""Cells to positions: decimal degrees, degrees-minutes-seconds, UTM, MGRS, WKT."""

import math
import re
import warnings
from functools import cache
from typing import Any

from pyproj import Transformer
from pyproj.exceptions import ProjError

from geodata.intake.cells.numbers import MOST_CHARS, decimal, western
from geodata.wording import say


@cache
def _grids() -> Any:
    import mgrs

    # What it warns of is looked at in `_from_mgrs`.
    warnings.filterwarnings("ignore", "Warning in .*Latitude Warning", RuntimeWarning)
    return mgrs.MGRS()


_HEMISPHERES = {
    "N": ("lat", 1), "S": ("lat", -1), "E": ("lon", 1), "W": ("lon", -1),
    "С": ("lat", 1), "Ю": ("lat", -1), "В": ("lon", 1), "З": ("lon", -1),
    "Ş": ("lon", 1), "Q": ("lon", -1),
}  # fmt: skip
"""Initials of the cardinal points: English, Russian, Azerbaijani (şərq, qərb)."""
_WORDS = re.compile(
    r"\b(north|south|east|west|lat(?:itude)?|lon(?:g(?:itude)?)?)\b\.?[:=]?|"
    r"([СЮ])\.?\s*Ш\.?|([ВЗ])\.?\s*Д\.?",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"""^\s?(?P<before>[NSEWOСЮВЗŞQ])?\s?
    (?P<sign>[+\-−])?\s?(?P<deg>\d{1,3}(?:[.,]\d+)?)\s?(?:°|º|˚|:|\s|d|$)?\s?
    (?:(?P<min>\d{1,2}(?:[.,]\d+)?)\s?(?:'|′|’|´|:|\s|m|$)\s?)?
    (?:(?P<sec>\d{1,2}(?:[.,]\d+)?)\s?(?:"|″|”|''|′′|s|$)?\s?)?
    (?P<after>[NSEWOСЮВЗŞQ])?\s?$""",
    re.VERBOSE | re.IGNORECASE,
)
_MGRS = re.compile(r"^(\d{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z]{2})\s*(\d[\d\s]*)$", re.IGNORECASE)
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_NUMBER = r"(\d{5,8}(?:[.,]\d+)?)"
_UTM = re.compile(
    rf"^(?:utm\s*+)?(\d{{1,2}})\s*+([A-Z])\s*+[,;]?\s*+E?\s*+{_NUMBER}(?:\s*+m)?(?:\s*+E)?"
    rf"[\s,;/]++N?\s*+{_NUMBER}\s*+m?\s*+N?$",
    re.IGNORECASE,
)
_ZONE = re.compile(r"^(?:utm\s*)?(\d{1,2})\s*([A-Z])?$", re.IGNORECASE)
_WKT = re.compile(r"^\s*(?:SRID=4326;)?\s*POINT\s*\(\s*(\S+)\s+(\S+)\s*\)\s*$", re.IGNORECASE)
_SPLIT = (
    re.compile(r"\s*;\s*|\s*/\s*"),
    re.compile(r"\s*,\s+"),
    re.compile(r"\s*,\s*"),
    re.compile(r"\s+"),
)

Position = tuple[float, float, float | None]
"""Longitude and latitude in WGS 84 degrees, and the notation's own uncertainty in metres."""


def half(text: str, axis: str) -> float:
    """Read one coordinate: ``40.5``, ``40,5``, ``N 40°30'15"``, ``40 30.25``, ``40°30′ с.ш.``.

    Parameters
    ----------
    axis
        ``lat`` or ``lon``: a letter of the other axis is refused.

    Raises
    ------
    ValueError
        Not a coordinate, minutes or seconds of 60 or more, the other axis's letter, or out of
        range.

    Examples
    --------
    >>> half("40°30'N", "lat")
    40.5
    """
    value, letter = _half(text)
    if letter and letter != axis:
        stated = say("latitude") if letter == "lat" else say("longitude")
        raise ValueError(
            say("{text!r} is a {stated}: are the columns swapped?", text=text[:40], stated=stated)
        )
    bound = 90 if axis == "lat" else 180
    if abs(value) > bound:
        raise ValueError(say("{text!r} is beyond {bound} degrees", text=text[:40], bound=bound))
    return value


def _half(text: str) -> tuple[float, str | None]:
    # One space at most between two signs: with any number the pattern would go back and forth.
    text = " ".join(_WORDS.sub(_initial, text).split())
    match = _HALF.match(text)
    if not match:
        return decimal(text), None
    degrees = decimal(match["deg"])
    minutes = decimal(match["min"]) if match["min"] else 0.0
    seconds = decimal(match["sec"]) if match["sec"] else 0.0
    if minutes >= 60 or seconds >= 60:
        raise ValueError(say("{text!r} has minutes or seconds of 60 or more", text=text[:40]))
    if (match["min"] and degrees % 1) or (match["sec"] and minutes % 1):
        raise ValueError(say("{text!r} is not a coordinate", text=text[:40]))
    letter = (match["before"] or match["after"] or "").upper()
    if letter == "O":
        raise ValueError(
            say(
                "{text!r}: O is east in German and west in French, Spanish and Portuguese; "
                "write E or W",
                text=text[:40],
            )
        )
    axis, side = _HEMISPHERES.get(letter, (None, 1))
    sign = -1 if match["sign"] in ("-", "−") else 1
    return sign * side * (degrees + minutes / 60 + seconds / 3600), axis


def _initial(match: re.Match[str]) -> str:
    if match[2] or match[3]:
        return (match[2] or match[3]).upper()
    word = match[1].lower()
    return "" if word.startswith("l") else word[0].upper()


_GEOPOINT = re.compile(
    r"^([+-]?\d{1,2}(?:\.\d+)?) ([+-]?\d{1,3}(?:\.\d+)?) (-?\d{1,5}(?:\.\d+)?) (\d{1,6}(?:\.\d+)?)$"
)
"""Latitude, longitude, altitude and accuracy in metres, as forms on phones write a point."""


def is_geopoint(text: str) -> bool:
    """Say whether a cell can only be a form's latitude, longitude, altitude and accuracy.

    Examples
    --------
    >>> is_geopoint("40.02 46.95 312.4 4.9"), is_geopoint("40 30 47 15")
    (True, False)
    """
    match = _GEOPOINT.match(text.strip())
    return match is not None and ("." in match[1] or "." in match[2])


def is_position(text: str) -> bool:
    """Say whether a cell holds both coordinates in a notation that is read.

    Examples
    --------
    >>> is_position("40.02 46.95 312.4 4.9"), is_position("Village 12")
    (True, False)
    """
    try:
        return len(text) <= MOST_CHARS and position(western(text), geopoints=True) is not None
    except ValueError:
        return False


def position(text: str, *, geopoints: bool = False) -> Position:
    """Read one cell that holds both coordinates.

    Two halves are latitude before longitude, as people write them, unless letters say
    otherwise; WKT is longitude before latitude, as it is defined. MGRS gives the middle of its
    square, UTM needs its zone with band or hemisphere. Four plain numbers are a form's latitude,
    longitude, altitude and accuracy.

    Parameters
    ----------
    geopoints
        The column holds such points: four whole numbers are one too, not degrees and minutes.

    Raises
    ------
    ValueError
        None of the notations, or out of range.

    Examples
    --------
    >>> position("40.5, 47.25")
    (47.25, 40.5, None)
    """
    text = text.strip()
    if text[:1] in "[(":
        text = text.strip("[]()").strip()
    found = _in_notation(text, geopoints=geopoints)
    if found is not None:
        return found
    for splitter in _SPLIT:
        parts = [part for part in splitter.split(text) if part]
        if len(parts) == 2 and (pair := _pair(*parts)):
            return pair
    *ended, _ = re.split(r"(?<=[NSEWСЮВЗ])", _WORDS.sub(_initial, text.upper()))
    marked = [part for part in ended if re.search(r"\d", part)]
    if len(marked) == 2 and (pair := _pair(marked[0].strip(" ,;"), marked[1].strip(" ,;"))):
        return pair
    words = text.split()
    if len(words) in (4, 6) and (pair := _pair(*_halves(words))):
        return pair
    raise ValueError(say("{text!r} is not a position; write 40.1234, 46.5678", text=text[:60]))


def _halves(words: list[str]) -> tuple[str, str]:
    middle = len(words) // 2
    return " ".join(words[:middle]), " ".join(words[middle:])


def _pair(first: str, second: str) -> Position | None:
    try:
        (a, axis_a), (b, axis_b) = _half(first), _half(second)
    except ValueError:
        return None
    if axis_a is not None and axis_a == axis_b:
        return None
    lat, lon = (b, a) if axis_a == "lon" or axis_b == "lat" else (a, b)
    if abs(lat) > 90 or abs(lon) > 180:
        raise ValueError(
            f"{first[:30]}, {second[:30]} is out of range as latitude, longitude"
            + ("; swapped it would fit" if abs(lon) <= 90 and abs(lat) <= 180 else "")
        )
    return lon, lat, None


def _in_notation(text: str, *, geopoints: bool) -> Position | None:
    if match := _GEOPOINT.match(text):
        return _from_form(match, sure=geopoints or is_geopoint(text))
    if match := _WKT.match(text):
        return half(match[1], "lon"), half(match[2], "lat"), None
    if match := _MGRS.match(text):
        return _from_mgrs(match)
    if match := _UTM.match(text):
        zone, band = int(match[1]), match[2]
        return (*from_utm(decimal(match[3]), decimal(match[4]), zone, band), 1.0)
    return None


def _from_form(match: re.Match[str], *, sure: bool) -> Position:
    if not sure:
        raise ValueError(
            say(
                "{match!r} can be degrees and minutes, or latitude, longitude, altitude and "
                "accuracy; write 40.1234, 46.5678",
                match=match[0],
            )
        )
    return half(match[2], "lon"), half(match[1], "lat"), float(match[4]) or None


def _from_mgrs(match: re.Match[str]) -> Position:
    halves = match[4].split()
    if len(halves) == 2 and len(halves[0]) != len(halves[1]):
        raise ValueError(
            say("{match!r}: MGRS needs as many figures east as north", match=match[0][:40])
        )
    figures = re.sub(r"\s", "", match[4])
    if len(figures) % 2 or len(figures) > 10:
        raise ValueError(
            say("{match!r}: MGRS needs as many figures east as north", match=match[0][:40])
        )
    digits = len(figures) // 2
    grid = f"{match[1]}{match[2]}{match[3]}{figures}".upper()
    try:
        # The library gives the middle of the square, not its corner.
        lat, lon = _grids().toLatLon(grid)
    except Exception as reason:  # noqa: BLE001 - the library raises bare exceptions of its own
        raise ValueError(
            say("{match!r} is not a square of MGRS ({reason})", match=match[0][:40], reason=reason)
        ) from None
    # Of a square that its band does not hold the library only warns. Turning that into an error
    # would do the same to every warning of the other threads meanwhile.
    south, north = _latitudes(match[2].upper())
    if not south - 10.0**-digits <= lat <= north + 10.0**-digits:
        raise ValueError(
            say(
                "{match!r}: its square does not lie in the band {band}",
                match=match[0][:40],
                band=match[2].upper(),
            )
        )
    side = 10.0 ** (5 - digits)
    return float(lon), float(lat), max(side * math.sqrt(0.5), 1.0)


def _latitudes(band: str) -> tuple[float, float]:
    """Give the degrees of a band: eight, but for the outermost, which reach further."""
    south = -80.0 + 8 * _BANDS.index(band)
    return (-80.5 if band == "C" else south), (84.5 if band == "X" else south + 8)


def zone_of(text: str) -> tuple[int, str]:
    """Read a UTM zone: ``38``, ``38N``, ``UTM 38 T``; without a letter the north is meant.

    Raises
    ------
    ValueError
        Not a zone of 1 to 60.
    """
    match = _ZONE.match(text.strip())
    if not match or not 1 <= int(match[1]) <= 60:
        raise ValueError(say("{text!r} is not a UTM zone; write 38N", text=text[:20]))
    return int(match[1]), (match[2] or "N").upper()


def from_utm(easting: float, northing: float, zone: int, band: str) -> tuple[float, float]:
    """Turn UTM metres (WGS 84) into longitude and latitude.

    Parameters
    ----------
    zone
        1 to 60.
    band
        Latitude band, or hemisphere. ``S`` alone is the southern hemisphere only if the
        northing says so: as a band it lies in the north.

    Raises
    ------
    ValueError
        Out of UTM's range.
    """
    if not (100_000 <= easting <= 900_000 and 0 <= northing <= 10_000_000):
        raise ValueError(
            say(
                "{easting:g}, {northing:g} is out of UTM's range (metres east, north)",
                easting=easting,
                northing=northing,
            )
        )
    if not 1 <= zone <= 60:
        raise ValueError(say("{zone} is not a UTM zone", zone=zone))
    letter = band.upper()
    south = letter < "N" or (letter == "S" and northing > 5_000_000)
    try:
        lon, lat = _transformer(zone, south).transform(easting, northing)
    except ProjError as reason:
        raise ValueError(
            say(
                "{easting:g}, {northing:g}: {reason}",
                easting=easting,
                northing=northing,
                reason=reason,
            )
        ) from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError(
            say(
                "{easting:g}, {northing:g} is out of UTM's range",
                easting=easting,
                northing=northing,
            )
        )
    return lon, lat


_TRANSFORMERS: dict[tuple[int, bool], Transformer] = {}


def _transformer(zone: int, south: bool) -> Transformer:  # noqa: FBT001
    key = (zone, south)
    if key not in _TRANSFORMERS:
        code = f"EPSG:{32700 + zone if south else 32600 + zone}"
        _TRANSFORMERS[key] = Transformer.from_crs(code, "OGC:CRS84", always_xy=True)
    return _TRANSFORMERS[key]
