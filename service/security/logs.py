"""Structured logs: one JSON object a line, with the request's id, without secrets.

Query strings, bodies and headers are never logged: they may hold keys or restricted data.
"""

import logging
from datetime import UTC, datetime
from typing import Any

import orjson

_OWN = ("request_id", "method", "path", "status", "milliseconds", "caller", "client", "key")


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line of JSON."""
        body: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        body |= {name: getattr(record, name) for name in _OWN if hasattr(record, name)}
        if record.exc_info:
            body["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(body, default=str).decode("utf-8", "replace")


def configuration(level: str) -> dict[str, Any]:
    """Give the logging configuration of the whole process, for `logging.config`.

    Parameters
    ----------
    level
        Least level that is written.

    Returns
    -------
    dict
        Everything as JSON lines on standard error; the access log is the service's own.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "service.security.logs.JsonLines"}},
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
