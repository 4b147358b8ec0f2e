"""Addresses in pages come from one checked reading of the request."""

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings

HTML = {"accept": "text/html"}
FORGED = ['evil.example"><b>', "evil.example/x?", "a@evil.example", "evil example", "evil:99999999"]


@pytest.mark.parametrize("host", FORGED)
@pytest.mark.parametrize("path", ["/about", "/", "/incidents", "/nowhere", "/qr.svg?link=/about"])
def test_a_host_that_is_none_is_not_echoed(reader, path, host):
    assert "evil" not in reader.get(path, headers=HTML | {"host": host}).text


@pytest.mark.parametrize("host", ["map.example", "map.example:8443", "[::1]:80"])
def test_a_host_that_is_one_stands_in_the_page(reader, host):
    page = reader.get("/about", headers=HTML | {"host": host}).text
    assert f'content="http://{host}/about"' in page


def test_behind_a_proxy_the_configured_address_counts(register, tmp_path):
    settings = Settings(data=tmp_path / "data", public_url="https://mines.example/register/")
    with TestClient(create_app(settings, register)) as client:
        for path in ("/about", "/nowhere"):
            page = client.get(path, headers=HTML | {"host": "evil.example"}).text
            assert 'href="/register/incidents"' in page
            assert "https://mines.example/register" in page
            assert "evil" not in page


def test_an_error_page_knows_who_is_signed_in(client):
    key = client.app.state.keys.add("field office", "editor")
    client.post("/session", data={"key": key})
    page = client.get("/incidents/none?lang=ru", headers=HTML)
    assert page.status_code == 404
    assert "field office" in page.text
    assert '<html lang="ru"' in page.text
    assert client.get("/nowhere?lang=xx", headers=HTML).status_code == 404
