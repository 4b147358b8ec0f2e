"""Zipped Shapefiles: short names with their key, UTF-8 declared, one file a shape type."""

import csv
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely

from geodata.formats.archive import FixedZip
from geodata.formats.arrow import shapes_of, to_table, with_wkb
from geodata.formats.geometry import Shapes, crs_of
from geodata.formats.options import FormatOptions
from geodata.formats.values import time_texts
from geodata.schema import FrameSchema

MOST_BYTES = 254
FAMILIES = {"point": (0,), "multipoint": (4,), "line": (1, 2, 5), "polygon": (3, 6)}
_TYPES = {
    "point": "Point",
    "multipoint": "MultiPoint",
    "line": "MultiLineString",
    "polygon": "MultiPolygon",
}
README = """Layer {name}: {rows} rows.

A Shapefile's field names have ten characters at most: fields.csv gives each field's full
name, unit and meaning. Text is UTF-8 (see the .cpg file). Dates are dates; moments are
text in UTC. An unknown value is null, never 0. Rows without a place are records without a
shape. A text has {most} bytes at most; texts cut short here: {cut}.
GeoPackage has none of these limits.
"""


def shapefile(
    frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions
) -> None:
    """Write a ZIP of a Shapefile, the key of its field names, and what did not fit.

    Points, lines and polygons of one layer become files of their own. Rows without a
    geometry go to the first; a layer without any geometry is a table (.dbf).
    """
    name = options.title or schema.name
    short = short_names(schema.names)
    table, cut = _fitted(frame, schema)
    table = table.rename_columns([short[n] for n in schema.names])
    # Beside the file, not among the temporary ones: one disk, and one error when it is full.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _layers(Path(folder), name, table, frame, schema, options)
        _key(Path(folder) / "fields.csv", schema, short)
        text = README.format(name=name, rows=len(frame), most=MOST_BYTES, cut=cut)
        (Path(folder) / "README.txt").write_text(text, encoding="utf-8")
        with FixedZip(path) as archive:
            for file in sorted(Path(folder).iterdir()):
                archive.write(file, file.name)


def short_names(names: list[str]) -> dict[str, str]:
    """Give each name ten characters at most, all different, always the same way.

    Parameters
    ----------
    names
        Full names in order.

    Returns
    -------
    dict
        Full name → short name. A name that fits stays; a longer one keeps the start of
        each of its words.

    Examples
    --------
    >>> short_names(["killed", "killed_civilian", "killed_emergency_worker"])
    {'killed': 'killed', 'killed_civilian': 'killed_civ', 'killed_emergency_worker': 'kil_eme_wo'}
    """
    short = {name: name for name in names if len(name) <= 10}
    taken = set(short.values())
    for name in names:
        if name in short:
            continue
        candidate = _shortened(name.split("_"))
        number = 1
        while candidate in taken:
            number += 1
            candidate = f"{candidate[: 10 - len(str(number))]}{number}"
        short[name] = candidate
        taken.add(candidate)
    return {name: short[name] for name in names}


def _shortened(words: list[str]) -> str:
    if len(words) == 1:
        return words[0][:10]
    if len(words) == 2:
        last = words[1][:3]
        return f"{words[0][: 9 - len(last)]}_{last}"
    return "_".join(word[:3] for word in words)[:10]


def _fitted(frame: gpd.GeoDataFrame, schema: FrameSchema) -> tuple[pa.Table, int]:
    table = to_table(frame, schema)
    cut = 0
    for position, column in enumerate(schema.columns):
        if column.kind == "datetime":
            texts = pa.array(time_texts(frame[column.name]), type=pa.string())
            table = table.set_column(position, column.name, texts)
        elif column.kind == "text":
            long = pc.fill_null(pc.greater(pc.binary_length(table[column.name]), MOST_BYTES), False)
            if pc.any(long).as_py():
                cut += pc.sum(long).as_py()
                texts = pa.array([_cut(t) for t in table[column.name].to_pylist()], pa.string())
                table = table.set_column(position, column.name, texts)
    return table, cut


def _cut(text: str | None) -> str | None:
    # By bytes, but never inside a character.
    return text and text.encode()[:MOST_BYTES].decode(errors="ignore")


def _layers(
    folder: Path,
    name: str,
    table: pa.Table,
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    options: FormatOptions,
) -> None:
    if schema.geometry is None:
        _write(folder, name, table, None, "None", options)
        return
    shapes = shapes_of(frame, schema, options)
    kinds = pd.Series(shapely.get_type_id(shapes))
    found = {f: kinds.isin(members).to_numpy() for f, members in FAMILIES.items()}
    used = [family for family, rows in found.items() if rows.any()]
    used = used or ["polygon" if schema.geometry == "MultiPolygon" else "point"]
    rest = ~np.logical_or.reduce([found[family] for family in used])
    for family in used:
        rows = found[family] | rest if family == used[0] else found[family]
        layer = name if len(used) == 1 else f"{name}_{family}"
        _write(folder, layer, table.filter(pa.array(rows)), shapes[rows], _TYPES[family], options)


def _write(
    folder: Path, layer: str, table: pa.Table, shapes: Shapes, kind: str, options: FormatOptions
) -> None:
    given = {"layer": layer, "driver": "ESRI Shapefile", "encoding": "UTF-8"}
    fixed = {"DBF_DATE_LAST_UPDATE": "1980-01-01"}
    if shapes is None:
        fixed["SHPT"] = "NULL"
        pyogrio.write_arrow(table, folder / f"{layer}.dbf", layer_options=fixed, **given)
        return
    pyogrio.write_arrow(
        with_wkb(table, shapes),
        folder / f"{layer}.shp",
        geometry_name="geometry",
        geometry_type=kind,
        crs=crs_of(options.crs).to_wkt(),
        layer_options=fixed,
        **given,
    )


def _key(path: Path, schema: FrameSchema, short: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as sink:
        rows = csv.writer(sink, lineterminator="\n")
        rows.writerow(["field", "name", "kind", "unit", "meaning"])
        for column in schema.columns:
            unit = column.unit or ""
            rows.writerow([short[column.name], column.name, column.kind, unit, column.description])
