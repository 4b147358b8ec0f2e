"""Taking back what must not stay: a number, a name, a place that was written by mistake.

The words go from every version of the record, and a revision of kind ``redaction`` says which
and why. The chain of digests stays provable: each digest covers a salted commitment to the
words, and of a redacted revision the commitment stays when words and salt are gone. Revisions
written before digests had commitments keep their digest, which the redaction names. A redacted
revision that no redaction names is damage, and so is one that differs from what it left.

A backup made before holds the words still. Each redaction is therefore also written to a file
beside the register, by fields only, and done again after a restore.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson
from pydantic import ValidationError

from geodata.errors import InvalidInput, NotFound, StoreError
from geodata.register import log
from geodata.register.connection import Connection
from geodata.register.log import Planned
from geodata.register.public import TABLE
from geodata.register.revision import (
    GONE,
    ID_FIELDS,
    MODELS,
    UNSALTED,
    Row,
    commitment_of,
)

KIND = "redaction"
PLACEHOLDER = "[redacted]"
"""Stands where a record cannot be without a text."""
REASON = "reason"
"""As a field: the reasons that were given for the changes."""
FILE_NAME = "redactions.jsonl"
_WORDS = ("payload", "reason", "salt", "commitment")
_WRITE_OVER = (
    f"UPDATE revisions SET {', '.join(f'{name} = :{name}' for name in _WORDS)} "  # noqa: S608 - fixed names
    "WHERE seq = :seq"
)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Redaction:
    """One redaction, without the words."""

    kind: str
    record_id: str
    """The record."""
    fields: tuple[str, ...]
    """What was taken back; a dot leads into the rows of a list, as in ``casualties.affiliation``.
    """
    author: str
    reason: str
    """Who did it and why."""


def default_fields(kind: str, documents: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Give what is taken back where nobody names fields: words, names, points and reasons.

    Of an incident or operation what the public view withholds, so that the counts stay; of other
    kinds all but the id.
    """
    if kind in TABLE:
        rules = TABLE[kind]
        named = [name for name, what in rules.items() if what == "withheld"]
        return (*named, *(["casualties.affiliation"] if kind == "incident" else []), REASON)
    kept = {ID_FIELDS.get(kind, f"{kind}_id"), "sensitivity"}
    stated = dict.fromkeys(name for document in documents for name in document)
    return (*(name for name in stated if name not in kept), REASON)


def redacted(
    kind: str, document: Mapping[str, Any], fields: Sequence[str], *, strict: bool
) -> Document:
    """Give a record's document without some fields.

    Parameters
    ----------
    fields
        See `Redaction`. A text that the record cannot be without becomes `PLACEHOLDER`.
    strict
        Whether to refuse where the record cannot be without something else; else that stays.

    Raises
    ------
    InvalidInput
        The record cannot be without one of the fields.
    """
    kept = dict(document)
    for field in fields:
        name, _, inner = field.partition(".")
        if not inner:
            kept.pop(name, None)
        elif isinstance(kept.get(name), list):
            kept[name] = [{k: v for k, v in row.items() if k != inner} for row in kept[name]]
    for name in sorted(_needed(kind, kept)):
        if isinstance(document.get(name), str):
            kept[name] = PLACEHOLDER
        if name in _needed(kind, kept):
            if strict or name not in document:
                raise InvalidInput(
                    f"A {kind} cannot be without {name}: correct it instead, and redact what "
                    "else must not stay.",
                    code="bad-field",
                    details=[{"field": name, "reason": "is needed"}],
                )
            kept[name] = document[name]
    return kept


def _needed(kind: str, document: Document) -> set[str]:
    """Give the members without which the document is no record of its kind."""
    model = MODELS.get(kind)
    if model is None:
        return {"name", "kind"} - set(document) if kind == "place" else set()
    try:
        model.model_validate(document)
    except ValidationError as error:
        return {str(found["loc"][0]) if found["loc"] else "both parts" for found in error.errors()}
    return set()


def planned_redaction(connection: Connection, wanted: Redaction) -> tuple[list[Planned], list[Row]]:
    """Plan a redaction.

    The revisions that say so (the record's own next version where it still counts, and the
    redaction), and the older revisions as they are to stay. Both are empty where nothing is left to
    take back. It raises what `Register.redact` does.

    Parameters
    ----------
    connection
        The writing transaction.
    wanted
        The redaction; no fields = `default_fields`.
    """
    kind, name = wanted.kind, wanted.record_id
    rows = log.history(connection, kind, name)
    if not rows or kind in (KIND, "boundaries"):
        raise NotFound(f"There is no {kind} {name[:120]!r} to redact.", code=f"no-{kind}")
    documents = [orjson.loads(row.payload) for row in rows]
    fields = wanted.fields or default_fields(kind, documents)
    _check_fields(kind, fields, documents)
    strict = bool(wanted.fields)
    left = [redacted(kind, document, fields, strict=strict) for document in documents]
    changed = [
        _emptied(row, after, drop_reason=REASON in fields)
        for row, before, after in zip(rows, documents, left, strict=True)
        if before != after or (REASON in fields and row.reason is not None)
    ]
    if not changed:
        return [], []
    plans = []
    head = rows[-1]
    if head.change not in GONE and documents[-1] != left[-1]:
        plans.append(Planned(kind, name, "redact", None, lambda _: dict(left[-1])))
    said = {
        "kind": kind,
        "record_id": name,
        "fields": list(fields),
        "revisions": [
            {"seq": row.seq, "digest": row.digest, "kept": kept_of(row)} for row in changed
        ],
    }
    number = log.count(connection, KIND, f"{kind}/{name}/") + 1
    plans.append(Planned(KIND, f"{kind}/{name}/{number}", "create", None, lambda _: said))
    return plans, changed


def _check_fields(kind: str, fields: Sequence[str], documents: list[Document]) -> None:
    model = MODELS.get(kind)
    known = {REASON, *(model.model_fields if model else ()), *(n for d in documents for n in d)}
    unknown = [field for field in fields if field.partition(".")[0] not in known]
    if unknown:
        raise InvalidInput(
            f"A {kind} has no {', '.join(unknown)[:120]}; it has {', '.join(sorted(known))}.",
            code="bad-field",
            details=[{"field": field, "reason": "is unknown"} for field in unknown],
        )


def _emptied(row: Row, document: Document, *, drop_reason: bool) -> Row:
    commitment = row.commitment or (UNSALTED if row.salt is None else commitment_of(row))
    return row._replace(
        payload=orjson.dumps(document).decode(),
        reason=None if drop_reason else row.reason,
        salt=None,
        commitment=commitment,
    )


def write_over(connection: Connection, rows: Sequence[Row]) -> None:
    """Put emptied revisions in place of the ones that held the words."""
    for row in rows:
        connection.execute(_WRITE_OVER, {n: getattr(row, n) for n in ("seq", *_WORDS)})


def kept_of(row: Row) -> str:
    """Give the digest of what a redacted revision still says."""
    return hashlib.sha256(orjson.dumps([row.reason, row.payload])).hexdigest()


class Tombstones:
    """Holds the redacted revisions of a log against the redactions that name them.

    Their number is small, however long the log is.
    """

    def __init__(self) -> None:
        self._seen: dict[int, tuple[str, str]] = {}
        self._named: dict[int, tuple[str, str]] = {}

    def note(self, row: Row) -> None:
        """Take note of a revision as it passes."""
        if row.commitment is not None:
            self._seen[row.seq] = (row.digest, kept_of(row))
        if row.kind == KIND:
            for one in orjson.loads(row.payload)["revisions"]:
                self._named[one["seq"]] = (one["digest"], one["kept"])

    def unnamed(self) -> int | None:
        """Give the first redacted revision that no redaction left so; None where all are named."""
        return next((s for s in sorted(self._seen) if self._named.get(s) != self._seen[s]), None)


# -- the list beside the register ---------------------------------------------------


def remember(folder: Path, redaction: Redaction) -> None:
    """Add a redaction to the list beside the register, on disk when this returns.

    Raises
    ------
    StoreError
        The list cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(orjson.dumps(asdict(redaction)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as reason:
        raise StoreError(
            f"The redaction is done, but {FILE_NAME} in the data directory cannot be written "
            f"({reason.strerror}): a backup made before would bring the words back."
        ) from None


def remembered(file: Path) -> list[Redaction]:
    """Read the list beside a register; empty where there is none.

    Raises
    ------
    InvalidInput
        A line is no redaction.
    """
    if not file.is_file():
        return []
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            said = orjson.loads(line)
            found.append(Redaction(**said | {"fields": tuple(said["fields"])}))
        except (orjson.JSONDecodeError, TypeError, KeyError):
            raise InvalidInput(
                f"{file.name}, line {number}, cannot be read as a redaction. "
                "Each line is what hazardmap redact wrote: take the file from a backup.",
                code="bad-redactions",
            ) from None
    return found


class Redacts(Protocol):
    """What takes words back: a register."""

    def redact(self, wanted: Redaction) -> list[int]:
        """See `Register.redact`."""


def redact_again(register: Redacts, file: Path) -> int:
    """Do the redactions of a list again, e.g. after the restore of a backup made before them.

    How many revisions held words; a record that is not held there is passed over.
    """
    done = 0
    for one in remembered(file):
        with contextlib.suppress(NotFound):
            done += len(register.redact(one))
    return done
