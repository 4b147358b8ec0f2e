"""GeoParquet 1.1: Arrow types, the CRS in full, and a bounding box a row."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.formats.arrow import TYPES, shapes_of, to_table
from geodata.formats.geometry import crs_of
from geodata.formats.options import FormatOptions
from geodata.schema import FrameSchema


def parquet(
    frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions
) -> None:
    """Write GeoParquet; a layer without geometry becomes plain Parquet.

    Dates are ``date32``, moments UTC timestamps. The column ``bbox`` lets readers skip
    row groups that lie elsewhere.
    """
    table = to_table(frame, schema).replace_schema_metadata(None)
    columns = {
        column.name: pd.Series(
            table[column.name].to_pandas(types_mapper=pd.ArrowDtype).array,
            dtype=pd.ArrowDtype(TYPES[column.kind]),
        )
        for column in schema.columns
    }
    rows = pd.DataFrame(columns, columns=schema.names)
    if schema.geometry is None:
        rows.to_parquet(path, index=False, compression="zstd")
        return
    shapes = shapes_of(frame, schema, options)
    layer = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=crs_of(options.crs)))
    layer.to_parquet(
        path, index=False, compression="zstd", schema_version="1.1.0", write_covering_bbox=True
    )
