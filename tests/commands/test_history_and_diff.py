"""``hazardmap history`` and ``hazardmap diff``: who changed what, and what it did."""

from pathlib import Path

import orjson
import pytest

from geodata.register import open_register
from tests.commands.conftest import Run


def test_history_tells_every_version_field_by_field(run: Run, data: Path) -> None:
    done = run("history", "b1", "--data", data)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    heads = [line for line in lines if line.startswith("version")]
    assert [line.split("  ")[0] for line in heads] == ["version 1", "version 2", "version 3"]
    assert heads[0].endswith("UTC  create by ann: reported")
    assert heads[1].endswith("UTC  correct by bob: photo seen")
    assert heads[2].endswith("UTC  verify by eve")
    assert '    device: "unknown" → "uxo"' in lines
    assert '    record_status: "draft" → "verified"' in lines


def test_history_is_one_json_document_if_asked(run: Run, data: Path) -> None:
    done = run("history", "b2", "--json", "--data", data)
    found = orjson.loads(done.out)
    assert done.code == 0
    assert found["id"] == "b2"
    told = [(r["version"], r["change"], r["author"]) for r in found["revisions"]]
    assert told == [(1, "create", "ann"), (2, "retract", "eve")]
    assert found["revisions"][1]["reason"] == "was a rumour"


def test_diff_tells_what_was_added_and_the_ranks(run: Run, data: Path) -> None:
    done = run("diff", "2000-01-01", "--data", data)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "revision 0 → 6"
    assert "added      b1 (version 3)" in lines
    assert "rank       XX-A Ağalı: none → 1" in lines
    assert not [line for line in lines if "b2" in line]


def test_diff_tells_corrections_and_retractions_since_a_moment(run: Run, data: Path) -> None:
    register = open_register(data)
    [first, *_] = register.history("b2")
    register.close()
    moment = first.recorded_at.isoformat().replace("+00:00", "Z")
    found = orjson.loads(run("diff", moment, "--json", "--data", data).out)
    assert found["from"]["revision"] == 5
    assert [r["id"] for r in found["retracted"]] == ["b2"]
    assert (found["added"], found["changed"]) == ([], [])


@pytest.mark.parametrize(
    "words",
    [
        ["history", "none"],
        ["diff", "yesterday"],
        ["diff", "2024-01-02", "never"],
        ["restore", "none.sqlite3"],
        ["keys", "revoke", "nobody"],
        ["keys", "add", " ", "--role", "editor"],
        ["copy", "mysql://nobody@localhost/none"],
    ],
)
def test_what_is_refused_ends_in_1_with_a_sentence(run: Run, data: Path, words: list[str]) -> None:
    done = run(*words, "--data", data)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("hazardmap: ")
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["history"],
        ["history", "b1", "--nothing"],
        ["diff"],
        ["backup"],
        ["restore"],
        ["copy"],
        ["keys", "add", "office"],
        ["keys", "add", "office", "--role", "root"],
        ["keys", "revoke"],
    ],
)
def test_wrong_usage_ends_in_2(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert done.code == 2
    assert "Usage" in done.err


@pytest.mark.parametrize("words", [["--help"], ["history", "--help"], ["keys", "--help"]])
def test_help_ends_in_0(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert (done.code, done.err) == (0, "")
    assert "Usage" in done.out


def test_a_directory_that_cannot_be_made_ends_in_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("history", "b1", "--data", tmp_path / "file" / "data")
    assert done.code == 1
    assert done.err.startswith("hazardmap: ")
