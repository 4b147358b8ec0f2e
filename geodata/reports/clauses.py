"""Sentences with all that they mention, cut where one sentence tells of several blasts."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from geodata.reports.dates import DateMention
from geodata.reports.people import People, Told, read_people
from geodata.reports.places import PlaceMention
from geodata.reports.segment import Sentence
from geodata.reports.vocabulary import Hit, Vocabulary

_M = TypeVar("_M")
_FLAGS = (
    "background", "period", "other_cause", "fiction", "denied", "activity", "including", "work",
    "happened", "civil", "identified", "speech", "not_blast", "daypart",
)  # fmt: skip


_OTHER_BLAST = frozenset({"separate", "shortly", "recall"})
_NEAR = 8
"""How far from *died of* the illness stands."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or the part of one that tells of one blast, and its mentions."""

    start: int
    end: int
    paragraph: int
    headline: bool
    continues: bool
    dates: tuple[DateMention, ...]
    places: tuple[PlaceMention, ...]
    devices: tuple[Hit, ...]
    blasts: tuple[Hit, ...]
    hits: tuple[Hit, ...]
    told: Told
    void: bool
    aside: tuple[tuple[int, int], ...]
    """Clauses that only say who is spoken of, or when."""
    flags: dict[str, tuple[Hit, ...]]

    @property
    def locations(self) -> list[PlaceMention]:
        """Give the places where something happened, by all that the words around say."""
        return [p for p in self.places if p.role == "location"]

    @property
    def event_dates(self) -> list[DateMention]:
        """Give the days on which something happened."""
        return [d for d in self.dates if d.role == "event"]

    def has(self, flag: str, value: str | None = None) -> bool:
        """Say whether a word of this kind is in it."""
        return any(value is None or h.value == value for h in self.flags.get(flag, ()))

    def harms_of(self, *groups: str) -> bool:
        """Say whether it tells of harm to people of these groups, and how many they were."""
        people = (h.people for h in self.told.harms)
        return any(p is not None and p.group in groups and p.best is not None for p in people)

    @property
    def asserts(self) -> bool:
        """Say whether a main clause tells of a blast or of somebody harmed."""
        starts = [h.start for h in (*self.hits, *self.blasts) if h.value != "noun"]
        starts += [h.start for h in self.told.harms]
        return not starts or not all(map(self._is_aside, starts))

    @property
    def own_dates(self) -> list[DateMention]:
        """Give the days of what it tells, without those of what somebody hurt once does now."""
        own = [d for d in self.event_dates if self._is_aside(d.start) or self._ends_aside(d.start)]
        return self.event_dates if self.asserts or self.has("happened") else own

    def _is_aside(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.aside)

    def _ends_aside(self, at: int) -> bool:
        return any(end <= at <= end + 1 for _, end in self.aside)

    @property
    def blasted(self) -> bool:
        """Say whether it says that something went off or was set off."""
        return self.sets_off or any(b.value == "blast" for b in self.blasts)

    @property
    def villages(self) -> set[str]:
        """Give how the settlements begin where something happened; a case may change the end."""
        return {p.name[:_STEM] for p in self.locations if p.kind == "settlement"}

    @property
    def dayparts(self) -> set[str]:
        """Give the times of day at which something happened, not at which it was told."""
        return set() if self.has("speech") else {h.value for h in self.flags["daypart"]}

    @property
    def recalls(self) -> bool:
        """Say whether it speaks of another blast than the one told of."""
        return any(h.value in _OTHER_BLAST for h in self.flags.get("background", ()))

    @property
    def sets_off(self) -> bool:
        """Say whether somebody set ordnance off, and did not only find it or enter a field."""
        return any(h.value not in ("field", "found") for h in self.hits)

    @property
    def deathbed(self) -> bool:
        """Say whether it tells of a later death, whose day is not that of the blast."""
        dead = [h for h in self.told.harms if h.outcome == "killed"]
        late = any(h.late or h.body or (h.people and h.people.part) for h in dead)
        return late and not self.hits and not self.blasts

    @property
    def in_hospital(self) -> bool:
        """Say whether it tells of a later death, whose place is not that of the blast."""
        return self.deathbed and any(h.late for h in self.told.harms if h.outcome == "killed")

    @property
    def has_device(self) -> bool:
        """Say whether it names ordnance itself, not only the work against it."""
        return any(d.value != "topic" for d in self.devices)


def units(
    text: str,
    folded: str,
    sentences: list[Sentence],
    dates: list[DateMention],
    places: list[PlaceMention],
    vocabulary: Vocabulary,
) -> list[Unit]:
    """Gather what each sentence mentions."""
    found = []
    day_starts, place_starts = [d.start for d in dates], [p.start for p in places]
    every_date, every_place = dates, places
    for sentence in sentences:
        dates = _within(every_date, day_starts, sentence)
        places = _within(every_place, place_starts, sentence)
        cuts = _cuts(folded, sentence, dates, places, vocabulary)
        edges = [sentence.start, *cuts, sentence.end]
        for number, (start, end) in enumerate(pairwise(edges)):
            unit = _unit(
                text, folded, sentence, (start, end), number > 0, dates, places, vocabulary
            )
            found += _spread(unit)
    return _headed(folded, found)


def _headed(folded: str, units: list[Unit]) -> list[Unit]:
    """Give the sentences of a digest the day that heads each of its paragraphs.

    *Saturday, 23 October. A mine … Sunday, 24 October. A tractor …*
    """
    heads = [
        number
        for number, one in enumerate(units[:-1])
        if _is_date_alone(folded, one) and one.paragraph == units[number + 1].paragraph
    ]
    if len({units[number].dates[0].first for number in heads}) < 2:
        return units
    for number in heads:
        one, following = units[number], units[number + 1]
        if not any(d.precision == 1 for d in following.event_dates):
            days = tuple(replace(d, role="event") for d in one.dates)
            units[number] = replace(one, dates=())
            units[number + 1] = replace(following, dates=(*days, *following.dates))
    return units


def _is_date_alone(folded: str, unit: Unit) -> bool:
    if not unit.dates:
        return False
    start, end = unit.dates[0].start, unit.dates[-1].end
    return re.search(r"\w", folded[unit.start : start] + folded[end : unit.end]) is None


def _spread(unit: Unit) -> list[Unit]:
    """Part a sentence that tells by one verb of several days, each with its own district.

    *Mines wounded two men in Aghdam on 3 May and in Fuzuli on 5 May.*
    """
    days = {d.start: d for d in unit.event_dates if d.precision == 1}
    places = {p.start: p for p in unit.locations if p.districts}
    marks: list[DateMention | PlaceMention] = []
    for at in sorted((*days, *places)):
        mark = days.get(at) or places[at]
        last = marks[-1] if marks else None
        if last is None or _of_mark(mark) != _of_mark(last):
            marks.append(mark)
    number = len(marks) // 2
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    if (
        number < 2
        or len(marks) != 2 * number
        or len({_of_mark(m) for m in marks}) != len(marks)
        or any(isinstance(a, DateMention) == isinstance(b, DateMention) for a, b in pairwise(marks))
        or any(h.late for h in unit.told.harms)
        or not (unit.hits or unit.blasts or unit.told.harms)
    ):
        return _by_places(unit, list(places.values()))
    own_people = _shared(unit, [min(one.start, other.start) for one, other in pairs])
    parts = []
    for n, (one, other) in enumerate(pairs):
        own = _of_mark(one), _of_mark(other)
        parts.append(
            replace(
                own_people[n] if own_people else divided(unit, number),
                continues=unit.continues or n > 0,
                dates=tuple(
                    d for d in unit.dates if d.start not in days or _of_mark(d) in own
                ),
                places=tuple(
                    p for p in unit.places if p.start not in places or _of_mark(p) in own
                ),
            )
        )  # fmt: skip
    return parts


def _by_places(unit: Unit, places: list[PlaceMention]) -> list[Unit]:
    """Part a sentence whose one verb tells of people of several districts.

    *In Fuzuli a herdsman, in Aghdam a driver was hurt*, with the verb at the end.
    """
    firsts = [p for n, p in enumerate(places) if n == 0 or _of_mark(p) != _of_mark(places[n - 1])]
    distinct = {_of_mark(p) for p in firsts}
    if len(firsts) < 2 or len(distinct) != len(firsts) or len(unit.event_dates) > 1:
        return [unit]
    found = _shared(unit, [p.start for p in firsts])
    if not found:
        return [unit]
    starts = {p.start for p in places}
    return [
        replace(
            part,
            continues=unit.continues or n > 0,
            places=tuple(
                p for p in unit.places
                if p.start not in starts or _of_mark(p) == _of_mark(firsts[n])
            ),
        )
        for n, part in enumerate(found)
    ]  # fmt: skip


def _shared(unit: Unit, starts: list[int]) -> list[Unit]:
    """Give each of several blasts the people named after its own mark, before their one verb."""
    harmed = [h for h in unit.told.harms if h.people is not None]
    last = starts[-1]
    if not harmed or any(h.start < last or (h.people and h.people.end > h.start) for h in harmed):
        return []
    edges = [*starts, unit.end]
    parts = []
    for begin, end in pairwise(edges):
        here = tuple(h for h in harmed if h.people and begin <= h.people.start < end)
        if not here:
            return []
        others = tuple(p for p in unit.told.others if begin <= p.start < end)
        parts.append(replace(unit, told=replace(unit.told, harms=here, others=others)))
    return parts


def _of_mark(mark: DateMention | PlaceMention) -> str:
    return str(mark.first) if isinstance(mark, DateMention) else str(mark.districts)


def divided(unit: Unit, number: int) -> Unit:
    """Give each of several blasts told at once its share of those harmed, where it is plain."""

    def share(people: People) -> People:
        if people.best is None or people.best == 1:
            return people
        if people.best == number:
            return replace(people, best=1, low=1, high=1)
        return replace(people, best=None, low=None, high=None)

    told = replace(
        unit.told,
        harms=tuple(
            replace(h, people=share(h.people)) if h.people is not None else h
            for h in unit.told.harms
        ),
        others=tuple(map(share, unit.told.others)),
    )
    return replace(unit, told=told)


def _within(mentions: list[_M], starts: list[int], sentence: Sentence) -> list[_M]:
    return mentions[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]


def _unit(
    text: str,
    folded: str,
    sentence: Sentence,
    span: tuple[int, int],
    continues: bool,  # noqa: FBT001
    dates: list[DateMention],
    places: list[PlaceMention],
    vocabulary: Vocabulary,
) -> Unit:
    start, end = span
    own_dates = tuple(d for d in dates if start <= d.start < end)
    own_places = tuple(p for p in places if start <= p.start < end)
    own_dates = _without_tellings(folded, own_dates, vocabulary)
    masked = [(d.start, d.end) for d in own_dates if d.role not in ("history", "birth")]
    masked += [(p.start, p.end) for p in own_places if p.kind != "country"]
    void = [
        *vocabulary.find("modal", folded, start, end),
        *vocabulary.find("not_blast", folded, start, end),
    ]

    def real(tag: str) -> tuple[Hit, ...]:
        return tuple(
            h
            for h in vocabulary.find(tag, folded, start, end)
            if not any(v.start < h.end and h.start < v.end for v in void)
        )

    superlative = list(vocabulary.find("superlative", folded, start, end))
    timeless = [(s.start, s.end) for s in superlative]
    timeless += [(d.start, d.end) for d in own_dates if d.role in ("birth", "history")]
    flags = {tag: tuple(vocabulary.find(tag, folded, start, end)) for tag in _FLAGS}
    flags["many"] = tuple(
        p for p in vocabulary.find("person", folded, start, end) if p.value == "many"
    )
    # *In the period from 14 to 16 April* is a day that is not known.
    timeless += [
        (d.start - _NEAR, d.end) for d in own_dates if d.kind == "days" and d.precision == 2
    ]
    flags["period"] = tuple(
        p for p in flags["period"] if not any(s < p.end and p.start < e for s, e in timeless)
    )
    hits, blasts = real("hit"), real("blast")
    told = read_people(
        text, folded, start, end, vocabulary, masked, [(p.start, p.end) for p in own_places]
    )
    ill = [h for h in flags["other_cause"] if h.value == "illness"]
    if ill:
        # Whoever died of an illness was not harmed by the blast.
        own = tuple(
            h
            for h in told.harms
            if not any(max(i.start - h.end, h.start - i.end) <= _NEAR for i in ill)
        )
        if own:
            told = replace(told, harms=own)
            flags["other_cause"] = tuple(h for h in flags["other_cause"] if h not in ill)
    own_places = _without_deathbeds(folded, own_places, told)
    absent = [h for h in flags["not_blast"] if h.value == "absent"]
    devices = tuple(
        d
        for d in vocabulary.find("device", folded, start, end)
        if not any(a.start < d.end and d.start < a.end for a in absent)
    )
    aside = tuple(m.span() for m in _clause(vocabulary.dependent).finditer(folded, start, end))
    return Unit(
        start, end, sentence.paragraph, sentence.headline, continues, own_dates, own_places,
        devices, blasts, hits, told,
        bool(void), aside, flags,
    )  # fmt: skip


def _without_tellings(
    folded: str, dates: tuple[DateMention, ...], vocabulary: Vocabulary
) -> tuple[DateMention, ...]:
    """Take the last of several days, after a word of speech, for that of the telling.

    *Three were hurt last week, a source told the agency on Monday.*
    """
    days = [d for d in dates if d.role == "event"]
    if vocabulary.subject_first or len(days) < 2:
        return dates
    before, last = days[-2], days[-1]
    spoken = [h.end for h in vocabulary.find("speech", folded, before.end, last.start)]
    begins = folded.rfind("\n", 0, before.start) + 1
    if not any(
        vocabulary.has(tag, folded, begins, (spoken or [begins])[0])
        for tag in ("hit", "blast", "outcome")
    ):
        # *Shells had stopped falling in May, he says, so on Sunday he began to harrow.*
        return dates
    if not spoken or any(
        vocabulary.has(tag, folded, spoken[0], last.start) for tag in ("hit", "blast", "outcome")
    ):
        return dates
    return tuple(replace(d, role="said") if d is last else d for d in dates)


def _without_deathbeds(
    folded: str, places: tuple[PlaceMention, ...], told: Told
) -> tuple[PlaceMention, ...]:
    """Take the town where somebody died later, beside another place, for the hospital's."""
    late = [h for h in told.harms if h.late and h.outcome == "killed"]
    dying = [
        p
        for p in places
        for h in late
        if p.role == "location"
        and 0 < p.start - h.end <= _BESIDE
        and len(folded[h.end : p.start].split()) <= 1
    ]
    if not dying or all(p in dying for p in places if p.role == "location"):
        return places
    return tuple(replace(p, role="hospital") if p in dying else p for p in places)


_BESIDE = 12
_STEM = 4
_PART = 4
"""The precision of a month or of a part of one."""
_AFTER_INITIAL = re.compile(r"(?<![\w'’])[^\W\d_]$")


@lru_cache(maxsize=8)
def _clause(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _cuts(
    folded: str,
    sentence: Sentence,
    dates: list[DateMention],
    places: list[PlaceMention],
    vocabulary: Vocabulary,
) -> list[int]:
    """Cut where the next part has its own place or day, and something happens in both."""
    marks = [
        (p.start, str(p.districts or p.name))
        for p in places
        if sentence.start <= p.start < sentence.end
        and p.role == "location"
        and (p.districts or p.kind == "unit" or (p.kind == "country" and p.country != "AZ"))
    ]
    # *Two rescuers of the Ukrainian service died in Kharkiv*: a country is where its units are.
    within = {p.country for p in places if p.kind == "unit"}
    lands = {p.start for p in places if p.kind == "country" and p.country in within}
    marks = [m for m in marks if m[0] not in lands]
    days = [
        (d.start, str(d.first))
        for d in dates
        if sentence.start <= d.start < sentence.end and d.role == "event" and d.precision == 1
    ]
    if days:
        # *In late January … and on 9 February …*: a part of a month apart from a day.
        days += [
            (d.start, str(d.first))
            for d in dates
            if sentence.start <= d.start < sentence.end
            and d.role == "event" and d.precision == _PART
            and not any(d.first <= o.first <= d.last for o in dates if o.precision == 1)
        ]  # fmt: skip
    if len({m[1] for m in marks}) < 2 and len({d[1] for d in days}) < 2:
        return []
    triggers = sorted(
        h.start
        for tag in ("outcome", "hit", "blast")
        for h in vocabulary.find(tag, folded, sentence.start, sentence.end)
    )
    deaths = [
        h.start
        for h in vocabulary.find("outcome", folded, sentence.start, sentence.end)
        if h.value.endswith(".late")
    ]
    spans = [(d.start, d.end) for d in dates] + [(p.start, p.end) for p in places]
    borders = [
        m.start()
        for m in _clause(vocabulary.clause).finditer(folded, sentence.start, sentence.end)
        if not any(s <= m.start() < e for s, e in spans)
        and not _AFTER_INITIAL.search(folded, sentence.start, m.start())
    ]
    strong = _clause(vocabulary.clause_strong)
    cuts: list[int] = []
    begin = sentence.start
    for number, border in enumerate(borders):
        # As far as the next place or day, past commas that only part off an age.
        ends = [*borders[number + 1 :], sentence.end]
        stop = next((e for e in ends if _of(marks, border, e) or _of(days, border, e)), ends[-1])
        here = _of(marks, begin, border), _of(days, begin, border)
        following = _of(marks, border, stop), _of(days, border, stop)
        if here[0] and following[1] and not following[0]:
            # A day may come first and the place after commas.
            until = next((e for e in ends if _of(marks, border, e)), stop)
            following = _of(marks, border, until), following[1]
        later = [b for b in borders[number + 1 :] if b < stop and strong.match(folded, b)]
        if any(border <= t < b for b in later for t in triggers):
            continue
        other_place = bool(here[0] and following[0]) and not here[0] & following[0]
        other_day = bool(here[1] and following[1]) and not here[1] & following[1]
        dies = any(border <= at < stop for at in deaths)
        if other_day and not other_place and dies:
            # The day of a later death is no other blast.
            continue
        heading = folded[border] == ":" and bool(days) and not here[0] and bool(following[0])
        # *Blasts in Aghdam and Fuzuli: on 3 May …, on 5 May …*.
        heading = heading or (folded[border] == ":" and not here[1] and bool(following[1]))
        if not (other_place or other_day or heading) or any(
            _listed(folded, kind, border, most) for kind, most in ((places, 3), (dates, 2))
        ):
            continue
        if any(begin <= t < border for t in triggers) and any(border <= t for t in triggers):
            cuts.append(border)
            begin = border
    return cuts


def _listed(
    folded: str, mentions: Sequence[DateMention | PlaceMention], border: int, most: int
) -> bool:
    """Say whether a border only parts two names of one list: *in Tartar and Aghdam*."""
    before = max((m.end for m in mentions if m.end <= border), default=None)
    after = min((m.start for m in mentions if m.start >= border), default=None)
    if before is None or after is None:
        return False
    return len(re.findall(r"\w+", folded[before:after])) <= most


def _of(marks: list[tuple[int, str]], start: int, end: int) -> set[str]:
    return {value for at, value in marks if start <= at < end}
