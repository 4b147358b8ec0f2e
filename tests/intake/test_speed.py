"""What an import does less often for speed changes neither results nor the interpreter."""

import gc

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.formats.formulas import is_command, may_be_commands
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
