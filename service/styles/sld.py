"""Styles as Styled Layer Descriptors, for GeoServer, MapServer, QGIS and their like.

SLD 1.0.0 (OGC 02-070) has all elements in one namespace; SLD 1.1.0 (OGC 05-078r4) takes the
symbols from Symbology Encoding (OGC 05-077r4), with ``SvgParameter`` for ``CssParameter``.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from service.drawing import palette
from service.styles.style import Condition, Rule, Style, Symbol

SLD = "http://www.opengis.net/sld"
SE = "http://www.opengis.net/se"
OGC = "http://www.opengis.net/ogc"
_COMPARED = {
    "=": "PropertyIsEqualTo",
    ">": "PropertyIsGreaterThan",
    "<": "PropertyIsLessThan",
    ">=": "PropertyIsGreaterThanOrEqualTo",
    "<=": "PropertyIsLessThanOrEqualTo",
}
_HATCHES = {
    "no_information": ("shape://slash", "horline"),
    "surveyed_no_evidence": ("circle", "circle"),
    "cleared": ("shape://plus", "cross"),
    "not_computed": ("shape://times", "x"),
}
"""Marks that stand for a pattern: of 1.0, where GeoServer and MapServer read the names that
GeoServer made, and of 1.1, where QGIS reads its own, of which the first has to be turned."""
_PIXELS = 96 / 72
"""Pixels of 0.28 mm in a point, as good as."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """Makes elements of one version."""

    version: str

    @property
    def newer(self) -> bool:
        return self.version == "1.1.0"

    def add(self, parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
        """Add an element of the symbols."""
        found = ET.SubElement(parent, f"{{{SE if self.newer else SLD}}}{name}")
        found.text = text
        return found

    def parameter(self, parent: ET.Element, name: str, value: str) -> None:
        """Add one parameter of a fill or stroke."""
        word = "SvgParameter" if self.newer else "CssParameter"
        self.add(parent, word, value).set("name", name)


def sld(style: Style, version: str = "1.0.0") -> bytes:
    """Write a style.

    The document; patterns as marks that all readers know.

    Parameters
    ----------
    version
        ``1.0.0`` or ``1.1.0``.
    """
    write = _Writer(version)
    for prefix, uri in (("", SLD), ("ogc", OGC), ("se", SE)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{SLD}}}StyledLayerDescriptor", version=version)
    layer = ET.SubElement(root, f"{{{SLD}}}NamedLayer")
    write.add(layer, "Name", style.id)
    own = ET.SubElement(layer, f"{{{SLD}}}UserStyle")
    write.add(own, "Name", style.id)
    _described(write, own, style.title, style.description)
    kind = write.add(own, "FeatureTypeStyle")
    for rule in style.rules:
        _rule(write, kind, rule)
    if style.label:
        _labels(write, write.add(kind, "Rule"), style)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8")


def _described(write: _Writer, parent: ET.Element, title: str, abstract: str = "") -> None:
    held = write.add(parent, "Description") if write.newer else parent
    write.add(held, "Title", title)
    if abstract:
        write.add(held, "Abstract", abstract)


def _rule(write: _Writer, parent: ET.Element, rule: Rule) -> None:
    held = write.add(parent, "Rule")
    write.add(held, "Name", rule.name)
    _described(write, held, rule.title)
    if rule.where:
        where = ET.SubElement(held, f"{{{OGC}}}Filter")
        if len(rule.where) > 1:
            where = ET.SubElement(where, f"{{{OGC}}}And")
        for condition in rule.where:
            _compare(where, condition)
    if rule.symbol.kind == "point":
        _point(write, held, rule.symbol)
    else:
        _area(write, held, rule.symbol)


def _compare(parent: ET.Element, condition: Condition) -> None:
    name = "PropertyIsNull" if condition.operator == "null" else _COMPARED[condition.operator]
    held = ET.SubElement(parent, f"{{{OGC}}}{name}")
    ET.SubElement(held, f"{{{OGC}}}PropertyName").text = condition.column
    if condition.value is not None:
        value = condition.value
        text = value if isinstance(value, str) else f"{value:g}"
        ET.SubElement(held, f"{{{OGC}}}Literal").text = text


def _area(write: _Writer, parent: ET.Element, symbol: Symbol) -> None:
    ground = palette.PATTERNS[symbol.pattern].paper if symbol.pattern else symbol.colour
    if ground is not None:
        _fill(write, write.add(parent, "PolygonSymbolizer"), ground, symbol.opacity)
    if symbol.pattern:
        _hatch(write, write.add(parent, "PolygonSymbolizer"), symbol.pattern)
    _stroke(write, write.add(parent, "PolygonSymbolizer"), symbol)


def _fill(write: _Writer, parent: ET.Element, colour: str, opacity: float = 1.0) -> None:
    fill = write.add(parent, "Fill")
    write.parameter(fill, "fill", colour)
    if opacity < 1:
        write.parameter(fill, "fill-opacity", f"{opacity:g}")


def _stroke(write: _Writer, parent: ET.Element, symbol: Symbol) -> None:
    stroke = write.add(parent, "Stroke")
    write.parameter(stroke, "stroke", symbol.outline)
    write.parameter(stroke, "stroke-width", f"{symbol.width * _PIXELS:.2f}")
    if symbol.dashed:
        # Longer than wide, and cut off straight: else a thick line's dashes grow together.
        wide = symbol.width * _PIXELS
        write.parameter(stroke, "stroke-dasharray", f"{4 * wide:.1f} {2.5 * wide:.1f}")
        write.parameter(stroke, "stroke-linecap", "butt")


def _hatch(write: _Writer, parent: ET.Element, name: str) -> None:
    pattern, mark = palette.PATTERNS[name], _HATCHES[name][write.newer]
    graphic = write.add(write.add(write.add(parent, "Fill"), "GraphicFill"), "Graphic")
    drawn = write.add(graphic, "Mark")
    write.add(drawn, "WellKnownName", mark)
    if mark == "circle":
        _fill(write, drawn, pattern.ink)
    else:
        stroke = write.add(drawn, "Stroke")
        write.parameter(stroke, "stroke", pattern.ink)
        # QGIS takes the pixels of a hatching for millimetres: less is closer in both.
        write.parameter(stroke, "stroke-width", "0.4" if write.newer else "0.8")
    size = pattern.size * _PIXELS * (0.4 if mark == "circle" else 1.0)
    write.add(graphic, "Size", f"{size:.1f}")
    if mark == "horline":
        write.add(graphic, "Rotation", "45")


def _point(write: _Writer, parent: ET.Element, symbol: Symbol) -> None:
    graphic = write.add(write.add(parent, "PointSymbolizer"), "Graphic")
    mark = write.add(graphic, "Mark")
    write.add(mark, "WellKnownName", "circle")
    _fill(write, mark, symbol.colour or "#ffffff", symbol.opacity)
    _stroke(write, mark, symbol)
    write.add(graphic, "Size", f"{symbol.size * _PIXELS:.1f}")


def _labels(write: _Writer, parent: ET.Element, style: Style) -> None:
    held = write.add(parent, "TextSymbolizer")
    label = write.add(held, "Label")
    ET.SubElement(label, f"{{{OGC}}}PropertyName").text = style.label
    font = write.add(held, "Font")
    write.parameter(font, "font-family", "Noto Sans")
    write.parameter(font, "font-size", "11")
    halo = write.add(held, "Halo")
    write.add(halo, "Radius", "1")
    _fill(write, halo, "#ffffff")
    _fill(write, held, palette.INK)
