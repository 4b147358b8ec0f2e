"""Frames that have the form of a schema."""

import pandas as pd

from geodata.schemas import INCIDENTS, conform


def test_columns_are_neither_the_callers_nor_each_others() -> None:
    day = pd.to_datetime(["2021-01-01", "2021-02-01"])
    given = pd.DataFrame({"incident_id": ["a", "b"], "date_start": day, "date_end": day})
    given["killed"] = pd.array([1, 2], "Int64")
    frame = conform(given, INCIDENTS)
    frame.loc["a", ["killed", "injured"]] = 7
    assert given["killed"].tolist() == [1, 2]
    assert frame["injured"].fillna(0).tolist() == [7, 0]
    # which is missing as well, and of the same kind
    assert frame["casualties"].isna().all()
