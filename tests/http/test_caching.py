"""Tags: an answer is a function of the snapshot and the request."""

import re
from datetime import datetime

import pytest

from service.http import representation
from tests.http.conftest import made

ITEMS = "/collections/incidents/items"
PATHS = [
    "/",
    "/conformance",
    "/collections",
    "/collections/incidents",
    "/collections/incidents/schema",
    ITEMS,
    f"{ITEMS}?f=csv",
    f"{ITEMS}?f=html",
    f"{ITEMS}/I1",
    "/collections/risk/items",
    "/api",
]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_the_client_has_is_304_without_body(reader, path) -> None:
    first = reader.get(path)
    again = reader.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert first.status_code == 200
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", PATHS)
def test_equal_tags_mean_equal_bytes(reader, path) -> None:
    first, second = reader.get(path), reader.get(path)
    assert first.headers["etag"] == second.headers["etag"]
    # But for the second in which a collection of features was asked for.
    contents = {re.sub(rb'"timeStamp":"[^"]+"', b"", one.content) for one in (first, second)}
    assert len(contents) == 1


def test_each_question_has_its_own_tag(reader) -> None:
    questions = [
        "",
        "?limit=5",
        "?device=uxo",
        "?f=html",
        "?f=csv",
        "?crs=http://www.opengis.net/def/crs/EPSG/0/4326",
        "?sortby=killed",
        "?properties=killed",
    ]
    tags = {reader.get(ITEMS + question).headers["etag"] for question in questions}
    assert len(tags) == len(questions)


@pytest.mark.parametrize("header", ["*", 'W/"x", {}', '{}, "y"'])
def test_if_none_match_takes_lists_and_a_star(reader, header) -> None:
    tag = reader.get(ITEMS).headers["etag"]
    answer = reader.get(ITEMS, headers={"If-None-Match": header.format(tag)})
    assert answer.status_code == 304


def test_a_bad_request_stays_bad_with_a_tag(reader) -> None:
    answer = reader.get(f"{ITEMS}?limit=0", headers={"If-None-Match": "*"})
    assert answer.status_code == 400


def test_a_write_changes_the_tags_of_layers_but_not_of_other_incidents(fresh) -> None:
    tags = {path: fresh.client.get(path).headers["etag"] for path in PATHS}
    fresh.register.create(made(1), author="test")
    changed = {path for path in PATHS if fresh.client.get(path).headers["etag"] != tags[path]}
    assert changed == set(PATHS) - {f"{ITEMS}/I1"}


def test_views_of_different_roles_never_share_a_tag(world) -> None:
    public = world.client.get(ITEMS)
    full = world.client.get(ITEMS, headers=world.analyst)
    assert public.headers["etag"] != full.headers["etag"]
    assert public.headers["cache-control"].startswith("public")
    assert full.headers["cache-control"].startswith("private")
    assert "Authorization" in full.headers["vary"]


@pytest.mark.parametrize("path", ["/", "/collections/risk/items", f"{ITEMS}/I1", ITEMS])
def test_what_depends_on_today_has_another_tag_tomorrow(reader, monkeypatch, path) -> None:
    """An open period ends today: kept overnight, its numbers would be yesterday's."""

    class Clock(datetime):
        day = 1

        @classmethod
        def now(cls, tz=None):
            return datetime(2030, 1, cls.day, 12, tzinfo=tz)

    monkeypatch.setattr(representation, "datetime", Clock)
    accept = {"Accept": "text/html" if path == "/" else "application/json, */*"}
    today = reader.get(path, headers=accept).headers["etag"]
    assert reader.get(path, headers=accept).headers["etag"] == today
    Clock.day = 2
    tomorrow = reader.get(path, headers=accept).headers["etag"]
    assert (tomorrow != today) == (not path.startswith(ITEMS))


@pytest.mark.parametrize("path", ["/", "/collections", f"{ITEMS}/I1", "/districts", "/maps/risk"])
def test_a_page_is_another_for_whoever_may_do_more(world, path) -> None:
    """Buttons and the forms' token belong to a reader: nobody is told to keep another's page."""
    html = {"Accept": "text/html"}
    analysts = world.client.get(path, headers=html | world.analyst)
    editors = world.client.get(path, headers=html | world.editor)
    assert analysts.headers["etag"] != editors.headers["etag"]
    kept = html | world.editor | {"If-None-Match": editors.headers["etag"]}
    assert world.client.get(path, headers=kept).status_code == 304
    others = html | world.analyst | {"If-None-Match": editors.headers["etag"]}
    assert world.client.get(path, headers=others).status_code == 200
