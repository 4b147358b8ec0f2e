"""CQL2 text to the tree of CQL2 JSON, by the cql2 library."""

from typing import Any

import cql2

from geodata.filters.refusals import refusal
from geodata.filters.tokens import Token, split_groups, tokens_of


def parse_text(text: str, *, legacy: bool = False) -> Any:
    """Read CQL2 text.

    Parameters
    ----------
    text
        The filter.
    legacy
        Take ``ILIKE`` too, as clients of the older CQL write it.

    Returns
    -------
    dict, list, str, float or bool
        The tree as CQL2 JSON has it.

    Raises
    ------
    InvalidInput
        It is no CQL2.

    Examples
    --------
    >>> parse_text("killed > 1")
    {'op': '>', 'args': [{'property': 'killed'}, 1.0]}
    """
    tokens = tokens_of(text)
    if legacy:
        tokens = _without_ilike(tokens)
    groups = split_groups(tokens)
    trees: dict[str, Any] = {}
    tree: Any = None
    for number, part in enumerate(groups.parts):
        tree = _filled(_parsed(part), trees)
        trees[f"{groups.prefix}{number}"] = tree
    return tree


def _parsed(part: str) -> Any:
    try:
        return cql2.parse_text(part).to_json()
    except Exception as reason:  # noqa: BLE001 - the library raises bare exceptions for bad WKT
        raise refusal(f"{_first_line(str(reason))} in {part[:80]!r}.") from None


def _first_line(message: str) -> str:
    """Shorten the parser's drawing of the place to what it expected there."""
    lines = [line.strip(" |=") for line in message.splitlines()]
    expected = [line for line in lines if line.startswith("expected")]
    return (expected or lines or ["it is no CQL2 text"])[0][:120]


def _filled(tree: Any, trees: dict[str, Any]) -> Any:
    """Put the groups that were cut out back in their places."""
    if isinstance(tree, list):
        return [_filled(branch, trees) for branch in tree]
    if not isinstance(tree, dict):
        return tree
    name = tree.get("property")
    if isinstance(name, str):
        return trees.get(name, tree)
    return {key: _filled(branch, trees) for key, branch in tree.items()}


def _without_ilike(tokens: list[Token]) -> list[Token]:
    """Write ``name ILIKE 'a%'`` as ``casei(name) LIKE casei('a%')``."""
    written: list[Token] = []
    fold_next = False
    for token in tokens:
        if token.upper == "ILIKE":
            negated = bool(written) and written[-1].upper == "NOT"
            at = len(written) - (2 if negated else 1)
            if at < 0 or written[at].kind not in ("word", "quoted", "string"):
                raise refusal("ILIKE needs a property before it.")
            written[at : at + 1] = _casei(written[at])
            written.append(Token("word", "LIKE"))
            fold_next = True
            continue
        written += _casei(token) if fold_next else [token]
        fold_next = False
    return written


def _casei(token: Token) -> list[Token]:
    return [Token("word", "casei"), Token("sign", "("), token, Token("sign", ")")]
