"""Incidents as a table shows them: districts by name, how placed, sources as words and links."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.incidents import parse_districts
from geodata.incidents.flat import parted, words_and_link
from geodata.register import Snapshot
from geodata.risk.of_snapshot import RiskView
from service.content.texts import texts_of
from service.i18n import N_, Translator, is_missing, translator_of


def links_of(text: str) -> list[list[str | None]]:
    """Split ``publisher (chain) url; …`` into pairs of words and link.

    ``[words, link]``; the link is null unless it is http or https, since a page must never carry
    another scheme from the data.

    Parameters
    ----------
    text
        As the column `sources` has it.

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

    Sentences without the word "Sources" before them.
    """
    texts = texts_of(lang)
    origin = view.snapshot.attribution or texts["not-stated"]
    parts = [texts["sources-reports"], f"{texts['sources-boundaries']}: {origin}."]
    if view.places["place_id"].str.startswith(GEONAMES).any():
        parts.append(texts["sources-places"])
    return " ".join(parts)


_COLUMNS = [
    "incident_id", "date_start", "date_end", "date_precision", "districts", "where_precision",
    "place_as_reported", "device", "accident_type", "activity", "killed", "injured",
    "killed_low", "killed_high", "injured_low", "injured_high",
    "record_status", "sources",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placing:
    """A district that an incident counts for, and the share with which it does."""

    id: str
    name: str
    local: str | None
    """The local name where it differs."""
    weight: float = 1.0
    known: bool = True
    """False for a district of another edition: its id stands for its name, without a link."""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident in a table; null is what is not stated."""

    incident_id: str
    when: str
    where: tuple[Placing, ...]
    where_precision: Any
    place_as_reported: str | None
    device: str | None
    accident_type: str | None
    activity: str | None
    killed: str | None
    """The number, or the bounds where no single one is known: "2–3", "≥ 5"."""
    injured: str | None
    record_status: str
    sources: tuple[tuple[str | None, str | None], ...]
    share: float = 1.0
    """What it counts for the district that the table is about; 1 elsewhere."""


def district_names(snapshot: Snapshot, translator: Translator) -> dict[str, Placing]:
    """Give the names of all districts in the reader's language, with the local name."""

    def make() -> dict[str, Placing]:
        table = snapshot.districts[["name", "name_az", "name_en", "name_ru"]]
        return {
            str(district): Placing(
                str(district), translator.place_name(row), translator.local_name(row)
            )
            for district, row in table.to_dict("index").items()
        }

    found: dict[str, Placing] = snapshot.cached(("district-names", translator.lang), make)
    return found


def placed(text: Any, names: Mapping[str, Placing]) -> tuple[Placing, ...]:
    """Give the districts of an incident with their names and weights."""
    if is_missing(text):
        return ()
    return tuple(
        replace(names[d.district_id], weight=d.weight)
        if d.district_id in names
        else Placing(d.district_id, d.district_id, None, d.weight, known=False)
        for d in parse_districts(str(text))
    )


def incident_rows(
    snapshot: Snapshot, incidents: gpd.GeoDataFrame, translator: Translator, shares: Any = None
) -> tuple[IncidentRow, ...]:
    """Give what a table of incidents shows, one row each, in the order given.

    Parameters
    ----------
    shares
        What each counts for the district that the table is about; None for no district.
    """
    if incidents.empty:
        return ()
    names = district_names(snapshot, translator)
    found: Any = pd.DataFrame(incidents)[_COLUMNS].itertuples()
    counts = [1.0] * len(incidents) if shares is None else [float(n) for n in shares]
    return tuple(
        IncidentRow(
            incident_id=row.incident_id,
            when=translator.days(row.date_start, row.date_end, row.date_precision),
            where=placed(row.districts, names),
            where_precision=row.where_precision,
            place_as_reported=_stated(row.place_as_reported),
            device=_stated(row.device),
            accident_type=_stated(row.accident_type),
            activity=_stated(row.activity),
            killed=_people(translator, row.killed, row.killed_low, row.killed_high),
            injured=_people(translator, row.injured, row.injured_low, row.injured_high),
            record_status=row.record_status,
            sources=tuple((w, u) for w, u in links_of(_stated(row.sources) or "")),
            share=share,
        )
        for row, share in zip(found, counts, strict=True)
    )


def _people(translator: Translator, best: Any, low: Any, high: Any) -> str | None:
    return None if all(map(is_missing, (best, low, high))) else translator.people(low, best, high)


def _stated(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


# The register keeps the note in English, phrase by phrase; each phrase is one of these.
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

    The text, and the language that it is in: English as kept, where a phrase is none of those that
    are known.

    Parameters
    ----------
    note
        As the register keeps it, its phrases parted by semicolons.

    Examples
    --------
    >>> placing_note("en", "'Agdam' was read as Aghdam")
    ("'Agdam' was read as Aghdam", 'en')
    """
    translator = translator_of(lang)
    said = [_phrase(translator, part) for part in note.split("; ")]
    if lang == "en" or None in said:
        return note, "en"
    return "; ".join(text for text in said if text), lang


def _phrase(translator: Translator, part: str) -> str | None:
    for phrase, text in _PHRASES:
        parts = _parts(phrase, part)
        if parts is not None:
            return translator.gettext(text) % dict(zip("abc", parts, strict=False))
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
