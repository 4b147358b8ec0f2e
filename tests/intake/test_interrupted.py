"""An import that is killed, wherever it was, is finished by importing the file again."""

import pytest

from geodata.intake import Choices, import_file
from geodata.intake.files import delimited
from geodata.register import open_register, verify
from geodata.register.register import LiveState
from geodata.register.store import SqliteStore
from tests.conftest import founded, make_country, nothing
from tests.intake.conftest import TODAY

ROWS = 11
TABLE = "id,date,lat,lon,killed,description\n" + "".join(
    f"{n},2021-02-{n + 1:02d},40.{n + 1:02d},47.05,{n % 3},Blast {n}\n" for n in range(ROWS)
)
CORRECTED = TABLE.replace("Blast 4", "Corrected")


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


def opened(folder):
    return open_register(folder) if folder.exists() else founded(folder, nothing)


def take(register, path):
    return import_file(register, path, author="t", choices=Choices(today=TODAY, dataset="d"))


def contents(register):
    frame = register.snapshot().incidents
    columns = ["longitude", "latitude", "killed", "districts", "description", "date_start"]
    return frame[columns].sort_index().astype(str).to_dict("index")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What the register holds after both files were taken without a break."""
    folder = tmp_path_factory.mktemp("whole")
    register = opened(folder / "r")
    register.add_boundaries(make_country(), edition="XX-1", author="t")
    for text in (TABLE, CORRECTED):
        (folder / "t.csv").write_text(text)
        take(register, folder / "t.csv")
    found = contents(register)
    register.close()
    return found


@pytest.fixture
def small_batches(monkeypatch):
    """Batches of three rows, so that a small file has several transactions."""
    chunks = delimited._chunks

    def three(path, layout, header, limits, size=3, wanted=None):
        return chunks(path, layout, header, limits, min(size, 3), wanted)

    monkeypatch.setattr(delimited, "_chunks", three)


@pytest.mark.parametrize("at", [2, 4])
@pytest.mark.parametrize("where", ["before", "within", "after"])
def test_a_killed_import_halves_and_doubles_nothing(
    tmp_path, monkeypatch, small_batches, whole, at, where
) -> None:
    path, folder = tmp_path / "t.csv", tmp_path / "r"
    path.write_text(TABLE)
    register = opened(folder)
    register.add_boundaries(make_country(), edition="XX-1", author="t")
    register.close()
    calls = []
    insert, publish = SqliteStore.insert, LiveState.publish

    def inserted(store, connection, rows):
        calls.append(rows)
        if where == "before" and len(calls) == at:
            raise Killed
        insert(store, connection, rows[:1] if where == "within" and len(calls) == at else rows)
        if where == "within" and len(calls) == at:
            raise Killed

    def published(following, rows):
        if where == "after" and len(calls) == at:
            raise Killed
        publish(following, rows)

    with monkeypatch.context() as dying:
        dying.setattr(SqliteStore, "insert", inserted)
        dying.setattr(LiveState, "publish", published)
        register = opened(folder)  # which writes by what is there when it is opened
        with pytest.raises(Killed):
            take(register, path)
    register.store.close()

    again = opened(folder)
    held = len(again.snapshot().incidents)
    assert held == min(3 * (at if where == "after" else at - 1), ROWS)
    report = take(again, path)
    assert report.counts["unchanged"] == held
    assert report.counts["taken"] + report.counts["duplicate"] == ROWS - held
    path.write_text(CORRECTED)
    assert take(again, path).counts["updated"] == 1
    assert contents(again) == whole
    assert verify(again.store).revisions == ROWS + 2
    again.close()
