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
    """What the user states about a file; every default means "find out".

    Attributes
    ----------
    format
        auto, or the format.
    mapping
        Field to column, confirmed by the user; an empty column leaves a field unfilled.
    dataset
        Name that stands before source ids, so that two data sets never share an incident.
    encoding, layer
        Of a text table; of a vector file, or a workbook's sheet.
    date_order
        dmy or mdy; None lets the whole column decide.
    date_orders
        Field to dmy or mdy, where the columns differ; before `date_order`.
    zone
        UTM zone of columns in metres, e.g. 38N.
    swapped
        What to do where longitude and latitude look swapped: refuse, keep, exchange.
    scope
        all, or mines: only rows that name explosive ordnance; the others are counted as out
        of scope. auto takes all, but of UCDP and ACLED, which hold all violence, only their
        explosives and mines.
    status, sensitivity
        Of new incidents whose row states none.
    duplicates
        take: suspected duplicates are recorded as incidents of their own and offered for
        merge; hold: they are written to the rejects instead.
    on_conflict
        What counts where a row's point and the district that it names contradict each other:
        point, name, or dispute: both, and the incident is disputed.
    matches
        CSV table of how names are matched: its decisions are followed, and it is written anew.
    decisions
        The same decisions given directly: text, district it was read as, decision.
    edition, id_column, name_column, level
        Of boundaries: their name, and which columns and level of the file are meant.
    attribution
        Of boundaries: where they are from and their licence, as every map prints it; None =
        the file's name.
    today
        Dates after it are refused; None = the clock's (UTC).
    """

    format: Format = field(default="auto", metadata=_stated("Their format."))
    mapping: Mapping[str, str] = field(default_factory=dict)
    dataset: str | None = field(default=None, metadata=_stated("Name before the source's ids."))
    encoding: str | None = field(
        default=None, metadata=_stated("Encoding of a text table [guessed, and said].")
    )
    layer: str | None = field(default=None, metadata=_stated("Layer, or sheet of a workbook."))
    date_order: Literal["dmy", "mdy"] | None = field(
        default=None, metadata=_stated("Order of all-number dates.")
    )
    date_orders: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = field(default=None, metadata=_stated("UTM zone of metres, e.g. 38N."))
    swapped: Swap = field(
        default="refuse",
        metadata=_stated("What to do with longitudes and latitudes that look swapped."),
    )
    scope: Scope = field(
        default="auto",
        metadata=_stated("mines: leave out rows that name no explosive ordnance.", name="only"),
    )
    duplicates: Literal["take", "hold"] = field(
        default="take", metadata=_stated("Record suspected duplicates, or hold them.")
    )
    status: Literal["draft", "verified", "disputed"] = field(
        default="draft", metadata=_stated("Status of new incidents.")
    )
    sensitivity: Literal["public", "restricted"] = field(
        default="public", metadata=_stated("Who may see new incidents in full.")
    )
    on_conflict: OnConflict = field(
        default="dispute",
        metadata=_stated("What counts where a point and the district named contradict."),
    )
    matches: Path | None = field(
        default=None,
        metadata=_stated(
            "CSV of how names were matched: decisions are read, all is written.", local=True
        ),
    )
    decisions: tuple[tuple[str, str, str], ...] = ()
    edition: str | None = field(default=None, metadata=_stated("Name of these boundaries."))
    id_column: str | None = field(default=None, metadata=_stated("Id column of boundaries."))
    name_column: str | None = field(default=None, metadata=_stated("Name column of boundaries."))
    level: int | None = field(default=None, metadata=_stated("Administrative level."))
    attribution: str | None = field(
        default=None, metadata=_stated("Source and licence of boundaries, for every map.")
    )
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a user states about a file, as a flag or a field of a form.

    Attributes
    ----------
    name
        As people write it, with underscores.
    member
        Of `Choices`.
    kind
        Its type.
    text
        What it is for, in a line.
    local
        A file of the user's own machine: for the command alone.
    """

    name: str
    member: str
    kind: Any
    default: Any
    text: str
    local: bool


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
    """Make choices of options by their names; others among what is given are left alone.

    Parameters
    ----------
    given
        Option to value.
    **more
        Members that are no options.
    """
    named = {one.member: given[one.name] for one in options() if one.name in given}
    return Choices(**named, **more)


@dataclass(slots=True)
class Plan:
    """How every row of one file is read.

    Attributes
    ----------
    format
        The format found or stated.
    dataset
        Prefix of the incidents' ids.
    mapping
        Which column fills which field.
    date_orders
        Field of dates to dmy or mdy.
    bounds, home
        Extent (degrees) and countries of the districts, for what looks swapped or foreign.
    also
        Columns that the format reads beside those of the mapping.
    epoch_1904
        Serial days count from 1904-01-01, as the workbook states.
    total
        Rows in the file.
    victims
        Of a table with one row a victim: the victims of each accident.
    kept
        The chunks of a short file, read already; None of a long one.
    encoding
        Of a text table: its name, how sure it is, and words as each codec reads them.
    columns
        Every column's name with a few of its cells.
    warnings
        Sentences about the file as a whole.
    """

    format: str
    dataset: str
    mapping: ColumnMapping
    choices: Choices
    today: date
    date_orders: dict[str, str] = field(default_factory=dict)
    bounds: tuple[float, float, float, float] | None = None
    home: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    epoch_1904: bool = False
    total: int = 0
    victims: Victims | None = None
    kept: list[pd.DataFrame] | None = None
    encoding: dict[str, Any] | None = None
    columns: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

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
