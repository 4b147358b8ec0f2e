"""Operations as a frame: clearance, survey, training, deployment, assessment."""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geodata.errors import InvalidInput
from geodata.incidents.citations import source_text
from geodata.incidents.weights import district_ids_text
from geodata.model import Operation
from geodata.schemas import CRS84, OPERATIONS, conform


def operations_frame(operations: Iterable[Operation]) -> gpd.GeoDataFrame:
    """Give operations as rows of `schemas.OPERATIONS`.

    Parameters
    ----------
    operations
        The records; their order is kept.

    Returns
    -------
    geopandas.GeoDataFrame
        The geometry is the operation's own (WGS 84, lon lat) or null; it is never made
        up from its districts.

    Raises
    ------
    InvalidInput
        A geometry is no WKT.
    """
    records = list(operations)
    frame = pd.DataFrame(
        [_row(record) for record in records], columns=None if records else ["operation_id"]
    )
    shapes = gpd.GeoSeries([_shape(record) for record in records], crs=CRS84, index=frame.index)
    return conform(gpd.GeoDataFrame(frame, geometry=shapes), OPERATIONS)


def _row(operation: Operation) -> dict[str, Any]:
    row = operation.model_dump(exclude={"districts", "report", "devices_found", "geometry_wkt"})
    found = operation.devices_found
    row["devices_found"] = ";".join(f"{device}:{n}" for device, n in found.items()) or None
    row["districts"] = district_ids_text(operation.districts)
    row["sources"] = source_text(operation.report)
    row["date_start"] = operation.actual_start or operation.planned_start or operation.announced
    row["date_end"] = operation.actual_end or operation.planned_end
    return row


def _shape(operation: Operation) -> Any:
    if operation.geometry_wkt is None:
        return None
    try:
        return shapely.from_wkt(operation.geometry_wkt)
    except shapely.errors.GEOSException as reason:
        raise InvalidInput(
            f"operation {operation.operation_id}: geometry_wkt cannot be read as WKT "
            f"({str(reason)[:120]}). "
            "Write e.g. POLYGON ((46.9 40, 47 40, 47 40.1, 46.9 40)), lon lat.",
            code="bad-geometry",
            details=[
                {"field": "geometry_wkt", "reason": "has to be WKT, e.g. POINT (46.95 40.05)"}
            ],
        ) from None
