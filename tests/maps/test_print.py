"""Printed maps: same bytes for the same data, text that can be read, every script's letters."""

import io

import pytest
from pypdf import PdfReader

from geodata.errors import NotFound
from geodata.risk import RiskParameters
from service.maps.paper import SIZES_MM, wrap
from service.maps.print_district import print_district
from service.maps.print_risk import print_risk_map
from tests.maps.snapshots import FakeSnapshot

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
        "data as of 1 Jan 2022",
        "No record does not mean safe.",
        "Boundaries are approximate",
        "GeoNames",
        "page 1 of 1",
        "in no known district: 1",
        "no information",
        "km",
    ):
        assert part in text.replace("\n", " "), part


@pytest.mark.parametrize(
    ("lang", "words"),
    [("az", "Qeydin olmaması təhlükəsizlik demək deyil."), ("ru", "Отсутствие записей")],
)
def test_the_sheet_speaks_the_readers_language(square_snapshot, lang, words):
    assert words in text_of(print_risk_map(square_snapshot, BARE, lang=lang)).replace("\n", " ")


def test_the_fonts_have_every_letter_of_the_names():
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    for weight in ("normal", "bold"):
        font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
        assert [c for c in "əğıİşçöüƏĞ ЖжЁёЫъ ՔաղաքԱրցախ" if not font.get_char_index(ord(c))] == []


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


def test_an_unknown_district_is_an_error(square_snapshot):
    with pytest.raises(NotFound):
        print_district(square_snapshot, BARE, "XX-Z")


def test_long_text_is_wrapped_and_nothing_lost():
    words = "one two three four five six seven eight nine ten " * 4
    lines = wrap(words, 40, 7)
    assert " ".join(lines).split() == words.split()
    assert len(lines) > 3
