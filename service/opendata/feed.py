"""What changed of late, told to whoever follows: a feed (Atom, RFC 4287), and signed notices.

Notices of new and changed incidents go to addresses that the operator named. Each names records,
versions and addresses, no more: whoever wants to know reads the public view. What is restricted is
not named. Delivery is at least once and in order; a notice has an id, by which a receiver knows one
that came twice.

The header ``Hazardmap-Signature: t=…,v1=…`` holds the moment in seconds since 1970 and the
HMAC-SHA256 of ``t``, a dot and the body, in hexadecimal, by the secret of the settings. Where
the settings name an old secret after the new one there is a ``v1`` of each, so that receivers
can change over one after the other.
"""

import hmac
import http.client
import json
import logging
import time
import uuid
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from geodata.background import Background
from geodata.disk import first_at, whole
from geodata.errors import GeodataError, InvalidInput
from geodata.register import Difference, RecordChange, Register, Snapshot, log
from geodata.register.public import is_told
from geodata.register.revision import GONE, Row
from service.content.incidents import incident_rows
from service.http.request import View
from service.i18n import N_, Translator, label, translator_of

ATOM = "application/atom+xml"
MOST_ENTRIES = 100
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

    The same for the same revision.
    """
    translator = translator_of(view.lang)
    kinds = (("added", found.added), ("changed", found.changed), ("retracted", found.retracted))
    changes = [(kind, one) for kind, records in kinds for one in records]
    changes.sort(key=lambda pair: (pair[1].last.recorded_at, pair[1].last.seq), reverse=True)
    ET.register_namespace("", _NS)
    root = ET.Element(f"{{{_NS}}}feed", {"xml:lang": view.lang})
    _add(root, "title", translator.gettext(TITLE))
    left = sum(found.counts.values()) - len(changes[:MOST_ENTRIES])
    _add(root, "subtitle", " ".join([translator.gettext(SUBTITLE), *_left_out(left, translator)]))
    _add(root, "id", view.absolute(f"{view.root}/changes.atom"))
    _add(root, "updated", _moment(snapshot.recorded_at))
    _link(root, "self", ATOM, view.absolute(view.here()))
    _link(root, "alternate", "text/html", view.absolute(view.href("/changes")))
    author = ET.SubElement(root, f"{{{_NS}}}author")
    _add(author, "name", "hazardmap")
    shown = [one.record_id for _, one in changes[:MOST_ENTRIES]]
    known = snapshot.incidents.index.intersection(shown)
    rows = incident_rows(snapshot, snapshot.incidents.loc[known], translator)
    told = {
        row.incident_id: (row.when, " / ".join(one.name for one in row.where), row.device)
        for row in rows
    }
    for kind, one in changes[:MOST_ENTRIES]:
        _entry(root, kind, one, told.get(one.record_id), translator, view)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8")


def _left_out(number: int, translator: Translator) -> list[str]:
    return (
        [translator.gettext(LEFT_OUT).replace("{n}", translator.number(number))]
        if number > 0
        else []
    )


def _entry(
    root: ET.Element,
    kind: str,
    one: RecordChange,
    told: tuple[object, ...] | None,
    translator: Translator,
    view: View,
) -> None:
    entry = ET.SubElement(root, f"{{{_NS}}}entry")
    word = translator.gettext(_WORDS[kind])
    title = f"{word}: {one.record_id}"
    if told is not None:
        when, where, device = told
        named = label(translator, "device", str(device)) if device else ""
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


STATE_NAME, _LOCK_NAME = "webhooks.json", "webhooks.lock"
SIGNATURE = "Hazardmap-Signature"
MOST_SENT = 500
"""Revisions that one notice tells of at most."""
_LOOK_S, _FIRST_WAIT_S, _LONGEST_WAIT_S, _TIMEOUT_S = 2.0, 5.0, 3600.0, 10.0
_NAMESPACE = uuid.UUID("0f3ea6f1-6f0e-4a51-8f6a-9f0b6d0a5f10")
logger = logging.getLogger("hazardmap.webhooks")


def addresses_of(text: str) -> tuple[str, ...]:
    """Read the addresses of the settings.

    Raises
    ------
    InvalidInput
        One is not http or https, or names nobody.
    """
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for address in found:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(
                f"HAZARDMAP_WEBHOOKS names {address[:80]!r}; write addresses with commas between, "
                "as in https://example.org/hook.",
                code="bad-webhook",
            )
    return found


def signature(secret: str, moment: int, body: bytes) -> str:
    """Sign a body.

    Examples
    --------
    >>> signature("s", 1, b"{}")[:10], signature("new,s", 1, b"{}").count("v1=")
    ('t=1,v1=b25', 2)
    """
    text = f"{moment}.".encode() + body
    found = [f"v1={hmac.new(one.encode(), text, sha256).hexdigest()}" for one in _secrets(secret)]
    return ",".join([f"t={moment}", *found])


def _secrets(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


class Webhooks(Background):
    """Tells the addresses, in a thread; one process of a data directory does it.

    Parameters
    ----------
    folder
        The data directory: keeps how far each address was told.
    addresses, secret
        Whom, and by what bodies are signed.
    service
        Address of the service in the notices, without a final slash; may be empty.

    Raises
    ------
    InvalidInput
        There are addresses but no secret.
    """

    def __init__(
        self,
        register: Register,
        folder: Path,
        addresses: tuple[str, ...],
        secret: str,
        service: str = "",
    ) -> None:
        if addresses and not _secrets(secret):
            raise InvalidInput(
                "HAZARDMAP_WEBHOOKS needs HAZARDMAP_WEBHOOK_SECRET, by which receivers know that a "
                "notice is yours; make one with: openssl rand -hex 32.",
                code="no-webhook-secret",
            )
        super().__init__("webhooks")
        self._register = register
        self._folder = folder
        self._addresses = addresses
        self._secret = secret
        self._service = service.rstrip("/")
        self._waits: dict[str, tuple[float, float]] = {}

    def start(self) -> None:
        """Begin, where there is anybody to tell."""
        if self._addresses:
            super().start()

    def _run(self) -> None:
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
        while not self.ends_within():
            # Another process of this directory may be the one that tells.
            with first_at(self._folder / _LOCK_NAME) as first:
                while first and not self.ends_within():
                    self._try_to_tell()
                    self.ends_within(_LOOK_S)
            self.ends_within(_LOOK_S)

    def _try_to_tell(self) -> None:
        try:
            self.tell()
        except GeodataError as error:
            logger.warning("webhooks: %s", error.message)

    def tell(self) -> None:
        """Tell each address what it was not told yet, as far as it takes it."""
        newest, told = self._register.newest().revision, self._told()
        state = {address: told.get(address, (newest, newest)) for address in self._addresses}
        for address in self._addresses:
            after, until = state[address]
            due, wait = self._waits.get(address, (0.0, _FIRST_WAIT_S))
            while after < newest and time.monotonic() >= due and not self.ends_within():
                if until <= after:
                    # Kept before it is sent: one whose answer is lost is the same notice again.
                    until = min(after + MOST_SENT, newest)
                    state[address] = after, until
                    self._keep(state)
                if not self._send(address, after, until):
                    self._waits[address] = time.monotonic() + wait, min(wait * 2, _LONGEST_WAIT_S)
                    break
                self._waits.pop(address, None)
                after = until
                state[address] = after, until
                self._keep(state)
        self._keep(state)

    def _send(self, address: str, after: int, until: int) -> bool:
        events = self._events(after, until)
        if not events:
            return True
        notice = {
            "id": str(uuid.uuid5(_NAMESPACE, f"{address} {after} {until}")),
            "revision": until,
            "events": events,
        }
        body = json.dumps(notice, ensure_ascii=False).encode()
        moment = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "hazardmap",
            SIGNATURE: signature(self._secret, moment, body),
        }
        try:
            status = _posted(address, body, headers)
        except (OSError, http.client.HTTPException) as reason:
            logger.warning("webhook %s: %s", urlsplit(address).hostname, reason)
            return False
        if not 200 <= status < 300:
            # A redirect is no delivery: nothing goes where the operator did not say.
            logger.warning("webhook %s answered %s", urlsplit(address).hostname, status)
            return False
        return True

    def _events(self, after: int, until: int) -> list[dict[str, Any]]:
        first: dict[str, int] = {}
        last: dict[str, Row] = {}
        with self._register.store.read() as connection:
            for row in log.since(connection, after, until, "incident"):
                first.setdefault(row.record_id, row.version)
                last[row.record_id] = row
            newest = log.heads(connection, "incident", last)
        return [
            self._event(row, first[name])
            for name, row in last.items()
            if is_told(row, newest[name])
        ]

    def _event(self, row: Row, first: int) -> dict[str, Any]:
        kind = "retracted" if row.change in GONE else "added" if first == 1 else "changed"
        path = f"/collections/incidents/items/{quote(row.record_id, safe='')}"
        return {
            "type": f"incident.{kind}",
            "incident_id": row.record_id,
            "version": row.version,
            "recorded_at": row.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "href": f"{self._service}{path}",
        }

    def _told(self) -> dict[str, tuple[int, int]]:
        """Give up to what revision each was told, and up to which it is being told."""
        try:
            found = json.loads((self._folder / STATE_NAME).read_text(encoding="utf-8"))
            # Earlier versions kept the first number only.
            pairs = {
                name: held if isinstance(held, list) else [held] for name, held in found.items()
            }
            return {name: (int(held[0]), int(held[-1])) for name, held in pairs.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, LookupError, AttributeError) as reason:
            logger.warning(
                "%s cannot be read: notices begin with what comes (%s)", STATE_NAME, reason
            )
            return {}

    def _keep(self, state: dict[str, tuple[int, int]]) -> None:
        if state != self._told():
            with whole(self._folder / STATE_NAME) as made:
                made.write_text(json.dumps(state), encoding="utf-8")


def _posted(address: str, body: bytes, headers: dict[str, str]) -> int:
    """Send a body; gives the status, and follows no redirect."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read(1_000)
        return answer.status
    finally:
        connection.close()
