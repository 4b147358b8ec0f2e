"""The two founding articles: their facts, each with the words it rests on."""

from datetime import date

import pytest

from geodata.reports import Reading, read_report
from tests.needs import SHARED

ARTICLES = {
    "moscow-times-tartar": date(2020, 11, 23),
    "azernews-ministers": date(2021, 2, 6),
}


def article(name: str) -> tuple[str, Reading]:
    path = SHARED / "articles" / f"{name}.txt"
    if not path.exists():
        pytest.skip("the founding articles are not here")
    text = path.read_text("utf-8")
    return text, read_report(text, ARTICLES[name])


def test_the_first_article_tells_of_one_blast_in_tartar() -> None:
    text, reading = article("moscow-times-tartar")
    (blast,) = reading.incidents
    assert (blast.date_start, blast.date_precision) == (date(2020, 11, 23), 1)
    assert [(p.district_id, p.weight) for p in blast.places] == [("AZ-TAR", 1)]
    assert {(r.group, r.affiliation, r.outcome, r.best) for r in blast.casualties} == {
        ("military", "Azerbaijan", "killed", 1),
        ("peacekeeper", "Russia", "injured", 1),
        ("emergency_worker", None, "injured", 4),
    }
    assert (blast.device, blast.activity) == ("mine_unspecified", "search_recovery")
    assert "Defense Ministry" in str(blast.source_chain)
    words = {s.field: text[s.start : s.end] for s in blast.evidence}
    assert words["date"] == "Monday"
    assert words["places.0"] == "Tartar"
    assert words["casualties.0"].endswith("Azerbaijani soldier")
    assert words["casualties.2"] == "Four emergency workers"


def test_the_first_articles_totals_and_work_are_no_incidents() -> None:
    _, reading = article("moscow-times-tartar")
    figures = {
        (s.group, s.outcome, s.value, s.qualifier, s.mine_related) for s in reading.statistics
    }
    assert figures == {
        (None, "killed", 100, "over", True),
        (None, "injured", 300, "almost", True),
        ("civilian", "killed", 4000, "over", False),
        (None, "injured", 8000, "over", False),
    }
    united_nations = reading.statistics[0]
    assert (united_nations.period_start, united_nations.as_of) == (None, date(2005, 12, 31))
    work = {(o.kind, o.personnel) for o in reading.operations}
    assert {("deployment", 100), ("deployment", 2000)} <= work
    assert any(kind == "assessment" for kind, _ in work)


def test_the_second_article_tells_of_three_blasts_one_of_them_ambiguous() -> None:
    _, reading = article("azernews-ministers")
    by_day = {b.date_start: b for b in reading.incidents}
    assert set(by_day) == {date(2021, 2, 4), date(2021, 1, 21), date(2021, 2, 2)}
    fuzuli, aghdam = by_day[date(2021, 2, 2)], by_day[date(2021, 2, 4)]
    for blast, group, district in ((fuzuli, "civilian", "AZ-FUZ"), (aghdam, "military", "AZ-AGM")):
        assert [p.district_id for p in blast.places] == [district]
        assert [(r.group, r.outcome, r.best) for r in blast.casualties] == [
            (group, "killed", 1),
            ("unknown", "injured", 2),
        ]
    late = by_day[date(2021, 1, 21)]
    assert (late.date_end, late.date_precision) == (date(2021, 1, 31), 4)
    assert [(p.district_id, p.weight) for p in late.places] == [("AZ-TAR", 0.5), ("AZ-AGM", 0.5)]
    assert (late.killed, late.injured, late.ambiguous, late.disputed) == (None, 2, True, True)
    assert any("Tartar, Aghdam" in warning for warning in reading.warnings)


def test_the_second_articles_figures_and_work() -> None:
    _, reading = article("azernews-ministers")
    assert {(s.group, s.outcome, s.value) for s in reading.statistics} == {
        ("civilian", "killed", 6),
        ("military", "killed", 6),
        ("civilian", "injured", 7),
        ("military", "injured", 14),
    }
    assert {(s.period_start, s.as_of) for s in reading.statistics} == {
        (date(2020, 11, 10), date(2020, 12, 22))
    }
    clearance = next(o for o in reading.operations if o.kind == "clearance")
    assert (clearance.area_m2, clearance.personnel) == (1_000_000, 20)
    assert clearance.districts == ("AZ-AGM",)
    assert any(o.kind == "training" for o in reading.operations)
