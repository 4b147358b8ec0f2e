"""What is written is for its owner alone; what a kill left goes; a read-only disk is a sentence."""

import json
import os
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from geodata import disk

_ALL_COMMANDS = """
import os, sys, traceback
os.umask(0)
from service import cli
def run(*words):
    sys.argv = ["hazardmap", *words]
    try:
        cli.main()
    except SystemExit as end:
        return end.code or 0
    return 0
{body}
"""


def run(body: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    script = _ALL_COMMANDS.format(body=textwrap.dedent(body))
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A folder in which the commands have written what they write."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "t.csv").write_text("date,district\n2021-02-04,Aghdam\n2021-02-05,\nx,Aghdam\n")
    done = run(
        """
        from pathlib import Path
        run("import", "t.csv", "--data", "held", "--author", "t")
        run("export", "incidents", "-o", "out.geojson", "--data", "held")
        run("export", "incidents", "-o", "out.gpkg", "--data", "held")
        run("map", "-o", "map.html", "--data", "held")
        run("backup", "copy.sqlite3", "--data", "held")
        # A program that uses the library with a loose umask, and a service beside it.
        os.umask(0)
        import io
        from geodata.register import open_register
        from service.import_reports import ImportReports
        held = open_register("other")
        reports = ImportReports(Path("other/imports"))
        name = reports.new_id()
        reports.save(name, {"rows": 1})
        os._exit(0)
        """,
        folder,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_only_the_owner_may_read_what_is_written(written: Path) -> None:
    names = {path.name for path in written.rglob("*")}
    assert {"out.gpkg", "map.html", "copy.sqlite3", "imports"} <= names
    assert any(name.endswith("-wal") for name in names)
    loose = [
        f"{path.relative_to(written)}: {stat.S_IMODE(path.stat().st_mode):o}"
        for path in written.rglob("*")
        if path.name != "t.csv" and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert not loose


def test_a_register_that_others_could_read_is_closed_to_them(written: Path) -> None:
    path = written / "other" / "register.sqlite3"
    path.chmod(0o644)
    from geodata.register import open_register

    open_register(path.parent).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_a_kill_left_goes_at_the_next_start_and_nothing_else(tmp_path: Path) -> None:
    code = (
        "import time, sys\nfrom geodata.disk import scratch\n"
        "held = scratch('upload')\nprint(held.name, flush=True)\ntime.sleep(60)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    killed, living = (Path(process.stdout.readline().strip()) for process in started)
    started[0].kill()
    started[0].wait()
    old = time.time() - 60
    for folder in (killed, living):
        (folder / "rows.csv").write_text("x")
        os.utime(folder.parent, (old, old))
    swept = subprocess.run(
        [sys.executable, "-c", "from geodata.disk import sweep; print(sweep())"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert swept.stdout.strip() == "1"
    assert not killed.parent.exists()
    assert (living / "rows.csv").exists()
    started[1].kill()
    started[1].wait()


def test_scratch_folders_are_private_and_go_with_their_use() -> None:
    with disk.scratch("test") as folder:
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
    assert not Path(folder).exists()


def test_every_command_says_a_read_only_disk_in_a_sentence(written: Path) -> None:
    """By the rights of its folders, for a disk cannot be made read-only in a test."""
    commands = {
        "import": ["import", "t.csv"],
        "export": ["export", "incidents", "-o", "none/out.csv"],
        "map": ["map", "-o", "none/m.html"],
        "risk": ["risk", "-o", "none/r.csv"],
        "backup": ["backup", "none/b.sqlite3"],
        "keys": ["keys", "add", "x", "--role", "editor"],
        "serve": ["serve", "--port", "1"],
        "history": ["history", "I1"],
    }
    for path in (written, *written.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    done = run(
        f"""
        import ctypes, json
        # An administrator writes everywhere, but for this: give up every capability.
        ctypes.CDLL(None).capset(
            (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        )
        said = {{}}
        import io, contextlib
        for name, words in {commands!r}.items():
            out = io.StringIO()
            with contextlib.redirect_stderr(out), contextlib.redirect_stdout(out):
                try:
                    code = run(*words, "--data", "held")
                except BaseException as error:
                    code = repr(error)
            said[name] = [code, out.getvalue()]
        print(json.dumps(said))
        """,
        written,
        PYTHONDONTWRITEBYTECODE="1",
    )
    for path in written.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    written.chmod(0o700)
    said = json.loads(done.stdout.splitlines()[-1])
    for name, (code, text) in said.items():
        assert code == 1, (name, code, text)
        assert "Traceback" not in text, name
        assert text.startswith("hazardmap: "), (name, text)
        assert len(text.splitlines()) <= 3, (name, text)


def test_one_at_a_time_is_first_at_a_file(tmp_path) -> None:
    with disk.first_at(tmp_path / "lock") as one:
        with disk.first_at(tmp_path / "lock") as other:
            assert (one, other) == (True, False)
        with disk.first_at(tmp_path / "another") as apart:
            assert apart
    with disk.first_at(tmp_path / "lock") as again:
        assert again
    # Where nothing can be written, nobody waits for anybody.
    with disk.first_at(tmp_path / "missing" / "lock") as alone:
        assert alone


def test_a_file_is_on_the_disk_before_it_takes_the_place_of_another(tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr(
        os, "fsync", lambda number: steps.append(str(Path(f"/proc/self/fd/{number}").readlink()))
    )
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda old, new: steps.append("replaced") or replace(old, new)
    )
    (tmp_path / "out.csv").write_text("old")
    with disk.whole(tmp_path / "out.csv") as made:
        made.write_text("new")
    assert steps[-3:] == [str(made), "replaced", str(tmp_path)]
    assert (tmp_path / "out.csv").read_text() == "new"
