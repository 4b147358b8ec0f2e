"""Columns as small numbers keep the same rows as the texts and days themselves."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.filters import Calendar, Columns, columns, compile_filter, mask_during
from geodata.schemas import INCIDENTS, conform
from tests.laws import examples

DEVICES = ["ap_mine", "at_mine", "uxo", "unknown", None]
DAYS = [None, *(date(2020, 1, 1) + timedelta(days=30 * i) for i in range(12))]
N = 400


def made() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    start = [DAYS[i] for i in rng.integers(0, len(DAYS), N)]
    return conform(
        pd.DataFrame(
            {
                "incident_id": [f"i{i:03d}" for i in range(N)],
                "record_status": "verified",
                "device": [DEVICES[i] for i in rng.integers(0, len(DEVICES), N)],
                "date_start": start,
                "date_end": [d and d + timedelta(days=3) for d in start],
                "killed": rng.integers(0, 4, N),
            }
        ),
        INCIDENTS,
    )


FRAME = made()
TEXTS = [
    "device = 'ap_mine'",
    "'ap_mine' = device",
    "'at_mine' < device",
    "device <> 'uxo'",
    "device >= 'b'",
    "device IN ('uxo', 'nothing')",
    "NOT device IN ('uxo', 'at_mine')",
    "device LIKE '%mine'",
    "casei(device) = casei('AP_MINE')",
    "casei(device) LIKE 'U%'",
    "device IS NULL",
    "device = 'nothing'",
    "incident_id <> 'i007'",
    "incident_id LIKE 'i_1%'",
    "incident_id IN ('i001', 'i399')",
    "device = 'uxo' AND killed > 1 AND date_start > DATE('2020-03-01')",
]


@pytest.mark.parametrize("text", TEXTS)
def test_codes_keep_the_rows_that_the_texts_keep(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = compile_filter(text, "cql2-text", INCIDENTS)
    by_codes = one.mask(FRAME)
    assert Columns(FRAME).codes("device") is not None
    monkeypatch.setattr(columns, "_MOST_CODES", 0)
    assert Columns(FRAME).codes("device") is None
    assert (one.mask(FRAME) == by_codes).all()


@examples(40)
@given(st.sampled_from(TEXTS), st.lists(st.integers(0, N - 1), unique=True).map(sorted))
def test_some_rows_are_judged_as_among_all(text: str, rows: list[int]) -> None:
    one = compile_filter(text, "cql2-text", INCIDENTS)
    whole = Columns(FRAME)
    at = np.array(rows, dtype=np.int64)
    assert (one.mask(whole.at(at)) == one.mask(whole)[at]).all()


@examples(60)
@given(st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_an_interval_keeps_what_meets_it_and_what_has_no_day(
    first: date | None, last: date | None
) -> None:
    kept = mask_during(Columns(FRAME), "date_start", "date_end", first, last)
    for row, start, end in zip(kept, FRAME["date_start"], FRAME["date_end"], strict=True):
        met = pd.isna(start) or (
            (last is None or start.date() <= last) and (first is None or end.date() >= first)
        )
        assert row == met


def test_a_column_of_names_is_not_made_codes_of() -> None:
    many = 10_000
    frame = pd.DataFrame(
        {"incident_id": [f"n{i}" for i in range(many)], "record_status": "verified"}
    )
    frame["place_as_reported"] = [f"place {i % 5}" for i in range(many)]
    frame["date_start"] = frame["date_end"] = date(2020, 1, 1)
    held = Columns(conform(frame, INCIDENTS))
    assert held.codes("incident_id") is None
    assert held.codes("place_as_reported") is not None


def test_columns_as_a_checkpoint_gives_them_in_chunks_are_read_alike() -> None:
    texts = pa.array(FRAME["device"].array, pa.large_string(), from_pandas=True)
    chunks = pa.chunked_array([texts[:150], texts[150:]])
    chunked = FRAME.assign(device=pd.arrays.ArrowStringArray(chunks, dtype=FRAME["device"].dtype))
    for text in TEXTS:
        one = compile_filter(text, "cql2-text", INCIDENTS)
        assert (one.mask(chunked) == one.mask(FRAME)).all()
        some = np.arange(0, N, 7)
        assert (one.mask(Columns(chunked).at(some)) == one.mask(FRAME)[some]).all()


@given(
    st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)), max_size=30),
    st.sampled_from(DAYS),
    st.sampled_from(DAYS),
)
@examples(60)
def test_a_calendar_gives_what_the_mask_keeps(rows, first, last) -> None:
    start, end = (pd.Series(pd.to_datetime([row[i] for row in rows])) for i in (0, 1))
    table = Columns(pd.DataFrame({"start": start, "end": end}))
    places = np.random.default_rng(len(rows)).permutation(len(rows)).astype(np.int32)
    calendar = Calendar(places, table.first_days("start"), table.last_days("end"))
    wanted = np.sort(places[mask_during(table, "start", "end", first, last)])
    assert np.sort(calendar.during(first, last)).tolist() == wanted.tolist()
    for told in (places[::-1].copy(), places + np.int32(7)):
        for _ in range(2):  # looked up, and kept
            found = np.sort(calendar.during(first, last, told))
            assert found.tolist() == np.sort(told[wanted]).tolist()
    assert np.sort(calendar.during(first, last)).tolist() == wanted.tolist()


@given(
    st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)), min_size=2, max_size=30),
    st.integers(0, 30),
    st.sets(st.integers(0, 29)),
    st.sampled_from(DAYS),
    st.sampled_from(DAYS),
)
@examples(60)
def test_a_calendar_that_followed_is_the_one_made_anew(rows, held, changed, first, last) -> None:
    start, end = (pd.Series(pd.to_datetime([row[i] for row in rows])) for i in (0, 1))
    table = Columns(pd.DataFrame({"start": start, "end": end}))
    firsts, lasts = table.first_days("start"), table.last_days("end")
    every = np.arange(len(rows))
    held = min(held, len(rows))
    moved = np.array(
        sorted({row for row in changed if row < held} | {*range(held, len(rows))}), int
    )
    # Before, what changed lay on another day; every third row is not selected now.
    earlier = Calendar(every[:held], np.roll(firsts, 1)[:held], np.roll(lasts, 1)[:held])
    at = np.setdiff1d(every[:held], moved)
    earlier = earlier.followed(at, at, firsts[at], lasts[at])
    some = moved[moved % 3 > 0]
    found = earlier.followed(moved, some, firsts[some], lasts[some])
    chosen = np.concatenate([at, some])
    anew = Calendar(chosen, firsts[chosen], lasts[chosen])
    assert np.sort(found.during(first, last)).tolist() == np.sort(anew.during(first, last)).tolist()
    told = np.roll(every, 1).astype(np.int32)
    both = (np.sort(one.during(first, last, told)).tolist() for one in (found, anew))
    assert next(both) == next(both) == np.sort(told[anew.during(first, last)]).tolist()
