"""No cache grows with what is asked: each has a bound, or its arguments are the code's own."""

import ast

from tests.architecture.test_structure import ROOT, SOURCES, nodes_of

# What these are called with is written in the code or is one of few: no request adds to it.
CLOSED = {
    "_model",  # a layer and the service's own limit
    "names",  # a class
    "plain",  # names of parameters
    "asset_text",  # a file of the package
    "_scripts",  # two values
    "_fold_letter",  # a letter
}


def caches():
    """Each cached function: its module, its name, the decorator and whether it takes anything."""
    for path in SOURCES:
        for node in nodes_of(path):
            if not isinstance(node, ast.FunctionDef):
                continue
            for decorator in node.decorator_list:
                text = ast.unparse(decorator)
                if text.startswith(("cache", "lru_cache", "functools.")) and "property" not in text:
                    arguments = node.args
                    taken = [*arguments.args, *arguments.kwonlyargs, arguments.vararg]
                    yield path.relative_to(ROOT), node.name, text, any(taken)


def test_what_is_remembered_by_arguments_has_a_bound() -> None:
    found = list(caches())
    assert found
    open_ended = [
        (str(path), name)
        for path, name, text, takes in found
        if takes and name not in CLOSED and not ("maxsize=" in text and "maxsize=None" not in text)
    ]
    assert open_ended == []


def test_what_the_operator_is_told_of_the_bounds_is_what_they_are() -> None:
    from geodata.register import register, snapshot
    from service.http import files
    from service.ogc import features, ready, selection
    from service.tiles import answers

    text = (ROOT / "docs" / "register.md").read_text(encoding="utf-8")
    _, _, part = text.partition("## What is kept in memory")
    megabytes = 2**20
    for told in (
        f"{ready.MOST_KEPT // megabytes} MB",
        f"{features.MOST_DEFLATED // megabytes} MB",
        f"{features.MOST_PAGES:,} pieces",
        f"{files.MOST_BYTES // megabytes} MB",
        f"{snapshot.MOST_BYTES // megabytes} MB",
        f"{selection.KEPT} selections",
        f"{answers.KEPT} tiles",
        f"{register._PAST_STATES} states",
    ):
        assert told in part, told
