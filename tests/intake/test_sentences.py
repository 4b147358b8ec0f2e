"""What an import says is made of parts, and so said in each language: no text stays English."""

import ast
import pickle
from html import unescape
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.testclient import TestClient

import geodata
from geodata.model import Operation
from geodata.wording import reason_of_problem, say, sentence_of, sentences_in
from service.app import create_app
from service.commands.import_ import summary
from service.http.request import View
from service.i18n import SOURCE, languages, translator_of
from service.pages.editing import import_html
from service.settings import Settings
from tests.conftest import sign_in

TRANSLATED = [lang for lang in languages() if lang != SOURCE]
MESSY = (
    "id,date,district,lat,lon,killed,injured,full name\n"
    "1,2019-02-04,Aghdam,40.0,46.9,2-3,1,A B\n"
    "2,04.05.2019,Aghdam,40.0,46.9,1.5,many,A B\n"
    "3,2019-02-31,Nowhere,40.0,,-1,x,A B\n"
    "4,2019-02-04,Aghdam,91,46.9,0,0,A B\n"
    "5,05.04.2019,Nowhere,,,0,0,A B\n"
    "5,2019-02-09,Fuzuli,,,0,0,A B\n"
    "6,2019-02-09,Fuzuli,40.03,46.97,0,0,A B\n"
)
_plain = (
    st.text(max_size=20)
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
)
_inner = st.builds(lambda part: say("so {part}", part=part), _plain)
parts = _plain | _inner | st.lists(_plain | _inner, max_size=3).map(tuple)


@given(parts, parts)
def test_a_sentence_comes_back_from_json_and_from_other_processes(one, other) -> None:
    said = say("{one} beside {other!s}", one=one, other=other)
    told = orjson.loads(orjson.dumps(said.as_json()))
    assert sentence_of(told) == said
    again = pickle.loads(pickle.dumps(said))
    assert (again, again.pattern, again.parts) == (said, said.pattern, said.parts)
    assert sentences_in({"a": [{"b": said}, "text"]}) == {said: said.as_json()}


def test_counts_are_written_as_the_language_does() -> None:
    said = say("taken {rows:,}", rows=12_000)
    assert translator_of("ru").said(said) == "принято: 12\u00a0000"
    assert translator_of("en").said(said) == str(said) == "taken 12,000"
    assert translator_of("ru").said("a text of the file") == "a text of the file"


def _texts(report) -> list[str]:
    body = report.as_json()
    return [
        *body["notes"],
        *(warning["message"] for warning in body["warnings"]),
        *(error["reason"] for row in body["refused"] for error in row["errors"]),
        *(row["reason"] for row in body["left_alone"]),
    ]


def test_every_text_of_a_report_is_a_sentence(take, write) -> None:
    report = take(write(MESSY))
    texts = _texts(report)
    assert len(texts) > 8
    assert [t for t in texts if t not in report.as_json()["sentences"]] == []
    assert all(s["code"] for s in report.as_json()["sentences"].values())


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_report_is_said_in_each_language(take, write, lang) -> None:
    report = take(write(MESSY))
    translator = translator_of(lang)
    english = set(_texts(report)) | {*summary(report)}
    said = {translator.said(text) for text in _texts(report)} | {*summary(report, lang)}
    assert said & english == set()


def _messages(tree: ast.AST):
    """Give what is said to people: of refusals, errors, notes and warnings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = {"refuse": 2, "RowProblem": 1, "ValueError": 0, "InvalidInput": 0}.get(name)
            if place is not None and len(node.args) > place:
                yield node.args[place]
            held = ast.unparse(node.func)
            if held in ("report.notes.append", "plan.warnings.append", "said.append"):
                yield node.args[0]
        counted = isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript)
        if counted and ast.unparse(node.target.value).endswith("warnings"):
            yield node.target.slice


def test_nothing_is_said_past_the_catalogues() -> None:
    past = []
    for path in sorted((Path(geodata.__file__).parent / "intake").rglob("*.py")):
        for node in _messages(ast.parse(path.read_text())):
            plain = isinstance(node, ast.Constant) and " " in str(node.value)
            if plain or isinstance(node, ast.JoinedStr):
                past.append(f"{path.name}:{node.lineno} {ast.unparse(node)[:80]}")
    assert past == []


@pytest.fixture
def editor(held, tmp_path):
    app = create_app(Settings(data=tmp_path / "data"), held)
    with TestClient(app) as client:
        sign_in(client, "ed", "editor")
        yield client


def test_the_page_says_the_report_in_the_readers_language(editor) -> None:
    body = editor.post("/imports", files={"file": ("a.csv", MESSY.encode())}).json()
    page = unescape(import_html(View(lang="ru", role="editor"), body))
    for text, told in body["sentences"].items():
        assert translator_of("ru").said(sentence_of(told)) in page
        assert f">{text}<" not in page


def test_a_file_that_is_refused_says_why_in_the_readers_language(editor) -> None:
    counts = ("t.csv", b"Admin1,Month,Year,Events\nAghdam,March,2023,4\nFuzuli,March,2023,0\n")
    english = editor.post("/imports", files={"file": counts}).json()
    russian = editor.post("/imports?lang=ru", files={"file": counts}).json()
    assert english["code"] == russian["code"] == "counts-not-incidents"
    assert "table of counts" in english["description"]
    assert "таблица чисел" in russian["description"]
    page = editor.post(
        "/imports", files={"file": counts}, headers={"Accept": "text/html", "Accept-Language": "az"}
    )
    assert "sayların cədvəlidir" in page.text


@pytest.mark.parametrize("lang", TRANSLATED)
def test_what_a_model_refuses_is_said_in_each_language(lang: str) -> None:
    wrong = {
        "kind": "zorblax", "actual_start": "the first", "personnel": "many", "note": "x" * 20_000,
        "organisation": 5, "operation_id": "a b", "sensitivity": "public", "zorblax": 1,
        "area_done_m2": -1,
    }  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        Operation.model_validate(wrong)
    problems = refused.value.errors(include_url=False)
    assert len({problem["type"] for problem in problems}) >= 7
    for problem in problems:
        said = reason_of_problem(problem)
        assert translator_of(lang).said(said) != said, problem["type"]
