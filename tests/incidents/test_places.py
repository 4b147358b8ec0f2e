"""A coordinate is drawn only where it is a place."""

import pytest

from geodata.incidents import incidents_frame
from geodata.model import Incident

DAY = {"incident_id": "a", "date_start": "2021-01-01", "date_end": "2021-01-01"}
POINT = {"longitude": 46.9, "latitude": 40.0}


def test_a_point_without_a_stated_precision_is_the_place() -> None:
    assert Incident.model_validate({**DAY, **POINT}).where_precision == 1
    assert Incident.model_validate(DAY).where_precision == 4


@pytest.mark.parametrize(("precision", "drawn"), [(1, True), (3, True), (4, False), (6, False)])
def test_a_centroid_of_a_district_is_no_point(precision: int, *, drawn: bool) -> None:
    incident = Incident.model_validate({**DAY, **POINT, "where_precision": precision})
    row = incidents_frame([incident]).iloc[0]
    assert (row.geometry is not None) is drawn
    assert row.longitude == 46.9
