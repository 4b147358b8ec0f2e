"""HXL tags to fields: the tag and those attributes that decide."""

from geodata.codes import Group, values_of

_RULES: tuple[tuple[str, frozenset[str], str], ...] = tuple(
    (tag, frozenset(attributes.split()), field)
    for tag, attributes, field in (
        ("#event", "id", "id"),
        ("#event", "code", "id"),
        ("#event", "type", "accident_type"),
        ("#cause", "type", "device"),
        ("#cause", "", "device"),
        ("#weapon", "", "device"),
        ("#date", "start", "date_start"),
        ("#date", "end", "date_end"),
        ("#date", "reported", "source_date"),
        ("#date", "occurred", "date"),
        ("#date", "year", "year"),
        ("#date", "month", "month"),
        ("#date", "", "date"),
        ("#country", "", "country"),
        ("#adm1", "code", "admin1_code"),
        ("#adm1", "", "admin1"),
        ("#adm2", "code", "admin2_code"),
        ("#adm2", "", "admin2"),
        ("#adm3", "code", "admin3_code"),
        ("#adm3", "", "admin3"),
        ("#admin", "code", "district_id"),
        ("#admin", "", "district"),
        ("#loc", "code", ""),
        ("#loc", "", "place"),
        ("#geo", "lat", "latitude"),
        ("#geo", "latitude", "latitude"),
        ("#geo", "lat_deg", "latitude"),
        ("#geo", "lng", "longitude"),
        ("#geo", "long", "longitude"),
        ("#geo", "longitude", "longitude"),
        ("#geo", "lon_deg", "longitude"),
        ("#geo", "lon", "longitude"),
        ("#geo", "coord", "coordinates"),
        ("#affected", "killed", "killed"),
        ("#affected", "dead", "killed"),
        ("#affected", "injured", "injured"),
        ("#affected", "wounded", "injured"),
        ("#affected", "", "casualties"),
        ("#description", "", "description"),
        ("#event", "description", "description"),
        ("#meta", "source", "source"),
        ("#meta", "url", "url"),
        ("#meta", "id", "external_id"),
        ("#access", "", ""),
    )
)
_GROUPS = {
    **{group: group for group in values_of(Group) if group != "unknown"},
    "civilians": "civilian",
    "soldiers": "military",
    "peacekeepers": "peacekeeper",
    "deminers": "deminer",
    "aidworker": "aid_worker",
    "aidworkers": "aid_worker",
    "journalists": "journalist",
}
_PEOPLE = frozenset(
    {"killed", "dead", "injured", "wounded", "casualties", "victims", "total", "ind", "num",
     "number", "count", "people", "persons", "all"}
)  # fmt: skip
_OF_PEOPLE = ("#affected", "#inneed", "#targeted", "#reached", "#population")
_OUTCOMES = {"killed": "killed", "dead": "killed", "injured": "injured", "wounded": "injured"}


def is_of_other_people(tag: str) -> bool:
    """Say whether a tag counts people whom no field holds, whatever its column is called.

    Examples
    --------
    >>> is_of_other_people("#affected+f+killed"), is_of_other_people("#affected+killed")
    (True, False)
    """
    return tag.split("+", maxsplit=1)[0] in _OF_PEOPLE and field_of_tag(tag) is None


def field_of_tag(tag: str) -> str | None:
    """Give the field of a canonical tag.

    Parameters
    ----------
    tag
        As `headers.canonical_tag` writes it.

    Returns
    -------
    str or None
        The field of the first rule whose attributes the tag has; None where no rule fits.

    Examples
    --------
    >>> field_of_tag("#affected+civilians+killed"), field_of_tag("#geo+lat")
    ('killed_civilian', 'latitude')
    """
    name, *attributes = tag.split("+")
    held = frozenset(attributes)
    if name == "#affected":
        outcome = next((_OUTCOMES[a] for a in attributes if a in _OUTCOMES), None)
        group = next((_GROUPS[a] for a in attributes if a in _GROUPS), None)
        if outcome and group:
            return f"{outcome}_{group}"
        if held & {"f", "m", "children", "adults"}:
            # A part of the people: taking it for the whole would undercount.
            return None
        if not held <= _PEOPLE:
            # Displaced, refugees, in need …: other people than those whom a blast harmed.
            return None
    return (
        next((field for tag_, needed, field in _RULES if tag_ == name and needed <= held), None)
        or None
    )
