"""The definition: valid, complete, and its examples run."""

import re
from typing import get_args

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from geodata.filters import LANGUAGES
from geodata.risk.parameters import NAMES
from service.collections import COLLECTIONS
from service.http.request import RiskQuery
from service.ogc.query import items_parameters
from service.pages.about import available
from service.pages.editing import CHOICES
from service.routes.imports import ImportFields
from tests import needs
from tests.live import threaded

# Pages for people and what belongs to them; everything else is in the definition.
FOR_PEOPLE = re.compile(
    r"^/(docs|api|static|login|access|import|incidents|districts|operations|methods|about"
    r"|changes|qr\.svg|robots\.txt)\b"
)


@pytest.fixture(scope="module")
def definition(world) -> dict:
    return world.client.get("/api").json()


def concrete(path: str, operation: dict) -> str:
    for one in operation["parameters"]:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]))
    return path


def test_it_is_valid_openapi_3_0(definition, reader) -> None:
    assert definition["openapi"].startswith("3.0")
    problems = [str(e.message)[:200] for e in OpenAPIV30SpecValidator(definition).iter_errors()]
    assert problems == []
    kind = reader.get("/api").headers["content-type"]
    assert kind == "application/vnd.oai.openapi+json;version=3.0"


def test_operation_ids_are_unique(definition) -> None:
    ids = [o["operationId"] for item in definition["paths"].values() for o in item.values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_layer_has_its_own_paths_with_every_parameter(definition, name) -> None:
    operation = definition["paths"][f"/collections/{name}/items"]["get"]
    listed = {one["name"] for one in operation["parameters"]}
    taken = {"f", *items_parameters(COLLECTIONS[name], 100).names()}
    assert listed == taken
    assert f"/collections/{name}/items/{{featureId}}" in definition["paths"]


def test_what_clients_look_for_is_there(definition) -> None:
    operation = definition["paths"]["/collections/incidents/items"]["get"]
    by_name = {one["name"]: one["schema"] for one in operation["parameters"]}
    assert by_name["limit"]["maximum"] == 100_000
    assert by_name["limit"]["default"] == 100
    assert by_name["filter-lang"]["enum"] == list(LANGUAGES)
    assert "cql-text" in LANGUAGES
    assert by_name["device"]["enum"][0] == "ap_mine"
    assert by_name["killed"]["type"] == "integer"
    write = definition["paths"]["/collections/incidents/items"]["post"]
    assert write["security"] == [{"key": []}]


def test_every_example_of_a_get_runs(definition, reader) -> None:
    failed = []
    for path, item in definition["paths"].items():
        operation = item.get("get")
        if operation is None or {} not in operation["security"]:
            continue
        url = concrete(path, operation)
        given = {
            one["name"]: ",".join(map(str, e)) if isinstance(e := one["example"], list) else e
            for one in operation["parameters"]
            if one["in"] == "query" and "example" in one
        }
        # What is drawn takes a second: once, as the example asks for it.
        drawn = path.endswith((".pdf", ".png"))
        for params in [given] if drawn or not given or path == "/diff" else [{}, given]:
            answer = reader.get(url, params=params)
            kinds = {k.partition(";")[0] for k in operation["responses"]["200"]["content"]}
            kind = answer.headers.get("content-type", "").partition(";")[0]
            if not (answer.status_code == 204 or (answer.status_code == 200 and kind in kinds)):
                failed.append((url, answer.status_code, kind))
    assert not failed


def test_every_example_of_a_write_runs(fresh) -> None:
    paths = fresh.client.get("/api").json()["paths"]
    create = paths["/collections/incidents/items"]["post"]
    item = paths["/collections/incidents/items/{featureId}"]
    path = concrete("/collections/incidents/items/{featureId}", item["put"])
    statuses = []
    for method, url, operation in (
        ("POST", "/collections/incidents/items", create),
        ("PUT", path, item["put"]),
        ("PATCH", path, item["patch"]),
        ("DELETE", path, item["delete"]),
    ):
        content = operation.get("requestBody", {}).get("content", {})
        kind, body = next(iter(content.items()), ("", None))
        headers = fresh.editor | ({"Content-Type": kind} if kind else {})
        sent = {"json": body["example"]} if body else {}
        statuses.append(fresh.client.request(method, url, headers=headers, **sent).status_code)
    assert statuses == [201, 200, 200, 204]


def routes_of(app) -> set[str]:
    return {route.path for route in app.routes if getattr(route, "include_in_schema", True)}


def test_every_route_for_programs_is_in_the_definition(definition, world) -> None:
    # Both sides with every parameter written as {}; {}: the id may hold slashes.
    described = {re.sub(r"\{[^}]+\}", "{}", path) for path in definition["paths"]}
    missing = []
    for path in routes_of(world.client.app):
        if FOR_PEOPLE.match(path) and not path.endswith("/history"):
            continue
        plain = re.sub(r"\{[^}]+\}", "{}", path)
        candidates = {plain} | {
            plain.replace("/collections/{}", f"/collections/{name}", 1)
            .replace("tiles/{}", "tiles/WebMercatorQuad", 1)
            .replace("styles/{}", f"styles/{name}", 1)
            for name in COLLECTIONS
        }
        if not candidates & described and plain != "/collections/{}":
            missing.append(path)
    assert sorted(missing) == []


def test_the_form_of_an_import_has_every_field_that_the_route_takes(definition) -> None:
    operation = definition["paths"]["/imports"]["post"]
    form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    fields = {name.removesuffix("_") for name in ImportFields.model_fields}
    assert set(form["properties"]) == {"file", *fields}
    assert form["required"] == ["file"]
    assert "boundaries" in form["properties"]["as"]["enum"]
    assert operation["security"] == [{"key": []}]


def test_every_parameter_of_the_risk_is_a_field_of_its_model() -> None:
    assert set(NAMES) <= set(RiskQuery.names())


def test_the_page_of_imports_offers_every_value_of_its_options() -> None:
    fields = {name.strip("_"): one for name, one in ImportFields.model_fields.items()}
    for name, offered in CHOICES.items():
        allowed = {value for value in _values(fields[name].annotation) if isinstance(value, str)}
        assert {value for value, _ in offered if value} == allowed, name


def _values(annotation) -> list:
    return [v for one in get_args(annotation) for v in (_values(one) or [one])]


@pytest.mark.parametrize("path", ["/keys", "/keys/{name}", "/session", "/session/end", "/reports"])
def test_keys_sessions_and_reports_are_described(definition, path) -> None:
    assert path in definition["paths"]


def test_the_reference_lists_every_operation_without_scripts(reader, definition) -> None:
    page = reader.get("/docs").text
    assert reader.get("/api.html").text == page
    for path in definition["paths"]:
        assert path in page
    assert "https://" not in page.replace("https://www.w3.org", "")


@pytest.mark.browser
def test_the_reference_is_interactive_and_asks_only_this_service(browser, fresh) -> None:
    if not available():
        needs._missing("the browser assets were not fetched")
    asked, said = [], []
    with threaded(fresh.client.app) as address:
        page = browser.new_page()
        page.set_default_timeout(60_000)  # a busy machine starts the service slowly
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/docs")
        # Of seven parameters: with the 78 of all incidents, each step takes a second.
        operation = page.locator("#operations-Incidents-getOneIncidents")
        operation.wait_for()
        operations = page.locator(".opblock").count()
        page.locator(".operation-filter-input").fill("Incidents")
        operation.click()
        operation.locator(".execute").click()
        answer = operation.locator(".live-responses-table")
        answer.get_by_text("Feature").first.wait_for()
        assert (
            answer.locator("tr.response .response-col_status").first.inner_text().startswith("200")
        )
        assert page.locator(".opblock").count() < operations
        page.close()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert said == []
