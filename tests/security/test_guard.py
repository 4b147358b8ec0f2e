"""What every request passes: ids, limits, headers, metrics, logs."""

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from geodata.errors import GeodataError
from service.app import create_app
from service.http import problems
from service.security.guard import SMALL_BODY
from service.security.telemetry import JsonLines, configuration
from service.settings import Settings


def subclasses(kind: type) -> set[type]:
    return {kind} | {s for c in kind.__subclasses__() for s in subclasses(c)}


def test_every_error_of_the_domain_has_a_status() -> None:
    assert subclasses(GeodataError) - {GeodataError} == set(problems.STATUS)


def test_each_answer_has_an_id_and_safe_headers(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert len(answer.headers["x-request-id"]) == 16
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


def test_a_given_request_id_is_kept_and_nonsense_is_not(client: TestClient) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "abcdef-123456"})
    assert kept.headers["x-request-id"] == "abcdef-123456"
    replaced = client.get("/healthz", headers={"X-Request-ID": "a b\tc"})
    assert replaced.headers["x-request-id"] != "a b\tc"


def limited(tmp_path: Path, register: object, **settings: object) -> TestClient:
    made = Settings(data=tmp_path, **settings)  # type: ignore[arg-type]
    return TestClient(create_app(made, register))  # type: ignore[arg-type]


def test_a_body_over_the_limit_is_413(tmp_path: Path, register: object) -> None:
    client = limited(tmp_path, register, max_body_mb=0.001)
    answer = client.post("/session", data={"key": "x" * 5_000})
    assert answer.status_code == 413
    assert answer.json()["code"] == "body-too-large"


def test_a_body_without_length_is_counted_as_it_comes(tmp_path: Path, register: object) -> None:
    client = limited(tmp_path, register, max_body_mb=0.001)
    pieces = (b"key=" + b"x" * 500 for _ in range(10))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/session", content=pieces, headers=headers).status_code == 413


def test_too_many_requests_are_429_with_advice(tmp_path: Path, register: object) -> None:
    client = limited(tmp_path, register, rate_per_minute=3)
    codes = [client.get("/healthz").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


def test_metrics_count_requests_by_route(client: TestClient) -> None:
    client.get("/healthz")
    text = client.get("/metrics").text
    assert 'hazardmap_requests_total{method="GET",route="/healthz",status="200"}' in text
    assert "hazardmap_incidents 5.0" in text


def test_ready_tells_the_revision_and_fails_truthfully(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").json()["incidents"] == 5

    def lost() -> None:
        raise problems.StoreError("The database does not answer.")

    monkeypatch.setattr(client.app.state.register, "check", lost)  # type: ignore[attr-defined]
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert client.get("/healthz").status_code == 200


def test_logs_hold_no_query_and_no_key(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.get("/healthz?token=QUERYMARK", headers={"Authorization": "Bearer KEYMARK"})
    lines = [
        json.loads(JsonLines().format(r)) for r in caplog.records if r.name.startswith("hazard")
    ]
    assert any(line.get("path") == "/healthz" and "request_id" in line for line in lines)
    assert "QUERYMARK" not in str(lines)
    assert "KEYMARK" not in str(lines)


def test_an_unforeseen_error_shows_no_detail(
    tmp_path: Path, register: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(Settings(data=tmp_path), register)  # type: ignore[arg-type]
    monkeypatch.setattr(type(register), "check", lambda self: 1 / 0)
    answer = TestClient(app, raise_server_exceptions=False).get("/readyz")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert answer.json()["code"] == "internal-error"


@pytest.mark.parametrize("lang", ["az", "ru", "en"])
def test_a_browser_gets_errors_as_pages_in_its_language(client: TestClient, lang: str) -> None:
    headers = {"Accept": "text/html,application/json;q=0.5", "Accept-Language": lang}
    answer = client.get("/nowhere<script>", headers=headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert f'lang="{lang}"' in answer.text
    assert "<script>" not in answer.text


def test_a_program_gets_errors_as_problems(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "application/json, text/html"})
    assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert client.get("/nowhere").headers["content-type"] == problems.MEDIA_TYPE


@pytest.mark.parametrize("path", ["/imports", "/collections/incidents/items", "/keys", "/session"])
def test_without_a_key_a_body_is_refused_unread(client: TestClient, path: str) -> None:
    async def ask() -> list[dict[str, object]]:
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            raise AssertionError("the body was read")

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        headers = [(b"host", b"x"), (b"content-length", b"60000000")]
        headers.append((b"content-type", b"multipart/form-data; boundary=x"))
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
        scope |= {"query_string": b"", "client": ("9.9.9.9", 1), "server": ("x", 80)}
        await client.app(scope | {"scheme": "http", "root_path": ""}, receive, send)  # type: ignore[operator]
        return sent

    # In a thread of its own: a browser test before this one may have left a loop running here.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, ask()).result()[0]["status"] == 401


def test_a_key_and_a_kind_decide_how_large_a_body_may_be(client: TestClient) -> None:
    key = client.app.state.keys.add("e", "editor")  # type: ignore[attr-defined]
    own = {"Authorization": f"Bearer {key}", "Content-Type": "application/geo+json"}
    items = "/collections/incidents/items"
    # With a key it is read and judged; but what lies in memory is bounded.
    assert client.post(items, content=b" " * 100_000, headers=own).status_code == 400
    assert client.post(items, content=b" " * (9 * 2**20), headers=own).status_code == 413
    pieces = (b" " * 40_000 for _ in range(3))
    assert client.post(items, content=pieces).status_code in (401, 413)


def test_libraries_are_kept_at_warning() -> None:
    made = configuration("debug")
    assert made["root"]["level"] == "WARNING"
    assert {made["loggers"][name]["level"] for name in ("hazardmap", "geodata")} == {"DEBUG"}


def test_the_access_log_names_key_and_address_but_not_the_key(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    key = client.app.state.keys.add("e", "editor")  # type: ignore[attr-defined]
    client.get("/healthz", headers={"Authorization": f"Bearer {key}"})
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records]
    [line] = [one for one in lines if one.get("path") == "/healthz"]
    assert line["key"] == key.split("_")[1]
    assert line["client"] == "testclient"
    assert key.split("_", 2)[2] not in caplog.text


def test_each_key_has_a_limit_of_its_own_wherever_it_is_used(
    tmp_path: Path, register: object
) -> None:
    app = limited(tmp_path, register, rate_per_minute=4).app
    busy, calm = (app.state.keys.add(name, "editor") for name in ("a", "b"))  # type: ignore[attr-defined]

    def status(address: str, key: str) -> int:
        client = TestClient(app, client=(address, 50_000))
        return client.get("/healthz", headers={"Authorization": f"Bearer {key}"}).status_code

    spread = [status(f"192.0.2.{n}", busy) for n in range(1, 7)]
    assert spread == [200, 200, 200, 200, 429, 429]
    assert status("192.0.2.1", calm) == 200
    crowd = [status("198.51.100.7", calm) for _ in range(3)]
    assert crowd == [200, 200, 200]
    assert TestClient(app, client=("198.51.100.7", 1)).get("/healthz").status_code == 200
    assert TestClient(app, client=("198.51.100.7", 1)).get("/healthz").status_code == 429


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("stated", [True, False], ids=["length stated", "counted"])
def test_a_body_of_just_the_limit_is_taken(tmp_path: Path, register: object, stated: bool) -> None:
    client = limited(tmp_path, register, max_body_mb=0.001)
    for size, status in ((1_048, 400), (1_049, 413)):  # no key is that long
        body = b"key=" + b"x" * (size - 4)
        answer = client.post("/session", content=body if stated else iter([body]), headers=FORM)
        assert answer.status_code == status


def test_without_a_key_a_body_of_no_stated_length_ends_where_a_form_of_the_login_would(
    client: TestClient,
) -> None:
    for size, status in ((SMALL_BODY, 400), (SMALL_BODY + 1, 413)):
        pieces = iter([b"key=", b"x" * (size - 4)])
        assert client.post("/session", content=pieces, headers=FORM).status_code == status


def status_of(client: TestClient, **members: Any) -> int:
    """Ask with a scope as a server gives it; for what no client would send."""

    async def ask() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b""}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/healthz", "headers": []}
        scope |= {"query_string": b"", "client": ("9.9.9.9", 1), "server": ("x", 80)}
        await client.app(scope | {"scheme": "http", "root_path": ""} | members, receive, send)  # type: ignore[operator, arg-type]
        return sent

    with ThreadPoolExecutor(1) as pool:
        return int(pool.submit(asyncio.run, ask()).result()[0]["status"])


@pytest.mark.parametrize("length", [b"abc", b"-1", b"1e3", b"\xb2"])
def test_a_length_that_is_no_number_is_413(client: TestClient, length: bytes) -> None:
    headers = [(b"host", b"x"), (b"content-length", length)]
    assert status_of(client, method="POST", path="/session", headers=headers) == 413


def test_a_request_that_its_connection_has_counted_is_not_counted_again(
    tmp_path: Path, register: object
) -> None:
    client = limited(tmp_path, register, rate_per_minute=2)
    own = [status_of(client, state={"counted": "9.9.9.9"}) for _ in range(4)]
    assert own == [200] * 4
    # The connection of a proxy has counted the proxy, and not whom it names.
    named = [status_of(client, state={"counted": "10.0.0.1"}) for _ in range(3)]
    assert named == [200, 200, 429]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_a_key_may_be_written_in_any_letters(client: TestClient, scheme: str) -> None:
    key = client.app.state.keys.add("a", "admin")  # type: ignore[attr-defined]
    assert client.get("/keys", headers={"Authorization": f"{scheme} {key}"}).status_code == 200
