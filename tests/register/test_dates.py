"""A day that cannot be meant is refused at every door; what can be meant breaks no page."""

from datetime import date, timedelta
from typing import get_args, get_type_hints

import pytest
from starlette.testclient import TestClient

from geodata.errors import InvalidInput
from geodata.intake import Choices, import_file
from geodata.model import Incident, Operation, Report, Statistic
from geodata.plausible import MEMBERS, DateRange
from geodata.register import Change, open_register
from service.app import create_app
from service.settings import Settings
from tests.conftest import make_country, sign_in

WRONG = ["0221-02-04", "1899-12-31", (date.today() + timedelta(days=400)).isoformat(), "9999-12-31"]  # noqa: DTZ011


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    held = open_register(tmp_path_factory.mktemp("dates"), empty=True)
    held.add_boundaries(make_country(), edition="XX-1", author="test")
    yield held
    held.close()


@pytest.fixture(scope="module")
def client(register):
    app = create_app(Settings(), register)
    with TestClient(app) as made:
        sign_in(made, "ed", "editor")
        yield made


def test_every_day_of_the_model_is_held_to_the_range() -> None:
    days = {
        name
        for model in (Incident, Operation, Statistic, Report)
        for name, kind in get_type_hints(model).items()
        if date in (kind, *get_args(kind))
    }
    assert days | {"valid_from", "valid_to"} == MEMBERS


def test_the_ends_of_the_range_belong_to_it() -> None:
    dates = DateRange(latest=date(2024, 2, 29))
    for name, first, last in (
        ("date_start", "1900-01-01", "2024-02-29"),
        ("date_end", "1900-01-01", "2024-12-31"),
        ("planned_end", "1900-01-01", "2124-12-31"),
    ):
        assert not dates.problems({name: first}) + dates.problems({name: last})
        assert dates.problems({name: "1899-12-31"})
    assert dates.problems({"date_start": "2024-03-01"})
    assert dates.problems({"reports": [{"published": "0221-01-01"}]})[0]["field"] == (
        "reports.0.published"
    )


def incident(day: str, **more: object) -> dict:
    return {"incident_id": "w", "date_start": day, "date_end": day, **more}


@pytest.mark.parametrize("day", WRONG)
@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("incident", incident),
        ("incident", lambda day: incident("2021-02-04", reports=[{"published": day}])),
        ("operation", lambda day: {"operation_id": "o", "kind": "clearance", "status": "completed",
                                   "actual_end": day}),
        ("statistic", lambda day: {"statistic_id": "s", "metric": "m", "value": 1, "as_of": day}),
        ("report", lambda day: {"report_id": "r", "published": day, "text": "t"}),
    ],
)  # fmt: skip
def test_the_register_takes_no_record_of_another_age(register, kind, make, day) -> None:
    before = register.revision
    with pytest.raises(InvalidInput):
        register.append([Change(kind, make(day))], author="test")
    assert register.revision == before


@pytest.mark.parametrize("day", [*WRONG[:2], "2300-01-01"])
@pytest.mark.parametrize("member", ["valid_from", "valid_to"])
def test_boundaries_of_another_age_are_refused(register, member, day) -> None:
    with pytest.raises(InvalidInput) as caught:
        register.add_boundaries(
            make_country(), edition="XX-9", author="test", **{member: date.fromisoformat(day)}
        )
    assert caught.value.code == "implausible-date"


def test_the_doors_of_the_service_say_which_field(client) -> None:
    posted = client.post(
        "/collections/incidents/items",
        json={"type": "Feature", "geometry": None,
              "properties": {"date_start": "0221-02-04", "date_end": "0221-02-04"}},
    )  # fmt: skip
    assert posted.status_code in (400, 422)
    assert "0221-02-04" in posted.text
    table = b"id,date,district\n1,0221-02-04,A\n2,2021-02-04,A\n"
    body = client.post("/imports", files={"file": ("t.csv", table)}).json()
    assert (body["counts"]["taken"], body["counts"]["refused"]) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("operations", "operation_id,kind,status,actual_start\no{0},clearance,completed,{0}\n"),
        ("statistics", "statistic_id,metric,value,period_start\ns{0},people,1,{0}\n"),
    ],
)
def test_other_imports_refuse_the_row(register, tmp_path, kind, head) -> None:
    path = tmp_path / "t.csv"
    first, row = head.split("\n")[:2]
    path.write_text("\n".join([first, *(row.format(d) for d in ("1950-01-01", "2098-01-01"))]))
    report = import_file(register, path, kind=kind, author="t", choices=Choices())
    assert (report.counts["taken"], report.counts["refused"]) == (1, 1)


def test_what_is_held_already_can_be_taken_back(register) -> None:
    wide = DateRange(date.min, date.max)
    narrow, register.dates = register.dates, wide
    register.append([Change("incident", incident("0221-02-04"))], author="test")
    register.dates = narrow
    with pytest.raises(InvalidInput):
        register.append([Change("incident", incident("0221-02-05"), "correct")], author="test")
    register.retract("w", author="test", reason="a typing error")
    assert "w" not in register.newest().incidents.index
