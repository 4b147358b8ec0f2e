"""What all tellings of one blast say together about the people it harmed."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from geodata import codes
from geodata.reports.candidates import CasualtyCount
from geodata.reports.clauses import Unit
from geodata.reports.people import Harm, People

OUTCOMES: tuple[codes.Outcome, ...] = ("killed", "injured")
_VAGUE = {"unknown", "civilian"}
_SAME_PEOPLE = ({"military", "deminer"}, {"military", "peacekeeper"})
"""Groups that one sentence and the next may call the same people."""
HOME = "Azerbaijan"
"""Whose officers are no peacekeepers."""
_OFFICERS = {"military", "police", "peacekeeper"}
_ORDER = (
    "military", "peacekeeper", "deminer", "emergency_worker", "aid_worker", "journalist", "police",
    "civilian", "unknown",
)  # fmt: skip


@dataclass(slots=True)
class _Count:
    """People of one group in one telling."""

    best: int | None = None
    low: int | None = None
    high: int | None = None
    affiliation: str | None = None
    child: bool = True
    female: bool = True
    span: tuple[int, int] = (0, 0)
    open_ended: bool = False
    named: tuple[frozenset[int], ...] = ()

    def size(self) -> int:
        return self.best if self.best is not None else (self.low or self.high or 0)

    def hold(self, number: int) -> "_Count":
        """Be exactly so many."""
        self.best = self.low = self.high = number
        return self


@dataclass(slots=True)
class _Telling:
    """What one sentence says of one outcome: group to count, and whether it comes on top.

    Where all are somebody's `kin` who was not named before, they come on top as well, and
    so do `helpers`, who came to those told of before and were harmed in their turn. In a
    `mixed` one only some come on top of the others: *one lost a hand, two others an eye*.
    """

    groups: dict[str, _Count] = field(default_factory=dict)
    more: bool = False
    headline: bool = False
    kin: bool = False
    helpers: bool = False
    mixed: bool = False
    another: bool = False
    """*One was killed and another hurt*: whoever is told of next as hurt may be that one."""
    parts: bool = False
    herself: bool = False
    """Only a pronoun or a wound told of the one who set it off: *her foot had to be taken off*."""
    at: int = 0
    beside: int = 0
    """How many of those told of before the same sentence speaks of besides: *one of them is …*."""

    def total(self) -> int:
        return sum(c.size() for c in self.groups.values())


class _Kind(NamedTuple):
    demining: bool
    civil: bool
    body: str


@dataclass(slots=True)
class Tally:
    """The rows of one blast, with the span of each, its totals and what is doubtful."""

    rows: list[tuple[CasualtyCount, tuple[int, int]]]
    killed: int | None
    injured: int | None
    disputed: bool = False


def tally(
    units: list[Unit],
    *,
    demining: bool,
    civil: bool,
    body: str = "",
    several: bool = False,
    actor: str | None = None,
    lead: Unit | None = None,
) -> Tally:
    """Put the tellings of one blast together.

    The same people told twice count once: per group the largest telling, and a total
    without a group is filled up by the groups named. Who dies later moves from the injured
    to the killed.

    Parameters
    ----------
    units
        The sentences about it, in order.
    demining
        The blast happened during clearance, so employees without an organisation are
        deminers.
    civil
        It happened during what only civilians do, so people of no stated group are
        civilians; those of whom only a number is told are not.

    body
        The group of the army or police whose vehicle it was, if it was one: its crew, and
        people of no stated group, are of it.
    several
        The report tells of several blasts, so a headline may give the sum of them.
    actor
        The group of those whom the sentence before the blast spoke of, whom *one of them* means.
    lead
        The sentence that sums it up with other blasts, if there is one.

    Returns
    -------
    Tally
        Rows killed first; a number that the text does not give is None.
    """
    clearing = demining or any(
        h.people is not None and h.people.group == "deminer" for u in units for h in u.told.harms
    )
    heard = _Heard(_Kind(clearing, civil, body))
    heard.actor = actor or ""
    heard.before = actor or ""
    if lead is not None:
        heard.hear_of(lead)
    told = [u for u in units if not u.headline]
    if several and any(u.told.harms for u in told):
        units = told
    units = _parted(units)
    heard.corrected = max((u.start for u in told if u.has("denied", "firm")), default=-1)
    for unit in units:
        heard.take(unit)
    return _together(heard)


def _parted(units: list[Unit]) -> list[Unit]:
    """Part a number of all hurt where sentences go on to tell what became of each of them.

    *Three were hurt: one died, another lost a foot, the third has burns* are one dead and two
    hurt. Whom the number stands for is said with it, so it stays and the parts go, unless it
    says less of them than the parts of one sentence.
    """
    told = list(units)
    for at, unit in enumerate(units):
        whole = _whole(unit)
        if not whole:
            continue
        number = sum(h.people.best or 0 for h in whole if h.people)
        parts: dict[tuple[int, int], Harm] = {}
        for later in range(at, len(units)):
            found = _parts_in(units[later], whole[-1].end if later == at else -1)
            if found and _come_to_help(units[later], whole, found):
                found = None
            if found is None:
                break
            parts |= {(later, h.people.start): h for h in found if h.people}
            size = sum(h.people.best or 0 for h in parts.values() if h.people)
            if size >= number:
                break
        else:
            continue
        if found is not None and size == number and _one_by_one(list(parts.values())):
            told = _with_parts(told, at, whole, parts)
    return told


def _whole(unit: Unit) -> list[Harm]:
    """Give those of whom a sentence says together, before anything else, that they were hurt."""
    harms = sorted(unit.told.harms, key=lambda h: h.start)
    first = [h for h in harms if h.start == harms[0].start]
    people = [h.people for h in first if h.people is not None]
    counted = len(people) == len(first) and all(p.best and not p.more for p in people)
    hurt = bool(first) and all(h.outcome in ("injured", "both") and not h.toll for h in first)
    if not (counted and hurt) or sum(p.best or 0 for p in people) < _PARTS:
        return []
    return first if not all(p.bare for p in people) or unit.headline else []


_PARTS = _SECOND = 2
_SOURCES = 2
"""So many words for saying give each number its own source."""


def _parts_in(unit: Unit, after: int) -> list[Harm] | None:
    """Give the harms that may be parts of a number told before; None where others come in."""
    harms = [h for h in unit.told.harms if h.start > after and h.people is not None]
    fresh = after < 0 and harms and (unit.hits or unit.blasts or unit.headline)
    if fresh or any(h.people is None or h.people.best is None or h.toll for h in harms):
        return None
    latest = {h.people.start: h for h in sorted(harms, key=_deadly) if h.people}
    people = [h.people for h in latest.values() if h.people is not None]
    if after >= 0 and not all(p.bare or p.part or p.more for p in people):
        return None
    return [latest[start] for start in sorted(latest)]


def _come_to_help(unit: Unit, whole: list[Harm], parts: list[Harm]) -> bool:
    """Say whether others than those hurt are told of: *of two soldiers who ran to help them*."""
    groups = [{h.people.group for h in some if h.people} for some in (whole, parts)]
    known = all(groups) and "unknown" not in groups[0] | groups[1]
    return known and groups[0].isdisjoint(groups[1]) and unit.has("background", "help")


def _is_anybody_hurt(people: People) -> bool:
    """Say whether only *the injured* are spoken of, of whom nothing else is said."""
    return people.victims and people.best is None and not (people.more or people.part)


def _is_part(harm: Harm) -> bool:
    people = harm.people
    return people is not None and (people.part or people.of_hurt)


def _deadly(harm: Harm) -> bool:
    return harm.outcome == "killed"


def _one_by_one(parts: list[Harm]) -> bool:
    """Say whether parts tell of each, not of all once more."""
    people = [h.people for h in parts if h.people is not None]
    bare = all(p.bare or p.part or p.more for p in people)
    dead = any(h.outcome == "killed" for h in parts)
    return len(parts) >= _PARTS and not people[0].more and (bare or dead)


def _with_parts(
    units: list[Unit], at: int, whole: list[Harm], parts: dict[tuple[int, int], Harm]
) -> list[Unit]:
    """Put the dead and the hurt in the place of all, and leave out the parts."""
    told = list(units)
    known = any(h.people and h.people.group != "unknown" for h in whole)
    where = {later for later, _ in parts}
    named = all(h.people and h.people.group != "unknown" for h in parts.values())
    if not known and named and len(where) == 1 and where != {at}:
        left = tuple(h for h in told[at].told.harms if h not in whole)
        told[at] = replace(told[at], told=replace(told[at].told, harms=left))
        return told
    for later in where:
        gone = {start for n, start in parts if n == later}
        left = tuple(
            h for h in told[later].told.harms if h.people is None or h.people.start not in gone
        )
        told[later] = replace(told[later], told=replace(told[later].told, harms=left))
    dead = sum(h.people.best or 0 for h in parts.values() if h.people and _deadly(h))
    if not dead:
        return told
    harms = [h for h in told[at].told.harms if h not in whole]
    for harm in whole:
        people = harm.people
        if people is None:
            continue
        killed = min(dead, people.best or 0)
        dead -= killed
        for outcome, number in (("killed", killed), ("injured", (people.best or 0) - killed)):
            if number:
                some = replace(people, low=number, best=number, high=number)
                harms.append(replace(harm, outcome=outcome, people=some))
    told[at] = replace(told[at], told=replace(told[at].told, harms=tuple(harms)))
    return told


class _Heard:
    """All tellings of one blast, firm and doubtful, and who was reached without an outcome."""

    def __init__(self, kind: _Kind) -> None:
        self.kind = kind
        self.firm: dict[str, list[_Telling]] = {o: [] for o in OUTCOMES}
        self.doubtful: dict[str, list[_Telling]] = {o: [] for o in OUTCOMES}
        self.pool: list[_Telling] = []
        self.late: list[tuple[int, _Count | None, str]] = []
        self.late_at: tuple[int, int] = (-1, -1)
        self.hurt_so_far = self.hurt_after_from = 0
        self.headline = False
        self.corrected = -1
        self.identified: set[str] = set()
        self.summed = ""
        """What came to all of whom a sentence sums up this blast with others."""
        self.kin: set[int] = set()
        """Whose kin were spoken of who are not harmed so far: *with his uncle*."""
        self.all_are: set[str] = set()
        """The groups of which the victims were said to be."""
        self.crowd = 0
        self.crowd_of: People | None = None
        self.before = ""
        self.tolls: dict[str, _Count] = {}
        self.seen: dict[str, int] = {}
        self.late_more = self.late_besides = False
        self.hurt_before = False
        self.nameless: dict[str, Harm] = {}
        self.unhurt = False
        self.herd = False
        self.set_off = False
        """Somebody was said to have set it off."""
        self.last = ""
        self.actor = ""
        self.both = False
        self.civil = False
        self.crowded = False
        """A crowd of civilians, whose number is not told, was introduced or set it off."""
        self.rest: dict[str, _Count] = {}
        self.hurt: Counter[tuple[int, int]] = Counter()
        self.nouns: dict[int, bool] = {}
        self.himself: dict[str, Harm] = {}
        """What *he* came to beside somebody of his who came to something else."""
        self.called: dict[int, str] = {}
        """The group of one person last told of by each noun."""
        self.dead: list[int] = []
        self.counted: dict[int, int] = {}
        self.found = _Telling()
        """Those whose bodies were found."""
        self.searching = False
        self.of_hurt: list[_Count] = []
        """Those of the injured who died."""
        self.victims: _Count | None = None
        """Those who were said to be victims, dead or hurt."""
        self.of_hurt_from = 0
        """How many tellings of the injured were heard before that."""

    def hear_of(self, lead: Unit) -> None:
        """Hear who are spoken of where this blast is summed up with others: *the officers*."""
        told = [*lead.told.others, *(h.people for h in lead.told.harms if h.people)]
        self.counted |= {p.noun: p.best or 0 for p in told if p.noun and (p.best or 0) > 1}
        outcomes = {h.outcome for h in lead.told.harms} & set(OUTCOMES)
        self.summed = outcomes.pop() if len(outcomes) == 1 else ""
        groups = {_group(h.people, self.kind) for h in lead.told.harms if h.people}
        if len(groups) == 1 and not self.before:
            # *Mines killed three shepherds. Two of them …*.
            self.before = (groups - {"unknown"} or {""}).pop()
        officers = {p.group for p in told} & _OFFICERS
        self.actor = self.actor or (officers.pop() if len(officers) == 1 else "")

    def take(self, unit: Unit) -> None:
        """Hear one sentence."""
        others = tuple(self._officer(p) for p in unit.told.others)
        unit = replace(unit, told=replace(unit.told, others=others))
        self.hurt_so_far = len(self.firm["injured"])
        self.headline = unit.headline
        self.searching = self.searching or unit.has("activity", "search_recovery")
        self._outcomes(unit)
        harmed = [h.people for h in unit.told.harms if h.people]
        self._crowd_of(unit, harmed)
        self._who(unit, harmed)
        self.herd = self.herd or unit.told.animals or unit.told.herd
        self.set_off = self.set_off or bool(unit.hits)
        unhurt = unit.told.unhurt
        if unhurt and unhurt.value != "no_dead" and not _doubtful(unit, unit.end):
            self.unhurt = True

    def _outcomes(self, unit: Unit) -> None:
        """Hear to whom what happened."""
        here: dict[tuple[str, bool], _Telling] = {}
        begun = any(not t.headline for o in OUTCOMES for t in (*self.firm[o], *self.pool))
        moved = _moved(unit) | self._dead_since(unit)
        seen: set[tuple[int, str]] = set()
        # What is a part of others comes after them, wherever it stands.
        for harm in sorted(unit.told.harms, key=_is_part):
            key = (harm.people.start if harm.people else -1 - harm.start, harm.outcome)
            if harm.outcome in OUTCOMES and harm not in moved and key not in seen:
                seen.add(key)
                self._harm(unit, harm, here)
            elif harm.outcome == "both" and harm.people and harm.people.best and not unit.headline:
                self.victims = _count(harm.people)
        kin = any(h.people and h.people.kin for h in unit.told.harms)
        alone = [h for h in unit.told.harms if h.people is None and h.pronoun and not h.late]
        if kin and len(alone) == 1 and not self._in_doubt(unit, alone[0]):
            self.himself[alone[0].outcome] = alone[0]
        told = {o for o, _ in here} | {h.outcome for h in unit.told.harms if _apart(unit, h)}
        self.both = self.both or told >= set(OUTCOMES)
        everybody = [*unit.told.others, *(h.people for h in unit.told.harms if h.people)]
        self.counted |= {p.noun: p.best or 0 for p in everybody if p.noun and (p.best or 0) > 1}
        self.kin |= {p.noun for p in unit.told.others if p.kin and p.noun and unit.told.harms}
        self.nouns |= {h.people.noun: unit.headline for h in unit.told.harms if h.people}
        one = [p for p in everybody if p.noun and p.best == 1 and p.group in _ORDER]
        self.called |= {p.noun: p.group for p in one}
        several = len({o for o, _ in here}) > 1
        for (outcome, doubt), telling in here.items():
            # *One died and another was hurt*: on top of the dead, not of those hurt before.
            telling.another = telling.more and several
            telling.more = (telling.more and not several) or telling.kin
            fresh = not (several or any(self.firm[outcome]))
            if telling.beside and len(telling.groups) == 1 and fresh:
                # *It tore a hand off one of them and blinded the other.*
                count = next(iter(telling.groups.values()))
                count.hold(count.size() + telling.beside)
                telling.beside = 0
            telling.helpers = begun and self._helped(unit, outcome)
            telling.beside += sum(
                p.best or 0 for p in unit.told.others if p.part and p.counted and p.end < unit.end
            )
            (self.doubtful if doubt else self.firm)[outcome].append(telling)
        self._parts(unit)

    def _dead_since(self, unit: Unit) -> set[Harm]:
        """Give how he was hurt who died: *one has died in hospital. He and a friend were hurt*."""
        himself = [h for h in unit.told.harms if h.people and h.people.group == "self"]
        return {
            h
            for h in himself
            if self.late and h.outcome == "injured" and h.people and not h.people.more
        }

    def _helped(self, unit: Unit, outcome: str) -> bool:
        """Say whether whoever was harmed had come to help those told of before."""
        here = unit.hits or unit.devices or any(p.counted for p in unit.told.others)
        here = here or any(h.people and h.people.out_of for h in unit.told.harms)
        if unit.headline or not here or not unit.has("background", "help"):
            return False
        before = [t for t in self.firm[outcome] if not t.headline]
        # A total that came before those who set the first one off may count all.
        return not self.pool or any(not set(t.groups) <= _VAGUE for t in before)

    def _crowd_of(self, unit: Unit, harmed: list[People]) -> None:
        """Hear of those who set it off, or of whom the harmed are a part."""
        others = unit.told.others
        if not unit.hits and not harmed and any(b.value == "blast" for b in unit.blasts):
            at = min(b.start for b in unit.blasts)
            self._reached(unit, [p for p in others if p.best and p.end < at])
        if (unit.hits or unit.has("background", "riders")) and not harmed:
            self._reached(unit, list(others))
        helped = unit.has("background", "help")
        whole = any(p.counted for p in others) and all(p.bare for p in harmed) and not helped
        whole = whole or any(p.best is None for p in harmed)
        if not harmed or not (whole or all(p.group == "unknown" or p.rest for p in harmed)):
            return
        if (unit.hits or unit.blasts) and _enough(unit, harmed):
            self._reached(unit, list(others))
            return
        # *Of its nine passengers three died*: those whom the parts are taken from.
        first = min(p.start for p in harmed)
        number = sum(p.best or 0 for p in harmed)
        wholes = [p for p in others if p.counted and p.end <= first and not p.part]
        self._reached(unit, [p for p in wholes if (p.best or 0) >= number])

    def _who(self, unit: Unit, harmed: list[People]) -> None:
        """Hear of what kind the people are of whom nothing but that is said."""
        # *The injured man's condition* tells of nobody else.
        states = [(o.start, o.end) for o in unit.told.outcomes]
        others = tuple(
            p
            for p in unit.told.others
            if not (p.anyone and any(start <= p.start < end for start, end in states))
        )
        groups = {p.group for p in others}
        if unit.has("identified") and not harmed:
            marks = unit.flags["identified"]
            who = {p.group for p in others if not any(m.start <= p.start < m.end for m in marks)}
            # *The four men were soldiers.*
            who = who - {"civilian"} or who
            self.identified |= who & set(_ORDER) if len(who) == 1 else set()
            self.civil = self.civil or groups == {"civilian"}
        named = {_group(p, self.kind) for p in others if p.victims and p.group != "unknown"}
        if len(named) == 1 and not (harmed or unit.hits):
            # *The victims, employees of a firm, had come to mend a pipe.*
            self.all_are |= named & set(_ORDER)
        begun = any(not t.headline for o in OUTCOMES for t in self.firm[o]) and not unit.hits
        self.crowded = self.crowded or any(
            p.group == "civilian" and p.plural and p.best is None and not (p.counted or begun)
            for p in (others if not unit.headline else ())
        )
        for person in others:
            if person.group in _VAGUE and person.counted and (person.best or 0) > self.crowd:
                self.crowd = person.best or 0
                self.crowd_of = person
        for group in {_group(p, self.kind) for p in others} - {"unknown"}:
            number = sum(p.best or 1 for p in others if _group(p, self.kind) == group)
            self.seen[group] = max(self.seen.get(group, 0), number)
        self.actor = next((g for g in groups - {"unknown", "self"}), self.actor)

    def _harm(self, unit: Unit, harm: Harm, here: dict[tuple[str, bool], _Telling]) -> None:
        doubt = self._in_doubt(unit, harm)
        people = harm.people
        if people is not None and harm.body:
            _add(self.found, people, kind=self.kind)
        elif people is None:
            self._nobody(harm, here, doubt=doubt)
        elif harm.outcome == "injured" and _is_anybody_hurt(people):
            # *The injured are in hospital* tells of nobody else.
            self._nobody(replace(harm, people=None), here, doubt=doubt)
        elif (not doubt and self._toll(unit, harm, people, here)) or (
            people.everyone and harm.outcome == "injured" and self._are_all(people, here)
        ):
            return
        elif people.of_hurt and people.best and harm.outcome == "killed" and not doubt:
            self.of_hurt.append(_count(people))
            self.of_hurt_from = len(self.firm["injured"])
        else:
            self._happens(self._as_told(people, harm, unit), unit, harm, here, doubt=doubt)

    def _as_told(self, people: People, harm: Harm, unit: Unit) -> People:
        """Give people as they were told of before, whose number, group or part they are."""
        if people.part and people.best is None and self.victims and not any(self.firm.values()):
            # *Three fell victim to a mine; all of them were hurt.*
            number = self.victims.best
            people = replace(people, part=False, low=number, best=number, high=number)
        people = self._known(self._as_counted(people, unit), harm, unit)
        again = people.of_several and not people.part
        again = again and (self.nouns.get(people.noun) is False or self._of_hurt(unit, harm))
        if again or (people.of_hurt and harm.outcome == "injured"):
            # *Two assistants were hurt. One of the assistants lost an arm*; *three of the injured
            # are in a grave condition*: nobody else.
            people = replace(people, part=True, more=False)
        if people.out_of is not None:
            all_of_them = replace(people, best=people.out_of, low=people.out_of, high=people.out_of)
            self._reached(unit, [all_of_them])
        return people

    def _happens(
        self,
        people: People,
        unit: Unit,
        harm: Harm,
        here: dict[tuple[str, bool], _Telling],
        *,
        doubt: bool,
    ) -> None:
        # *The third is well*: the last of those known.
        before = (*self.pool, *self.firm["injured"], *(t for (o, _), t in here.items()))
        most = max((t.total() for t in before), default=0)
        last = (
            people.bare and harm.outcome == "injured" and _SECOND <= (people.ordinal or 0) <= most
        )
        # *The second lost a foot, the third got off with scratches*: each is told of.
        begun = here.get(("injured", False))
        if people.rest or (last and (begun is None or begun.total() == people.ordinal)):
            self.rest.setdefault(harm.outcome, _count(people))
            return
        if harm.outcome == "killed":
            dead_later = self._dead_later(unit, harm, people, here)
            told = any(not t.headline for t in self.firm["killed"]) or ("killed", False) in here
            hurt = any(self.firm["injured"]) or ("injured", False) in here or self.pool
            another = people.more and people.bare and told and not hurt
            # *Two died on the spot, another in the ambulance.*
            if self._moves(people, harm, here, later=dead_later and not (doubt or another)):
                return
            fresh = harm.late and not dead_later and not self._is_retold(people)
            people = replace(people, more=people.more or fresh)
        self._count_in(unit, harm.outcome, people, here, doubt=doubt)

    def _are_all(self, people: People, here: dict[tuple[str, bool], _Telling]) -> bool:
        """Say whether *both* are one who is dead and one who is hurt, as was told before."""
        told = [self.firm[o] + [t for (k, _), t in here.items() if k == o] for o in OUTCOMES]
        most = [max((t.total() for t in one if not t.headline), default=0) for one in told]
        return bool(most[0]) and sum(most) == people.best

    def _of_hurt(self, unit: Unit, harm: Harm) -> bool:
        """Say whether *one of the workers* who died is one of the builders told of as hurt."""
        if harm.outcome != "killed" or unit.hits or unit.blasts or harm.people is None:
            return False
        hurt = [t.groups.get(harm.people.group) for t in self.firm["injured"] if not t.headline]
        return any(c is not None and c.size() > (harm.people.best or 0) for c in hurt)

    def _moves(
        self, people: People, harm: Harm, here: dict[tuple[str, bool], _Telling], *, later: bool
    ) -> bool:
        """Move people from those hurt to the dead, if they are some of them."""
        if later and not people.plural:
            self._dies(people, harm, here)
            return True
        if people.part and self._died(people, here):
            return True
        # *A soldier has died of his wounds. A comrade of his had been killed at once.*
        besides = self.late and people.more and not any(self.firm["killed"])
        self.late_besides = self.late_besides or bool(besides)
        return False

    def _count_in(
        self,
        unit: Unit,
        outcome: str,
        people: People,
        here: dict[tuple[str, bool], _Telling],
        *,
        doubt: bool,
    ) -> None:
        """Count people among those of one outcome in this sentence."""
        if outcome == "killed":
            self.dead.append(people.noun)
        elif self._is_gone(unit, people, here):
            return
        elif not doubt:
            self.hurt[people.noun, unit.start] += 1
        # *His brother was hurt*: somebody else than those told of before.
        kin = people.kin or (people.noun in self.kin and people.best == 1 and not people.part)
        kin = kin and people.best is not None and people.noun not in self.nouns
        # *Three were hurt … so-and-so and his brother so-and-so*: two of the three.
        listed = people.named and any(t.total() > 1 for t in self.firm[outcome])
        kin = kin and not listed
        if not people.part and people.group != "unknown":
            self.last = people.group
        held = here.get((outcome, doubt))
        again = people.anyone and not (people.counted or people.more or people.part or kin)
        if held is not None and held.herself and again:
            # *The man hurt in the left foot is in hospital*: the one who set it off.
            return
        doubt = doubt or self._by_another_source(unit, outcome, people, held)
        fresh = _Telling(headline=unit.headline, kin=kin, at=unit.start)
        telling = here.setdefault((outcome, doubt), fresh)
        telling.kin = telling.kin and kin
        _add(telling, people, kind=self.kind)

    def _nobody(self, harm: Harm, here: dict[tuple[str, bool], _Telling], *, doubt: bool) -> None:
        """Hear of an outcome whose people are not named."""
        told = any(not t.headline for t in self.firm["killed"]) or ("killed", False) in here
        known = self.pool or any(self.firm["injured"])
        # *Three brothers hit a mine … he died at once*: one of those told of.
        one = harm.late or (harm.pronoun and known and not told)
        if not doubt and one and harm.outcome == "killed":
            self._late(1, None, "unknown", here, harm)
        elif not doubt:
            self.nameless.setdefault(harm.outcome, harm)
            self._hurts_herself(harm, here, told=told)

    def _hurts_herself(
        self, harm: Harm, here: dict[tuple[str, bool], _Telling], *, told: bool
    ) -> None:
        """Hear how the one who set it off was hurt: *her foot had to be taken off*."""
        reached = [t for t in self.pool if not t.headline]
        hurt = harm.outcome == "injured" and not any(self.firm["injured"]) and not here
        # *He died of the wounds he had got*: nobody else.
        if hurt and not (told or self.late) and len(reached) == 1 and reached[0].total() == 1:
            groups = {g: _copy(c) for g, c in reached[0].groups.items()}
            here["injured", False] = _Telling(groups, at=reached[0].at, herself=True)

    def _dies(self, people: People, harm: Harm, here: dict[tuple[str, bool], _Telling]) -> None:
        """Hear of a death after the blast."""
        if people.group in _ORDER and people.group != "unknown":
            self.last = people.group
        self._late(people.best or 1, _count(people), _group(people, self.kind), here, harm)
        told = any(self.firm["killed"]) or ("killed", False) in here
        self.late_more = self.late_more or (people.more and not told)

    def _in_doubt(self, unit: Unit, harm: Harm) -> bool:
        """Say whether it is a rumour, or a first figure that a later one corrects."""
        marks = unit.flags["denied"]
        early = any(h.value == "early" and h.start < harm.start for h in marks)
        return _doubtful(unit, harm.start) or (early and unit.start < self.corrected)

    def _by_another_source(
        self, unit: Unit, outcome: str, people: People, held: _Telling | None
    ) -> bool:
        """Say whether a number is that of another source, and of the same people.

        A word for saying stands between the two. Of people of another group it is only where each
        number has its own: *five workers died, says one; eight people did, says another*.
        """
        if people.part or people.more or people.named:
            return False
        said = unit.flags["speech"]
        other = tuple(s for s in said if s.value == "other")
        if held is None and other:
            held = next((t for t in self.firm[outcome][-1:] if not t.headline), None)
        if held is None:
            return False
        count = held.groups.get(people.group)
        if count is None and len(held.groups) == 1:
            group, count = next(iter(held.groups.items()))
            if not (
                len(said) >= _SOURCES and people.counted and "unknown" in {group, people.group}
            ):
                # *It confirmed one soldier's death, while local media write of two dead.*
                said = other if people.group == "unknown" else ()
        return count is not None and any(count.span[1] <= s.start <= people.start for s in said)

    def _toll(
        self, unit: Unit, harm: Harm, people: People, here: dict[tuple[str, bool], _Telling]
    ) -> bool:
        """Hear of the number of all; say whether nothing else is told."""
        told = [t for (o, _), t in here.items() if o == "injured"]
        hurt = max((t.total() for t in (*self.firm["injured"], *told)), default=0)
        if people.ordinal == hurt + 1 and not any(self.firm["killed"]):
            # *Two were hurt. A third man was killed*: he is the third of all.
            return False
        if people.ordinal and people.best == 1 and harm.outcome == "killed":
            # *A third victim has died*: so many are dead.
            number = people.ordinal
            self.tolls["killed"] = _count(people).hold(number)
        period = any(unit.has("period", v) for v in ("since", "during"))
        # *Thus two have died and two are in hospital.*
        summed = unit.has("background", "sum") and people.counted and people.group == "unknown"
        if (harm.toll or summed) and people.best is not None and not period:
            self.tolls[harm.outcome] = _count(people)
        return harm.toll or summed

    def _as_counted(self, people: People, unit: Unit) -> People:
        """Give people the number or the group that they were told of with before."""
        if people.best is None and people.plural and people.noun in self.counted:
            # *Two brothers and a cousin … The brothers died.*
            number = self.counted[people.noun]
            return replace(people, best=number, low=number, high=number)
        if people.bare and people.plural and people.group == "unknown":
            # *The car with two soldiers hit a mine, both were hurt.*
            same = {p.group for p in unit.told.others if p.counted and p.best == people.best}
            people = replace(people, group=same.pop()) if len(same) == 1 else people
        return _of_whole(people, unit)

    def _called(self, people: People) -> str | None:
        """Give the group of the one person told of by a noun, or by a rank after a policeman."""
        if people.counted:
            return None
        # *A policeman trod on a mine. The sergeant lost a foot.*
        ranked = "police" if people.rank and self.actor == "police" else None
        told = {g for o in OUTCOMES for t in self.firm[o] for g in t.groups}
        if people.rank and told == {"emergency_worker"} and not people.more:
            # *Two rescuers were hurt. The captain and the ensign have burns.*
            ranked = "emergency_worker"
        return self.called.get(people.noun) or ranked

    def _officer(self, people: People, outcome: str = "") -> People:
        """Let *the officers* be of the service that was last told of, and as many."""
        if people.group != "officer":
            return people
        told = {g for t in self.firm.get(outcome, ()) for g in t.groups} & _OFFICERS
        if len(told) == 1 and not (people.counted or people.more or people.affiliation):
            # *A peacekeeper was hurt … the wounded officer*.
            return replace(people, group=told.pop())
        kinds = (self.last, self.actor, self.kind.body, "military")
        if people.affiliation == HOME:
            # *A Russian peacekeeper and an Azerbaijani officer.*
            kinds = tuple("military" if k == "peacekeeper" else k for k in kinds)  # type: ignore[assignment]
        number = (
            self.counted.get(people.noun) if people.best is None and people.plural else people.best
        )
        return replace(people, group=next(k for k in kinds if k in _OFFICERS), best=number)

    def _known(self, people: People, harm: Harm, unit: Unit) -> People:
        """Let *he* and *two more* be people of the group that was last told of."""
        if people.group == "self":
            return replace(people, group=self.last or self.actor or "unknown")
        only = self._only_one(harm.outcome)
        again = people.anyone or (people.rank and only in _OFFICERS)
        if only and again and not (people.counted or people.more or people.part):
            # *A peacekeeper was hurt. The man, a sapper, is in hospital.*
            return replace(people, group=only)
        called = self._called(people)
        if called and people.group in ("employee", "military", "officer"):
            # *A police sergeant was hurt … the sergeant*, and so *the employee*: of that service.
            return replace(people, group=called)
        if people.group == "officer":
            return self._officer(people, harm.outcome)
        whole = {g for t in self.pool for g in t.groups} - {"unknown"}
        if people.group == "employee" and people.part and len(whole) == 1:
            # *Three sappers hit a mine. Of them the leader died.*
            return replace(people, group=whole.pop())
        if people.group == "unknown" and (people.bare or (people.more and people.counted)):
            people = replace(people, group=self._others(people, harm, unit))
        return people

    def _others(self, people: People, harm: Harm, unit: Unit) -> str:
        """Give the group of whom only a number is told, from those told of beside them."""
        if people.bare and people.more and self.last:
            return self.last
        if people.bare and (people.more or people.part or unit.headline):
            # Whoever is only a number in a headline may be named below.
            return "unknown"
        beside = [
            h.people
            for h in unit.told.harms
            if h.people is not None and h.outcome != harm.outcome and h.people.end <= people.start
        ]
        if people.bare:
            # *One soldier was killed, two of that kind were hurt*; *two soldiers were killed and
            # one was hurt*, where more than so many might be anybody.
            beside = [p for p in beside if people.of_kind or p.bare or _fewer(people, p)]
        elif any(p.group != "civilian" for p in beside):
            # *A boy was killed and two others were hurt*; beside soldiers they might be anybody.
            return "unknown"
        groups = {p.group for p in beside if p.counted}
        return groups.pop() if len(groups) == 1 else "unknown"

    def _only_one(self, outcome: str) -> str:
        """Give the group of the one person told of so far, if there is but one."""
        told = [t for o in OUTCOMES for t in self.firm.get(o, ()) if not t.headline]
        groups = {g for t in told for g in t.groups} - {"unknown"}
        one = (
            all(t.total() == 1 for t in told) and not self.pool and any(self.firm.get(outcome, ()))
        )
        return groups.pop() if one and len(groups) == 1 else ""

    def _dead_later(
        self, unit: Unit, harm: Harm, people: People, here: dict[tuple[str, bool], _Telling]
    ) -> bool:
        """Say whether somebody who died is one of those told of before as hurt."""
        told = ("killed", False) in here or any(not t.headline for t in self.firm["killed"])
        fresh = people.noun and not people.part and not self.firm["injured"] and all(self.dead)
        if harm.late and told and fresh:
            # *The driver died at once. The passenger died in hospital.*
            return self.nouns.get(people.noun) is False
        return harm.late or self._was_hurt(unit, people)

    def _is_retold(self, people: People) -> bool:
        """Say whether it is the death told before: *a soldier was killed … the private died*."""
        dead = [t for t in self.firm["killed"] if not t.headline]
        only = bool(dead) and all(t.total() == 1 for t in dead) and people.best == 1
        if not only or people.more or people.part or people.kin:
            return False
        if any(t.total() > 1 for t in self.pool) or any(self.firm["injured"]):
            return False
        one = len(dead) == 1 and set(dead[0].groups) == {people.group}
        officer = one and people.group in _OFFICERS and not people.counted and not self.pool
        # *A man was killed by a mine … a resident of the district died of his wounds.*
        return officer or people.anyone or people.noun in self.dead

    def _is_gone(self, unit: Unit, people: People, here: dict[tuple[str, bool], _Telling]) -> bool:
        """Say whether it tells how the one who died was hurt: *the 40-year-old had lost a leg*."""
        again = people.noun in self.dead if people.noun else people.aged
        # *A man has died in hospital. The 47-year-old villager had lost a leg.*
        again = again or bool(people.years and self.late and not people.kin)
        one = again and people.best == 1 and not (people.counted or people.more or people.part)
        if (
            not one
            or unit.headline
            or (unit.hits and self.set_off)
            or here
            or self.pool
            or any(self.firm["injured"])
        ):
            return False
        dead = [t.total() for t in self.firm["killed"]]
        return max(dead, default=0) == 1 or (not dead and len(self.late) > 0)

    def _was_hurt(self, unit: Unit, people: People) -> bool:
        """Say whether *the son* who died is the one son among several told of as hurt."""
        if not people.noun or people.best != 1 or people.more or people.part or self.headline:
            return False
        if unit.hits or unit.blasts or unit.has_device or any(self.firm["killed"]):
            return False
        before = {at: n for (noun, at), n in self.hurt.items() if noun == people.noun}
        others = {at for noun, at in self.hurt if noun != people.noun}
        return any(n == 1 and at in others and at != unit.start for at, n in before.items())

    def _died(self, people: People, here: dict[tuple[str, bool], _Telling]) -> bool:
        """Move *one of them*, who died, from those hurt to the dead."""
        told = any(not t.headline for t in self.firm["killed"]) or ("killed", False) in here
        if told or people.best is None:
            return False
        telling = here.get(("injured", False)) or next(iter(self.firm["injured"][-1:]), None)
        if telling is None or telling.headline:
            return False
        group = people.group if people.group in telling.groups else next(iter(telling.groups))
        hurt = telling.groups[group]
        if hurt.span[0] > people.start:
            return False
        other = people.group not in ("unknown", group) and group not in _VAGUE
        if other or (hurt.best or 0) <= people.best:
            return False
        hurt.hold((hurt.best or 0) - people.best)
        dead = here.setdefault(("killed", False), _Telling())
        dead.groups[_group(people, self.kind) if people.group != "unknown" else group] = replace(
            _count(people), affiliation=hurt.affiliation
        )
        return True

    def _late(
        self,
        number: int,
        told: _Count | None,
        group: str,
        here: dict[tuple[str, bool], _Telling],
        harm: Harm,
    ) -> None:
        """Hear of somebody who died later, of those hurt or those who set it off."""
        if self.late_at == (harm.start, harm.end):
            # *The driver and his wife passed away*: two under one verb.
            before, count, kind = self.late[-1]
            if count is not None and count.best is not None:
                count = replace(count, best=count.best + number, low=None, high=None)
                count.low = count.high = count.best
            self.late[-1] = (before + number, count, kind if kind == group else "unknown")
            return
        self.late.append((number, told, group))
        self.late_at = (harm.start, harm.end)
        hurt = self.firm["injured"] or self.pool or "injured" in self.nameless
        hurt = hurt or ("injured", False) in here
        self.hurt_before = self.hurt_before or bool(hurt)
        if not self.hurt_after_from and not self.headline:
            # *One of them died, the second lost a foot*: told after, in one sentence.
            hurt_here = here.get(("injured", False), _Telling()).groups.values()
            before = any(c.span[0] < harm.start for c in hurt_here)
            self.hurt_after_from = self.hurt_so_far + before

    def _parts(self, unit: Unit) -> None:
        """Take *among the dead are two women* as parts of what was told, here or before."""
        harms = [h for h in unit.told.harms if h.people is not None]
        for part in (p for p in unit.told.others if p.part and p.group != "unknown"):
            before = [h.outcome for h in harms if h.people and h.people.end <= part.start]
            if unit.told.harms and not (part.counted and before):
                continue
            outcomes = before[-1:] if unit.told.harms else OUTCOMES
            told = [
                t
                for o in outcomes
                for t in self.firm.get(o, ())[-1 if unit.told.harms else 0 :]
                if "unknown" in t.groups
            ]
            if told:
                _add(told[0], part, kind=self.kind)

    def _reached(self, unit: Unit, people: list[People]) -> None:
        telling = _Telling(headline=unit.headline)
        at = min((h.start for h in unit.hits), default=-1)
        first = any(p.end <= at and p.best for p in people)
        for one in people:
            if first and one.start > at and one.best is None:
                # *He trod on a mine and was found by soldiers.*
                continue
            _add(telling, one, kind=self.kind)
        if telling.groups:
            self.pool.append(telling)


def _of_whole(people: People, unit: Unit) -> People:
    """Let parts of those who set it off be of them: *two hit a mine: one was hurt, one died*."""
    parts = {
        h.people.start: h.people.best or 0
        for h in unit.told.harms
        if h.people is not None and (h.people.bare or h.people.part or h.people.more)
    }
    if not unit.hits or people.start not in parts or people.group != "unknown":
        return people
    number, first = sum(parts.values()), min(parts)
    wholes = [
        p for p in unit.told.others if p.counted and p.end <= first and p.best == number >= _PARTS
    ]
    if not wholes and people.part:
        # *Soldiers hit a mine: one of them was killed*, of how many is not told.
        wholes = [p for p in unit.told.others if p.plural and p.best is None and p.end <= first]
        wholes = wholes if len({p.group for p in unit.told.others}) == 1 else []
    return replace(people, group=wholes[0].group, part=False) if len(wholes) == 1 else people


def _fewer(some: People, others: People) -> bool:
    return some.best is not None and others.best is not None and some.best < others.best


def _apart(unit: Unit, harm: Harm) -> bool:
    """Say whether somebody who died later is told of beside the injured, not as one of them."""
    people = harm.people
    if not harm.late or people is None or harm.outcome != "killed" or people.out_of is not None:
        return False
    one_of = people.part or people.bare or people.aged or people.of_several
    return not (one_of and _hurt_first(unit, harm))


def _enough(unit: Unit, harmed: list[People]) -> bool:
    """Say whether the people whom nothing is said to have happened to may be the harmed."""
    others = unit.told.others
    some, whole = [p.best or 0 for p in harmed], sum(p.best or 0 for p in others)
    if sum(some) <= whole:
        return True
    # *Both were hurt, one gravely*: one of both, not one more.
    if all(p.part for p in harmed) and max(some) <= whole:
        return True
    return not unit.headline and any(p.plural and p.best is None for p in others)


def _hurt_first(unit: Unit, late: Harm) -> bool:
    """Say whether the sentence tells of the injured before it tells of a later death."""
    return any(h.outcome == "injured" and h.start < late.start for h in unit.told.harms)


def _moved(unit: Unit) -> set[Harm]:
    """Harms that a later verb of the same people replaces: wounded, and then dead."""
    dead = {id(h.people) for h in unit.told.harms if h.outcome == "killed" and h.people}
    return {
        h
        for h in unit.told.harms
        if h.outcome == "injured" and h.people is not None and id(h.people) in dead
    }


def _doubtful(unit: Unit, at: int) -> bool:
    """Say whether it stands after a rumour is named and before that is denied."""
    marks = unit.flags.get("denied", ())
    firm = [h.start for h in marks if h.value == "firm"]
    if any(h.value == "early" and h.start < at and any(at < f for f in firm) for h in marks):
        return not any(h.value == "early" and f < at for f in firm for h in marks)
    if any(h.value in ("before", "outdated") and at < h.start for h in marks):
        return True
    last = max((h for h in marks if h.start < at), default=None)
    return last is not None and last.value in ("unconfirmed", "corrected", "denied_what")


def _group(people: People, kind: _Kind) -> str:
    if people.group == "officer":
        return "military"
    if people.group == "employee":
        return "deminer" if kind.demining else kind.body or "civilian"
    if people.crew and people.group == "civilian" and kind.body:
        return kind.body
    if people.group == "military" and (
        kind.body == "peacekeeper" or (people.rank and kind.body == "police")
    ):
        return kind.body
    return people.group if people.group in _ORDER else "unknown"


def _count(people: People) -> _Count:
    open_ended = people.high is None and people.low is not None
    return _Count(
        people.best,
        people.low if people.low is not None else people.best,
        people.high if people.high is not None else (None if open_ended else people.best),
        people.affiliation, people.child, people.female, (people.start, people.end), open_ended,
        people.named,
    )  # fmt: skip


def _add(telling: _Telling, people: People, *, kind: _Kind) -> None:
    group = _group(people, kind)
    count = _count(people)
    if people.part and telling.more and telling.groups and group == "unknown" and people.counted:
        # *One of them lost a leg, the other's arm is broken*: both are of those told of before.
        telling.beside += people.best or 0
        return
    telling.mixed = telling.mixed or bool(telling.groups and people.more != telling.more)
    telling.more = telling.more or people.more
    if people.bare and len(telling.groups) == 1:
        # *Children were hurt: one died, three are in hospital*: the number of the children.
        only = next(iter(telling.groups))
        if telling.groups[only].best is None and not people.more:
            telling.groups[only] = count
            return
    if people.part and telling.groups and (people.bare or not telling.parts):
        _refine(telling, group, count)
        return
    telling.parts = people.part
    total = telling.groups.get("unknown")
    if (
        total is not None
        and group == "unknown"
        and total.best == count.best
        and not (people.more or people.named)
    ):
        return
    held = telling.groups.get(group)
    if held is None:
        telling.groups[group] = count
        return
    held.best = None if held.best is None or count.best is None else held.best + count.best
    held.low = _sum(held.low, count.low)
    held.high = _sum(held.high, count.high)
    held.named += count.named
    held.child, held.female = held.child and count.child, held.female and count.female
    held.affiliation = held.affiliation or count.affiliation


def _refine(telling: _Telling, group: str, part: _Count) -> None:
    """Take people that were counted before out of the total they belong to."""
    source = next((g for g in ("unknown", "civilian") if g in telling.groups and g != group), None)
    if source is None or group == "unknown":
        held = telling.groups.get(group)
        if not telling.groups:
            telling.groups[group] = part
        elif held is not None and group != "unknown" and (held.best or 0) <= (part.best or 0):
            # *Of them a colonel and an ensign died*: so few hold no part.
            _join(telling.groups, group, part)
        return
    held = telling.groups[source]
    if group == "civilian" and (part.child or part.female):
        # Where children are among them, the people are civilians.
        telling.groups[group] = telling.groups.pop(source)
        telling.groups[group].child = telling.groups[group].female = False
        return
    if part.best is None and held.best is not None and not part.open_ended:
        # *The three dead were employees of a firm*: all of them.
        telling.groups[group] = telling.groups.pop(source)
        return
    if held.best is None or part.best is None or held.best < part.best:
        return
    held.best -= part.best
    held.low = None if held.low is None else max(held.low - part.best, 0)
    held.high = None if held.high is None else held.high - part.best
    if held.best == 0:
        telling.groups.pop(source)
    _join(telling.groups, group, part)


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _unfolded(tellings: list[_Telling]) -> dict[str, _Count] | None:
    """Give the parts that later sentences name one by one, where they make up a total."""
    number = _summary(tellings)
    if number is None:
        return None
    result: dict[str, _Count] = {}
    for part in tellings[number + 1 :]:
        for group, count in part.groups.items() if not part.headline else ():
            _join(result, group, count)
    # Parts of no stated group say nothing new.
    known = set(tellings[number].groups) - {"unknown"}
    return None if set(result) <= {"unknown", *known} else result


def _summary(tellings: list[_Telling]) -> int | None:
    """Find a total that is unfolded after it; None where there is none."""
    for number, whole in enumerate(tellings):
        parts = [t for t in tellings[number + 1 :] if not t.headline]
        most = max(t.total() for t in tellings[: number + 1])
        vague = bool(set(whole.groups) & _VAGUE) and whole.total() == most
        sizes = [t.total() for t in parts]
        if vague and len(parts) > 1 and all(sizes) and sum(sizes) == most > 1:
            return number
    return None


def _without_summary(tellings: dict[str, list[_Telling]]) -> dict[str, list[_Telling]]:
    """Leave out the dead of a lead whose injured are unfolded after it, if they are as well.

    *One died and four were hurt. Two workers were hurt … of three soldiers who came one died.*
    """
    found = dict(tellings)
    for outcome, other in (("injured", "killed"), ("killed", "injured")):
        number = _summary(tellings[outcome])
        if number is None:
            continue
        at = tellings[outcome][number].at
        lead = [t for t in tellings[other] if t.at == at and not t.headline]
        later = [t for t in tellings[other] if t.at > at and not t.headline]
        if lead and sum(t.total() for t in lead) == sum(t.total() for t in later):
            again = [replace(t, helpers=False, more=False) for t in later]
            found[other] = [t for t in tellings[other] if t.headline] + again
        found[outcome] = [replace(t, helpers=False) for t in tellings[outcome]]
    return found


def _is_recount(before: list[_Telling], telling: _Telling) -> bool:
    """Say whether it goes on to tell, one by one, of those whose number was told before.

    *Three were hurt. One lost a foot. The other two have burns.*
    """
    if not telling.more or not before:
        return False
    whole = max(range(len(before)), key=lambda n: (before[n].total(), n))
    parts = [t for t in before[whole + 1 :] if not t.more]
    if telling.mixed and telling.total() == before[whole].total():
        return not set(before[whole].groups) <= {"unknown"}
    known = {*_VAGUE, *before[whole].groups}
    one_by_one = bool(parts or telling.beside)
    one_by_one = one_by_one and all(set(t.groups) <= known for t in (*parts, telling))
    told = sum(t.total() for t in before[whole + 1 :]) + telling.beside
    return one_by_one and told + telling.total() <= before[whole].total()


def _with_helpers(tellings: list[_Telling]) -> dict[str, _Count] | None:
    """Add those who came to help to those told of before; a headline may count all of them."""
    helpers = [t for t in tellings if t.helpers]
    if not helpers:
        return None
    body = _merged([t for t in tellings if not t.helpers and not t.headline])
    for telling in helpers:
        for group, count in telling.groups.items():
            _join(body, group, count)
    headed = [t for t in tellings if t.headline]
    return _merged([*headed, _Telling(body)]) if headed else body


def _merged(tellings: list[_Telling]) -> dict[str, _Count]:
    result: dict[str, _Count] = {}
    added = False
    # *All of them are in hospital* tells of nobody else.
    tellings = [
        t
        for t in tellings
        if t.total() or set(t.groups) != {"unknown"} or not any(o.total() for o in tellings)
    ]
    unfolded = _unfolded(tellings) or _with_helpers(tellings)
    if unfolded is not None:
        return unfolded
    tellings = [t for n, t in enumerate(tellings) if not _is_recount(tellings[:n], t)]
    for number, telling in enumerate(tellings):
        if not result:
            result = {g: _copy(c) for g, c in telling.groups.items()}
            added = telling.more or telling.another
            continue
        old, new = sum(c.size() for c in result.values()), telling.total()
        named = set(telling.groups)
        if 0 in (old, new) and (named | set(result)) in _SAME_PEOPLE:
            result = result if old else {g: _copy(c) for g, c in telling.groups.items()}
            continue
        fresh = named - set(result)
        another = new != old or (new == 1 and not added)
        # *An officer and a sapper were hurt. Two more sappers were.*
        another = another or (new > 1 and named < set(result))
        # *One dead, one hurt … the other was hurt*: a headline counts all.
        headed = all(t.headline for t in tellings[:number])
        another = another and not headed
        if telling.more and another and new and not telling.headline:
            added = True
            for group, count in telling.groups.items():
                _join(result, group, count)
            continue
        if new == old and not telling.more and (named | set(result)) in _SAME_PEOPLE:
            continue
        if fresh and named.isdisjoint(set(result)) and not (named | set(result)) & _VAGUE:
            result |= {g: _copy(c) for g, c in telling.groups.items()}
            continue
        # *Two were killed … the driver and his assistant died*: a bare total is unfolded.
        bare = set(result) == {"unknown"}
        again = added and telling.kin
        if fresh and telling.more and new == old and not (again or bare or "unknown" in named):
            result |= {g: _copy(c) for g, c in telling.groups.items() if g in fresh}
            continue
        result = _retold(result, telling)
    return result


def _retold(result: dict[str, _Count], telling: _Telling) -> dict[str, _Count]:
    """Tell the same people again: the larger total wins, and the more telling groups."""
    old, new = sum(c.size() for c in result.values()), telling.total()
    children = telling.parts and all(c.child or c.female for c in telling.groups.values())
    if children and set(result) == {"unknown"} and set(telling.groups) == {"civilian"}:
        # *Four were killed … among the dead are two children.*
        return {"civilian": _copy(result["unknown"])}
    if old == new and "unknown" not in telling.groups and set(result) < set(telling.groups):
        # *Three more were hurt … the injured are two policemen and a driver*: the finer one.
        return {g: _copy(c) for g, c in telling.groups.items()}
    merged = {g: _copy(c) for g, c in result.items()}
    total = max(old, new)
    for group, count in telling.groups.items():
        held = merged.get(group)
        if held is None and len(merged) == 1 and len(telling.groups) == 1:
            # *Three were hurt … the residents were hurt*: a number, and who they are.
            other = next(iter(merged))
            if "unknown" in (other, group) and None in (count.best, merged[other].best):
                number = merged.pop(other)
                told = number if number.best is not None else count
                merged[group if other == "unknown" else other] = _copy(told)
                total = max(old, new)
                continue
        if held is None:
            merged[group] = _copy(count)
        elif _others(held, count):
            _join(merged, group, count)
            total = sum(c.size() for c in merged.values())
        elif count.size() > held.size():
            merged[group] = _copy(count)
            merged[group].affiliation = count.affiliation or held.affiliation
        elif held.best is None and count.best is not None:
            merged[group] = _copy(count)
    _give_way(merged, total)
    return merged


def _give_way(merged: dict[str, _Count], total: int) -> None:
    """Shorten the vaguest words where two tellings use different words for the same people."""
    for vague in ("unknown", "civilian"):
        excess = sum(c.size() for c in merged.values()) - total
        if excess <= 0 or vague not in merged or len(merged) == 1:
            continue
        count = merged[vague]
        left = 0 if count.best is None else count.best - excess
        if left <= 0:
            merged.pop(vague)
            continue
        count.best = left
        count.low = left if count.low is not None else None
        count.high = left if count.high is not None else None
    for vague in ("unknown", "civilian"):
        if vague in merged and not merged[vague].size() and _size(merged):
            # *The men have shrapnel wounds* says no more of the soldiers.
            merged.pop(vague)


def _copy(count: _Count) -> _Count:
    return replace(count)


def _others(a: _Count, b: _Count) -> bool:
    """Say whether two tellings name different people."""
    fully = len(a.named) == a.best and len(b.named) == b.best
    return fully and bool(a.named) and not any(x & y for x in a.named for y in b.named)


def _join(result: dict[str, _Count], group: str, count: _Count) -> None:
    held = result.get(group)
    if held is None:
        result[group] = _copy(count)
        return
    held.best = _sum(held.best, count.best)
    held.low, held.high = _sum(held.low, count.low), _sum(held.high, count.high)
    held.named += count.named


_Result = dict[str, dict[str, _Count]]
"""The people of each outcome, by group."""


def _size(counts: dict[str, _Count]) -> int:
    return sum(c.size() for c in counts.values())


def _together(heard: _Heard) -> Tally:
    tellings, doubtful = heard.firm, heard.doubtful
    disputed = any(doubtful.values())
    if not any(tellings.values()) and disputed:
        tellings, doubtful = doubtful, {o: [] for o in OUTCOMES}
    after: list[_Telling] = []
    besides = heard.late_besides or (heard.late_more and not heard.both)
    if heard.late and not (heard.late_more or heard.late_besides):
        # Whoever is told of as hurt after a death is not the one who died of his wounds.
        after = tellings["injured"][heard.hurt_after_from :]
        tellings = {**tellings, "injured": tellings["injured"][: heard.hurt_after_from]}
    tellings = _without_summary(tellings)
    result: _Result = {o: _merged(tellings[o]) for o in OUTCOMES}
    _count_bodies(heard, result)
    # Who they are may stand in a telling that is taken back later.
    reached = _merged(heard.pool) or {
        g: c for t in doubtful.values() for g, c in _merged(t).items() if g != "unknown"
    }
    reached = _unnamed(heard, result, reached)
    reached = reached or _of_crowd(heard)
    _count_himself(heard, result, reached)
    besides = besides or _make_all(heard, result, reached)
    if heard.late and besides and result["killed"]:
        _add_late(result["killed"], heard.late[0][0])
    elif heard.late:
        _die(heard, result, reached, after)
    _adopt(result, reached, unhurt=heard.unhurt)
    _share(result, reached)
    _fill(result, reached, heard.rest)
    _hold_to_headline(heard, result)
    for outcome, toll in heard.tolls.items():
        _set_total(result[outcome], toll, reached, result)
    if result["killed"] and not result["injured"]:
        _count_hurt(heard, result, reached)
    _share_out(result, reached)
    _call(heard, result, reached)
    rows = [row for o in OUTCOMES for row in _rows(o, result[o], _merged(doubtful[o]))]
    killed, injured = (_total(result[o]) for o in OUTCOMES)
    if not any(result.values()):
        if heard.unhurt:
            killed = injured = 0
        else:
            rows += _rows("unknown", reached, {})
    return Tally(rows, killed, injured, disputed)


def _unnamed(heard: _Heard, result: _Result, reached: dict[str, _Count]) -> dict[str, _Count]:
    """Let an outcome of nobody named be that of those who set it off; give who is left."""
    if any(result.values()) or heard.late:
        return reached
    if heard.nameless:
        _somebody(heard, result, reached)
        return {}
    if heard.summed and not heard.unhurt:
        # *Three were hurt by two mines. On Monday one stepped on …*.
        result[heard.summed] = reached
        return {}
    return reached


def _share_out(result: _Result, reached: dict[str, _Count]) -> None:
    """Give those hurt their groups, where all who set it off are dead or hurt.

    *Four workers and four soldiers … one soldier died, seven are in hospital.*
    """
    hurt, dead = result["injured"], result["killed"]
    parts = {g: c for g, c in reached.items() if g != "unknown"}
    left = {g: c.size() - (dead[g].size() if g in dead else 0) for g, c in parts.items()}
    whole = set(hurt) == {"unknown"} and set(dead) <= set(parts)
    whole = whole and ("unknown" not in reached or reached["unknown"].best == _size(parts))
    if whole and len(parts) > 1 and sum(left.values()) == hurt["unknown"].best:
        result["injured"] = {g: _copy(parts[g]).hold(n) for g, n in left.items() if n > 0}


def _count_hurt(heard: _Heard, result: _Result, reached: dict[str, _Count]) -> None:
    """Count those hurt by those who died: *three became victims of the blast; two of them died*."""
    left = (heard.victims.best or 0) - _size(result["killed"]) if heard.victims else 0
    if heard.victims and left > 0:
        group = next(iter(result["killed"])) if len(result["killed"]) == 1 else "unknown"
        result["injured"][group] = _copy(heard.victims).hold(left)
    elif "injured" in heard.nameless:
        _leave_rest(result, reached)


def _make_all(heard: _Heard, result: _Result, reached: dict[str, _Count]) -> bool:
    """Say whether one who died later makes up all with those dead and hurt.

    *Of four two died at once, one on the way to hospital, the fourth is in a coma.*
    """
    others = _size(result["injured"]) + sum(c.size() for c in heard.rest.values())
    dead = _size(result["killed"]) + sum(number for number, _, _ in heard.late)
    return len(heard.late) == 1 and _size(reached) == dead + others > 0


def _hold_to_headline(heard: _Heard, result: _Result) -> None:
    """Let a headline's number of people stand against parts that were added up beyond it.

    *Three policemen were hurt* above *an inspector, a sergeant and a trainee were hurt; the
    inspector lost a foot*: three, not four.
    """
    if heard.late or heard.of_hurt:
        return
    for outcome in OUTCOMES:
        most = max((t.total() for t in heard.firm[outcome] if not t.headline), default=0)
        for head in (t for t in heard.firm[outcome] if t.headline and t.total() >= max(most, 2)):
            if len(head.groups) > 1 or any(t.helpers for t in heard.firm[outcome]):
                continue
            group, count = next(iter(head.groups.items()))
            held = result[outcome] if group == "unknown" else {group: result[outcome].get(group)}
            held = {g: c for g, c in held.items() if c is not None}
            if count.best is None or _size(held) <= count.best:
                continue
            if len(held) == 1:
                next(iter(held.values())).hold(count.best)
            else:
                _give_way(result[outcome], count.best)


def _of_crowd(heard: _Heard) -> dict[str, _Count]:
    """Give those whose others are spoken of: *three went … one died. The others lost fingers*."""
    if not heard.rest or heard.crowd_of is None:
        return {}
    return {_group(heard.crowd_of, heard.kind): _count(heard.crowd_of)}


def _take_from_hurt(dead: _Count, result: _Result) -> None:
    """Move *one of the injured*, who died, to the dead."""
    group = max(result["injured"], key=lambda g: result["injured"][g].size(), default="unknown")
    if dead.best is None:
        return
    hurt = result["injured"].get(group)
    if hurt is not None and (hurt.best or 0) > dead.best:
        hurt.hold((hurt.best or 0) - dead.best)
    elif hurt is not None:
        result["injured"].pop(group)
    _join(result["killed"], group, replace(dead, child=False, female=False))


def _count_bodies(heard: _Heard, result: _Result) -> None:
    """Count those whose bodies were found, unless others were looking, and of the injured."""
    if not result["killed"] and not heard.late and not heard.searching:
        result["killed"] = {g: _copy(c) for g, c in heard.found.groups.items()}
    told = [t for t in heard.firm["injured"] if not t.headline]
    # *One of the injured has died, three others are in hospital*: three are left.
    left = told and all(t.more for t in told) and heard.of_hurt_from == 0
    for dead in heard.of_hurt[:1] if not (left or heard.late) else ():
        _take_from_hurt(dead, result)


def _count_himself(heard: _Heard, result: _Result, reached: dict[str, _Count]) -> None:
    """Count him of whom nothing but a pronoun tells: *he died and his wife was hurt*."""
    for outcome, harm in heard.himself.items():
        if outcome in OUTCOMES and not result[outcome] and not heard.late:
            group = next(iter(reached)) if len(reached) == 1 else heard.actor or "unknown"
            span = (harm.start, harm.end)
            result[outcome][group] = _Count(1, 1, 1, child=False, female=False, span=span)
    dead = heard.nameless.get("killed")
    if dead is not None and dead.pronoun and not (result["killed"] or heard.late):
        # *It went off under the first, he died; the second lost a foot.*
        group = next(iter(result["injured"])) if len(result["injured"]) == 1 else "unknown"
        span = (dead.start, dead.end)
        result["killed"][group] = _Count(1, 1, 1, child=False, female=False, span=span)


def _somebody(heard: _Heard, result: _Result, reached: dict[str, _Count]) -> None:
    """Let an outcome without people be that of those who set it off, or of somebody."""
    outcome, harm = next(iter(heard.nameless.items()))
    whose = {g: _copy(c) for g, c in reached.items()}
    if not whose and heard.victims:
        # *Three fell victim to a mine: all are hurt.*
        whose = {"unknown": _copy(heard.victims)}
    ones = [g for g, c in whose.items() if c.best == 1]
    span = (harm.start, harm.end)
    if harm.pronoun and len(whose) > 1:
        # *Of five people only the driver lived. He is in a coma*: one, whoever he is.
        one = whose[ones[0]] if len(ones) == 1 else _Count(1, 1, 1, None, False, False, span)
        result[outcome] = {ones[0] if len(ones) == 1 else "unknown": one}
        return
    if harm.single and len(whose) == 1 and not _size(whose):
        # *His relatives say that he trod on a mine. A leg was taken off him.*
        next(iter(whose.values())).hold(1)
    alone = len(heard.nameless) > 1 or heard.rest
    if alone and harm.single and len(whose) == 1 and _size(whose) > 1:
        # *He died and she was hurt*: one of them.
        next(iter(whose.values())).hold(1)
        result[outcome] = whose
        if "killed" in whose or outcome == "killed":
            _leave_rest(result, reached)
        return
    # Where animals are spoken of, nobody else need have come to harm.
    nobody = heard.herd and not harm.single
    number = 1 if harm.single else None
    somebody = _Count(number, number, number, span=span, child=False, female=False)
    result[outcome] = whose or ({} if nobody else {"unknown": somebody})


def _die(heard: _Heard, result: _Result, reached: dict[str, _Count], after: list[_Telling]) -> None:
    """Move those who died later, and count those hurt who are told of after them."""
    hurt, crowd = _size(result["injured"]), _size(reached)
    toll = heard.tolls["killed"].size() if "killed" in heard.tolls else 0
    _move(result, reached, heard.late, apart=heard.both or not heard.hurt_before, toll=toll)
    for told in after:
        same = told.total() == hurt == _size(result["injured"]) > 0
        if same and not told.more and set(told.groups) != set(result["injured"]):
            result["injured"] = _merged([_Telling(result["injured"]), told])
    fresh = [t for t in after if not hurt or t.total() != hurt]
    if not fresh:
        return
    left = [_Telling(result["injured"])] if result["injured"] else []
    both = _merged([*left, *fresh])
    dead = _size(result["killed"])
    # *One has died, the other lost an eye*: the other is the rest of those known.
    if left and crowd and _size(both) + dead > crowd >= fresh[-1].total() + dead:
        both = _merged(fresh)
    result["injured"] = both


def _leave_rest(result: _Result, reached: dict[str, _Count]) -> None:
    """Count who is left: *one was dead, the other's leg had to be taken off*."""
    left = _size(reached) - _size(result["killed"])
    if left > 0 and len(reached) == 1:
        group = next(iter(reached))
        result["injured"][group] = _copy(reached[group]).hold(left)


def _call(heard: _Heard, result: _Result, reached: dict[str, _Count]) -> None:
    """Give those of whom only a number was told the group that the rest of the text tells."""
    told = {g for o in OUTCOMES for g in result[o]}
    if "unknown" not in told:
        return
    number = sum(_size(result[o]) for o in OUTCOMES)
    known = heard.all_are or heard.identified or ({heard.before} if heard.before else set())
    group = None
    if told == {"unknown"} and len(heard.seen) == 1 and max(heard.seen.values()) >= number:
        # Those who found it, carried it or rode over it are those who were hurt.
        group = next(iter(heard.seen))
    elif heard.kind.demining and told == {"deminer", "unknown"}:
        group = "deminer"
    elif len(known) == 1 and told <= {"unknown", *heard.all_are}:
        group = next(iter(known))
    elif told == {"unknown"} and heard.kind.body and not heard.civil:
        group = heard.kind.body
    elif _civil(heard, reached, result, told):
        group = "civilian"
    elif told == {"unknown", heard.kind.body} and not heard.civil and "civilian" not in heard.seen:
        group = heard.kind.body
    for outcome in OUTCOMES:
        if group and "unknown" in result[outcome]:
            _join(result[outcome], group, result[outcome].pop("unknown"))


def _civil(heard: _Heard, reached: dict[str, _Count], result: _Result, told: set[str]) -> bool:
    """Say whether those of whom only a number was told are civilians."""
    unnamed = sum(c.size() for o in OUTCOMES for g, c in result[o].items() if g == "unknown")
    if not told <= _VAGUE:
        # *All four occupants of the van were civilians*, and four are left.
        return "civilian" not in told and 1 < unnamed == heard.seen.get("civilian")
    if told == _VAGUE and set(heard.seen) == {"civilian"} and set(reached) <= _VAGUE:
        # *A driver died, two others are in hospital*: nobody but civilians is spoken of.
        return not heard.actor or heard.actor == "civilian"
    number = sum(_size(result[o]) for o in OUTCOMES)
    most = max(_size(reached), heard.crowd)
    # *Three of them are soldiers*: not all are civilians.
    if heard.crowded and set(heard.seen) <= {"civilian"} and set(reached) <= _VAGUE:
        # *A group of residents got in there … two died, two were taken to hospital.*
        return True
    whole = told == _VAGUE and set(reached) <= _VAGUE and not _OFFICERS & set(heard.seen)
    return heard.kind.civil or heard.civil or (whole and most >= number)


def _set_total(
    counts: dict[str, _Count], toll: _Count, reached: dict[str, _Count], result: _Result
) -> None:
    """Let the number of all that the text gives stand, whatever was told before."""
    if _size(counts) == toll.size():
        return
    if not counts:
        groups = {g for o in OUTCOMES for g in result[o]} or set(reached)
        count = replace(toll, child=False, female=False, named=())
        counts[groups.pop() if len(groups) == 1 else "unknown"] = count
    elif len(counts) == 1:
        held = next(iter(counts.values()))
        held.best, held.low, held.high = toll.best, toll.low, toll.high


def _add_late(killed: dict[str, _Count], number: int) -> None:
    """Add *another victim*, who died later, to those who died at once."""
    for count in list(killed.values())[:1]:
        if count.best is not None:
            count.best += number
            count.low = count.high = count.best


def _rows(
    outcome: str, counts: dict[str, _Count], other: dict[str, _Count]
) -> list[tuple[CasualtyCount, tuple[int, int]]]:
    """Write one outcome, widened by what a doubtful source says of it."""
    rows = []
    for group in sorted(counts, key=_ORDER.index):
        count = counts[group]
        _spread(count, other, group, counts)
        rows.append((_row(outcome, group, count), count.span))
    if other and not counts:
        group, count = next(iter(other.items()))
        claimed = _Count(None, 0, count.high or count.best, None, False, False, count.span)
        rows.append((_row(outcome, group, claimed), count.span))
    return rows


def _spread(
    count: _Count, other: dict[str, _Count], group: str, all_groups: dict[str, _Count]
) -> None:
    """Widen low and high by what another source says."""
    if not other or len(all_groups) > 1:
        return
    rival = other.get(group) or next(iter(other.values()))
    if rival.best is None or count.best is None or rival.best == count.best:
        return
    count.low = min(count.low if count.low is not None else count.best, rival.best)
    count.high = max(count.high if count.high is not None else count.best, rival.best)


def _move(
    result: dict[str, dict[str, _Count]],
    reached: dict[str, _Count],
    late: list[tuple[int, _Count | None, str]],
    *,
    apart: bool,
    toll: int,
) -> None:
    number, told, group = max(reversed(late), key=lambda item: item[0])
    source = result["injured"] or reached
    if told is not None and group not in ("unknown", *source) and not set(source) & _VAGUE:
        result["killed"].setdefault(group, told)
        return
    pool = next((g for g in (group, *source) if g in source), None)
    vague = group == "unknown" or (group == "civilian" and group not in source)
    if vague and pool is not None and pool != "unknown":
        group = pool
    killed = result["killed"]
    size = sum(c.size() for c in killed.values())
    if size < number or not killed:
        span = told.span if told else (source[pool].span if pool else (0, 0))
        killed.clear()
        killed[group] = _Count(number, number, number, None, False, False, span)
    if apart and told is not None and group != "unknown" and "unknown" in killed:
        _name(killed, group, number)
    if apart:
        # The dead and the injured were told apart already: this is one of those dead.
        return
    if pool is not None:
        _leave(result["injured"], reached, pool, number, max(_size(killed), toll))


def _leave(
    injured: dict[str, _Count], reached: dict[str, _Count], pool: str, number: int, dead: int
) -> None:
    """Take those who died later out of those hurt, or out of those who set it off."""
    held = (injured or reached)[pool]
    if held.best is not None and held.best > number and not injured:
        # Of those who set it off one died; what became of the others is said or not.
        injured[pool] = _copy(held).hold(max(held.best - max(number, dead), 0))
        reached.clear()
    elif held.best is not None and injured:
        left = held.best - number
        if left <= 0:
            injured.pop(pool)
        else:
            held.hold(left)
    elif not injured:
        reached.clear()


def _name(counts: dict[str, _Count], group: str, number: int) -> None:
    """Let some of those of no stated group be of the group that is told of later."""
    unknown = counts["unknown"]
    if unknown.best is None or unknown.best < number:
        return
    _join(counts, group, _copy(unknown).hold(number))
    unknown.hold(unknown.best - number)
    if not unknown.best:
        counts.pop("unknown")


def _adopt(
    result: dict[str, dict[str, _Count]], reached: dict[str, _Count], *, unhurt: bool
) -> None:
    """Let people who were only counted take the group of those who set the device off."""
    groups = [g for g in reached if g != "unknown"]
    if len(groups) != 1:
        return
    for outcome in OUTCOMES:
        found = result[outcome]
        if set(found) == {"unknown"}:
            found[groups[0]] = found.pop("unknown")
            if found[groups[0]].best is None:
                found[groups[0]].best = reached[groups[0]].best
        elif set(found) == {"civilian"} and groups[0] not in _VAGUE and not unhurt:
            same = reached[groups[0]].size() == found["civilian"].size()
            if same:
                found[groups[0]] = found.pop("civilian")
        elif "unknown" in found and reached[groups[0]].size() == found["unknown"].size():
            # *One man stepped on it … two policemen were hurt*, three in all.
            _join(found, groups[0], found.pop("unknown"))


def _share(result: _Result, reached: dict[str, _Count]) -> None:
    """Let all the others of two groups be the hurt: *three workers and three soldiers hit mines*.

    One worker died, the other five were hurt: two workers and three soldiers.
    """
    known = {g: c for g, c in reached.items() if g != "unknown"}
    if len(known) < _SECOND or not all(c.best for c in known.values()):
        return
    if sum(_size(result[o]) for o in OUTCOMES) != _size(known):
        return
    for outcome, other in (("injured", "killed"), ("killed", "injured")):
        done = result[other]
        if set(result[outcome]) != {"unknown"} or not set(done) <= set(known):
            continue
        for group, count in known.items():
            left = count.size() - (done[group].size() if group in done else 0)
            if left > 0:
                result[outcome][group] = _copy(count).hold(left)
        result[outcome].pop("unknown")
        return


def _fill(
    result: dict[str, dict[str, _Count]], reached: dict[str, _Count], rest: dict[str, _Count]
) -> None:
    """Count those of whom only *the others* or a plural is told by what is left of all."""
    everybody = sum(c.size() for c in reached.values())
    for outcome, other in (("injured", "killed"), ("killed", "injured")):
        found = result[outcome]
        open_groups = [g for g, c in found.items() if c.best is None]
        for group in list(reached) if outcome in rest else open_groups:
            whole, done = reached.get(group), result[other].get(group)
            if whole is None and set(reached) == {"unknown"}:
                whole = reached["unknown"]
            if outcome in rest and everybody <= sum(
                c.size() for o in OUTCOMES for c in result[o].values()
            ):
                continue
            if whole is None or whole.best is None:
                continue
            # Where only one number of all is known, each who died is one of them.
            gone = _size(result[other]) if len(reached) == 1 else done.best or 0 if done else 0
            left = whole.best - gone
            # *Of three one died, a second lost a foot, the third has scratches.*
            same = group == "unknown" and outcome in rest and len(found) == 1
            if left > 0:
                found[next(iter(found)) if same else group] = _copy(whole).hold(left)
        if outcome in rest and not found and rest[outcome].best is not None:
            group = next(iter(result[other]), "unknown")
            found[group] = _copy(rest[outcome])


def _total(counts: dict[str, _Count]) -> int | None:
    known = [c.best for c in counts.values() if c.best is not None]
    if not known or len(known) < len(counts):
        return sum(known) if known and len(known) == len(counts) else None
    return sum(known)


def _row(outcome: str, group: str, count: _Count) -> CasualtyCount:
    return CasualtyCount(
        group=group,  # type: ignore[arg-type]
        outcome=outcome,  # type: ignore[arg-type]
        affiliation=count.affiliation,
        low=count.low,
        best=count.best,
        high=count.high,
        sex="female" if count.female and count.best else "unknown",
        age_group="child" if count.child and count.best else "unknown",
    )
