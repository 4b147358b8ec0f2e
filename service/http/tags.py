"""Entity tags: what an answer is a function of, in short."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b

from geodata.register import Snapshot

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
CODINGS = ("zstd", "br", "gzip")
"""Codings that answers are given in, the quickest first."""
_CODING = re.compile(rf"-({'|'.join(CODINGS)})$")
_VERSION = re.compile(r"^v(\d{1,9})-")


def digest(*parts: object) -> str:
    """Give a short text that differs where the parts differ."""
    text = "\x1f".join(str(part) for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def tag_of(snapshot: Snapshot, *parts: object, daily: bool = False, strong: bool = True) -> str:
    """Give the tag of an answer made from a snapshot.

    The snapshot's key holds the digest of its last revision, so that a tag from before a
    restore stands for nothing else.

    Parameters
    ----------
    snapshot
        What the answer is made from.
    *parts
        What else it is a function of: path, parameters, media type, language.
    daily
        Whether the day of today matters, as it does for a period that is not closed.
    strong
        Whether the same parts give the very same bytes.

    Returns
    -------
    str
        The tag of the bytes as they are; `coded_tag` makes that of compressed ones.
    """
    today = datetime.now(UTC).date() if daily else ""
    return f'{"" if strong else "W/"}"{digest(snapshot.key, snapshot.recorded_at, today, *parts)}"'


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


def coded_tag(tag: str, coding: str) -> str:
    """Give the tag of an answer's compressed bytes; a weak tag stands for both.

    Examples
    --------
    >>> coded_tag('"a"', "gzip"), coded_tag('W/"a"', "gzip")
    ('"a-gzip"', 'W/"a"')
    """
    return tag if tag.startswith("W/") else f'{tag[:-1]}-{coding}"'


def names_tag(header: str, tag: str) -> bool:
    """Say whether a header lists the very tag (weak comparison)."""
    return _opaque(tag) in _TAG.findall(header)


def matches(header: str | None, tag: str) -> bool:
    """Say whether If-None-Match names the tag, of the plain bytes or of compressed ones."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return _opaque(tag) in {_CODING.sub("", one) for one in _TAG.findall(header)}


def versions_in(header: str) -> Iterable[int]:
    """Give the record versions that If-Match names; a proxy may have made tags weak."""
    found = (_VERSION.match(tag) for tag in _TAG.findall(header))
    return [int(match[1]) for match in found if match]


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/").strip('"')
