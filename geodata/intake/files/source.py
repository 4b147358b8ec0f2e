"""One door for every file: what it is, told by its content, and the table inside.

Forms on phones write what is asked several times, as of the victims of an accident, on a sheet
of its own: KoBoToolbox names the row it belongs to in ``_parent_index`` (the other sheet's
``_index``), ODK in ``PARENT_KEY`` (the other table's ``KEY``). Both are read as one table with
a row for each victim.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geodata.disk import scratch
from geodata.errors import InvalidInput
from geodata.intake.fields import TOTALS, field_of_header
from geodata.intake.files.delimited import open_delimited
from geodata.intake.files.workbook import open_workbook, sheets_of
from geodata.intake.table import BAD, CHUNK_ROWS, LAT, LON, ROW, SHAPE, WKT, Table, plain_frame
from geodata.schemas import CRS84
from geodata.untrusted.archives import is_workbook, open_archive, unpacked, unpacked_tables
from geodata.untrusted.contents import VECTORS, kind_of
from geodata.untrusted.limits import DEFAULT_LIMITS, Limits
from geodata.untrusted.sandbox import read_layer, unreadable
from geodata.wording import plain, say

_SAMPLE_ROWS = 200
_WGS84 = CRS.from_user_input(CRS84)


def open_vector(
    path: Path, kind: str, limits: Limits, *, layer: str | None = None, shapes: bool = False
) -> Table:
    """Open a layer of a vector file.

    Attributes as text, dates as ISO days; the point in `LON` and `LAT` (WGS 84 degrees, transformed
    from the layer's CRS with longitude first), the geometry's type in `SHAPE`.

    Parameters
    ----------
    layer
        Name; None takes the only one, or the first of several, saying so.
    shapes
        Give the whole geometry too, as WKT in `WKT`.

    Raises
    ------
    InvalidInput
        It cannot be read, it has no such layer, or it is beyond the limits.
    """
    held = read_layer(path, kind, limits, layer=layer)
    crs = held.crs or say("no CRS stated")
    notes = [say("Layer {name!r}, {driver}, {crs}.", name=held.name, driver=held.driver, crs=crs)]
    if kind == "parquet":
        notes = [say("Parquet.")]
    if len(held.layers) > 1 and layer is None:
        rest = ", ".join(name for name, _ in held.layers if name != held.name)
        notes.append(say("Layers not read: {rest}.", rest=rest[:300]))

    def _read(
        wanted: Collection[str] | None = None, *, size: int = CHUNK_ROWS
    ) -> Iterator[pd.DataFrame]:
        frames = (
            _located(_chosen(batch.to_pandas(), wanted, held), held.geometry, held.crs, keep=shapes)
            for batch in held.batches(size)
        )
        return _numbered(frames, path, limits)

    sample = next(_read(size=_SAMPLE_ROWS), None)
    if sample is None:
        sample = pd.DataFrame({ROW: np.empty(0, dtype="int64")} | {f: [] for f in held.fields})
    columns = tuple(c for c in sample.columns if c not in (ROW, BAD, LON, LAT, SHAPE, WKT))
    form = "parquet" if kind == "parquet" else "geo"
    return Table(form, columns, sample, _read, {}, tuple(notes), has_geometry=LON in sample)


def _chosen(frame: pd.DataFrame, wanted: Collection[str] | None, held: Any) -> pd.DataFrame:
    if wanted is None:
        return frame
    return frame[[c for c in frame.columns if c in wanted or c == held.geometry]]


def _located(
    frame: pd.DataFrame, column: str, crs: str | None, *, keep: bool = False
) -> pd.DataFrame:
    if column not in frame:
        return frame
    shapes = shapely.from_wkb(frame.pop(column).to_numpy(), on_invalid="ignore")
    # GEOS refuses to look into an empty point, which is also what a position of NaN becomes.
    shapes = np.where(shapely.is_empty(shapes), None, shapes)
    kinds = shapely.get_type_id(shapes)
    single = (kinds == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    if crs is not None:
        x, y = _to_wgs84(x, y, crs)
    if keep:
        whole = (
            shapes
            if crs is None
            else shapely.transform(
                shapes, lambda xy: np.column_stack(_to_wgs84(xy[:, 0], xy[:, 1], crs))
            )
        )
        frame[WKT] = shapely.to_wkt(shapely.force_2d(whole), rounding_precision=7)
    empty = shapely.is_missing(shapes)
    names = np.array(["unreadable", *(g.name.title() for g in shapely.GeometryType if g >= 0)])
    frame[LON], frame[LAT] = x, y
    frame[SHAPE] = np.where(empty, None, names[shapely.get_type_id(shapes) + 1].astype(object))
    return frame


def _to_wgs84(x: np.ndarray, y: np.ndarray, crs: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        held = CRS.from_user_input(crs)
    except CRSError as reason:
        raise InvalidInput(
            say("The layer's coordinate system is not known ({reason}).", reason=reason),
            code="bad-crs",
        ) from None
    if held.equals(_WGS84, ignore_axis_order=True) or held.to_epsg() == 4326:
        return x, y
    lon, lat = Transformer.from_crs(held, _WGS84, always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def _numbered(frames: Iterator[pd.DataFrame], path: Path, limits: Limits) -> Iterator[pd.DataFrame]:
    total = 0
    try:
        for frame in frames:
            if not len(frame):
                continue
            numbers = np.arange(total + 1, total + len(frame) + 1, dtype="int64")
            total += len(frame)
            yield _as_text(frame, numbers, limits)
    except (pa.ArrowException, RuntimeError, OSError) as reason:
        raise unreadable(path, reason) from None


def _as_text(frame: pd.DataFrame, numbers: np.ndarray, limits: Limits) -> pd.DataFrame:
    data: dict[str, Any] = {ROW: numbers}
    for name in frame.columns:
        own = name in (LON, LAT, SHAPE)
        data[str(name)] = frame[name].to_numpy() if own else _text_column(frame[name])
    result = plain_frame(data)
    for name in result.columns[1:]:
        if result[name].dtype == object:
            longest = max((len(v) for v in result[name] if isinstance(v, str)), default=0)
            if longest > limits.field_chars:
                raise InvalidInput(
                    say(
                        "The field {name!r} holds a text of {longest:,} characters; at most "
                        "{field_chars:,} are read.",
                        name=name,
                        longest=longest,
                        field_chars=limits.field_chars,
                    ),
                    code="field-too-long",
                )
    result[BAD] = pd.Series([None] * len(result), dtype=object)
    return result


def _text_column(values: pd.Series) -> np.ndarray:
    result = np.empty(len(values), dtype=object)
    result[:] = [_cell(value) for value in values.tolist()]
    return result


def _cell(value: object) -> str | None:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    text = str(value).strip()
    if text.endswith((" 00:00:00", "T00:00:00")):
        text = text[:-9]
    return text or None


_MOST_SHEETS = 20


class Source(AbstractContextManager["Source"]):
    """A file held open for reading: use it as a context, so that what it unpacked goes away."""

    def __init__(
        self, path: Path, table: Table, folder: AbstractContextManager[object] | None = None
    ) -> None:
        self.path = path
        self.table = table
        self._folder = folder or nullcontext()

    def __exit__(self, *_error: object) -> None:
        """Remove what was unpacked."""
        self._folder.__exit__(None, None, None)


def open_source(
    path: Path | str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    encoding: str | None = None,
    layer: str | None = None,
    shapes: bool = False,
) -> Source:
    """Open a file by what its content is, not by what its name says.

    With its table; nothing but the first rows is read yet.

    Parameters
    ----------
    path
        CSV in any encoding, XLSX, GeoJSON, line-wise GeoJSON, GeoPackage, FlatGeobuf,
        (Geo)Parquet, KML, shapefile or MapInfo (zipped or not).
    layer
        Layer of a vector file or sheet of a workbook; None chooses and says which.
    shapes
        Give the whole geometries of a vector file too.

    Raises
    ------
    InvalidInput
        The file does not exist, is of no known kind, damaged, or beyond the limits. Formats
        that point at other files or addresses (VRT, GML with schemas, web services) are
        refused.
    """
    path = Path(path)
    kind = kind_of(path)
    if kind != "archive":
        return Source(path, _table(path, kind, limits, encoding, layer, shapes=shapes))
    with open_archive(path, limits) as archive:
        workbook = is_workbook(archive)
        if {"content.xml", "META-INF/manifest.xml"} <= set(archive.namelist()):
            raise InvalidInput(
                say(
                    "{name} is an OpenDocument file (.ods), which is not read. Save the table as "
                    "XLSX or CSV.",
                    name=path.name,
                ),
                code="unsupported-media-type",
            )
    if workbook:
        return Source(path, _workbook(path, limits, layer))
    folder = scratch("unpacked")
    try:
        tables = unpacked_tables(path, Path(folder.name), limits)
        joined = with_repeats(
            tables, lambda name: open_delimited(tables[name], limits, encoding=encoding), layer
        )
        if joined is not None:
            return Source(path, joined, folder)
        inner = unpacked(path, Path(folder.name), limits)
        kind = kind_of(inner)
        table = (
            _workbook(inner, limits, layer)
            if kind == "archive"
            else _table(inner, kind, limits, encoding, layer, shapes=shapes)
        )
    except BaseException:
        folder.cleanup()
        raise
    return Source(path, table, folder)


def _workbook(path: Path, limits: Limits, sheet: str | None) -> Table:
    table = open_workbook(path, limits, sheet=sheet)
    if sheet is not None or not linked(table):
        return table
    names = sheets_of(path)[:_MOST_SHEETS]
    return with_victims(table, names, lambda name: open_workbook(path, limits, sheet=name))


def _table(
    path: Path,
    kind: str,
    limits: Limits,
    encoding: str | None,
    layer: str | None,
    *,
    shapes: bool,
) -> Table:
    if kind in VECTORS:
        return open_vector(path, kind, limits, layer=layer, shapes=shapes)
    return open_delimited(path, limits, encoding=encoding)


_LINKS = (("_index", "_parent_index"), ("KEY", "PARENT_KEY"))
_VICTIMS = frozenset({"victim_outcome", "victim_sex", "victim_age", "victim_group"})
Open = Callable[[str], Table]


def linked(table: Table) -> bool:
    """Say whether a table has a column that ties rows of two tables."""
    return any(name in table.columns for link in _LINKS for name in link)


def with_victims(first: Table, names: list[str], open_one: Open) -> Table:
    """Join the table of victims to the table of accidents, where a file has both.

    One row a victim (and one for an accident without any), with the accident's columns before the
    victim's; `first` where there is nothing to join, or where the accidents state their totals
    themselves. The notes say which it was.
    """
    tables = [(name, open_one(name)) for name in names]
    for own, parent in _LINKS:
        if parent in first.columns:
            mains = [t for _, t in tables if own in t.columns and parent not in t.columns]
            if len(mains) == 1 and _fields(first) & _VICTIMS:
                return _checked(mains[0], first, own, parent, "")
            continue
        repeats = [(name, t) for name, t in tables if parent in t.columns and _fields(t) & _VICTIMS]
        if len(repeats) == 1:
            name, repeat = repeats[0]
            return _checked(first, repeat, own, parent, name)
        if len(repeats) > 1:
            names_ = ", ".join(name for name, _ in repeats)
            note = say(
                "Several tables seem to be of victims, and none was read: {tables}.", tables=names_
            )
            return replace(first, notes=(*first.notes, note))
    return first


def with_repeats(names: Collection[str], open_one: Open, chosen: str | None = None) -> Table | None:
    """Read the tables of a form that an archive holds: its submissions with their victims.

    None where no table of them is one that the others belong to.
    """
    if chosen in names:
        return open_one(str(chosen))
    tables = {name: open_one(name) for name in names}
    for own, parent in _LINKS:
        mains = [n for n, t in tables.items() if own in t.columns and parent not in t.columns]
        repeats = [n for n, t in tables.items() if parent in t.columns]
        if len(mains) == 1 and repeats:
            first = tables[mains[0]]
            joined = with_victims(first, list(names), tables.__getitem__)
            read = {mains[0], *(n for n in repeats if _fields(tables[n]) & _VICTIMS)}
            left = ", ".join(n for n in names if n not in read)
            notes = (say("Table {mains!r}.", mains=mains[0]), *joined.notes)
            unread = (say("Tables not read: {tables}.", tables=left),) if left else ()
            return replace(joined, notes=(*notes, *unread))
    return None


def _fields(table: Table) -> set[str]:
    headers = [plain(c.rpartition("/")[2].rpartition("-")[2]) for c in table.columns]
    return {f for h in headers if (f := field_of_header().get(h)) is not None}


def _checked(main: Table, repeat: Table, own: str, parent: str, name: str) -> Table:
    if not _fields(main).isdisjoint(TOTALS):
        note = f"The sheet {name!r} of victims was not read: the accidents state their totals."
        return replace(main, notes=(*main.notes, note))
    return _joined(main, repeat, own, parent)


def _joined(main: Table, repeat: Table, own: str, parent: str) -> Table:
    added = tuple(c for c in repeat.columns if not c.startswith("_") and c not in _KEYS)
    taken = {c: c if c not in main.columns else f"victim/{c}" for c in added}
    victims: dict[str, list[list[str | None]]] = defaultdict(list)
    for chunk in repeat.read():
        keys = chunk[parent].tolist()
        rows = chunk[list(added)].to_numpy(dtype=object).tolist()
        for key, cells in zip(keys, rows, strict=True):
            victims[_key(key)].append(cells)
    blank: list[list[str | None]] = [[None] * len(added)]

    def _long(chunk: pd.DataFrame) -> pd.DataFrame:
        found = [victims.get(_key(key), blank) for key in chunk[own].tolist()]
        rows = np.repeat(np.arange(len(chunk)), [len(some) for some in found])
        cells = [cells for some in found for cells in some]
        data = {str(c): chunk[c].to_numpy()[rows] for c in chunk.columns}
        for number, column in enumerate(added):
            values = np.empty(len(cells), dtype=object)
            values[:] = [row[number] for row in cells]
            data[taken[column]] = values
        return plain_frame(data)

    def _read(wanted: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
        mine = None if wanted is None else {own, *(c for c in wanted if c in main.columns)}
        return (_long(chunk) for chunk in main.read(mine))

    notes = [n for n in main.notes if not n.startswith("Sheets not read")]
    notes.append(say("The victims on a sheet of their own are read with their accidents."))
    keys = {_key(key) for chunk in main.read({own}) for key in chunk[own].tolist()}
    alone = sum(len(rows) for key, rows in victims.items() if key not in keys)
    if alone:
        notes.append(
            say(
                "{alone:,} rows of victims belong to no accident of the file: not counted.",
                alone=alone,
            )
        )
    return replace(
        main, columns=(*main.columns, *taken.values()), sample=_long(main.sample), read=_read,
        notes=tuple(notes),
    )  # fmt: skip


_KEYS = frozenset({ROW, "KEY", "PARENT_KEY", "_index", "_parent_index"})


def _key(text: str | None) -> str:
    return (text or "").strip().removesuffix(".0")
