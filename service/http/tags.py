"""Entity tags: what an answer is a function of, in short."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b

from geodata.register import Snapshot

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_VERSION = re.compile(r"^v(\d{1,9})-")


def digest(*parts: object) -> str:
    """Give a short text that differs where the parts differ."""
    text = "\x1f".join(str(part) for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def tag_of(snapshot: Snapshot, *parts: object, daily: bool = False) -> str:
    """Give the tag of an answer made from a snapshot.

    Parameters
    ----------
    snapshot
        What the answer is made from.
    *parts
        What else it is a function of: path, parameters, media type, language.
    daily
        Whether the day of today matters, as it does for a period that is not closed.

    Returns
    -------
    str
        A weak tag: the compressed answer has the same one.
    """
    today = datetime.now(UTC).date() if daily else ""
    return f'W/"{digest(snapshot.key, snapshot.recorded_at, today, *parts)}"'


def tag_of_version(snapshot: Snapshot, version: int, recorded_at: object, *parts: object) -> str:
    """Give the tag of one record: it stays while nobody changes that record.

    Parameters
    ----------
    snapshot
        Gives the view and the edition of boundaries, and of the past what it depends on.
    version, recorded_at
        The record's: after a restore the same version may say something else.
    *parts
        Id, media type, parameters.

    Returns
    -------
    str
        A strong tag that `versions_in` reads.
    """
    return f'"v{version}-{digest(snapshot.record_key, snapshot.edition, recorded_at, *parts)}"'


def matches(header: str | None, tag: str) -> bool:
    """Say whether If-None-Match names the tag (weak comparison)."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return tag.removeprefix("W/").strip('"') in _TAG.findall(header)


def versions_in(header: str) -> Iterable[int]:
    """Give the record versions that If-Match names; a proxy may have made tags weak."""
    found = (_VERSION.match(tag) for tag in _TAG.findall(header))
    return [int(match[1]) for match in found if match]
