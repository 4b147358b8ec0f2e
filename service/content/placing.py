"""How an incident was placed, said again in the reader's language.

The register keeps the note in English, phrase by phrase; each phrase is one of those below.
"""

from service.i18n import N_, Translator, translator

_PHRASES: tuple[tuple[str, str], ...] = (
    ("its code is of no district in {}", N_("its code is of no district in %(a)s")),
    ("{} is not known as a unit above, but like one",
     N_("%(a)s is not known as a unit above the districts, but is spelled like one")),
    ("{} is not known as a unit above the districts",
     N_("%(a)s is not known as a unit above the districts")),
    ("{} is not known as a district or place", N_("%(a)s is not known as a district or place")),
    ("{} is no district of {}, where {} does not lie",
     N_("%(a)s is no district of %(b)s, where %(c)s does not lie")),
    ("{} is a province of {}", N_("%(a)s is a province of %(b)s")),
    ("{} names several districts", N_("%(a)s names several districts")),
    ("{} was decided by a person", N_("how %(a)s is read was decided by a person")),
    ("{} does not hold {}", N_("%(a)s does not hold %(b)s")),
    ("its code and the name {} are of different districts",
     N_("its code and the name %(a)s are of different districts")),
    ("{} was read as {}", N_("%(a)s was read as %(b)s")),
    ("{} is ambiguous", N_("%(a)s has several meanings")),
    ("its country {} is not known", N_("its country %(a)s is not known")),
    ("its point lies in no district, {} km from {}, which is named",
     N_("its point lies in no district, %(a)s km from %(b)s, which is named")),
    ("its point lies in {}, {} km from {}, which is named",
     N_("its point lies in %(a)s, %(b)s km from %(c)s, which is named")),
    ("its point lies in {}, not in {}", N_("its point lies in %(a)s, not in %(b)s")),
    ("its point lies in no district", N_("its point lies in no district")),
    ("its point lies in {}", N_("its point lies in %(a)s")),
    ("its point is within 2 km of {}", N_("its point is within 2 km of %(a)s")),
    ("its place that is named lies in {}, its point in {}",
     N_("the place that is named lies in %(a)s, its point in %(b)s")),
    ("its name is like one lies in {}, its point in {}",
     N_("its name is like one in %(a)s, its point lies in %(b)s")),
    ("the row says that it happened in {}", N_("the row says that it happened in %(a)s")),
    ("only a unit above the districts is known", N_("only a unit above the districts is known")),
    ("shared equally among the candidates", N_("shared equally among the candidates")),
)  # fmt: skip
"""Phrase of the register, its parts as braces, and the text for readers; the first that fits."""


def placing_note(lang: str, note: str) -> tuple[str, str]:
    """Say how an incident was placed.

    Parameters
    ----------
    note
        As the register keeps it, its phrases parted by semicolons.

    Returns
    -------
    tuple
        The text, and the language that it is in: English as kept, where a phrase is none of those
        that are known.

    Examples
    --------
    >>> placing_note("en", "'Agdam' was read as Aghdam")
    ("'Agdam' was read as Aghdam", 'en')
    """
    words = translator(lang)
    said = [_phrase(words, part) for part in note.split("; ")]
    if lang == "en" or None in said:
        return note, "en"
    return "; ".join(text for text in said if text), lang


def _phrase(words: Translator, part: str) -> str | None:
    for phrase, text in _PHRASES:
        parts = _parts(phrase, part)
        if parts is not None:
            return words.gettext(text) % dict(zip("abc", parts, strict=False))
    return None


def _parts(phrase: str, text: str) -> list[str] | None:
    """Give what a text has for the braces of a phrase; None where it is another phrase."""
    first, *between = phrase.split("{}")
    if not between:
        return [] if text == phrase else None
    last = between.pop()
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first + last):
        return None
    rest = text[len(first) : len(text) - len(last)]
    parts = []
    for mark in between:
        part, found, rest = rest.partition(mark)
        if not found:
            return None
        parts.append(part)
    return [*parts, rest]
