"""Every text of the map, by the key that the page's scripts ask for."""

from functools import lru_cache

from geodata.deferred import numbers
from service.handouts import NOTICE
from service.i18n import CODES, N_, languages, translator_of

CODE_LISTS = (
    "record_status",
    "accident_type",
    "device",
    "activity",
    "group",
    "outcome",
    "qualifier",
    "kind",
    "status",
    "ground_status",
    "risk_class",
    "hotspot",
    "date_precision",
    "where_precision",
)

TEXTS: dict[str, str] = {
    "title": N_("Landmine and UXO incidents: risk by district"),
    "not-for-distribution": NOTICE,
    "map": N_("Map"),
    "menu": N_("Search, layers and filters"),
    "language": N_("Language"),
    "key-figures": N_("Key figures"),
    "show-table": N_("Show as tables"),
    "close": N_("Close"),
    "legend": N_("Legend"),
    "legend-title": N_("Rate:"),
    "legend-surface": N_("Risk surface:"),
    "surface-below": N_("less, or no information"),
    "legend-forecast": N_("Forecast:"),
    "forecast-unit.cell.incidents": N_("incidents expected per cell of {side} km in {days} days"),
    "forecast-unit.cell.casualties": N_(
        "people killed or injured expected per cell of {side} km in {days} days"
    ),
    "forecast-unit.cell.killed": N_("people killed expected per cell of {side} km in {days} days"),
    "forecast-unit.district.incidents": N_("incidents expected per district in {days} days"),
    "forecast-unit.district.casualties": N_(
        "people killed or injured expected per district in {days} days"
    ),
    "forecast-unit.district.killed": N_("people killed expected per district in {days} days"),
    "forecast-days": N_("Days foreseen: {period}"),
    "forecast-area": N_("{share} of the area"),
    "forecast-total": N_("Whole area: {total} expected (90 % range {range})."),
    "forecast-holds": N_("The {share} of the area with most hold {part} of what is expected."),
    "forecast-short": N_(
        "Short history: how widely such counts spread is assumed, not learnt. Take the ranges as "
        "rough."
    ),
    "forecast-leap": N_(
        "The latest counts of {leapt} of {districts} districts leapt, and nobody knows whether "
        "that lasts: the middle of both is expected there. Take these numbers as rough."
    ),
    "forecast-leapt": N_("counts leapt of late: rough"),
    "forecast-reports": N_(
        "Learnt from past reports: where few report, little is expected. Nowhere is nothing "
        "expected."
    ),
    "forecast-title": N_("Landmine and UXO incidents to expect"),
    "forecast-learnt": N_("learnt from {period}"),
    "forecast-expected": N_("Expected"),
    "forecast-recorded": N_("Recorded incidents"),
    "forecast-top": N_("of it in {share} of the area"),
    "forecast-most": N_("Districts by what is expected"),
    "forecast-assumed": N_("spread assumed, short history"),
    "forecast-reading": N_(
        "Past incidents, near and recent ones most, say where the next are to be expected; how "
        "much near and recent count is learnt from how well it would have foreseen the past. The "
        "range holds nine of ten counts to come. It is no map of mines and replaces no survey."
    ),
    "forecast-here": N_("Expected, {period}"),
    "forecast-cell": N_("In this cell of {side} km"),
    "interval90": N_("90 % range"),
    "ranking-trust": N_("How well the ranking foresees"),
    "forecast-trust": N_("How well such a forecast foresees"),
    "legend-square": N_("Incidents known only by district: a count, not a place"),
    "legend-sums": N_("Incidents counted with their district: too many to draw each one"),
    "legend-cluster": N_("Incidents at known places, grouped"),
    "legend-point": N_("Incident at a known place, nobody killed or not stated"),
    "legend-fatal": N_("Incident at a known place, people killed"),
    "legend-vague": N_("Dotted: only near the place"),
    "legend-harm": N_("Killed (black) and injured (white)"),
    "incidents": N_("incidents"),
    "killed": N_("killed"),
    "injured": N_("injured"),
    "unplaced": N_("in no known district"),
    "districts-with-record": N_("of {n} districts with a record"),
    "district": N_("District"),
    "class": N_("Class"),
    "rate": N_("Rate"),
    "smoothed": N_("Smoothed rate"),
    "interval95": N_("95 % interval"),
    "could-be-up-to": N_("No record; the true rate could be up to {high} {unit}"),
    "confidence": N_("Confidence"),
    "confidence.high": N_("high: narrow interval"),
    "confidence.medium": N_("medium: some incidents"),
    "confidence.low": N_("low: few incidents, wide interval"),
    "confidence.none": N_("none: no incident on record"),
    "rank": N_("Rank"),
    "rank-between": N_("between {low} and {high} in 95 % of simulations"),
    "hotspots": N_("Cluster"),
    "ground": N_("Status of the ground"),
    "area": N_("Area"),
    "population": N_("Population"),
    "not-computed": N_("incidents on record, rate not computed"),
    "incidents-here": N_("Incidents counted here"),
    "how-computed": N_("How the rate is computed"),
    "explain-smoothed": N_(
        "The class is that of the smoothed rate, which draws districts with few incidents "
        "towards the average so that chance does not lead the list."
    ),
    "explain-crude": N_("The class is that of this crude rate, not smoothed."),
    "recorded-rate": N_(
        "Over the recorded span of {days} days alone it would be {rate}: a span that begins and "
        "ends with an incident flatters."
    ),
    "trend": N_("Incidents over time, by their first possible day"),
    "about-district": N_("More about the district"),
    "years": N_("years"),
    "sheet": N_("District sheet (PDF)"),
    "full-record": N_("Full record"),
    "date": N_("Date"),
    "place-as-reported": N_("Place as reported"),
    "place-precision": N_("How exact the place is"),
    "no-point": N_("no point is known, so none is drawn"),
    "district-only": N_("known only by district"),
    "ambiguous": N_("of these {n} may belong to another district"),
    "ambiguous-title": N_("Placing"),
    "ambiguous-long": N_("ambiguous: it counts in each of these districts with the share shown"),
    "device": N_("Device"),
    "accident_type": N_("Kind of accident"),
    "activity": N_("Activity"),
    "group": N_("Group of people"),
    "casualties-by-group": N_("Casualties by group"),
    "casualties-not-stated": N_("Casualties are not stated."),
    "sources": N_("Sources"),
    "not-stated": N_("not stated"),
    "description": N_("Description"),
    "record": N_("Record"),
    "status-word": N_("Review status"),
    "more-in-table": N_("and {n} more in the table"),
    "personnel": N_("People at work"),
    "area-planned": N_("Area planned"),
    "area-done": N_("Area done"),
    "since": N_("since {day}"),
    "period": N_("Period"),
    "period-estimated": N_("{period} (days of observation, estimated from the records)"),
    "period-by-source": N_("{period} ({years} years by when each source was kept)"),
    "data-as-of": N_("data as of"),
    "weight": N_("Counted"),
    "weight.incidents": N_("incidents"),
    "weight.casualties": N_("killed and injured"),
    "weight.killed": N_("killed"),
    "class-limits": N_("Class limits"),
    "classes.fixed": N_("fixed"),
    "classes.quantiles": N_("equal numbers of districts"),
    "classes.area": N_("equal areas"),
    "classes.population": N_("equal numbers of people"),
    "classes.incidents": N_("equal expected numbers"),
    "classes-of-data": N_(
        "Limits set by this map's own data: its colours do not compare with another map's."
    ),
    "smoothing": N_("Smoothing"),
    "smoothing.none": N_("none"),
    "smoothing.eb": N_("towards the country's average (empirical Bayes)"),
    "smoothing.spatial": N_("towards the neighbours' average (empirical Bayes)"),
    "half-life": N_("Older incidents count less: half after {days} days"),
    "where": N_("Only incidents with"),
    "unit.incidents.area": N_("incidents per 100 km² per year"),
    "unit.casualties.area": N_("casualties per 100 km² per year"),
    "unit.killed.area": N_("killed per 100 km² per year"),
    "unit.incidents.population": N_("incidents per 100,000 people per year"),
    "unit.casualties.population": N_("casualties per 100,000 people per year"),
    "unit.killed.population": N_("killed per 100,000 people per year"),
    "filtered-note": N_(
        "Filtered: counts and crude rate of the chosen incidents, not smoothed, no decay."
    ),
    "not-safe": N_("No record does not mean safe."),
    "disclaimer": N_(
        "Boundaries are approximate. Boundaries and names shown imply no opinion on the status of "
        "any territory."
    ),
    "about": N_("Methods, sources and limits"),
    "methods": N_("methods in full"),
    "methods-text": N_(
        "The rate is the number of incidents divided by area and time. Its 95 % interval is "
        "Poisson's: too narrow where blasts come in bursts. An incident whose place is ambiguous "
        "counts in parts. Incidents known only by district count for their district and are not "
        "drawn as points. Reports are incomplete: the map shows what was recorded, not all that "
        "happened."
    ),
    "sources-reports": N_("the register's reports, named with each incident."),
    "sources-boundaries": N_("Boundaries"),
    "sources-places": N_("Place names: GeoNames, CC BY 4.0."),
    "version": N_("Version of the data"),
    "aggregated": N_(
        "Too many incidents for one page: they are shown as sums by district. Choose a shorter "
        "period or a filter to see them one by one."
    ),
    "left-out": N_("Left out, since the page would be too large with it: {what}."),
    "not-here": N_("not in this page, which would be too large"),
    "search": N_("Search a district or place"),
    "search-hint": N_("any spelling"),
    "found": N_("{n} found"),
    "nothing-found": N_("Nothing found; try another spelling."),
    "layers": N_("Layers"),
    "only-unfiltered": N_("not while filtered"),
    "layer.risk": N_("Risk by district"),
    "layer.incidents": N_("Incidents"),
    "layer.hotspots": N_("Clusters: hot, cold, emerging now"),
    "cluster.hot": N_("hot spot: more than equal risk would have"),
    "cluster.cold": N_("cold spot: fewer than equal risk would have"),
    "cluster.emerging": N_("emerging now: more of late than foreseen"),
    "cluster-counts": N_("{observed} counted, {expected} expected"),
    "cluster-p": N_("p = {p} (by chance on so many maps without a cluster)"),
    "cluster-every": N_("chance alone would show as much once in {years} years"),
    "layer.surface": N_("Risk surface"),
    "layer.forecast": N_("Forecast"),
    "layer.operations": N_("Clearance and other operations"),
    "layer.published": N_("Published figures, not incidents"),
    "published-legend": N_(
        "What others published about a district, the latest first: no incidents, in no rate, never "
        "added up. Of the filters, only the period applies."
    ),
    "published-elsewhere": N_(
        "Not drawn, since of the whole country, a territory or districts not on this map: {n}"
    ),
    "published-more": N_("and {n} more"),
    "published-people": N_("all groups"),
    "issuer": N_("Issuer"),
    "issuer-not-stated": N_("issuer not stated"),
    "not-only-mines": N_("not known to be of mines only"),
    "layer.areas": N_("Hazardous and released areas"),
    "layer.places": N_("Settlements"),
    "layer.names": N_("District names"),
    "layer.graticule": N_("Grid of degrees"),
    "area.cha": N_("confirmed hazardous area"),
    "area.sha": N_("suspected hazardous area"),
    "area.worked": N_("orange dashes: work under way"),
    "area.recorded": N_("area with recorded hazard"),
    "area.surveyed_no_evidence": N_("area surveyed, no evidence found"),
    "area.cleared": N_("area cleared"),
    "area.no_information": N_("area without information"),
    "filters": N_("Filters"),
    "all": N_("all"),
    "from": N_("From"),
    "to": N_("To"),
    "reset": N_("Remove the filters"),
    "time": N_("Time"),
    "play": N_("Play"),
    "pause": N_("Pause"),
    "slider": N_("Month"),
    "mode": N_("What the slider shows"),
    "mode.upto": N_("up to the month"),
    "mode.year": N_("12 months to"),
    "mode.month": N_("the month"),
    "whole-period": N_("whole period"),
    "whole-country": N_("Whole area"),
    "print": N_("Print"),
    "copy-link": N_("Link to this view"),
    "copied": N_("Copied."),
    "overview": N_("Overview"),
    "offline": N_("Save for offline use"),
    "pdf": N_("PDF to print"),
    "png": N_("Picture"),
    "frame": N_("Frame for other pages"),
    "qr": N_("QR code of this view"),
    "table-districts": N_("Districts"),
    "table-incidents": N_("Incidents"),
    "previous": N_("Previous"),
    "next": N_("Next"),
    "page": N_("page {n} of {of}"),
    "as-of": N_("Data as of {day}"),
    "boundaries-edition": N_("Edition of the boundaries"),
    "rest-at": N_("and {n} more: {address}"),
    "rest-in-register": N_("and {n} more in the register"),
    "reading": N_("How to read this map"),
    "head-killed": N_("Killed"),
    "head-injured": N_("Injured"),
    "head-page": N_("Page"),
    "index": N_("Districts and their pages"),
    "none-on-record": N_("No incident is on record for this period and filter."),
    "north-arrow": N_("North is up"),
    "north": N_("N"),
    "south": N_("S"),
    "east": N_("E"),
    "west": N_("W"),
}
"""Key → English."""


COUNTED = {
    "incidents": ("incident", "incidents"),
    "killed": ("person killed", "people killed"),
    "injured": ("person injured", "people injured"),
}
"""What stands after a number: singular and plural."""

PLURALS = {"one": 1, "few": 2, "many": 5, "other": 2.5}
"""CLDR's plural categories that the languages use, each with a number that has it."""


def counted(lang: str, key: str, number: float | None) -> str:
    """Give the words after a number, in the language's plural form.

    Parameters
    ----------
    number
        The number; null (not stated) takes the plural.
    """
    return translator_of(lang).ngettext(*COUNTED[key], 5 if number is None else number)


@lru_cache(maxsize=16)
def texts_of(lang: str) -> dict[str, str]:
    """Give all texts of the map in one language, the words for codes included."""
    translated = translator_of(lang).gettext
    texts = {key: translated(text) for key, text in TEXTS.items()}
    for key in COUNTED:
        texts |= {f"n-{key}.{rule}": counted(lang, key, n) for rule, n in PLURALS.items()}
    for name in CODE_LISTS:
        texts |= {f"{name}.{code}": translated(words) for code, words in CODES[name].items()}
    return texts


@lru_cache(maxsize=16)
def formats_of(lang: str) -> dict[str, str | list[str]]:
    """Give what a page needs to write dates and numbers in a language, from the CLDR."""
    locale = translator_of(lang).locale
    months, alone = locale.months["format"], locale.months["stand-alone"]
    return {
        "decimal": numbers.get_decimal_symbol(locale),
        "group": numbers.get_group_symbol(locale),
        "months": [months["wide"][n] for n in range(1, 13)],
        "short": [months["abbreviated"][n] for n in range(1, 13)],
        "alone": [alone["wide"][n] for n in range(1, 13)],
        "long": locale.date_formats["long"].pattern,
        "medium": locale.date_formats["medium"].pattern,
        "month": "LLLL y",
        "dir": translator_of(lang).dir,
    }


def all_texts() -> dict[str, dict[str, str]]:
    """Give the texts of every language; the page switches without asking anyone."""
    return {lang: texts_of(lang) for lang in languages()}
