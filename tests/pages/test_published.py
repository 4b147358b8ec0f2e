"""What others published about a district stands on its page, apart from the incidents."""

import pytest
from starlette.testclient import TestClient

from geodata.model import Statistic
from geodata.register import Change
from service.app import create_app
from service.settings import Settings
from tests.conftest import founded

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    register = founded(folder)
    figures = [
        Statistic(
            statistic_id=f"S{number}", metric="incidents" if number % 2 else "people",
            outcome=None if number % 2 else "killed", value=700 + number,
            period_start=f"20{number // 12 + 10}-{number % 12 + 1:02d}-01",
            period_end=f"20{number // 12 + 10}-{number % 12 + 1:02d}-28",
            districts=("AZ-BAL",), issuer="An office", mine_related=number > 0,
        )
        for number in range(40)
    ]  # fmt: skip
    register.append([Change("statistic", figure) for figure in figures], author="test")
    with TestClient(create_app(Settings(data=folder), register)) as client:
        yield client
    register.close()


@pytest.mark.parametrize("lang", ["en", "az", "ru"])
def test_figures_stand_with_period_and_source_and_count_nowhere(client, lang):
    html = client.get(f"/districts/AZ-BAL?lang={lang}", headers=PAGE).text
    section = html.partition('id="published"')[2].partition("</section>")[0]
    assert section.count("An office") == 36
    assert "739" in section
    assert "700" not in section, "the latest come first; a link gives the others"
    assert "/collections/statistics/items" in section
    risk = client.get("/collections/risk/items/AZ-BAL?f=json").json()["properties"]
    assert (risk["incidents"], risk["risk_class"]) == (0, "no_information")


def test_a_district_without_figures_says_so(client):
    html = client.get("/districts/AZ-AGM?lang=en", headers=PAGE).text
    assert "No figure is published about this district that the register holds." in html
