"""Finding the place that a text means, in any spelling; doubt is an answer."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.districts import load_districts
from geodata.errors import Ambiguous, InvalidInput, NotFound
from geodata.places import Gazetteer, load_places
from geodata.schemas import PLACES, conform
from tests import needs

GAZETTEER = Gazetteer()
DISTRICTS = load_districts()


def candidates(text: str, country: str | None = None) -> set[str | None]:
    """The districts that an answer names, one or several."""
    try:
        return {GAZETTEER.find_district(text, country=country).district_id}
    except Ambiguous as doubt:
        return {c.district_id for c in doubt.candidates}
    except NotFound:
        return set()


@pytest.mark.parametrize(
    ("text", "district_id"),
    [
        ("aghdam", "AZ-AGM"), ("Agdam region", "AZ-AGM"), ("Ağdam rayonu", "AZ-AGM"),
        ("Агдамский район", "AZ-AGM"), ("Fizuli", "AZ-FUZ"), ("Stepanakert", "AZ-XA"),
        ("AĞDAM", "AZ-AGM"), ("Ağdamda", "AZ-AGM"), ("в Агдаме", "AZ-AGM"), ("Աղդամ", "AZ-AGM"),
        ("Tartar", "AZ-TAR"), ("Terter", "AZ-TAR"), ("TƏRTƏR", "AZ-TAR"), ("Mir-Bashir", "AZ-TAR"),
        ("Mirbashir", "AZ-TAR"), ("Тертерском районе", "AZ-TAR"), ("Fuzuli District", "AZ-FUZ"),
        ("Физулинского района", "AZ-FUZ"), ("Füzulidə", "AZ-FUZ"), ("Lachin", "AZ-LAC"),
        ("Лачинский район", "AZ-LAC"), ("Kelbajar", "AZ-KAL"), ("Кельбаджарский район", "AZ-KAL"),
        ("Karvachar", "AZ-KAL"), ("Kubatly", "AZ-QBI"), ("Gubadli", "AZ-QBI"),
        ("Zangelan", "AZ-ZAN"), ("Jebrail", "AZ-CAB"), ("Askeran", "AZ-XCI"),
        ("Ходжалинский район", "AZ-XCI"), ("Shushi", "AZ-SUS"), ("Шушинский район", "AZ-SUS"),
        ("Khodjavend", "AZ-XVD"), ("Ստեփանակերտ", "AZ-XA"), ("Бакинский", "AZ-BA"),
        ("Aghdaam", "AZ-AGM"), ("Fuzulli", "AZ-FUZ"), ("Stepanakret", "AZ-XA"),
        ("Xankendi", "AZ-XA"), ("Ganja city", "AZ-GA"), ("Qax", "AZ-QAX"),
    ],
)  # fmt: skip
def test_spellings_find_their_district(text: str, district_id: str) -> None:
    assert GAZETTEER.find_district(text).district_id == district_id
    assert GAZETTEER.find(text, country="AZ").district_id == district_id


@pytest.mark.parametrize("column", ["name", "name_az", "name_en", "name_ru"])
@pytest.mark.parametrize("write", [str, str.upper, str.lower])
def test_every_district_is_found_by_each_of_its_names(column: str, write: type[str]) -> None:
    for district_id, name in zip(DISTRICTS["district_id"], DISTRICTS[column], strict=True):
        match = GAZETTEER.find(write(name))
        assert (match.district_id, match.kind) == (district_id, "district"), name


@pytest.mark.parametrize(
    ("column", "word"),
    [("name_az", "rayonu"), ("name_en", "district"), ("name_en", "region"), ("name_ru", "район")],
)
def test_every_rayon_is_found_with_the_word_for_it(column: str, word: str) -> None:
    rayons = DISTRICTS[DISTRICTS["type"] == "rayon"]
    for district_id, name in zip(rayons["district_id"], rayons[column], strict=True):
        assert GAZETTEER.find(f"{name} {word}").place_id == district_id, name


@given(st.sampled_from(sorted(DISTRICTS["name_en"])), st.data())
def test_a_letter_left_out_of_a_long_name_misleads_nobody(name: str, data: st.DataObject) -> None:
    """One wrong letter finds the district or says that it is unsure, never another one."""
    if len(name) < 8 or "(" in name:
        return
    position = data.draw(st.integers(1, len(name) - 2))
    typo = name[:position] + name[position + 1 :]
    expected = DISTRICTS.set_index("name_en")["district_id"][name]
    assert expected in candidates(typo)


def test_the_district_comes_before_its_town_unless_the_word_says_town() -> None:
    assert GAZETTEER.find("Aghdam").place_id == "AZ-AGM"
    assert GAZETTEER.find("Aghdam city").place_id == "gn-148619"
    assert GAZETTEER.find("Aghdam", kind="settlement").place_id == "gn-148619"
    assert GAZETTEER.find("Lankaran").district_id == "AZ-LAN"
    assert GAZETTEER.find("Lənkəran şəhəri").district_id == "AZ-LA"
    assert GAZETTEER.find("Fuzuli village").district_id == "AZ-SKR"


@pytest.mark.parametrize(
    ("text", "district_id"),
    [("Horadiz", "AZ-FUZ"), ("Hadrut", "AZ-XVD"), ("Mardakert", "AZ-TAR"), ("Madagiz", "AZ-TAR"),
     ("Quzanlı", "AZ-AGM"), ("Qırmızı Bazar", "AZ-XVD"), ("Zabukh", "AZ-LAC"),
     ("Mincivan", "AZ-ZAN"), ("Горадиз", "AZ-FUZ")],
)  # fmt: skip
def test_settlements_find_the_district_that_holds_them(text: str, district_id: str) -> None:
    match = GAZETTEER.find_district(text)
    assert match.district_id == district_id
    assert match.kind != "district"


@pytest.mark.parametrize(
    ("text", "district_id"), [("Martuni", "AZ-XVD"), ("Akna", "AZ-AGM"), ("Kazakh", "AZ-QAZ"),
                              ("Zhdanov", "AZ-BEY")]
)  # fmt: skip
def test_an_ambiguous_alias_needs_the_country(text: str, district_id: str) -> None:
    with pytest.raises(Ambiguous) as caught:
        GAZETTEER.find(text)
    assert caught.value.code == "ambiguous-place"
    assert caught.value.candidates[0].district_id == district_id
    match = GAZETTEER.find(text, country="AZ")
    assert match.district_id == district_id
    assert GAZETTEER.find(text, country="az") == match


def test_the_other_country_gets_its_own_place() -> None:
    match = GAZETTEER.find("Martuni", country="AM")
    assert (match.country, match.district_id) == ("AM", None)
    with pytest.raises(NotFound):
        GAZETTEER.find("Aghdam", country="AM")
    with pytest.raises(NotFound, match="none of these districts"):
        GAZETTEER.find_district("Martuni", country="AM")


def test_an_unverified_alias_scores_lower() -> None:
    sure, unsure = GAZETTEER.find("Terter"), GAZETTEER.find("Tertar")
    assert sure.district_id == unsure.district_id == "AZ-TAR"
    assert sure.score > unsure.score > 0.5


def test_a_unit_without_boundaries_names_the_districts_it_came_from() -> None:
    with pytest.raises(Ambiguous) as caught:
        GAZETTEER.find_district("Ağdərə rayonu")
    assert {c.district_id for c in caught.value.candidates} == {"AZ-TAR", "AZ-KAL", "AZ-AGM"}


def test_a_misspelling_between_two_districts_is_ambiguous() -> None:
    with pytest.raises(Ambiguous) as caught:
        GAZETTEER.find("Agdan")
    assert {c.district_id for c in caught.value.candidates} == {"AZ-AGM", "AZ-AGS"}


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "Nagorno-Karabakh", "Karabakh", "Azerbaijan", "Armenia", "Moscow", "district",
     "the", "Lachin corridor", "qwfpgj", "12345", "x" * 100_000, "\ud800", "الله"],
)  # fmt: skip
def test_what_is_no_place_is_not_found(text: str) -> None:
    with pytest.raises(NotFound) as caught:
        GAZETTEER.find(text)
    assert caught.value.code == "unknown-place"


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInput):
        GAZETTEER.find(None)  # type: ignore[arg-type]


@given(st.text(max_size=40))
def test_any_text_gets_an_answer_or_a_stated_refusal(text: str) -> None:
    assert candidates(text) <= set(DISTRICTS["district_id"]) | {None}
    assert len(GAZETTEER.search(text, 3)) <= 3


def test_search_suggests_while_typing() -> None:
    assert GAZETTEER.search("aghd")[0].name in {"Aghdam", "Aghdash", "Aghdara"}
    assert GAZETTEER.search("Aghdam")[0].place_id == "AZ-AGM"
    assert GAZETTEER.search("Степан")[0].district_id == "AZ-XA"
    assert GAZETTEER.search("Stepanakret")[0].district_id == "AZ-XA"
    assert GAZETTEER.search("") == []
    assert GAZETTEER.search("a", limit=0) == []
    found = GAZETTEER.search("a", limit=500)
    assert len({m.place_id for m in found}) == len(found)


def test_the_places_conform_to_their_schema() -> None:
    places = load_places()
    assert list(places.columns) == [*PLACES.names, "geometry"]
    assert places.index.is_unique
    assert len(places) >= 245 + 77
    assert (places["kind"] == "district").sum() == 78  # one has no boundaries yet
    known = places["longitude"].notna()
    assert (places.geometry.notna() == known).all()
    assert places.loc[known, "longitude"].between(5, 60).all()
    assert places.geometry.x[known].equals(places.loc[known, "longitude"])


def test_districts_of_settlements_are_districts() -> None:
    places = load_places()
    home = places[(places["country"] == "AZ") & (places["kind"] != "district")]
    assert set(home["district_id"]) <= set(DISTRICTS["district_id"])


def test_missing_places_of_the_source_were_added() -> None:
    places = load_places().set_index("name_az")
    assert (places.loc["Hadrut", "longitude"], places.loc["Hadrut", "latitude"]) == (47.032, 39.52)
    assert pd.isna(places.loc["Suqovuşan", "longitude"])
    assert places.loc["Suqovuşan", "district_id"] == "AZ-TAR"


def test_other_districts_bring_their_own_names(country: gpd.GeoDataFrame) -> None:
    gazetteer = Gazetteer(districts=country)
    assert gazetteer.find("Aghali").district_id == "XX-A"
    assert gazetteer.find_district("Dərə rayonu").district_id == "XX-D"
    with pytest.raises(NotFound):
        gazetteer.find_district("Aghdam district")


def test_settlements_move_with_the_boundaries(country: gpd.GeoDataFrame) -> None:
    gazetteer = Gazetteer(districts=country)
    inside = gazetteer.places[gazetteer.places["district_id"].isin(country["district_id"])]
    settlements = inside[inside["kind"] != "district"]
    assert settlements["longitude"].between(47.0, 47.2).all()
    assert settlements["latitude"].between(40.0, 40.2).all()
    assert len(settlements) > 0


def test_own_places_can_be_given(country: gpd.GeoDataFrame) -> None:
    rows = {"place_id": ["p1", "p2"], "kind": "village", "name": ["Newtown", "Newtown"],
            "aliases": ["Nova|Neu", None], "district_id": ["XX-A", "XX-B"]}  # fmt: skip
    gazetteer = Gazetteer(conform(pd.DataFrame(rows), PLACES), country)
    assert gazetteer.find("neu").place_id == "p1"
    with pytest.raises(Ambiguous) as caught:
        gazetteer.find("Newtown")
    assert {c.place_id for c in caught.value.candidates} == {"p1", "p2"}


def test_aliases_of_the_reference_are_known() -> None:
    path = needs.shared("reference", "azerbaijan", "aliases.csv")
    missed = [
        row.alias
        for row in pd.read_csv(path, dtype=str).itertuples()
        if isinstance(row.iso_3166_2, str) and row.iso_3166_2 not in candidates(row.alias, "AZ")
    ]
    assert missed == []
