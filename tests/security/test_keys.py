"""Keys: shown once, hashed at rest, revocable; the cookie and what it may do."""

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from geodata.errors import InvalidInput, NotFound
from geodata.register.store import SqliteStore, Store
from service.app import create_app
from service.http.request import COOKIE, SESSION, Caller, Sessions, same_origin
from service.security.guard import WRONG_OF_ADDRESS, WRONG_OF_KEY, Brake, who_is
from service.security.keys import CACHE_SECONDS, IDLE, KeyStore, expiry_of
from service.settings import Settings
from tests.commands.conftest import Run


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = SqliteStore(tmp_path / "keys.sqlite3")
    yield made
    made.close()


@pytest.fixture
def engine(store: Store) -> Engine:
    return store.engine


@pytest.fixture
def keys(store: Store) -> KeyStore:
    return KeyStore(store)


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


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_a_right_key_in_another_scheme_is_401(client: TestClient, scheme: str) -> None:
    key = client.app.state.keys.add("a", "admin")  # type: ignore[attr-defined]
    answer = client.get("/keys", headers={"Authorization": f"{scheme} {key}"})
    assert answer.status_code == 401


def test_logging_in_sets_a_cookie_that_reads_and_writes(client: TestClient) -> None:
    log_in(client)
    assert client.get("/keys").status_code == 200
    own = {"Sec-Fetch-Site": "same-origin"}
    made = client.post("/keys", json={"name": "o", "role": "editor"}, headers=own)
    assert made.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_cannot_use_the_cookie(
    client: TestClient, headers: dict[str, str]
) -> None:
    log_in(client)
    made = client.post("/keys", json={"name": "o", "role": "editor"}, headers=headers)
    assert made.status_code == 403


def test_another_sites_page_cannot_sign_anybody_in(client: TestClient) -> None:
    key = client.app.state.keys.add("theirs", "analyst")  # type: ignore[attr-defined]
    sent = client.post("/session", data={"key": key}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (sent.status_code, "set-cookie" in sent.headers) == (403, False)


def test_a_forged_or_old_cookie_is_the_public(client: TestClient) -> None:
    client.cookies.set(COOKIE, "forged.value.here")
    assert client.get("/keys").status_code == 401


def test_logging_out_ends_the_session(client: TestClient) -> None:
    log_in(client)
    answer = client.post("/session/end", follow_redirects=False)
    assert client.get("/keys").status_code == 401
    gone = answer.headers["set-cookie"].lower()
    assert gone.startswith(f"{COOKIE}=")
    assert {"max-age=0", "httponly", "samesite=lax"} <= {one.strip() for one in gone.split(";")}
    assert COOKIE not in client.cookies


def connection(cookie: str | None, session: str | None) -> HTTPConnection:
    headers = [] if cookie is None else [(b"cookie", f"{COOKIE}={cookie}".encode())]
    state = {"caller": Caller("ann", "editor", session=session)}
    return HTTPConnection({"type": "http", "headers": headers, "state": state})


def test_only_a_session_that_is_known_has_a_token_for_its_forms() -> None:
    sessions = Sessions()
    own = sessions.form_token(connection("a", "1"))
    assert len(own) == 64
    assert sessions.takes_form(connection("a", "1"), own)
    assert not sessions.takes_form(connection("b", "2"), own)
    for without in (connection(None, None), connection("a", None), connection(None, "1")):
        assert sessions.form_token(without) == ""
        assert not sessions.takes_form(without, own)
        assert not sessions.takes_form(without, "")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "x"])
def test_the_next_page_stays_here(client: TestClient, target: str) -> None:
    key = client.app.state.keys.add("n", "analyst")  # type: ignore[attr-defined]
    answer = client.post("/session", data={"key": key, "next": target}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_key_expires(keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.add("Field office", "editor", datetime.now(UTC) + timedelta(hours=1))
    assert keys.check(key) is not None
    session = keys.begin_session(key.split("_")[1])
    assert keys.by_session(session) is not None
    later = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr("service.security.keys._now", lambda: later)
    assert keys.check(key) is None
    assert keys.by_session(session) is None
    with pytest.raises(NotFound):
        keys.rotate("Field office")


@pytest.mark.parametrize("text", ["2020-01-01", "-3d", "soon", "99999999999d", "2027-13-01"])
def test_an_expiry_that_cannot_be_meant_is_refused(keys: KeyStore, text: str) -> None:
    with pytest.raises(InvalidInput):
        keys.add("x", "editor", expiry_of(text))


def test_a_rotated_key_keeps_its_name_and_the_old_secret_ends(keys: KeyStore) -> None:
    old = keys.add("Field office", "editor")
    session = keys.begin_session(old.split("_")[1])
    new = keys.rotate("Field office")
    assert keys.check(old) is None
    assert keys.check(new) == Caller("Field office", "editor")
    assert old.split("_")[1] == new.split("_")[1]
    assert keys.by_session(session) is None


def test_an_overlap_lets_both_secrets_work_for_a_while(keys: KeyStore) -> None:
    old = keys.add("Field office", "editor")
    new = keys.rotate("Field office", timedelta(hours=1))
    assert keys.check(old) == keys.check(new) == Caller("Field office", "editor")
    newest = keys.rotate("Field office")
    assert [keys.check(key) is not None for key in (old, new, newest)] == [False, False, True]


def test_the_old_secret_ends_with_the_overlap(
    keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = keys.add("Field office", "editor")
    new = keys.rotate("Field office", timedelta(hours=1))
    later = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr("service.security.keys._now", lambda: later)
    assert keys.check(old) is None
    assert keys.check(new) is not None


def test_a_register_of_an_earlier_version_keeps_its_keys(store: Store, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(
            "CREATE TABLE access_keys (key_id VARCHAR(16) PRIMARY KEY, name VARCHAR(120) NOT NULL "
            "UNIQUE, role VARCHAR(16) NOT NULL, hash VARCHAR(64) NOT NULL, created_at DATETIME "
            "NOT NULL, last_used_at DATETIME, revoked_at DATETIME)"
        ))  # fmt: skip
        digest = hashlib.sha256(b"secret").hexdigest()
        connection.execute(text(
            "INSERT INTO access_keys VALUES ('abc', 'old', 'editor', :digest, "
            "'2024-01-01 00:00:00', NULL, NULL)"), {"digest": digest})  # fmt: skip
    keys = KeyStore(store)
    assert keys.check("hm_abc_secret") == Caller("old", "editor")
    assert keys.check(keys.rotate("old")) == Caller("old", "editor")


def test_a_copied_cookie_dies_when_its_session_ends(client: TestClient) -> None:
    log_in(client)
    copied = client.cookies[COOKIE]
    thief = TestClient(client.app, cookies={COOKIE: copied})
    assert thief.get("/keys").status_code == 200
    client.post("/session/end")
    assert thief.get("/keys").status_code == 401


def test_a_session_ends_by_itself(keys: KeyStore, store: Store, engine: Engine) -> None:
    token = keys.begin_session(keys.add("x", "editor").split("_")[1])
    for column, age in (("seen_at", IDLE), ("started_at", SESSION)):
        assert KeyStore(store).by_session(token) is not None
        moment = datetime.now(UTC) - age - timedelta(seconds=1)
        with engine.begin() as connection:
            old = connection.execute(text(f"SELECT {column} FROM access_sessions")).scalar()
            change = text(f"UPDATE access_sessions SET {column} = :moment")
            connection.execute(change, {"moment": moment.replace(tzinfo=None)})
        assert KeyStore(store).by_session(token) is None
        with engine.begin() as connection:
            connection.execute(change, {"moment": old})


def test_the_database_holds_no_sessions_token(keys: KeyStore, engine: Engine) -> None:
    token = keys.begin_session(keys.add("x", "editor").split("_")[1])
    with engine.connect() as connection:
        assert token not in str(connection.execute(text("SELECT * FROM access_sessions")).all())


def test_wrong_keys_are_braked_but_those_at_work_go_on(client: TestClient) -> None:
    key = client.app.state.keys.add("at work", "editor")  # type: ignore[attr-defined]
    new = client.app.state.keys.add("new", "editor")  # type: ignore[attr-defined]

    def status(text: str) -> int:
        return client.get("/healthz", headers={"Authorization": f"Bearer {text}"}).status_code

    assert status(key) == 200
    codes = [status(f"hm_{n:012x}_wrong") for n in range(WRONG_OF_ADDRESS + 5)]
    assert set(codes[:WRONG_OF_ADDRESS]) == {401}
    assert set(codes[WRONG_OF_ADDRESS:]) == {429}
    assert status(key) == 200
    assert status(new) == 429  # nobody has seen it right yet
    form = client.post("/session", data={"key": "hm_000000000000_wrong"})
    assert form.status_code == 429
    assert int(form.headers["retry-after"]) > 0


def test_wrong_secrets_of_one_key_are_braked_from_wherever_they_come() -> None:
    brake = Brake()
    for n in range(WRONG_OF_KEY):
        brake.check(f"192.0.2.{n}", "abc", f"hm_abc_{n}")
        brake.note(f"192.0.2.{n}", "abc", f"hm_abc_{n}", right=False)
    with pytest.raises(InvalidInput):
        brake.check("198.51.100.1", "abc", "hm_abc_next")
    brake.check("198.51.100.1", "other", "hm_other_x")


def test_a_key_that_was_right_is_braked_like_others_once_it_is_revoked() -> None:
    brake = Brake()
    brake.note("192.0.2.1", "abc", "hm_abc_x", right=True)
    for _ in range(WRONG_OF_KEY):
        brake.check("192.0.2.1", "abc", "hm_abc_x")
        brake.note("192.0.2.1", "abc", "hm_abc_x", right=False)
    with pytest.raises(InvalidInput):
        brake.check("192.0.2.1", "abc", "hm_abc_x")


def test_an_address_counts_as_its_host_however_it_is_written() -> None:
    assert who_is("::ffff:192.0.2.7") == who_is("192.0.2.7")
    assert who_is("2001:db8::17%eth0") == who_is("2001:db8::99") != who_is("2001:db8:0:1::17")


def test_reads_of_restricted_data_are_noted_without_what_they_held(
    client: TestClient, tmp_path: Path
) -> None:
    key = client.app.state.keys.add("desk", "analyst")  # type: ignore[attr-defined]
    own = {"Authorization": f"Bearer {key}"}
    client.get("/collections/incidents/items/I1")  # the public view is nobody's business
    client.get("/healthz", headers=own)
    client.get("/maps/risk.csv?full=true", headers=own)
    client.get("/collections/incidents/items/I1?f=json", headers=own)
    client.get("/collections/incidents/items?f=csv&full=false", headers=own)
    client.get("/collections/incidents/items/none", headers=own)
    client.get("/imports/abc", headers=own)
    [file] = (tmp_path / "data").glob("audit-*.jsonl")
    assert file.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["what"], line["path"]) for line in lines] == [
        ("read", "/collections/incidents/items/I1"),
        ("import", "/imports/abc"),
    ]
    first = lines[0]
    assert first["name"] == "desk"
    assert first["key"] == key.split("_")[1]
    assert first["client"] == "testclient"
    assert first["query"] == "f=json"
    assert first["status"] == 200
    assert key.split("_", 2)[2] not in file.read_text()


def test_the_command_line_rotates_and_lists_what_expires(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "own"
    old = run("keys", "add", "o", "--role", "editor", "--expires", "90d", "--data", data).out
    new = run("keys", "rotate", "o", "--overlap", "2", "--data", data)
    assert new.out.startswith(old.rpartition("_")[0][:15])
    assert new.out != old
    assert "2 hours" in new.err
    assert (
        f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-}"
        in run("keys", "list", "--data", data).out
    )


def test_a_link_on_another_sites_page_opens_the_session(client: TestClient) -> None:
    log_in(client)
    assert client.get("/keys", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_another_sites_page_cannot_end_the_session(client: TestClient) -> None:
    log_in(client)
    other = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/session/end", headers=other).status_code == 403
    assert client.get("/keys").status_code == 200


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://inside:8000", True),
        ("https://maps.example.org", True),
        ("https://maps.example.org.evil.example", False),
        ("http://maps.example.org", False),
    ],
)
def test_a_page_is_its_own_under_the_address_that_clients_see(origin: str, own: bool) -> None:
    headers = [(b"host", b"inside:8000"), (b"origin", origin.encode())]
    scope = {"type": "http", "scheme": "http", "path": "/", "headers": headers}
    assert same_origin(HTTPConnection(scope), "https://maps.example.org/hazard/") is own


@pytest.mark.parametrize(
    ("public", "base", "secure"),
    [
        ("", "http://testserver", False),
        ("", "https://testserver", True),
        ("https://maps.example.org", "http://testserver", True),
    ],
)
def test_the_cookie_goes_over_https_alone_where_clients_use_it_and_ends_with_the_session(
    tmp_path: Path, register: object, public: str, base: str, secure: bool
) -> None:
    settings = Settings(data=tmp_path / "data", public_url=public)
    client = TestClient(create_app(settings, register), base_url=base)  # type: ignore[arg-type]
    key = client.app.state.keys.add("n", "analyst")  # type: ignore[attr-defined]
    answer = client.post("/session", data={"key": key}, follow_redirects=False)
    parts = {one.strip().lower() for one in answer.headers["set-cookie"].split(";")}
    assert ("secure" in parts) is secure
    assert f"max-age={SESSION.total_seconds():.0f}" in parts


def test_a_session_that_begins_leaves_the_others_and_takes_away_those_that_ended(
    keys: KeyStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keys.add("x", "editor").split("_")[1]
    first = keys.begin_session(name)
    keys.begin_session(name)
    assert keys.by_session(first) is not None
    later = datetime.now(UTC) + SESSION + timedelta(seconds=1)
    monkeypatch.setattr("service.security.keys._now", lambda: later)
    keys.begin_session(name)
    with engine.connect() as connection:
        count = text("SELECT count(*) FROM access_sessions")
        assert connection.execute(count).scalar() == 1


def test_a_session_in_use_lasts_longer_than_an_idle_one_and_its_key_says_when(
    keys: KeyStore, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = keys.begin_session(keys.add("x", "editor").split("_")[1])
    start, step = datetime.now(UTC), IDLE * 2 / 3
    for number in range(4):
        now = start + number * step
        monkeypatch.setattr("service.security.keys._now", lambda now=now: now)
        assert KeyStore(store).by_session(token) is not None
        assert keys.listing()[0].last_used_at == now


def test_what_another_process_revokes_opens_nothing_for_longer_than_a_moment(
    keys: KeyStore, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.add("x", "editor")
    assert keys.check(key) is not None
    KeyStore(store).revoke("x")
    later = time.monotonic() + CACHE_SECONDS
    monkeypatch.setattr("service.security.keys.time.monotonic", lambda: later)
    assert keys.check(key) is None


def test_the_brake_holds_for_the_address_and_for_the_key_each_by_itself() -> None:
    brake = Brake()
    for n in range(WRONG_OF_ADDRESS):
        brake.note("192.0.2.1", f"k{n}", f"hm_k{n}_x", right=False)
    for _ in range(WRONG_OF_KEY):
        brake.note("192.0.2.2", "abc", "hm_abc_x", right=False)
    for address, key_id in (("192.0.2.1", "new"), ("192.0.2.1", ""), ("192.0.2.3", "abc")):
        with pytest.raises(InvalidInput):
            brake.check(address, key_id, "hm_next")
    brake.check("192.0.2.3", "new", "hm_next")
