"""Styles as MapLibre and Mapbox read them: JSON over the layer's vector tiles, and a sprite.

Names are written for MapLibre GL JS from 5.11, which draws them in the reader's own fonts.
Everything else refuses a whole style that has texts and no glyphs, and this service sends no
fonts as glyphs: there a map adds one layer with the text ``["get", "name"]`` and its own.
"""

from functools import lru_cache
from typing import Any

import orjson

from service.collections import COLLECTIONS
from service.drawing.canvas import tile_svg
from service.drawing.palette import INK, PATTERNS
from service.styles.style import Condition, Rule, Style, Symbol

MAPBOX = "application/vnd.mapbox.style+json"
MAPLIBRE = "application/vnd.maplibre.style+json"
_PIXELS = 96 / 72
RATIOS = (1, 2)
"""Pixels of a screen's dot that the sprite is made for."""


def maplibre(style: Style, service: str, *, names: bool) -> bytes:
    """Write a style over the tiles of its layer."""
    address = f"{service}/collections/{style.id}/tiles/WebMercatorQuad"
    joined = f"{style.query}&" if style.query else "?"
    body: dict[str, Any] = {
        "version": 8,
        "name": style.title,
        "metadata": {"description": style.description, "legend": _legend(style)},
        "sources": {style.id: {"type": "vector", "url": f"{address}{joined}f=tilejson"}},
    }
    if style.patterns():
        body["sprite"] = f"{service}/styles/sprite"
    body["layers"] = [part for rule in style.rules for part in _parts(style, rule)]
    if names and style.label:
        body["layers"].append(_names(style))
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def _legend(style: Style) -> list[dict[str, str]]:
    return [{"layer": f"{style.id}-{rule.name}", "title": rule.title} for rule in style.rules]


def _from(style: Style) -> dict[str, Any]:
    return {"source": style.id, "source-layer": COLLECTIONS[style.id].schema.name}


def _names(style: Style) -> dict[str, Any]:
    beside = {"text-anchor": "left", "text-offset": [0.5, 0]} if style.geometry == "Point" else {}
    layout = {
        "text-field": ["get", style.label],
        "text-font": ["Noto Sans", "sans-serif"],
        "text-size": 12,
        **beside,
    }
    paint = {"text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 1.5}
    about = {"id": f"{style.id}-names", "type": "symbol", **_from(style)}
    return about | {"layout": layout, "paint": paint}


def _parts(style: Style, rule: Rule) -> list[dict[str, Any]]:
    name, symbol = f"{style.id}-{rule.name}", rule.symbol
    common = _from(style)
    if rule.where:
        common["filter"] = ["all", *map(_compared, rule.where)]
    if symbol.kind == "point":
        return [{"id": name, "type": "circle", **common, "paint": _circle(symbol)}]
    line: dict[str, Any] = {
        "line-color": symbol.outline, "line-width": round(symbol.width * _PIXELS, 2)
    }  # fmt: skip
    if symbol.dashed:
        line["line-dasharray"] = [3, 2]
    edge = {"id": f"{name}-edge", "type": "line", **common, "paint": line}
    if not symbol.pattern and symbol.colour is None:
        return [edge | {"id": name}]
    return [{"id": name, "type": "fill", **common, "paint": _filled(symbol)}, edge]


def _filled(symbol: Symbol) -> dict[str, Any]:
    if symbol.pattern:
        return {"fill-pattern": symbol.pattern}
    return {"fill-color": symbol.colour, "fill-opacity": symbol.opacity}


def _circle(symbol: Symbol) -> dict[str, Any]:
    return {
        "circle-color": symbol.colour,
        "circle-radius": round(symbol.size * _PIXELS / 2, 2),
        "circle-stroke-color": symbol.outline,
        "circle-stroke-width": round(symbol.width * _PIXELS, 2),
    }


def _compared(condition: Condition) -> list[Any]:
    # A tile leaves out what is null.
    held = ["has", condition.column]
    if condition.operator == "null":
        return ["!", held]
    operator = "==" if condition.operator == "=" else condition.operator
    return ["all", held, [operator, ["get", condition.column], condition.value]]


def _sides() -> dict[str, int]:
    """Give the side of each pattern in whole pixels, so that it repeats without a seam."""
    return {name: round(tile_svg(name)[1] * _PIXELS) for name in PATTERNS}


def sprite_index(ratio: int) -> bytes:
    """Say where each pattern lies in the sprite of a ratio of pixels."""
    found, x = {}, 0
    for name, side in _sides().items():
        wide = side * ratio
        found[name] = {"x": x, "y": 0, "width": wide, "height": wide, "pixelRatio": ratio}
        x += wide
    return orjson.dumps(found, option=orjson.OPT_INDENT_2)


@lru_cache(maxsize=len(RATIOS))
def sprite_picture(ratio: int) -> bytes:
    """Draw all patterns in one row, as PNG."""
    import typst  # the engine of the printed sheets, which few other requests need

    sides = _sides()
    cells = "".join(
        f"#place(top + left, dx: {sum(list(sides.values())[:number])}pt, "
        f"image(bytes(sys.inputs.{name}), width: {side}pt, height: {side}pt))\n"
        for number, (name, side) in enumerate(sides.items())
    )
    width, height = sum(sides.values()), max(sides.values())
    page = f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: none)\n"
    drawings = {name: tile_svg(name)[0] for name in PATTERNS}
    made = typst.compile((page + cells).encode(), format="png", ppi=72 * ratio, sys_inputs=drawings)
    return bytes(made)
