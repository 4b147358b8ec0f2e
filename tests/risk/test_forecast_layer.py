"""The forecast of a register: districts and cells that agree, as a layer and as a file."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from geodata import open_register
from geodata.errors import InvalidInput
from geodata.risk import RiskParameters, explain, forecast_of
from geodata.risk.forecast import forecast, forecast_frame
from geodata.risk.of_snapshot import risk_view
from geodata.risk.surface import risk_surface, surface_frame
from geodata.risk.tally import Window
from geodata.schemas import DISTRICTS, FORECAST, INCIDENTS, conform
from service.cli import app
from service.content.forecast import forecast_notes, forecast_view
from service.content.texts import texts_of
from service.i18n import languages, translator_of
from service.maps.payload import MapOptions, payload_of
from service.print.sheets import print_atlas
from tests.conftest import make_country
from tests.maps.snapshots import FakeSnapshot
from tests.paper import text_of

WINDOW = Window(date(2020, 1, 1), date(2022, 12, 31))


@pytest.fixture(scope="module")
def country() -> gpd.GeoDataFrame:
    return make_country()


@pytest.fixture(scope="module")
def incidents(country) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(5)
    middle = country.geometry.iloc[0].centroid
    rows = []
    for n in range(240):
        day = pd.Timestamp("2020-01-01") + pd.Timedelta(days=int(rng.integers(1096)))
        precise = n % 3 > 0
        rows.append(
            {
                "incident_id": f"I{n}", "date_start": day, "date_end": day,
                "districts": f"{country.index[0 if precise else n % 4]}:1",
                "longitude": middle.x + rng.normal(0, 0.005) if precise else None,
                "latitude": middle.y + rng.normal(0, 0.005) if precise else None,
                "where_precision": 1 if precise else 4,
                "coordinate_method": "reported" if precise else "district",
                "device": "at_mine" if n % 5 == 0 else "unknown",
            }
        )  # fmt: skip
    return conform(pd.DataFrame(rows), INCIDENTS)


def _frame(incidents, country, window=WINDOW, **options):
    parameters = RiskParameters(**options)
    found = forecast(incidents, country, parameters, window)
    return forecast_frame(found, country, parameters)


def test_the_bands_of_a_forecast_are_the_country_and_each_cell_lies_in_its_own(incidents, country):
    found = forecast(incidents, country, RiskParameters(cell_km=2.0), WINDOW)
    limits = sorted({float(f"{q:.2g}") for q in np.quantile(found.cells.counts.mean, [0.8, 0.95])})
    bands = found.cells.bands(limits)
    assert len(bands) == len(limits) + 1
    whole = country.union_all()
    assert shapely.union_all(bands).symmetric_difference(whole).area < 1e-3 * whole.area
    assert sum(b.area for b in bands) == pytest.approx(whole.area, rel=1e-3)
    points = shapely.points(found.cells.middles())
    band = np.searchsorted(limits, found.cells.counts.mean, side="right")
    inside = shapely.contains(np.array(bands, dtype=object)[band], points)
    assert inside.mean() > 0.99


def test_the_whole_country_has_one_number_with_limits(incidents, country):
    found = forecast(incidents, country, RiskParameters(cell_km=0), WINDOW)
    mean, low, high = found.whole()
    assert mean == pytest.approx(found.outlook.forecast.mean.sum())
    assert low < mean < high
    assert set(found.status) == {"ok"}


def test_the_cells_of_a_district_sum_to_the_districts_expected_number(incidents, country):
    cells = _frame(incidents, country, cell_km=2.0)
    districts = _frame(incidents, country, cell_km=0)
    assert list(cells.columns) == [*FORECAST.names, "geometry"]
    summed = cells.groupby("district_id")["expected"].sum()
    np.testing.assert_allclose(summed[districts.index], districts["expected"])
    for frame in (cells, districts):
        assert (frame["expected"] > 0).all()
        assert (frame["expected_low"] <= frame["expected"]).all()
        assert (frame["expected"] <= frame["expected_high"]).all()
        assert frame["share"].sum() == pytest.approx(1.0)
    assert districts["cell_km"].isna().all()
    assert set(cells["cell_km"]) == {2.0}


def test_the_total_is_near_the_past_and_grows_with_the_horizon(incidents, country):
    quarter = _frame(incidents, country, cell_km=0, horizon_days=90.0)["expected"].sum()
    half = _frame(incidents, country, cell_km=0, horizon_days=180.0)["expected"].sum()
    assert quarter == pytest.approx(240 * 90 / 1096, rel=0.35)
    assert half > 1.5 * quarter


def test_the_busy_cell_stands_out_and_the_days_follow_the_window(incidents, country):
    cells = _frame(incidents, country, cell_km=2.0, horizon_days=30.0)
    middle = country.geometry.iloc[0].centroid
    top = cells.sort_values("expected").iloc[-1]
    assert top.geometry.distance(middle) < 0.02
    assert (top["first_day"], top["last_day"]) == (
        pd.Timestamp("2023-01-01"),
        pd.Timestamp("2023-01-30"),
    )


def test_later_incidents_change_nothing(incidents, country):
    early = Window(date(2020, 1, 1), date(2021, 6, 30))
    whole = _frame(incidents, country, early, cell_km=5.0)
    known = incidents[incidents["date_end"] <= "2021-06-30"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(whole.drop(columns="geometry")),
        pd.DataFrame(_frame(known, country, early, cell_km=5.0).drop(columns="geometry")),
    )


@pytest.mark.parametrize("query", [{"horizon-days": "0"}, {"cell-km": "-1"}, {"cell-km": "wide"}])
def test_a_horizon_and_a_cell_that_cannot_be_are_refused_by_name(query):
    with pytest.raises(InvalidInput, match=next(iter(query))):
        RiskParameters.parse(query)


def test_the_bundled_register_has_a_forecast_of_every_district(tmp_path):
    register = open_register(tmp_path)
    try:
        snapshot = register.snapshot()
        districts = forecast_of(snapshot, RiskParameters(cell_km=0))
        cells = forecast_of(snapshot, RiskParameters(cell_km=20.0))
    finally:
        register.close()
    assert set(cells["district_id"]) == set(districts["district_id"])
    assert cells["expected"].sum() == pytest.approx(districts["expected"].sum())


def test_the_command_writes_cells_and_districts(tmp_path):
    for cell, name in (("25", "cells.geojson"), ("0", "districts.csv")):
        run = CliRunner().invoke(
            app,
            ["forecast", "-o", str(tmp_path / name), "--data", str(tmp_path), "--cell-km", cell,
             "--horizon-days", "30"],
        )  # fmt: skip
        assert run.exit_code == 0, run.output
        assert (tmp_path / name).stat().st_size > 1_000


def test_the_command_takes_a_layer_whose_distance_may_tell_where(tmp_path, country):
    road = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(45.5, 40.0), (47.5, 40.2)])], crs="OGC:CRS84"
    )
    road.to_crs(32638).to_file(tmp_path / "road.gpkg")
    target = tmp_path / "cells.csv"
    asked = ["forecast", "-o", str(target), "--data", str(tmp_path), "--cell-km", "25"]
    run = CliRunner().invoke(app, [*asked, "--covariate", str(tmp_path / "road.gpkg")])
    assert run.exit_code == 0, run.output
    with_road = pd.read_csv(target)["expected"]
    assert CliRunner().invoke(app, asked).exit_code == 0
    plain = pd.read_csv(target)["expected"]
    # no incident of the bundled register has a point, so that no road can tell of it
    np.testing.assert_allclose(with_road, plain)
    wrong = CliRunner().invoke(app, [*asked, "--covariate", str(tmp_path / "cells.csv")])
    assert wrong.exit_code != 0


def test_the_distance_to_a_layer_enters_the_forecast_and_keeps_its_total(incidents, country):
    west, south, east, north = country.total_bounds
    road = np.array([shapely.LineString([(west, south), (east, north)])], dtype=object)
    asked = (incidents, country, RiskParameters(cell_km=2.0), WINDOW)
    plain, found = forecast(*asked), forecast(*asked, covariates={"road": road})
    assert "road" in found.cells.counts.weights
    assert found.cells.counts.mean.sum() == pytest.approx(plain.cells.counts.mean.sum())
    assert not np.allclose(found.cells.counts.mean, plain.cells.counts.mean)
    nothing = forecast(*asked, covariates={"road": np.array([None], dtype=object)})
    assert np.isfinite(nothing.cells.counts.mean).all()


def test_cells_over_the_180th_meridian_are_in_two_parts():
    """A country on both sides of it: cells, their bands and the surface's."""
    shapes = [
        shapely.box(179.1, -18, 179.6, -17.5),
        shapely.union_all(
            [shapely.box(179.6, -18, 180, -17.5), shapely.box(-180, -18, -179.9, -17.5)]
        ),
        shapely.box(-179.9, -18, -179.4, -17.5),
    ]
    rows = {"district_id": ["F-1", "F-2", "F-3"], "name": ["a", "b", "c"], "area_km2": 2_900.0}
    geometry = [shapely.multipolygons(shapely.get_parts(shape)) for shape in shapes]
    islands = conform(gpd.GeoDataFrame(rows, geometry=geometry, crs="OGC:CRS84"), DISTRICTS)
    day = pd.Timestamp("2020-06-01")
    one = {
        "incident_id": ["I"], "date_start": day, "date_end": day, "districts": "F-2:1",
        "longitude": 179.7, "latitude": -17.8, "where_precision": 1,
        "coordinate_method": "reported",
    }  # fmt: skip
    incidents = conform(pd.DataFrame(one), INCIDENTS)
    frame = _frame(incidents, islands, cell_km=10.0)
    assert (frame.geometry.map(lambda shape: len(shape.geoms)) == 2).any()
    assert (frame.bounds[["minx", "maxx"]].abs() <= 180).all(axis=None)
    surface = risk_surface(incidents, islands, RiskParameters(), WINDOW)
    bands = surface_frame(surface, [0.01, 0.1])
    assert bands.geometry.is_valid.all()


def test_a_district_without_geometry_has_its_numbers_and_lies_nowhere(incidents, country):
    lost = country.copy()
    lost.loc[lost.index[1], "geometry"] = None
    held = FakeSnapshot(lost, incidents)
    asked, by_district = (
        RiskParameters.parse({"period": "2020-01-01/2022-12-31", "cell-km": km}) for km in "20"
    )
    cells = forecast_of(held, asked)
    assert set(cells["district_id"]) == set(country.index) - {country.index[1]}
    whole = forecast_of(held, by_district).set_index("district_id")
    assert whole.loc[country.index[1], "expected"] > 0
    assert cells.groupby("district_id")["expected"].sum().to_dict() == pytest.approx(
        whole["expected"].drop(country.index[1]).to_dict()
    )
    painted = risk_surface(incidents, lost, asked, WINDOW)
    here = (incidents["districts"] == f"{country.index[1]}:1").sum()
    assert painted.left_out >= here > 0
    assert np.isfinite(painted.mass).all()
    near = explain(held, str(country.index[1]), asked)["settlements"]
    assert near["ground_near"] is None


def test_a_district_that_leapt_of_late_says_so_wherever_its_forecast_is_told(incidents, country):
    late = incidents[incidents["longitude"].isna()].head(20)
    late = pd.concat([late] * 3).assign(districts=f"{country.index[3]}:1", where_precision=4)
    late["date_start"] = late["date_end"] = pd.date_range("2022-11-01", "2022-12-30", len(late))
    late.index = pd.Index([f"L{n}" for n in range(len(late))], name="incident_id")
    rows = pd.concat([incidents, late.assign(incident_id=late.index)])
    held = FakeSnapshot(country, rows)
    asked = RiskParameters.parse({"period": "2020-01-01/2022-12-31", "cell-km": "0"})
    told = forecast_of(held, asked).set_index("district_id")
    assert told["status"].tolist() == ["ok", "ok", "ok", "recent_leap"]
    here = told.iloc[3]
    assert here["expected_low"] < 15 < 60 < here["expected_high"]
    found = explain(held, str(country.index[3]), asked)
    assert any("nobody knows whether that lasts" in said for said in found["warnings"])
    view = risk_view(held, asked)
    for lang in languages():
        translator = translator_of(lang)
        said = texts_of(lang)["forecast-leap"].replace("{leapt}", "1").replace("{districts}", "4")
        assert said in forecast_notes(forecast_view(view), translator)
    assert payload_of(view, "en", MapOptions(), {})["forecast"]["leapt"] == [3]
    pdf = print_atlas(held, asked, districts=[str(country.index[3])])
    assert "counts leapt of late" in text_of(pdf)
