"""Code lists of the field (IMAS, IMSMA, UCDP), as fixed vocabularies.

Every list is a `Literal` for the type checker and, through `values_of`, a tuple for
schemas, forms and filters.
"""

from typing import Any, Literal, get_args

RecordStatus = Literal["draft", "verified", "disputed", "merged", "retracted"]
DateBasis = Literal["stated", "resolved", "inferred"]
CoordinateMethod = Literal["gps", "digitised", "gazetteer", "district", "unknown"]
PlacedBy = Literal["code", "name", "similar_name", "place", "point", "person"]
AccidentType = Literal[
    "mine", "demining", "cluster", "uxo_axo", "ied", "stored_ammunition", "other", "unknown"
]
Device = Literal[
    "ap_mine",
    "at_mine",
    "mine_unspecified",
    "uxo",
    "axo",
    "cmr",
    "improvised_mine",
    "ied_other",
    "stored_ammunition",
    "unknown",
]
Activity = Literal[
    "farming",
    "herding",
    "gathering",
    "travel_foot",
    "travel_vehicle",
    "construction",
    "playing",
    "tampering",
    "search_recovery",
    "demining",
    "military",
    "other",
    "unknown",
]
Group = Literal[
    "civilian",
    "military",
    "peacekeeper",
    "deminer",
    "emergency_worker",
    "aid_worker",
    "journalist",
    "police",
    "unknown",
]
Sex = Literal["female", "male", "unknown"]
AgeGroup = Literal["child", "adult", "unknown"]
Outcome = Literal["killed", "injured", "unknown"]
Sensitivity = Literal["public", "restricted"]
Qualifier = Literal["exact", "over", "almost", "about"]
OperationKind = Literal["clearance", "survey", "training", "deployment", "assessment"]
OperationStatus = Literal["planned", "under_way", "completed", "announced"]
Reliability = Literal["A", "B", "C", "D", "E", "F"]
GroundStatus = Literal["recorded", "surveyed_no_evidence", "cleared", "no_information"]
HazardousArea = Literal["cha", "sha"]
RiskClass = Literal["very_low", "low", "medium", "high", "very_high", "no_information"]
Hotspot = Literal["hot", "cold", "none", "not_enough_data"]
ClusterKind = Literal["hot", "cold", "emerging"]


def values_of(code_list: Any) -> tuple[str, ...]:
    """Give the codes of a list in their stated order.

    Examples
    --------
    >>> values_of(Outcome)
    ('killed', 'injured', 'unknown')
    """
    return tuple(get_args(code_list))


DATE_PRECISION = {
    1: "the day is known",
    2: "a range of 2 to 6 days",
    3: "the week is known",
    4: "the month is known",
    5: "the year is known",
}
WHERE_PRECISION = {
    1: "exact place",
    2: "near a named place",
    3: "second-level unit",
    4: "district (first-level unit)",
    5: "vague, or between two places",
    6: "country only",
    7: "on water or in the air",
}
