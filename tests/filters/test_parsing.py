"""CQL2 text: any geometry can be written in it, and no nesting breaks it."""

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.filters import compile_filter
from geodata.filters.compiler import parse_text
from geodata.schemas import INCIDENTS, STATISTICS
from tests.conftest import make_incidents
from tests.filters.test_laws import is_filter_or_refused
from tests.laws import examples

FRAME = make_incidents()
NUMBERS = st.one_of(
    st.floats(-180, 180).map(repr),
    st.floats(-90, 90).map(lambda value: f"{value:.17f}"),
    st.floats(-90, 90).map(lambda value: f"{value:+e}"),
    st.integers(-90, 90).map(str),
    st.sampled_from(["-0", "+7", ".5", "-.5", "7.", "1E1", "-1.25e-3", "29.7", "-4.0"]),
)
SPACES = st.sampled_from([" ", "  ", "\n", "\t "])


@st.composite
def well_known_text(draw, depth: int = 1) -> str:
    """The text of any geometry, spaced and spelled as anybody may."""

    def position() -> str:
        return draw(NUMBERS) + draw(SPACES) + draw(NUMBERS)

    def several(least: int) -> str:
        count = draw(st.integers(least, 4))
        return (
            "("
            + ("," + draw(st.sampled_from(["", " "]))).join(position() for _ in range(count))
            + ")"
        )

    def ring() -> str:
        first = position()
        return f"({first}, {position()}, {position()}, {first})"

    def many(make) -> str:
        return "(" + ", ".join(make() for _ in range(draw(st.integers(1, 3)))) + ")"

    kinds = {
        "POINT": lambda: f"({position()})",
        "LINESTRING": lambda: several(2),
        "POLYGON": lambda: many(ring),
        "MULTIPOINT": lambda: draw(st.sampled_from([several(1), many(lambda: f"({position()})")])),
        "MULTILINESTRING": lambda: many(lambda: several(2)),
        "MULTIPOLYGON": lambda: many(lambda: many(ring)),
    }
    if depth:
        kinds["GEOMETRYCOLLECTION"] = lambda: many(lambda: draw(well_known_text(depth=depth - 1)))
    name = draw(st.sampled_from(sorted(kinds)))
    spelled = draw(st.sampled_from([name, name.lower(), name.capitalize()]))
    return spelled + draw(st.sampled_from(["", " "])) + kinds[name]()


@examples(150)
@given(well_known_text())
def test_any_geometry_is_read_as_it_is_written(text: str) -> None:
    tree = parse_text(f"S_INTERSECTS(geometry,{text}) AND NOT killed > -1.5e0")
    read = shapely.from_geojson(json.dumps(tree["args"][0]["args"][1]))
    assert shapely.to_wkb(read) == shapely.to_wkb(shapely.force_2d(shapely.from_wkt(text)))


@pytest.mark.parametrize(
    "text",
    [
        "S_INTERSECTS(geometry,POINT(29.7 -4.0))",
        "S_INTERSECTS(geometry,point(-2.97e1 -4))",
        "S_INTERSECTS(LINESTRING(-60 -90,-60 90),geometry)",
        "S_INTERSECTS(geometry, LINESTRING(1 2, 3 4))",
        "S_INTERSECTS(geometry,POINT Z (1 -2 -3))",
        "NOT(S_WITHIN(geometry,POLYGON((-1 -1,1 -1,1 1,-1 -1))))",
        "S_DWITHIN(geometry, POINT(-1 -1), 10, 'km') OR killed = -(1)",
    ],
)
def test_geometries_west_of_greenwich_and_south_of_the_equator(text: str) -> None:
    assert compile_filter(text, "cql2-text", INCIDENTS).mask(FRAME).shape == (len(FRAME),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("S_INTERSECTS(geometry,POINT(90 180))", "latitude"),
        ("S_INTERSECTS(geometry,POINT(1))", "POINT(1)"),
        ("S_INTERSECTS(geometry,POINT(1,2))", "POINT(1,2)"),
        ("S_INTERSECTS(geometry,POINT(29.7-4.0))", "POINT(29.7-4.0)"),
        ("S_INTERSECTS(geometry,POLYGON((0 0,1 1,1 0)))", "POLYGON"),
        ("S_INTERSECTS(geometry,POINT(nan nan))", "finite"),
        ("killed>", "'killed >'"),
        ("killed = ", "missing"),
        ("(killed = 1) AND >", ">"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_read_is_said_in_words_for_people(text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        compile_filter(text, "cql2-text", INCIDENTS)
    message = refused.value.message
    assert why in message
    assert "grp_" not in message
    assert not any(rule in message for rule in ("EOI", "NotFlag", "IsNullPostfix", "expected"))


@pytest.mark.parametrize("levels", [30, 90, 250, 1_000, 5_000])
@pytest.mark.parametrize(
    "nested",
    [
        lambda n: ("NOT " * n + "killed = 1", "cql2-text"),
        lambda n: ("killed" + "+1" * n + " = 1", "cql2-text"),
        lambda n: ("-" * n + "killed = 1", "cql2-text"),
        lambda n: ("1" + "*(1" * n + ")" * n + " = killed", "cql2-text"),
        lambda n: ("casei(" * n + "device" + ")" * n + " = 'uxo'", "cql2-text"),
        lambda n: (
            "S_INTERSECTS(geometry,"
            + "GEOMETRYCOLLECTION(" * n + "POINT(1 2)" + ")" * n + ")", "cql2-text",
        ),
        lambda n: ('{"op":"not","args":[' * n + "true" + "]}" * n, "cql2-json"),
        lambda n: ('{"op":"+","args":[1,' * n + "1" + "]}" * n, "cql2-json"),
        lambda n: (
            '{"op":"s_intersects","args":[{"property":"geometry"},'
            + '{"type":"GeometryCollection","geometries":[' * n
            + '{"type":"Point","coordinates":[1,2]}' + "]}" * n + "]}", "cql2-json",
        ),
    ],
)  # fmt: skip
def test_nesting_is_bounded_before_anything_recurses(nested, levels: int) -> None:
    source, lang = nested(levels)
    assert is_filter_or_refused(source, lang)


def test_many_alternatives_are_not_deep() -> None:
    text = " OR ".join(f"killed = {number}" for number in range(400))
    assert compile_filter(text, "cql2-text", INCIDENTS).mask(FRAME).any()


def test_a_boolean_may_be_in_a_list() -> None:
    from geodata.schemas import conform

    frame = conform(
        FRAME.assign(statistic_id=list("abcde"), mine_related=[True, False, None, True, None])[
            ["statistic_id", "mine_related"]
        ],
        STATISTICS,
    )

    def ids(text: str) -> list[str]:
        return frame.index[compile_filter(text, "cql2-text", STATISTICS).mask(frame)].tolist()

    assert ids("mine_related IN (true)") == ["a", "d"]
    assert ids("mine_related NOT IN (true)") == ["b"]
    assert ids("mine_related IN (true, false)") == ["a", "b", "d"]
