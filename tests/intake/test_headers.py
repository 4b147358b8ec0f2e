"""Where a header is: titles above it, merged cells, HXL tags."""

import pytest

from geodata.intake.fields import field_of_tag
from geodata.intake.files.headers import canonical_tag, find_header, is_tag_row


def test_title_rows_above_the_header_are_left_out_and_said() -> None:
    header = find_header(
        [
            ["Accident register", None, None],
            [None] * 3,
            ["Date", "Place", "Killed"],
            ["2021-02-04", "x", "1"],
        ]
    )
    assert header.columns == ("Date", "Place", "Killed")
    assert header.first_data == 3
    assert "row 3" in header.notes[0]


def test_merged_header_rows_join_group_and_part() -> None:
    header = find_header(
        [
            ["Date", "Place", "Casualties", None, "Source"],
            [None, None, "Killed", "Injured", None],
            ["2021-02-04", "x", "1", "2", "y"],
        ]
    )
    assert header.columns == ("Date", "Place", "Casualties Killed", "Casualties Injured", "Source")
    assert header.first_data == 2


def test_a_row_of_words_with_no_gap_above_is_data() -> None:
    header = find_header([["Place", "Device"], ["Aghdam", "mine"], ["Fuzuli", "uxo"]])
    assert header.first_data == 1


def test_an_hxl_row_makes_the_row_above_it_the_header() -> None:
    header = find_header(
        [
            ["When", "Lat", "Lon"],
            ["#date +start", "#GEO+LAT", "# geo +lon"],
            ["2021-02-04", "40", "47"],
        ]
    )
    assert header.tags == {"When": "#date+start", "Lat": "#geo+lat", "Lon": "#geo+lon"}
    assert header.first_data == 2


def test_a_header_of_numbers_only_is_named_by_position() -> None:
    assert find_header([["2021-02-04", "40.1"], ["2021-02-05", "40.2"]]).columns == (
        "column 1",
        "column 2",
    )


def test_columns_of_one_name_are_told_apart() -> None:
    assert find_header([["Name", "Name", "Date"]]).columns == ("Name", "Name (2)", "Date")


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        (["#date", "", None], True),
        (["#1", "x"], False),
        (["", None], False),
        (["# 5 killed"], False),
    ],
)
def test_a_tag_row_holds_tags_and_blanks_only(row, answer) -> None:
    assert is_tag_row(row) is answer


@pytest.mark.parametrize(
    ("tag", "field"),
    [
        ("#event +id", "id"),
        ("#date+occurred", "date"),
        ("#date +start", "date_start"),
        ("#date+reported", "source_date"),
        ("#country+code+v_iso3", "country"),
        ("#adm1+name", "admin1"),
        ("#adm1+code+v_pcodes", "admin1_code"),
        ("#loc+name", "place"),
        ("#geo+lat", "latitude"),
        ("#affected+killed", "killed"),
        ("#affected+injured", "injured"),
        ("#affected+killed+civilians", "killed_civilian"),
        ("#affected+f+killed", None),
        ("#meta+source", "source"),
        ("#meta+url", "url"),
        ("#nothing", None),
    ],
)
def test_tags_fill_fields_whatever_the_order_of_their_attributes(tag, field) -> None:
    assert field_of_tag(canonical_tag(tag)) == field


@pytest.mark.parametrize("rows", [[["date"], ["2021-02-04"]], [["Tarix"], ["4 fevral 2021"]],
                                  [["when"], ["2021-02-04"], ["2021-02-05"]]])  # fmt: skip
def test_a_table_of_one_column_has_a_header(rows) -> None:
    header = find_header(rows)
    assert (header.columns, header.first_data) == ((rows[0][0],), 1)


def test_a_merged_header_keeps_what_stands_above_each_column() -> None:
    header = find_header(
        [
            ["Date", "Location", None],
            [None, "Province", "District"],
            *[["2021-02-04", "x", "y"]] * 3,
        ]
    )
    assert header.groups["Location District"] == ("Location", "District")
