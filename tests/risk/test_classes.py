import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.risk import (
    CLASS_LIMITS,
    RiskParameters,
    class_limits,
    explain,
    risk_of,
    surface_frame_of,
)
from geodata.risk.districts import CLASSES, classify
from geodata.risk.of_snapshot import risk_view
from geodata.risk.parameters import EXPOSURES, WEIGHTS
from service.content.districts import class_words, classes_of, legend_of
from service.i18n import translator_of
from service.styles import style_of


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("exposure", EXPOSURES)
def test_limits_are_stated_for_every_weight_and_exposure(weight, exposure):
    limits = CLASS_LIMITS[(weight, exposure)]
    assert len(limits) == 4
    assert all(a < b for a, b in itertools.pairwise(limits))
    assert class_limits(weight, exposure) == limits


def test_a_value_on_a_limit_is_in_the_class_above():
    found = classify([0.0999, 0.1, 0.3], (0.03, 0.1, 0.3, 1.0), [True] * 3)
    assert found.tolist() == ["low", "medium", "high"]


def test_zero_heavy_data_do_not_lose_classes():
    values = [0.0] * 70 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    limits = class_limits(values=values, method="quantiles")
    assert len(limits) == 4
    assert min(limits) > 0


def test_missing_values_do_not_corrupt_the_limits():
    values = np.array([np.nan, np.inf, 1, 2, 3, 4, 5, np.nan])
    assert class_limits(values=values, method="quantiles") == (1.8, 2.6, 3.4, 4.2)


def test_data_without_a_value_fall_back_to_the_stated_limits():
    assert (
        class_limits(values=[0, 0, np.nan], method="quantiles")
        == CLASS_LIMITS[("incidents", "area")]
    )


def test_equal_values_make_one_limit():
    assert class_limits(values=[2.0] * 9, method="quantiles") == (2.0,)


@given(st.lists(st.floats(0.01, 100), min_size=30, max_size=60), st.integers(0, 29))
def test_a_small_change_of_one_value_moves_few_districts(values, at):
    changed = list(values)
    changed[at] *= 1.001
    informed = np.ones(len(values), dtype=bool)
    limits = class_limits()
    one, two = classify(values, limits, informed), classify(changed, limits, informed)
    assert np.count_nonzero(one != two) <= 1


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_classes_rise_with_the_value(values):
    names = ["very_low", "low", "medium", "high", "very_high"]
    ordered = sorted(values)
    found = classify(ordered, class_limits(), np.ones(len(ordered), dtype=bool))
    places = [names.index(name) for name in found]
    assert places == sorted(places)


def test_the_fixed_limits_stay_what_maps_were_printed_with():
    """A class means the same on every map and date: a moved threshold is a new product."""
    assert CLASS_LIMITS == {
        ("incidents", "area"): (0.03, 0.1, 0.3, 1.0),
        ("casualties", "area"): (0.1, 0.3, 1.0, 3.0),
        ("killed", "area"): (0.03, 0.1, 0.3, 1.0),
        ("incidents", "population"): (0.3, 1.0, 3.0, 10.0),
        ("casualties", "population"): (1.0, 3.0, 10.0, 30.0),
        ("killed", "population"): (0.3, 1.0, 3.0, 10.0),
    }


def test_limits_from_data_are_quantiles_of_two_digits():
    assert class_limits(values=[0, 0.1234, 100], method="quantiles") == (20.0, 40.0, 60.0, 80.0)
    assert class_limits(values=[1, 32]) == class_limits()


def test_what_is_missing_or_not_informed_has_no_class():
    values = [np.nan, np.inf, 0.0, 99.0, 99.0]
    found = classify(values, (0.03, 0.1, 0.3, 1.0), [True, True, True, True, False])
    nothing = "no_information"
    assert found.tolist() == [nothing, nothing, "very_low", "very_high", nothing]


def _very_unequal() -> tuple[np.ndarray, np.ndarray]:
    """Seventeen districts, sixteen of which the fixed limits call very low."""
    density = np.append(np.geomspace(0.0004, 0.02, 16), 2.0)
    return density, np.linspace(300, 9_000, 17)


def test_classes_from_the_data_part_what_fixed_limits_lump_together():
    density, area = _very_unequal()
    informed = np.ones(17, dtype=bool)
    fixed = classify(density, class_limits(), informed)
    assert (fixed == "very_low").sum() == 16
    for method in ("quantiles", "area"):
        limits = class_limits(values=density, method=method, sizes=area)
        found = classify(density, limits, informed)
        assert max((found == name).sum() for name in CLASSES) < 16
        assert list(limits) == sorted(limits)
    equal = classify(density, class_limits(values=density, method="quantiles"), informed)
    assert [(equal == name).sum() for name in CLASSES] == [4, 3, 3, 3, 4]


def test_classes_of_equal_area_hold_as_much_of_it_as_districts_allow():
    density, area = _very_unequal()
    limits = class_limits(values=density, method="area", sizes=area)
    found = classify(density, limits, np.ones(17, dtype=bool))
    shares = [area[found == name].sum() / area.sum() for name in CLASSES]
    assert max(abs(np.array(shares) - 0.2)) <= area.max() / area.sum()


def test_the_table_the_surface_and_the_legend_have_the_same_limits(square_snapshot):
    asked = RiskParameters.parse({"period": "2021-01-01/2021-12-31", "classes": "quantiles"})
    table = risk_of(square_snapshot, asked)
    limits = table.attrs["risk"]["class_limits"]
    assert limits != list(CLASS_LIMITS[("incidents", "area")])
    bands = surface_frame_of(square_snapshot, asked)
    starts = set(bands["intensity_low"]) - {0.0, limits[0] / 100 * 0.1}
    assert starts <= {limit / 100 for limit in limits}
    view = risk_view(square_snapshot, asked)
    assert list(view.limits) == limits
    told = explain(square_snapshot, "XX-A", asked)["class"]
    assert (told["limits"], told["limits_by"]) == (limits, "quantiles")
    legend = classes_of(view, translator_of("en"))
    assert len(legend) == len(limits) + 1


def test_an_unknown_way_to_class_or_width_is_refused():
    for name, text in (("classes", "jenks"), ("bandwidth", "wide"), ("bandwidth", "0")):
        with pytest.raises(InvalidInput, match=name):
            RiskParameters.parse({name: text})


def test_limits_of_the_data_are_told_as_such_wherever_they_are_drawn(square_snapshot):
    translator = translator_of("en")
    for classes, words in (("quantiles", "equal numbers of districts"), ("area", "equal areas")):
        asked = RiskParameters(classes=classes)
        legend = legend_of(risk_view(square_snapshot, asked), translator, "points")
        assert legend.note == f"Class limits: {words}"
        title = f"Rate: incidents per 100 km² per year · {legend.note}"
        assert style_of(square_snapshot, "risk", asked).title == title
        surface = style_of(square_snapshot, "risk-surface", asked).title
        assert surface == title.replace("Rate", "Risk surface")
    assert class_words("area", "population", translator) == "equal numbers of people"
    plain = legend_of(risk_view(square_snapshot, RiskParameters()), translator, "points")
    assert (plain.title, plain.note) == ("Rate: incidents per 100 km² per year", "")
