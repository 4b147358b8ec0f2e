"""What is written as a vector tile is what another reader finds in it."""

from datetime import UTC, date, datetime

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from service.tiles.encoding import Layer
from service.tiles.grid import EXTENT
from tests.laws import examples

WHOLE = st.integers(-EXTENT, 2 * EXTENT)
PAIR = st.tuples(WHOLE, WHOLE)
COLUMNS = {
    "text": (pa.string(), st.text(st.characters(codec="utf-8"), max_size=6)),
    "number": (pa.int64(), st.integers(-(2**62), 2**63 - 1)),
    "measure": (pa.float64(), st.floats(allow_nan=False)),
    "truth": (pa.bool_(), st.booleans()),
    "none": (pa.string(), st.none()),
}
HOLED = shapely.from_wkt("POLYGON ((0 0, 0 9, 9 9, 9 0, 0 0), (2 2, 4 2, 4 4, 2 4, 2 2))")
SHAPES = [
    HOLED,
    shapely.MultiPolygon([HOLED, shapely.box(-60, 4000, 10, 4100, ccw=False)]),
    shapely.LineString([(5, 5), (5, 900), (-3, 2)]),
    shapely.MultiLineString([[(0, 0), (4000, 1)], [(1, 1), (2, 2), (3, 3)]]),
    shapely.MultiPoint([(1, 2), (3000, 4)]),
    shapely.Point(4096, 0),
]


def read(layer: Layer) -> list[dict]:
    content = layer.content()
    return mapbox_vector_tile.decode(content)["layer"]["features"] if content else []


@given(st.lists(st.tuples(PAIR, *(values | st.none() for _, values in COLUMNS.values()))))
@examples(60)
def test_points_come_back_with_what_is_known_of_them(rows) -> None:
    layer = Layer("layer")
    columns = {
        name: pa.array([row[place] for row in rows], kind)
        for place, (name, (kind, _)) in enumerate(COLUMNS.items(), 1)
    }
    layer.add(shapely.points([row[0] for row in rows] or np.empty((0, 2))), columns)
    found = read(layer)
    assert [tuple(one["geometry"]["coordinates"]) for one in found] == [row[0] for row in rows]
    for one, row in zip(found, rows, strict=True):
        known = dict(zip(COLUMNS, row[1:], strict=True))
        assert one["properties"] == {k: v for k, v in known.items() if v is not None}


@given(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=6))
@examples(40)
def test_every_kind_of_shape_comes_back_whatever_stands_beside_it(shapes) -> None:
    layer = Layer("layer")
    layer.add(shapes, {})
    for one, wanted in zip(read(layer), shapes, strict=True):
        found = shape(one["geometry"])
        assert found.geom_type == wanted.geom_type
        assert found.equals(wanted)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 5_000, 20_000])
def test_texts_of_any_length_come_back(length: int) -> None:
    layer = Layer("layer")
    layer.add(shapely.points([[1, 1]]), {"note": pa.array(["ə" * length])})
    assert read(layer)[0]["properties"] == {"note": "ə" * length}


def test_days_and_moments_are_iso_texts_and_values_are_listed_once() -> None:
    layer = Layer("layer")
    day = pa.array([date(2021, 2, 4)] * 3)
    moment = pa.array([datetime(2021, 2, 4, 5, 6, 7, tzinfo=UTC)] * 3, pa.timestamp("ms", "UTC"))
    layer.add(shapely.points([[1, 1]] * 3), {"day": day, "until": day, "moment": moment})
    assert layer.content().count(b"2021-02-04") == 2
    assert read(layer)[2]["properties"] == {
        "day": "2021-02-04",
        "until": "2021-02-04",
        "moment": "2021-02-04T05:06:07Z",
    }
