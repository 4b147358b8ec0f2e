"""`hazardmap extract`: every form of file, batches, copies."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Done, Run, run

__all__ = ["run"]

BLAST = "A mine killed a shepherd in Aghdam district on May 13, the police said."
OTHER = "Two soldiers were wounded by an anti-tank mine in Lachin district on 11 May."


def output_of(done: Done) -> list[dict]:
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_one_text_gives_one_document(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAST)
    done = run("extract", "a.txt", "--published", "2021-05-14", "--json")
    assert done.code == 0
    document = json.loads(done.out)
    assert set(document) == {
        "language", "published", "warnings", "incidents", "statistics", "operations",
    }  # fmt: skip
    assert document["incidents"][0]["places"][0]["district_id"] == "AZ-AGM"


def test_people_get_lines_and_the_day_is_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAST)
    done = run("extract", "a.txt", "--published", "2021-05-14")
    assert "2021-05-13" in done.out
    assert "1 civilian killed" in done.out
    done = run("extract", "a.txt")
    assert done.code == 1
    assert "--published" in done.err


def test_lines_of_json_keep_their_order_and_ids(run: Run, tmp_path: Path) -> None:
    rows = [
        {"id": "one", "text": BLAST, "published": "2021-05-14"},
        {"id": "two", "text": "Nothing happened.", "published": "2021-05-14"},
        {
            "id": 3,
            "text": BLAST.replace("the police said", "officials said"),
            "published": "2021-05-15",
        },
        {"id": "bad"},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(r) for r in rows) + "\nnot json\n")
    done = run("extract", "--jsonl", "in.jsonl", "-o", "out.jsonl")
    assert done.code == 0
    results = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [r["id"] for r in results] == ["one", "two", 3, "bad", 5]
    assert len(results[0]["incidents"]) == 1
    assert results[2]["copy_of"] == "one"
    assert "error" in results[3]
    assert "error" in results[4]
    assert "5 reports, 2 incidents" in done.out


def test_a_large_batch_on_several_processes_is_the_same(run: Run, tmp_path: Path) -> None:
    texts = [BLAST, OTHER, "Nothing at all."]
    rows = [{"id": str(n), "text": texts[n % 3], "published": "2021-05-14"} for n in range(100)]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(r) for r in rows))
    for workers in (1, 2):
        args = ("extract", "--jsonl", "in.jsonl", "-o", f"{workers}.jsonl", "--workers", workers)
        assert run(*args).code == 0
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One report in each form of file."""
    from docx import Document
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    found = tmp_path / "reports"
    found.mkdir()
    (found / "a.txt").write_bytes(
        "В Агдаме вчера на мине подорвался пастух, он погиб.".encode("cp1251")
    )
    page = f"""<html><head><title>Blast</title>
    <meta property="article:published_time" content="2021-05-12T10:00:00+04:00"></head><body>
    <nav><a href="/">Home</a></nav><article><h1>Blast in Lachin</h1><p>{OTHER}</p>
    <p>The ministry said that both were taken to a hospital, out of danger.</p>
    </article><footer>All rights reserved</footer></body></html>"""
    (found / "b.html").write_text(page)
    word = Document()
    word.add_paragraph(BLAST)
    word.save(str(found / "c.docx"))
    figure = Figure()
    figure.text(0.1, 0.8, "A mine killed a farmer in Fuzuli\ndistrict on May 10, officials said.")
    with PdfPages(found / "d.pdf") as pdf:
        pdf.savefig(figure)
    (found / "e.rss").write_text(
        f"""<rss version="2.0"><channel><title>t</title>
        <item><title>Mine blast</title><link>https://example.org/1</link>
        <description>&lt;p&gt;{OTHER}&lt;/p&gt;</description>
        <pubDate>Wed, 12 May 2021 08:00:00 GMT</pubDate></item></channel></rss>"""
    )
    (found / "broken.docx").write_bytes(b"no archive")
    return found


def test_a_folder_holds_every_form(run: Run, folder: Path) -> None:
    done = run("extract", folder, "--published", "2021-05-14", "-o", "out.jsonl")
    assert done.code == 0, done.err
    results = {
        r["id"]: r for r in map(json.loads, Path("out.jsonl").read_text("utf-8").splitlines())
    }
    districts = {
        name: [i["places"][0]["district_id"] for i in r["incidents"]]
        for name, r in results.items()
        if "error" not in r
    }
    assert districts == {
        "a.txt": ["AZ-AGM"],
        "b.html": ["AZ-LAC"],
        "c.docx": ["AZ-AGM"],
        "d.pdf": ["AZ-FUZ"],
        "https://example.org/1": ["AZ-LAC"],
    }
    assert results["b.html"]["published"] == "2021-05-12"
    assert results["https://example.org/1"]["published"] == "2021-05-12"
    assert results["b.html"]["incidents"][0]["date_start"] == "2021-05-11"
    assert "not a readable .docx" in results["broken.docx"]["error"]
    assert "problems" in done.out


@pytest.mark.parametrize(
    "words",
    [("extract",), ("extract", "a.txt", "--jsonl", "b.jsonl"), ("extract", "--jsonl", "b.jsonl")],
)
def test_wrong_use_ends_with_two(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).code == 2


def test_a_missing_file_is_refused(run: Run) -> None:
    assert run("extract", "none.txt", "--published", "2021-05-14").code == 1
    assert run("extract", "--jsonl", "none.jsonl", "-o", "o.jsonl").code == 1
