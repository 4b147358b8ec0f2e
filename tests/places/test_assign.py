"""Which district an incident counts for: named district, then place, then point."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.districts import load_districts
from geodata.errors import InvalidInput
from geodata.incidents import parse_districts
from geodata.model import DistrictWeight, Incident
from geodata.places import Gazetteer, place_incident, place_many
from tests.laws import examples

DISTRICTS = load_districts()
GAZETTEER = Gazetteer()
AGDAM, TERTER = (46.92736, 39.99096), (46.93161, 40.34201)


def place(
    point: tuple[float, float] | None = None,
    district: str | None = None,
    text: str | None = None,
    **options: str,
) -> dict:
    lon, lat = point or (np.nan, np.nan)
    frame = place_many([lon], [lat], [district], [text], GAZETTEER, DISTRICTS, **options)
    return {k: None if v != v else v for k, v in frame.iloc[0].items()}


@pytest.mark.parametrize(
    ("policy", "expected", "by"),
    [
        ("point", "AZ-AGM:1", "point"),
        ("name", "AZ-TAR:1", "name"),
        ("dispute", "AZ-AGM:0.5;AZ-TAR:0.5", "point"),
    ],
)
def test_a_point_far_from_the_district_named_is_a_conflict_for_the_user_to_settle(
    policy: str, expected: str, by: str
) -> None:
    row = place(AGDAM, "Tartar region", "Horadiz", on_conflict=policy)
    assert (row["districts"], row["placed_by"], row["conflict"]) == (expected, by, True)
    assert "lies in Aghdam (AZ-AGM), 14.9 km from Tartar (AZ-TAR)" in row["note"]
    assert row["distance_m"] == pytest.approx(14_870, abs=60)
    assert row["place_id"] is None


def test_a_named_place_places_but_never_contradicts_a_point() -> None:
    row = place(None, None, "Horadiz")
    assert (row["district_id"], row["where_method"]) == ("AZ-FUZ", "gazetteer")
    assert row["place_id"] == "gn-148003"
    assert (row["place_longitude"], row["place_latitude"]) == (47.33496, 39.45015)
    beside = place(AGDAM, None, "Horadiz")
    assert (beside["districts"], beside["place_id"]) == ("AZ-AGM:1", None)
    assert "lies in Fuzuli, its point in Aghdam" in beside["note"]


def test_a_point_just_across_the_drawn_border_does_not_contradict_the_name() -> None:
    row = place((46.93, 40.175), "Tartar region")
    assert (row["districts"], row["placed_by"]) == ("AZ-TAR:1", "name")
    assert not row["conflict"]
    assert "its point lies in Aghdam (AZ-AGM)" in row["note"]


def test_a_point_alone_is_joined_exactly() -> None:
    row = place(TERTER)
    assert (row["districts"], row["where_method"], row["note"]) == ("AZ-TAR:1", "point", None)


def test_a_point_near_a_border_names_the_neighbour_and_counts_once() -> None:
    row = place((47.0, 40.2))
    assert row["districts"] == "AZ-AGM:1"
    assert row["neighbour"] == "AZ-TAR"
    assert row["note"] == "its point is within 2 km of Tartar (AZ-TAR)"


def test_a_point_outside_is_unplaced_and_says_so() -> None:
    row = place((10.0, 10.0))
    assert (row["districts"], row["where_method"]) == (None, "unplaced")
    assert row["note"] == "its point lies in no district"


def test_nothing_known_is_unplaced() -> None:
    row = place()
    assert (row["districts"], row["where_method"], row["note"]) == (None, "unplaced", None)


def test_an_unknown_name_is_said_and_the_next_source_used() -> None:
    row = place(AGDAM, "Nowhereland", None)
    assert (row["district_id"], row["where_method"]) == ("AZ-AGM", "point")
    assert "'Nowhereland' is not known as a district" in row["note"]


def test_an_ambiguous_name_is_shared_equally() -> None:
    row = place(None, "Ağdərə rayonu")
    weights = parse_districts(row["districts"])
    assert {w.district_id for w in weights} == {"AZ-TAR", "AZ-KAL", "AZ-AGM"}
    assert sum(w.weight for w in weights) == pytest.approx(1)
    assert "shared equally" in row["note"]


def test_the_point_decides_between_candidates() -> None:
    assert place(AGDAM, "Ağdərə rayonu")["districts"] == "AZ-AGM:1"


def test_the_place_decides_between_candidates() -> None:
    assert place(None, "Ağdərə rayonu", "Madagiz")["districts"] == "AZ-TAR:1"


def test_a_corrected_spelling_is_said() -> None:
    row = place(None, "Stepanakret")
    assert row["district_id"] == "AZ-XA"
    assert row["note"] == "'Stepanakret' was read as Khankendi"


def test_the_country_makes_a_name_clear() -> None:
    assert place(None, "Martuni", country="AZ")["districts"] == "AZ-XVD:1"
    assert place(None, "Martuni", country="AM")["where_method"] == "unplaced"


def test_rows_keep_their_order_and_number() -> None:
    frame = place_many(
        [AGDAM[0], np.nan, TERTER[0]], [AGDAM[1], np.nan, TERTER[1]],
        [None, "Fizuli", ""], None, GAZETTEER, DISTRICTS,
    )  # fmt: skip
    assert frame["district_id"].tolist() == ["AZ-AGM", "AZ-FUZ", "AZ-TAR"]
    assert frame["where_method"].tolist() == ["point", "district", "point"]


def test_no_rows_give_no_rows() -> None:
    frame = place_many([], [], [], [], GAZETTEER, DISTRICTS)
    assert len(frame) == 0
    assert "districts" in frame.columns


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidInput):
        place_many([47.0], [40.0], ["a", "b"], None, GAZETTEER, DISTRICTS)


coordinates = st.floats(44, 51) | st.just(float("nan"))
texts = st.sampled_from([None, "", "Aghdam", "Fizuli", "Martuni", "Horadiz", "Nowhere", 7])


@examples(60)
@given(st.lists(st.tuples(coordinates, st.floats(38, 42), texts, texts), max_size=8))
def test_placed_and_unplaced_are_all_and_order_changes_nothing(rows: list) -> None:
    columns = [list(c) for c in zip(*rows, strict=True)] if rows else [[], [], [], []]
    frame = place_many(*columns, GAZETTEER, DISTRICTS)
    assert len(frame) == len(rows)
    assert (frame["districts"].isna() == (frame["where_method"] == "unplaced")).all()
    for text in frame["districts"].dropna():
        assert sum(w.weight for w in parse_districts(text)) == pytest.approx(1)
    turned = place_many(*[c[::-1] for c in columns], GAZETTEER, DISTRICTS)
    assert turned.iloc[::-1].reset_index(drop=True).equals(frame)


def incident(**fields: object) -> Incident:
    base = {"incident_id": "i", "date_start": date(2021, 2, 4), "date_end": date(2021, 2, 4)}
    return Incident(**(base | fields))


def test_an_incident_gets_its_district_by_the_place_reported() -> None:
    placed = place_incident(incident(place_as_reported="Agdam region"), GAZETTEER, DISTRICTS)
    assert placed.districts == (DistrictWeight(district_id="AZ-AGM", weight=1.0),)
    assert placed.longitude is None


def test_a_settlement_is_kept_with_its_id() -> None:
    placed = place_incident(incident(place_as_reported="Horadiz"), GAZETTEER, DISTRICTS)
    assert (placed.place_id, placed.districts[0].district_id) == ("gn-148003", "AZ-FUZ")


def test_districts_already_decided_are_kept() -> None:
    decided = incident(districts=(DistrictWeight(district_id="AZ-FUZ"),), place_as_reported="Agdam")
    assert place_incident(decided, GAZETTEER, DISTRICTS) == decided


def test_a_district_given_apart_comes_first_and_doubt_is_noted() -> None:
    record = incident(longitude=47.0, latitude=40.2, district_note="checked")
    near = place_incident(record, GAZETTEER, DISTRICTS)
    assert near.district_note == "checked; its point is within 2 km of Tartar (AZ-TAR)"
    named = place_incident(record, GAZETTEER, DISTRICTS, district_text="Fizuli")
    assert {d.district_id for d in named.districts} == {"AZ-AGM", "AZ-FUZ"}
    assert "km from Fuzuli" in (named.district_note or "")


def test_an_incident_outside_keeps_no_district() -> None:
    placed = place_incident(incident(longitude=10.0, latitude=10.0), GAZETTEER, DISTRICTS)
    assert placed.districts == ()
    assert placed.district_note == "its point lies in no district"


def test_a_synthetic_country_places_by_its_own_names(country: gpd.GeoDataFrame) -> None:
    frame = place_many(
        [np.nan, 47.15], [np.nan, 40.05], ["Dara", None], None, Gazetteer(districts=country),
        country,
    )  # fmt: skip
    assert frame["districts"].tolist() == ["XX-D:1", "XX-D:1"]
    assert frame["placed_by"].tolist() == ["name", "point"]
