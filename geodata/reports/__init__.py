"""Reading reports: a text and its day of publication in, candidates for the register out.

The stages, one module each: `clean` → `segment` → mentions (`dates`, `places`, `people`,
`speakers`, and the words of `vocabulary`) → `clauses` → `events` (which mention belongs to
which blast) → `casualties`, `operations` → `candidates`. `read` runs
them. A language is one module of `languages`; the stages know no language.
"""

from geodata.reports.candidates import (
    CasualtyCount,
    IncidentCandidate,
    OperationCandidate,
    PlaceShare,
    Reading,
    Span,
    StatisticCandidate,
)
from geodata.reports.places import PlaceFinder
from geodata.reports.read import language_of, read_report

__all__ = [
    "CasualtyCount",
    "IncidentCandidate",
    "OperationCandidate",
    "PlaceFinder",
    "PlaceShare",
    "Reading",
    "Span",
    "StatisticCandidate",
    "language_of",
    "read_report",
]
