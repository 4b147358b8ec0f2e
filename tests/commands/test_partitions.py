"""``export --partitioned`` writes what ``risk PATH`` reads, and the numbers are the register's."""

import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio

from geodata.register import Change, open_register
from service.commands.partitions import bytes_of
from tests.commands.conftest import Run
from tests.conftest import founded, make_country
from tests.register.conftest import blast


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A register of forty incidents, one of them restricted."""
    folder = tmp_path / "many"
    founded(folder, fill).close()
    return folder


def fill(register) -> None:
    register.add_boundaries(make_country(), edition="XX-1", author="ann")
    days = [f"2021-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(40)]
    made = [
        blast(f"b{n}", date_start=day, date_end=day, sensitivity="public" if n else "restricted")
        for n, day in enumerate(days)
    ]
    register.append([Change("incident", one) for one in made], author="ann")


def table(path: Path) -> pd.DataFrame:
    return pd.DataFrame(gpd.read_parquet(path).drop(columns="geometry"))


def test_the_risk_of_what_was_exported_is_that_of_the_register(run: Run, many: Path) -> None:
    done = run(
        "export", "incidents", "--partitioned", "parts", "--part-rows", 7, "--data", many, "--json"
    )
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["features"], told["view"]) == (40, "public")
    assert len(list(Path("parts").glob("part-*.parquet"))) == 6
    for period in ("all", "2021-02-01/2021-09-30"):
        again = ["--period", period, "--rank-by", "rate", "--data", many]
        assert run("risk", "-o", "held.parquet", *again).code == 0
        read = run("risk", "parts", "-o", "parts.parquet", *again)
        assert read.code == 0, read.err
        assert "40 incidents of 6 parts" in read.err
        pd.testing.assert_frame_equal(
            table(Path("parts.parquet")), table(Path("held.parquet")), check_exact=True
        )


def test_the_surface_of_what_was_exported_is_that_of_the_register(run: Run, many: Path) -> None:
    assert run("export", "incidents", "--partitioned", "parts", "--data", many).code == 0
    for name, words in (("held", []), ("parts", ["parts"])):
        for suffix in ("parquet", "tif"):
            done = run("surface", *words, "-o", f"{name}.{suffix}", "--data", many)
            assert done.code == 0, done.err
            assert "smoothed by a kernel of" in done.err
    held, parts = (gpd.read_parquet(f"{name}.parquet") for name in ("held", "parts"))
    assert (held["points"] + held["spread"] > 30).all()
    pd.testing.assert_frame_equal(
        pd.DataFrame(parts.drop(columns="geometry")),
        pd.DataFrame(held.drop(columns="geometry")),
        rtol=1e-6,
    )
    with rasterio.open("held.tif") as one, rasterio.open("parts.tif") as other:
        assert (one.shape, one.tags()) == (other.shape, other.tags())
        np.testing.assert_allclose(one.read(), other.read(), rtol=1e-4, atol=1e-9)


def test_the_counts_of_a_backtest_are_those_of_the_register(run: Run, many: Path) -> None:
    assert run("export", "incidents", "--partitioned", "parts", "--data", many).code == 0
    again = ["--horizon-days", 30, "--data", many, "--json"]
    held = run("backtest", *again)
    read = run("backtest", "parts", *again)
    assert (held.code, read.code) == (0, 0), read.err
    assert "40 incidents of 1 parts" in read.err
    names = ("status", "reason", "events", "cutoffs", "first_day", "last_day")
    one, other = json.loads(held.out), json.loads(read.out)
    assert [one[name] for name in names] == [other[name] for name in names]


def test_the_full_view_stays_marked(run: Run, many: Path) -> None:
    done = run("export", "incidents", "--partitioned", "all", "--full", "--data", many)
    assert done.code == 0, done.err
    folder = Path("all-not-for-distribution")
    assert json.loads((folder / "_hazardmap.json").read_text())["view"] == "full"
    assert run("risk", str(folder), "-o", "risk.csv", "--data", many).code == 0
    assert "Not for distribution" in Path("risk-not-for-distribution.csv").read_text()
    assert run("surface", str(folder), "-o", "s.tif", "--data", many).code == 0
    assert run("surface", "-o", "s.csv", "--full", "--data", many).code == 0
    assert Path("s-not-for-distribution.tif").exists()
    assert "Not for distribution" in Path("s-not-for-distribution.csv").read_text()


def test_parts_of_other_boundaries_are_refused(run: Run, many: Path) -> None:
    assert run("export", "incidents", "--partitioned", "parts", "--data", many).code == 0
    register = open_register(many)
    register.add_boundaries(make_country().iloc[:2], edition="XX-2", author="ann")
    register.close()
    done = run("risk", "parts", "-o", "x.csv", "--data", many)
    assert done.code == 1
    assert "Choose theirs with --boundaries" in done.err
    assert run("risk", "parts", "-o", "x.csv", "--boundaries", "XX-1", "--data", many).code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["export", "incidents"], 2, "either --output FILE or --partitioned"),
        (["export", "incidents", "-o", "x.csv", "--partitioned", "y"], 2, "either --output FILE"),
        (["export", "incidents", "--partitioned", "y", "--order-by", "colour"], 2, "place or day"),
        (["export", "incidents", "--partitioned", "y", "--part-rows", "0"], 1, "over 0"),
        (["risk", "-o", "x.csv", "--engine", "dask"], 2, "give PATHS"),
        (["risk", "p", "-o", "x.csv", "--engine", "spark"], 2, "one of stream, dask"),
        (["risk", "p", "-o", "x.csv", "--engine", "stream", "--scheduler", "x"], 2, "for --engine"),
        (["risk", "p", "-o", "x.csv", "--memory", "much"], 2, "2GB"),
        (["risk", "p", "-o", "x.csv", "--memory", "1MB"], 2, "at least 100MB"),
        (["risk", "p", "-o", "x.csv", "--rank-by", "best"], 2, "ranked by the rate"),
        (["risk", "nowhere", "-o", "x.csv"], 1, "no such file"),
        (["surface", "-o", "x.csv", "--trust-ids"], 2, "give PATHS"),
        (["backtest", "--memory", "1GB"], 2, "give PATHS"),
        (["backtest", "p", "--cell-km", "5"], 2, "leave out --cell-km"),
    ],
)
def test_what_cannot_be_is_said(
    run: Run, data: Path, words: list[str], code: int, said: str
) -> None:
    done = run(*words, "--data", data)
    assert (done.code, said in " ".join(done.err.replace("│", " ").split())) == (code, True), done


def test_without_dask_it_says_what_to_install(
    run: Run, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("export", "incidents", "--partitioned", "parts", "--data", many).code == 0
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(vars(_engines()._distributed), "Client", raising=False)
    done = run("risk", "parts", "-o", "x.csv", "--engine", "dask", "--data", many)
    assert done.code == 1
    assert "hazardmap[dask]" in done.err
    assert not Path("x.csv").exists()


def _engines():
    from geodata.risk import partitions

    return partitions


def test_amounts_of_memory() -> None:
    assert [bytes_of(t) for t in ("2GB", "500 mb", "1.5TB")] == [
        2 * 10**9, 5 * 10**8, 15 * 10**11
    ]  # fmt: skip
