"""Provinces that are not the boundaries' stand in the table of matches, and what became of them."""

import pytest

from geodata.intake import import_file
from service.commands.import_ import summary
from service.http.request import View
from service.pages.editing import import_html

TABLE = (
    "id,date,province,district\n"
    "1,2020-01-01,Kandahar,Shaki\n"
    "2,2020-01-02,Kandahar,Shaki\n"
    "3,2020-01-03,Qwertyland,Shaki\n"
    "4,2020-01-04,Karabakh,Aghdam\n"
)


@pytest.fixture
def report(register, write):
    """Of the bundled districts, which know no provinces."""
    return import_file(register, write(TABLE), author="test")


def test_the_table_lists_provinces_of_other_countries_and_unknown_ones(report):
    listed = {m["text"]: (m["by"], m["within"], m["rows"]) for m in report.matches}
    assert listed["Kandahar"] == ("foreign_above", "AF", 2)
    assert listed["Qwertyland"] == ("unknown_above", None, 1)
    assert "Karabakh" not in listed
    assert report.reasons_unplaced == {"foreign": 2}
    output = "\n".join(summary(report))
    assert "name 'Kandahar': a province of AF (2 rows)" in output
    page = import_html(View(lang="az", role="editor"), report.as_json() | {"id": "0", "links": []})
    assert "başqa ölkənin vilayəti" in page


def test_the_table_lists_them_once(report):
    texts = [m["text"] for m in report.matches if m["by"] in ("foreign_above", "unknown_above")]
    assert sorted(texts) == ["Kandahar", "Qwertyland"]
