"""``POST /imports``: reports, previews, limits, and nothing for those who may not."""

import io
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.import_reports import ImportReports, saved_upload
from service.settings import Settings
from tests.conftest import sign_in

TABLE = "Tarix;Rayon;Ölən\n04.02.2020;Ağdam;1\n05.02.2020;Füzuli;-3\n".encode()


NO_ENCODINGS = (
    "rot13", "zlib", "hex", "base64", "bz2", "uu", "quopri", "punycode", "idna", "undefined",
    "unicode_escape", "raw_unicode_escape", "utf-8\x00", "../utf-8", "x" * 10_000,
)  # fmt: skip


@pytest.fixture
def app(register, tmp_path):
    return create_app(Settings(data=tmp_path / "data", max_body_mb=1, max_rows=50), register)


@pytest.fixture
def editor(app):
    with TestClient(app) as client:
        sign_in(client, "ed", "editor")
        yield client


def post(client: TestClient, content: bytes = TABLE, name: str = "accidents.csv", **data: str):
    return client.post("/imports", files={"file": (name, content)}, data=data)


@pytest.mark.parametrize(("role", "status"), [("public", 401), ("analyst", 403)])
def test_only_editors_import(app, register, role, status) -> None:
    before = register.revision
    with TestClient(app) as client:
        if role != "public":
            sign_in(client, "x", role)
        assert post(client).status_code == status
        assert client.get("/imports/" + "0" * 32).status_code == status
    assert register.revision == before


def test_an_import_answers_with_the_outcome_of_every_row(editor, register) -> None:
    answer = post(editor)
    body = answer.json()
    assert answer.status_code == 201
    assert body["counts"]["taken"] == body["counts"]["refused"] == body["written"] == 1
    assert body["refused"][0]["row"] == 3
    assert editor.get(answer.headers["location"]).json() == body
    assert "accidents-" not in register.snapshot().incidents.index[-1]
    assert register.history(body["preview"][0]["incident_id"])[0].author == "ed"


def test_a_preview_shows_mapping_samples_and_rows_and_writes_nothing(editor, register) -> None:
    before = register.revision
    body = post(editor, dry_run="true").json()
    assert [m["field"] for m in body["mapping"]] == ["date", "district", "killed"]
    assert body["columns"][1] == {"name": "Rayon", "samples": ["Ağdam", "Füzuli"]}
    assert "injured" in body["fields"]
    assert body["preview"][0]["districts"] == [{"district_id": "AZ-AGM", "weight": 1.0}]
    assert register.revision == before


def test_rejects_come_back_as_csv_to_correct_and_post_again(editor) -> None:
    body = post(editor).json()
    link = next(link["href"] for link in body["links"] if link["rel"] == "rejects")
    answer = editor.get(link)
    assert answer.headers["content-type"].startswith("text/csv")
    corrected = answer.content.replace(b"-3", b"3")
    assert post(editor, corrected, "rejects.csv").json()["counts"]["taken"] == 1


def test_the_mapping_can_be_stated(editor) -> None:
    body = post(
        editor, b"a,b\n2020-02-04,Aghdam\n", mapping='{"date": "a", "district": "b"}'
    ).json()
    assert body["counts"]["taken"] == 1


def test_all_or_nothing_is_a_problem_with_the_report_beside_it(editor, register) -> None:
    before = register.revision
    answer = post(editor, all_or_nothing="true")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["report"]["counts"]["refused"] == 1
    assert register.revision == before


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "data", "status"),
    [
        (b"", {}, 400),
        (b"a,b\n1,2\n", {}, 400),
        (b"x" * (2 * 2**20), {}, 413),
        (b"date,district\n" + b"2020-02-04,Aghdam\n" * 60, {}, 400),
        (zipped("x.csv", b"\0" * (40 * 2**20)), {}, 400),
        (zipped("../x.csv", TABLE), {}, 400),
        (b"%PDF-1.7 x", {}, 415),
        (b"<OGRVRTDataSource/>", {}, 415),
        (TABLE, {"mapping": "no json"}, 400),
        (TABLE, {"mapping": '{"date": "nope"}'}, 400),
        (TABLE, {"as": "nonsense"}, 400),
        (TABLE, {"date_order": "ymd"}, 400),
        (TABLE, {"unknown_field": "1"}, 400),
        (TABLE, {"encoding": "no-such-codec"}, 400),
        *((TABLE, {"encoding": name}, 400) for name in NO_ENCODINGS),
    ],
)
def test_bad_requests_are_problems_and_write_nothing(
    editor, register, content, data, status
) -> None:
    before = register.revision
    answer = post(editor, content, **data)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert register.revision == before


def test_no_file_is_a_bad_request(editor) -> None:
    assert editor.post("/imports", data={"as": "incidents"}).status_code == 400


@pytest.mark.parametrize("import_id", ["x", "0" * 32, "..%2F..%2Fetc%2Fpasswd", "0" * 31 + "/"])
def test_unknown_imports_are_not_found(editor, import_id) -> None:
    assert editor.get(f"/imports/{import_id}").status_code == 404


def test_a_suspected_duplicate_can_be_merged_from_its_report(editor, register) -> None:
    table = b"id,date,district,killed,injured\n9,2021-02-04,Aghdam,1,2\n"
    body = post(editor, table).json()
    pair = body["duplicates"][0]
    assert pair["candidate_id"] == "I4"
    url = f"/imports/{body['id']}/duplicates/{pair['row']}/merge"
    assert editor.post(url).json()["into"] == "I4"
    assert register.get("incident", pair["incident_id"]).merged_into == "I4"
    assert editor.post(f"/imports/{body['id']}/duplicates/77/merge").status_code == 404


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.dat"),
        ("C:\\x\\Ağ dam (1).CSV", "Ağ-dam-1.CSV"),
        ("", "upload.dat"),
        ("...", "upload.dat"),
        ("a\x00b.csv", "a-b.csv"),
    ],
)
def test_an_uploaded_name_never_leaves_its_folder(tmp_path: Path, name, kept) -> None:
    path = saved_upload(io.BytesIO(b"x"), name, tmp_path, 10)
    assert path == tmp_path / kept


def test_a_running_import_tells_its_sender_how_far_it_is(app, editor, monkeypatch) -> None:
    monkeypatch.setattr("service.import_reports._TOLD_SECONDS", 0)
    watch, seen = "ab" * 16, []
    watched = ImportReports.watched

    @contextmanager
    def looked_at(reports, name):
        with watched(reports, name) as tell:

            def tell_and_look(*state):
                tell(*state)
                seen.append(editor.get(f"/imports/{watch}/progress").json())

            yield tell_and_look

    monkeypatch.setattr(ImportReports, "watched", looked_at)
    assert post(editor, watch=watch).status_code == 201
    assert [one["stage"] for one in seen] == ["look through", "import"]
    assert (seen[0]["done"], seen[0]["total"]) == (2, None)
    assert (seen[1]["done"], seen[1]["total"]) == (2, 2)
    assert seen[1]["seconds"] >= 0
    # Afterwards nothing of it is left.
    assert editor.get(f"/imports/{watch}/progress").status_code == 404
    assert post(editor, watch="../x").status_code == 400
