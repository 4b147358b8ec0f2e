"""Documents are written by columns: for every row they are what the model makes of it."""

from copy import deepcopy

import numpy as np
import orjson
import pandas as pd
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from geodata.codes import Device
from geodata.codes import values_of as codes_of
from geodata.incidents import document
from geodata.intake.draft import Draft, Placement, Points, Values
from geodata.intake.mapping import ColumnMapping, Guess
from geodata.intake.plan import Choices, Plan
from geodata.intake.records import Making, checked, refuse_implausible
from geodata.intake.table import ROW
from geodata.plausible import DateRange
from tests.intake.conftest import TODAY
from tests.laws import examples

DATES = DateRange().of(TODAY)
KEY = b"k" * 32
ODD = ["", "a", "Ağalı", '"q"\\', "\x01", "nul\x00", "\ud800", "x" * 301, "x" * 10_001]
TEXTS = st.none() | st.sampled_from(ODD) | st.text(max_size=6)
NUMBERS = st.sampled_from([np.nan, 0.0, -0.0, 47.05, 1e-7, 180.0, 180.1, -91.0, 1e16])
DAYS = ["NaT", "1899-12-31", "1900-01-01", "2021-02-04", "2021-02-05", "2024-01-02", "2025-01-01"]
PEOPLE = [
    [],
    [{"group": "unknown", "outcome": "killed", "best": 1}],
    [{"group": "civilian", "outcome": "injured", "low": 3, "high": 2}],
    [{"group": "nobody", "outcome": "killed"}, {"group": "unknown", "outcome": "injured"}],
    [{"group": "military", "outcome": "killed", "best": 1, "affiliation": "x" * 301}],
    [{"outcome": "killed", "group": "unknown"}, {"group": "child", "outcome": "killed", "best": 2}],
]
REPORTS = [
    [],
    [{"publisher": "Office", "url": "https://x.test/1", "published": "2021-02-04"}],
    [{"url": "HTTPS://X.TEST/1"}],
    [{"publisher": "x" * 301}],
    [{"publisher": "late", "published": "2030-01-01"}],
    [{"note": "\ud800"}],
]
DISTRICTS = [None, "XX-A:1", "XX-A:0.5;XX-B:0.5", "XX-A;XX-B"]
IDS = st.none() | st.sampled_from(["1", "A-7", "a/b", "é", "A²", "x" * 119, "y" * 400, "-", "1.0"])
ROWS = st.fixed_dictionaries(
    {
        "id": IDS, "text": TEXTS, "place": TEXTS, "note": TEXTS, "time": TEXTS,
        "lon": NUMBERS, "lat": NUMBERS, "error": NUMBERS,
        "start": st.sampled_from(DAYS), "end": st.sampled_from(DAYS),
        "casualties": st.sampled_from(PEOPLE), "reports": st.sampled_from(REPORTS),
        "districts": st.sampled_from(DISTRICTS),
        "device": st.none() | st.sampled_from([*codes_of(Device)[:2], "spear"]),
        "country": st.sampled_from([None, "AZ", "az", "AZE"]),
        "precision": st.sampled_from([1, 4, 7, 8]), "grade": st.sampled_from([None, 1, 6, 7]),
        "status": st.sampled_from([None, "verified", "odd"]),
        "place_id": st.sampled_from([None, "p1", "p 1"]),
    }
)  # fmt: skip


def making(rows, dataset="Ərazi-1") -> Making:
    """A chunk whose columns hold the rows' members, as if they had been read and placed."""
    size = len(rows)

    def get(name):
        return [row[name] for row in rows]

    def floats(name):
        return np.array(get(name), dtype="float64")

    cells = [None if i is None else i.strip() or None for i in get("id")]
    chunk = pd.DataFrame(
        {ROW: np.arange(2, size + 2), "Nr": pd.Series(cells, dtype=object), "When": ["x"] * size}
    )
    mapping = ColumnMapping((Guess("id", "Nr", 1, ""), Guess("date", "When", 1, "")), (), ())
    nothing = [None] * size
    found = Points(floats("lon"), floats("lat"), floats("error"))
    values = Values(
        place=get("place"),
        names={n: get("place") for n in ("admin1", "district", "admin2", "admin3")},
        codes={},
        country=get("country"),
        date_start=np.array(get("start"), dtype="datetime64[D]"),
        date_end=np.array(get("end"), dtype="datetime64[D]"),
        date_precision=get("precision"),
        date_text=get("text"),
        date_basis=nothing,
        local_time=get("time"),
        points=found,
        anchor=found,
        nowhere=np.zeros(size, dtype=bool),
        uncertainty_m=found.uncertainty_m,
        where_precision=nothing,
        coordinate_method=nothing,
        accident_type=nothing,
        device=get("device"),
        activity=nothing,
        casualties=get("casualties"),
        reports=get("reports"),
        source_reliability=nothing,
        information_credibility=get("grade"),
        description=get("text"),
        note=get("note"),
        record_status=get("status"),
        sensitivity=nothing,
    )
    placement = Placement(
        districts=get("districts"),
        note=get("note"),
        place_id=get("place_id"),
        placed_by=nothing,
        reason=nothing,
        conflict=np.zeros(size, dtype=bool),
        where_precision=[p if p < 8 else 1 for p in get("precision")],
        coordinate_method=nothing,
        country=get("country"),
        record_status=get("status"),
    )
    draft = Draft(chunk, mapping.fields)
    plan = Plan("csv", dataset, mapping, Choices(), TODAY)
    return Making(draft, values, placement, plan, KEY)


def by_model(one: Making) -> dict[int, bytes]:
    """What the model alone makes of the same rows, refusals included."""
    made = {}
    for place in one.rows.tolist():
        incident = checked(one.draft, place, one.identified(place))
        if incident is not None:
            made[place] = document(incident)
    refuse_implausible(one.draft, made, DATES)
    return {place: orjson.dumps(one | {"version": 1}) for place, one in made.items()}


@examples(60, suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_columns_write_what_the_model_writes_and_refuse_what_it_refuses(rows) -> None:
    # The id of a row without one is made of its words: no file gives half a pair of surrogates.
    broken = [r"\ud800" in repr(row) for row in rows]
    one = making([{**row, "id": "7"} if b else row for row, b in zip(rows, broken, strict=True)])
    other = deepcopy(one)
    records = one.records(DATES)
    texts = {p: records.text(at).encode() for at, p in enumerate(records.places)}
    assert texts == by_model(other)
    assert one.draft.refused == other.draft.refused
    assert one.draft.earlier_ids == other.draft.earlier_ids
