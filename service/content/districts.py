"""The country and its districts: key figures, incidents over time, each district's numbers.

One in full, and by what they are ranked. What a map shows of them: fills, names, counts and
points, and the legend that explains these.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata import codes
from geodata.codes import values_of
from geodata.deferred import units
from geodata.incidents import Toll, least_of, parse_district_ids, toll_of
from geodata.risk import RiskParameters, rates
from geodata.risk.districts import NO_INFORMATION
from geodata.risk.of_snapshot import RiskView, at_home, estimate_of, position_of
from geodata.risk.tally import BY_SOURCE, ESTIMATED
from geodata.statistics.rates import competition_rank
from service.content.incidents import IncidentRow, district_names, incident_rows
from service.content.texts import COUNTED, counted, texts_of
from service.drawing.map import Picture, Shown
from service.drawing.marks import Words
from service.drawing.palette import CLASS_COLOURS
from service.i18n import CODES, N_, SOURCE, Translator, label

LEAST_YEARS = 30 / 365.25
"""A shorter period gives no number a year: one blast in a week is no rate of 52."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of the period; an incident that lies in it in part counts in part."""

    incidents: float
    """In shares."""
    killed: Toll
    injured: Toll
    """At least so many where some incidents do not say."""
    with_record: int
    districts: int
    """Districts with a record, and all."""
    unplaced: float
    """Incidents that no district holds, in shares."""
    elsewhere: int
    """Incidents of other countries, which are held and not counted."""
    period: str
    """The days observed, in words that say whether they are estimated; empty for none."""
    per_year: tuple[float, float, float] | None
    """Incidents a year with the limits of Garwood's 95 % interval; null for less than 30 days."""


def figures_of(view: RiskView, translator: Translator) -> Figures:
    """Count incidents and casualties, with what is not stated."""
    total, window = float(view.shares.sum()), view.window
    per_year = None
    if window is not None and window.years >= LEAST_YEARS:
        low, high = rates.poisson_interval(total, window.years)
        per_year = (total / window.years, float(low), float(high))
    return Figures(
        incidents=total,
        killed=toll_of(view.incidents, "killed", view.shares),
        injured=toll_of(view.incidents, "injured", view.shares),
        with_record=int((view.risk["incidents"] > 0).sum()),
        districts=len(view.risk),
        unplaced=view.unplaced if view.unplaced > 1e-9 else 0.0,
        elsewhere=len(view.snapshot.incidents) - len(at_home(view.snapshot)),
        period=period_words(view, translator),
        per_year=per_year,
    )


def period_words(view: RiskView, translator: Translator) -> str:
    """Write the days that every rate of a view is over, and whether they are estimated."""
    if view.window is None:
        return ""
    days, texts = (
        translator.interval_of_days(view.window.start, view.window.end),
        texts_of(translator.lang),
    )
    if view.window.chosen == ESTIMATED:
        return texts["period-estimated"].replace("{period}", days)
    if view.window.chosen == BY_SOURCE:
        words = texts["period-by-source"].replace("{period}", days)
        return words.replace("{years}", translator.number(view.window.years, 2))
    return days


def tiles_of(figures: Figures, translator: Translator) -> list[tuple[str, str]]:
    """Give the numbers with the words under them, for sheets and summaries."""
    found = counts_of(figures, translator)
    of = texts_of(translator.lang)["districts-with-record"]
    found.append(
        (
            translator.number(figures.with_record),
            of.replace("{n}", translator.number(figures.districts)),
        )
    )
    return found


def counts_of(held: Any, translator: Translator) -> list[tuple[str, str]]:
    """Give incidents, killed and injured of the figures or of a district, with their words."""
    sums = (Toll(held.incidents), held.killed, held.injured)
    return [
        (translator.toll(toll), counted(translator.lang, key, toll.people))
        for key, toll in zip(COUNTED, sums, strict=True)
    ]


def rounded(number: float | None) -> float | None:
    """Round a count that is fractional through shares for a reader; null stays null."""
    return None if number is None else round(number, 2)


LONGEST_BY_MONTH = 36
"""Months of the period up to which the trend is by month; by year above."""


@dataclass(frozen=True, slots=True)
class Span:
    """One month or year: its name and what is counted in it."""

    name: str
    incidents: float
    killed: Toll
    """Nobody where there is no incident."""


@dataclass(frozen=True, slots=True)
class Trend:
    """All months or years of the period, those without a record included."""

    spans: tuple[Span, ...]
    monthly: bool
    imprecise: int
    """Incidents whose days lie in several spans; they count in the first."""

    @property
    def total(self) -> float:
        """Sum of the incidents."""
        return sum(span.incidents for span in self.spans)


def trend_of(view: RiskView, translator: Translator, weights: Any = None) -> Trend | None:
    """Count incidents by the month or year of their first possible day in the period.

    None where there is no period. The sum of the spans is the count of the risk table.

    Parameters
    ----------
    weights
        What each incident counts for a district, in the view's order; None for the country.
    """
    calendar = _calendar(view, translator)
    if calendar is None:
        return None
    counts = view.shares if weights is None else np.asarray(weights, float)
    kept = np.flatnonzero(counts > 0)
    counts, at, killed = counts[kept], calendar.first[kept], calendar.killed[kept]
    known, exact, size = np.isfinite(killed), calendar.exact[kept], len(calendar.names)
    spans = zip(
        calendar.names,
        np.bincount(at, counts, size).tolist(),
        np.bincount(at[known], killed[known] * counts[known], size).tolist(),
        np.bincount(at[known], minlength=size).tolist(),
        np.bincount(at[~exact], counts[~exact], size).tolist(),
        strict=True,
    )
    return Trend(
        tuple(
            Span(name, count, Toll(deaths if stated or not count else None, unstated))
            for name, count, deaths, stated, unstated in spans
        ),
        calendar.monthly,
        int((at != calendar.last[kept]).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The months or years of a view's period, and where each incident stands in them."""

    names: tuple[str, ...]
    monthly: bool
    first: Any
    last: Any
    killed: Any
    exact: Any


def _calendar(view: RiskView, translator: Translator) -> _Calendar | None:
    key = (*view.key, "calendar", translator.lang)
    found: _Calendar | None = view.snapshot.cached(key, lambda: _read(view, translator))
    return found


def _read(view: RiskView, translator: Translator) -> _Calendar | None:
    window, rows = view.window, view.incidents
    if window is None:
        return None
    start, end = pd.Timestamp(window.start), pd.Timestamp(window.end)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    unit, pattern = ("M", "LLL yyyy") if months <= LONGEST_BY_MONTH else ("Y", "yyyy")
    every = pd.period_range(start, end, freq=unit)
    return _Calendar(
        tuple(translator.date(period.start_time.date(), pattern) for period in every),
        unit == "M",
        every.get_indexer(pd.PeriodIndex(rows["date_start"].clip(start).dt.to_period(unit))),
        every.get_indexer(pd.PeriodIndex(rows["date_end"].clip(upper=end).dt.to_period(unit))),
        least_of(rows, "killed"),
        rows["killed"].notna().to_numpy(),
    )


CLASS_NAMES = tuple(c for c in values_of(codes.RiskClass) if c != NO_INFORMATION)
"""Classes of risk, from the lowest."""
SPOKEN = ("cleared", "surveyed_no_evidence")
"""What a survey or a clearance can say of a whole district without a record."""
NOT_COMPUTED = "not_computed"
"""Fill of a district on record that has no rate, e.g. without a population."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval; null where it cannot be computed."""

    value: float | None
    low: float | None
    high: float | None

    def words(self, translator: Translator) -> str:
        """Write value and interval."""
        if self.high is None:
            return translator.number(self.value)
        name, value = texts_of(translator.lang)["interval95"], translator.number(self.value)
        return f"{value} ({name} {self.between(translator)})"

    def between(self, translator: Translator) -> str:
        """Write the interval; without a lower limit, it begins at nothing."""
        low = 0.0 if self.low is None and self.high is not None else self.low
        return translator.interval(low, self.high)


_RESERVES = CODES["rate_status"]


@dataclass(frozen=True, slots=True)
class District:
    """What is said of a district for a period, a filter and weights."""

    district_id: str
    position: int
    name: str
    local_name: str | None
    """Where it differs from the name."""
    pcode: str | None
    area_km2: float | None
    population: float | None
    population_note: str | None
    note_translated: bool
    fill: str
    """What it is painted with: its class, else the status of its ground, or `NOT_COMPUTED`."""
    risk_class: str
    incidents: float
    """In shares; `killed` and `injured` alike."""
    killed: Toll
    injured: Toll
    total: float
    """What the rate is made of: incidents or people, of the incidents that state them."""
    rate: Estimate
    smoothed: Estimate
    headline: Estimate
    """The one that the class is made of: `smoothed`, or `rate` unsmoothed; both are over the days
    observed."""
    rank: Estimate
    expected: Estimate
    """Weighted incidents of the next quarter, with 90 % limits."""
    hotspot: str | None
    reserve: str
    """What to know before reading the rate; empty where there is nothing."""
    gi_star_z: float | None
    gi_star_p: float | None
    years: float | None
    """Observed."""

    @property
    def known(self) -> bool:
        """Whether it has a class of risk."""
        return self.risk_class != NO_INFORMATION

    @property
    def title(self) -> str:
        """Its name, with the local one where it differs."""
        return f"{self.name} ({self.local_name})" if self.local_name else self.name


def districts_of(view: RiskView, translator: Translator) -> tuple[District, ...]:
    """Give all districts in the order of the view's frame, made once for a snapshot."""
    key = (*view.key, "districts", translator.lang)
    found: tuple[District, ...] = view.snapshot.cached(key, lambda: _districts(view, translator))
    return found


def _districts(view: RiskView, translator: Translator) -> tuple[District, ...]:
    names, ground = district_names(view.snapshot, translator), ground_of(view)
    totals = estimate_of(view.snapshot, view.parameters).tally.total
    pairs: Any = zip(view.districts.itertuples(), view.risk.itertuples(), strict=True)
    return tuple(
        _district(
            view,
            translator,
            position,
            names[str(district.district_id)],
            district,
            risk,
            ground,
            totals,
        )
        for position, (district, risk) in enumerate(pairs)
    )


def _district(
    view: RiskView, translator: Translator, position: int, named: Any, district: Any, risk: Any,
    ground: dict[str, str], totals: Any,
) -> District:  # fmt: skip
    rate, smoothed = (_estimate(risk, name) for name in ("rate", "smoothed"))
    note = _text(district.population_note)
    return District(
        district_id=named.id,
        position=position,
        name=named.name,
        local_name=named.local,
        pcode=_text(district.pcode),
        area_km2=_number(district.area_km2),
        population=_number(district.population),
        population_note=note and translator.gettext(note),
        note_translated=translator.lang == SOURCE
        or bool(note and translator.gettext(note) != note),
        fill=_fill(risk, ground),
        risk_class=risk.risk_class,
        incidents=float(risk.incidents),
        killed=Toll(_number(risk.killed), risk.killed_unstated),
        injured=Toll(_number(risk.injured), risk.injured_unstated),
        total=float(totals[position]),
        rate=rate,
        smoothed=smoothed,
        headline=smoothed if view.smoothed else rate,
        rank=_estimate(risk, "rank"),
        expected=_estimate(risk, "expected"),
        hotspot=_text(risk.hotspot),
        reserve=label(translator, "rate_status", risk.status) if risk.status in _RESERVES else "",
        gi_star_z=_number(risk.gi_star_z),
        gi_star_p=_number(risk.gi_star_p),
        years=_number(risk.observed_years),
    )


def _estimate(risk: Any, name: str) -> Estimate:
    ends = (getattr(risk, name), getattr(risk, f"{name}_low"), getattr(risk, f"{name}_high"))
    value, low, high = (_number(end) for end in ends)
    return Estimate(value, low, high)


def ground_of(view: RiskView) -> dict[str, str]:
    """Give what surveys and clearance say of whole districts.

    ``cleared`` or ``surveyed_no_evidence`` by district id; the latest statement wins.

    Parameters
    ----------
    view
        With its operations; one that has a geometry speaks of that ground only.
    """
    found: dict[str, str] = {}
    rows = view.operations[view.operations["ground_status"].isin(list(SPOKEN))]
    rows = rows[rows.geometry.isna() & rows["districts"].notna()]
    for _, row in rows.sort_values("date_start", kind="stable").iterrows():
        for district in parse_district_ids(str(row["districts"])):
            found[district] = row["ground_status"]
    return found


def _fill(risk: Any, ground: dict[str, str]) -> str:
    if risk.risk_class in CLASS_NAMES:
        return str(risk.risk_class)
    if risk.incidents > 0:
        return NOT_COMPUTED
    return ground.get(str(risk.district_id), NO_INFORMATION)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Districts by their rank; `ranked_by` says by what."""

    ranked: tuple[District, ...]
    """With a class, the first rank first."""
    recorded: tuple[District, ...]
    """All with a record, the first rank first; those without a rate at the end."""
    unranked: tuple[District, ...]
    """Without a class, by name."""

    @property
    def most(self) -> float:
        """Highest upper limit, for a scale; 0 for none."""
        return max((row.headline.high or 0.0 for row in self.ranked), default=0.0)


def ranking_of(view: RiskView, translator: Translator) -> Ranking:
    """Rank the districts."""
    rows = sorted(districts_of(view, translator), key=_order)
    return Ranking(
        ranked=tuple(row for row in rows if row.known),
        recorded=tuple(row for row in rows if row.incidents > 0),
        unranked=tuple(sorted((r for r in rows if not r.known), key=lambda row: row.name)),
    )


def _order(row: District) -> tuple[bool, float, str]:
    return not row.known, row.rank.value or float("inf"), row.name


@dataclass(frozen=True, slots=True)
class DistrictRecord:
    """One district in full."""

    district: District
    count: int
    """How many incidents count for it, in full or in part."""
    incidents: tuple[IncidentRow, ...]
    """The latest of them."""
    trend: Trend | None
    """None where there is no period."""
    sums: str
    """The arithmetic of its rate, to do again by hand, or how high it could be without a record;
    empty where decay or a missing exposure leaves nothing to do."""


def record_of(
    view: RiskView, translator: Translator, district_id: str, most: int
) -> DistrictRecord:
    """Give a district with its incidents.

    Raises
    ------
    NotFound
        This edition has no such district.
    """
    position = position_of(view.snapshot, district_id)
    district, weights = districts_of(view, translator)[position], view.weights(position)
    chosen = np.flatnonzero(weights > 0)
    # The latest first, equals by id: the view's frame is in the order of the first days.
    days = view.incidents["date_start"].to_numpy()[chosen]
    ids = view.incidents["incident_id"].to_numpy()[chosen].astype(str)
    latest = chosen[np.lexsort((ids, -days.astype("int64")))[:most]]
    return DistrictRecord(
        district,
        len(chosen),
        incident_rows(view.snapshot, view.incidents.iloc[latest], translator, weights[latest]),
        trend_of(view, translator, weights),
        sums_of(view, translator, district),
    )


def sums_of(view: RiskView, translator: Translator, district: District) -> str:
    """Write out the rate of a district, or how high it could be without a record."""
    texts, parameters = texts_of(translator.lang), view.parameters
    unit = texts[f"unit.{parameters.weight}.{parameters.exposure}"]
    if district.incidents <= 0:
        if district.rate.high is None:
            return ""
        high = texts["could-be-up-to"].replace("{high}", translator.number(district.rate.high))
        return high.replace("{unit}", unit)
    area = parameters.exposure == "area"
    base = district.area_km2 if area else district.population
    if parameters.half_life_days is not None or not base:
        return ""
    size = (
        f"{translator.number(base, 0)} {kilometre(translator)}²"
        if area
        else translator.number(base, 0)
    )
    time = f"{translator.number(district.years, 2)} {texts['years']}"
    times = translator.number(100 if area else 100_000)
    rate = translator.number(district.rate.value)
    return f"{translator.number(district.total)} ÷ ({size} × {time}) × {times} = {rate} {unit}"


def kilometre(translator: Translator) -> str:
    """Give the language's sign of the kilometre."""
    # A plural: in Azerbaijani the CLDR spells the unit out after 1.
    text = units.format_unit(5, "length-kilometer", "short", locale=translator.locale)
    return str(text).split()[-1]


MODELS = {
    "uniform": N_("the same rate everywhere"),
    "last_period": N_("the last period once more"),
    "all_time": N_("all past counts"),
    "eb": N_("smoothed rate (the headline)"),
    "eb_decay": N_("smoothed rate with a half-life of a year"),
    "spatial": N_("rate smoothed towards the neighbours"),
    "kde": N_("kernel surface"),
    "kde_decay": N_("kernel surface with a half-life of a year"),
    "nearest_event": N_("distance to the nearest past incident"),
    "dynamic": N_("each district’s own outlook, weighed on the past"),
    "mixture": N_("the forecast layer: kernels in space and time, weighed on the past"),
}
"""Model of the backtest → words."""
WHY = {
    "best": N_(
        "Ranked by: {rule}. It foresaw later incidents best on this register, by {gain} an "
        "incident (95 %: {range}) over the smoothed rate."
    ),
    "about_as_well": N_(
        "Ranked by: {rule}. Best at foreseeing later incidents was: {model}, by {gain} an incident "
        "(95 %: {range}), which is no clear difference."
    ),
    "headline": N_("Ranked by: {rule}. Nothing foresaw later incidents better on this register."),
    "cannot_tell": N_(
        "Ranked by: {rule}. How well that foresees later incidents cannot be told yet: read it as "
        "a description of what was reported."
    ),
    "asked": N_("Ranked by: {rule}, as asked for. It describes what was reported."),
}
"""Why of a ruling → words."""
RATES = {"smoothed": N_("the smoothed rate"), "rate": N_("the crude rate")}


def model_name(translator: Translator, key: str) -> str:
    """Give the words for a model of the backtest."""
    return translator.gettext(MODELS.get(key, key))


def ranked_by(view: RiskView, translator: Translator) -> str:
    """Say by what the districts of a view are ranked, how much better it is, and how sure."""
    ruling = view.risk.attrs["risk"]["ranking"]
    headline = RATES[view.headline]
    rate = translator.gettext(headline)
    words = {
        "rule": rate if ruling["rule"] == "rate" else model_name(translator, ruling["rule"]),
        "model": model_name(translator, ruling["model"]) if ruling["model"] else "",
        "gain": translator.number(ruling["gain"], 2),
        "range": translator.interval(ruling["low"], ruling["high"], 2),
    }
    why = WHY[ruling["why"]]
    found = translator.gettext(why)
    for name, value in words.items():
        found = found.replace(f"{{{name}}}", value)
    return found


@dataclass(frozen=True, slots=True)
class Upper:
    """A unit above the districts, ranked by its own crude rate."""

    name: str
    rank: float | None
    """1 = highest; null without a record or an exposure."""
    incidents: float
    rate: float | None
    low: float | None
    high: float | None
    """Crude rate with Garwood's 95 % limits, in the unit of the table."""


def levels_of(view: RiskView) -> dict[str, Upper]:
    """Rank the units above the districts, so that both levels can be read side by side.

    Other borders give other ranks (the modifiable areal unit problem): a district that leads
    may lie in a unit that does not.

    By the district's id; empty where the boundaries name no units above, or one only.
    """
    frame, risk = view.districts, view.risk
    key = frame["admin1_code"].fillna(frame["admin1_name"]).astype("object")
    names = frame["admin1_name"].fillna(frame["admin1_code"]).astype("object")
    known = key.notna().to_numpy()
    if view.window is None or len(set(key[known])) < 2 or len(set(key[known])) == known.sum():
        return {}
    column = "area_km2" if view.parameters.exposure == "area" else "population"
    per = 100.0 if column == "area_km2" else 100_000.0
    numbers = pd.DataFrame(
        {
            "key": key,
            "name": names,
            "incidents": risk["incidents"].to_numpy(float),
            "exposure": risk[column].to_numpy(dtype="float64", na_value=np.nan),
        }
    )[known]
    whole = numbers.groupby("key", sort=True).agg(
        name=("name", "first"),
        incidents=("incidents", "sum"),
        # a unit of which a part has no exposure has none
        exposure=("exposure", lambda part: part.sum(skipna=False)),
    )
    held = whole["incidents"].to_numpy(float)
    exposed = whole["exposure"].to_numpy(float) / per * view.window.years
    good = (held > 0) & (exposed > 0)
    low, high = rates.poisson_interval(held, np.where(exposed > 0, exposed, np.nan))
    rate = np.where(good, held / np.where(exposed > 0, exposed, np.nan), np.nan)
    rank = np.full(len(whole), np.nan)
    rank[good] = competition_rank(rate[good])

    def number(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    uppers = {
        one: Upper(str(name), *(number(x) for x in (a, b, c, d, e)))  # type: ignore[arg-type]
        for one, name, a, b, c, d, e in zip(
            whole.index, whole["name"], rank, held, rate, low, high, strict=True
        )
    }
    return {str(name): uppers[one] for name, one in key[known].items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend."""

    symbol: str
    """A fill, or ``badge``, ``fatal``, ``point``."""
    text: str
    """What it means."""
    limit: str = ""
    """Range of a class; empty for the others."""


@dataclass(frozen=True, slots=True)
class Legend:
    """Title with the unit, classes from the highest, grounds, and marks."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""
    """What set the limits between the classes; empty where they are the fixed ones."""


def legend_of(view: RiskView, translator: Translator, shown: Shown) -> Legend:
    """Give what explains a map: each class, "no information" always, what else is used."""
    texts = texts_of(translator.lang)
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    found = [*classes_of(view, translator), *_grounds(view, translator)]
    if district_counts(view, shown).any():
        found.append(Entry("badge", texts["legend-sums" if shown == "sums" else "legend-square"]))
    if shown == "points":
        found.append(Entry("fatal", texts["legend-fatal"]))
        found.append(Entry("point", texts["legend-point"]))
    title = f"{texts['legend-title']} {unit}"
    return Legend(title, tuple(found), limits_note(view.parameters, translator))


def limits_note(parameters: RiskParameters, translator: Translator) -> str:
    """Say what set the limits of the classes; empty where they are the fixed ones."""
    if parameters.classes == "fixed":
        return ""
    words = class_words(parameters.classes, parameters.exposure, translator)
    return f"{texts_of(translator.lang)['class-limits']}: {words}"


def class_words(classes: str, exposure: str, translator: Translator) -> str:
    """Give the words for a way to set limits; equal areas are people where those divide."""
    return texts_of(translator.lang)[f"classes.{exposure if classes == 'area' else classes}"]


def classes_of(view: RiskView, translator: Translator) -> list[Entry]:
    """Give the classes from the highest with their limits."""
    texts, limits = texts_of(translator.lang), [translator.number(limit) for limit in view.limits]
    middle = [f"{low} – < {high}" for low, high in pairwise(limits)]
    ranges = [f"< {limits[0]}", *middle, f"≥ {limits[-1]}"]
    named = zip(CLASS_NAMES[: len(ranges)], ranges, strict=True)
    return [Entry(name, texts[f"risk_class.{name}"], limit) for name, limit in named][::-1]


def _grounds(view: RiskView, translator: Translator) -> list[Entry]:
    texts, used = texts_of(translator.lang), {row.fill for row in districts_of(view, translator)}
    statuses = [NO_INFORMATION, *(s for s in reversed(SPOKEN) if s in used)]
    found = [Entry(status, texts[f"ground_status.{status}"]) for status in statuses]
    if NOT_COMPUTED in used:
        found.append(Entry(NOT_COMPUTED, texts["not-computed"]))
    return found


def district_counts(view: RiskView, shown: Shown) -> np.ndarray:
    """Count by district, in weights, what a map tells in numbers.

    Parameters
    ----------
    shown
        Of the map: with ``sums`` all incidents are counted, else those without a point.
    """
    if shown == "sums":
        return view.risk["incidents"].to_numpy(dtype=float)

    def make() -> np.ndarray:
        shares = np.where(view.incidents.geometry.isna(), view.shares, 0.0)
        return np.asarray(view.incident_places.sums(shares), float)

    found: np.ndarray = view.snapshot.cached((*view.key, "counts"), make)
    return found


SHOWN: tuple[Shown, ...] = ("none", "points", "sums")


def picture_of(view: RiskView, translator: Translator) -> Picture:
    """Give what the drawing of a view shows, made once for a snapshot and language."""
    key = (*view.key, "picture", translator.lang)
    found: Picture = view.snapshot.cached(key, lambda: _picture(view, translator))
    return found


def _picture(view: RiskView, translator: Translator) -> Picture:
    districts, texts = districts_of(view, translator), texts_of(translator.lang)
    known = view.incidents.geometry.notna().to_numpy()
    lonlat = shapely.get_coordinates(view.incidents.geometry.array[known]).reshape(-1, 2)
    rates = view.risk[view.headline].to_numpy(dtype="float64", na_value=np.nan)
    directions = {key: texts[key] for key in ("north", "south", "east", "west")}
    return Picture(
        fills=[colour_of(row.fill) for row in districts],
        names=[row.name for row in districts],
        recorded=np.array([row.incidents > 0 for row in districts], dtype=bool),
        rates=rates,
        counts={shown: _written(district_counts(view, shown), translator) for shown in SHOWN},
        lonlat=lonlat,
        # "5+" killed has no best number, and is deadly all the same.
        fatal=view.incidents["killed"]
        .fillna(view.incidents["killed_low"])
        .fillna(0)
        .to_numpy()[known]
        > 0,
        incidents=len(view.incidents),
        words=Words(translator.number, kilometre(translator), **directions),
    )


def colour_of(fill: str) -> str:
    """Give the colour of a class; the name of a pattern stays."""
    return CLASS_COLOURS[CLASS_NAMES.index(fill)] if fill in CLASS_NAMES else fill


def _written(counts: Any, translator: Translator) -> list[str]:
    return [translator.number(round(float(n), 2)) if n > 0 else "" for n in counts]
