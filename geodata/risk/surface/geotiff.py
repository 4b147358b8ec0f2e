"""The risk surface as a GeoTIFF."""

import numpy as np

from geodata.risk.surface.estimation import RiskSurface


def geotiff_bytes(surface: RiskSurface) -> bytes:
    """Write the surface as a compressed GeoTIFF.

    Parameters
    ----------
    surface
        From `risk_surface`.

    Returns
    -------
    bytes
        One float32 band in the surface's unit, in its equal-area system; NaN outside the
        country is the no-data value. Tags carry unit, period, bandwidth and counts.
    """
    from rasterio.crs import CRS
    from rasterio.io import MemoryFile

    values = surface.intensity.astype("float32")
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": CRS.from_wkt(surface.crs.to_wkt()),
        "transform": surface.grid.transform,
        "nodata": np.nan,
        "compress": "deflate",
        "predictor": 3,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    tags = {
        "UNIT": surface.unit,
        "PERIOD_START": surface.window.start.isoformat(),
        "PERIOD_END": surface.window.end.isoformat(),
        "BANDWIDTH_M": f"{surface.bandwidth_m:g}",
        "INCIDENTS_WITH_POINT": f"{surface.points:g}",
        "INCIDENTS_SPREAD_OVER_DISTRICTS": f"{surface.spread:g}",
        "NOTE": "No record is not the same as safe.",
    }
    with MemoryFile() as file:
        with file.open(**profile) as raster:
            raster.write(values, 1)
            raster.set_band_description(1, surface.unit)
            raster.set_band_unit(1, surface.unit)
            raster.update_tags(**tags)
        return bytes(file.read())
