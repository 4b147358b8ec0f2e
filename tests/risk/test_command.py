"""``hazardmap backtest``."""

import orjson
from typer.testing import CliRunner

from service.cli import app


def run(*arguments: str):
    return CliRunner().invoke(app, ["backtest", *arguments])


def test_json_is_one_document(tmp_path):
    done = run("--data", str(tmp_path / "data"), "--json")
    assert done.exit_code == 0, done.output
    assert orjson.loads(done.stdout)["status"] == "cannot_tell"


def test_text_says_that_it_cannot_tell_and_the_plot_is_written(tmp_path):
    plot = tmp_path / "backtest.png"
    done = run("--data", str(tmp_path / "data"), "--plot", str(plot))
    assert done.exit_code == 0, done.output
    assert "cannot tell" in done.stdout
    assert plot.read_bytes().startswith(b"\x89PNG")
