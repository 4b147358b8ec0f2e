"""Compressed answers: which coding, that they are the same bytes, and put together of parts."""

import gzip

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient

from service.http.representation import (
    _STREAMS,
    LEAST,
    Coding,
    accepted_codings,
    coded,
    coded_tag,
    deflated,
    gzip_pieces,
    matches,
    shrinks,
    versions_in,
)
from tests.http.conftest import made
from tests.laws import examples

ITEM = "/collections/districts/items/AZ-AGM"
ITEMS = "/collections/incidents/items"


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("*", "gzip"),
        ("*;q=0", None),
        ("identity, *;q=0.5", None),
        ("gzip;q=0.2, identity;q=0.8", None),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("br, deflate", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, zstd;q=0.9", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
        ("compress", None),
    ],
)
def test_a_coding_is_used_where_it_is_accepted(header, coding) -> None:
    assert next(iter(accepted_codings(header)), None) == coding


def answered(size: int, asked: dict, *, status: int = 200, method: str = "GET", **headers):
    """What the middleware makes of one answer of so many bytes."""
    body = b"" if status == 304 else b"x" * size
    answer = Response(body, status, {"ETag": '"t"', "Accept-Ranges": "bytes", **headers})
    return TestClient(Coding(answer)).request(method, "/", headers=asked)


@pytest.mark.parametrize("coding", ["gzip", "zstd", "br"])
def test_what_is_coded_says_so_to_whoever_keeps_it(coding) -> None:
    found = answered(LEAST, {"Accept-Encoding": coding}, **{"Content-Type": "text/plain"})
    assert found.headers["content-encoding"] == coding
    assert found.headers["etag"] == f'"t-{coding}"'
    assert "accept-encoding" in found.headers["vary"].lower()
    # A part of coded bytes is no part of the file.
    assert "accept-ranges" not in found.headers
    head = answered(
        LEAST, {"Accept-Encoding": coding}, method="HEAD", **{"Content-Type": "text/plain"}
    )
    assert head.content == b""
    assert dict(head.headers) == dict(found.headers)


@pytest.mark.parametrize(
    ("size", "status", "headers"),
    [
        (LEAST - 1, 200, {"Content-Type": "text/plain"}),
        (LEAST, 200, {"Content-Type": "image/png"}),
        (LEAST, 206, {"Content-Type": "text/plain"}),
        (LEAST, 200, {"Content-Type": "text/plain", "Content-Encoding": "other"}),
    ],
)
def test_what_would_not_gain_or_is_a_part_stays_as_it_is(size, status, headers) -> None:
    found = answered(size, {"Accept-Encoding": "gzip"}, status=status, **headers)
    assert found.headers.get("content-encoding") == headers.get("Content-Encoding")
    assert found.headers["etag"] == '"t"'
    assert len(found.content) == size


@pytest.mark.parametrize(
    ("coding", "used"), [("gzip", "gzip"), ("zstd", "zstd"), ("br, gzip;q=0.1", "gzip")]
)
def test_what_is_sent_in_pieces_is_coded_in_pieces(coding, used) -> None:
    pieces = [b"a" * 10, b"", b"b" * 5_000, b"c"]
    answer = StreamingResponse(iter(pieces), media_type="text/plain")
    found = TestClient(Coding(answer)).get("/", headers={"Accept-Encoding": coding})
    assert found.headers["content-encoding"] == used
    assert "content-length" not in found.headers
    with TestClient(Coding(StreamingResponse(iter(pieces), media_type="text/plain"))).stream(
        "GET", "/", headers={"Accept-Encoding": coding}
    ) as raw:
        assert plain(used, b"".join(raw.iter_raw())) == b"".join(pieces)


@pytest.mark.parametrize(
    ("held", "confirmed"), [('"t-gzip"', '"t-gzip"'), ('"t-br"', '"t-br"'), ('"t"', '"t"')]
)
def test_the_very_tag_that_a_client_has_is_confirmed(held, confirmed) -> None:
    asked = {"Accept-Encoding": "gzip", "If-None-Match": held}
    assert answered(0, asked, status=304).headers["etag"] == confirmed


def test_a_tag_stands_for_its_bytes_and_a_header_may_name_several() -> None:
    assert coded_tag('"a"', "br") == '"a-br"'
    assert coded_tag('W/"a"', "br") == 'W/"a"'
    assert matches('"x", W/"a"', '"a"')
    assert matches('"a-zstd"', '"a"')
    assert matches(" * ", '"a"')
    assert not matches('"ab", "b"', '"a"')
    assert not matches(None, '"a"')
    assert list(versions_in('W/"v12-x", "v3-y-gzip", "other"')) == [12, 3]


@pytest.mark.parametrize(
    ("media_type", "shorter"),
    [
        ("text/html; charset=utf-8", True),
        ("application/geo+json", True),
        ("application/vnd.oai.openapi+json;version=3.0", True),
        ("image/svg+xml", True),
        ("application/vnd.mapbox-vector-tile", True),
        ("image/png", False),
        ("application/zip", False),
        ("", False),
    ],
)
def test_texts_shrink_and_what_is_packed_does_not(media_type, shorter) -> None:
    assert shrinks(media_type) is shorter


@given(st.lists(st.binary(max_size=300)), st.sets(st.integers(0, 9)))
@examples(60)
def test_a_gzip_body_of_any_parts_is_their_bytes(parts, kept) -> None:
    given_parts = [
        deflated([part, part]) if place in kept else part for place, part in enumerate(parts)
    ]
    wanted = [part * 2 if place in kept else part for place, part in enumerate(parts)]
    assert gzip.decompress(b"".join(gzip_pieces(b"<", [*given_parts, b">"]))) == b"<%b>" % b"".join(
        wanted
    )


@pytest.mark.parametrize("size", [1, 3_000, 2**20 + 1])
def test_long_parts_have_the_checksum_of_the_whole(size: int) -> None:
    part = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert gzip.decompress(b"".join(gzip_pieces(b"head", [deflated([part])]))) == b"head" + part


def plain(coding: str, body: bytes) -> bytes:
    return pa.CompressedInputStream(
        pa.BufferReader(body), {"br": "brotli"}.get(coding, coding)
    ).read()


@given(st.lists(st.binary(max_size=2_000), min_size=1, max_size=5))
@examples(20)
def test_every_coding_gives_the_body_back_whole_and_in_pieces(pieces) -> None:
    body = b"".join(pieces)
    for coding in ("zstd", "br", "gzip"):
        assert plain(coding, coded(coding, body)) == body
        assert coded(coding, body) == coded(coding, body)
    for coding, make in _STREAMS.items():
        pack = make()
        packed = [pack(piece, last=False) for piece in pieces[:-1]]
        packed.append(pack(pieces[-1], last=True))
        assert plain(coding, b"".join(packed)) == body


@pytest.mark.parametrize("path", [ITEM, ITEMS, f"{ITEMS}?limit=2", f"{ITEMS}?f=csv"])
@pytest.mark.parametrize("coding", ["gzip", "zstd", "br"])
def test_an_answer_says_its_coding_and_is_the_plain_one(reader, path, coding) -> None:
    wanted = reader.get(path, headers={"Accept-Encoding": "identity"})
    with reader.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
        body = b"".join(answer.iter_raw())
    said = answer.headers.get("content-encoding")
    if "csv" in path and coding == "br":
        assert said is None  # in pieces it would be slow
        return
    assert said == coding
    assert answer.headers["etag"] != wanted.headers["etag"] or "W/" in wanted.headers["etag"]
    assert "accept-ranges" not in answer.headers
    # The moment of the answer is in a page.
    found = plain(coding, body)
    assert len(found) == len(wanted.content)
    again = reader.get(
        path, headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])


@pytest.mark.parametrize(
    "query",
    [
        "limit=9",
        "limit=200",
        "device=uxo",
        "crs=http://www.opengis.net/def/crs/EPSG/0/4326",
        "properties=device",
    ],
)
def test_a_page_put_together_of_kept_parts_is_the_plain_one(reader, query) -> None:
    """Whatever was compressed for other pages before."""
    path = f"{ITEMS}?{query}"
    wanted = reader.get(path, headers={"Accept-Encoding": "identity"}).json()
    for _ in range(2):
        found = reader.get(path, headers={"Accept-Encoding": "gzip"})
        assert found.headers["content-encoding"] == "gzip"
        assert found.json()["features"] == wanted["features"]


def test_what_is_kept_compressed_stays_in_its_view(fresh) -> None:
    hidden = made(1).model_copy(update={"sensitivity": "restricted"})
    fresh.register.create(hidden, author="test")
    asked, plain = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}

    def seen(headers) -> list:
        return fresh.client.get(f"{ITEMS}?limit=200", headers=headers).json()["features"]

    for _ in range(2):
        full, public = seen(fresh.analyst | asked), seen(asked)
        assert full != public
        assert public == seen(plain)
        assert full == seen(fresh.analyst | plain)
