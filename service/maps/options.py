"""What the caller of a map page decides beside the risk parameters."""

from dataclasses import dataclass

MAX_EMBEDDED = 20_000
"""Incidents that a page carries one by one; above it shows them summed by district."""


@dataclass(frozen=True, slots=True)
class MapOptions:
    """Basemap, links and limits of a page.

    Attributes
    ----------
    basemap_url, basemap_attribution
        Tile template or WMS address; empty = none, and the page asks nothing of anyone.
    public_url
        Address of the service for links; empty = a file without links.
    query
        The query that made the map, for its links.
    embed
        Only the map, for a frame in another page.
    max_incidents
        See `MAX_EMBEDDED`.
    """

    basemap_url: str = ""
    basemap_attribution: str = ""
    public_url: str = ""
    query: str = ""
    embed: bool = False
    max_incidents: int = MAX_EMBEDDED
