"""A synthetic country of four square districts whose numbers can be done by hand."""

import gc
import itertools
import json
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from shapely import MultiPolygon, Point, box
from xdist.scheduler import LoadScopeScheduling

from geodata import schemas
from geodata.schemas import CRS84, conform
from tests import needs
from tests.register.cluster import Cluster

# What collecting loads stays to the end: looking through it for garbage took an eighth of all time.
gc.disable()

# A law is no stopwatch: its first example may load SciPy on a busy machine. How often it is tried
# stands here (see tests/laws.py); `make test THOROUGH=1` tries as often as each law asks for.
settings.register_profile("thorough", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("suite", settings.get_profile("thorough"), max_examples=20)
settings.load_profile("suite")

# Four squares of 0.1 degrees around 47 E, 40 N: a 2 × 2 block, ids A, B (north) C, D (south).
SQUARES = {
    "XX-A": box(47.0, 40.1, 47.1, 40.2),
    "XX-B": box(47.1, 40.1, 47.2, 40.2),
    "XX-C": box(47.0, 40.0, 47.1, 40.1),
    "XX-D": box(47.1, 40.0, 47.2, 40.1),
}


def make_country() -> gpd.GeoDataFrame:
    """Districts of the synthetic country; areas are stated as 100 km2 each, by fiat."""
    return _country().copy()


@cache
def _country() -> gpd.GeoDataFrame:
    rows = {
        "district_id": list(SQUARES),
        "name": ["Ağalı", "Böyük", "Çaylı", "Dərə"],
        "name_en": ["Aghali", "Boyuk", "Chayli", "Dara"],
        "type": "rayon",
        "area_km2": 100.0,
        "population": [10_000.0, 20_000.0, None, 5_000.0],
        "valid_from": "2020-01-01",
    }
    geometry = [MultiPolygon([shape]) for shape in SQUARES.values()]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=geometry, crs=CRS84)
    return conform(frame, schemas.DISTRICTS)


def make_incidents() -> gpd.GeoDataFrame:
    """Five incidents: two in A (one a point), one half A half B, one in D, one unplaced."""
    return _incidents().copy()


@cache
def _incidents() -> gpd.GeoDataFrame:
    rows = pd.DataFrame(
        {
            "incident_id": ["i1", "i2", "i3", "i4", "i5"],
            "version": 1,
            "record_status": ["verified", "verified", "disputed", "verified", "draft"],
            "date_start": ["2021-01-01", "2021-02-04", "2021-01-21", "2021-12-31", "2021-06-01"],
            "date_end": ["2021-01-01", "2021-02-04", "2021-01-31", "2021-12-31", "2021-06-30"],
            "date_precision": [1, 1, 4, 1, 4],
            "where_precision": [1, 4, 5, 4, 6],
            "longitude": [47.05, None, None, None, None],
            "latitude": [40.15, None, None, None, None],
            "district_id": ["XX-A", "XX-A", "XX-A", "XX-D", None],
            "districts": ["XX-A:1", "XX-A:1", "XX-A:0.5;XX-B:0.5", "XX-D:1", None],
            "accident_type": "mine",
            "device": ["at_mine", "ap_mine", "unknown", "uxo", "unknown"],
            "killed": [1, 0, None, 2, None],
            "injured": [5, 1, 1, 0, None],
            "casualties": [6, 1, 1, 2, None],
            "sensitivity": "public",
            "recorded_at": "2022-01-01T00:00:00Z",
        }
    )
    points = [Point(47.05, 40.15), None, None, None, None]
    frame = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(points, crs=CRS84))
    return conform(frame, schemas.INCIDENTS)


@cache
def _made(fill: Callable[[Any], object] | None) -> tempfile.TemporaryDirectory[str]:
    from geodata.register import open_register

    folder = tempfile.TemporaryDirectory(prefix="hazardmap-tests-")
    register = open_register(folder.name, empty=fill is not None)
    if fill is not None:
        fill(register)
    register.close()
    return folder


def founded(folder: Path, fill: Callable[[Any], object] | None = None) -> Any:
    """Open a new register: a copy of one that each process makes once, which takes a sixth.

    It has the bundled data, or what `fill`, a function of a module, writes into an empty one.
    Copies have one key for ids, and one look-up of places while they hold those of the first.
    """
    from geodata.register import open_register

    shutil.copytree(_made(fill).name, folder, dirs_exist_ok=True)
    register = open_register(folder)
    register._live._shared = _like_the_first(fill, register._live.state)
    register.makes_apart(None)  # so that its snapshots have it
    return register


@cache
def _of_the_first(fill: Callable[[Any], object] | None) -> Any:
    from geodata.register.snapshot import Memo

    return Memo(16)


def _like_the_first(fill: Callable[[Any], object] | None, state: Any) -> Any:
    """Keep what is made of places and boundaries, together with other copies where they can."""
    from geodata.register.snapshot import Memo

    class Shared(Memo):
        def get(self, key: Any, make: Callable[[], Any]) -> Any:
            if key[0] == "districts":
                places, newer, edition = state.places, None, key[1]
            else:
                _, places, newer, edition, _ = key
            if places is state.places and newer is None and (edition or 0) <= state.revision:
                return _of_the_first(fill).get((key[0], edition, key[-1]), make)
            return super().get(key, make)

    return Shared(16)


_HEAVY = (
    "backtest", "backtest-cells", "clusters", "forecast", "foreseen", "incidents-at-home",
    "priorities", "ranking-key", "reconciliation", "risk", "risk-estimate", "risk-surface",
    "risk-surface-bands", "ruling", "window", "drawing-light", "drawing-outlines", "map-land",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _alike_is_estimated_once() -> Iterator[None]:
    """Let registers that hold the same share what is estimated of them.

    A process opens hundreds of them. Copies share all that a snapshot keeps by its key, which is
    what answers rest on; those whose counts are the same share the fits to these counts, which
    take most of a table's time. The tests of the fits call them under their own names.
    """
    from geodata.register import Snapshot
    from geodata.register.snapshot import Memo

    districts, explain = map(import_module, ("geodata.risk.districts", "geodata.risk.explanation"))
    shared, alone = Memo(), Snapshot.cached

    def cached(snapshot: Any, key: Any, make: Callable[[], Any]) -> Any:
        if (key[0] if isinstance(key, tuple) else key) not in _HEAVY:
            return alone(snapshot, key, make)
        return alone(snapshot, key, lambda: shared.get((snapshot.dated_key, key), make))

    def by_content(fit: Callable[..., Any]) -> Callable[..., Any]:
        def found(*values: Any, **options: Any) -> Any:
            name = pickle.dumps((fit.__name__, values, sorted(options.items())))
            return shared.get(name, lambda: fit(*values, **options))

        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Snapshot, "cached", cached)
        foresee = by_content(districts.forecasts_of_counts)
        patch.setattr(districts, "forecasts_of_counts", foresee)
        patch.setattr(explain, "change_points", by_content(explain.change_points))
        patch.setattr(districts, "scan_both_sides", by_content(districts.scan_both_sides))
        yield


@pytest.fixture(scope="session", autouse=True)
def _states_are_read_once() -> Iterator[None]:
    """The maps of states are large files: each is read once for all countries of the tests."""
    outlines = import_module("service.drawing.outlines")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outlines, "_states", cache(outlines._states))
        yield


@pytest.fixture(scope="session", autouse=True)
def power_stays() -> Iterator[tuple[str, ...]]:
    """Let no write of this process wait for the disk, which takes most of its time.

    What was written is there for every other process, also after a kill. Gives what SQLite is told
    where the power may go.
    """
    from geodata.register import store

    durable = store._DURABLE
    fast = (*durable, "PRAGMA synchronous=OFF")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_DURABLE", fast)
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield durable


def nothing(register: Any) -> None:
    """Leave a new register empty (see `founded`)."""


def squares(register: Any) -> None:
    """Fill an empty register with the synthetic country alone (see `founded`)."""
    register.add_boundaries(make_country(), edition="XX-1", author="test")


@pytest.fixture
def country() -> gpd.GeoDataFrame:
    return make_country()


@pytest.fixture
def incidents() -> gpd.GeoDataFrame:
    return make_incidents()


@pytest.fixture
def register(tmp_path: Path) -> Iterator[object]:
    """A new register with the bundled data of Azerbaijan and the founding incidents."""
    opened = founded(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def client(register: object, tmp_path: Path) -> Iterator[object]:
    """A client of the application on the founding register, without a key."""
    from starlette.testclient import TestClient

    from service.app import create_app
    from service.settings import Settings

    app = create_app(Settings(data=tmp_path / "data"), register)  # type: ignore[arg-type]
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the same reader read vector files in this process, which takes a tenth of the time.

    For tests of what is made of a file. Those of what the reader's own process can read and what
    it withstands are marked ``apart`` or do not ask for this.
    """
    from geodata.untrusted import reader, sandbox

    def answer(path: Any, form: Any, job: dict[str, Any], sink: int, limits: Any) -> Any:
        return json.loads(json.dumps(reader.answer_to({**job, "sink": os.dup(sink)})))

    if request.node.get_closest_marker("apart") is None:
        monkeypatch.setattr(sandbox, "_answer", answer)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A client of the founding register without a key, for a file of tests that only read."""
    from starlette.testclient import TestClient

    from service.app import create_app
    from service.settings import Settings

    folder = tmp_path_factory.mktemp("reading")
    register = founded(folder)
    with TestClient(create_app(Settings(data=folder), register)) as opened:
        yield opened
    register.close()


def sign_in(client: Any, name: str, role: str) -> None:
    """Let a client ask with a new key from now on."""
    key = client.app.state.keys.add(name, role)
    client.headers["Authorization"] = f"Bearer {key}"


@pytest.fixture(scope="session")
def square_snapshot() -> Any:
    """The synthetic country as the maps and sheets read it; read only."""
    from tests.maps.snapshots import FakeSnapshot

    return FakeSnapshot(make_country(), make_incidents())


@pytest.fixture(scope="session")
def founding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The snapshot of a new register with the bundled data; read only."""
    register = founded(tmp_path_factory.mktemp("maps") / "data")
    yield register.snapshot()
    register.close()


@pytest.fixture(scope="session")
def assets() -> None:
    """The browser assets, which the set-up has fetched."""
    from geodata.errors import NotFound
    from service.assets import asset_path

    try:
        asset_path("leaflet/dist/leaflet.js")
    except NotFound as error:
        needs._missing(error.message)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The one browser of a test process: a second Playwright in it would not start."""
    path = needs.browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=needs.CHROMIUM_FLAGS)
        yield opened
        opened.close()


SERVER = (
    "tests/register/",
    "tests/commands/test_moving.py",
    "tests/commands/test_import_into_postgresql.py",
)
"""Files whose tests share one database server, and therefore one worker."""

TOGETHER = ("tests/clients/", "tests/maps/", "tests/pages/")
"""Folders whose files share what is dear: a served register of thousands, a browser, large maps."""

_databases = itertools.count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server with PostGIS for the session; its tests are marked ``postgis``."""
    running = Cluster(needs.postgis())
    yield running
    running.remove()


@pytest.fixture
def database(cluster: Cluster) -> str:
    """URL of a new, empty database."""
    return cluster.create(f"register{next(_databases)}", "template_postgis")


FIRST = (
    "tests/pages/test_pages_in_browser.py",
    "tests/maps/test_map_in_browser.py",
    "tests/register/",
    "tests/content/test_laws.py",
    "tests/maps/test_layers_in_browser.py",
    "tests/maps/test_map_served.py",
    "tests/pages/test_editing_in_browser.py",
    "tests/clients/",
    "tests/security/",
    "tests/http/test_openapi.py",
    "tests/reports/test_review_in_browser.py",
    "tests/styles/test_maplibre.py",
    "tests/notebooks/",
    "tests/print/",
    "tests/pages/",
    "tests/http/test_jobs.py",
    "tests/http/test_limits_of_the_model.py",
    "tests/http/test_schemathesis.py",
    "tests/districts/test_loader.py",
    "tests/intake/test_known_formats.py",
    "tests/maps/",
    "tests/reports/",
    "tests/risk/",
    "tests/http/",
)
"""Files that take longest, so that no worker begins one when the others have ended."""


class ByFile(LoadScopeScheduling):
    """One worker for a file, whose fixtures are made once, and for files that share what is dear.

    The marks of ``--dist loadgroup`` have no effect with pytest 9.2 (node ids are no longer
    texts that can be extended), hence the files.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(SERVER):
            return "postgres"
        folder = next(filter(nodeid.startswith, TOGETHER), None)
        return folder or nodeid.split("::", maxsplit=1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Distribute by file where groups are asked for."""
    if config.getvalue("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False  # the order of collection: see FIRST
    return ByFile(config, log)


def pytest_collection_finish() -> None:
    """Look for garbage from here on, among what the tests make."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest first; refuse a test of the server in a file not listed as such."""
    for item in items:
        uses = item.get_closest_marker("postgis") or "cluster" in getattr(item, "fixturenames", ())
        if uses and not item.nodeid.startswith(SERVER):
            raise pytest.UsageError(f"{item.nodeid} needs a server: list its file in SERVER")
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return next((n for n, path in enumerate(FIRST) if item.nodeid.startswith(path)), len(FIRST))
