"""Places and numbers of people that are known in part: shares, spread, and what is not stated."""

import html
from datetime import date
from urllib.parse import urlencode

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammainccinv, gammaincinv

from geodata.incidents import incidents_frame
from geodata.model import Incident
from geodata.risk import RiskParameters, district_risk, explain, forecast, rates, unplaced
from geodata.risk.districts import series
from geodata.risk.of_snapshot import risk_view
from geodata.risk.tally import Window, places_of, recorded_days, tally
from geodata.schemas import INCIDENTS, conform
from service.content.districts import districts_of
from service.http.request import View
from service.i18n import CODES, translator_of
from service.pages.districts import district_html
from service.print.sheets import print_district
from tests.laws import examples
from tests.maps.snapshots import FakeSnapshot
from tests.paper import text_of
from tests.risk.test_cluster_layer import make_board

TODAY = date(2023, 1, 1)
YEAR = "2022-01-01/2022-12-31"


@pytest.fixture(scope="module")
def provinces() -> gpd.GeoDataFrame:
    """The board's northern half is one province, the southern half another."""
    board = make_board()
    return board.assign(admin1_name=["North"] * 18 + ["South"] * 18, country="ZZ")


def rows_of(districts: list[str | None], places: list[str | None], **columns) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "incident_id": [f"I{n}" for n in range(len(districts))],
            "date_start": pd.Timestamp("2022-05-01"),
            "date_end": pd.Timestamp("2022-05-01"),
            "districts": districts,
            "place_as_reported": places,
            **columns,
        }
    )
    return conform(frame, INCIDENTS)


def table_of(incidents, districts, **options) -> gpd.GeoDataFrame:
    return district_risk(incidents, districts, period=YEAR, today=TODAY, **options)


def test_one_of_two_districts_widens_the_limits_by_rubins_rule():
    low, high = rates.weighted_interval(10.0, 10.0, between=2.5)
    assert float(low) == pytest.approx(12.5 / 10 * gammaincinv(100 / 12.5, 0.025))
    assert float(high) == pytest.approx(13.5 / 11 * gammainccinv(121 / 13.5, 0.025))
    plain = rates.weighted_interval(10.0, 10.0)
    assert low < plain[0]
    assert high > plain[1]


def test_an_incident_known_by_province_is_never_in_full_in_one_district(provinces):
    known = [f"ZZ-{n:02d}:1" for n in [0] * 12 + [1] * 4 + [20] * 9]
    incidents = rows_of([*known, *[None] * 10], [None] * 25 + ["North"] * 10)
    table, bare = table_of(incidents, provinces), table_of(incidents.iloc[:25], provinces)
    north, south = table["incidents"][:18], table["incidents"][18:]
    assert north.sum() == pytest.approx(26)
    assert south.sum() == pytest.approx(9)
    added = north - bare["incidents"][:18]
    assert (added > 0).all()
    assert added.max() < 10
    # more where more is known to happen; the others keep what their area allows
    assert added.iloc[0] > 1.5 * added.iloc[1] > 1.5 * added.iloc[2]
    # a share of the province's is no record of the district: it is not classed as low
    others = table.iloc[2:18]
    assert set(others["risk_class"]) == {"no_information"}
    assert set(others["status"]) == {"known_by_province_only"}
    assert others["density"].isna().all()
    assert others["density_high"].notna().all()
    assert others["rank"].isna().all()
    assert table.attrs["risk"]["unplaced"] == pytest.approx(0, abs=1e-9)
    # the doubt of the place is in the limits: wider than if as many were known to be there
    certain = rates.poisson_interval(table["incidents"].iloc[0], 1.2 * table["years"].iloc[0])
    assert table["density_high"].iloc[0] > certain[1]
    assert table["density_low"].iloc[0] < certain[0]


def test_the_finest_unit_named_counts_and_another_country_never(provinces):
    districts = provinces.assign(admin2_name=[f"P{n // 3}" for n in range(36)])
    incidents = rows_of([None] * 4, ["Village, P1, North", "North", "Nowhere", "North"],
                        country=["ZZ", None, "ZZ", "YY"])  # fmt: skip
    places = places_of(incidents, districts)
    held = np.array([places.weights.of_district(n) for n in range(36)])
    assert held[:, 0].nonzero()[0].tolist() == [3, 4, 5]
    assert (held[:18, 1] > 0).all()
    assert held[:, :2].sum(axis=0) == pytest.approx([1, 1])
    assert held[:, 2:].sum() == 0


def test_the_variance_of_the_places_is_that_of_imputing_them_one_by_one(provinces):
    known = [f"ZZ-{n:02d}:1" for n in [0] * 6 + [1] * 3 + [2] * 3]
    incidents = rows_of([*known, *[None] * 8], [None] * 12 + ["North"] * 8)
    places = places_of(incidents, provinces)
    found = places.variance(np.ones(20), np.ones(20), np.ones(20))
    rng, counts = np.random.default_rng(1), []
    for shares in places.draws[:, 0]:
        counts += rng.multinomial(8, shares, 200).tolist()
    np.testing.assert_allclose(found[:3], np.var(counts, axis=0)[:3], rtol=0.15)


def test_known_places_have_no_variance_and_garwoods_limits(provinces):
    incidents = rows_of(["ZZ-00:1"] * 5, [None] * 5)
    table = table_of(incidents, provinces)
    low, high = rates.poisson_interval(5, 1.2 * table["years"].iloc[0])
    assert table["density_low"].iloc[0] == pytest.approx(float(low))
    assert table["density_high"].iloc[0] == pytest.approx(float(high))


@examples(15)
@given(
    st.lists(st.sampled_from(["ZZ-01:1", "ZZ-01:0.4;ZZ-30:0.6", None]), max_size=12),
    st.lists(st.sampled_from(["North", "South", "Elsewhere", None]), min_size=12, max_size=12),
)
def test_districts_and_unplaced_sum_to_the_incidents(provinces, districts, places):
    incidents = rows_of(districts, places[: len(districts)])
    counted = tally(incidents, provinces, Window(date(2022, 1, 1), date(2022, 12, 31)))
    lost = unplaced(incidents, provinces, today=TODAY)
    assert counted.incidents.sum() + counted.unplaced == pytest.approx(len(districts))
    assert lost.placed + lost.unplaced == pytest.approx(lost.incidents)
    assert lost.unplaced == pytest.approx(counted.unplaced)


def test_unplaced_knows_the_stated_days_of_observation(provinces):
    incidents = rows_of([None, "ZZ-01:1"], ["Elsewhere", None])
    stated = (date(2022, 6, 1), None)
    assert unplaced(incidents, provinces, today=TODAY).unplaced == 1
    assert unplaced(incidents, provinces, today=TODAY, observed=stated).incidents == 0


def people(number: int, **ends) -> dict[str, object]:
    return {"outcome": "killed", "group": "unknown", "best": number, **ends}


def record(n: int, *casualties: dict[str, object]) -> Incident:
    return Incident.model_validate(
        {
            "incident_id": f"I{n}", "date_start": "2022-05-01", "date_end": "2022-05-01",
            "districts": [{"district_id": "ZZ-00", "weight": 1.0}], "casualties": list(casualties),
        }
    )  # fmt: skip


def test_casualties_are_undefined_where_the_injured_are_unknown(provinces):
    killed_only = incidents_frame([record(n, people(2)) for n in range(3)])
    row = table_of(killed_only, provinces, weight="casualties").iloc[0]
    assert (row["status"], row["risk_class"]) == ("casualties_not_stated", "no_information")
    assert pd.isna(row["density"])
    assert pd.isna(row["smoothed"]) or row["risk_class"] == "no_information"
    assert pd.isna(row["casualties"])
    assert row["killed"] == 6
    assert pd.isna(row["rank"])


def test_a_sum_of_which_a_part_is_not_stated_says_so(provinces):
    both = [record(0, people(1), {**people(3), "outcome": "injured"}), record(1, people(2))]
    row = table_of(incidents_frame(both), provinces, weight="casualties").iloc[0]
    assert row["status"] == "casualties_partly_stated"
    assert row["casualties"] == 4
    assert row["casualties_low"] == 6
    assert pd.isna(row["casualties_high"])
    told = explain(FakeSnapshot(provinces, incidents_frame(both)), "ZZ-00",
                   RiskParameters.parse({"period": YEAR, "weight": "casualties"}))  # fmt: skip
    assert any("lower bound" in line for line in told["warnings"])


def test_low_and_high_numbers_of_people_reach_the_table_and_its_limits(provinces):
    exact = incidents_frame([record(n, people(4)) for n in range(5)])
    vague = incidents_frame([record(n, people(4, low=2, high=9)) for n in range(5)])
    sure, row = (table_of(f, provinces, weight="killed").iloc[0] for f in (exact, vague))
    assert (row["killed_low"], row["killed"], row["killed_high"]) == (10, 20, 45)
    assert (sure["killed_low"], sure["killed_high"]) == (20, 20)
    assert row["density"] == sure["density"]
    assert row["density_low"] < sure["density_low"]
    assert row["density_high"] > sure["density_high"]


def test_a_page_adds_up_incidents_of_which_most_state_no_casualties(provinces):
    rows = [record(n, people(2)) for n in range(14)]
    rows.append(record(99, people(1), {**people(3), "outcome": "injured"}))
    snapshot = FakeSnapshot(provinces, incidents_frame(rows))
    page = district_html(snapshot, "ZZ-00", View(url="/districts/ZZ-00?weight=casualties"))
    assert "14 incidents do not state how many people were harmed" in page


def test_what_is_known_by_province_is_foreseen_and_ranked_as_it_is_counted(provinces):
    """One rule of where an incident counts: table, history, forecast and the days recorded."""
    day = pd.date_range("2019-01-01", periods=120, freq="10D")
    known = [f"ZZ-{n % 18:02d}:1" for n in range(60)]
    rows = rows_of([*known, *[None] * 60], [None] * 60 + ["North"] * 60)
    rows = rows.assign(date_start=day, date_end=day)
    window = Window(date(2019, 1, 1), day[-1].date())
    history = series(rows, provinces, window)
    assert history.counts.sum() == pytest.approx(120)
    np.testing.assert_allclose(history.counts.sum(axis=0), tally(rows, provinces, window).incidents)
    late = rows.iloc[60:]
    assert recorded_days(rows, provinces)[:2] == (day[0].date(), day[-1].date())
    assert recorded_days(late, provinces)[0] == day[60].date()
    parameters = RiskParameters(cell_km=0.0)
    whole, half = (forecast.forecast(x, provinces, parameters, window) for x in (rows, rows[:60]))
    assert whole.outlook.forecast.mean.sum() > 2 * half.outlook.forecast.mean.sum()


@pytest.mark.parametrize(
    ("incidents", "weight", "status", "lang"),
    [
        (rows_of([f"ZZ-{n:02d}:1" for n in (1, 2, 3)], [None] * 3), "incidents", "", "ru"),
        (rows_of([None] * 9, ["North"] * 9), "incidents", "known_by_province_only", "az"),
        (incidents_frame([record(n, people(2)) for n in range(3)]), "casualties",
         "casualties_not_stated", "ru"),
        (incidents_frame([record(0, people(1), {**people(3), "outcome": "injured"}),
                          record(1, people(2))]), "casualties", "casualties_partly_stated", "en"),
    ],
    ids=["plain", "province", "not stated", "partly stated"],
)  # fmt: skip
def test_page_and_sheet_say_what_to_know_before_reading_a_rate(
    provinces, incidents, weight, status, lang
):
    snapshot, translator = FakeSnapshot(provinces, incidents), translator_of(lang)
    parameters = RiskParameters.parse({"period": YEAR, "weight": weight})
    row = districts_of(risk_view(snapshot, parameters), translator)[
        1 if weight == "incidents" else 0
    ]
    words = translator.gettext(CODES["rate_status"][status]) if status else ""
    assert row.reserve == words
    asked = urlencode({"period": YEAR, "weight": weight})
    page = district_html(
        snapshot, row.district_id, View(url=f"/districts/{row.district_id}?{asked}", lang=lang)
    )
    sheet = print_district(snapshot, parameters, row.district_id, lang=lang)
    text = "".join(text_of(sheet).split())
    for said in map(translator.gettext, [words] if words else CODES["rate_status"].values()):
        assert (html.escape(said) in page) == (said == words)
        assert ("".join(said.split()) in text) == (said == words)
