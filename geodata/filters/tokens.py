"""The words of a filter's text, and its brackets taken apart.

The parser of CQL2 text backtracks: its time doubles with each bracket that is open where
an error is. So brackets that only group are cut out here and parsed one at a time, which
makes the time grow with the length alone.
"""

import re
from dataclasses import dataclass

from geodata.filters.refusals import refusal

MAX_TEXT = 65_536
MAX_DEPTH = 40
MAX_OPERATORS = 1_000

_TOKEN = re.compile(
    r"(?P<string>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d][\w.:]*)"
    r"|(?P<space>\s+)"
    r"|(?P<sign><=|>=|<>|!=|[-+*/^%=<>(),])"
)
_GEOMETRIES = {
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
    "Z",
    "M",
    "ZM",
}
_BEFORE_GROUP = {"AND", "OR", "NOT", "BETWEEN", "LIKE", "ILIKE", "DIV"}
_OPERATORS = {"AND", "OR", "NOT", "DIV", "+", "-", "*", "/", "^", "%"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text: its kind and how it is written."""

    kind: str
    text: str

    @property
    def upper(self) -> str:
        """The text in capitals, for keywords; strings and quoted names are never one."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def tokens_of(text: str) -> list[Token]:
    """Cut the text of a filter into words, without white space.

    Parameters
    ----------
    text
        CQL2 text.

    Returns
    -------
    list of Token
        In order.

    Raises
    ------
    InvalidInput
        The text is too long, holds a character no filter has.
    """
    if len(text) > MAX_TEXT:
        raise refusal(f"it is longer than {MAX_TEXT} characters.")
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise refusal(f"nothing can be read at character {position}: {text[position:][:20]!r}.")
        position = match.end()
        kind = str(match.lastgroup)
        if kind != "space":
            word = match.group()
            found.append(Token(kind, f"0{word}" if word.startswith(".") else word))
    return found


@dataclass(slots=True)
class Groups:
    """The text without its grouping brackets, and what stood in them.

    Attributes
    ----------
    parts
        Texts; in each, a group that was inside is named `prefix` and its number.
    prefix
        A name that the text itself does not hold.
    """

    parts: list[str]
    prefix: str


def split_groups(tokens: list[Token]) -> Groups:
    """Take the grouping brackets apart, innermost first.

    Parameters
    ----------
    tokens
        Words of the filter.

    Returns
    -------
    Groups
        The last part is the whole.

    Raises
    ------
    InvalidInput
        Brackets do not pair, or are too deep, or operators are too many: the parser would
        recurse too deep.
    """
    prefix = "grp_"
    while any(prefix in token.text.lower() for token in tokens):
        prefix += "x_"
    parts: list[str] = []
    outer: list[tuple[str, list[str]]] = []
    current: list[str] = []
    before: Token | None = None
    operators = 0
    for token in tokens:
        if token.text == "(":
            kind = _bracket(before, outer[-1][0] if outer else "")
            outer.append((kind, current))
            if len(outer) > MAX_DEPTH:
                raise refusal(f"its brackets are more than {MAX_DEPTH} deep.")
            current = [] if kind == "group" else _with(current, "(")
        elif token.text == ")":
            if not outer:
                raise refusal("a closing bracket has no opening one.")
            kind, enclosing = outer.pop()
            if kind == "group":
                parts.append(" ".join(current))
                current = _with(enclosing, f"{prefix}{len(parts) - 1}")
            else:
                current.append(")")
        else:
            current.append(token.text)
            operators += token.upper in _OPERATORS and (not outer or outer[-1][0] != "shape")
        before = token
    if operators > MAX_OPERATORS:
        raise refusal(f"it has more than {MAX_OPERATORS} operators.")
    if outer:
        raise refusal("an opening bracket is not closed.")
    parts.append(" ".join(current))
    return Groups(parts, prefix)


def _with(words: list[str], word: str) -> list[str]:
    words.append(word)
    return words


def _bracket(before: Token | None, inside: str) -> str:
    """Say what a bracket after this word does: groups, calls, or belongs to a geometry."""
    if inside == "shape" or (before is not None and before.upper in _GEOMETRIES):
        return "shape"
    if before is None or before.kind == "sign" or before.upper in _BEFORE_GROUP:
        return "group"
    return "call"
