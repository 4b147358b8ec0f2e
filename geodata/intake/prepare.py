"""Look through a whole file before anything is written: what it is, how its columns are read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.cells.dates import SOLAR_COUNTRIES, DateProfile, writes_persian
from geodata.intake.counts import (
    CountWatch,
    count_columns,
    panel_column,
    refuse_counts,
    spread_of,
)
from geodata.intake.draft import Draft
from geodata.intake.file_report import OWN_COLUMNS, PLAN_COLUMN
from geodata.intake.files.source import Source
from geodata.intake.identity import dataset_of, slug
from geodata.intake.mapping import ColumnMapping, Guess, map_columns
from geodata.intake.places.placing import UNIT_NAMES, NamesSeen, Placer
from geodata.intake.places.positions import SwapWatch, points
from geodata.intake.plan import Choices, Plan
from geodata.intake.presets.imsma import ACCIDENT, columns_of
from geodata.intake.presets.recognise import PRESETS, recognise
from geodata.intake.presets.victims import Victims
from geodata.intake.table import CHUNK_ROWS, Table
from geodata.schemas import INCIDENTS
from geodata.wording import say

_DATES = ("date", "date_start", "date_end", "source_date")
_OF_TIME = frozenset({*_DATES, "year", "month", "local_time", "date_text"})
_LOCATED = ("csv", "geo", "hxl", "imsma")
_TABULAR = ("ucdp", "acled", "insecurity", "hazardmap", "csv", "imsma")
_SHORT = 5 * CHUNK_ROWS
"""Rows of a file that is kept in memory between the two passes."""
Seen = Callable[[int], None]


def prepare(
    source: Source,
    choices: Choices,
    placer: Placer,
    *,
    seen: Seen | None = None,
    counts: bool = False,
) -> Plan:
    """Decide how a file of incidents is read.

    The whole file is read once: its rows are counted, damage anywhere in it shows before
    anything is written, the order of days and months is decided by all dates of a column, and
    swapped coordinates by all points.

    Parameters
    ----------
    counts
        The table is known to count incidents: that is no reason to refuse it.

    Raises
    ------
    InvalidInput
        The file is damaged, has no column for the date, or its coordinates look swapped.
    """
    choices = recalled(source.table, choices)
    table = source.table
    form = recognise(table, choices.format)
    preset = PRESETS.get(form)
    stated = {**(preset.fields if preset else {}), **choices.mapping}
    if preset:
        stated = {f: c for f, c in stated.items() if c in table.columns or f in choices.mapping}
    if form == "imsma":
        stated = {
            f: c
            for f, c in columns_of(ACCIDENT, table.columns).items()
            if c not in choices.mapping.values()
        } | dict(choices.mapping)
    mapping = _by_name(table) if form == "hazardmap" else map_columns(table, stated)
    if preset:
        mapping = _only(mapping, set(stated), preset.also)
    plan = Plan(
        format=form,
        dataset=_dataset(
            choices,
            preset.dataset if preset else "IMSMA" if form == "imsma" else dataset_of(source.path),
        ),
        mapping=mapping,
        choices=choices,
        today=choices.today or datetime.now(UTC).date(),
        bounds=placer.bounds,
        home=placer.home,
        also=preset.also if preset else frozenset(),
        columns=_columns(table),
        encoding=_encoding(table, mapping),
        epoch_1904=table.epoch_1904,
    )
    if form in _LOCATED and not counts:
        refuse_counts(spread_of(table, mapping, placer.is_district), table.columns)
    if form != "hazardmap":
        _check_dates(plan, table)
        _check_words(plan, table)
    orders = dict(preset.orders) if preset else {}
    _look_through(source, plan, orders, placer, seen, listed=not counts)
    return plan


def _only(mapping: ColumnMapping, fields: set[str], also: frozenset[str]) -> ColumnMapping:
    # A known format says what its columns mean: nothing beyond it is guessed.
    kept = tuple(g for g in mapping.guesses if g.field in fields)
    held = {g.column for g in kept}
    others = [g.column for g in mapping.guesses if g.column not in held]
    unused = tuple(c for c in (*mapping.unused, *others) if c not in also)
    return ColumnMapping(kept, unused, mapping.personal)


def _by_name(table: Table) -> ColumnMapping:
    known = [c for c in table.columns if c in INCIDENTS.by_name]
    others = tuple(c for c in table.columns if c not in INCIDENTS.by_name and c not in OWN_COLUMNS)
    return ColumnMapping(tuple(Guess(c, c, 1.0, "header") for c in known), others, ())


def _dataset(choices: Choices, found: str) -> str:
    if choices.dataset is None:
        return found
    name = slug(choices.dataset)[:40]
    if not name:
        raise InvalidInput(
            say(
                "The data set's name {dataset!r} holds no letter or digit.", dataset=choices.dataset
            ),
            code="bad-dataset",
        )
    return name


def _check_dates(plan: Plan, table: Table) -> None:
    columns, encoding = table.columns, table.encoding
    if not {"date", "date_start", "year"} & plan.mapping.fields.keys():
        raise InvalidInput(
            say(
                "No column was found for the date of the incidents. Name it, e.g. --map "
                "date=COLUMN. The columns are: {columns}. Do these names look wrong? They were "
                "read as {encoding}; state another with --encoding NAME.",
                columns=", ".join(columns)[:800],
                encoding=encoding.name,
            )
            if encoding is not None and not all(map(str.isascii, columns))
            else say(
                "No column was found for the date of the incidents. Name it, e.g. --map "
                "date=COLUMN. The columns are: {columns}.",
                columns=", ".join(columns)[:800],
            ),
            code="no-date-column",
            details=[
                {"field": "date", "reason": say("no column")},
                *({"column": column} for column in columns),
            ],
        )


def _check_words(plan: Plan, table: Table) -> None:
    """Refuse a table of which a guessed encoding leaves nothing understood but its days."""
    encoding = table.encoding
    if encoding is None or encoding.sure == 1 or plan.mapping.fields.keys() - _OF_TIME:
        return
    strange = [c for c in table.columns if not c.isascii()]
    if strange:
        raise InvalidInput(
            say(
                "The encoding cannot be told: read as {name}, the columns are {strange}, and "
                "only the date is understood. Name the encoding, e.g. --encoding cp1251, or "
                "the columns, e.g. --map district=COLUMN.",
                name=encoding.name,
                strange=", ".join(strange)[:300],
            ),
            code="bad-encoding",
            details=[{"column": column} for column in strange],
        )


def _encoding(table: Table, mapping: ColumnMapping) -> dict[str, Any] | None:
    """Say how a text table's bytes are read, by its headers and by cells that are taken."""
    if table.encoding is None:
        return None
    cells = (
        text
        for column in mapping.fields.values()
        for text in table.sample[column].dropna().head(20)
        if isinstance(text, str)
    )
    words = [w for w in dict.fromkeys((*table.columns, *cells)) if not w.isascii()]
    return {
        "name": table.encoding.name,
        "sure": table.encoding.sure,
        "readings": [
            {"encoding": name, "text": text} for name, text in table.encoding.readings(words[:12])
        ],
    }


def _columns(table: Table) -> list[dict[str, Any]]:
    return [
        {"name": name, "samples": [str(v)[:80] for v in table.sample[name].dropna()[:3]]}
        for name in table.columns
    ]


class _Look:
    """Everything that is gathered over the whole file before a row is taken."""

    def __init__(
        self, plan: Plan, table: Table, orders: Mapping[str, str], *, listed: bool
    ) -> None:
        fields = plan.mapping.fields
        self.plan, self.own = plan, plan.format == "hazardmap"
        located = plan.format in _LOCATED
        dates = [n for n in _DATES if n in fields and n not in orders and not self.own]
        self.profiles = {name: DateProfile() for name in dates}
        self.swap, self.names = SwapWatch(plan.bounds), NamesSeen()
        self.listed = listed and located
        self.counts = CountWatch(count_columns(table) if self.listed else [])
        self.watched = located and plan.choices.swapped == "refuse"
        if located:
            plan.victims = Victims.of(table, fields)
            if plan.victims is not None and plan.victims.flagged:
                plan.mapping = plan.mapping.renamed("killed", "victim_outcome")

    @property
    def wanted(self) -> frozenset[str]:
        """The columns that are looked at."""
        names = [*self.profiles, *UNIT_NAMES]
        if self.watched:
            names += ["latitude", "longitude", "coordinates", "zone"]
        if self.plan.victims is not None:
            names += Victims.columns(self.plan.mapping.fields)
        fields = self.plan.mapping.fields
        return frozenset([*self.counts.columns, *(fields[n] for n in names if n in fields)])

    def add(self, draft: Draft) -> None:
        """Look at one chunk."""
        for name, profile in self.profiles.items():
            profile.add(draft.raw(name))
        if not self.own:
            self.names.add(draft)
        self.counts.add(draft)
        if self.plan.victims is not None:
            self.plan.victims.add(draft)
        if self.watched:
            self.swap.add(points(draft, zone=self.plan.choices.zone))


def counts_solar_years(
    choices: Choices, home: frozenset[str], table: Table, profiles: Iterable[DateProfile]
) -> bool:
    """Say whether years from 1300 to 1499 are of the Solar Hijri calendar (see `Choices`)."""
    if choices.calendar is not None:
        return choices.calendar == "solar"
    at_home = bool(home) and home <= SOLAR_COUNTRIES
    return at_home or any(p.persian for p in profiles) or writes_persian(table.columns)


def _converted(plan: Plan, profiles: Mapping[str, DateProfile]) -> list[str]:
    """Say which columns hold days of the Solar Hijri calendar."""
    return [
        say(
            "{column}: {cells} dates of the Solar Hijri calendar were converted.",
            column=plan.mapping.fields[name],
            cells=profile.solar,
        )
        for name, profile in profiles.items()
        if profile.solar and plan.solar
    ]


def _look_through(
    source: Source,
    plan: Plan,
    orders: dict[str, str],
    placer: Placer,
    seen: Seen | None,
    *,
    listed: bool,
) -> None:
    orders.update(plan.choices.date_orders)
    look = _Look(plan, source.table, orders, listed=listed)
    fields = plan.mapping.fields
    kept: list[pd.DataFrame] | None = []
    # A short file is read once; a long one is looked through for what decides, and read again.
    wanted = set(look.wanted | plan.wanted)
    for chunk in source.table.read(wanted):
        look.add(Draft(chunk, fields))
        plan.total += len(chunk)
        if kept is not None:
            kept.append(chunk)
        if kept is not None and plan.total > _SHORT:
            kept = None
            wanted &= look.wanted
        if seen is not None:
            seen(plan.total)
    plan.kept = kept
    if look.listed:
        found = look.counts.counting or panel_column(source.table, plan.mapping)
        refuse_counts(found, source.table.columns)
    placer.learn(look.names)
    for name, profile in look.profiles.items():
        orders[name] = plan.choices.date_order or profile.order
        if plan.choices.date_order is None:
            plan.warnings += profile.warnings(fields[name])
    plan.date_orders = orders
    plan.solar = counts_solar_years(plan.choices, plan.home, source.table, look.profiles.values())
    plan.warnings += _converted(plan, look.profiles)
    look.swap.check(
        fields.get("longitude", fields.get("coordinates", "geometry")),
        fields.get("latitude", fields.get("coordinates", "geometry")),
    )
    if plan.victims is not None:
        plan.warnings += plan.victims.warnings
    if plan.mapping.personal:
        plan.warnings.append(
            say(
                "Columns that identify people are not taken: {columns}",
                columns=", ".join(plan.mapping.personal),
            )
        )


def recalled(table: Table, choices: Choices) -> Choices:
    """Take over from a rejects file how its rows were read before.

    Parameters
    ----------
    choices
        What the user states now goes before it.
    """
    if PLAN_COLUMN not in table.columns or not len(table.sample):
        return choices
    try:
        held = orjson.loads(table.sample[PLAN_COLUMN].dropna().iloc[0])
        mapping = {str(f): str(c) for f, c in held["mapping"].items() if c in table.columns}
        orders = {str(f): str(o) for f, o in held["date_orders"].items() if o in ("dmy", "mdy")}
        dataset, form = str(held["dataset"]), held["format"]
    except (orjson.JSONDecodeError, KeyError, IndexError, AttributeError, TypeError):
        return choices
    return replace(
        choices,
        mapping=mapping | dict(choices.mapping),
        dataset=choices.dataset or dataset,
        format=form if choices.format == "auto" and form in _TABULAR else choices.format,
        date_orders=orders if choices.date_order is None else {},
    )


def plan_text(plan: Plan) -> str:
    """Write what `recalled` reads."""
    held = {
        "dataset": plan.dataset,
        "format": plan.format,
        "mapping": plan.mapping.fields,
        "date_orders": plan.date_orders,
    }
    return orjson.dumps(held).decode()
