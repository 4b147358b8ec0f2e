"""Low, best and high numbers of killed and injured, from a file to the table's limits."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from geodata.intake import Choices, import_file
from geodata.register import open_register
from geodata.risk import RiskParameters, district_risk, explain, rates, risk_of
from tests.conftest import make_country

ROWS = """id,date,lon,lat,killed,killed_low,killed_high,injured,injured low,injured high
1,2021-01-01,47.05,40.15,2,1,4,3,2,6
2,2021-02-10,47.06,40.16,1,1,1,,,
3,2021-03-31,47.06,40.14,0,0,2,1,0,3
4,2021-03-01,47.15,40.16,5,3,9,,,
5,2021-05-01,47.05,40.06,,2,,,4,
6,2021-06-01,47.15,40.06,1,,,0,,
"""
NUMBERS = ("low", "best", "high")


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("severity")
    path = folder / "table.csv"
    path.write_text(ROWS)
    register = open_register(folder / "register", empty=True)
    register.add_boundaries(make_country(), edition="XX-1", author="test")
    report = import_file(register, path, kind="incidents", author="test", choices=Choices())
    assert report.counts["taken"] == 6, report.refused
    yield register.snapshot()
    register.close()


def _numbers(row, name: str) -> list[float | None]:
    ends = (row[f"{name}_low"], row[name], row[f"{name}_high"])
    return [None if pd.isna(end) else float(end) for end in ends]


def test_every_number_stated_reaches_the_layer_of_incidents(held):
    frame = held.incidents.sort_values("date_start").reset_index()
    assert _numbers(frame.loc[0], "killed") == [1, 2, 4]
    assert _numbers(frame.loc[0], "injured") == [2, 3, 6]
    assert frame.loc[1, ["injured", "injured_low", "injured_high"]].isna().all()
    low = frame.loc[frame["injured_low"].eq(4)].iloc[0]
    assert (int(low["killed_low"]), pd.isna(low["killed"]), pd.isna(low["injured"])) == (
        2,
        True,
        True,
    )


def test_the_table_sums_them_and_a_high_sum_is_null_where_one_is_open(held):
    table = risk_of(held, RiskParameters())
    a, d = table.loc["XX-A"], table.loc["XX-D"]
    assert _numbers(a, "killed") == [2, 3, 7]
    # 3 + nothing said + 1; the second incident says nothing of the injured
    assert (a["injured_low"], a["injured"], pd.isna(a["injured_high"])) == (2, 4, True)
    assert _numbers(d, "killed") == [1, 1, 1]
    assert _numbers(d, "injured") == [0, 0, 0]
    assert pd.isna(table.loc["XX-C", "killed_high"])


def test_the_limits_of_people_reach_from_the_low_to_the_high_sum(held):
    asked = {"weight": "killed", "period": "2021-01-01/2021-12-31"}
    row = risk_of(held, RiskParameters.parse(asked)).loc["XX-A"]
    years = row["observed_years"]
    assert row["rate"] == pytest.approx(3 / years)
    low, high = rates.compound_interval(np.array([2.0, 1.0, 0.0]))
    assert 0 < row["rate_low"] < low / years
    assert row["rate_high"] > high / years
    assert row["rate_low"] < 2 / years < 7 / years < row["rate_high"]


def test_a_wider_range_of_people_never_makes_narrower_limits(held):
    frame = held.incidents.copy()
    # nobody by the best number, some by the high one
    frame.loc[frame["date_start"] == "2021-06-01", ["killed", "killed_low"]] = 0
    spans = []
    for most in (5, 9, 20):
        frame = frame.copy()
        frame.loc[frame["killed"].notna(), "killed_high"] = most
        table = district_risk(frame, held.districts, weight="killed")
        spans.append(table["rate_high"])
        assert (table["rate_low"].dropna() <= table["rate"].dropna()).all()
    for fewer, more in pairwise(spans):
        known = table["rate"].notna()
        assert (more >= fewer).all()
        assert (more[known] > fewer[known]).all()


def test_killed_and_injured_are_not_a_sum_where_one_is_unknown(held):
    table = risk_of(held, RiskParameters(weight="casualties"))
    assert table["status"].to_dict() == {
        "XX-A": "casualties_partly_stated", "XX-B": "casualties_not_stated",
        "XX-C": "casualties_not_stated", "XX-D": "ok",
    }  # fmt: skip
    for name in ("XX-B", "XX-C"):
        silent = table.loc[name]
        assert silent[["casualties", "density", "rate", "rank"]].isna().all()
        assert silent["risk_class"] == "no_information"
        assert silent["rate_high"] > 0
        assert explain(held, name, RiskParameters(weight="casualties"))["rate"]["value"] is None
    killed = risk_of(held, RiskParameters(weight="killed"))["status"].to_dict()
    assert killed["XX-B"] == "ok"
    assert killed["XX-C"] == "killed_not_stated"


@pytest.mark.parametrize("expected", [10, 40])
def test_limits_of_people_hold_the_truth_as_often_as_they_say(expected):
    draw, held = np.random.default_rng(11), 0
    sizes = np.repeat([0.0, 1, 2, 3, 5, 9, 30], [20, 50, 25, 10, 4, 2, 1])
    for _ in range(400):
        low, high = rates.compound_interval(draw.choice(sizes, draw.poisson(expected)))
        held += low <= expected * sizes.mean() <= high
    assert held / 400 >= 0.87
