"""HEAD, OPTIONS, CORS and methods that a path has not."""

import pytest

ITEMS = "/collections/incidents/items"


@pytest.mark.parametrize("path", ["/", ITEMS, f"{ITEMS}/I1", "/collections/risk", "/api", "/nope"])
def test_head_is_get_without_a_body(reader, path) -> None:
    identity = {"Accept-Encoding": "identity"}
    got, head = reader.get(path, headers=identity), reader.head(path, headers=identity)
    assert head.status_code == got.status_code
    assert head.content == b""
    for name in ("content-type", "etag", "content-length"):
        assert head.headers.get(name) == got.headers.get(name)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", "GET, HEAD, OPTIONS"),
        (ITEMS, "GET, POST, HEAD, OPTIONS"),
        (f"{ITEMS}/I1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("/collections/risk/items", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_lists_the_methods_of_a_path(reader, path, allowed) -> None:
    answer = reader.options(path)
    assert answer.status_code == 204
    assert answer.headers["allow"] == allowed


def test_options_of_no_path_is_404(reader) -> None:
    assert reader.options("/nope").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE", "CONNECT", "FOO"])
def test_a_method_that_a_path_has_not_is_405_with_those_it_has(reader, method) -> None:
    answer = reader.request(method, "/collections/risk/items")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["content-type"] == "application/problem+json"


def test_other_sites_may_read_and_see_the_headers_they_need(reader) -> None:
    answer = reader.get(ITEMS, headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    exposed = answer.headers["access-control-expose-headers"]
    assert all(name in exposed for name in ("ETag", "Link", "Content-Crs", "Location"))


def test_a_preflight_allows_writes_with_a_key(reader) -> None:
    answer = reader.options(
        f"{ITEMS}/I1",
        headers={
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization,if-match,content-type",
        },
    )
    assert answer.status_code == 200
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "if-match" in answer.headers["access-control-allow-headers"]


def test_refusals_carry_cors_too(reader) -> None:
    answer = reader.get(f"{ITEMS}?limit=0", headers={"Origin": "https://example.org"})
    assert answer.status_code == 400
    assert answer.headers["access-control-allow-origin"] == "*"
