"""Which format a table is in, told by its columns, and how each format is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geodata.errors import InvalidInput
from geodata.intake.draft import Draft, Values
from geodata.intake.people import MakeCasualties, casualties
from geodata.intake.plan import Plan
from geodata.intake.presets import acled, insecurity, ucdp
from geodata.intake.presets.scope import kinds_by_device, kinds_by_text, leave_out
from geodata.intake.table import Table
from geodata.wording import plain, say

Finish = Callable[[Draft, Values, Plan], None]
"""Adds to what the cells say what only the format knows."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A known format: its columns, and what only it knows."""

    signature: frozenset[str]
    """Columns that every file of it has."""
    hints: frozenset[str]
    """Columns of which it has one at least."""
    fields: Mapping[str, str]
    """Field to column."""
    dataset: str
    """Prefix of its ids."""
    orders: Mapping[str, str]
    """Order of all-number dates."""
    also: frozenset[str]
    """Columns that are read beside those of the fields."""
    casualties: MakeCasualties
    finish: Finish

    @property
    def columns(self) -> frozenset[str]:
        """Every column that it knows."""
        return self.signature | self.hints | self.also | frozenset(self.fields.values())

    def missing(self, columns: frozenset[str]) -> frozenset[str]:
        """Give the columns without which a table is of another format."""
        hinted = not self.hints or self.hints & columns
        return self.signature - columns | (frozenset() if hinted else self.hints)


PRESETS: Mapping[str, Preset] = {
    name: Preset(
        module.SIGNATURE,
        module.HINTS,
        module.FIELDS,
        module.DATASET,
        module.ORDERS,
        module.ALSO,
        module.casualties,
        module.finish,
    )
    for name, module in (("ucdp", ucdp), ("acled", acled), ("insecurity", insecurity))
}
"""One row a format."""
OWN = frozenset({"incident_id", "record_status", "date_start", "date_end", "accident_type"})


def recognise(table: Table, stated: str = "auto") -> str:
    """Tell a table's format.

    Parameters
    ----------
    stated
        What the user states; ``auto`` looks at the columns.

    Returns
    -------
    str
        ucdp, acled, insecurity, hazardmap (this project's own exports), hxl, geo or csv.

    Raises
    ------
    InvalidInput
        The stated format needs columns that the table has not.
    """
    columns = frozenset(table.columns)
    if stated in PRESETS:
        missing = PRESETS[stated].missing(columns)
        if missing:
            raise InvalidInput(
                say(
                    "This is no {format} file: it has no column {missing}. Leave the format to be "
                    "found, or map the columns.",
                    format=stated.upper(),
                    missing=", ".join(sorted(missing)),
                ),
                code="wrong-format",
            )
        return stated
    if stated == "hxl" and not table.tags:
        raise InvalidInput(say("No row of HXL tags was found."), code="wrong-format")
    if stated != "auto":
        return stated
    for name, preset in PRESETS.items():
        if not preset.missing(columns):
            return name
    if columns >= OWN:
        return "hazardmap"
    if table.tags:
        return "hxl"
    return "geo" if table.has_geometry else "csv"


def in_its_own_names(table: Table, stated: str = "auto") -> tuple[Table, dict[str, str]]:
    """Give a table of a known format the format's own names of columns, however they are written.

    Parameters
    ----------
    table
        The table, its columns perhaps in capitals or with spaces.
    stated
        What the user states; ``auto`` tries every format.

    Returns
    -------
    tuple
        The table, and the names that were changed: as in the file to the format's own.
    """
    for name, preset in PRESETS.items():
        if stated not in ("auto", name):
            continue
        own = {plain(column): column for column in preset.columns}
        held = set(table.columns) & set(own.values())
        names = {
            column: own[plain(column)]
            for column in table.columns
            if column not in held and own.get(plain(column)) not in (None, *held)
        }
        one_each = len(set(names.values())) == len(names)
        if names and one_each and not preset.missing(frozenset(held | set(names.values()))):
            return table.renamed(names), names
    return table, {}


def finish_generic(draft: Draft, values: Values, plan: Plan) -> None:
    """Tell kinds by device and description where no column states them; apply the scope."""
    kinds_by_device(values)
    kinds_by_text(values, [text or "" for text in values.description])
    leave_out(draft, values, plan)


def reader_of(name: str) -> tuple[MakeCasualties, Finish]:
    """Give how a format's people are read and what finishes its draft."""
    preset = PRESETS.get(name)
    return (preset.casualties, preset.finish) if preset else (casualties, finish_generic)
