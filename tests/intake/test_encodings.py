"""Text tables in every encoding and with every delimiter that offices write."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.intake import open_source
from geodata.intake.files.delimited import text_layout
from service.http.request import View
from service.pages.editing import import_html

PAGE = {"id": "x", "links": []}
AZ = "Tarix;Rayon;Təsvir\n2021-02-04;Ağdam;Göyçə kəndi\n"
TR = "Tarih;Yer;Not\n2021-02-04;Iğdır şehri;göçmen ağaç çığ\n2021-02-05;Muş;şüpheli düğüm\n"
UK = "Дата;Район;Опис\n2021-02-04;Ізюм;підрив на міні біля села Їжаківка\n"
AR = "التاريخ;المديرية;الوصف\n2021-02-04;صنعاء;انفجار لغم قرب القرية\n"
# As this encoding spells it: without the Persian letter for y.
FA = "تاريخ;ولسوالي;شرح\n2021-02-04;کابل;انفجار ماين نزديک قريه\n"
FR = "N°;Localité;Tués\n1;Évêché;2\n"
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
        (RU, "utf-16", "utf-16"),
        (RU, "utf-16-be", "utf-16-be"),
        (RU, "koi8-r", "koi8-u"),
        (RU, "cp866", "cp866"),
        (UK, "koi8-u", "koi8-u"),
        (UK, "cp1251", "cp1251"),
        (AR, "cp1256", "cp1256"),
        (FA, "cp1256", "cp1256"),
        (TR, "cp1254", "cp1254"),
        (RU, "iso8859-5", "iso8859-5"),
        (RU, "mac-cyrillic", "mac-cyrillic"),
        (AR, "iso8859-6", "iso8859-6"),
        (FR, "mac-roman", "mac-roman"),
        (FR, "cp850", "cp850"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(write, text, encoding, found) -> None:
    path = write(text, encoding=encoding)
    assert text_layout(path).encoding == found
    with open_source(path) as source:
        row = source.table.sample.iloc[0].tolist()
    assert text.splitlines()[1].split(";") == row[1:4]
    assert source.table.columns == tuple(text.splitlines()[0].split(";"))


def test_a_guessed_encoding_is_said_with_how_sure_it_is_and_what_to_do(write) -> None:
    with open_source(write(RU, encoding="cp1251")) as source:
        note = source.table.notes[0]
    assert re.search(r"cp1251 \(guessed.*\d\d? % sure|\d+% sure", note)
    assert "Дата" in note
    assert "--encoding" in note


def test_a_preview_shows_the_words_in_each_encoding_and_one_is_chosen(take, write) -> None:
    path = write(RU.replace("Дата", "date"), encoding="koi8-r")
    encoding = take(path, dry_run=True).as_json()["encoding"]
    readings = {one["encoding"]: one["text"] for one in encoding["readings"]}
    assert encoding["name"] == "koi8-u" == next(iter(readings))
    assert "Агдам" in readings["koi8-u"]
    assert "Агдам" not in readings["cp1251"]
    assert encoding["sure"] < 1
    stated = take(path, dry_run=True, encoding="cp1251").as_json()["encoding"]
    assert (stated["name"], stated["sure"]) == ("cp1251", 1.0)
    assert readings["cp1251"].startswith(stated["readings"][0]["text"])
    page = import_html(View(role="editor"), take(path, dry_run=True).as_json() | PAGE)
    assert re.search(r'name="read-as" value="koi8-u" checked', page)
    assert "Агдам" in page.partition('id="encodings"')[2].partition("</fieldset>")[0]
    with pytest.raises(InvalidInput, match="read as cp1251"):
        take(write(RU, "other.csv", encoding="koi8-r"), encoding="cp1251")
    # What is stored of an import shows no cells.
    assert take(path).as_json()["encoding"]["readings"] == []


def test_words_in_each_encoding_are_never_of_columns_that_name_people(take, write) -> None:
    text = "Дата;Район;ФИО\n2021-02-04;Агдам;Иванов\n"
    encoding = take(write(text, encoding="cp1251"), dry_run=True).as_json()["encoding"]
    assert "Агдам" in encoding["readings"][0]["text"]
    assert "Иванов" not in str(encoding)


def test_rows_of_which_only_the_date_is_understood_are_not_taken(take, write) -> None:
    text = "თარიღი;რაიონი;გარდაცვლილი\n2021-02-04;აღდამი;1\n2021-02-05;ფიზული;2\n"
    with pytest.raises(InvalidInput, match="encoding cannot be told") as error:
        take(_bytes(write, text))
    assert error.value.code == "bad-encoding"


def _bytes(write, text):
    """Write letters of an encoding that nothing here reads."""
    path = write("")
    path.write_bytes(bytes(ord(c) - 0x1000 if ord(c) > 0x7F else ord(c) for c in text))
    return path


def test_a_stray_zero_is_damage_and_not_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "zero.csv"
    path.write_bytes(b"id,date,place\n1,2021-02-04,a\x00b\n" + b"2,2021-02-05,c\n" * 300)
    with pytest.raises(InvalidInput, match="control characters"):
        open_source(path)


def test_one_damaged_byte_does_not_turn_utf8_into_noise(tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv"
    path.write_bytes((AZ + AZ.splitlines()[1] * 3).encode() + b"\n2021-02-05;\xc9;x\n")
    with pytest.raises(InvalidInput, match="0xc9"):
        list(open_source(path).table.read())


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
