"""Excel workbooks as offices keep them: titles, merged headers, serial dates, formulas."""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from geodata.errors import InvalidInput
from geodata.intake import open_source


def book(
    path: Path,
    rows: list[list[object]],
    *,
    merge: tuple[str, ...] = (),
    title: str = "Data",
    more: tuple[str, ...] = (),
) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    for name in more:
        made.create_sheet(name, 0).append(["About", "this file"])
    made.save(path)
    return path


def test_a_register_with_titles_merged_headers_and_serial_dates_is_taken(
    take, held, tmp_path
) -> None:
    path = book(
        tmp_path / "accidents.xlsx",
        [
            ["Accident register 2021", None, None, None, None],
            [None] * 5,
            ["No", "Date of accident", "District", "Casualties", None],
            [None, None, None, "Killed", "Injured"],
            [1, date(2021, 2, 4), "Aghali", 1, 2],
            [2, 44232, "Dara", None, 1.0],
            [3, "06.02.2021", "Chayli", "n/a", "3-4"],
        ],
        merge=("A1:E1", "D3:E3"),
        more=("Read me",),
    )
    report = take(path)
    assert report.counts["taken"] == 3
    frame = held.snapshot().incidents.sort_values("date_start")
    assert [d.date() for d in frame["date_start"]] == [
        date(2021, 2, 4),
        date(2021, 2, 5),
        date(2021, 2, 6),
    ]
    assert frame["injured"].astype("object").where(frame["injured"].notna(), None).tolist() == [
        2,
        1,
        None,
    ]
    assert any("Read me" in note for note in report.notes)


def test_row_numbers_are_the_spreadsheets_own(take, tmp_path) -> None:
    path = book(
        tmp_path / "t.xlsx",
        [
            ["Title", None],
            ["Date", "District"],
            ["2021-02-04", "Aghali"],
            [None, None],
            ["bad", "Dara"],
        ],
    )
    assert take(path).refused[0]["row"] == 5


def test_a_formula_without_a_stored_result_is_refused(take, tmp_path) -> None:
    path = book(
        tmp_path / "f.xlsx",
        [
            ["Date", "District", "Killed"],
            ["2021-02-04", "Aghali", "=1+1"],
            ["2021-02-04", "Dara", 1],
        ],
    )
    report = take(path)
    assert report.counts["taken"] == 1
    assert "formula" in report.refused[0]["errors"][0]["reason"]


def test_the_sheet_can_be_named(tmp_path) -> None:
    path = book(tmp_path / "s.xlsx", [["Date", "District"], ["2021-02-04", "a"]], more=("Other",))
    with open_source(path, layer="Data") as source:
        assert source.table.columns == ("Date", "District")
    with pytest.raises(InvalidInput, match="no sheet"):
        open_source(path, layer="Nope")


def test_an_hxl_workbook_is_read_by_its_tags(take, held, tmp_path) -> None:
    path = book(
        tmp_path / "h.xlsx",
        [
            ["Ref", "Wann", "Wo", "Tote"],
            ["#event+id", "#date+occurred", "#adm1+name", "#affected+killed"],
            ["a", "2021-02-04", "Aghali", 2],
        ],
    )
    report = take(path)
    assert report.plan["format"] == "hxl"
    assert held.snapshot().incidents["killed"].tolist() == [2]


def test_cells_beyond_the_header_refuse_their_row(take, tmp_path) -> None:
    path = book(
        tmp_path / "w.xlsx",
        [["Date", "District"], ["2021-02-04", "Aghali"], ["2021-02-04", "Dara", "lost"]],
    )
    assert "beyond the header" in take(path).refused[0]["errors"][0]["reason"]


def test_an_empty_workbook_is_refused(take, tmp_path) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        take(book(tmp_path / "e.xlsx", []))


def test_an_opendocument_table_is_refused_with_the_true_reason(tmp_path) -> None:
    path = tmp_path / "table.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office/>")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    with pytest.raises(InvalidInput, match="OpenDocument"), open_source(path):
        pass


def workbook(path, rows, *, merged=(), epoch_1904=False):
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for reference in merged:
        sheet.merge_cells(reference)
    book.save(path)
    return path


def test_a_merged_cell_speaks_for_all_its_rows_and_the_report_says_so(take, held, tmp_path) -> None:
    rows = [["id", "district", "date"], [1, "Aghali", "2021-02-04"], [2, None, "2021-02-05"],
            [3, "Dara", "2021-02-06"], [4, None, "2021-02-07"]]  # fmt: skip
    report = take(workbook(tmp_path / "m.xlsx", rows, merged=["B2:B3"]))
    frame = held.snapshot().incidents
    assert frame["district_id"].fillna("").tolist() == ["XX-A", "XX-A", "XX-D", ""]
    assert any("B2:B3" in note for note in report.notes)


def test_a_workbook_that_counts_from_1904_gives_its_own_days(take, held, tmp_path) -> None:
    rows = [["id", "date", "district"], [1, 42246, "Aghali"], [2, date(2020, 2, 29), "Dara"]]
    take(workbook(tmp_path / "mac.xlsx", rows, epoch_1904=True))
    days = held.snapshot().incidents["date_start"].dt.date.tolist()
    assert days == [date(2019, 8, 31), date(2020, 2, 29)]


def test_a_figure_merged_over_several_incidents_counts_for_none(take, tmp_path) -> None:
    rows = [["No", "Date", "District", "Killed"], [1, date(2021, 2, 4), "Aghali", 1],
            [2, date(2021, 2, 5), "Aghali", None], [3, date(2021, 2, 6), "Dara", 2]]  # fmt: skip
    report = take(book(tmp_path / "table.xlsx", rows, merge=("D2:D3",)))
    assert (report.counts["taken"], report.counts["refused"]) == (1, 2)
    assert "1 for rows 2 to 3" in report.refused[0]["errors"][0]["reason"]
