"""The map's content as a plain table, for readers without scripts."""

from html import escape

from service.content.districts import ranking_of
from service.content.figures import rounded
from service.content.texts import texts_of
from service.content.view import RiskView
from service.i18n import translator
from service.labels import label


def plain_table(view: RiskView, lang: str) -> str:
    """Write districts with a record as an HTML table, the highest rate first.

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
    keys = ("district", "class", "incidents", "killed", "injured", view.headline, "interval95")
    head = "".join(f'<th scope="col">{escape(texts[key])}</th>' for key in keys)
    shown, rows = ranking_of(view, say).recorded, []
    for row in shown:
        counts = (rounded(n) for n in (row.incidents, row.killed, row.injured))
        cells = [
            row.name,
            label(say, "risk_class", row.risk_class),
            *(say.number(n) for n in counts),
            say.number(row.headline.value),
            row.headline.between(say),
        ]
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    rest = len(view.risk) - len(shown)
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    note = f"{rest} × {label(say, 'risk_class', 'no_information')}. {texts['not-safe']}"
    return (
        f"<table><caption>{escape(texts['title'])} – {escape(unit)}</caption><thead><tr>{head}"
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table><p>{escape(note)}</p>"
    )
