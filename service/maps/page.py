"""The risk map as one HTML file: Folium's map, our elements, and every asset inlined."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.assets import asset_text
from service.content.figures import figures_of, tiles_of
from service.content.sources import sources_text
from service.content.texts import COUNTED, all_texts, texts_of
from service.content.view import RiskView, risk_view
from service.handouts import notice_of
from service.i18n import languages, translator
from service.maps.elements import GROUPS, STATIC, RiskPage, map_of, origin
from service.maps.fallback import plain_table
from service.maps.options import MapOptions
from service.maps.payload import as_script, payload_of

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


def render_risk_map(
    snapshot: Snapshot,
    parameters: RiskParameters,
    *,
    lang: str = "en",
    options: MapOptions | None = None,
) -> str:
    """Render the risk map of a snapshot as one HTML document (see `render_page`).

    Parameters
    ----------
    snapshot, parameters, lang, options
        As in `render_page`.

    Returns
    -------
    str
        A page that needs no network.
    """
    return render_page(snapshot, parameters, lang=lang, options=options).html


def render_page(
    snapshot: Snapshot,
    parameters: RiskParameters,
    *,
    lang: str = "en",
    options: MapOptions | None = None,
) -> RenderedMap:
    """Render the risk map of a snapshot as one HTML document.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.
    parameters
        Risk parameters.
    lang
        Language shown first; the page switches between all of them.
    options
        Basemap, links, limits; by default a file that asks nothing of anyone.

    Returns
    -------
    RenderedMap
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
    data_type, data = as_script(payload_of(view, lang, options, links))
    say, texts, notice = translator(lang), texts_of(lang), notice_of(snapshot, lang)
    page = RiskPage(
        lang=lang,
        dir=say.dir,
        texts=texts,
        title=" · ".join(filter(None, (notice, texts["title"]))),
        notice=notice,
        summary=_summary(view, lang),
        languages=[(code, translator(code).name) for code in languages()],
        styles=_styles(),
        scripts=[*_scripts(compressed=data_type.endswith("zlib")), _own()],
        embed=options.embed,
        aggregated=len(view.incidents) > options.max_incidents,
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
        data=data,
        data_type=data_type,
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
    leaflet = re.sub(r"url\([^)]*\)", "none", asset_text("leaflet/dist/leaflet.css"))
    return leaflet + (STATIC / "map.css").read_text("utf-8")


@cache
def state() -> str:
    """Give a short text that differs when the page's own scripts, styles or texts do."""
    page = (STATIC / "page.html").read_text("utf-8")
    made_of = (_own(), _styles(), page, repr(all_texts()), *_scripts(compressed=True))
    return hashlib.sha256("".join(made_of).encode()).hexdigest()[:16]


def _summary(view: RiskView, lang: str) -> str:
    say, texts = translator(lang), texts_of(lang)
    figures = figures_of(view, say)
    parts = [f"{number} {words}" for number, words in tiles_of(figures, say)[: len(COUNTED)]]
    if figures.period:
        parts.append(figures.period)
    parts.append(f"{texts['data-as-of']} {say.date(view.as_of)}")
    return " · ".join(parts) + ". " + texts["not-safe"]


def links_of_page(options: MapOptions) -> dict[str, str]:
    """Give the addresses a served page links to; none for a file.

    Parameters
    ----------
    options
        With `public_url` and the query that made the map.

    Returns
    -------
    dict
        Address by purpose.
    """
    base = options.public_url.rstrip("/")
    if not base:
        return {}
    query = f"?{options.query}" if options.query else ""
    return {
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
