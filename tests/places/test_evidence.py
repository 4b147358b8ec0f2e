"""All the evidence of a row, in its order: country, units above, the district, the point."""

import json
from functools import cache
from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geodata.places import Decider, Evidence, Gazetteer, Names
from geodata.places.assign import decision_key
from geodata.places.units import similar
from geodata.schemas import CRS84, DISTRICTS, PLACES, conform
from tests.laws import examples

NO_PLACES = conform(gpd.GeoDataFrame({"place_id": []}, geometry=[], crs=CRS84), PLACES)


def country(
    rows: list[dict[str, Any]], *, code: str | None = "AF", level: int | None = 2
) -> Decider:
    """A row of squares of half a degree, 60 E 33 N onwards, one a unit, in the order given.

    Units that were asked for before are those of then, and remember what was read of them.
    """
    return _country(json.dumps(rows), code, level)


@cache
def _country(units: str, code: str | None, level: int | None) -> Decider:
    return new_country(json.loads(units), code=code, level=level)


def new_country(rows: list[dict[str, Any]], *, code: str | None, level: int | None) -> Decider:
    """As `country`; nothing was read of it."""
    frame = pd.DataFrame(
        [
            {"district_id": f"U{i}", "country": code, "level": level, "pcode": f"AF{27 + i:02d}01"}
            | row
            for i, row in enumerate(rows)
        ]
    )
    squares = [box(60 + i / 2, 33, 60.5 + i / 2, 33.5) for i in range(len(rows))]
    districts = conform(gpd.GeoDataFrame(frame, geometry=squares, crs=CRS84), DISTRICTS)
    return Decider(Gazetteer(NO_PLACES, districts), districts)


PROVINCE = [
    {"name": "Kandar", "admin1_name": "Kandar", "admin1_code": "AF27"},
    {"name": "Daman", "admin1_name": "Kandar", "admin1_code": "AF27"},
    {"name": "Herata", "admin1_name": "Herata", "admin1_code": "AF30"},
    {"name": "Arghandab", "admin1_name": "Zabulan", "admin1_code": "AF31"},
]


def decide(
    decider: Decider,
    *,
    point: int | tuple[float, float] | None = None,
    admin1: str | None = None,
    admin2: str | None = None,
    country: str | None = None,
    code: str | None = None,
    on_conflict: str = "dispute",
    **more: Any,
) -> dict[str, Any]:
    """Place one row; a point given as a number is the middle of that unit."""
    at = (60.25 + point / 2, 33.25) if isinstance(point, int) else point
    lon, lat = at or (np.nan, np.nan)

    def cell(text: str | None) -> np.ndarray:
        return np.array([text], dtype=object)

    evidence = Evidence(
        np.array([lon]), np.array([lat]),
        (Names(cell(admin1), "above", 1), Names(cell(admin2), "unit", 2)),
        codes=(cell(code),), country=cell(country), **more,
    )  # fmt: skip
    row = decider.decide(evidence, on_conflict=on_conflict).iloc[0]  # type: ignore[arg-type]
    return {k: None if v != v else v for k, v in row.items()}


def test_a_province_named_like_a_district_narrows_and_never_places() -> None:
    here = country(PROVINCE)
    assert decide(here, admin1="Kandar", admin2="Daman")["districts"] == "U1:1"
    alone = decide(here, admin1="Kandar")
    assert (alone["districts"], alone["reason"]) == (None, "coarse")
    point = decide(here, admin1="Kandar", point=1)
    assert (point["districts"], point["placed_by"], point["conflict"]) == ("U1:1", "point", False)


def test_an_exact_point_wins_over_a_coarser_name_and_the_contradiction_is_said() -> None:
    row = decide(country(PROVINCE), admin1="Herata", point=1)
    assert (row["districts"], row["conflict"]) == ("U1:1", True)
    assert "not in 'Herata'" in row["note"]


def test_a_name_under_another_parent_does_not_place() -> None:
    row = decide(country(PROVINCE), admin1="Kandar", admin2="Arghandab")
    assert (row["districts"], row["reason"]) == (None, "not_understood")
    assert "is no district of 'Kandar'" in row["note"]


def test_a_row_of_another_country_never_counts_whatever_else_it_says() -> None:
    here = country(PROVINCE)
    for more in ({"admin2": "Daman"}, {"point": 1}, {"code": "AF2801"}):
        row = decide(here, country="IR", **more)  # type: ignore[arg-type]
        assert (row["districts"], row["reason"]) == (None, "foreign")
    assert decide(here, code="IR1701", admin2="Daman")["reason"] == "foreign"


def test_territories_that_a_list_of_states_does_not_hold_are_not_foreign() -> None:
    here = country([{"name": "Rafan"}], code="PS", level=1)
    assert decide(here, country="IL", point=0)["districts"] == "U0:1"
    assert decide(here, country="IL", admin2="Rafan")["reason"] == "foreign"


def test_codes_of_the_unit_of_a_finer_one_and_of_the_unit_above_are_read() -> None:
    here = country(PROVINCE)
    assert decide(here, code="AF2801")["districts"] == "U1:1"
    assert decide(here, code="u1")["placed_by"] == "code"
    assert decide(here, code="AF280107")["districts"] == "U1:1"
    assert decide(here, code="AF27")["reason"] == "coarse"
    assert decide(here, code="AF27", admin2="Arghandab")["districts"] is None


def test_a_city_and_the_region_around_it_share_a_name_and_the_point_chooses() -> None:
    here = country(
        [{"name": "Kyev"}, {"name": "Kyev Oblast"}, {"name": "Zhytomyr Oblast"}], level=1
    )
    for point, text in product((0, 1), ("Kyev", "Kyev Oblast", "Kyevska")):
        row = decide(here, admin2=text, point=point)
        assert row["districts"] == f"U{point}:1" or row["conflict"], (point, text)
    assert decide(here, admin2="Kyev", point=1)["districts"] == "U1:1"
    assert decide(here, admin2="Kyev")["districts"] == "U0:0.5;U1:0.5"
    assert decide(here, admin2="Kyev City")["districts"] == "U0:1"
    assert decide(here, admin2="Kyev Oblast")["districts"] == "U1:1"
    assert decide(here, admin2="Zhytomyrska")["districts"] == "U2:1"


def test_a_point_that_stands_for_a_province_does_not_place_in_a_district() -> None:
    here = country(PROVINCE)
    row = decide(here, point=1, stands_for=np.array([1]))
    assert (row["districts"], row["reason"]) == (None, "coarse")
    assert decide(here, point=1, stands_for=np.array([2]))["districts"] == "U1:1"
    assert decide(here, point=1, admin2="Herata", stands_for=np.array([1]))["districts"] == "U2:1"


def test_a_decision_of_people_goes_before_the_spelling() -> None:
    here = country(PROVINCE)
    assert decide(here, admin2="Dmn", decided={"Dmn": "U1"})["districts"] == "U1:1"
    assert decide(here, admin2="Daman", decided={"Daman": None})["reason"] == "not_understood"


def test_a_code_that_is_not_known_is_said_and_one_against_the_name_is_a_conflict() -> None:
    here = country(PROVINCE)
    row = decide(here, code="AF9999")
    assert (row["districts"], row["reason"]) == (None, "not_understood")
    assert "'AF9999' is not known" in row["note"]
    row = decide(here, code="AF2801", admin2="Herata")
    assert (row["districts"], row["conflict"]) == ("U1:0.5;U2:0.5", True)
    assert decide(here, code="AF2801", admin1="Herata")["conflict"]
    agrees = decide(here, code="AF2801", admin2="Herata", point=1)
    assert (agrees["districts"], agrees["conflict"]) == ("U1:1", False)


def test_under_a_unit_above_that_is_not_known_nothing_is_guessed() -> None:
    here = country(PROVINCE)
    named = decide(here, admin1="Qwerty Area", admin2="Arghandab")
    assert named["districts"] == "U3:1"
    assert "'Qwerty Area' is not known as a unit above" in named["note"]
    assert decide(here, admin1="Qwerty Area", admin2="Arghandb")["districts"] is None
    alike = decide(here, admin1="Zabullan", admin2="Arghandb")
    assert alike["districts"] == "U3:1"
    assert "'Zabullan' is not known" in alike["note"]
    assert decide(here, admin1="Kenya", admin2="Arghandab")["reason"] == "foreign"
    # A province of the same country that these boundaries do not have, and one of another.
    other = decide(here, admin1="Helmand", admin2="Arghandab")
    assert "'Helmand' is not known as a unit above" in other["note"]
    assert decide(here, admin1="Helmand", admin2="Arghandb")["districts"] is None
    assert decide(here, admin1="Nairobi", admin2="Arghandab")["reason"] == "foreign"


def test_a_unit_above_that_shares_its_name_with_a_wider_one_narrows_within_its_parent() -> None:
    here = country(
        [{"name": "Mira", "admin1_name": "North", "admin2_name": "Alpha"},
         {"name": "Mira", "admin1_name": "South", "admin2_name": "North"},
         {"name": "Kilo", "admin1_name": "South", "admin2_name": "Beta"}], level=3,
    )  # fmt: skip

    def cell(text: str) -> np.ndarray:
        return np.array([text], dtype=object)

    nowhere = np.array([np.nan])
    names = (Names(cell("South"), "above", 1), Names(cell("North"), "above"),
             Names(cell("Mira"), "unit", 3))  # fmt: skip
    assert here.decide(Evidence(nowhere, nowhere, names)).iloc[0]["districts"] == "U1:1"
    unsure = (Names(cell("North"), "above"), Names(cell("Mira"), "unit", 3))
    found = here.decide(Evidence(nowhere, nowhere, unsure)).iloc[0]
    assert found["districts"] == "U0:0.5;U1:0.5"


def test_a_decision_on_a_name_under_one_unit_is_none_on_its_namesake_under_another() -> None:
    here = country(
        [{"name": "Rita", "admin1_name": "Bango"}, {"name": "Rita", "admin1_name": "Cuanda"},
         {"name": "Quela", "admin1_name": "Cuanda"}]
    )  # fmt: skip
    decided = {decision_key("Rita", "Cuanda"): "U2"}
    assert decide(here, admin1="Cuanda", admin2="Rita", decided=decided)["districts"] == "U2:1"
    assert decide(here, admin1="Bango", admin2="Rita", decided=decided)["districts"] == "U0:1"
    everywhere = {"Rita": None}
    assert decide(here, admin1="Bango", admin2="Rita", decided=everywhere)["districts"] is None


@pytest.mark.parametrize("text", ["Daman; Herata", "Daman / Herata", "Daman or Herata",
                                  "Daman və Herata", "Daman, Herata",
                                  "Daman & Herata"])  # fmt: skip
def test_districts_beside_each_other_in_one_cell_share_the_incident(text: str) -> None:
    row = decide(country(PROVINCE), admin2=text)
    assert row["districts"] == "U1:0.5;U2:0.5"
    assert "names several districts" in row["note"]


@pytest.mark.parametrize("text", ["Daman or Xyzzy", "Daman (Zabulan)", "Xyzzy; Qwerty",
                                  "near Daman", "Daman, Iran"])  # fmt: skip
def test_a_cell_with_a_part_that_is_not_known_or_contradicts_is_not_read(text: str) -> None:
    assert decide(country(PROVINCE), admin2=text)["districts"] is None


@pytest.mark.parametrize(
    ("text", "districts"),
    [
        ("Daman (Kandahar)", "U1:1"), ("Daman, Kandahar", "U1:1"), ("Daman (Xyzzy)", "U1:1"),
        ("Daman (Kandahar, Afghanistan)", "U1:1"), ("Daman, Xyzzy", "U1:1"),
        ("Kandahar, Daman", "U1:1"), ("Kandahar (Daman)", "U1:1"), ("Daman (Daman)", "U1:1"),
        # Another country's province, another unit or its likely spelling, a list, no exact name.
        ("Daman (Nairobi)", None), ("Daman, Nairobi", None), ("Daman (Herata)", None),
        ("Daman (Heratta)", None), ("Daman, Heratta", None), ("Damann (Xyzzy)", None),
        ("Nairobi (Daman)", None), ("Daman or Kandahar", None), ("Mira (Xyzzy)", None),
        ("Daman, Herata", "U1:0.5;U2:0.5"), ("Daman, Herata, Xyzzy", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["admin2", "place"])
def test_a_coarser_name_that_the_boundaries_do_not_know_refuses_no_exact_finer_one(
    text: str, districts: str | None, column: str
) -> None:
    here = country([{"name": "Kandar"}, *({"name": n} for n in ("Daman", "Herata", "Arghandab")),
                    {"name": "Mira"}, {"name": "Mira"}])  # fmt: skip
    if column == "admin2":
        row = decide(here, admin2=text)
    else:
        nowhere = np.array([np.nan])
        evidence = Evidence(nowhere, nowhere, places=np.array([text], dtype=object), home="AF")
        row = {k: None if v != v else v for k, v in here.decide(evidence).iloc[0].items()}
    if column == "place" and districts != "U1:1":
        # What stands before a district is a place in it, of whatever name.
        assert row["districts"] == ("U1:1" if text == "Nairobi (Daman)" else None)
        return
    assert row["districts"] == districts
    if districts == "U1:1" and text.startswith("Daman") and text != "Daman (Daman)":
        assert "is not known as a unit above the districts" in row["note"]


@pytest.mark.parametrize(
    ("text", "districts"),
    [
        ("Zabulan, Arghandab", "U3:1"), ("Zabulan (Arghandab)", "U3:1"),
        ("Daman (Xyzzy)", "U1:1"), ("Daman (Kandarr)", "U1:1"),
        ("Daman (Zabullan)", None), ("Daman (Helmand)", None), ("Zabulan, Daman", None),
    ],
)  # fmt: skip
def test_a_name_in_a_bracket_is_held_against_the_parents_that_are_known(
    text: str, districts: str | None
) -> None:
    assert decide(country(PROVINCE), admin2=text)["districts"] == districts


@pytest.mark.parametrize(
    ("text", "districts"),
    [
        ("Daman, Kandar", "U1:1"), ("Daman (Kandar)", "U1:1"),
        ("Daman, Kandar, Afghanistan", "U1:1"),
        ("Qalat village, Arghandab", "U3:1"), ("Qalat village, Arghandab, Zabulan", "U3:1"),
        ("Arghandab, Kandar", None), ("Daman, Arghandab", None), ("Kandar", None),
        ("Qalat village, Kandar", None), ("Kandar city", "U0:1"), ("Daman, Iran", None),
    ],
)  # fmt: skip
def test_a_place_before_a_comma_lies_in_what_follows(text: str, districts: str | None) -> None:
    here = country(PROVINCE)
    nowhere = np.array([np.nan])
    evidence = Evidence(nowhere, nowhere, places=np.array([text], dtype=object))
    found = here.decide(evidence).iloc[0]
    assert (found["districts"] if isinstance(found["districts"], str) else None) == districts
    if districts is None:
        assert found["reason"] in ("coarse", "not_understood", "foreign")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("lobaye", "mobaye", False), ("rafah", "rafai", False), ("zabul", "kabul", False),
        ("zone10", "zone11", False), ("garmser", "garmsir", True), ("marjah", "marja", True),
        ("stepanakret", "stepanakert", True), ("nimroz", "nimruz", True),
        ("salang", "sabang", False),
        ("khachmaz", "kachmaz", True), ("kunar", "kunar", False),
    ],
)  # fmt: skip
def test_only_likely_slips_are_similar_spellings(one: str, other: str, expected: bool) -> None:
    assert similar(one, other) is expected
    assert similar(other, one) is expected


def test_a_similar_spelling_never_goes_against_a_point_or_across_a_parent() -> None:
    here = country(PROVINCE)
    assert decide(here, admin2="Arghandb")["placed_by"] == "similar_name"
    assert decide(here, admin2="Arghandb", point=1)["districts"] == "U1:1"
    assert decide(here, admin1="Kandar", admin2="Arghandb")["districts"] is None


NAMES = st.sampled_from(
    ["Kandar", "Kandar City", "Kandar Province", "Daman", "Damen", "Herata", "Arghandab",
     "Zabulan", "Lobaye", "Mobaye", "Rafah", "Rafai", "North", "North Kandar"]
)  # fmt: skip


@st.composite
def made_countries(draw: st.DrawFn) -> Decider:
    """Units named like their parents, like each other, and like units abroad."""
    size = draw(st.integers(1, 5))
    rows = [
        {"name": draw(NAMES), "admin1_name": draw(NAMES | st.none()), "pcode": None}
        for _ in range(size)
    ]
    return new_country(rows, code="AF", level=draw(st.sampled_from([1, 2, None])))


@examples(60)
@given(
    made_countries(),
    st.lists(st.tuples(st.integers(-1, 6), NAMES | st.none(), NAMES | st.none()), min_size=1,
             max_size=4),
    st.sampled_from(["AF", "IR", None]),
)  # fmt: skip
def test_an_exact_point_counts_for_the_unit_that_holds_it_or_the_reason_is_said(
    here: Decider, rows: list[tuple[int, str | None, str | None]], row_country: str | None
) -> None:
    size = len(here.ids)
    for number, admin1, admin2 in rows:
        point = number if number >= 0 else None
        row = decide(here, point=point, admin1=admin1, admin2=admin2, country=row_country)
        again = decide(here, point=point, admin1=admin1, admin2=admin2, country=row_country)
        assert row == again
        if row_country == "IR":
            assert row["districts"] is None
        if row["districts"] is None:
            assert row["reason"]
        if point is not None and point < size and row["districts"] != f"U{point}:1":
            assert row["note"]
            assert row["conflict"] or row["reason"]


USED = country(PROVINCE)
NAMED = st.sampled_from([None, "Kandar", "Daman", "Herata", "Arghandab", "Nowhere"])


@examples(25)
@given(
    st.fixed_dictionaries(
        {
            "admin1": NAMED,
            "admin2": NAMED,
            "code": st.sampled_from([None, "AF2801", "IR1701"]),
            "point": st.sampled_from([None, 0, 3, (70.0, 33.25)]),
            "decided": st.sampled_from([{}, {"Daman": "U2"}, {"Daman": None}]),
            "on_conflict": st.sampled_from(["point", "name", "dispute"]),
        }
    )
)
def test_what_was_read_of_other_rows_before_changes_no_row(row) -> None:
    assert decide(USED, **row) == decide(new_country(PROVINCE, code="AF", level=2), **row)
