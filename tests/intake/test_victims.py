"""One row a victim: the rows of one accident become one incident, with counts only."""

import pytest

ROWS = (
    "Accident ID,Date of accident,District,Victim name,Sex,Age,Victim outcome,"
    "Civilian or military\n"
    "A1,2021-02-04,Aghali,QXZ One,F,34,Killed,Civilian\n"
    "A1,2021-02-04,Aghali,QXZ Two,M,9,Injured,Civilian\n"
    "A1,2021-02-04,Aghali,QXZ Three,M,11,Injured,Civilian\n"
    "A2,2021-03-01,Dara,QXZ Four,Male,,Wounded,Soldier\n"
)


@pytest.mark.parametrize("form", ["auto", "imsma"])
def test_the_victims_of_one_accident_are_one_incident_without_names(
    take, write, held, form
) -> None:
    report = take(write(ROWS), format=form)
    assert (report.counts["taken"], report.counts["folded"], report.rows) == (2, 2, 4)
    prefix = "IMSMA" if form == "imsma" else "table"
    one = held.get("incident", f"{prefix}-A1")
    assert (one.count("killed"), one.count("injured")) == (1, 2)
    assert {(c.outcome, c.sex, c.age_group, c.best) for c in one.casualties} == {
        ("killed", "female", "adult", 1), ("injured", "male", "child", 2),
    }  # fmt: skip
    assert [c.group for c in held.get("incident", f"{prefix}-A2").casualties] == ["military"]
    assert "QXZ" not in one.model_dump_json()
    again = take(write(ROWS), format=form)
    assert (again.counts["unchanged"], again.counts["folded"]) == (2, 2)


def test_counts_that_are_stated_are_not_folded(take, write, held) -> None:
    text = "id,date,district,sex,killed\n1,2021-02-04,Aghali,F,3\n2,2021-02-05,Dara,M,1\n"
    take(write(text))
    assert held.snapshot().incidents["killed"].tolist() == [3, 1]
