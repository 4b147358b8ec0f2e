"""The command line in this process, and a small register to use it on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from geodata.register import Register
from service.cli import main
from tests.conftest import founded, make_country
from tests.register.conftest import blast


@dataclass
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command line as it is installed, to its exit code; settings as keywords."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HAZARDMAP_DATABASE_URL", raising=False)

    def one(*words: object, **settings: str) -> Done:
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(f"HAZARDMAP_{name.upper()}", value)
            patch.setattr("sys.argv", ["hazardmap", *map(str, words)])
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return one


def fill(register: Register) -> None:
    """Two incidents: one corrected and verified, one retracted."""
    register.add_boundaries(make_country(), edition="XX-1", author="ann")
    register.create(blast("b1", note="größer; \U0001f4a5 'x'"), author="ann", reason="reported")
    register.replace(blast("b1", device="uxo"), author="bob", reason="photo seen")
    register.verify("b1", author="eve")
    register.create(blast("b2", sensitivity="restricted"), author="ann")
    register.retract("b2", author="eve", reason="was a rumour")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data directory of a register of the synthetic country."""
    folder = tmp_path / "data"
    founded(folder, fill).close()
    return folder
