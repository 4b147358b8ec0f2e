"""Where it all is from: an incident's sources as words and links, and the map's own."""

from geodata.incidents.citations import parted, words_and_link
from service.content.texts import texts_of
from service.content.view import RiskView
from service.i18n import N_


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
    for part in parted(text):
        words, link = words_and_link(part)
        if words or link:
            pairs.append([words, link])
    return pairs


POPULATION_NOTES = (
    N_(
        "De jure population (people registered), 2020. Displaced people are counted at their place "
        "of origin: parts of this country were empty on the ground until 2021. Do not read it as "
        "people present."
    ),
    N_(
        "De jure population (people registered), 2011. Displaced people are counted at their place "
        "of origin: parts of this country were empty on the ground until 2021. Do not read it as "
        "people present."
    ),
)
"""Notes of the bundled boundaries, for their translation; a note that a user's file brings
is shown as it stands there."""

GEONAMES = "gn-"
"""How the ids of places from GeoNames begin."""


def sources_text(view: RiskView, lang: str) -> str:
    """Name the sources of what a map shows: reports, boundaries, names of places.

    Parameters
    ----------
    view
        Frames of one snapshot; the boundaries' source is the one stated with them.
    lang
        Language.

    Returns
    -------
    str
        Sentences without the word "Sources" before them.
    """
    texts = texts_of(lang)
    origin = view.snapshot.attribution or texts["not-stated"]
    parts = [texts["sources-reports"], f"{texts['sources-boundaries']}: {origin}."]
    if view.places["place_id"].str.startswith(GEONAMES).any():
        parts.append(texts["sources-places"])
    return " ".join(parts)
