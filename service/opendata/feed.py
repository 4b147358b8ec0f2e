"""A feed of changes (Atom, RFC 4287): what was added, changed and retracted of late."""

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from geodata.register import Difference, RecordChange, Snapshot
from service.content.incidents import incident_rows
from service.http.request import View
from service.i18n import N_, Translator, translator
from service.labels import label

ATOM = "application/atom+xml"
MOST = 100
"""Entries of the feed, the newest first."""
_NS = "http://www.w3.org/2005/Atom"
_WORDS = {
    "added": N_("Recorded"),
    "changed": N_("Changed"),
    "retracted": N_("Retracted"),
}
TITLE = N_("hazardmap: changes of the register")
SUBTITLE = N_("Not every blast is reported: no entry does not mean that nothing happened.")

LEFT_OUT = N_("Only the newest changes are listed; {n} more stand on the page of changes.")


def atom(found: Difference, snapshot: Snapshot, view: View) -> bytes:
    """Write the feed.

    Parameters
    ----------
    found
        Changes in the public view.
    snapshot
        What is held now, in the same view.
    view
        Gives language and addresses.

    Returns
    -------
    bytes
        The same for the same revision.
    """
    say = translator(view.lang)
    kinds = (("added", found.added), ("changed", found.changed), ("retracted", found.retracted))
    changes = [(kind, one) for kind, records in kinds for one in records]
    changes.sort(key=lambda pair: (pair[1].last.recorded_at, pair[1].last.seq), reverse=True)
    ET.register_namespace("", _NS)
    root = ET.Element(f"{{{_NS}}}feed", {"xml:lang": view.lang})
    _add(root, "title", say.gettext(TITLE))
    left = sum(found.counts.values()) - len(changes[:MOST])
    _add(root, "subtitle", " ".join([say.gettext(SUBTITLE), *_left_out(left, say)]))
    _add(root, "id", view.absolute(f"{view.root}/changes.atom"))
    _add(root, "updated", _moment(snapshot.recorded_at))
    _link(root, "self", ATOM, view.absolute(view.here()))
    _link(root, "alternate", "text/html", view.absolute(view.href("/changes")))
    author = ET.SubElement(root, f"{{{_NS}}}author")
    _add(author, "name", "hazardmap")
    shown = [one.record_id for _, one in changes[:MOST]]
    known = snapshot.incidents.index.intersection(shown)
    rows = incident_rows(snapshot, snapshot.incidents.loc[known], say)
    told = {
        row.incident_id: (row.when, " / ".join(one.name for one in row.where), row.device)
        for row in rows
    }
    for kind, one in changes[:MOST]:
        _entry(root, kind, one, told.get(one.record_id), say, view)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8")


def _left_out(number: int, say: Translator) -> list[str]:
    return [say.gettext(LEFT_OUT).replace("{n}", say.number(number))] if number > 0 else []


def _entry(
    root: ET.Element,
    kind: str,
    one: RecordChange,
    told: tuple[object, ...] | None,
    say: Translator,
    view: View,
) -> None:
    entry = ET.SubElement(root, f"{{{_NS}}}entry")
    word = say.gettext(_WORDS[kind])
    title = f"{word}: {one.record_id}"
    if told is not None:
        when, where, device = told
        named = label(say, "device", str(device)) if device else ""
        title = ", ".join(str(part) for part in (f"{word}: {when}", where, named) if part)
    page = view.href(f"/incidents/{one.record_id}")
    host = urlsplit(view.origin).hostname or "localhost"
    # A tag (RFC 4151) stays when the service moves to another port or path.
    _add(entry, "id", f"tag:{host},2020:incidents/{one.record_id}/{one.last.version}")
    _add(entry, "title", title)
    _add(entry, "updated", _moment(one.last.recorded_at))
    _link(entry, "alternate", "text/html", view.absolute(page))
    fields = ", ".join(field.field for field in one.fields) if kind == "changed" else ""
    _add(entry, "summary", fields or title)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_NS}}}{name}").text = _clean(text)


def _link(parent: ET.Element, rel: str, kind: str, href: str) -> None:
    ET.SubElement(parent, f"{{{_NS}}}link", {"rel": rel, "type": kind, "href": href})


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and not 0xD800 <= ord(c) < 0xE000
                                                       and c not in "\ufffe\uffff"))  # fmt: skip


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
