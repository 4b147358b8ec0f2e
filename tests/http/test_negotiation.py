"""Formats: `f`, Accept with weights, and what browsers and programs get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.formats import FORMATS
from service.http.representation import ITEMS as OFFERS
from service.http.representation import (
    RESOURCE,
    best_first,
    negotiate,
    negotiate_language,
    prefers_html,
    weight_of,
    weighted,
)

ITEMS = "/collections/incidents/items"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "key"),
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/geo+json, application/json", "json"),
        (BROWSER, "html"),
        ("text/html;q=0.5, application/geo+json;q=0.4", "html"),
        ("text/html;q=0.4, application/geo+json;q=0.5", "json"),
        ("text/*", "html"),
        ("text/csv", "csv"),
        ("*/*;q=0.1, text/csv;q=0.2", "csv"),
        ("application/geo+json;q=0, */*", "html"),
        ("APPLICATION/GEO+JSON", "json"),
        ("application/geopackage+sqlite3", "gpkg"),
        ("rubbish", "json"),
        (";;;,,,", "json"),
    ],
)
def test_the_heaviest_media_type_wins(accept, key) -> None:
    assert negotiate(None, accept, OFFERS).key == key


def test_a_header_is_read_with_the_parameters_that_make_another_thing() -> None:
    header = "application/json;Version=2;q=0.5;charset=utf-8, text/html, a/b;q=2, ,c/d;q=1.000"
    assert weighted(header, keep=["version"]) == [
        ("application/json;version=2", 0.5),
        ("text/html", 1.0),
        ("a/b", 0.0),  # no weight: not wanted by accident
        ("c/d", 1.0),
    ]
    assert weighted(header)[0] == ("application/json", 0.5)


def test_what_has_no_weight_is_wanted_as_much_as_what_has_the_whole() -> None:
    assert best_first("a;q=1, b, c;q=0.5, d;q=0") == ["a", "b", "c"]
    assert best_first("b, a;q=1") == ["b", "a"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 1000)), max_size=8))
def test_a_heavier_wish_never_comes_after_a_lighter_one(wishes) -> None:
    header = ", ".join(f"{name};q={weight / 1000:.3f}" for name, weight in wishes)
    ranked = sorted(wishes, key=lambda one: -one[1])
    assert best_first(header) == [name for name, weight in ranked if weight]


@pytest.mark.parametrize(
    ("media_type", "weight"),
    [("text/html", 0.4), ("text/plain", 0.3), ("image/png", 0.1), ("TEXT/HTML", 0.4)],
)
def test_the_most_specific_range_says_the_weight(media_type, weight) -> None:
    ranges = [("*/*", 0.1), ("text/*", 0.3), ("text/html", 0.4)]
    assert weight_of(media_type, ranges) == weight
    assert weight_of(media_type, ranges[::-1]) == weight
    assert weight_of(media_type, ranges[1:]) == (0 if media_type == "image/png" else weight)


@pytest.mark.parametrize(
    ("accept", "wish", "html"),
    [
        ("application/json", "html", True),
        ("text/html", "json", False),
        ("text/html", None, True),
        ("*/*", None, False),
        (None, None, False),
        ("text/html, application/json", None, True),
        ("application/json, text/html", None, False),
        ("application/json;q=0.5, text/html", None, True),
        ("text/html;q=0", None, False),
    ],
)
def test_a_page_is_for_whoever_names_it_first(accept, wish, html) -> None:
    assert prefers_html(accept, wish) is html


def test_a_language_that_there_is_not_is_passed_over_in_the_header_and_refused_as_a_wish() -> None:
    assert negotiate_language(None, "de, ru;q=0.1") == "ru"
    assert negotiate_language("", "az;q=0, de") == "en"
    assert negotiate_language("AZ ", "ru") == "az"
    with pytest.raises(InvalidInput):
        negotiate_language("de", "ru")


def test_f_wins_over_accept() -> None:
    assert negotiate("json", BROWSER, OFFERS).key == "json"
    assert negotiate("geojson", BROWSER, OFFERS).key == "json"


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0, application/json;q=0"])
def test_what_cannot_be_given_is_not_acceptable(accept) -> None:
    with pytest.raises(InvalidInput) as refused:
        negotiate(None, accept, RESOURCE)
    assert refused.value.code == "not-acceptable"


def test_not_acceptable_is_406(reader) -> None:
    assert reader.get(ITEMS, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/conformance",
        "/collections",
        "/collections/risk",
        "/collections/risk/queryables",
        "/collections/risk/schema",
        ITEMS,
        f"{ITEMS}/I1",
        "/collections/statistics/items",
        "/api",
    ],
)
def test_a_browser_gets_a_page_and_a_program_data(reader, path) -> None:
    page = reader.get(path, headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.text.lstrip().lower().startswith("<!doctype html>")
    data = reader.get(path)
    assert "json" in data.headers["content-type"]
    assert "Accept" in data.headers["vary"]


@pytest.mark.parametrize("key", [k for k in FORMATS if k != "geojson"])
@pytest.mark.parametrize("layer", ["incidents", "risk", "statistics"])
def test_every_format_of_every_layer_is_given_as_a_file(reader, key, layer) -> None:
    answer = reader.get(f"/collections/{layer}/items", params={"f": key, "limit": 20})
    if layer == "statistics" and answer.status_code == 400:
        assert answer.json()["code"]
        return
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"].partition(";")[0] == FORMATS[key].media_type
    assert f'filename="{layer}{FORMATS[key].suffix}"' in answer.headers["content-disposition"]
    assert answer.content


def test_options_of_files_are_checked_and_belong_to_files(reader) -> None:
    def status(**params: str) -> int:
        return reader.get(ITEMS, params=params).status_code

    assert status(f="csv", hxl="1", bom="1") == 200
    assert status(f="csv", hxl="maybe") == 400
    assert status(hxl="1") == 400


def test_a_feature_links_to_its_other_forms_and_its_layer(reader) -> None:
    body = reader.get(f"{ITEMS}/I1").json()
    links = {link["rel"]: link for link in body["links"]}
    assert links["self"]["type"] == "application/geo+json"
    assert links["alternate"]["type"] == "text/html"
    assert links["collection"]["href"].endswith("/collections/incidents")


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_people_are_shown_the_arithmetic_on_the_districts_page(reader, accept) -> None:
    path = "/risk/AZ-AGM/explain?weight=killed&f=html"
    for asked in (path, path.replace("&f=html", "")):
        answer = reader.get(asked, headers={"Accept": accept}, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].endswith("/districts/AZ-AGM?weight=killed")
    assert reader.get(path, headers={"Accept": accept}).status_code == 200
    assert "smoothing" in reader.get("/risk/AZ-AGM/explain").json()
