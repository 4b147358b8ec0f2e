"""Tables with one row a victim: the rows of one accident are one incident, with counts only."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np

from geodata.intake.cells.numbers import decimal, western
from geodata.intake.draft import Draft, People, Values
from geodata.intake.identity import source_ids
from geodata.wording import plain

FIELDS = ("victim_outcome", "victim_sex", "victim_age", "victim_group")
_TOTALS = ("killed", "injured", "casualties")
_ADULT = 18
_WORDS = {
    "killed": "killed|dead|died|death|fatal|fatality|deceased|k|tue|tuee|decede|decedee|mort|morte|"
    "muerto|muerta|fallecido|fallecida|morto|obito|убит|погиб|погибший|погибла|загинув|загинула|"
    "загиблий|قتيل|متوفى|شهيد|کشته|کشته شده|olen|helak olub",
    "injured": "injured|wounded|injury|non fatal|nonfatal|survivor|i|blesse|blessee|survivant|"
    "herido|herida|lesionado|lesionada|ferido|ferida|sobrevivente|ранен|ранена|раненый|"
    "пострадавший|поранений|поранена|جريح|مصاب|زخمی|مجروح|yaralanan|yarali",
    "female": "female|f|woman|girl|femme|fille|feminin|mujer|femenino|mulher|feminino|женский|ж|"
    "жінка|жіноча|أنثى|انثى|زن|مونث|qadin",
    "male": "male|m|man|boy|homme|garcon|masculin|hombre|masculino|homem|мужской|м|муж|чоловік|"
    "чоловіча|ذكر|مرد|مذکر|kisi",
    "child": "child|minor|boy|girl|enfant|mineur|nino|nina|menor|crianca|ребенок|дитина|طفل|کودک|"
    "usaq|0 17|under 18",
    "adult": "adult|man|woman|adulte|adulto|adulta|взрослый|дорослий|بالغ|بزرگسال|18|over 18",
    "civilian": "civilian|civil|civile|гражданский|цивільний|مدني|ملکی|mulki",
    "military": "military|soldier|militaire|militar|soldat|военный|військовий|عسكري|نظامی|herbci",
    "deminer": "deminer|demining staff|demineur|desminador|sapador|сапер|сапёр|ماین پاک|"
    "minatemizleyen",
    "police": "police|policier|policia|полиция|поліція|شرطة|پولیس|polis",
}  # fmt: skip
_CODE = {name: {plain(w): name for w in words.split("|")} for name, words in _WORDS.items()}
Victim = tuple[str, str, str, str]
"""Outcome, sex, age group and group."""


def _read(text: str | None, *names: str) -> str:
    word = plain(text) if text else ""
    return next((name for name in names if word in _CODE[name]), "unknown")


def _age(text: str | None) -> str:
    try:
        return "child" if decimal(western(text or "")) < _ADULT else "adult"
    except ValueError:
        return _read(text, "child", "adult")


@dataclass(slots=True)
class Victims:
    """The victims of each accident of a file, and which accidents were taken already.

    Attributes
    ----------
    found
        Source id to its victims; names and other words about people are never kept.
    """

    found: dict[str, Counter[Victim]] = field(default_factory=lambda: defaultdict(Counter))
    _taken: set[str] = field(default_factory=set)

    @staticmethod
    def stated_by(fields: dict[str, str]) -> bool:
        """Say whether a table with these fields has one row a victim."""
        victim = "id" in fields and any(n in fields for n in FIELDS)
        return victim and not any(n in fields for n in _TOTALS)

    def add(self, draft: Draft) -> None:
        """Count the victims of one chunk."""
        columns = [draft.texts(name) for name in FIELDS]
        for name, outcome, sex, age, group in zip(source_ids(draft), *columns, strict=True):
            if name is not None and any((outcome, sex, age, group)):
                self.found[name][
                    _read(outcome, "killed", "injured"),
                    _read(sex, "female", "male"),
                    _age(age),
                    _read(group, "civilian", "military", "deminer", "police"),
                ] += 1

    def fold(self, draft: Draft, values: Values) -> np.ndarray:
        """Give each accident's first row all its victims, and tell the rows that follow.

        Returns
        -------
        numpy.ndarray
            True for rows of an accident that was taken already.
        """
        later = np.zeros(len(draft), dtype=bool)
        for place, name in enumerate(source_ids(draft)):
            if name is None or name not in self.found or place in draft.refused:
                continue
            later[place] = name in self._taken
            self._taken.add(name)
            values.casualties[place] = [
                _row(victim, number) for victim, number in sorted(self.found[name].items())
            ]
        return later


def _row(victim: Victim, number: int) -> People:
    outcome, sex, age, group = victim
    return {"outcome": outcome, "sex": sex, "age_group": age, "group": group, "best": number}
