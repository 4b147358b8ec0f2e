"""Numbers for Prometheus, in the text format, of all workers together."""

import os
from functools import lru_cache
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

REQUESTS = Counter("hazardmap_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "hazardmap_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
IN_FLIGHT = Gauge(
    "hazardmap_requests_in_flight", "Requests being answered", multiprocess_mode="livesum"
)
REVISION = Gauge(
    "hazardmap_register_revision", "Revision of the register served", multiprocess_mode="max"
)
INCIDENTS = Gauge("hazardmap_incidents", "Incidents held", multiprocess_mode="mostrecent")
REFUSED = Counter("hazardmap_refused_total", "Requests refused by a limit", ["limit"])


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request that was answered.

    Parameters
    ----------
    method, route, status
        What it is counted under: the route as the code has it, never a path that was sent.
    seconds
        How long it took.
    """
    requests, took = _children(method, route, status)
    requests.inc()
    took.observe(seconds)


@lru_cache(maxsize=512)
def _children(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(route)


MEDIA_TYPE = CONTENT_TYPE_LATEST


def exposition() -> bytes:
    """Write all metrics; of all workers where they share a directory."""
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not directory or not Path(directory).is_dir():
        return generate_latest(REGISTRY)
    _forget_the_dead(Path(directory))
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _forget_the_dead(directory: Path) -> None:
    """Leave out what a killed worker was answering; what it had counted stays counted."""
    for file in directory.glob("gauge_live*_*.db"):
        pid = int(file.stem.rsplit("_", 1)[1])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]
        except PermissionError:  # It runs, as another user.
            continue
