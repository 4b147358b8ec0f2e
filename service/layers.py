"""The operator's own layers beside the register: roads, a former front line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geodata.crs import parse_crs, transform_xy
from geodata.errors import InvalidInput
from geodata.schemas import CRS84
from geodata.untrusted.contents import kind_of
from geodata.untrusted.limits import Limits
from geodata.untrusted.sandbox import read_layer
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers as they were when the service started."""

    shapes: Mapping[str, Any]
    """Geometries (lon, lat) by the file's name without its ending."""
    state: tuple[tuple[str, int], ...]
    """Tells whether an answer was made of these."""


def layers_of(settings: Settings) -> Layers:
    """Read the layers that the settings name.

    Raises
    ------
    InvalidInput
        A file is not there, cannot be read or has no geometries.
    """
    paths = [Path(text.strip()) for text in settings.near.split(",") if text.strip()]
    for path in paths:
        if not path.is_file():
            raise InvalidInput(
                f"HAZARDMAP_NEAR: there is no file {path}; name vector files, e.g. roads.gpkg."
            )
    state = tuple((str(path), path.stat().st_mtime_ns) for path in paths)
    return Layers({path.stem: shapes_of(path) for path in paths}, state)


def shapes_of(path: Path) -> Any:
    """Read a layer's geometries (lon, lat), as strangers' files are read.

    Parameters
    ----------
    path
        A vector file; without a system of its own it is in degrees, longitude first.

    Raises
    ------
    InvalidInput
        The file cannot be read or has no geometries.
    """
    held = read_layer(path, kind_of(path), Limits())
    columns = [batch.column(held.geometry) for batch in held.batches() if held.geometry]
    if not columns:
        raise InvalidInput(f"{path.name} has no geometries; give a vector layer, e.g. roads.gpkg.")
    shapes = shapely.from_wkb(np.concatenate([c.to_numpy(zero_copy_only=False) for c in columns]))
    source, target = parse_crs(held.crs or CRS84), parse_crs(CRS84)

    def moved(xy: Any) -> Any:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], source, target))

    return shapely.transform(shapely.force_2d(shapes), moved)
