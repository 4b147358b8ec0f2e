"""hazardmap's domain library: reports become incidents, incidents meet districts.

Frames in, frames out, usable from a notebook. Everything here is free of HTTP, Folium
and the command line.
"""

from typing import TYPE_CHECKING

from geodata.deferred import parts

if TYPE_CHECKING:
    from geodata.districts import load_districts
    from geodata.places import Gazetteer
    from geodata.register import open_register

__all__ = ["Gazetteer", "load_districts", "open_register"]

__getattr__ = parts(
    __name__,
    {"districts": ("load_districts",), "places": ("Gazetteer",), "register": ("open_register",)},
)
