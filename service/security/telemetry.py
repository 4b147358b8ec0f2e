"""What is recorded of requests: the log as lines of JSON, who read or changed what, and numbers."""

import asyncio
import getpass
import logging
import os
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
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

_OWN = ("request_id", "method", "path", "status", "milliseconds", "caller", "client", "key")


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line of JSON."""
        body: dict[str, Any] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        requests: list[tuple[float, dict[str, Any]]] = getattr(record, "requests", [])
        if requests:
            return "\n".join(_line({**body, "time": _time(at), **one}) for at, one in requests)
        body |= {name: getattr(record, name) for name in _OWN if hasattr(record, name)}
        if record.exc_info:
            body["exception"] = self.formatException(record.exc_info)
        return _line(body)


def _time(at: float) -> str:
    return f"{_second(int(at))}.{int(at % 1 * 1000):03}+00:00"


@lru_cache(maxsize=8)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _line(body: dict[str, Any]) -> str:
    return orjson.dumps(body, default=str).decode("utf-8", "replace")


def configuration(level: str) -> dict[str, Any]:
    """Give the logging configuration of the whole process, for `logging.config`.

    Everything as JSON lines on standard error; the access log is the service's own.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "service.security.telemetry.JsonLines"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
        },
        # What the libraries chatter of is no event of the service: a font looked up, a query sent.
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "hazardmap": {"level": level.upper()},
            "geodata": {"level": level.upper()},
            "uvicorn": {"level": level.upper()},
            "uvicorn.access": {"level": "WARNING"},
        },
    }


class Answered(NamedTuple):
    """A request of the public that its connection has answered."""

    at: float
    """When (`time.time`)."""
    seconds: float
    """How long it took."""
    request_id: str
    method: str
    path: str
    route: str
    """What it is counted under."""
    status: int
    client: str

    def line(self) -> dict[str, Any]:
        """Give what the access log says of it."""
        _, seconds, request_id, method, path, _, status, client = self
        common = who_and_what(request_id, method, path, status, client, None)
        return common | how(seconds, "public")


def who_and_what(
    request_id: str, method: str, path: str, status: int, client: str, key: str | None
) -> dict[str, Any]:
    """Give what every log says of a request."""
    return {
        "request_id": request_id,
        "method": method,
        "path": path[:200],
        "status": status,
        "client": client,
        "key": key,
    }


def how(seconds: float, role: str) -> dict[str, Any]:
    """Give what the access log says beside."""
    return {"milliseconds": round(seconds * 1000, 1), "caller": role}


class AccessLog:
    """The access log: a line a request, those of a moment written, and counted, together.

    Doing so by itself would cost more than a short answer. Who is killed loses a moment of
    it; the audit log, which has to say who read what, waits for nothing.
    """

    MOMENT = 0.2
    """Seconds."""
    MOST = 500
    """Requests that wait at most."""

    def __init__(self) -> None:
        self._log = logging.getLogger("hazardmap.access")
        self._waiting: deque[Answered] = deque()
        self._since = 0.0

    def add(self, answered: Answered) -> None:
        """Add a request, to be written and counted soon; for the thread of an event loop."""
        waiting = self._waiting
        waiting.append(answered)
        if len(waiting) == 1:
            self._since = answered.at
            asyncio.get_running_loop().call_later(self.MOMENT, self.flush)
        elif len(waiting) >= self.MOST or answered.at - self._since > 5 * self.MOMENT:
            self.flush()

    def write(self, **line: Any) -> None:
        """Write a line now."""
        self._log.info("request", extra=line)

    def flush(self) -> None:
        """Write and count what waits, in whatever thread."""
        found: list[Answered] = []
        with suppress(IndexError):  # emptied, perhaps by another thread
            while True:
                found.append(self._waiting.popleft())
        for one in found:
            count(one.method, one.route, one.status, one.seconds)
        if found and self._log.isEnabledFor(logging.INFO):
            requests = [(one.at, one.line()) for one in found]
            self._log.info("request", extra={"requests": requests})


ACCESS = AccessLog()
log = logging.getLogger("hazardmap")
MOST_QUERY = 1_000


class AuditLog:
    """Adds to the audit log of one data directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, what: str, **details: Any) -> None:
        """Add a line."""
        now = datetime.now(UTC)
        line = {"time": now.isoformat(timespec="milliseconds"), "what": what, **details}
        path = self._folder / f"audit-{now:%Y-%m}.jsonl"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # One call: lines of several processes do not mix.
                os.write(handle, orjson.dumps(line, default=str) + b"\n")
            finally:
                os.close(handle)
        except OSError:  # A full disk must not hide from an analyst where the mines are.
            log.exception("the audit log cannot be written")

    def note_command(self, command: str, **details: Any) -> None:
        """Add a line for what the command line wrote in full."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a container's user may have no name
            user = str(os.getuid())
        self.note("export", user=user, command=command, **details)


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
    ACCESS.flush()
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
