"""How names were matched to districts: the table that an import shows, and people's decisions."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.draft import Draft
from geodata.places.assign import Role

COLUMNS = (
    "text", "within", "district_id", "district_name", "by", "rows", "distance_km", "decision",
)  # fmt: skip
"""Columns of the table as a file; `decision` is for people: approve, forbid, or the id of the
district that is meant."""
_ORDER = {"similar_name": 0, "": 1, "several": 2, "place": 3, "name": 4, "code": 5, "person": 6}
LISTED = 2_000


@dataclass(slots=True)
class Match:
    """One text of the file and the district it was read as.

    Attributes
    ----------
    text, within
        The name, and the unit above that the row names beside it.
    district_id, by
        What it was read as, and by what: name, similar_name, place, several (the point chose,
        or the candidates share), person; empty where it was not understood.
    rows
        How many rows say so.
    distance_m
        The furthest that one of their points lies from the district.
    """

    text: str
    within: str
    district_id: str | None
    by: str
    rows: int = 0
    distance_m: float = 0.0
    disputed: int = 0


@dataclass(slots=True)
class MatchTable:
    """All matches of one file.

    Attributes
    ----------
    decided
        Text to the district that people say it means; None: to no district.
    """

    decided: dict[str, str | None] = field(default_factory=dict)
    found: dict[tuple[str, str, str | None, str], Match] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)

    def add(self, draft: Draft, placed: pd.DataFrame, roles: Mapping[str, Role]) -> None:
        """Count how one chunk's names were read."""
        unit = next((name for name, role in roles.items() if role == "unit"), None)
        if unit is None or not draft.has(unit):
            return
        above = [name for name, role in roles.items() if role == "above" and draft.has(name)]
        table = pd.DataFrame(
            {
                "text": draft.members[unit],
                "within": draft.members[above[-1]] if above else "",
                "named": placed["named"].to_numpy(dtype=object),
                "by": placed["named_by"].to_numpy(dtype=object),
                "distance": placed["distance_m"].to_numpy(),
                "conflict": placed["conflict"].to_numpy(dtype=bool),
            }
        ).fillna({"text": "", "within": "", "by": ""})
        table = table[table["text"] != ""]
        grouped = table.groupby(["text", "within", "named", "by"], dropna=False, sort=False)
        for key, rows, far, disputed in zip(
            grouped.groups, grouped.size(), grouped["distance"].max(), grouped["conflict"].sum(),
            strict=True,
        ):  # fmt: skip
            text, within, named, by = (None if v is None or v != v else str(v) for v in key)
            held = self.found.setdefault(
                (text or "", within or "", named, by or ""),
                Match(text or "", within or "", named, by or ""),
            )
            held.rows += int(rows)
            held.disputed += int(disputed)
            if not np.isnan(far):
                held.distance_m = max(held.distance_m, float(far))

    def ordered(self) -> list[Match]:
        """Give the matches that people should look at first: guessed, not understood, far."""
        return sorted(
            self.found.values(),
            key=lambda m: (
                _ORDER.get(m.by, 3) if not m.disputed else 0, -m.disputed, -m.rows, m.text,
            ),
        )  # fmt: skip

    def as_json(self, titles: Mapping[str, str]) -> list[dict[str, Any]]:
        """Give the table as plain JSON values, at most `LISTED` lines."""
        return [
            {
                "text": match.text,
                "within": match.within or None,
                "district_id": match.district_id,
                "district_name": _titles(match.district_id, titles),
                "by": match.by or None,
                "rows": match.rows,
                "disputed": match.disputed,
                "distance_km": round(match.distance_m / 1000, 1),
                "decision": self._decision(match.text),
            }
            for match in self.ordered()[:LISTED]
        ]

    def _decision(self, text: str) -> str:
        if text in self.decided:
            return self.decided[text] or "forbid"
        return "approve" if text in self.approved else ""

    def write(self, path: Path, titles: Mapping[str, str]) -> None:
        """Write the table as CSV, with the decisions that were read from it before."""
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for line in self.as_json(titles):
                writer.writerow(["" if line[c] is None else line[c] for c in COLUMNS])


def _titles(ids: str | None, titles: Mapping[str, str]) -> str | None:
    if ids is None:
        return None
    return "|".join(titles.get(one, one) for one in ids.split("|"))


def read_matches(path: Path, ids: set[str]) -> MatchTable:
    """Read the decisions of a table of matches.

    Parameters
    ----------
    path
        CSV as `MatchTable.write` makes it; a file that is not there decides nothing.
    ids
        Districts of the edition in use.

    Returns
    -------
    MatchTable
        With the decisions, and no matches yet.

    Raises
    ------
    InvalidInput
        The file is no such table, or names a district that the edition does not have.
    """
    if not path.exists():
        return MatchTable()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as reason:
        raise InvalidInput(
            f"{path.name} cannot be read as a table of matches ({reason}). Name a CSV file that "
            "an import wrote with --matches, or a new one.",
            code="bad-matches",
        ) from None
    if rows and not {"text", "decision"} <= rows[0].keys():
        raise InvalidInput(
            f"{path.name} is no table of matches: it has no columns text and decision.",
            code="bad-matches",
        )
    return decisions(
        ((row.get("text") or "", row.get("district_id") or "", row.get("decision") or "")
         for row in rows), ids,
    )  # fmt: skip


def decisions(rows: Any, ids: set[str]) -> MatchTable:
    """Take decisions: (text, district it was read as, decision) each.

    Raises
    ------
    InvalidInput
        A decision is neither approve, forbid nor a district of the edition.
    """
    table = MatchTable()
    wrong: Counter[str] = Counter()
    for text, district, given in rows:
        decision = str(given).strip()
        if not decision or not text:
            continue
        if decision == "forbid":
            table.decided[text] = None
        elif decision == "approve":
            if district in ids:
                table.decided[text] = district
            table.approved.add(text)
        elif decision in ids:
            table.decided[text] = decision
        else:
            wrong[decision] += 1
    if wrong:
        raise InvalidInput(
            f"These decisions are no districts of the current boundaries: "
            f"{', '.join(list(wrong)[:10])}. Write approve, forbid, or a district's id.",
            code="bad-matches",
            details=[{"field": "decision", "reason": f"no district {name!r}"} for name in wrong],
        )
    return table
