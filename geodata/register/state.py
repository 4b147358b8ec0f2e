"""What the register holds at one revision, built from the log step by step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from geodata import schemas
from geodata.incidents.frame import frame_of_lines
from geodata.model import Operation, Statistic
from geodata.register.boundaries import Edition, edition_of_document
from geodata.register.layer import Layer
from geodata.register.places import places_frame
from geodata.register.revision import GONE, Row
from geodata.schema import empty


@dataclass(frozen=True)
class State:
    """Everything held at one revision; immutable.

    Attributes
    ----------
    revision, recorded_at
        The last revision's number and time.
    incidents
        Those that count: neither merged nor retracted, in the order of creation.
    statistics, operations
        Records by id.
    places
        The gazetteer's rows.
    editions
        Boundaries by edition, in the order added.
    """

    revision: int = 0
    recorded_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    incidents: Layer = field(default_factory=lambda: Layer(empty(schemas.INCIDENTS)))
    statistics: Mapping[str, Statistic] = field(default_factory=dict)
    operations: Mapping[str, Operation] = field(default_factory=dict)
    places: Layer = field(default_factory=lambda: Layer(empty(schemas.PLACES)))
    editions: Mapping[str, "HeldEdition"] = field(default_factory=dict)

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
        newest: dict[str, dict[str, Row]] = {}
        last: Row | None = None
        for row in rows:
            newest.setdefault(row.kind, {})[row.record_id] = row
            last = row
        if last is None:
            return self
        changed: dict[str, Any] = {"revision": last.seq, "recorded_at": last.recorded_at}
        for kind, records in newest.items():
            if kind in _APPLY:
                name, apply = _APPLY[kind]
                changed[name] = apply(getattr(self, name), records)
        return replace(self, **changed)


@dataclass(frozen=True, slots=True)
class HeldEdition:
    """An edition of boundaries and the revision that holds its districts."""

    edition: Edition
    document: Mapping[str, Any]
    seq: int


def _incidents(layer: Layer, records: Mapping[str, Row]) -> Layer:
    live = [row for row in records.values() if row.change not in GONE]
    frame = frame_of_lines(
        [row.payload.encode() for row in live], [row.recorded_at for row in live]
    )
    return layer.changed(frame, [i for i, row in records.items() if row.change in GONE])


def _places(layer: Layer, records: Mapping[str, Row]) -> Layer:
    live = [orjson.loads(row.payload) for row in records.values() if row.change not in GONE]
    gone = [i for i, row in records.items() if row.change in GONE]
    return layer.changed(places_frame(live), gone)


def _statistics(held: Mapping[str, Statistic], records: Mapping[str, Row]) -> Mapping[str, Any]:
    return _records(held, records, Statistic)


def _operations(held: Mapping[str, Operation], records: Mapping[str, Row]) -> Mapping[str, Any]:
    return _records(held, records, Operation)


def _records(held: Mapping[str, Any], records: Mapping[str, Row], model: Any) -> dict[str, Any]:
    together = dict(held)
    for name, row in records.items():
        if row.change in GONE:
            together.pop(name, None)
        else:
            together[name] = model.model_validate_json(row.payload)
    return together


def _editions(held: Mapping[str, HeldEdition], records: Mapping[str, Row]) -> dict[str, Any]:
    together = dict(held)
    for name, row in records.items():
        together.pop(name, None)
        if row.change not in GONE:
            document = orjson.loads(row.payload)
            together[name] = HeldEdition(edition_of_document(document), document, row.seq)
    return together


_APPLY: dict[str, tuple[str, Any]] = {
    "incident": ("incidents", _incidents),
    "statistic": ("statistics", _statistics),
    "operation": ("operations", _operations),
    "place": ("places", _places),
    "boundaries": ("editions", _editions),
}
"""Kind of record → the state's member and how revisions change it; others are passed over."""
