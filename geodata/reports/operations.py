"""Work on the ground: clearance, survey, training, deployment, assessment."""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from geodata import codes
from geodata.reports.candidates import OperationCandidate, Span
from geodata.reports.clauses import Unit
from geodata.reports.dates import DateMention
from geodata.reports.languages.common import SCALES
from geodata.reports.speakers import source_of
from geodata.reports.vocabulary import Hit, Vocabulary

_KINDS: tuple[codes.OperationKind, ...] = (
    "assessment", "training", "deployment", "clearance", "survey",
)  # fmt: skip
_NEAR = 14


def operations(
    text: str, folded: str, published: date, found: list[Unit], vocabulary: Vocabulary
) -> list[OperationCandidate]:
    """Read the work that sentences without a blast tell of.

    Returns
    -------
    list of OperationCandidate
        Only with a number to it (people, area, devices), a period or a mission;
        neighbouring sentences about the same work are one.
    """
    del published
    result: list[OperationCandidate] = []
    for unit in found:
        works = unit.flags["work"]
        if not works or any(h.value not in ("held", "drill") for h in unit.flags["fiction"]):
            continue
        area, area_span = _area(folded, unit, vocabulary)
        devices, device_spans = _devices(folded, unit, vocabulary)
        crew, crew_span = _crew(folded, unit, vocabulary)
        kind = _kind(unit, works, area, devices)
        about = bool(unit.devices) or bool(devices) or kind in ("assessment", "deployment")
        # Work is told of with a number, or as a mission or a course with its length.
        if (
            kind is None
            or not about
            or not (
                area
                or devices
                or crew
                or kind == "assessment"
                or (kind == "training" and re.search(r"\d", folded[unit.start : unit.end]))
            )
        ):
            continue
        organisation, chain = source_of(text, folded, [unit], vocabulary)
        dates = [d for d in unit.dates if d.role not in ("said", "history")]
        districts = tuple(
            dict.fromkeys(
                x for p in unit.places if p.role not in ("office", "inquiry") for x in p.districts
            )
        )
        status = _status(unit, folded, vocabulary)
        spans = [Span("kind", works[0].start, works[0].end)]
        spans += [Span("area_m2", *area_span)] if area_span else []
        spans += [Span("devices_found", s, e) for s, e in device_spans]
        spans += [Span("personnel", *crew_span)] if crew_span else []
        spans += [Span("organisation", *chain)] if chain else []
        result.append(
            OperationCandidate(
                kind=kind,
                status=status,
                organisation=organisation or _org(text, folded, unit, vocabulary),
                personnel=crew,
                districts=districts,
                area_m2=area,
                devices_found=devices,
                period_start=min((d.first for d in dates), default=None),
                period_end=_end(dates, status),
                evidence=tuple(spans),
            )
        )
    return _joined(result)


def _end(dates: list[DateMention], status: str) -> date | None:
    """Give the last day; work that goes on has only its first."""
    if not dates or (len(dates) == 1 and status == "under_way"):
        return None
    return max(d.last for d in dates)


def _kind(
    unit: Unit, works: tuple[Hit, ...], area: float | None, devices: dict[str, int]
) -> codes.OperationKind | None:
    del unit
    values = {"clearance" if w.value == "disposal" else w.value for w in works}
    if area or devices:
        return "clearance"
    return next((k for k in _KINDS if k in values), None)


def _status(unit: Unit, folded: str, vocabulary: Vocabulary) -> codes.OperationStatus:
    found = {h.value for h in vocabulary.find("work_status", folded, unit.start, unit.end)}
    for status in ("planned", "under_way", "completed", "announced"):
        if status in found:
            return status
    return "announced"


def _org(text: str, folded: str, unit: Unit, vocabulary: Vocabulary) -> str | None:
    hit = next(iter(vocabulary.find("source", folded, unit.start, unit.end)), None)
    return text[hit.start : hit.end] if hit else None


@lru_cache(maxsize=8)
def _decimal(pattern: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.,])(?:(?P<big>\d{{1,3}}(?:[ ,]\d{{3}}){{1,4}}(?:[.,]\d+)?)|(?P<dec>\d+[.,]\d+)|"
        rf"(?P<word>{pattern}))"
        rf"(?: (?P<scale>{'|'.join(words for words, _ in SCALES)}))?(?!\w)"
    )


def _amount(match: re.Match[str], vocabulary: Vocabulary) -> float | None:
    if match["big"]:
        whole = re.sub(r"[ ,](?=\d{3})", "", match["big"]).replace(",", ".")
        value: float | None = float(whole)
    elif match["dec"]:
        value = float(match["dec"].replace(",", "."))
    else:
        value = vocabulary.number(match["word"])
    if value is None or not match["scale"]:
        return value
    return value * next(x for words, x in SCALES if re.fullmatch(words, match["scale"]))


def _before(
    folded: str, unit: Unit, hit: Hit, vocabulary: Vocabulary, near: int = _NEAR
) -> tuple[float, int] | None:
    """Give the number that stands before a word, and where it begins."""
    best = None
    for match in _decimal(vocabulary.number_pattern).finditer(
        folded, max(unit.start, hit.start - 40), hit.start
    ):
        gap = folded[match.end() : hit.start]
        if len(gap) <= near and not re.search(r"[.;()]", gap):
            amount = _amount(match, vocabulary)
            if amount is not None and match.group() not in ("a", "an", "another"):
                best = (amount, match.start())
    return best


def _area(
    folded: str, unit: Unit, vocabulary: Vocabulary
) -> tuple[float | None, tuple[int, int] | None]:
    total, span = 0.0, None
    for hit in vocabulary.find("area", folded, unit.start, unit.end):
        found = _before(folded, unit, hit, vocabulary)
        if found is not None:
            total += found[0] * float(hit.value)
            span = span or (found[1], hit.end)
    return (round(total, 2), span) if span else (None, None)


def _devices(
    folded: str, unit: Unit, vocabulary: Vocabulary
) -> tuple[dict[str, int], list[tuple[int, int]]]:
    found: dict[str, int] = {}
    spans = []
    at = unit.start
    for hit in vocabulary.find("find", folded, unit.start, unit.end):
        amount = _before(folded, unit, hit, vocabulary, near=1)
        if amount is None or amount[1] < at or not float(amount[0]).is_integer():
            continue
        found[hit.value] = found.get(hit.value, 0) + int(amount[0])
        spans.append((amount[1], hit.end))
        at = hit.end
    return found, spans


def _crew(
    folded: str, unit: Unit, vocabulary: Vocabulary
) -> tuple[int | None, tuple[int, int] | None]:
    for hit in vocabulary.find("crew", folded, unit.start, unit.end):
        amount = _before(folded, unit, hit, vocabulary, near=20)
        if amount is not None and amount[0] >= 2 and float(amount[0]).is_integer():
            return int(amount[0]), (amount[1], hit.end)
    return None, None


def _joined(found: list[OperationCandidate]) -> list[OperationCandidate]:
    """Join what tells of one work: the crew in one sentence, the area and finds in others."""
    result: list[OperationCandidate] = []
    for one in found:
        at = next((n for n, other in enumerate(result) if _one_work(other, one)), None)
        if at is None:
            result.append(one)
        else:
            result[at] = _union(result[at], one)
    return result


def _one_work(a: OperationCandidate, b: OperationCandidate) -> bool:
    apart = a.districts and b.districts and not set(a.districts) & set(b.districts)
    rivals = (
        (a.area_m2 and b.area_m2 and a.area_m2 != b.area_m2)
        or (a.personnel and b.personnel and a.personnel != b.personnel)
        or set(a.devices_found) & set(b.devices_found)
    )
    return a.kind == b.kind == "clearance" and not apart and not rivals


def _union(a: OperationCandidate, b: OperationCandidate) -> OperationCandidate:
    starts = [d for d in (a.period_start, b.period_start) if d]
    ends = [d for d in (a.period_end, b.period_end) if d]
    return replace(
        a,
        status=b.status if a.status == "announced" else a.status,
        organisation=a.organisation or b.organisation,
        personnel=a.personnel or b.personnel,
        districts=tuple(dict.fromkeys(a.districts + b.districts)),
        area_m2=a.area_m2 or b.area_m2,
        devices_found=a.devices_found | b.devices_found,
        period_start=min(starts, default=None),
        period_end=max(ends, default=None),
        evidence=a.evidence + b.evidence,
    )
