"""Links of answers: absolute, at the address that the client sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

Link = dict[str, Any]

OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of one answer.

    Attributes
    ----------
    root
        Address of the service, without a final slash.
    path
        Path of the answer below it.
    query
        Parameters of the request, in their order.
    """

    root: str
    path: str
    query: tuple[tuple[str, str], ...] = ()

    def to(self, path: str, rel: str, media_type: str | None, title: str, **query: Any) -> Link:
        """Link to a path of the service.

        Parameters
        ----------
        path
            Below the root, with a leading slash; `segment` quotes ids in it.
        rel
            Relation.
        media_type
            What is there; None leaves it open.
        title
            For people.
        **query
            Parameters; hyphens as underscores, nulls are left out.

        Returns
        -------
        dict
            The link.
        """
        pairs = [(k.replace("_", "-"), v) for k, v in query.items() if v is not None]
        return link(self.root + path + _query(pairs), rel, media_type, title)

    def here(
        self,
        rel: str,
        media_type: str,
        title: str,
        *,
        drop: Iterable[str] = (),
        **changes: Any,
    ) -> Link:
        """Link to this answer with some parameters changed.

        Parameters
        ----------
        rel, media_type, title
            As for `to`.
        drop
            Parameters to leave out.
        **changes
            Parameters to set; hyphens as underscores, nulls are left out.

        Returns
        -------
        dict
            The link.
        """
        set_to = {k.replace("_", "-"): v for k, v in changes.items()}
        gone = {*drop, *set_to}
        pairs = [(k, v) for k, v in self.query if k not in gone]
        pairs += [(k, v) for k, v in set_to.items() if v is not None]
        return link(self.root + quote(self.path) + _query(pairs), rel, media_type, title)


def link(href: str, rel: str, media_type: str | None, title: str) -> Link:
    """Make one link."""
    typed = {"type": media_type} if media_type else {}
    return {"href": href, "rel": rel, **typed, "title": title}


def segment(text: str) -> str:
    """Quote an id for a path."""
    return quote(text, safe="")


def header(links: Iterable[Link]) -> str:
    """Write links as the value of the header Link."""
    return ", ".join(
        f'<{one["href"]}>; rel="{one["rel"]}"; type="{one.get("type", "")}"' for one in links
    )


def _query(pairs: Iterable[tuple[str, Any]]) -> str:
    text = urlencode([(k, str(v)) for k, v in pairs], quote_via=quote, safe=":/,")
    return f"?{text}" if text else ""
