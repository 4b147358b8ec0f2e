"""Reports over HTTP: filing, reading back, deciding, undoing; for whom."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from geodata.register import open_register
from service.app import create_app
from service.settings import Settings

TEXT = (
    "Two farmers were injured when their tractor hit an anti-tank mine near the village of "
    "Marzili in Aghdam district on May 3, prosecutors said. Since November 2020 more than 300 "
    "people have been killed or wounded by mines."
)
REPORT = {"text": TEXT, "published": "2023-05-04", "publisher": "A paper"}


class World:
    def __init__(self, folder):
        self.register = open_register(folder)
        app = create_app(Settings(data=folder), self.register)
        self.client = TestClient(app)
        self.keys = {
            role: {"Authorization": f"Bearer {app.state.keys.add(role, role)}"}
            for role in ("analyst", "editor")
        }

    def post(self, path, body=None, role="editor"):
        return self.client.post(path, json=body, headers=self.keys[role])

    def get(self, path, role="analyst"):
        return self.client.get(path, headers=self.keys[role])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("reports"))
    yield made
    made.register.close()


@pytest.fixture
def filed(world):
    answer = world.post("/reports", REPORT)
    assert answer.status_code == 201
    return answer.json()


def test_the_answer_holds_the_candidates_as_extract_prints_them(filed, world):
    blast = filed["candidates"]["incidents"][0]
    assert (blast["date_start"], blast["injured"]) == ("2023-05-03", 2)
    assert not blast["killed"]
    assert [p["district_id"] for p in blast["places"]] == ["AZ-AGM"]
    assert blast["n"] == 0
    assert blast["state"] == "open"
    for one in blast["evidence"]:
        assert 0 <= one["start"] < one["end"] <= len(TEXT)
    assert filed["status"] == "new"
    assert world.get(f"/reports/{filed['id']}").json() == filed


def test_accepting_records_the_incident_and_its_page_shows_the_words(filed, world):
    answer = world.post(f"/reports/{filed['id']}/candidates/0/accept")
    assert answer.status_code == 200
    name = answer.json()["candidates"]["incidents"][0]["record_id"]
    feature = world.get(f"/collections/incidents/items/{name}").json()
    assert feature["properties"]["districts"] == "AZ-AGM:1"
    page = world.client.get(f"/incidents/{name}", headers={"Accept": "text/html"}).text
    assert "May 3" in page


def test_the_page_gives_a_figure_as_it_was_published_and_each_candidate_its_own_form(filed, world):
    base, page = f"/reports/{filed['id']}", world.keys["editor"] | {"Accept": "text/html"}
    for lang, words in (("en", "more than 300"), ("ru", "более 300"), ("az", "daha çox: 300")):
        assert words in world.client.get(f"{base}?lang={lang}", headers=page).text
    # What is decided stands with the candidate that it is about.
    for n in (0, 1):
        text = world.client.get(f"{base}?candidate={n}", headers=page).text
        card = text.split(f'id="candidate-{n}"', 1)[1].split('id="candidate-', 1)[0]
        assert f"/candidates/{n}/accept" in card


def test_warnings_are_said_in_the_readers_language(world):
    text = "A mine wounded two farmers in Tartar and Aghdam districts on Monday, May 3."
    filed = world.post("/reports", REPORT | {"text": text}).json()
    assert "'monday, may 3': the weekday and the date disagree" in filed["warnings"]
    html = world.keys["editor"] | {"Accept": "text/html"}
    page = world.client.get(f"/reports/{filed['id']}?lang=ru", headers=html).text
    assert "день недели и дата не совпадают" in page
    assert "решает проверяющий" in page


def test_a_correction_of_members_goes_into_the_record(filed, world):
    body = {"record": {"device": "uxo", "note": "Seen by a survey team"}, "reason": "by phone"}
    answer = world.post(f"/reports/{filed['id']}/candidates/0/accept", body)
    name = answer.json()["candidates"]["incidents"][0]["record_id"]
    held = world.register.get("incident", name)
    assert (held.device, held.note) == ("uxo", "Seen by a survey team")


def test_a_decision_stands_until_it_is_undone(filed, world):
    path = f"/reports/{filed['id']}/candidates/0"
    assert world.post(f"{path}/reject", {"reason": "told twice"}).status_code == 200
    again = world.post(f"{path}/accept")
    assert (again.status_code, again.json()["code"]) == (409, "decided")
    assert world.post(f"{path}/reopen").json()["candidates"]["incidents"][0]["state"] == "open"


def test_adding_to_a_known_incident_makes_no_second_one(filed, world):
    first = world.post(f"/reports/{filed['id']}/candidates/0/accept").json()
    name = first["candidates"]["incidents"][0]["record_id"]
    before = len(world.register.newest().incidents)
    second = world.post("/reports", REPORT | {"publisher": "Another paper"}).json()
    assert second["copy_of"]
    body = {"into": name, "as": "correction"}
    done = world.post(f"/reports/{second['id']}/candidates/0/accept", body)
    assert done.status_code == 200
    assert len(world.register.newest().incidents) == before
    assert len(world.register.get("incident", name).reports) == 2


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/reports", {"text": "x"}, 400),
        ("/reports", {"text": "", "published": "2021-01-01"}, 400),
        ("/reports", {"text": "x", "published": "2021-13-01"}, 400),
        ("/reports", {"text": "x", "published": "2021-01-01", "url": "ftp://a"}, 400),
        ("/reports", {"text": "x", "published": "2021-01-01", "more": 1}, 400),
        ("/reports/rep-none/candidates/0/accept", {}, 404),
        ("/reports/{id}/candidates/99/accept", {}, 404),
        ("/reports/{id}/candidates/0/reject", {}, 400),
        ("/reports/{id}/candidates/0/accept", {"record": {"device": "rock"}}, 400),
        ("/reports/{id}/candidates/0/accept", {"into": "nobody"}, 404),
    ],
)
def test_what_cannot_be_taken_is_said_and_changes_nothing(filed, world, path, body, status):
    before = world.register.revision
    answer = world.post(path.format(id=filed["id"]), body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.json()["description"]
    assert world.register.revision == before


def test_texts_of_reports_are_for_analysts_and_decisions_for_editors(filed, world):
    for path in ("/reports", f"/reports/{filed['id']}"):
        assert world.client.get(path).status_code == 401
        assert world.get(path).status_code == 200
    assert world.post("/reports", REPORT, role="analyst").status_code == 403
    path = f"/reports/{filed['id']}/candidates/0/accept"
    assert world.post(path, role="analyst").status_code == 403


def test_the_queue_is_filtered_by_state_and_words(filed, world):
    body = world.get("/reports?status=new&q=A+PAPER").json()
    assert filed["id"] in [r["id"] for r in body["reports"]]
    assert all(r["status"] == "new" for r in body["reports"])
    assert world.get("/reports?q=nobody").json()["matched"] == 0


def test_a_file_is_read_like_a_pasted_text(world):
    answer = world.client.post(
        "/reports",
        data={"published": "2023-05-04"},
        files={"file": ("report.txt", TEXT.encode(), "text/plain")},
        headers=world.keys["editor"],
    )
    assert answer.status_code == 201
    assert answer.json()["text"] == TEXT
    assert date.fromisoformat(answer.json()["published"]) == date(2023, 5, 4)
