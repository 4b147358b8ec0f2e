"""What is kept of a source outlives the boundaries that it was decided for."""

import orjson

from geodata.intake import Choices, import_file
from tests.conftest import make_country
from tests.intake.conftest import TODAY


def test_decisions_for_districts_that_are_no_more_wait_and_are_said(held, write, tmp_path) -> None:
    profile = tmp_path / "office.json"
    text = "id,date,district\n1,2021-02-04,Agali\n"

    def take(name, *decisions):
        return import_file(
            held, write(text, name), author="t", profile=profile, choices=Choices(
                today=TODAY, dataset=name[0], decisions=decisions)
        )  # fmt: skip

    take("a.csv", ("Agali", "XX-B", "XX-B"))
    other = make_country().assign(district_id=["YY-A", "YY-B", "YY-C", "YY-D"])
    held.add_boundaries(other, edition="YY-1", author="t")
    report = take("b.csv")
    assert report.counts["taken"] + report.counts["duplicate"] == 1
    assert any("Agali = XX-B" in note and "not followed" in note for note in report.notes)
    assert ["Agali", "XX-B", "XX-B"] in orjson.loads(profile.read_bytes())["decisions"]
