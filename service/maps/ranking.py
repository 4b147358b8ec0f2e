"""The districts with a record by rank, as a table to print."""

from collections.abc import Sequence

from service.content.districts import District
from service.content.figures import rounded
from service.content.texts import texts_of
from service.content.view import RiskView
from service.i18n import Translator
from service.labels import label
from service.maps.tables import Column, Table, lay_out


def ranking_table(
    view: RiskView,
    say: Translator,
    districts: Sequence[District],
    width: float,
    size: float,
    *,
    pages: dict[str, int] | None = None,
) -> Table:
    """Lay out the table of some districts.

    Parameters
    ----------
    view
        Says which rate the classes are made of: the table shows that one.
    say
        Language of the table.
    districts
        In order.
    width
        Of the table.
    size
        Of the type in points.
    pages
        Number of the page of each district: with it the table is an index, and has the
        rank and the harm too.
    """
    texts = texts_of(say.lang)
    columns = [Column(texts["district"]), Column(texts["table-incidents"], number=True)]
    if pages is not None:
        columns.insert(0, Column(texts["rank"], number=True))
        columns += [Column(texts[f"head-{k}"], number=True) for k in ("killed", "injured")]
    keys = (view.headline, "interval95")
    columns += [Column(texts[k], number=True) for k in keys] + [Column(texts["class"])]
    if pages is not None:
        columns.append(Column(texts["head-page"], number=True))
    rows = []
    for row in districts:
        cells = [row.name, say.number(rounded(row.incidents))]
        if pages is not None:
            cells.insert(0, say.number(row.rank.value))
            cells += [say.number(rounded(n)) for n in (row.killed, row.injured)]
        rate = row.headline
        cells += [say.number(rate.value), say.interval(rate.low, rate.high)]
        cells.append(label(say, "risk_class", row.risk_class))
        if pages is not None:
            cells.append(say.number(pages[row.district_id]))
        rows.append(cells)
    return lay_out(columns, rows, width, size, [row.fill for row in districts])
