"""Folium's map and the page around it, as Folium elements that load nothing from elsewhere."""

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from branca.element import Figure
from folium import FeatureGroup, Map, TileLayer
from folium.raster_layers import WmsTileLayer
from folium.template import Template

from service.maps.options import MapOptions

STATIC = Path(__file__).parent / "static"
GROUPS = ("risk", "surface", "forecast", "areas", "hotspots", "operations", "places", "incidents")
SHOWN_FIRST = ("risk", "incidents")


@cache
def _page_template() -> Any:
    return Template((STATIC / "page.html").read_text("utf-8"))


class OfflineMap(Map):
    """Folium's map without its links to other hosts and without its ban on zooming in."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - Folium's own attribute
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
                center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }} });
            L.control.scale({ imperial: false, maxWidth: 140 }).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )


class RiskPage(Figure):
    """The page around the map; all its texts are escaped by the template or by JSON.

    Parameters
    ----------
    scripts
        Libraries and our own code, in their order.
    start
        Script that runs after Folium's own.
    tiles
        Origin of the basemap.
    texts
        Texts of the page's language by key.
    **content
        What else the template names.
    """

    def __init__(
        self, *, scripts: list[str], start: str, tiles: str, texts: dict[str, str], **content: Any
    ) -> None:
        super().__init__()
        self._template = _page_template()
        self.header._children.clear()  # noqa: SLF001 - branca has no other way to drop its meta tag
        self.scripts, self.start, self.tiles, self.texts = scripts, start, tiles, texts
        self.policy = ""
        for name, value in content.items():
            setattr(self, name, value)

    def render(self, **kwargs: Any) -> str:
        """Render map and page, and allow the browser these very scripts and no others."""
        for child in self._children.values():
            child.render(**kwargs)
        self.scripts = [*self.scripts, self.script.render(**kwargs) + self.start]
        self.policy = content_policy(self.scripts, self.tiles)
        environment = {"this": self, "kwargs": kwargs, "t": self.texts.__getitem__}
        rendered: str = self._template.render(**environment)
        return rendered


def content_policy(scripts: list[str], tiles: str = "") -> str:
    """Say what the page may load: its own inline scripts by hash, and tiles if configured.

    Parameters
    ----------
    scripts
        Inline scripts, exactly as written into the page.
    tiles
        Origin of the basemap; empty = none.

    Returns
    -------
    str
        A Content-Security-Policy.
    """
    digests = (hashlib.sha256(text.encode()).digest() for text in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        f"img-src data: {tiles}; base-uri 'none'; form-action 'none'"
    )


def map_of(options: MapOptions) -> OfflineMap:
    """Build the map with a group for each layer; our scripts fill them.

    Parameters
    ----------
    options
        With the basemap, if one is configured.

    Returns
    -------
    OfflineMap
        To be added to a `RiskPage`.
    """
    drawn = OfflineMap(
        location=(40.3, 47.7),
        zoom_start=7,
        tiles=None,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=120,
        world_copy_jump=False,
        bounce_at_zoom_limits=False,
        min_zoom=2,
        max_zoom=17,
        zoom_animation=False,
        fade_animation=False,
        attribution_control=True,
    )
    _fixed(drawn, "hazardmap")
    if options.basemap_url:
        _fixed(_basemap(options), "basemap").add_to(drawn)
    for name in GROUPS:
        group = FeatureGroup(name=name, show=name in SHOWN_FIRST, control=False)
        _fixed(group, name).add_to(drawn)
    return drawn


def _fixed(element: Any, name: str) -> Any:
    """Give an element a name that is the same in every rendering."""
    element._id = name  # noqa: SLF001 - branca draws random ids otherwise
    return element


def _basemap(options: MapOptions) -> Any:
    attribution = escape(options.basemap_attribution) or "&nbsp;"
    parts = urlsplit(options.basemap_url)
    if "{z}" not in options.basemap_url:
        layers = dict(p.partition("=")[::2] for p in parts.query.split("&") if "=" in p)
        address = options.basemap_url.split("?")[0]
        chosen = layers.get("layers") or layers.get("LAYERS") or ""
        return WmsTileLayer(address, chosen, fmt="image/png", attr=attribution, control=False)
    return TileLayer(options.basemap_url, attr=attribution, control=False, max_zoom=17)


def origin(address: str) -> str:
    """Give scheme and host of an address as a source of a policy; empty for none."""
    parts = urlsplit(address)
    if not parts.netloc:
        return ""
    # {s} stands for one of several hosts
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"
