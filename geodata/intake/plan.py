"""What is decided about a whole file before its rows are read: format, columns, orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_type_hints

import pandas as pd

from geodata.intake.fields import FIELDS
from geodata.intake.mapping import ColumnMapping
from geodata.intake.places.positions import Swap
from geodata.intake.presets.victims import Victims
from geodata.places import OnConflict

Format = Literal["auto", "ucdp", "acled", "imsma", "insecurity", "hazardmap", "hxl", "csv", "geo"]
Scope = Literal["auto", "all", "mines"]


def _stated(text: str, *, name: str = "", local: bool = False) -> dict[str, Any]:
    return {"text": text, "name": name, "local": local}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user states about a file; every default means "find out"."""

    format: Format = field(default="auto", metadata=_stated("Their format."))
    """auto, or the format."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Field to column, confirmed by the user; an empty column leaves a field unfilled."""
    dataset: str | None = field(default=None, metadata=_stated("Name before the source's ids."))
    """Name that stands before source ids, so that two data sets never share an incident."""
    encoding: str | None = field(
        default=None, metadata=_stated("Encoding of a text table [guessed, and said].")
    )
    layer: str | None = field(default=None, metadata=_stated("Layer, or sheet of a workbook."))
    """Of a text table; of a vector file, or a workbook's sheet."""
    date_order: Literal["dmy", "mdy"] | None = field(
        default=None, metadata=_stated("Order of all-number dates.")
    )
    """dmy or mdy; None lets the whole column decide."""
    date_orders: Mapping[str, str] = field(default_factory=dict)
    """Field to dmy or mdy, where the columns differ; before `date_order`."""
    calendar: Literal["solar", "gregorian"] | None = field(
        default=None, metadata=_stated("Calendar of years 1300 to 1499: solar (Hijri).")
    )
    """solar: years from 1300 to 1499 are of the Solar Hijri calendar of Afghanistan and Iran;
    gregorian: they are refused; None: solar where the file is written in Persian or Dari, or the
    districts are of these countries."""
    zone: str | None = field(default=None, metadata=_stated("UTM zone of metres, e.g. 38N."))
    """UTM zone of columns in metres, e.g. 38N."""
    swapped: Swap = field(
        default="refuse",
        metadata=_stated("What to do with longitudes and latitudes that look swapped."),
    )
    """What to do where longitude and latitude look swapped: refuse, keep, exchange."""
    scope: Scope = field(
        default="auto",
        metadata=_stated("mines: leave out rows that name no explosive ordnance.", name="only"),
    )
    """all, or mines: only rows that name explosive ordnance; the others are counted as out of
    scope. auto takes all, but of UCDP and ACLED, which hold all violence, only their explosives
    and mines."""
    duplicates: Literal["take", "hold"] = field(
        default="take", metadata=_stated("Record suspected duplicates, or hold them.")
    )
    """take: suspected duplicates are recorded as incidents of their own and offered for merge;
    hold: they are written to the rejects instead."""
    status: Literal["draft", "verified", "disputed"] = field(
        default="draft", metadata=_stated("Status of new incidents.")
    )
    sensitivity: Literal["public", "restricted"] = field(
        default="public", metadata=_stated("Who may see new incidents in full.")
    )
    """Of new incidents whose row states none."""
    on_conflict: OnConflict = field(
        default="dispute",
        metadata=_stated("What counts where a point and the district named contradict."),
    )
    """What counts where a row's point and the district that it names contradict each other: point,
    name, or dispute: both, and the incident is disputed."""
    matches: Path | None = field(
        default=None,
        metadata=_stated(
            "CSV of how names were matched: decisions are read, all is written.", local=True
        ),
    )
    """CSV table of how names are matched: its decisions are followed, and it is written anew."""
    decisions: tuple[tuple[str, str, str], ...] = ()
    """The same decisions given directly: text, district it was read as, decision."""
    edition: str | None = field(default=None, metadata=_stated("Name of these boundaries."))
    id_column: str | None = field(default=None, metadata=_stated("Id column of boundaries."))
    name_column: str | None = field(default=None, metadata=_stated("Name column of boundaries."))
    level: int | None = field(default=None, metadata=_stated("Administrative level."))
    """Of boundaries: their name, and which columns and level of the file are meant."""
    attribution: str | None = field(
        default=None, metadata=_stated("Source and licence of boundaries, for every map.")
    )
    """Of boundaries: where they are from and their licence, as every map prints it; None = the
    file's name."""
    today: date | None = None
    """Dates after it are refused; None = the clock's (UTC)."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a user states about a file, as a flag or a field of a form."""

    name: str
    """As people write it, with underscores."""
    member: str
    """Of `Choices`."""
    kind: Any
    """Its type."""
    default: Any
    text: str
    """What it is for, in a line."""
    local: bool
    """A file of the user's own machine: for the command alone."""


def options() -> tuple[Option, ...]:
    """Give every option of an import, in their order: command, form and documents follow it.

    Mapping and decisions are not among them: each door writes these in its own way.
    """
    kinds = get_type_hints(Choices)
    return tuple(
        Option(one.metadata["name"] or one.name, one.name, kinds[one.name], one.default,
               one.metadata["text"], one.metadata["local"])
        for one in fields(Choices)
        if one.metadata
    )  # fmt: skip


def choices_of(given: Mapping[str, Any], **more: Any) -> Choices:
    """Make choices of options by their names; others among what is given are left alone."""
    named = {one.member: given[one.name] for one in options() if one.name in given}
    return Choices(**named, **more)


@dataclass(slots=True)
class Plan:
    """How every row of one file is read."""

    format: str
    """The format found or stated."""
    dataset: str
    """Prefix of the incidents' ids."""
    mapping: ColumnMapping
    """Which column fills which field."""
    choices: Choices
    today: date
    date_orders: dict[str, str] = field(default_factory=dict)
    """Field of dates to dmy or mdy."""
    bounds: tuple[float, float, float, float] | None = None
    home: frozenset[str] = frozenset()
    """Extent (degrees) and countries of the districts, for what looks swapped or foreign."""
    also: frozenset[str] = frozenset()
    """Columns that the format reads beside those of the mapping."""
    solar: bool = False
    """Years from 1300 to 1499 are of the Solar Hijri calendar."""
    epoch_1904: bool = False
    """Serial days count from 1904-01-01, as the workbook states."""
    total: int = 0
    """Rows in the file."""
    victims: Victims | None = None
    """Of a table with one row a victim: the victims of each accident."""
    kept: list[pd.DataFrame] | None = None
    """The chunks of a short file, read already; None of a long one."""
    encoding: dict[str, Any] | None = None
    """Of a text table: its name, how sure it is, and words as each codec reads them."""
    columns: list[dict[str, Any]] = field(default_factory=list)
    """Every column's name with a few of its cells."""
    warnings: list[str] = field(default_factory=list)
    """Sentences about the file as a whole."""

    @property
    def wanted(self) -> frozenset[str]:
        """The columns that are read."""
        return self.also | frozenset(self.mapping.fields.values())

    @property
    def exchange(self) -> bool:
        """Whether the user stated that the coordinates are to be swapped."""
        return self.choices.swapped == "exchange"

    def as_json(self, *, preview: bool = False) -> dict[str, Any]:
        """Say what was decided, as plain JSON values.

        Parameters
        ----------
        preview
            Show cells of columns that are not taken, to choose from; never of those that
            seem to name people.
        """
        silent = {*self.mapping.personal, *(() if preview else self.mapping.unused)}
        return {
            "format": self.format,
            "dataset": self.dataset,
            "mapping": [
                {"field": g.field, "column": g.column, "score": round(g.score, 3), "why": g.why}
                for g in self.mapping.guesses
            ],
            "columns_not_taken": list(self.mapping.unused),
            "personal_columns_not_taken": list(self.mapping.personal),
            "date_orders": self.date_orders,
            "encoding": self.encoding
            if preview or self.encoding is None
            else self.encoding | {"readings": []},
            "columns": [
                one | {"samples": []} if one["name"] in silent else one for one in self.columns
            ],
            "fields": list(FIELDS),
        }
