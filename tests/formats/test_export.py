"""``hazardmap export``: every layer, filters, views and exit codes."""

import json
import sys
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from geodata.model import Incident
from geodata.register import open_register
from service import cli
from service.collections import COLLECTIONS


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "data"
    register = open_register(folder)
    register.create(
        Incident(
            incident_id="hidden",
            date_start=date(2021, 6, 1),
            date_end=date(2021, 6, 1),
            longitude=46.93,
            latitude=39.99,
            sensitivity="restricted",
            description="secret words",
        ),
        author="test",
    )
    register.close()
    return folder


@pytest.fixture
def run(data, monkeypatch, capsys):
    """Run the command as a shell does; gives exit code, output and errors."""

    def call(*arguments):
        argv = ["hazardmap", "export", *map(str, arguments), "--data", str(data)]
        monkeypatch.setattr(sys, "argv", argv)
        try:
            cli.main()
            code = 0
        except SystemExit as done:
            code = done.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.mark.parametrize("name", list(COLLECTIONS))
@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".csv"])
def test_every_layer_is_written(run, tmp_path, name, suffix):
    path = tmp_path / f"x{suffix}"
    code, out, _ = run(name, "-o", path, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["collection"] == name
    assert told["bytes"] == path.stat().st_size
    read = pd.read_csv(path) if suffix == ".csv" else gpd.read_file(path)
    assert len(read) == told["features"] > 0


def test_filters_time_box_columns_and_order_are_those_of_the_items(run, tmp_path):
    path = tmp_path / "i.csv"
    run("incidents", "-o", path, "--filter", "injured > 1", "--datetime", "2021-01-01/..",
        "--properties", "injured", "--sortby", "-incident_id")  # fmt: skip
    assert pd.read_csv(path)["incident_id"].tolist() == ["I4", "I3"]
    code, _, _ = run("places", "-o", tmp_path / "p.geojson", "--bbox", "46.5,39.5,47.5,40.5")
    box = gpd.read_file(tmp_path / "p.geojson").total_bounds
    assert code == 0
    assert box[0] >= 46.5
    assert box[3] <= 40.5


def test_the_public_view_hides_what_is_restricted(run, tmp_path):
    own, shown = tmp_path / "own.csv", tmp_path / "public.csv"
    run("incidents", "-o", own, "--full")
    own = own.with_stem("own-not-for-distribution")
    code, out, _ = run("incidents", "-o", shown, "--json")
    assert code == 0
    assert json.loads(out)["view"] == "public"
    assert "secret words" in own.read_text(encoding="utf-8")
    assert "secret words" not in shown.read_text(encoding="utf-8")
    assert "46.93" not in shown.read_text(encoding="utf-8")


def test_risk_parameters_change_the_risk(run, tmp_path):
    path = tmp_path / "r.csv"
    run("risk", "-o", path, "--period", "2021-02-01/2021-02-28")
    counts = pd.read_csv(path).set_index("district_id")["incidents"]
    assert counts["AZ-AGM"] == 1
    assert counts["AZ-TAR"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["incidents", "-o", "x.foo"], 1, "suffix names no format"),
        (["nosuch", "-o", "x.csv"], 1, "no collection"),
        (["incidents", "-o", "x.csv", "--filter", "nosuch = 1"], 1, "nosuch"),
        (["incidents", "-o", "x.csv", "--crs", "EPSG:0"], 1, "coordinate reference system"),
        (["incidents", "-o", "x.csv", "--weight", "killed"], 2, "--weight"),
        (["incidents"], 2, "--output"),
    ],
)
def test_refusals_say_why_and_leave_nothing(run, tmp_path, monkeypatch, arguments, code, words):
    monkeypatch.chdir(tmp_path)
    found, out, told = run(*arguments)
    assert found == code
    assert words in told
    assert out == ""
    assert list(tmp_path.iterdir()) == []
