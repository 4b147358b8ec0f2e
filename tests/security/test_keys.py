"""Keys: shown once, hashed at rest, revocable; the cookie and what it may do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from starlette.testclient import TestClient

from geodata.errors import InvalidInput, NotFound
from service.auth import Caller
from service.security.keys import KeyStore
from service.security.sessions import COOKIE


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path / 'keys.db'}")
    yield made
    made.dispose()


@pytest.fixture
def keys(engine: Engine) -> KeyStore:
    return KeyStore(engine)


def test_a_key_finds_its_caller(keys: KeyStore) -> None:
    key = keys.add("Field office", "editor")
    assert keys.check(key) == Caller("Field office", "editor")


@pytest.mark.parametrize(
    "damage", ["x", "", "hm_", "hm_abc", "hm_abc_def", "ключ", "\ud800", "_" * 99]
)
def test_a_wrong_key_finds_nobody(keys: KeyStore, damage: str) -> None:
    keys.add("Field office", "editor")
    assert keys.check(damage) is None


def test_a_right_id_with_a_wrong_secret_finds_nobody(keys: KeyStore) -> None:
    key = keys.add("Field office", "editor")
    assert keys.check(key[:-1] + ("A" if key[-1] != "A" else "B")) is None


def test_the_secret_is_nowhere_in_the_database(keys: KeyStore, engine: Engine) -> None:
    key = keys.add("Field office", "editor")
    with engine.connect() as connection:
        row = str(connection.execute(text("SELECT * FROM access_keys")).all())
    assert key.split("_", 2)[2] not in row
    assert key.split("_", 2)[2] not in str(keys.listing())


def test_a_revoked_key_finds_nobody(keys: KeyStore) -> None:
    key = keys.add("Field office", "admin")
    assert keys.check(key) is not None
    keys.revoke("Field office")
    assert keys.check(key) is None
    with pytest.raises(NotFound):
        keys.revoke("Field office")


def test_the_last_use_is_recorded(keys: KeyStore) -> None:
    key = keys.add("Field office", "analyst")
    assert keys.listing()[0].last_used_at is None
    keys.check(key)
    assert keys.listing()[0].last_used_at is not None


@pytest.mark.parametrize(("name", "role"), [("", "editor"), ("x" * 121, "editor"), ("a", "root")])
def test_a_key_needs_a_name_and_a_role(keys: KeyStore, name: str, role: str) -> None:
    with pytest.raises(InvalidInput):
        keys.add(name, role)


def test_a_name_is_taken_once(keys: KeyStore) -> None:
    keys.add("Field office", "editor")
    with pytest.raises(InvalidInput, match="already"):
        keys.add("Field office", "admin")


def admin(client: TestClient) -> dict[str, str]:
    key = client.app.state.keys.add("root", "admin")  # type: ignore[attr-defined]
    return {"Authorization": f"Bearer {key}"}


def test_keys_are_for_administrators(client: TestClient) -> None:
    assert client.get("/keys").status_code == 401
    editor = client.app.state.keys.add("e", "editor")  # type: ignore[attr-defined]
    answer = client.get("/keys", headers={"Authorization": f"Bearer {editor}"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


def test_an_administrator_adds_lists_and_revokes(client: TestClient) -> None:
    headers = admin(client)
    made = client.post("/keys", json={"name": "o", "role": "editor"}, headers=headers)
    assert made.status_code == 201
    key = {"Authorization": f"Bearer {made.json()['key']}"}
    assert client.get("/healthz", headers=key).status_code == 200
    assert {k["name"] for k in client.get("/keys", headers=headers).json()["keys"]} == {"root", "o"}
    assert client.delete("/keys/o", headers=headers).status_code == 204
    assert client.get("/healthz", headers=key).status_code == 401


def test_an_invalid_key_is_401_and_not_the_public_view(client: TestClient) -> None:
    answer = client.get("/collections", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def log_in(client: TestClient) -> None:
    key = client.app.state.keys.add("page admin", "admin")  # type: ignore[attr-defined]
    answer = client.post("/session", data={"key": key, "next": "/healthz"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/healthz"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert key.split("_", 2)[2].lower() not in cookie


def test_logging_in_sets_a_cookie_that_reads_and_writes(client: TestClient) -> None:
    log_in(client)
    assert client.get("/keys").status_code == 200
    own = {"Sec-Fetch-Site": "same-origin"}
    made = client.post("/keys", json={"name": "o", "role": "editor"}, headers=own)
    assert made.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}],
)
def test_another_sites_page_cannot_use_the_cookie(
    client: TestClient, headers: dict[str, str]
) -> None:
    log_in(client)
    made = client.post("/keys", json={"name": "o", "role": "editor"}, headers=headers)
    assert made.status_code == 403
    assert client.post("/session", data={"key": "x"}, headers=headers).status_code == 403


def test_a_forged_or_old_cookie_is_the_public(client: TestClient) -> None:
    client.cookies.set(COOKIE, "forged.value.here")
    assert client.get("/keys").status_code == 401


def test_logging_out_ends_the_session(client: TestClient) -> None:
    log_in(client)
    client.post("/session/end")
    assert client.get("/keys").status_code == 401


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "x"])
def test_the_next_page_stays_here(client: TestClient, target: str) -> None:
    key = client.app.state.keys.add("n", "analyst")  # type: ignore[attr-defined]
    answer = client.post("/session", data={"key": key, "next": target}, follow_redirects=False)
    assert answer.headers["location"] == "/"
