"""The log inside a transaction of the store: read, and appended to.

From changes to rows: versions checked, documents made, digests chained.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, NamedTuple

import orjson

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.register.connection import Connection, moment_of
from geodata.register.revision import (
    GENESIS,
    GONE,
    Change,
    ChangeKind,
    Row,
    chained,
    row_of,
)
from geodata.register.store import EPOCH, Store

_COLUMNS = ", ".join(Row._fields)
_ALL = f"SELECT {_COLUMNS} FROM revisions"  # noqa: S608 - fixed names
_AT_ONCE = 500
"""Records that are looked up together."""


def last(connection: Connection) -> tuple[int, datetime | None, str]:
    """Give number, time and digest of the last revision."""
    query = "SELECT seq, recorded_at, digest FROM revisions ORDER BY seq DESC LIMIT 1"
    found = connection.row(query)
    return (found[0], moment_of(found[1]), found[2]) if found else (0, None, GENESIS)


def moment_at(connection: Connection, seq: int) -> datetime:
    """Give the time of one revision that there is."""
    return moment_of(
        connection.value("SELECT recorded_at FROM revisions WHERE seq = :seq", {"seq": seq})
    )


def digest_at(connection: Connection, seq: int) -> str | None:
    """Give the digest of one revision; None where the log does not hold it."""
    found: str | None = connection.value(
        "SELECT digest FROM revisions WHERE seq = :seq", {"seq": seq}
    )
    return found


def since(
    connection: Connection, after: int, until: int | None = None, kind: str | None = None
) -> Iterator[Row]:
    """Give the revisions after one number, up to another, in order; of one kind or of all."""
    query = f"{_ALL} WHERE seq > :after"
    if kind is not None:
        query += " AND kind = :kind"
    if until is not None:
        query += " AND seq <= :until"
    values = {"after": after, "kind": kind, "until": until}
    return map(row_of, connection.rows(f"{query} ORDER BY seq", values))


def of_kinds(connection: Connection, kinds: Iterable[str], until: int) -> list[Row]:
    """Give the revisions of some kinds up to a number, in order; kinds with few records."""
    query = f"{_ALL} WHERE kind {connection.among('kinds')} AND seq <= :until"
    values = {"kinds": connection.listed(kinds), "until": until}
    # Sorted here: asked for the order, a database walks the whole log instead of the index.
    return sorted(map(row_of, connection.rows(query, values)), key=lambda row: row.seq)


def seq_at(connection: Connection, moment: datetime) -> int:
    """Give the number of the last revision recorded at or before a moment; 0 for none.

    A moment of whole milliseconds, as times are served, means that millisecond to its end:
    earlier schemas recorded microseconds.
    """
    end = moment if moment.microsecond % 1_000 else moment + timedelta(microseconds=999)
    query = "SELECT max(seq) FROM revisions WHERE recorded_at <= :end"
    return connection.value(query, {"end": connection.moment(end)}) or 0


def history(connection: Connection, kind: str, record_id: str) -> list[Row]:
    """Give all revisions of one record, oldest first."""
    query = f"{_ALL} WHERE kind = :kind AND record_id = :record_id ORDER BY version"
    return list(map(row_of, connection.rows(query, {"kind": kind, "record_id": record_id})))


def count(connection: Connection, kind: str, prefix: str) -> int:
    """Count the revisions of a kind whose record's id begins with a text."""
    query = (
        "SELECT count(*) FROM revisions "
        "WHERE kind = :kind AND substr(record_id, 1, :size) = :prefix"
    )
    values = {"kind": kind, "size": len(prefix), "prefix": prefix}
    return connection.value(query, values) or 0


_HEADS = """
SELECT {columns} FROM revisions JOIN (
    SELECT record_id AS name, max(version) AS newest FROM revisions
    WHERE kind = :kind AND record_id {among} {until} GROUP BY record_id
) AS heads ON record_id = name AND version = newest WHERE kind = :kind
"""


def heads(
    connection: Connection, kind: str, record_ids: Iterable[str], until: int | None = None
) -> dict[str, Row]:
    """Give the last revision (up to a number) of each record that is held."""
    if until is not None and until < 1:
        return {}
    ids = list(dict.fromkeys(record_ids))
    query = _HEADS.format(
        columns=_COLUMNS,
        among=connection.among("ids"),
        until="" if until is None else "AND seq <= :until",
    )
    found: dict[str, Row] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = connection.listed(ids[start : start + _AT_ONCE])
        values = {"kind": kind, "ids": some, "until": until}
        found |= {row.record_id: row for row in map(row_of, connection.rows(query, values))}
    return found


class Touched(NamedTuple):
    """What became of a record between two numbers, without its words."""

    record_id: str
    first_version: int
    """Of the record's first revision in between; 1 = it was not there before."""
    seq: int
    change: str
    """Of its last revision in between."""


def touched(connection: Connection, kind: str, after: int, until: int) -> list[Touched]:
    """Give the records of a kind with revisions after one number up to another.

    In the order of their first revision in between.
    """
    query = (
        "SELECT record_id, version, seq, change FROM revisions "
        "WHERE kind = :kind AND seq > :after AND seq <= :until ORDER BY seq"
    )
    values = {"kind": kind, "after": after, "until": until}
    found: dict[str, Touched] = {}
    for name, version, seq, change in connection.rows(query, values):
        held = found.get(name)
        found[name] = Touched(name, held.first_version if held else version, seq, change)
    return list(found.values())


def changed(connection: Connection, kind: str, after: int, until: int) -> "Since":
    """Give the records of a kind that were made or changed, and those that went meanwhile."""
    live: dict[str, None] = {}
    gone: dict[str, None] = {}
    query = (
        "SELECT record_id, change FROM revisions "
        "WHERE kind = :kind AND seq > :after AND seq <= :until ORDER BY seq"
    )
    for name, change in connection.rows(query, {"kind": kind, "after": after, "until": until}):
        if change in GONE:
            live.pop(name, None)
            gone[name] = None
        else:
            live[name] = None
    return Since(list(live), list(gone))


class Since(NamedTuple):
    """Records of a kind between two revisions, by their ids."""

    live: list[str]
    """Made or changed, and held at the end."""
    gone: list[str]
    """Retracted or merged meanwhile, also if they came back."""


def only_added(connection: Connection, after: int, digest: str, until: int) -> bool:
    """Say whether nothing but new incidents came between two revisions, the first by its digest."""
    if digest_at(connection, after) != digest:
        return False
    query = (
        "SELECT seq FROM revisions WHERE seq > :after AND seq <= :until "
        "AND (kind <> 'incident' OR version > 1) LIMIT 1"
    )
    return connection.value(query, {"after": after, "until": until}) is None


class Newest(NamedTuple):
    """The last revision of a record, as far as it is needed to compare it."""

    record_id: str
    version: int
    change: str
    payload: str


# What `_make` does, without a function of Python's: this is done for every row of an import.
_newest = partial(tuple.__new__, Newest)
_NEWEST = """
SELECT record_id, version, change, payload FROM revisions AS held
WHERE kind = :kind AND record_id {among} AND NOT EXISTS (
    SELECT 1 FROM revisions AS later WHERE later.kind = held.kind
    AND later.record_id = held.record_id AND later.version = held.version + 1)
"""


def newest(connection: Connection, kind: str, record_ids: Iterable[str]) -> dict[str, Newest]:
    """Give the last revision of each record that is held: for many, by one statement."""
    ids = list(dict.fromkeys(record_ids))
    if not ids:
        return {}
    query = _NEWEST.format(among=connection.among("ids"))
    values = {"kind": kind, "ids": connection.listed(ids)}
    return {row[0]: _newest(row) for row in connection.rows(query, values)}


class LogReader:
    """Reads what a snapshot does not hold in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def id_key(self) -> bytes:
        """The register's key for ids; whoever has it can find contents by guessing ids."""
        return bytes.fromhex(self._store.setting("id_key") or "")

    def at(self, kind: str, record_id: str, seq: int) -> Row | None:
        """Give a record's last revision up to a number."""
        return self.heads(kind, [record_id], seq).get(record_id)

    def heads(self, kind: str, record_ids: Iterable[str], seq: int) -> dict[str, Row]:
        """Give the last revision up to a number of each record that was held."""
        with self._store.read() as connection:
            return heads(connection, kind, record_ids, seq)

    def history(self, kind: str, record_id: str, seq: int) -> list[Row]:
        """Give a record's revisions up to a number, oldest first."""
        with self._store.read() as connection:
            rows = history(connection, kind, record_id)
        return [row for row in rows if row.seq <= seq]

    def touched(self, kind: str, after: int, until: int) -> list[Touched]:
        """Give the records of a kind with revisions after one number up to another."""
        with self._store.read() as connection:
            return touched(connection, kind, after, until)

    def changed(self, kind: str, after: int, digest: str, until: int) -> Since | None:
        """Give what became of records; None where the log does not hold the first revision."""
        with self._store.read() as connection:
            if digest_at(connection, after) != digest:
                return None
            return changed(connection, kind, after, until)

    @property
    def epoch(self) -> str:
        """What differs when words were taken back: what was made of them must not be kept."""
        return self._store.setting(EPOCH) or ""


Document = dict[str, Any]
Heads = Mapping[tuple[str, str], Row]

_STATUS = {"verify": "verified", "dispute": "disputed", "retract": "retracted", "merge": "merged"}


@dataclass(frozen=True, slots=True)
class Planned:
    """One row to be: `make` gives the document from what is held then."""

    kind: str
    record_id: str
    change: ChangeKind
    expected_version: int | None
    make: Callable[[Heads], Document]


def planned(change: Change, document: Document | None = None) -> Planned:
    """Plan a change whose whole document is known."""
    held = change.document() if document is None else document
    return Planned(
        change.kind, change.record_id, change.change, change.expected_version, lambda _: held
    )


def with_status(
    kind: str, record_id: str, change: ChangeKind, expected_version: int | None
) -> Planned:
    """Plan a change of an incident's status only; other kinds keep their document."""

    def make(heads: Heads) -> Document:
        document = orjson.loads(heads[kind, record_id].payload)
        return document | {"record_status": _STATUS[change]} if kind == "incident" else document

    return Planned(kind, record_id, change, expected_version, make)


def merged(loser_id: str, into_id: str) -> list[Planned]:
    """Plan a merge: the loser points to the other, the other takes over its reports."""
    if loser_id == into_id:
        raise InvalidInput(f"The incident {loser_id!r} cannot be merged into itself.")

    def loser(heads: Heads) -> Document:
        document = orjson.loads(heads["incident", loser_id].payload)
        return document | {"record_status": "merged", "merged_into": into_id}

    def winner(heads: Heads) -> Document:
        document = orjson.loads(heads["incident", into_id].payload)
        theirs = orjson.loads(heads["incident", loser_id].payload).get("reports", [])
        mine = document.get("reports", [])
        return document | {"reports": mine + [report for report in theirs if report not in mine]}

    return [
        Planned("incident", loser_id, "merge", None, loser),
        Planned("incident", into_id, "correct", None, winner),
    ]


def rows_of(
    connection: Connection,
    plans: Sequence[Planned],
    now: datetime,
    author: str,
    reason: str | None,
    fresh: Sequence[tuple[str, str]] = (),
) -> list[Row]:
    """Check the plans against what is held and give the rows to insert.

    Numbered and chained.

    Parameters
    ----------
    now
        The time (UTC), kept to the millisecond, as it is served. Each transaction has one
        later than the last: who asks for a revision's own time gets what it left.
    fresh
        New incidents after the plans: id and document of version 1. One that is held already
        is refused by the table's own constraint.

    Raises
    ------
    Conflict, NotFound, InvalidInput
        A plan does not fit what is held; the first one that does not.
    """
    _once(plans)
    heads = _heads(connection, plans)
    seq, before, digest = last(connection)
    moment = _next_moment(now, before)
    rows = []
    # One look at the system's randomness for all rows: each takes its 128 bits of it.
    salts = secrets.token_hex(16 * (len(plans) + len(fresh)))
    for number, plan in enumerate(plans):
        version = _check(plan, heads.get((plan.kind, plan.record_id))) + 1
        seq += 1
        document = plan.make(heads)
        if plan.kind == "incident":
            document["version"] = version
        text = orjson.dumps(document).decode()
        rows.append(
            Row(
                seq,
                plan.kind,
                plan.record_id,
                version,
                moment,
                author,
                plan.change,
                reason,
                text,
                "",
                salts[32 * number : 32 * (number + 1)],
            )
        )
    for number, (name, text) in enumerate(fresh, len(plans)):
        salt = salts[32 * number : 32 * (number + 1)]
        seq += 1
        rows.append(Row(seq, "incident", name, 1, moment, author, "create", reason, text, "", salt))
    return chained(digest, rows)


def _next_moment(now: datetime, before: datetime | None) -> datetime:
    moment = now.replace(microsecond=now.microsecond // 1_000 * 1_000)
    if before is None or moment > before:
        return moment
    # Also where a clock was set back: numbers and times have one order.
    later = before + timedelta(milliseconds=1)
    return later.replace(microsecond=later.microsecond // 1_000 * 1_000)


def _once(plans: Sequence[Planned]) -> None:
    seen: set[tuple[str, str]] = set()
    for plan in plans:
        key = (plan.kind, plan.record_id)
        if key in seen:
            raise InvalidInput(
                f"The {plan.kind} {plan.record_id!r} occurs twice in one set of changes.",
                code="duplicate-id",
                details=[{"field": "id", "reason": f"{plan.record_id} occurs twice"}],
            )
        seen.add(key)


def _heads(connection: Connection, plans: Sequence[Planned]) -> dict[tuple[str, str], Row]:
    ids: dict[str, list[str]] = defaultdict(list)
    for plan in plans:
        ids[plan.kind].append(plan.record_id)
    return {
        (kind, name): row
        for kind, names in ids.items()
        for name, row in heads(connection, kind, names).items()
    }


def _check(plan: Planned, head: Row | None) -> int:
    """Give the version held, if the plan fits it."""
    held = head.version if head else 0
    name = f"{plan.kind} {plan.record_id!r}"
    if plan.expected_version is not None and plan.expected_version != held:
        raise Conflict(
            f"The {name} is at version {held}, not {plan.expected_version}. "
            "Read it again and repeat the change.",
            details=[{"field": "version", "reason": f"held {held}"}],
        )
    if plan.change == "create":
        if held:
            raise Conflict(f"The {name} exists already (version {held}).", code="exists")
        return held
    if head is None:
        raise NotFound(f"There is no {name}.", code=f"no-{plan.kind}")
    if head.change in GONE and plan.expected_version is None:
        raise Conflict(
            f"The {name} was {'merged' if head.change == 'merge' else 'retracted'}. "
            f"To bring it back, send the expected version {held}.",
            code="gone",
        )
    return held
