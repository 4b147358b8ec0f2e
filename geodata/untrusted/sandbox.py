"""Vector files, read by GDAL or Arrow in a process apart and handed on as Arrow batches."""

import json
import mmap
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from geodata.disk import scratch
from geodata.errors import InvalidInput
from geodata.untrusted import reader
from geodata.untrusted.contents import VECTORS, VectorKind
from geodata.untrusted.limits import Limits, check_rows, check_width
from geodata.wording import say

_BATCH = 10_000
_PLAIN_NAME = re.compile(r"^\w[\w\-. ]{0,100}$")
# Several times the processor time: the machine may be busy, and a disk slow.
_PATIENCE = 4


@dataclass(frozen=True)
class VectorLayer:
    """One layer of a vector file, read whole into a file that has no name."""

    layers: tuple[tuple[str, str | None], ...]
    """Every layer of the file with its geometry's type, None for a table."""
    name: str
    driver: str
    """Of this one."""
    fields: tuple[str, ...]
    """Its attributes."""
    geometry: str
    """Its column of WKB; there may be none."""
    crs: str | None
    """As its file states it, for `pyproj.CRS.from_user_input`; None = not stated."""
    limits: Limits
    _content: Any

    def batches(self, rows: int = _BATCH) -> Iterator[pa.RecordBatch]:
        """Give the rows from the start, in batches of at most so many.

        Raises
        ------
        InvalidInput
            There are more rows than the limit.
        """
        total = 0
        with pa.ipc.open_stream(pa.py_buffer(self._content)) as stream:
            for batch in stream:
                total += batch.num_rows
                check_rows(total, self.limits)
                for start in range(0, batch.num_rows, rows):
                    yield batch.slice(start, rows)


def read_layer(
    path: Path,
    kind: str,
    limits: Limits,
    *,
    layer: str | None = None,
    areal: bool = False,
) -> VectorLayer:
    """Read a layer in a process without network that sees this file and no other.

    Parameters
    ----------
    path
        The file; members of a shapefile or a MapInfo table lie beside it.
    kind
        As `contents.kind_of` tells it: only the drivers of this kind are there to open it.
    layer
        Its name; None takes the first, or with `areal` the first of polygons.
    areal
        See `layer`.

    Raises
    ------
    InvalidInput
        It cannot be read, has no such layer, points at other files or addresses, or is beyond
        the limits (codes ``bad-file``, ``too-many-columns``, ``file-too-costly``).
    """
    form = VECTORS[kind]
    with (
        scratch("read") as folder,
        tempfile.TemporaryFile() as sink,
    ):
        staged, files = _staged(path, form, Path(folder))
        job = {
            "path": str(staged), "folder": folder, "files": files, "kind": kind, "layer": layer,
            "areal": areal, "sink": sink.fileno(), "batch": _BATCH, "rows": limits.rows,
            "columns": limits.columns, "expanded_bytes": limits.expanded_bytes,
            "memory_bytes": limits.memory_bytes, "seconds": limits.seconds,
            "libraries": [entry for entry in sys.path if entry],
        }  # fmt: skip
        answer = _answer(path, form, job, sink.fileno(), limits)
        if "error" in answer:
            raise unreadable(path, answer["error"])
        check_width(len(answer["fields"]), limits)
        size = os.fstat(sink.fileno()).st_size
        content = mmap.mmap(sink.fileno(), size, access=mmap.ACCESS_READ)
    return VectorLayer(
        tuple((name, kind) for name, kind in answer["layers"]),
        answer["layer"],
        answer["driver"],
        tuple(answer["fields"]),
        answer["geometry"],
        answer["crs"],
        limits,
        content,
    )


def _staged(path: Path, form: VectorKind, folder: Path) -> tuple[Path, list[str]]:
    """Link the file and its members into a folder, under a name that says nothing but itself."""
    suffix = path.suffix.lower()
    stem = path.stem if _PLAIN_NAME.match(path.stem) else "data"
    main = folder / (stem + (suffix if suffix in form.suffixes else form.suffixes[0]))
    main.symlink_to(path.resolve())
    files = [str(path.resolve())]
    if main.suffix in (".shp", ".tab", ".mif"):
        for beside in path.parent.glob(f"{_literal(path.stem)}.*"):
            link = main.with_suffix(beside.suffix.lower())
            if beside.stem == path.stem and not link.is_symlink() and beside.is_file():
                link.symlink_to(beside.resolve())
                files.append(str(beside.resolve()))
    return main, files


def _literal(stem: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", stem)


@lru_cache(maxsize=1)
def _drivers() -> tuple[str, ...]:
    import pyogrio

    return tuple(pyogrio.list_drivers())


def _environment(form: VectorKind) -> dict[str, str]:
    """Give the reader's whole environment: nothing of this process's goes along."""
    linked = os.environ.get("LD_LIBRARY_PATH")
    return ({"LD_LIBRARY_PATH": linked} if linked else {}) | {
        "GDAL_SKIP": ",".join(name for name in _drivers() if name not in form.drivers),
        "CPL_CURL_ENABLED": "NO",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
        # Where no namespace could be left, an address asked for leads to a closed door.
        "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
        "GDAL_HTTP_MAX_RETRY": "0",
        "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
        "GDAL_NUM_THREADS": "1",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "PROJ_NETWORK": "OFF",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "LC_ALL": "C.UTF-8",
    }


def _answer(
    path: Path, form: VectorKind, job: dict[str, Any], sink: int, limits: Limits
) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, this package's own file
            # Without ``site``, which looks for what the job's list of libraries says already.
            [sys.executable, "-I", "-S", str(reader.__file__)],
            input=json.dumps(job).encode(),
            capture_output=True,
            pass_fds=(sink,),
            env=_environment(form),
            timeout=limits.seconds * _PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _costly(path, limits) from None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _costly(path, limits)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        # It ended without a word: what the file did to the library was meant for it alone.
        raise (
            _costly(path, limits)
            if b"bad_alloc" in done.stderr
            else unreadable(path, f"its reading broke off, code {done.returncode}")
        ) from None
    return answer


def _costly(path: Path, limits: Limits) -> InvalidInput:
    return InvalidInput(
        say(
            "{name} takes more than {seconds} s of processor time or {most:,.0f} MiB of "
            "memory to read. Simplify or split it.",
            name=path.name,
            seconds=limits.seconds,
            most=limits.memory_bytes / 2**20,
        ),
        code="file-too-costly",
    )


def unreadable(path: Path, reason: object) -> InvalidInput:
    """Make the error of a vector file that cannot be read."""
    return InvalidInput(
        say(
            "{name} cannot be read as a vector layer ({reason}). Save it as GeoPackage, "
            "GeoJSON or CSV.",
            name=path.name,
            reason=str(reason)[:200],
        ),
        code="bad-file",
    )
