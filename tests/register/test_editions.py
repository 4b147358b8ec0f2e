"""Editions of the boundaries: a wrong one can be withdrawn, an earlier one chosen again."""

from datetime import date

import geopandas as gpd
import pytest
from shapely import box
from starlette.testclient import TestClient
from typer.testing import CliRunner

from geodata.errors import Conflict, NotFound
from geodata.intake import Choices, import_file
from geodata.register import verify
from geodata.schemas import CRS84
from service.app import create_app
from service.cli import app
from service.settings import Settings
from tests.conftest import founded, make_country, nothing, sign_in
from tests.register.conftest import blast


def country(held, *editions: str):
    for edition in editions:
        # Ids of its own for every edition but the first, as a wrong file has.
        frame = make_country()
        if edition != editions[0]:
            frame = frame.assign(district_id=frame["district_id"] + edition)
        held.add_boundaries(frame, edition=edition, author="t")
    held.create(blast("b1"), author="t")
    return held


def test_the_edition_before_a_withdrawn_one_is_current_again(held) -> None:
    country(held, "one", "two")
    assert held.snapshot().edition == "two"
    held.withdraw_boundaries("two", author="ann", reason="the wrong file")
    assert held.snapshot().edition == "one"
    assert [one.edition for one in held.editions()] == ["one"]
    with pytest.raises(NotFound):
        held.snapshot(boundaries="two")
    assert held.history("two", kind="boundaries")[-1].reason == "the wrong file"
    assert verify(held.store).revisions == 4


def test_an_edition_can_be_chosen_and_a_withdrawn_one_brought_back(held) -> None:
    country(held, "one", "two")
    held.choose_boundaries("one", author="ann")
    assert held.snapshot().edition == "one"
    held.withdraw_boundaries("two", author="ann")
    held.choose_boundaries("two", author="ann")
    assert held.snapshot().edition == "two"
    assert held.snapshot().districts["district_id"].iloc[0].endswith("two")


def test_the_last_edition_stays_and_unknown_ones_are_said(held) -> None:
    country(held, "one")
    with pytest.raises(Conflict, match="only one"):
        held.withdraw_boundaries("one", author="ann")
    for act in (held.withdraw_boundaries, held.choose_boundaries):
        with pytest.raises(NotFound):
            act("never", author="ann")


def test_an_edition_is_withdrawn_once(held) -> None:
    country(held, "one", "two", "three")
    held.withdraw_boundaries("two", author="ann")
    with pytest.raises(NotFound):
        held.withdraw_boundaries("two", author="ann")


def test_an_edition_that_has_ended_cannot_be_current(held) -> None:
    country(held, "one")
    held.add_boundaries(make_country(), edition="old", author="t", valid_to=date(2020, 12, 31))
    with pytest.raises(Conflict, match="applies until"):
        held.choose_boundaries("old", author="ann")


def test_an_import_shows_before_and_after_and_warns(tmp_path) -> None:
    register = country(founded(tmp_path / "data", nothing), "one")
    path = tmp_path / "wrong.geojson"
    columns = {"adm1_pcode": ["ZZ1"], "adm1_name": ["One"]}
    gpd.GeoDataFrame(columns, geometry=[box(0, 0, 1, 1)], crs=CRS84).to_file(path)
    choices = Choices(edition="wrong")
    report = import_file(
        register, path, kind="boundaries", author="t", choices=choices, dry_run=True
    )
    register.close()
    held = report.as_json()["boundaries"]
    assert (held["before"]["districts"], held["after"]["districts"]) == (4, 1)
    assert (held["before"]["incidents_placed"], held["after"]["incidents_placed"]) == (1, 0)
    assert any("count in none" in text for text in report.warnings)
    assert any("4 before" in note for note in report.notes)


def test_the_boundaries_of_another_country_are_not_taken_for_a_wrong_file(tmp_path) -> None:
    register = country(founded(tmp_path / "data", nothing), "one")
    register.create(blast("b2").model_copy(update={"country": "AZ"}), author="t")
    path = tmp_path / "other.geojson"
    columns = {"adm1_pcode": ["NG1"], "adm1_name": ["One"], "iso_a2": ["NG"]}
    gpd.GeoDataFrame(columns, geometry=[box(8, 9, 9, 10)], crs=CRS84).to_file(path)
    report = import_file(register, path, kind="boundaries", author="t", dry_run=True)
    register.close()
    assert any(note.startswith("1 incidents are of other countries") for note in report.notes)
    # The one of no known country is still told of.
    assert [text for text in report.warnings if text.startswith("1 incidents that count")]


def test_the_command_lists_withdraws_and_chooses(tmp_path) -> None:
    country(founded(tmp_path / "data", nothing), "one", "two").close()

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["boundaries", *words, "--data", str(tmp_path / "data")])
        assert done.exit_code == 0, done.output
        return done.output

    assert "two" in run("list")
    assert "one is current" in run("withdraw", "two", "--reason", "wrong")
    assert "two is current" in run("choose", "two")


@pytest.fixture
def client(tmp_path):
    register = country(founded(tmp_path / "data", nothing), "one", "two")
    service = create_app(Settings(data=tmp_path / "data"), register)
    with TestClient(service, follow_redirects=False) as made:
        yield made
    register.close()


def test_only_editors_withdraw_and_a_form_leads_back(client) -> None:
    assert client.post("/boundaries/two/withdraw").status_code == 401
    assert [e["current"] for e in client.get("/boundaries").json()["editions"]] == [False, True]
    sign_in(client, "ed", "editor")
    done = client.post("/boundaries/two/withdraw", data={"reason": "wrong"})
    assert [e["edition"] for e in done.json()["editions"]] == ["one"]
    back = client.post("/boundaries/two/choose", headers={"accept": "text/html"})
    assert (back.status_code, back.headers["location"]) == (303, "/import")
    assert client.post("/boundaries/none/withdraw").status_code == 404
    key = client.app.state.keys.add("office", "editor")
    headers = {"accept": "text/html", "authorization": f"Bearer {key}"}
    page = client.get("/import", headers=headers).text
    assert "/boundaries/one/choose" in page
    assert "/boundaries/two/choose" not in page, "it is current"
