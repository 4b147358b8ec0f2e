"""From changes to rows: versions checked, documents made, digests chained."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.register import log
from geodata.register.revision import GONE, Change, ChangeKind, Row, chained

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

    Parameters
    ----------
    connection
        The writing transaction.
    plans
        What is to change.
    now
        The time (UTC), kept to the millisecond, as it is served. Each transaction has one
        later than the last: who asks for a revision's own time gets what it left.
    author, reason
        Who and why.
    fresh
        New incidents after the plans: id and document of version 1. One that is held already
        is refused by the table's own constraint.

    Returns
    -------
    list of Row
        Numbered and chained.

    Raises
    ------
    Conflict, NotFound, InvalidInput
        A plan does not fit what is held; the first one that does not.
    """
    _once(plans)
    heads = _heads(connection, plans)
    seq, before, digest = log.last(connection)
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
        for name, row in log.heads(connection, kind, names).items()
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
