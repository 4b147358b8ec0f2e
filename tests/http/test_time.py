"""datetime: instants, intervals, incidents that last days, and GDAL's own forms."""

import pytest

ITEMS = "/collections/incidents/items"


def ids(client, when: str, path: str = ITEMS) -> set[str]:
    answer = client.get(path, params={"datetime": when, "limit": 1000})
    assert answer.status_code == 200, answer.text
    return {f["id"] for f in answer.json()["features"]}


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("2021-02-04", {"I4"}),
        ("2021-02-04T10:00:00Z", {"I4"}),
        ("2021-02-04T00:00:00Z", {"I4"}),
        ("2021-02-02/2021-02-04", {"I3", "I4"}),
        ("2021-02-03/2021-02-04", {"I4"}),
        ("2021-02-02/2021-02-03", {"I3"}),
        ("../2020-11-23", {"I1"}),
        ("/2020-11-23", {"I1"}),
        ("2021-01-25", {"I2a", "I2b"}),
        ("2021-01-31/2021-02-01", {"I2a", "I2b"}),
        ("2021-01-01/2021-01-20", set()),
        ("2021-02-04T", {"I4"}),
        ("2021-02-04T/2021-02-04T", {"I4"}),
        ("2021-02-04T23:59:59.999Z/2021-12-01T00:00:00Z", {"I4"}),
        ("2021-02-04T03:00:00+04:00", {"I4"} - {"I4"}),
        ("2021-02-04T05:00:00+04:00", {"I4"}),
    ],
)
def test_a_closed_interval_holds_its_first_and_last_day(reader, when, found) -> None:
    assert ids(reader, when) == found


def test_open_ends_reach_to_the_first_and_the_last(reader) -> None:
    assert len(ids(reader, "../..")) == 255
    assert ids(reader, "2021-01-01/..") | ids(reader, "../2020-12-31") == ids(reader, "../..")


def test_what_has_no_end_is_still_going_on(reader) -> None:
    assert len(ids(reader, "2025-01-01", "/collections/districts/items")) == 77


def test_what_has_no_time_meets_every_interval(reader) -> None:
    """OGC 17-069r4, /req/core/fc-time-response C."""
    path = "/collections/places/items"
    everything = reader.get(path, params={"limit": 1}).json()["numberMatched"]
    answer = reader.get(path, params={"limit": 1, "datetime": "2021-01-01/.."}).json()
    assert answer["numberMatched"] == everything > 0
    claims = "/collections/statistics/items"
    timeless = reader.get(claims, params={"filter": "period_end IS NULL AND period_start IS NULL"})
    undated = {f["id"] for f in timeless.json()["features"]}
    assert undated
    assert undated <= ids(reader, "1999-01-01", claims)
    never = reader.get(
        claims,
        params={"filter": "period_start IS NOT NULL", "datetime": "1950-01-01", "limit": 1000},
    )
    assert not undated & {f["id"] for f in never.json()["features"]}


@pytest.mark.parametrize(
    "when",
    [
        "",
        "..",
        "x",
        "2021-13-01",
        "2021-02-30",
        "2021-02-04/2021-02-01",
        "2021-02-04/2021-02-05/2021-02-06",
        "yesterday",
        "2021-02-04T25:00:00Z",
        "0000-01-01",
        "99999-01-01",
        "2021-02-04T10:00:00+99:00",
    ],
)
def test_a_time_that_is_none_is_400(reader, when) -> None:
    answer = reader.get(ITEMS, params={"datetime": when})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "datetime"
