"""A country over the 180th meridian: no layer is drawn round the world, and no tile."""

import numpy as np
import pytest
import shapely

from geodata.risk import RiskParameters
from service.collections import COLLECTIONS
from service.tiles.layer import districts_at, shapes_at
from tests.made import lattice, placed_history
from tests.maps.snapshots import FakeSnapshot

DEGREE_M = 111_320.0
LAYERS = ("risk", "risk-surface", "clusters", "forecast", "priorities")


@pytest.fixture(scope="module")
def country() -> FakeSnapshot:
    here = {"west": 179.67, "south": -17.3}
    return FakeSnapshot(lattice(**here), placed_history(**here))


def widest(shapes) -> float:
    """Width of the widest part."""
    bounds = shapely.bounds(shapely.get_parts(np.asarray(shapes, dtype=object)))
    return float((bounds[:, 2] - bounds[:, 0]).max())


@pytest.mark.parametrize("cell_km", [1.0, 10.0])
@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_lies_on_both_sides_of_the_meridian(country, layer: str, cell_km: float) -> None:
    frame = COLLECTIONS[layer].frame(country, RiskParameters(cell_km=cell_km, rank_by="rate"))
    shapes = np.asarray(frame.geometry.dropna().array, dtype=object)
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) <= {6}
    assert widest(shapes) < 0.6
    if layer != "clusters":  # which may be on one side
        assert tuple(shapely.total_bounds(shapes)[[0, 2]]) == (-180, 180)


@pytest.mark.parametrize("zoom", [2, 6, 9, 14])
@pytest.mark.parametrize("layer", ["risk", "risk-surface", "forecast"])
def test_a_tile_draws_nothing_round_the_world(country, layer: str, zoom: int) -> None:
    frame = COLLECTIONS[layer].frame(country, RiskParameters(cell_km=1.0, rank_by="rate"))
    generalise = districts_at if layer == "risk" else shapes_at
    assert widest(generalise(frame, zoom)) < 0.6 * DEGREE_M
