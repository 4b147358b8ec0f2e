"""Loading districts from any boundary file: which columns hold what, and every issue at once."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata.countries import countries_of_shapes, country_code, country_of_code
from geodata.disk import scratch
from geodata.districts.bundled import bundled_districts
from geodata.districts.geometry import geodesic_area_km2
from geodata.districts.validation import (
    BoundaryReport,
    Issue,
    coverage_issues,
    mended,
    sorted_issues,
)
from geodata.errors import InvalidInput
from geodata.schemas import CRS84, DISTRICTS, conform
from geodata.untrusted.archives import unpacked
from geodata.untrusted.contents import VECTORS, kind_of
from geodata.untrusted.limits import DEFAULT_LIMITS, Limits
from geodata.untrusted.sandbox import VectorLayer, read_layer
from geodata.wording import say

LANGUAGES = ("az", "en", "ru")
_LEVELS = range(6)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where to find what; a column that the file does not have is None."""

    id: str
    name: str | None
    pcode: str | None
    by_language: dict[str, str]
    valid_from: str | None
    valid_to: str | None
    type: str | None
    population: str | None
    population_note: str | None
    level: int | None
    dissolve: bool
    """The file draws finer units than asked for: join those of one id."""
    country: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    """`admin1_name`, `admin1_code`, `admin2_name`, `admin2_code` to the file's columns."""
    aliases: tuple[str, ...] = ()
    """Columns of the unit's names in other languages and spellings."""


@dataclass(frozen=True, slots=True)
class _Family:
    """A convention; `{n}` stands for the administrative level."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    has_pcode: bool
    valid: tuple[tuple[str, str], ...] = ()


_FAMILIES = (
    _Family(
        ("adm{n}_pcode",), ("adm{n}_name", "adm{n}_{lang}"), True,
        (("valid_on", "valid_to"), ("validon", "validto")),
    ),
    _Family(("admin{n}pcode",), ("admin{n}name_{lang}", "admin{n}name"), True,
            (("validon", "validto"), ("date", "validto"))),
)  # fmt: skip
_COUNTRIES = ("adm0_pcode", "admin0pcode", "iso_3", "iso3", "iso_2", "iso2", "iso3cd", "gid_0",
              "adm0_a3", "iso_a2", "shapegroup", "adm0_en", "adm0_name", "admin0name_en", "country",
              "country_code", "countrycode", "cntry_code")  # fmt: skip
"""Columns of the country, likeliest first."""
_SHAPE_LEVEL = re.compile(r"^ADM([0-5])$", re.IGNORECASE)
_GEOBOUNDARIES = ("shapeiso", "shapeid", "shapename", "shapetype")


def find_columns(
    names: Sequence[str],
    *,
    id_column: str | None = None,
    name_column: str | None = None,
    level: int | None = None,
    usable_iso: bool = True,
) -> Columns:
    """Find the columns of ids, names and dates.

    Known are OCHA's conventions (``adm1_pcode, adm1_name``; ``ADM1_PCODE, ADM1_EN``;
    ``admin1Pcode, admin1Name_en``), geoBoundaries (``shapeISO, shapeID, shapeName``) and
    this project's own properties. Case does not matter.

    Parameters
    ----------
    level
        Administrative level; None is the finest that the file has.
    usable_iso
        Whether geoBoundaries' ``shapeISO`` is filled and unique, so that it can be the id.

    Raises
    ------
    InvalidInput
        A named column is missing, or no family fits (code ``bad-boundaries``).
    """
    found = {name.lower(): name for name in reversed(list(names))}
    named = {"id_column": id_column, "name_column": name_column}
    missing = {k: v for k, v in named.items() if v is not None and v.lower() not in found}
    if missing:
        raise _bad([f"there is no column {v!r} ({k})" for k, v in missing.items()], names)
    known = _known(found, level, usable_iso=usable_iso)
    if id_column is not None:
        known = _named(found, found[id_column.lower()], name_column, known)
    elif known is None:
        asked = f" at level {level}" if level is not None else ""
        raise _bad([f"no known columns of ids and names{asked}; name id_column"], names)
    elif name_column is not None:
        known = _named(found, known.id, name_column, known)
    return _with_surroundings(found, known)


def _with_surroundings(found: dict[str, str], known: Columns) -> Columns:
    """Add where the unit lies: its country, the units above it; and its other names."""
    above = known.level if known.level is not None else 3
    parents = {
        f"admin{n}_{part}": column
        for n in (1, 2)
        for part in ("name", "code")
        if (n < above or f"admin{n}_{part}" in found)
        and (column := _parent(found, n, part)) is not None
        and column not in (known.id, known.name)
    }
    return replace(
        known,
        country=next((found[c] for c in _COUNTRIES if c in found), None),
        parents=parents,
        aliases=_other_names(found, known),
    )


def _parent(found: dict[str, str], level: int, part: str) -> str | None:
    names = {
        "code": ("admin{n}_code", "adm{n}_pcode", "admin{n}pcode", "adm{n}_code", "gid_{n}"),
        "name": ("admin{n}_name", "adm{n}_name", "adm{n}_en", "admin{n}name_en", "admin{n}name",
                 "name_{n}", "adm{n}_fr", "adm{n}_es", "adm{n}_pt", "admin{n}"),
    }  # fmt: skip
    return next((found[c] for n in names[part] if (c := n.format(n=level)) in found), None)


def _other_names(found: dict[str, str], known: Columns) -> tuple[str, ...]:
    level = "" if known.level is None else str(known.level)
    pattern = re.compile(
        rf"^(?:adm{level}_(?!pcode|code|type)(?:[a-z]{{2,3}}(?:_[a-z]+)?|name\d?|ref\w*|alt\d?\w*)|"
        rf"admin{level}(?:name|altname\d?|refname)_?[a-z]{{0,3}}|"
        r"name_[a-z]{2,3}|varname_\d|nl_name_\d|aliases|alt_name)$"
        if level
        else r"^(?:name_[a-z]{2,3}|aliases|alt_name)$"
    )
    taken = {known.name, known.id, *known.by_language.values()}
    return tuple(c for n, c in found.items() if pattern.match(n) and c not in taken)


def level_of_types(types: Sequence[str | None]) -> int | None:
    """Read geoBoundaries' level off its column of types, where all say the same.

    Examples
    --------
    >>> level_of_types(["ADM1", "ADM1"])
    1
    """
    found = {match[1] for t in types if t and (match := _SHAPE_LEVEL.match(t.strip()))}
    return int(found.pop()) if len(found) == 1 and all(types) else None


def _named(
    found: dict[str, str], id_column: str, name_column: str | None, known: Columns | None
) -> Columns:
    name = found[name_column.lower()] if name_column else (known.name if known else None)
    pcode = known.pcode if known else None
    return Columns(
        id=id_column,
        name=name,
        pcode=pcode or found.get("pcode"),
        by_language=known.by_language if known else _languages(found, ("name_{lang}",)),
        valid_from=known.valid_from if known else found.get("valid_from"),
        valid_to=known.valid_to if known else found.get("valid_to"),
        type=found.get("type"),
        population=found.get("population"),
        population_note=found.get("population_note"),
        level=known.level if known else None,
        dissolve=known is not None and known.dissolve and known.id == id_column,
    )


def _known(found: dict[str, str], level: int | None, *, usable_iso: bool) -> Columns | None:
    if "district_id" in found:
        return _own(found)
    for family in _FAMILIES:
        levels = [n for n in _LEVELS if any(i.format(n=n) in found for i in family.ids)]
        if levels and (level is None or level in levels):
            return _of_family(found, family, levels[-1] if level is None else level, levels[-1])
    return _geoboundaries(found, usable_iso=usable_iso)


def _of_family(found: dict[str, str], family: _Family, level: int, finest: int) -> Columns:
    ids = [i.format(n=level) for i in family.ids]
    id_column = next(found[i] for i in ids if i in found)
    templates = tuple(t.replace("{n}", str(level)) for t in family.names)
    languages = _languages(found, tuple(t for t in templates if "{lang}" in t))
    bare = [found[t] for t in templates if "{lang}" not in t and t in found]
    pattern = re.compile(rf"^(adm{level}|admin{level}name)_[a-z]{{2}}$")
    others = [found[n] for n in found if pattern.match(n)]
    name = next(iter([*([languages["en"]] if "en" in languages else []), *bare, *others]), None)
    valid = next((v for v in family.valid if v[0] in found), (None, None))
    return Columns(
        id=id_column,
        name=name,
        pcode=id_column if family.has_pcode else None,
        by_language=languages,
        valid_from=found.get(valid[0] or ""),
        valid_to=found.get(valid[1] or ""),
        type=None,
        population=None,
        population_note=None,
        level=level,
        dissolve=level < finest,
    )


def _geoboundaries(found: dict[str, str], *, usable_iso: bool) -> Columns | None:
    iso, identifier, name, _ = (found.get(c) for c in _GEOBOUNDARIES)
    chosen = iso if iso and usable_iso else identifier
    if chosen is None or name is None:
        return None
    return Columns(
        id=chosen, name=name, pcode=None, by_language={}, valid_from=None, valid_to=None,
        type=None, population=None, population_note=None, level=None, dissolve=False,
    )  # fmt: skip


def _own(found: dict[str, str]) -> Columns:
    return Columns(
        id=found["district_id"],
        name=found.get("name"),
        pcode=found.get("pcode"),
        by_language=_languages(found, ("name_{lang}",)),
        valid_from=found.get("valid_from"),
        valid_to=found.get("valid_to"),
        type=found.get("type"),
        population=found.get("population"),
        population_note=found.get("population_note"),
        level=None,
        dissolve=False,
    )


def _languages(found: dict[str, str], templates: tuple[str, ...]) -> dict[str, str]:
    pairs = ((lang, t.format(lang=lang)) for t in templates for lang in LANGUAGES)
    return {lang: found[column] for lang, column in pairs if column in found}


def _bad(reasons: list[str], names: Sequence[str]) -> InvalidInput:
    listed = ", ".join(list(names)[:40])
    return InvalidInput(
        say(
            "The boundary file's columns are not clear: {reasons}. It has: {listed}.",
            reasons=tuple(reasons),
            listed=listed,
        ),
        code="bad-boundaries",
        details=[{"field": "columns", "row": None, "reason": r} for r in reasons],
    )


MAX_DISTRICTS = 100_000
BOUNDARY_LIMITS = replace(DEFAULT_LIMITS, rows=MAX_DISTRICTS)


def read_polygons(
    path: str | Path,
    *,
    layer: str | None = None,
    level: int | None = None,
    limits: Limits = BOUNDARY_LIMITS,
) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    """Read a boundary file into WGS 84.

    The rows in the file's order in OGC:CRS84 (lon, lat), and what there was to say about the CRS.

    Parameters
    ----------
    path
        A vector file of a kind in `geodata.untrusted.contents.VECTORS`, also zipped, in any
        CRS.
    level
        Administrative level; picks the layer whose name ends in ``adm1`` and the like.

    Raises
    ------
    InvalidInput
        There is no such file, it is beyond the limits or not readable, it points at other
        files or addresses, or the layer is not clear (code ``bad-boundaries``).
    """
    path = Path(path)
    if not path.exists():
        raise _bad_file(f"there is no file {path.name!r}")
    limits = replace(limits, rows=min(limits.rows, MAX_DISTRICTS))
    try:
        with scratch("unpacked") as folder:
            kind = kind_of(path)
            if kind == "archive":
                path = unpacked(path, Path(folder), limits)
                kind = kind_of(path)
            if kind not in VECTORS:
                raise _bad_file("it is no vector file")
            frame = _projected_frame(_chosen(path, kind, limits, layer, level))
    except InvalidInput as reason:
        if reason.code == "bad-boundaries":
            raise
        raise _bad_file(reason.message) from None
    return _in_wgs84(frame)


def _chosen(
    path: Path, kind: str, limits: Limits, layer: str | None, level: int | None
) -> VectorLayer:
    found = read_layer(path, kind, limits, layer=layer, areal=True)
    layers = [(name, form) for name, form in found.layers if form]
    areal = [name for name, form in layers if "Polygon" in form]
    name = _layer(areal or [name for name, _ in layers], layer, level)
    return found if name == found.name else read_layer(path, kind, limits, layer=name)


def _projected_frame(layer: VectorLayer) -> gpd.GeoDataFrame:
    parts = [batch.to_pandas() for batch in layer.batches()]
    data = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=layer.fields)
    if layer.geometry not in data:
        if parts:
            raise _bad_file("the file has no geometry column")
        data[layer.geometry] = None
    shapes = shapely.from_wkb(data.pop(layer.geometry).to_numpy(), on_invalid="ignore")
    try:
        crs = CRS.from_user_input(layer.crs) if layer.crs else None
    except CRSError as reason:
        raise _bad_file(f"its coordinate system is not known ({reason})") from None
    return gpd.GeoDataFrame(data, geometry=shapes, crs=crs)


def _layer(names: list[str], layer: str | None, level: int | None) -> str:
    if layer is not None:
        if layer in names:
            return layer
        raise _bad_file(f"there is no layer {layer!r}; there are {', '.join(names)}")
    if len(names) == 1:
        return names[0]
    if level is not None:
        fitting = [n for n in names if f"adm{level}" in n.lower() or f"admin{level}" in n.lower()]
        if len(fitting) == 1:
            return fitting[0]
    if not names:
        raise _bad_file("no layer of it has geometries")
    raise _bad_file(f"it has several layers, name one: {', '.join(names[:20])}")


def _in_wgs84(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    if frame.crs is not None:
        return frame.to_crs(CRS84), []
    west, south, east, north = frame.total_bounds if len(frame) else (0, 0, 0, 0)
    if not (-180.1 <= west <= east <= 180.1 and -90.1 <= south <= north <= 90.1):
        raise _bad_file("it names no coordinate system and its numbers are no degrees; add the CRS")
    said = Issue(
        None,
        None,
        say(
            "the file names no coordinate system; its numbers look like degrees and were "
            "taken as WGS 84, longitude first"
        ),
        "warning",
    )
    return frame.set_crs(CRS84), [said]


def _bad_file(why: str) -> InvalidInput:
    return InvalidInput(
        say("The boundary file cannot be read: {why}.", why=why.rstrip(".")),
        code="bad-boundaries",
        details=[{"field": "file", "row": None, "reason": why}],
    )


_LOG = logging.getLogger(__name__)


def load_districts(
    path: str | Path | None = None,
    *,
    edition: str | None = None,
    id_column: str | None = None,
    name_column: str | None = None,
    level: int | None = None,
    layer: str | None = None,
) -> gpd.GeoDataFrame:
    """Load districts: the bundled ones, or those of a boundary file.

    Frame of the schema DISTRICTS: MultiPolygons in OGC:CRS84 (lon, lat), rows ordered by id,
    `area_km2` geodesic. What was mended or should be looked at goes to the log.

    Parameters
    ----------
    path
        None for the 77 bundled districts of Azerbaijan, or a file as `inspect_boundaries`
        reads it.

    Raises
    ------
    InvalidInput
        The file cannot be used; details hold every issue (code ``bad-boundaries``).
    NotFound
        The bundled edition asked for does not exist.

    Examples
    --------
    >>> len(load_districts())
    77
    """
    if path is None:
        return bundled_districts(edition)
    report = inspect_boundaries(
        path, edition=edition, id_column=id_column, name_column=name_column, level=level,
        layer=layer,
    )  # fmt: skip
    frame = report.districts()
    for issue in report.issues:
        if issue.severity == "warning":
            _LOG.warning("%s: row %s: %s", Path(path).name, issue.row, issue.problem)
    return frame


def inspect_boundaries(
    path: str | Path,
    *,
    edition: str | None = None,
    id_column: str | None = None,
    name_column: str | None = None,
    level: int | None = None,
    layer: str | None = None,
    limits: Limits = BOUNDARY_LIMITS,
) -> BoundaryReport:
    """Read a boundary file, check it, mend what is safe and say everything at once.

    Checked are ids (empty, twice), names (empty), geometry types, validity, coordinate
    range, overlaps and gaps. Mended are heights, Polygon instead of MultiPolygon, ring
    direction, tiny self-crossings and a missing CRS of numbers that look like degrees.

    The frame and the issues; ``report.districts()`` raises if there are errors.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, FlatGeobuf, Shapefile, KML or MapInfo (also zipped), or GeoParquet,
        in any CRS; told by its content (see `geodata.untrusted`).
    level
        Administrative level; a coarser one than the file draws joins its units.
    limits
        Bounds of the file; never more rows than `source.MAX_DISTRICTS`.

    Raises
    ------
    InvalidInput
        The file cannot be read at all, or its columns are not clear.
    """
    raw, said = read_polygons(path, layer=layer, level=level, limits=limits)
    columns = find_columns(
        [str(c) for c in raw.columns if c != raw.geometry.name],
        id_column=id_column,
        name_column=name_column,
        level=level,
        usable_iso=_usable(raw, "shapeISO"),
    )
    raw = raw.reset_index(drop=True)
    ids = _texts(raw[columns.id])
    said += _id_issues(ids, columns)
    shapes, about_shapes = mended(raw.geometry.to_numpy(), [i or "" for i in ids])
    said += about_shapes
    frame = _frame(raw, columns, ids, shapes)
    said += _name_issues(frame, columns)
    if columns.dissolve:
        frame, joined = _dissolved(frame, columns)
        said.append(joined)
    elif len(frame) == 0:
        said.append(Issue(None, None, say("the file has no rows"), "error"))
    said += coverage_issues(frame.geometry.to_numpy(), list(frame["district_id"]))
    issues = sorted_issues(said)
    if any(c.severity == "error" for c in issues):
        return BoundaryReport(None, issues)
    frame = frame.sort_values("district_id", kind="stable", ignore_index=True)
    frame["area_km2"] = geodesic_area_km2(frame.geometry.to_numpy())
    result = conform(frame, DISTRICTS)
    if edition is not None:
        result.attrs["edition"] = edition
    return BoundaryReport(result, issues)


def _usable(raw: gpd.GeoDataFrame, column: str) -> bool:
    if column not in raw:
        return False
    texts = _texts(raw[column])
    return all(texts) and len(set(texts)) == len(texts)


def _texts(values: pd.Series) -> list[str | None]:
    """Write ids and names as text: whole numbers without a point, blank ones as None."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    return [
        None if pd.isna(value) or not str(value).strip() else str(value).strip() for value in values
    ]


def _id_issues(ids: list[str | None], columns: Columns) -> list[Issue]:
    first: dict[str, int] = {}
    said = []
    for row, name in enumerate(ids):
        if name is None:
            text = say("has no id in {id!r}", id=columns.id)
            said.append(Issue(row, None, text, "error", field=columns.id))
        elif name in first and not columns.dissolve:
            text = say("has the id {name!r} of row {first} again", name=name, first=first[name])
            said.append(Issue(row, name, text, "error", field=columns.id))
        else:
            first.setdefault(name, row)
    return said


def _name_issues(frame: gpd.GeoDataFrame, columns: Columns) -> list[Issue]:
    if columns.name is None:
        return [Issue(None, None, say("no column of names is known; name name_column"), "error")]
    ids, said = frame["district_id"], say("has no name in {column!r}", column=columns.name)
    return [
        Issue(int(row), ids.iloc[row], said, "error", field=columns.name)
        for row in np.flatnonzero(frame["name"].isna())
    ]


def _frame(
    raw: gpd.GeoDataFrame, columns: Columns, ids: list[str | None], shapes: np.ndarray
) -> gpd.GeoDataFrame:
    data = pd.DataFrame({"district_id": pd.Series([i or "" for i in ids], dtype="str")})
    sources = {"name": columns.name, "pcode": columns.pcode, "type": columns.type,
               "population_note": columns.population_note}  # fmt: skip
    sources |= {f"name_{lang}": columns.by_language.get(lang) for lang in LANGUAGES}
    for target, source in sources.items():
        data[target] = pd.Series(_texts(raw[source]) if source else None, index=data.index,
                                 dtype="str")  # fmt: skip
    for lang, source in _stated_languages(raw, columns).items():
        data[f"name_{lang}"] = data[f"name_{lang}"].fillna(
            pd.Series(_texts(raw[source]), index=data.index, dtype="str")
        )
    for lang in LANGUAGES:
        data["name"] = data["name"].fillna(data[f"name_{lang}"])
    for target in ("valid_from", "valid_to"):
        source = getattr(columns, target)
        if source:
            data[target] = pd.to_datetime(raw[source], errors="coerce", utc=True).dt.tz_localize(
                None
            )
    data["level"] = pd.array(_levels(raw, columns), dtype="Int64")
    for target, source in columns.parents.items():
        data[target] = pd.Series(_texts(raw[source]), index=data.index, dtype="str")
    data["country"] = pd.Series(_countries(raw, columns, ids, shapes), index=data.index,
                                dtype="str")  # fmt: skip
    if columns.aliases:
        data["aliases"] = pd.Series(_aliases(raw, columns), index=data.index, dtype="str")
    if columns.population:
        data["population"] = pd.to_numeric(raw[columns.population], errors="coerce")
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(shapes, crs=CRS84), crs=CRS84)


def _levels(raw: gpd.GeoDataFrame, columns: Columns) -> list[int | None]:
    if "level" in raw and columns.id == "district_id":
        return [None if pd.isna(v) else int(v) for v in pd.to_numeric(raw["level"])]
    types = next((raw[c] for c in raw.columns if str(c).lower() == "shapetype"), None)
    level = columns.level if types is None else level_of_types(_texts(types))
    return [level] * len(raw)


def _countries(
    raw: gpd.GeoDataFrame, columns: Columns, ids: list[str | None], shapes: np.ndarray
) -> list[str | None]:
    """Tell each unit's country: by the file's column, else by its codes, else by where it lies."""
    found: list[str | None] = [None] * len(raw)
    if columns.country:
        texts = _texts(raw[columns.country])
        known = {t: country_code(t) or country_of_code(f"{t}00") for t in set(texts) if t}
        found = [known.get(t or "") for t in texts]
    if all(found):
        return found
    coded = {country_of_code(i or "") for i in ids}
    iso = all(i and i[2:3] == "-" for i in ids)
    if len(coded) == 1 and None not in coded and (iso or columns.pcode == columns.id):
        (only,) = coded
        return [f or only for f in found]
    # Other ids only look like codes of a country ("NO12" for a district number 12).
    drawn = countries_of_shapes(shapes)
    return [f or d for f, d in zip(found, drawn, strict=True)]


def _aliases(raw: gpd.GeoDataFrame, columns: Columns) -> list[str | None]:
    cells = [_texts(raw[c]) for c in columns.aliases]
    joined = ["|".join(dict.fromkeys(c for c in row if c)) for row in zip(*cells, strict=True)]
    return [text or None for text in joined]


def _stated_languages(raw: gpd.GeoDataFrame, columns: Columns) -> dict[str, str]:
    """Read which language each name is in, where the columns lang, lang1 … say so."""
    stated: dict[str, str] = {}
    for number in ("", "1", "2", "3"):
        source = f"{columns.name}{number}"
        if source in raw and f"lang{number}" in raw:
            codes = set(raw[f"lang{number}"].dropna().astype(str).str.lower())
            if len(codes) == 1 and (code := codes.pop()) in LANGUAGES:
                stated.setdefault(code, source)
    return stated


def _dissolved(frame: gpd.GeoDataFrame, columns: Columns) -> tuple[gpd.GeoDataFrame, Issue]:
    groups = frame.groupby("district_id", sort=False)
    rows = groups.head(1).reset_index(drop=True)
    shapes = [
        shapely.MultiPolygon(list(shapely.get_parts(shapely.union_all(part.to_numpy()))))
        for _, part in groups["geometry"]
    ]
    joined = rows.set_geometry(gpd.GeoSeries(shapes, crs=CRS84))
    text = say(
        "{units} units were joined to {joined} of level {level}",
        units=len(frame),
        joined=len(joined),
        level=columns.level,
    )
    return joined, Issue(None, None, text, "note")
