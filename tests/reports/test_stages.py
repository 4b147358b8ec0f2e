"""The stages know no language, take any text, and take time in proportion to it."""

import ast
import re
import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest

import geodata.reports
from geodata.reports import read_report

FOLDER = Path(geodata.reports.__file__).parent
STAGES = (
    "clean", "segment", "dates", "places", "people", "speakers", "clauses", "events",
    "casualties", "operations", "read",
)  # fmt: skip
DAY = date(2023, 9, 20)
TOLD = {
    "en": "A farmer was killed by a mine in Aghdam district on Monday. ",
    "az": "Ağdam rayonunda bazar ertəsi fermer minaya düşərək ölüb. ",
    "ru": "В Агдамском районе в понедельник на мине погиб фермер. ",
}


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_holds_words_of_a_language(stage: str) -> None:
    tree = ast.parse((FOLDER / f"{stage}.py").read_text("utf-8"))
    told = [n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)]
    words = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and n not in told
    ]
    assert [w for w in words if re.search("[А-Яа-яёəşğçöüƏŞĞÇÖÜ]{2}", w)] == []


@pytest.mark.parametrize("language", TOLD)
@pytest.mark.parametrize(
    "written",
    [
        lambda t: unicodedata.normalize("NFD", t),
        "\u200b".join,
        lambda t: t.replace("min", "mi\u00adn").replace("мин", "ми\u200dн"),
        lambda t: f"\u202e{t}\u202c\u200f",
        lambda t: f"💥💣 {t} 👨‍👩‍👧‍👦🇦🇿",
        lambda t: t.upper(),
        lambda t: t.replace(" ", "\u00a0"),
    ],
    ids=["decomposed", "zero-width", "hyphenated", "directed", "emoji", "capitals", "blanks"],
)
def test_a_report_is_read_however_it_is_written(language: str, written) -> None:  # type: ignore[no-untyped-def]
    text = written(TOLD[language])
    found = read_report(text, DAY, language=language).incidents
    assert [(i.date_start, i.killed, i.places[0].district_id) for i in found] == [
        (date(2023, 9, 18), 1, "AZ-AGM")
    ]
    assert all(0 <= s.start < s.end <= len(text) for s in found[0].evidence)


def test_spans_count_the_characters_given_though_some_cannot_be_seen() -> None:
    text = "\ufeff" + TOLD["en"].replace("Aghdam", "Ag\u00adhdam")
    (found,) = read_report(text, DAY).incidents
    place = next(s for s in found.evidence if s.field == "places.0")
    assert text[place.start : place.end] == "Ag\u00adhdam"


@pytest.mark.parametrize(
    "filling",
    ["", " ", '"', "Misal-", "Misal ", "a\n", "\n", "one, two, ", "two soldiers and ", "on 5 May ",
     "in Aghdam, ", "was killed ", "1 2 3 ", "<div><p>", " - ", "💥", "a", "(", "mine ", "he was ",
     "on Monday ", "на мине ", "minaya ", "anti-", "the explosive old rusty ", "2021-ci il "],
)  # fmt: skip
def test_a_long_report_takes_time_in_proportion(filling: str) -> None:
    def seconds(size: int) -> float:
        body = (filling or TOLD["en"]) * (size // len(filling or TOLD["en"]))
        start = time.process_time()
        read_report(TOLD["en"] + body, DAY, language="en")
        return time.process_time() - start

    read_report(TOLD["en"], DAY)
    # Eight times as long: 8 in proportion, 64 where each character is held against each other.
    # A busy machine may stop one of the two for a while, so that one of three has to do.
    assert any(seconds(8_000) < 30 * seconds(1_000) + 0.03 for _ in range(3))
