from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import orjson
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from geodata.incidents import DistrictWeights
from geodata.intervals import parse_interval
from geodata.register.snapshot import Memo
from geodata.risk import RiskParameters, backtest, backtest_of, of_snapshot, risk_of
from geodata.risk.backtest import rolling
from geodata.risk.backtest.cells import CELL_MODELS
from geodata.risk.backtest.models import MODELS, Past, sure
from geodata.risk.backtest.plot import backtest_png
from geodata.risk.backtest.rolling import foreseen_by
from geodata.risk.of_snapshot import estimate_of
from geodata.risk.tally import Window
from geodata.schemas import INCIDENTS, conform
from tests.conftest import make_country, make_incidents
from tests.made import history, lattice, placed_history

cells = st.lists(
    st.tuples(st.integers(-5, 5), st.integers(0, 6), st.floats(0.1, 9)), min_size=2, max_size=40
)


def test_scores_by_hand():
    found = backtest.scores([9, 8, 1, 0], [3, 0, 1, 0], [1, 1, 1, 1], 0.25)
    assert found["hit_rate"] == 0.75
    assert found["pai"] == 3.0
    assert found["pei"] == 1.0
    # events at scores 9 (three) and 1 (one) against empty cells at 8 and 0
    assert found["auc"] == pytest.approx((3 * 1.0 + 1 * 0.5) / 4)


def test_a_perfect_and_a_reversed_ranking():
    count, area = np.array([4, 2, 1, 0, 0]), np.ones(5)
    assert backtest.scores(count, count, area, 0.2)["pei"] == 1
    assert backtest.scores(count, count, area, 0.2)["auc"] == 1
    assert backtest.scores(-count, count, area, 0.2)["auc"] == 0
    assert backtest.scores(-count, count, area, 0.2)["hit_rate"] == 0


def test_a_constant_score_finds_what_the_area_holds():
    found = backtest.scores(np.ones(10), np.arange(10), np.ones(10), 0.3)
    assert found["hit_rate"] == pytest.approx(0.3)
    assert found["pai"] == pytest.approx(1.0)
    assert found["auc"] == 0.5


def test_no_event_has_no_score():
    assert set(backtest.scores([1, 2], [0, 0], [1, 1], 0.1).values()) == {None}


def test_a_missing_score_ranks_last():
    found = backtest.scores([np.nan, 1.0], [5, 1], [1, 1], 0.5)
    assert found["hit_rate"] == pytest.approx(1 / 6)


@pytest.mark.parametrize("share", [0, -0.1, 1.5])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(ValueError, match="area_share"):
        backtest.scores([1], [1], [1], share)


@given(cells, st.floats(0.01, 1))
def test_scores_keep_their_bounds(drawn, share):
    score, count, area = map(np.array, zip(*drawn, strict=True))
    found = backtest.scores(score, count, area, share)
    if count.sum() == 0:
        assert found["hit_rate"] is None
        return
    assert 0 <= found["hit_rate"] <= 1 + 1e-12
    assert found["pei"] is None or found["pei"] <= 1 + 1e-9
    assert found["auc"] is None or -1e-12 <= found["auc"] <= 1 + 1e-12


@given(cells, st.floats(0.01, 1), st.randoms(use_true_random=False))
def test_the_order_of_cells_and_ties_changes_nothing(drawn, share, random):
    shuffled = list(drawn)
    random.shuffle(shuffled)
    one = backtest.scores(*map(np.array, zip(*drawn, strict=True)), share)
    two = backtest.scores(*map(np.array, zip(*shuffled, strict=True)), share)
    assert one == pytest.approx(two)


def test_auc_is_that_of_mann_and_whitney_on_plain_cells():
    rng = np.random.default_rng(0)
    score, hit = rng.normal(size=80).round(1), rng.integers(0, 2, 80)
    found = backtest.scores(score, hit, np.ones(80), 0.1)["auc"]
    of_pairs = mannwhitneyu(score[hit == 1], score[hit == 0]).statistic
    assert found == pytest.approx(of_pairs / (hit.sum() * (hit == 0).sum()))


UNEVEN = np.random.default_rng(9).gamma(0.4, 30.0, 36)


@pytest.fixture(scope="module")
def report():
    return backtest.rolling_backtest(history(UNEVEN), lattice())


def test_the_report_has_at_least_five_cutoffs_and_every_model(report):
    assert report["status"] == "ok"
    assert len(report["cutoffs"]) >= 5
    assert set(report["models"]) == set(MODELS)
    assert orjson.loads(orjson.dumps(report)) == report


def test_what_was_learnt_beats_uniform_and_uniform_is_chance(report):
    models = report["models"]
    assert models["uniform"]["auc"] == pytest.approx(0.5)
    assert models["uniform"]["pai"]["0.10"] == pytest.approx(1.0)
    for name in ("eb", "all_time", "spatial"):
        assert models[name]["auc"] > 0.7
        assert models[name]["gain_per_event"] > 0.3
    assert models["nearest_event"]["gain_per_event"] is None


def test_smoothing_forecasts_better_than_raw_counts_of_a_short_past():
    models = {name: MODELS[name] for name in ("eb", "last_period", "uniform")}
    found = backtest.rolling_backtest(history(UNEVEN / 4, seed=3), lattice(), models=models)
    assert found["models"]["eb"]["log_score"] > found["models"]["last_period"]["log_score"]


def test_coverage_is_about_what_is_said(report):
    assert report["coverage"]["covered"] >= 0.85


def test_the_verdict_names_a_rival_and_its_doubt(report):
    verdict = report["verdict"]
    assert verdict["rival"] in MODELS
    assert verdict["low"] <= verdict["gain_per_event"] <= verdict["high"]
    assert verdict["says"] in ("better", "worse", "no_clear_difference")


def test_few_events_cannot_tell():
    found = backtest.rolling_backtest(history(np.full(36, 0.5)), lattice())
    assert found["status"] == "cannot_tell"
    assert "chance" in found["reason"]
    assert found["models"] == {}
    assert len(found["cutoffs"]) >= 5


def test_a_short_register_cannot_tell():
    found = backtest.rolling_backtest(history(UNEVEN, days=60), lattice())
    assert found["status"] == "cannot_tell"
    assert "days are held" in found["reason"]


def test_an_empty_register_cannot_tell():
    found = backtest.rolling_backtest(make_incidents().iloc[:0], make_country())
    assert found["status"] == "cannot_tell"


def test_uncertain_places_and_ranges_over_the_cutoff_do_not_score(report):
    incidents = history(UNEVEN)
    ids = incidents["districts"].to_numpy(dtype=object)
    ids[::2] = [f"{name}:0.5;XX-00:0.5" if name != "XX-00" else name for name in ids[::2]]
    models = {name: MODELS[name] for name in ("eb", "uniform")}
    found = backtest.rolling_backtest(incidents.assign(districts=ids), lattice(), models=models)
    assert found["events"] < report["events"]
    assert sum(c["not_scored"] for c in found["cutoffs"]) > 0


@pytest.mark.parametrize("name", MODELS)
def test_forecasts_see_nothing_of_the_future(name):
    incidents, districts = history(UNEVEN), lattice()
    end = date(2020, 1, 1)
    past = Past(
        incidents[incidents["date_end"] <= pd.Timestamp(end)],
        districts,
        Window(date(2018, 1, 1), end),
        Window(end + timedelta(days=1), end + timedelta(days=100)),
    )
    value = MODELS[name](past)
    assert value.shape == (36,)
    assert np.isfinite(value).all()
    if name != "nearest_event":
        expected = len(past.incidents) * 100 / past.window.days
        assert value.sum() == pytest.approx(expected, rel=0.35)
        assert (sure(value, past) > 0).all()


def test_the_plot_is_a_picture_whether_or_not_it_can_tell(report):
    for found in (report, backtest.rolling_backtest(make_incidents(), make_country())):
        assert backtest_png(found).startswith(b"\x89PNG")


def test_horizon_and_cells_are_the_askers_choice_and_near_repeats_are_foreseen():
    found = backtest.rolling_backtest(placed_history(), lattice(), horizon_days=60, cell_km=5.0)
    assert found["horizon_days"] == 60
    cells = found["cells"]
    assert (cells["cell_km"], cells["horizon_days"]) == (5.0, 60)
    assert set(cells["models"]) == set(CELL_MODELS)
    assert cells["events"] == pytest.approx(found["events"])
    gain = cells["gain_over_best"]
    assert gain["low"] <= gain["nats"] <= gain["high"]
    assert gain["nats"] > 0.05
    assert cells["chosen"] == "mixture"
    assert cells["models"]["uniform"]["gain_per_event"] == pytest.approx(0.0)
    assert orjson.loads(orjson.dumps(found)) == found


def test_what_foresees_best_is_named_with_how_much_better(report):
    chosen = report["chosen"]
    gains = {name: m["gain_per_event"] for name, m in report["models"].items()}
    assert chosen["model"] == max(gains, key=lambda name: gains[name] or -np.inf)
    assert chosen["low"] <= chosen["gain_per_event"] <= chosen["high"]


@pytest.mark.parametrize(
    ("ours", "rule", "clear"),
    [(4.0, "dynamic", True), (1.0, "eb", False), (0.5, "eb", False)],
)
def test_districts_are_ranked_by_what_is_clearly_better_and_else_by_the_smoothed_rate(
    ours, rule, clear
):
    count = np.tile([8.0, 0.0, 0.0], 12)
    flat = np.full(36, count.mean())
    better = np.where(count > 0, ours, 1.0)
    better *= count.sum() / better.sum()
    folds = [({"eb": flat, "dynamic": better, "uniform": flat}, count)]
    gains = {
        name: {"gain_per_event": float((count * np.log(e / flat)).sum() / count.sum())}
        for name, e in folds[0][0].items()
    }
    found = rolling.chosen(folds, gains)
    assert (found["rule"], found["clear"]) == (rule, clear)


def test_a_register_on_which_nothing_beats_the_same_rate_everywhere_keeps_the_smoothed_rate():
    count = np.full(20, 3.0)
    wrong = np.where(np.arange(20) < 10, 5.0, 1.0)
    folds = [({"eb": wrong, "uniform": count}, count)]
    found = rolling.chosen(
        folds, {"eb": {"gain_per_event": -0.4}, "uniform": {"gain_per_event": 0.0}}
    )
    assert (found["model"], found["rule"], found["clear"]) == ("uniform", "eb", False)


@dataclass
class _Held:
    """A snapshot that keeps what was made."""

    incidents: object
    districts: object
    statistics: object = None
    kept: dict = field(default_factory=dict)

    def cached(self, key, make):
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]


@pytest.fixture(scope="module")
def moving():
    """A register whose spots come and go: the rate of all time foresees worse than their turn."""
    return _Held(placed_history(600), lattice())


def test_the_table_ranks_by_what_foresees_best_and_says_so(moving):
    table = risk_of(moving, RiskParameters())
    ruling = table.attrs["risk"]["ranking"]
    report = backtest_of(moving, RiskParameters(), cell_km=0.0)
    assert (ruling["rule"], ruling["why"]) == (report["chosen"]["rule"], "best")
    assert ruling["low"] > 0
    assert set(table["ranked_by"]) == {ruling["rule"]}
    window = estimate_of(moving, RiskParameters()).window
    expected = foreseen_by(
        ruling["rule"], moving.incidents, moving.districts, window.end, ruling["horizon_days"]
    )
    density = pd.Series(expected / table["area_km2"].to_numpy(float), index=table.index)
    ranked = table["rank"].notna()
    want = density[ranked].rank(ascending=False, method="min")
    assert (table["rank"][ranked].astype(float) == want).all()


@pytest.mark.parametrize(
    "asked",
    [
        {"rank_by": "rate"},
        {"smoothing": "none"},
        {"half_life_days": 90.0},
        {"period": parse_interval("2019-01-01/2020-12-31")},
    ],
)
def test_a_rate_that_somebody_chose_ranks_by_itself(moving, asked):
    table = risk_of(moving, RiskParameters(**asked))
    assert set(table["ranked_by"]) == {"rate"}
    assert table.attrs["risk"]["ranking"]["why"] == "asked"
    headline = table["density" if asked.get("smoothing") == "none" else "smoothed"]
    ranked = table["rank"].notna()
    want = headline[ranked].astype(float).rank(ascending=False, method="min")
    assert (table["rank"][ranked].astype(float) == want).all()


def test_too_little_to_tell_ranks_by_the_rate_and_says_that(moving):
    few = _Held(moving.incidents.iloc[:12], moving.districts)
    ruling = risk_of(few, RiskParameters()).attrs["risk"]["ranking"]
    assert (ruling["rule"], ruling["why"]) == ("rate", "cannot_tell")


def counted(monkeypatch):
    """What backtests are made from; each report is another, so that one made anew is seen."""
    made = []

    def rolling(incidents, districts, **options):
        made.append(incidents)
        return {"status": "ok", "cutoffs": [], "number": len(made)}

    monkeypatch.setattr(of_snapshot, "rolling_backtest", rolling)
    monkeypatch.setattr(of_snapshot, "_REPORTS", Memo(8))
    return made


def test_what_a_backtest_does_not_see_does_not_make_it_anew(monkeypatch):
    made, incidents = counted(monkeypatch), placed_history(300)
    first = backtest_of(_Held(incidents, lattice()), RiskParameters(), cell_km=0)
    noted = incidents.assign(note="read again", version=2)
    assert backtest_of(_Held(noted, lattice()), RiskParameters(), cell_km=0) == first
    assert len(made) == 1
    later = incidents.copy()
    later.loc[later.index[5], ["date_start", "date_end"]] += np.timedelta64(90, "D")
    backtest_of(_Held(later, lattice()), RiskParameters(), cell_km=0)
    backtest_of(_Held(incidents, lattice()), RiskParameters(), horizon_days=60, cell_km=0)
    backtest_of(_Held(incidents, lattice().assign(area_km2=50.0)), RiskParameters(), cell_km=0)
    assert len(made) == 4


def test_of_many_incidents_the_month_under_way_waits_for_its_end(monkeypatch):
    monkeypatch.setattr(rolling, "WHOLE_MONTHS_FROM", 200)
    made, incidents = counted(monkeypatch), placed_history(300)
    last = incidents["date_end"].max()
    month = last.replace(day=1)
    whole = incidents[incidents["date_end"] < month]
    report = backtest_of(_Held(incidents, lattice()), RiskParameters(), cell_km=0)
    new = incidents.iloc[[-1]].copy()
    new.index = new["incident_id"] = ["new"]
    more = conform(pd.concat([incidents, new]), INCIDENTS)
    assert backtest_of(_Held(more, lattice()), RiskParameters(), cell_km=0) == report
    assert [list(seen.index) for seen in made] == [list(whole.index)]
    monkeypatch.undo()
    monkeypatch.setattr(rolling, "WHOLE_MONTHS_FROM", 200)
    assert backtest_of(_Held(whole, lattice()), RiskParameters(), cell_km=0)["cutoffs"]


def test_a_district_without_an_area_has_no_density_and_comes_last():
    """Warnings are errors: 0 over 0, and something over 0."""
    areas, expected = np.array([100.0, 0, 0, np.nan, 50]), np.array([2.0, 0, 3, 1, 2])
    found = rolling._density("eb", expected, areas)
    assert found.tolist() == [0.5, -np.inf, -np.inf, -np.inf, 1.0]
    nowhere = rolling._density("eb", expected, np.zeros(5))
    assert nowhere.tolist() == [-np.inf] * 5


def test_intervals_of_which_none_could_be_held_against_a_count_cover_no_share():
    fold = SimpleNamespace(covered=np.full(3, np.nan))
    found = rolling._coverage([fold, fold])
    assert np.isnan(found["covered"])
    assert found["intervals"] == 0


def test_a_backtest_reads_each_incidents_district_once(monkeypatch):
    """Each model of each fold read them anew: most of what a first risk table took."""
    read, whole = [], DistrictWeights.of.__func__

    def of(cls, incidents, ids):
        read.append(len(incidents))
        return whole(cls, incidents, ids)

    monkeypatch.setattr(DistrictWeights, "of", classmethod(of))
    incidents = placed_history(300)
    report = backtest.rolling_backtest(incidents, lattice())
    assert report["status"] == "ok"
    assert read == [len(incidents)]
