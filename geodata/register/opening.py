"""Opening a register, making and filling a new one."""

import os
from datetime import UTC, datetime
from pathlib import Path

from geodata import districts, places
from geodata.districts import copies
from geodata.incidents.founding import founding
from geodata.intervals import Observed
from geodata.plausible import DateRange
from geodata.register import migrate, projection
from geodata.register.log import planned, rows_of
from geodata.register.reference import boundaries_document, place_documents
from geodata.register.register import Register
from geodata.register.revision import Change
from geodata.register.store import PostgresStore, SqliteStore, Store

FILE_NAME = "register.sqlite3"
FOUNDER = "hazardmap"
_REASON = "bundled with the program"


def open_register(
    path: str | Path | None = None,
    *,
    url: str | None = None,
    empty: bool = False,
    dates: DateRange | None = None,
    observed: Observed | None = None,
) -> Register:
    """Open a register; a new one is made and filled with the bundled data.

    Close it at the end.

    Parameters
    ----------
    path
        Data directory of the embedded store; None = ``HAZARDMAP_DATA``, or else
        ``./hazardmap-data``.
    url
        Database instead, e.g. ``postgresql+psycopg://user@host/name``.
    empty
        Leave a new register empty: no incidents, no boundaries, no places.
    dates
        Which days a record can mean; None = 1900 to tomorrow.
    observed
        When incidents were recorded, where that is stated.

    Raises
    ------
    StoreError
        The store cannot be opened; the message says what to do.

    Examples
    --------
    >>> register = open_register("data")          # doctest: +SKIP
    >>> len(register.snapshot().incidents)        # doctest: +SKIP
    5
    """
    store = store_for(path, url)
    try:
        prepare(store, empty=empty)
        folder = _folder(store, path)
        copies.keep_in(folder)
        return Register(store, folder, dates=dates, observed=observed)
    except BaseException:
        store.close()
        raise


def _folder(store: Store, path: str | Path | None) -> Path | None:
    """Give the data directory, where checkpoints and copies of boundaries are kept."""
    if isinstance(store, SqliteStore):
        return store.path.parent
    return None if path is None else Path(path)


def store_for(path: str | Path | None = None, url: str | None = None) -> Store:
    """Choose the store for a data directory or a database URL (see `open_register`)."""
    if url is None and path is None:
        url = os.environ.get("HAZARDMAP_DATABASE_URL") or None
    if url:
        return PostgresStore(url)
    folder = Path(path or os.environ.get("HAZARDMAP_DATA") or "hazardmap-data")
    return SqliteStore(folder if folder.suffix == ".sqlite3" else folder / FILE_NAME)


def prepare(store: Store, *, empty: bool) -> None:
    """Bring tables and views to what this program needs; fill them if they are new.

    One transaction: of several processes that open a new register at once, one makes
    and fills it, and the others find it done.
    """
    with store.read() as connection:
        if migrate.version(connection) == migrate.HEAD and projection.is_current(connection):
            return
    with store.write() as connection:
        at = migrate.version(connection)
        if at != migrate.HEAD:
            migrate.upgrade(connection)
        projection.derive(connection)
        if at is None and not empty:
            plans = [planned(change) for change in bundled_changes()]
            rows = rows_of(connection, plans, datetime.now(UTC), FOUNDER, _REASON)
            store.insert(connection, rows)


def bundled_changes() -> list[Change]:
    """Give the changes that fill a new register: boundaries, places, founding records."""
    boundaries = boundaries_document(
        districts.load_districts(), districts.BUNDLED_EDITION, source=districts.ATTRIBUTION
    )
    held = founding()
    return [
        Change("boundaries", boundaries),
        *(Change("place", place) for place in place_documents(places.load_places())),
        *(Change("incident", incident) for incident in held.incidents),
        *(Change("statistic", statistic) for statistic in held.statistics),
        *(Change("operation", operation) for operation in held.operations),
    ]
