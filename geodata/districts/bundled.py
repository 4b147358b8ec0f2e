"""The bundled districts of Azerbaijan."""

from functools import lru_cache
from importlib.resources import as_file, files

import geopandas as gpd

from geodata.districts.geometry import geodesic_area_km2
from geodata.errors import NotFound
from geodata.schemas import CRS84, DISTRICTS, conform

BUNDLED_EDITION = "AZ-2023-10"
ATTRIBUTION = "Made with Natural Earth; approximate, not authoritative"
DISCLAIMER = "Boundaries and names shown imply no opinion on the status of any territory."


def bundled_districts(edition: str | None = None) -> gpd.GeoDataFrame:
    """Load the 77 bundled districts, ordered by id.

    A fresh frame of the schema DISTRICTS in OGC:CRS84 with geodesic areas.

    Parameters
    ----------
    edition
        None or the one that is bundled, `BUNDLED_EDITION`.

    Raises
    ------
    NotFound
        Another edition was asked for (code ``unknown-edition``).
    """
    if edition not in (None, BUNDLED_EDITION):
        raise NotFound(
            f"The edition {edition!r} is not bundled; {BUNDLED_EDITION} is. Load its file instead.",
            code="unknown-edition",
        )
    frame = _read().copy()
    frame.attrs["edition"] = BUNDLED_EDITION
    return frame


@lru_cache(maxsize=1)
def _read() -> gpd.GeoDataFrame:
    import pyogrio

    with as_file(files("geodata") / "data" / "districts.geojson") as path:
        frame = pyogrio.read_dataframe(path)
    frame = frame.set_crs(CRS84, allow_override=True)
    frame["area_km2"] = geodesic_area_km2(frame.geometry.to_numpy()).round(4)
    # Their names are looked for in columns of any level: rayons are first-level units in some
    # sources' lists and second-level ones, below economic regions, in others'.
    frame["country"] = "AZ"
    return conform(frame, DISTRICTS)
