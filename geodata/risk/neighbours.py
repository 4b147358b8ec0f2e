"""Contiguity of districts, as the statistics use it."""

import geopandas as gpd
import numpy as np
import scipy.sparse as sp
import shapely


def contiguity(districts: gpd.GeoDataFrame) -> sp.csr_array:
    """Give the binary matrix of districts that share a border or a point.

    Parameters
    ----------
    districts
        Frame of the districts' schema.

    Returns
    -------
    scipy.sparse.csr_array
        1 where two districts touch, no diagonal.
    """
    shapes = districts.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    keep = left != right
    ones = np.ones(int(keep.sum()))
    return sp.csr_array((ones, (left[keep], right[keep])), shape=(len(shapes), len(shapes)))
