"""No regular expression takes more than time in proportion to its text, whatever the text.

Every pattern of the tree is found, made to run on texts built to make it go back and forth, and
held to a bound that only linear growth keeps. A pattern may go round and round while it holds the
interpreter's lock, so one cell of a table could stop the service for everybody.
"""

import ast
import importlib
import re
import re._constants as sre
import re._parser as sre_parse
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from geodata.intake.cells.numbers import MOST_CHARS
from tests.architecture.test_structure import ROOT, SOURCES, module_of, tree_of

_FUNCTIONS = {
    "compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer",
}  # fmt: skip
_LONG = 1 << 13
"""Characters of a text that nothing else bounds; a linear pattern takes well under 1 ms."""
_LENGTHS = (8, 16, 24, 32, 48, 64, 96, 128, 512, _LONG)
"""From small: a pattern of exponential growth has to be caught before it never ends."""
_SUSPECT = 0.002
"""Seconds of processor time from which on growth is looked at; below, the clock decides."""
_BOUNDED = 0.02
"""The same where a text has no more characters than a cell: growth of another kind may do."""
_LINEAR = 1.5
"""Time may grow as the length to this power: in between linear and quadratic growth."""
_ALPHABET = "a1 _-.,;:/+#'()=\"<>@ANm\tй°\n![]{}&%*|"
_ENDS = ("", "\x00", " !", "a", "1")


@cache
def pattern_calls() -> list[tuple[str, re.Pattern[Any]]]:
    found = []
    for path in SOURCES:
        if "data/scripts" in str(path):
            continue
        name = module_of(path)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                owner, function = ast.unparse(node.func.value), node.func.attr
                python = owner == "re" and function in _FUNCTIONS
                pandas = owner.endswith(".str") and function in ("match", "fullmatch")
                if python or pandas:
                    found.append((f"{name}:{node.lineno}", _pattern(node, name)))
    return found


class _Filled(ast.NodeTransformer):
    """Put something plain where a pattern is completed at run time."""

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        return node if isinstance(node.value, ast.Name) and node.value.id.isupper() else _PLAIN

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return node


_PLAIN = ast.Constant("1")


def _pattern(node: ast.Call, module: str) -> re.Pattern[Any]:
    names = vars(importlib.import_module(module))
    flags: Any = next((k.value for k in node.keywords if k.arg == "flags"), None)
    if flags is None and len(node.args) > 1 and ast.unparse(node.func).endswith("compile"):
        flags = node.args[1]
    try:
        made = eval(ast.unparse(node.args[0]), names)
    except (NameError, AttributeError):
        filled = _Filled().visit(ast.parse(ast.unparse(node.args[0]), mode="eval"))
        try:
            made = eval(compile(ast.fix_missing_locations(filled), module, "eval"), names)
        except (NameError, AttributeError):
            made = "1"  # a variable: its value is the pattern of another place
    if isinstance(made, re.Pattern):
        return made
    if ast.unparse(node.func).endswith("match") and isinstance(made, str):
        made = rf"\A(?:{made})"  # as it is tried: from the beginning only
    return re.compile(made, eval(ast.unparse(flags), names) if flags is not None else 0)


def _chars(items: Any) -> list[str]:
    """Characters of the alphabet that a set takes."""
    return [c for c in _ALPHABET if _in_set(items, c)]


_CLASSES = {
    sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


@cache
def _in_class(category: Any, char: str) -> bool:
    return re.match(_CLASSES[category], char) is not None


def _in_set(items: Any, char: str) -> bool:
    negated, found = False, False
    for op, value in items:
        if op is sre.NEGATE:
            negated = True
        elif op is sre.LITERAL:
            found |= value == ord(char)
        elif op is sre.RANGE:
            found |= value[0] <= ord(char) <= value[1]
        elif op is sre.CATEGORY:
            found |= _in_class(value, char)
    return found != negated


def _sample(tree: Any) -> str:
    """A short text that a part of a pattern takes, nearly always."""
    text = ""
    for op, value in tree:
        if op is sre.LITERAL:
            text += chr(value)
        elif op is sre.NOT_LITERAL:
            text += next(c for c in _ALPHABET if ord(c) != value)
        elif op is sre.ANY:
            text += "a"
        elif op is sre.IN:
            text += next(iter(_chars(value)), "a")
        elif op is sre.BRANCH:
            text += _sample(value[1][0])
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            text += _sample(value[2]) * max(value[0], 0)
        elif op is sre.SUBPATTERN:
            text += _sample(value[3])
        elif op is sre.ATOMIC_GROUP:
            text += _sample(value)
    return text


def _pumps(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Pairs of a beginning and a text to repeat, for each repetition in a pattern."""
    for place, (op, value) in enumerate(tree):
        ahead = before + _sample(tree[:place])
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            body = value[2]
            if value[1] > 8:
                one = [(o, v) for o, v in body]
                if len(one) == 1 and one[0][0] in (sre.IN, sre.ANY, sre.LITERAL, sre.NOT_LITERAL):
                    chars = _ALPHABET if one[0][0] is sre.ANY else (
                        _chars(one[0][1]) if one[0][0] is sre.IN else [_sample(body)]
                    )  # fmt: skip
                    yield from ((ahead, char) for char in chars)
                else:
                    yield ahead, _sample(body) or "a"
                    yield ahead, _sample(body) * 2 + " "
                    yield from ((ahead, char) for char in "a1 _")
            yield from _pumps(body, ahead)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _pumps(branch, ahead)
        elif op is sre.SUBPATTERN:
            yield from _pumps(value[3], ahead)
        elif op is sre.ATOMIC_GROUP:
            yield from _pumps(value, ahead)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _pumps(value[1], ahead)


def _sets(tree: Any) -> Iterator[Any]:
    """What a pattern holds a single character against: its number, or the members of a set."""
    for op, value in tree:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.IN):
            yield value
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            yield from _sets(value[2])
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _sets(branch)
        elif op is sre.SUBPATTERN:
            yield from _sets(value[3])
        elif op is sre.ATOMIC_GROUP:
            yield from _sets(value)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _sets(value[1])


def _alike(tree: Any) -> dict[int, str]:
    """For each character of the alphabet the first that the pattern cannot tell from it.

    Texts of either take it the same steps. Edges of words and ends of lines tell some apart, as
    flags do of either case and of what is no ASCII.
    """
    held = list(_sets(tree))
    letters = {one for one in held if isinstance(one, int)}
    sets = list({str(one): one for one in held if not isinstance(one, int)}.values())
    first: dict[Any, str] = {}
    found = {}
    for char in _ALPHABET:
        cases = char.lower(), char.upper()
        own = char if char == "\n" or not letters.isdisjoint(map(ord, cases)) else ""
        seen = (own, char.isascii(), _in_class(sre.CATEGORY_WORD, char))
        seen += tuple(_in_set(one, case) for one in sets for case in cases)
        found[ord(char)] = first.setdefault(seen, char)
    return found


def slow(pattern: re.Pattern[Any], most: int) -> str | None:
    """Say on which text of at most so many characters the pattern takes too long, if on any.

    A time that stands out is measured again beside that of a quarter of the text, the least of
    several: their ratio is what a slow or a busy machine leaves as it is.
    """
    tree = sre_parse.parse(pattern.pattern, pattern.flags)
    whole = _sample(tree)
    alike = _alike(tree)
    pumps = [(ahead, pump.translate(alike)) for ahead, pump in _pumps(tree)]
    pumps += [("", whole), ("", whole[:-1])]
    ends = list(dict.fromkeys(end.translate(alike) for end in _ENDS))
    suspect = _BOUNDED if most <= MOST_CHARS else _SUSPECT

    def seconds(
        ahead: str, pump: str, length: int, end: str, clock: Callable[[], float] = time.process_time
    ) -> float:
        text: Any = ahead + pump * (length // len(pump)) + end
        if isinstance(pattern.pattern, bytes):
            text = text.encode("utf-8")
        start = clock()
        pattern.search(text)
        return clock() - start

    for ahead, pump in dict.fromkeys([*pumps, *(("", pump) for _, pump in pumps)]):
        if not pump:
            continue
        for end in ends:
            if end == pump:
                continue  # as without an end
            for length in sorted({min(length, most) for length in _LENGTHS}):
                # what has passed is no less than what was worked, and is read much sooner
                if seconds(ahead, pump, length, end, time.perf_counter) < suspect:
                    continue
                long = min(seconds(ahead, pump, length, end) for _ in range(3))
                short = min(seconds(ahead, pump, length // 4, end) for _ in range(5))
                if long > suspect and long > 4**_LINEAR * short:
                    return f"{length} characters: {ahead!r} + {pump!r} × {length} + {end!r}"
    return None


def test_the_measure_knows_a_slow_pattern() -> None:
    assert slow(re.compile(r"^(\s*[_ ]\s*\w+)*$"), _LONG)
    assert slow(re.compile(r"[\d ]*\d[\d ]*$"), _LONG)
    assert slow(re.compile(r"\s+$"), _LONG // 2)
    assert slow(re.compile(r"^-[^\d\s]*[A-Z_a-z]+[^|!(]*[|!(]"), _LONG)
    assert not slow(re.compile(r"^[a-z]+\d*$"), _LONG)


def test_patterns_take_time_in_proportion_to_the_text() -> None:
    places: dict[tuple[re.Pattern[Any], int], str] = {}
    for where, pattern in pattern_calls():
        places.setdefault((pattern, MOST_CHARS if ".cells." in where else _LONG), where)
    found = {where: slow(pattern, most) for (pattern, most), where in places.items()}
    assert {where: text for where, text in found.items() if text} == {}


def test_patterns_are_found() -> None:
    found = {where.split(":")[0] for where, _ in pattern_calls()}
    text = {module_of(p) for p in SOURCES if "re.compile(" in p.read_text(encoding="utf-8")}
    assert text - {m for m in text if "data.scripts" in m} <= found, ROOT
