"""A province that is named says which country a row is about, or that it is not known."""

import numpy as np
import pytest

from geodata.districts import load_districts
from geodata.places import Decider, Evidence, Gazetteer, Names
from geodata.places.assign import countries_of_province

HOME = ["Qarabağ iqtisadi rayonu", "Karabakh", "East Zangezur", "Shirvan-Salyan", "NKAO",
        "Карабахский экономический район", "Şəki-Zaqatala iqtisadi rayonu", "Lankaran-Astara",
        "Ganja-Gazakh Economic Region", "Нагорный Карабах", "Naxçıvan MR", "Kangarli"]  # fmt: skip


@pytest.fixture(scope="module")
def decider() -> Decider:
    districts = load_districts()
    return Decider(Gazetteer(), districts)


def place(decider, admin1, admin2, *, country=None, point=None, code=None, **more):
    lon, lat = point or (np.nan, np.nan)
    cell = lambda text: np.array([text], dtype=object)  # noqa: E731
    names = (Names(cell(admin1), "above", 1), Names(cell(admin2), "unit"))
    evidence = Evidence(
        np.array([lon]), np.array([lat]), names,
        codes=(cell(code),), country=cell(country), home="AZ",
    )  # fmt: skip
    row = decider.decide(evidence, **more).iloc[0]
    return {k: None if v != v else v for k, v in row.items()}


@pytest.mark.parametrize("province", ["Kandahar", "Sindh Province", "Donetsk", "Cabo Delgado",
                                      "Antioquia", "Battambang", "Département de la Lobaye",
                                      "Ardabil", "Tavush", "Kars", "Dagestan"])  # fmt: skip
def test_a_province_of_another_country_contradicts_a_district_of_this_one(decider, province):
    row = place(decider, province, "Shaki")
    assert (row["districts"], row["reason"]) == (None, "foreign")
    assert f"{province!r} is a province of" in row["note"]


@pytest.mark.parametrize("province", HOME)
def test_economic_regions_are_no_contradiction(decider, province):
    assert place(decider, province, "Shaki")["districts"] == "AZ-SAK:1", province
    assert "province" not in (place(decider, province, "Shaki")["note"] or "")


def test_under_a_province_that_is_not_known_a_name_counts_and_nothing_is_guessed(decider):
    row = place(decider, "Qwertyland", "Shaki")
    assert row["districts"] == "AZ-SAK:1"
    assert "'Qwertyland' is not known as a unit above the districts" in row["note"]
    assert place(decider, "Qwertyland", "Aghdmam")["districts"] is None


def test_what_the_row_states_of_its_country_goes_before_a_namesake_province(decider):
    row = place(decider, "Kandahar", "Shaki", country="AZ")
    assert row["districts"] == "AZ-SAK:1"
    assert "'Kandahar' is a province of AF" in row["note"]
    assert place(decider, "Kandahar", None, code="AZ-SAK")["districts"] == "AZ-SAK:1"
    assert place(decider, "Iran", "Astara")["reason"] == "foreign"


def test_a_point_in_a_district_and_a_foreign_province_are_a_conflict(decider):
    row = place(decider, "Kandahar", "Shaki", point=(46.95, 40.02))
    assert (row["districts"], row["conflict"], row["reason"]) == (None, True, "foreign")
    assert place(decider, "Kandahar", "Shaki", point=(46.95, 40.02), on_conflict="point")[
        "districts"
    ] == "AZ-AGM:1"  # fmt: skip


def test_directions_tell_no_country_apart():
    for text in ("Northern", "Central Province", "Región Sur", "Eastern Province", "Islands"):
        assert countries_of_province(text) == frozenset()


def test_every_districts_own_name_is_of_this_country(decider):
    foreign = [t for t in decider.titles if decider.above_is(Names(np.array([t])), t)]
    assert foreign == []


@pytest.mark.parametrize("province", ["Karabakh", "Shaki", "Qwertyland"])
def test_a_row_that_names_only_a_unit_above_says_nothing_finer_but_says_something(
    decider, province
):
    row = place(decider, province, None)
    assert (row["districts"], row["reason"]) == (None, "coarse")
    assert place(decider, None, None)["reason"] == "no_place"
