"""Texts that a spreadsheet would run as a formula, made harmless and made whole again.

Spreadsheets evaluate a cell of a CSV file that begins with ``=``, ``+``, ``-`` or ``@``,
also after spaces, a tab or a line break. Such a text gets an apostrophe in front. A text
that already has apostrophes before such a sign gets one more, so that taking one away is
the exact inverse.
"""

import re

import pandas as pd

_DANGER = r"(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])"
_NEEDS = rf"^'*{_DANGER}"
_HAS = re.compile(rf"^''*{_DANGER}")


def neutralised(texts: pd.Series) -> pd.Series:
    """Put an apostrophe before texts that a spreadsheet would run.

    Parameters
    ----------
    texts
        Texts; unknown stays unknown. Numbers are not for this function.

    Returns
    -------
    pandas.Series
        In the same order; see `restored` for the inverse.

    Examples
    --------
    >>> neutralised(pd.Series(["=1+1", "Tartar"])).tolist()
    ["'=1+1", 'Tartar']
    """
    dangerous = texts.str.match(_NEEDS).fillna(value=False).astype(bool)
    if not dangerous.any():
        return texts
    return texts.where(~dangerous, "'" + texts)


def restored(text: str) -> str:
    """Take back the apostrophe that `neutralised` put before a text.

    Examples
    --------
    >>> restored("'=1+1"), restored("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if _HAS.match(text) else text
