"""Ranks in words and at two levels."""

import pytest

from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.content.districts import WHY, levels_of, ranked_by
from service.i18n import languages, translator_of
from tests.conftest import make_country
from tests.maps.snapshots import FakeSnapshot, many_incidents


@pytest.fixture(scope="module")
def view():
    country = make_country()
    country["admin1_name"] = ["North", "North", "South", "South"][: len(country)]
    return risk_view(FakeSnapshot(country, many_incidents(country, 60)), RiskParameters())


def test_units_above_are_ranked_by_all_their_districts_together(view):
    levels = levels_of(view)
    risk = view.risk
    for name, held in risk.groupby(view.districts["admin1_name"].to_numpy()):
        upper = levels[str(held.index[0])]
        assert upper.name == name
        assert upper.incidents == pytest.approx(float(held["incidents"].sum()))
        years, area = view.window.years, float(held["area_km2"].sum())
        assert upper.rate == pytest.approx(upper.incidents / (area / 100 * years))
        assert upper.low < upper.rate < upper.high
    first = max({id(u): u for u in levels.values()}.values(), key=lambda u: u.rate)
    assert first.rank == 1


def test_boundaries_without_units_above_have_one_level(country):
    snapshot = FakeSnapshot(country, many_incidents(country, 20))
    assert levels_of(risk_view(snapshot, RiskParameters())) == {}


@pytest.mark.parametrize("why", list(WHY))
@pytest.mark.parametrize("lang", list(languages()))
def test_what_ranks_is_said_whole_in_each_language(view, lang, why):
    said = {"rule": "kde", "why": why, "model": "kde", "gain": 0.31, "low": 0.2, "high": 0.4}
    view.risk.attrs["risk"]["ranking"] = said
    text = ranked_by(view, translator_of(lang))
    assert "{" not in text
    if why in ("best", "about_as_well"):
        assert translator_of(lang).interval(0.2, 0.4, 2) in text
