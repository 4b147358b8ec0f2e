"""Insecurity Insight: explosive weapons against aid, health and education; no coordinates."""

import re

from geodata.intake.cells.numbers import counts
from geodata.intake.cells.vocabulary import VOCABULARY
from geodata.intake.draft import Draft, People, Values
from geodata.intake.plan import Plan
from geodata.intake.presets.scope import leave_out
from geodata.wording import plain

SIGNATURE = frozenset({"SiND Event ID", "Explosive Weapon Type", "Country ISO", "Admin 1"})
HINTS: frozenset[str] = frozenset()
FIELDS = {
    "id": "SiND Event ID",
    "date": "Date",
    "country": "Country ISO",
    "admin1": "Admin 1",
    "description": "Event Description",
}
DATASET = "SIND"
_KILLED = (
    ("Aid Workers Killed", "aid_worker", None),
    ("Aid Health Workers Killed", "aid_worker", "health care"),
    ("Health Workers Killed", "civilian", "health care"),
    ("Educators Killed", "civilian", "education staff"),
    ("Students Killed", "civilian", "students"),
)
ALSO = frozenset({"Explosive Weapon Type", "Launch Type", *(c for c, _, _ in _KILLED)})
ORDERS = {"date": "dmy"}
_IED = re.compile(r"\b(?:[rsv][bcov]?)?ieds?\b|remote-controlled ied", re.IGNORECASE)
_LAID = ("mine", "cluster", "uxo_axo", "ied")


def casualties(draft: Draft) -> list[list[People]]:
    """Give the people killed by column; blank is not stated, and injured never are."""
    result: list[list[People]] = [[] for _ in range(len(draft))]
    for column, group, affiliation in _KILLED:
        if column not in draft.chunk:
            continue
        read = counts(draft.chunk[column].to_numpy(dtype=object))
        for place, reason in read.bad.items():
            draft.refuse(place, column, reason)
        for place, value in enumerate(read.best.tolist()):
            if value == value:
                row: People = {"group": group, "outcome": "killed", "best": int(value)}
                result[place].append(row | ({"affiliation": affiliation} if affiliation else {}))
    return result


def finish(draft: Draft, values: Values, plan: Plan) -> None:
    """Tell the kind of accident from the weapon's type; places are known by first-level unit."""
    weapons = draft.chunk["Explosive Weapon Type"].tolist()
    launches = draft.chunk["Launch Type"].tolist() if "Launch Type" in draft.chunk else weapons
    kinds = [_kind(w, launch) for w, launch in zip(weapons, launches, strict=True)]
    values.accident_type = [kind for kind, _ in kinds]
    values.device = [device for _, device in kinds]
    values.note = [f"Weapon as reported: {w[:200]}." if w else None for w in weapons]
    leave_out(draft, values, plan)


def _kind(weapon: str | None, launch: str | None) -> tuple[str | None, str | None]:
    for text in (weapon or "", launch or ""):
        for part in text.split(","):
            word = plain(part)
            kind = VOCABULARY["accident_type"].get(word)
            if kind in _LAID:
                return kind, VOCABULARY["device"].get(word)
            if _IED.search(part):
                return "ied", "ied_other"
    return ("other", None) if weapon else (None, None)
