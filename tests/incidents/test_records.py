"""Incidents as frames and as GeoJSON: nothing is lost, nothing unknown becomes 0."""

from datetime import date
from typing import Any

import orjson
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.codes import Group, values_of
from geodata.errors import InvalidInput
from geodata.formats import feature_texts
from geodata.incidents import (
    district_ids_text,
    districts_text,
    document,
    founding,
    incident_from_feature,
    incidents_frame,
    parse_district_ids,
    parse_districts,
    statistics_frame,
)
from geodata.model import Casualty, DistrictWeight, Incident, Report
from geodata.schemas import INCIDENTS
from tests.laws import examples

TEXTS = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20
)
COUNTS = st.none() | st.integers(0, 50)
IDS = st.sampled_from(["AZ-TAR", "AZ-AGM", "a;b", "c:d", "e%3Bf"])


@st.composite
def casualties(draw: st.DrawFn) -> Casualty:
    low, best, high = sorted(draw(st.tuples(*[st.integers(0, 50)] * 3)))
    stated = draw(st.booleans())
    return Casualty(
        group=draw(st.sampled_from(values_of(Group))),
        outcome=draw(st.sampled_from(["killed", "injured", "unknown"])),
        low=low,
        best=best if stated else None,
        high=high,
        affiliation=draw(TEXTS),
    )


@st.composite
def records(draw: st.DrawFn) -> Incident:
    ids = draw(st.lists(IDS, unique=True, max_size=3))
    point = draw(st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
    day = draw(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
    return Incident(
        incident_id=draw(st.from_regex(r"[a-z]{8}", fullmatch=True)),
        date_start=day,
        date_end=day,
        longitude=point[0] if point else None,
        latitude=point[1] if point else None,
        districts=tuple(DistrictWeight(district_id=i, weight=1 / len(ids)) for i in ids),
        casualties=tuple(draw(st.lists(casualties(), max_size=4))),
        reports=tuple(Report(publisher=draw(TEXTS), chain=draw(TEXTS)) for _ in ids),
        note=draw(TEXTS),
        place_as_reported=draw(TEXTS),
    )


def flat_features(incidents: list[Incident]) -> list[dict[str, Any]]:
    """The incidents as the layer gives them."""
    return [orjson.loads(t.as_py()) for t in feature_texts(incidents_frame(incidents), INCIDENTS)]


@given(st.lists(records(), max_size=4, unique_by=lambda i: i.incident_id))
@examples(40)
def test_export_then_import_is_the_identity(incidents: list[Incident]) -> None:
    flat = flat_features(incidents)
    features = [{**f, "record": document(one)} for f, one in zip(flat, incidents, strict=True)]
    assert [incident_from_feature(feature) for feature in features] == incidents


@given(st.lists(records(), min_size=1, max_size=4, unique_by=lambda i: i.incident_id))
@examples(40)
def test_the_frame_says_what_the_records_say(incidents: list[Incident]) -> None:
    frame = incidents_frame(incidents)

    assert list(frame.index) == [i.incident_id for i in incidents]
    for incident, (_, row) in zip(incidents, frame.iterrows(), strict=True):
        for outcome in ("killed", "injured"):
            assert _plain(row[outcome]) == incident.count(outcome)
            for group in values_of(Group):
                assert _plain(row[f"{outcome}_{group}"]) == incident.count(outcome, group)
        assert _plain(row["districts"]) == districts_text(incident.districts)
        assert _plain(row["longitude"]) == incident.longitude
        assert (row.geometry is None) == (incident.longitude is None)
        assert (_plain(row["note"]) or "") == (incident.note or "")
        if incident.districts:
            assert parse_districts(row["districts"]) == incident.districts


def _plain(value: object) -> object:
    return None if pd.isna(value) else value


def test_unknown_is_null_and_zero_is_zero() -> None:
    day = date(2021, 1, 1)
    stated = (Casualty(outcome="killed", best=0), Casualty(outcome="injured", best=None, high=9))
    frame = incidents_frame(
        [Incident(incident_id="x", date_start=day, date_end=day, casualties=stated)]
    )
    row = frame.loc["x"]
    assert row["killed"] == 0
    assert row["killed_unknown"] == 0
    assert pd.isna(row["injured"])
    assert pd.isna(row["killed_civilian"])
    assert pd.isna(row["casualties"])
    assert (row["casualties_low"], row["injured_high"], row["casualties_high"]) == (0, 9, 9)


def test_the_frame_of_nothing_has_the_schema() -> None:
    frame = incidents_frame([])
    assert list(frame.columns) == [*INCIDENTS.names, "geometry"]
    assert len(frame) == 0


def test_the_founding_incidents_are_the_five_of_the_articles() -> None:
    frame = incidents_frame(founding().incidents)
    assert list(frame.index) == ["I1", "I2a", "I2b", "I3", "I4"]
    assert (frame["killed"].sum(), frame["injured"].sum()) == (3, 11)
    assert frame.groupby("district_id").size().to_dict() == {"AZ-AGM": 2, "AZ-FUZ": 1, "AZ-TAR": 2}
    assert frame["geometry"].isna().all()
    assert (frame["where_precision"] == 4).all()
    assert set(frame.loc[["I2a", "I2b"], "record_status"]) == {"disputed"}
    assert set(frame.loc[["I2a", "I2b"], "date_precision"]) == {4}
    assert frame.loc["I1", "injured_emergency_worker"] == 4
    assert frame[["sources", "note", "place_as_reported"]].notna().all(axis=None)


def test_the_founding_statistics_are_claims_and_s3_is_not_about_mines() -> None:
    frame = statistics_frame(founding().statistics)
    values = frame["value"].to_dict()
    assert values["S1-civilian-killed"] == 6
    assert values["S1-military-injured"] == 14
    assert frame.loc["S2-injured", "qualifier"] == "almost"
    assert set(frame.index[~frame["mine_related"]]) == {"S3-killed", "S3-injured"}
    assert [o.operation_id for o in founding().operations] == ["O1", "O2", "O3", "O4", "O5"]


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool), max_size=4))
@examples(50)
def test_ids_alone_come_back_from_their_text(ids: list[str]) -> None:
    assert list(parse_district_ids(district_ids_text(ids) or "")) == ids


@pytest.mark.parametrize("text", ["A:0.5;B:0.4", "A:2", "A:-1;B:2", "A:0", "A:1;B"])
def test_weights_that_do_not_sum_to_one_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="sum to 1"):
        parse_districts(text)


def test_flat_properties_alone_make_the_record() -> None:
    read = incident_from_feature(flat_features([founding().incidents[0]])[0])
    for group in values_of(Group):
        for outcome in ("killed", "injured"):
            assert read.count(outcome, group) == founding().incidents[0].count(outcome, group)
    assert read.reports[0].chain == founding().incidents[0].reports[0].chain
    assert read.districts == founding().incidents[0].districts


def test_a_feature_changes_what_it_states_and_keeps_the_rest() -> None:
    base = founding().incidents[0]
    feature = {"type": "Feature", "properties": {"device": "at_mine", "note": None}}
    changed = incident_from_feature(feature, base=base)
    assert changed == base.model_copy(update={"device": "at_mine", "note": None})


def test_a_feature_sent_back_as_it_was_changes_nothing() -> None:
    base = founding().incidents[0]
    assert incident_from_feature(flat_features([base])[0], base=base) == base


def test_a_total_beyond_its_groups_is_of_unknown_group() -> None:
    day = {"date_start": "2021-01-01", "date_end": "2021-01-01"}
    properties = day | {"killed": 3, "killed_civilian": 1, "injured": None}
    read = incident_from_feature({"type": "Feature", "id": "x", "properties": properties})
    assert (read.count("killed", "civilian"), read.count("killed", "unknown")) == (1, 2)
    assert read.count("injured") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"killed": 1, "killed_civilian": 2}, "killed"),
        ({"killed": 1.5}, "killed"),
        ({"killed": True}, "killed"),
        ({"killed": "many"}, "killed"),
        ({"colour": "red"}, "colour"),
        ({"device": "banana"}, "device"),
        ({"date_end": "2020-12-31"}, "record"),
        ({"districts": "A:0.4"}, "districts"),
    ],
)
def test_a_bad_property_is_named(change: dict[str, object], field: str) -> None:
    properties = {"date_start": "2021-01-01", "date_end": "2021-01-01"} | change
    with pytest.raises(InvalidInput) as caught:
        incident_from_feature({"type": "Feature", "id": "x", "properties": properties})
    assert field in {d["field"] for d in caught.value.details}


@pytest.mark.parametrize("given", [None, [], {"type": "Topology"}, {"type": "FeatureCollection"}])
def test_what_is_no_feature_is_refused(given: object) -> None:
    with pytest.raises(InvalidInput, match="GeoJSON"):
        incident_from_feature(given)
