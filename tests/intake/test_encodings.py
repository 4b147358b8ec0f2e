"""Text tables in every encoding and with every delimiter that offices write."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.intake import open_source
from geodata.intake.files.delimited import text_layout

AZ = "Tarix;Rayon;Təsvir\n2021-02-04;Ağdam;Göyçə kəndi\n"
TR = "Tarih;Yer;Not\n2021-02-04;Iğdır şehri;göçmen ağaç çığ\n2021-02-05;Muş;şüpheli düğüm\n"
RU = "Дата;Район;Описание\n2021-02-04;Агдам;подрыв на мине у села\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (AZ, "utf-8", "utf-8"),
        (AZ, "utf-8-sig", "utf-8-sig"),
        (AZ, "utf-16", "utf-16"),
        (AZ, "utf-16-le", "utf-16-le"),
        (AZ, "utf-16-be", "utf-16-be"),
        (RU, "cp1251", "cp1251"),
        (TR, "cp1254", "cp1254"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(write, text, encoding, found) -> None:
    path = write(text, encoding=encoding)
    assert text_layout(path).encoding == found
    with open_source(path) as source:
        row = source.table.sample.iloc[0].tolist()
    assert text.splitlines()[1].split(";") == row[1:4]
    assert source.table.columns == tuple(text.splitlines()[0].split(";"))


def test_a_guessed_encoding_is_said(write) -> None:
    with open_source(write(RU, encoding="cp1251")) as source:
        assert "guessed" in source.table.notes[0]


def test_utf8_is_not_believed_when_a_later_byte_contradicts(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(
        b"date,place\n" + b"2021-02-04,x\n" * 90_000 + "2021-02-05,Агдам\n".encode("cp1251")
    )
    with open_source(path) as source:
        last = list(source.table.read())[-1].iloc[-1]
    assert last["place"] == "Агдам"


def test_the_user_can_name_the_encoding_and_a_wrong_one_is_refused(write) -> None:
    path = write(TR, encoding="cp1254")
    with open_source(path, encoding="cp1254") as source:
        assert source.table.sample.iloc[0, 2] == "Iğdır şehri"
    with pytest.raises(InvalidInput, match="utf-8"):
        open_source(path, encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_though_cells_hold_others(write, delimiter) -> None:
    rows = [
        ["Date", "Place", "Killed"],
        ["2021-02-04", '"a, b; c|d"', "1"],
        ["2021-02-05", "e", "2"],
    ]
    text = "\n".join(delimiter.join(row) for row in rows)
    with open_source(write(text)) as source:
        assert source.table.columns == ("Date", "Place", "Killed")
        assert source.table.sample["Place"].tolist() == ["a, b; c|d", "e"]


def test_decimal_commas_do_not_part_cells_of_a_semicolon_table(write) -> None:
    with open_source(write("Date;Lat;Lon\n2021-02-04;40,15;47,05\n2021-02-05;40,16;47,06\n")) as s:
        assert s.table.columns == ("Date", "Lat", "Lon")


def test_the_line_that_spreadsheets_write_for_the_delimiter_is_obeyed(write) -> None:
    with open_source(write("sep=|\r\nDate|Place\r\n2021-02-04|a,b\r\n")) as source:
        assert source.table.columns == ("Date", "Place")
        assert source.table.sample["__row__"].tolist() == [3]


@pytest.mark.parametrize("content", [b"", b"   \n\n", b"\x00\x01\x02\x03" * 50])
def test_nothing_and_noise_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "noise.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        open_source(path)


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="#"),  # noqa: E501
                         max_size=12),
                 min_size=3, max_size=3),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_any_quoted_cells_come_back_as_written(tmp_path_factory, rows) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text("date,place,killed\n" + "\n".join(quoted), encoding="utf-8")
    with open_source(path) as source:
        read = [
            row for chunk in source.table.read() for row in chunk.iloc[:, 1:4].to_numpy().tolist()
        ]
    assert read == [[c.strip() or None for c in row] for row in rows if any(row)]
