"""Stable ids: the same row of the same data set is the same incident, whenever it comes."""

import hashlib
import hmac
import re
import unicodedata
from pathlib import Path
from typing import Any

import orjson

from geodata.intake.draft import Draft

_UNFIT = re.compile(r"[^\w.\-]+")
_FLOAT = re.compile(r"^(\d+)\.0+$")
_LONGEST = 100
_FIT = re.compile(rf"^(?![-.])[\w.\-]{{1,{_LONGEST}}}(?<![-.])\Z")
"""A source's id that `slug` leaves as it is."""


def dataset_of(path: Path) -> str:
    """Name a data set by its file: ``Accidents 2021 (v2).csv`` is ``accidents-2021-v2``.

    Examples
    --------
    >>> dataset_of(Path("Accidents 2021 (v2).csv"))
    'accidents-2021-v2'
    """
    return slug(path.stem.lower())[:40] or "import"


def slug(text: str) -> str:
    """Keep letters, digits, dots and hyphens; the rest becomes a hyphen.

    Examples
    --------
    >>> slug("A/1 b")
    'A-1-b'
    """
    if not text.isascii():
        # Raised figures and the like count as parts of words here, and nowhere else.
        text = "".join("-" if unicodedata.category(c) == "No" else c for c in text)
    return _UNFIT.sub("-", text).strip("-.")


def source_ids(draft: Draft) -> list[str | None]:
    """Give the source's own ids; ``300380.0`` is written ``300380``."""
    return [
        _FLOAT.sub(r"\1", text) if text and "." in text else text or None
        for text in draft.texts("id")
    ]


def incident_id(dataset: str, source_id: str) -> str:
    """Make an incident's id of its data set and the source's id.

    Two source ids never share one: where characters had to give way, a digest of the id as
    given is added.

    Examples
    --------
    >>> incident_id("UCDP", "300380")
    'UCDP-300380'
    """
    return f"{dataset}-{fitting(source_id)}"


def fitting(source_id: str) -> str:
    """Give a source's id in characters that an id has here; none is that of another one.

    Examples
    --------
    >>> fitting("HA-12"), fitting("HA/1#2")
    ('HA-12', 'HA-1-2-3e4c1d21')
    """
    if source_id.isascii() and _FIT.match(source_id):
        return source_id
    fit = slug(source_id)[:_LONGEST]
    if fit != source_id:
        digest = hashlib.blake2b(source_id.encode(errors="replace"), digest_size=4).hexdigest()
        fit = f"{fit[: _LONGEST - 9]}-{digest}"
    return fit


def content_id(members: dict[str, Any], key: bytes, kind: str = "row") -> str:
    """Make an id of what a row without an id says, whatever its file is called.

    Two rows with the same contents share it, so that the same file twice changes nothing.

    Parameters
    ----------
    key
        The register's: without it, a point could be found by making the ids of all points.
    """
    return f"{kind}-{hmac.digest(key, _said(members, kind), 'sha256')[:12].hex()}"


def earlier_content_id(members: dict[str, Any], kind: str = "row") -> str:
    """Make the id that earlier versions made without a key, to find what they recorded."""
    size = 10 if kind == "row" else 8
    return f"{kind}-{hashlib.blake2b(_said(members, kind), digest_size=size).hexdigest()}"


def _said(members: dict[str, Any], kind: str) -> bytes:
    said = members
    if kind == "row":
        said = {n: value for n, value in members.items() if n in _SAID and value is not None}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS, default=str)


_SAID = frozenset(
    [
        "date_start",
        "date_end",
        "longitude",
        "latitude",
        "place_as_reported",
        "district_text",
        "casualties",
        "accident_type",
        "device",
        "activity",
        "description",
        "reports",
        "country",
    ]
)
