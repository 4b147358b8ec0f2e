"""What each layer looks like: rules, symbols and words, as the map has them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from geodata.errors import NotFound
from geodata.register import Snapshot
from geodata.risk import RiskParameters, clusters_of, foreseen
from geodata.risk.districts import CLASSES, NO_INFORMATION
from geodata.risk.of_snapshot import risk_view
from service.collections import COLLECTIONS
from service.content.districts import NOT_COMPUTED, Entry, classes_of, limits_note
from service.content.forecast import forecast_classes, forecast_legend
from service.content.texts import texts_of
from service.drawing import palette
from service.i18n import N_, Translator, translator_of

Operator = Literal["=", ">", "<", ">=", "<=", "null"]

DESCRIPTION = N_(
    "Hatched districts have no record: no record is not the same as safe. Boundaries and names "
    "shown imply no opinion on the status of any territory."
)
_PRIORITIES = N_("Order of clearance or risk education, by rank")
_NAMED = ("districts", "places", "priorities", "risk")
"""Layers whose names stand on the map: of a cluster it is a list, of a cell its district's."""
_PLACES, _GROUND = N_("Settlements and their names"), N_("Ground and operations")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a property; ``null`` compares with nothing."""

    column: str
    operator: Operator
    value: str | float | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a feature is drawn."""

    kind: Literal["fill", "point", "line"]
    """``fill`` for areas, ``point`` for points, ``line`` for lines."""
    colour: str | None = None
    """Of the area or point; with a pattern, of its ground. None = nothing is filled."""
    outline: str = palette.BORDER
    """Colour of the edge."""
    width: float = 0.6
    """Of the edge, in points of 1/72 inch."""
    size: float = 7.0
    """Of a point, in points."""
    pattern: str = ""
    """Name of a pattern of `service.drawing.palette`."""
    dashed: bool = False
    """Whether the edge is."""
    opacity: float = 1.0
    """Of the filling, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which features are drawn so, and what the legend says of them."""

    name: str
    title: str
    where: tuple[Condition, ...]
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Style:
    """The look of one layer; of its rules no two hold for one feature."""

    id: str
    """Of the style and of its layer alike."""
    title: str
    """With the unit, in the language asked for."""
    description: str
    geometry: str
    rules: tuple[Rule, ...]
    query: str = ""
    """Parameters of the layer that it was made for."""
    label: str = ""
    """Property written beside each feature; empty for none."""

    def patterns(self) -> tuple[str, ...]:
        """Name the patterns that it uses."""
        used = {rule.symbol.pattern for rule in self.rules} - {""}
        return tuple(name for name in palette.PATTERNS if name in used)


def style_of(
    snapshot: Snapshot,
    collection_id: str,
    parameters: RiskParameters,
    *,
    lang: str = "en",
    query: str = "",
) -> Style:
    """Give the style of a layer.

    With the classes, colours and patterns of the map.

    Parameters
    ----------
    parameters
        Of a layer that is computed: they fix unit and limits.
    query
        The same parameters as they were asked for, to go on to what the style draws.

    Raises
    ------
    NotFound
        The layer has no style; the message lists those that have one.
    """
    make = _STYLES.get(collection_id)
    if make is None:
        raise NotFound(f"There is no style {collection_id[:60]!r}; there are {', '.join(STYLED)}.")
    translator, one = translator_of(lang), COLLECTIONS[collection_id]
    title, rules = make(snapshot, parameters, translator)
    label = "name" if collection_id in _NAMED else ""
    return Style(
        id=collection_id,
        title=title,
        description=translator.gettext(DESCRIPTION),
        geometry=one.schema.geometry or "",
        rules=tuple(rules),
        query=query,
        label=label,
    )


Made = tuple[str, list[Rule]]


def _districts(_snapshot: Snapshot, _parameters: RiskParameters, translator: Translator) -> Made:
    title = texts_of(translator.lang)["district"]
    return title, [Rule("district", title, (), Symbol("fill", palette.LAND))]


def _risk(snapshot: Snapshot, parameters: RiskParameters, translator: Translator) -> Made:
    texts = texts_of(translator.lang)
    title = _title("legend-title", parameters, translator)
    rules = _classes(snapshot, parameters, translator, "risk_class")
    unknown = Condition("risk_class", "=", NO_INFORMATION)
    rules += [
        Rule(
            NOT_COMPUTED,
            texts["not-computed"],
            (unknown, Condition("incidents", ">", 0)),
            Symbol("fill", pattern=NOT_COMPUTED),
        ),
        _no_information(translator, unknown, Condition("incidents", "<=", 0)),
    ]
    return title, rules


def _surface(snapshot: Snapshot, parameters: RiskParameters, translator: Translator) -> Made:
    # a surface is of an area, whatever the districts are divided by
    parameters = replace(parameters, exposure="area")
    title = _title("legend-surface", parameters, translator)
    rules = _classes(snapshot, parameters, translator, "band")
    return title, [*rules, _no_information(translator, Condition("band", "=", NO_INFORMATION))]


def _no_information(translator: Translator, *where: Condition) -> Rule:
    """Hatch what nothing is known of: a pattern of its own, never a class's colour."""
    title = texts_of(translator.lang)[f"ground_status.{NO_INFORMATION}"]
    return Rule(NO_INFORMATION, title, where, Symbol("fill", pattern=NO_INFORMATION))


def _titled(entry: Entry) -> str:
    return f"{entry.text} ({entry.limit})" if entry.limit else entry.text


def _classes(
    snapshot: Snapshot, parameters: RiskParameters, translator: Translator, column: str
) -> list[Rule]:
    """Give the classes from the highest, with the limits that the map states."""
    entries = {e.symbol: e for e in classes_of(risk_view(snapshot, parameters), translator)}
    coloured = reversed(tuple(zip(CLASSES, palette.CLASS_COLOURS, strict=True)))
    return [
        Rule(
            name,
            _titled(entries[name]),
            (Condition(column, "=", name),),
            Symbol("fill", colour),
        )
        for name, colour in coloured
        if name in entries
    ]


def _forecast(snapshot: Snapshot, parameters: RiskParameters, translator: Translator) -> Made:
    """Classes by share of the area, of the layer's own cells or districts."""
    column, found = "expected", foreseen(snapshot, parameters)
    unknown = _no_information(translator, Condition(column, "null"))
    if found is None:
        return texts_of(translator.lang)["layer.forecast"], [unknown]
    classes = forecast_classes(found, snapshot.districts, parameters)
    legend = forecast_legend(classes, translator)
    limits = [None, *classes.limits[::-1], None]
    rules: list[Rule] = []
    for entry, (high, low) in zip(legend.entries, pairwise(limits), strict=True):
        least = Condition(column, ">=", 0.0 if low is None else low)
        most = () if high is None else (Condition(column, "<", high),)
        name = f"class_{len(legend.entries) - len(rules) - 1}"
        # Cells touch one another by the hundred: a dark edge would be all there is to see.
        symbol = Symbol("fill", entry.symbol, outline="#b9b2a8", width=0.25)
        rules.append(Rule(name, _titled(entry), (least, *most), symbol))
    return legend.title, [*rules, unknown]


def _priorities(_snapshot: Snapshot, _parameters: RiskParameters, translator: Translator) -> Made:
    """Ranks in four steps; a district without one is hatched, as on the map of risk."""
    steps = ((1, 5), (6, 10), (11, 20), (21, None))
    rules = []
    for (first, last), colour in zip(steps, palette.CLASS_COLOURS[:0:-1], strict=True):
        least = Condition("rank", ">=", first)
        most = () if last is None else (Condition("rank", "<", last + 1),)
        title = f"≥ {first}" if last is None else f"{first}–{last}"
        rules.append(Rule(f"from_{first}", title, (least, *most), Symbol("fill", colour)))
    return translator.gettext(_PRIORITIES), [
        *rules,
        _no_information(translator, Condition("rank", "null")),
    ]


def _clusters(snapshot: Snapshot, parameters: RiskParameters, translator: Translator) -> Made:
    """Edges of each kind; where nothing could be tested its line says so: none is drawn then."""
    texts, frame = texts_of(translator.lang), clusters_of(snapshot, parameters)
    untested = set(frame.loc[frame["status"] != "ok", "cluster"])
    symbols = {
        "hot": Symbol("fill", outline=palette.HOT, width=3.0),
        "cold": Symbol("fill", outline=palette.COLD, width=3.0, dashed=True),
        "emerging": Symbol("fill", palette.HOT, palette.HOT, 3.0, dashed=True, opacity=0.2),
    }
    rules = []
    for kind, symbol in symbols.items():
        doubt = f" ({texts['hotspot.not_enough_data']})" if kind in untested else ""
        where = (Condition("cluster", "=", kind),)
        rules.append(Rule(kind, f"{texts[f'cluster.{kind}']}{doubt}", where, symbol))
    return texts["layer.hotspots"], rules


def _incidents(_snapshot: Snapshot, _parameters: RiskParameters, translator: Translator) -> Made:
    texts = texts_of(translator.lang)
    fatal = Symbol("point", palette.ALARM, outline="#ffffff", width=1.0, size=8.0)
    other = Symbol("point", palette.BADGE, outline="#ffffff", width=1.0)
    return texts["layer.incidents"], [
        Rule("fatal", texts["legend-fatal"], (Condition("killed", ">", 0),), fatal),
        Rule("point", texts["legend-point"], (Condition("killed", "<=", 0),), other),
        Rule("point_unknown", texts["legend-point"], (Condition("killed", "null"),), other),
    ]


def _places(_snapshot: Snapshot, _parameters: RiskParameters, translator: Translator) -> Made:
    title = translator.gettext(_PLACES)
    return title, [Rule("place", title, (), Symbol("point", "#ffffff", palette.INK, size=3.5))]


def _operations(_snapshot: Snapshot, _parameters: RiskParameters, translator: Translator) -> Made:
    texts, ground = texts_of(translator.lang), "ground_status"
    confirmed, suspected = (
        Symbol("fill", palette.HAZARD[name], palette.HAZARD_EDGE, 1.5, opacity=0.5)
        for name in ("cha", "sha")
    )
    kinds = [("cha", confirmed), ("sha", suspected)]
    rules = [
        Rule(name, texts[f"area.{name}"], (Condition("hazardous_area", "=", name),), symbol)
        for name, symbol in kinds
    ]
    neither = Condition("hazardous_area", "null")
    for status in ("surveyed_no_evidence", "cleared", NO_INFORMATION):
        symbol = Symbol("fill", pattern=status)
        where = (neither, Condition(ground, "=", status))
        rules.append(Rule(status, texts[f"area.{status}"], where, symbol))
    recorded = (neither, Condition(ground, "=", "recorded"))
    rules.append(Rule("recorded", texts["area.recorded"], recorded, confirmed))
    other = Symbol("fill", None, outline=palette.WARM, width=1.2, dashed=True)
    rest = (neither, Condition(ground, "null"))
    rules.append(Rule("operation", texts["layer.operations"], rest, other))
    return translator.gettext(_GROUND), rules


def _title(of: str, parameters: RiskParameters, translator: Translator) -> str:
    texts = texts_of(translator.lang)
    unit = texts[f"unit.{parameters.weight}.{parameters.exposure}"]
    return " · ".join(filter(None, (f"{texts[of]} {unit}", limits_note(parameters, translator))))


_STYLES: dict[str, Callable[[Snapshot, RiskParameters, Translator], Made]] = {
    "incidents": _incidents,
    "places": _places,
    "operations": _operations,
    "clusters": _clusters,
    "risk": _risk,
    "forecast": _forecast,
    "priorities": _priorities,
    "risk-surface": _surface,
    "districts": _districts,
}
STYLED = tuple(_STYLES)
"""Layers that have a style, as a project lists them: the first is drawn on top."""
