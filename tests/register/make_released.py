"""Write a small register as each released schema left it (`… make_released 0003`).

Run it once, when a schema is released, with the program of that release; never again. The
files are what operators hold, so later migrations are tried on them and not on tables that
today's program would make.
"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from geodata.incidents import document
from geodata.model import Operation, Statistic
from geodata.register import migrate, store_for
from geodata.register.reference import boundaries_document
from geodata.register.revision import Row, chained
from geodata.register.store import Store
from tests.conftest import make_country
from tests.needs import postgis
from tests.register.cluster import Cluster
from tests.register.conftest import blast

FOLDER = Path(__file__).parent / "released"
START = datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def rows() -> list[Row]:
    """Two incidents (one corrected, one retracted), a restricted one, one of every other kind."""
    point = {"longitude": 47.05, "latitude": 40.15, "where_precision": 1}
    first = document(blast("b1", **point))
    second = document(blast("b2"))
    secret = document(blast("b3", sensitivity="restricted", note="zqx7", **point))
    statistic = Statistic(statistic_id="s1", metric="people", value=7)
    operation = Operation(operation_id="o1", kind="clearance", status="planned")
    said = [
        ("boundaries", "XX-1", 1, "create", boundaries_document(make_country(), "XX-1")),
        ("place", "p1", 1, "create", {"place_id": "p1", "kind": "city", "name": "Ağalı"}),
        ("incident", "b1", 1, "create", first),
        ("incident", "b2", 1, "create", second),
        ("incident", "b1", 2, "correct", first | {"version": 2, "device": "uxo"}),
        ("incident", "b2", 2, "retract", second | {"version": 2, "record_status": "retracted"}),
        ("incident", "b3", 1, "create", secret),
        ("statistic", "s1", 1, "create", document(statistic)),
        ("operation", "o1", 1, "create", document(operation)),
    ]
    made = [
        Row(seq, kind, name, version, START + timedelta(days=seq), "ann", change, None, text, "")
        for seq, (kind, name, version, change, held) in enumerate(said, start=1)
        for text in [orjson.dumps(held).decode()]
    ]
    return chained("0" * 64, made)


def fill(store: Store, schema: str) -> None:
    """Make the tables of a schema, with the rows that it can hold."""
    with store.write() as connection:
        migrate.upgrade(connection, schema)
        found = [one[0] for one in connection.execute("SELECT * FROM revisions").description]
        for row in rows():
            held = {name: value for name, value in row._asdict().items() if name in found}
            if connection.dialect == "sqlite":
                held["recorded_at"] = row.recorded_at.isoformat().replace("+00:00", "Z")
            values = ", ".join(f":{name}" for name in held)
            connection.execute(f"INSERT INTO revisions ({', '.join(held)}) VALUES ({values})", held)


def write(schema: str) -> None:
    """Write both stores' dumps of one schema."""
    with TemporaryDirectory() as folder:
        store = store_for(Path(folder))
        fill(store, schema)
        with store.read() as connection:
            driver = connection.driver
            text = "\n".join(driver.iterdump())
        store.close()
        (FOLDER / f"{schema}.sqlite.sql").write_text(text + "\n")
    cluster = Cluster(postgis())
    try:
        url = cluster.create("released", "template_postgis")
        store = store_for(url=url)
        fill(store, schema)
        store.close()
        dump = subprocess.run(
            [
                *(str(cluster.programs / "pg_dump"), "-d", url.replace("+psycopg", "")),
                *("--no-owner", "--no-privileges", "--inserts", "--no-comments"),
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    finally:
        cluster.remove()
    lines = [line for line in dump.splitlines() if line and not line.startswith(("--", "SET "))]
    noise = ("EXTENSION", "set_config", "restrict ")
    kept = [line for line in lines if not any(word in line for word in noise)]
    (FOLDER / f"{schema}.postgresql.sql").write_text("\n".join(kept) + "\n")


if __name__ == "__main__":
    for one in sys.argv[1:]:
        write(one)
