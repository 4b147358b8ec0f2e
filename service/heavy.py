"""How each kind of heavy answers is made; `service.jobs` says where and when."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from geodata.register import Snapshot
from geodata.risk import RiskParameters, backtest_of, risk_of
from service.content.changes import difference_document
from service.i18n import SOURCE
from service.ogc.quick import QUERIES
from service.ogc.ready import is_written, write_features
from service.settings import Settings


def _backtest(
    of: Sequence[Snapshot], parameters: RiskParameters, days: float | None, cell_km: float
) -> bytes:
    return orjson.dumps(backtest_of(of[-1], parameters, horizon_days=days, cell_km=cell_km))


def _table(of: Sequence[Snapshot], parameters: RiskParameters) -> bytes:
    """Make what the other kinds rest on, which this process then has at hand."""
    risk_of(of[-1], parameters)
    return b""


def _changes(of: Sequence[Snapshot], parameters: RiskParameters, most: int | None) -> bytes:
    earlier, later = of

    def make() -> bytes:
        return orjson.dumps(difference_document(earlier, later, parameters, most=most))

    return later.cached(("changes", earlier.key, parameters, most), make)


def _atlas(
    of: Sequence[Snapshot],
    parameters: RiskParameters,
    districts: tuple[str, ...],
    forecast: bool,  # noqa: FBT001
    look: Mapping[str, Any],
) -> bytes:
    sheets = importlib.import_module("service.print.sheets")

    def draw() -> bytes:
        made: bytes = sheets.print_atlas(
            of[-1], parameters, districts=districts, forecast=forecast, **look
        )
        return made

    # Lists of districts are without number, and an atlas is large: only the whole is held.
    asked = ("map-atlas", parameters, forecast, *look.values())
    return draw() if districts else of[-1].cached(asked, draw)


def _map(of: Sequence[Snapshot], parameters: RiskParameters, lang: str, options: Any) -> bytes:
    page = importlib.import_module("service.maps.page")
    made = page.render_page(of[-1], parameters, lang=lang, options=options)
    return orjson.dumps([made.policy, made.html])


def _features(of: Sequence[Snapshot], layer: str) -> bytes:
    write_features(of[-1], QUERIES[layer])
    return b""


Wanted = list[tuple[str, tuple[Any, ...]]]


def made_again(snapshot: Snapshot) -> Wanted:
    """Give kind and options of what is made anew from time to time: the features in a file."""
    layer = "incidents"
    return [] if is_written(snapshot, QUERIES[layer]) else [("features", (layer,))]


def made_first(settings: Settings, snapshot: Snapshot) -> Wanted:
    """Give kind and options of what is made before anybody asks.

    The features, whose file costs the others nothing; the table, on which most rests; and the map
    as whoever comes first finds it: what it is made of (surface, forecast, outlines) others share,
    whatever language or address they ask for.
    """
    options = importlib.import_module("service.maps.payload").MapOptions(
        basemap_url=settings.basemap_url,
        basemap_attribution=settings.basemap_attribution,
        public_url=settings.public_url,
    )
    return [
        *made_again(snapshot),
        ("table", (RiskParameters(),)),
        ("map", (RiskParameters(), SOURCE, options)),
    ]


KINDS: dict[str, Callable[..., bytes]] = {
    "features": _features,
    "ranking": _backtest,
    "table": _table,
    "backtest": _backtest,
    "changes": _changes,
    "map": _map,
    "atlas": _atlas,
}
"""Kind → what makes it, from snapshots and options."""
