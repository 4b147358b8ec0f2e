"""No request, however malformed, makes the service fail."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.laws import examples

PATHS = [
    "/",
    "/collections",
    "/collections/incidents",
    "/collections/incidents/items",
    "/collections/risk/items",
    "/collections/districts/items",
    "/collections/statistics/items",
    "/collections/incidents/items/I1",
    "/collections/incidents/queryables",
    "/collections/places/schema",
    "/api",
    "/docs",
    "/conformance",
    "/collections/incidents/tiles/WebMercatorQuad/0/0/0",
    "/maps/nope",
]
NAMES = [
    *("limit", "offset", "token", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang"),
    *("filter-crs", "properties", "sortby", "f", "lang", "as-of", "boundaries", "killed", "device"),
    *("date_start", "period", "weight", "half-life", "where", "hxl", "", "\x00", "ключ"),
]
ODD = [
    *("", "\x00", "null", "[]", "{}", "NaN", "-0", "1e309", "9" * 400, "٣", "true", "../../x"),
    *("%", "%zz", "'; DROP TABLE x", "<script>", "\u202e", "💥", "\ufffe", "a" * 9_000, "1,2,3,4"),
    *("2021-01-01", "0001-01-01/9999-12-31", "killed = 1", '{"op":"="}', "csv", "EPSG:4326"),
]
VALUES = st.one_of(st.sampled_from(ODD), st.text(max_size=60))
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=4)
SETTINGS = examples(
    150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def strict(world) -> TestClient:
    """A client that gives failures as answers, as a server does."""
    return TestClient(world.client.app, raise_server_exceptions=False)


def is_answer(answer) -> bool:
    """No failure of the service; refusals are problems with a code and a sentence."""
    if answer.status_code >= 500:
        return False
    if (
        answer.status_code >= 400
        and answer.content
        and "json" in answer.headers.get("content-type", "")
    ):
        body = answer.json()
        return bool(body["code"] and body["description"])
    return True


@SETTINGS
@given(st.sampled_from(PATHS), PAIRS)
def test_any_query_is_answered_or_refused(strict, path, pairs) -> None:
    query = "&".join(
        f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in pairs
    )
    assert is_answer(strict.get(f"{path}?{query}"))


@SETTINGS
@given(st.sampled_from(PATHS), st.binary(max_size=60))
def test_any_bytes_of_a_query_are_answered_or_refused(strict, path, raw) -> None:
    assert is_answer(strict.get(f"{path}?limit={quote(raw)}&{quote(raw)}"))
    assert is_answer(strict.get(f"{path}/{quote(raw)}"))


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("Accept", "Accept-Language", "If-None-Match", "If-Match", "Content-Type", "Origin"),
            *("Authorization", "Cookie", "Content-Crs", "Prefer", "Host", "Range", "X-Request-ID"),
        ]
    ),
    st.one_of(
        st.sampled_from(
            ["*/*;q=2", "q=", ",,,", "text/html;q=a", '"', "W/", "Bearer", "a=b;;", "[::1"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    ),
    max_size=4,
)
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO"]


@SETTINGS
@given(st.sampled_from(PATHS), st.sampled_from(METHODS), HEADERS, st.binary(max_size=40))
def test_any_method_headers_and_body_are_answered_or_refused(
    strict, path, method, headers, body
) -> None:
    assert is_answer(strict.request(method, path, headers=headers, content=body))


MEMBERS = [
    *("incident_id", "date_start", "date_end", "districts", "district_id", "casualties", "killed"),
    *("killed_civilian", "longitude", "latitude", "reports", "sources", "evidence", "version"),
    *("record_status", "device", "description", "place_as_reported", "recorded_at", "x"),
]
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**64), 2**64),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=20),
        st.sampled_from(["2021-01-01", "AZ-AGM:1", "AZ-AGM", "at_mine", "a\x00", "http://x y"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FEATURES = st.fixed_dictionaries(
    {"type": st.just("Feature")},
    optional={
        "id": JSON,
        "geometry": st.one_of(
            JSON, st.fixed_dictionaries({"type": st.just("Point"), "coordinates": JSON})
        ),
        "properties": st.one_of(JSON, st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=5)),
        "record": JSON,
    },
)
DATED = FEATURES.map(
    lambda f: (
        f | {"properties": {"date_start": "2021-01-01", "date_end": "2021-01-01"} | f["properties"]}
        if isinstance(f.get("properties"), dict)
        else f
    )
)


@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.one_of(JSON, FEATURES, DATED), st.sampled_from(["POST", "PUT", "PATCH"]))
def test_any_body_of_a_write_is_stored_or_refused(scratch, body, method) -> None:
    path = "/collections/incidents/items" + ("" if method == "POST" else "/I1")
    client, headers = scratch
    answer = client.request(
        method,
        path,
        content=json.dumps(body),
        headers=headers | {"Content-Type": "application/json"},
    )
    assert is_answer(answer)
    assert answer.status_code in (200, 201, 400, 409, 413, 422)
    assert client.get("/collections/incidents/items", params={"limit": 1}).status_code == 200


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    from tests.http.conftest import open_world

    world = open_world(tmp_path_factory.mktemp("scratch"), 0)
    yield TestClient(world.client.app, raise_server_exceptions=False), world.editor
    world.register.close()


@pytest.mark.parametrize("levels", [40, 95, 250, 1_000])
@pytest.mark.parametrize(
    "nested",
    [
        lambda n: "NOT " * n + "killed=1",
        lambda n: "killed" + "+1" * n + "=1",
        lambda n: '{"op":"not","args":[' * n + "true" + "]}" * n,
        lambda n: '{"op":"+","args":[1,' * n + "1" + "]}" * n,
    ],
)
def test_a_deep_filter_is_answered_or_refused(strict, nested, levels) -> None:
    answer = strict.get("/collections/incidents/items", params={"filter": nested(levels)})
    assert answer.status_code in (200, 400), answer.text[:200]


@pytest.mark.parametrize(
    "path",
    [
        "/collections/incidents/items/%ED%A0%80",
        "/collections/%00/items",
        "/collections/incidents/items/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/collections/" + "x" * 5_000,
        "/collections/incidents/items//",
        "/collections/incidents/items/I1/",
        "/%ff",
    ],
)
def test_an_odd_path_is_404_or_a_redirect(strict, path) -> None:
    answer = strict.get(path, follow_redirects=False)
    assert answer.status_code in (307, 404)
