"""Tables that count incidents per unit and period: no list of incidents, but published figures.

A column can hold the counts, or each period (or each unit) can have a column of its own.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import InvalidInput
from geodata.incidents import parse_districts
from geodata.intake.cells.dates import days, month_names
from geodata.intake.cells.numbers import counts, numbers
from geodata.intake.draft import Draft, Placement, Values
from geodata.intake.fields import COUNT_HEADERS, TOTALS, counts_people, field_of_header
from geodata.intake.mapping import ColumnMapping
from geodata.intake.places.placing import UNIT_CODES, UNIT_NAMES
from geodata.intake.table import BAD, LAT, LON, ROW, SHAPE, WKT, Table, plain_frame
from geodata.wording import plain, say

Document = dict[str, Any]
_PERIODS = ("year", "month", "date", "date_start")
_SINGLE = ("id", "latitude", "longitude", "coordinates", "description", "place", "url")
"""Fields that single incidents have, and sheets of counts do not."""
_LEAST_ROWS, _LEAST_FILLED, _FULL = 6, 0.6, 0.95
_LEAST_ZEROS = 0.25
_LEAST_PERIODS, _LEAST_UNITS, _IN_ORDER = 3, 2, 3
_EVENT = re.compile(
    r"event|incident|acc?ident|explosi|blast|detonat|attack|strike|case$|cases$|occurren|"
    r"hadise|partlayis|qeza|olay|patlama|kaza|evenement|cas$|casos?$|evento|ataque|sinistre|"
    r"acidente|ocorrencia|explosoe|взрыв|подрыв|случа|происшеств|инцидент|событи|детонац|"
    r"вибух|випад|поді[йяї]|подi|حادث|حوادث|انفجار|تفجير|احداث|حالات|وقائع|رويداد|رویداد|واقعات"
)
"""How words for what happened begin, or hold in Arabic script, as `plain` writes them."""
_HOW_MANY = frozenset(
    word
    for line in (
        "number no nb nr n num count counts total sum of the by nombre nbre de d des du les",
        "numero num cantidad quantidade qtd total totais say sayi sayisi miqdar ededi число",
        "количество кол во всего кількість к сть всього عدد تعداد اجمالي مجموع mine mines",
        "landmine landmines uxo erw ied ieds eo mina minas minen мин мины минами на الالغام",
        "الغام ماين مين",
    )
    for word in line.split()
)
"""Words that stand beside them in the header of a column of counts."""
_OF_MINES = ("mine", "explosive", "ordnance", "uxo", "erw", "ied", "eo")


def count_columns(table: Table) -> list[str]:
    """Give the columns whose header says that they count incidents."""
    return [c for c in table.columns if plain(c) in COUNT_HEADERS or _tagged(table.tags.get(c))]


def seems_count(header: str) -> bool:
    """Say whether a header is made of words for how many and for what happened, in any order.

    It is one reason to take its column for counts, and alone not enough: a list of incidents
    can say how many explosions each had.

    Examples
    --------
    >>> [seems_count(h) for h in ("Nombre de cas", "Количество подрывов", "Event type", "Killed")]
    [True, True, False, False]
    """
    words = plain(header).split()
    events = [w for w in words if _EVENT.match(w.removeprefix("ال"))]
    return bool(events) and all(
        w in events or w in _HOW_MANY or w.removeprefix("ال") in _HOW_MANY for w in words
    )


def _tagged(tag: str | None) -> bool:
    return (
        tag is not None
        and tag.startswith("#event")
        and {"num", "count"} & set(tag.split("+")) != set()
    )


@dataclass(slots=True)
class CountWatch:
    """Looks over the whole file whether it lists incidents or counts them."""

    columns: list[str]
    """Columns that count by their header."""
    rows: int = 0
    other: dict[str, int] = field(default_factory=dict)
    bad: dict[str, int] = field(default_factory=dict)

    def add(self, draft: Draft) -> None:
        """Count one chunk: cells that are whole numbers other than one."""
        self.rows += len(draft)
        for column in self.columns:
            found, bad = _figures(draft.chunk[column])
            other = int(((found % 1 == 0) & (found != 1)).sum())
            self.other[column] = self.other.get(column, 0) + other
            self.bad[column] = self.bad.get(column, 0) + bad

    @property
    def counting(self) -> str | None:
        """The column that counts incidents; None where none does."""
        return next(
            (c for c in self.columns if self.other.get(c) and self.bad[c] * 10 <= self.rows), None
        )


def panel_column(table: Table, mapping: ColumnMapping) -> str | None:
    """Find the column of counts of a sheet that has every unit in every period, by its shape.

    A column of whole numbers in a table of units and periods that has nothing that single incidents
    have: many of them zero, or a figure for each unit and month or year, or (without units) for
    each month or year in turn.
    """
    fields, sample = dict(mapping.fields), table.sample
    if "id" in fields and _counts(sample[fields["id"]]) and not _numbered(sample[fields["id"]]):
        # Headers like "N" and "No" name a row's number, or how many there were.
        del fields["id"]
    units = [fields[n] for n in (*UNIT_NAMES, *UNIT_CODES) if n in fields]
    if not units and "place" in fields:
        units = [fields.pop("place")]
    periods = [fields[n] for n in _PERIODS if n in fields]
    if any(n in fields for n in _SINGLE) or not periods or not len(sample):
        return None
    if (column := _told(table, fields, units, periods)) is not None:
        return column
    shape = _shape(sample, fields, units, periods)
    if not shape:
        return None
    for column in (c for c in table.columns if c not in (*units, *periods) and _counts(sample[c])):
        found = _figures(sample[column])[0]
        enough = len(found) * 2 > len(sample)
        if enough and (shape == "complete" or (found == 0).mean() >= _LEAST_ZEROS):
            return column
    return None


def _numbered(cells: pd.Series) -> bool:
    """Say whether numbers name their rows: none twice, and with a zero only in rising order."""
    found = _figures(cells)[0]
    rising = bool((np.diff(found) > 0).all())
    return rising or (len(set(found.tolist())) == len(found) and not (found == 0).any())


def _told(
    table: Table, fields: Mapping[str, str], units: list[str], periods: list[str]
) -> str | None:
    """Find a column of counts by its header, or by zeros of which the whole row tells.

    Every row is a month, a quarter or a year of a unit; a zero is one of a row that harmed
    nobody, and stands for a unit and period of its own.
    """
    sample = table.sample
    if not _coarse(sample, fields):
        return None
    alone = not sample[[*units, *periods]].fillna("").agg("|".join, axis=1).duplicated().any()
    people = [fields[n] for n in fields if counts_people(n)]
    harmed = np.zeros(len(sample), dtype=bool)
    for column in people:
        found = counts(sample[column].to_numpy(dtype=object))
        harmed |= np.fmax(found.best, np.fmax(found.low, found.high)) > 0
        harmed[list(found.bad)] = True
    taken = {column for name, column in fields.items() if name != "id"}
    for column in (c for c in table.columns if c not in taken and _counts(sample[c])):
        if _numbered(sample[column]) and not seems_count(column):
            continue
        read = numbers(sample[column].to_numpy(dtype=object), 0, 1e9)
        none = read.values == 0  # noqa: PD011 - no frame of pandas
        if (none & harmed).any():
            continue
        if seems_count(column) or (units and alone and none.any()):
            return column
    return None


def _shape(
    sample: pd.DataFrame, fields: Mapping[str, str], units: list[str], periods: list[str]
) -> str:
    """Say whether rows are units by periods: ``complete``, ``mostly``, or empty for no such."""
    times = sample[periods].fillna("").agg("|".join, axis=1)
    if not units:
        in_turn = len(sample) >= _IN_ORDER and times.is_unique and _in_turn(sample, fields)
        return "complete" if in_turn else ""
    places = sample[units].fillna("").agg("|".join, axis=1)
    pairs = places + "||" + times
    filled = pairs.nunique() / (places.nunique() * times.nunique())
    few = len(sample) < _LEAST_ROWS or times.nunique() < 2 or places.nunique() < 2
    if few or filled < _LEAST_FILLED:
        return ""
    return (
        "complete" if filled >= _FULL and pairs.is_unique and _coarse(sample, fields) else "mostly"
    )


def _spans(sample: pd.DataFrame, fields: Mapping[str, str]) -> np.ndarray | None:
    """Give first day and length in days of each row's period; None where one is not read."""
    name = next((n for n in ("date", "date_start", "year") if n in fields), None)
    if name is None:
        return None
    texts = sample[fields[name]].to_numpy(dtype=object)
    if name == "year" and "month" in fields:
        texts = np.array(
            [f"{m} {y}" if str(m).isalpha() else f"{y}-{m}"
             for y, m in zip(texts, sample[fields["month"]], strict=True)], dtype=object,
        )  # fmt: skip
    read = days(texts, order="dmy")
    if read.bad or np.isnat(read.start).any():
        return None
    return np.column_stack([read.start.astype(int), (read.end - read.start).astype(int)])


def _coarse(sample: pd.DataFrame, fields: Mapping[str, str]) -> bool:
    """Say whether all periods are months, quarters or years, also written as their first day."""
    spans = _spans(sample, fields)
    if spans is None:
        return False
    first = spans[:, 0].astype("datetime64[D]")
    monthly = first == first.astype("datetime64[M]")
    return bool((monthly & ((spans[:, 1] > 26) | (spans[:, 1] == 0))).all())


def _in_turn(sample: pd.DataFrame, fields: Mapping[str, str]) -> bool:
    """Say whether the rows are the months or years of a time, one after the other."""
    spans = _spans(sample, fields)
    if spans is None or not _coarse(sample, fields):
        return False
    months = np.sort(spans[:, 0].astype("datetime64[D]").astype("datetime64[M]").astype(int))
    steps = set(np.diff(months).tolist())
    return len(steps) == 1 and steps <= {1, 3, 12}


@dataclass(frozen=True, slots=True)
class Spread:
    """A table that has a column for each period, or for each unit."""

    columns: Mapping[str, str]
    """Column to the period, or the unit, that it counts."""
    of: str
    """``period`` or ``unit``."""
    year: str | None = None
    """Column of the year, where the columns are bare months."""

    def __str__(self) -> str:
        """Name the columns for a message."""
        some = list(self.columns)
        return f"{some[0]} … {some[-1]}"


def spread_of(
    table: Table, mapping: ColumnMapping, is_unit: Callable[[str], bool]
) -> Spread | None:
    """Find out whether a table has its counts in a column for each period or unit.

    Parameters
    ----------
    table
        The table; its first rows decide.
    """
    fields = mapping.fields
    free = [c for c in table.columns if c not in mapping.stated_columns]
    counted = [c for c in free if _counts(table.sample[c])]
    periods = {c: text for c in counted if (text := _period(c))}
    if len(periods) >= _LEAST_PERIODS:
        return Spread(periods, "period")
    months = {c: c for c in counted if plain(c) in month_names()}
    if len(months) >= _LEAST_PERIODS:
        return Spread(months, "period", fields.get("year"))
    located = any(n in fields for n in (*UNIT_NAMES, *UNIT_CODES, "latitude", "coordinates"))
    units = {c: c for c in counted if c not in fields.values() and is_unit(c)}
    if len(units) >= _LEAST_UNITS and not located and not table.has_geometry:
        return Spread(units, "unit")
    return None


def _figures(cells: pd.Series) -> tuple[np.ndarray, int]:
    """Give the numbers of the filled cells, and how many are none."""
    read = numbers(cells.to_numpy(dtype=object), 0, 1e9)
    found = read.values  # noqa: PD011 - no frame of pandas
    return found[~np.isnan(found)], len(read.bad)


def _counts(cells: pd.Series) -> bool:
    """Say whether a column holds whole numbers, but for a few cells."""
    found, bad = _figures(cells)
    return len(found) > 0 and bad * 5 <= len(found) and bool((found % 1 == 0).all())


def _period(header: str) -> str | None:
    """Read a header that is a month, a quarter or a year, as text of a date."""
    text = header.strip()
    read = days(np.array([text], dtype=object), order="dmy")
    if read.bad or np.isnat(read.start[0]):
        return None
    whole = read.precision[0] in (4, 5) or str(read.start[0]).endswith("-01")
    return text if whole else None


def unpivoted(table: Table, spread: Spread, name: str) -> Table:
    """Give the table with one row for each of its counts.

    Parameters
    ----------
    name
        What the column of the counts is called; the other is called Period or District.
    """
    title = "Period" if spread.of == "period" else "District"
    kept = tuple(c for c in table.columns if c not in (*spread.columns, spread.year, title, name))

    def _long(chunk: pd.DataFrame) -> pd.DataFrame:
        own = [c for c in (ROW, BAD, LON, LAT, SHAPE, WKT) if c in chunk]
        parts = []
        for column, text in spread.columns.items():
            years = chunk[spread.year] if spread.year else None
            named = [text] * len(chunk) if years is None else [f"{text} {y}" for y in years]
            data = {c: chunk[c].to_numpy() for c in (*own, *kept)}
            data |= {title: np.array(named, dtype=object), name: chunk[column].to_numpy()}
            parts.append(plain_frame(data))
        whole = pd.concat(parts, ignore_index=True)
        return whole.sort_values(ROW, kind="stable", ignore_index=True)

    def _read(wanted: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
        # Every column of the sheet is part of one that is wanted.
        del wanted
        return (_long(chunk) for chunk in table.read())

    tags = {c: t for c, t in table.tags.items() if c in kept}
    return replace(
        table, columns=(*kept, title, name), sample=_long(table.sample), read=_read, tags=tags
    )


def counted_thing(name: str, notes: tuple[str, ...]) -> str:
    """Tell what the cells of a spread table count, by the words of the file's and sheet's name.

    Examples
    --------
    >>> counted_thing("victims_by_month", ()), counted_thing("table 3", ())
    ('casualties', 'incidents')
    """
    sheets = [n for n in notes if n.startswith("Sheet ")]
    words = [w for text in (name, *sheets) for w in plain(text).split()]
    found = [field_of_header()[w] for w in words if field_of_header().get(w) in TOTALS]
    return found[0] if len(set(found)) == 1 else "incidents"


def refuse_counts(column: str | Spread | None, columns: tuple[str, ...]) -> None:
    """Refuse a table of counts as a list of incidents.

    Raises
    ------
    InvalidInput
        With the way out: as statistics (code ``counts-not-incidents``).
    """
    if column is None:
        return
    counting = (
        say("the column {column!r}", column=column)
        if isinstance(column, str)
        else say("the columns {columns}", columns=column)
    )
    raise InvalidInput(
        say(
            "This is a table of counts, not a list of incidents: {counting} gives how many there "
            "were in each unit and period, and a row with 0 is no incident. Take it as "
            "published figures: hazardmap import FILE --as statistics. If each row is one "
            "incident, rename or remove the column.",
            counting=counting,
        ),
        code="counts-not-incidents",
        details=[
            {"field": str(column), "reason": say("counts incidents")},
            *({"column": name} for name in columns),
        ],
    )


def figures(
    draft: Draft,
    values: Values,
    placement: Placement,
    column: str | None,
    *,
    of_mines: bool,
    issuer: str | None,
) -> list[tuple[int, Document]]:
    """Make statistics of a table of counts: one for each figure of a row.

    Position of the row, and the statistic without its id.

    Parameters
    ----------
    column
        The column that counts incidents; None where all figures are of people.
    of_mines
        Whether the figures are about mines and explosive ordnance only.
    """
    read: dict[str, np.ndarray] = {} if column is None else {"incidents": _whole(draft, column)}
    read |= {name: _whole(draft, draft.fields[name]) for name in TOTALS if draft.has(name)}
    names = [values.names[n] for n in UNIT_NAMES if draft.has(n)]
    start, end = (np.datetime_as_string(v).tolist() for v in (values.date_start, values.date_end))
    sources = draft.texts("source")
    made: list[tuple[int, Document]] = []
    for place in range(len(draft)):
        if place in draft.refused:
            continue
        districts = placement.districts[place]
        named = ", ".join(str(some[place]) for some in reversed(names) if some[place])
        base: Document = {
            "period_start": start[place],
            "period_end": end[place],
            "districts": [d.district_id for d in parse_districts(districts or "")],
            "territory": (named or placement.note[place] or "")[:300] or None,
            "issuer": (sources[place] or issuer or "")[:300] or None,
            "mine_related": of_mines,
        }
        for metric, numbers_ in read.items():
            if numbers_[place] == numbers_[place]:
                figure = {"metric": "incidents"} if metric == "incidents" else {"metric": "people"}
                if metric in ("killed", "injured"):
                    figure["outcome"] = metric
                made.append((place, base | figure | {"value": int(numbers_[place])}))
    return made


def about_mines(columns: tuple[str, ...], name: str, scope: str) -> bool:
    """Say whether figures are about mines: by the user's scope, or words of file and headers."""
    words = {w.rstrip("s") for text in (*columns, name) for w in plain(text).split()}
    return scope == "mines" or bool(words & {w.rstrip("s") for w in _OF_MINES})


def _whole(draft: Draft, column: str) -> np.ndarray:
    read = numbers(draft.chunk[column].to_numpy(dtype=object), 0, 1e9)
    for place, reason in read.bad.items():
        draft.refuse(place, column, reason)
    found = read.values  # noqa: PD011 - no frame of pandas
    return np.where(found % 1 == 0, found, np.nan)


def mapping_of_counts(fields: Mapping[str, str], column: str | None) -> dict[str, str]:
    """Give the fields of a table of counts: none of them is the column that counts."""
    return {name: held for name, held in fields.items() if held != column and name != "id"}
