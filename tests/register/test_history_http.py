"""Histories and differences over HTTP, as everybody sees them."""

from pathlib import Path

from starlette.testclient import TestClient

from geodata.register import Register
from service.app import create_app
from service.settings import Settings
from tests.register.conftest import blast
from tests.register.test_public_view import MARK, leaks, register, secret_incident

__all__ = ["register"]


def test_http_history_and_difference_leak_nothing(register: Register, tmp_path: Path) -> None:
    register.replace(secret_incident(device="uxo"), author=MARK, reason=MARK)
    register.replace(blast("p1", device="uxo"), author=MARK, reason="photo")
    app = create_app(Settings(data=tmp_path / "data"), register)
    with TestClient(app) as client:
        secret = client.get("/incidents/s1/history")
        page = client.get("/incidents/s1/history", params={"f": "html"})
        public = client.get("/incidents/p1/history")
        diff = client.get("/diff", params={"from": "2000-01-01"})
        missing = client.get("/incidents/none/history")
        backwards = client.get("/diff", params={"from": "2024-01-02", "to": "2024-01-01"})
        openly = client.get("/diff")

    for answer in (secret, page, public, diff):
        assert answer.status_code == 200, answer.text
        assert not leaks(answer.text)
        assert answer.headers["etag"]
    assert [r["change"] for r in secret.json()["revisions"]] == ["create", "correct"]
    assert {f["field"] for f in public.json()["revisions"][1]["fields"]} == {
        "device",
        "latitude",
        "longitude",
        "where_precision",
    }
    assert public.json()["revisions"][1]["reason"] == "photo"
    assert [r["id"] for r in diff.json()["added"]] == ["p1", "s1"]
    assert diff.json()["ranks"][0]["district_id"] == "XX-A"
    assert (missing.status_code, backwards.status_code, openly.status_code) == (404, 400, 400)
