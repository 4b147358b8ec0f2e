"""Access keys: shown once, kept as a hash, revocable, with the time of last use.

A key is ``hm_<id>_<secret>``. The secret has 256 random bits, so one SHA-256 is enough
at rest (a slow hash protects guessable passwords, which keys are not).
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from geodata.errors import InvalidInput, NotFound, StoreError
from service.auth import ORDER, Caller, Role

_METADATA = MetaData()
KEYS = Table(
    "access_keys",
    _METADATA,
    Column("key_id", String(16), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
)

CACHE_SECONDS = 2.0
"""How long a revocation may take to reach another process."""
USE_RESOLUTION = timedelta(minutes=1)
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


class KeyStore:
    """The keys of one register, in its database.

    Parameters
    ----------
    engine
        Engine of the register's store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cache: dict[str, tuple[float, Any]] = {}
        self._ready = False

    def add(self, name: str, role: str) -> str:
        """Make a key and give its text: the only time that anybody sees it.

        Raises
        ------
        InvalidInput
            The role is unknown, or the name is taken or empty.
        """
        if role not in ORDER[1:]:
            raise InvalidInput(f"role {role!r} is none of {', '.join(ORDER[1:])}.", code="bad-role")
        if not name.strip() or len(name) > 120:
            raise InvalidInput("A key needs a name of 1 to 120 characters.", code="bad-name")
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        row = {"key_id": key_id, "name": name, "role": role, "hash": _hash(secret)}
        try:
            with self._connect() as connection:
                connection.execute(insert(KEYS), {**row, "created_at": datetime.now(UTC)})
        except IntegrityError:
            raise InvalidInput(
                f"There is a key named {name!r} already (a revoked name is not used again).",
                code="name-taken",
            ) from None
        return f"hm_{key_id}_{secret}"

    def listing(self) -> list[Key]:
        """List all keys, revoked ones too, by name."""
        with self._connect() as connection:
            rows = connection.execute(select(KEYS).order_by(KEYS.c.name)).mappings().all()
        names = Key.__dataclass_fields__
        return [Key(**{n: r[n] for n in names}) for r in rows]

    def revoke(self, name: str) -> None:
        """Revoke a key by its name; at once here, within seconds elsewhere.

        Raises
        ------
        NotFound
            There is no such key that is not revoked already.
        """
        change = update(KEYS).where(KEYS.c.name == name, KEYS.c.revoked_at.is_(None))
        with self._connect() as connection:
            done = connection.execute(change.values(revoked_at=datetime.now(UTC)))
        self._cache.clear()
        if not done.rowcount:
            raise NotFound(f"There is no active key named {name!r}.")

    def check(self, text: str) -> Caller | None:
        """Find the caller of a key's text; None where it is wrong or revoked.

        The comparison takes the same time for a wrong secret and for an unknown id.
        """
        parts = text.split("_", 2)
        well_formed = len(parts) == 3 and parts[0] == "hm"
        key_id, secret = (parts[1], parts[2]) if well_formed else ("", text)
        row = self._row(key_id[:16])
        expected = row["hash"] if row else _NOBODY
        if not hmac.compare_digest(_hash(secret), expected) or row is None:
            return None
        return self._caller(row)

    def by_id(self, key_id: str) -> Caller | None:
        """Find the caller of a key's id, which a signed cookie carries."""
        row = self._row(key_id[:16])
        return self._caller(row) if row else None

    def _caller(self, row: Any) -> Caller | None:
        if row["revoked_at"] is not None:
            return None
        self._note_use(row)
        return Caller(row["name"], row["role"])

    def _row(self, key_id: str) -> Any:
        now = time.monotonic()
        kept = self._cache.get(key_id)
        if kept and now - kept[0] < CACHE_SECONDS:
            return kept[1]
        with self._connect() as connection:
            found = select(KEYS).where(KEYS.c.key_id == key_id)
            row = connection.execute(found).mappings().one_or_none()
        if len(self._cache) > 1_000:
            self._cache.clear()
        self._cache[key_id] = (now, dict(row) if row else None)
        return self._cache[key_id][1]

    def _note_use(self, row: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        last = row["last_used_at"]
        if last is not None and now - last.replace(tzinfo=last.tzinfo or UTC) < USE_RESOLUTION:
            return
        row["last_used_at"] = now
        change = update(KEYS).where(KEYS.c.key_id == row["key_id"]).values(last_used_at=now)
        try:
            with self._connect() as connection:
                connection.execute(change)
        except StoreError:  # A read must not fail because its use could not be noted.
            return

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            if not self._ready:
                _METADATA.create_all(self._engine)
                self._ready = True
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as reason:
            text = str(getattr(reason, "orig", reason)).splitlines()[0][:120]
            raise StoreError(f"The keys cannot be read or written: {text}.") from reason


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
