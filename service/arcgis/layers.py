"""The layers of the FeatureServer: one a collection and kind of geometry, with whole-number ids."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.errors import NotFound
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.schemas import Column, FrameSchema
from service.collections import COLLECTIONS, Collection

OBJECT_ID = "OBJECTID"
_OBJECT_IDS = Column(OBJECT_ID, "integer", "Number of the feature: stays as long as its id does")
_MOST = 2**31 - 1
"""Ids fit in what older clients hold: a signed number of 32 bits."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer or table.

    Attributes
    ----------
    number
        In its address.
    collection
        With `OBJECT_ID` before its columns, and only features of its kind of geometry, or
        without any.
    geometry
        ``esriGeometryPoint`` or ``esriGeometryPolygon``; empty for a table.
    style
        Id of its style; empty for none.
    """

    number: int
    collection: Collection
    geometry: str
    style: str


def _layers() -> tuple[Layer, ...]:
    found: list[Layer] = []
    for one in COLLECTIONS.values():
        kinds = {
            "Point": ("esriGeometryPoint",),
            "MultiPolygon": ("esriGeometryPolygon",),
            "Geometry": ("esriGeometryPolygon", "esriGeometryPoint"),
            None: ("",),
        }[one.schema.geometry]
        for kind in kinds:
            part = kind if len(kinds) > 1 else ""
            style = "" if one.schema.geometry is None or part == "esriGeometryPoint" else one.id
            found.append(Layer(len(found), _numbered(one, part), kind, style))
    return tuple(found)


def _numbered(one: Collection, part: str) -> Collection:
    schema: FrameSchema = replace(one.schema, columns=(_OBJECT_IDS, *one.schema.columns))
    points = part == "esriGeometryPoint"
    title = f"{one.title} (points)" if points else one.title

    def frame(snapshot: Snapshot, parameters: RiskParameters) -> gpd.GeoDataFrame:
        key = ("arcgis", one.id, part, parameters)
        return snapshot.cached(key, lambda: _with_ids(one.frame(snapshot, parameters), part))

    return replace(one, id=f"arcgis:{one.id}:{part}", title=title, schema=schema, frame=frame)


def _with_ids(frame: gpd.GeoDataFrame, part: str) -> gpd.GeoDataFrame:
    if part:
        # -1 stands for none: what lies nowhere is with the areas.
        dimensions = shapely.get_dimensions(frame.geometry.to_numpy())
        frame = frame[dimensions == 0 if part == "esriGeometryPoint" else dimensions != 0]
    # The columns are shared, not copied.
    found = frame.copy(deep=False)
    found.insert(0, OBJECT_ID, object_ids(found.index))
    return found


def object_ids(ids: Any) -> np.ndarray:
    """Give a number for each id: the same for the same id, whatever else the layer holds.

    Where two ids have the same digest, of which there are 2 pairs in 100,000, the one that
    comes later in the order of texts takes the next number that is free.

    Examples
    --------
    >>> object_ids(["I1", "I2"]).tolist() == object_ids(["I2", "I1"]).tolist()[::-1]
    True
    """
    texts = [str(one) for one in ids]
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=4).digest() for text in texts)
    numbers = np.frombuffer(digests, dtype=">u4").astype(np.int64) % _MOST + 1
    if len(np.unique(numbers)) == len(numbers):
        return numbers
    taken: set[int] = set()
    for place in sorted(range(len(texts)), key=texts.__getitem__):
        number = int(numbers[place])
        while number in taken:
            number = number % _MOST + 1
        numbers[place] = number
        taken.add(number)
    return numbers


LAYERS = _layers()


def layer(number: str) -> Layer:
    """Find a layer by its number in an address.

    Raises
    ------
    NotFound
        There is no such layer.
    """
    if not number.isascii() or not number.isdigit() or int(number) >= len(LAYERS):
        raise NotFound(f"There is no layer {number[:20]!r}; there are 0 to {len(LAYERS) - 1}.")
    return LAYERS[int(number)]


def bounds_of(shapes: Any) -> tuple[float, float, float, float] | None:
    """Give the box around shapes; None where there is none."""
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(there):
        return None
    west, south, east, north = (float(side) for side in shapely.total_bounds(there))
    return west, south, east, north
