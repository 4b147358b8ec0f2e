"""The data that the map's page carries, as columns."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from geodata import codes
from geodata.codes import values_of
from geodata.crs import Bounds, extent, turned, turned_lon
from geodata.incidents import Toll, parse_district_ids, parse_districts, people_in
from geodata.risk import clusters_of
from geodata.risk.forecast import LEVEL
from geodata.risk.of_snapshot import RiskView
from geodata.risk.parameters import CLASSINGS
from geodata.risk.tally import BY_SOURCE
from service.content.districts import (
    CLASS_NAMES,
    District,
    colour_of,
    districts_of,
    figures_of,
    ground_of,
    ranked_by,
)
from service.content.forecast import (
    ForecastView,
    forecast_legend,
    forecast_notes,
    forecast_numbers,
    forecast_unit,
    forecast_view,
)
from service.content.incidents import links_of, sources_text
from service.content.texts import all_texts, formats_of, texts_of
from service.drawing.outlines import SCALE, encode, label_points, land_around, light
from service.drawing.palette import CLASS_COLOURS
from service.i18n import Translator, languages, translator_of

MAX_EMBEDDED = 100_000
"""Incidents that a page carries one by one; above it shows them summed by district."""
APART_FROM = 20_000
"""Incidents from which on their words stand apart, to be read when the map can be used already."""
MOST_CHARACTERS = 3_300_000
"""Of a page's data: with its scripts it has no more than 4 MB."""
WORDS = ("ids", "sources", "strings")
WORD_COLUMNS = ("source", "place", "description")
LEAST_NEEDED = ("description", "source", "place")
"""Columns that are left out of a page that would be too large, the first one first."""


@dataclass(frozen=True, slots=True)
class MapOptions:
    """Basemap, links and limits of a page."""

    basemap_url: str = ""
    basemap_attribution: str = ""
    """Tile template or WMS address; empty = none, and the page asks nothing of anyone."""
    public_url: str = ""
    """Address of the service for links; empty = a file without links."""
    query: str = ""
    """The query that made the map, for its links."""
    embed: bool = False
    """Only the map, for a frame in another page."""
    max_incidents: int = MAX_EMBEDDED
    apart_from: int = APART_FROM
    most_characters: int = MOST_CHARACTERS
    """See `MAX_EMBEDDED`, `APART_FROM` and `MOST_CHARACTERS`."""


GROUPS = values_of(codes.Group)
LISTS = {
    "device": values_of(codes.Device),
    "accident_type": values_of(codes.AccidentType),
    "activity": values_of(codes.Activity),
    "group": GROUPS,
    "record_status": values_of(codes.RecordStatus),
}


def incident_columns(
    incidents: gpd.GeoDataFrame, district_ids: list[str], west: float = -180.0
) -> dict[str, Any]:
    """Write incidents column by column.

    ``ids``, ``strings``, ``placings``, ``harm``, ``ranges`` (people killed and injured where only
    bounds are known, ``5+``), ``sources`` and ``incidents`` with one list a column: codes as
    positions, days since 1970, coordinates in 1e-5 degrees or null. Null stays null.

    Parameters
    ----------
    incidents
        Frame of the incidents' schema in the reader's view, oldest first.
    west
        Where the page's longitudes begin; those of lands over the 180th meridian run on.
    """
    strings: dict[str, int] = {}
    start = _days(incidents["date_start"])
    placing, placings = _placings(incidents["districts"], district_ids)
    harm, people = _harm(incidents)
    ranged, ranges = _ranges(incidents)
    source, sources = _distinct(incidents["sources"], links_of)
    columns = {
        "start": np.diff(start, prepend=0).tolist(),
        "length": (_days(incidents["date_end"]) - start).tolist(),
        "lon": _coordinate(
            turned_lon(incidents.geometry.x if len(incidents) else incidents["longitude"], west)
        ),
        "lat": _coordinate(incidents.geometry.y if len(incidents) else incidents["latitude"]),
        "when": _small(incidents["date_precision"], 1),
        "where": _small(incidents["where_precision"], 6),
        "device": _codes(incidents["device"], "device"),
        "accident": _codes(incidents["accident_type"], "accident_type"),
        "activity": _codes(incidents["activity"], "activity"),
        "status": _codes(incidents["record_status"], "record_status"),
        "placing": placing,
        "harm": harm,
        "range": ranged,
        "source": source,
        "place": _strings(incidents["place_as_reported"], strings),
        "description": _strings(incidents["description"], strings),
    }
    return {
        "ids": incidents["incident_id"].tolist(),
        "incidents": columns,
        "placings": placings,
        "harm": people,
        "ranges": ranges,
        "sources": sources,
        "strings": list(strings),
    }


def _days(values: pd.Series) -> Any:
    return values.to_numpy().astype("datetime64[D]").astype(np.int64)


def _coordinate(values: Any) -> list[int | None]:
    scaled = np.rint(np.asarray(values, dtype=float) * 1e5)
    return [None if np.isnan(v) else int(v) for v in scaled]


def _small(values: pd.Series, missing: int) -> list[int]:
    whole: list[int] = values.fillna(missing).astype(int).tolist()
    return whole


def _codes(values: pd.Series, name: str) -> list[int]:
    """Positions in the code list; what is not stated is "unknown", -1 where there is none."""
    known = {code: i for i, code in enumerate(LISTS[name])}
    missing = known.get("unknown", -1)
    found: list[int] = values.map(known).fillna(missing).astype(int).tolist()
    return found


def _distinct(values: pd.Series, make: Any) -> tuple[list[int], list[Any]]:
    found, texts = pd.factorize(values, use_na_sentinel=True)
    made = [make(str(text)) for text in texts]
    return np.where(found < 0, len(made), found).tolist(), [*made, []]


def _strings(values: pd.Series, strings: dict[str, int]) -> list[int]:
    found, texts = pd.factorize(values, use_na_sentinel=True)
    places = np.array([strings.setdefault(str(t), len(strings)) for t in texts] + [-1])
    return places[found].tolist()


def _placings(values: pd.Series, district_ids: list[str]) -> tuple[list[int], list[list[int]]]:
    """Placings as ``district, weight in thousandths, …``; empty = unplaced."""
    position = {name: i for i, name in enumerate(district_ids)}

    def pairs(text: str) -> list[int]:
        known = [d for d in parse_districts(text) if d.district_id in position]
        return [n for d in known for n in (position[d.district_id], round(d.weight * 1000))]

    return _distinct(values, pairs)


def _harm(incidents: gpd.GeoDataFrame) -> tuple[list[int], list[list[int | None]]]:
    """Each distinct set of casualties once, as ``group, killed, injured, …``.

    What an incident's total states beyond its groups belongs to people of unknown group.
    """
    killed, injured = (_counts(incidents, outcome) for outcome in ("killed", "injured"))
    both = np.hstack([killed, injured])
    if not len(both):
        return [], []
    frame = pd.DataFrame(both)
    index = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    rows = frame.drop_duplicates().to_numpy()
    groups = len(GROUPS)
    people = [
        [
            n
            for g in range(groups)
            if row[g] >= 0 or row[g + groups] >= 0
            for n in (g, _or_null(row[g]), _or_null(row[g + groups]))
        ]
        for row in rows
    ]
    return index.tolist(), people


Range = tuple[int | None, int | None]
"""At least and at most so many people."""


def _ranges(incidents: gpd.GeoDataFrame) -> tuple[list[int], list[list[Range | None]]]:
    """Give least and most people killed and injured where no best number is known, once each."""
    columns = [
        people_in(incidents, f"{outcome}{end}")
        for outcome in ("killed", "injured")
        for end in ("", "_low", "_high")
    ]
    known: dict[tuple[Range | None, Range | None], int] = {(None, None): 0}
    found = [
        known.setdefault((_bounds_of(*row[:3]), _bounds_of(*row[3:])), len(known))
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
    return found, [list(pair) for pair in known]


def _bounds_of(best: float, low: float, high: float) -> Range | None:
    if best == best or (low != low and high != high):
        return None
    return (None if low != low else int(low), None if high != high else int(high))


def _or_null(count: Any) -> int | None:
    return int(count) if count >= 0 else None


def _counts(incidents: gpd.GeoDataFrame, outcome: str) -> Any:
    columns = [incidents[f"{outcome}_{group}"] for group in GROUPS]
    counts = np.column_stack([c.to_numpy(dtype=float, na_value=np.nan) for c in columns])
    total = incidents[outcome].to_numpy(dtype=float, na_value=np.nan)
    stated = np.nansum(counts, axis=1)
    rest = np.where(np.isfinite(total), total, stated) - stated
    none = np.isnan(counts).all(axis=1) & np.isfinite(total)
    unknown = GROUPS.index("unknown")
    beyond = (rest > 0) | none
    counts[beyond, unknown] = np.nan_to_num(counts[beyond, unknown]) + rest[beyond]
    return np.where(np.isnan(counts), -1, counts).astype(np.int64)


COMPRESS_ABOVE = 1_000_000
"""Bytes of JSON above which the page carries it deflated."""


def payload_of(
    view: RiskView, lang: str, options: MapOptions, links: Mapping[str, str]
) -> dict[str, Any]:
    """Gather the page's data.

    JSON-ready; unknown is null.

    Parameters
    ----------
    links
        Addresses of sheets, records and the like; empty for a file.
    """
    ids = view.districts["district_id"].tolist()
    shown = view.of_all_days()
    aggregated = len(shown) > options.max_incidents
    shown = shown.iloc[:0] if aggregated else shown
    west = _bounds(view)[0]
    columns = view.snapshot.cached(
        ("map-columns", view.parameters, aggregated), lambda: incident_columns(shown, ids, west)
    )
    notes = _notes(view)
    return {
        "meta": _meta(view, lang, options, links, aggregated=aggregated),
        "codes": LISTS,
        "texts": all_texts(),
        "formats": {lang: formats_of(lang) for lang in languages()},
        "districts": _districts(view, translator_of(lang), notes),
        "notes": {lang: [translator_of(lang).gettext(n) for n in notes] for lang in languages()},
        "places": view.snapshot.cached("map-places", lambda: _places(view.places, ids, west)),
        "operations": _operations(view.operations, ids, west),
        "published": published_of(view, ids),
        "clusters": view.snapshot.cached(
            ("map-clusters", view.parameters), lambda: _clusters(view, ids, west)
        ),
        "surface": view.snapshot.cached(("map-surface", view.parameters), lambda: _surface(view)),
        "forecast": view.snapshot.cached(("map-forecast", *view.key), lambda: _forecast(view)),
        "land": view.snapshot.cached("map-land", lambda: encode(land_around(view.districts))),
        **columns,
    }


@dataclass(frozen=True, slots=True)
class Scripts:
    """What the page carries as data."""

    data: str
    data_type: str
    """What the map is drawn and counted from, and how it is written (see `as_script`)."""
    details: str = ""
    details_type: str = ""
    """Words of the incidents; empty where they stand in the data."""

    @property
    def compressed(self) -> bool:
        """Whether the browser has to inflate any of it."""
        return any(one.endswith("zlib") for one in (self.data_type, self.details_type))


def scripts_of(payload: dict[str, Any], options: MapOptions) -> Scripts:
    """Write the payload as one script element, or of many incidents as two.

    Filters, slider and marks need numbers; only a popup or the table needs words. Words that
    make the data larger than they may be are left out, and ``meta.leftOut`` names them.

    To stand in the page.
    """
    if len(payload["ids"]) < options.apart_from:
        data_type, data = as_script(payload)
        return Scripts(data, data_type)
    columns = payload["incidents"]
    numbers = {name: held for name, held in columns.items() if name not in WORD_COLUMNS}
    rest = {name: held for name, held in payload.items() if name not in WORDS}
    rest |= {"incidents": numbers}
    data_type, data = as_script(rest)
    for number in range(len(LEAST_NEEDED) + 1):
        left_out = LEAST_NEEDED[:number]
        details_type, details = as_script(_words(payload, left_out))
        if len(data) + len(details) <= options.most_characters:
            break
    if left_out:
        meta = payload["meta"] | {"leftOut": list(left_out)}
        data_type, data = as_script(rest | {"meta": meta})
    return Scripts(data, data_type, details, details_type)


def _words(payload: dict[str, Any], left_out: tuple[str, ...]) -> dict[str, Any]:
    """Give ids, sources and texts of the incidents, without some columns."""
    columns = payload["incidents"]
    place, description = (
        np.array([] if name in left_out else columns[name], dtype=np.int64)
        for name in ("place", "description")
    )
    used = np.unique(np.concatenate([place, description]))
    used = used[used >= 0]

    def again(column: Any) -> list[int]:
        return np.where(column < 0, -1, np.searchsorted(used, column)).tolist()

    return {
        "ids": payload["ids"],
        "sources": [] if "source" in left_out else payload["sources"],
        "strings": [payload["strings"][i] for i in used.tolist()],
        "incidents": {
            "source": [] if "source" in left_out else columns["source"],
            "place": again(place),
            "description": again(description),
        },
    }


def as_script(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Write the payload as the content of a script element.

    Media type and content, in which no text of the data can end the element: JSON with ``<``
    escaped, or when large deflated in Base64.
    """
    data = orjson.dumps(payload)
    if len(data) > COMPRESS_ABOVE:
        return "application/zlib", base64.b64encode(zlib.compress(data, 6)).decode()
    return "application/json", data.decode().replace("<", "\\u003c")


def _bounds(view: RiskView) -> Bounds:
    return (
        extent(view.districts.geometry.array) if len(view.districts) else (44.0, 38.0, 51.0, 42.0)
    )


def _meta(
    view: RiskView, lang: str, options: MapOptions, links: Mapping[str, str], *, aggregated: bool
) -> dict[str, Any]:
    parameters, window = view.parameters, view.window
    west, south, east, north = _bounds(view)
    figures = figures_of(view, translator_of(lang))
    return {
        "lang": lang,
        "window": [_day(window.start), _day(window.end)] if window else None,
        "recorded": window.recorded.days if window and window.first_record else None,
        "parts": [[_day(a), _day(b)] for a, b in window.spans] if window and window.spans else None,
        "yearsBySource": window.years if window and window.chosen == BY_SOURCE else None,
        "asOf": _day(view.as_of),
        "weight": parameters.weight,
        "exposure": parameters.exposure,
        "smoothing": parameters.smoothing,
        "smoothed": view.smoothed,
        "halfLife": parameters.half_life_days,
        "where": parameters.where,
        "limits": list(view.limits),
        "classes": parameters.classes,
        "classings": CLASSINGS,
        "colours": list(CLASS_COLOURS),
        "scale": SCALE,
        "bounds": [[south, west], [north, east]],  # Leaflet's order: latitude first
        "basemap": bool(options.basemap_url),
        "aggregated": aggregated,
        "totals": {
            "incidents": figures.incidents,
            "killed": _toll(figures.killed),
            "injured": _toll(figures.injured),
            "unplaced": figures.unplaced,
        },
        "links": dict(links),
        "sources": {lang: sources_text(view, lang) for lang in languages()},
        "ranked": {lang: ranked_by(view, translator_of(lang)) for lang in languages()},
    }


def _day(day: Any) -> int | None:
    return None if pd.isna(day) else int(np.datetime64(day, "D").astype(np.int64))


def _notes(view: RiskView) -> list[str]:
    """Give the distinct notes to the population."""
    notes: list[str] = view.districts["population_note"].dropna().unique().tolist()
    return notes


def _districts(view: RiskView, translator: Translator, notes: list[str]) -> list[dict[str, Any]]:
    shapes = view.snapshot.cached("map-shapes", lambda: _shapes(view.districts))
    ground = ground_of(view)
    found: Any = zip(
        view.districts.itertuples(), districts_of(view, translator), shapes, strict=True
    )
    return [
        {
            "id": district.district_id,
            "pcode": district.pcode,
            **_names(row),
            "area": _number(district.area_km2),
            "population": _number(district.population),
            "note": notes.index(row.population_note) if _text(row.population_note) else None,
            "ground": ground.get(district.district_id),
            "shape": shape,
            "label": label,
            "risk": _risk(district),
        }
        for row, district, (shape, label) in found
    ]


def _risk(row: District) -> dict[str, Any]:
    fields = {
        "incidents": row.incidents,
        "total": row.total,
        "rate": row.rate.value,
        "low": row.rate.low,
        "high": row.rate.high,
        "smoothed": row.smoothed.value,
        "slow": row.smoothed.low,
        "shigh": row.smoothed.high,
        "rank": row.rank.value,
        "rlow": row.rank.low,
        "rhigh": row.rank.high,
    }
    return {
        **{name: _number(value) for name, value in fields.items()},
        "killed": _toll(row.killed),
        "injured": _toll(row.injured),
        "hotspot": row.hotspot,
        "cls": CLASS_NAMES.index(row.risk_class) if row.known else -1,
    }


def _toll(toll: Toll) -> list[Any]:
    """Give people, and whether there may be more than so many."""
    return [_number(toll.people), toll.bounded]


def _shapes(districts: gpd.GeoDataFrame) -> list[tuple[Any, list[float]]]:
    geometry = light(districts).geometry.to_numpy()
    geometry = turned(geometry, extent(geometry)[0])
    labels = np.round(label_points(geometry), 4).tolist()
    return [(encode(g) or [], label) for g, label in zip(geometry, labels, strict=True)]


def _names(row: Any) -> dict[str, str | None]:
    return {
        "name": row.name,
        "az": _text(row.name_az),
        "en": _text(row.name_en),
        "ru": _text(row.name_ru),
    }


def _places(places: gpd.GeoDataFrame, ids: list[str], west: float) -> list[dict[str, Any]]:
    position = {name: i for i, name in enumerate(ids)}
    shown = places.sort_values("population", ascending=False, na_position="last", kind="stable")
    return [
        {
            **_names(row),
            "hy": _text(row.name_hy),
            "aliases": _text(row.aliases),
            "x": _number(turned_lon(row.longitude, west)),
            "y": _number(row.latitude),
            "people": _number(row.population),
            "district": position.get(row.district_id, -1),
            "of": position.get(row.district_id, -1) if row.kind == "district" else -1,
        }
        for row in shown.itertuples()
    ]


def _clusters(view: RiskView, ids: list[str], west: float) -> list[dict[str, Any]]:
    """Give hot, cold and emerging clusters; what could not be tested has no outline."""
    position = {name: i for i, name in enumerate(ids)}
    found = clusters_of(view.snapshot, view.parameters)
    return [
        {
            "kind": row.cluster,
            "status": row.status,
            "shape": encode(turned([row.geometry], west)[0]),
            "districts": [position[d] for d in parse_district_ids(_text(row.districts) or "")],
            "first": _day(row.period_start),
            "last": _day(row.period_end),
            "observed": _number(row.observed),
            "expected": _number(row.expected),
            "p": _number(row.p),
            "every": _number(row.recurrence_days),
        }
        for row in found.itertuples()
    ]


def _operations(operations: gpd.GeoDataFrame, ids: list[str], west: float) -> list[dict[str, Any]]:
    position = {name: i for i, name in enumerate(ids)}
    return [
        {
            "id": row.operation_id,
            "kind": row.kind,
            "status": row.status,
            "organisation": _text(row.organisation),
            "personnel": None if pd.isna(row.personnel) else int(row.personnel),
            "planned": _number(row.area_planned_m2),
            "done": _number(row.area_done_m2),
            "first": _day(row.date_start),
            "last": _day(row.date_end),
            "districts": [
                position[d] for d in parse_district_ids(_text(row.districts) or "") if d in position
            ],
            "note": _text(row.note),
            "sources": links_of(_text(row.sources) or ""),
            "shape": encode(turned([row.geometry], west)[0]),
            "area": _text(row.hazardous_area) or _text(row.ground_status),
        }
        for row in operations.itertuples()
    ]


def published_of(view: RiskView, district_ids: list[str]) -> dict[str, Any]:
    """Write the figures that others published about districts; no incidents, and never added up.

    ``rows``, each figure once, the latest first, with positions of all its districts; and
    ``elsewhere``, how many are of no district, or also of one that the page does not have.

    Parameters
    ----------
    view
        With the reader's statistics; a chosen period leaves out those that lie outside of it or
        state none.
    district_ids
        Order of the districts in the page.
    """
    position = {name: i for i, name in enumerate(district_ids)}
    held = view.snapshot.statistics
    if view.parameters.period and view.window:
        first, last = (
            pd.Timestamp(np.datetime64(day, "D")) for day in (view.window.start, view.window.end)
        )
        starts, ends = held["period_start"], held["period_end"]
        inside = (starts.isna() | (starts <= last)) & (ends.isna() | (ends >= first))
        held = held[inside & ~(starts.isna() & ends.isna())]
    by = ["period_end", "period_start", "statistic_id"]
    held = held.sort_values(by, ascending=[False, False, True], na_position="last")
    named = [parse_district_ids(text) for text in held["districts"].fillna("")]
    drawn = [bool(names) and all(name in position for name in names) for names in named]
    rows = [
        {
            "districts": [position[name] for name in names],
            "metric": row.metric,
            "group": _text(row.group),
            "outcome": _text(row.outcome),
            "value": int(row.value),
            "qualifier": row.qualifier,
            "first": _day(row.period_start),
            "last": _day(row.period_end),
            "issuer": _text(row.issuer),
            "sources": links_of(_text(row.sources) or ""),
            "mines": bool(row.mine_related),
        }
        for row, names, shown in zip(held.itertuples(), named, drawn, strict=True)
        if shown
    ]
    return {"rows": rows, "elsewhere": len(held) - len(rows)}


def _surface(view: RiskView) -> list[dict[str, Any]]:
    bands = view.surface()
    texts = []
    for row in bands.itertuples():
        low, high = row.intensity_low * 100, row.intensity_high * 100
        label = f"≥ {low:g}" if np.isnan(high) else f"{low:g} – {high:g}"
        # 0.005 degrees is well below the kernel's own width
        band = turned([row.geometry], _bounds(view)[0])[0]
        shape = encode(shapely.simplify(band, 0.005, preserve_topology=True))
        texts.append({"shape": shape or [], "colour": colour_of(row.band), "label": label})
    return texts


def _forecast(view: RiskView) -> dict[str, Any] | None:
    """Give the forecast: bands to draw, cells to look up, and the legend in every language."""
    outlook = forecast_view(view)
    if outlook is None:
        return None
    counts = outlook.cells.counts
    low, high = counts.interval(LEVEL)
    west = _bounds(view)[0]
    middles = outlook.cells.middles()
    middles = np.column_stack([turned_lon(middles[:, 0], west), middles[:, 1]])
    middles = np.rint(middles * SCALE).astype(np.int64)
    numbers = {"mean": counts.mean, "low": low, "high": high}
    return {
        "bands": [
            {"shape": encode(band) or [], "colour": colour}
            for band, colour in zip(
                turned(outlook.bands, west), outlook.classes.colours, strict=True
            )
        ],
        "x": np.diff(middles[:, 0], prepend=0).tolist(),
        "y": np.diff(middles[:, 1], prepend=0).tolist(),
        "side": outlook.classes.cell_km,
        "cells": {name: _short(values) for name, values in numbers.items()},
        "districts": [[row.value, row.low, row.high] for row in outlook.districts],
        "leapt": np.flatnonzero(outlook.found.leapt).tolist(),
        "words": {lang: _forecast_words(outlook, translator_of(lang)) for lang in languages()},
    }


def _forecast_words(outlook: ForecastView, translator: Translator) -> dict[str, Any]:
    legend = forecast_legend(outlook.classes, translator)
    return {
        "title": texts_of(translator.lang)["legend-forecast"],
        "unit": forecast_unit(outlook.classes, translator),
        "entries": [[entry.text, entry.limit] for entry in legend.entries],
        "notes": forecast_notes(outlook, translator),
        **forecast_numbers(outlook, translator),
    }


def _short(values: Any) -> list[float]:
    """Three digits: a forecast knows no more."""
    return [float(f"{value:.3g}") for value in values.tolist()]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 6)
