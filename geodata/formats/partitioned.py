"""A layer as many files: what is held of it never has to be in memory at once.

A folder of GeoParquet files with a manifest beside them, which names them and says how many rows
each has. The manifest is replaced when all files are there: what it names is whole at any moment,
and a reader that goes by it never sees half of a layer.
"""

import fnmatch
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pyarrow as pa

from geodata import progress
from geodata.deferred import deferred
from geodata.disk import BESIDE, alone_in, private_folder, scratch_beside, synced, whole
from geodata.errors import InvalidInput
from geodata.formats.arrow import by_space
from geodata.formats.options import FormatOptions
from geodata.formats.table import write
from geodata.schemas import FrameSchema

if TYPE_CHECKING:
    from pyarrow import fs
else:
    fs = deferred("pyarrow.fs")

_pq = deferred("pyarrow.parquet")
_fsspec = deferred("fsspec.core")

MANIFEST = "_hazardmap.json"
PART_ROWS = 250_000
"""Rows of a file, unless asked otherwise: some hundred bytes each while it is written."""
SUFFIXES = (".parquet", ".geoparquet")
Order = Literal["place", "day"]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a layer in parts."""

    url: str
    rows: int | None = None
    """As its manifest has it; None where there is none."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The files of a layer, in the order in which they were named."""

    parts: tuple[Part, ...]
    manifests: tuple[Mapping[str, Any], ...] = field(default=())
    """Of the folders that have one."""
    loose: int = 0
    """Files that no manifest names."""

    @property
    def distinct(self) -> bool:
        """Whether no id can occur twice: all of it was written at once, from one layer."""
        return len(self.manifests) == 1 and not self.loose

    @property
    def view(self) -> str:
        """``full`` where any of it shows restricted records in full, else ``public``."""
        return "full" if "full" in self.said("view") else "public"

    def said(self, name: str) -> set[Any]:
        """Give what the manifests say under a name."""
        return {one.get(name) for one in self.manifests}


def write_parts(
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    folder: Path | str,
    *,
    rows: int = PART_ROWS,
    by: Order = "place",
    options: FormatOptions | None = None,
    about: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write a layer as GeoParquet files of so many rows, with a manifest.

    Parameters
    ----------
    frame
        Rows of the schema, WGS 84 (lon, lat); not changed.
    folder
        Made if it is not there. A layer written there before is replaced when the new one is
        whole; a run that was killed leaves the earlier one.
    by
        Which rows lie in one file: ``place`` (along a Hilbert curve) or ``day``.
    about
        What the manifest says beside: JSON-ready.

    Raises
    ------
    InvalidInput
        The folder holds other things, the layer has no days, or nothing can be written there.
    StoreError
        The disk is full.
    """
    folder, options = Path(folder), options or FormatOptions()
    if rows < 1:
        raise InvalidInput(f"{rows} rows a part: give a number over 0, e.g. {PART_ROWS}.")
    order = _order(frame, schema, by)
    _ours(folder)
    private_folder(folder)
    mark = secrets.token_hex(4)
    starts = range(0, max(len(frame), 1), rows)
    manifest: dict[str, Any] = {
        **(about or {}),
        "collection": schema.name,
        "features": len(frame),
        "ordered_by": by,
        "parts": [],
    }
    with alone_in(folder), scratch_beside(folder / MANIFEST) as made:
        before = _ours(folder)
        for number, start in enumerate(starts):
            progress.step(number, len(starts))
            some = frame.iloc[order[start : start + rows]]
            name = f"part-{mark}-{number:05d}.parquet"
            write(some, schema, made / name, key="parquet", options=options)
            manifest["parts"].append({"file": name, "rows": len(some)})
        for part in manifest["parts"]:
            (made / part["file"]).replace(folder / part["file"])
        synced(folder)
        with whole(folder / MANIFEST) as file:
            file.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
        for name in before:
            (folder / name).unlink(missing_ok=True)
    return manifest


def _order(frame: gpd.GeoDataFrame, schema: FrameSchema, by: Order) -> Any:
    if by == "day":
        if schema.start is None:
            raise InvalidInput(f"{schema.name} has no days; order its parts by place.")
        return np.argsort(frame[schema.start].to_numpy(), kind="stable")
    return by_space(frame.geometry.to_numpy())


def _ours(folder: Path) -> list[str]:
    """Names of the parts of an earlier layer, and of a killed run; refuses a stranger's folder."""
    if not folder.exists():
        return []
    names = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else [""]
    strange = [n for n in names if not n.startswith((BESIDE, "part-")) and n != MANIFEST]
    if strange:
        raise InvalidInput(
            f"{folder} holds other things; give a new folder, or one of an earlier export.",
            code="cannot-write",
            details=[{"field": "output", "reason": "is no folder of an export"}],
        )
    return [name for name in names if name.startswith("part-")]


def parts_of(paths: Iterable[str]) -> Parts:
    """Find the files of a layer in parts.

    Of a folder with a manifest the files that it names, of another one all Parquet files in it.

    Parameters
    ----------
    paths
        Files, folders, or patterns with ``*``: of this machine, or of any store that fsspec
        knows by its URL (``s3://bucket/folder``). A file named twice counts once.

    Raises
    ------
    InvalidInput
        There is no such file, a folder holds none, or lacks one that its manifest names.
    """
    parts: dict[str, Part] = {}
    manifests, loose = [], 0
    for path in paths:
        store, base = filesystem_of(path)
        found = _found(store, base, path)
        names = {_relative(one.path, base) for one in found}
        if MANIFEST in names:
            manifest = _manifest(store, base, path)
            missing = [p["file"] for p in manifest["parts"] if p["file"] not in names]
            if missing:
                raise InvalidInput(
                    f"{path} lacks {len(missing)} of the {len(manifest['parts'])} parts that its "
                    f"manifest names, {missing[0]} first: what it holds is no whole layer.",
                    code="missing-parts",
                )
            new = [(f"{base.rstrip('/')}/{p['file']}", p["rows"]) for p in manifest["parts"]]
            if not all(_url(path, at) in parts for at, _ in new):
                manifests.append(manifest)
        else:
            new = [(one.path, None) for one in found if _is_part(one.path, base)]
            loose += len(new)
        if not new:
            raise InvalidInput(
                f"{path}: there is no Parquet file. Give files, folders or patterns.",
                code="no-parts",
                details=[{"field": "path", "reason": "holds no Parquet file"}],
            )
        for at, rows in new:
            parts.setdefault(_url(path, at), Part(_url(path, at), rows))
    return Parts(tuple(parts.values()), tuple(manifests), loose)


def filesystem_of(url: str) -> "tuple[fs.FileSystem, str]":
    """Give the store of a path or URL, and the path in it.

    Raises
    ------
    InvalidInput
        The store is not known here, or the library for it is missing.
    """
    scheme, mark, rest = url.partition("://")
    if not mark or scheme == "file":
        return fs.LocalFileSystem(), str(Path(rest if mark else url).absolute())
    try:
        store, path = _fsspec.url_to_fs(url)
    except (ImportError, ValueError) as reason:
        raise InvalidInput(
            f"{url}: the store cannot be opened: {reason}. Stores beside this machine's disk need "
            'fsspec and its library for them: pip install "hazardmap[dask]" and, e.g., s3fs.',
            code="no-store",
        ) from None
    return fs.PyFileSystem(fs.FSSpecHandler(store)), path


def open_part(part: Part) -> Any:
    """Open a part as a `pyarrow.parquet.ParquetFile`.

    Raises
    ------
    InvalidInput
        It cannot be read.
    """
    store, path = filesystem_of(part.url)
    try:
        return _pq.ParquetFile(store.open_input_file(path))
    except (OSError, pa.ArrowException) as reason:
        raise unreadable(part, reason) from None


def unreadable(part: Part, reason: object) -> InvalidInput:
    """Give the error of a part that cannot be read."""
    return InvalidInput(f"{part.url} cannot be read as Parquet: {reason}", code="bad-part")


def _found(store: "fs.FileSystem", base: str, path: str) -> "list[fs.FileInfo]":
    """Files at a path: itself, those in a folder, or those that a pattern fits."""
    fixed = _fixed(base)
    try:
        info = store.get_file_info(fixed)
        if info.type == fs.FileType.NotFound:
            raise InvalidInput(f"{path}: there is no such file or folder.", code="no-parts")
        if info.type == fs.FileType.File:
            return [info]
        found = store.get_file_info(fs.FileSelector(fixed, recursive=True))
    except OSError as reason:
        raise InvalidInput(f"{path} cannot be looked at: {reason}", code="no-parts") from None
    files = [one for one in found if one.type == fs.FileType.File]
    files.sort(key=lambda one: one.path)
    if fixed == base:
        return files
    return [one for one in files if fnmatch.fnmatchcase(one.path, base)]


def _relative(path: str, base: str) -> str:
    return path.removeprefix(base.rstrip("/") + "/")


def _is_part(path: str, base: str) -> bool:
    """Whether a file of a folder is a part; a dot or _ begins the names of working states."""
    if path == base:
        return True
    names = _relative(path, _fixed(base)).split("/")
    return path.lower().endswith(SUFFIXES) and not any(n.startswith((".", "_")) for n in names)


def _fixed(base: str) -> str:
    """Folder that a pattern begins with."""
    while any(c in base for c in "*?["):
        base = base.rpartition("/")[0]
    return base


def _url(given: str, path: str) -> str:
    scheme, mark, _ = given.partition("://")
    return f"{scheme}://{path}" if mark and scheme != "file" else path


def _manifest(store: "fs.FileSystem", base: str, path: str) -> dict[str, Any]:
    try:
        with store.open_input_stream(f"{base.rstrip('/')}/{MANIFEST}") as source:
            read = json.loads(source.read())
        read = {**read, "parts": [{"file": p["file"], "rows": p["rows"]} for p in read["parts"]]}
    except (OSError, ValueError, KeyError, TypeError) as reason:
        raise InvalidInput(f"{path}/{MANIFEST} cannot be read: {reason}", code="bad-part") from None
    return dict(read)
