"""Every row of a file has one outcome, in the text, on the page and in JSON alike."""

import re
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.intake import Choices, import_file
from geodata.register import open_register
from service.commands.import_ import summary
from service.http.request import View
from service.pages.editing import import_html
from tests.conftest import make_country
from tests.intake.conftest import TODAY
from tests.laws import examples

PLAIN = "id,date,district,lat,lon,device,killed"
VICTIMS = "id,date,district,lat,lon,device,victim outcome"
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "", "x" * 400]),
        st.sampled_from(["2021-02-04", "2021-02-05", "bad", "2030-01-01"]),
        st.sampled_from(["Aghali", "Nowhere", ""]),
        st.sampled_from([("40.15", "47.05"), ("10", "10"), ("", "")]),
        st.sampled_from(["AT mine", "shell", ""]),
        st.sampled_from(["1", "killed", "injured", "", "-4"]),
    ),
    min_size=1,
    max_size=9,
)
CHOICES = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(["auto", "mines"]),
        "duplicates": st.sampled_from(["take", "hold"]),
        "on_conflict": st.sampled_from(["point", "name", "dispute"]),
    }
)
NAMES = count()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """One register for all examples: whatever it holds already, the counts add up."""
    folder = tmp_path_factory.mktemp("desk")
    register = open_register(folder / "r", empty=True)
    register.add_boundaries(make_country(), edition="XX-1", author="t")
    yield register, folder
    register.close()


def of_text(lines: list[str]) -> int:
    """Add up the outcomes that the text names; suspected ones are recorded or apart."""
    line = next(one for one in lines if one.startswith("  taken ") or "would be taken" in one)
    line = re.sub(r", of them [\d,]+ suspected duplicates", "", line)
    return sum(int(n.replace(",", "")) for n in re.findall(r"(\d[\d,]*)(?:, |$)", line))


def of_page(html: str) -> tuple[int, int]:
    """Give the rows that the page names, and the sum of the outcomes beside them."""
    figures = html.partition('<ul class="figures">')[2].partition("</ul>")[0]
    rows, *outcomes, _unplaced = (
        int(re.sub(r"\D", "", n)) for n in re.findall(r'"value">([^<]*)<', figures)
    )
    return rows, sum(outcomes)


@examples(15)
@given(st.sampled_from([PLAIN, VICTIMS]), ROWS, CHOICES, st.booleans(), st.booleans())
def test_the_outcomes_add_up_to_the_rows_in_every_form(
    desk, header, rows, choices, dry, again
) -> None:
    register, folder = desk
    path = folder / "t.csv"
    lines = [",".join((i, day, unit, *point, *more)) for i, day, unit, point, *more in rows]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    stated = Choices(today=TODAY, dataset=f"d{next(NAMES)}", **choices)
    if again:
        import_file(register, path, author="t", choices=stated)
    report = import_file(register, path, author="t", choices=stated, dry_run=dry)
    body = report.as_json()
    assert report.rows == body["rows"] == len(rows) == sum(body["counts"].values())
    assert of_text(summary(report)) == len(rows)
    body |= {"id": "x", "links": []}
    assert of_page(import_html(View(role="editor"), body)) == (len(rows), len(rows))
    held = body["counts"]["duplicate"] if choices["duplicates"] == "take" else 0
    assert body["recorded"] == body["counts"]["taken"] + held
    assert len(report.refused) == body["counts"]["refused"]


def test_a_further_victim_out_of_scope_is_counted_once(desk) -> None:
    register, folder = desk
    path = folder / "t.csv"
    row = "1,2021-02-04,Aghali,40.15,47.05,{},{}\n"
    rows = (("shell", "killed"), ("shell", "injured"), ("", "injured"))
    path.write_text(VICTIMS + "\n" + "".join(row.format(*one) for one in rows), encoding="utf-8")
    stated = Choices(today=TODAY, dataset="folded", scope="mines")
    report = import_file(register, path, author="t", choices=stated)
    assert sum(report.counts.values()) == report.rows == 3
