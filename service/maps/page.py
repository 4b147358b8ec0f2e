"""The risk map as one HTML file: Folium's map, our elements, and every asset inlined."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from branca.element import Figure
from folium import FeatureGroup, Map, TileLayer
from folium.raster_layers import WmsTileLayer
from folium.template import Template

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import RiskView, risk_view
from service.assets import asset_text
from service.content.districts import counts_of, figures_of, ranking_of, tiles_of
from service.content.incidents import sources_text
from service.content.texts import COUNTED, all_texts, texts_of
from service.handouts import notice_of
from service.i18n import label, languages, translator_of
from service.maps.payload import MapOptions, payload_of, scripts_of

STATIC = Path(__file__).parent / "static"
GROUPS = (
    "risk",
    "surface",
    "forecast",
    "areas",
    "hotspots",
    "operations",
    "published",
    "places",
    "incidents",
)
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
    start
        Script that runs after Folium's own.
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

    A Content-Security-Policy.

    Parameters
    ----------
    scripts
        Inline scripts, exactly as written into the page.
    """
    digests = (hashlib.sha256(text.encode()).digest() for text in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        f"img-src data: {tiles}; base-uri 'none'; form-action 'none'"
    )


def map_of(options: MapOptions) -> OfflineMap:
    """Build the map with a group for each layer; our scripts fill them."""
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


def plain_table(view: RiskView, lang: str) -> str:
    """Write districts with a record as an HTML table, the highest rate first.

    HTML; every text of the data is escaped.
    """
    translator, texts = translator_of(lang), texts_of(lang)
    keys = ("district", "class", "incidents", "killed", "injured", view.headline, "interval95")
    head = "".join(f'<th scope="col">{escape(texts[key])}</th>' for key in keys)
    shown, rows = ranking_of(view, translator).recorded, []
    for row in shown:
        cells = [
            row.name,
            label(translator, "risk_class", row.risk_class),
            *(number for number, _ in counts_of(row, translator)),
            translator.number(row.headline.value),
            row.headline.between(translator),
        ]
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    rest = len(view.risk) - len(shown)
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    note = f"{rest} × {label(translator, 'risk_class', 'no_information')}. {texts['not-safe']}"
    return (
        f"<table><caption>{escape(texts['title'])} – {escape(unit)}</caption><thead><tr>{head}"
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table><p>{escape(note)}</p>"
    )


LIBRARIES = (
    "leaflet/dist/leaflet.js",
    "mgrs/dist/mgrs.min.js",
)
INFLATE = "fflate/umd/index.js"
OWN = (
    "core",
    "keyboard",
    "count",
    "ground",
    "districts",
    "clusters",
    "incidents",
    "badges",
    "popups",
    "layers",
    "published",
    "legend",
    "panel",
    "table",
    "start",
)


@dataclass(frozen=True, slots=True)
class RenderedMap:
    """A page, and the policy under which a browser may run it."""

    html: str
    policy: str


def render_page(
    snapshot: Snapshot,
    parameters: RiskParameters,
    *,
    lang: str = "en",
    options: MapOptions | None = None,
) -> RenderedMap:
    """Render the risk map of a snapshot as one HTML document.

    A page that needs no network. The same arguments give the same bytes.

    Raises
    ------
    InvalidInput
        The filter, the period or the language cannot be used.
    NotFound
        The browser assets were not fetched.
    """
    options = options or MapOptions()
    view = risk_view(snapshot, parameters)
    links = links_of_page(options)
    payload = payload_of(view, lang, options, links)
    scripts = scripts_of(payload, options)
    translator, texts, notice = translator_of(lang), texts_of(lang), notice_of(snapshot, lang)
    page = RiskPage(
        lang=lang,
        dir=translator.dir,
        texts=texts,
        title=" · ".join(filter(None, (notice, texts["title"]))),
        notice=notice,
        summary=_summary(view, lang),
        languages=[(code, translator_of(code).name) for code in languages()],
        styles=_styles(),
        scripts=[*_scripts(compressed=scripts.compressed), _own()],
        embed=options.embed,
        aggregated=payload["meta"]["aggregated"],
        tiles=origin(options.basemap_url),
        picture=links.get("picture"),
        address=links.get("page"),
        methods=links.get("methods"),
        overview=links.get("overview"),
        links=[
            (k, links[k], k == "offline") for k in ("offline", "pdf", "png", "qr") if k in links
        ],
        sources=sources_text(view, lang),
        version=f"{snapshot.revision} · {snapshot.edition}",
        fallback=plain_table(view, lang),
        carried=scripts,
        start=_start(),
    )
    map_of(options).add_to(page)
    return RenderedMap(page.render(), page.policy)


def _start() -> str:
    groups = ", ".join(f"{name}: feature_group_{name}" for name in GROUPS)
    return f"\nHM.start(map_hazardmap, {{ {groups} }});\n"


@cache
def _scripts(*, compressed: bool) -> tuple[str, ...]:
    names = (*LIBRARIES, INFLATE) if compressed else LIBRARIES
    # Source maps are files beside the library that the page does not have.
    return tuple(re.sub(r"//# sourceMappingURL=.*", "", asset_text(name)) for name in names)


@cache
def _own() -> str:
    return "\n".join((STATIC / f"{name}.js").read_text("utf-8") for name in OWN)


@cache
def _styles() -> str:
    # Leaflet's style names pictures of controls that the page does not use.
    leaflet = re.sub(r"url\([^()]*\)", "none", asset_text("leaflet/dist/leaflet.css"))
    return leaflet + (STATIC / "map.css").read_text("utf-8")


@cache
def state() -> str:
    """Give a short text that differs when the page's own scripts, styles or texts do."""
    page = (STATIC / "page.html").read_text("utf-8")
    made_of = (_own(), _styles(), page, repr(all_texts()), *_scripts(compressed=True))
    return hashlib.sha256("".join(made_of).encode()).hexdigest()[:16]


def _summary(view: RiskView, lang: str) -> str:
    translator, texts = translator_of(lang), texts_of(lang)
    figures = figures_of(view, translator)
    parts = [f"{number} {words}" for number, words in tiles_of(figures, translator)[: len(COUNTED)]]
    if figures.period:
        parts.append(figures.period)
    parts.append(f"{texts['data-as-of']} {translator.date(view.as_of)}")
    return " · ".join(parts) + ". " + texts["not-safe"]


def links_of_page(options: MapOptions) -> dict[str, str]:
    """Give the addresses a served page links to; none for a file.

    Address by purpose.

    Parameters
    ----------
    options
        With `public_url` and the query that made the map.
    """
    base = options.public_url.rstrip("/")
    if not base:
        return {}
    query = f"?{options.query}" if options.query else ""
    rest = [(name, text) for name, text in parse_qsl(options.query) if name != "classes"]
    own = "embed" if options.embed else "risk"
    return {
        "classed": f"{base}/maps/{own}?{urlencode([*rest, ('classes', '')])}",
        "page": f"{base}/maps/risk{query}",
        "overview": f"{base}/",
        "offline": f"{base}/maps/risk.html{query}",
        "pdf": f"{base}/maps/risk.pdf{query}",
        "png": f"{base}/maps/risk.png{query}",
        "picture": f"{base}/maps/risk.png{query}",
        "here": f"/maps/risk{query}",
        "embed": f"{base}/maps/embed{query}",
        "qr": f"{base}/qr.svg?link=",
        "sheet": f"{base}/maps/districts/{{id}}.pdf{query}",
        "incident": f"{base}/incidents/{{id}}",
        "methods": f"{base}/methods",
        "backtest": f"{base}/backtest?f=html",
    }
