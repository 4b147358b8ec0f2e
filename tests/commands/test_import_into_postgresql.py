"""``hazardmap import`` into a database: what it does to a file, done twice and corrected."""

from pathlib import Path

import orjson
import pytest
from pandas.testing import assert_frame_equal

from geodata.register import open_register
from tests.commands.conftest import Run
from tests.conftest import make_country

pytestmark = pytest.mark.postgis

TABLE = """\
id,date,latitude,longitude,district,device,killed,injured,description
1,2021-02-04,40.15,47.05,Ağalı,AT mine,1,2,"road, ""north"" of Çaylı"
2,2021-03-04,40.05,47.15,Dərə,UXO,0,1,Минa 💥
3,2021-04-04,,,Böyük,unknown,,1,
"""


def prepare(url: str | None, data: Path) -> None:
    """A new register of the synthetic country without incidents."""
    register = open_register(data, url=url, empty=True)
    register.add_boundaries(make_country(), edition="XX-1", author="ann")
    register.close()


def last(url: str) -> int:
    register = open_register(url=url)
    try:
        return register.revision
    finally:
        register.close()


def counts(run: Run, file: Path, url: str) -> dict[str, int]:
    done = run("import", file, "--json", "--author", "ann", database_url=url)
    assert done.code == 0, done.err
    found: dict[str, int] = orjson.loads(done.out)["files"][0]["counts"]
    return {name: count for name, count in found.items() if count}


def test_a_file_twice_writes_no_second_revision(run: Run, database: str, tmp_path: Path) -> None:
    prepare(database, tmp_path)
    file = tmp_path / "table.csv"
    file.write_text(TABLE, encoding="utf-8")

    first = counts(run, file, database)
    after = last(database)
    second = counts(run, file, database)

    assert first["taken"] == 3
    assert second["unchanged"] == 3
    assert "taken" not in second
    assert "updated" not in second
    assert last(database) == after

    file.write_text(TABLE.replace("UXO,0,1", "UXO,0,2"), encoding="utf-8")
    third = counts(run, file, database)
    assert (third["updated"], third["unchanged"]) == (1, 2)
    assert last(database) == after + 1


def test_both_stores_take_a_file_alike(run: Run, database: str, tmp_path: Path) -> None:
    file, data = tmp_path / "table.csv", tmp_path / "data"
    file.write_text(TABLE, encoding="utf-8")
    prepare(database, tmp_path)
    prepare(None, data)

    counts(run, file, database)
    assert run("import", file, "--author", "ann", "--data", data).code == 0

    ours, theirs = open_register(data), open_register(url=database)
    frames = [r.snapshot().incidents.drop(columns="recorded_at") for r in (ours, theirs)]
    ours.close()
    theirs.close()
    assert len(frames[0]) == 3
    assert_frame_equal(frames[0], frames[1])
