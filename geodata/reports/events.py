"""Which mention belongs to which blast, and where it was: districts with weights."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from geodata.reports.candidates import PlaceShare
from geodata.reports.clauses import Unit, divided
from geodata.reports.dates import DateMention
from geodata.reports.people import Harm
from geodata.reports.places import PlaceFinder, PlaceMention
from geodata.reports.vocabulary import Hit

_ROLES = ("location", "road", "inquiry", "home", "office")
"""What may stand for the place of a blast, best first."""


def districts_of(mentions: Iterable[PlaceMention]) -> set[str]:
    """Give what the mentions narrow the place to: district ids, else units or countries."""
    mentions = list(mentions)
    own = {d for m in mentions if m.kind == "district" for d in m.districts}
    if own:
        return own
    villages = {d for m in mentions for d in m.districts}
    if villages:
        return villages
    units = {f"{m.country or ''}:{m.name}" for m in mentions if m.kind == "unit" and m.country}
    return units or {f"{m.country}:" for m in mentions if m.kind == "country" and m.country}


def usable(mentions: Iterable[PlaceMention]) -> list[PlaceMention]:
    """Give the mentions of the best role that tells of a place at all."""
    mentions = list(mentions)
    for kinds in (("district", "settlement", "unit"), ("country",)):
        for role in _ROLES:
            # Many live or work in the capital who were hurt elsewhere.
            found = [
                m for m in mentions
                if m.role == role and (role in ("location", "road") or m.districts != (_STATE,))
            ]  # fmt: skip
            if any(m.kind in kinds and (m.districts or m.country) for m in found):
                rest = [] if role == "location" else [m for m in mentions if m.role == "location"]
                return found + rest
    # A province abroad that has the hospital is likely to have the place, a district is not.
    away = [m for m in mentions if m.role == "hospital" and m.kind == "unit" and m.country]
    return away + [m for m in mentions if m.role == "location"]


def shares(
    text: str, mentions: list[PlaceMention], finder: PlaceFinder
) -> tuple[tuple[PlaceShare, ...], list[tuple[int, int]], int]:
    """Weigh the places of one blast.

    Parameters
    ----------
    mentions
        Where the blast may have been.
    finder
        For the districts' names.

    Returns
    -------
    tuple
        The places, weights summing to 1; the span of each; and UCDP's `where_prec`.
    """
    districts = [m for m in mentions if m.kind == "district" and m.districts]
    villages = [m for m in mentions if m.kind == "settlement"]
    if districts or any(m.districts for m in villages):
        return _at_home(text, districts, villages, finder)
    return _abroad(text, mentions, villages)


def _at_home(
    text: str, districts: list[PlaceMention], villages: list[PlaceMention], finder: PlaceFinder
) -> tuple[tuple[PlaceShare, ...], list[tuple[int, int]], int]:
    ids: dict[str, PlaceMention] = {}
    narrowed = {d for v in villages for d in v.districts}
    for mention in districts:
        # A unit formed from several districts counts in the one that a village narrows it to.
        own = [d for d in mention.districts if d in narrowed] or list(mention.districts)
        for district in own if len(mention.districts) > 1 else mention.districts:
            held = ids.get(district)
            if held is None or _distance(mention, villages) < _distance(held, villages):
                ids[district] = mention
    for village in villages:
        if not ids or (len(districts) > 0 and set(village.districts) & set(ids)) or not districts:
            for district in village.districts[:1]:
                ids.setdefault(district, village)
    if len(ids) > 1:
        # Beside another place the capital is where the state speaks from.
        ids.pop(_STATE, None)
    if set(ids) & _REPUBLIC:
        # The republic bears the name of its capital.
        ids.pop(_CAPITAL, None)
    found, spans = [], []
    for district, mention in ids.items():
        near = _nearest_place(mention, villages, len(ids) > 1)
        start, end = _around(mention, near)
        found.append(
            PlaceShare(
                text=text[start:end],
                district_id=district,
                district_name=finder.district_names.get(district, mention.name),
                place_name=near.place_name if near else None,
                country=district[:2],
                weight=1 / len(ids),
            )
        )
        spans.append((start, end))
    precision = 5 if len(ids) > 1 else 2 if any(p.place_name for p in found) else 4
    return tuple(found), spans, precision


_STATE = "AZ-BA"
_CAPITAL = "AZ-NV"
_REPUBLIC = frozenset({"AZ-BAB", "AZ-CUL", "AZ-KAN", "AZ-ORD", "AZ-SAD", "AZ-SAH", "AZ-SAR"})
"""Districts of the Nakhchivan Autonomous Republic, apart from its capital."""


def _distance(mention: PlaceMention, villages: list[PlaceMention]) -> int:
    return min((abs(v.start - mention.start) for v in villages), default=0)


def _nearest_place(
    mention: PlaceMention,
    villages: list[PlaceMention],
    several: bool,  # noqa: FBT001
) -> PlaceMention | None:
    if mention.kind == "settlement":
        return mention
    near = [v for v in villages if not v.districts or set(v.districts) & set(mention.districts)]
    near = near or [v for v in villages if not several]
    near.sort(key=lambda v: abs(v.start - mention.start))
    if not near or (several and abs(near[0].start - mention.start) > 60):
        return None
    return near[0]


def _around(mention: PlaceMention, near: PlaceMention | None) -> tuple[int, int]:
    if near is None or abs(near.start - mention.start) > 60:
        return mention.start, mention.end
    return min(mention.start, near.start), max(mention.end, near.end)


def _abroad(
    text: str, mentions: list[PlaceMention], villages: list[PlaceMention]
) -> tuple[tuple[PlaceShare, ...], list[tuple[int, int]], int]:
    known = [m for m in mentions if m.kind == "unit" and m.country]
    unknown = [m for m in mentions if m.kind == "unit" and not m.country]
    countries = [m for m in mentions if m.kind == "country"]
    # A name that two countries have is of the one that is spoken of.
    told = {m.country for m in countries}
    own = [m for m in known if m.country in told]
    country = (own or known or countries or [None])[0]  # type: ignore[list-item]
    code = country.country if country is not None else None
    names = dict.fromkeys((m.name, m) for m in known if m.country == code)
    if not names and unknown:
        names = dict.fromkeys([(unknown[0].name, unknown[0])])
    detail = next(
        (m.name for m in (*villages, *unknown) if m.name not in {n for n, _ in names}), None
    )
    distinct: dict[str, PlaceMention] = {}
    for name, mention in names:
        distinct.setdefault(name, mention)
    if not distinct and (countries or villages):
        first = (villages or countries)[0]
        share = PlaceShare(text[first.start : first.end], None, None, detail, code)
        return (share,), [(first.start, first.end)], 2 if villages else 6
    found = tuple(
        PlaceShare(text[m.start : m.end], None, name, detail, code, 1 / len(distinct))
        for name, m in distinct.items()
    )
    spans = [(m.start, m.end) for m in distinct.values()]
    precision = 6 if not found else 5 if len(found) > 1 else 2 if villages else 4
    return found, spans, precision


_AHEAD = 2
"""Within how many sentences a lead that names no device has to be explained by one."""
_PARTS_AHEAD = 6
"""Within how many sentences blasts that a lead sums up are told one by one."""
_OPENING = 45
"""Within how many characters a sentence that recalls an earlier blast says so."""
_CROWD = 60
"""So many people at once are the sum of several blasts, unless their day is named."""
_MOST_SENTENCES, _MOST_EVENTS = 60, 300
"""More sentences of one blast say nothing new; more blasts are a list to import, no report."""
_REACH = 4
"""How many paragraphs below its last sentence a blast may still be told of."""


@dataclass(slots=True)
class Event:
    """One blast and the sentences that tell of it."""

    units: list[Unit] = field(default_factory=list)
    recalled: bool = False
    inherited: DateMention | None = None
    inherited_places: list[PlaceMention] = field(default_factory=list)
    actor: str | None = None
    lead: Unit | None = None
    """What sums it up with other blasts."""

    @property
    def dates(self) -> list[DateMention]:
        """Give the days that its sentences name for it, of the blast before that of a death."""
        dated = [u for u in self.units if u.event_dates and not u.deathbed]
        dated = dated or [r for u in self.units if (r := _when_hurt(u)) is not None]
        plain = [u for u in dated if not any(h.late for h in u.told.harms)]
        # *The incident was on July 6*: such a sentence knows best.
        told = [u for u in plain if u.has("happened")] or dated
        return [_nearest(u) for u in told]

    @property
    def only_of_death(self) -> bool:
        """Say whether the days that it names are those of sentences of a later death."""
        dated = [u for u in self.units if u.event_dates]
        return bool(dated) and all(any(h.late for h in u.told.harms) for u in dated)

    @property
    def said(self) -> list[DateMention]:
        """Give the days on which somebody spoke of it."""
        return [d for u in self.units for d in u.dates if d.role == "said"]

    @property
    def placing(self) -> list[Unit]:
        """Give its sentences whose places are its own: where somebody died later is not."""
        told = [u for u in self.units if not u.in_hospital]
        return (
            told
            if any(p.role in _ROLES and p.districts for u in told for p in u.places)
            else self.units
        )

    @property
    def date(self) -> DateMention | None:
        """Give the most precise of its days, the first of equals."""
        return min(self.dates, key=lambda d: d.precision, default=None) or self.inherited

    @property
    def located(self) -> bool:
        """Say whether more than a road's ends is told of its place."""
        return bool(districts_of(p for u in self.placing for p in u.locations))

    @property
    def where(self) -> set[str]:
        """Give the districts that its sentences name."""
        return districts_of(
            usable(p for u in self.placing for p in u.places if p.role in ("location", "road"))
        )


@dataclass(slots=True)
class Sorted:
    """The sentences of a report by what they are about."""

    events: list[Event]
    totals: list[Unit]
    rest: list[Unit]
    undated: int = 0


def sort_units(units: list[Unit], published: date) -> Sorted:
    """Tell blasts apart, and totals and everything else from blasts.

    Parameters
    ----------
    units
        The sentences of a report, in order.
    published
        Its day of publication, near which a blast without a day was.

    Returns
    -------
    Sorted
        Events in the order of the text.
    """
    about = any(u.devices or any(h.value == "self" for h in u.hits) for u in units)
    ordnance = any((u.has_device and not _only_clears(u)) or u.hits for u in units)
    if not about and any(u.blasts and u.harms_of(*_ON_DUTY) for u in units):
        # *A soldier died in an explosion in Lachin*, and nothing else is said to have caused it.
        about = ordnance = not any(u.has("other_cause") or u.has("denied") for u in units)
    sorter = _Sorter(published, about=about, ordnance=ordnance)
    sorter.corrects = any(u.has("denied", "correction") for u in units)
    for number, unit in enumerate(units):
        sorter.explained = any(
            (u.hits or _names_cause(u, unit))
            and not (u.has("period") or _all_denied(u))
            and not any(u.has("denied", v) for v in ("whole", "no_such", "that"))
            for u in units[number + 1 : number + 1 + _AHEAD]
        )
        sorter.ahead = any(
            u.told.unhurt or u.told.harms for u in units[number + 1 : number + 1 + _AHEAD]
        )
        sorter.harmed = any(_harmed(u) for u in units[number + 1 : number + 1 + _AHEAD])
        sorter.sums = _sums(unit, units[number + 1 : number + 1 + _PARTS_AHEAD])
        near = units[max(0, number - _AHEAD) : number + 1 + _AHEAD]
        sorter.planned = any(u.has("not_blast", "planned") for u in near)
        sorter.take(unit)
    return sorter.result()


class _Sorter:
    def __init__(self, published: date, *, about: bool, ordnance: bool) -> None:
        self.published = published
        self.about = about
        self.ordnance = ordnance
        self.events: list[Event] = []
        self.current: Event | None = None
        self.totals: list[Unit] = []
        self.rest: list[Unit] = []
        self.aside = -1
        self.loose: Unit | None = None
        self.explained = self.ahead = self.harmed = self.planned = False
        self.sums = False
        self.lead: Unit | None = None
        self.named = False
        self.story = False
        self.trial = -1
        self.fire = -1
        self.attack = -_REACH
        self.corrects = False
        self.withdrawn: Unit | None = None
        self.dismissed = -_REACH

    def take(self, unit: Unit) -> None:
        """Put one sentence where it belongs."""
        if not unit.continues:
            self.named = self.story = False
        unit = self._later(unit)
        self._place(unit)
        # What one part of a sentence names holds for its other parts.
        self.named = self.named or unit.has_device or bool(unit.hits)

    def _later(self, unit: Unit) -> Unit:
        """Let *he died* in another town or on a later day be the death of somebody hurt before."""
        current, harms = self.current, unit.told.harms
        dead = [h for h in harms if h.outcome == "killed"]
        if current is None or not dead or len(dead) < len(harms) or unit.recalls:
            return unit
        if unit.hits or unit.blasts or unit.has_device or unit.has("period"):
            return unit
        if unit.paragraph - current.units[-1].paragraph > 1:
            return unit
        before = [h.people for u in current.units for h in u.told.harms if h.people]
        before += [p for u in current.units for p in u.told.others]
        nouns = {p.noun for p in before}
        most = max((p.best or (_CROWD if p.plural else 1) for p in before), default=1)
        # *Three have died by now*, or nobody was told of: whoever has died is one of them.
        toll = any(h.toll for u in current.units for h in u.told.harms) or not before
        if _number_in(unit) > most or not all(
            toll or _known_one(h, nouns) or (unit.continues and h.people is None) for h in dead
        ):
            return unit
        where, day = districts_of(unit.locations), current.date
        elsewhere = bool(where and current.where) and not _compatible(where, current.where)
        after = day is not None and any(d.first > day.last for d in unit.event_dates)
        if not elsewhere and not after:
            return unit
        harms = tuple(replace(h, late=True) for h in harms)
        return replace(unit, told=replace(unit.told, harms=harms))

    def _withdraw(self, unit: Unit) -> bool:
        """Leave aside what a correction takes back: only what it says instead is so."""
        if not self.corrects or not unit.has("denied", "withdrawn"):
            return False
        self.withdrawn = self.loose = unit
        self.rest.append(unit)
        return True

    def _deny(self, unit: Unit) -> bool:
        """Take a blast back that was only rumoured, or that a sentence says never was."""
        if unit.has("denied", "cause"):
            return self._dismiss(unit)
        never = unit.has("denied", "no_such") or (
            unit.has("denied", "whole") and not unit.event_dates and not unit.locations
        )
        if not never and not unit.has("denied", "that"):
            return False
        current = self.current
        # *The ministry denied the reports; only one soldier was hurt*: a figure is denied.
        if current is None or _harmed(unit) or unit.hits or self.harmed:
            return False
        last = max((*current.units, *self.rest[-1:]), key=lambda u: u.end)
        if not never and _is_earlier_count(last):
            return False
        if unit.paragraph - current.units[-1].paragraph > 1:
            return False
        heard = any(u.has("denied") or u.has("speech") or u.headline for u in current.units)
        if never or heard:
            self.events.remove(current)
            self.rest += [*current.units, unit]
            self.current = None
            return True
        return False

    def _dismiss(self, unit: Unit) -> bool:
        """Take a blast back that a sentence says was no mine's: of gas, of a planned one."""
        current = self.current
        self.dismissed = unit.paragraph
        if current is not None and not self._conflicts(unit, current):
            self.events.remove(current)
            self.rest += current.units
            self.current = None
        self.rest.append(unit)
        return True

    def _is_dismissed(self, unit: Unit) -> bool:
        """Leave aside what goes on about a blast that was no mine's."""
        apart = unit.hits or unit.event_dates or unit.locations or unit.has_device
        if apart or not 0 <= unit.paragraph - self.dismissed <= 1:
            return False
        self.rest.append(unit)
        return True

    def _place(self, unit: Unit) -> None:
        if self._withdraw(unit) or self._deny(unit) or self._is_dismissed(unit):
            return
        if self.sums and not self._is_other(unit):
            self.lead = unit
            (self.totals if self._is_total(unit) else self.rest).append(unit)
            return
        if self._is_total(unit) or self._goes_on(unit):
            self.totals.append(unit)
            return
        if self.story or self._is_other(unit):
            self.story = self.story or unit.has("fiction")
            self.rest.append(unit)
            if unit.told.harms or unit.blasts:
                self.aside = unit.paragraph
            return
        if self._tells(unit):
            self._tell(unit)
        elif self.current is not None and self._follows(unit, self.current):
            self._follow(unit, self.current)
        else:
            self.rest.append(unit)
            if self.loose is None or not _adds_nothing(unit, self.loose):
                self.loose = unit

    def result(self) -> Sorted:
        """Give what was sorted."""
        return Sorted(self.events, self.totals, self.rest)

    def _is_total(self, unit: Unit) -> bool:
        since = [d for d in unit.dates if d.role == "since"]
        if since and not unit.event_dates and _number_in(unit) >= _SEVERAL:
            return True
        if _by_year(unit):
            return True
        counted = any(_counted(h) for h in unit.told.harms) or (
            bool(unit.hits) and any(p.counted and (p.best or 2) > 1 for p in unit.told.others)
        )
        both = any(h.outcome == "both" for h in unit.told.harms) and not _harmed(unit)
        exact = any(d.precision == 1 for d in unit.event_dates)
        if both and not unit.hits and not (exact and unit.locations):
            return True
        # *Five were killed by mine blasts in Syria*: the sum of several.
        several = unit.blasts and all(b.value == "plural" for b in unit.blasts) and not unit.hits
        if several and counted and all(p.kind == "country" for p in unit.locations):
            return True
        people = [h.people for h in unit.told.harms if h.people]
        people += unit.told.others if unit.hits else ()
        crowd = any((p.best or 0) >= _CROWD for p in people)
        if crowd and not (exact and unit.locations):
            return True
        if unit.has("period") and unit.hits and unit.told.herd and not exact:
            return True
        vague = unit.has("period", "during") and unit.told.harms and not unit.locations
        if vague and not unit.event_dates and not unit.hits:
            return True
        if not unit.has("period") or not (counted or both):
            return False
        return self._of_period(unit, exact=exact)

    def _of_period(self, unit: Unit, *, exact: bool) -> bool:
        """Say whether words for a number or a period make a total of what is counted."""
        if all(h.value == "count" for h in unit.flags["period"]):
            if exact and unit.locations and unit.hits:
                return False
            if self.current is not None and self.current.units[-1].end + 3 >= unit.start:
                return False
            return all(b.value == "plural" for b in unit.blasts)
        if unit.locations and not unit.has("period", "since") and _few(unit):
            return False
        if _narrow(unit) and not unit.has("period", "since") and not unit.has("period", "total"):
            return _number_in(unit, whole=True) > _CARFUL
        since = unit.has("period", "since")
        one = unit.hits or any(b.value != "plural" for b in unit.blasts)
        if exact and unit.locations and one and not since and not unit.has("period", "during"):
            # *In all, seven people were hurt when a mine went off there that day.*
            return False
        return unit.has("period", "total") or since or not (exact and unit.locations)

    def _goes_on(self, unit: Unit) -> bool:
        """Say whether it goes on with the figures of the sentence before."""
        last = self.totals[-1] if self.totals else None
        if last is None or last.paragraph != unit.paragraph:
            return False
        # *Most were in Aghdam* may stand between figures by year.
        between = [u for u in self.rest if u.start > last.start and not u.told.harms]
        if max(u.end for u in (last, *between[:1])) + 3 < unit.start:
            return False
        years = all(d.precision == _YEAR for d in unit.event_dates) and unit.event_dates
        apart = between and not years
        return any(_counted(h) for h in unit.told.harms) and not (
            apart or (unit.event_dates and not years) or districts_of(unit.locations)
        )

    def _is_other(self, unit: Unit) -> bool:
        exact = any(d.precision == 1 for d in unit.event_dates) and unit.locations
        harmed_people = _harmed(unit)
        harmed = harmed_people or unit.told.unhurt is not None
        told = exact and harmed and unit.blasted
        month = any(d.precision == _MONTH for d in unit.event_dates) and _districts(unit)
        story = month and all(h.value == "story" for h in unit.flags["fiction"])
        told = told or bool(story and unit.sets_off and harmed_people)
        never = any(unit.has("fiction", v) for v in ("held", "past"))
        # Whoever tells of a blast, its day, place and people may name a witness or a prosthesis.
        never = never or (unit.has("fiction", "story") and not told)
        if never or unit.has("period", "rate"):
            self.trial = unit.paragraph if unit.has_device else self.trial
            return True
        if self.trial == unit.paragraph and not exact:
            return True
        certain = unit.hits or any(h.people is None or h.people.best for h in unit.told.harms)
        if unit.has("fiction") and not (told or (exact and certain)):
            self.trial = unit.paragraph
            return True
        if unit.has("other_cause", "illness"):
            return not unit.hits
        shelled = self.fire == unit.paragraph and _is_shell(unit)
        shelled = shelled or (0 <= unit.paragraph - self.attack <= 1 and _goes_on_about(unit))
        if shelled or _all_denied(unit) or unit.has("denied", "whole") or _no_blast(unit):
            return True
        if unit.has("denied", "no_such") and not harmed_people:
            return True
        if not unit.has("other_cause"):
            return False
        causes = {h.value for h in unit.flags["other_cause"]}
        told_of = self.current is not None and unit.has("happened")
        if causes == {"accident"} and told_of and not (unit.blasts or harmed):
            # *It happened on Tuesday on the way to a quarry*: only a place.
            return False
        sea = unit.has("other_cause", "sea")
        if sea or unit.has("other_cause", "figure") or unit.has("other_cause", "mining"):
            sure = any(d.value in ("ap_mine", "at_mine") for d in unit.devices)
            return sea or not (unit.hits or sure)
        strong = _strong(unit, causes)
        other = not (unit.hits or (strong and (unit.blasts or _harmed(unit))))
        fire = other and "fire" in causes and any(d.precision == 1 for d in unit.dates)
        self.fire = unit.paragraph if fire else self.fire
        attack = other and "attack" in causes and (unit.headline or unit.blasts or harmed or exact)
        self.attack = unit.paragraph if attack else self.attack
        return other

    def _tells(self, unit: Unit) -> bool:
        """Say whether the sentence by itself tells of a blast."""
        harmed = _harmed(unit)
        if unit.sets_off or (unit.hits and harmed):
            return self.about or unit.has_device
        field = unit.hits and unit.locations and any(d.precision == 1 for d in unit.event_dates)
        if field and self.harmed and any(p.counted for p in unit.told.others):
            # *Three villagers got into a minefield; two were killed.*
            return self.about
        happened = unit.blasts and unit.has("happened") and any(p.best for p in unit.told.others)
        disposal = unit.has("work", "disposal") and not happened
        if not harmed and (unit.void or disposal or _general(unit)):
            return False
        if self.planned and not (harmed or unit.sets_off or unit.told.animals):
            # *Loud blasts were heard; sappers had blown up old shells as planned.*
            return False
        weak = all(b.value != "blast" for b in unit.blasts) and not unit.told.unhurt
        if weak and self.explained and self.ahead and (unit.has("activity") or unit.told.others):
            # *A blast hit a van …, nobody was hurt; experts think that it was a mine.*
            exact = any(d.precision == 1 for d in unit.event_dates)
            weak = not (exact and unit.locations and not unit.has("other_cause"))
        if unit.blasts and not (weak and not harmed and not unit.has("happened")):
            aside = unit.paragraph == self.aside and not unit.has_device
            return not aside and (unit.has_device or self.ordnance or (self.about and harmed))
        if unit.told.animals and (unit.has_device or unit.hits):
            return not unit.void
        known = unit.has_device or self._explains(unit) or self._lists(unit)
        known = known or (self.current is not None and _apart(unit, self.current))
        # *… and on 9 February a resident of Fuzuli was killed in that district.*
        home = unit.event_dates and any(p.role == "home" and p.districts for p in unit.places)
        known = known or (unit.continues and self.named and bool(unit.locations or home))
        placed = bool(_districts(unit)) or (
            self.lead is not None and bool(self.lead.blasts) and len(_districts(self.lead)) == 1
        )
        known = known or (self._leads(unit) and placed and not unit.has("period"))
        return harmed and (known or _of_clearance(unit))

    def _leads(self, unit: Unit) -> bool:
        """Say whether a lead that sums up several blasts may be of this one as well."""
        lead = self.lead
        if (
            lead is None
            or unit.paragraph - lead.paragraph > _REACH
            or unit.has("background", "recall")
        ):
            return False
        return _agree(unit.event_dates, lead.event_dates)

    def _explains(self, unit: Unit) -> bool:
        """Say whether the sentence before or after names the device of this one's harm."""
        loose = self.loose
        if (
            loose is not None
            and unit.paragraph - loose.paragraph <= 1
            and (
                loose.has_device
                or any(h.value == "field" for h in loose.hits)
                or (loose.blasts and loose.has("activity", "demining"))
            )
        ):
            told = loose.locations or any(d.precision == 1 for d in loose.event_dates)
            handled = loose.has("activity", "tampering") or loose.has("activity", "playing")
            handled = handled or bool(loose.blasts)
            if told and (handled or not loose.flags["work"]) and not _of_several(loose):
                return True
            # A digest names its topic once; its sentences name day, place and victims.
            exact = any(d.precision == 1 for d in unit.event_dates)
            if loose.has_device and unit.locations and exact and not unit.has("other_cause"):
                return True
        known = unit.locations or any(d.precision <= 2 for d in unit.event_dates)
        # *A resident of Fuzuli was hurt, prosecutors said. The mine went off on Monday.*
        known = known or any(p.role == "home" and p.districts for p in unit.places)
        known = known or any(h.people and h.people.group == "deminer" for h in unit.told.harms)
        lead = bool(known) and self.current is None
        return self.explained and (lead or bool(unit.continues and unit.locations))

    def _lists(self, unit: Unit) -> bool:
        """Say whether it goes on with a list of blasts, each with its own day and place."""
        if not self.about or unit.deathbed:
            return False
        last = self.totals[-1] if self.totals else None
        dated = _districts(unit) and any(d.precision <= _MONTH for d in unit.event_dates)
        if dated and last is not None and unit.paragraph - last.paragraph <= 1:
            # *In the first half of the year mines killed four. In June a man was killed in Fuzuli.*
            return (last.has_device or bool(last.hits)) and not unit.has("period")
        if self.current is None:
            return False
        marks = {h.value for h in unit.flags["background"]}
        before = any(d.relative for d in unit.event_dates) and _harmed(unit)
        recalled = (marks & {"recall", "shortly"} or before) and not unit.has("period")
        if not unit.locations:
            # *On September 3 two were hurt in the same district.*
            recalled = recalled or ("back" in marks and _harmed(unit))
            return bool(recalled) and any(d.precision == 1 for d in unit.event_dates)
        near = abs(self.current.units[-1].paragraph - unit.paragraph) <= 1
        most = _YEAR if _narrow(unit) else _MONTH
        return near and any(d.precision <= most for d in unit.event_dates)

    def _follow(self, unit: Unit, current: Event) -> None:
        last = current.units[-1]
        together = [e for e in self.events if e.units[-1].start == last.start]
        if len(together) >= _SEVERAL and _number_in(unit) == len(together):
            # *One hit a mine in Aghdam on 3 May, one in Fuzuli on 5 May. Both were hurt.*
            for event in together:
                self._append(event, divided(unit, len(together)))
        elif not self._sums_up(unit):
            self._append(current, unit)

    def _sums_up(self, unit: Unit) -> bool:
        """Say whether it counts those hurt in several blasts: *both victims are in hospital*."""
        number = _number_in(unit)
        if len(self.events) < _SEVERAL or unit.locations or unit.event_dates or number < _SEVERAL:
            return False
        return _harmed_in(self.events[-1]) < number == sum(map(_harmed_in, self.events))

    def _follows(self, unit: Unit, current: Event) -> bool:
        apart = any(h.value not in ("clearance", "disposal") for h in unit.flags["work"])
        if apart and not (unit.told.harms or unit.has("happened")):
            return False
        other = not (_harmed(unit) or unit.blasted or unit.told.unhurt or unit.has("happened"))
        handled = unit.has("activity", "playing") or unit.has("activity", "tampering")
        if unit.flags["work"] and unit.event_dates and other and not handled:
            # *Last week sappers cleared ten fields*: the day of their work.
            return False
        last = current.units[-1]
        if unit.paragraph - last.paragraph > _REACH or self.aside == unit.paragraph:
            return False
        if any(h.value != "count" for h in unit.flags["period"]) and unit.told.harms:
            return False
        past = any(d.role in ("since", "history") for d in unit.dates)
        if past and not unit.event_dates and not unit.has("happened"):
            return False
        known = unit.told.others or unit.has("civil", "civil")
        named = any(p.victims and p.group != "unknown" for p in unit.told.others)
        if (named or unit.has("identified")) and known and not _harmed(unit):
            return not self._conflicts(unit, current)
        if unit.told.harms or unit.told.unhurt or any(p.part for p in unit.told.others):
            return not self._conflicts(unit, current)
        useful = (
            unit.has("happened")
            or unit.blasts
            or unit.hits
            or unit.has("activity")
            or unit.told.others
            or any(d.role == "said" for d in unit.dates)
        )
        fills = any(d.role == "said" for d in unit.dates) and not (current.dates or current.said)
        fills = fills or (
            (unit.event_dates and not current.dates)
            or (unit.locations and not current.where)
            or unit.has("activity")
            or (unit.has("happened") and any(d.relative for d in unit.event_dates))
            or (unit.has("happened") and _narrows(unit, current))
            or unit.has("background", "riders")
        )
        if unit.recalls and not unit.has("happened"):
            return False
        return bool(useful and fills) and not self._conflicts(unit, current)

    def _tell(self, unit: Unit) -> None:
        marks = unit.flags["background"]
        recall = any(h.value == "recall" and h.start - unit.start < _OPENING for h in marks)
        separate = self._separate(unit)
        fitting = [e for e in self.events if not self._conflicts(unit, e) and not _apart(unit, e)]
        if self._goes_back(unit, fitting, recall=recall):
            return
        if self.current is not None and _is_earlier_count(unit):
            self._append(self.current, replace(unit, dates=()))
            return
        named = bool(unit.event_dates or districts_of(unit.locations))
        died = self.current in fitting and _of_death(self.current)
        outlined = self.current is not None and self._is_outline(self.current, fitting)
        if recall and self.current is not None and (outlined or died):
            self._append(self.current, unit)
            return
        dates_it = unit.has("happened") and not _harmed(unit) and not separate
        if recall and dates_it and self.current in fitting and not self.current.dates:
            self._append(self.current, unit)
            return
        if (recall or separate) and self.events:
            same = [e for e in fitting if self._same(unit, e)]
            if same:
                self._append(same[-1], unit)
            elif named or separate or _harmed(unit):
                self._open(unit, recalled=recall)
            return
        if self.current is not None and self.current in fitting:
            self._append(self.current, unit)
        elif fitting and not unit.continues and not self._begins(unit, fitting[-1]):
            self._append(fitting[-1], unit)
        else:
            self._open(unit)

    def _goes_back(self, unit: Unit, fitting: list[Event], *, recall: bool) -> bool:
        """Put how many were hurt, and when, before the death of one of them that was told first."""
        current = self.current
        if current is None or current not in fitting or not _is_one_of(current, unit):
            return False
        if not recall and not unit.has("denied", "corrected"):
            return False
        # *One of the two men has died. It had said that two were hurt on Friday.*: no correction.
        current.units.insert(0, replace(unit, flags={**unit.flags, "denied": ()}))
        return True

    def _begins(self, unit: Unit, event: Event) -> bool:
        """Say whether a list goes on with the next blast, and not back to one without a day."""
        exact = any(d.precision == 1 for d in unit.event_dates)
        return exact and _harmed(unit) and not event.dates and not _districts(unit) & event.where

    def _separate(self, unit: Unit) -> bool:
        """Say whether it speaks of a blast of its own."""
        separate = unit.has("background", "separate") or unit.has("background", "shortly")
        if unit.has("background", "next"):
            # A second mine elsewhere or on another day is a blast of its own.
            named = unit.event_dates or districts_of(unit.locations)
            separate = separate or bool(named or self._leads(unit))
        if unit.has("background", "help") and not unit.event_dates:
            # Whoever came to help and set off another one is of the same incident.
            # A lead that sums up several blasts counts it as one of them.
            separate = separate and bool(districts_of(unit.locations) or self._leads(unit))
        if unit.has("background", "back") and (_harmed(unit) or unit.told.unhurt):
            # Of a blast without a day this is the day, not another blast.
            current = self.current
            known = current is not None and any(u.hits or _harmed(u) for u in current.units)
            known = known and current is not None and bool(current.dates or current.said)
            separate = separate or (known and bool(unit.event_dates))
        return separate

    def _is_outline(self, event: Event, fitting: list[Event]) -> bool:
        """Say whether only *the deaths in* a place were spoken of, without day or number."""
        counted = any(
            h.people is not None and h.people.best is not None
            for u in event.units
            for h in u.told.harms
        )
        return event in fitting and not event.dates and not counted

    def _append(self, event: Event, unit: Unit) -> None:
        lead = self.lead if self._leads(unit) else None
        if lead is not None and lead.event_dates and not (event.dates or event.inherited):
            # A headline names no day, the lead below it that of all its blasts.
            event.lead, event.inherited = event.lead or lead, _nearest(lead)
        (event.units if len(event.units) < _MOST_SENTENCES else self.rest).append(unit)
        self.current = event

    def _open(self, unit: Unit, *, recalled: bool = False) -> None:
        event = Event([unit], recalled)
        self._lead(event, unit)
        if not unit.event_dates and self.current is not None and not recalled:
            event.inherited = self.current.date
        lead = self.lead if self._leads(unit) else None
        event.lead = lead
        if lead is not None and lead.event_dates and not event.dates:
            event.inherited = _nearest(lead)
        if lead is not None and len(_districts(lead)) == 1 and not _districts(unit):
            event.inherited_places = usable(lead.places)
        if self.current is not None and not _districts(unit):
            marks = {h.value for h in unit.flags["background"]}
            homes = [p for p in unit.places if p.role == "home" and p.districts]
            strange = any(p.kind == "settlement" and not p.districts for p in unit.locations)
            shortly = "shortly" in marks and "back" not in marks
            if (
                (shortly or unit.event_dates)
                and strange
                and len(districts_of(homes) - {_STATE}) == 1
            ):
                # A village that nobody lists is sooner at its victim's home than elsewhere.
                event.inherited_places = homes[:1]
            elif near := self._by_road(unit):
                event.inherited_places = near
            elif marks & {"shortly", "back"} or _apart(unit, self.current):
                event.inherited_places = usable(p for u in self.current.units for p in u.places)
        event.actor = self._actor(unit)
        if len(self.events) >= _MOST_EVENTS:
            self.rest.append(unit)
            return
        self.events.append(event)
        self.current = event

    def _by_road(self, unit: Unit) -> list[PlaceMention]:
        """Give the places told of before that a road goes by, if it alone is told of here."""
        roads = districts_of(p for p in unit.places if p.role == "road")
        told = [u for e in self.events for u in e.units] + self.totals + self.rest
        return [p for u in told for p in u.locations if roads & set(p.districts)]

    def _actor(self, unit: Unit) -> str | None:
        """Give the group of the people just spoken of, whom *one of them* is one of."""
        last = next((u for u in reversed(self.rest) if u.start < unit.start), None)
        parts = [h.people for h in unit.told.harms if h.people is not None and h.people.part]
        if last is None or not parts or last.end + 3 < unit.start:
            return None
        groups = {p.group for p in last.told.others} - {"unknown", "self", "employee"}
        return next(iter(groups)) if len(groups) == 1 else None

    def _lead(self, event: Event, unit: Unit) -> None:
        """Take the day or place from the sentence before, where this one has none."""
        loose, self.loose = self.loose, None
        if loose is None or unit.paragraph - loose.paragraph > 1 or loose.recalls:
            return
        if loose is self.withdrawn:
            loose = _without_claims(loose, unit)
        if _of_several(loose) or (loose.event_dates and unit.event_dates):
            return
        if unit.has("background", "separate") and loose.flags["work"]:
            # *They cleared three districts in May. Meanwhile a man stepped on a mine.*
            return
        if (loose.event_dates and not unit.event_dates) or (
            districts_of(loose.locations) and not districts_of(unit.locations)
        ):
            event.units.insert(0, loose)

    def _same(self, unit: Unit, event: Event) -> bool:
        """Say whether the sentence names the event's own day and place again."""
        days = unit.event_dates
        where = districts_of(unit.locations)
        dated = event.date
        return bool(days and where and dated and event.where) and all(
            _overlap(d, dated) for d in days if dated is not None
        )

    def _conflicts(self, unit: Unit, event: Event) -> bool:
        where = districts_of(unit.locations)
        known = event.where
        if unit.has("happened") and not _harmed(unit) and not event.located:
            # *On the road to Shusha; it happened in the Khojavend district.*
            known = set()
        if where and known and not unit.in_hospital and not _compatible(where, known):
            return True
        days = [d for d in unit.event_dates if d.kind != "recent" and not unit.deathbed]
        dated = [d for d in event.dates if d.kind != "recent"]
        if unit.has("happened"):
            # *It happened a day earlier* than somebody died.
            late = [u for u in event.units if any(h.late for h in u.told.harms)]
            dated = [d for d in dated if not any(u.start <= d.start < u.end for u in late)]
        if any(d.precision <= 2 for d in dated):
            # *The second this week*: the week of several blasts is the day of none.
            dated = [d for d in dated if d.precision <= 2]
        if days and dated:
            return not any(_overlap(a, b) for a in days for b in dated)
        if days and event is not self.current:
            # A blast that is news today was not weeks ago, once others were recalled after it.
            told = max((d.last for d in event.said), default=self.published)
            return all(d.last < told - _NEWS for d in days)
        return False


def _narrows(unit: Unit, event: Event) -> bool:
    """Say whether it names the place of a blast on some road, or the day of one of some week."""
    known = event.date
    nearer = known is not None and any(d.precision < known.precision for d in unit.event_dates)
    return nearer or bool(unit.locations and not event.located)


def _apart(unit: Unit, event: Event) -> bool:
    """Say whether it tells of another blast than one of the same day and district.

    Somebody else was harmed in another village, at another time of the day, or later.
    """
    told = [u for u in event.units if (_harmed(u) or u.told.unhurt) and not u.deathbed]
    begun = [u for u in event.units if told and not u.headline]
    if _on_the_same_day(unit) and any(u.sets_off for u in begun):
        return True
    if unit.deathbed or not (_harmed(unit) or (unit.blasted and unit.told.unhurt)) or not told:
        return False
    where = districts_of(unit.locations)
    if where and event.where and not _compatible(where, event.where):
        return False
    # A headline's *Gazakh village* may be any village of Gazakh.
    villages = {v for u in event.units if not u.headline for v in u.villages}
    parts = {p for u in event.units if u.blasted or u in told for p in u.dayparts}
    if villages and unit.villages and not villages & unit.villages:
        return True
    if parts and unit.dayparts and not parts & unit.dayparts:
        return True
    ordered = any(u.has("background", "first") for u in event.units)
    if ordered and any(unit.has("background", v) for v in ("then", "next", "separate")):
        return True
    return unit.blasted and unit.has("background", "later")


def _on_the_same_day(unit: Unit) -> bool:
    """Say whether it begins with *on the same day* and tells who set off another one."""
    begins = any(d.kind.startswith("anchor") and d.start - unit.start < 5 for d in unit.event_dates)
    others = (*unit.told.others, *(h.people for h in unit.told.harms if h.people))
    return begins and unit.sets_off and any(p.best and not p.part for p in others)


def _without_claims(unit: Unit, following: Unit) -> Unit:
    """Leave of a report that is taken back only what the correction does not say anew."""
    told = replace(unit.told, harms=(), others=(), unhurt=None, outcomes=())
    places = () if districts_of(following.locations) else unit.places
    dates = () if following.event_dates else unit.dates
    return replace(unit, told=told, places=places, dates=dates)


def _of_death(event: Event | None) -> bool:
    """Say whether only the later death of somebody was told, not what had happened."""
    harms = [h for u in event.units for h in u.told.harms] if event is not None else []
    # *One of the two has died. The man, aged 47, died in hospital.*: one, told of twice.
    return any(h.late for h in harms if h.outcome == "killed") and all(
        h.late or h.outcome == "injured" or _one_of(h) for h in harms
    )


def _one_of(harm: Harm) -> bool:
    people = harm.people
    some = people is not None and (people.part or people.taken or people.out_of is not None)
    return some and people is not None and people.best == 1


def _is_one_of(event: Event, unit: Unit) -> bool:
    """Say whether of as many as a sentence counts one was told of as dead, of an unknown day."""
    if event.dates or not unit.event_dates or not _of_death(event):
        return False
    people = [h.people for u in event.units for h in u.told.harms if h.people is not None]
    return any(p.out_of is not None and p.out_of == _number_in(unit) for p in people)


def _nearest(unit: Unit) -> DateMention:
    """Of several days in a sentence take the most precise, then the nearest to what happened."""
    exact = [d for d in unit.event_dates if d.precision == 1]
    if exact and any(h.late for h in unit.told.harms):
        # The day of the blast comes before that of a later death.
        return min(exact, key=lambda d: d.first)
    days = unit.event_dates
    blasts = [h.start for h in (*unit.hits, *unit.blasts)]
    if blasts and days[0].start < min(blasts) < days[-1].start:
        # *Who hit a mine in May was operated on this week*: each side has its own day.
        nearest = min(days, key=lambda d: min(abs(b - d.start) for b in blasts))
        days = [d for d in days if _overlap(d, nearest)]
    marks = [*blasts, *(h.start for h in unit.told.outcomes)]
    return min(
        days,
        key=lambda d: (d.precision, min((abs(m - d.start) for m in marks), default=0)),
    )


def _when_hurt(unit: Unit) -> Unit | None:
    """Leave the days on which somebody was hurt whose later death is told of.

    *A sapper who was wounded in mid-February has died, it was said on Tuesday.*
    """
    hurt = [h.start for h in unit.told.harms if h.outcome == "injured"]
    died = [h.start for h in unit.told.harms if h.outcome == "killed" and h.late]
    if not hurt or not died or any(d.start < hurt[0] for d in unit.event_dates):
        return None
    days = tuple(d for d in unit.event_dates if hurt[0] < d.start < died[0])
    return replace(unit, dates=days) if days else None


def _compatible(a: set[str], b: set[str]) -> bool:
    if a & b:
        return True
    # A country alone agrees with a place in it.
    return any(x[2:] == ":" and x[:2] == y[:2] for p, q in ((a, b), (b, a)) for x in p for y in q)


def _overlap(a: DateMention, b: DateMention) -> bool:
    return a.first <= b.last and b.first <= a.last


_ON_DUTY = ("military", "peacekeeper", "deminer")
"""Whom an explosion of which no more is said may have been a mine's."""
_NEWS = timedelta(days=6)
"""How long after a blast it is told as news."""
_SEVERAL = 2
_MONTH, _YEAR = 4, 5
"""The precision of days of which only the month, only the year is known."""


def _names_cause(unit: Unit, told: Unit) -> bool:
    """Say whether it may name the device of what a sentence before it tells."""
    # A later death has a day of its own.
    agree = told.deathbed or _agree(unit.event_dates, told.event_dates)
    return unit.has_device and not _only_clears(unit) and agree


def _only_clears(unit: Unit) -> bool:
    """Say whether it only tells that ground was cleared of mines, or who learnt of them."""
    work = {h.value for h in unit.flags["work"]} & {"clearance", "training", "survey"}
    return bool(work) and not (unit.hits or unit.blasts or unit.told.harms)


def _harmed_in(event: Event) -> int:
    """Give how many at most one sentence about a blast says were harmed."""
    return max(map(_number_in, event.units), default=0)


def _number_in(unit: Unit, *, whole: bool = False) -> int:
    """Give how many a sentence says were harmed; as a whole without those named as a part."""
    told = [h.people for h in unit.told.harms if h.people and not (whole and h.people.part)]
    people = {p.start: p.best or 0 for p in told}
    return sum(people.values())


def _few(unit: Unit) -> bool:
    """Say whether one or two people were hurt by one device: no sum, though only a year is told."""
    people = [h.people for h in unit.told.harms if h.people is not None]
    number = sum(p.best if p.best is not None else _CROWD for p in people)
    return bool(people) and number <= 2 and not unit.has("period", "total")


def _is_earlier_count(unit: Unit) -> bool:
    """Say whether it only gives the number known at first: *two deaths had been reported*."""
    if unit.hits or unit.blasts or _districts(unit) or not _harmed(unit):
        return False
    return unit.has("denied", "corrected") or unit.has("denied", "outdated")


def _adds_nothing(unit: Unit, loose: Unit) -> bool:
    """Say whether a sentence only goes on with the one before, which names day or place."""
    if unit.paragraph != loose.paragraph or unit.locations or unit.dates:
        return False
    if _is_earlier_count(unit):
        return True
    known = loose.event_dates or districts_of(loose.locations)
    return bool(known) and not (unit.devices or unit.hits or unit.blasts or unit.told.harms)


def _of_several(unit: Unit) -> bool:
    """Say whether it is of a period: *the number of victims* of one day's blast is not."""
    exact = any(d.precision == 1 for d in unit.event_dates) and bool(districts_of(unit.locations))
    return any(not (h.value == "count" and exact) for h in unit.flags["period"])


def _narrow(unit: Unit) -> bool:
    """Say whether a village or the vehicle that hit a mine makes it one blast, whatever its day."""
    village = any(p.kind == "settlement" for p in unit.locations)
    moved = unit.sets_off and unit.has("activity", "travel_vehicle")
    return bool(districts_of(unit.locations)) and (village or moved)


_CARFUL = 9
"""More people than one vehicle holds are the sum of several blasts, if only a year is told."""


def _districts(unit: Unit) -> set[str]:
    """Give what a sentence narrows the place to, if to less than a country."""
    return {d for d in districts_of(unit.locations) if not d.endswith(":")}


def _sums(unit: Unit, following: list[Unit]) -> bool:
    """Say whether a sentence tells together of several blasts that follow, each with its place."""
    if unit.deathbed or unit.has("background", "recall"):
        return False
    if _districts(unit):
        return _adds_up(unit, following)
    number = _number_in(unit)
    told = _harmed(unit) and number >= _SEVERAL
    if not told and not ((unit.blasts or unit.hits) and unit.event_dates and not _harmed(unit)):
        return False
    parts: list[Unit] = []
    for one in following:
        if one.paragraph - unit.paragraph > _REACH or one.has("background", "recall"):
            break
        if _districts(one) and not one.has("period"):
            if not _agree(one.event_dates, unit.event_dates):
                break
            if _harmed(one) or one.blasted or one.told.unhurt:
                parts.append(one)
    places = [_districts(one) for one in parts]
    if not any(not _compatible(a, b) for n, a in enumerate(places) for b in places[:n]):
        return False
    numbers = [_number_in(one) for one in parts]
    return not told or (number > max(numbers) and number >= sum(numbers))


def _by_year(unit: Unit) -> bool:
    """Say whether it gives figures year by year."""
    years = {d.first for d in unit.event_dates if d.precision == _YEAR}
    return len(years) >= _SEVERAL and all(d.precision == _YEAR for d in unit.event_dates)


def _adds_up(unit: Unit, following: list[Unit]) -> bool:
    """Say whether the blasts told next, at least two, are all that a sentence counts."""
    number, where = _number_in(unit), _districts(unit)
    if unit.headline and following and _number_in(following[0]) == number >= _SEVERAL:
        # A headline says the same as the lead below it.
        unit, following = following[0], following[1:]
    blasts = [one for one in following if one.sets_off and not one.has("period")]
    places = [d for d in map(_districts, blasts) if d and d < where]
    if number >= _SEVERAL and any(not a & b for a in places for b in places):
        # *Four were hurt in Kalbajar, Khojavend and Goranboy*: each of the blasts had one place.
        return True
    if (unit.blasts or unit.hits) and not _harmed(unit):
        # *Two blasts in Fuzuli and Aghdam. In Fuzuli one was killed, in Aghdam …*.
        told = [
            one for one in following if (_harmed(one) or one.sets_off) and not one.has("period")
        ]
        parts_of = [d for d in map(_districts, told) if d and d < where]
        return any(not a & b for a in parts_of for b in parts_of)
    if number < _SEVERAL or not unit.blasts or any(b.value != "plural" for b in unit.blasts):
        return False
    parts = [one for one in following if _harmed(one) or one in blasts]
    parts = [one for one in parts if not one.has("period")]
    sums = [0]
    for one in parts:
        sums.append(sums[-1] + (_number_in(one) or _setting_off(one)))
    # *Three were hurt by two mines. On the 20th one stepped on …, the next day two were hurt.*
    days = {d.first for one in parts for d in one.event_dates if d.precision == 1}
    apart = len(blasts) >= _SEVERAL or len(days) >= _SEVERAL
    apart = apart or any(one.has("background", "separate") for one in parts[1:])
    return apart and number in sums[_SEVERAL:]


def _setting_off(unit: Unit) -> int:
    """Give how many set something off of whom no harm is told."""
    return sum(p.best or 0 for p in unit.told.others) if unit.sets_off else 0


def _agree(days: list[DateMention], lead: list[DateMention]) -> bool:
    """Say whether days are those of a lead, as far as either names any."""
    return not days or not lead or any(_overlap(a, b) for a in days for b in lead)


def _of_clearance(unit: Unit) -> bool:
    """Say whether those who clear mines were hurt where and when the sentence says."""
    groups = {h.people.group for h in unit.told.harms if h.people is not None}
    clearing = "deminer" in groups or unit.has("activity", "demining")
    known = unit.locations or any(d.precision <= 2 for d in unit.event_dates)
    return bool(clearing and known) and not unit.has("other_cause")


def _general(unit: Unit) -> bool:
    """Say whether it only speaks of blasts in general, or of one that is denied."""
    if unit.has("denied") and not unit.event_dates:
        return True
    day = any(d.precision == 1 for d in unit.event_dates)
    return bool(unit.blasts) and not day and all(b.value == "plural" for b in unit.blasts)


def _no_blast(unit: Unit) -> bool:
    """Say whether nobody stepped on it, it did not go off, or something else was the cause."""
    if unit.has("not_blast", "hit") and not unit.hits and not unit.blasts:
        return True
    if unit.has("not_blast", "dud") and not unit.blasts and not _harmed(unit):
        return True
    return unit.has("denied", "firm") and unit.has("other_cause") and not unit.hits


def _strong(unit: Unit, causes: set[str]) -> list[Hit]:
    """Give the devices that count beside shells and fire: those of no shell."""
    weak = {"topic", "uxo", "unknown"} | ({"cmr"} if "fire" in causes else set())
    found = [d for d in unit.devices if d.value not in weak]
    # *A drone killed a man, mines were found as well.*
    apart = found and not unit.blasts and causes <= {"fire", "attack"}
    return [] if apart and _told_before(unit, found) else found


def _told_before(unit: Unit, devices: list[Hit]) -> bool:
    """Say whether harm and its cause are told of before any mine is."""
    first = min(d.start for d in devices)
    causes = [h.start for h in unit.flags["other_cause"]]
    harmed = [h.start for h in unit.told.harms if h.outcome in ("killed", "injured")]
    return bool(harmed) and max(harmed) < first and min(causes) < first


def _is_shell(unit: Unit) -> bool:
    """Say whether, told after a day's fire, it is of one of its shells, not of one left over."""
    shells = bool(unit.devices) and all(d.value in ("uxo", "cmr") for d in unit.devices)
    apart = unit.hits or unit.dates or unit.has("activity") or unit.has("background")
    return shells and not apart


def _goes_on_about(unit: Unit) -> bool:
    """Say whether, told after an attack, it names no device and no day of another blast."""
    weak = all(d.value in ("topic", "uxo", "unknown") for d in unit.devices)
    other = unit.hits or any(d.precision == 1 and not d.relative for d in unit.event_dates)
    return weak and not other


def _all_denied(unit: Unit) -> bool:
    """Say whether all is denied that makes a blast of what it tells.

    Whoever did not step on a mine may have died of something else, which may be told.
    """
    marks = unit.flags["denied"]
    before = [h.start for h in marks if h.value == "before"]
    after = [h.end for h in marks if h.value == "denied_what"]
    blast = [*unit.hits, *unit.blasts, *(d for d in unit.devices if d.value != "topic")]
    told = [(h.start, h.end) for h in blast] or [(h.start, h.end) for h in unit.told.harms]
    if not told:
        return False
    happened = {h.end + 1 for h in unit.flags["happened"]}
    if _harmed(unit) and not unit.hits and any(b.start in happened for b in unit.blasts):
        # *That a guard died in the blast which happened in Fuzuli is not so*: there was one.
        return False
    return bool(before and all(start < before[-1] for start, _ in told)) or bool(
        after and all(end > after[0] for _, end in told)
    )


def _known_one(harm: Harm, nouns: set[int]) -> bool:
    """Say whether who died is one of those told of by these nouns, or *he* or *one of them*."""
    people = harm.people
    if people is None:
        return harm.pronoun
    if people.more or harm.toll or harm.body:
        return False
    return bool(people.part or people.aged or (not people.counted and people.noun in nouns))


def _harmed(unit: Unit) -> bool:
    return any(h.outcome in ("killed", "injured") for h in unit.told.harms)


def _counted(harm: Harm) -> bool:
    return harm.people is not None and (harm.people.counted or harm.people.plural)


def day_of(event: Event, published: date) -> DateMention | None:
    """Choose the day of a blast.

    Parameters
    ----------
    event
        The blast.

    Returns
    -------
    DateMention or None
        Its own day, else that of the blast told before it, else that of a statement about
        it; None where the text names none.
    """
    if event.date is not None:
        return event.date
    late = [d for u in event.units if u.deathbed for d in u.event_dates]
    said = [d for d in (*event.said, *late) if d.precision == 1 and d.first <= published]
    return min(said, key=lambda d: d.first, default=None)
