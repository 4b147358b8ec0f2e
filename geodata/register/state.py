"""What the register holds at one revision, built from the log step by step, and its checkpoint.

The checkpoint is the state as files beside the log, so that a start need not read it all: a
folder with one Arrow IPC file for each large layer and a manifest. It only saves time: the log
stays the truth. It is read by mapping the files into memory, so processes share its pages, and
it counts only if the log holds the very revision, by number and digest, that it was made at. It
is written beside and renamed, so a kill leaves the old one or none.
"""

import hashlib
import json
import logging
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import orjson
import pyarrow as pa

from geodata import schemas
from geodata.disk import synced
from geodata.incidents.frame import columns_of_lines
from geodata.model import FiledReport, Operation, ReportStatus, Statistic
from geodata.register import log
from geodata.register.connection import Connection
from geodata.register.layer import Layer, plain_columns
from geodata.register.reference import Edition, edition_of_document, places_frame
from geodata.register.revision import GENESIS, GONE, Row

T = TypeVar("T")


@dataclass(frozen=True)
class State:
    """Everything held at one revision; immutable."""

    revision: int = 0
    recorded_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    digest: str = GENESIS
    """The last revision's number, time and digest."""
    redactions: int = 0
    """How often something was taken back: what was built of the log before holds it still."""
    incidents: Layer = field(default_factory=lambda: Layer(schemas.INCIDENTS, _incident_columns))
    """Those that count: neither merged nor retracted, in the order of creation."""
    statistics: Mapping[str, Statistic] = field(default_factory=dict)
    operations: Mapping[str, Operation] = field(default_factory=dict)
    """Records by id."""
    places: Layer = field(default_factory=lambda: Layer(schemas.PLACES, _place_columns))
    """The gazetteer's rows."""
    editions: Mapping[str, "StoredEdition"] = field(default_factory=dict)
    """Boundaries by edition, in the order added."""
    reports: Mapping[str, "StoredReport"] = field(default_factory=dict)
    """Reports filed for review by id, without their texts, in the order filed."""

    def after(self, rows: Iterable[Row]) -> "State":
        """Give the state after more revisions.

        Shares with this one whatever the revisions do not touch.
        """
        by_kind: dict[str, list[Row]] = {}
        last: Row | None = None
        for row in rows:
            if row.kind in _APPLY:
                by_kind.setdefault(row.kind, []).append(row)
            last = row
        if last is None:
            return self
        changed: dict[str, Any] = {
            "revision": last.seq,
            "recorded_at": last.recorded_at,
            "digest": last.digest,
        }
        for kind, news in by_kind.items():
            name, apply = _APPLY[kind]
            changed[name] = apply(getattr(self, name), news)
        return replace(self, **changed)


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition of boundaries and the revision that holds its districts."""

    edition: Edition
    payload: str
    seq: int

    @property
    def document(self) -> Mapping[str, Any]:
        """The revision's document, read when somebody asks: it may have millions of numbers."""
        found: Mapping[str, Any] = orjson.loads(self.payload)
        return found


@dataclass(frozen=True, slots=True)
class StoredReport:
    """What a list of filed reports shows of one; its text stays in the log."""

    report_id: str
    version: int
    filed_at: datetime
    status: ReportStatus
    title: str | None
    publisher: str | None
    url: str | None
    language: str | None
    published: date
    states: Mapping[str, int]
    """Candidates by state."""
    copy_of: str | None
    fingerprint: tuple[int, ...]


def _incident_columns(rows: list[Row]) -> dict[str, Any]:
    return columns_of_lines([r.payload.encode() for r in rows], [r.recorded_at for r in rows])


def _place_columns(rows: list[Row]) -> dict[str, Any]:
    return plain_columns(places_frame([orjson.loads(r.payload) for r in rows]), schemas.PLACES)


def _layer(layer: Layer, rows: list[Row]) -> Layer:
    return layer.changed(rows)


def _statistics(held: Mapping[str, Statistic], rows: list[Row]) -> dict[str, Statistic]:
    return _records(held, rows, Statistic.model_validate_json)


def _operations(held: Mapping[str, Operation], rows: list[Row]) -> dict[str, Operation]:
    return _records(held, rows, Operation.model_validate_json)


def _records(held: Mapping[str, T], rows: list[Row], read: Callable[[str], T]) -> dict[str, T]:
    together = dict(held)
    for row in rows:
        if row.change in GONE:
            together.pop(row.record_id, None)
        else:
            together[row.record_id] = read(row.payload)
    return together


def _editions(held: Mapping[str, StoredEdition], rows: list[Row]) -> dict[str, StoredEdition]:
    together = dict(held)
    for row in rows:
        # A corrected edition counts as added last.
        known = together.pop(row.record_id, None)
        if row.change not in GONE:
            if known is not None and known.seq == row.seq:  # as a checkpoint has it
                edition = known.edition
            else:
                edition = edition_of_document(orjson.loads(row.payload))
            together[row.record_id] = StoredEdition(edition, row.payload, row.seq)
    return together


def _reports(held: Mapping[str, StoredReport], rows: list[Row]) -> dict[str, StoredReport]:
    together = dict(held)
    for row in rows:
        if row.change in GONE:
            together.pop(row.record_id, None)
            continue
        before = together.get(row.record_id)
        report = FiledReport.model_validate_json(row.payload)
        together[row.record_id] = StoredReport(
            report.report_id,
            row.version,
            row.recorded_at if before is None else before.filed_at,
            report.status,
            report.title,
            report.publisher,
            report.url,
            report.language,
            report.published,
            Counter(c.state for c in report.candidates),
            report.copy_of,
            report.fingerprint,
        )
    return together


def _counted(held: int, rows: list[Row]) -> int:
    return held + len(rows)


LAYERS = {"incidents": "incident", "places": "place"}
"""Members of the state that are layers → the kind of record that they hold."""

_APPLY: dict[str, tuple[str, Any]] = {
    "incident": ("incidents", _layer),
    "statistic": ("statistics", _statistics),
    "operation": ("operations", _operations),
    "place": ("places", _layer),
    "boundaries": ("editions", _editions),
    "report": ("reports", _reports),
    "redaction": ("redactions", _counted),
}
"""Kind of record → the state's member and how revisions change it; others are passed over."""

SMALL_KINDS = tuple(kind for kind in _APPLY if kind not in LAYERS.values())
"""Kinds whose records are few and kept as models."""


FOLDER = "checkpoint"
FEATURES = "features"
"""Folder of the data directory for what is written of whole layers, as ready bytes."""
_FORMAT = 5
_ABANDONED_S = 3_600
_MANIFEST = "manifest.json"
logger = logging.getLogger(__name__)


def save_checkpoint(state: State, folder: Path, epoch: str) -> None:
    """Write the checkpoint of a state, in place of an older one.

    Parameters
    ----------
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
            "editions": [
                asdict(held.edition) | {"seq": held.seq, "record": name}
                for name, held in state.editions.items()
            ],
        }
        path = made / _MANIFEST
        path.write_bytes(orjson.dumps(manifest))
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


def load_checkpoint(connection: Connection, folder: Path, epoch: str) -> State | None:
    """Give the state of the checkpoint; the log after its revision is still to be taken in.

    None where there is no checkpoint, or where it is damaged, of another program's version, or of a
    log that does not hold its revision (a restore, another register).

    Parameters
    ----------
    epoch
        As given to `save`; another one makes the checkpoint stale, e.g. since a redaction.
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
        editions = {one["record"]: _edition_read(one) for one in manifest["editions"]}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as reason:
        logger.warning("the checkpoint is left aside and made anew: %s", reason)
        return None
    # Records of the small kinds are models: reading their revisions again costs little.
    small = State(editions=editions).after(log.of_kinds(connection, SMALL_KINDS, revision))
    return replace(
        small,
        incidents=layers["incidents"],
        places=layers["places"],
        revision=revision,
        recorded_at=recorded_at,
        digest=manifest["digest"],
    )


def _edition_read(told: dict[str, Any]) -> StoredEdition:
    """Read what tells an edition; its districts are read from the log."""
    edition = edition_of_document(told | {"features": range(told["districts"])})
    return StoredEdition(edition, "", told["seq"])


def discard_checkpoint(folder: Path) -> None:
    """Remove the checkpoint, and what else lies in the data directory as the rows have it."""
    for name in (FOLDER, FEATURES):
        shutil.rmtree(folder / name, ignore_errors=True)


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
