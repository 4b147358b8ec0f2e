"""The whole reading: clean, segment, find mentions, tell blasts apart, hand back candidates."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from geodata import codes
from geodata.errors import InvalidInput
from geodata.places import Gazetteer
from geodata.reports.candidates import (
    IncidentCandidate,
    PlaceShare,
    Reading,
    Span,
    StatisticCandidate,
)
from geodata.reports.casualties import Tally, tally
from geodata.reports.clauses import Unit, units
from geodata.reports.clean import folded as fold_letters
from geodata.reports.clean import in_latin, own_parts, plain, unwrapped
from geodata.reports.dates import DateMention, find_dates
from geodata.reports.events import Event, Sorted, day_of, districts_of, shares, sort_units, usable
from geodata.reports.languages import LANGUAGES
from geodata.reports.languages.common import OWN_LANGUAGE, OWN_LETTER
from geodata.reports.operations import operations
from geodata.reports.people import People, without_ages
from geodata.reports.places import PlaceFinder, PlaceMention
from geodata.reports.segment import sentences
from geodata.reports.speakers import source_of
from geodata.reports.vocabulary import Vocabulary
from geodata.wording import say


def statistics(
    text: str, folded: str, published: date, found: list[Unit], vocabulary: Vocabulary
) -> list[StatisticCandidate]:
    """Read the figures of sentences about periods.

    Returns
    -------
    list of StatisticCandidate
        One a figure, in the order of the text.
    """
    result = []
    for unit in found:
        start, end, as_of = _period(unit, published)
        issuer, issuer_span = source_of(text, folded, [unit], vocabulary)
        mine = bool(unit.devices)
        seen: set[tuple[int, str]] = set()
        pairs: list[tuple[str | None, People]] = [
            (None if h.outcome == "both" else h.outcome, h.people)
            for h in unit.told.harms
            if h.people is not None
        ]
        if not pairs or unit.hits:
            pairs = [(None, p) for p in unit.told.others if p.counted] + pairs
        for outcome, people in pairs:
            value = people.best if people.best is not None else people.low
            if value is None or not people.counted or (people.start, str(outcome)) in seen:
                continue
            seen.add((people.start, str(outcome)))
            spans = [Span("value", people.start, people.end)]
            spans += [Span("period", d.start, d.end) for d in unit.dates]
            if issuer_span is not None:
                spans.append(Span("issuer", *issuer_span))
            result.append(
                StatisticCandidate(
                    group=_group(people),
                    outcome=outcome,  # type: ignore[arg-type]
                    value=value,
                    qualifier=_qualifier(folded, people, vocabulary, unit),
                    period_start=start,
                    period_end=end,
                    as_of=as_of,
                    issuer=issuer,
                    evidence=tuple(spans),
                    mine_related=mine,
                )
            )
    return result


def _group(people: People) -> codes.Group | None:
    if people.group in ("unknown", "employee", "officer", "self", "same"):
        return None
    return people.group  # type: ignore[return-value]


def _qualifier(folded: str, people: People, vocabulary: Vocabulary, unit: Unit) -> codes.Qualifier:
    near = folded[max(unit.start, people.start - 22) : people.end + 14]
    for hit in vocabulary.find("qualifier", near):
        if hit.value in ("over", "least"):
            return "over"
        if hit.value in ("almost", "about"):
            return hit.value  # type: ignore[return-value]
    return "exact"


def _period(unit: Unit, published: date) -> tuple[date | None, date | None, date | None]:
    since = [d for d in unit.dates if d.role in ("since", "history")]
    until = [d for d in unit.dates if d.role == "until"]
    said = [d for d in unit.dates if d.role == "said"]
    event = [d for d in unit.dates if d.role == "event"]
    whole = [d for d in event if d.precision >= 3]
    start = min((d.first for d in since), default=None)
    end = max((d.last for d in until), default=None)
    if start is None and whole:
        start, end = _bounds(whole)
    as_of = said[0].last if said else None
    if as_of is None:
        exact = [d for d in event if d.precision == 1]
        as_of = exact[0].first if exact and start is not None else published
    if end is None and (start is not None or unit.has("period", "since")):
        end = as_of
    return start, end, as_of


def _bounds(dates: list[DateMention]) -> tuple[date, date]:
    return min(d.first for d in dates), max(d.last for d in dates)


_LONGEST = 200_000
_DEVICES: tuple[codes.Device, ...] = (
    "improvised_mine", "at_mine", "ap_mine", "cmr", "uxo", "axo", "mine_unspecified",
)  # fmt: skip
_ACCIDENTS: dict[str, codes.AccidentType] = {
    "ap_mine": "mine", "at_mine": "mine", "mine_unspecified": "mine", "improvised_mine": "ied",
    "cmr": "cluster", "uxo": "uxo_axo", "axo": "uxo_axo",
}  # fmt: skip
_ACTIVITIES: tuple[codes.Activity, ...] = (
    "search_recovery", "demining", "herding", "gathering", "playing", "tampering", "construction",
    "farming", "military", "travel_vehicle", "travel_foot",
)  # fmt: skip


_CIVIL = frozenset({"herding", "gathering", "playing", "farming", "construction"})
"""What only civilians do, so that people who did it are civilians."""


@cache
def default_finder() -> PlaceFinder:
    """Give the finder over the bundled gazetteer, built once."""
    return PlaceFinder(Gazetteer())


def language_of(text: str) -> str | None:
    """Tell which of the languages that are read a text is in.

    Returns
    -------
    str or None
        ISO 639-1; None for another language, or for hardly any words.
    """
    words = fold_letters(text[:5000]).replace("\n", " ").split()
    plain = [w.strip(".,;:!?()\"'-") for w in words]
    best, most = None, 0.0
    letters = text[:5000].lower()
    if letters.count(OWN_LETTER) >= _OWN_LETTERS:
        return OWN_LANGUAGE
    for code, build in LANGUAGES.items():
        share = sum(1 for w in plain if w in build().common) / (len(plain) or 1)
        if share > most:
            best, most = code, share
    return best if most >= _FEWEST else None


_FEWEST = 0.04
_MONTH = 4
"""The precision of a day of which only the month is known."""
_OWN_LETTERS = 2
"""So many letters that only Azerbaijani has tell it even where none of its common words is."""


def _told_of(event: Event, where: tuple[PlaceShare, ...], counts: Tally) -> bool:
    """Say whether enough is told: a place, or a day and who was harmed, and that it happened."""
    nobody = counts.killed == 0
    dated = event.inherited or any(u.own_dates for u in event.units if _of_blast(u))
    if not dated and not any(u.asserts for u in event.units):
        # Without a day of its own somebody may have been hurt at any time in the past.
        return False
    if _undated(event, counts):
        return False
    if event.date is not None and event.date.precision > _MONTH and not event.where:
        return False
    named = any(
        u.has_device or u.hits or u.blasts or (u.event_dates and u.harms_of("deminer"))
        for u in event.units
    )
    if event.date is None and not event.said and not named:
        return False
    narrow = any(p.district_id or p.district_name or p.place_name for p in where)
    if not narrow and not event.dates and not event.said:
        return False
    if not where and not (event.dates and (counts.rows or nobody)):
        return False
    return bool(event.dates or event.said or nobody) or _definite(event)


def _only_kin(event: Event) -> bool:
    """Say whether only somebody's kin was harmed: *her uncle died in a mine blast*."""
    people = [h.people for u in event.units for h in u.told.harms if h.people is not None]
    return bool(people) and all(p.kin for p in people)


def _undated(event: Event, counts: Tally) -> bool:
    """Say whether nothing tells that it was lately: no day, and nobody of whom more is known."""
    if event.dates or event.said or event.inherited is not None:
        return False
    known = any(u.headline or u.told.unhurt or u.told.animals for u in event.units)
    return _only_kin(event) or not (known or counts.killed or counts.injured or counts.killed == 0)


def _of_blast(unit: Unit) -> bool:
    """Say whether it tells of what happened, so that its day is that of the blast."""
    told = unit.told
    return bool(unit.hits or unit.blasts or told.harms or told.unhurt or told.animals) or unit.has(
        "happened"
    )


def _definite(event: Event) -> bool:
    """Say whether it tells of certain people or of a vehicle, not of any that there may be."""
    people = [p for u in event.units for p in u.told.others]
    people += [h.people for u in event.units for h in u.told.harms if h.people is not None]
    known = any(p.best is not None or p.low is not None or p.counted for p in people)
    moved = any(
        h.value in ("travel_vehicle", "farming", "construction", "military", "demining")
        for u in event.units
        for h in u.flags["activity"]
    )
    vague = any(h.value == "many" for u in event.units for h in u.flags["many"])
    return known or vague or moved or any(u.told.animals for u in event.units)


def read_report(
    text: str,
    published: date,
    *,
    places: PlaceFinder | None = None,
    language: str | None = None,
) -> Reading:
    """Read a report: incidents, figures about periods, and work on the ground.

    Nothing is looked up outside the process and the same text always gives the same
    candidates. No candidate holds a person's name.

    Parameters
    ----------
    text
        The report as published; spans count its characters.
    published
        Its day of publication, which relative dates count from.
    places
        Finder over the districts and settlements in use; None is the bundled one.
    language
        ISO 639-1 of a language in `LANGUAGES`; None detects it.

    Returns
    -------
    Reading
        Candidates with their spans, in the order of the text.

    Raises
    ------
    InvalidInput
        A text longer than 200,000 characters (code ``report-too-long``) or a language that
        is not read (code ``bad-language``).
    """
    if len(text) > _LONGEST:
        raise InvalidInput(
            f"A report may have at most {_LONGEST:,} characters, this one has {len(text):,}.",
            code="report-too-long",
        )
    if language is not None and language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise InvalidInput(
            f"Reports are read in {known}, not in {language!r}.", code="bad-language"
        )
    given, origin = plain(text)
    text = in_latin(given)
    code = language or language_of(text)
    if code is None:
        return Reading(None, published, ("The text is in none of the languages that are read.",))
    finder = places or default_finder()
    vocabulary = LANGUAGES[code]()
    reading = _read(unwrapped(text, vocabulary), code, published, finder)
    if text != given:
        reading = _in_letters_of(reading, given)
    return reading if origin is None else _moved(reading, origin)


def _in_letters_of(reading: Reading, given: str) -> Reading:
    """Quote the text in the letters that it is written in."""

    def quoted(one: IncidentCandidate) -> IncidentCandidate:
        words = {s.field: given[s.start : s.end] for s in one.evidence}
        return replace(
            one,
            date_text=words.get("date", one.date_text),
            places=tuple(
                replace(p, text=words.get(f"places.{n}", p.text))
                for n, p in enumerate(one.places)
            ),
        )  # fmt: skip

    return replace(reading, incidents=tuple(map(quoted, reading.incidents)))


def _moved(reading: Reading, origin: list[int]) -> Reading:
    """Let the spans count the characters of the text as given."""

    def moved(one: Any) -> Any:
        spans = (
            Span(s.field, origin[s.start], origin[max(s.end - 1, s.start)] + 1)
            for s in one.evidence
        )
        return replace(one, evidence=tuple(spans))

    return replace(
        reading,
        incidents=tuple(map(moved, reading.incidents)),
        statistics=tuple(map(moved, reading.statistics)),
        operations=tuple(map(moved, reading.operations)),
    )


def _read(text: str, code: str, published: date, finder: PlaceFinder) -> Reading:
    vocabulary = LANGUAGES[code]()
    folded = fold_letters(text, vocabulary.keep)
    if not any(vocabulary.has(tag, folded) for tag in ("device", "hit", "blast")):
        return Reading(code, published)
    parts = own_parts(folded, vocabulary)
    found_sentences = sentences(text, folded, parts, vocabulary)
    dates, warnings = find_dates(text, folded, published, vocabulary)
    found_places = finder.find(text, folded, vocabulary)
    folded = without_ages(text, folded, vocabulary)
    found = units(text, folded, found_sentences, dates, found_places, vocabulary)
    sorted_units = sort_units(found, published)
    reader = _Reader(text, folded, published, vocabulary, finder, found, sorted_units)
    incidents = [c for e in sorted_units.events if (c := reader.incident(e, warnings)) is not None]
    return Reading(
        code,
        published,
        tuple(dict.fromkeys(warnings)),
        tuple(incidents),
        tuple(statistics(text, folded, published, sorted_units.totals, vocabulary)),
        tuple(operations(text, folded, published, sorted_units.rest, vocabulary)),
    )


def _only_clears(unit: Unit) -> bool:
    """Say whether it tells of work against mines and of nobody whom one harmed."""
    return bool(unit.flags["work"]) and not (unit.hits or unit.blasts or unit.told.harms)


def _inferred(mentions: list[PlaceMention], where: tuple[PlaceShare, ...]) -> list[str]:
    """Say what the place rests on where the report names it of something else than the blast."""
    roles = {m.role for m in mentions if m.kind in ("district", "unit") and where}
    places = ", ".join(p.district_name or p.text for p in where)
    if roles == {"home"}:
        return [
            say(
                "The report names {places} as a home, not as the place of the blast.", places=places
            )
        ]
    if roles == {"hospital"}:
        return [
            say(
                "The report names {places} as where somebody was treated, not as the place of the "
                "blast.",
                places=places,
            )
        ]
    if roles and roles <= {"office", "inquiry"}:
        return [
            say(
                "The report names {places} as where an office is, not as the place of the blast.",
                places=places,
            )
        ]
    return []


class _Reader:
    def __init__(
        self,
        text: str,
        folded: str,
        published: date,
        vocabulary: Vocabulary,
        finder: PlaceFinder,
        found: list[Unit],
        sorted_units: Sorted,
    ) -> None:
        self.text = text
        self.folded = folded
        self.published = published
        self.vocabulary = vocabulary
        self.finder = finder
        self.units = found
        self.sorted = sorted_units

    def incident(self, event: Event, warnings: list[str]) -> IncidentCandidate | None:
        """Make the candidate of one blast; None where the text does not say enough."""
        day = day_of(event, self.published)
        # *Hurt by a mine, he died yesterday. The incident was on July 6.*
        if day is None or event.only_of_death:
            day = self._only_day() or day
        mentions = self._mentions(event)
        where, place_spans, precision = shares(self.text, mentions, self.finder)
        where = self._in_country(where)
        activity, activity_span = self._activity(event)
        civil = activity in _CIVIL or any(u.has("civil", "civil") for u in event.units)
        counts = tally(
            event.units,
            demining=activity == "demining",
            civil=civil,
            body=self._body(event),
            several=len(self.sorted.events) > 1,
            actor=event.actor,
            lead=event.lead,
        )
        if event.recalled and day is None:
            warnings.append(
                say("An earlier incident that is recalled without a date was left out.")
            )
            return None
        if not _told_of(event, where, counts):
            return None
        evidence = []
        if day is not None:
            evidence.append(Span("date", day.start, day.end))
        for number, (start, end) in enumerate(place_spans):
            evidence.append(Span(f"places.{number}", start, end))
        for number, (_, (start, end)) in enumerate(counts.rows):
            evidence.append(Span(f"casualties.{number}", start, end))
        device, device_span = self._device(event)
        chain, chain_span = source_of(self.text, self.folded, event.units, self.vocabulary)
        for name, span in (
            ("device", device_span), ("activity", activity_span), ("source_chain", chain_span),
        ):  # fmt: skip
            if span is not None:
                evidence.append(Span(name, *span))
        ambiguous = len(where) > 1
        if ambiguous:
            warnings.append(
                say(
                    "One incident, or several, in {places}: a reviewer has to decide.",
                    places=", ".join(p.district_name or p.text for p in where),
                )
            )
        warnings += _inferred(mentions, where)
        accident = _ACCIDENTS.get(device, "unknown")
        basis: codes.DateBasis = "inferred" if day is None else day.basis
        return IncidentCandidate(
            date_start=day.first if day else self.published,
            date_end=day.last if day else self.published,
            date_precision=day.precision if day else 1,
            date_basis=basis,
            date_text=self.text[day.start : day.end] if day else None,
            places=where,
            where_precision=precision if where else 6,
            casualties=tuple(row for row, _ in counts.rows),
            killed=counts.killed,
            injured=counts.injured,
            device=device,
            accident_type="demining" if activity == "demining" else accident,
            activity=activity,
            source_chain=chain,
            evidence=tuple(evidence),
            disputed=counts.disputed or ambiguous,
            ambiguous=ambiguous,
        )

    def _mentions(self, event: Event) -> list[PlaceMention]:
        """Give the places that may be a blast's: its own, else what the report names besides."""
        own = [p for u in event.placing for p in u.places] + event.inherited_places
        mentions = usable(own)
        if not any(m.districts or m.kind in ("unit", "country") for m in mentions):
            # Districts where mines were only cleared are not those of a blast.
            others = {id(u) for e in self.sorted.events if e is not event for u in e.units}
            told = [
                (id(u) in others, p) for u in self.units if not _only_clears(u) for p in u.locations
            ]
            # What is told of no other blast comes first.
            nearest = [p for other, p in told if not other]
            named = nearest if districts_of(nearest) else [p for _, p in told]
            every = [p for u in self.units for p in u.locations]
            mentions += usable(named if districts_of(named) else every)
        placed = [m for m in mentions if m.role in ("location", "road")]
        if mentions and not districts_of(placed) and len(self.sorted.events) == 1:
            # Who investigates says more of the place than where a victim lives.
            inquiry = self._only_district()
            mentions = placed + inquiry if inquiry else mentions
        return mentions

    def _in_country(self, where: tuple[PlaceShare, ...]) -> tuple[PlaceShare, ...]:
        """Put a place abroad that no list has into the only other country of the report."""
        named = {p.country for u in self.units for p in u.places if p.country not in (None, "AZ")}
        if len(named) != 1 or any(p.country or p.district_id for p in where):
            return where
        return tuple(replace(p, country=next(iter(named))) for p in where)

    def _only_district(self) -> list[PlaceMention]:
        """Give the one district whose own office investigates, of a village in no gazetteer."""
        found = [p for u in self.units for p in u.places if p.role == "inquiry" and p.districts]
        return found[:1] if len({p.districts for p in found}) == 1 else []

    def _only_day(self) -> DateMention | None:
        """Give the one day that a report of one blast names, wherever it stands."""
        if len(self.sorted.events) > 1:
            return None
        days = {
            d.first: d
            for u in self.sorted.rest
            for d in u.event_dates
            if d.precision == 1
            and d.first <= self.published
            and not (u.has("other_cause") and (u.told.harms or u.blasts))
        }
        return next(iter(days.values())) if len(days) == 1 else None

    def _body(self, event: Event) -> str:
        """Give the group of the army or police whose vehicle set it off."""
        told = [u for u in event.units if u.hits or u.blasts]
        marks = [h.value for u in told for h in u.flags["civil"] if h.value != "civil"]
        return marks[0] if marks else ""

    def _device(self, event: Event) -> tuple[codes.Device, tuple[int, int] | None]:
        found = [h for u in event.units for h in u.devices if h.value != "topic"]
        for device in _DEVICES:
            hit = next((h for h in found if h.value == device), None)
            if hit is not None:
                return device, (hit.start, hit.end)
        return "unknown", None

    def _activity(self, event: Event) -> tuple[codes.Activity, tuple[int, int] | None]:
        found = [h for u in event.units for h in u.flags["activity"]]
        for activity in _ACTIVITIES:
            hit = next((h for h in found if h.value == activity), None)
            if hit is not None:
                return activity, (hit.start, hit.end)
        return "unknown", None
