"""Styles say what the map says, in the language of each program."""

import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.collections import COLLECTIONS
from service.content.districts import legend_of
from service.content.forecast import forecast_legend, forecast_view
from service.content.texts import texts_of
from service.drawing import palette
from service.i18n import translator_of
from service.styles import STYLED, Condition, Rule, style_of
from service.styles.maplibre import sprite_index, sprite_picture
from tests.made import history, lattice
from tests.maps.snapshots import FakeSnapshot

SLD, SE, OGC = (f"{{http://www.opengis.net/{name}}}" for name in ("sld", "se", "ogc"))


def holds(condition: Condition, properties: dict) -> bool:
    """Whether a feature meets a condition; a comparison with nothing is never met."""
    value = properties.get(condition.column)
    if condition.operator == "null" or value is None:
        return condition.operator == "null" and value is None
    return {
        "=": value == condition.value,
        ">": isinstance(value, float | int) and value > condition.value,
        "<": isinstance(value, float | int) and value < condition.value,
        ">=": isinstance(value, float | int) and value >= condition.value,
        "<=": isinstance(value, float | int) and value <= condition.value,
    }[condition.operator]


def drawn_by(rules: tuple[Rule, ...], properties: dict) -> list[str]:
    return [r.name for r in rules if all(holds(c, properties) for c in r.where)]


def test_every_layer_with_a_geometry_has_a_style() -> None:
    assert set(STYLED) == {c.id for c in COLLECTIONS.values() if c.schema.geometry is not None}


@pytest.mark.parametrize("layer", STYLED)
def test_each_feature_is_drawn_once(reading, founding, layer: str) -> None:
    style = style_of(founding, layer, RiskParameters())
    answer = reading.get(f"/collections/{layer}/items?limit=2000").json()
    assert answer["features"]
    for feature in answer["features"]:
        assert len(drawn_by(style.rules, feature["properties"])) == 1, feature["properties"]


def test_the_risk_style_has_the_colours_limits_and_words_of_the_map(founding) -> None:
    parameters = RiskParameters.parse({"weight": "casualties", "exposure": "population"})
    style = style_of(founding, "risk", parameters, lang="ru")
    legend = legend_of(risk_view(founding, parameters), translator_of("ru"), "points")
    assert style.title == legend.title
    titles = [rule.title for rule in style.rules]
    for entry in legend.entries:
        if entry.limit:
            assert f"{entry.text} ({entry.limit})" in titles
    colours = [rule.symbol.colour for rule in style.rules if rule.symbol.colour]
    assert colours == list(reversed(palette.CLASS_COLOURS))


FORECASTS = [
    {},
    {"weight": "casualties"},
    {"weight": "killed", "horizon-days": "30"},
    {"where": "killed > 0"},
    {"where": "killed > 99", "period": "2020-11-10/2021-02-06"},
    {"period": "2020-11-10/2021-01-31", "as-of": "2021-02-06T00:00:00Z"},
]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("asked", FORECASTS)
def test_the_forecasts_style_has_the_colours_limits_and_words_of_the_map(
    founding, asked: dict[str, str], lang: str
) -> None:
    parameters = RiskParameters.parse(asked)
    style = style_of(founding, "forecast", parameters, lang=lang)
    outlook = forecast_view(risk_view(founding, parameters))
    legend = forecast_legend(outlook.classes, translator_of(lang))
    classes = [rule for rule in style.rules if not rule.symbol.pattern]
    assert style.title == legend.title
    assert [rule.title for rule in classes] == [f"{e.text} ({e.limit})" for e in legend.entries]
    assert [rule.symbol.colour for rule in classes] == [e.symbol for e in legend.entries]
    limits = {c.value for rule in classes for c in rule.where if c.operator == ">="}
    assert limits == {0.0, *outlook.classes.limits}


@pytest.mark.parametrize("asked", [*FORECASTS, {"cell-km": "20"}, {"cell-km": "0"}])
def test_each_class_of_the_forecast_has_the_share_of_the_area_that_it_says(
    founding, asked: dict[str, str]
) -> None:
    parameters = RiskParameters.parse(asked)
    rules = style_of(founding, "forecast", parameters).rules
    frame = COLLECTIONS["forecast"].frame(founding, parameters)
    areas: dict[str, float] = {}
    for expected, area in zip(frame["expected"], frame["area_km2"], strict=True):
        (name,) = drawn_by(rules, {"expected": expected})
        areas[name] = areas.get(name, 0) + area
    translator = translator_of("en")
    for rule in rules:
        if not rule.symbol.pattern:
            share = areas[rule.name] / sum(areas.values())
            assert rule.title.startswith(translator.percent(share, 0 if share >= 0.02 else 1))


def test_by_district_the_forecasts_style_says_so(founding) -> None:
    style = style_of(founding, "forecast", RiskParameters(cell_km=0))
    assert "per district" in style.title
    assert "cell" not in style.title


@pytest.mark.parametrize("layer", STYLED)
def test_a_register_of_nothing_has_styles_all_the_same(country, incidents, layer: str) -> None:
    for districts in (country, country.iloc[:0]):
        empty = FakeSnapshot(districts, incidents.iloc[:0])
        assert style_of(empty, layer, RiskParameters()).rules


@pytest.mark.parametrize("layer", ["risk", "forecast", "risk-surface", "operations"])
def test_no_information_is_a_pattern_and_no_class(founding, layer: str) -> None:
    rules = {rule.name: rule for rule in style_of(founding, layer, RiskParameters()).rules}
    assert rules["no_information"].symbol.pattern == "no_information"
    assert rules["no_information"].symbol.colour is None


def test_the_list_gives_each_style_in_each_form(reading) -> None:
    listed = reading.get("/styles").json()
    assert [one["id"] for one in listed["styles"]] == list(STYLED)
    for one in listed["styles"]:
        kinds = {}
        for link in one["links"]:
            answer = reading.get(link["href"])
            assert answer.status_code == 200
            kinds[link["type"]] = answer.headers["content-type"]
        assert all(given.replace(" ", "").startswith(kind) for kind, given in kinds.items())
        assert len(kinds) == 6


def test_a_style_is_negotiated(reading) -> None:
    asked = {"Accept": "application/vnd.ogc.sld+xml;version=1.1"}
    root = ET.fromstring(reading.get("/styles/risk", headers=asked).content)
    assert (root.tag, root.get("version")) == (f"{SLD}StyledLayerDescriptor", "1.1.0")
    assert root.findall(f".//{SE}Rule")
    root = ET.fromstring(reading.get("/styles/risk?f=sld10").content)
    literals = [one.text for one in root.findall(f".//{OGC}Literal")]
    assert (root.get("version"), literals[0]) == ("1.0.0", "very_high")
    assert reading.get("/styles/risk").json()["version"] == 8


def test_names_are_written_where_no_glyphs_are_needed_for_them(reading) -> None:
    for layer in STYLED:
        plain, named = (
            reading.get(f"/styles/{layer}?f={f}").json() for f in ("mapbox", "maplibre")
        )
        assert "glyphs" not in named
        more = [one for one in named["layers"] if one not in plain["layers"]]
        assert {one["type"] for one in plain["layers"]} <= {"fill", "line", "circle"}
        wanted = ["name"] if layer in ("districts", "risk", "priorities", "places") else []
        assert [one["layout"]["text-field"][1] for one in more] == wanted


def test_clusters_have_the_maps_words_and_say_what_could_not_be_tested(founding) -> None:
    texts = texts_of("ru")
    untested = style_of(founding, "clusters", RiskParameters(), lang="ru")
    assert untested.title == texts["layer.hotspots"]
    doubt = texts["hotspot.not_enough_data"]
    kinds = ("hot", "cold", "emerging")
    words = [texts[f"cluster.{kind}"] for kind in kinds]
    assert [rule.title for rule in untested.rules] == [f"{word} ({doubt})" for word in words]
    districts = lattice(8)
    rate = np.where(np.arange(64) % 8 < 2, 12.0, 2.0)
    snapshot = FakeSnapshot(districts, history(rate, districts=districts))
    tested = style_of(snapshot, "clusters", RiskParameters(), lang="ru")
    assert [rule.title for rule in tested.rules] == words


def test_a_style_carries_the_parameters_of_its_layer(reading) -> None:
    asked = "/styles/risk?period=2020-01-01/2020-12-31&weight=killed&lang=az"
    style = reading.get(asked).json()
    assert "period=2020-01-01/2020-12-31&weight=killed" in style["sources"]["risk"]["url"]
    assert "lang" not in style["sources"]["risk"]["url"]
    found = reading.get(style["sources"]["risk"]["url"]).json()
    assert found["vector_layers"][0]["id"] == style["layers"][0]["source-layer"]
    assert "weight=killed" in found["tiles"][0]
    assert style["name"] != reading.get("/styles/risk?weight=killed").json()["name"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/styles/statistics", 404),
        ("/styles/nothing/metadata", 404),
        ("/collections/risk/styles/incidents", 404),
        ("/collections/nothing/styles", 404),
        ("/styles/sprite@3x.png", 404),
        ("/styles/risk?weight=coins", 400),
        ("/styles/risk?colour=red", 400),
        ("/styles/risk?f=css", 400),
    ],
)
def test_what_is_not_there_is_said(reading, path: str, status: int) -> None:
    assert reading.get(path).status_code == status


def test_a_layer_links_to_its_style(reading) -> None:
    links = reading.get("/collections/risk").json()["links"]
    there = next(one["href"] for one in links if one["rel"].endswith("/styles"))
    assert [one["id"] for one in reading.get(there).json()["styles"]] == ["risk"]
    assert reading.get("/collections/statistics/styles").json()["styles"] == []
    page = reading.get("/styles", headers={"Accept": "text/html"}).text
    assert page.startswith("<!DOCTYPE html>")
    assert "/styles/risk?f=qml" in page


def test_a_styles_metadata_has_its_legend(reading) -> None:
    about = reading.get("/styles/risk/metadata?lang=ru").json()
    assert [one["id"] for one in about["legend"]][-1] == "no_information"
    assert about["legend"][-1]["title"] == "нет сведений"
    assert len(about["stylesheets"]) == 5


def test_the_sprite_holds_each_pattern_in_whole_pixels(reading) -> None:
    for name, ratio in (("", 1), ("@2x", 2)):
        index = reading.get(f"/styles/sprite{name}.json").json()
        assert set(index) == set(palette.PATTERNS)
        picture = reading.get(f"/styles/sprite{name}.png").content
        width = int.from_bytes(picture[16:20], "big")
        assert width == sum(one["width"] for one in index.values())
        assert picture == sprite_picture(ratio)
        assert json.loads(sprite_index(ratio)) == index


def test_tilejson_lies_where_map_libraries_look_for_it(reading) -> None:
    base = "/collections/risk/tiles/WebMercatorQuad"
    found = reading.get(f"{base}/tilejson.json?weight=killed").json()
    assert found == reading.get(f"{base}?f=tilejson&weight=killed").json()


def test_a_project_is_the_same_bytes_for_the_same_data(reading) -> None:
    for name in ("hazardmap.qgz", "hazardmap.qlr"):
        first, again = (reading.get(f"/qgis/{name}") for _ in range(2))
        assert first.content == again.content
        assert f'filename="{name}"' in first.headers["content-disposition"]
