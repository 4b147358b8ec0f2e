"""The page of operations, and what each says of the ground."""

from typing import Any

from geodata.codes import GroundStatus, values_of
from geodata.incidents import parse_district_ids
from service.content.incidents import Placing, district_names
from service.drawing.small import light_districts, small_map
from service.http.request import View
from service.i18n import Translator, is_missing, translator
from service.pages.environment import render
from service.pages.ogc import downloads


def list_html(snapshot: Any, view: View) -> str:
    """Give the page of operations, the latest first."""
    words = translator(view.lang)
    names = district_names(snapshot, words)
    held = snapshot.operations
    ordered = held.sort_values(
        ["date_start", "operation_id"], ascending=[False, True], na_position="last"
    )
    rows = [
        {
            **row,
            "where": _where(row["districts"], names),
            "when": _when(row["date_start"], row["date_end"], words),
            "found": _found(row["devices_found"]),
        }
        for row in ordered.drop(columns="geometry").astype(object).to_dict("records")
    ]
    return render(
        "operations.html",
        view,
        operations=rows,
        ground=values_of(GroundStatus),
        drawing=small_map(list(ordered.geometry), outlines=light_districts(snapshot)),
        downloads=downloads(view, "/collections/operations/items"),
    )


def _when(start: Any, end: Any, words: Translator) -> str | None:
    """Say when in words that need no dash for an open end."""
    if is_missing(start) and is_missing(end):
        return None
    if is_missing(end):
        return words.gettext("since %(date)s") % {"date": words.date(start)}
    if is_missing(start):
        return words.gettext("until %(date)s") % {"date": words.date(end)}
    return words.days(start, end)


def _where(text: Any, names: dict[str, Placing]) -> list[Placing]:
    if is_missing(text):
        return []
    ids = parse_district_ids(str(text))
    return [names.get(i, Placing(i, i, None, known=False)) for i in ids]


def _found(text: Any) -> list[tuple[str, float]]:
    """Read ``at_mine:12;uxo:3``."""
    if is_missing(text):
        return []
    pairs = (part.partition(":") for part in str(text).split(";"))
    return [(device, float(number or 0)) for device, _, number in pairs]
