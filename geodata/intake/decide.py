"""What a row does to the register: a new incident, a change, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from geodata.incidents import document
from geodata.model import Incident
from geodata.register import Register, log
from geodata.register.revision import Row

Document = dict[str, Any]
Verdict = Literal["new", "unchanged", "updated", "conflict"]
REASON = "Import of "
"""How the reason of every revision that an import writes begins."""
_NOT_COMPARED = frozenset({"version", "record_status", "merged_into"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one incident.

    Attributes
    ----------
    document
        The whole record to append; None where nothing is.
    version
        The version it replaces.
    why
        For unchanged and conflict: what stands against it.
    """

    verdict: Verdict
    document: Document | Incident | None = None
    version: int = 0
    why: str | None = None


def held_rows(register: Register, ids: list[str]) -> Mapping[str, Row]:
    """Give the last revision of those incidents that are held."""
    with register.store.read() as connection:
        found = log.heads(connection, "incident", ids)
    return {name: found[name] for name in ids if name in found}


def decide(
    register: Register,
    incident: Incident,
    held: Row | None,
    said: Document | None = None,
    *,
    status_stated: bool = False,
    own: bool = False,
) -> Decision:
    """Compare a row's incident with what is held under its id.

    A merged or retracted incident stays so. What people changed since the last import stays:
    only what the source itself changed since then is taken over, and where both changed the
    same member differently, the row is a conflict.

    Parameters
    ----------
    register
        The register.
    incident
        What the row says now.
    held
        The last revision of that id; None if there is none.
    said
        The incident's document without what was taken back of it; None = all of it.
    status_stated
        Whether the file itself states the record's status.
    own
        Whether the row is of an own export, already read over what is held.

    Returns
    -------
    Decision
        With the record to append for new and updated.
    """
    if held is None:
        return Decision("new", incident)
    if held.change in ("merge", "retract"):
        done = "merged into another" if held.change == "merge" else "retracted"
        return Decision("unchanged", None, held.version, f"was {done} and stays so")
    now = said or document(incident)
    # The same file again says it in the same words: then nothing is to be read or compared.
    if held.payload == orjson.dumps(now | {"version": held.version}).decode():
        return Decision("unchanged", None, held.version)
    ours = orjson.loads(held.payload)
    ignored = _NOT_COMPARED - ({"record_status"} if status_stated else set())
    if "placed_by" not in ours:
        # Recorded before the evidence was kept: that alone is no change of the source.
        ignored |= {"placed_by"}
    if not differing(ours, now, ignored):
        return Decision("unchanged", None, held.version)
    if own:
        return Decision("updated", now, held.version)
    base = ours if held.version == 1 else last_source(register, incident.incident_id) or ours
    theirs = differing(base, now, ignored)
    if not theirs:
        return Decision("unchanged", None, held.version, "was changed here since; the file was not")
    return merged(ours, base, now, theirs, held.version)


def merged(
    ours: Document, base: Document, now: Document, theirs: set[str], version: int
) -> Decision:
    """Bring the source's changes since `base` over to what is held.

    Parameters
    ----------
    ours, base, now
        What is held, what the source said last, what it says now.
    theirs
        Members that the source changed.
    version
        The version held.
    """
    both = {n for n in theirs if ours.get(n) != base.get(n) and ours.get(n) != now.get(n)}
    if both:
        return Decision(
            "conflict",
            None,
            version,
            f"changed here and in the file since the last import: {', '.join(sorted(both))}",
        )
    result = {name: value for name, value in ours.items() if name not in theirs}
    result |= {name: now[name] for name in theirs if name in now}
    if result == ours:
        return Decision("unchanged", None, version)
    return Decision("updated", result, version)


def differing(one: Document, other: Document, ignored: frozenset[str]) -> set[str]:
    """Give the members that two documents state differently; absent equals null."""
    names = (one.keys() | other.keys()) - ignored
    return {name for name in names if one.get(name) != other.get(name)}


def last_source(register: Register, incident_id: str) -> Document | None:
    """Put together what the source said last, from the revisions that imports wrote.

    An import writes the source's changes over what people changed, so a later revision is
    not the source's word throughout: only its differences from the revision before are.
    """
    said: Document | None = None
    before: Document = {}
    for revision in register.history(incident_id):
        payload = revision.payload
        if (revision.reason or "").startswith(REASON):
            if said is None:
                said = dict(payload)
            for name in differing(before, payload, _NOT_COMPARED):
                said[name] = payload.get(name)
        before = payload
    return said
