"""How well reports are read: the labelled texts of benchmarks/reports, by language and part.

    python benchmarks/reports.py [develop|report|all] [--errors]

A text begins with `== day of publication`; a line `=> first[/last] precision places kN iN
groups [device]` is an incident it tells of, `=| qualifier value` a figure, `=* kind` work on
the ground. A text without `=>` tells of no incident. A place is a district's id, or
`COUNTRY:name` elsewhere; `k1-2` is a range, of which any best or none is right. Groups that a
text leaves open stand with a bar between them: `civilian|civilian+unknown`.
"""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from geodata.reports import IncidentCandidate, Reading, read_report

FOLDER = Path(__file__).parent / "reports"
LANGUAGES = ("en", "az", "ru")


@dataclass
class Expected:
    first: date
    last: date
    precision: int
    places: frozenset[str]
    killed: tuple[int, int]
    injured: tuple[int, int]
    groups: tuple[frozenset[str], ...]
    device: str | None


@dataclass
class Labelled:
    language: str
    line: int
    published: date
    text: str = ""
    incidents: list[Expected] = field(default_factory=list)
    figures: list[tuple[str, int]] = field(default_factory=list)
    work: list[str] = field(default_factory=list)


def labelled(part: str, language: str) -> list[Labelled]:
    path = FOLDER / f"{part}-{language}.txt"
    found: list[Labelled] = []
    lines: list[str] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else [], 1):
        if line.startswith("== "):
            lines = []
            found.append(Labelled(language, number, date.fromisoformat(line[3:].strip())))
        elif line.startswith("=> "):
            found[-1].incidents.append(_incident(line[3:].split(None, 5)))
        elif line.startswith("=| "):
            qualifier, value = line[3:].split()
            found[-1].figures.append((qualifier, int(value)))
        elif line.startswith("=* "):
            found[-1].work.append(line[3:].strip())
        else:
            lines.append(line)
            if found:
                found[-1].text = "\n".join(lines).strip()
    return found


def _incident(parts: list[str]) -> Expected:
    first, _, last = parts[0].partition("/")
    rest = parts[5].split()
    return Expected(
        date.fromisoformat(first), date.fromisoformat(last or first), int(parts[1]),
        frozenset(parts[2].replace("_", " ").split(",")),
        _range(parts[3]), _range(parts[4]),
        tuple(frozenset(one.split("+")) - {"none"} for one in rest[0].split("|")),
        rest[1] if len(rest) > 1 else None,
    )  # fmt: skip


def _range(text: str) -> tuple[int, int]:
    low, _, high = text[1:].partition("-")
    return int(low), int(high or low)


def places_of(candidate: IncidentCandidate) -> frozenset[str]:
    return frozenset(
        p.district_id or f"{p.country}:{p.district_name or p.place_name or ''}"
        for p in candidate.places
    )


def same(candidate: IncidentCandidate, wanted: Expected) -> bool:
    return (
        (candidate.date_start, candidate.date_end, candidate.date_precision)
        == (wanted.first, wanted.last, wanted.precision)
        and places_of(candidate) == wanted.places
    )  # fmt: skip


def right(value: int | None, wanted: tuple[int, int]) -> bool:
    if value is None:
        return wanted[0] == 0
    return wanted[0] <= value <= wanted[1]


@dataclass
class Score:
    texts: int = 0
    empty: int = 0
    false_texts: int = 0
    found: int = 0
    wanted: int = 0
    matched: int = 0
    dates: int = 0
    districts: int = 0
    people: int = 0
    groups: int = 0
    devices: Counter[bool] = field(default_factory=Counter)
    figures: Counter[bool] = field(default_factory=Counter)
    work: Counter[bool] = field(default_factory=Counter)
    seconds: float = 0.0

    def take(self, text: Labelled, reading: Reading) -> list[str]:  # noqa: C901
        errors: list[str] = []
        self.texts += 1
        self.wanted += len(text.incidents)
        self.found += len(reading.incidents)
        if not text.incidents:
            self.empty += 1
            self.false_texts += bool(reading.incidents)
        left = list(reading.incidents)
        for wanted in text.incidents:
            hit = next((c for c in left if same(c, wanted)), None)
            self.dates += any(
                (c.date_start, c.date_end, c.date_precision)
                == (wanted.first, wanted.last, wanted.precision)
                for c in reading.incidents
            )
            self.districts += any(places_of(c) == wanted.places for c in reading.incidents)
            if hit is None:
                errors.append(f"missed {wanted}")
                continue
            left.remove(hit)
            self.matched += 1
            exact = right(hit.killed, wanted.killed) and right(hit.injured, wanted.injured)
            self.people += exact
            if not exact:
                errors.append(f"people: wanted {wanted.killed} {wanted.injured}")
            grouped = {r.group for r in hit.casualties if r.low != 0} in wanted.groups
            self.groups += grouped
            if not grouped:
                errors.append(f"groups: wanted {' or '.join(map(str, wanted.groups))}")
            if wanted.device:
                self.devices[hit.device == wanted.device] += 1
                if hit.device != wanted.device:
                    errors.append(f"device {hit.device}: wanted {wanted.device}")
        errors += ["too many"] * len(left)
        figures = {(s.qualifier, s.value) for s in reading.statistics}
        for figure in text.figures:
            self.figures[figure in figures] += 1
            if figure not in figures:
                errors.append(f"figure: wanted {figure}, got {figures}")
        kinds = {o.kind for o in reading.operations}
        for kind in text.work:
            self.work[kind in kinds] += 1
            if kind not in kinds:
                errors.append(f"work: wanted {kind}, got {kinds}")
        return errors

    def row(self, name: str) -> str:
        precision = self.matched / (self.found or 1)
        recall = self.matched / (self.wanted or 1)
        f1 = 2 * precision * recall / (precision + recall or 1)
        share = 100 / (self.matched or 1)
        return (
            f"{name:12} {self.texts:5} {precision:9.2f} {recall:6.2f} {f1:5.2f} "
            f"{100 * self.dates / (self.wanted or 1):6.0f} % "
            f"{100 * self.districts / (self.wanted or 1):8.0f} % "
            f"{self.people * share:6.0f} % {self.groups * share:5.0f} % "
            f"{self.false_texts:4}/{self.empty:<4} {1000 * self.seconds / (self.texts or 1):6.1f}"
        )


HEAD = (
    f"{'':12} {'texts':>5} {'precision':>9} {'recall':>6} {'F1':>5} {'dates':>8} {'districts':>10} "
    f"{'people':>8} {'groups':>7} {'false':>9} {'ms':>6}"
)


def evaluate(parts: tuple[str, ...], *, every: int = 1, show: bool = False) -> dict[str, Score]:
    scores: dict[str, Score] = {}
    read_report("A mine went off.", date(2021, 1, 1))
    for part in parts:
        for language in LANGUAGES:
            score = scores.setdefault(f"{part} {language}", Score())
            for text in labelled(part, language)[::every]:
                start = time.process_time()
                reading = read_report(text.text, text.published)
                score.seconds += time.process_time() - start
                errors = score.take(text, reading)
                if errors and show:
                    _show(part, text, reading, errors)
    return scores


def _show(part: str, text: Labelled, reading: Reading, errors: list[str]) -> None:
    print(f"\n{part}-{text.language}.txt:{text.line} {text.published} [{reading.language}]")
    print(f"   {text.text}")
    for error in errors:
        print(f"   ! {error}")
    for c in reading.incidents:
        rows = [(r.outcome, r.group, r.low, r.best, r.high) for r in c.casualties]
        print(f"   - {c.date_start}/{c.date_end} {c.date_precision} {sorted(places_of(c))} "
              f"k{c.killed} i{c.injured} {c.device} {c.activity} {rows}")  # fmt: skip


def main() -> None:
    names = [a for a in sys.argv[1:] if not a.startswith("--")]
    parts = ("develop", "report") if not names or names == ["all"] else tuple(names)
    scores = evaluate(parts, show="--errors" in sys.argv)
    print(HEAD)
    for name, score in scores.items():
        if score.texts:
            print(score.row(name))


if __name__ == "__main__":
    main()
