"""Reports made of parts, with what they say: who, how many, what became of them, in what order.

The file `made-xx.txt` of a language holds nouns, verbs and frames. A frame says who is counted and
how a report of one blast is put together: so the reader is held to arithmetic over all that can be
said in those words, not to sentences that somebody thought of.

    k b | i c | x: A car with [people a x] hit a mine. [of b] of them [killed b], [c] [injured c].

The letters are numbers: `n` and `m` from 1 to 5, `a` from 2 to 7, `b` a part of it, `c` the rest,
which is more than one as `c2`.
`x` and `y` are nouns; after the second bar stand the groups that are right, one way or another.
`[people n x]` are people, `[killed n x]` a clause of what became of them, `[killed n]` its verb
alone, `[of n]` a number that stands for people, `[noun n x]` a noun as it goes with the number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random


@dataclass(frozen=True)
class Made:
    """A report, its frame and what it tells of."""

    frame: str
    text: str
    killed: int
    injured: int
    groups: tuple[frozenset[str], ...]


@dataclass
class Tables:
    """The nouns, numbers, verbs and frames of a language, as its file has them."""

    nouns: list[list[str]] = field(default_factory=list)
    numbers: list[list[str]] = field(default_factory=list)
    alone: list[list[str]] = field(default_factory=list)
    people: list[list[str]] = field(default_factory=list)
    killed: list[list[str]] = field(default_factory=list)
    injured: list[list[str]] = field(default_factory=list)
    frames: list[list[str]] = field(default_factory=list)


def tables(code: str) -> Tables:
    """Read the file of a language."""
    found, section = Tables(), ""
    for line in Path(__file__).with_name(f"made-{code}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            section = line[2:]
        elif line and section == "frames":
            label, _, text = line.partition(": ")
            found.frames.append([*label.split(" | "), text])
        elif line:
            getattr(found, section).append(line.split("|"))
    return found


def made(code: str, number: int) -> Iterator[Made]:
    """Make so many reports, each frame in its turn, always the same ones."""
    language = tables(code)
    for seed, frame in zip(range(number), cycle(language.frames), strict=False):
        yield _Maker(language, Random(seed)).report(frame)


class _Maker:
    def __init__(self, language: Tables, random: Random) -> None:
        self.language = language
        self.random = random

    def report(self, frame: list[str]) -> Made:
        killed, injured, groups, text = frame
        first = self.random.choice(self.language.nouns)
        # Two nouns of one group would leave open whether they are the same people.
        second = self.random.choice([n for n in self.language.nouns if n[0] != first[0]])
        self.nouns = {"x": first, "y": second}
        whole = self.random.randint(3 if "c2" in text else 2, 7)
        part = self.random.randint(1, whole - (2 if "c2" in text else 1))
        numbers = {"n": self.random.randint(1, 5), "m": self.random.randint(1, 5)}
        self.values = {"a": whole, "b": part, "c": whole - part, "c2": whole - part} | numbers
        written = re.sub(r"\[([^]]+)\]", lambda m: self._slot(m[1].split()), text)
        written = re.sub(
            r"(^|[.!?] |\n|/ )([^\W\d_])", lambda m: m[1] + m[2].upper(), written
        ).replace(" / ", "\n")
        known = {"x": first[0], "y": second[0], "?": "unknown"}
        right = tuple(
            frozenset(known.get(g, g) for g in way.split("+")) for way in groups.split(" or ")
        )
        return Made(text, written, self._sum(killed), self._sum(injured), right)

    def _sum(self, words: str) -> int:
        terms = re.findall(r"([+-]?)(\w+)", words.split(" ", 1)[1])
        values = [(-1 if s == "-" else 1) * self._value(t) for s, t in terms]
        return sum(values)

    def _value(self, term: str) -> int:
        return int(term) if term.isdecimal() else self.values[term]

    def _slot(self, words: list[str]) -> str:
        kind, number, *noun = words
        value = self._value(number)
        if kind == "of":
            return self.random.choice(self.language.alone[value - 1])
        form = self.nouns[noun[0]] if noun else None
        if kind == "noun":
            return self._form(value, form or [])
        if kind == "people":
            return self._people(value, form or [])
        verb = self.random.choice(getattr(self.language, kind))
        female = form is not None and form[-1] == "f"
        said = verb[-1] if value > 1 else verb[1] if len(verb) > 2 and female else verb[0]
        if "$" in said:
            return said.replace("$", self._people(value, form)) if form else self._slot(words)
        return f"{self._people(value, form)} {said}" if form else said

    def _number(self, value: int) -> list[str]:
        """Give a number in figures, in words, and as it stands for people."""
        return [str(value), *self.language.numbers[value - 1]]

    def _form(self, value: int, noun: list[str]) -> str:
        forms = [form for form in noun[1:] if form != "f"]
        return forms[0] if value == 1 else forms[1] if value < 5 or len(forms) < 3 else forms[2]

    def _people(self, value: int, noun: list[str]) -> str:
        figure, word, *rest = self._number(value)
        ways = [w for w in self.language.people if (w[0] == "1") == (value == 1)]
        if noun[-1] == "f":
            ways = [w for w in ways if len(w) < 3]
        way = self.random.choice(ways)[1]
        forms = [form for form in noun[1:] if form != "f"]
        age = self.random.choice([25, 37, 48, 59, 66])
        return way.format(
            figure=figure, word=word, together=(rest or [word])[0], noun=self._form(value, noun),
            many=forms[-1], one=forms[0], age=age,
        )  # fmt: skip
