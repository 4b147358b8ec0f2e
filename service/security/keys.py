"""Access keys, and the sessions of browsers that signed in with one, in the register's database."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Any

from geodata.deferred import deferred
from geodata.errors import InvalidInput, NotFound, StoreError
from geodata.register.store import Clash, Store
from service.http.request import ORDER, SESSION, Caller, Role
from service.security.tables import Tables, access_keys, access_sessions

if TYPE_CHECKING:
    import sqlalchemy as sa
else:
    sa = deferred("sqlalchemy")

CACHE_SECONDS = 2.0
"""How long a revocation or the end of a session may take to reach another process."""
USE_RESOLUTION = timedelta(minutes=1)
IDLE = timedelta(hours=3)
"""How long a session lasts without a request."""
_NOBODY = "0" * 64


@dataclass(frozen=True, slots=True)
class Key:
    """A key as listed: never its secret or its hash."""

    key_id: str
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    expires_at: datetime | None
    rotated_at: datetime | None


class KeyStore:
    """The keys of one register and the sessions that they opened, in its database."""

    def __init__(self, store: Store) -> None:
        self._tables = Tables(store)
        self._cache: dict[str, tuple[float, Any]] = {}

    def add(self, name: str, role: str, expires: datetime | None = None) -> str:
        """Make a key and give its text: the only time that anybody sees it.

        Parameters
        ----------
        name
            Of its holder, 1 to 120 characters; never used again.
        role
            analyst, editor or admin.
        expires
            From when it opens nothing; None = never.

        Raises
        ------
        InvalidInput
            The role is unknown, the name is taken or empty, or the moment has passed.
        """
        if role not in ORDER[1:]:
            raise InvalidInput(
                f"role {role!r} has to be one of {', '.join(ORDER[1:])}.", code="bad-role"
            )
        if not name.strip() or len(name) > 120:
            raise InvalidInput("A key needs a name of 1 to 120 characters.", code="bad-name")
        now = _now()
        if expires is not None and expires <= now:
            raise InvalidInput(
                f"The key would expire at {expires:%Y-%m-%d %H:%M} UTC, which has passed. "
                "Give a later day, e.g. in a year, or 90d.",
                code="bad-expiry",
                details=[{"field": "expires", "reason": "has passed"}],
            )
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        row = {"key_id": key_id, "name": name, "role": role, "hash": _hash(secret)}
        try:
            with self._tables.connect() as connection:
                connection.execute(
                    sa.insert(access_keys()), {**row, "created_at": now, "expires_at": expires}
                )
        except Clash:
            raise InvalidInput(
                f"There is a key named {name!r} already (a revoked name is not used again).",
                code="name-taken",
            ) from None
        return f"hm_{key_id}_{secret}"

    def listing(self) -> list[Key]:
        """List all keys, revoked ones too, by name."""
        with self._tables.connect() as connection:
            rows = (
                connection.execute(sa.select(access_keys()).order_by(access_keys().c.name))
                .mappings()
                .all()
            )
        names = Key.__dataclass_fields__
        found = [_aware(row) or {} for row in rows]
        return [Key(**{name: row[name] for name in names}) for row in found]

    def revoke(self, name: str) -> None:
        """Revoke a key by its name, and end its sessions; within seconds in other processes.

        Raises
        ------
        NotFound
            There is no such key that is not revoked already.
        """
        now = _now()
        change = sa.update(access_keys()).where(
            access_keys().c.name == name, access_keys().c.revoked_at.is_(None)
        )
        with self._tables.connect() as connection:
            done = connection.execute(change.values(revoked_at=now))
        self._cache.clear()
        if not done.rowcount:
            raise _no_key(name)

    def rotate(
        self, name: str, overlap: timedelta = timedelta(0), expires: datetime | None = None
    ) -> str:
        """Give a key a new secret, under its name and id, and end its sessions.

        The new text of the key, which is never shown again.

        Parameters
        ----------
        name
            Of a key that is neither revoked nor expired.
        overlap
            How long the old secret still works, so that clients can be changed one by one.
        expires
            The new time of its end; None = as it was.

        Raises
        ------
        NotFound
            There is no such key that works.
        """
        now, secret = _now(), secrets.token_urlsafe(32)
        with self._tables.connect() as connection:
            found = sa.select(access_keys()).where(
                access_keys().c.name == name, access_keys().c.revoked_at.is_(None)
            )
            row = _aware(connection.execute(found).mappings().one_or_none())
            if row is None or _passed(row["expires_at"], now):
                raise _no_key(name)
            values: dict[str, Any] = {
                "hash": _hash(secret),
                "rotated_at": now,
                "previous_hash": row["hash"] if overlap else None,
                "previous_until": now + overlap if overlap else None,
            }
            if expires is not None:
                values["expires_at"] = expires
            connection.execute(
                sa.update(access_keys())
                .where(access_keys().c.key_id == row["key_id"])
                .values(**values)
            )
        self._cache.clear()
        return f"hm_{row['key_id']}_{secret}"

    def check(self, text: str) -> Caller | None:
        """Find the caller of a key's text; None where it is wrong, expired or revoked.

        The comparison takes the same time for a wrong secret and for an unknown id.
        """
        key_id, secret = parts_of(text)
        row = self._row(key_id)
        given, expected = _hash(secret), row["hash"] if row else _NOBODY
        right = hmac.compare_digest(given, expected)
        if row and row["previous_hash"] and not _passed(row["previous_until"], _now()):
            right |= hmac.compare_digest(given, row["previous_hash"])
        return self._caller(row) if right and row is not None else None

    def begin_session(self, key_id: str) -> str:
        """Start a session of a key; gives the token that the browser's cookie holds."""
        token, now = secrets.token_urlsafe(32), _now()
        row = self._row(key_id)
        values = {"token_hash": _hash(token), "key_id": key_id, "started_at": now, "seen_at": now}
        with self._tables.connect() as connection:
            connection.execute(
                sa.delete(access_sessions()).where(access_sessions().c.started_at < now - SESSION)
            )
            connection.execute(sa.insert(access_sessions()), {**values, "key_hash": row["hash"]})
        return token

    def by_session(self, token: str) -> Caller | None:
        """Find the caller of a session's token; None where it ended, here or on its own."""
        name = _hash(token)
        session = self._cached(f"session {name}", lambda: self._session(name))
        now = _now()
        if session is None or _passed(session["started_at"] + SESSION, now):
            return None
        if _passed(session["seen_at"] + IDLE, now):
            return None
        row = self._row(session["key_id"])
        # A new secret of the key ends the sessions that the old one opened.
        if row is None or not hmac.compare_digest(row["hash"], session["key_hash"]):
            return None
        caller = self._caller(row)
        if caller is None:
            return None
        self._note_seen(session, now)
        return Caller(caller.name, caller.role, caller.key_id, name[:12])

    def end_session(self, token: str) -> None:
        """End a session for good: no copy of its cookie opens anything any more."""
        name = _hash(token)
        with self._tables.connect() as connection:
            connection.execute(
                sa.delete(access_sessions()).where(access_sessions().c.token_hash == name)
            )
        self._cache.pop(f"session {name}", None)

    def _caller(self, row: Any) -> Caller | None:
        now = _now()
        if row["revoked_at"] is not None or _passed(row["expires_at"], now):
            return None
        self._note_use(row, now)
        return Caller(row["name"], row["role"], row["key_id"])

    def _row(self, key_id: str) -> Any:
        return self._cached(key_id, lambda: self._key(key_id))

    def _cached(self, name: str, read: Any) -> Any:
        now = time.monotonic()
        kept = self._cache.get(name)
        if kept and now - kept[0] < CACHE_SECONDS:
            return kept[1]
        if len(self._cache) > 1_000:
            self._cache.clear()
        found = read()
        self._cache[name] = (now, found)
        return found

    def _key(self, key_id: str) -> dict[str, Any] | None:
        with self._tables.connect() as connection:
            row = connection.execute(
                sa.select(access_keys()).where(access_keys().c.key_id == key_id)
            ).mappings()
            return _aware(row.one_or_none())

    def _session(self, name: str) -> dict[str, Any] | None:
        with self._tables.connect() as connection:
            found = sa.select(access_sessions()).where(access_sessions().c.token_hash == name)
            return _aware(connection.execute(found).mappings().one_or_none())

    def _note_use(self, row: dict[str, Any], now: datetime) -> None:
        last = row["last_used_at"]
        if last is not None and now - last < USE_RESOLUTION:
            return
        row["last_used_at"] = now
        self._note(
            sa.update(access_keys())
            .where(access_keys().c.key_id == row["key_id"])
            .values(last_used_at=now)
        )

    def _note_seen(self, session: dict[str, Any], now: datetime) -> None:
        if now - session["seen_at"] < USE_RESOLUTION:
            return
        session["seen_at"] = now
        of_it = access_sessions().c.token_hash == session["token_hash"]
        self._note(sa.update(access_sessions()).where(of_it).values(seen_at=now))

    def _note(self, change: Any) -> None:
        try:
            with self._tables.connect() as connection:
                connection.execute(change)
        except StoreError:  # A read must not fail because its use could not be noted.
            return


def parts_of(text: str) -> tuple[str, str]:
    """Split a key's text into id and secret; without an id where it has no key's form."""
    parts = text.split("_", 2)
    if len(parts) == 3 and parts[0] == "hm":
        return parts[1][:16], parts[2]
    return "", text


def expiry_of(text: str | None) -> datetime | None:
    """Read when a key expires: a day (to its end, UTC), or a number of days, e.g. ``90d``.

    Raises
    ------
    InvalidInput
        It is neither.

    Examples
    --------
    >>> expiry_of("2027-01-31").isoformat()
    '2027-02-01T00:00:00+00:00'
    """
    if not text:
        return None
    try:
        if text.endswith("d"):
            return _now() + timedelta(days=int(text[:-1]))
        return datetime.combine(date.fromisoformat(text), time_of_day(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidInput(
            f"{text[:40]!r} has to be a day, e.g. 2027-01-31, or 90d for ninety days.",
            code="bad-expiry",
            details=[{"field": "expires", "reason": "has to be a day, e.g. 2027-01-31, or 90d"}],
        ) from None


def _now() -> datetime:
    return datetime.now(UTC)


def _no_key(name: str) -> NotFound:
    return NotFound(f"There is no active key named {name!r}.")


def _passed(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _aware(row: Any) -> dict[str, Any] | None:
    """Give the row's times in UTC: SQLite keeps no zone."""
    if row is None:
        return None
    return {
        name: value.replace(tzinfo=value.tzinfo or UTC) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
