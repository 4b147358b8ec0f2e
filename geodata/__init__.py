"""hazardmap's domain library: reports become incidents, incidents meet districts.

Frames in, frames out, usable from a notebook. Everything here is free of HTTP, Folium
and the command line.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata.districts import load_districts
    from geodata.places import Gazetteer
    from geodata.register import open_register

__all__ = ["Gazetteer", "load_districts", "open_register"]

_HOME = {
    "Gazetteer": "geodata.places",
    "load_districts": "geodata.districts",
    "open_register": "geodata.register",
}


def __getattr__(name: str) -> Any:
    # Import cost is felt by every command: GeoPandas loads with the first name used.
    if name not in _HOME:
        raise AttributeError(f"module 'geodata' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOME[name]), name)
