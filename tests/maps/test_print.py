"""Printed maps: same bytes for the same data, text that can be read, every script's letters."""

import io

import pytest
from pypdf import PdfReader

from geodata.errors import NotFound
from geodata.risk import RiskParameters
from service.content.texts import texts_of
from service.maps.letters import cut, fitting, width_of, wrap
from service.maps.paper import SIZES_MM
from service.maps.print_district import print_district
from service.maps.print_risk import print_risk_map
from tests.conftest import make_country
from tests.maps.snapshots import FakeSnapshot, many_incidents

BARE = RiskParameters()


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_same_data_give_the_same_pdf(country, incidents):
    first, second = (print_risk_map(FakeSnapshot(country, incidents), BARE) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("size", ["A4", "A3"])
def test_the_sheet_is_landscape_of_the_size_asked_for(square_snapshot, size):
    page = PdfReader(io.BytesIO(print_risk_map(square_snapshot, BARE, size=size))).pages[0]
    width, height = (float(v) / 72 * 25.4 for v in (page.mediabox.width, page.mediabox.height))
    assert (width, height) == pytest.approx(SIZES_MM[size], abs=0.5)


def test_the_sheet_says_what_one_must_know(square_snapshot):
    text = text_of(print_risk_map(square_snapshot, BARE))
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
        assert part in text.replace("\n", " "), part


@pytest.mark.parametrize(
    ("lang", "words"),
    [("az", "Qeydin olmaması təhlükəsizlik demək deyil."), ("ru", "Отсутствие записей")],
)
def test_the_sheet_speaks_the_readers_language(square_snapshot, lang, words):
    assert words in text_of(print_risk_map(square_snapshot, BARE, lang=lang)).replace("\n", " ")


@pytest.mark.parametrize("lang", ["en", "az", "ru"])
@pytest.mark.parametrize("size", ["A4", "A3"])
def test_the_title_is_whole_with_and_without_incidents(country, incidents, lang, size):
    for held in (incidents, incidents.iloc[:0]):
        text = text_of(print_risk_map(FakeSnapshot(country, held), BARE, lang=lang, size=size))
        assert texts_of(lang)["title"] in text


LETTERS = {
    "Azerbaijani": "əğıİşçöüƏĞ",
    "Cyrillic": "ЖжЁёЫъ",
    "Armenian": "ՔաղաքԱրցախ",
    "Georgian": "საქართველო",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ٠١٢٣٤٥٦٧٨٩،؛؟",
}


@pytest.mark.parametrize("script", LETTERS)
def test_the_fonts_have_every_letter_of_the_names(script):
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    for weight in ("normal", "bold"):
        font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
        assert [c for c in LETTERS[script] if not font.get_char_index(ord(c))] == []


def test_names_of_any_script_are_drawn_without_a_missing_glyph(country, incidents, recwarn):
    country["name_en"] = ["سجل الألغام", "საქართველო", "Քաղաք", "Ağdərə ı"]
    for kind in ("pdf", "png"):
        print_risk_map(FakeSnapshot(country, incidents), BARE, kind=kind)
    assert [str(w.message) for w in recwarn if "Glyph" in str(w.message)] == []
    text = text_of(print_risk_map(FakeSnapshot(country, incidents), BARE))
    assert "საქართველო" in text
    assert "Ağdərə ı" in text


def test_arabic_is_shaped_not_spelled_letter_by_letter():
    joined, apart = width_of("بببب", 10), 4 * width_of("ب", 10)
    assert joined < 0.8 * apart


def test_the_picture_is_a_png(square_snapshot):
    assert print_risk_map(square_snapshot, BARE, kind="png").startswith(b"\x89PNG")


def test_a_district_sheet_shows_its_arithmetic_and_incidents(square_snapshot):
    text = text_of(print_district(square_snapshot, BARE, "XX-A")).replace("\n", " ")
    assert "Aghali (Ağalı)" in text
    assert "2.5 ÷ (100 km²" in text
    assert "21–31 Jan 2021" in text
    assert "page 1 of 1" in text


def test_a_district_without_a_record_says_how_high_it_could_be(square_snapshot):
    text = text_of(print_district(square_snapshot, BARE, "XX-C")).replace("\n", " ")
    assert "No record; the true density could be up to" in text
    assert "No record does not mean safe." in text


def test_a_district_sheet_explains_what_its_map_shows(square_snapshot):
    text = text_of(print_district(square_snapshot, BARE, "XX-A")).replace("\n", " ")
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
def test_a_district_sheet_is_upright_of_the_size_asked_for(square_snapshot, size):
    page = PdfReader(io.BytesIO(print_district(square_snapshot, BARE, "XX-A", size=size))).pages[0]
    width, height = (float(v) / 72 * 25.4 for v in (page.mediabox.width, page.mediabox.height))
    assert (height, width) == pytest.approx(SIZES_MM[size], abs=0.5)


def test_the_rest_is_in_the_register_or_at_the_public_address():
    snapshot = FakeSnapshot(make_country(), many_incidents(make_country(), 400))
    sheet = text_of(print_district(snapshot, BARE, "XX-A"))
    assert "more in the register" in sheet
    assert "in the table" not in sheet
    told = text_of(print_district(snapshot, BARE, "XX-A", address="https://maps.example.org"))
    assert "more: https://maps.example.org/districts/XX-A" in told


def test_the_same_data_give_the_same_district_sheet(country, incidents):
    first, second = (
        print_district(FakeSnapshot(country, incidents), BARE, "XX-A") for _ in range(2)
    )
    assert first == second


def test_an_unknown_district_is_an_error(square_snapshot):
    with pytest.raises(NotFound):
        print_district(square_snapshot, BARE, "XX-Z")


def test_long_text_is_wrapped_and_nothing_lost():
    words = "one two three four five six seven eight nine ten " * 4
    lines = wrap(words, 40, 7)
    assert " ".join(lines).split() == words.split()
    assert len(lines) > 3


def test_lines_are_as_wide_as_measured_and_a_long_word_is_broken():
    lines = wrap("a Donaudampfschifffahrtsgesellschaftskapitän", 20, 7)
    assert all(width_of(line, 7) <= 20.01 for line in lines)
    assert "".join(lines).replace(" ", "") == "aDonaudampfschifffahrtsgesellschaftskapitän"


def test_text_is_cut_or_shrunk_to_a_width():
    assert cut("short", 40, 7) == "short"
    shortened = cut("much too long for this place", 20, 7)
    assert shortened.endswith("…")
    assert width_of(shortened, 7) <= 20
    assert fitting("much too long for this place", 20, 10) == pytest.approx(6.6, abs=0.1)
    assert fitting("short", 40, 7) == 7
