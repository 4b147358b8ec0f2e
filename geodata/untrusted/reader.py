"""The program that reads one vector file, alone: no network, no other file, bounds of its own.

`sandbox` starts it as a script, so it imports nothing of the project: what stands here is all
that a hostile file can reach. It takes a job as JSON on standard input, writes the layer as an
Arrow stream to the descriptor named there, and answers with one JSON object on standard output.
"""

import ctypes
import importlib
import json
import mmap
import os
import re
import resource
import sqlite3
import struct
import sys
import warnings
from pathlib import Path
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
# System calls of Landlock have the same numbers on every architecture (linux/landlock.h).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ABI_FLAG, _RULE_PATH_BENEATH, _NO_NEW_PRIVS = 1, 1, 38
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""Version of Landlock → number of rights on files that it knows; 16 from version 5 on."""

_CRS_MEMBER = re.compile(rb'"crs"\s*:\s*\{')
_CRS_LINK = re.compile(rb'"(?:href|url|link)"')


class _RefusedError(Exception):
    """The file cannot be read; the text says why."""


def main() -> None:
    """Read the job, give up what is not needed for it, and do it."""
    job = json.load(sys.stdin)
    sys.path += [entry for entry in job["libraries"] if entry not in sys.path]
    _bound(job)
    # Before any library starts a thread: only a single thread can leave its namespaces.
    _leave_network()
    # Optional to pyogrio and pyarrow, and slow to load; certificates are of no use here.
    for heavy in ("pandas", "geopandas", "shapely", "pyproj", "certifi", "cloudpickle"):
        sys.modules[heavy] = None  # type: ignore[assignment]
    warnings.simplefilter("ignore")
    import pyogrio.raw

    if job["kind"] == "parquet":  # a sixth of all that is loaded, for this alone
        importlib.import_module("pyarrow.parquet")
    data = Path(pyogrio.__file__).parent
    _see_only([job["folder"], data / "gdal_data", data / "proj_data"], job["files"])
    answer = answer_to(job)
    json.dump(answer, sys.stdout)
    sys.stdout.flush()
    # What a damaged file did to a library's memory is not to matter when it tidies up.
    os._exit(0)


def answer_to(job: dict[str, Any]) -> dict[str, Any]:
    """Write the layer to the job's descriptor and tell what it is, or why it cannot be read."""
    import pyarrow as pa

    try:
        with os.fdopen(job["sink"], "wb") as sink:
            return (_parquet if job["kind"] == "parquet" else _layer)(job, sink)
    except _RefusedError as reason:
        return {"error": str(reason)}
    except MemoryError:
        return {"error": "it needs too much memory"}
    except (OSError, ValueError, RuntimeError, pa.ArrowException) as reason:
        return {"error": str(reason).replace(str(job["folder"]) + "/", "")}


def _bound(job: dict[str, Any]) -> None:
    for what, most in (
        (resource.RLIMIT_CPU, job["seconds"]),
        (resource.RLIMIT_AS, job["memory_bytes"]),
        (resource.RLIMIT_FSIZE, job["expanded_bytes"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _leave_network() -> None:
    """Enter a network of its own that has no device, where the system lets us."""
    libc = ctypes.CDLL(None, use_errno=True)
    unshare = getattr(libc, "unshare", None)
    # An administrator may; others may within a user namespace.
    if unshare is not None and unshare(_CLONE_NEWNET) != 0:
        unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def landlock_version() -> int:
    """Give the version of Landlock that the kernel has; below 1 it has none."""
    if not sys.platform.startswith("linux"):
        return 0
    call = ctypes.CDLL(None, use_errno=True).syscall
    return int(call(_CREATE_RULESET, None, ctypes.c_size_t(0), _ABI_FLAG))


def _see_only(folders: list[Any], files: list[str]) -> None:
    """Give up all of the file system but these, to be read (Landlock, where the kernel has it)."""
    version = landlock_version()
    if version < 1:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    syscall = libc.syscall
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    # Handled and never allowed: every right on files, TCP (4), other processes' sockets (6).
    handled = struct.pack("QQQ", rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = syscall(_CREATE_RULESET, handled[:size], ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return
    for path in [*folders, *files]:
        allowed = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)  # noqa: PTH112
        try:
            descriptor = os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        rule = struct.pack("=Qi", allowed, descriptor)
        syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
        os.close(descriptor)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _layer(job: dict[str, Any], sink: Any) -> dict[str, Any]:
    import pyogrio.raw

    if job["kind"] == "gpkg":
        _check_tables(job["path"])
    if job["kind"] == "json":
        _check_crs(job["path"])
    layers = [
        (str(name), None if kind is None else str(kind))
        for name, kind in pyogrio.list_layers(job["path"])
    ]
    if not layers:
        raise _RefusedError("it has no layer")
    chosen = job["layer"] or _first(layers, job["areal"])
    if chosen not in [name for name, _ in layers]:
        listed = ", ".join(name for name, _ in layers[:20])
        raise _RefusedError(f"there is no layer {chosen!r}; there are {listed}")
    info = pyogrio.read_info(job["path"], layer=chosen)
    answer = {
        "layers": layers,
        "layer": chosen,
        "driver": info["driver"],
        "fields": [str(name) for name in info["fields"]],
        "crs": info["crs"],
    }
    if len(answer["fields"]) > job["columns"]:
        return answer
    with pyogrio.raw.open_arrow(
        job["path"],
        layer=chosen,
        batch_size=job["batch"],
        use_pyarrow=True,
        datetime_as_string=True,
    ) as (meta, reader):
        answer["geometry"] = meta["geometry_name"] or "wkb_geometry"
        _write(reader.schema, reader, job, sink)
    return answer


def _first(layers: list[tuple[str, str | None]], areal: bool) -> str:  # noqa: FBT001
    if areal:
        for fits in (lambda kind: "Polygon" in kind, bool):
            for name, kind in layers:
                if fits(kind or ""):
                    return name
    return layers[0][0]


def _check_tables(path: str) -> None:
    """Refuse a database whose virtual tables could open something else."""
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        found = database.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE '%CREATE%VIRTUAL%TABLE%' "
            "AND sql NOT LIKE '%USING rtree%' AND sql NOT LIKE '%USING \"rtree\"%'"
        ).fetchone()
        database.close()
    except sqlite3.Error as reason:
        raise _RefusedError(str(reason)) from None
    if found:
        raise _RefusedError(f"its table {found[0]!r} stands for something outside the file")


def _check_crs(path: str) -> None:
    """Refuse a coordinate system that is told by a link: it is not followed."""
    with (
        Path(path).open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        for match in _CRS_MEMBER.finditer(content):
            if _CRS_LINK.search(content, match.end(), match.end() + 1_000):
                raise _RefusedError(
                    "its member crs is a link, which is not followed; save it in WGS 84 (RFC 7946)"
                )


def _parquet(job: dict[str, Any], sink: Any) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(job["path"]) as file:
        groups = range(file.metadata.num_row_groups)
        unpacked = sum(file.metadata.row_group(i).total_byte_size for i in groups)
        if unpacked > job["expanded_bytes"]:
            raise _RefusedError("it unpacks beyond the limit")
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        primary = geo.get("primary_column", "geometry")
        column = geo.get("columns", {}).get(primary, {})
        if column.get("encoding", "WKB") != "WKB":
            raise _RefusedError("its geometry is not encoded as WKB")
        crs = column.get("crs", "OGC:CRS84") if geo else None
        names = list(file.schema_arrow.names)
        answer = {
            "layers": [(Path(job["path"]).stem, "Unknown" if geo else None)],
            "layer": Path(job["path"]).stem,
            "driver": "Parquet",
            "fields": [name for name in names if name != primary],
            "crs": crs if isinstance(crs, str) or crs is None else json.dumps(crs),
            "geometry": primary,
        }
        if len(names) <= job["columns"]:
            schema = file.schema_arrow.remove_metadata()
            batches = file.iter_batches(batch_size=job["batch"], use_threads=False)
            _write(schema, (pa.RecordBatch.from_arrays(b.columns, schema=schema) for b in batches),
                   job, sink)  # fmt: skip
    return answer


def _write(schema: Any, batches: Any, job: dict[str, Any], sink: Any) -> None:
    import pyarrow as pa

    rows = 0
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
            # Who reads the stream refuses it then; there is no need for the rest.
            if rows > job["rows"]:
                break


if __name__ == "__main__":
    main()
