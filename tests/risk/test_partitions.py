"""The risk of a layer in parts is the risk of the same incidents in memory, to the last digit."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.formats import Part, Parts, parts_of, write_parts
from geodata.risk import RiskParameters, district_risk, risk_of, surface_in_parts
from geodata.risk.backtest import rolling_backtest
from geodata.risk.backtest.models import COUNT_MODELS
from geodata.risk.of_snapshot import surface_frame_of, surface_of
from geodata.risk.partitions import (
    NUMBERS,
    LayerInParts,
    Plan,
    added,
    backtest_of_parts,
    check_ids,
    condensed,
    risk_of_parts,
    workers_of,
)
from geodata.risk.surface_in_parts import (
    MOST_IN_A_CELL,
    Distinct,
    _added,
    _joined_places,
    _whole,
    surface_of_parts,
)
from geodata.schemas import CRS84, INCIDENTS, conform
from geodata.statistics.kernels import distinct_places
from tests.laws import examples
from tests.made import lattice, placed_history

TODAY = date(2022, 6, 1)


@pytest.fixture(scope="module")
def stream():
    with workers_of("stream") as workers:
        yield workers


@cache
def country(west=47, south=40):
    """36 districts in four provinces."""
    districts = lattice(6, west, south)
    number = np.arange(36)
    return districts.assign(
        admin1_name=[f"Province {n}" for n in number // 9], population=1_000.0 + number
    )


@cache
def register(size=900, seed=3, west=47, south=40):
    """Incidents known by point, by district, by two, by province, and by nothing at all."""
    rng = np.random.default_rng(seed)
    lon, lat = west + rng.uniform(-0.1, 0.7, size), south + rng.uniform(-0.1, 0.7, size)
    column, row = np.floor((lon - west) * 10), np.floor((lat - south) * 10)
    inside = (column >= 0) & (column < 6) & (row >= 0) & (row < 6)
    texts = np.array([f"XX-{int(r)}{int(c)}:1" for r, c in zip(row, column, strict=True)], object)
    texts[~inside] = None
    kind = rng.integers(0, 10, size)
    texts[kind == 7] = "XX-00:0.5;XX-01:0.5"
    places = np.full(size, None, object)
    places[kind == 8] = "Village, Province 2"
    places[kind == 9] = "Nowhere"
    texts[kind >= 8] = None
    pointless = kind >= 6
    start = np.datetime64("2019-01-01") + rng.integers(0, 1_200, size)
    people = {}
    for name in ("killed", "injured", "casualties"):
        best = pd.array(rng.integers(0, 5, size), dtype="Int64")
        best[rng.random(size) < 0.2] = pd.NA
        people |= {name: best, f"{name}_low": best, f"{name}_high": best + rng.integers(0, 2, size)}
    geometry = shapely.points((lon + 180) % 360 - 180, lat)
    geometry[pointless] = None
    return conform(
        gpd.GeoDataFrame(
            {
                "incident_id": [f"i{n}" for n in range(size)],
                "date_start": start,
                # one, two or four days: shares of them are exact numbers
                "date_end": start + rng.choice([0, 0, 1, 3], size),
                "districts": texts,
                "place_as_reported": places,
                "where_precision": np.where(pointless, 4, 1),
                "device": rng.choice(["at_mine", "uxo"], size),
                **people,
            },
            geometry=geometry,
            crs=CRS84,
        ),
        INCIDENTS,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Give a register in parts, written once."""

    @cache
    def parts(south=40, by="place", make=register, number=3):
        folder = tmp_path_factory.mktemp("parts") / "parts"
        write_parts(make(south=south), INCIDENTS, folder, rows=900 // number, by=by)
        found = parts_of([str(folder)])
        assert len(found.parts) == number
        return found

    return parts


def same(found, wanted):
    pd.testing.assert_frame_equal(
        pd.DataFrame(found.drop(columns="geometry")),
        pd.DataFrame(wanted.drop(columns="geometry")),
        check_exact=True,
    )
    for name in ("unplaced", "class_limits", "period_chosen", "parameters"):
        one, other = found.attrs["risk"][name], wanted.attrs["risk"][name]
        if name == "parameters":
            one, other = ({k: v for k, v in p.items() if k != "rank-by"} for p in (one, other))
        assert one == other, name


@pytest.mark.parametrize(
    ("south", "asked"),
    [
        (40, {}),
        (-33, {"period": "2020-01-01/2020-12-31", "smoothing": "spatial"}),
        (0, {"weight": "casualties", "exposure": "population"}),
        (-33, {"weight": "killed", "smoothing": "none", "period": "2020-02-02/.."}),
    ],
)
def test_it_is_the_table_of_the_incidents_in_memory(written, south, asked, stream):
    districts, incidents = country(south=south), register(south=south)
    parameters = RiskParameters.parse(asked)
    found, held = risk_of_parts(
        LayerInParts(written(south), districts, parameters, stream, today=TODAY)
    )
    assert held.rows == len(incidents)
    assert held.joined == 0
    same(found, district_risk(incidents, districts, **asked, today=TODAY))


def test_with_decay_only_the_last_digits_differ(written, stream):
    """Sums of fractions depend on their order; the fit of the prior makes 1e-16 some 1e-9."""
    districts, incidents = country(), register()
    parameters = RiskParameters(half_life_days=200.0, weight="casualties")
    found, _ = risk_of_parts(
        LayerInParts(written(by="day"), districts, parameters, stream, today=TODAY)
    )
    wanted = district_risk(
        incidents, districts, half_life_days=200.0, weight="casualties", today=TODAY
    )
    pd.testing.assert_frame_equal(
        pd.DataFrame(found.drop(columns="geometry")),
        pd.DataFrame(wanted.drop(columns="geometry")),
        check_exact=False,
        rtol=1e-6,
    )


@pytest.mark.parametrize("crs", [CRS84, "EPSG:4326", "EPSG:32738"])
def test_points_of_a_file_without_districts_are_joined(tmp_path, crs, stream):
    """Rows outside and rows without a geometry are unplaced; nothing is lost."""
    districts = country(south=-33)
    incidents = register(south=-33)
    points = incidents[["date_start", "killed", "geometry"]].to_crs(crs)
    points.to_parquet(tmp_path / "points.parquet")
    joined = incidents.assign(date_end=incidents["date_start"])
    joined["districts"] = joined["districts"].where(joined.geometry.notna())
    joined["place_as_reported"] = None
    columns = [name for name in NUMBERS if name != "killed"]
    joined[columns] = None
    found, held = risk_of_parts(
        LayerInParts(parts_of([str(tmp_path)]), districts, RiskParameters(), stream, today=TODAY)
    )
    assert held.joined == len(incidents)
    wanted = district_risk(conform(joined, INCIDENTS), districts, today=TODAY)
    same(found, wanted)
    assert found["incidents"].sum() + found.attrs["risk"]["unplaced"] == len(incidents)


def test_a_filter_changes_what_is_counted_and_not_the_days(written, stream):
    districts, incidents = country(), register()
    parameters = RiskParameters(where="device='uxo' AND S_INTERSECTS(geometry, BBOX(47,40,48,41))")
    found, _ = risk_of_parts(LayerInParts(written(), districts, parameters, stream, today=TODAY))
    kept = incidents[(incidents["device"] == "uxo") & incidents.geometry.notna()]
    kept = kept[kept.geometry.intersects(shapely.box(47, 40, 48, 41))]
    whole = district_risk(incidents, districts, today=TODAY)
    start, end = whole["observed_start"].iloc[0].date(), whole["observed_end"].iloc[0].date()
    wanted = district_risk(kept, districts, period=f"{start}/{end}", today=TODAY)
    for name in ("incidents", "killed", "rate", "smoothed", "rank", "observed_start"):
        assert found[name].equals(wanted[name]), name


@examples(25)
@given(st.permutations(range(6)), st.integers(1, 5))
def test_parts_may_come_in_any_order_and_be_added_in_any_groups(pieces, order, group):
    plan, held = pieces
    mixed = [held[n] for n in order]
    sums = [added(plan, mixed[n : n + group]) for n in range(0, 6, group)]
    assert added(plan, sums).frame().equals(added(plan, held).frame())


@pytest.fixture(scope="module")
def pieces(written):
    """A plan, and what it makes of each part."""
    plan = Plan(country(), "killed")
    return plan, [condensed(plan, part) for part in written(number=6).parts]


def test_what_is_held_grows_with_places_and_days_not_with_incidents(tmp_path):
    districts = country()
    incidents = register(size=40)
    many = pd.concat([incidents] * 20)
    many["incident_id"] = np.arange(len(many)).astype(str)
    write_parts(conform(many, INCIDENTS), INCIDENTS, tmp_path / "parts", rows=100)
    plan = Plan(districts)
    held = added(plan, [condensed(plan, p) for p in parts_of([str(tmp_path / "parts")]).parts])
    assert held.rows == 800
    assert held.table.num_rows <= 40


def test_too_little_memory_is_said(written, stream):
    with pytest.raises(InvalidInput, match="kinds of place and date"):
        risk_of_parts(LayerInParts(
            written(), country(), RiskParameters(), stream, memory=10_000, today=TODAY
        ))  # fmt: skip


@pytest.mark.parametrize("memory", [1 << 30, 2_000])
def test_an_id_that_occurs_twice_is_refused_wherever_it_lies(tmp_path, memory, stream):
    """With little memory ids are compared in several goes."""
    incidents = register(size=300)
    for number, some in enumerate((incidents.iloc[:200], incidents.iloc[199:])):
        some.to_parquet(tmp_path / f"{number}.parquet")
    with pytest.raises(InvalidInput, match=r"1 ids .* i199") as refused:
        check_ids(parts_of([str(tmp_path)]), stream, memory)
    assert refused.value.code == "twice"
    incidents.iloc[200:].to_parquet(tmp_path / "1.parquet")
    assert check_ids(parts_of([str(tmp_path)]), stream, memory) == 300


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="date_start"), "no column date_start"),
        (lambda f: f.drop(columns=["districts", "district_id", "geometry"]), "nothing says where"),
        (lambda f: f.assign(date_end=pd.Timestamp("2001-01-01")), "end before they begin"),
        (lambda f: f.assign(killed=0.5), "no whole number"),
        (lambda f: f.assign(killed=-1), "below 0"),
        (lambda f: f.assign(date_start="yesterday"), "no date"),
        (lambda f: f.assign(districts="XX-00:3"), "weights must be"),
    ],
)
def test_what_cannot_be_counted_is_refused_and_names_the_file(tmp_path, change, said):
    frame = pd.DataFrame(register(size=20).drop(columns="geometry"))
    frame["geometry"] = None
    change(frame).to_parquet(tmp_path / "one.parquet")
    with pytest.raises(InvalidInput, match=said):
        condensed(Plan(country()), Part(str(tmp_path / "one.parquet")))


def test_a_file_of_polygons_is_refused(tmp_path):
    lattice(2)[["geometry"]].assign(date_start=pd.Timestamp("2020-01-01")).to_parquet(
        tmp_path / "p.parquet"
    )
    with pytest.raises(InvalidInput, match="incidents are points"):
        condensed(Plan(country()), Part(str(tmp_path / "p.parquet")))


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "x.parquet").write_text("nothing")
    with pytest.raises(InvalidInput, match="cannot be read as Parquet"):
        condensed(Plan(country()), Part(str(tmp_path / "x.parquet")))


@dataclass
class Held:
    """A snapshot that keeps nothing."""

    incidents: object
    districts: object

    def cached(self, key, make):
        del key
        return make()


@cache
def doubtful(west=47, south=40):
    """The same, some points known within kilometres, some by their district's middle."""
    rng = np.random.default_rng(7)
    incidents = register(west=west, south=south)
    size = len(incidents)
    points = incidents.geometry
    return conform(
        incidents.assign(
            longitude=np.where(points.isna(), west + 0.05, points.x),
            latitude=np.where(points.isna(), south + 0.05, points.y),
            coordinate_method=np.where(points.isna(), "district", "stated"),
            uncertainty_m=rng.choice([np.nan, 200.0, 30_000.0], size),
            where_precision=np.where(points.isna(), rng.choice([4, 5], size), 1),
        ),
        INCIDENTS,
    )


@pytest.fixture(scope="module")
def clusters():
    """Who works: this process, and Dask's where it is installed."""
    with ExitStack() as stack:
        found = {"stream": stack.enter_context(workers_of("stream"))}
        if find_spec("distributed"):
            from dask import config

            # from a process that has the libraries: `spawn` loads them for each worker anew
            quick = {"distributed.worker.multiprocessing-method": "forkserver"}
            stack.enter_context(config.set(quick))
            found["dask"] = stack.enter_context(workers_of("dask", memory=2 << 30))
        yield found


@pytest.mark.parametrize(
    ("asked", "engines"),
    [
        ({"cell-km": "2"}, ("stream",)),
        ({"bandwidth": "scott", "weight": "casualties", "classes": "quantiles", "cell-km": "2"},
         ("stream",)),
        ({"bandwidth": "7", "half-life": "300", "period": "2020-01-01/2020-12-31",
          "cell-km": "2"}, ("stream",)),
        ({"where": "device='uxo'", "weight": "killed", "cell-km": "3"}, ("stream", "dask")),
    ],
)  # fmt: skip
def test_its_surface_is_that_of_the_incidents_in_memory(written, clusters, asked, engines):
    districts, parameters = country(), RiskParameters.parse(asked)
    incidents, parts = doubtful(), written(make=doubtful)
    wanted = surface_of(Held(incidents, districts), parameters)
    layer = surface_frame_of(Held(incidents, districts), parameters)
    masses = []
    for workers in (clusters[name] for name in engines if name in clusters):
        found, bands, held = surface_of_parts(
            LayerInParts(parts, districts, parameters, workers, today=TODAY)
        )
        assert held.rows == len(incidents)
        assert (found.window, found.unit) == (wanted.window, wanted.unit)
        assert found.bandwidth_m == pytest.approx(wanted.bandwidth_m, rel=1e-12)
        np.testing.assert_allclose(found.mass, wanted.mass, rtol=0, atol=1e-7)
        for name in ("points", "spread", "left_out", "years"):
            assert getattr(found, name) == pytest.approx(getattr(wanted, name)), name
        assert (bands["band_id"] == layer["band_id"]).all()
        for name in ("area_km2", "expected"):
            np.testing.assert_allclose(bands[name], layer[name], rtol=1e-4, atol=1e-3)
        masses.append(found.mass)
    # whoever worked on which part, to the last digit
    assert all((mass == masses[0]).all() for mass in masses)


@examples(20)
@given(st.permutations(range(6)), st.floats(0.1, 3))
def test_a_surface_has_no_order_of_parts(order, step):
    """Sums of near kernels are whole numbers, and of places as well."""
    rng = np.random.default_rng(3)
    parts = [{0: rng.normal(1, step, (3, 3)) ** 2, n % 2: np.eye(3) * step} for n in range(6)]
    whole = [{group: _whole(mass) for group, mass in part.items()} for part in parts]
    places = [Distinct(*distinct_places(rng.integers(0, 3, (9, 2)) * step)) for _ in range(6)]
    one, other = (_added(whole[n] for n in numbers) for numbers in (order, range(6)))
    assert all((one[group] == other[group]).all() for group in other)
    one, other = (_joined_places([places[n] for n in k], 1 << 20) for k in (order, range(6)))
    assert (one.xy == other.xy).all()
    assert (one.repeats == other.repeats).all()
    assert other.repeats.sum() == 54


def test_a_surface_of_points_alone_needs_no_more_columns(tmp_path, stream):
    incidents = register(size=400)
    incidents = incidents[incidents.geometry.notna()]
    incidents[["date_start", "geometry"]].to_parquet(tmp_path / "points.parquet")
    parts = parts_of([str(tmp_path)])
    found, _, _ = surface_of_parts(
        LayerInParts(parts, country(), RiskParameters(), stream, today=TODAY)
    )
    inside = incidents["districts"].notna()
    within = incidents["date_start"] <= pd.Timestamp(found.window.end)
    assert (found.points, found.left_out) == (inside.sum(), (~inside & within).sum())
    assert found.mass.sum() == pytest.approx(inside.sum())


@pytest.mark.parametrize(
    ("bandwidth", "said"), [("adaptive", "all others around"), ("scott", "--bandwidth 5")]
)
def test_a_bandwidth_that_needs_more_places_than_fit_is_refused(
    written, stream, bandwidth, said, monkeypatch
):
    monkeypatch.setattr(surface_in_parts, "PLACE_BYTES", 1 << 22)
    parts, parameters = written(make=doubtful), RiskParameters(bandwidth=bandwidth)
    with pytest.raises(InvalidInput, match=said):
        surface_of_parts(
            LayerInParts(parts, country(), parameters, stream, memory=1 << 28, today=TODAY)
        )
    stated = RiskParameters(bandwidth="5")
    assert (
        surface_of_parts(LayerInParts(parts, country(), stated, stream, today=TODAY))[0].bandwidth_m
        == 5_000
    )


def test_a_sum_that_does_not_fit_is_refused():
    with pytest.raises(InvalidInput, match="One cell holds"):
        _added([{0: _whole(np.full((1, 1), MOST_IN_A_CELL))}] * 2)
    with pytest.raises(InvalidInput, match="One cell holds"):
        _whole(np.full((1, 1), 2.0 * MOST_IN_A_CELL))


def test_its_backtest_by_counts_is_that_of_the_incidents_in_memory(tmp_path, clusters):
    districts, parameters = lattice(), RiskParameters(where="device='uxo'")
    incidents = placed_history(900)
    incidents = conform(
        incidents.assign(
            device=np.where(np.arange(900) % 5 > 0, "uxo", "at_mine"),
            where_precision=np.where(np.arange(900) % 7 > 0, 1, 5),
        ),
        INCIDENTS,
    )
    write_parts(incidents, INCIDENTS, tmp_path / "parts", rows=170)
    kept = incidents[incidents["device"] == "uxo"]
    whole = rolling_backtest(kept, districts, models=COUNT_MODELS)
    for workers in clusters.values():
        found, held = backtest_of_parts(
            LayerInParts(
                parts_of([str(tmp_path / "parts")]), districts, parameters, workers, today=TODAY
            )
        )
        assert held.rows == 900
        assert found["cutoffs"] == whole["cutoffs"]
        assert (found["events"], found["status"]) == (whole["events"], "ok")
        assert set(found["models"]) == set(COUNT_MODELS)
        for name, scores in found["models"].items():
            for key in ("auc", "log_score", "gain_per_event"):
                # the prior's fit makes 1e-9 of the last digit of a decayed sum
                assert scores[key] == pytest.approx(whole["models"][name][key], rel=1e-6), name
            assert scores["hit_rate"] == pytest.approx(whole["models"][name]["hit_rate"])
        assert found["coverage"] == whole["coverage"]


def test_incidents_of_another_country_are_not_unplaced_here(tmp_path, stream):
    districts, incidents = country().assign(country="AZE"), register()
    away = incidents["districts"].isna() & incidents["place_as_reported"].isna()
    incidents = conform(incidents.assign(country=np.where(away, "GEO", "AZE")), INCIDENTS)
    assert away.any()
    write_parts(incidents, INCIDENTS, tmp_path / "parts", rows=200)
    found, held = risk_of_parts(
        LayerInParts(
            parts_of([str(tmp_path / "parts")]), districts, RiskParameters(), stream, today=TODAY
        )
    )
    assert held.rows == len(incidents)
    same(found, risk_of(Held(incidents, districts), RiskParameters(rank_by="rate")))


def test_workers_of_dask_give_the_same_table(written, clusters):
    pytest.importorskip("distributed")
    districts, incidents, parts = country(south=-33), register(south=-33), written(-33)
    loose = Parts(parts.parts, (), len(parts.parts))  # so that ids are compared, too
    parameters = RiskParameters(weight="killed")
    found, held = risk_of_parts(
        LayerInParts(loose, districts, parameters, clusters["dask"], today=TODAY)
    )
    streamed, alone = risk_of_parts(
        LayerInParts(loose, districts, parameters, clusters["stream"], today=TODAY)
    )
    assert held.frame().equals(alone.frame())
    same(found, streamed)
    same(found, district_risk(incidents, districts, weight="killed", today=TODAY))


def test_a_cluster_that_does_not_answer_is_said(tmp_path):
    pytest.importorskip("distributed")
    with (
        pytest.raises(InvalidInput, match="does not answer"),
        workers_of("dask", scheduler="nonsense://x"),
    ):
        raise AssertionError
