"""What is wrong with a boundary file, said all at once."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd

from geodata.errors import InvalidInput

Severity = Literal["error", "warning", "note"]
_SHOWN = 5
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong, or that was changed.

    Attributes
    ----------
    row
        Position in the file, from 0; None where the file as a whole is meant.
    id
        The feature's id, where it has one.
    problem
        What is wrong and what to do, or what was done.
    severity
        ``error`` keeps the file from being used; ``warning`` should be looked at;
        ``note`` says what was changed harmlessly.
    repaired
        Whether the returned frame no longer has the problem.
    field
        The column, or ``geometry``.
    """

    row: int | None
    id: str | None
    problem: str
    severity: Severity
    repaired: bool = False
    field: str = "geometry"

    def as_detail(self) -> dict[str, Any]:
        """Write it as a detail of an error."""
        return {
            "field": self.field,
            "row": self.row,
            "id": self.id,
            "reason": self.problem,
            "severity": self.severity,
        }


@dataclass(frozen=True)
class BoundaryReport:
    """The districts read from a file and everything there is to say about them.

    Attributes
    ----------
    frame
        Districts of the schema DISTRICTS; None where an error makes that impossible.
    complaints
        Errors first, then warnings, then notes.
    """

    frame: gpd.GeoDataFrame | None
    complaints: list[Complaint]

    @property
    def errors(self) -> list[Complaint]:
        """The complaints that keep the file from being used."""
        return [c for c in self.complaints if c.severity == "error"]

    def districts(self) -> gpd.GeoDataFrame:
        """Give the frame, or raise with every error.

        Returns
        -------
        geopandas.GeoDataFrame
            The districts.

        Raises
        ------
        InvalidInput
            There are errors (code ``bad-boundaries``); details hold all complaints.
        """
        errors = self.errors
        if self.frame is not None and not errors:
            return self.frame
        shown = "; ".join(
            (f"row {c.row}: " if c.row is not None else "") + c.problem for c in errors[:_SHOWN]
        )
        more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise InvalidInput(
            f"The boundaries cannot be used: {shown}{more}.",
            code="bad-boundaries",
            details=[c.as_detail() for c in self.complaints],
        )


def sorted_complaints(complaints: list[Complaint]) -> list[Complaint]:
    """Order complaints by severity, then by row; keep the first 500 and count the rest.

    Parameters
    ----------
    complaints
        In any order.

    Returns
    -------
    list of Complaint
        Errors first.
    """
    order = {"error": 0, "warning": 1, "note": 2}
    ordered = sorted(complaints, key=lambda c: (order[c.severity], -1 if c.row is None else c.row))
    if len(ordered) <= _KEPT:
        return ordered
    rest = ordered[_KEPT:]
    text = f"{len(rest)} further complaints are not listed"
    return [*ordered[:_KEPT], Complaint(None, None, text, rest[0].severity)]
