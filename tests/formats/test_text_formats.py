"""CSV, workbook and sequence: tags, marks, formulas and what people see first."""

import csv
import io
import json

import openpyxl
import pandas as pd
import pytest

from geodata import schemas
from geodata.errors import InvalidInput
from geodata.formats import FORMATS, FormatOptions, format_of, stream, table, write
from geodata.formats.formulas import restored
from tests.conftest import make_incidents
from tests.formats.layers import NASTY, operations


def _csv(frame, schema, **options):
    text = b"".join(stream(frame, schema, "csv", FormatOptions(**options))).decode()
    return text, list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_byte_order_mark_only_when_asked_for():
    assert not _csv(make_incidents(), schemas.INCIDENTS)[0].startswith("\ufeff")
    assert _csv(make_incidents(), schemas.INCIDENTS, bom=True)[0].startswith("\ufeff")


def test_tags_stand_under_their_columns():
    _, rows = _csv(make_incidents(), schemas.INCIDENTS, hxl=True)
    tags = dict(zip(rows[0], rows[1], strict=True))
    assert tags["killed"] == "#affected+killed"
    assert tags["longitude"] == "#geo+lon"
    assert tags["version"] == ""
    assert len(rows) == 2 + 5


def test_no_cell_of_a_text_column_starts_a_formula():
    _, rows = _csv(operations(), schemas.OPERATIONS)
    notes = [dict(zip(rows[0], row, strict=True))["note"] for row in rows[1:]]
    assert notes[0] == "'" + NASTY
    assert notes[1] == "'+1"
    assert [restored(note) for note in notes[:2]] == [NASTY, "+1"]


def test_numbers_are_untouched():
    frame = operations()
    frame["area_done_m2"] = -5.5
    _, rows = _csv(frame, schemas.OPERATIONS)
    assert dict(zip(rows[0], rows[1], strict=True))["area_done_m2"] == "-5.5"


def test_an_unknown_text_differs_from_an_empty_one():
    frame = operations()
    frame["organisation"] = pd.array(["", None, "x", "y"], dtype="str")
    text, _ = _csv(
        frame, schemas.OPERATIONS, properties=("operation_id", "organisation"), wkt=False
    )
    assert text.splitlines()[1:3] == ['"o1",""', '"o2",']


def test_chosen_columns_come_with_the_id_first():
    _, rows = _csv(make_incidents(), schemas.INCIDENTS, properties=("device", "killed"))
    assert rows[0] == ["incident_id", "device", "killed", "WKT"]
    with pytest.raises(InvalidInput, match="nosuch"):
        stream(make_incidents(), schemas.INCIDENTS, "csv", FormatOptions(properties=("nosuch",)))


def test_another_crs_adds_wkt_in_that_crs():
    _, rows = _csv(make_incidents(), schemas.INCIDENTS, crs="EPSG:32638")
    assert rows[0][-1] == "WKT"
    assert rows[1][-1].startswith("POINT (674")


def test_a_workbook_has_typed_cells_a_frozen_header_and_a_key(tmp_path):
    path = tmp_path / "i.xlsx"
    write(make_incidents(), schemas.INCIDENTS, path)
    book = openpyxl.load_workbook(path)
    sheet = book["incidents"]
    header = [cell.value for cell in sheet[1]]
    first = dict(zip(header, sheet[2], strict=True))
    assert sheet.freeze_panes == "A2"
    assert first["date_start"].is_date
    assert first["killed"].value == 1
    assert first["description"].value is None
    meaning = {row[0].value: row[2].value for row in book["fields"].iter_rows()}
    assert meaning["killed"] == schemas.INCIDENTS.by_name["killed"].description


def test_a_workbook_runs_no_formula_and_keeps_the_text(tmp_path):
    path = tmp_path / "o.xlsx"
    write(operations(), schemas.OPERATIONS, path, options=FormatOptions(hxl=True))
    sheet = openpyxl.load_workbook(path)["operations"]
    assert sheet.freeze_panes == "A3"
    notes = [row[schemas.OPERATIONS.names.index("note")] for row in sheet.iter_rows(min_row=3)]
    assert notes[0].value == NASTY
    assert notes[0].quotePrefix
    assert {cell.data_type for row in sheet.iter_rows() for cell in row}.isdisjoint({"f"})


def test_a_workbook_holds_what_xml_cannot(tmp_path):
    frame = operations()
    frame["note"] = pd.array(["bell \x07", "x" * 40_000, None, "ok"], dtype="str")
    path = tmp_path / "o.xlsx"
    write(frame, schemas.OPERATIONS, path)
    sheet = openpyxl.load_workbook(path)["operations"]
    notes = [row[schemas.OPERATIONS.names.index("note")].value for row in sheet.iter_rows()][1:]
    assert notes[0] == "bell \ufffd"
    assert len(notes[1]) == 32_767
    assert notes[1].endswith("holds no more]")


@pytest.mark.parametrize("key", [k for k in FORMATS if k != "xlsx"])
def test_control_characters_break_no_format(tmp_path, key):
    frame = operations()
    frame["note"] = pd.array(["bell \x07 and \x1b", "a\rb", "\u2028", "ok"], dtype="str")
    path = tmp_path / f"o{FORMATS[key].suffix}"
    write(frame, schemas.OPERATIONS, path)
    if key in ("geojson", "jsonl"):
        text = path.read_text(encoding="utf-8")
        records = text.replace("\x1e", "").split("\n") if key == "jsonl" else [text]
        assert all(json.loads(record) for record in records if record)
    elif key == "kml":
        import xml.etree.ElementTree as ET

        assert ET.parse(path).getroot().tag.endswith("kml")
    assert path.stat().st_size


def test_kml_in_pieces_is_one_document(monkeypatch):
    """GDAL holds a whole document as objects, so that a large one is written in pieces."""
    import xml.etree.ElementTree as ET

    frame = make_incidents()
    frame["description"] = 'a <Placemark id="incidents.1"> in words </Placemark> & more'
    frame.loc[frame.index[-1], "version"] = 2**40
    whole = ET.canonicalize(b"".join(stream(frame, schemas.INCIDENTS, "kml")), strip_text=True)
    assert [f"incidents.{n + 1}" in whole for n in range(5)] == [True] * 5
    for rows in (1, 2, 4):
        monkeypatch.setattr(table, "_KML_ROWS", rows)
        pieces = list(stream(frame, schemas.INCIDENTS, "kml"))
        assert len(pieces) > 3
        assert ET.canonicalize(b"".join(pieces), strip_text=True) == whole
    empty = b"".join(stream(frame.iloc[:0], schemas.INCIDENTS, "kml"))
    assert ET.fromstring(empty).tag.endswith("kml")


def test_lines_have_a_separator_unless_the_suffix_promises_plain_lines(tmp_path):
    frame, schema = make_incidents(), schemas.INCIDENTS
    assert b"".join(stream(frame, schema, "jsonl")).count(b"\x1e") == len(frame)
    for suffix, marks in ((".geojsons", len(frame)), (".geojsonl", 0), (".ndjson", 0)):
        path = tmp_path / f"i{suffix}"
        write(frame, schema, path)
        assert path.read_bytes().count(b"\x1e") == marks
        assert len(path.read_bytes().splitlines()) == len(frame)


def test_what_cannot_be_written_says_why_and_leaves_nothing(tmp_path):
    with pytest.raises(InvalidInput, match="suffix names no format"):
        write(make_incidents(), schemas.INCIDENTS, tmp_path / "i.foo")
    with pytest.raises(InvalidInput, match="cannot be written"):
        write(make_incidents(), schemas.INCIDENTS, tmp_path / "missing" / "i.csv")
    with pytest.raises(InvalidInput, match="coordinate reference system"):
        write(
            make_incidents(), schemas.INCIDENTS, tmp_path / "i.gpkg",
            options=FormatOptions(crs="EPSG:1"),
        )  # fmt: skip
    with pytest.raises(InvalidInput, match="format 'foo'"):
        stream(make_incidents(), schemas.INCIDENTS, "foo")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_exists_is_replaced(tmp_path):
    path = tmp_path / "i.gpkg"
    path.write_text("old")
    write(make_incidents(), schemas.INCIDENTS, path)
    assert path.read_bytes().startswith(b"SQLite format 3")


def test_every_suffix_finds_its_format():
    for key, row in FORMATS.items():
        for suffix in (*row.suffixes, row.suffix):
            assert format_of(f"FILE{suffix.upper()}").key == key
