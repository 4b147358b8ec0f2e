"""The districts with a record by rank, as a table to print."""

from typing import Any

import pandas as pd

from service.i18n import Translator
from service.labels import label
from service.maps.drawing import fills_of
from service.maps.names import names_of
from service.maps.tables import Column, Table, lay_out
from service.maps.texts import texts_of
from service.maps.view import MapView


def ranked(view: MapView) -> list[str]:
    """Give the ids of the districts with a record, the highest rate first.

    Parameters
    ----------
    view
        Frames of one snapshot.

    Returns
    -------
    list of str
        In the order of the rate that the classes are made of; those without one at the end.
    """
    held = view.risk[view.risk["incidents"] > 0]
    order = view.headline.loc[held.index].sort_values(ascending=False, kind="stable").index
    return [str(name) for name in held.loc[order, "district_id"]]


def ranking_table(
    view: MapView,
    say: Translator,
    names: list[str],
    width: float,
    size: float,
    *,
    pages: dict[str, int] | None = None,
) -> Table:
    """Lay out the table of some districts.

    Parameters
    ----------
    view
        Frames of one snapshot.
    say
        Language of the table.
    names
        Ids of the districts in order.
    width
        Of the table.
    size
        Of the type in points.
    pages
        Number of the page of each district: with it the table is an index, and has the
        rank and the harm too.

    Returns
    -------
    Table
        To draw.
    """
    texts, called = texts_of(say.lang), names_of(view, say)
    fills = dict(zip(view.risk["district_id"], fills_of(view), strict=True))
    keys = ["density", "interval95"]
    columns = [Column(texts["district"]), Column(texts["table-incidents"], number=True)]
    if pages is not None:
        columns.insert(0, Column(texts["rank"], number=True))
        columns += [Column(texts[f"head-{k}"], number=True) for k in ("killed", "injured")]
    columns += [Column(texts[k], number=True) for k in keys] + [Column(texts["class"])]
    if pages is not None:
        columns.append(Column(texts["head-page"], number=True))
    by_id = view.risk.set_index("district_id")
    rows = []
    for name in names:
        row = by_id.loc[name]
        cells = [called[name], say.number(round(row["incidents"], 2))]
        if pages is not None:
            cells.insert(0, say.number(_known(row["rank"])))
            cells += [say.number(_known(row[k])) for k in ("killed", "injured")]
        cells += [say.number(_known(row["density"])), _interval(say, row)]
        cells.append(_class(say, row))
        if pages is not None:
            cells.append(say.number(pages[name]))
        rows.append(cells)
    return lay_out(columns, rows, width, size, [fills[name] for name in names])


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _interval(say: Translator, row: Any) -> str:
    return say.interval(_known(row["density_low"]), _known(row["density_high"]))


def _class(say: Translator, row: Any) -> str:
    return label(say, "risk_class", row["risk_class"])
