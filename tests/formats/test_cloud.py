"""GeoParquet for readers of parts: rows by space, groups with their boxes."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from geodata import schemas
from geodata.formats import FormatOptions, write
from geodata.schemas import CRS84, conform


@pytest.fixture(scope="module")
def scattered() -> gpd.GeoDataFrame:
    """25,000 points without order, in the south and over the 180th meridian, some unknown."""
    draw = np.random.default_rng(5)
    count = 25_000
    rows = pd.DataFrame({"incident_id": [f"i{n}" for n in range(count)], "version": 1})
    rows["date_start"] = rows["date_end"] = "2021-01-01"
    points = gpd.points_from_xy(draw.uniform(-180, 180, count), draw.uniform(-60, 20, count))
    shapes = gpd.GeoSeries(points, crs=CRS84)
    shapes[::50] = None
    return conform(gpd.GeoDataFrame(rows, geometry=shapes), schemas.INCIDENTS)


def test_a_small_box_lies_in_few_groups(scattered, tmp_path) -> None:
    path = tmp_path / "points.parquet"
    write(scattered, schemas.INCIDENTS, path)
    file = pq.ParquetFile(path)
    assert file.num_row_groups == 3
    box = (100.0, -50.0, 101.0, -49.0)
    found = gpd.read_parquet(path, bbox=box)
    wanted = scattered.cx[box[0] : box[2], box[1] : box[3]]
    assert set(found["incident_id"]) == set(wanted["incident_id"])
    names = file.schema_arrow.names
    assert "bbox" in names
    touched = 0
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        sides = {
            group.column(c).path_in_schema: group.column(c).statistics
            for c in range(group.num_columns)
            if group.column(c).path_in_schema.startswith("bbox.")
        }
        touched += (
            sides["bbox.xmin"].min <= box[2]
            and sides["bbox.xmax"].max >= box[0]
            and sides["bbox.ymin"].min <= box[3]
            and sides["bbox.ymax"].max >= box[1]
        )
    assert touched < file.num_row_groups


def test_nothing_is_lost_by_the_order_and_one_that_was_asked_for_stays(scattered, tmp_path) -> None:
    by_space, as_given = tmp_path / "a.parquet", tmp_path / "b.parquet"
    write(scattered, schemas.INCIDENTS, by_space)
    write(scattered, schemas.INCIDENTS, as_given, options=FormatOptions(by_space=False))
    first, second = gpd.read_parquet(by_space), gpd.read_parquet(as_given)
    assert second["incident_id"].tolist() == scattered["incident_id"].tolist()
    again = first.set_index("incident_id").loc[second["incident_id"]].reset_index()
    assert again.geometry.geom_equals(second.geometry).sum() == second.geometry.notna().sum()
    assert first.geometry.isna().sum() == 500
    assert first.geometry.isna().tail(500).all()
