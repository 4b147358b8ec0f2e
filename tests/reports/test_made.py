"""Whatever is put together of the words of a language, the people in it are counted."""

from datetime import date

import pytest

from geodata.reports import read_report
from tests.laws import thorough
from tests.reports.made import made

PUBLISHED, MONDAY = date(2023, 9, 20), date(2023, 9, 18)
MANY = 1500 if thorough() else 300


@pytest.mark.parametrize("language", ["en", "az", "ru"])
def test_people_are_counted_in_all_that_can_be_put_together(language: str) -> None:
    wrong = []
    for report in made(language, MANY):
        incidents = read_report(report.text, PUBLISHED, language=language).incidents
        found = [
            (i.date_start, i.killed or 0, i.injured or 0, _groups(i.casualties)) for i in incidents
        ]
        right = [(MONDAY, report.killed, report.injured, groups) for groups in report.groups]
        if found not in [[one] for one in right]:
            wrong.append((report.frame, report.text, found))
    assert not wrong


def _groups(rows: tuple) -> frozenset[str]:
    return frozenset(row.group for row in rows if row.low != 0 or row.best)
