"""The map names where its own data are from, not somebody else's."""

import geopandas as gpd
import pytest
from shapely import box

from geodata.intake import Choices, import_file
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.content.incidents import POPULATION_NOTES, links_of, sources_text
from service.http.request import View
from service.pages.about import about_html
from service.print.sheets import print_risk_map
from tests.conftest import founded
from tests.paper import text_of

BARE = RiskParameters()


@pytest.fixture
def elsewhere(tmp_path):
    """A register whose current boundaries are a user's own."""
    path = tmp_path / "units.geojson"
    units = {"code": ["XX-1", "XX-2"], "name": ["One", "Two"]}
    shapes = [box(20, 4, 21, 5), box(21, 4, 22, 5)]
    gpd.GeoDataFrame(units, geometry=shapes, crs=4326).to_file(path)
    register = founded(tmp_path / "data")

    def take(**choices):
        made = Choices(id_column="code", name_column="name", **choices)
        import_file(register, path, kind="boundaries", author="a", choices=made)
        return register.snapshot()

    yield take
    register.close()


def test_the_bundled_boundaries_name_their_source(founding):
    text = sources_text(risk_view(founding, BARE), "en")
    assert "Boundaries: Made with Natural Earth; approximate, not authoritative." in text
    assert "GeoNames" in text


def test_a_users_boundaries_are_not_said_to_be_somebody_elses(elsewhere):
    snapshot = elsewhere(edition="mine", attribution="National Survey 2024, CC BY")
    view = risk_view(snapshot, BARE)
    text = sources_text(view, "en")
    assert "Boundaries: National Survey 2024, CC BY." in text
    assert "Natural Earth" not in text
    assert "GeoNames" not in text
    assert view.places.empty
    printed = text_of(print_risk_map(snapshot, BARE))
    assert "National Survey 2024, CC BY" in printed


def test_without_a_stated_source_the_name_of_the_file_is_given(elsewhere):
    assert "Boundaries: units.geojson." in sources_text(risk_view(elsewhere(), BARE), "en")


def test_every_note_to_the_bundled_population_is_known_and_translated(founding):
    held = set(founding.districts["population_note"].dropna())
    assert held <= set(POPULATION_NOTES)


def test_a_semicolon_in_a_chain_of_sources_does_not_part_it():
    assert links_of("News (A; B) https://example.org/a; A paper form") == [
        ["News (A; B)", "https://example.org/a"],
        ["A paper form", None],
    ]


def test_the_pages_name_the_stated_source_too(elsewhere):
    snapshot = elsewhere(edition="mine", attribution="National Survey 2024, CC BY")
    html = about_html(View(), snapshot.attribution, snapshot.edition)
    assert "National Survey 2024, CC BY (mine)" in html
    assert "Natural Earth" not in html
