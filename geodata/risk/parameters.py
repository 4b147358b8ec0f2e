"""What a risk map was asked for: one value, parsed once, a cache key."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geodata.errors import GeodataError, InvalidInput
from geodata.intervals import Interval, parse_interval

WEIGHTS = ("incidents", "casualties", "killed")
EXPOSURES = ("area", "population")
SMOOTHINGS = ("none", "eb", "spatial")
RANKINGS = ("best", "rate")
PURPOSES = ("clearance", "education")
CLASSINGS = ("fixed", "quantiles", "area", "incidents")
BANDWIDTHS = ("cross-validated", "adaptive", "scott")
HORIZON_DAYS = 90.0
CELL_KM = 10.0
FILTER_LANGUAGES = ("cql2-text", "cql2-json", "cql-text")
NAMES = (
    "period",
    "weight",
    "exposure",
    "smoothing",
    "half-life",
    "where",
    "where-lang",
    "boundaries",
    "as-of",
    "horizon-days",
    "cell-km",
    "rank-by",
    "purpose",
    "criteria",
    "classes",
    "bandwidth",
)
"""Names of the parameters in a query; flags of the command line are the same."""


@dataclass(frozen=True, slots=True)
class RiskParameters:
    """Parameters of a risk table; two equal ones give the same table of a snapshot."""

    period: Interval | None = None
    weight: str = "incidents"
    exposure: str = "area"
    smoothing: str = "eb"
    half_life_days: float | None = None
    where: str | None = None
    where_lang: str = "cql2-text"
    boundaries: str | None = None
    as_of: datetime | None = None
    horizon_days: float = HORIZON_DAYS
    cell_km: float = CELL_KM
    """Side of a forecast's cells; 0 = by district."""
    rank_by: str = "best"
    """``best``: what foresees best on the register, by its backtest; ``rate``: the rate itself."""
    purpose: str = "clearance"
    """What a priority list is for."""
    criteria: str | None = None
    """Its weights, e.g. ``expected=0.5,casualties=0.5``; None for those of the purpose."""
    classes: str = "fixed"
    """What sets the limits of the classes, see `class_limits`."""
    bandwidth: str = "cross-validated"
    """Of the surface: a rule, or a number of km as text."""

    def __post_init__(self) -> None:
        """Refuse values outside their lists, all problems at once."""
        problems = [
            problem
            for problem in (
                _one_of("weight", self.weight, WEIGHTS),
                _one_of("exposure", self.exposure, EXPOSURES),
                _one_of("smoothing", self.smoothing, SMOOTHINGS),
                _one_of("rank-by", self.rank_by, RANKINGS),
                _one_of("purpose", self.purpose, PURPOSES),
                _one_of("classes", self.classes, CLASSINGS),
                _width(self.bandwidth),
                _one_of("where-lang", self.where_lang, FILTER_LANGUAGES),
                _positive("half-life", self.half_life_days),
                _within("horizon-days", self.horizon_days, 1, 3_650, "a number of days"),
                None
                if self.cell_km == 0
                else _within("cell-km", self.cell_km, 0.1, 1_000, "0 (districts) or a side in km"),
            )
            if problem
        ]
        _refuse(problems)

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "RiskParameters":
        """Read the parameters from texts, as a query or the command line has them.

        Parameters
        ----------
        query
            Texts by the names in `NAMES`; other names are not looked at, an empty text
            means the default.

        Raises
        ------
        InvalidInput
            Values that cannot be read, all problems at once.

        Examples
        --------
        >>> RiskParameters.parse({"half-life": "90"}).half_life_days
        90.0
        """
        problems: list[dict[str, Any]] = []
        given = {name: text for name in NAMES if (text := (query.get(name) or "").strip())}
        readers: dict[str, Any] = {
            "period": _period,
            "half-life": _amount,
            "as-of": _moment,
            "horizon-days": _amount,
            "cell-km": _amount,
        }
        values: dict[str, Any] = {}
        for name, text in given.items():
            value = _read(text, name, readers[name], problems) if name in readers else text
            if value is not None:
                values[_field(name)] = value
        try:
            parsed = cls(**values)
        except InvalidInput as refused:
            problems += refused.details
        _refuse(problems)
        return parsed

    def describe(self) -> dict[str, Any]:
        """Give the parameters by their public names; defaults included, null = not set."""
        found = {name: getattr(self, _field(name)) for name in NAMES}
        return found | {
            "period": "all" if self.period is None else str(self.period),
            "where-lang": self.where_lang if self.where else None,
            "as-of": None if self.as_of is None else self.as_of.isoformat(),
        }

    @property
    def bandwidth_m(self) -> float | None:
        """The surface's bandwidth in metres; None where a rule chooses it."""
        return None if self.bandwidth in BANDWIDTHS else 1_000 * float(self.bandwidth)

    @property
    def ranks_as_asked(self) -> bool:
        """Whether the ranking is that of a rate somebody chose, which no backtest stands over.

        A period is ranked as it was; a rule for people, or another smoothing or decay, was
        asked for by name.
        """
        plain = self.weight == "incidents" and self.smoothing == "eb"
        return self.rank_by == "rate" or not plain or bool(self.period or self.half_life_days)

    @property
    def unit(self) -> str:
        """Unit of density and smoothed."""
        per = "100 km2" if self.exposure == "area" else "100,000 people"
        return f"{self.weight} per {per} per year"


def _field(name: str) -> str:
    return "half_life_days" if name == "half-life" else name.replace("-", "_")


def _read(text: str, name: str, reader: Any, problems: list[dict[str, Any]]) -> Any:
    try:
        return reader(text, name)
    except GeodataError as refused:
        problems += refused.details or [{"field": name, "reason": refused.message}]
        return None


def _period(text: str, name: str) -> Interval | None:
    return None if text.lower() == "all" else parse_interval(text, field=name)


def _amount(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        wanted = "a number of km, e.g. 10" if name.endswith("-km") else "a number of days, e.g. 90"
        raise InvalidInput(
            f"{name}={text[:40]!r} has to be {wanted}.",
            details=[{"field": name, "reason": f"{text[:40]!r} has to be {wanted}"}],
        ) from None


def _moment(text: str, name: str) -> datetime | None:
    interval = parse_interval(text, field=name)
    return interval.end


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> dict[str, Any] | None:
    if value in allowed:
        return None
    return {"field": name, "reason": f"{str(value)[:40]!r} has to be one of {', '.join(allowed)}"}


def _positive(name: str, value: float | None) -> dict[str, Any] | None:
    if value is None or (math.isfinite(value) and 1 <= value <= 1e6):
        return None
    return {
        "field": name,
        "reason": f"{value!r} has to be a number of days from 1 to 1,000,000, e.g. 365",
    }


def _within(name: str, value: float, low: float, high: float, what: str) -> dict[str, Any] | None:
    if math.isfinite(value) and low <= value <= high:
        return None
    return {
        "field": name,
        "reason": f"{value!r} has to be {what} from {low:g} to {high:g}, e.g. {low:g}",
    }


def _width(text: str) -> dict[str, Any] | None:
    if text in BANDWIDTHS:
        return None
    try:
        fits = 0.05 <= float(text) <= 1_000
    except ValueError:
        fits = False
    if fits:
        return None
    rules = ", ".join(BANDWIDTHS)
    reason = f"{text[:40]!r} is none of {rules}, and no number of km from 0.05 to 1,000"
    return {"field": "bandwidth", "reason": reason}


def _refuse(problems: list[dict[str, Any]]) -> None:
    if problems:
        raise InvalidInput(
            "Risk parameters: " + "; ".join(f"{c['field']}: {c['reason']}" for c in problems),
            code=f"bad-{problems[0]['field']}",
            details=problems,
        )
