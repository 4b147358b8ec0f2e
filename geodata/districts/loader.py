"""Loading districts from any boundary file, with every issue at once."""

import logging
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata.countries import countries_of_shapes, country_code, country_of_code
from geodata.disk import scratch
from geodata.districts.area import geodesic_area_km2
from geodata.districts.bundled import bundled_districts
from geodata.districts.families import LANGUAGES, Columns, find_columns, level_of_types
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
from geodata.untrusted.vectors import VectorLayer, read_layer

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

    Parameters
    ----------
    path
        A vector file of a kind in `geodata.untrusted.contents.VECTORS`, also zipped, in any
        CRS.
    layer
        The layer to read; needed where a file has several and `level` does not tell.
    level
        Administrative level; picks the layer whose name ends in ``adm1`` and the like.
    limits
        Bounds of the file.

    Returns
    -------
    tuple
        The rows in the file's order in OGC:CRS84 (lon, lat), and what there was to say
        about the CRS.

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
        "the file names no coordinate system; its numbers look like degrees and were taken as "
        "WGS 84, longitude first",
        "warning",
        repaired=True,
    )
    return frame.set_crs(CRS84), [said]


def _bad_file(why: str) -> InvalidInput:
    return InvalidInput(
        f"The boundary file cannot be read: {why.rstrip('.')}.",
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

    Parameters
    ----------
    path
        None for the 77 bundled districts of Azerbaijan, or a file as `inspect_boundaries`
        reads it.
    edition
        A label for these boundaries, kept in ``attrs["edition"]`` and shown by
        `edition_of`; for the bundled ones their own.
    id_column, name_column
        Columns of ids and names, where the file follows no known convention.
    level
        Administrative level, where the file holds several.
    layer
        Layer, where the file holds several.

    Returns
    -------
    geopandas.GeoDataFrame
        Frame of the schema DISTRICTS: MultiPolygons in OGC:CRS84 (lon, lat), rows
        ordered by id, `area_km2` geodesic. What was mended or
        should be looked at goes to the log.

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

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, FlatGeobuf, Shapefile, KML or MapInfo (also zipped), or GeoParquet,
        in any CRS; told by its content (see `geodata.untrusted`).
    edition
        A label for these boundaries.
    id_column, name_column
        Columns of ids and names, where the file follows no known convention.
    level
        Administrative level; a coarser one than the file draws joins its units.
    layer
        Layer, where the file holds several.
    limits
        Bounds of the file; never more rows than `source.MAX_DISTRICTS`.

    Returns
    -------
    BoundaryReport
        The frame and the issues; ``report.districts()`` raises if there are errors.

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
        said.append(Issue(None, None, "the file has no rows", "error"))
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
            text = f"has no id in {columns.id!r}"
            said.append(Issue(row, None, text, "error", field=columns.id))
        elif name in first and not columns.dissolve:
            text = f"has the id {name!r} of row {first[name]} again"
            said.append(Issue(row, name, text, "error", field=columns.id))
        else:
            first.setdefault(name, row)
    return said


def _name_issues(frame: gpd.GeoDataFrame, columns: Columns) -> list[Issue]:
    if columns.name is None:
        return [Issue(None, None, "no column of names is known; name name_column", "error")]
    return [
        Issue(int(row), frame["district_id"].iloc[row], f"has no name in {columns.name!r}",
                  "error", field=columns.name)
        for row in np.flatnonzero(frame["name"].isna())
    ]  # fmt: skip


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
    text = f"{len(frame)} units were joined to {len(joined)} of level {columns.level}"
    return joined, Issue(None, None, text, "note", repaired=True)
