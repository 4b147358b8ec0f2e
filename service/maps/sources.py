"""The text of an incident's sources, taken apart into words and links."""

import re

# A semicolon inside brackets belongs to the chain of who cites whom.
_SEPARATOR = re.compile(r"; (?![^()]*\))")
_LINK = re.compile(r"\s*(https?://[^\s;]+)\s*$")


def links_of(text: str) -> list[list[str | None]]:
    """Split ``publisher (chain) url; …`` into pairs of words and link.

    Parameters
    ----------
    text
        As the column `sources` has it.

    Returns
    -------
    list
        ``[words, link]``; the link is null unless it is http or https, since a page must
        never carry another scheme from the data.

    Examples
    --------
    >>> links_of("News (A; B) https://example.org/a; A paper form")
    [['News (A; B)', 'https://example.org/a'], ['A paper form', None]]
    """
    pairs: list[list[str | None]] = []
    for part in _SEPARATOR.split(text):
        found = _LINK.search(part)
        words = part[: found.start()].strip() if found else part.strip()
        if words or found:
            pairs.append([words, found.group(1) if found else None])
    return pairs
