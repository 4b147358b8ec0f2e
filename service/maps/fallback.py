"""The map's content as a plain table, for readers without scripts."""

from html import escape

import pandas as pd

from service.i18n import translator
from service.labels import label
from service.maps.texts import texts_of
from service.maps.view import MapView


def plain_table(view: MapView, lang: str) -> str:
    """Write districts with a record as an HTML table, highest density first.

    Parameters
    ----------
    view
        Frames of one snapshot.
    lang
        The reader's language.

    Returns
    -------
    str
        HTML; every text of the data is escaped.
    """
    say, texts = translator(lang), texts_of(lang)
    names = {row.district_id: say.place_name(row._asdict()) for row in view.districts.itertuples()}
    keys = ("district", "class", "incidents", "killed", "injured", "density", "interval95")
    head = "".join(f'<th scope="col">{escape(texts[key])}</th>' for key in keys)
    shown = view.risk[view.risk["incidents"] > 0].sort_values("density", ascending=False)
    rows = []
    for row in shown.itertuples():
        cells = [
            names[row.district_id],
            label(say, "risk_class", row.risk_class),
            *(say.number(n) for n in (row.incidents, row.killed, row.injured, row.density)),
            say.interval(row.density_low, row.density_high),
        ]
        rows.append("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>")
    rest = len(view.risk) - len(shown)
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    note = f"{rest} × {label(say, 'risk_class', 'no_information')}. {texts['not-safe']}"
    return (
        f"<table><caption>{escape(texts['title'])} – {escape(unit)}</caption><thead><tr>{head}"
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table><p>{escape(note)}</p>"
        if not pd.isna(rest)
        else ""
    )
