"""Mentions of people, what happened to them, and how many they are."""

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeGuard
from zlib import crc32

from geodata.reports.languages.common import CAPITAL, INITIALED, NAME, PATRONYMIC
from geodata.reports.vocabulary import Hit, Vocabulary

_WORDS = re.compile(r"\w+(?:[-']\w+)*")
_INITIAL = re.compile(r"(?<!\w)\w\.")
_BARRIER = re.compile(r"[.,;:()!?\"]")
"""What parts one clause from the next."""
_STOP = re.compile(r"[.;!?]")
"""What parts one sentence from the next."""
_FARTHEST_APPOSITION, _FARTHEST_LISTED = 6, 9
_FARTHEST_NUMBER, _FARTHEST_ORG, _FARTHEST_SUBJECT, _FARTHEST_RELATIVE = 4, 4, 16, 4


Numbers = dict[int, tuple[int, int | None, int | None, int | None]]
"""Where a number begins, to where it ends, and its low, best and high."""


@dataclass(frozen=True, slots=True)
class People:
    """Some people in a sentence."""

    start: int
    end: int
    group: str
    """A code of groups; ``employee`` where only an organisation would tell."""
    best: int | None
    low: int | None = None
    high: int | None = None
    """How many; None where the text gives no number."""
    child: bool = False
    female: bool = False
    more: bool = False
    """They come on top of others."""
    part: bool = False
    """They are among those named before."""
    plural: bool = False
    counted: bool = False
    affiliation: str | None = None
    out_of: int | None = None
    """They are some of so many, as in *one of the two workers*."""
    part_from: int = -1
    """Where the words stand that make them a part."""
    bare: bool = False
    """A number alone stands for them."""
    rest: bool = False
    """They are all the others of those named before."""
    named: tuple[frozenset[int], ...] = ()
    """A checksum of each word of their names, to tell whether two sentences speak of the same
    people; no name is kept."""
    ordinal: int | None = None
    """The victim of this number in order: *a third victim*."""
    aged: bool = False
    """An age alone stands for them."""
    noun: int = 0
    """A checksum of how the noun for them begins; 0 without a noun."""
    kin: bool = False
    """They are told of by their tie to somebody else: *his brother*."""
    crew: bool = False
    """They serve in a vehicle, whoever it belongs to."""
    of_hurt: bool = False
    """They are some of those who were hurt: *one of the injured*."""
    of_kind: bool = False
    """A number that itself says that they are of the kind named before."""
    taken: bool = False
    """Their number follows the noun that it is taken out of."""
    anyone: bool = False
    """A noun that may mean somebody told of before: *the man*."""
    rank: bool = False
    """A rank alone, which the army and the police have."""
    years: bool = False
    """Their age is told."""
    of_several: bool = False
    """They are some of people with a noun: *one of the assistants*."""
    victims: bool = False
    """Nothing but that they came to harm is said of who they are: *the injured*."""
    everyone: bool = False
    """A number that sums up all told of: *both*."""
    apart: bool = False
    """Some of those told of, and who they are between commas, so that they have a verb of their
    own: *one of them, a driver, died*."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What happened to some people; `people` is None where a pronoun stands for them.

    A `pronoun` says that it is one person's, *he*; a `single` verb only tells of one. A `toll`
    is the number of all whom it happened to: *the death toll has risen to three*.
    """

    outcome: str
    people: People | None
    start: int
    end: int
    late: bool = False
    single: bool = False
    pronoun: bool = False
    body: bool = False
    toll: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """All that one stretch of text says about people."""

    harms: tuple[Harm, ...] = ()
    others: tuple[People, ...] = ()
    unhurt: Hit | None = None
    outcomes: tuple[Hit, ...] = ()
    animals: bool = False
    herd: bool = False


def read_people(
    text: str,
    folded: str,
    start: int,
    end: int,
    vocabulary: Vocabulary,
    masked: list[tuple[int, int]],
    places: list[tuple[int, int]],
) -> Told:
    """Read who came to what harm in a stretch of text.

    Parameters
    ----------
    text
        The text as given; names begin with capitals.
    start, end
        The stretch, a sentence or a part of one.
    masked
        Dates and places, whose numbers and words count for nothing here.
    places
        All places, which are nobody's name.

    Returns
    -------
    Told
        The harms in their order, the people that nothing is said to have happened to,
        and whether nobody was hurt.
    """
    blocked = [(m.start, m.end) for m in vocabulary.find("modal", folded, start, end)]
    negated = list(vocabulary.find("negated", folded, start, end))
    blocked += [(h.start, h.end) for h in negated]
    outcomes = _repeated(
        folded,
        [h for h in vocabulary.find("outcome", folded, start, end) if not _inside(h, blocked)],
    )
    pattern = _number(vocabulary.number_pattern, vocabulary.number_ending)
    animals = [
        n
        for n in vocabulary.find("person", folded, start, end)
        if n.value.startswith("animal")
        and (
            pattern.search(folded, max(start, n.start - 16), n.start)
            or (
                any(o.start >= n.end and not folded[n.end : o.start].strip() for o in outcomes)
                and (vocabulary.subject_first or _is_subject(folded, n, start, vocabulary))
            )
        )
    ]
    including = list(vocabulary.find("including", folded, start, end))
    parts = [(i.start, i.end) for i in including]
    outcomes = [o for o in outcomes if not any(s <= o.start and o.end <= e for s, e in parts)]
    wild = any(a.value == "animal+wild" for a in animals)
    suffered = [
        o
        for o in outcomes
        if o.value.startswith("animal") or _of_animals(folded, o, animals, vocabulary)
    ]
    outcomes = [o for o in outcomes if o not in suffered]
    told = [(o.start, o.end) for o in outcomes]
    titled = _is_titled(text, start, end, told) and not any(i.value != "part" for i in including)
    found = [] if titled else NAME.finditer(text, start, end)
    names = [m for m in found if not _is_dateline(text, m)]
    patronymics = [m.span("word") for m in PATRONYMIC.finditer(text, start, end)]
    surnames = [m.span("name") for m in INITIALED.finditer(text, start, end)]
    surnames += [_surname(text, m) for m in names if not m.group().isupper()]
    spans = [m.span() for m in names]
    people = _people(
        folded, start, end, vocabulary, masked, outcomes, blocked + patronymics, surnames, spans
    )
    if not people and vocabulary.subject_first and vocabulary.has("hit", folded, start, end):
        # *The farmer says that he stepped on a mine*, in one word for *he stepped*.
        people = _people(
            folded, start, end, vocabulary, masked, outcomes, blocked + patronymics, surnames,
            spans, speaking=True,
        )  # fmt: skip
        people = people if len(people) == 1 and people[0].best == 1 else []
    marks = [i for i in including if i.value != "part"]
    people = people if titled else [_by_names(text, folded, p, vocabulary) for p in people]
    people = _with_names(folded, vocabulary, places, outcomes, people, names, marks)
    people = _set_apart(folded, [_of_hurt(p, outcomes) for p in people], vocabulary)
    outcomes = [_at_once(folded, o, vocabulary) for o in outcomes]
    outcomes = _with_counts(folded, outcomes, people, vocabulary)
    people = _with_unknown(folded, people, outcomes, vocabulary)
    outcomes = [o for n, o in enumerate(outcomes) if not (n and _dying(folded, outcomes[n - 1], o))]
    outcomes = [
        o
        for o in outcomes
        if not any(p.of_hurt and p.start <= o.start and o.end <= p.end for p in people)
    ]
    unhurt_people = [p for p in people if _unharmed(folded, p, negated)]
    wholes = [p for p in people if _is_whole(folded, p, outcomes, vocabulary)]
    harmed = [p for p in people if p not in unhurt_people and p not in wholes]
    harmed = _out_of_whole(harmed, wholes)
    harms, used = _link(folded, outcomes, harmed, vocabulary)
    listed = _listed_harms(harmed, used, including)
    harms, used = harms + listed, used + [h.people for h in listed if h.people]
    harms = _without_heading(folded, harms)
    harmed_at = {p.start for p in used}
    others = tuple(p for p in people if p.start not in harmed_at)
    unhurt = negated[0] if negated else None
    return Told(
        tuple(harms), others, unhurt, tuple(outcomes), bool(suffered) and not wild, bool(animals)
    )


def _with_unknown(
    folded: str, people: list[People], outcomes: list[Hit], vocabulary: Vocabulary
) -> list[People]:
    """Count somebody of unknown trade who is listed with others: *were hurt a carter and two*."""
    if vocabulary.subject_first or vocabulary.article != "(?!)":
        return people
    found = list(people)
    for hit in outcomes:
        first = next((p for p in people if p.start >= hit.end), None)
        word = _UNKNOWN.fullmatch(folded, hit.end, first.start) if first is not None else None
        if word is None or first is None or not vocabulary.has("and", word["and"]):
            continue
        single = re.match(vocabulary.singular_outcome, folded[hit.start : hit.end])
        if single is None and hit.value.endswith(".either") and not vocabulary.knows(word["word"]):
            found.append(People(word.start("word"), word.end("word"), "unknown", 1))
    return sorted(found, key=lambda p: p.start)


_UNKNOWN = re.compile(r" (?P<word>[^\W\d_]{4,}) (?P<and>[^\W\d_]{1,4}) ")


def _listed_harms(people: list[People], used: list[People], including: list[Hit]) -> list[Harm]:
    """Read *among the injured are a guard and two drivers*, whom no verb tells of."""
    marks = [i for i in including if i.value != "part"][:1]
    listed = [
        (mark, p)
        for mark in marks
        for p in people
        if p.part and p.part_from == mark.start and p not in used and p.start >= mark.end
    ]
    # *Among the four injured are …*: they are four in all.
    wholes = [
        (mark, replace(p, part=False))
        for mark in marks
        for p in people
        if listed and p.counted and p not in used and mark.start < p.start < mark.end
    ]
    return [Harm(mark.value, p, mark.start, mark.end) for mark, p in (*wholes, *listed)]


def _without_heading(folded: str, harms: list[Harm]) -> list[Harm]:
    """Leave out a number whose people are told of one by one after a colon."""
    for whole in harms:
        parts = [h for h in harms if h.outcome == whole.outcome and h.start > whole.start]
        colon = folded.find(":", whole.end, parts[0].start) if parts else -1
        numbers = {h.people.start: h.people.best for h in parts if h.people}
        if colon < 0 or whole.people is None or any(at < colon for at in numbers):
            continue
        if (whole.people.best or 0) < _LIST:
            continue
        known = [n for n in numbers.values() if n is not None]
        if len(known) == len(numbers) and sum(known) == whole.people.best:
            return [h for h in harms if h is not whole]
    return harms


def _at_once(folded: str, hit: Hit, vocabulary: Vocabulary) -> Hit:
    """Let *died of the wounds on the spot* be no later death, but *treated in hospital, died*."""
    if hit.value == "killed.before":
        clause = _STOP.split(folded[max(0, hit.start - _FAR) : hit.start])[-1]
        return hit._replace(value="killed.late") if re.search(vocabulary.later, clause) else hit
    if hit.value != "killed.late":
        return hit
    before = _BARRIER.split(folded[max(0, hit.start - _AROUND) : hit.start])[-1]
    after = _BARRIER.split(folded[hit.end : hit.end + _AROUND])[0]
    words = before + folded[hit.start : hit.end] + after
    return hit._replace(value="killed.before") if re.search(vocabulary.at_once, words) else hit


_WITH = re.compile(r"(?: \w+)?,? ")
_AROUND = 24
"""Within how many characters of a death it is said where somebody died."""


def _dying(folded: str, before: Hit, hit: Hit) -> bool:
    """Say whether a hospital is only where somebody died: *he passed away in intensive care*."""
    outcomes = before.value.partition(".")[0], hit.value.partition(".")[0]
    return outcomes == ("killed", "injured") and folded[before.end : hit.start] == " "


def _of_hurt(person: People, outcomes: list[Hit]) -> People:
    """Mark *one of the injured*, whom nothing else is said to have happened to by that."""
    hurt = person.counted and any(
        o.value.startswith("injured.") and person.start < o.start and o.end == person.end
        for o in outcomes
    )
    return replace(person, of_hurt=True) if hurt else person


def _repeated(folded: str, outcomes: list[Hit]) -> list[Hit]:
    """Let *as was his son* say the same as the verb before it."""
    found: list[Hit] = []
    for hit in outcomes:
        outcome, _, way = hit.value.partition(".")
        if outcome != "again":
            found.append(hit)
        elif way == "with":
            # *Two were hurt, along with an officer.*
            if found and _WITH.fullmatch(folded, found[-1].end, hit.start):
                outcome = found[-1].value.partition(".")[0]
                found.append(hit._replace(value=f"{outcome}.after"))
        elif found:
            outcome = found[-1].value.partition(".")[0]
            found.append(hit._replace(value=f"{outcome}.{way}"))
    return found


def _is_subject(folded: str, animal: Hit, start: int, vocabulary: Vocabulary) -> bool:
    """Say whether no people stand before an animal in its clause, whose it might be."""
    before = folded[start : animal.start]
    marks = [m.end() for m in _BARRIER.finditer(before)]
    marks += [h.end for h in vocabulary.find("and", before)]
    return not vocabulary.has("person", before, max(marks, default=0))


def _of_animals(folded: str, outcome: Hit, animals: list[Hit], vocabulary: Vocabulary) -> bool:
    """Say whether animals stand right before or after what happened."""
    # *It killed eleven of his sheep.*
    counted = _taken_back(" {number}" + vocabulary.partitive, vocabulary.number_pattern)
    after = outcome.value.partition(".")[2] in ("after", "either", "auto")
    return any(
        (a.end <= outcome.start and not folded[a.end : outcome.start].strip())
        or (
            after
            and a.start >= outcome.end
            and len(_WORDS.findall(counted.sub("", folded[outcome.end : a.start], count=1))) <= 1
            and _BARRIER.search(folded, outcome.end, a.start) is None
        )
        for a in animals
    )


def _unharmed(folded: str, person: People, negated: list[Hit]) -> bool:
    """Say whether people stand right before words that say that they came to no harm."""
    return any(
        person.end <= n.start
        and len(_WORDS.findall(folded[person.end : n.start])) <= 1
        and _clear(folded, person.end, n.start)
        for n in negated
    )


def _is_whole(folded: str, person: People, outcomes: list[Hit], vocabulary: Vocabulary) -> bool:
    """Say whether they are all of whom some came to harm: *of the eight, three were hurt*."""
    if not person.counted or not _after_of(folded, person.start, vocabulary):
        return False
    # *Of the three herdsmen hurt in May one has died*: all came to harm.
    beside = re.compile(vocabulary.beside)
    return not any(
        o.start >= person.end and beside.fullmatch(folded, person.end, o.start) for o in outcomes
    )


def _after_of(folded: str, at: int, vocabulary: Vocabulary) -> bool:
    """Say whether a clause begins with *of the* before a number."""
    return re.search(vocabulary.whole, folded[max(0, at - 12) : at]) is not None


def _out_of_whole(harmed: list[People], wholes: list[People]) -> list[People]:
    """Let numbers after *of the four rescuers* be of them, and *the rest* who is left."""
    if len(wholes) != 1 or wholes[0].best is None:
        return harmed
    whole, left = wholes[0], wholes[0].best
    parts: list[People] = []
    for person in harmed:
        rest = person.rest and person.best is None
        if person.start < whole.end or not (person.bare or rest) or (person.best or 1) > left:
            parts.append(person)
            continue
        number = left if rest else person.best or 0
        left -= number
        parts.append(
            replace(
                person,
                group=whole.group,
                best=number,
                low=number,
                high=number,
                counted=True,
                more=False,
                rest=False,
                plural=number > 1,
            )
        )
    return parts


def _inside(hit: Hit, spans: list[tuple[int, int]]) -> bool:
    return any(hit.start < e and s < hit.end and not hit.start < s < e <= hit.end for s, e in spans)


# People.


def _people(
    folded: str,
    start: int,
    end: int,
    vocabulary: Vocabulary,
    masked: list[tuple[int, int]],
    outcomes: list[Hit],
    blocked: list[tuple[int, int]],
    surnames: list[tuple[int, int]],
    names: list[tuple[int, int]],
    *,
    speaking: bool = False,
) -> list[People]:
    taken = [(o.start, o.end) for o in outcomes if not o.value.endswith("state")] + blocked
    taken += [
        (d.start, d.end)
        for d in vocabulary.find("device", folded, start, end)
        if d.value != "topic"
    ]
    spans = [m.span() for m in _ages(vocabulary.ages).finditer(folded, start, end)]
    including = list(vocabulary.find("including", folded, start, end))
    pattern = _number(vocabulary.number_pattern, vocabulary.number_ending)
    # *The injured man is so-and-so*, but *among the four injured people are …*.
    marks = [
        (i.start, i.end)
        for i in including
        if i.value != "part" and pattern.search(folded, i.start, i.end) is None
    ]
    nouns = [
        n
        for n in vocabulary.find("person", folded, start, end)
        if not _inside(n, taken + marks)
        and not _inside(n, masked)
        and re.fullmatch(vocabulary.no_person, folded[n.start : n.end]) is None
        and not _goes_on_with_age(n, spans)
        and not any(s <= n.start and n.end <= e for s, e in surnames)
    ]
    # *A civilian was reported killed* does not speak.
    speech = [
        s
        for s in vocabulary.find("speech", folded, start, end)
        if not any(o.start <= s.start < o.end for o in outcomes)
    ]
    animals = [n for n in nouns if n.value.startswith("animal")]
    nouns = [n for n in nouns if n not in animals and not _owns(folded, n, animals, vocabulary)]
    taken += [(n.start, n.end) for n in nouns if n.value.endswith("+one")]
    numbers = _numbers(folded, start, end, vocabulary, masked + taken, nouns)
    orgs = list(vocabulary.find("org", folded, start, end))
    nations = list(vocabulary.find("affiliation", folded, start, end))
    found: list[People] = []
    vague = [n for n in nouns if n.value == "many"]
    free = _without_animals(folded, numbers, animals, vocabulary)
    for noun in _joined([n for n in nouns if n.value != "many"], folded, vocabulary, names):
        last = found[-1] if found else None
        if last is not None and last.taken and folded[last.end : noun.start] == " ":
            # *Of them four persons*, *of the three one is a soldier*: one number, two nouns.
            group = noun.value.partition("+")[0]
            known = group not in _NOBODY and last.group == "unknown"
            found[-1] = replace(last, end=noun.end, group=group if known else last.group)
            continue
        group, _, detail = noun.value.partition("+")
        count = _number_before(folded, noun, free, vocabulary)
        is_vague = any(
            0 <= noun.start - v.end <= 25 and _clear(folded, v.end, noun.start) for v in vague
        )
        plural = group != "self" and _is_plural(folded, noun, vocabulary, start)
        number = 2 if detail == "pair" else None if plural or is_vague else 1
        person = People(
            noun.start, noun.end, group, number,
            child=detail == "child", female=detail == "female", aged=detail == "age",
            plural=plural or is_vague or detail == "pair", noun=_stem(folded, noun, vocabulary),
            years=_AGED.search(folded[noun.start : noun.end]) is not None,
            crew=re.search(vocabulary.serving, folded[noun.start : noun.end]) is not None,
            anyone=re.search(vocabulary.anyone, folded[noun.start : noun.end]) is not None,
            rank=re.search(vocabulary.rank, folded[noun.start : noun.end]) is not None,
            victims=re.search(vocabulary.victims, folded[noun.start : noun.end]) is not None,
        )  # fmt: skip
        person = _with_number(folded, person, noun, count, free, vocabulary)
        if not is_vague:
            person = _by_years(folded, person, noun)
        person = _of_organisation(folded, person, noun, orgs, vocabulary)
        person = _in_order(folded, person, vocabulary, start)
        # *The leader, a father of three, was killed*: one man.
        besides = detail == "one" and found and _OWN.fullmatch(folded, found[-1].end, person.start)
        whole = person.counted and _after_of(folded, person.start, vocabulary)
        apart = not (whole or speaking) and _is_apart(folded, noun, speech, vocabulary, start)
        if not besides and not apart:
            found.append(_attributes(folded, person, including, nations, vocabulary, start))
    wholes = {
        first: after
        for first, after in pairwise(sorted(free))
        if re.fullmatch(vocabulary.partitive, folded[free[first][0] : after])
    }
    for at in sorted(free, reverse=True):
        alone = _of_number(folded, at, free, wholes.get(at), found, outcomes, vocabulary)
        if alone is None:
            continue
        alone = _attributes(folded, alone, including, [], vocabulary, start)
        aged = next((p for p in found if p.aged and folded[p.end : at] == " "), None)
        after = next((p for p in found if p.aged and folded[alone.end : p.start] == ", "), None)
        if aged is not None and alone.best == 1:
            # *Of them one of 35*: the age is his.
            found.remove(aged)
            alone = replace(aged, end=alone.end, more=alone.more, part=aged.part or alone.part)
        elif after is not None and alone.best == 1 and not after.counted:
            # *The other, 51 years old, lost a foot.*
            found.remove(after)
            alone = replace(alone, end=after.end)
        found.append(alone)
    found.sort(key=lambda p: p.start)
    found = [_without_mark(folded, p, found, outcomes) for p in found]
    found = _crowds(folded, found, vocabulary)
    found = [_of_owner(folded, p, nouns) for p in found]
    found = _with_listed(folded, found, vocabulary)
    found = _the_rest(folded, found)
    found = [p for p in found if not _only_marks(folded, p, found, including)]
    return [_same_kind(p, found[:n]) for n, p in enumerate(found)]


def _the_rest(folded: str, found: list[People]) -> list[People]:
    """Let a number after *the others* be theirs: *the other three are treated in Tartar*."""
    kept: list[People] = []
    for person in found:
        last = kept[-1] if kept else None
        whole = last is not None and last.rest and last.best is None and person.bare
        if last is not None and whole and folded[last.end : person.start] == " ":
            kept[-1] = replace(person, start=last.start, rest=True, more=False, part=False)
        else:
            kept.append(person)
    return kept


def _with_listed(folded: str, found: list[People], vocabulary: Vocabulary) -> list[People]:
    """Let all who are listed be a part: *a woman and a boy were among four people injured*."""
    listed = list(found)
    for at in range(len(listed) - 2, -1, -1):
        person, last = listed[at], listed[at + 1]
        gap = folded[person.end : last.start]
        joined = vocabulary.has("and", gap)
        parts = re.match(vocabulary.parts_before, folded[last.end : last.end + _PARTS_BEFORE])
        listed_too = last.part_from == last.start and last.noun != 0 and joined
        if parts and listed_too and len(_WORDS.findall(gap)) <= _FEW:
            listed[at] = replace(person, part=True, part_from=person.start)
    return listed


def _stem(folded: str, noun: Hit, vocabulary: Vocabulary) -> int:
    """Give a checksum of how a noun begins, whatever its ending."""
    words = _WORDS.findall(folded[noun.start : noun.end])
    return crc32(words[-1][: vocabulary.stem].encode()) if words and words[-1].isalpha() else 0


_OWN = re.compile(r"\W{1,3}")


def _goes_on_with_age(noun: Hit, spans: list[tuple[int, int]]) -> bool:
    """Say whether it is the end of a span of ages: *aged 14 to 16 years*."""
    return noun.value.endswith("+age") and any(s < noun.start and noun.end <= e for s, e in spans)


def _is_plural(folded: str, noun: Hit, vocabulary: Vocabulary, start: int) -> bool:
    """Say whether a noun stands for several people."""
    # *Shepherds, 33 and 45 years old*: the noun comes before the comma.
    words = folded[noun.start : noun.end].strip()
    if not any(re.search(vocabulary.plural, w) for w in (words, words.partition(",")[0])):
        return False
    return re.search(vocabulary.genitive, folded[max(start, noun.start - 30) : noun.end]) is None


def _with_number(
    folded: str,
    person: People,
    noun: Hit,
    count: tuple[int, int | None, int | None, int | None] | None,
    free: Numbers,
    vocabulary: Vocabulary,
) -> People:
    """Give people the number that stands before, in or after their noun."""
    words = folded[noun.start : noun.end]
    if count is not None:
        first = _first_of(folded, count[0], free, vocabulary)
        person = _counted(person, count, first, free)
        for inside in [at for at in free if noun.start <= at < noun.end]:
            free.pop(inside)
        if noun.value.endswith("+pair") and person.best == 1:
            person = replace(person, low=2, best=2, high=2, plural=True)
        if (person.best or 0) > 1 and re.search(vocabulary.partitive_one, words):
            person = replace(person, out_of=person.best, low=1, best=1, high=1, plural=False)
    after = _number_after(folded, noun, free, vocabulary)
    if after is not None:
        stop, low, best, high = free.pop(after)
        person = replace(person, end=stop, low=low, best=best, high=high, plural=True, counted=True)
    if re.search(vocabulary.partitive_noun, words):
        person = _taken_from(folded, person, noun, free, vocabulary)
    crowd = re.fullmatch(vocabulary.crowd + r"\w{0,3}", words) is not None
    if crowd and not noun.value.endswith("+pair") and (not person.counted or person.best == 1):
        # *A family* is nobody's number.
        person = replace(person, best=None, low=None, high=None, plural=True, counted=False)
    return person


def _by_years(folded: str, person: People, noun: Hit) -> People:
    """Count people by their years of birth or ages, one a person."""
    words = folded[noun.start : noun.end]
    # *Born on 5 May 1984*: the year alone.
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", words)
    years = years or re.findall(r"(?<!\d)\d{1,2}(?!\d)", words)
    if len(years) < 2 or not (person.best is None or (person.aged and not person.counted)):
        return person
    return replace(person, best=len(years), low=len(years), high=len(years), counted=True)


def _in_order(folded: str, person: People, vocabulary: Vocabulary, start: int) -> People:
    """Read the order of *a third victim*."""
    if person.group != "unknown":
        return person
    words = folded[max(start, person.start - 12) : person.end].split()
    return replace(
        person, ordinal=next((vocabulary.nth[w] for w in words if w in vocabulary.nth), None)
    )


def _of_number(
    folded: str,
    at: int,
    free: Numbers,
    whole: int | None,
    found: list[People],
    outcomes: list[Hit],
    vocabulary: Vocabulary,
) -> People | None:
    """Read a number without a noun as people, where it can only mean people."""
    stop, low, best, high = free[at]
    bare = People(
        at, stop, "unknown", best, low, high, plural=(best or 2) > 1, counted=True, bare=True,
        of_kind=re.fullmatch(vocabulary.of_kind, folded[at:stop]) is not None,
        everyone=re.match(vocabulary.everyone, folded[at:stop]) is not None,
        taken=_of_many(folded, at, vocabulary),
    )  # fmt: skip
    if whole is not None and best is not None:
        # *Four out of five who rode in it*, whatever they are called.
        return replace(bare, end=free[whole][0], plural=best > 1, out_of=free[whole][2])
    if any(p.start < at < p.end for p in found):
        return None
    if (best or 0) > 1 and _after_of(folded, at, vocabulary):
        # *Of the six who went there*, whatever they are called.
        return bare if re.match(vocabulary.relative, folded[stop:]) else None
    # *One gravely, the other lightly hurt*: the first goes with the second.
    goes_with = best == 1 and any(
        p.bare and p.more and p.start > stop and _LISTED.fullmatch(folded, stop, p.start)
        for p in found
    )
    if not goes_with and not _stands_alone(folded, at, stop, outcomes, vocabulary):
        return None
    return _in_order(folded, bare, vocabulary, at)


def _of_many(folded: str, at: int, vocabulary: Vocabulary) -> bool:
    """Say whether a number follows those it is of, whatever they are called."""
    before = folded[max(0, at - _TIE) : at].rstrip()
    noun = re.search(vocabulary.plural, before) is not None
    return noun and re.search(vocabulary.partitive_noun, before) is not None


_LISTED = re.compile(r" \w+, (?:\w+ )?")


def _without_mark(folded: str, person: People, found: list[People], outcomes: list[Hit]) -> People:
    """Let a number with a verb of its own be no part: *among them two women, four were hurt*."""
    if not (person.part and person.bare):
        return person
    listed = any(person.part_from <= p.start < person.start and p.group != "unknown" for p in found)
    listed = listed and not any(p.bare and p.start == person.part_from for p in found)
    own = any(o.start >= person.end and not folded[person.end : o.start].strip() for o in outcomes)
    return replace(person, part=False, part_from=-1) if listed and own else person


def _only_marks(folded: str, person: People, found: list[People], including: list[Hit]) -> bool:
    """Say whether *of them* only says whose part those are who follow: *of them a captain died*."""
    marks = any(i.start == person.start and i.end == person.end for i in including)
    return (marks and person.best is None) and any(
        p.part_from == person.start and p.end > person.end and _clear(folded, person.end, p.start)
        for p in found
    )


def _without_animals(
    folded: str, numbers: Numbers, animals: list[Hit], vocabulary: Vocabulary
) -> Numbers:
    """Leave out the numbers of animals, which are no people."""
    free = dict(numbers)
    for animal in animals:
        count = _number_before(folded, animal, free, vocabulary)
        if count is not None:
            free.pop(count[0])
    return free


def _owns(folded: str, noun: Hit, animals: list[Hit], vocabulary: Vocabulary) -> bool:
    """Say whether people are only named as whose animals something happened to."""
    for animal in animals:
        first, last = min(animal.start, noun.start), max(animal.end, noun.end)
        if last - first < _OWNED and re.fullmatch(vocabulary.owner, _marked(folded, noun, animal)):
            return True
    return False


def _marked(folded: str, noun: Hit, animal: Hit) -> str:
    """Write owner and animal with what stands between them, the owner in angles."""
    owner = f"<{folded[noun.start : noun.end].strip()}>"
    if noun.start < animal.start:
        return f"{owner}{folded[noun.end : animal.start]}#{folded[animal.start : animal.end]}"
    return f"#{folded[animal.end : noun.start]}{owner}"


_OWNED = 90


def _is_owner(folded: str, noun: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether people are only named as whose something is: *two shepherds' tent*."""
    return re.compile(vocabulary.possessive).match(folded, noun.end) is not None


def _is_apart(
    folded: str, noun: Hit, speech: list[Hit], vocabulary: Vocabulary, start: int
) -> bool:
    """Say whether people only speak, are spoken to, or did what others suffered."""
    before = folded[max(start, noun.start - 30) : noun.start]
    if re.search(vocabulary.agent, before) or _is_owner(folded, noun, vocabulary):
        return True
    if folded[noun.end : noun.end + 1] == ":" and not folded[start : noun.start].strip():
        return True
    return any(
        0 <= s.start - noun.end <= 8 and not _BARRIER.search(folded, noun.end, s.start)
        for s in speech
    )


def _crowds(folded: str, found: list[People], vocabulary: Vocabulary) -> list[People]:
    """Read *a family of four people* as four."""
    kept: list[People] = []
    for person in found:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.counted
            and not person.counted
            and re.match(vocabulary.crowd, folded[last.start : last.end])
            and not folded[last.end : person.start].strip()
        ):
            continue
        if (
            last is not None
            and re.match(vocabulary.crowd, folded[last.start : last.end])
            and re.fullmatch(vocabulary.crowd_of, folded[last.end : person.start])
        ):
            kept[-1] = replace(
                last, end=person.end, low=person.low, best=person.best, high=person.high,
                counted=person.counted, plural=True,
            )  # fmt: skip
        else:
            kept.append(person)
    return kept


def _of_owner(folded: str, person: People, nouns: list[Hit]) -> People:
    """Let *the driver's assistant* be of the driver's kind, and somebody else than he."""
    if person.group != "same":
        return person
    for noun in nouns:
        before, after = (noun.end, person.start), (person.end, noun.start)
        start, end = before if before[0] <= before[1] else after
        known = noun.value.partition("+")[0]
        if start <= end and known not in _NOBODY and _OWNED_BY.fullmatch(folded, start, end):
            return replace(person, group=known, more=False)
    return person


_NOBODY = ("same", "unknown", "many", "rest", "self")
"""Nouns that tell no group."""


_OWNED_BY = re.compile(r"(?:['’]s?)? ?")


def _same_kind(person: People, before: list[People]) -> People:
    """Let *another* and *two more* be people of the kind named before."""
    if person.group == "which":
        # *The elder lost a hand, the younger an eye*: people who are known, one by one.
        named = next((p for p in reversed(before) if not p.bare and p.group != "unknown"), None)
        second = any(p.end for p in before if p.bare)
        return replace(
            person, group=named.group if named else "unknown", bare=True,
            more=second or (named is not None and named.best == 1),
        )  # fmt: skip
    same = person.group == "same"
    if person.group == "self":
        named = next((p for p in reversed(before) if p.group not in ("unknown", "self")), None)
        return replace(person, group=named.group) if named else person
    if not same and not (person.bare and person.more):
        return person
    vague = ("unknown", "same")
    named = next((p for p in reversed(before) if not p.bare and p.group not in vague), None)
    if named is None:
        return replace(person, group="unknown", more=True, bare=True) if same else person
    return replace(person, group=named.group, more=person.more or same, rank=named.rank)


_TITLES = 0.5
_SAID = 40
"""Within how many characters of a name it may be said who speaks."""


def _is_titled(text: str, start: int, end: int, outcomes: list[tuple[int, int]]) -> bool:
    """Say whether words begin with capitals that are no names, as in a title."""
    words = _WORDS.findall(text[start:end])
    capitals = sum(1 for w in words if w[0].isupper())
    # *So-and-so was hurt*: few words besides the name, but the verb is none of a title.
    plain = any(text[s:e].rsplit(maxsplit=1)[-1][0].islower() for s, e in outcomes)
    return capitals > _TITLES * len(words) and not plain


_DASH = re.compile(r"(?:, [^.\n]{1,30})? ?(?:\([A-Z]\w{1,12}\) ?)?[-–—] ")


def _is_dateline(text: str, name: re.Match[str]) -> bool:
    """Say whether a line begins with a town in capitals and a dash: *PHNOM PENH - *."""
    begins = name.start() == 0 or text[name.start() - 1] == "\n"
    return begins and name.group().isupper() and _DASH.match(text, name.end()) is not None


def _surname(text: str, name: re.Match[str]) -> tuple[int, int]:
    """Give the last word of a name, which is no word for people whatever it looks like."""
    end = name.start("patronymic") if name["patronymic"] else name.end()
    return max(text.rfind(" ", name.start(), end) + 1, name.start()), end


def _with_names(
    folded: str,
    vocabulary: Vocabulary,
    masked: list[tuple[int, int]],
    outcomes: list[Hit],
    people: list[People],
    found: list[re.Match[str]],
    marks: list[Hit],
) -> list[People]:
    """Count people who are only named: a list of names after *employees*, or names alone.

    The names themselves are not kept.
    """
    before = masked + [(m.start, m.end) for m in marks]
    spans = [(m, _without_home(folded, m, before)) for m in found]
    spans = [(m, span) for m, span in spans if _is_name(folded, m, span, vocabulary, masked)]
    names = [span for _, span in spans]
    if not names:
        return people
    fathered = {span[0] for m, span in spans if m["patronymic"]}
    first, last = names[0][0], names[-1][1]
    said = list(vocabulary.find("speech", folded, max(0, first - _SAID), last + _SAID))
    known = list(people)
    told = _told_of(folded, names, [*outcomes, *marks], said, vocabulary)
    for first, last in names:
        # *Two were taken to the Central Hospital*: no name.
        if any(p.start < last and first < p.end for p in known) or any(
            first < o.start < last for o in outcomes
        ):
            continue
        aged = next((n for n, p in enumerate(known) if _is_age_of(folded, p, first, last)), None)
        if aged is not None:
            # *So-and-so, born in 1971*, is one.
            person = known[aged]
            ends = min(first, person.start), max(last, person.end)
            names_of = (_sums(folded, first, last),)
            noun = next((p for p in known if _is_holder(folded, p, ends[0], vocabulary)), None)
            if noun is not None:
                # *The driver of a company, So-and-so, born in 1971*, is one too.
                known[aged] = replace(noun, end=ends[1], named=names_of, years=True)
                known.remove(noun)
                continue
            known[aged] = replace(person, start=ends[0], end=ends[1], named=names_of)
            continue
        at = next(
            (n for n, p in enumerate(known) if _names(folded, p, first, vocabulary, masked)), None
        )
        if at is not None:
            person = known[at]
            known[at] = replace(
                person,
                end=last,
                named=(*person.named, _sums(folded, first, last)),
                best=person.best if person.counted else len(person.named) + 1,
            )
        elif first in fathered or first in told:
            last_of = [p for p in known if p.named and p.end <= first]
            beside = last_of and _LINKED.fullmatch(folded, last_of[-1].end, first)
            group = last_of[-1].group if beside else "unknown"
            # *The injured man is so-and-so.*
            part = next((m.start for m in marks if _same_clause(folded, m.end, first)), -1)
            named = (_sums(folded, first, last),)
            group = "civilian" if first in fathered and group == "unknown" else group
            known.append(People(first, last, group, 1, named=named, part=part >= 0, part_from=part))
    return sorted(known, key=lambda p: p.start)


def _is_holder(folded: str, person: People, first: int, vocabulary: Vocabulary) -> bool:
    """Say whether a name goes on with one person after whose or of what he is."""
    one = person.best == 1 and not (person.plural or person.named or person.aged or person.part)
    if not one or person.end >= first or folded[person.end : first].strip() == "":
        return False
    beside = re.compile(vocabulary.apposition).fullmatch(folded, person.end, first)
    return beside is not None and not vocabulary.has("outcome", folded, person.end, first)


def _is_age_of(folded: str, person: People, first: int, last: int) -> bool:
    """Say whether an age alone stands right before or after a name."""
    if not person.aged or person.named or (person.best or 2) > 1:
        return False
    after = person.start >= last and _OPENED.fullmatch(folded, last, person.start)
    return bool(after) or folded[person.end : first] == " "


def without_ages(text: str, folded: str, vocabulary: Vocabulary) -> str:
    """Blank ages and years of birth beside the names of a list that follows people.

    Parameters
    ----------
    text
        The text as given; names begin with capitals.

    Returns
    -------
    str
        As long as the folded text; *two workers, A (born in 1971) and B (1980)* tells of
        two, whatever the brackets say of each.
    """
    names = [m.span() for m in NAME.finditer(text)]
    if len(names) < _LIST:
        return folded
    ends = {h.start: h.end for h in vocabulary.find("person", folded) if h.value.endswith("+age")}
    ends |= {m.start(): m.end() for m in _BARE_AGE.finditer(folded)}
    ages = sorted(ends)
    rows: list[list[tuple[int, int]]] = []
    last = -1
    for first, end in names:
        spans = _ages_beside(folded, first, end, ages, ends)
        if not spans:
            continue
        start = min(first, spans[0][0])
        if last < 0 or not _LINKED.fullmatch(folded, last, start):
            rows.append([])
        rows[-1] += spans
        last = max(end, spans[-1][1])
    listed = [row for row in rows if len(row) >= _LIST and _follows_people(folded, row, vocabulary)]
    for start, end in (span for row in listed for span in row):
        folded = folded[:start] + " " * (end - start) + folded[end:]
    return folded


def _ages_beside(
    folded: str, first: int, last: int, ages: list[int], ends: dict[int, int]
) -> list[tuple[int, int]]:
    """Give the age right before or after a name, with its brackets or commas."""
    before = bisect_left(ages, first) - 1
    if before >= 0 and folded[ends[ages[before]] : first] == " ":
        return [(ages[before], first)]
    after = bisect_left(ages, last)
    if after < len(ages) and _OPENED.fullmatch(folded, last, ages[after]):
        stop = ends[ages[after]]
        closed = folded[stop : stop + 1] == ")" and "(" in folded[last : ages[after]]
        return [(last, stop + closed)]
    return []


def _follows_people(folded: str, row: list[tuple[int, int]], vocabulary: Vocabulary) -> bool:
    """Say whether a list of names goes on with people who are named before it."""
    before = max(0, row[0][0] - _BEFORE_LIST)
    people = vocabulary.find("person", folded, before, row[0][0])
    return any(
        not h.value.endswith("+age") and _STOP.search(folded, h.end, row[0][0]) is None
        for h in people
    )


_PARTS_BEFORE = 60
"""Within so many characters after people it is said that they are among others."""
_LIST = 2
"""So many names make a list."""
_BEFORE_LIST = 110
_BARE_AGE = re.compile(r"(?<=\()(?:(?:19|20)\d\d|\d{1,2})(?=\))|(?<=, )\d{1,2}(?=,)")
_OPENED = re.compile(r",? ?\(?")
_LINKED = re.compile(r",? ?(?:\w{1,3} )?")


def _sums(folded: str, start: int, end: int) -> frozenset[int]:
    return frozenset(crc32(w.encode()) for w in _WORDS.findall(folded[start:end]) if len(w) > 1)


def _without_home(
    folded: str, match: re.Match[str], places: list[tuple[int, int]]
) -> tuple[int, int]:
    """Leave out the place that begins what looks like a name, after *residents of*."""
    start, end = match.span()
    last = max((e for s, e in places if s < end and start < e), default=start)
    rest = folded[last:end]
    named = last > start and rest.startswith(" ") and " " in rest[1:]
    return (last + 1, end) if named else (start, end)


def _is_name(
    folded: str,
    match: re.Match[str],
    span: tuple[int, int],
    vocabulary: Vocabulary,
    masked: list[tuple[int, int]],
) -> bool:
    start, end = span
    # *Son of* says nothing of what the words before it are.
    end = match.start("patronymic") if match["patronymic"] else end
    words = folded[start:end].split()
    if words[0] in vocabulary.common or any(s < end and start < e for s, e in masked):
        return False
    if any(o.start < end for o in vocabulary.find("org", folded, start, end + _ORG)):
        # *National Agency for Mine Action*: what begins like a name goes on.
        return False
    tags = ("source", "agency", "device", "affiliation", "person", "blast", "outcome")
    return not any(vocabulary.has(tag, folded, start, end) for tag in tags)


_ORG = 30
"""So far beyond its capitals an organisation's name may go on."""


def _names(
    folded: str,
    person: People,
    first: int,
    vocabulary: Vocabulary,
    places: list[tuple[int, int]],
) -> bool:
    """Say whether a name belongs to a noun before it, or goes on with its list of names."""
    gap = re.sub(r"\s+", " ", folded[person.end : first]) if person.end <= first else "?"
    if person.named:
        return person.plural and (
            re.fullmatch(r"\W{1,3}", gap) is not None
            or (len(gap) < 9 and vocabulary.has("and", gap) and len(_WORDS.findall(gap)) == 1)
        )
    if person.plural and not person.counted and re.fullmatch(r"[^.;:()]{0,70}, ", gap):
        return not vocabulary.has("outcome", gap)
    if re.fullmatch(r"[ ,(:-]{1,3}", gap):
        return True
    home = [s for s in places if person.end <= s[0] and s[1] <= first]
    if not person.plural or not home:
        return False
    # *Two inhabitants of Lachin district, A and B*: nothing but where they live.
    words = _WORDS.findall(folded[person.end : home[0][0]] + " " + folded[home[-1][1] : first])
    return len(words) <= _HOME and _STOP.search(gap) is None


_HOME = 3
"""So many words beside a place's name say where people live."""


def _by_names(text: str, folded: str, person: People, vocabulary: Vocabulary) -> People:
    """Count brothers by their names, whose surname only the last of them need have."""
    if person.best is not None or not person.plural or person.counted or person.named:
        return person
    number, at = 0, person.end
    while (name := _GIVEN.match(text, at)) is not None:
        number, at = number + 1, name.end()
        gap = _BETWEEN.match(folded, at)
        if gap is None or not (gap.group() == "," or vocabulary.has("and", gap.group())):
            break
        at = gap.end()
    if number < _LIST:
        return person
    return replace(person, end=at, low=number, best=number, high=number, counted=True)


_GIVEN = re.compile(rf" (?:[-–—] )?{CAPITAL}[\w'’]+(?: {CAPITAL}[\w'’]+){{0,2}}")
_BETWEEN = re.compile(r",(?= \w)| \w{1,3}(?= )")


def _told_of(
    folded: str,
    names: list[tuple[int, int]],
    outcomes: list[Hit],
    said: list[Hit],
    vocabulary: Vocabulary,
) -> set[int]:
    """Give where names begin of whom a verb of harm tells, with those listed before them."""
    found: set[int] = set()
    following = -1
    for first, last in reversed(names):
        ends = _past_age(folded, last)
        listed = following in found and any(
            _LINKED.fullmatch(folded, end, following)
            # *So-and-so and his son so-and-so.*
            or (
                _WITH_KIN.fullmatch(folded, end, following)
                and vocabulary.has("and", folded, end, following)
            )
            for end in (last, ends)
        )
        if listed or _alone(folded, first, ends, outcomes, said):
            found.add(first)
        following = first
    return found


_WITH_KIN = re.compile(r",? \w{1,4} (?:\w+ ){1,2}")
_BRACKETED = re.compile(r",? ?\([^()]{0,12}\d[^()]{0,24}\),?")
"""An age or a year of birth in brackets after a name."""


def _past_age(folded: str, end: int) -> int:
    """Give where a name ends with the age that stands after it in brackets."""
    age = _BRACKETED.match(folded, end)
    return age.end() if age else end


def _alone(folded: str, first: int, last: int, outcomes: list[Hit], said: list[Hit]) -> bool:
    if any(0 <= s.start - last <= 14 or 0 <= first - s.end <= 6 for s in said):
        return False
    return any(
        (0 <= o.start - last <= 40 or 0 <= first - o.end <= 12)
        and _BARRIER.search(folded, min(last, o.end), max(o.start, first)) is None
        for o in outcomes
    )


@lru_cache(maxsize=8)
def _number(pattern: str, ending: str) -> re.Pattern[str]:
    return re.compile(
        # A dash between blanks makes a range of digits only: *two - a welder and a guard*.
        # The minutes of a time are no number.
        rf"(?<![\w.,-])(?<!\d:)(?P<a>{pattern})"
        rf"(?:(?:-|(?<=\d) - (?=\d))(?P<b>{pattern}))?{ending}(?![\w%])"
    )


@lru_cache(maxsize=8)
def _ages(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=8)
def _taken_back(pattern: str, number: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("{number}", number))


def _numbers(
    folded: str,
    start: int,
    end: int,
    vocabulary: Vocabulary,
    masked: list[tuple[int, int]],
    nouns: list[Hit],
) -> Numbers:
    pattern = _number(vocabulary.number_pattern, vocabulary.number_ending)
    found: Numbers = {}
    body = re.compile(rf"(?: ?|{vocabulary.partitive})(?:{vocabulary.body})")
    devices = list(vocabulary.find("device", folded, start, end))
    masked = masked + [m.span() for m in _ages(vocabulary.ages).finditer(folded, start, end)]
    taken_back = [
        m.span()
        for m in _taken_back(vocabulary.not_number, vocabulary.number_pattern).finditer(
            folded, start, end
        )
    ]
    for match in pattern.finditer(folded, start, end):
        hit = Hit(match.start(), match.end(), "number", "")
        if _inside(hit, masked) or any(
            n.start <= hit.start < n.end and (n.value.endswith("+age") or n.value == "many")
            for n in nouns
        ):
            continue
        if folded[hit.end : hit.end + 1] == "-" or re.match(
            r"[.,:]\d", folded[hit.end : hit.end + 2]
        ):
            continue
        if re.fullmatch(vocabulary.no_number, match.group()) or _inside(hit, taken_back):
            continue
        no_people = _of_device(match, devices, vocabulary)
        if body.match(folded, hit.end) or no_people or _is_age(folded, match, nouns, vocabulary):
            continue
        first = vocabulary.number(match["a"])
        second = vocabulary.number(match["b"]) if match["b"] else None
        if first is None or first > _MOST_PEOPLE:
            continue
        if second is not None and second > first:
            found[hit.start] = (hit.end, first, None, second)
            continue
        qualifier = _qualifier(folded, hit, vocabulary, start)
        low, best, high = first, first, first
        if qualifier in ("over", "least"):
            low, best, high = first, first if qualifier == "least" else None, None  # type: ignore[assignment]
        elif qualifier == "most":
            low, best, high = None, first, first  # type: ignore[assignment]
        found[hit.start] = (hit.end, low, best, high)
    return found


def _is_age(folded: str, match: re.Match[str], nouns: list[Hit], vocabulary: Vocabulary) -> bool:
    """Say whether a number after one person is an age: *a herder of 46*."""
    if not match.group().isdecimal():
        return False
    near = (n for n in nouns if folded[n.end : match.start()] == " of ")
    return any(
        re.search(vocabulary.plural, words) is None and re.match(vocabulary.crowd, words) is None
        for words in (folded[n.start : n.end].strip() for n in near)
    )


def _of_device(match: re.Match[str], devices: list[Hit], vocabulary: Vocabulary) -> bool:
    """Say whether a number stands right before ordnance: *a second mine* is nobody."""
    end = match.end()
    if vocabulary.subject_first and match.group() not in vocabulary.nth:
        return False
    return any(d.value != "topic" and end <= d.end and d.start <= end + 1 for d in devices)


_MOST_PEOPLE = 10_000_000


def _qualifier(folded: str, hit: Hit, vocabulary: Vocabulary, start: int) -> str | None:
    for found in vocabulary.find("qualifier", folded, max(start, hit.start - 30), hit.end + 30):
        if 0 <= hit.start - found.end <= 2 or found.start <= hit.start < found.end:
            return found.value
    return None


def _joined(
    nouns: list[Hit], folded: str, vocabulary: Vocabulary, names: list[tuple[int, int]]
) -> list[Hit]:
    """Join nouns that stand side by side, and an age with its person."""
    joined: list[Hit] = []
    if not vocabulary.subject_first:
        nouns = _aged_nouns(nouns, folded)
    for number, noun in enumerate(nouns):
        before = joined[-1] if joined else None
        beside = before is not None and not folded[before.end : noun.start].strip(" ,(")
        own = _age_of_next(folded, nouns, number)
        # *A man born in 1984, a girl born in 2013*: each has an age.
        if before is not None and _AGED.search(folded, before.start, before.end):
            beside = beside and not own
        apart = own and not beside
        named = before is not None and _named_between(folded, before, noun, vocabulary, names)
        if before is not None and (
            named or not apart or _belongs(folded, before, noun, vocabulary)
        ):
            gap = folded[before.end : noun.start]
            words = len(_WORDS.findall(gap))
            listed = vocabulary.has("and", gap)
            clear = _BARRIER.search(gap) is None and " - " not in gap and not listed
            ages = [v.value.endswith("+age") for v in (before, noun)]
            if named or _belongs(folded, before, noun, vocabulary):
                # An ensign of the internal troops is one person, and a soldier.
                # The head of the phrase counts: the first noun, or in some languages the last.
                last = noun.end if vocabulary.subject_first else before.end
                value = _better(before.value, noun.value)
                if before.value == "employee" and _ranked(folded, before, noun, vocabulary):
                    # *The operator, a 42-year-old resident*: of whoever employs him.
                    value = before.value
                if noun.value == "employee" and vocabulary.has("org", gap):
                    # *The passenger - an employee of the district's police.*
                    value = noun.value
                joined[-1] = Hit(before.start, last, noun.tag, value)
                continue
            # An age and its person, with a name or a comma between them.
            aged = ages[0] != ages[1] and not listed and re.search(r"[\d;!?]", gap) is None
            # *Killed was a 12-year-old herdboy, his brother was hurt.*
            aged = aged and not ("," in gap and _is_kin(folded, noun, vocabulary))
            aged = aged and not vocabulary.has("outcome", gap)
            near = words <= (5 if ages[1] else 2)
            # *An employee of the national agency of something (its letters), born in 1980.*
            near = near or (ages[1] and words <= _FARTHEST_LISTED and vocabulary.has("org", gap))
            inside = any(before.end <= n[0] and n[1] <= noun.start for n in names)
            # *A dweller of that village, so-and-so, born in 1980.*
            near = near or (ages[1] and inside and words <= _FARTHEST_LISTED)
            several = len(re.findall(r"\d+", folded[noun.start : noun.end])) > 1
            if ages[1] and several and _is_plural(folded, before, vocabulary, before.start):
                # *Brothers A and B, 30 and 27.*
                aged = words <= _FARTHEST_APPOSITION and not vocabulary.has("outcome", gap)
                near = True
            if (clear and words == 0) or (aged and near):
                joined[-1] = Hit(
                    before.start, noun.end, noun.tag, _better(before.value, noun.value)
                )
                continue
        joined.append(noun)
    return joined


def _is_kin(folded: str, noun: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether somebody is told of by his tie to somebody else."""
    words = folded[max(0, noun.start - _TIE) : noun.end]
    return re.search(vocabulary.kin, words) is not None


def _named_between(
    folded: str, before: Hit, noun: Hit, vocabulary: Vocabulary, names: list[tuple[int, int]]
) -> bool:
    """Say whether a name and an age part two nouns: *the driver, so-and-so, 44, a local*."""
    inside = [n for n in names if before.end <= n[0] and n[1] <= noun.start]
    if (
        len(inside) != 1
        or vocabulary.has("org", folded, *inside[0])
        or any(
            re.search(vocabulary.plural, folded[h.start : h.end].strip()) for h in (before, noun)
        )
    ):
        return False
    start, end = inside[0]
    gap = f"{folded[before.end : start]},{folded[end : noun.start]}"
    gap = _AGE.sub("", re.sub(vocabulary.article, "", gap, count=1), count=1)
    return _AROUND_NAME.fullmatch(gap) is not None


_AGE = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_AROUND_NAME = re.compile(r"[\s,()-]*+")


def _aged_nouns(nouns: list[Hit], folded: str) -> list[Hit]:
    """Join an age after a comma with its noun: *the driver, 42-year-old resident of Barda*."""
    kept: list[Hit] = []
    for noun in nouns:
        age = kept[-1] if kept else None
        if (
            age is not None
            and len(kept) > 1
            and age.value.endswith("+age")
            and folded[age.end : noun.start] == " "
            and folded[kept[-2].end : age.start] == ", "
        ):
            kept[-1] = Hit(age.start, noun.end, noun.tag, _better(age.value, noun.value))
        else:
            kept.append(noun)
    return kept


def _belongs(folded: str, before: Hit, noun: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether the second noun is the body of the first, or another word for it."""
    gap = (before.end, noun.start)
    if _ranked(folded, before, noun, vocabulary):
        return True
    if re.compile(vocabulary.belonging).fullmatch(folded, *gap):
        return True
    if not re.compile(vocabulary.apposition).fullmatch(folded, *gap):
        return False
    if any(vocabulary.has(tag, folded, *gap) for tag in ("outcome", "and", "hit", "blast")):
        return False
    if vocabulary.subject_first:
        # *Two servicemen - a lieutenant and a sergeant*: a list of them.
        listed = vocabulary.has("and", folded, noun.end, noun.end + _NEXT)
        return not (listed and " - " in folded[before.end : noun.start])
    plural = re.compile(vocabulary.plural)
    one_of = _ends_with(vocabulary.number_pattern + vocabulary.partitive)
    several = not one_of.search(folded[max(0, before.start - 30) : before.start])
    each = [plural.search(folded[h.start : h.end].strip()) is not None for h in (before, noun)]
    if each[1] != (each[0] and several):
        return False
    closed = re.match(
        r"(?P<more>(?: [\w-]+\.?){0,6}),(?P<next> (?:\w+ ){0,3}?\w+,)?",
        folded[noun.end : noun.end + 60],
    )
    if closed is None:
        return not each[1] and _ends_apposition(folded, before, noun, vocabulary)
    if vocabulary.has("outcome", closed["more"]):
        return False
    if closed["next"] and not vocabulary.has("outcome", closed["next"]):
        # *A driver, a guard, a cook*: a list.
        return False
    return not vocabulary.has("and", folded[noun.end : noun.end + 6])


def _ends_apposition(folded: str, before: Hit, noun: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether the end of a sentence closes it: *killed was a herdsman, resident of Barda.*."""
    anyone = [re.search(vocabulary.anyone, folded[h.start : h.end].strip()) for h in (before, noun)]
    ended = _ENDED.match(folded, noun.end, noun.end + 60)
    if anyone[0] is not None or anyone[1] is None or ended is None:
        return False
    return not vocabulary.has("outcome", ended.group())


_ENDED = re.compile(r"(?: [\w-]+){1,6}(?=\.(?!\w)|\n|$)")


def _ranked(folded: str, before: Hit, noun: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether the second noun is a rank or an aged person: *the driver, private X.*."""
    words = folded[before.start : before.end], folded[noun.start : noun.end]
    ranks = [re.search(vocabulary.rank, w) is not None for w in words]
    # *A serviceman, ensign X.*
    serving = before.value == "military" and ranks == [False, True]
    gap = folded[before.end : noun.start]
    # *The soldier behind the wheel, Private X, was killed.*
    closed = _CLOSED_NAME.match(folded, noun.end) if serving and _BEHIND.fullmatch(gap) else None
    behind = closed is not None and not vocabulary.has("outcome", gap + closed.group())
    return (
        (gap == ", " or behind)
        and (serving or before.value in ("civilian", "employee"))
        and (noun.value == "military" or _AGED.search(words[1]) is not None)
        and _AGED.search(words[0]) is None
        and not any(re.search(vocabulary.plural, w.strip()) for w in words)
        and not vocabulary.has("and", folded, noun.end, noun.end + _NEXT)
    )


_NEXT = 25
_BEHIND = re.compile(r"(?: [\w-]+){1,3}, ")
_CLOSED_NAME = re.compile(r"[^,.;:]{3,40},")
_AGED = re.compile(r"\d")


@lru_cache(maxsize=8)
def _ends_with(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}$")


def _age_of_next(folded: str, nouns: list[Hit], number: int) -> bool:
    """Say whether an age belongs to the person named right after it."""
    if not nouns[number].value.endswith("+age") or number + 1 == len(nouns):
        return False
    gap = folded[nouns[number].end : nouns[number + 1].start]
    return len(_WORDS.findall(gap)) <= 1 and _BARRIER.search(gap) is None


def _better(a: str, b: str) -> str:
    """Of two nouns for the same people, the one that says more."""
    order = {"unknown": 0, "civilian+age": 1, "same": 2, "employee": 2, "civilian": 3}
    order["peacekeeper"] = 5
    return max(a, b, key=lambda v: order.get(v, 4))


def _number_before(
    folded: str, noun: Hit, numbers: Numbers, vocabulary: Vocabulary
) -> tuple[int, int | None, int | None, int | None] | None:
    """Give where the number of a noun begins, and its low, best and high."""
    inside = [at for at in numbers if noun.start <= at < noun.end]
    # *Four members of one family* are four.
    beside = any(
        n[0] <= noun.start and not folded[n[0] : noun.start].strip() for n in numbers.values()
    )
    if inside and not (beside and numbers[inside[0]][2] == 1):
        at = inside[0]
        return (at, *numbers[at][1:])
    near = [at for at, (stop, *_rest) in numbers.items() if stop <= noun.start]
    for at in sorted(near, reverse=True):
        gap = folded[numbers[at][0] : noun.start]
        far = len(gap) > 60 or len(_WORDS.findall(gap)) > _FARTHEST_NUMBER
        if far or _BARRIER.search(gap):
            break
        if " - " in gap or any(vocabulary.has(tag, gap) for tag in ("person", "outcome", "and")):
            break
        article = re.fullmatch(vocabulary.article, folded[at : numbers[at][0]]) is not None
        if article and gap.strip() and _is_plural(folded, noun, vocabulary, at):
            # *A lorry carrying soldiers*: one lorry.
            break
        return (at, *numbers[at][1:])
    return None


def _counted(
    person: People,
    count: tuple[int, int | None, int | None, int | None],
    first: int | None,
    free: Numbers,
) -> People:
    """Give people their number; of two numbers, as in *one of the two*, the first counts."""
    at, low, best, high = count
    free.pop(at)
    out_of = None
    if first is not None:
        out_of, at = best, first
        _, low, best, high = free.pop(first)
    return replace(
        person, start=at, low=low, best=best, high=high, plural=(best or 2) > 1, counted=True,
        out_of=out_of,
    )  # fmt: skip


def _first_of(folded: str, at: int, numbers: Numbers, vocabulary: Vocabulary) -> int | None:
    """Find the *one* of *one of the two*, given the two."""
    for first, (stop, *_rest) in numbers.items():
        if stop <= at and re.fullmatch(vocabulary.partitive, folded[stop:at]):
            return first
    return None


def _number_after(folded: str, noun: Hit, numbers: Numbers, vocabulary: Vocabulary) -> int | None:
    """Find the four of *a family of four*."""
    if re.match(vocabulary.crowd, folded[noun.start : noun.end]) is None:
        return None
    for at in numbers:
        if at >= noun.end and re.fullmatch(vocabulary.crowd_of, folded[noun.end : at]):
            return at
    return None


def _taken_from(
    folded: str, person: People, noun: Hit, numbers: Numbers, vocabulary: Vocabulary
) -> People:
    """Read a number that follows the noun that it is taken out of."""
    for at, (stop, low, best, high) in list(numbers.items()):
        if at >= noun.end and re.fullmatch(vocabulary.partitive_gap, folded[noun.end : at]):
            numbers.pop(at)
            return replace(
                person, end=stop, out_of=person.best if person.counted else None, low=low,
                best=best, high=high, counted=True, plural=(best or 2) > 1, taken=True,
            )  # fmt: skip
    return person


def _clear(folded: str, start: int, end: int) -> bool:
    return _BARRIER.search(folded, start, end) is None


def _stands_alone(
    folded: str, start: int, end: int, outcomes: list[Hit], vocabulary: Vocabulary
) -> bool:
    """Say whether a bare number counts people: right beside what happened, or "two others"."""
    if re.fullmatch(r"(?:19|20)\d\d", folded[start:end].strip()):
        return False
    if re.compile(vocabulary.collective).match(folded, start):
        return True
    article = re.fullmatch(vocabulary.article, folded[start:end].strip()) is not None
    other = vocabulary.has("more", folded, start, end)
    for outcome in outcomes:
        for gap in (folded[end : outcome.start], folded[outcome.end : start]):
            ahead = end <= outcome.start and gap == folded[end : outcome.start]
            if ahead and gap.startswith(",") and (other or vocabulary.has("including", gap)):
                # *Six, including two children, were hurt*; *the third, the youngest, was hurt*.
                gap = _without_clause(gap, vocabulary)  # noqa: PLW2901
            if gap.strip() and (len(gap) > (_OTHER_REACH if other else 30) or _BARRIER.search(gap)):
                continue
            between = ahead or (outcome.end <= start and gap == folded[outcome.end : start])
            most = 4 if vocabulary.subject_first or vocabulary.has("more", gap) else 2
            # *The other reached the road and was taken to hospital.*
            most = 8 if other and end <= outcome.start else most
            if article:
                alone = _AFTER_ARTICLE.search(folded, max(0, start - 8), start) is None
                if alone and between and _somebody(gap, vocabulary):
                    return True
                continue
            if between and len(_WORDS.findall(gap)) <= most and "%" not in gap:
                return True
    return False


_OTHER_REACH = 60
"""Within how many characters *the other* may stand from what happened to him."""
_AFTER_ARTICLE = re.compile(r"\w $")


def _somebody(gap: str, vocabulary: Vocabulary) -> bool:
    """Say whether words between an article and what happened name a person of unknown trade."""
    if _BARRIER.search(gap):
        return False
    tags = ("device", "blast", "activity", "org", "happened", "hit")
    return 1 <= len(_WORDS.findall(gap)) <= 3 and not any(vocabulary.has(t, gap) for t in tags)


def _of_organisation(
    folded: str, person: People, noun: Hit, orgs: list[Hit], vocabulary: Vocabulary
) -> People:
    """Tell employees by the organisation that stands beside them, the nearest first."""
    if person.group == "rest":
        return replace(person, group="unknown", rest=True, best=None)
    if person.group not in ("employee", "officer"):
        return person
    best, least = None, _FARTHEST_ORG + 1
    for org in orgs:
        before = org.start < noun.start
        gap = (
            folded[min(org.end, noun.start) : noun.start]
            if before
            else folded[noun.end : org.start]
        )
        if _BARRIER.search(gap) or vocabulary.has("and", gap) or vocabulary.has("outcome", gap):
            continue
        words = len(_WORDS.findall(gap))
        if words < least:
            best, least = org, words
    if best is not None and best.value in _NAMED_BEFORE:
        # *The agency* is the one that was named before, *the organisation* one called so.
        named = vocabulary.find("org", folded, 0, noun.start)
        stem = folded[best.start : best.end][: vocabulary.stem]
        known = [
            o.value
            for o in named
            if o.value not in _NAMED_BEFORE
            and (
                best.value == "owner"
                or stem in folded[o.start : o.end]
                or (best.value == "agency" and o.value not in _IN_UNIFORM)
            )
        ]
        return replace(person, group=known[-1]) if known else person
    if best is not None:
        return replace(person, group=best.value)
    return person


_NAMED_BEFORE = ("agency", "organisation", "owner")
"""Organisations that only what was named before tells."""
_IN_UNIFORM = ("military", "police")
"""Whom a ministry employs, which nobody calls *the agency*."""
_TIE = 20
"""How far before people stands whose kin they are."""


def _attributes(
    folded: str,
    person: People,
    including: list[Hit],
    nations: list[Hit],
    vocabulary: Vocabulary,
    start: int,
) -> People:
    marks = [
        i.start
        for i in including
        if person.start < i.start < person.end
        or (
            i.start <= person.start
            and (i.end >= person.start or _same_clause(folded, i.end, person.start))
            and not re.search(vocabulary.parts_before, folded[i.end : person.start])
        )
    ]
    if re.match(vocabulary.parts_before, folded[person.end : person.end + _PARTS_BEFORE]):
        marks.append(person.start)
    part = bool(marks)
    # What the next sentence begins with is of other people.
    tail = _STOP.split(folded[person.end : person.end + 12])[0]
    around = folded[max(start, person.start - 14) : person.end] + tail
    more = vocabulary.has("more", around) or any(
        h.value == "strong" and not vocabulary.has("outcome", folded, h.end, person.start)
        for h in vocabulary.find("more", folded, start, person.start)
    )
    # *Two others, one of them his brother*: a part of the others.
    itself = any(i.start == person.start and i.end == person.end for i in including)
    other = more and (person.bare or person.group in ("unknown", "same"))
    part = part and (itself or not other)
    more = more and not part
    nation = next(
        (
            n.value
            for n in reversed(nations)
            if n.start < person.end
            and person.start - n.end <= 12
            and _clear(folded, n.start, person.start)
        ),
        None,
    )
    words = folded[max(start, person.start - _TIE) : person.end]
    # *One of them, aged 50*: of their kind; *the injured man is So-and-so, aged 50* is not.
    told = {i.start for i in including if i.value != "part" and i.end < person.start}
    kind = part and person.aged and marks[-1] not in told
    group = "unknown" if kind else person.group
    return replace(
        person, group=group, part=part, part_from=marks[-1] if part else -1, more=more,
        affiliation=nation,
        kin=re.search(vocabulary.kin, words) is not None,
        of_several=_is_of_several(folded, person, vocabulary),
    )  # fmt: skip


def _is_of_several(folded: str, person: People, vocabulary: Vocabulary) -> bool:
    """Say whether some of people told of are meant: *one of the assistants*."""
    words = folded[person.start : person.end]
    of = re.match(rf"(?:{vocabulary.number_pattern}){vocabulary.partitive}(?=\w)", words)
    several = of is not None and re.search(vocabulary.plural, words[of.end() :].strip()) is not None
    known = person.group != "unknown"
    return person.taken or (several and known and person.out_of is None)


def _same_clause(folded: str, start: int, end: int) -> bool:
    return end >= start and re.search(r"[.;]", folded[start:end]) is None and end - start <= _CLAUSE


_CLAUSE = 140
"""How far from *among the dead are* the last of them may stand."""


# What happened to whom.


def _has(folded: str, person: People, hit: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether people stand before a wound as those who have it."""
    if person.end > hit.start:
        return False
    gap = _without_clause(folded[person.end : hit.start], vocabulary)
    before = folded[max(0, person.start - _TIE) : person.start]
    near = len(_WORDS.findall(gap)) <= 1 and _BARRIER.search(gap) is None
    return near and re.search(vocabulary.owning, before) is not None


def _with_counts(
    folded: str, outcomes: list[Hit], people: list[People], vocabulary: Vocabulary
) -> list[Hit]:
    """Keep a noun such as *two deaths* only where a number or people stand before it."""
    kept = []
    for hit in outcomes:
        if hit.value.endswith(".have"):
            if not any(_has(folded, p, hit, vocabulary) for p in people):
                continue
        elif hit.value.endswith((".count", ".noun", ".tolled")):
            bare = not hit.value.endswith(".noun")
            near = any(
                p.end <= hit.start
                and len(_WORDS.findall(folded[p.end : hit.start])) <= 2
                and _clear(folded, p.end, hit.start)
                for p in people
                if p.counted and (bare or not p.bare)
            )
            if not near:
                continue
        kept.append(hit)
    return kept


def _link(
    folded: str, outcomes: list[Hit], people: list[People], vocabulary: Vocabulary
) -> tuple[list[Harm], list[People]]:
    harms: list[Harm] = []
    used: list[People] = []
    previous: list[People] = []
    for index, hit in enumerate(outcomes):
        outcome, _, way = hit.value.partition(".")
        if way in ("all", "body", "state"):
            objects = _carried(folded, hit, people, used, vocabulary) if way == "state" else []
            harms += [Harm(outcome, p, hit.start, hit.end) for p in objects] or [
                _state(folded, hit, people, used, harms, vocabulary)
            ]
            other = harms[-1].people
            used += [p for p in people if other is not None and p.start == other.start]
            used += [p for p in objects if p not in used]
            continue
        left = outcomes[index - 1].end if index else 0
        right = outcomes[index + 1].start if index + 1 < len(outcomes) else len(folded)
        before = [p for p in people if left <= p.start and p.end <= hit.start and p not in used]
        if index == 0:
            before = [p for p in people if p.end <= hit.start and p not in used]
        after = [p for p in people if p.start >= hit.end and p.end <= right and p not in used]
        after = _object(folded, hit, after, vocabulary)
        if way == "remains":
            found = _bodies(folded, after) or _subject(folded, before, hit.start, vocabulary)
            harms += [Harm(outcome, p, hit.start, hit.end, body=True) for p in found]
            used += found
            previous = found
            continue
        if way == "relative":
            near = _relatives(folded, hit, after)
            harms += [Harm(outcome, p, hit.start, hit.end) for p in near] or [
                Harm(outcome, None, hit.start, hit.end)
            ]
            used += near
            previous = near
            continue
        if way == "toll":
            # *From three to four*: the last number before anything else is said.
            numbers = [
                p for p in after if not (p.part or _BARRIER.search(folded, hit.end, p.start))
            ][-1:]
            listed = _listed_after(folded, numbers, [p for p in people if p.end <= right])
            harms += [Harm(outcome, p, hit.start, hit.end, toll=True) for p in numbers]
            harms += [Harm(outcome, p, hit.start, hit.end) for p in listed]
            used += numbers + listed
            continue
        following = outcomes[index + 1] if index + 1 < len(outcomes) else None
        after = [
            p
            for p in after
            if not ((p.part or p.of_several) and _speaks(folded, p, following, vocabulary))
        ]
        chosen = _choose(folded, hit, way, before, after, following, people, vocabulary)
        gap = folded[left : hit.start]
        if not chosen and previous and _goes_on(gap, hit, previous, harms, vocabulary):
            at = previous[-1].start
            # *One of two injured dies.*
            some = [p for p in people if p.out_of and p not in used and p.start < at < p.end]
            harms += [Harm(outcome, p, hit.start, hit.end, late=True) for p in some or previous]
            used += some
            continue
        if not chosen:
            harm = _of_nobody(folded, hit, vocabulary)
            harms.append(replace(harm, people=_unknown_subject(folded, harm, vocabulary)))
            continue
        late = way == "late"
        chosen, parts = _all_of_whom(folded, hit, chosen, following, people)
        used += parts
        linked = {p.start for p in chosen}
        told = following is not None and vocabulary.subject_first
        listed = [] if told else _named_after(folded, hit, chosen, people)
        # *Three died: a cameraman, a guide and a driver.*
        used += chosen if listed else []
        chosen = listed or chosen
        whole, chosen = chosen, _without_total(folded, chosen, vocabulary)
        used += [p for p in whole[:1] if p.end <= chosen[0].start]
        chosen = _without_sum(folded, chosen, vocabulary)
        # *Of them a lieutenant died*: he alone.
        some = [p for p in chosen if not (p.part and p.group == "unknown" and p.best is None)]
        chosen = some or chosen
        at = chosen[0].start
        also = not vocabulary.subject_first and chosen[-1].end <= hit.start
        if also and vocabulary.has("more", folded, chosen[-1].end, hit.end):
            # *A guard, a man of sixty, was also hurt.*
            chosen = [p if p.part else replace(p, more=True) for p in chosen]
        taken = {p.start for p in used}
        chosen += [
            p
            for p in people
            if p.part
            and p not in chosen
            and p.start not in taken
            and p.start not in linked
            and not _speaks(folded, p, following, vocabulary)
            and (
                (
                    hit.end <= p.part_from
                    and p.start < right
                    and not _others_between(p, hit, chosen, people)
                    and not (
                        vocabulary.subject_first
                        # *Two died, six, among them three children, were hurt.*
                        and any(hit.end <= q.start <= p.part_from for q in people)
                    )
                )
                or (p.part_from == p.start and 0 <= at - p.end < 40)
                # *Five, among them three children, were hurt.*
                or (chosen[-1].bare and chosen[-1].end <= p.part_from and p.end <= hit.start)
            )
        ]
        toll = way == "tolled"
        harms += [Harm(outcome, p, hit.start, hit.end, late=late, toll=toll) for p in chosen]
        used += chosen
        previous = chosen
    return _one_of_all(folded, harms), used


def _others_between(part: People, hit: Hit, chosen: list[People], people: list[People]) -> bool:
    """Say whether a part is of others: *one was killed and two, among them a boy, were hurt*."""
    return any(
        p.start >= hit.end and p.end <= part.part_from and p.counted and not p.part
        and p not in chosen
        for p in people
    )  # fmt: skip


def _one_of_all(folded: str, harms: list[Harm]) -> list[Harm]:
    """Let a number after all be of them: *two sappers were hurt, one with a broken leg*."""
    found = list(harms)
    for at, harm in enumerate(harms[1:], 1):
        before, some = harms[at - 1], harm.people
        whole = before.people
        if some is None or whole is None or before.outcome != harm.outcome:
            continue
        bare = some.bare and not (some.more or some.part or some.out_of)
        fewer = whole.counted and (some.best or 0) < (whole.best or 0)
        start = max(before.end, whole.end)
        if bare and fewer and not whole.bare and _ASIDE.fullmatch(folded, start, some.start):
            found[at] = replace(harm, people=replace(some, part=True, part_from=some.start))
            left = (whole.best or 0) - (some.best or 0)
            for later in range(at + 1, len(found)):
                other = found[later].people
                if other is not None and other.more and other.best == left:
                    # *Two were hurt, one with burns and the other with a broken arm.*
                    part = replace(other, part=True, part_from=other.start, more=False)
                    found[later] = replace(found[later], people=part)
    parts = {h.people.start: h.people for h in found if h.people is not None and h.people.part}
    return [
        replace(h, people=parts[h.people.start]) if h.people and h.people.start in parts else h
        for h in found
    ]


_ASIDE = re.compile(r"(?: [\w-]+){0,2}(?:, | - | \()")


def _all_of_whom(
    folded: str, hit: Hit, chosen: list[People], following: Hit | None, people: list[People]
) -> tuple[list[People], list[People]]:
    """Let all three be hurt in *two of the three people injured there are in hospital*.

    Who they are may follow, and so may *the third*; both are given apart.
    """
    if len(chosen) != 1 or chosen[0].out_of is None or folded[chosen[0].end : hit.start].strip():
        return chosen, []
    if (
        following is None
        or not hit.value.endswith(".auto")
        or not following.value.startswith("inj")
    ):
        return chosen, []
    number = chosen[0].out_of
    named = [p for p in people if folded[hit.end : p.start] == " " and p.best is None]
    group = named[0].group if named else chosen[0].group
    whole = replace(chosen[0], group=group, low=number, best=number, high=number, out_of=None)
    last = [p for p in people if (p.more or p.bare) and p.best == 1 and p.start > hit.end]
    return [whole], named + last


def _listed_after(folded: str, total: list[People], people: list[People]) -> list[People]:
    """Give those whom a list after a number names: *risen to four: a journalist and three men*."""
    if not total or total[0].best is None:
        return []
    listed = [p for p in people if p.start >= total[0].end and p.best is not None and not p.more]
    if not listed or sum(p.best or 0 for p in listed) != total[0].best:
        return []
    opened = re.search(r"[:,(-]", folded[total[0].end : listed[0].start])
    return listed if opened and not _STOP.search(folded, total[0].end, listed[-1].start) else []


def _named_after(folded: str, hit: Hit, chosen: list[People], people: list[People]) -> list[People]:
    """Give those whom a list right after the verb names: *three died: a guide and two guards*."""
    whole = chosen[0] if len(chosen) == 1 else None
    if whole is None or not whole.counted or whole.end > hit.start or whole.group != "unknown":
        return []
    listed: list[People] = []
    left = whole.best or 0
    for person in people:
        if person.start < hit.end or left <= 0:
            continue
        if person.best is None or _STOP.search(folded, hit.end, person.start):
            return []
        listed.append(person)
        left -= person.best
    opened = listed and _OPENS.fullmatch(folded, hit.end, listed[0].start)
    return listed if opened and not left and (whole.best or 0) >= _LIST else []


_OPENS = re.compile(r"(?: [\w-]+){0,6} ?[:(-] ?(?:\w+ ){0,2}")


def _state(
    folded: str,
    hit: Hit,
    people: list[People],
    used: list[People],
    harms: list[Harm],
    vocabulary: Vocabulary,
) -> Harm:
    """Read a condition, a body that was found, or what came to all of those told of."""
    outcome, _, way = hit.value.partition(".")
    if way == "all":
        return Harm(outcome, None, hit.start, hit.end)
    if way == "body":
        return Harm(outcome, None, hit.start, hit.end, body=True)
    for person in people:
        if hit.start < person.start and person.end <= hit.end and person.more and person.best == 1:
            # *The condition of the second man is grave.*
            return Harm(outcome, replace(person, rest=True), hit.start, hit.end)
    dead = any(h.outcome == "killed" for h in harms)
    other = _other_before(folded, hit, people, used, vocabulary, dead=dead)
    return Harm(outcome, other, hit.start, hit.end, single=_single(folded, hit, vocabulary))


def _carried(
    folded: str, hit: Hit, people: list[People], used: list[People], vocabulary: Vocabulary
) -> list[People]:
    """Give the objects before a verb whose subject is not named: *the driver they took there*."""
    if re.search(vocabulary.carrying, folded[hit.start : hit.end]) is None:
        return []
    before = [p for p in people if p.end <= hit.start and p not in used]
    some = _subject(folded, before, hit.start, vocabulary)
    if not some or len(_WORDS.findall(folded[some[-1].end : hit.start])) > _FEW:
        return []
    clear = _BARRIER.search(folded, some[-1].end, hit.start) is None
    named = all(p.best for p in some) and not any(p.rest or p.part for p in some)
    doing = re.search(vocabulary.nominative, folded[some[-1].start : some[-1].end])
    return some if clear and named and doing is None else []


def _goes_on(
    gap: str, hit: Hit, previous: list[People], harms: list[Harm], vocabulary: Vocabulary
) -> bool:
    """Say whether a verb without people goes on with those told of before it."""
    outcome, _, way = hit.value.partition(".")
    if way in ("after", "count", "tolled"):
        return False
    hurt = {h.people.start for h in harms if h.people and h.outcome == "injured"}
    tied = way == "late" or (way == "before" and outcome == "killed")
    if tied and (previous[-1].out_of is not None or previous[-1].start in hurt):
        # *One of the two injured at X has died*, *a man who lost both legs has died*.
        return True
    return len(_WORDS.findall(gap)) <= 9 and _conjoined(gap, vocabulary)


_FAR = 60
"""Within how many characters a pronoun that opens a sentence stands before its verb."""


def _of_nobody(folded: str, hit: Hit, vocabulary: Vocabulary) -> Harm:
    """Read a verb whose people are not named."""
    outcome, _, way = hit.value.partition(".")
    single, pronoun = _single(folded, hit, vocabulary), _pronoun(folded, hit, vocabulary)
    late = way == "late"
    return Harm(outcome, None, hit.start, hit.end, late=late, single=single, pronoun=pronoun)


def _unknown_subject(folded: str, harm: Harm, vocabulary: Vocabulary) -> People | None:
    """Count one of unknown trade right before a verb that only people have: *the guide died*."""
    if harm.pronoun or not harm.single:
        return None
    before = re.search(vocabulary.unknown_subject, folded[max(0, harm.start - _FAR) : harm.start])
    if before is None or re.match(vocabulary.of_people, folded[harm.start : harm.end]) is None:
        return None
    word = before["who"]
    if vocabulary.knows(word):
        return None
    start = folded.rfind(word, 0, harm.start)
    return People(start, start + len(word), "unknown", 1)


def _single(folded: str, hit: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether a verb or a pronoun tells of one person."""
    verb = re.match(vocabulary.singular_outcome, folded[hit.start : hit.end])
    return verb is not None or _pronoun(folded, hit, vocabulary)


def _pronoun(folded: str, hit: Hit, vocabulary: Vocabulary) -> bool:
    """Say whether it is *he* of whom a verb tells, or *him*."""
    if re.compile(vocabulary.pronoun_object).match(folded, hit.end):
        return True
    before = folded[max(0, hit.start - _FAR) : hit.start]
    return re.search(vocabulary.singular_pronoun, before) is not None


def _bodies(folded: str, after: list[People]) -> list[People]:
    """Give those whose bodies were found, not the missing: *the body of one, two are missing*."""
    gaps = [folded[a.end : b.start] for a, b in pairwise(after)]
    apart = [n for n, gap in enumerate(gaps, 1) if len(_WORDS.findall(gap)) > _FEW]
    return after[: min(apart, default=len(after))]


_FEW = 2
"""So many words at most part people of one list."""


def _relatives(folded: str, hit: Hit, after: list[People]) -> list[People]:
    """Give those whom a participle before them tells of: *the two who were hurt with him*."""
    near = after[:1]
    words = len(_WORDS.findall(folded[hit.end : near[0].start])) if near else 0
    return near if words <= _FARTHEST_RELATIVE else []


def _other_before(
    folded: str,
    hit: Hit,
    people: list[People],
    used: list[People],
    vocabulary: Vocabulary,
    *,
    dead: bool,
) -> People | None:
    """Find *the other* whose state is told: the rest of those whose fate was told before."""
    for person in people:
        gap = _without_clause(folded[person.end : hit.start], vocabulary)
        near = person.end <= hit.start and len(_WORDS.findall(gap)) <= 1
        if near and person.out_of is None and (person.best or 1) > 1 and not person.bare:
            # *The condition of two of the children is grave.*
            return None if person in used or person.part or not person.counted else person
        if near and dead and person.bare and (person.best or 1) > 1 and person not in used:
            # *Two died, two are in a bad way.*
            return person
        if not near or person.best != 1 or person in used or person.part:
            continue
        if person.anyone and used and not (person.more and person.counted):
            # *His grandson was hurt, the teenager's life is not in danger.*
            return None
        if person.more or not person.bare or dead:
            return replace(person, rest=person.more or person.bare)
    return None


def _speaks(folded: str, person: People, following: Hit | None, vocabulary: Vocabulary) -> bool:
    """Say whether *one of them* has a verb of its own that follows."""
    one = person.apart or person.of_several or (person.counted and person.best == 1)
    known = person.group != "unknown" and not one
    if known or following is None or following.start < person.end:
        return False
    gap = _without_clause(folded[person.end : following.start], vocabulary)
    if vocabulary.has("and", gap):
        # *A mine killed one of them and wounded two*: the mine did both.
        return False
    if person.apart:
        return _STOP.search(gap) is None and len(_WORDS.findall(gap)) <= _FARTHEST_LISTED
    return len(_WORDS.findall(gap)) <= 3 and _BARRIER.search(gap) is None


def _without_total(folded: str, chosen: list[People], vocabulary: Vocabulary) -> list[People]:
    """Leave out a total that its own parts follow: *two victims: a man and his nephew*."""
    if len(chosen) == 2 and chosen[0].best is None and chosen[0].plural and chosen[1].bare:
        # *The soldiers were two, and both are hurt.*
        return [replace(chosen[1], group=chosen[0].group)]
    first, rest = chosen[0], chosen[1:]
    vague = first.group in ("unknown", "civilian", "employee", "officer")
    if len(chosen) < 2 or not (vague or {p.group for p in rest} == {first.group}):
        return chosen
    gap = _ages(vocabulary.ages).sub("", folded[first.end : rest[0].start])
    known = [p.best for p in rest if p.best is not None]
    whole = len(known) == len(rest) and first.counted and first.best == sum(known)
    whole = whole and not rest[0].more
    named = {p.group for p in rest}
    if whole and not vocabulary.has("and", gap) and re.search(r"[:,(-]", gap):
        return [replace(first, group=named.pop())] if first.part and len(named) == 1 else rest
    if len(rest) == 1 and first.best == rest[0].best == 1 and gap.strip() == "-":
        # *His neighbour - a woman of forty - was hurt.*
        return rest
    if vague and first.counted and re.match(r" ?[-:(] ?", gap) and sum(known) < (first.best or 0):
        # *Three were hurt: an inspector, a sergeant and a trainee*, not all of them known.
        return [first, *(replace(p, part=True, part_from=p.start) for p in rest)]
    if vague and first.counted and len(named) == 1 and re.fullmatch(r" ?[-(:] ?(?:\w+ ?)?", gap):
        # Parts that stand between dashes explain the number, though not all were known.
        return [replace(first, group=named.pop())]
    return chosen


def _without_sum(folded: str, chosen: list[People], vocabulary: Vocabulary) -> list[People]:
    """Leave out a number that sums up who stands before it: *A and B, both residents of*."""
    *parts, last = chosen
    size = sum(p.best or 0 for p in parts)
    summed = last.counted and last.best == size and all(p.best for p in parts)
    if not summed or re.compile(vocabulary.everyone).match(folded, last.start) is None:
        return chosen
    return [replace(p, group=last.group) if p.group == "unknown" else p for p in parts]


def _without_clause(gap: str, vocabulary: Vocabulary) -> str:
    """Leave out a clause between commas right after a noun, or a relative one."""
    return _appended(vocabulary.relative).sub(" ", gap)


@lru_cache(maxsize=8)
def _closed(relative: str) -> re.Pattern[str]:
    return re.compile(rf",(?:{relative})[^,;.]*,(?: \w+)? ")


@lru_cache(maxsize=8)
def _appended(relative: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:,|{relative})[^,;.]*,")


def _conjoined(gap: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.has("and", gap) or "," in gap or not gap.strip()


def _object(folded: str, hit: Hit, after: list[People], vocabulary: Vocabulary) -> list[People]:
    """Give the people who follow as the object, as long as they are listed."""
    kept: list[People] = []
    at = hit.end
    left = -1
    for person in after:
        gap = folded[at : person.start]
        if left == 0:
            # *Two died: a carter and his son, one more is in hospital.*
            break
        left -= person.best or 0
        # *The couple, who had come to see their old house, and their nephew.*
        words = len(_WORDS.findall(_without_clause(gap, vocabulary) if kept else gap))
        if len(kept) == 1 and _PARTED.fullmatch(gap) and _is_list_of(folded, kept[0], after):
            # *Five people were hurt: two guards and three drivers.*
            left = (kept[0].best or 0) - (person.best or 0)
            kept.append(person)
            at = person.end
            continue
        limit = 4 if kept else 7
        if words > limit or re.search(r"[.;]", gap) or (not kept and re.search(r"[,:]", gap)):
            break
        if kept and not (person.part or "," in gap or vocabulary.has("and", gap)):
            break
        if vocabulary.has("speech", gap):
            break
        kept.append(person)
        at = person.end
    return kept


_PARTED = re.compile(r" ?[:(-] ?")


def _is_list_of(folded: str, whole: People, people: list[People]) -> bool:
    """Say whether people after a number are all who make it up."""
    parts = [p for p in people if p.start > whole.end]
    size = 0
    for number, person in enumerate(parts):
        end = parts[number - 1].end if number else whole.end
        if _STOP.search(folded, end, person.start) or person.best is None or size == whole.best:
            break
        size += person.best
    return whole.counted and whole.group == "unknown" and size == whole.best


def _of_clause(
    folded: str, before: list[People], verb: int, vocabulary: Vocabulary
) -> People | None:
    """Give people of whom a clause tells that names others: *five, three of whom are cousins*."""
    if _is_number_of(folded, before, vocabulary):
        # *A lorry with workers blew up, four people died.*
        return _of_kind_of(before[-2], before[-1])
    if _is_in_clause(folded, before, verb, vocabulary):
        return before[-2]
    for at, person in enumerate(before[:-1]):
        gap = folded[person.end : verb]
        parts = all(p.part and not (p.counted and p.group != "unknown") for p in before[at + 1 :])
        if parts and gap.startswith(",") and not _without_clause(gap, vocabulary).strip():
            return person
    return None


def _is_in_clause(folded: str, before: list[People], verb: int, vocabulary: Vocabulary) -> bool:
    """Say whether the last people stand in a clause of the one before: *who came to see kin*."""
    if len(before) < _LIST:
        return False
    start = before[-2].end
    gap = folded[start:verb]
    if not vocabulary.subject_first:
        if _closed(vocabulary.relative).fullmatch(gap):
            # *A man, who was laying a cable for a contractor, was injured*.
            return True
        if re.fullmatch(vocabulary.attached, folded[start : before[-1].start]):
            # *A guard accompanying the team was hit*.
            return True
    if before[-1].counted or not before[-2].counted:
        return False
    within = re.compile(vocabulary.relative).match(folded, start)
    if within is None and before[-2].aged:
        within = re.search(vocabulary.relative, folded[start : before[-1].start])
    return within is not None and not re.search(r"[,;]", folded[start:verb])


def _subject(folded: str, before: list[People], verb: int, vocabulary: Vocabulary) -> list[People]:
    """Give the people who come before as the subject: the last list of them."""
    if not before:
        return []
    kept = [before[-1]]
    whole = _of_clause(folded, before, verb, vocabulary)
    if whole is not None or kept[0].apart:
        return kept if whole is None else [whole]
    if _is_aside(folded, before, verb, vocabulary):
        return [before[-2]]
    edge = kept[0].start
    single = re.compile(vocabulary.singular_outcome).match(folded, verb) is not None
    for person in reversed(before[:-1]):
        # An initial ends no list: *Major A. and Private B.*
        gap = _INITIAL.sub("", folded[person.end : edge])
        if ":" in gap and person.counted and sum(p.best or 0 for p in kept) != person.best:
            # *There were three inside: the driver died.*
            break
        if person.plural and person.counted and single and not vocabulary.has("and", gap):
            # *Five were in the bus, one woman was killed*: a verb of one person.
            break
        if _is_part_alone(gap, person, kept[0], vocabulary):
            break
        if not kept[0].part and not _lists(gap, person, kept[0], vocabulary):
            break
        again = edge == kept[-1].start and _is_same_man(
            folded, person, kept[0], vocabulary, single=single
        )
        if again and not _goes_with(folded, person, vocabulary):
            return [_of_kind_of(person, kept[0]), *kept[1:]]
        # *A colonel and his driver, a conscript*: the list goes on before the driver.
        kept = kept if again else [person, *kept]
        edge = person.start
    return kept


def _is_number_of(folded: str, before: list[People], vocabulary: Vocabulary) -> bool:
    """Say whether a number of anybody follows, after a comma alone, people without one."""
    if len(before) < _LIST:
        return False
    crowd, some = before[-2:]
    gap = folded[crowd.end : some.start]
    anybody = some.group in ("unknown", crowd.group)
    counted = some.counted and anybody and not (some.part or some.more or some.named)
    open_crowd = crowd.plural and crowd.best is None and not crowd.part
    return open_crowd and counted and "," in gap and not vocabulary.has("and", gap)


def _of_kind_of(person: People, man: People) -> People:
    """Let *a sapper, a man of forty* be of the first one's kind."""
    known = man.group in ("unknown", "civilian") and person.group not in _NOBODY
    return replace(man, group=person.group) if known else man


def _goes_with(folded: str, person: People, vocabulary: Vocabulary) -> bool:
    """Say whether somebody is named as the kin of another: *a colonel and his driver*."""
    before = max(0, person.start - _TIE)
    return person.kin and vocabulary.has("and", folded, before, person.start)


def _is_part_alone(gap: str, person: People, part: People, vocabulary: Vocabulary) -> bool:
    """Say whether a verb is of a part alone, not of those before it who it is a part of."""
    if part.part:
        return not (part.more and person.part) and (part.bare or part.group == "unknown")
    # *Three guards and a driver were hurt, one of the guards died.*
    several = part.of_several and not part.taken
    return several and "," in gap and not vocabulary.has("and", gap)


def _is_aside(folded: str, before: list[People], verb: int, vocabulary: Vocabulary) -> bool:
    """Say whether some stand between commas after all of whom the verb tells."""
    some = before[-1]
    if not some.part or len(before) < _LIST:
        return False
    end = before[-2].end
    if some.group == "unknown" and folded[end : end + 1] == ",":
        # *Three sappers, two of them gravely, were hurt.*
        return not _without_clause(folded[end:verb], vocabulary).strip()
    # *Seven men, one of them a driver, died.*
    begins = min(some.start, some.part_from)
    between = folded[end:begins] == ", " and folded[some.end : some.end + 1] == ","
    return before[-2].plural and between


def _set_apart(folded: str, people: list[People], vocabulary: Vocabulary) -> list[People]:
    """Mark *one of them* whose verb follows, and join whom commas tell him to be: *, a driver,*."""
    number = _number(vocabulary.number_pattern, vocabulary.number_ending)
    found: list[People] = []
    for person in people:
        some = found[-1] if found else None
        if not person.part:
            found.append(person)
        elif (
            some is not None
            and some.group == "unknown"
            and some.start <= person.part_from < some.end
            and _BESIDE.fullmatch(folded, some.end, person.start)
        ):
            # *One of them, a driver*.
            found[-1] = replace(
                person, start=some.start, part_from=some.start, bare=False,
                best=some.best, low=some.low, high=some.high, apart=folded[some.end] == ",",
            )  # fmt: skip
        else:
            words = folded[person.start : person.end + 1]
            first = number.match(words)
            left = words[first.end() :] if first else ""
            own = person.start <= person.part_from and len(_WORDS.findall(left)) <= _LIST
            apart = (own and left.endswith(",")) or left.startswith(",")
            found.append(replace(person, apart=first is not None and apart))
    return found


_BESIDE = re.compile(r",? (?:\w+ )?")


def _is_same_man(
    folded: str, person: People, following: People, vocabulary: Vocabulary, *, single: bool
) -> bool:
    """Say whether a comma goes on with one man: *a herdsman's car hit it, the man was hurt*."""
    if any(p.plural or p.counted or p.part or p.more or p.named for p in (person, following)):
        return False
    if vocabulary.has("and", folded, person.end, following.start):
        return False
    vehicles = vocabulary.find("activity", folded, max(0, person.start - _TIE), person.start)
    owner = any(v.value == "travel_vehicle" and v.end == person.start - 1 for v in vehicles)
    return owner or (following.anyone and (single or not (following.years or following.aged)))


def _lists(gap: str, person: People, following: People, vocabulary: Vocabulary) -> bool:
    """Say whether people and those who follow them are of one list."""
    parted = ":" in gap or (person.bare and "," in gap)
    if parted and following.bare and (following.best or 0) < (person.best or 0):
        # *Two soldiers hit a mine: one died*; *two hit a mine, one died*.
        return False
    joined = vocabulary.has("and", gap)
    listed = joined or re.search(r"[,(-]", gap) is not None or (":" in gap and person.counted)
    words = len(_WORDS.findall(_without_clause(gap, vocabulary)))
    if not listed or words > _FARTHEST_LISTED or re.search(r"[;.]", gap):
        return False
    if words > _FARTHEST_APPOSITION and not joined:
        return False
    if re.compile(vocabulary.comitative).match(gap):
        return False
    return not (vocabulary.has("hit", gap) or vocabulary.has("blast", gap))


def _choose(
    folded: str,
    hit: Hit,
    way: str,
    before: list[People],
    after: list[People],
    following: Hit | None,
    people: list[People],
    vocabulary: Vocabulary,
) -> list[People]:
    """Choose to whom it happened, by where the verb looks for its people."""
    subject = _subject(folded, before, hit.start, vocabulary)
    apart = len(_WORDS.findall(folded[subject[-1].end : hit.start])) if subject else 0
    between = folded[subject[-1].end : hit.start] if subject else ""
    # *Doctors say they are stable*: no subject of what they say.
    reported = re.fullmatch(vocabulary.reported, between) is not None
    if reported or (apart > _FARTHEST_SUBJECT and not vocabulary.subject_first):
        subject = []
    if way == "after":
        if after and not vocabulary.subject_first and _has_own(following):
            # *It killed a shepherd, his son lost an eye.*
            after = _first_group(folded, after, following, people, vocabulary)
        return after if vocabulary.subject_first or before else after or subject
    if vocabulary.subject_first or way in ("before", "late"):
        return subject or (after if way == "late" and not vocabulary.subject_first else [])
    if way in ("count", "noun", "have", "tolled"):
        return subject[-1:]
    parted = not subject or _clause_between(folded, subject[-1].end, hit.start)
    if subject and after and len(subject) == 1 and subject[0].plural:
        # *At the border guards' car one sergeant died*: a verb of one person.
        verb = folded[hit.start : hit.end]
        parted = parted or re.match(vocabulary.singular_outcome, verb) is not None
    if way == "auto":
        return subject if apart <= 1 and not parted else after or subject
    # Either: the subject stands where nothing parts it from the verb, else what follows.
    if not parted:
        return subject
    if after and following is not None and following.value.endswith((".either", ".state")):
        after = _first_group(folded, after, following, people, vocabulary)
    return after or subject


def _has_own(following: Hit | None) -> TypeGuard[Hit]:
    """Say whether the people before the next verb may be its own."""
    return following is not None and following.value.endswith((".either", ".before"))


def _clause_between(folded: str, start: int, end: int) -> bool:
    return re.search(r"[;:,]", folded[start:end]) is not None


def _first_group(
    folded: str,
    after: list[People],
    following: Hit,
    people: list[People],
    vocabulary: Vocabulary,
) -> list[People]:
    """Leave the last list before the next verb to that verb, if nothing follows it."""
    own = [p for p in people if p.start >= following.end]
    own = _object(folded, following, own, vocabulary)
    # *Dead are a carter and his son, one more was taken to hospital*: it has its own.
    between = any(after[-1].end <= p.start < following.start for p in people if not p.part)
    if own or between or len(after) < 2:
        return after
    # *A paramedic, who had come for the bodies, was hurt*: without the clause.
    gap = _without_clause(folded[after[-1].end : following.start], vocabulary)
    if len(_WORDS.findall(gap)) > 3:
        return after
    for cut in range(len(after) - 1, 0, -1):
        if after[cut].part and not after[cut - 1].part:
            continue
        if re.search(r"[,;]", folded[after[cut - 1].end : after[cut].start]):
            return after[:cut]
    return after[:-1]
