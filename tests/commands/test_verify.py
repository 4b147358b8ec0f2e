"""``hazardmap verify``: whole, or where it breaks; anchors outside of the database."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.commands.conftest import Run


def altered(data: Path, change: str) -> None:
    engine = sa.create_engine(f"sqlite:///{data / 'register.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(sa.text(change))
    engine.dispose()


def test_a_whole_register_is_said_to_be_whole(run: Run, data: Path) -> None:
    done = run("verify", "--data", data)
    assert (done.code, "6 revisions of 3 records, whole; digest " in done.out) == (0, True)
    said = json.loads(run("verify", "--json", "--data", data).out)
    assert (said["whole"], said["revisions"], said["digest"]) == (True, 6, done.out.split()[-1])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE revisions SET author = 'other' WHERE seq = 2", "revision 2 is not what"),
        ("DELETE FROM revisions WHERE seq = 3", "revision 3 is missing"),
        ("UPDATE revisions SET payload = 'x' WHERE seq = 4", "revision 4 is not what"),
    ],
)
def test_it_says_where_the_chain_breaks(run: Run, data: Path, change: str, told: str) -> None:
    altered(data, change)
    done = run("verify", "--data", data)
    assert (done.code, told in done.err) == (1, True), done.err


def test_anchors_show_what_a_new_chain_hides(run: Run, data: Path, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.jsonl"
    assert run("verify", "--anchor", anchors, "--data", data).code == 0
    done = run("verify", "--against", anchors, "--data", data)
    assert (done.code, "holds all 1 anchors" in done.out) == (0, True)

    altered(data, "DELETE FROM revisions WHERE seq = 6")

    # Cut at its end the chain is whole in itself: the mark and the anchor show it.
    for words in ([], ["--accept", "--against", anchors]):
        done = run("verify", *words, "--data", data)
        assert (done.code, "revision 6 is missing" in done.err) == (1, True), done.err
    assert run("verify", "--accept", "--data", data).code == 0
    assert run("verify", "--data", data).code == 0


def test_where_there_is_no_register_none_is_made(run: Run, tmp_path: Path) -> None:
    done = run("verify", "--data", tmp_path / "nothing")
    assert (done.code, "no register" in done.err) == (1, True)
    assert not (tmp_path / "nothing" / "register.sqlite3").exists()
