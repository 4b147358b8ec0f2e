"""Nothing on a printed sheet is over its edge, and no text over another."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from geodata.risk import RiskParameters
from service.content import texts
from service.content.districts import ranking_of
from service.content.view import risk_view
from service.i18n import Translator, translator
from service.maps import palette
from service.maps.atlas import atlas_sheets
from service.maps.drawing import fills_of, style_of
from service.maps.legend import entries
from service.maps.paper import Sheet
from service.maps.print_district import district_sheet
from service.maps.print_risk import country_sheet
from service.maps.tables import Column, lay_out
from tests.conftest import make_country, make_incidents
from tests.maps.snapshots import FakeSnapshot, many_incidents

BARE = RiskParameters()
SLACK = 1.0
"""Pixels at 100 dots an inch; letters are drawn on whole ones."""


@pytest.fixture(scope="module")
def dense(founding: Any) -> FakeSnapshot:
    """The bundled districts with 400 incidents in a dozen of them."""
    ids = "AZ-AGM AZ-FUZ AZ-TAR AZ-KAL AZ-LAC AZ-QBI AZ-ZAN AZ-CAB AZ-XCI AZ-SUS AZ-XVD AZ-AGA"
    near = founding.districts[founding.districts.district_id.isin(ids.split())]
    return FakeSnapshot(founding.districts, many_incidents(near, 400))


def sheets_of(snapshot: Any, lang: str, size: str) -> Iterator[Sheet]:
    view, say = risk_view(snapshot, BARE), translator(lang)
    yield country_sheet(view, say, size, "https://maps.example.org")
    named = [row.district_id for row in ranking_of(view, say).recorded][:2]
    yield from atlas_sheets(view, say, named or ["XX-A"], size)


def boxes(held: list[Any], renderer: Any) -> list[tuple[str, Any]]:
    return [(text.get_text(), text.get_window_extent(renderer)) for text in held if text.get_text()]


def over(one: Any, other: Any) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    along = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > SLACK and along > 2 * SLACK


def faults(sheet: Sheet) -> list[str]:
    FigureCanvasAgg(sheet.figure).draw()
    renderer = sheet.figure.canvas.get_renderer()
    page, found = sheet.figure.bbox, []
    groups = [sheet.figure.texts, *(axes.texts for axes in sheet.figure.axes)]
    for held in groups:
        drawn = boxes(list(held), renderer)
        for text, box in drawn:
            inside = box.x0 >= page.x0 and box.x1 <= page.x1
            if not (inside and box.y0 >= page.y0 and box.y1 <= page.y1):
                found.append(f"{text!r} is over the edge")
        found += [
            f"{one[0]!r} over {other[0]!r}"
            for one, other in combinations(drawn, 2)
            if over(one[1], other[1])
        ]
    for axes in sheet.figure.axes:
        frame = axes.get_window_extent()
        for text, box in boxes(list(axes.texts), renderer):
            if box.x0 < frame.x0 - SLACK or box.x1 > frame.x1 + SLACK:
                found.append(f"{text!r} is over the frame")
    return found


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
def test_texts_keep_clear_of_each_other_and_of_the_edge(request, which, lang, size):
    if which == "square":
        snapshot: Any = FakeSnapshot(make_country(), make_incidents())
    elif which == "empty":
        snapshot = FakeSnapshot(make_country(), make_incidents().iloc[:0])
    else:
        snapshot = request.getfixturevalue(which)
    for sheet in sheets_of(snapshot, lang, size):
        assert faults(sheet) == []


def test_names_keep_clear_of_the_scale_bar_and_each_has_one_place(dense):
    view = risk_view(dense, BARE)
    sheet = country_sheet(view, translator("en"), "A4")
    names = [text.get_text() for text in sheet.figure.axes[-1].texts]
    assert "100 km" in names
    recorded = len(ranking_of(view, translator("en")).recorded)
    assert len(names) - len(set(names)) <= recorded, "only counts may be the same"
    for name in ("Aghdam", "Tartar", "Fuzuli"):
        assert names.count(name) == 1


def test_a_sheet_without_districts_is_drawn(country, incidents):
    view = risk_view(FakeSnapshot(country.iloc[:0], incidents.iloc[:0]), BARE)
    assert faults(country_sheet(view, translator("en"), "A4")) == []


def test_a_sheet_for_a_language_from_right_to_left_is_mirrored():
    sheet = Sheet.of("A4", mirrored=True)
    text = sheet.text(10, 10, "سجل الألغام")
    assert text.get_position()[0] == pytest.approx(287 / 297)
    assert text.get_ha() == "right"
    axes = sheet.axes(10, 20, 100, 50)
    assert axes.get_position().x1 == pytest.approx(287 / 297)


def test_the_sheets_of_a_language_from_right_to_left_hold_together(square_snapshot, monkeypatch):
    monkeypatch.setattr(texts, "translator", Translator)
    view, say = risk_view(square_snapshot, BARE), Translator("ar")
    assert say.dir == "rtl"
    for sheet in (country_sheet(view, say, "A4"), district_sheet(view, say, "XX-A", "A4")):
        assert sheet.mirrored
        assert faults(sheet) == []


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
    for fill in (*palette.GROUND_FILL, "not_computed"):
        paper, ink, hatch = style_of(fill)
        assert hatch
        assert lightness(paper) - lightness(ink) >= 12, fill
    hatches = [style_of(fill)[2] for fill in (*palette.GROUND_FILL, "not_computed")]
    assert len(set(hatches)) == len(hatches)


def test_land_is_neither_sea_nor_no_information():
    assert palette.GROUND_FILL["no_information"][0] != palette.LAND
    assert lightness(palette.LAND) - lightness(palette.WATER) >= 5


def test_a_district_on_record_without_a_rate_is_hatched_and_explained(country, incidents):
    country["population"] = [None, 20_000.0, 1.0, 5_000.0]
    parameters = RiskParameters(exposure="population", smoothing="none")
    view = risk_view(FakeSnapshot(country, incidents), parameters)
    assert fills_of(view)[0] == "not_computed"
    symbols = [entry.symbol for entry in entries(view, translator("en"), shown="points")]
    assert "not_computed" in symbols
    assert faults(country_sheet(view, translator("ru"), "A4")) == []


def test_a_table_takes_what_it_lacks_from_the_widest_words():
    columns = [Column("District"), Column("Incidents", number=True), Column("Class")]
    rows = [["a very long name of a district that goes on", "12", "high"]]
    table = lay_out(columns, rows, 40, 7)
    assert sum(table.widths) + 2 * 2.4 == pytest.approx(40)
    assert table.widths[1] > 0
    assert table.fits(table.head + 3.5 * table.line) == 3
