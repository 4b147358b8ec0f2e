"""Styles as QGIS has them: one layer's (.qml), layers to add (.qlr), a whole project (.qgz).

Everything is read by QGIS 3.16 and later. Rules in place of categories, since a district
with incidents but without a rate is told by two properties. Patterns are pictures inside the
style (base64), so that nothing lies beside the file.
"""

import base64
import io
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from service.drawing import palette
from service.drawing.canvas import tile_svg
from service.styles.style import Condition, Rule, Style, Symbol

QML, QLR, QGZ = ("application/x-qgis-layer-settings", "application/x-qgis-layer-definition",
                 "application/x-qgis-project")  # fmt: skip
VERSION = "3.22.16-Białowieża"
"""The oldest QGIS that the tests open these files with."""
_POINT_MM = 25.4 / 72
_GEOMETRY = {"Point": ("0", "Point"), "MultiPolygon": ("2", "MultiPolygon")}
_KEYS = uuid.UUID("7c2f9a3e-3f7b-4b9d-9a55-7f6f4d1d5b11")
"""Names what has to have a key of its own, so that the same style is the same bytes."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a project."""

    style: Style
    """Its look; its id is the layer's."""
    title: str
    """As the list of layers has it."""
    service: str
    """Address of the service, without a final slash."""
    shown: bool
    """Whether it is switched on at first."""
    extent: tuple[float, float, float, float] | None
    """West, south, east and north; None = nothing is there."""

    @property
    def key(self) -> str:
        """Its id in the project."""
        return f"{self.style.id.replace('-', '_')}_{_key(self.service, self.style.id)}"

    @property
    def source(self) -> str:
        """What QGIS's provider of OGC API layers opens."""
        address = f"{self.service}/{self.style.query}" if self.style.query else self.service
        return (
            " pagingEnabled='true' pageSize='10000' preferCoordinatesForWfsT11='false' "
            f"restrictToRequestBBOX='1' srsname='EPSG:4326' typename='{self.style.id}' "
            f"url='{address}' version='OGC_API_FEATURES'"
        )


def qml(style: Style) -> bytes:
    """Write the style of one layer, to be loaded onto any copy of it."""
    root = ET.Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Metadata")
    _look(root, style)
    return _document(root)


def qlr(layers: Sequence[Layer]) -> bytes:
    """Write layers to be dropped into a project that is open."""
    root = ET.Element("qlr")
    _tree(root, layers)
    held = ET.SubElement(root, "maplayers")
    for layer in layers:
        _map_layer(held, layer)
    return _document(root, "")


def qgz(layers: Sequence[Layer], title: str, abstract: str) -> bytes:
    """Write a project with all layers, the map's extent and where it is from.

    A ZIP archive with the project inside; the same for the same layers.

    Parameters
    ----------
    layers
        The first is drawn on top.
    """
    root = ET.Element("qgis", version=VERSION, projectname=title)
    ET.SubElement(root, "title").text = title
    _reference(ET.SubElement(root, "projectCrs"))
    _tree(root, layers)
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "degrees"
    known = [layer.extent for layer in layers if layer.extent and layer.shown]
    if known:
        wests, souths, easts, norths = zip(*known, strict=True)
        bounds = (min(wests), min(souths), max(easts), max(norths))
        _extent(canvas, bounds)
    held = ET.SubElement(root, "projectlayers")
    order = ET.SubElement(root, "layerorder")
    for layer in layers:
        _map_layer(held, layer)
        ET.SubElement(order, "layer", id=layer.key)
    about = ET.SubElement(root, "projectMetadata")
    ET.SubElement(about, "title").text = title
    ET.SubElement(about, "abstract").text = abstract
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("hazardmap.qgs", (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, _document(root))
    return content.getvalue()


def _document(root: ET.Element, doctype: str = "qgis") -> bytes:
    ET.indent(root, " ")
    head = f"<!DOCTYPE {doctype} PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" if doctype else ""
    return head.encode() + ET.tostring(root, encoding="utf-8") + b"\n"


def _key(*parts: str) -> str:
    return str(uuid.uuid5(_KEYS, "\x1f".join(parts)))


def _tree(root: ET.Element, layers: Sequence[Layer]) -> None:
    tree = ET.SubElement(root, "layer-tree-group", name="", expanded="1", checked="Qt::Checked")
    for layer in layers:
        checked = "Qt::Checked" if layer.shown else "Qt::Unchecked"
        ET.SubElement(
            tree, "layer-tree-layer", id=layer.key, name=layer.title, checked=checked,
            expanded="1" if layer.shown else "0", providerKey="OAPIF", source=layer.source,
        )  # fmt: skip


def _map_layer(parent: ET.Element, layer: Layer) -> None:
    geometry, wkb = _GEOMETRY.get(layer.style.geometry, _GEOMETRY["MultiPolygon"])
    named = {"Point": "Point", "MultiPolygon": "Polygon"}[wkb]
    held = ET.SubElement(
        parent, "maplayer", type="vector", geometry=named, wkbType=wkb,
        refreshOnNotifyEnabled="0", autoRefreshEnabled="0",
    )  # fmt: skip
    if layer.extent:
        _extent(held, layer.extent)
    ET.SubElement(held, "id").text = layer.key
    ET.SubElement(held, "datasource").text = layer.source
    ET.SubElement(held, "layername").text = layer.title
    _reference(ET.SubElement(held, "srs"))
    ET.SubElement(held, "provider", encoding="UTF-8").text = "OAPIF"
    about = ET.SubElement(held, "resourceMetadata")
    ET.SubElement(about, "title").text = layer.style.title
    ET.SubElement(about, "abstract").text = layer.style.description
    ET.SubElement(held, "layerGeometryType").text = geometry
    _look(held, layer.style)


def _reference(parent: ET.Element) -> None:
    found = ET.SubElement(parent, "spatialrefsys")
    for name, text in (
        ("proj4", "+proj=longlat +datum=WGS84 +no_defs"),
        ("srid", "4326"),
        ("authid", "EPSG:4326"),
        ("description", "WGS 84"),
        ("geographicflag", "true"),
    ):
        ET.SubElement(found, name).text = text


def _extent(parent: ET.Element, bounds: tuple[float, float, float, float]) -> None:
    found = ET.SubElement(parent, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        ET.SubElement(found, name).text = f"{value:.6f}"


def _look(parent: ET.Element, style: Style) -> None:
    drawn = ET.SubElement(
        parent, "renderer-v2", type="RuleRenderer", forceraster="0", symbollevels="0",
        enableorderby="0",
    )  # fmt: skip
    rules = ET.SubElement(drawn, "rules", key=f"{{{_key(style.id)}}}")
    symbols = ET.SubElement(drawn, "symbols")
    for number, rule in enumerate(style.rules):
        attributes = {"key": f"{{{_key(style.id, rule.name)}}}", "symbol": str(number)}
        attributes["label"] = rule.title
        if rule.where:
            attributes["filter"] = _expression(rule)
        ET.SubElement(rules, "rule", attributes)
        _symbol(symbols, str(number), rule.symbol)
    if style.label:
        _labels(parent, style)


def _expression(rule: Rule) -> str:
    return " AND ".join(map(_compared, rule.where))


def _compared(condition: Condition) -> str:
    column = f'"{condition.column}"'
    if condition.operator == "null":
        return f"{column} IS NULL"
    value = condition.value
    text = f"'{value}'" if isinstance(value, str) else f"{value:g}"
    return f"{column} {condition.operator} {text}"


def _symbol(parent: ET.Element, name: str, symbol: Symbol) -> None:
    kind = {"fill": "fill", "point": "marker", "line": "line"}[symbol.kind]
    held = ET.SubElement(
        parent, "symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    if symbol.kind == "point":
        _part(held, "SimpleMarker", _marker(symbol))
    elif symbol.kind == "line":
        _part(held, "SimpleLine", {"line_color": _rgba(symbol.outline), **_edge(symbol, "line_")})
    else:
        if symbol.pattern:
            drawn = _part(held, "SVGFill", _pattern(symbol.pattern))
            # Without a line of its own it would draw a dark one around.
            around = ET.SubElement(drawn, "symbol", type="line", name=f"@{name}@0", alpha="1")
            _part(around, "SimpleLine", {"line_style": "no"})
        _part(held, "SimpleFill", _fill(symbol))


def _part(parent: ET.Element, name: str, values: dict[str, str]) -> ET.Element:
    # As properties: the form that every QGIS 3 reads.
    attributes = {"class": name, "enabled": "1", "locked": "0", "pass": "0"}
    part = ET.SubElement(parent, "layer", attributes)
    for key, value in values.items():
        ET.SubElement(part, "prop", k=key, v=value)
    return part


def _marker(symbol: Symbol) -> dict[str, str]:
    return {
        "name": "circle",
        "color": _rgba(symbol.colour, symbol.opacity),
        "outline_color": _rgba(symbol.outline),
        "size": _millimetres(symbol.size),
        "size_unit": "MM",
        **_edge(symbol),
    }


def _fill(symbol: Symbol) -> dict[str, str]:
    empty = symbol.colour is None
    return {
        "color": _rgba(symbol.colour, symbol.opacity),
        "style": "no" if empty else "solid",
        "outline_color": _rgba(symbol.outline),
        **_edge(symbol),
    }


def _edge(symbol: Symbol, prefix: str = "outline_") -> dict[str, str]:
    return {
        f"{prefix}style": "dash" if symbol.dashed else "solid",
        f"{prefix}width": _millimetres(symbol.width),
        f"{prefix}width_unit": "MM",
    }


def _pattern(name: str) -> dict[str, str]:
    pattern = palette.PATTERNS[name]
    drawing, side = tile_svg(name)
    picture = base64.b64encode(drawing.encode()).decode()
    return {
        "svgFile": f"base64:{picture}",
        "color": _rgba(pattern.paper),
        "angle": "0",
        "width": _millimetres(side),
        "pattern_width_unit": "MM",
        "outline_width": "0",
    }


def _labels(parent: ET.Element, style: Style) -> None:
    held = ET.SubElement(parent, "labeling", type="simple")
    settings = ET.SubElement(held, "settings", calloutType="simple")
    text = ET.SubElement(
        settings, "text-style", fieldName=style.label, fontFamily="Noto Sans", fontSize="8",
        fontWeight="50", fontSizeUnit="Point", textColor=_rgba(palette.INK), textOpacity="1",
        isExpression="0",
    )  # fmt: skip
    ET.SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor="255,255,255,255", bufferOpacity="0.85",
    )  # fmt: skip
    placement = "0" if style.geometry == "Point" else "1"
    ET.SubElement(
        settings, "placement", placement=placement, centroidInside="1", dist="1", priority="5"
    )
    # Areas are no obstacle: a name lies in its own, and most are close to others.
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0", scaleVisibility="0")


def _rgba(colour: str | None, opacity: float = 1.0) -> str:
    if colour is None:
        return "255,255,255,0"
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def _millimetres(points: float) -> str:
    return f"{points * _POINT_MM:.3f}"
