"""Revisions: what changed, when, by whom and why, chained by digests."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple

import orjson

from geodata.errors import InvalidInput
from geodata.incidents.documents import checked, document
from geodata.model import FiledReport, Incident, Operation, Record, Statistic
from geodata.register.connection import moment_of, moment_text

ChangeKind = Literal["create", "correct", "verify", "dispute", "merge", "retract", "redact"]

MODELS: dict[str, type[Record]] = {
    "incident": Incident,
    "statistic": Statistic,
    "operation": Operation,
    "report": FiledReport,
}
"""Kinds of records that have a model; others are kept as plain documents."""

GONE = ("merge", "retract")
"""Changes after which a record no longer counts."""

ID_FIELDS = {
    "incident": "incident_id",
    "statistic": "statistic_id",
    "operation": "operation_id",
    "place": "place_id",
    "boundaries": "edition",
    "report": "report_id",
}


class Row(NamedTuple):
    """A revision as the store keeps it, column by column.

    Rows are added, never deleted, and changed by redaction only.
    """

    seq: int
    """Given out by the writer under its lock: without gaps, and in the order of commits."""
    kind: str
    record_id: str
    version: int
    recorded_at: datetime
    author: str
    change: str
    reason: str | None
    payload: str
    """JSON text."""
    digest: str
    salt: str | None = None
    """Null in revisions of earlier schemas, whose digests cover the words themselves."""
    commitment: str | None = None
    """Stated only where the words were taken back."""


# What `_make` does in a fifth of its time: this is done for every row of an import.
_made = partial(tuple.__new__, Row)


def row_of(found: tuple[Any, ...]) -> Row:
    """Read a revision from its columns as a store gives them."""
    return _made((*found[:4], moment_of(found[4]), *found[5:]))


@dataclass(frozen=True)
class Revision:
    """One change of one record, never altered afterwards."""

    row: Row

    seq = property(lambda self: self.row.seq)
    kind = property(lambda self: self.row.kind)
    record_id = property(lambda self: self.row.record_id)
    version = property(lambda self: self.row.version)
    recorded_at = property(lambda self: self.row.recorded_at)
    author = property(lambda self: self.row.author)
    change = property(lambda self: self.row.change)
    reason = property(lambda self: self.row.reason)
    digest = property(lambda self: self.row.digest)

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The record's document after the change."""
        return orjson.loads(self.row.payload)

    @property
    def redacted(self) -> bool:
        """Whether words of it were taken back."""
        return self.row.commitment is not None

    def record(self) -> Any:
        """Give the record after the change: a model where the kind has one, else a dict."""
        model = MODELS.get(self.row.kind)
        return self.payload if model is None else model.model_validate(self.payload)


@dataclass(frozen=True, slots=True)
class Change:
    """A change to append."""

    kind: str
    """incident, statistic, operation, place, boundaries, or another slug."""
    record: Record | Mapping[str, Any]
    """The whole record after the change: a model or a document."""
    change: ChangeKind = "create"
    """What was done."""
    expected_version: int | None = None
    """The version that the caller saw; another one held is a Conflict. 0 = none held."""

    def document(self) -> dict[str, Any]:
        """Give the record's document."""
        if isinstance(self.record, Record):
            return document(self.record)
        model = MODELS.get(self.kind)
        # A document of a kind with a model is checked like the model itself.
        return document(checked(model, self.record)) if model else dict(self.record)

    @property
    def record_id(self) -> str:
        """The record's id."""
        field = ID_FIELDS.get(self.kind, f"{self.kind}_id")
        source = self.record
        found = source.get(field) if isinstance(source, Mapping) else getattr(source, field, None)
        if not isinstance(found, str) or not found:
            raise InvalidInput(
                f"A record of kind {self.kind} needs a text in {field}.",
                details=[{"field": field, "reason": "is missing"}],
            )
        return found


GENESIS = "0" * 64


UNSALTED = "unsalted"
"""Commitment of a redacted revision whose digest covers the words themselves."""


def commitment_of(row: Row) -> str:
    """Commit to a revision's words: SHA-256 over its salt, reason and payload.

    Without the salt nobody can find the words by guessing them.
    """
    return hashlib.sha256(orjson.dumps([row.salt, row.reason, row.payload])).hexdigest()


def digest_of(previous: str, row: Row) -> str:
    """Chain a revision to all before it: SHA-256 over the digest before and its own values.

    The words (reason and payload) enter by their commitment, which stays when they go. A
    revision of an earlier schema has no salt: there they enter themselves.

    Parameters
    ----------
    row
        The revision; its own digest is read only where words without a salt were taken back,
        since then nothing else is left of them.
    """
    if row.commitment == UNSALTED:
        return row.digest
    values = [*row[:4], moment_text(row.recorded_at), row.author, row.change]
    if row.salt is None and row.commitment is None:
        values += [row.reason, row.payload]
    else:
        values.append(row.commitment or commitment_of(row))
    return hashlib.sha256(previous.encode() + orjson.dumps(values)).hexdigest()


def chained(previous: str, rows: list[Row]) -> list[Row]:
    """Give the rows with their digests, each chained to the one before."""
    done: list[Row] = []
    for row in rows:
        previous = digest_of(previous, row)
        done.append(_made((*row[:9], previous, *row[10:])))
    return done
