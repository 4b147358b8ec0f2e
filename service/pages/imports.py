"""The page that takes a file into the register: choose, preview, correct, confirm."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from geodata.intake.file_report import WHY_UNPLACED
from geodata.intake.places.placing import ABOVE
from geodata.register import Edition
from geodata.wording import sentence_of
from service.http.request import View
from service.i18n import N_, Translator, translator
from service.labels import field_label
from service.pages.environment import render

OUTCOMES = {
    "taken": N_("new"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "duplicate": N_("suspected duplicates"),
    "refused": N_("refused"),
    "out_of_scope": N_("not about mines"),
    "folded": N_("further victims of an incident"),
}
"""Outcome of a row → words."""

CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "as": (
        ("incidents", N_("incidents")),
        ("boundaries", N_("district boundaries")),
        ("places", N_("places")),
        ("operations", N_("operations")),
        ("statistics", N_("published figures")),
    ),
    "format": (
        ("auto", N_("find out")),
        ("ucdp", "UCDP GED"),
        ("acled", "ACLED"),
        ("imsma", "IMSMA"),
        ("hxl", "HXL"),
        ("csv", N_("plain table (CSV, Excel)")),
        ("geo", N_("vector file (GeoJSON, GeoPackage, …)")),
        ("insecurity", "Insecurity Insight"),
        ("hazardmap", "hazardmap"),
    ),
    "date_order": (("", N_("find out")), ("dmy", N_("day first")), ("mdy", N_("month first"))),
    "calendar": (
        ("", N_("find out")),
        ("solar", N_("Solar Hijri (Afghanistan, Iran)")),
        ("gregorian", N_("Gregorian only")),
    ),
    "swapped": (
        ("refuse", N_("refuse the row")),
        ("exchange", N_("exchange them")),
        ("keep", N_("keep as they are")),
    ),
    "duplicates": (("take", N_("record and mark them")), ("hold", N_("do not record them"))),
    "on_conflict": (
        ("dispute", N_("keep both, as disputed")),
        ("point", N_("the point counts")),
        ("name", N_("the name counts")),
    ),
    "status": (("draft", N_("draft")), ("verified", N_("verified")), ("disputed", N_("disputed"))),
    "sensitivity": (("public", N_("public")), ("restricted", N_("restricted"))),
    "only": (
        ("auto", N_("find out")),
        ("mines", N_("mines and explosive ordnance only")),
        ("all", N_("every row")),
    ),
}
"""Field of the form → values with their words."""

LABELS = {
    "as": N_("The file holds"),
    "format": N_("Format"),
    "date_order": N_("Order of dates"),
    "calendar": N_("Calendar of years 1300 to 1499"),
    "swapped": N_("Longitude and latitude exchanged"),
    "duplicates": N_("Suspected duplicates"),
    "on_conflict": N_("Point and named district contradict each other"),
    "status": N_("Review status of new records"),
    "sensitivity": N_("Who may see them"),
    "only": N_("Rows to take"),
}
READ_BY = {
    "similar_name": N_("similar spelling"),
    "name": N_("its name"),
    "several": N_("several bear the name; the point chooses"),
    "place": N_("a place of that name"),
    "code": N_("its code"),
    "unknown_above": N_("a unit above the districts that is not known"),
    "foreign_above": N_("a province of another country"),
}
"""How a name was matched → words."""
SHOWN = 100


def import_html(
    view: View,
    report: Mapping[str, Any] | None = None,
    districts: Iterable[Mapping[str, Any]] = (),
    *,
    editions: Sequence[Edition] = (),
    current: str | None = None,
) -> str:
    """Give the page with the form; with a report also what the import did or would do.

    Parameters
    ----------
    report
        The body that ``POST /imports`` answered with, or None.
    districts
        The current districts, for correcting how a name was matched.
    editions
        Editions of the boundaries, for an editor to choose and withdraw.
    current
        The one that is current.

    Returns
    -------
    str
        A whole page; the report stands in the element with the id ``result``.
    """
    words = translator(view.lang)
    choices = [
        {
            "name": name,
            "label": words.gettext(LABELS[name]),
            "values": [(code, words.gettext(text)) for code, text in values],
        }
        for name, values in CHOICES.items()
    ]
    return render(
        "import.html",
        view,
        choices=choices,
        report=report,
        editions=editions,
        current=current,
        outcomes=[(name, words.gettext(text)) for name, text in OUTCOMES.items()],
        mapping=_mapping(report),
        reasons=[
            (words.said(WHY_UNPLACED.get(name, name)), number)
            for name, number in (report or {}).get("unplaced_by_reason", {}).items()
        ],
        unplaced_reason=lambda name: words.said(WHY_UNPLACED.get(name, "–")),
        said=_said(words, report),
        read_by={name: words.gettext(text) for name, text in READ_BY.items()},
        districts=sorted((d["district_id"], d["name"]) for d in districts),
        fields=sorted(
            ((name, field_label(words, name)) for name in (report or {}).get("fields", ())),
            key=lambda pair: pair[1].lower(),
        ),
        links={k["rel"]: k["href"] for k in (report or {}).get("links", ())},
        shown=SHOWN,
        above=ABOVE,
    )


def _said(words: Translator, report: Mapping[str, Any] | None) -> Callable[[str], tuple[str, str]]:
    """Give what says a text of the report in the reader's language, and in which it is then."""
    sentences = (report or {}).get("sentences", {})

    def said(text: str) -> tuple[str, str]:
        told = sentences.get(text)
        return (text, "en") if told is None else (words.said(sentence_of(told)), words.lang)

    return said


def _mapping(report: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Columns of the file with the field that each fills, as the guess or the user has it."""
    if report is None:
        return []
    fills = {m["column"]: m for m in report.get("mapping", ()) if m.get("column")}
    return [
        {
            "name": column["name"],
            "samples": [str(s) for s in column.get("samples", ())][:3],
            "field": fills.get(column["name"], {}).get("field", ""),
            "why": fills.get(column["name"], {}).get("why", ""),
        }
        for column in report.get("columns", ())
    ]
