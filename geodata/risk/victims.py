"""Who came to harm, by age and sex: counts only, and none so small that it names anybody."""

from collections.abc import Iterable
from typing import Any

from geodata import codes
from geodata.codes import values_of
from geodata.model import Incident

FEW = 5
"""Counts under this and over 0 are withheld where the register holds restricted records."""
MOST = 5_000
"""Incidents that are read one by one for it."""
ASSUMED = (
    "People whose age or sex no source states are counted as unknown, not shared out. A record "
    "that gives no number counts nobody."
)


def victims(incidents: Iterable[Incident], *, guarded: bool) -> dict[str, Any]:
    """Count killed and injured people by age group and sex.

    Parameters
    ----------
    incidents
        Records in the view of the reader.
    guarded
        Whether counts of 1 to 4 are withheld (null, ``few`` true): of few people in one
        district, age and sex may tell who they are.

    Returns
    -------
    dict
        JSON-ready: ``rows`` with ``age_group``, ``sex``, ``killed``, ``injured`` and
        ``few``, those with nobody left out; ``without_number``, rows of records that state no
        number; ``guarded``; ``note``. Where one count of an outcome is withheld, so is the next
        smallest, since the difference to the sum would tell it.
    """
    counts: dict[tuple[str, str], dict[str, int]] = {}
    lacking = 0
    for incident in incidents:
        for row in incident.casualties:
            if row.best is None:
                lacking += 1
                continue
            if row.outcome not in ("killed", "injured") or not row.best:
                continue
            kept = counts.setdefault((row.age_group, row.sex), {"killed": 0, "injured": 0})
            kept[row.outcome] += row.best
    rows: list[dict[str, Any]] = [
        {"age_group": age, "sex": sex, **counts[age, sex], "few": False}
        for age in values_of(codes.AgeGroup)
        for sex in values_of(codes.Sex)
        if (age, sex) in counts
    ]
    if guarded:
        for outcome in ("killed", "injured"):
            _withhold(rows, outcome)
    return {"rows": rows, "without_number": lacking, "guarded": guarded, "note": ASSUMED}


def _withhold(rows: list[dict[str, Any]], outcome: str) -> None:
    known = sorted((row for row in rows if row[outcome]), key=lambda row: int(row[outcome]))
    small = [row for row in known if row[outcome] < FEW]
    if len(small) == 1 and len(known) > 1:
        small = known[:2]
    for row in small:
        row[outcome], row["few"] = None, True
