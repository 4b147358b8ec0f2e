"""On PostgreSQL: the current incidents as a table with PostGIS points, kept by a trigger.

The log stays the truth; the table is a projection of it for QGIS and for SQL. Two views
read it: `incidents_current` (full) and `incidents_public` (what everybody may see).
"""

import sqlalchemy as sa
from alembic import op

from geodata.errors import StoreError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE incident_heads (
    fid bigint NOT NULL UNIQUE,
    incident_id text PRIMARY KEY,
    version int NOT NULL,
    record_status text NOT NULL,
    recorded_at timestamptz NOT NULL,
    date_start date NOT NULL,
    date_end date NOT NULL,
    date_precision int,
    where_precision int,
    uncertainty_m double precision,
    place_as_reported text,
    country text,
    district_id text,
    districts text,
    accident_type text,
    device text,
    activity text,
    killed bigint,
    injured bigint,
    sensitivity text NOT NULL,
    description text,
    note text,
    geometry geometry(Point, 4326)
)
"""

_COUNT = """
(SELECT sum((c ->> 'best')::bigint) FROM jsonb_array_elements(p -> 'casualties') AS c
 WHERE c ->> 'outcome' = '{outcome}')
"""

_SELECT = f"""
SELECT DISTINCT ON (record_id)
    seq, record_id, version, p ->> 'record_status', recorded_at,
    (p ->> 'date_start')::date, (p ->> 'date_end')::date,
    (p ->> 'date_precision')::int, (p ->> 'where_precision')::int,
    (p ->> 'uncertainty_m')::float8,
    p ->> 'place_as_reported', p ->> 'country',
    (SELECT d ->> 'district_id' FROM jsonb_array_elements(p -> 'districts')
        WITH ORDINALITY AS x (d, n) ORDER BY (d ->> 'weight')::float8 DESC, n LIMIT 1),
    (SELECT string_agg((d ->> 'district_id') || ':' || (d ->> 'weight')::float8, ';' ORDER BY n)
        FROM jsonb_array_elements(p -> 'districts') WITH ORDINALITY AS x (d, n)),
    p ->> 'accident_type', p ->> 'device', p ->> 'activity',
    {_COUNT.format(outcome="killed")}, {_COUNT.format(outcome="injured")},
    p ->> 'sensitivity', p ->> 'description', p ->> 'note',
    CASE WHEN (p ->> 'where_precision')::int <= 3 THEN
        ST_SetSRID(ST_MakePoint((p ->> 'longitude')::float8, (p ->> 'latitude')::float8), 4326)
    END
FROM (SELECT *, payload::jsonb AS p FROM {{source}} WHERE kind = 'incident') AS fresh
ORDER BY record_id, version DESC
"""  # noqa: S608 - no outside text

_COLUMNS = (
    "fid",
    "incident_id",
    "version",
    "record_status",
    "recorded_at",
    "date_start",
    "date_end",
    "date_precision",
    "where_precision",
    "uncertainty_m",
    "place_as_reported",
    "country",
    "district_id",
    "districts",
    "accident_type",
    "device",
    "activity",
    "killed",
    "injured",
    "sensitivity",
    "description",
    "note",
    "geometry",
)
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "incident_id")
_UPSERT = f"INSERT INTO incident_heads ({', '.join(_COLUMNS)}) {_SELECT}"

_FUNCTION = f"""
CREATE FUNCTION incident_heads_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_UPSERT.format(source="new_revisions")}
    ON CONFLICT (incident_id) DO UPDATE SET {_UPDATES};
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE TRIGGER incident_heads_follow AFTER INSERT ON revisions
REFERENCING NEW TABLE AS new_revisions
FOR EACH STATEMENT EXECUTE FUNCTION incident_heads_follow()
"""

_HIDDEN = ("uncertainty_m", "place_as_reported", "description", "note", "geometry")
_SHOWN = ", ".join(
    f"CASE WHEN sensitivity = 'public' THEN {name} END AS {name}"
    if name in _HIDDEN
    else "CASE WHEN sensitivity = 'public' THEN where_precision "
    "ELSE greatest(where_precision, 4) END AS where_precision"
    if name == "where_precision"
    else name
    for name in _COLUMNS
)
_LIVE = "FROM incident_heads WHERE record_status NOT IN ('merged', 'retracted')"


def upgrade() -> None:
    """Make the projection and fill it from the log; nothing to do on SQLite."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    _need_postgis(connection)
    for statement in (
        _TABLE,
        "CREATE INDEX ix_incident_heads_geometry ON incident_heads USING gist (geometry)",
        "CREATE INDEX ix_incident_heads_district ON incident_heads (district_id)",
        _FUNCTION,
        _TRIGGER,
        _UPSERT.format(source="revisions"),
        f"CREATE VIEW incidents_current AS SELECT {', '.join(_COLUMNS)} {_LIVE}",
        f"CREATE VIEW incidents_public AS SELECT {_SHOWN} {_LIVE}",
    ):
        connection.exec_driver_sql(statement)


def _need_postgis(connection: sa.Connection) -> None:
    if connection.execute(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")).scalar():
        return
    query = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
    if not connection.execute(sa.text(query)).scalar():
        raise StoreError(
            "The database server has no PostGIS. Install it there "
            "(Debian: postgresql-15-postgis-3) and try again.",
            code="no-postgis",
        )
    connection.exec_driver_sql("CREATE EXTENSION postgis")
