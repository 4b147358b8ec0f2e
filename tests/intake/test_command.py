"""``hazardmap import``: exit codes, one JSON document, no progress in a pipe."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geodata.register import open_register
from service.cli import app
from service.commands.import_ import mapping_of
from tests.conftest import founded, squares

TABLE = "id,date,district,killed\n1,2019-02-04,Aghali,1\n2,2019-03-04,Boyuk,0\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    founded(tmp_path / "data", squares).close()

    def one(*arguments: object):
        words = ["import", *map(str, arguments), "--data", str(tmp_path / "data")]
        return CliRunner().invoke(app, words)

    return one


def test_a_clean_file_ends_in_0_and_says_the_counts(run, write) -> None:
    result = run(write(TABLE))
    assert result.exit_code == 0, result.output
    assert "taken 2" in result.output


def test_refused_rows_end_in_1_and_are_written_beside(run, write, tmp_path) -> None:
    result = run(write(TABLE + "3,bad,Aghali,\n", "mine.csv"))
    assert result.exit_code == 1
    assert "row 4 refused" in result.output
    assert (tmp_path / "mine-rejects.csv").exists()


def test_the_rejects_file_can_be_named(run, write, tmp_path) -> None:
    run(write(TABLE + "3,bad,Aghali,\n"), "--rejects", tmp_path / "r.csv")
    assert "bad" in (tmp_path / "r.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments", [["--as", "nonsense"], ["--format", "pdf"], ["--map", "date"], ["--nothing"]]
)
def test_wrong_usage_ends_in_2(run, write, arguments) -> None:
    assert run(write(TABLE), *arguments).exit_code == 2


def test_no_file_at_all_ends_in_2(run) -> None:
    assert run().exit_code == 2


def test_json_is_one_document_for_many_files_also_refused_ones(run, write, tmp_path) -> None:
    result = run(write(TABLE, "a.csv"), write("nothing,here\nx,y\n", "b.csv"), "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["files"][0]["counts"]["taken"] == 2
    assert document["files"][1]["error"]["code"] == "no-date-column"


def test_a_dry_run_stores_nothing(run, write, tmp_path) -> None:
    assert run(write(TABLE), "--dry-run").exit_code == 0
    register = open_register(tmp_path / "data")
    assert not [i for i in register.snapshot().incidents.index if i.startswith("table-")]
    register.close()


def test_columns_can_be_mapped_by_pairs_and_by_a_json_file(run, write, tmp_path) -> None:
    table = write("k,when,wo\n1,2019-02-04,Aghali\n")
    (tmp_path / "map.json").write_text(json.dumps({"fields": {"district": "wo"}}))
    result = run(
        table, "--map", "date=when", "--map", "id=k", "--map", tmp_path / "map.json", "--json"
    )
    fields = {m["field"]: m["column"] for m in json.loads(result.stdout)["files"][0]["mapping"]}
    assert fields == {"date": "when", "id": "k", "district": "wo"}


def test_a_mapping_that_is_neither_is_wrong_usage(tmp_path) -> None:
    (tmp_path / "bad.json").write_text("[1]")
    with pytest.raises(Exception, match="FIELD=COLUMN"):
        mapping_of([str(tmp_path / "bad.json")])


def test_nothing_but_the_summary_goes_into_a_pipe(write, tmp_path) -> None:
    command = [sys.executable, "-m", "service", "import", write(TABLE), "--data", tmp_path / "d"]
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stderr == ""
    assert "\r" not in done.stdout
    assert "\x1b" not in done.stdout


NAMES = "id,date,district,Colour\n1,2019-02-04,Aghli,red\n2,2019-03-04,Nowhere,blue\n"


def test_the_report_names_columns_values_and_names_that_were_not_taken_or_guessed(
    run, write
) -> None:
    output = " ".join(run(write(NAMES)).output.split())
    assert "columns used: id = id, date = date, district = district" in output
    assert "columns not used: Colour" in output
    assert "'Aghli': Ağalı, by similar spelling (1 rows)" in output
    assert "'Nowhere': not known (1 rows)" in output
    assert "the place named is not known (1)" in output


def test_decisions_on_names_are_written_followed_and_kept(run, write, tmp_path) -> None:
    table, matches = write(NAMES), tmp_path / "matches.csv"
    run(table, "--matches", matches, "--dry-run")
    lines = matches.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "text,within,district_id,district_name,by,rows,distance_km,decision"
    decided = [f"{line}forbid" if "Aghli" in line else f"{line}XX-B" for line in lines[1:]]
    matches.write_text("\n".join([lines[0], *decided]), encoding="utf-8")
    run(table, "--matches", matches)
    with closing(open_register(tmp_path / "data")) as register:
        frame = register.snapshot().incidents
        assert frame.loc["table-2", "districts"] == "XX-B:1"
        assert frame["districts"].isna()["table-1"]
    assert "forbid" in matches.read_text(encoding="utf-8-sig")
    assert run(table, "--matches", write("a,b\n1,2\n", "other.csv")).exit_code == 1


def test_a_profile_keeps_the_columns_of_a_source_for_its_next_file(run, write, tmp_path) -> None:
    first = write("n;what day;tot\n1;2019-02-04;2\n", "one.csv")
    run(first, "--map", "id=n", "--map", "date=what day", "--map", "killed=tot",
        "--dataset", "office", "--profile", "Field office")  # fmt: skip
    assert run(write("n;what day;tot\n2;2019-02-05;1\n", "two.csv"), "--profile", "Field office",
               ).exit_code == 0  # fmt: skip
    with closing(open_register(tmp_path / "data")) as register:
        frame = register.snapshot().incidents
        assert frame.loc[["office-1", "office-2"], "killed"].tolist() == [2, 1]


def test_suspected_duplicates_that_are_recorded_are_among_the_taken(run, write) -> None:
    rows = "a,2019-02-04,40.15,47.05\nb,2019-02-04,40.15,47.05\n"
    output = run(write("id,date,lat,lon\n" + rows)).output
    assert "taken 2, of them 1 suspected duplicates" in output


def test_decisions_are_kept_for_the_next_file_of_the_source_without_a_profile(
    run, write, tmp_path
) -> None:
    matches = write("text,within,district_id,decision\nNowhere,,,XX-B\n", "matches.csv")
    said = run(write(NAMES, "accidents_2024-03.csv"), "--matches", matches).output
    assert "kept for the source 'accidents'" in " ".join(said.split())
    output = run(write(NAMES, "accidents_2024-04.csv")).output
    assert "decisions on names are followed" in " ".join(output.split())
    with closing(open_register(tmp_path / "data")) as register:
        frame = register.snapshot().incidents
        later = frame[frame.index.str.contains("2024-04") & (frame["external_id"] == "2")]
        assert later["districts"].tolist() == ["XX-B:1"]
    other = run(write(NAMES, "reports.csv")).output
    assert "decisions on names" not in " ".join(other.split())
