"""Laws of filters, and that nothing hangs or breaks them."""

import json

import cql2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.filters import compile_filter, equality
from geodata.schemas import INCIDENTS
from tests.conftest import make_incidents
from tests.laws import examples

FRAME = make_incidents()
ATOMS = st.sampled_from(
    [
        "killed > 0",
        "injured = 1",
        "device LIKE '%mine'",
        "killed IS NULL",
        "date_start < DATE('2021-02-01')",
        "district_id IN ('XX-A', 'XX-D')",
        "injured BETWEEN 0 AND 1",
        "S_INTERSECTS(geometry, BBOX(47, 40, 47.1, 40.2))",
    ]
)
TEXTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda a: f"NOT ({a})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda t: f"({t[0]}) {t[1]} ({t[2]})"
        ),
    ),
    max_leaves=8,
)


def mask(text: str) -> np.ndarray:
    return compile_filter(text, "cql2-text", INCIDENTS).mask(FRAME)


@examples(60)
@given(TEXTS, TEXTS)
def test_conjunction_and_disjunction_are_those_of_sets(a: str, b: str) -> None:
    assert (mask(f"({a}) AND ({b})") == (mask(a) & mask(b))).all()
    assert (mask(f"({a}) OR ({b})") == (mask(a) | mask(b))).all()


@examples(60)
@given(TEXTS)
def test_nothing_is_both_true_and_false_and_negating_twice_changes_nothing(a: str) -> None:
    assert not (mask(a) & mask(f"NOT ({a})")).any()
    assert (mask(f"NOT (NOT ({a}))") == mask(a)).all()


@examples(60)
@given(TEXTS)
def test_text_and_json_are_the_same_filter(a: str) -> None:
    tree = cql2.parse_text(a).to_json()
    by_json = compile_filter(json.dumps(tree), "cql2-json", INCIDENTS)
    assert (by_json.mask(FRAME) == mask(a)).all()


def is_filter_or_refused(source: object, lang: str) -> bool:
    try:
        found = compile_filter(source, lang, INCIDENTS).mask(FRAME)
    except InvalidInput as refused:
        return bool(refused.message)
    return found.shape == (len(FRAME),) and found.dtype == bool


@examples(300)
@given(st.text(max_size=200), st.sampled_from(["cql2-text", "cql2-json", "cql-text"]))
def test_any_text_is_a_filter_or_is_refused(text: str, lang: str) -> None:
    assert is_filter_or_refused(text, lang)


WORDS = (
    "( ) , killed device geometry date_start 1 -2.5 'a' '2021-01-01' = <> < LIKE ILIKE IN NOT AND "
    "OR BETWEEN IS NULL + - * / ^ % DIV POINT(1 S_INTERSECTS( T_AFTER( DATE( casei( true"
)


@examples(300)
@given(
    st.lists(st.sampled_from(WORDS.split(" ")), max_size=25),
    st.sampled_from(["cql2-text", "cql-text"]),
)
def test_any_row_of_words_is_a_filter_or_is_refused(words: list[str], lang: str) -> None:
    assert is_filter_or_refused(" ".join(words), lang)


OPERATORS = "and or not = < like in between isNull casei + ^ s_within s_dwithin t_during x"
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from([{"property": "killed"}, {"property": "geometry"}, {"date": "2021-01-01"}]),
)


def branches(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    operators = st.sampled_from(OPERATORS.split(" "))
    return st.one_of(
        st.lists(inner, max_size=4),
        st.fixed_dictionaries({"op": operators, "args": st.lists(inner, max_size=4)}),
        st.fixed_dictionaries({"interval": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"bbox": st.lists(inner, max_size=6)}),
        st.fixed_dictionaries({"type": st.text(max_size=5), "coordinates": inner}),
    )


@examples(300)
@given(st.recursive(LEAVES, branches, max_leaves=12))
def test_any_tree_is_a_filter_or_is_refused(tree: object) -> None:
    assert is_filter_or_refused(tree, "cql2-json")


HOSTILE = {
    "open brackets": "(" * 5_000 + "killed = 1",
    "open brackets, few": "(" * 30 + "killed = 1",
    "nested groups with an error inside": "NOT (" * 35 + "killed = " + ")" * 35,
    "minus signs": "- " * 5_000 + "1 = 1",
    "negations": "NOT " * 5_000 + "killed = 1",
    "a long sum": "+".join(["killed"] * 20_000) + " = 1",
    "too long": "device = '" + "x" * 70_000 + "'",
    "nested calls": "casei(" * 100 + "device" + ")" * 100 + " = 'a'",
    "deep JSON": '{"op":"not","args":[' * 900 + "true" + "]}" * 900,
    "deep list": "[" * 5_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_filter_is_refused_before_it_hangs(name: str) -> None:
    text = HOSTILE[name]
    lang = "cql2-json" if text[0] in "{[" else "cql2-text"
    with pytest.raises(InvalidInput):
        compile_filter(text, lang, INCIDENTS)


def test_a_pattern_cannot_make_the_match_explode() -> None:
    frame = make_incidents()
    frame["device"] = "a" * 5_000
    pattern = "%a" * 40 + "b"
    assert not compile_filter(f"device LIKE '{pattern}'", "cql2-text", INCIDENTS).mask(frame).any()


def test_many_alternatives_and_terms_are_taken() -> None:
    many = ", ".join(f"'d{i}'" for i in range(5_000))
    assert not mask(f"device IN ({many})").any()
    assert mask(" OR ".join(f"killed = {i}" for i in range(300))).sum() == 3


def test_equality_is_the_filter_of_one_property() -> None:
    found = equality("device", "uxo", INCIDENTS)
    assert FRAME.index[found.mask(FRAME)].tolist() == ["i4"]
    assert found.key == compile_filter("device = 'uxo'", "cql2-text", INCIDENTS).key
