"""Which column fills which field: guessed from headers, tags and contents, confirmed by people."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from geodata.deferred import fuzz, process
from geodata.errors import InvalidInput
from geodata.intake.cells.coordinates import is_position
from geodata.intake.cells.dates import days, looks_like_dates
from geodata.intake.cells.numbers import counts
from geodata.intake.cells.precision import precision_of
from geodata.intake.fields import (
    COUNT_HEADERS,
    FIELDS,
    PERSONAL,
    counts_people,
    field_of_header,
    field_of_tag,
    is_of_other_people,
)
from geodata.intake.file_report import OWN_COLUMNS
from geodata.intake.table import Table
from geodata.wording import plain, say

_LEAST_SCORE = 88.0
_SHORTEST_FUZZY = 5
_POINT_PART = re.compile(r"^_.*_(latitude|longitude|precision|altitude)$", re.IGNORECASE)
_POINT_PARTS = {
    "latitude": "latitude", "longitude": "longitude", "precision": "accuracy",
    "altitude": "altitude of point",
}  # fmt: skip
_DENYING = ("non", "not", "no")
_SOME_PEOPLE = frozenset(
    plain(word)
    for word in (
        "women", "woman", "female", "females", "girls", "girl", "men", "man", "male", "males",
        "boys", "boy", "children", "child", "minors", "adults", "adult", "elderly", "staff",
        "femmes", "femme", "filles", "hommes", "homme", "garçons", "enfants", "adultes",
        "mujeres", "mujer", "niñas", "hombres", "niños", "adultos", "menores", "mulheres",
        "homens", "crianças", "женщины", "женщин", "мужчины", "мужчин", "дети", "детей",
        "взрослые", "взрослых", "жінки", "чоловіки", "діти", "qadın", "qadınlar", "kişi",
        "kişilər", "uşaq", "uşaqlar", "نساء", "رجال", "أطفال", "اطفال", "زنان", "مردان", "کودکان",
    )
)  # fmt: skip
_PERIODS = frozenset(
    plain(word)
    for word in (
        "period", "quarter", "dövr", "rüb", "период", "квартал", "période", "trimestre",
        "periodo", "período", "період", "الفترة", "الربع", "دوره", "ربع",
    )
)  # fmt: skip
_ONLY_STATED = frozenset({"record_status", "date_precision"})
"""Fields that a column of another system never fills by its name: only people say so."""


@cache
def _order() -> dict[str, int]:
    return {header: rank for rank, header in enumerate(field_of_header())}


@cache
def _fuzzy_headers() -> list[str]:
    return [
        header
        for header, field in field_of_header().items()
        if len(header) >= _SHORTEST_FUZZY and field not in _ONLY_STATED
    ]


@dataclass(frozen=True, slots=True)
class Guess:
    """One column's field, and why."""

    field: str
    column: str
    score: float
    """1 for a known header or what people stated, less for a similar one."""
    why: str
    """stated, tag, header, similar header, contents."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The fields of a table."""

    guesses: tuple[Guess, ...]
    """One a field."""
    unused: tuple[str, ...]
    """Columns that fill no field; what they hold is not taken."""
    personal: tuple[str, ...]
    """Columns that identify people; never taken."""

    @property
    def fields(self) -> dict[str, str]:
        """Field to column."""
        return {guess.field: guess.column for guess in self.guesses}

    @property
    def stated(self) -> frozenset[str]:
        """Fields that people stated."""
        return frozenset(g.field for g in self.guesses if g.why == "stated")

    def renamed(self, field: str, to: str) -> "ColumnMapping":
        """Give the mapping with a field's column filling another one instead."""
        freed = tuple(g.column for g in self.guesses if g.field == to)
        kept = (g for g in self.guesses if g.field != to)
        guesses = tuple(replace(g, field=to) if g.field == field else g for g in kept)
        return ColumnMapping(guesses, (*self.unused, *freed), self.personal)

    @property
    def stated_columns(self) -> frozenset[str]:
        """Columns that people stated."""
        return frozenset(g.column for g in self.guesses if g.why == "stated")


def map_columns(table: Table, stated: Mapping[str, str] | None = None) -> ColumnMapping:
    """Find the field of each column.

    Each field at most once, each column at most once.

    Parameters
    ----------
    stated
        Field to column as people confirmed it; it goes before every guess. An empty column
        name leaves the field unfilled.

    Raises
    ------
    InvalidInput
        A stated field or column does not exist.
    """
    stated = dict(stated or {})
    _check_stated(table, stated)
    taken = {f: Guess(f, c, 1.0, "stated") for f, c in stated.items() if c}
    used = {guess.column for guess in taken.values()}
    personal = tuple(c for c in table.columns if _is_personal(c) and c not in used)
    free = [c for c in table.columns if c not in used and c not in (*personal, *OWN_COLUMNS)]
    for guess in sorted(_candidates(table, free), key=lambda g: -g.score):
        if guess.field in stated or guess.field in taken or guess.column in used:
            continue
        taken[guess.field] = guess
        used.add(guess.column)
    personal = (*personal, *_check_contents(table, taken))
    if not {"date", "date_start", "year"} & taken.keys() and "date" not in stated:
        _date_of_months(table, taken)
    if not {"date", "date_start", "year"} & taken.keys() and "date" not in stated:
        _date_of_periods(table, [c for c in free if c not in used], taken)
    if not {"date", "date_start", "year"} & taken.keys() and "date" not in stated:
        _date_by_contents(table, [c for c in free if c not in used], taken)
    used = {guess.column for guess in taken.values()}
    known = used | {*personal, *OWN_COLUMNS}
    unused = tuple(c for c in table.columns if c not in known)
    return ColumnMapping(tuple(taken.values()), unused, personal)


def _is_personal(column: str) -> bool:
    return plain(column) in PERSONAL or plain(column.rpartition("/")[2]) in PERSONAL


def _check_stated(table: Table, stated: Mapping[str, str]) -> None:
    for field, column in stated.items():
        if field not in FIELDS:
            raise InvalidInput(
                say(
                    "{field!r} is no field. The fields are: {fields}.",
                    field=field,
                    fields=", ".join(FIELDS),
                ),
                code="bad-mapping",
                details=[{"field": field, "reason": say("is no field")}],
            )
        if column and column not in table.columns:
            raise InvalidInput(
                say(
                    "The file has no column {column!r}. Its columns are: {columns}.",
                    column=column,
                    columns=", ".join(table.columns)[:600],
                ),
                code="bad-mapping",
                details=[{"field": field, "reason": say("no column {column!r}", column=column)}],
            )


def _candidates(table: Table, columns: list[str]) -> list[Guess]:
    found = []
    aggregated = _aggregated(table.columns)
    inner: dict[str, list[Guess]] = {}
    for column in columns:
        if plain(column) in COUNT_HEADERS:
            continue
        tag = table.tags.get(column)
        if tag and (field := field_of_tag(tag)):
            found.append(Guess(field, column, 1.5, "tag"))
        elif tag and is_of_other_people(tag):
            continue
        header, group = _of_form(column, table.groups.get(column), aggregated=aggregated)
        if (field := field_of_header().get(header)) in _ONLY_STATED:
            continue
        if field:
            # Of two known headers the one that stands first in the field's list wins.
            guess = Guess(field, column, 1.0 - _order()[header] * 1e-6, "header")
            (inner.setdefault(field, []) if group and counts_people(field) else found).append(guess)
        elif (near := _similar(plain(column), column)) and not (
            counts_people(near.field) and _SOME_PEOPLE & set(plain(column).split())
        ):
            found.append(near)
    # "Killed" in two groups counts two parts of the people, whatever the groups are called.
    return found + [guesses[0] for guesses in inner.values() if len(guesses) == 1]


def _of_form(
    column: str, merged: tuple[str, str] | None = None, *, aggregated: bool = False
) -> tuple[str, str]:
    """Give a header without the groups and suffixes around it, and the group.

    ``accident/when/Date of accident`` is the question's own name, and a point's columns
    ``_Question_latitude`` and ``_Question_precision`` are latitude and accuracy. Exports of ODK
    part groups with ``-`` (``location-Latitude``); elsewhere that is a part of words
    (``non-fatal``). A header of several rows has its group in the merged cell above. A group of
    some people (``Women / killed``) is never taken away.
    """
    part = _POINT_PART.match(column)
    if part:
        return _POINT_PARTS[part[1].lower()], ""
    header = plain(column)
    if header in field_of_header():
        return header, ""
    parts = [merged] if merged else []
    for mark in "/:-" if aggregated else "/":
        before, found, last = column.rpartition(mark)
        if found:
            parts.append((before, last))
    for before, last in parts:
        inner = plain(last)
        words = plain(before).split()
        if not inner or (words[-1:] and words[-1] in _DENYING):
            continue
        field = field_of_header().get(inner)
        if field is not None and counts_people(field) and _SOME_PEOPLE & set(words):
            continue
        if field is not None or before is not parts[0][0] or not merged:
            return inner, plain(before)
    return header, ""


def _aggregated(columns: tuple[str, ...]) -> bool:
    """Say whether a table is an export of ODK, by the columns that it adds."""
    return "KEY" in columns or bool({"SubmissionDate", "meta-instanceID"} & set(columns))


def _similar(header: str, column: str) -> Guess | None:
    if len(header) < _SHORTEST_FUZZY:
        return None
    digits = {c for c in header if c.isdigit()}
    for scorer in (fuzz.token_sort_ratio, fuzz.ratio):
        best = process.extractOne(
            header, _fuzzy_headers(), scorer=scorer, score_cutoff=_LEAST_SCORE
        )
        if best and {c for c in best[0] if c.isdigit()} == digits:
            score = round(min(best[1], 99.0) / 100 * 0.95, 3)
            return Guess(field_of_header()[best[0]], column, score, "similar header")
    return None


def _check_contents(table: Table, taken: dict[str, Guess]) -> tuple[str, ...]:
    """Let the cells of three columns decide what their headers leave open.

    What is called a place can hold a form's coordinates, and what is called a victim no number
    but the name: such columns are given, for they identify people. What says how exact a place is
    says it in words; numbers are another system's codes.
    """
    personal: tuple[str, ...] = ()
    victims = taken.get("casualties")
    if victims is not None and victims.why != "stated":
        filled = _filled(table.sample[victims.column])
        if len(filled) and len(counts(filled).bad) * 2 > len(filled):
            del taken["casualties"]
            personal = (victims.column,)
    place = taken.get("place")
    if place is not None and place.why != "stated" and _are_positions(table.sample[place.column]):
        del taken["place"]
        if not {"coordinates", "latitude", "longitude"} & taken.keys():
            taken["coordinates"] = Guess("coordinates", place.column, 0.9, "contents")
    precision = taken.get("place_precision")
    if precision is not None and precision.why != "stated":
        cells = _filled(table.sample[precision.column])
        if not any(precision_of(cell) for cell in cells if isinstance(cell, str)):
            del taken["place_precision"]
    return personal


def _are_positions(cells: pd.Series) -> bool:
    filled = [c for c in _filled(cells) if isinstance(c, str)]
    return bool(filled) and sum(is_position(c) for c in filled) * 2 > len(filled)


def _date_of_months(table: Table, taken: dict[str, Guess]) -> None:
    """Take a column called month for the date where its cells name the year as well."""
    month = taken.get("month")
    if month is None:
        return
    cells = _filled(table.sample[month.column])
    read = days(cells, order="dmy", solar=True)
    if len(cells) and len(read.bad) * 10 <= len(cells) and int(np.median(read.precision)) in (1, 4):
        del taken["month"]
        taken["date"] = Guess("date", month.column, month.score, month.why)


def _date_of_periods(table: Table, columns: list[str], taken: dict[str, Guess]) -> None:
    """Take a column called period or quarter for the date where its cells are read as such."""
    for column in columns:
        cells = _filled(table.sample[column])
        named = set(plain(column).split()) & _PERIODS
        if named and len(cells) and not days(cells, order="dmy", solar=True).bad:
            taken["date"] = Guess("date", column, 0.9, "header")
            return


def _date_by_contents(table: Table, columns: list[str], taken: dict[str, Guess]) -> None:
    dates = [c for c in columns if looks_like_dates(_filled(table.sample[c]))]
    if len(dates) == 1:
        taken["date"] = Guess("date", dates[0], 0.5, "contents")


def _filled(values: pd.Series) -> np.ndarray:
    return values.dropna().to_numpy()
