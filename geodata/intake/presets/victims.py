"""Tables with one row a victim: the rows of one accident are one incident, with counts only.

Without an accident's id the rows of one day and place are one accident. Who was not hurt is no
victim; a word that is not understood is reported, and its victim's outcome is not known.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from geodata.intake.cells.numbers import decimal, western
from geodata.intake.draft import Draft, People, Values
from geodata.intake.fields import TOTALS
from geodata.intake.identity import source_ids
from geodata.intake.table import Table
from geodata.wording import plain, say

FIELDS = ("victim_outcome", "victim_sex", "victim_age", "victim_group")
_OF_ACCIDENT = ("date", "date_start", "year", "month", "admin1", "district", "admin2", "admin3",
                "admin1_code", "district_id", "admin2_code", "place", "coordinates", "latitude",
                "longitude")  # fmt: skip
"""What tells one accident from another where it has no id, its day first."""
_YES = frozenset({"yes", "y", "true", "oui", "si", "sim", "да", "так", "beli", "نعم", "بلی"})
_NO = frozenset({"no", "n", "false", "non", "nao", "нет", "ні", "xeyr", "لا", "نه", "خیر"})
_ADULT = 18
_WORDS = {
    "killed": "killed|dead|died|death|fatal|died later|died of wounds|died in hospital|"
    "fatality|deceased|k|tue|tuee|decede|decedee|mort|morte|"
    "muerto|muerta|fallecido|fallecida|morto|obito|убит|погиб|погибший|погибла|загинув|загинула|"
    "загиблий|قتيل|متوفى|شهيد|کشته|کشته شده|olen|helak olub",
    "injured": "injured|wounded|injury|non fatal|amputation|amputee|amputated|limb loss|"
    "loss of limb|blind|blinded|loss of sight|disabled|burns|severely injured|seriously injured|"
    "slightly injured|lightly injured|minor injury|severe injury|heavily injured|limb|eye|"
    "upper limb|lower limb|ampute|amputado|amputada|ампутация|легко ранен|"
    "тяжело ранен|agir yarali|yungul yarali|nonfatal|survivor|i|blesse|blessee|survivant|"
    "herido|herida|lesionado|lesionada|ferido|ferida|sobrevivente|ранен|ранена|раненый|"
    "пострадавший|поранений|поранена|جريح|مصاب|زخمی|مجروح|yaralanan|yarali",
    "unharmed": "unharmed|uninjured|unhurt|not injured|no injury|no injuries|safe|none|indemne|"
    "sain et sauf|ileso|ilesa|не пострадал|не пострадала|невредим|невредима|неушкоджений|"
    "zerer cekmeyib|سالم|سليم",
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
    """The victims of each accident of a file, and which accidents were taken already."""

    flagged: bool = False
    """Whether the outcome answers yes or no to "killed?"."""
    found: dict[str, Counter[Victim]] = field(default_factory=lambda: defaultdict(Counter))
    """Accident to its victims; names and other words about people are never kept."""
    _taken: set[str] = field(default_factory=set)
    _fullest: dict[str, tuple[int, int]] = field(default_factory=dict)
    _days: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, table: Table, fields: Mapping[str, str]) -> "Victims | None":
        """Give the victims of a table with one row for each; None for another table."""
        if not any(n in fields for n in FIELDS):
            return None
        totals = [n for n in TOTALS if n in fields]
        if not totals:
            return cls()
        if totals == ["casualties"] and {"id", "victim_outcome"} <= fields.keys():
            # Beside each victim stands how many the accident harmed.
            return cls() if table.sample[fields["id"]].dropna().duplicated().any() else None
        column = fields.get("killed")
        if totals != ["killed"] or column is None:
            return None
        words = {plain(c) for c in table.sample[column].dropna() if c}
        return cls(flagged=True) if words and words <= {*_YES, *_NO} else None

    @staticmethod
    def columns(fields: Mapping[str, str]) -> tuple[str, ...]:
        """Name the fields that are looked at before the rows are taken."""
        known = ("id",) if "id" in fields else ()
        return (*known, *FIELDS, *_OF_ACCIDENT)

    def add(self, draft: Draft) -> None:
        """Count the victims of one chunk."""
        columns = [draft.texts(name) for name in FIELDS]
        days = next((draft.texts(n) for n in _OF_ACCIDENT if draft.has(n)), None)
        filled = self._filled(draft)
        rows = zip(self._accidents(draft), *columns, strict=True)
        for place, (name, outcome, sex, age, group) in enumerate(rows):
            if name is None or not any((outcome, sex, age, group)):
                continue
            held = self._fullest.get(name)
            if held is None or filled[place] > held[0]:
                self._fullest[name] = filled[place], draft.rows[place]
            if days is not None and days[place]:
                self._days[name].add(days[place] or "")
            fate = _read(outcome, "unharmed", "killed", "injured")
            if outcome and self.flagged:
                fate = "killed" if plain(outcome) in _YES else "injured"
            victims = self.found[name]
            if fate != "unharmed":
                victims[
                    fate,
                    _read(sex, "female", "male"),
                    _age(age),
                    _read(group, "civilian", "military", "deminer", "police"),
                ] += 1

    def _accidents(self, draft: Draft) -> list[str | None]:
        if draft.has("id"):
            return source_ids(draft)
        cells = [draft.texts(n) for n in _OF_ACCIDENT if draft.has(n)]
        return [" ".join(c or "" for c in row).strip() or None for row in zip(*cells, strict=True)]

    @staticmethod
    def _filled(draft: Draft) -> list[int]:
        cells = [draft.texts(n) for n in _OF_ACCIDENT if draft.has(n)]
        return [sum(c is not None for c in row) for row in zip(*cells, strict=True)]

    @property
    def warnings(self) -> list[str]:
        """State what the whole file says of its accidents."""
        said: list[str] = [
            say(
                "One row is one victim: the rows of one accident are one incident, with counts "
                "only."
            )
        ]
        several = sum(1 for days in self._days.values() if len(days) > 1)
        if several:
            said.append(
                say(
                    "The rows of {several:,} accidents state different days; the row that says "
                    "most of its accident counts.",
                    several=several,
                )
            )
        return said

    def fold(self, draft: Draft, values: Values) -> np.ndarray:
        """Give the row that says most of each accident all its victims, and tell the others.

        True for rows of an accident that another row stands for.
        """
        later = np.zeros(len(draft), dtype=bool)
        for outcome in draft.texts("victim_outcome") if not self.flagged else ():
            if outcome and _read(outcome, "unharmed", "killed", "injured") == "unknown":
                draft.not_understood("victim_outcome", outcome)
        for place, name in enumerate(self._accidents(draft)):
            if name is None or name not in self.found or place in draft.refused:
                continue
            later[place] = name in self._taken or self._fullest[name][1] != draft.rows[place]
            if later[place]:
                continue
            self._taken.add(name)
            victims = sorted(self.found[name].items())
            stated = values.casualties[place]
            values.casualties[place] = [_row(victim, number) for victim, number in victims] or [
                {"outcome": outcome, "group": "unknown", "best": 0}
                for outcome in ("killed", "injured")
            ]
            values.casualties[place] += _others(stated, sum(self.found[name].values()))
        return later


def _others(stated: list[People], told: int) -> list[People]:
    """Give the people of an accident, by its own total, of whom no row tells what befell them."""
    total = sum(row.get("best") or 0 for row in stated)
    if total <= told:
        return []
    return [{"outcome": "unknown", "group": "unknown", "best": total - told}]


def _row(victim: Victim, number: int) -> People:
    outcome, sex, age, group = victim
    return {"outcome": outcome, "sex": sex, "age_group": age, "group": group, "best": number}
