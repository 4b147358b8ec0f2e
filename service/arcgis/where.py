"""The ``where`` of a FeatureServer, a subset of SQL-92, as the filter language of the service."""

import re

from geodata.errors import InvalidInput
from geodata.filters import Filter, compile_filter
from geodata.schemas import FrameSchema

_TOKEN = re.compile(
    r"(?:(?P<text>'(?:[^']|'')*')|(?P<name>\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|(?P<sign><>|!=|<=|>=|[=<>(),*/+-]))"
)
_MOST = 100_000
_SPELT = {"upper": "CASEI", "lower": "CASEI"}
"""Functions by which clients mean "whatever the case"."""


def read_where(text: str, schema: FrameSchema) -> Filter | None:
    """Read a condition.

    Parameters
    ----------
    text
        E.g. ``killed > 0 AND date_start >= DATE '2021-01-01'``; ``1=1`` means all.
    schema
        Columns that it may name, in any letter case.

    Returns
    -------
    Filter or None
        None for all.

    Raises
    ------
    InvalidInput
        It cannot be read, or names something else.
    """
    if re.fullmatch(r"\s*(1\s*=\s*1)?\s*", text):
        return None
    return compile_filter(_translated(text, schema), "cql2-text", schema)


def _translated(text: str, schema: FrameSchema) -> str:
    names = {name.lower(): name for name in schema.names}
    found: list[str] = []
    moment = ""
    for kind, word in _tokens(text):
        lower = word.lower()
        if moment:
            # DATE '2021-01-01', TIMESTAMP '2021-01-01 00:00:00', DATE('…') is CQL2 already.
            found.append(_moment(word) if kind == "text" else f"{moment}{word}")
            moment = ""
        elif kind == "name" and lower in ("date", "timestamp") and lower not in names:
            moment = word.upper()
        elif kind == "name":
            bare = lower.strip('"')
            known = names.get(bare)
            found.append(f'"{known}"' if known else _SPELT.get(bare, word))
        else:
            found.append("<>" if word == "!=" else word)
    return " ".join(found + ([moment] if moment else []))


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > _MOST:
        raise InvalidInput(f"where has more than {_MOST} characters.", code="bad-where")
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidInput(
                f"where cannot be read at {text[at : at + 20]!r}; write for example "
                "killed > 0 AND date_start >= DATE '2021-01-01'.",
                code="bad-where",
            )
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def _moment(text: str) -> str:
    """Write a literal of SQL, at midnight a day, as CQL2 has it."""
    day, _, time = text.strip("'").strip().replace("T", " ").partition(" ")
    time = time.strip().removesuffix("Z")
    if not time.strip("0:."):
        return f"DATE('{day}')"
    return f"TIMESTAMP('{day}T{time}Z')"
