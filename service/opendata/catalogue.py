"""The layers as catalogues describe data: OGC API – Records, DCAT 3, schema.org.

One value a layer (`Entry`), written down in the words of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geodata.register import Snapshot
from service.collections import COLLECTIONS, Collection, extent_of
from service.http.representation import ITEMS
from service.http.request import Link, Links, segment
from service.ogc.descriptions import ATTRIBUTION, DESCRIPTION, TITLE

RECORD, DCAT = "application/geo+json", "application/ld+json"
KEYWORDS = (
    "landmine", "explosive remnants of war", "unexploded ordnance", "mine action", "casualties",
    "risk",
)  # fmt: skip
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/json",
)
_DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a catalogue says of one layer."""

    id: str
    title: str
    description: str
    box: tuple[float, ...] | None
    """West, south, east, north; None where nothing lies anywhere."""
    interval: tuple[str | None, str | None]
    """First and last day, None = open or not known."""
    updated: datetime
    page: str
    downloads: tuple[Link, ...]
    """Links to its files."""
    cite: str
    """An address that gives the same numbers for good."""


def entries(snapshot: Snapshot, links: Links) -> list[Entry]:
    """Describe every layer."""
    return [entry(one, snapshot, links) for one in COLLECTIONS.values()]


def entry(one: Collection, snapshot: Snapshot, links: Links) -> Entry:
    """Describe one layer."""
    extent = extent_of(snapshot, one)
    spatial, temporal = extent.get("spatial"), extent.get("temporal")
    path = f"/collections/{segment(one.id)}"
    offers = [o for o in ITEMS if o.key != "html" and (one.schema.geometry or o.key != "pmtiles")]
    moment = snapshot.recorded_at.isoformat().replace("+00:00", "Z")
    return Entry(
        id=one.id,
        title=one.title,
        description=one.description,
        box=tuple(spatial["bbox"][0]) if spatial else None,
        interval=tuple(temporal["interval"][0]) if temporal else (None, None),
        updated=snapshot.recorded_at,
        page=links.to(path, "about", None, one.title)["href"],
        downloads=tuple(
            links.to(f"{path}/items", "enclosure", o.media_type, f"{one.title}: {o.title}", f=o.key)
            for o in offers
        ),
        cite=f"{links.root}/as-of/{moment}{path}/items",
    )


def record(one: Entry, links: Links, own: Sequence[Link]) -> dict[str, Any]:
    """Write a layer as a record (OGC 20-004r1): a GeoJSON feature."""
    days = [_day(end) for end in one.interval]
    return {
        "id": one.id,
        "type": "Feature",
        "conformsTo": [CONFORMS[0]],
        "geometry": None if one.box is None else _polygon(one.box),
        "time": {"interval": [day or ".." for day in days]} if any(days) else None,
        "properties": {
            "type": "dataset",
            "title": one.title,
            "description": one.description,
            "keywords": list(KEYWORDS),
            "updated": _moment(one.updated),
            "language": {"code": "en"},
            "formats": [
                {"name": str(link["title"]).rpartition(": ")[2], "mediaType": link["type"]}
                for link in one.downloads
            ],
            "license": "other",
            "rights": ATTRIBUTION,
        },
        "links": [
            *own,
            links.to("/catalogue", "collection", "application/json", "Catalogue"),
            {"href": one.page, "rel": "describes", "title": one.title},
            {"href": one.cite, "rel": "cite-as", "title": "As it is now, for good"},
            *one.downloads,
        ],
    }


def catalogue(found: Sequence[Entry], links: Links, own: Sequence[Link]) -> dict[str, Any]:
    """Write the catalogue: what it is, and a link to each record."""
    items = [links.to(f"/catalogue/{segment(one.id)}", "item", RECORD, one.title) for one in found]
    return {
        "id": TITLE,
        "type": "Collection",
        "itemType": "record",
        "title": TITLE,
        "description": DESCRIPTION,
        "attribution": ATTRIBUTION,
        "conformsTo": list(CONFORMS),
        "links": [*own, *items],
    }


def dcat(found: Sequence[Entry], root: str) -> dict[str, Any]:
    """Write the catalogue as DCAT 3 in JSON-LD."""
    return {
        "@context": _DCAT,
        "@id": f"{root}/",
        "@type": "dcat:Catalog",
        "dct:title": {"@value": TITLE, "@language": "en"},
        "dct:description": {"@value": DESCRIPTION, "@language": "en"},
        "dct:rights": ATTRIBUTION,
        "foaf:homepage": {"@id": f"{root}/"},
        "dcat:service": {
            "@id": f"{root}/#api",
            "@type": "dcat:DataService",
            "dct:title": "OGC API",
            "dcat:endpointURL": {"@id": f"{root}/"},
            "dcat:endpointDescription": {"@id": f"{root}/api"},
        },
        "dcat:dataset": [_dcat_dataset(one) for one in found],
    }


def _dcat_dataset(one: Entry) -> dict[str, Any]:
    first, last = (_day(end) for end in one.interval)
    dataset: dict[str, Any] = {
        "@id": one.page,
        "@type": "dcat:Dataset",
        "dct:identifier": one.id,
        "dct:title": {"@value": one.title, "@language": "en"},
        "dct:description": {"@value": one.description, "@language": "en"},
        "dct:modified": {"@value": _moment(one.updated), "@type": "xsd:dateTime"},
        "dct:rights": ATTRIBUTION,
        "dcat:keyword": list(KEYWORDS),
        "dcat:landingPage": {"@id": one.page},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": link["title"],
                "dcat:accessURL": {"@id": link["href"]},
                "dcat:downloadURL": {"@id": link["href"]},
                "dcat:mediaType": link["type"],
            }
            for link in one.downloads
        ],
    }
    if one.box is not None:
        west, south, east, north = one.box
        wkt = (
            f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
        )
        dataset["dct:spatial"] = {"@type": "dct:Location", "dcat:bbox": wkt}
    if first or last:
        period = {"dcat:startDate": first, "dcat:endDate": last}
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            **{name: {"@value": day, "@type": "xsd:date"} for name, day in period.items() if day},
        }
    return dataset


def schema_org(one: Entry) -> dict[str, Any]:
    """Write a layer as schema.org's Dataset, which search engines read in its page."""
    first, last = (_day(end) or ".." for end in one.interval)
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": one.page,
        "name": one.title,
        "description": f"{one.description} {DESCRIPTION}",
        "url": one.page,
        "identifier": one.cite,
        "keywords": list(KEYWORDS),
        "dateModified": _moment(one.updated),
        "isAccessibleForFree": True,
        "creditText": ATTRIBUTION,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": link["title"],
                "encodingFormat": link["type"],
                "contentUrl": link["href"],
            }
            for link in one.downloads
        ],
    }
    if one.box is not None:
        west, south, east, north = one.box
        # Latitude first.
        shape = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
        found["spatialCoverage"] = {"@type": "Place", "geo": shape}
    if (first, last) != ("..", ".."):
        found["temporalCoverage"] = f"{first}/{last}"
    return found


def _polygon(box: Sequence[float]) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _day(moment: str | None) -> str | None:
    return None if moment is None else moment[:10]


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
