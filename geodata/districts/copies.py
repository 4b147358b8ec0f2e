"""Lighter copies of very detailed districts: made once for equal shapes, kept beside a register.

Visvalingam and Whyatt's algorithm drops the least areas first, so that what a smaller tolerance
dropped a larger one drops too: each copy is made of the finer one before it, and whatever is to
be simplified further begins with the lightest copy that is fine enough. The shapes themselves are
never changed: where points lie, and what the layer gives, needs all vertices.
"""

import hashlib
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from threading import Lock

import geopandas as gpd
import pyarrow as pa
import shapely

from geodata.disk import private_folder, whole
from geodata.districts.geometry import shape_key, simplified
from geodata.errors import GeodataError
from geodata.progress import step

MOST_VERTICES = 50_000
"""Of all districts together: above it they are drawn, and cut into cells, in a lighter form."""
TOLERANCES_M = tuple(3.125 * 2**n for n in range(11))
"""From that of tiles of level 12 to 3.2 km; only those are made that the vertices ask for."""
MOST_KEPT = 8
"""Editions of which copies are held in memory, and as many on the disk."""
FOLDER = "copies"
_SUFFIX = "-1.arrow"
_DIGEST = 16
_SCHEMA = pa.schema([("tolerance_m", pa.float64()), ("shape", pa.large_binary())])

Copies = list[tuple[float, gpd.GeoDataFrame]]
"""Lighter and lighter copies, each with the tolerance in metres that it was made with."""
_COPIES: OrderedDict[str, Copies] = OrderedDict()
_MAKING = Lock()
_FOLDERS: list[Path] = []


def keep_in(folder: Path | None) -> None:
    """Keep copies in a data directory from now on; None = in memory only.

    They are of the shapes alone, so it does not matter which register asked for them; one that
    is damaged, missing or cannot be written is made anew when it is wanted.
    """
    _FOLDERS[:] = [] if folder is None else [folder / FOLDER]


def drawable(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the districts as maps, surfaces and cells need them; where points lie needs all.

    The same frame where it has at most `MOST_VERTICES`; else their ids and shapes, simplified as
    one coverage, made once for equal ids and shapes. Read only.

    Parameters
    ----------
    districts
        Frame with `district_id` and valid polygons in OGC:CRS84.
    """
    return _copies(districts)[-1][1]


def generalised(districts: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Give the districts as `simplified` does, without going through all vertices each time.

    It begins with the lightest copy on the way to `drawable` that was made with no more than
    the tolerance.

    At least their ids and shapes.
    """
    held = districts
    if tolerance_m >= TOLERANCES_M[0]:
        held = [copy for made_with, copy in _copies(districts) if made_with <= tolerance_m][-1]
    return simplified(held, tolerance_m)


def _copies(districts: gpd.GeoDataFrame) -> Copies:
    """Give the districts, and where they have too many vertices the copies up to `drawable`'s."""
    if _vertices(districts) <= MOST_VERTICES:
        return [(0.0, districts)]
    key = shape_key(districts)
    # Held while they are made: who asks meanwhile would only make the same ones.
    with _MAKING:
        if key not in _COPIES:
            _COPIES[key] = _read(districts, key) or _made(districts, key)
            while len(_COPIES) > MOST_KEPT:
                _COPIES.popitem(last=False)
        _COPIES.move_to_end(key)
        return _COPIES[key]


def _made(districts: gpd.GeoDataFrame, key: str) -> Copies:
    light = districts[["district_id", districts.geometry.name]]
    copies: Copies = []
    for number, tolerance_m in enumerate(TOLERANCES_M):
        if _vertices(light) <= MOST_VERTICES:
            break
        step(number, len(TOLERANCES_M))
        light = simplified(light, tolerance_m)
        copies.append((tolerance_m, light))
    step(len(TOLERANCES_M), len(TOLERANCES_M))
    _write(copies, key)
    return copies


def _vertices(districts: gpd.GeoDataFrame) -> int:
    return int(shapely.get_num_coordinates(districts.geometry.array).sum())


def _write(copies: Copies, key: str) -> None:
    """Put the copies on the disk, if there is room; several that do write the same file."""
    tolerances = [metres for metres, copy in copies for _ in range(len(copy))]
    shapes = [w for _, copy in copies for w in shapely.to_wkb(copy.geometry.to_numpy())]
    table = pa.table([tolerances, shapes], schema=_SCHEMA)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _SCHEMA) as writer:
        writer.write_table(table)
    content = sink.getvalue()
    for folder in _FOLDERS:
        # Not to keep them costs time, and nothing else.
        with suppress(OSError, GeodataError):
            private_folder(folder)
            with whole(folder / f"{key}{_SUFFIX}") as path, path.open("wb") as file:
                file.write(_digest(content))
                file.write(content)
            _forget(folder)


def _forget(folder: Path) -> None:
    held = sorted(folder.glob("*.arrow"), key=lambda path: path.stat().st_mtime)
    for old in held[:-MOST_KEPT]:
        old.unlink(missing_ok=True)


def _read(districts: gpd.GeoDataFrame, key: str) -> Copies | None:
    """Give the copies of the disk; None where there are none, or they are damaged."""
    for folder in _FOLDERS:
        try:
            content = memoryview((folder / f"{key}{_SUFFIX}").read_bytes())
        except OSError:
            continue
        digest, content = bytes(content[:_DIGEST]), content[_DIGEST:]
        if digest == _digest(content):
            return _unpacked(districts, content)
    return None


def _unpacked(districts: gpd.GeoDataFrame, content: memoryview) -> Copies:
    with pa.ipc.open_stream(pa.py_buffer(content)) as reader:
        table = reader.read_all()
    ids, size = districts[["district_id"]], len(districts)
    tolerances = table["tolerance_m"].to_pylist()
    shapes = shapely.from_wkb(table["shape"].to_numpy(zero_copy_only=False))
    return [
        (
            tolerances[at],
            gpd.GeoDataFrame(ids.copy(), geometry=shapes[at : at + size], crs=districts.crs),
        )
        for at in range(0, len(shapes), size)
    ]


def _digest(content: memoryview | pa.Buffer) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST).digest()
