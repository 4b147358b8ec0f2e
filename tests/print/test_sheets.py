"""Printed maps: same bytes for the same data, text that can be read, every script's letters."""

import io
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from geodata.errors import NotFound, Undefined
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.content.forecast import forecast_legend, forecast_notes, forecast_view
from service.content.texts import texts_of
from service.drawing.canvas import ems, font_path
from service.i18n import translator_of
from service.print.sheets import print_district, print_forecast, print_risk_map
from service.print.typesetting import SIZES_MM
from tests.conftest import make_country, make_incidents
from tests.maps.snapshots import FakeSnapshot, crowd
from tests.needs import program
from tests.paper import text_of

BARE = RiskParameters()


@cache
def sheet(lang: str = "en", size: str = "A4") -> bytes:
    """Print the sheet of the synthetic country, for tests that only look at it."""
    return print_risk_map(
        FakeSnapshot(make_country(), make_incidents()), BARE, lang=lang, size=size
    )


@cache
def district_sheet(size: str = "A4") -> bytes:
    """Print the sheet of its first district."""
    return print_district(FakeSnapshot(make_country(), make_incidents()), BARE, "XX-A", size=size)


def words_of(pdf: Path) -> list[tuple[str, float]]:
    """Words of a sheet with their widths in points."""
    done = subprocess.run(
        [program("pdftotext"), "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True
    )
    found = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)".*?>(.*?)</word>', done.stdout)
    return [(word, float(right) - float(left)) for left, right, word in found]


def test_the_same_data_give_the_same_pdf(country, incidents):
    first, second = (
        print_risk_map(FakeSnapshot(country, incidents, alone=True), BARE) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("size", ["A4", "A3"])
def test_the_sheet_is_landscape_of_the_size_asked_for(size):
    page = PdfReader(io.BytesIO(sheet(size=size))).pages[0]
    width, height = (float(v) / 72 * 25.4 for v in (page.mediabox.width, page.mediabox.height))
    assert (height, width) == pytest.approx(SIZES_MM[size], abs=0.5)


def test_the_sheet_says_what_one_must_know():
    text = text_of(sheet())
    for part in (
        "Landmine and UXO incidents",
        "Data as of 1 January 2022",
        "No record does not mean safe.",
        "Boundaries are approximate",
        "Version of the data: 1",
        "Edition of the boundaries: test",
        "How to read this map",
        "page 1 of 1",
        "in no known district: 1",
        "no information",
        "5 km",
        "Aghali",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("lang", "words"),
    [("az", "Qeydin olmaması təhlükəsizlik demək deyil."), ("ru", "Отсутствие записей")],
)
def test_the_sheet_speaks_the_readers_language(lang, words):
    assert words in text_of(sheet(lang))


@pytest.mark.parametrize("lang", ["en", "az", "ru"])
@pytest.mark.parametrize("size", ["A4", "A3"])
def test_the_title_is_whole_with_and_without_incidents(country, incidents, lang, size):
    bare = FakeSnapshot(country, incidents.iloc[:0])
    for made in (sheet(lang, size), print_risk_map(bare, BARE, lang=lang, size=size)):
        assert texts_of(lang)["title"] in text_of(made)


LETTERS = {
    "Azerbaijani": "əğıİşçöüƏĞ",
    "Cyrillic": "ЖжЁёЫъ",
    "Armenian": "ՔաղաքԱրցախ",
    "Georgian": "საქართველო",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ٠١٢٣٤٥٦٧٨٩،؛؟",
}


@pytest.mark.parametrize("script", LETTERS)
@pytest.mark.parametrize("bold", [False, True])
def test_the_fonts_have_every_letter_of_the_names(script, bold):
    with TTFont(font_path(bold=bold), lazy=True) as font:
        known = font.getBestCmap()
    assert [c for c in LETTERS[script] if ord(c) not in known] == []


def test_names_of_any_script_are_text_that_can_be_searched(country, incidents):
    country["name_en"] = ["سجل الألغام", "საქართველო", "Քաղաք", "Ağdərə ı"]
    text = text_of(print_risk_map(FakeSnapshot(country, incidents), BARE))
    for name in ("საქართველო", "Ağdərə ı", "Քաղաք"):
        assert name in text


def test_letters_that_join_are_drawn_no_wider_than_measured(country, incidents, tmp_path):
    """Arabic is shaped, not spelled letter by letter: the box found for a name holds it."""
    path = tmp_path / "sheet.pdf"
    country["name_en"] = ["بببببببببب", "B", "C", "D"]
    path.write_bytes(print_risk_map(FakeSnapshot(country, incidents), BARE))
    drawn = [width for word, width in words_of(path) if "ب" in word]
    assert drawn
    assert max(drawn) < 0.8 * 7.2 * ems("بببببببببب", bold=True)


def test_the_picture_is_a_png(square_snapshot):
    assert print_risk_map(square_snapshot, BARE, kind="png").startswith(b"\x89PNG")


def test_a_district_sheet_shows_its_arithmetic_and_incidents():
    text = text_of(district_sheet())
    assert "Aghali (Ağalı)" in text
    assert "2.5 ÷ (100 km²" in text
    assert "21–31 Jan 2021" in text
    assert "page 1 of 1" in text


def test_a_district_without_a_record_says_how_high_it_could_be(square_snapshot):
    text = text_of(print_district(square_snapshot, BARE, "XX-C"))
    assert "No record; the true rate could be up to" in text
    assert "No record does not mean safe." in text


def test_a_district_sheet_explains_what_its_map_shows():
    text = text_of(district_sheet())
    for part in (
        "very high ≥ 1",
        "very low < 0.03",
        "no information",
        "Incidents known only by district: a count, not a place",
        "Incident at a known place, people killed",
        "Incident at a known place, nobody killed or not stated",
        "Killed",
        "Injured",
    ):
        assert part in text, part


@pytest.mark.parametrize("size", ["A4", "A3"])
def test_a_district_sheet_is_upright_of_the_size_asked_for(size):
    page = PdfReader(io.BytesIO(district_sheet(size))).pages[0]
    width, height = (float(v) / 72 * 25.4 for v in (page.mediabox.width, page.mediabox.height))
    assert (width, height) == pytest.approx(SIZES_MM[size], abs=0.5)


def test_the_rest_is_in_the_register_or_at_the_public_address():
    snapshot = crowd(400)
    text = text_of(print_district(snapshot, BARE, "XX-A"))
    assert "more in the register" in text
    assert "in the table" not in text
    told = text_of(print_district(snapshot, BARE, "XX-A", address="https://maps.example.org"))
    assert "more: https://maps.example.org/districts/XX-A" in told


def test_the_same_data_give_the_same_district_sheet(country, incidents):
    first, second = (
        print_district(FakeSnapshot(country, incidents, alone=True), BARE, "XX-A") for _ in range(2)
    )
    assert first == second


def test_an_unknown_district_is_an_error(square_snapshot):
    with pytest.raises(NotFound):
        print_district(square_snapshot, BARE, "XX-Z")


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_the_full_view_says_on_the_sheet_that_it_is_not_for_distribution(square_snapshot, kind):
    sheets = []
    for view in ("full", "public"):
        snapshot = FakeSnapshot(square_snapshot.districts, square_snapshot.incidents)
        snapshot.view = view
        sheets.append(print_district(snapshot, BARE, "XX-A", kind=kind))
    if kind == "png":
        assert sheets[0] != sheets[1]
        return
    full, handed_out = map(text_of, sheets)
    assert "NOT FOR DISTRIBUTION" in full
    assert "NOT FOR DISTRIBUTION" not in handed_out


def test_data_are_never_read_as_commands_of_the_typesetter(country, incidents):
    evil = '#panic("x") $ @ref <tag> `raw` *bold* \\ //'
    incidents["place_as_reported"] = evil
    country["name_en"] = [evil, "<svg/>", '"&amp;"', "#"]
    text = text_of(print_district(FakeSnapshot(country, incidents), BARE, "XX-A"))
    assert evil.split(maxsplit=1)[0] in text
    assert "*bold*" in text


def test_a_sheet_is_tagged_for_screen_readers():
    reader = PdfReader(io.BytesIO(sheet("az")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "az"
    assert reader.metadata.title == texts_of("az")["title"]


@pytest.mark.parametrize("lang", ["en", "az", "ru"])
def test_the_forecasts_sheet_says_what_is_expected_where_when_and_how_sure(lang):
    snapshot = crowd(12)
    outlook = forecast_view(risk_view(snapshot, BARE))
    translator = translator_of(lang)
    text = text_of(print_forecast(snapshot, BARE, lang=lang))
    legend = forecast_legend(outlook.classes, translator)
    for said in (
        texts_of(lang)["forecast-title"],
        legend.title,
        *(entry.limit for entry in legend.entries),
        outlook.total.between(translator),
        *forecast_notes(outlook, translator),
        texts_of(lang)["not-safe"],
    ):
        assert " ".join(said.split()) in text, said


def test_a_register_without_incidents_has_no_forecasts_sheet(country, incidents):
    with pytest.raises(Undefined, match="no incident"):
        print_forecast(FakeSnapshot(country, incidents.iloc[:0]), BARE)


def test_a_districts_sheet_says_what_is_expected_of_it(country, incidents):
    snapshot = FakeSnapshot(country, incidents)
    row = forecast_view(risk_view(snapshot, BARE)).districts[0]
    text = text_of(print_district(snapshot, BARE, str(country.index[0])))
    translator = translator_of("en")
    assert f"{translator.number(row.value)} (90 % range {row.between(translator)}" in text


def test_people_of_whom_only_a_range_is_known_are_printed_as_that(country, incidents):
    some = incidents.copy()
    some.loc[some.index[0], ["killed", "killed_low", "killed_high"]] = [None, 41, None]
    some.loc[some.index[0], ["injured", "injured_low", "injured_high"]] = [None, 52, 63]
    district = country["district_id"].iloc[0]
    text = text_of(print_district(FakeSnapshot(country, some), BARE, district))
    assert "≥ 41" in text
    assert "52–63" in text
