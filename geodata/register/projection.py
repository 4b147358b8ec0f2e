"""On PostgreSQL: the current incidents as a table with PostGIS points, and two views of it.

The log stays the truth; the table is a projection of it, kept by triggers, for QGIS and for
SQL. `incidents_current` shows it in full, `incidents_public` what everybody may see: it is
generated from the one table of the rule (`geodata.register.public`), and made anew at opening
whenever that changes. Migrations make the table; what is here is derived and can be replaced.
"""

import hashlib
from collections.abc import Mapping

from geodata.register.connection import Connection
from geodata.register.public import (
    COARSEST,
    EMPTY,
    LIKE_CHARACTERS,
    METHOD,
    PUBLIC_DIGITS,
    PUBLIC_PREFIX,
    UNKEYED,
    UNLIKE,
    Location,
    rule,
)
from geodata.register.store import Store, keep_setting, setting

LOCATION = "restricted_location"
"""Under this name the register keeps what the public view shows of restricted places."""
_DERIVED = "projection"

_COUNT = """
(SELECT sum((c ->> 'best')::bigint) FROM jsonb_array_elements(p -> 'casualties') AS c
 WHERE c ->> 'outcome' = '{outcome}')
"""
_COLUMNS = {
    "fid": "seq",
    "incident_id": "record_id",
    "version": "version",
    "record_status": "p ->> 'record_status'",
    "recorded_at": "recorded_at",
    "date_start": "(p ->> 'date_start')::date",
    "date_end": "(p ->> 'date_end')::date",
    "date_precision": "(p ->> 'date_precision')::int",
    "where_precision": "(p ->> 'where_precision')::int",
    "uncertainty_m": "(p ->> 'uncertainty_m')::float8",
    "place_as_reported": "p ->> 'place_as_reported'",
    "country": "p ->> 'country'",
    "district_id": """
(SELECT d ->> 'district_id' FROM jsonb_array_elements(p -> 'districts')
 WITH ORDINALITY AS x (d, n) ORDER BY (d ->> 'weight')::float8 DESC, n LIMIT 1)""",
    "districts": """
(SELECT string_agg((d ->> 'district_id') || ':' || (d ->> 'weight')::float8, ';' ORDER BY n)
 FROM jsonb_array_elements(p -> 'districts') WITH ORDINALITY AS x (d, n))""",
    "accident_type": "p ->> 'accident_type'",
    "device": "p ->> 'device'",
    "activity": "p ->> 'activity'",
    "killed": _COUNT.format(outcome="killed"),
    "injured": _COUNT.format(outcome="injured"),
    "sensitivity": "p ->> 'sensitivity'",
    "description": "p ->> 'description'",
    "note": "p ->> 'note'",
    "geometry": """
CASE WHEN (p ->> 'where_precision')::int <= 3 THEN
    ST_SetSRID(ST_MakePoint((p ->> 'longitude')::float8, (p ->> 'latitude')::float8), 4326)
END""",
    "external_id": "p ->> 'external_id'",
}
"""Column of the projection → how it is read from a revision (`p` is its payload)."""

_POINT_OF = {"geometry": "longitude"}
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "incident_id")
# A revision that is not the newest of its incident changes nothing.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION incident_heads_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO incident_heads ({", ".join(_COLUMNS)})
    SELECT DISTINCT ON (record_id) {", ".join(_COLUMNS.values())}
    FROM (SELECT *, payload::jsonb AS p FROM new_revisions WHERE kind = 'incident') AS fresh
    ORDER BY record_id, version DESC
    ON CONFLICT (incident_id) DO UPDATE SET {_UPDATES}
    WHERE excluded.version >= incident_heads.version;
    RETURN NULL;
END $$
"""  # noqa: S608 - no outside text
_TRIGGERS = tuple(
    f"""
CREATE OR REPLACE TRIGGER {name} AFTER {event} ON revisions
REFERENCING NEW TABLE AS new_revisions
FOR EACH STATEMENT EXECUTE FUNCTION incident_heads_follow()
"""
    for name, event in (("incident_heads_follow", "INSERT"), ("incident_heads_redact", "UPDATE"))
)
_LIVE = "FROM incident_heads WHERE record_status NOT IN ('merged', 'retracted')"
_HIDDEN = "sensitivity <> 'public'"
_DROPPED = f"""
coalesce((SELECT value = 'drop' FROM register_settings WHERE name = '{LOCATION}'), false)
"""  # noqa: S608 - no outside text
_KEY = "(SELECT decode(value, 'hex') FROM register_settings WHERE name = 'id_key')"


def public_view() -> str:
    """Give the SQL of the view of what everybody may see, as the rule says."""
    shown = ", ".join(f"{_shown(name)} AS {name}" for name in _COLUMNS)
    return f"CREATE OR REPLACE VIEW incidents_public AS SELECT {shown} {_LIVE}"


def _shown(column: str) -> str:
    what = rule("incident", _POINT_OF.get(column, column))
    if what == "id":
        return f"CASE WHEN {_HIDDEN} AND {_gives_away()} THEN {_public_id()} ELSE {column} END"
    if what == "precision":
        coarse = f"greatest({column}, {_by_location(COARSEST)})"
        return f"CASE WHEN {_HIDDEN} THEN {coarse} ELSE {column} END"
    if what == "method":
        return f"CASE WHEN {_HIDDEN} THEN {_by_location(METHOD)} ELSE {column} END"
    if what in EMPTY["district"]:
        return f"CASE WHEN {_HIDDEN} THEN NULL ELSE {column} END"
    if what in EMPTY["drop"]:
        return f"CASE WHEN {_HIDDEN} AND {_DROPPED} THEN NULL ELSE {column} END"
    return column


def _by_location(values: Mapping[Location, int] | Mapping[Location, str]) -> str:
    return f"CASE WHEN {_DROPPED} THEN {values['drop']!r} ELSE {values['district']!r} END"


def _gives_away() -> str:
    letters = f"regexp_replace({{}}, '{UNLIKE}', '', 'g')"
    theirs = f"left({letters.format('external_id')}, {LIKE_CHARACTERS})"
    repeats = f"position({theirs} in {letters.format('incident_id')}) > 0"
    return f"(incident_id ~ '{UNKEYED}' OR coalesce({repeats}, false))"


def _public_id() -> str:
    inner = f"sha256({_KEY} || convert_to(incident_id, 'UTF8'))"
    digits = f"left(encode(sha256({_KEY} || {inner}), 'hex'), {PUBLIC_DIGITS})"
    return f"'{PUBLIC_PREFIX}' || {digits}"


_STATEMENTS = (
    _FUNCTION,
    *_TRIGGERS,
    f"CREATE OR REPLACE VIEW incidents_current AS SELECT {', '.join(_COLUMNS)} {_LIVE}",
    public_view(),
)
_FINGERPRINT = hashlib.sha256("\n".join(_STATEMENTS).encode()).hexdigest()


def is_current(connection: Connection) -> bool:
    """Say whether the store's function and views are those of this program."""
    return connection.dialect != "postgresql" or (setting(connection, _DERIVED) == _FINGERPRINT)


def derive(connection: Connection) -> None:
    """Make the function, triggers and views anew; nothing to do on SQLite.

    Parameters
    ----------
    connection
        A writing transaction. Rights that were granted on the views stay.
    """
    if is_current(connection):
        return
    for statement in _STATEMENTS:
        connection.execute(statement)
    keep_setting(connection, _DERIVED, _FINGERPRINT)


def follow_location(store: Store, location: Location) -> None:
    """Let the public view in the database show what the service's public view shows."""
    if store.dialect != "postgresql" or store.setting(LOCATION) == location:
        return
    # Not the writers' lock, which an import may hold for long: a start waits for nobody.
    with store.settle() as connection:
        keep_setting(connection, LOCATION, location)
