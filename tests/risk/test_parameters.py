import pytest

from geodata.errors import InvalidInput
from geodata.risk import RiskParameters


def test_nothing_given_is_the_default():
    assert RiskParameters.parse({}) == RiskParameters()


def test_every_parameter_is_read():
    found = RiskParameters.parse(
        {
            "period": "2021-01-01/2021-12-31", "weight": "killed", "exposure": "population",
            "smoothing": "spatial", "half-life": "90", "where": "device='at_mine'",
            "boundaries": "AZ", "as-of": "2021-06-01", "limit": "5",
        }
    )  # fmt: skip
    assert str(found.period) == "2021-01-01/2021-12-31"
    assert (found.weight, found.exposure, found.smoothing) == ("killed", "population", "spatial")
    assert found.half_life_days == 90
    assert found.as_of.isoformat().startswith("2021-06-01T23:59:59")
    assert found.unit == "killed per 100,000 people per year"
    assert found.describe()["where"] == "device='at_mine'"


def test_all_complaints_come_at_once_and_name_their_field():
    bad = {
        "weight": "wounded", "exposure": "roads", "smoothing": "much", "half-life": "soon",
        "period": "yesterday", "as-of": "never",
    }  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        RiskParameters.parse(bad)
    assert {detail["field"] for detail in refused.value.details} == set(bad)


@pytest.mark.parametrize("text", ["0", "-3", "nan", "inf", "1e99"])
def test_a_half_life_is_a_number_of_days_over_zero(text):
    with pytest.raises(InvalidInput, match="half-life"):
        RiskParameters.parse({"half-life": text})


def test_equal_parameters_are_one_cache_key():
    one, two = (RiskParameters.parse({"period": "2021-01-01/2021-02-01"}) for _ in range(2))
    assert hash(one) == hash(two)
    assert one == two


def test_all_is_the_default_period():
    assert RiskParameters.parse({"period": "all"}) == RiskParameters()
