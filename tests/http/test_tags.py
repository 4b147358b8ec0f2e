"""A tag stands for one sequence of bytes; files are read in parts."""

import subprocess
import sys

import pytest

from geodata.formats import FORMATS
from geodata.register import Change
from service.app import create_app
from service.settings import Settings
from tests.conftest import founded
from tests.http.conftest import World, made
from tests.live import threaded

ITEMS = "/collections/incidents/items"
ITEM = "/collections/districts/items/AZ-AGM"
PLAIN = {"Accept-Encoding": "identity"}
GZIP = {"Accept-Encoding": "gzip"}
STRONG = [ITEM, f"{ITEMS}/m0001", "/conformance", "/collections", "/api", f"{ITEMS}?f=jsonl"]


@pytest.mark.parametrize("path", STRONG)
def test_each_coding_has_a_strong_tag_of_its_own(reader, path) -> None:
    plain, coded = reader.get(path, headers=PLAIN), reader.get(path, headers=GZIP)
    assert plain.content == coded.content
    assert not plain.headers["etag"].startswith("W/")
    if coded.headers.get("content-encoding") == "gzip":
        assert plain.headers["etag"] != coded.headers["etag"]
    for headers, answer in ((PLAIN, plain), (GZIP, coded)):
        tag = answer.headers["etag"]
        again = reader.get(path, headers=headers | {"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"]) == (304, tag)
        assert "Accept-Encoding" in answer.headers["vary"]


def test_a_tag_of_compressed_bytes_names_the_version_too(fresh) -> None:
    tag = fresh.client.get(f"{ITEMS}/I1", headers=fresh.editor | GZIP).headers["etag"]
    patch = {"properties": {"device": "uxo"}}
    headers = fresh.editor | {"If-Match": tag}
    assert fresh.client.patch(f"{ITEMS}/I1", json=patch, headers=headers).status_code == 200
    assert fresh.client.patch(f"{ITEMS}/I1", json=patch, headers=headers).status_code == 412


def test_what_was_restored_has_other_tags_than_what_was_lost(tmp_path) -> None:
    """Two registers of the same number of revisions and versions, as after a restore."""
    tags = []
    for name, device in (("before", "uxo"), ("after", "at_mine")):
        register = founded(tmp_path / name)
        record = made(1).model_copy(update={"device": device})
        register.append([Change("incident", record)], author="test")
        world = World(create_client(tmp_path / name, register), register, {}, {})
        paths = (ITEMS, f"{ITEMS}/m0001", "/collections", f"{ITEMS}?f=csv", "/districts")
        tags.append([world.client.get(path).headers["etag"] for path in paths])
        register.close()
    assert not set(tags[0]) & set(tags[1])


def create_client(folder, register):
    from starlette.testclient import TestClient

    return TestClient(create_app(Settings(data=folder), register))


def test_the_tag_of_the_past_changes_when_a_record_is_restricted(fresh) -> None:
    fresh.register.create(made(1), author="test")
    moment = fresh.register.snapshot().recorded_at.isoformat().replace("+00:00", "Z")
    path = f"{ITEMS}/m0001?as-of={moment}"
    first = fresh.client.get(path)
    assert first.status_code == 200, first.text
    hidden = made(1).model_copy(update={"sensitivity": "restricted", "version": 1})
    fresh.register.replace(hidden, author="test")
    again = fresh.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code != 304
    assert again.status_code == 404 or again.json()["geometry"] is None


FILES = sorted(set(FORMATS) - {"geojson"})


@pytest.mark.parametrize("key", FILES)
def test_a_file_has_its_length_and_is_given_in_parts(reader, key) -> None:
    path = f"{ITEMS}?f={key}&limit=30&filter=geometry IS NOT NULL"
    whole = reader.get(path, headers=PLAIN)
    size = len(whole.content)
    assert whole.headers["accept-ranges"] == "bytes"
    assert int(whole.headers["content-length"]) == size
    head = reader.head(path, headers=PLAIN)
    assert (int(head.headers["content-length"]), head.content) == (size, b"")
    for text, part in (
        ("bytes=0-99", whole.content[:100]),
        (f"bytes={size - 10}-", whole.content[-10:]),
        ("bytes=-7", whole.content[-7:]),
        (f"bytes=5-{size * 2}", whole.content[5:]),
    ):
        answer = reader.get(path, headers={"Range": text, "Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.content) == (206, part)
        start = whole.content.find(part) if text != "bytes=-7" else size - 7
        assert answer.headers["content-range"].endswith(f"/{size}")
        assert answer.headers["content-range"].startswith(f"bytes {start}-") or len(part) < 20
        assert answer.headers["etag"] == whole.headers["etag"]


def test_a_part_that_is_none_is_refused_or_passed_over(reader) -> None:
    path = f"{ITEMS}?f=csv"
    size = len(reader.get(path, headers=PLAIN).content)
    beyond = reader.get(path, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for odd in ("bytes=5-2", "bytes=", "lines=1-2", "bytes=a-b", "bytes=0-1,5-6", "bytes=-0x"):
        answer = reader.get(path, headers={"Range": odd} | PLAIN)
        assert (answer.status_code, len(answer.content)) == (200, size), odd


def test_a_part_of_another_version_is_not_given(reader) -> None:
    path = f"{ITEMS}?f=csv"
    tag = reader.get(path, headers=PLAIN).headers["etag"]
    part = {"Range": "bytes=0-9"}
    assert reader.get(path, headers=part | {"If-Range": tag}).status_code == 206
    for other in ('"other"', f"W/{tag}", tag[:-1] + '-gzip"'):
        assert reader.get(path, headers=part | {"If-Range": other}).status_code == 200


def test_a_file_that_does_not_shrink_is_not_compressed(reader) -> None:
    assert "content-encoding" not in reader.get(f"{ITEMS}?f=parquet", headers=GZIP).headers
    assert reader.get(f"{ITEMS}?f=csv", headers=GZIP).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("key", FILES)
def test_equal_tags_of_files_mean_equal_bytes(world, key) -> None:
    path = f"/collections/districts/items?f={key}"
    answers = []
    for _ in range(2):
        world.client.app.state.files.forget()
        answers.append(world.client.get(path, headers=PLAIN))
    assert answers[0].headers["etag"] == answers[1].headers["etag"]
    assert not answers[0].headers["etag"].startswith("W/")
    assert answers[0].content == answers[1].content


GDAL = """
import sys
from pyogrio.raw import read
print(len(read(sys.argv[1], bbox=(46.9, 39.9, 47.1, 40.1), return_fids=True)[1]))
"""


@pytest.mark.clients
def test_gdal_reads_parts_over_http(fresh) -> None:
    """In a process of its own: it holds the interpreter while it waits."""
    with threaded(fresh.client.app) as url:
        layer = f"/vsicurl?url={url}/collections/districts/items%3Ff=fgb"
        read = subprocess.check_output([sys.executable, "-c", GDAL, layer], text=True)
    assert 0 < int(read) < 77
