"""What a reader chose in the incidents' form, as the same filter that the API takes.

The page and its downloads apply one CQL2 text, so they cannot differ.
"""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import codes
from geodata.codes import values_of
from geodata.errors import InvalidInput
from geodata.filters import compile_filter
from geodata.intervals import parse_interval
from geodata.schemas import INCIDENTS
from service.http.reader import View

CODES = {
    "device": values_of(codes.Device),
    "accident_type": values_of(codes.AccidentType),
    "activity": values_of(codes.Activity),
    "record_status": ("draft", "verified", "disputed"),
}
GROUPS = values_of(codes.Group)
SORTABLE = ("date_start", "killed", "injured", "casualties", "record_status", "recorded_at")
PARAMETERS = ("q", "district", "group", "from", "to", "sort", "page", *CODES)
PAGE_SIZE = 50
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice: a CQL2 filter and an interval, how to sort, which page."""

    values: dict[str, str]
    filter: str
    interval: str
    sort: str
    page: int

    @property
    def key(self) -> str:
        """Sort column without its sign."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the highest comes first."""
        return self.sort.startswith("-")

    @property
    def query(self) -> dict[str, str]:
        """The same choice as parameters of ``/collections/incidents/items``."""
        return {"filter": self.filter, "datetime": self.interval, "sortby": self.sort}


def selection_of(view: View) -> Selection:
    """Read the choice from a page's address; empty fields choose nothing.

    Raises
    ------
    InvalidInput
        A value is outside its list, a date is none, or the page is no number.
    """
    values = {name: text.strip() for name, text in view.query if name in PARAMETERS}
    values = {name: text for name, text in values.items() if text}
    sort = values.get("sort", "-date_start")
    if sort.removeprefix("-") not in SORTABLE:
        raise _bad("sort", f"is none of {', '.join(SORTABLE)}")
    page = values.get("page", "1")
    if not page.isdecimal() or not 1 <= int(page) <= 1_000_000:
        raise _bad("page", "is no page number")
    return Selection(values, _filter(values), _interval(values), sort, int(page))


def _filter(values: dict[str, str]) -> str:
    parts = []
    for name, allowed in CODES.items():
        if name in values:
            parts.append(f"{name} = '{_one_of(name, values[name], allowed)}'")
    if "group" in values:
        group = _one_of("group", values["group"], GROUPS)
        parts.append(f"(killed_{group} > 0 OR injured_{group} > 0)")
    if "district" in values:
        district = _literal(values["district"])
        parts.append(f"(districts LIKE '{district}:%' OR districts LIKE '%;{district}:%')")
    if "q" in values:
        text = _literal(values["q"])
        fields = ("incident_id", "place_as_reported", "description", "sources")
        parts.append("(" + " OR ".join(_contains(name, text) for name in fields) + ")")
    return " AND ".join(parts)


def _contains(name: str, text: str) -> str:
    return f"CASEI({name}) LIKE CASEI('%{text}%')"


def _literal(text: str) -> str:
    # Wildcards of LIKE are taken out, quotes doubled: what was typed is text, never syntax.
    plain = "".join(c for c in text[:LONGEST_TEXT] if c not in "%_\\" and c.isprintable())
    return plain.replace("'", "''")


def _interval(values: dict[str, str]) -> str:
    if "from" not in values and "to" not in values:
        return ""
    text = f"{values.get('from', '..')}/{values.get('to', '..')}"
    parse_interval(text)
    return text


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _bad(name, f"is none of {', '.join(allowed)}")
    return value


def _bad(name: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{name} {reason}.", code=f"bad-{name}", details=[{"field": name, "reason": reason}]
    )


def select(incidents: gpd.GeoDataFrame, chosen: Selection) -> gpd.GeoDataFrame:
    """Give the incidents chosen, sorted; ties and nulls in a fixed order, nulls last.

    Parameters
    ----------
    incidents
        Rows of `schemas.INCIDENTS`; not changed.
    chosen
        The choice.

    Returns
    -------
    geopandas.GeoDataFrame
        All that fit, of every page.
    """
    keep = np.ones(len(incidents), dtype=bool)
    if chosen.filter:
        keep &= np.asarray(
            compile_filter(chosen.filter, "cql2-text", INCIDENTS).mask(incidents), bool
        )
    if chosen.interval:
        keep &= _during(incidents, chosen.interval)
    found = incidents[keep]
    by = [chosen.key, "incident_id"]
    return found.sort_values(by, ascending=[not chosen.descending, True], na_position="last")


def _during(incidents: gpd.GeoDataFrame, text: str) -> Any:
    wanted = parse_interval(text)
    keep = np.ones(len(incidents), dtype=bool)
    if wanted.start is not None:
        keep &= (incidents["date_end"] >= pd.Timestamp(wanted.start.date())).to_numpy()
    if wanted.end is not None:
        keep &= (incidents["date_start"] <= pd.Timestamp(wanted.end.date())).to_numpy()
    return keep
