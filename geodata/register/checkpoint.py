"""The state at one revision as files beside the log, so that a start need not read it all.

A checkpoint is a folder with one Arrow IPC file for each large layer and a manifest. It only
saves time: the log stays the truth. It is read by mapping the files into memory, so processes
share its pages, and it counts only if the log holds the very revision, by number and digest,
that it was made at. It is written beside and renamed, so a kill leaves the old one or none.
"""

import hashlib
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from geodata.disk import synced
from geodata.register import log
from geodata.register.layer import Layer
from geodata.register.state import LAYERS, SMALL_KINDS, State

FOLDER = "checkpoint"
_FORMAT = 4
_ABANDONED_S = 3_600
_MANIFEST = "manifest.json"
logger = logging.getLogger(__name__)


def save(state: State, folder: Path, epoch: str) -> None:
    """Write the checkpoint of a state, in place of an older one.

    Parameters
    ----------
    state
        What is held; its layers are made if nobody has looked at them yet.
    folder
        The data directory; the checkpoint is its folder ``checkpoint``.
    epoch
        What invalidates checkpoints although the log's end stays: see `load`.

    Raises
    ------
    OSError
        The folder cannot be written. Nothing is lost: the log has everything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f".{FOLDER}-*"):
        # Half-written ones that a kill left; another process may be writing a young one.
        if time.time() - left.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)
    # Made by mkdtemp: for the owner alone, whatever the umask, since it holds restricted places.
    made = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=folder))
    try:
        files = {}
        for name in LAYERS:
            path = made / f"{name}.arrow"
            _write(getattr(state, name), path)
            files[path.name] = path.stat().st_size
        manifest = {
            "format": _FORMAT,
            "shape": _shape(),
            "revision": state.revision,
            "recorded_at": state.recorded_at.isoformat(),
            "digest": state.digest,
            "epoch": epoch,
            "files": files,
        }
        path = made / _MANIFEST
        path.write_text(json.dumps(manifest))
        synced(path)
        target = folder / FOLDER
        if target.exists():
            # A process that has the old files mapped keeps reading them until it lets go.
            shutil.rmtree(target)
        made.rename(target)
        synced(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def load(connection: Connection, folder: Path, epoch: str) -> State | None:
    """Give the state of the checkpoint; the log after its revision is still to be taken in.

    Parameters
    ----------
    connection
        A transaction that reads the log.
    folder
        The data directory.
    epoch
        As given to `save`; another one makes the checkpoint stale, e.g. since a redaction.

    Returns
    -------
    State or None
        None where there is no checkpoint, or where it is damaged, of another program's
        version, or of a log that does not hold its revision (a restore, another register).
    """
    source = folder / FOLDER
    try:
        manifest = json.loads((source / _MANIFEST).read_text())
        if (manifest["format"], manifest["shape"], manifest["epoch"]) != (_FORMAT, _shape(), epoch):
            return None
        if log.digest_at(connection, manifest["revision"]) != manifest["digest"]:
            return None
        if any((source / name).stat().st_size != size for name, size in manifest["files"].items()):
            return None
        layers = {name: _read(name, source / f"{name}.arrow") for name in LAYERS}
        revision = int(manifest["revision"])
        recorded_at = datetime.fromisoformat(manifest["recorded_at"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as reason:
        logger.warning("the checkpoint is left aside and made anew: %s", reason)
        return None
    # Records of the small kinds are models: reading their revisions again costs little.
    small = State().after(log.of_kinds(connection, SMALL_KINDS, revision))
    return replace(
        small,
        incidents=layers["incidents"],
        places=layers["places"],
        revision=revision,
        recorded_at=recorded_at,
        digest=manifest["digest"],
    )


def discard(folder: Path) -> None:
    """Remove the checkpoint, if there is one."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def _shape() -> str:
    """Give the digest of the layers' columns: another set of columns makes a file stale."""
    empty = State()
    columns: Mapping[str, Any] = {
        name: [(c.name, c.kind) for c in getattr(empty, name).schema.columns] for name in LAYERS
    }
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]


def _write(layer: Layer, path: Path) -> None:
    table = layer.table.arrow(layer.schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    synced(path)


def _read(name: str, path: Path) -> Layer:
    # Mapped for this process alone: pages are shared until something is written to them, and
    # rows to come are, into the room behind the columns. The file stays as it is.
    memory = np.asarray(np.memmap(path, dtype=np.uint8, mode="c"))
    table = pa.ipc.open_file(pa.py_buffer(memory)).read_all()
    empty: Layer = getattr(State(), name)
    return empty.filled(table, memory)
