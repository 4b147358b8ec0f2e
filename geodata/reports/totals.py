"""Figures about periods: what a report says of many blasts at once."""

from datetime import date

from geodata import codes
from geodata.reports.candidates import Span, StatisticCandidate
from geodata.reports.clauses import Unit
from geodata.reports.dates import DateMention
from geodata.reports.people import People
from geodata.reports.speakers import source_of
from geodata.reports.vocabulary import Vocabulary


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
