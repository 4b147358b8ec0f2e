"""Published results, reproduced; the figures are read from beside the checkout."""

import json

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import stats
from scipy.spatial.distance import cdist

from geodata.risk import clusters, smoothing
from tests import needs


def case(name: str) -> tuple[dict, dict]:
    path = needs.shared("reference", "statistics", "published_cases.json")
    found = json.loads(path.read_text())["cases"][name]
    return found["input"], found["expected"]


def adjacency(lists: list[list[int]]) -> sp.csr_array:
    matrix = np.zeros((len(lists), len(lists)))
    for row, columns in enumerate(lists):
        matrix[row, columns] = 1
    return sp.csr_array(matrix)


def test_marshall_global_estimates_of_auckland_child_mortality():
    given, expected = case("eb_global_auckland")
    found = smoothing.empirical_bayes(given["events"], given["population"])
    np.testing.assert_allclose(found, expected["rate"], rtol=1e-5)


def test_gamma_poisson_estimates_and_limits_of_scottish_lip_cancer():
    given, expected = case("gamma_poisson_scotland")
    observed, at_risk = given["observed"], given["expected_counts"]
    alpha, beta, mean = smoothing.gamma_poisson(observed, at_risk)
    published = expected["ml"]
    assert alpha == pytest.approx(published["nu"], rel=1e-5)
    assert beta == pytest.approx(published["alpha"], rel=1e-5)
    chances = stats.nbinom.logpmf(observed, alpha, beta / (beta + np.asarray(at_risk)))
    assert chances.sum() == pytest.approx(published["loglik"], abs=1e-6)
    np.testing.assert_allclose(mean, published["relative_risk"], rtol=1e-5)
    low, high = smoothing.gamma_poisson_posterior(observed, at_risk).interval()
    np.testing.assert_allclose(low, published["posterior_q025"], rtol=1e-4)
    np.testing.assert_allclose(high, published["posterior_q975"], rtol=1e-4)


def test_local_marshall_estimates_of_scottish_lip_cancer_with_three_islands():
    given, expected = case("eb_spatial_scotland")
    found = smoothing.spatial_empirical_bayes(
        given["events"], given["population"], adjacency(given["neighbors"])
    )
    np.testing.assert_allclose(found, expected["rate"], rtol=1e-6)


@pytest.mark.parametrize("distance", ["30", "60", "90", "120", "150"])
def test_getis_ord_of_the_remote_sensing_grid(distance: str):
    given, expected = case("getis_ord_1996_grid")
    xy = np.column_stack([given["x"], given["y"]])
    near = sp.csr_array(cdist(xy, xy) <= float(distance) + 1e-9)
    found = clusters.gi_star(given["value"], near, star=False)
    np.testing.assert_allclose(found, expected["gi_z"][distance], rtol=1e-5)
    if distance in expected["gi_star_z"]:
        starred = clusters.gi_star(given["value"], near)
        np.testing.assert_allclose(starred, expected["gi_star_z"][distance], rtol=1e-5)
        assert starred[given["target_index"]] == pytest.approx(
            expected["gi_star_at_target_30"], abs=1e-5
        )


def test_global_and_local_moran_of_african_conflicts():
    given, expected = case("local_moran_afcon")
    near = adjacency(given["neighbors"])
    whole = clusters.moran_test(given["value"], near)
    assert whole.statistic == pytest.approx(expected["global_I"], abs=1e-7)
    assert whole.expected == pytest.approx(expected["global_E"], abs=1e-7)
    assert whole.variance == pytest.approx(expected["global_Var_randomisation"], abs=1e-7)
    assert whole.z == pytest.approx(expected["global_z"], abs=1e-3)
    local = clusters.local_moran(given["value"], near)
    np.testing.assert_allclose(local.statistic, expected["Ii"], rtol=1e-4)
    np.testing.assert_allclose(local.expected, expected["E"], rtol=1e-4)
    np.testing.assert_allclose(local.variance, expected["Var"], rtol=1e-4)
    np.testing.assert_allclose(local.z, expected["Z"], rtol=1e-4)


def test_moran_of_sudden_infant_deaths_with_two_islands():
    given, expected = case("eb_moran_sids_ncCC89")
    near = adjacency(given["neighbors"])
    events, births = np.array(given["events"]), np.array(given["population"])
    crude = clusters.moran(events / births, near, style="binary")
    assert crude == pytest.approx(expected["moran_crude_rate"], abs=2e-5)
    found = clusters.moran_of_rates(events, births, near)
    assert found == pytest.approx(expected["EBI"], abs=2e-5)


def test_scan_of_new_york_leukaemia():
    given, expected = case("kulldorff_scan_ny_leukaemia")
    found = clusters.scan(
        np.column_stack([given["x"], given["y"]]),
        given["cases"],
        given["population"],
        np.random.default_rng(1),
        max_share=given["max_population_share"],
        min_cases=given["min_cases"],
        simulations=199,
    )
    for position, published in zip((0, 1, 6), expected["clusters"], strict=True):
        cluster = found[position]
        assert cluster.log_likelihood_ratio == pytest.approx(published["llr"], abs=1e-6)
        assert cluster.cases == published["cases"]
        assert cluster.expected == pytest.approx(published["expected"], abs=0.005)
        assert cluster.population == pytest.approx(published["population"])
        assert sorted(m + 1 for m in cluster.members) == sorted(published["members_1based"])
        assert cluster.ratio == pytest.approx(published["smr"], abs=0.005)
    assert found[0].p < 0.02
    assert found[1].p < 0.06
    assert found[6].p > 0.9
