"""The forms for editors append to either store: correct, verify, restore, and a conflict."""

from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from geodata.register import Register
from service.app import create_app
from service.settings import Settings
from tests.conftest import make_country
from tests.pages.test_editing import Form
from tests.register.conftest import blast

HTML = {"accept": "text/html"}


def test_a_record_is_corrected_verified_and_restored_through_forms(
    opener: Callable[..., Register], tmp_path: Path
) -> None:
    register = opener()
    register.add_boundaries(make_country(), edition="XX-1", author="ann")
    register.create(blast(place_as_reported="Dərə kəndi"), author="ann")
    with TestClient(create_app(Settings(data=tmp_path), register)) as client:
        client.post("/session", data={"key": client.app.state.keys.add("bob", "editor")})

        def send(path: str, **typed: str) -> int:
            fields = Form(client.get(path, headers=HTML).text).fields | typed
            return client.post(path, data=fields, headers=HTML, follow_redirects=False).status_code

        stale = Form(client.get("/incidents/b1/edit", headers=HTML).text).fields
        edit = {"place_as_reported": "Yuxarı Dərə", "reason": "read again"}
        assert send("/incidents/b1/edit", **edit) == 303
        clash = client.post(
            "/incidents/b1/edit",
            data=stale | {"place_as_reported": "Aşağı Dərə", "reason": "mine"},
            headers=HTML,
            follow_redirects=False,
        )
        assert clash.status_code == 409
        assert "Aşağı Dərə" in clash.text
        assert "Yuxarı Dərə" in clash.text
        assert send("/incidents/b1/verify") == 303
        assert register.snapshot().incident("b1").record_status == "verified"
        assert send("/incidents/b1/restore/1") == 303
    assert register.snapshot().incident("b1").place_as_reported == "Dərə kəndi"
    history = register.history("b1")
    assert [revision.version for revision in history] == [1, 2, 3, 4]
    assert [revision.author for revision in history[1:]] == ["bob"] * 3
