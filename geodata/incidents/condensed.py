"""Incidents of which one row stands for all that are alike: what is held of too many to hold.

Alike are incidents of one place (the text of their districts) and date range of which the same
numbers of people are stated. Their numbers are added, so the rows are as many as places and days,
however many incidents there are.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COUNT = "incidents"
"""Column of how many incidents a row stands for; without it each row is one."""
SQUARES, LARGEST = "_squares", "_largest"
"""Ends of the columns of a number's sum of squares and largest value over a row's incidents."""


def incidents_in(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Give how many incidents each row stands for."""
    if COUNT not in frame.columns:
        return np.ones(len(frame))
    return np.asarray(frame[COUNT], dtype=np.float64)
