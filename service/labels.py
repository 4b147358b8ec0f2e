"""Words for codes and fields: what a reader sees instead of ``ap_mine`` or ``date_start``."""

from typing import Any

from service.i18n import N_, Translator, is_missing

CODES: dict[str, dict[str, str]] = {
    "record_status": {
        "draft": N_("draft"),
        "verified": N_("verified"),
        "disputed": N_("disputed"),
        "merged": N_("merged into another record"),
        "retracted": N_("retracted"),
    },
    "date_basis": {
        "stated": N_("stated by the source"),
        "resolved": N_("worked out from the source's words"),
        "inferred": N_("inferred"),
    },
    "coordinate_method": {
        "gps": N_("measured (GPS)"),
        "digitised": N_("digitised from a map"),
        "gazetteer": N_("place name looked up"),
        "district": N_("district only"),
        "unknown": N_("unknown"),
    },
    "placed_by": {
        "code": N_("code of the place"),
        "name": N_("name of the district"),
        "similar_name": N_("a similar spelling of the district's name"),
        "place": N_("name of the place"),
        "point": N_("the point"),
        "person": N_("a person"),
    },
    "accident_type": {
        "mine": N_("mine"),
        "demining": N_("accident during demining"),
        "cluster": N_("cluster munition"),
        "uxo_axo": N_("unexploded or abandoned ordnance"),
        "ied": N_("improvised explosive device"),
        "stored_ammunition": N_("stored ammunition"),
        "other": N_("other"),
        "unknown": N_("unknown"),
    },
    "device": {
        "ap_mine": N_("anti-personnel mine"),
        "at_mine": N_("anti-tank mine"),
        "mine_unspecified": N_("mine, type not stated"),
        "uxo": N_("unexploded ordnance"),
        "axo": N_("abandoned ordnance"),
        "cmr": N_("cluster munition remnant"),
        "improvised_mine": N_("improvised mine"),
        "ied_other": N_("other improvised device"),
        "stored_ammunition": N_("stored ammunition"),
        "unknown": N_("unknown"),
    },
    "activity": {
        "farming": N_("farming"),
        "herding": N_("herding"),
        "gathering": N_("gathering wood, plants or scrap"),
        "travel_foot": N_("travelling on foot"),
        "travel_vehicle": N_("travelling by vehicle"),
        "construction": N_("construction"),
        "playing": N_("playing"),
        "tampering": N_("handling the device"),
        "search_recovery": N_("search and recovery"),
        "demining": N_("demining"),
        "military": N_("military activity"),
        "other": N_("other"),
        "unknown": N_("unknown"),
    },
    "group": {
        "civilian": N_("civilians"),
        "military": N_("military"),
        "peacekeeper": N_("peacekeepers"),
        "deminer": N_("deminers"),
        "emergency_worker": N_("emergency workers"),
        "aid_worker": N_("aid workers"),
        "journalist": N_("journalists"),
        "police": N_("police"),
        "unknown": N_("group not stated"),
    },
    "sex": {"female": N_("female"), "male": N_("male"), "unknown": N_("not stated")},
    "age_group": {"child": N_("child"), "adult": N_("adult"), "unknown": N_("not stated")},
    "outcome": {
        "killed": N_("killed"),
        "injured": N_("injured"),
        "unknown": N_("outcome not stated"),
    },
    "role": {
        "public": N_("public"),
        "analyst": N_("analyst (reads restricted records)"),
        "editor": N_("editor (writes)"),
        "admin": N_("administrator"),
    },
    "sensitivity": {"public": N_("public"), "restricted": N_("restricted")},
    "qualifier": {
        "exact": N_("exactly"),
        "over": N_("more than"),
        "almost": N_("almost"),
        "about": N_("about"),
    },
    "kind": {
        "clearance": N_("clearance"),
        "survey": N_("survey"),
        "training": N_("training"),
        "deployment": N_("deployment"),
        "assessment": N_("assessment"),
    },
    "status": {
        "planned": N_("planned"),
        "under_way": N_("under way"),
        "completed": N_("completed"),
        "announced": N_("announced"),
    },
    "ground_status": {
        "recorded": N_("incidents recorded"),
        "surveyed_no_evidence": N_("surveyed, no evidence found"),
        "cleared": N_("cleared"),
        "no_information": N_("no information"),
    },
    "hazardous_area": {
        "cha": N_("confirmed hazardous area"),
        "sha": N_("suspected hazardous area"),
    },
    "risk_class": {
        "very_low": N_("very low"),
        "low": N_("low"),
        "medium": N_("medium"),
        "high": N_("high"),
        "very_high": N_("very high"),
        "no_information": N_("no information"),
    },
    "rate_status": {
        "island": N_("without neighbours: its estimate borrows from the whole area"),
        "no_area": N_("no area is known to divide by"),
        "no_population": N_("no population is known to divide by"),
        "known_by_province_only": N_(
            "no incident is known to be here; some known by province only may be"
        ),
        "casualties_not_stated": N_("no report states how many were killed and injured"),
        "casualties_partly_stated": N_(
            "some reports do not state how many were killed and injured: at least so many"
        ),
        "killed_not_stated": N_("no report states how many were killed"),
        "killed_partly_stated": N_(
            "some reports do not state how many were killed: at least so many"
        ),
    },
    "hotspot": {
        "hot": N_("hot spot"),
        "cold": N_("cold spot"),
        "none": N_("no cluster found"),
        "not_enough_data": N_("not enough data to tell"),
    },
    "change": {
        "create": N_("created"),
        "correct": N_("corrected"),
        "verify": N_("verified"),
        "dispute": N_("disputed"),
        "merge": N_("merged"),
        "retract": N_("retracted"),
        "redact": N_("redacted"),
    },
    "date_precision": {
        "1": N_("the day is known"),
        "2": N_("a range of 2 to 6 days"),
        "3": N_("the week is known"),
        "4": N_("the month is known"),
        "5": N_("the year is known"),
    },
    "where_precision": {
        "1": N_("exact place"),
        "2": N_("near a named place"),
        "3": N_("second-level unit"),
        "4": N_("district only"),
        "5": N_("vague, or between two places"),
        "6": N_("country only"),
        "7": N_("on water or in the air"),
    },
    "source_reliability": {
        "A": N_("A – completely reliable"),
        "B": N_("B – usually reliable"),
        "C": N_("C – fairly reliable"),
        "D": N_("D – not usually reliable"),
        "E": N_("E – unreliable"),
        "F": N_("F – cannot be judged"),
    },
    "information_credibility": {
        "1": N_("1 – confirmed by other sources"),
        "2": N_("2 – probably true"),
        "3": N_("3 – possibly true"),
        "4": N_("4 – doubtful"),
        "5": N_("5 – improbable"),
        "6": N_("6 – cannot be judged"),
    },
}
"""Field → code → English words; the translator knows the other languages."""

FIELDS: dict[str, str] = {
    "incident_id": N_("Incident"),
    "version": N_("Version"),
    "record_status": N_("Review status"),
    "date_start": N_("First possible day"),
    "date_end": N_("Last possible day"),
    "date_precision": N_("How exact the date is"),
    "date_text": N_("Date in the source's words"),
    "date_basis": N_("How the date is known"),
    "local_time": N_("Local time"),
    "longitude": N_("Longitude"),
    "latitude": N_("Latitude"),
    "uncertainty_m": N_("Uncertainty of the point"),
    "coordinate_method": N_("How the point was found"),
    "where_precision": N_("How exact the place is"),
    "id": N_("Id in its data set"),
    "date": N_("Date"),
    "place": N_("Place"),
    "district": N_("District"),
    "admin1": N_("Unit of the first level"),
    "admin2": N_("Unit of the second level"),
    "admin3": N_("Unit of the third level"),
    "admin1_code": N_("Code of the first-level unit"),
    "admin2_code": N_("Code of the second-level unit"),
    "admin3_code": N_("Code of the third-level unit"),
    "place_as_reported": N_("Place as reported"),
    "place_id": N_("Gazetteer place"),
    "country": N_("Country"),
    "district_id": N_("District"),
    "districts": N_("Districts and weights"),
    "placed_by": N_("District decided by"),
    "district_note": N_("Note on the placing"),
    "accident_type": N_("Kind of accident"),
    "device": N_("Device"),
    "activity": N_("Activity"),
    "casualties": N_("Casualties"),
    "killed": N_("Killed"),
    "injured": N_("Injured"),
    "reports": N_("Sources"),
    "sources": N_("Sources"),
    "evidence": N_("Evidence"),
    "source_reliability": N_("Reliability of the source"),
    "information_credibility": N_("Credibility of the information"),
    "sensitivity": N_("Who may see it"),
    "description": N_("Description"),
    "note": N_("Note"),
    "external_id": N_("Id in its data set"),
    "merged_into": N_("Merged into"),
    "group": N_("Group"),
    "affiliation": N_("Affiliation"),
    "sex": N_("Sex"),
    "age_group": N_("Age group"),
    "outcome": N_("Outcome"),
    "low": N_("At least"),
    "best": N_("Number stated"),
    "high": N_("At most"),
    "weight": N_("Weight"),
    "publisher": N_("Publisher"),
    "title": N_("Title"),
    "url": N_("Link"),
    "published": N_("Day of publication"),
    "language": N_("Language of the report"),
    "chain": N_("Chain of sources"),
    "issuer": N_("Issuer"),
    "status": N_("Status"),
    "organisation": N_("Organisation"),
    "personnel": N_("People at work"),
    "area_m2": N_("Area"),
    "devices_found": N_("Found"),
}
"""Field of a record → its English label."""


UNITS = {
    ("incidents", "area"): N_("Incidents per 100 km² per year"),
    ("casualties", "area"): N_("Casualties per 100 km² per year"),
    ("killed", "area"): N_("People killed per 100 km² per year"),
    ("incidents", "population"): N_("Incidents per 100,000 people per year"),
    ("casualties", "population"): N_("Casualties per 100,000 people per year"),
    ("killed", "population"): N_("People killed per 100,000 people per year"),
}
"""Weight and exposure of a risk → the unit of its rates."""


def unit_text(translator: Translator, parameters: Any) -> str:
    """Give the unit of the rates of risk parameters in words."""
    return translator.gettext(UNITS[(parameters.weight, parameters.exposure)])


def label(translator: Translator, field: str, code: Any) -> str:
    """Give the words for a code of a field.

    Parameters
    ----------
    code
        A code; null gives "not stated"; a code that the list lacks is shown as it is.

    Returns
    -------
    str
        Words in the reader's language, in lower case where the language allows.
    """
    if is_missing(code):
        return translator.gettext(N_("not stated"))
    key = str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)
    words = CODES.get(field, {}).get(key)
    return key if words is None else translator.gettext(words)


def field_label(translator: Translator, field: str) -> str:
    """Give the label of a record's field, or the field's own name if it has none."""
    words = FIELDS.get(field)
    return field if words is None else translator.gettext(words)
