"""What the register holds at one revision, built from the log step by step."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import orjson

from geodata import schemas
from geodata.incidents.frame import columns_of_lines
from geodata.model import FiledReport, Operation, ReportStatus, Statistic
from geodata.register.layer import Layer
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

        Parameters
        ----------
        rows
            The revisions that follow, in order.

        Returns
        -------
        State
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
    document: Mapping[str, Any]
    seq: int


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
    frame = places_frame([orjson.loads(row.payload) for row in rows])
    columns = {name: _plain(frame[name].array) for name in schemas.PLACES.names}
    return columns | {"geometry": frame.geometry.notna().to_numpy()}


def _plain(values: Any) -> Any:
    return values.to_numpy() if values.dtype == "float64" else values


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
        together.pop(row.record_id, None)
        if row.change not in GONE:
            document = orjson.loads(row.payload)
            edition = edition_of_document(document)
            together[row.record_id] = StoredEdition(edition, document, row.seq)
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
