"""Columns of words to codes; a word that is not known becomes ``unknown``, and is said."""

from geodata.countries import country_code
from geodata.intake.cells.numbers import each_unique
from geodata.intake.cells.vocabulary import VOCABULARY, kind_in_text
from geodata.intake.draft import Draft
from geodata.wording import plain


def vocabulary(draft: Draft, name: str) -> list[str | None]:
    """Read a column of words by the field's code list.

    Parameters
    ----------
    draft
        The chunk; unknown words are reported with their number. An unknown sensitivity counts
        as restricted, an unknown status as not stated: nothing is published or verified by it.
    name
        The field.

    Returns
    -------
    list
        Codes; None where blank or not known.
    """
    index = VOCABULARY[name]

    def _one(text: str) -> str:
        word = plain(text)
        code = index.get(word)
        if code is None and name in ("accident_type", "device"):
            found = kind_in_text(text)
            code = found[name == "device"] if found else None
        if code is None:
            raise ValueError(f"{text[:60]!r} is none of {', '.join(sorted(set(index.values())))}")
        return code

    read, bad = each_unique(draft.raw(name), _one, None)
    raw = draft.raw(name)
    for place in bad:
        draft.not_understood(name, str(raw[place]))
        if name == "sensitivity":
            read[place] = "restricted"
    return read


def country_codes(draft: Draft) -> list[str | None]:
    """Read the column of countries as ISO 3166-1 alpha-2; unknown ones are warned of."""

    def _one(text: str) -> str:
        code = country_code(text)
        if code is None:
            raise ValueError(f"{text[:60]!r} is not known as a country")
        return code

    read, bad = each_unique(draft.raw("country"), _one, None)
    raw = draft.raw("country")
    for place in bad:
        draft.not_understood("country", str(raw[place]))
    return read
