"""Texts that a spreadsheet would run as a formula, made harmless and made whole again.

Spreadsheets evaluate a cell of a CSV file that begins with ``=``, ``+``, ``-`` or ``@``,
also after spaces, a tab or a line break. Such a text gets an apostrophe in front. A text
that already has apostrophes before such a sign gets one more, so that taking one away is
the exact inverse.
"""

import re
from collections.abc import Iterable

import pandas as pd

_SIGNS = r"=+\-@\uFF1D\uFF0B\uFF0D\uFF20"
"""Signs that begin a formula, also in the full width that some spreadsheets take for the same."""
_FIRST = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_DANGER = rf"(?:[\t\r\n]|\s*[{_SIGNS}])"
_NEEDS = re.compile(rf"^'*{_DANGER}")
_HAS = re.compile(rf"^''*{_DANGER}")
# After + - @ a formula calls something: +cmd|'/c calc'!A1, -SUM(A1), @SUM(A1). A telephone
# number, a dash or "- unknown" does not.
_COMMAND = re.compile(rf"^\s*(?:[=\uFF1D]|[{_SIGNS}][^\d\sA-Za-z_]*[A-Za-z_][^|!(]*[|!(])")


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet would run a text that stands in a cell as it is.

    Examples
    --------
    >>> is_formula(" =1+1"), is_formula("-5"), is_formula("Tartar")
    (True, True, False)
    """
    return _NEEDS.match(text) is not None


def is_command(text: str) -> bool:
    """Say whether a text can be meant as nothing but a formula.

    Examples
    --------
    >>> is_command("=1+1"), is_command("@SUM(A1)"), is_command("-5"), is_command("- unknown")
    (True, True, False, False)
    """
    return _COMMAND.match(text) is not None


def may_be_commands(cells: Iterable[str | None]) -> bool:
    """Say whether any text of a column begins as a command does (see `is_command`).

    Examples
    --------
    >>> may_be_commands(["40.5", None]), may_be_commands(["-5"])
    (False, True)
    """
    # A column begins with few different characters: each is looked at once.
    firsts = {cell[0] for cell in cells if cell}
    return any(first.isspace() or first in _FIRST for first in firsts)


def harmless(text: str) -> str:
    """Put an apostrophe before one text that a spreadsheet would run (see `neutralised`).

    Examples
    --------
    >>> harmless("=1+1"), harmless("Tartar")
    ("'=1+1", 'Tartar')
    """
    return f"'{text}" if is_formula(text) else text


def neutralised(texts: pd.Series) -> pd.Series:
    """Put an apostrophe before texts that a spreadsheet would run.

    In the same order; see `restored` for the inverse.

    Examples
    --------
    >>> neutralised(pd.Series(["=1+1", "Tartar"])).tolist()
    ["'=1+1", 'Tartar']
    """
    dangerous = texts.str.match(_NEEDS.pattern).fillna(value=False).astype(bool)
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
