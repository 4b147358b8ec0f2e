"""The shape that `extract` prints, and what holds for any text at all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reports import LANGUAGES, evaluate, labelled
from geodata.errors import InvalidInput
from geodata.reports import read_report
from tests.laws import examples, thorough

DAY = date(2021, 5, 14)
PIECES = [
    "Two civilians were killed", "when a mine exploded", "in Aghdam district", "on May 13", ".",
    "подорвался на мине", "в Физулинском районе", "двое погибли", "вчера", "mina partlayıb", "\n",
    "Laçın rayonunda", "iki nəfər yaralanıb", "dünən", "since 2020", "12", "one of them", "«», (",
    "Ağdərə",
]  # fmt: skip


def test_the_keys_are_those_of_the_contract() -> None:
    text = (
        "A mine killed a shepherd in Aghdam on 13 May, police said. Since 2020, 40 people have "
        "been killed by mines. Deminers cleared 20 hectares and found 3 anti-tank mines in Fuzuli."
    )
    said = read_report(text, DAY).as_dict()
    assert list(said) == [
        "language", "published", "warnings", "incidents", "statistics", "operations",
    ]  # fmt: skip
    (incident,), (statistic,), (operation,) = (
        said["incidents"], said["statistics"], said["operations"],
    )  # fmt: skip
    assert list(incident) == [
        "date_start", "date_end", "date_precision", "date_basis", "date_text", "places",
        "where_precision", "casualties", "killed", "injured", "device", "accident_type", "activity",
        "source_chain", "evidence",
    ]  # fmt: skip
    assert list(incident["places"][0]) == [
        "text", "district_id", "district_name", "place_name", "country", "weight",
    ]  # fmt: skip
    assert list(incident["casualties"][0]) == [
        "group", "affiliation", "outcome", "low", "best", "high",
    ]  # fmt: skip
    assert list(statistic) == [
        "group", "outcome", "value", "qualifier", "period_start", "period_end", "as_of", "issuer",
        "evidence",
    ]  # fmt: skip
    assert list(operation) == [
        "kind", "status", "organisation", "personnel", "districts", "area_m2", "devices_found",
        "period_start", "period_end", "evidence",
    ]  # fmt: skip
    assert operation["devices_found"] == {"at_mine": 3}
    assert operation["area_m2"] == 200_000
    assert set(incident["evidence"][0]) == {"field", "start", "end"}


@examples(60)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=25))
def test_any_text_is_read_the_same_twice_with_spans_inside_it(pieces: list[str]) -> None:
    text = " ".join(pieces)
    reading = read_report(text, DAY)
    assert reading == read_report(text, DAY)
    for candidate in (*reading.incidents, *reading.statistics, *reading.operations):
        for span in candidate.evidence:
            assert 0 <= span.start < span.end <= len(text)
    for incident in reading.incidents:
        assert incident.date_start <= incident.date_end
        if incident.places:
            assert sum(p.weight for p in incident.places) == pytest.approx(1)
        for row in incident.casualties:
            known = [n for n in (row.low, row.best, row.high) if n is not None]
            assert known == sorted(known)


def test_a_text_too_long_or_in_an_unknown_language_is_refused() -> None:
    with pytest.raises(InvalidInput, match="200,000"):
        read_report("x" * 200_001, DAY)
    with pytest.raises(InvalidInput, match="en, az, ru"):
        read_report("x", DAY, language="xx")


def test_a_text_in_another_language_gives_nothing_and_says_so() -> None:
    reading = read_report("Drei Menschen wurden gestern durch eine Landmine verletzt.", DAY)
    assert reading.language is None
    assert not reading.incidents
    assert reading.warnings


@pytest.mark.parametrize(("part", "every"), [("develop", 1 if thorough() else 4), ("report", 1)])
def test_the_evaluation_holds_its_bars(part: str, every: int) -> None:
    for name, score in evaluate((part,), every=every).items():
        precision, recall = score.matched / score.found, score.matched / score.wanted
        assert 2 * precision * recall / (precision + recall) >= 0.9, name
        assert score.people / score.matched >= 0.95, name
        assert score.groups / score.matched >= 0.9, name
        assert score.false_texts <= 0.02 * score.empty + 0.5, name


def test_the_evaluation_is_large_and_a_third_of_it_has_nothing_to_find() -> None:
    parts = [labelled(part, code) for part in ("develop", "report") for code in LANGUAGES]
    texts = [text for part in parts for text in part]
    assert len(texts) >= 300
    assert sum(not text.incidents for text in texts) >= len(texts) / 3
