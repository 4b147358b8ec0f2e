"""Bad requests over all routes, and what the service says to each: status, code and fields.

``python -m tests.http.bad_requests`` renews the golden beside this module. What a client acts
on stands there; the sentences for people do not, so that they can be made better.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

NOTHING_WANTED = re.compile(r"(?<!There )\bis (no|not an?|none of|neither)\b")
GOLDEN = Path(__file__).with_name("golden") / "bad_requests.json"
ITEMS = "/collections/incidents/items"
ITEM = f"{ITEMS}/I1"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FEATURE = {
    "type": "Feature",
    "geometry": None,
    "properties": {"date_start": "2021-03-01", "date_end": "2021-03-01", "districts": "AZ-AGM:1"},
}


@dataclass(frozen=True)
class Bad:
    """One request that cannot be answered as it stands."""

    path: str
    method: str = "GET"
    role: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    form: dict[str, str] | None = None
    file: bytes | None = None

    def __str__(self) -> str:
        parts = [self.role, self.method, self.path]
        parts += [f"{name}: {value}" for name, value in self.headers.items()]
        given = (self.json, self.content, self.form, self.file)
        parts += [repr(body)[:400] for body in given if body is not None]
        return " ".join(part for part in parts if part)

    def said(self, client: TestClient, keys: dict[str, dict[str, str]]) -> dict[str, Any]:
        """Ask, and give what a client acts on."""
        body: dict[str, Any] = {}
        if self.json is not None:
            body["json"] = self.json
        if self.content is not None:
            body["content"] = self.content
        if self.form is not None:
            body["data"] = self.form
        if self.file is not None:
            body["files"] = {"file": ("rows.csv", self.file)}
        answer = client.request(
            self.method,
            self.path,
            headers=keys.get(self.role, {}) | self.headers,
            follow_redirects=False,
            **body,
        )
        kind = answer.headers.get("content-type", "").partition(";")[0]
        found: dict[str, Any] = {"status": answer.status_code, "type": kind}
        if kind == "application/problem+json":
            problem = answer.json()
            assert problem["status"] == answer.status_code
            # What is wrong, and what is wanted: not only what it is not.
            assert not NOTHING_WANTED.search(problem["description"]), problem["description"]
            assert problem["description"]
            found["code"] = problem["code"]
            if problem.get("errors"):
                found["fields"] = sorted({str(e.get("field", "")) for e in problem["errors"]})
        for name in ("allow", "www-authenticate", "retry-after"):
            if name in answer.headers:
                found[name] = answer.headers[name]
        return found


def _queries() -> Iterator[Bad]:
    for query in (
        *("nope=1", "limit=0", "limit=x", "limit=1&limit=2", "offset=-1", "offset=a", "token=zz"),
        *("bbox=1,2,3", "bbox=a,b,c,d", "bbox=5,5,1,1", "bbox=1,2,3,4&bbox-crs=EPSG:9999999"),
        *("crs=EPSG:2154", "crs=x", "datetime=x", "datetime=2021-02-30", "datetime=2022/2021"),
        *("filter=killed>", "filter=nope=1", "filter=killed='a'", "filter=1", "filter=(((killed=1"),
        *("filter={}&filter-lang=cql2-json", "filter={&filter-lang=cql2-json", "filter-lang=x"),
        *(
            "filter=killed=1&filter-crs=x",
            "properties=nope",
            "sortby=nope",
            "sortby=killed,-killed",
        ),
        *("sortby=", "killed=x", "device=bomb", "date_start=x", "f=xml", "lang=xx", "as-of=x"),
        *("boundaries=nope", "hxl=1", "f=csv&hxl=maybe", "f=csv&wkt=x", "filter=geometry=1"),
        *("filter=S_INTERSECTS(geometry,POINT(1))", "filter=T_AFTER(killed,DATE('2021-01-01'))"),
        *("filter=device LIKE killed", "offset=1&token=WzEsW10sW10sImEiXQ"),
    ):
        yield Bad(f"{ITEMS}?{query}")
    for query in ("period=x", "weight=x", "exposure=x", "smoothing=x", "half-life=x", "where=x>"):
        yield Bad(f"/collections/risk/items?{query}")
    yield Bad("/collections/risk/items?half-life=0")
    yield Bad("/collections/risk/items?where=killed=1&where-lang=x")
    yield Bad("/collections/districts/items?weight=incidents")
    yield Bad("/collections/districts/items?area_km2=x")


def _paths() -> Iterator[Bad]:
    for path in (
        *("/nope", "/collections/nope", "/collections/nope/items", "/collections/nope/items/1"),
        *("/collections/nope/queryables", "/collections/nope/schema", "/collections/nope/tiles"),
        *(f"{ITEMS}/nope", f"{ITEMS}/I1?limit=1", f"{ITEMS}/I1?crs=x", f"{ITEMS}/I1?properties=x"),
        *("/collections/incidents/nope", "/?nope=1", "/conformance?f=csv", "/collections?nope=1"),
        *("/collections/incidents?lang=xx", "/collections/incidents/schema?f=csv"),
        *(
            "/collections/incidents/queryables?nope=1",
            "/api?f=yaml",
            "/docs?nope=1",
            "/docs/nope.js",
        ),
        *("/tileMatrixSets/nope", "/tileMatrixSets?nope=1", "/collections/statistics/tiles"),
        "/collections/incidents/tiles?limit=1",
        "/collections/incidents/tiles/nope",
        "/collections/incidents/tiles/nope/0/0/0",
        "/collections/incidents/tiles/WebMercatorQuad?f=x",
        "/collections/incidents/tiles/WebMercatorQuad/0/0/1",
        "/collections/incidents/tiles/WebMercatorQuad/x/0/0",
        "/collections/incidents/tiles/WebMercatorQuad/99/0/0",
        "/collections/incidents/tiles/WebMercatorQuad/0/0/0?filter=killed>",
        "/collections/incidents/tiles/WebMercatorQuad/0/0/0?datetime=x",
        *("/maps/nope", "/maps/risk?nope=1", "/maps/risk?lang=xx", "/maps/risk?period=x"),
        *("/maps/risk?weight=x", "/maps/risk.png?size=B5", "/maps/risk.pdf?nope=1"),
        *("/maps/districts/nope.pdf", "/maps/districts.pdf?districts=,", "/maps/embed?nope=1"),
        *("/risk/nope/explain", "/risk/AZ-AGM/explain?f=csv", "/risk/AZ-AGM/explain?smoothing=x"),
        *("/risk/AZ-AGM/explain?nope=1", "/risk/surface.tif?f=png", "/risk/surface.tif?nope=1"),
        *("/backtest?nope=1", "/backtest?f=csv", "/backtest?where=x>", "/reconciliation?nope=1"),
        *("/reconciliation?f=csv", "/diff", "/diff?from=x", "/diff?from=2024-01-01&to=2023-01-01"),
        *(
            "/diff?from=2024-01-01&nope=1",
            "/incidents/nope/history",
            "/incidents/I1/history?nope=1",
        ),
        *(
            "/incidents/I1/history?f=csv",
            "/incidents?nope=1",
            "/incidents/nope",
            "/districts?nope=1",
        ),
        *("/districts/nope", "/districts/AZ-AGM?weight=x", "/operations?nope=1", "/changes?from=x"),
        *(
            "/changes?nope=1",
            "/methods?nope=1",
            "/about?lang=xx",
            "/login?nope=1",
            "/static/nope.js",
        ),
        *("/qr.svg?link=http://elsewhere.example/", "/imports/nope", "/imports/nope/rejects"),
        *("/import/nope", "/access", "/keys", "/incidents/new", "/incidents/I1/edit"),
        *("/incidents/I1/verify", "/incidents/I1/restore/9", "/healthz/x", "/metrics/x"),
    ):
        yield Bad(path)
    for path in ("/imports/nope", "/imports/nope/rejects", "/import/nope"):
        yield Bad(path, role="editor")
    yield Bad("/incidents/nope/edit", role="editor")
    yield Bad("/incidents/I1/restore/9", role="editor")
    yield Bad("/keys", role="editor")
    yield Bad("/access", role="editor")


def _headers() -> Iterator[Bad]:
    for path in (ITEMS, ITEM, "/", "/collections", "/api", "/maps/risk", "/risk/AZ-AGM/explain"):
        yield Bad(path, headers={"Accept": "image/x-none"})
    yield Bad(ITEMS, headers={"Accept": "text/html;q=0, application/geo+json;q=0"})
    yield Bad("/collections/nope", headers=HTML)
    yield Bad("/collections/nope", headers={"Accept": "application/json;q=0.5, text/html;q=0.2"})
    yield Bad(f"{ITEMS}?limit=0", headers=HTML)
    yield Bad("/nope", headers=HTML)
    yield Bad("/nope?f=html")
    yield Bad("/nope?f=json", headers=HTML)
    yield Bad(f"{ITEMS}?limit=0", headers={"If-None-Match": "*"})
    yield Bad(ITEMS, headers={"Authorization": "Bearer hm_x_y"})
    yield Bad(ITEMS, headers={"Authorization": "Basic eDp5"})


def _methods() -> Iterator[Bad]:
    for method, path in (
        *(("POST", "/"), ("DELETE", "/collections"), ("PUT", ITEMS), ("PATCH", ITEMS)),
        *(("POST", "/api"), ("POST", "/maps/risk"), ("PUT", "/diff"), ("DELETE", "/keys")),
        *(("POST", ITEM), ("DELETE", "/collections/districts/items/AZ-AGM"), ("GET", "/session")),
        *(("POST", "/collections/districts/items"), ("POST", "/tileMatrixSets"), ("FOO", "/")),
    ):
        yield Bad(path, method)


def _writes() -> Iterator[Bad]:
    for role in ("", "analyst"):
        yield Bad(ITEMS, "POST", role, json=FEATURE)
        yield Bad(ITEM, "PUT", role, json=FEATURE)
        yield Bad(ITEM, "PATCH", role, json={"properties": {"device": "uxo"}})
        yield Bad(ITEM, "DELETE", role)
        yield Bad("/imports", "POST", role, file=b"date\n2021-01-01\n")
        yield Bad("/keys", "POST", role, json={"name": "a", "role": "editor"})
        yield Bad("/keys/nope", "DELETE", role)
        yield Bad("/access", "POST", role, form={"name": "a", "role": "editor"})
    for content in (b"", b"{", b"[]", b'{"a": NaN}', b"{}"):
        yield Bad(ITEMS, "POST", "editor", content=content)
    yield Bad(ITEMS, "POST", "editor", {"Content-Type": "text/xml"}, content=b"<a/>")
    yield Bad(ITEMS, "POST", "editor", {"Content-Crs": "<x>"}, json=FEATURE)
    yield Bad(f"{ITEMS}?nope=1", "POST", "editor", json=FEATURE)
    yield Bad("/collections/nope/items", "POST", "editor", json=FEATURE)
    yield Bad("/collections/nope/items/1", "PUT", "editor", json=FEATURE)
    for name, value in (("version", 9), ("casualties", 99), ("recorded_at", "2020-01-01")):
        yield Bad(ITEM, "PATCH", "editor", json={"properties": {name: value}})
    yield Bad(ITEMS, "POST", "editor", json=FEATURE | {"id": "I1"})
    for member in (
        *({"nonsense": 1}, {"device": "bomb"}, {"killed": -1}, {"date_start": "2021-13-01"}),
        *({"districts": "AZ-NOPE:1"}, {"districts": "AZ-TAR:0.5"}, {"record_status": "merged"}),
    ):
        feature = FEATURE | {"properties": FEATURE["properties"] | member}  # type: ignore[operator]
        yield Bad(ITEMS, "POST", "editor", json=feature)
        yield Bad(ITEM, "PATCH", "editor", json={"properties": member})
    yield Bad(ITEM, "PATCH", "editor", json={"geometry": {"type": "LineString", "coordinates": []}})
    yield Bad(ITEM, "PUT", "editor", json={"type": "Feature", "properties": {}})
    yield Bad(ITEM, "PUT", "editor", json=FEATURE | {"id": "I3"})
    yield Bad(ITEM, "PUT", "editor", {"If-Match": '"v9-x"'}, json=FEATURE)
    yield Bad(ITEM, "DELETE", "editor", {"If-Match": "rubbish"})
    yield Bad(f"{ITEM}?nope=1", "DELETE", "editor")
    for method in ("PUT", "PATCH", "DELETE"):
        yield Bad(f"{ITEMS}/nope", method, "editor", json=FEATURE)


def _forms() -> Iterator[Bad]:
    rows = b"date,district\n2021-01-01,AZ-AGM\n"
    yield Bad("/imports", "POST", "editor", form={"as": "incidents"})
    for form in ({"as": "x"}, {"format": "x"}, {"mapping": "{"}, {"nope": "1"}, {"level": "x"}):
        yield Bad("/imports", "POST", "editor", form=form, file=rows)
    yield Bad("/imports", "POST", "editor", form={"dry_run": "true"}, file=b"\x00\x01\x02")
    yield Bad("/imports/nope/duplicates/1/merge", "POST", "editor")
    yield Bad("/imports/nope/duplicates/x/merge", "POST", "editor")
    yield Bad("/keys", "POST", "admin", json={"name": "", "role": "editor"})
    yield Bad("/keys", "POST", "admin", json={"name": "a", "role": "king"})
    yield Bad("/keys", "POST", "admin", json={"name": "admin", "role": "admin"})
    yield Bad("/keys/nope", "DELETE", "admin")
    yield Bad("/session", "POST")
    yield Bad("/session", "POST", form={"key": "hm_x_y"})
    yield Bad("/session", "POST", headers={"Origin": "http://a.example"}, form={"key": "k"})
    yield Bad("/incidents/I1/verify", "POST", "editor", form={})
    yield Bad("/incidents/nope/verify", "POST", "editor", form={"base": "1", "reason": "x"})
    yield Bad("/incidents/new", "POST", form={"date_start": "2021-01-01"})
    yield Bad("/incidents/new", "POST", "editor", form={"date_start": "x"})


def every() -> list[Bad]:
    """All of them."""
    return [
        *_queries(),
        *_paths(),
        *_headers(),
        *_methods(),
        *_writes(),
        *_forms(),
    ]


def answers(client: TestClient, keys: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """What the service says to each."""
    return {str(one): one.said(client, keys) for one in every()}


def _renew() -> None:
    from tests.http.conftest import keys_of, open_world

    with tempfile.TemporaryDirectory() as folder:
        world = open_world(Path(folder), 0)
        client = TestClient(world.client.app, raise_server_exceptions=False)
        found = answers(client, keys_of(world))
        world.register.close()
    lines = [f"{json.dumps(name)}: {json.dumps(said)}" for name, said in found.items()]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    _renew()
