"""The risk table on the synthetic country: 100 km2 a district, so density = count / years."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from geodata.codes import RiskClass, values_of
from geodata.errors import InvalidInput
from geodata.incidents import DistrictWeights, parse_districts
from geodata.intervals import parse_interval
from geodata.risk import RiskParameters, district_risk, rates, unplaced
from geodata.risk.districts import estimate
from geodata.risk.of_snapshot import estimate_of
from geodata.schemas import CRS84, DISTRICTS, INCIDENTS, RISK, conform
from tests.conftest import make_country, make_incidents
from tests.laws import examples
from tests.maps.snapshots import FakeSnapshot

TODAY = date(2024, 1, 1)
YEAR = "2021-01-01/2021-12-31"


def risk(incidents, country, **parameters):
    return district_risk(incidents, country, today=TODAY, **parameters)


def test_the_table_conforms_to_its_schema_in_the_districts_order(incidents, country):
    table = risk(incidents, country)
    assert list(table.columns) == [*RISK.names, "geometry"]
    assert list(table.index) == list(country.index)
    assert table.crs == CRS84


def test_density_by_hand(incidents, country):
    table = risk(incidents, country, period=YEAR)
    years = 365 / 365.25
    assert table.loc["XX-A", "incidents"] == 2.5
    assert table.loc["XX-A", "density"] == pytest.approx(2.5 / years)
    assert table.loc["XX-D", "density"] == pytest.approx(1 / years)
    assert table.loc["XX-A", "years"] == pytest.approx(years)
    low, high = rates.poisson_interval(1, years)
    assert table.loc["XX-D", "density_low"] == pytest.approx(float(low))
    assert table.loc["XX-D", "density_high"] == pytest.approx(float(high))
    # A holds two incidents, and one that is here or in B: 1/2 x 1/2 between imputations
    low, high = rates.weighted_interval(2.5, 2.5, years, between=0.25)
    assert table.loc["XX-A", "density_low"] == pytest.approx(float(low))
    assert table.loc["XX-A", "density_high"] == pytest.approx(float(high))
    assert high > rates.weighted_interval(2.5, 2.5, years)[1]


def test_harm_is_weighted_like_the_place_and_unknown_is_no_zero(incidents, country):
    table = risk(incidents, country, period=YEAR)
    assert table.loc["XX-A", "killed"] == 1
    assert table.loc["XX-A", "injured"] == pytest.approx(5 + 1 + 0.5)
    assert pd.isna(table.loc["XX-B", "killed"])
    assert table.loc["XX-B", "injured"] == pytest.approx(0.5)


def test_a_district_without_incident_is_no_information_and_never_safe(incidents, country):
    row = risk(incidents, country, period=YEAR).loc["XX-C"]
    assert row["incidents"] == 0
    assert row["risk_class"] == row["status"] == "no_information"
    assert row[["density", "density_low", "rank", "killed"]].isna().all()
    assert row["density_high"] == pytest.approx(3.6889 / (365 / 365.25), abs=1e-3)
    assert row["smoothed"] > 0


def test_an_empty_register_is_no_information_everywhere(incidents, country):
    table = risk(incidents.iloc[:0], country)
    assert set(table["risk_class"]) == {"no_information"}
    assert (
        table[["density", "density_high", "smoothed", "rank", "period_start"]].isna().all(axis=None)
    )
    assert (table["incidents"] == 0).all()
    dated = risk(incidents.iloc[:0], country, period=YEAR)
    assert dated["density_high"].notna().all()


def test_a_country_without_districts_has_an_empty_table(incidents, country):
    assert len(risk(incidents, country.iloc[:0])) == 0


def test_population_is_per_hundred_thousand_and_undefined_without_people(incidents, country):
    table = risk(incidents, country, period=YEAR, exposure="population")
    years = 365 / 365.25
    assert table.loc["XX-A", "density"] == pytest.approx(2.5 / (10_000 / 100_000) / years)
    assert table.loc["XX-A", "unit"] == "incidents per 100,000 people per year"
    only_c = incidents.assign(districts="XX-C:1", district_id="XX-C")
    row = risk(only_c, country, period=YEAR, exposure="population").loc["XX-C"]
    assert row["status"] == "no_population"
    assert row["incidents"] > 0
    assert row[["density", "density_high", "smoothed", "rank"]].isna().all()
    assert row["risk_class"] == "no_information"


def test_zero_population_is_undefined_for_it_alone(incidents, country):
    country = country.assign(population=[10_000.0, 0.0, 7_000.0, 5_000.0])
    table = risk(incidents, country, period=YEAR, exposure="population")
    assert table.loc["XX-B", "status"] == "no_population"
    assert table.loc[["XX-A", "XX-D"], "smoothed"].notna().all()


def test_killed_as_weight_leaves_out_what_is_not_stated(incidents, country):
    table = risk(incidents, country, period=YEAR, weight="killed")
    years = 365 / 365.25
    assert table.loc["XX-D", "density"] == pytest.approx(2 / years)
    assert table.loc["XX-B", "status"] == "killed_not_stated"
    assert pd.isna(table.loc["XX-B", "density"])
    assert table.loc["XX-B", "risk_class"] == "no_information"
    assert table.loc["XX-A", "unit"] == "killed per 100 km2 per year"


def test_a_stated_zero_is_a_rate_of_zero(incidents, country):
    one = incidents[incidents["incident_id"] == "i2"]
    row = risk(one, country, period=YEAR, weight="killed").loc["XX-A"]
    assert row["killed"] == 0
    assert row["density"] == 0
    assert row["status"] == "ok"


def test_two_killed_at_once_are_less_certain_than_two_killed_apart(incidents, country):
    base = incidents.iloc[[3]].assign(date_start=pd.Timestamp("2021-05-01"))
    base = base.assign(date_end=pd.Timestamp("2021-05-01"))
    twice = conform(
        gpd.GeoDataFrame(
            pd.concat([base, base]).assign(incident_id=["a", "b"], killed=1), crs=CRS84
        ),
        INCIDENTS,
    )
    at_once = risk(base, country, period=YEAR, weight="killed").loc["XX-D"]
    apart = risk(twice, country, period=YEAR, weight="killed").loc["XX-D"]
    assert at_once["density"] == pytest.approx(apart["density"])
    assert at_once["density_high"] > apart["density_high"]


def test_a_half_life_makes_old_incidents_count_less(incidents, country):
    plain = risk(incidents, country, period=YEAR)
    decayed = risk(incidents, country, period=YEAR, half_life_days=60)
    ratio = plain["density"] / plain.loc["XX-D", "density"]
    faded = decayed["density"] / decayed.loc["XX-D", "density"]
    assert faded["XX-A"] < ratio["XX-A"]
    assert decayed.loc["XX-A", "incidents"] == plain.loc["XX-A", "incidents"]


def test_a_range_that_leaves_the_period_counts_for_its_days(incidents, country):
    table = risk(incidents, country, period="2021-01-26/2021-02-03")
    assert table.loc["XX-B", "incidents"] == pytest.approx(0.5 * 6 / 11)
    assert table.loc["XX-A", "incidents"] == pytest.approx(0.5 * 6 / 11)


def test_smoothing_none_leaves_the_smoothed_columns_null(incidents, country):
    table = risk(incidents, country, smoothing="none")
    assert table[["smoothed", "smoothed_low", "smoothed_high"]].isna().all(axis=None)
    assert table.loc["XX-A", "rank"] == 1
    assert table.loc["XX-A", "risk_class"] != "no_information"


@pytest.mark.parametrize("smoothing", ["eb", "spatial"])
def test_smoothed_lies_between_its_limits(incidents, country, smoothing):
    table = risk(incidents, country, smoothing=smoothing)
    known = table[table["incidents"] > 0]
    assert (known["smoothed_low"] <= known["smoothed"]).all()
    assert (known["smoothed"] <= known["smoothed_high"]).all()


def test_an_island_borrows_from_the_country_and_says_so(incidents, country):
    shapes = [*country.geometry.iloc[:3], MultiPolygon([box(49, 38, 49.1, 38.1)])]
    country = country.set_geometry(gpd.GeoSeries(shapes, index=country.index, crs=CRS84))
    table = risk(incidents, country, smoothing="spatial")
    whole = risk(incidents, country, smoothing="eb")
    assert table.loc["XX-D", "status"] == "island"
    assert table.loc["XX-D", "smoothed"] == pytest.approx(whole.loc["XX-D", "smoothed"])


def test_ranks_hold_their_intervals_and_only_for_what_is_known(incidents, country):
    table = risk(incidents, country)
    ranked = table[table["rank"].notna()]
    assert set(ranked.index) == {"XX-A", "XX-B", "XX-D"}
    assert (ranked["rank_low"] <= ranked["rank"]).all()
    assert (ranked["rank"] <= ranked["rank_high"]).all()
    assert ranked["rank_high"].max() <= 3


def test_the_same_input_gives_the_same_ranks(incidents, country):
    columns = ["rank", "rank_low", "rank_high"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(risk(incidents, country)[columns]),
        pd.DataFrame(risk(incidents, country)[columns]),
    )


def test_five_incidents_are_not_enough_for_hot_spots(incidents, country):
    table = risk(incidents, country)
    assert set(table["hotspot"]) == {"not_enough_data"}
    assert "needs" in table.attrs["risk"]["hotspots_not_tested"]


def test_what_a_table_says_of_itself_is_not_copied_for_each_of_its_columns(incidents, country):
    table = risk(incidents, country)
    for part in (table["rate"], table[["rate", "rank"]], table.iloc[:1]):
        assert part.attrs["risk"] is table.attrs["risk"]


def test_who_is_whose_neighbour_is_found_once_a_snapshot(incidents, country):
    snapshot = FakeSnapshot(country, incidents, alone=True)
    asked = (RiskParameters(), RiskParameters(smoothing="spatial", half_life_days=90.0))
    first, second = (estimate_of(snapshot, one) for one in asked)
    assert first is not second
    assert first.neighbours is second.neighbours


def test_the_inputs_are_not_changed(incidents, country):
    before = incidents.copy(), country.copy()
    risk(incidents, country, weight="killed", half_life_days=30, smoothing="spatial")
    pd.testing.assert_frame_equal(incidents, before[0])
    pd.testing.assert_frame_equal(country, before[1])


def test_an_unknown_parameter_value_is_refused(incidents, country):
    with pytest.raises(InvalidInput, match="weight"):
        risk(incidents, country, weight="fear")


def test_the_default_period_is_estimated_from_what_is_held(incidents, country):
    table = risk(incidents, country)
    # the span alone, from the first record to the last, would flatter the estimates
    assert table["observed_start"].iloc[0] < pd.Timestamp("2021-01-01")
    assert table.attrs["risk"]["period_chosen"] == "estimated"
    assert table["observed_end"].iloc[0] == pd.Timestamp("2021-12-31")
    assert table["period_start"].iloc[0] == pd.Timestamp("2021-01-01")
    assert table["period_end"].iloc[0] == pd.Timestamp("2021-12-31")


@pytest.mark.parametrize("asked", [{"smoothing": "none"}, {"smoothing": "eb"}])
def test_a_crude_density_is_over_the_recorded_span_and_all_that_is_ranked_is_not(asked):
    """Two blasts of January and March 2023 in one of four districts of another country."""
    country = make_country().assign(area_km2=[12_068.5, 12_068.5, 12_108.5, 12_108.5])
    incidents = make_incidents().iloc[:2]
    incidents[["date_start", "date_end"]] = [
        [pd.Timestamp(d)] * 2 for d in ("2023-01-01", "2023-03-31")
    ]
    found = district_risk(incidents, country, today=date(2026, 1, 1), **asked)
    row = found.loc["XX-A"]
    assert (str(row["period_start"].date()), str(row["period_end"].date())) == (
        "2023-01-01", "2023-03-31",
    )  # fmt: skip
    assert round(row["density"], 4) == 0.0673
    assert str(row["observed_start"].date()) == "2022-07-05"
    assert round(row["rate"], 4) == 0.0224
    stated = district_risk(
        incidents, country, today=date(2026, 1, 1), period="2022-07-05/2023-03-31", **asked
    )
    assert (stated["density"].dropna() == stated["rate"].dropna()).all()
    names = [
        *("rate", "rate_low", "rate_high", "smoothed", "smoothed_high", "rank", "rank_high"),
        *("risk_class", "expected", "expected_high", "observed_start", "observed_years"),
    ]
    pd.testing.assert_frame_equal(pd.DataFrame(found[names]), pd.DataFrame(stated[names]))
    some = found["density_high"].notna()
    shares = found.loc[some, "density_high"] / found.loc[some, "rate_high"]
    np.testing.assert_allclose(shares, row["observed_years"] / row["years"])


def test_of_five_expected_incidents_the_estimates_are_right_on_average(country):
    """Three years of 0, 1, 1 and 3 expected incidents in four districts, drawn 60 times."""
    draw, first = np.random.default_rng(3), pd.Timestamp("2020-01-01")
    one, days, found = make_incidents().iloc[[0]], 1_096, []
    parameters = RiskParameters(smoothing="none")
    for _ in range(60):
        counts = draw.poisson([0, 1, 1, 3])
        # what nobody recorded has no table
        if counts.sum() < 2:
            continue
        rows = pd.concat([one] * int(counts.sum()), ignore_index=True)
        rows.index = pd.Index([f"d{k}" for k in range(len(rows))], name="incident_id")
        rows["incident_id"] = rows.index
        rows["districts"] = [f"{name}:1" for name in np.repeat(country.index, counts)]
        when = first + pd.to_timedelta(draw.integers(0, days, len(rows)), "D")
        rows["date_start"], rows["date_end"] = when, when
        held = estimate(rows, country, parameters, today=date(2022, 12, 31), with_outlook=False)
        found.append([np.nansum(held.rate), np.nansum(held.density)])
    rate, density = np.mean(found, axis=0) * days / 365.25
    # 5.0 on average; 5.2 given at least two
    assert 4.6 < rate < 5.8
    assert density > 1.3 * rate


def test_unplaced_incidents_are_reported_with_their_ids(incidents, country):
    found = unplaced(incidents, country, today=TODAY)
    assert (found.incidents, found.placed, found.unplaced) == (5, 4, 1)
    assert found.ids == ("i5",)
    assert risk(incidents, country).attrs["risk"]["unplaced"] == 1


def test_an_incident_of_an_unknown_district_is_unplaced(incidents, country):
    elsewhere = incidents.assign(districts="YY-Z:0.25;XX-A:0.75")
    found = unplaced(elsewhere, country, today=TODAY)
    assert found.unplaced == pytest.approx(5 * 0.25)
    assert found.placed == pytest.approx(5 * 0.75)


places = st.sampled_from(
    [None, "XX-A:1", "XX-B", "XX-A:0.5;XX-C:0.5", "XX-D:0.3;QQ-1:0.7", "XX-A:0.2;XX-B:0.8"]
)
rows = st.lists(
    st.tuples(places, st.integers(0, 700), st.integers(0, 60), st.sampled_from([None, 0, 1, 7])),
    min_size=1,
    max_size=25,
)


def frame_of(drawn):
    start = np.datetime64("2021-01-01") + np.array([row[1] for row in drawn])
    return conform(
        pd.DataFrame(
            {
                "incident_id": [f"i{n}" for n in range(len(drawn))],
                "date_start": start,
                "date_end": start + np.array([row[2] for row in drawn]),
                "districts": [row[0] for row in drawn],
                "killed": [row[3] for row in drawn],
            }
        ),
        INCIDENTS,
    )


@examples(20)
@given(rows, st.sampled_from([None, "2021-03-01/2021-09-30", "2021-01-01/2023-12-31"]))
def test_counts_by_district_plus_unplaced_are_the_incidents(drawn, period):
    frame, country = frame_of(drawn), make_country()
    asked = RiskParameters(period and parse_interval(period))
    counted = estimate(frame, country, asked, today=TODAY, with_outlook=False).tally
    total = counted.incidents.sum() + counted.unplaced
    if period is None:
        assert total == pytest.approx(len(frame))
    else:
        assert total <= len(frame) + 1e-9


@examples(12)
@given(rows, st.randoms(use_true_random=False), st.sampled_from(["incidents", "killed"]))
def test_the_order_of_rows_changes_nothing(drawn, random, weight):
    frame = frame_of(drawn)
    order = list(range(len(frame)))
    random.shuffle(order)
    country = make_country()
    one = risk(frame, country, weight=weight, half_life_days=90)
    two = risk(frame.iloc[order], country, weight=weight, half_life_days=90)
    numbers = ["incidents", "killed", "density", "density_low", "density_high", "smoothed"]
    pd.testing.assert_frame_equal(pd.DataFrame(one[numbers]), pd.DataFrame(two[numbers]), rtol=1e-5)


@examples(12)
@given(rows, st.floats(0.01, 100))
def test_rates_follow_the_unit_of_area(drawn, factor):
    frame, country = frame_of(drawn), make_country()
    one = risk(frame, country)
    two = risk(frame, country.assign(area_km2=country["area_km2"] * factor))
    for name in ("density", "density_low", "density_high", "smoothed", "smoothed_high"):
        np.testing.assert_allclose(two[name] * factor, one[name], rtol=1e-3, atol=1e-9)


@examples(12)
@given(rows)
def test_every_row_says_what_it_is(drawn):
    table = risk(frame_of(drawn), make_country())
    assert set(table["risk_class"]) <= set(values_of(RiskClass))
    silent = table["density"].isna()
    assert (table.loc[silent, "status"] != "ok").all()
    assert (table.loc[silent, "risk_class"] == "no_information").all()
    assert (table.loc[~silent, "risk_class"] != "no_information").all()


@pytest.mark.parametrize("text", ["XX-A:0", "XX-A:-1", "XX-A:2", "XX-A:nan"])
def test_a_weight_that_is_none_is_refused(text):
    with pytest.raises(InvalidInput, match="districts"):
        parse_districts(text)


def test_ids_may_hold_colons_and_spaces():
    read = parse_districts(" a:b:0.5 ; c:0.5;")
    assert [(d.district_id, d.weight) for d in read] == [("a:b", 0.5), ("c", 0.5)]


def test_one_reader_serves_counts_and_records_of_any_id():
    """A semicolon in an id is escaped; ids without a weight share what the others leave."""
    frame = pd.DataFrame({"districts": ["A%3B1:0.25;B:0.75", None, "B;C", "C", "Z"]})
    weights = DistrictWeights.of(frame, pd.Index(["A;1", "B", "C"]))
    ones = np.ones(len(frame))
    assert weights.sums(ones).tolist() == [0.25, 1.25, 1.5]
    assert weights.square_sums(ones).tolist() == [0.0625, 0.8125, 1.25]
    assert weights.largest(np.arange(1.0, 6.0)).tolist() == [1.0, 3.0, 4.0]
    assert weights.of_district(1).tolist() == [0.75, 0, 0.5, 0, 0]


def test_a_thousand_incidents_count_like_one_thousand(country):
    one = make_incidents().iloc[[0]]
    many = conform(
        gpd.GeoDataFrame(
            pd.concat([one] * 1_000).assign(incident_id=[str(i) for i in range(1_000)]), crs=CRS84
        ),
        INCIDENTS,
    )
    assert risk(many, country, period=YEAR).loc["XX-A", "incidents"] == 1_000


def test_a_user_file_with_few_columns_is_enough(incidents):
    bare = conform(
        gpd.GeoDataFrame(
            {"district_id": ["XX-A"], "name": ["A"], "area_km2": [50.0]},
            geometry=[MultiPolygon([box(47, 40, 48, 41)])],
            crs=CRS84,
        ),
        DISTRICTS,
    )
    assert risk(incidents, bare, period=YEAR).loc["XX-A", "density"] > 0
