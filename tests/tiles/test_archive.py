"""A layer's tiles as one file say what the tiles say one by one."""

import gzip
from pathlib import Path

import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles

from geodata.errors import InvalidInput
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS
from service.tiles.answers import layer_of
from service.tiles.archive import write_archive


def archive(client, layer: str, query: str = "") -> bytes:
    answer = client.get(f"/collections/{layer}/items?f=pmtiles{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.pmtiles"
    assert f'filename="{layer}.pmtiles"' in answer.headers["content-disposition"]
    return answer.content


@pytest.mark.parametrize("layer", ["risk", "places"])
def test_each_tile_is_the_one_that_the_service_gives(reading, layer: str) -> None:
    source = MemorySource(archive(reading, layer))
    header, metadata = Reader(source).header(), Reader(source).metadata()
    assert metadata["vector_layers"][0]["id"] == layer
    assert "no opinion" in metadata["attribution"]
    assert (header["min_zoom"], header["max_zoom"] >= 10) == (0, True)
    tiles = dict(all_tiles(source))
    some = [key for number, key in enumerate(sorted(tiles)) if number % 40 == 0]
    for zoom, x, y in some:
        one = reading.get(f"/collections/{layer}/tiles/WebMercatorQuad/{zoom}/{y}/{x}")
        assert gzip.decompress(tiles[zoom, x, y]) == one.content
    for zoom in range(8):
        beside = reading.get(f"/collections/{layer}/tiles/WebMercatorQuad/{zoom}/0/0")
        assert (beside.status_code == 204) == ((zoom, 0, 0) not in tiles)


def test_a_filter_chooses_what_is_drawn(reading) -> None:
    whole = archive(reading, "risk")
    some = archive(reading, "risk", "&filter=district_id='AZ-AGM'")
    assert len(some) < len(whole) / 4
    assert archive(reading, "risk") == whole


def test_a_part_of_the_file_is_given(reading) -> None:
    whole = archive(reading, "risk")
    part = reading.get("/collections/risk/items?f=pmtiles", headers={"Range": "bytes=0-126"})
    assert (part.status_code, part.content) == (206, whole[:127])
    assert part.headers["content-range"] == f"bytes 0-126/{len(whole)}"


@pytest.mark.parametrize(
    "query", ["&crs=http://www.opengis.net/def/crs/EPSG/0/3857", "&properties=name"]
)
def test_what_tiles_do_not_have_is_refused(reading, query: str) -> None:
    assert reading.get(f"/collections/risk/items?f=pmtiles{query}").status_code == 400


def test_a_layer_without_geometry_has_no_archive(reading, founding, tmp_path: Path) -> None:
    answer = reading.get("/collections/statistics/items?f=pmtiles")
    assert (answer.status_code, answer.json()["code"]) == (400, "no-geometry")
    layer = layer_of(founding, COLLECTIONS["statistics"], RiskParameters())
    with pytest.raises(InvalidInput):
        write_archive(layer, tmp_path / "x.pmtiles", title="", description="")
    assert not (tmp_path / "x.pmtiles").exists()


def test_where_nothing_lies_anywhere_there_is_no_archive(reading) -> None:
    answer = reading.get("/collections/incidents/items?f=pmtiles")
    assert (answer.status_code, answer.json()["code"]) == (400, "no-geometry")
