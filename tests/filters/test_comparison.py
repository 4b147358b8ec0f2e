"""Comparisons over frames: kinds, nulls, dates, texts."""

import geopandas as gpd
import pytest

from geodata.errors import InvalidInput
from geodata.filters import compile_filter
from geodata.schemas import DISTRICTS, INCIDENTS


def kept(frame: gpd.GeoDataFrame, text: str, lang: str = "cql2-text") -> list[str]:
    mask = compile_filter(text, lang, INCIDENTS).mask(frame)
    return frame.index[mask].tolist()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("device = 'at_mine'", ["i1"]),
        ("device <> 'at_mine'", ["i2", "i3", "i4", "i5"]),
        ("killed > 1", ["i4"]),
        ("killed >= 1", ["i1", "i4"]),
        ("killed BETWEEN 0 AND 1", ["i1", "i2"]),
        ("killed NOT BETWEEN 1 AND 3", ["i2"]),
        ("killed IN (1, 2)", ["i1", "i4"]),
        ("device NOT IN ('at_mine', 'uxo')", ["i2", "i3", "i5"]),
        ("killed IS NULL", ["i3", "i5"]),
        ("killed IS NOT NULL", ["i1", "i2", "i4"]),
        ("geometry IS NULL", ["i2", "i3", "i4", "i5"]),
        ("killed + injured * 2 > 10", ["i1"]),
        ("(killed + 1) * 2 = 4", ["i1"]),
        ("killed ^ 2 = 4", ["i4"]),
        ("injured % 2 = 1 AND injured div 2 = 0", ["i2", "i3"]),
        ("-killed = -2", ["i4"]),
        ("killed = injured", []),
        ("district_id = 'XX-A' AND killed < injured", ["i1", "i2"]),
        ("true", ["i1", "i2", "i3", "i4", "i5"]),
        ("device = 'x''y'", []),
    ],
)
def test_a_comparison_keeps_the_rows_it_is_true_for(incidents, text, ids) -> None:
    assert kept(incidents, text) == ids


def test_a_comparison_with_null_is_unknown_and_so_is_its_negation(incidents) -> None:
    assert kept(incidents, "killed > 0") == ["i1", "i4"]
    assert kept(incidents, "NOT killed > 0") == ["i2"]
    assert kept(incidents, "killed > 0 OR injured > 0") == ["i1", "i2", "i3", "i4"]
    assert kept(incidents, "killed > 0 AND injured = 1") == []


def test_and_binds_tighter_than_or(incidents) -> None:
    text = "device = 'uxo' OR device = 'at_mine' AND killed = 5"
    assert kept(incidents, text) == ["i4"]
    assert kept(incidents, f"({text.replace(' AND', ') AND')}") == []


def test_a_division_by_zero_is_null_and_not_infinite(incidents) -> None:
    assert kept(incidents, "injured / killed > 1000") == []
    assert kept(incidents, "(injured / killed) IS NULL") == ["i2", "i3", "i5"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("date_start = DATE('2021-02-04')", ["i2"]),
        ("date_start >= '2021-02-04'", ["i2", "i4", "i5"]),
        ("date_start >= '2021/02/04'", ["i2", "i4", "i5"]),
        ("date_start > '2021-02-04T'", ["i4", "i5"]),
        ("date_start <= TIMESTAMP('2021-02-04T00:00:00Z')", ["i1", "i2", "i3"]),
        ("date_start IN (DATE('2021-01-01'), DATE('2021-01-21'))", ["i1", "i3"]),
        ("date_start IN ('2021-01-01', '2021-01-21')", ["i1", "i3"]),
        ("recorded_at = DATE('2022-01-01')", ["i1", "i2", "i3", "i4", "i5"]),
        ("recorded_at > TIMESTAMP('2022-01-01T00:00:00Z')", []),
        ("recorded_at > TIMESTAMP('2022-01-01T02:00:00+04:00')", ["i1", "i2", "i3", "i4", "i5"]),
    ],
)
def test_times_compare_by_day_or_by_moment(incidents, text, ids) -> None:
    assert kept(incidents, text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("device LIKE '%mine'", ["i1", "i2"]),
        ("device LIKE '__\\_mine'", ["i1", "i2"]),
        ("device NOT LIKE '%mine'", ["i3", "i4", "i5"]),
        ("device LIKE 'AT%'", []),
        ("casei(device) LIKE casei('AT%')", ["i1"]),
        ("CASEI(device) = CASEI('UXO')", ["i4"]),
        ("casei(device) IN (casei('UXO'), casei('AXO'))", ["i4"]),
        ("device LIKE 'a.*'", []),
    ],
)
def test_texts_match_patterns(incidents, text, ids) -> None:
    assert kept(incidents, text) == ids


def test_accents_and_case_fold_for_local_names(country) -> None:
    def found(text: str, lang: str = "cql2-text") -> list[str]:
        return country.index[compile_filter(text, lang, DISTRICTS).mask(country)].tolist()

    assert found("accenti(casei(name)) = accenti(casei('AGALI'))") == []
    assert found("accenti(name) LIKE 'Ag%'") == ["XX-A"]
    assert found("accenti(name) = accenti('Cayli')") == []
    assert found("casei(name) LIKE casei('BÖY%')") == ["XX-B"]
    assert found("name ILIKE 'böy%'", "cql-text") == ["XX-B"]
    assert found("\"name\" NOT ILIKE 'böy%'", "cql-text") == ["XX-A", "XX-C", "XX-D"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("kiled = 1", "'kiled'"),
        ("killed = 'x'", "killed"),
        ("device = 1", "device"),
        ("device", "device"),
        ("date_start = 'nonsense'", "date_start"),
        ("date_start = '2021-02-30'", "date_start"),
        ("killed LIKE 'a%'", "killed"),
        ("casei(killed) = 'a'", "killed"),
        ("device + 1 = 2", "device"),
        ("S_INTERSECTS(device, POINT(1 2))", "device"),
        ("T_AFTER(killed, DATE('2021-01-01'))", "killed"),
        ("foo(killed, 1) = 1", "'foo'"),
        ("killed = NULL", "IS NULL"),
        ("killed = 1 AND", "killed = 1 AND"),
        ("((killed = 1)", "bracket"),
        ("killed = 1)", "bracket"),
        ("killed ; 1", "';"),
        ("killed = 1e999", "too large"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(text, named) -> None:
    with pytest.raises(InvalidInput, match="The filter cannot be used") as refused:
        compile_filter(text, "cql2-text", INCIDENTS)
    assert named in refused.value.message


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        compile_filter("killed = 1", "sql", INCIDENTS)
    assert refused.value.code == "bad-filter-lang"


def test_ilike_is_no_word_of_cql2() -> None:
    with pytest.raises(InvalidInput):
        compile_filter("name ILIKE 'a%'", "cql2-text", DISTRICTS)


def test_the_frame_is_not_changed(incidents) -> None:
    before = incidents.copy(deep=True)
    kept(incidents, "casei(device) LIKE 'a%' AND killed + 1 > 1")
    assert before.equals(incidents)
