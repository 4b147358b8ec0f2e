"""Nothing on a printed sheet is over its edge, and no text over another."""

import re
import subprocess
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.content import texts
from service.content.districts import districts_of, legend_of, ranking_of
from service.drawing import palette
from service.i18n import Translator, translator_of
from service.print.sheets import Paper, atlas_sheets, country_sheet, district_sheet
from service.print.typesetting import Document
from tests.conftest import make_country, make_incidents
from tests.maps.snapshots import FakeSnapshot, many_incidents
from tests.needs import program

BARE = RiskParameters()
SLACK = 0.6
"""Points by which the boxes of two words may touch: they hold more than the letters do."""
WORD = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*?)</word>')
PAGE = re.compile(r'<page width="(\S+)" height="(\S+)">(.*?)</page>', re.DOTALL)
Word = tuple[float, float, float, float, str]


@pytest.fixture(scope="module")
def dense(founding: Any) -> FakeSnapshot:
    """The bundled districts with 400 incidents in a dozen of them."""
    ids = "AZ-AGM AZ-FUZ AZ-TAR AZ-KAL AZ-LAC AZ-QBI AZ-ZAN AZ-CAB AZ-XCI AZ-SUS AZ-XVD AZ-AGA"
    near = founding.districts[founding.districts.district_id.isin(ids.split())]
    return FakeSnapshot(founding.districts, many_incidents(near, 400))


def sheets_of(snapshot: Any, lang: str, size: str) -> Iterator[Document]:
    paper = Paper(risk_view(snapshot, BARE), translator_of(lang), size, "https://maps.example.org")
    yield country_sheet(paper)
    named = [row.district_id for row in ranking_of(paper.view, paper.translator).recorded][:2]
    yield atlas_sheets(paper, named or ["XX-A"])


def pages_of(
    document: Document, snapshot: Any, folder: Path
) -> list[tuple[float, float, list[Word]]]:
    path = folder / "sheet.pdf"
    path.write_bytes(document.file("pdf", snapshot.recorded_at))
    done = subprocess.run(
        [program("pdftotext"), "-bbox", str(path), "-"], capture_output=True, text=True, check=True
    )
    return [
        (float(width), float(height), [
            (*(float(n) for n in numbers), unescape(word))  # type: ignore[misc]
            for *numbers, word in WORD.findall(words)
        ])
        for width, height, words in PAGE.findall(done.stdout)
    ]  # fmt: skip


def over(words: list[Word]) -> list[tuple[str, str]]:
    """Give the pairs of words of which one lies over the other."""
    west, north, east, south = np.array([word[:4] for word in words]).T
    across = np.minimum.outer(east, east) - np.maximum.outer(west, west)
    along = np.minimum.outer(south, south) - np.maximum.outer(north, north)
    height = np.minimum.outer(south - north, south - north)
    # Boxes reach from the highest ascender to the lowest descender of the font.
    lie = np.triu((across > SLACK) & (along > 0.42 * height), 1)
    return [(words[one][4], words[other][4]) for one, other in np.argwhere(lie)]


def faults(document: Document, snapshot: Any, folder: Path) -> list[str]:
    return faults_of(pages_of(document, snapshot, folder))


def faults_of(pages: list[tuple[float, float, list[Word]]]) -> list[str]:
    found = []
    for width, height, words in pages:
        assert words
        for west, north, east, south, word in words:
            if west < 0 or north < 0 or east > width or south > height:
                found.append(f"{word!r} is over the edge")
        found += [f"{one!r} over {other!r}" for one, other in over(words)]
    return found


def test_the_measure_knows_words_that_lie_over_each_other():
    words = [(10.0, 10.0, 30.0, 20.0, "a"), (25.0, 13.0, 50.0, 23.0, "b"), (51.0, 10, 60, 20, "c")]
    assert over(words) == [("a", "b")]


@pytest.mark.parametrize(
    ("which", "lang", "size"),
    [
        *(("dense", lang, "A4") for lang in ("en", "az", "ru")),
        *(("founding", lang, "A4") for lang in ("en", "az", "ru")),
        ("dense", "ru", "A3"),
        ("founding", "az", "A3"),
        ("square", "ru", "A4"),
        ("square", "en", "A3"),
        ("empty", "az", "A4"),
    ],
)
def test_texts_keep_clear_of_each_other_and_of_the_edge(request, which, lang, size, tmp_path):
    if which == "square":
        snapshot: Any = FakeSnapshot(make_country(), make_incidents())
    elif which == "empty":
        snapshot = FakeSnapshot(make_country(), make_incidents().iloc[:0])
    else:
        snapshot = request.getfixturevalue(which)
    for sheet in sheets_of(snapshot, lang, size):
        assert faults(sheet, snapshot, tmp_path) == []


def test_each_sheet_is_one_page_and_the_atlas_one_a_district(dense):
    paper = Paper(risk_view(dense, BARE), translator_of("ru"), "A4")
    assert country_sheet(paper).pages == 1
    for district in ("AZ-AGM", "AZ-BA"):
        assert district_sheet(paper, district).pages == 1
    assert atlas_sheets(paper, ["AZ-AGM", "AZ-BA"]).pages == 3


def test_names_keep_clear_of_the_scale_bar_and_each_has_one_place(dense, tmp_path):
    paper = Paper(risk_view(dense, BARE), translator_of("en"), "A4")
    sheet = country_sheet(paper)
    words = [word for *_, word in pages_of(sheet, dense, tmp_path)[0][2]]
    assert "km" in words
    for name in ("Kalbajar", "Gubadli", "Zangilan"):
        assert words.count(name) <= 2, "once on the map, once in the table"


def test_a_sheet_without_districts_is_drawn(country, incidents, tmp_path):
    snapshot = FakeSnapshot(country.iloc[:0], incidents.iloc[:0])
    paper = Paper(risk_view(snapshot, BARE), translator_of("en"), "A4")
    assert faults(country_sheet(paper), snapshot, tmp_path) == []
    assert atlas_sheets(paper).pages == 1


def test_the_sheets_of_a_language_from_right_to_left_are_mirrored(
    square_snapshot, monkeypatch, tmp_path
):
    monkeypatch.setattr(texts, "translator_of", Translator)
    view = risk_view(square_snapshot, BARE)
    left = {}
    for lang in ("en", "ar"):
        paper = Paper(view, Translator(lang), "A4")
        for sheet in (country_sheet(paper), district_sheet(paper, "XX-A")):
            pages = pages_of(sheet, square_snapshot, tmp_path)
            assert faults_of(pages) == []
            left[lang] = next(west for west, *_, word in pages[0][2] if word == "hazardmap")
    assert Translator("ar").dir == "rtl"
    assert left["en"] < 100 < left["ar"]


def lightness(colour: str) -> float:
    """CIE L* of a colour, 0 to 100."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16


def test_the_classes_can_be_told_apart_in_grey():
    steps = [lightness(colour) for colour in palette.CLASS_COLOURS]
    assert all(lighter - darker >= 9 for lighter, darker in pairwise(steps))


def test_what_is_no_class_has_a_pattern_that_shows_in_grey():
    patterns = list(palette.PATTERNS.values())
    for pattern in patterns:
        assert lightness(pattern.paper) - lightness(pattern.ink) >= 12
    assert len({(pattern.marks, pattern.turn) for pattern in patterns}) == len(patterns)


def test_land_is_neither_sea_nor_no_information():
    assert palette.PATTERNS["no_information"].paper != palette.LAND
    assert lightness(palette.LAND) - lightness(palette.WATER) >= 5


def test_a_district_on_record_without_a_rate_is_hatched_and_explained(country, incidents, tmp_path):
    country["population"] = [None, 20_000.0, 1.0, 5_000.0]
    parameters = RiskParameters(exposure="population", smoothing="none")
    snapshot = FakeSnapshot(country, incidents)
    view = risk_view(snapshot, parameters)
    assert districts_of(view, translator_of("en"))[0].fill == "not_computed"
    symbols = [entry.symbol for entry in legend_of(view, translator_of("en"), "points").entries]
    assert "not_computed" in symbols
    paper = Paper(view, translator_of("ru"), "A4")
    assert faults(country_sheet(paper), snapshot, tmp_path) == []
