"""What changed between two snapshots, and what it did to the districts' ranks."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from geodata.register import Difference, FieldChange, RecordChange, Snapshot, Step
from geodata.risk import RiskParameters, risk_of

RECENT = timedelta(days=30)
"""What is called lately, on the page of changes and in their feed."""
_RANKED = ["name", "rank", "smoothed", "incidents"]


def difference_document(
    earlier: Snapshot, later: Snapshot, parameters: RiskParameters, *, most: int | None = None
) -> dict[str, Any]:
    """Give the difference of two snapshots as plain JSON values.

    Incidents added, changed and retracted with their number, and districts whose rank or count
    differs (see `rank_changes`).

    Parameters
    ----------
    most
        How many incidents of each kind are listed; None = all.
    """
    found: Difference = later.diff(earlier, most)
    kinds = {"added": found.added, "changed": found.changed, "retracted": found.retracted}
    return {
        "from": {"revision": earlier.revision, "recorded_at": earlier.recorded_at},
        "to": {"revision": later.revision, "recorded_at": later.recorded_at},
        "counts": found.counts,
        **{kind: [_record(one) for one in records] for kind, records in kinds.items()},
        "ranks": rank_changes(earlier, later, parameters),
    }


def rank_changes(
    earlier: Snapshot, later: Snapshot, parameters: RiskParameters
) -> list[dict[str, Any]]:
    """Give the districts whose place in the ranking or count differs.

    By later rank, districts without one last; null where a district had no rank.
    """
    tables = [pd.DataFrame(risk_of(s, parameters)[_RANKED]) for s in (earlier, later)]
    both = tables[0].join(tables[1], how="outer", suffixes=("_before", "_after"))
    differs = np.zeros(len(both), dtype=bool)
    # Smoothing moves every district's rate a little; what people ask for is the place.
    for name in ("rank", "incidents"):
        before, after = both[f"{name}_before"], both[f"{name}_after"]
        differs |= ((before != after) & ~(before.isna() & after.isna())).to_numpy(dtype=bool)
    rows = both[differs].sort_values("rank_after", kind="stable")
    rows["name"] = rows["name_after"].fillna(rows["name_before"])
    columns = ["name", *(f"{n}_{when}" for n in _RANKED[1:] for when in ("before", "after"))]
    return [
        {"district_id": str(name)} | {key: _plain(row[key]) for key in columns}
        for name, row in rows.iterrows()
    ]


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value


def _record(change: RecordChange) -> dict[str, Any]:
    return {
        "id": change.record_id,
        "version": change.last.version,
        "recorded_at": change.last.recorded_at,
        "author": change.last.author or None,
        "reason": change.last.reason,
        "fields": [field_document(field) for field in change.fields],
    }


def field_document(field: FieldChange) -> dict[str, Any]:
    """Give one member before and after as plain JSON values."""
    return {"field": field.field, "before": field.before, "after": field.after}


def step_document(step: Step) -> dict[str, Any]:
    """Give one revision as plain JSON values, with what differs from the one before."""
    return {
        "revision": step.seq,
        "version": step.version,
        "change": step.change,
        "recorded_at": step.recorded_at,
        "author": step.author,
        "reason": step.reason,
        "fields": [field_document(field) for field in step.differences],
        "redacted": step.redacted,
    }
