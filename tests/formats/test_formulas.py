"""Formula injection: harmless in a spreadsheet, exact after an import."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.formats.formulas import harmless, is_command, is_formula, neutralised, restored
from geodata.intake.draft import RowProblem
from geodata.intake.file_report import Rejects
from geodata.intake.table import BAD, LAT, LON, ROW

SIGNS = "=+-@\t\r\n'＝＋－＠ x"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", "'=1", "''+x"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert neutralised(pd.Series([text], dtype="str")).tolist() == ["'" + text]


@pytest.mark.parametrize("text", ["Tartar", "'quoted'", "a=b", "", "1-2", "''", "5 people"])
def test_harmless_texts_stay_as_they_are(text):
    assert neutralised(pd.Series([text], dtype="str")).tolist() == [text]
    assert restored(text) == text


def test_unknown_stays_unknown():
    assert neutralised(pd.Series([None, "=1"], dtype="str")).isna().tolist() == [True, False]


@given(st.text(st.sampled_from(SIGNS), max_size=6) | st.text(max_size=20))
def test_restoring_is_the_exact_inverse(text):
    text = text.encode("utf-8", "ignore").decode()
    safe = neutralised(pd.Series([text], dtype="str")).iloc[0]
    assert restored(safe) == text
    assert not safe.lstrip().startswith(tuple("=+-@"))


@given(st.text(st.sampled_from(SIGNS), max_size=6) | st.text(max_size=20))
def test_one_rule_for_one_text_for_a_column_and_for_what_an_import_refuses(text):
    text = text.encode("utf-8", "ignore").decode()
    assert harmless(text) == neutralised(pd.Series([text], dtype="str")).iloc[0]
    assert is_formula(text) == (harmless(text) != text)
    assert is_formula(text) or not is_command(text)


@pytest.mark.parametrize("text", ["=1+1", " =1", "＝HYPERLINK(0)", "@SUM(A1)", "-x", "\t=1", "＋1"])
def test_a_refused_cell_is_harmless_in_the_rejects_file(tmp_path, text):
    chunk = pd.DataFrame(
        {"note": [text], "n": ["-5"], ROW: [2], BAD: [None], LON: [1.0], LAT: [2.0]}
    )
    with Rejects(tmp_path / "rejects.csv") as rejects:
        rejects.write(chunk, {0: [RowProblem("note", "is refused")]})
    written = pd.read_csv(tmp_path / "rejects.csv", dtype=str)
    assert written["note"][0] == f"'{text}"
    assert written["n"][0] == "-5", "a number stays one"
