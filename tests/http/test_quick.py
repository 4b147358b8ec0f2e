"""The shortest way to what many ask for gives what the long way gives."""

import re

import pytest

from service.ogc import quick
from tests.http.conftest import made

ITEMS = "/collections/incidents/items"
TILES = "/collections/incidents/tiles/WebMercatorQuad"
PATHS = [
    *(f"{ITEMS}/m0001", f"{ITEMS}/I1", f"{ITEMS}/nope", f"{ITEMS}/I1%20", f"{ITEMS}/a%2Fb"),
    *("/collections/districts/items/AZ-AGM", "/collections/places/items/gn-586763"),
    *("/collections/risk/items/AZ-AGM", "/collections/nope/items/1", f"{ITEMS}/I1?f=json"),
    *(ITEMS, f"{ITEMS}?limit=7&offset=3", f"{ITEMS}?bbox=46,39,47,40&limit=500"),
    *(f"{ITEMS}?datetime=2022-01-05/2022-03-01&device=uxo", f"{ITEMS}?filter=killed%3E1"),
    *(f"{ITEMS}?limit=0", f"{ITEMS}?nope=1", f"{ITEMS}?device=uxo&device=uxo", f"{ITEMS}?limit="),
    *(f"{ITEMS}?f=csv", f"{ITEMS}?sortby=killed", f"{ITEMS}?full=true", f"{ITEMS}?lang=xx"),
    *("/collections/districts/items?limit=90000", "/collections/statistics/items"),
    *(f"{TILES}/8/97/160", f"{TILES}/0/0/0", f"{TILES}/3/0/0", f"{TILES}/99/0/0", f"{TILES}/1/5/0"),
    *("/collections/statistics/tiles/WebMercatorQuad/0/0/0", f"{TILES}/8/97/160?datetime=2022"),
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


@pytest.fixture(scope="module")
def ready(world):
    """Ask for each path once with each header: what is asked for again is ready.

    The layer is laid out first, which the short way does not do.
    """
    for path in PATHS:
        world.client.get(path.partition("/tiles/")[0].partition("/items")[0] + "/items")
        for headers in HEADERS:
            world.client.get(path, headers=headers)
    return world.client


def said(answer) -> tuple:
    headers = {k: v for k, v in answer.headers.items() if k != "x-request-id"}
    # The moment of the answer stands in a page, and in its length where it is compressed.
    text = re.sub(rb'"timeStamp":"[^"]*"', b"", answer.content)
    if "ogc-numbermatched" in headers:
        headers.pop("content-length", None)
    return answer.status_code, headers, text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("method", "headers"),
    [*(("GET", headers) for headers in HEADERS), ("HEAD", {}), ("HEAD", {"If-None-Match": "*"})],
    ids=str,
)
def test_both_ways_give_the_same(ready, monkeypatch, path, headers, method) -> None:
    short = said(ready.request(method, path, headers=headers))
    monkeypatch.setattr(quick, "QUERIES", {})
    long = said(ready.request(method, path, headers=headers))
    assert short[0] == long[0]
    assert sorted(short[1].items()) == sorted(long[1].items())
    assert short[2] == long[2]


def test_an_analyst_sees_all_of_a_record(world) -> None:
    public = world.client.get(f"{ITEMS}/m0001")
    full = world.client.get(f"{ITEMS}/m0001", headers=world.analyst)
    assert public.headers["hazardmap-view"] == "public"
    assert full.headers["hazardmap-view"] != "public"
    assert public.headers["etag"] != full.headers["etag"]


@pytest.mark.parametrize("path", [f"{ITEMS}/m0002", f"{ITEMS}?limit=3", f"{TILES}/8/97/160"])
def test_it_is_counted_under_the_route_that_gives_the_same(reader, monkeypatch, path) -> None:
    def counted() -> dict[str, str]:
        found = re.findall(
            r"^(hazardmap_requests_total\S*) (\S+)$", reader.get("/metrics").text, re.MULTILINE
        )
        return {name: number for name, number in found if "metrics" not in name}

    reader.get(ITEMS)
    changed = []
    for short in (True, False):
        if not short:
            monkeypatch.setattr(quick, "QUERIES", {})
        before = counted()
        reader.get(path)
        changed.append({name for name, number in counted().items() if before.get(name) != number})
    assert len(changed[0]) == 1
    assert changed[0] == changed[1]


def test_what_is_restricted_is_not_in_what_is_ready(fresh) -> None:
    """However often it was given to those who may see it."""
    hidden = made(1).model_copy(update={"sensitivity": "restricted"})
    fresh.register.create(hidden, author="test")
    tile = f"{TILES}/8/97/160"
    for path in (f"{ITEMS}?limit=900", f"{ITEMS}?device={hidden.device}&limit=900", tile):
        for _ in range(3):
            full = fresh.client.get(path, headers=fresh.analyst).content
            public = fresh.client.get(path).content
            assert b"46.05" not in public
            assert full != public
