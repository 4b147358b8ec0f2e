"""What an import does less often for speed changes neither results nor the interpreter."""

import gc

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.formats.formulas import is_command, may_be_commands
from geodata.intake import import_file, prepare, records
from geodata.intake.cells.vocabulary import kind_in_text, kinds_in_texts
from geodata.intake.files import delimited
from geodata.intake.importing import rare_collections
from geodata.register.layer import Ids, Texts


@given(st.lists(st.none() | st.text("=+-@＝＋－＠ \t\nAb1(|!", max_size=8), max_size=6))
def test_a_column_of_which_no_cell_begins_a_formula_holds_none(cells):
    if any(cell and is_command(cell) for cell in cells):
        assert may_be_commands(cells)


def test_the_interpreters_threshold_is_back_when_the_last_of_several_imports_ends():
    before = gc.get_threshold()
    first, second = rare_collections(), rare_collections()
    first.__enter__()
    second.__enter__()
    during = gc.get_threshold()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == during != before
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


@pytest.mark.parametrize("held", [0, 3, 5_000])
def test_many_ids_are_found_together_as_they_are_one_by_one(held) -> None:
    names = [f"i{number * 7 % 5_001}" for number in range(held)]
    texts = Texts(pa.chunked_array([pa.array(names, type=pa.large_string())]))
    ids = Ids(texts, held, texts.sorted_rows(), {})
    asked = [f"i{number}" for number in range(0, 6_000, 3)]
    assert ids.rows_of(asked) == [ids.row(name) for name in asked]


@example(['",', "\\"])
@given(st.lists(st.text('a",\\ \n\u2028', max_size=6), min_size=1, max_size=6))
def test_the_texts_of_a_column_are_written_each_as_it_is(cells):
    doubtful = np.zeros(len(cells), dtype=bool)
    written = records._long_texts("description", cells, doubtful)
    assert [orjson.loads("{" + one[1:] + "}")["description"] for one in written] == cells


WORDS = st.sampled_from(
    ["land mine", "a landmine", "mines planted", "UXO", "подрыв на мине", "gold", "roadside bomb",
     "anti personnel mine", "IED", "tank", "İED", "\n", "\0"]
)  # fmt: skip


@given(st.lists(st.lists(WORDS, max_size=4).map(" ".join), max_size=6))
def test_ordnance_is_found_in_many_texts_together_as_in_each_alone(texts):
    assert kinds_in_texts(texts) == [kind_in_text(text) for text in texts]


def test_a_long_file_is_looked_through_by_the_columns_that_decide_alone(write, held, monkeypatch):
    monkeypatch.setattr(prepare, "_SHORT", 2)
    monkeypatch.setattr(delimited._chunks, "__defaults__", (2, None))
    text = "id,date,lat,lon,description\n" + "".join(
        f"{n},2021-02-{n + 1:02d},40.1,47.1,text {n}\n" for n in range(9)
    )
    seen = []
    made = delimited._frame

    def frame(block, numbers, header, wanted):
        seen.append(set(wanted or header.columns))
        return made(block, numbers, header, wanted)

    monkeypatch.setattr(delimited, "_frame", frame)
    report = import_file(held, write(text), author="t")
    assert report.counts["taken"] + report.counts["duplicate"] == 9
    assert any("description" not in columns for columns in seen)
