"""WebMercatorQuad: the numbers of the standard, and addresses refused."""

import numpy as np
import pytest

from geodata.errors import NotFound
from service.tiles.grid import HALF, MOST_ZOOM, Tile, index_of, limits_of, matrix_set, tile_of


def test_the_matrices_have_the_standard_s_numbers():
    matrices = matrix_set("http://x")["tileMatrices"]
    # OGC 17-083r4, annex D.1, table for WebMercatorQuad.
    assert matrices[0]["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-12)
    assert matrices[0]["cellSize"] == pytest.approx(156543.033928041, rel=1e-12)
    assert matrices[18]["scaleDenominator"] == pytest.approx(2132.72958385, rel=1e-9)
    assert matrices[0]["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    assert [m["matrixWidth"] for m in matrices] == [2**z for z in range(MOST_ZOOM + 1)]


def test_a_tile_knows_its_corner():
    tile = Tile(1, 0, 1)
    assert (tile.west, tile.south, tile.side) == pytest.approx((0.0, 0.0, HALF))


@pytest.mark.parametrize(
    "address", [("19", "0", "0"), ("3", "8", "0"), ("3", "0", "8"), ("a", "0", "0"),
                ("-1", "0", "0"), ("1", "0", "1.0"), ("٣", "0", "0"), ("9" * 40, "0", "0")]
)  # fmt: skip
def test_what_is_no_tile_is_not_found(address):
    with pytest.raises(NotFound):
        tile_of(*address)


def test_an_edge_belongs_to_the_eastern_and_southern_tile():
    edge = np.array([0.0])
    assert index_of(edge, 1, southward=False).tolist() == [1]
    assert index_of(edge, 1, southward=True).tolist() == [1]


def test_what_lies_beyond_the_square_counts_to_its_outermost_tile():
    beyond = np.array([-2 * HALF, HALF, 2 * HALF])
    assert index_of(beyond, 2, southward=False).tolist() == [0, 3, 3]
    assert index_of(beyond, 2, southward=True).tolist() == [3, 0, 0]


def test_limits_grow_from_one_tile():
    limits = limits_of((0.0, 0.0, 1.0, 1.0))
    assert limits[0] == {
        "tileMatrix": "0",
        "minTileRow": 0,
        "maxTileRow": 0,
        "minTileCol": 0,
        "maxTileCol": 0,
    }
    assert limits[1]["minTileCol"] == 1
    assert limits[1]["minTileRow"] <= limits[1]["maxTileRow"]
