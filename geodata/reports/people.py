"""Mentions of people, what happened to them, and how many they are."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from geodata.reports.language import Hit, Vocabulary

_WORDS = re.compile(r"\w+(?:[-']\w+)*")
_BARRIER = re.compile(r"[.,;:()!?\"]")
_FARTHEST_NUMBER, _FARTHEST_ORG = 4, 4


@dataclass(frozen=True, slots=True)
class People:
    """Some people in a sentence.

    Attributes
    ----------
    group
        A code of groups; ``employee`` where only an organisation would tell.
    low, best, high
        How many; None where the text gives no number.
    more
        They come on top of others.
    part
        They are among those named before.
    out_of
        They are some of so many, as in *one of the two workers*.
    bare
        A number alone stands for them.
    """

    start: int
    end: int
    group: str
    best: int | None
    low: int | None = None
    high: int | None = None
    child: bool = False
    female: bool = False
    more: bool = False
    part: bool = False
    plural: bool = False
    counted: bool = False
    affiliation: str | None = None
    out_of: int | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Harm:
    """What happened to some people; `people` is None where a pronoun stands for them."""

    outcome: str
    people: People | None
    start: int
    end: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """All that one stretch of text says about people."""

    harms: tuple[Harm, ...] = ()
    others: tuple[People, ...] = ()
    unhurt: Hit | None = None
    outcomes: tuple[Hit, ...] = ()


def read_people(
    folded: str,
    start: int,
    end: int,
    vocabulary: Vocabulary,
    masked: list[tuple[int, int]],
) -> Told:
    """Read who came to what harm in a stretch of text.

    Parameters
    ----------
    folded
        The text, folded.
    start, end
        The stretch, a sentence or a part of one.
    vocabulary
        The words of its language.
    masked
        Dates and places, whose numbers and words count for nothing here.

    Returns
    -------
    Told
        The harms in their order, the people that nothing is said to have happened to,
        and whether nobody was hurt.
    """
    blocked = [(m.start, m.end) for m in vocabulary.find("modal", folded, start, end)]
    negated = list(vocabulary.find("negated", folded, start, end))
    blocked += [(h.start, h.end) for h in negated]
    outcomes = [
        hit for hit in vocabulary.find("outcome", folded, start, end) if not _inside(hit, blocked)
    ]
    people = _people(folded, start, end, vocabulary, masked, outcomes, blocked)
    outcomes = _with_counts(folded, outcomes, people)
    harms, used = _link(folded, outcomes, people, vocabulary)
    others = tuple(p for p in people if p not in used)
    unhurt = negated[0] if negated else None
    return Told(tuple(harms), others, unhurt, tuple(outcomes))


def _inside(hit: Hit, spans: list[tuple[int, int]]) -> bool:
    return any(hit.start < e and s < hit.end for s, e in spans)


# People.


def _people(
    folded: str,
    start: int,
    end: int,
    vocabulary: Vocabulary,
    masked: list[tuple[int, int]],
    outcomes: list[Hit],
    blocked: list[tuple[int, int]],
) -> list[People]:
    taken = [(o.start, o.end) for o in outcomes] + blocked
    nouns = [
        n
        for n in vocabulary.find("person", folded, start, end)
        if not _inside(n, taken) and not _inside(n, masked)
    ]
    numbers = _numbers(folded, start, end, vocabulary, masked + taken, nouns)
    including = list(vocabulary.find("including", folded, start, end))
    orgs = list(vocabulary.find("org", folded, start, end))
    nations = list(vocabulary.find("affiliation", folded, start, end))
    found: list[People] = []
    vague = [n for n in nouns if n.value == "many"]
    free = dict(numbers)
    for noun in _joined([n for n in nouns if n.value != "many"], folded, vocabulary):
        group, _, detail = noun.value.partition("+")
        count, taken_out = _number_before(folded, noun, free, vocabulary)
        is_vague = any(
            0 <= noun.start - v.end <= 25 and _clear(folded, v.end, noun.start) for v in vague
        )
        plural = re.search(vocabulary.plural, folded[noun.start : noun.end].strip()) is not None
        person = People(
            noun.start, noun.end, group, None if plural or is_vague else 1,
            child=detail == "child", female=detail == "female", plural=plural or is_vague,
        )  # fmt: skip
        if count is not None:
            at, low, best, high = count
            out_of = None
            free.pop(at)
            first = _first_of(folded, at, free, vocabulary) if taken_out else None
            if first is not None:
                out_of, at = best, first
                _, low, best, high = free.pop(first)
            person = replace(
                person,
                start=at,
                best=best,
                low=low,
                high=high,
                plural=(best or 2) > 1,
                counted=True,
                out_of=out_of,
            )
        if re.search(vocabulary.partitive_noun, folded[noun.start : noun.end]):
            person = _taken_from(folded, person, noun, free)
        person = _of_organisation(folded, person, noun, orgs, vocabulary)
        found.append(_attributes(folded, person, including, nations, vocabulary, start))
    for at, (stop, low, best, high) in sorted(free.items()):
        if _stands_alone(folded, at, stop, outcomes):
            person = People(
                at,
                stop,
                "unknown",
                best,
                low,
                high,
                plural=(best or 2) > 1,
                counted=True,
                bare=True,
            )
            found.append(_attributes(folded, person, including, [], vocabulary, start))
    found.sort(key=lambda p: p.start)
    return found


Numbers = dict[int, tuple[int, int | None, int | None, int | None]]


@lru_cache(maxsize=8)
def _number(pattern: str, ending: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,-])(?P<a>{pattern})(?: ?- ?(?P<b>{pattern}))?{ending}(?![\w%])")


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
    for match in pattern.finditer(folded, start, end):
        hit = Hit(match.start(), match.end(), "number", "")
        if _inside(hit, masked) or any(
            n.start <= hit.start < n.end and n.value.endswith("+age") for n in nouns
        ):
            continue
        if folded[hit.end : hit.end + 1] == "-" or re.match(
            r"[.,:]\d", folded[hit.end : hit.end + 2]
        ):
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


_MOST_PEOPLE = 10_000_000


def _qualifier(folded: str, hit: Hit, vocabulary: Vocabulary, start: int) -> str | None:
    for found in vocabulary.find("qualifier", folded, max(start, hit.start - 30), hit.end + 30):
        if 0 <= hit.start - found.end <= 2 or found.start <= hit.start < found.end:
            return found.value
    return None


def _joined(nouns: list[Hit], folded: str, vocabulary: Vocabulary) -> list[Hit]:
    """Join nouns that stand side by side, and an age with its person."""
    joined: list[Hit] = []
    for noun in nouns:
        before = joined[-1] if joined else None
        if before is not None:
            gap = folded[before.end : noun.start]
            words = len(_WORDS.findall(gap))
            clear = _BARRIER.search(gap) is None and not vocabulary.has("and", gap)
            aged = "age" in (before.value.partition("+")[2], noun.value.partition("+")[2])
            number = re.search(r"\d", gap) is not None
            if (
                (clear and words == 0)
                or (aged and words <= 3 and _aged_gap(gap) and not number)
                or (aged and clear and words <= 2)
            ):
                joined[-1] = Hit(
                    before.start, noun.end, noun.tag, _better(before.value, noun.value)
                )
                continue
        joined.append(noun)
    return joined


def _aged_gap(gap: str) -> bool:
    return re.fullmatch(r"[ ,(]*(?:\w+[ ,(]*){0,1}", gap) is not None


def _better(a: str, b: str) -> str:
    """Of two nouns for the same people, the one that says more."""
    order = {"unknown": 0, "civilian+age": 1, "employee": 2, "civilian": 3}
    return max(a, b, key=lambda v: order.get(v, 4))


def _number_before(
    folded: str, noun: Hit, numbers: Numbers, vocabulary: Vocabulary
) -> tuple[tuple[int, int | None, int | None, int | None] | None, bool]:
    """Give the number of a noun, and whether another may stand before that."""
    inside = [at for at in numbers if noun.start <= at < noun.end]
    if inside:
        at = inside[0]
        return (at, *numbers[at][1:]), True
    near = [at for at, (stop, *_rest) in numbers.items() if stop <= noun.start]
    for at in sorted(near, reverse=True):
        gap = folded[numbers[at][0] : noun.start]
        far = len(gap) > 60 or len(_WORDS.findall(gap)) > _FARTHEST_NUMBER
        if far or _BARRIER.search(gap):
            break
        if any(vocabulary.has(tag, gap) for tag in ("person", "outcome", "and")):
            break
        return (at, *numbers[at][1:]), True
    return None, False


def _first_of(folded: str, at: int, numbers: Numbers, vocabulary: Vocabulary) -> int | None:
    """Find the *one* of *one of the two*, given the two."""
    for first, (stop, *_rest) in numbers.items():
        if stop <= at and re.fullmatch(vocabulary.partitive, folded[stop:at]):
            return first
    return None


def _taken_from(folded: str, person: People, noun: Hit, numbers: Numbers) -> People:
    """Read a number that follows the noun that it is taken out of."""
    for at, (stop, low, best, high) in list(numbers.items()):
        if at >= noun.end and not folded[noun.end : at].strip():
            numbers.pop(at)
            return replace(
                person, end=stop, out_of=person.best if person.counted else None, low=low,
                best=best, high=high, counted=True, plural=(best or 2) > 1,
            )  # fmt: skip
    return person


def _clear(folded: str, start: int, end: int) -> bool:
    return _BARRIER.search(folded, start, end) is None


def _stands_alone(folded: str, start: int, end: int, outcomes: list[Hit]) -> bool:
    """Say whether a bare number counts people: right beside what happened, or "two others"."""
    if folded[start:end].strip() in ("a", "an"):
        return False
    for outcome in outcomes:
        for gap in (folded[end : outcome.start], folded[outcome.end : start]):
            if gap.strip() and (len(gap) > 30 or _BARRIER.search(gap)):
                continue
            between = (end <= outcome.start and gap == folded[end : outcome.start]) or (
                outcome.end <= start and gap == folded[outcome.end : start]
            )
            if between and len(_WORDS.findall(gap)) <= 2 and "%" not in gap:
                return True
    return False


def _of_organisation(
    folded: str, person: People, noun: Hit, orgs: list[Hit], vocabulary: Vocabulary
) -> People:
    """Tell employees by the organisation that stands beside them, the nearest first."""
    if person.group != "employee":
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
    return replace(person, group=best.value) if best is not None else person


def _attributes(
    folded: str,
    person: People,
    including: list[Hit],
    nations: list[Hit],
    vocabulary: Vocabulary,
    start: int,
) -> People:
    part = any(
        i.start <= person.start
        and (i.end >= person.start or _same_clause(folded, i.end, person.start))
        for i in including
    )
    around = folded[max(start, person.start - 14) : person.end + 12]
    more = vocabulary.has("more", around) and not part
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
    return replace(person, part=part, more=more, affiliation=nation)


def _same_clause(folded: str, start: int, end: int) -> bool:
    return end >= start and re.search(r"[.;]", folded[start:end]) is None and end - start <= 90


# What happened to whom.


def _with_counts(folded: str, outcomes: list[Hit], people: list[People]) -> list[Hit]:
    """Keep a noun such as *two deaths* only where a number or people stand before it."""
    kept = []
    for hit in outcomes:
        if hit.value.endswith(".count"):
            near = any(
                p.end <= hit.start
                and len(_WORDS.findall(folded[p.end : hit.start])) <= 2
                and _clear(folded, p.end, hit.start)
                for p in people
                if p.counted
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
        left = outcomes[index - 1].end if index else 0
        right = outcomes[index + 1].start if index + 1 < len(outcomes) else len(folded)
        before = [p for p in people if left <= p.start and p.end <= hit.start and p not in used]
        if index == 0:
            before = [p for p in people if p.end <= hit.start and p not in used]
        after = [p for p in people if p.start >= hit.end and p.end <= right and p not in used]
        after = _object(folded, hit, after)
        following = outcomes[index + 1] if index + 1 < len(outcomes) else None
        chosen = _choose(folded, hit, way, before, after, following, people, vocabulary)
        if not chosen and previous and way not in ("after", "count"):
            gap = folded[left : hit.start]
            if len(_WORDS.findall(gap)) <= 9 and _conjoined(gap, vocabulary):
                harms += [Harm(outcome, p, hit.start, hit.end, late=True) for p in previous]
                continue
        if not chosen:
            harms.append(Harm(outcome, None, hit.start, hit.end, late=way == "late"))
            continue
        late = way == "late"
        harms += [Harm(outcome, p, hit.start, hit.end, late=late) for p in chosen]
        used += chosen
        previous = chosen
    return harms, used


def _conjoined(gap: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.has("and", gap) or "," in gap or not gap.strip()


def _object(folded: str, hit: Hit, after: list[People]) -> list[People]:
    """Give the people who follow as the object, as long as they are listed."""
    kept: list[People] = []
    at = hit.end
    for person in after:
        gap = folded[at : person.start]
        words = len(_WORDS.findall(gap))
        limit = 4 if kept else 7
        if words > limit or re.search(r"[.;]", gap) or (not kept and "," in gap):
            break
        kept.append(person)
        at = person.end
    return kept


def _subject(folded: str, before: list[People], vocabulary: Vocabulary) -> list[People]:
    """Give the people who come before as the subject: the last list of them."""
    if not before:
        return []
    kept = [before[-1]]
    for person in reversed(before[:-1]):
        gap = folded[person.end : kept[0].start]
        listed = vocabulary.has("and", gap) or re.search(r"[,:(-]", gap) is not None
        if kept[0].part:
            kept.insert(0, person)
            continue
        if not listed or len(_WORDS.findall(gap)) > 6 or re.search(r"[;.]", gap):
            break
        kept.insert(0, person)
    return kept


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
    subject = _subject(folded, before, vocabulary)
    if vocabulary.subject_first or way in ("before", "late"):
        if way == "late" and not subject and after and not vocabulary.subject_first:
            return after
        return subject
    if way == "count":
        return subject[-1:]
    if way == "after":
        return after or (subject if not before else [])
    near = bool(subject) and len(_WORDS.findall(folded[subject[-1].end : hit.start])) <= _beside(
        way
    )
    if way == "auto":
        if near and not _clause_between(folded, subject[-1].end, hit.start):
            return subject
        return after or subject
    # Either: the subject stands where nothing parts it from the verb, else what follows.
    if subject and not _clause_between(folded, subject[-1].end, hit.start):
        return subject
    if after and following is not None and following.value.partition(".")[2] == "either":
        after = _first_group(folded, after, following, people)
    return after or subject


def _beside(way: str) -> int:
    return 1 if way == "auto" else 12


def _clause_between(folded: str, start: int, end: int) -> bool:
    return re.search(r"[;:,]", folded[start:end]) is not None


def _first_group(
    folded: str, after: list[People], following: Hit, people: list[People]
) -> list[People]:
    """Leave the last list before the next verb to that verb, if nothing follows it."""
    own = [p for p in people if p.start >= following.end]
    own = _object(folded, following, own)
    if own or len(after) < 2:
        return after
    gap = folded[after[-1].end : following.start]
    if len(_WORDS.findall(gap)) > 3:
        return after
    for cut in range(len(after) - 1, 0, -1):
        if re.search(r"[,;]", folded[after[cut - 1].end : after[cut].start]):
            return after[:cut]
    return after[:-1]
