"""Two readers of delimited text, one for its speed: what they give is the same."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.intake.files import delimited
from geodata.untrusted.limits import Limits
from tests.laws import examples

CELLS = st.sampled_from(
    ["", "a", " b ", "1", '"', '""', '"q"', '"x,y"', '"two\nlines"', '"half', 'in"side', "\r",
     "\u2028", "\u00a0", "é", "\ufeff", "\x00", "x" * 60, "Ağdərə", '"q"tail', " \t"]
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=5), max_size=9)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
LIMITS = Limits(field_chars=50, columns=3)


def chunks(path, encoding, wanted) -> object:
    """What a reader gives, or how it refuses."""
    try:
        table = delimited.open_delimited(path, LIMITS, encoding=encoding)
        return list(table.read(wanted))
    except InvalidInput as refused:
        return refused.code, refused.message, refused.details


def by_rows(*_: object) -> None:
    raise delimited._NotPlain


@examples(300, suppress_health_check=list(HealthCheck))
@example([["a", "b"], [], ["a", "b", "", ""]], "\n", True, "utf-8", ",", 3, 64)
@example([['"half', "b"]], "\n", True, "utf-8", ",", 3, 64)
@example([["x" * 60, "b"]], "\n", True, "utf-8", ",", 3, 64)
@given(
    ROWS, ENDS, st.booleans(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]),
    st.sampled_from([",", ";", "\t"]), st.integers(1, 4), st.sampled_from([8, 64, 4096]),
)  # fmt: skip
def test_arrows_reader_gives_what_pythons_gives(
    tmp_path_factory, rows, end, closed, encoding, delimiter, size, block
) -> None:
    lines = [delimiter.join(row).replace(",", delimiter) for row in [["date", "b", "c"], *rows]]
    text = end.join(lines) + (end if closed else "")
    path = tmp_path_factory.mktemp("d") / "t.csv"
    path.write_bytes(text.encode(encoding, errors="replace"))
    for wanted in (None, {"b"}):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited._chunks, "__defaults__", (size, None))
            patch.setattr(delimited, "_ARROW_BLOCK", block)
            quick = chunks(path, encoding, wanted)
            patch.setattr(delimited, "_by_columns", by_rows)
            slow = chunks(path, encoding, wanted)
        if isinstance(slow, tuple):
            assert quick == slow
            continue
        assert isinstance(quick, list)
        assert len(quick) == len(slow)
        for one, other in zip(quick, slow, strict=True):
            pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("wanted", [None, {"date"}])
def test_damage_is_refused_with_its_row_in_columns_not_wanted_too(
    tmp_path, monkeypatch, wanted
) -> None:
    path = tmp_path / "t.csv"
    row = b"2021-01-01," + b"x" * 40 + b"\n"
    path.write_bytes(b"date,b\n" + row * 30_000 + b"2021-01-01,\xff\n" + row)
    quick = chunks(path, "utf-8", wanted)
    monkeypatch.setattr(delimited, "_by_columns", by_rows)
    assert quick[0] == "bad-encoding"
    assert quick == chunks(path, "utf-8", wanted)


def test_a_plain_table_is_read_by_columns_and_odd_rows_stand_in_their_place(
    tmp_path, monkeypatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    path = tmp_path / "t.csv"
    path.write_text("date,b\n1,x\n\n2,y,z\n3\n4,u\n")
    table = delimited.open_delimited(path, Limits())
    monkeypatch.setattr(delimited, "_rows", never)
    (chunk,) = table.read()
    assert chunk["date"].tolist() == ["1", "2", "3", "4"]
    assert chunk["b"].tolist() == ["x", "y", None, "u"]
    assert chunk[delimited.ROW].tolist() == [2, 4, 5, 6]
    assert [bool(reason) for reason in chunk[delimited.BAD]] == [False, True, False, False]
