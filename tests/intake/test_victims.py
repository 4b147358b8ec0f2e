"""One row a victim: the rows of one accident become one incident, with counts only."""

import zipfile

import openpyxl
import pytest

from geodata.errors import InvalidInput

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


@pytest.mark.parametrize("form", ["auto", "imsma"])
def test_the_accidents_total_beside_each_victim_is_not_lost_and_counts_once(
    take, write, held, form
) -> None:
    text = (
        "Accident ID,Date of accident,District,Victim count,Injury status,Sex\n"
        "A1,2021-02-04,Aghali,2,Killed,F\nA1,2021-02-04,Aghali,2,Injured,M\n"
        "A2,2021-02-05,Dara,3,Killed,M\nA3,2021-02-06,Dara,1,Injured,M\n"
    )
    report = take(write(text), format=form)
    assert (report.counts["taken"], report.counts["folded"]) == (3, 1)
    prefix = "IMSMA" if form == "imsma" else "table"
    people = [
        sorted((c.outcome, c.best) for c in held.get("incident", f"{prefix}-{name}").casualties)
        for name in ("A1", "A2", "A3")
    ]
    assert people == [
        [("injured", 1), ("killed", 1)],
        [("killed", 1), ("unknown", 2)],
        [("injured", 1)],
    ]


def one_of(held, name):
    return held.get("incident", f"table-{name}")


def test_who_was_not_hurt_is_no_victim_and_unknown_words_are_reported(take, write, held) -> None:
    text = (
        "Accident ID,Date,District,Sex,Outcome\nA1,2021-02-04,Aghali,M,Unharmed\n"
        "A2,2021-02-05,Dara,F,Died later\nA2,2021-02-05,Dara,F,Amputation\n"
        "A3,2021-02-06,Dara,M,Zorblax\n"
    )
    report = take(write(text))
    assert (one_of(held, "A1").count("killed"), one_of(held, "A1").count("injured")) == (0, 0)
    assert (one_of(held, "A2").count("killed"), one_of(held, "A2").count("injured")) == (1, 1)
    assert one_of(held, "A3").count("killed") is None
    assert report.unknown_values == {("victim_outcome", "Zorblax"): 1}


def test_without_an_id_the_rows_of_one_day_and_place_are_one_accident(take, write, held) -> None:
    text = (
        "Victim ID,Date,District,Sex,Age,Outcome\nV1,2021-02-04,Aghali,M,9,Killed\n"
        "V2,2021-02-04,Aghali,M,9,Killed\nV3,2021-02-05,Aghali,F,34,Injured\n"
    )
    report = take(write(text))
    assert (report.counts["taken"], report.counts["folded"]) == (2, 1)
    assert held.snapshot().incidents["killed"].dropna().tolist() == [2]


def test_a_column_that_answers_yes_or_no_tells_the_killed_from_the_injured(
    take, write, held
) -> None:
    text = (
        "Accident ID,Date,District,Gender,Fatal\nA1,2021-02-04,Aghali,Male,Yes\n"
        "A1,2021-02-04,Aghali,Female,No\n"
    )
    take(write(text))
    assert (one_of(held, "A1").count("killed"), one_of(held, "A1").count("injured")) == (1, 1)


def test_the_row_that_says_most_of_its_accident_stands_for_it(take, write, held) -> None:
    text = (
        "Accident ID,Date,District,Sex,Outcome\nA1,2021-02-04,,M,Killed\n"
        "A1,2021-02-04,Aghali,F,Injured\nA2,2021-02-05,Dara,F,Killed\nA2,2021-02-06,Dara,F,Killed\n"
    )
    report = take(write(text))
    assert [d.district_id for d in one_of(held, "A1").districts] == ["XX-A"]
    assert any("1 accidents state different days" in text for text in report.warnings)


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


ACCIDENTS = [
    ["_index", "_id", "when/date_of_accident", "where/district"],
    [1, 501, "2021-02-04", "Aghali"],
    [2, 502, "2021-02-05", "Dara"],
]
VICTIMS = [
    ["_index", "_parent_table_name", "_parent_index", "victim/name", "victim/sex", "victim/age",
     "victim/outcome"],
    [1, "main", 1, "QXZ One", "male", 9, "killed"],
    [2, "main", 1, "QXZ Two", "female", 34, "injured"],
]  # fmt: skip


@pytest.mark.parametrize("first", ["main", "victims"])
def test_a_repeat_sheet_gives_the_victims_of_its_accidents(take, tmp_path, held, first) -> None:
    sheets = {"main": ACCIDENTS, "victims": VICTIMS}
    order = [first, *(n for n in sheets if n != first)]
    path = workbook(tmp_path / "table.xlsx", **{name: sheets[name] for name in order})
    report = take(path)
    assert (report.counts["taken"], report.counts["folded"]) == (2, 1)
    one = one_of(held, "501")
    assert {(c.outcome, c.sex, c.age_group) for c in one.casualties} == {
        ("killed", "male", "child"), ("injured", "female", "adult"),
    }  # fmt: skip
    assert one_of(held, "502").casualties == ()
    assert "QXZ" not in one.model_dump_json()


def test_accidents_that_state_their_totals_count_without_the_sheet_of_victims(
    take, tmp_path, held
) -> None:
    totals = [[*row, extra] for row, extra in zip(ACCIDENTS, ["killed", 3, 0], strict=True)]
    report = take(workbook(tmp_path / "table.xlsx", main=totals, victims=VICTIMS))
    assert one_of(held, "501").count("killed") == 3
    assert any("victims" in note and "totals" in note for note in report.notes)


def test_an_export_of_odk_is_read_by_the_last_part_of_its_headers(take, write, held) -> None:
    text = (
        "SubmissionDate,location-Latitude,location-Longitude,location-Accuracy,accident-date,"
        "accident-district,people-killed,people-non-fatal,KEY\n"
        "2021-02-06T10:00:00,40.15,47.05,4.5,2021-02-04,Aghali,1,2,uuid:1\n"
    )
    take(write(text))
    row = held.snapshot().incidents.iloc[0]
    assert (row["longitude"], row["districts"], row["killed"]) == (47.05, "XX-A:1", 1)


def test_imsmas_own_columns_are_known_by_its_format(take, write, held) -> None:
    text = (
        "accident_localid,dateofaccident,gazetteer_level_1,gazetteer_level_2,device_category,"
        "victim_name,gender,age_at_time_of_accident,fatal_injured\n"
        "AC-1,2021-02-04,North,Aghali,AP mine,QXZ One,Male,9,Killed\n"
        "AC-1,2021-02-04,North,Aghali,AP mine,QXZ Two,Female,34,Injured\n"
    )
    report = take(write(text), format="imsma")
    one = held.get("incident", "IMSMA-AC-1")
    assert (one.count("killed"), one.count("injured"), one.device) == (1, 1, "ap_mine")
    assert [d.district_id for d in one.districts] == ["XX-A"]
    assert "QXZ" not in one.model_dump_json() + str(report.as_json())


MAIN = (
    "SubmissionDate,when-date_of_accident,where-Latitude,where-Longitude,device,KEY\n"
    "2021-02-06T10:00:00,2021-02-04,40.15,47.05,AP mine,uuid:a\n"
    "2021-02-06T10:00:00,2021-02-05,40.15,47.15,UXO,uuid:b\n"
)
REPEAT = (
    "victim-name,victim-sex,victim-age,victim-outcome,PARENT_KEY,KEY\n"
    "QXZ One,male,9,killed,uuid:a,uuid:a/v[1]\nQXZ Two,female,34,injured,uuid:a,uuid:a/v[2]\n"
    "QXZ Three,male,34,injured,uuid:gone,uuid:gone/v[1]\n"
)


def zipped(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
        archive.writestr("media/photo.jpg", "x")
    return path


def test_a_zip_of_odk_gives_the_victims_of_its_accidents(take, tmp_path, held) -> None:
    path = zipped(
        tmp_path / "export.zip", **{"form-victims": REPEAT, "form": MAIN, "rest": "a\n1\n"}
    )
    report = take(path)
    assert (report.rows, report.counts["taken"], report.counts["folded"]) == (3, 2, 1)
    found = {
        i.date_start.day: i
        for i in (held.get("incident", n) for n in held.snapshot().incidents.index)
    }
    assert (found[4].count("killed"), found[4].count("injured")) == (1, 1)
    assert found[5].casualties == ()
    assert any("1 rows of victims belong to no accident" in note for note in report.notes)
    assert "Tables not read: rest." in report.notes
    assert "QXZ" not in str(report.as_json())


def test_one_table_of_a_zip_can_be_chosen(take, tmp_path) -> None:
    path = zipped(tmp_path / "export.zip", form=MAIN, other="a\n1\n")
    assert take(path, layer="form").rows == 2


def test_of_two_tables_of_one_name_in_a_zip_none_is_lost(take, tmp_path) -> None:
    other = REPEAT.replace("killed", "injured")
    path = zipped(tmp_path / "two.zip", **{"form": MAIN, "a/victims": REPEAT, "b/victims": other})
    with pytest.raises(InvalidInput, match=r"a/victims\.csv, b/victims\.csv\. Import"):
        take(path)


def test_tables_that_do_not_belong_together_are_refused(take, tmp_path) -> None:
    path = zipped(
        tmp_path / "two.zip", one="id,date\n1,2021-02-04\n", two="id,date\n1,2021-02-04\n"
    )
    with pytest.raises(InvalidInput, match="singly"):
        take(path)
