"""Formula injection: harmless in a spreadsheet, exact after an import."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.formats.formulas import neutralised, restored

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
@settings(deadline=None)
def test_restoring_is_the_exact_inverse(text):
    text = text.encode("utf-8", "ignore").decode()
    safe = neutralised(pd.Series([text], dtype="str")).iloc[0]
    assert restored(safe) == text
    assert not safe.lstrip().startswith(tuple("=+-@"))
