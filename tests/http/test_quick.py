"""The shortest way to one feature gives what the long way gives."""

import pytest

from service.ogc import quick

ITEMS = "/collections/incidents/items"
PATHS = [
    *(f"{ITEMS}/m0001", f"{ITEMS}/I1", f"{ITEMS}/nope", f"{ITEMS}/I1%20", f"{ITEMS}/a%2Fb"),
    *("/collections/districts/items/AZ-AGM", "/collections/places/items/gn-586763"),
    *("/collections/risk/items/AZ-AGM", "/collections/nope/items/1", f"{ITEMS}/I1?f=json"),
]
HEADERS = [
    {},
    {"Accept": "application/json"},
    {"Accept": "text/html", "X-Request-ID": "abcdefgh"},
    {"Accept": "image/png"},
    {"If-None-Match": "*"},
    {"Accept-Encoding": "identity"},
    {"Origin": "http://elsewhere.example"},
    {"X-Request-ID": "abcdefgh"},
]


def said(answer) -> tuple:
    headers = {k: v for k, v in answer.headers.items() if k != "x-request-id"}
    return answer.status_code, headers, answer.content


@pytest.mark.parametrize("headers", HEADERS, ids=str)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_both_ways_give_the_same(reader, monkeypatch, path, headers, method) -> None:
    reader.get(path)  # lays the layer out, which the short way does not do
    short = said(reader.request(method, path, headers=headers))
    monkeypatch.setattr(quick, "_QUERIES", {})
    long = said(reader.request(method, path, headers=headers))
    assert short == long


def test_an_analyst_sees_all_of_a_record(world) -> None:
    public = world.client.get(f"{ITEMS}/m0001")
    full = world.client.get(f"{ITEMS}/m0001", headers=world.analyst)
    assert public.headers["hazardmap-view"] == "public"
    assert full.headers["hazardmap-view"] != "public"
    assert public.headers["etag"] != full.headers["etag"]


def test_it_is_counted_under_its_route(reader) -> None:
    name = 'route="/collections/{collection_id}/items/{feature_id:path}"'
    reader.get(f"{ITEMS}/m0002")
    assert name in reader.get("/metrics").text
