"""Files made to do harm are refused with a sentence, and nothing is written."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from geodata.errors import InvalidInput
from geodata.intake import Limits, open_source
from geodata.intake.files import delimited
from geodata.untrusted.archives import is_safe_name

POINT = {"type": "Point", "coordinates": [47.05, 40.15]}


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def workbook() -> dict[str, bytes]:
    made = openpyxl.Workbook()
    made.active.append(["Date", "District"])
    made.active.append(["2021-02-04", "Aghali"])
    stream = io.BytesIO()
    made.save(stream)
    with zipfile.ZipFile(stream) as held:
        return {name: held.read(name) for name in held.namelist()}


def test_a_workbook_that_unpacks_too_far_is_refused(tmp_path) -> None:
    members = workbook() | {"xl/media/bomb.bin": b"\0" * (40 * 1024**2)}
    with pytest.raises(InvalidInput, match="unpacks") as error:
        open_source(archive(tmp_path / "bomb.xlsx", members))
    assert error.value.code == "archive-too-large"


def test_too_many_members_are_refused(tmp_path) -> None:
    path = archive(tmp_path / "many.zip", {f"{i}.csv": b"a" for i in range(30)})
    with pytest.raises(InvalidInput, match="members"):
        open_source(path, limits=Limits(members=20))


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"]
)
def test_xml_entities_in_a_workbook_are_refused(tmp_path, part) -> None:
    lol = b'<?xml version="1.0"?><!-- c --><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><x>&b;</x>'  # noqa: E501
    with pytest.raises(InvalidInput) as error:
        open_source(archive(tmp_path / "lol.xlsx", workbook() | {part: lol}))
    assert error.value.code == "xml-entities"


def test_xml_entities_in_another_encoding_are_refused_too(tmp_path) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'
    with pytest.raises(InvalidInput) as error:
        open_source(
            archive(tmp_path / "x.xlsx", workbook() | {"xl/styles.xml": text.encode("utf-16")})
        )
    assert error.value.code == "xml-entities"


def test_entities_in_kml_are_refused(tmp_path) -> None:
    path = tmp_path / "x.kml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml>&a;</kml>'
    )
    with pytest.raises(InvalidInput):
        open_source(path)


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "..\\evil.csv"]
)
def test_paths_that_leave_the_archive_are_refused(tmp_path, name) -> None:
    assert not is_safe_name(name)
    path = archive(tmp_path / "z.zip", {name: b"date\n2021-02-04\n"})
    with pytest.raises(InvalidInput, match="leaves the archive"):
        open_source(path)
    assert not (tmp_path.parent / "evil.csv").exists()


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',  # noqa: E501
        '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="x" schemaLocation="http://127.0.0.1/x"/>',
        "<html><body>not a table</body></html>",
    ],
)
def test_files_that_point_at_other_files_are_refused_whatever_they_are_called(
    tmp_path, text
) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(text)
    with pytest.raises(InvalidInput) as error:
        open_source(path)
    assert error.value.code == "unsupported-media-type"


def features(*rows: tuple[object, dict[str, object]]) -> str:
    made = [{"type": "Feature", "geometry": g, "properties": p} for g, p in rows]
    return json.dumps({"type": "FeatureCollection", "features": made})


@pytest.mark.usefixtures("read_here")
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_coordinates_that_are_no_numbers_never_get_in(take, write, held, value) -> None:
    text = features((POINT, {"id": "1", "date": "2021-02-04"})).replace("47.05", value)
    try:
        report = take(write(text, "x.geojson"))
    except InvalidInput:
        report = None
    frame = held.snapshot().incidents
    assert report is None or report.counts["refused"] == 1 or frame["longitude"].isna().all()
    assert report is None or len(frame) == report.counts["taken"]


@pytest.mark.usefixtures("read_here")
def test_huge_numbers_of_people_are_refused(take, write) -> None:
    text = features((POINT, {"id": "1", "date": "2021-02-04", "killed": 10**30}))
    assert take(write(text, "x.geojson")).counts["refused"] == 1


@pytest.mark.usefixtures("read_here")
def test_lone_surrogates_never_get_in(take, write, held) -> None:
    text = features((POINT, {"id": "1", "date": "2021-02-04", "description": "SURR"}))
    path = write(text.replace("SURR", "a\\ud800b"), "x.geojson")
    try:
        take(path)
    except InvalidInput:
        return
    kept = held.snapshot().incidents["description"].dropna()
    assert all(text == text.encode("utf-8", "ignore").decode("utf-8") for text in kept)


def test_deep_nesting_is_refused(tmp_path, take) -> None:
    path = tmp_path / "deep.geojson"
    path.write_text('{"a":' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(InvalidInput):
        take(path)


@pytest.mark.parametrize("name", ["t.xlsx", "t.zip", "t.gpkg", "t.parquet", "t.fgb"])
def test_damaged_files_are_refused(tmp_path, name) -> None:
    start = {
        "xlsx": b"PK\x03\x04",
        "zip": b"PK\x03\x04",
        "gpkg": b"SQLite format 3\x00",
        "parquet": b"PAR1",
        "fgb": b"fgb\x03fgb\x00",
    }
    path = tmp_path / name
    path.write_bytes(start[name.split(".")[1]] + b"\x07garbage" * 100)
    with pytest.raises(InvalidInput):
        open_source(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be opened"):
            open_source(path)


@pytest.mark.parametrize(
    "head", [b"\xd0\xcf\x11\xe0old", b"%PDF-1.7", b"\x89PNG\r\n", b"\x1f\x8b\x08"]
)
def test_other_kinds_of_files_say_what_to_do(tmp_path, head) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(head + b"rest")
    with pytest.raises(InvalidInput, match="Save"):
        open_source(path)


def test_an_unclosed_quotation_mark_is_refused_with_its_row(write) -> None:
    text = 'date,place\n2021-02-04,"open\n' + "2021-02-05,x\n" * 30_000
    with pytest.raises(InvalidInput, match="quotation mark"), open_source(write(text)) as source:
        list(source.table.read())


def test_a_line_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 1_000)
    path = tmp_path / "line.csv"
    path.write_bytes(b"id,date\n1," + b"x" * 40_000 + b"\n")
    with pytest.raises(InvalidInput) as refused:
        open_source(path)
    assert refused.value.code == "line-too-long"


@pytest.mark.parametrize("name", ["area m².csv", "½.csv", "Ⅳ квартал.csv", "ərazi.csv"])
@pytest.mark.parametrize("source", ["A²", "№ 4", "①", "Ⅳ-1", "əğç"])
def test_ids_and_names_of_files_may_hold_any_letters(take, write, name, source) -> None:
    report = take(write(f"id,date,district\n{source},2021-02-04,Aghali\n", name))
    assert report.counts["taken"] == 1, report.refused


def test_a_cell_is_refused_once_and_a_link_in_capitals_is_a_link(take, write, held) -> None:
    text = "id,date,district,url\n1,2031-02-04,Aghali,\n2,2021-02-04,Aghali,HTTPS://X.TEST/A\n"
    report = take(write(text))
    assert [len(one["errors"]) for one in report.refused] == [1]
    assert held.get("incident", "table-2").reports[0].url == "https://X.TEST/A"
