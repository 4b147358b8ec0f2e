"""How one blast is told: lists of names, days of words and finds, bodies, help, later deaths."""

from datetime import date
from pathlib import Path

import pytest

from geodata.reports import IncidentCandidate, read_report

PUBLISHED = date(2023, 9, 20)
CASES = Path(__file__).with_name("tellings.txt").read_text("utf-8").splitlines()
"""Day, district, numbers and groups of each blast, joined by `&`, and the text; or `none`."""


def _told(incident: IncidentCandidate) -> tuple[str, ...]:
    first, last = incident.date_start, incident.date_end
    days = f"{first:%m-%d}" if first == last else f"{first:%m-%d}/{last:%m-%d}"
    groups = sorted({row.group for row in incident.casualties if row.low != 0})
    return (
        days,
        ",".join(str(p.district_id) for p in incident.places),
        f"k{incident.killed or 0}",
        f"i{incident.injured or 0}",
        "+".join(groups) or "none",
    )


@pytest.mark.parametrize("case", [c for c in CASES if c and not c.startswith("#")])
def test_one_blast_is_told_in_many_ways(case: str) -> None:
    label, _, text = case.partition(": ")
    incidents = read_report(text.replace(" / ", "\n"), PUBLISHED).incidents
    wanted = [] if label == "none" else [tuple(w.split()) for w in label.split(" & ")]
    found = [_told(i) for i in incidents]
    assert [f[:4] for f in found] == [w[:4] for w in wanted]
    assert all(f[4] in w[4].split("|") for f, w in zip(found, wanted, strict=True))
