"""What identifies a set of boundaries, for caches and ETags."""

import hashlib
import re

import geopandas as gpd
import pandas as pd
import shapely

_COUNTRY = re.compile(r"^([A-Z]{2})(?:-|\d)")


def shape_key(districts: gpd.GeoDataFrame) -> str:
    """Hash ids, order and geometry of the districts: the key of what derives from shapes.

    Parameters
    ----------
    districts
        Frame with the column `district_id` and geometries in OGC:CRS84.

    Returns
    -------
    str
        32 hexadecimal digits; equal for equal content, whatever the object.
    """
    digest = hashlib.blake2b(digest_size=16)
    for text in districts["district_id"].astype(str):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\x00")
    for shape in shapely.to_wkb(districts.geometry.to_numpy()):
        digest.update(b"\x01" if shape is None else shape)
    return digest.hexdigest()


def edition_of(districts: gpd.GeoDataFrame) -> str:
    """Give the short id of an edition of boundaries.

    Parameters
    ----------
    districts
        Districts as `load_districts` gives them.

    Returns
    -------
    str
        The label given when the file was loaded, or else country and month of
        `valid_from`, then eight digits of a hash of the whole content, e.g.
        ``AZ-2023-10-1f0c9a3b``. Any change of a name, number or vertex changes it.
    """
    label = districts.attrs.get("edition") or _label(districts)
    digest = hashlib.blake2b(shape_key(districts).encode(), digest_size=4)
    values = districts.drop(columns=districts.geometry.name)
    digest.update(pd.util.hash_pandas_object(values, index=False).to_numpy().tobytes())
    return f"{label}-{digest.hexdigest()}"


def _label(districts: gpd.GeoDataFrame) -> str:
    countries = {
        found[1] if (found := _COUNTRY.match(text)) else ""
        for text in districts["district_id"].astype(str)
    }
    country = countries.pop() if len(countries) == 1 else ""
    first = districts["valid_from"].max() if "valid_from" in districts else pd.NaT
    month = "" if pd.isna(first) else pd.Timestamp(first).strftime("%Y-%m")
    return "-".join(part for part in (country, month) if part) or "districts"
