"""The atlas: an index and one page a district; what is refused."""

import re

import pytest

from geodata.errors import InvalidInput
from geodata.risk import RiskParameters
from service.print import sheets as atlas
from service.print import typesetting
from service.print.sheets import print_atlas
from tests.maps.snapshots import FakeSnapshot, crowd
from tests.paper import pages_of

BARE = RiskParameters()


@pytest.fixture(scope="module")
def pages(square_snapshot):
    """The pages of the synthetic country's atlas."""
    return pages_of(print_atlas(square_snapshot, BARE))


def test_an_index_and_a_page_for_each_district_with_a_record(pages):
    assert len(pages) == 4
    for number, text in enumerate(pages, start=1):
        assert f"page {number} of 4" in text
        assert "No record does not mean safe." in text
    assert "Districts and their pages" in pages[0]
    assert "Aghali (Ağalı)" in pages[1]
    assert "Chayli" not in pages[0].split("Districts and their pages")[1]


def test_the_index_is_by_rank_and_says_the_page(pages):
    index = pages[0].split("Districts and their pages")[1]
    names = ["Aghali", "Boyuk", "Dara"]
    order = sorted(names, key=index.index)
    assert order[0] == "Aghali"
    for number, name in enumerate(order, start=2):
        assert re.search(rf"\b(high|medium) {number}\b", index)
        assert pages[number - 1].count(f"{name} (")


def test_the_districts_named_stand_in_the_order_asked_for(square_snapshot):
    pages = pages_of(print_atlas(square_snapshot, BARE, districts=["XX-C", "XX-A", "XX-C"]))
    assert len(pages) == 3
    assert "Chayli (Çaylı)" in pages[1]
    assert "No record; the true rate could be up to" in pages[1]
    assert "Aghali (Ağalı)" in pages[2]


def test_the_same_data_give_the_same_atlas(country, incidents):
    first, second = (
        print_atlas(FakeSnapshot(country, incidents, alone=True), BARE) for _ in range(2)
    )
    assert first == second


def test_a_long_atlas_has_a_process_of_its_own_and_the_same_bytes(country, incidents, monkeypatch):
    here = print_atlas(FakeSnapshot(country, incidents), BARE)
    monkeypatch.setattr(typesetting, "LONGEST_HERE", 0)
    assert print_atlas(FakeSnapshot(country, incidents), BARE) == here


def test_without_a_record_the_atlas_is_the_map_and_a_sentence(country, incidents):
    pages = pages_of(print_atlas(FakeSnapshot(country, incidents.iloc[:0]), BARE))
    assert len(pages) == 1
    assert "No incident is on record for this period and filter." in pages[0]
    assert "page 1 of 1" in pages[0]


def test_an_index_longer_than_a_page_goes_on(country, incidents, monkeypatch):
    monkeypatch.setattr(atlas, "LEAST_MAP", 192.0)
    monkeypatch.setattr(atlas, "MOST_MAP", 192.0)
    pages = pages_of(print_atlas(FakeSnapshot(country, incidents), BARE))
    assert len(pages) == 5
    assert "Districts and their pages" in pages[0]
    head = "Incidents Killed Injured"
    assert all(head in text for text in pages[:2]), "the head of the table is repeated"
    assert "Dara" in pages[1].split(head)[1]
    assert "page 2 of 5" in pages[1]


def test_any_id_of_a_district_is_drawn_and_linked(country, incidents):
    names = {"XX-A": "map", "XX-B": "index", "XX-C": "x-where", "XX-D": "a/b:c #1"}
    for column in ("district_id", "districts"):
        for old, new in names.items():
            frame = incidents if column == "districts" else country
            frame[column] = frame[column].str.replace(old, new.replace(":", "·"), regex=False)
    country = country.set_index("district_id", drop=False)
    snapshot = FakeSnapshot(country, incidents)
    pages = pages_of(print_atlas(snapshot, BARE, districts=list(country["district_id"])))
    assert len(pages) == 5


def test_an_unknown_district_is_refused_by_name(square_snapshot):
    with pytest.raises(InvalidInput, match="XX-Z") as caught:
        print_atlas(square_snapshot, BARE, districts=["XX-A", "XX-Z"])
    assert caught.value.code == "bad-districts"


def test_more_pages_than_there_may_be_are_refused(monkeypatch):
    monkeypatch.setattr(atlas, "MAX_PAGES", 4)
    snapshot = crowd(50)
    with pytest.raises(InvalidInput, match="districts=ID,ID") as caught:
        print_atlas(snapshot, BARE)
    assert caught.value.code == "too-many-districts"
    assert len(pages_of(print_atlas(snapshot, BARE, districts=["XX-A", "XX-B", "XX-C"]))) == 4


def test_every_language_and_size(square_snapshot):
    for lang, words in (("az", "Rayonlar və onların səhifələri"), ("ru", "Районы и их страницы")):
        atlas_of_one = print_atlas(square_snapshot, BARE, districts=["XX-A"], lang=lang, size="A3")
        assert words in pages_of(atlas_of_one)[0]


def test_the_last_page_of_an_atlas_may_be_what_is_to_be_expected(square_snapshot):
    pages = pages_of(print_atlas(square_snapshot, BARE, forecast=True))
    assert len(pages) == 5
    assert "Landmine and UXO incidents to expect" in pages[-1]
    assert "Districts by what is expected" in pages[-1]
