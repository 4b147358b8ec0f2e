"""The fields of an incident's form, in the groups of the domain: when, where, what, who."""

from dataclasses import dataclass

from geodata import codes
from geodata.codes import DATE_PRECISION, WHERE_PRECISION, values_of
from service.i18n import N_

OPEN_STATUSES = ("draft", "verified", "disputed")
REASON_LENGTH = 1_000
LONG_TEXT = 10_000
NAME = 300
CREDIBILITIES = tuple("123456")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes
    ----------
    name
        As in the record, and the name of its texts in `service.labels`.
    kind
        text, long, date, whole, number, choice or district.
    values
        Codes of a choice, in order.
    needed
        Whether it cannot stay empty.
    longest
        Most characters of a text.
    empty
        What an empty choice stands for; empty = the choice cannot be empty.
    """

    name: str
    kind: str = "text"
    values: tuple[str, ...] = ()
    needed: bool = False
    longest: int = NAME
    empty: str = ""


def _choice(name: str, values: tuple[str, ...], empty: str = "") -> Field:
    return Field(name, "choice", values, empty=empty)


NOT_STATED = N_("not stated")

SECTIONS: tuple[tuple[str, str, tuple[Field, ...]], ...] = (
    (
        "when",
        N_("When"),
        (
            Field("date_start", "date", needed=True),
            Field("date_end", "date"),
            _choice("date_precision", tuple(map(str, DATE_PRECISION))),
            _choice("date_basis", values_of(codes.DateBasis)),
            Field("date_text", longest=LONG_TEXT),
            Field("local_time", longest=40),
        ),
    ),
    (
        "where",
        N_("Where"),
        (
            Field("place_as_reported", longest=LONG_TEXT),
            Field("longitude", "number"),
            Field("latitude", "number"),
            Field("uncertainty_m", "number"),
            _choice("where_precision", tuple(map(str, WHERE_PRECISION)), N_("by the point")),
            _choice("coordinate_method", values_of(codes.CoordinateMethod)),
            Field("country", longest=2),
            Field("district_note", "long", longest=LONG_TEXT),
        ),
    ),
    (
        "what",
        N_("What"),
        (
            _choice("accident_type", values_of(codes.AccidentType)),
            _choice("device", values_of(codes.Device)),
            _choice("activity", values_of(codes.Activity)),
            Field("description", "long", longest=LONG_TEXT),
        ),
    ),
    ("who", N_("Who"), ()),
    (
        "sources",
        N_("Evidence"),
        (
            _choice("source_reliability", values_of(codes.Reliability), NOT_STATED),
            _choice("information_credibility", CREDIBILITIES, NOT_STATED),
            Field("note", "long", longest=LONG_TEXT),
        ),
    ),
    (
        "review",
        N_("Review"),
        (
            _choice("record_status", OPEN_STATUSES),
            _choice("sensitivity", values_of(codes.Sensitivity)),
        ),
    ),
)
"""Id, title and single fields of each group."""

LISTS: dict[str, tuple[Field, ...]] = {
    "districts": (Field("district_id", "district", empty="–"), Field("weight", "number")),
    "casualties": (
        _choice("group", values_of(codes.Group), "–"),
        _choice("outcome", values_of(codes.Outcome), "–"),
        Field("low", "whole"),
        Field("best", "whole"),
        Field("high", "whole"),
        Field("affiliation"),
        _choice("sex", values_of(codes.Sex), "–"),
        _choice("age_group", values_of(codes.AgeGroup), "–"),
    ),
    "reports": (
        Field("publisher"),
        Field("title"),
        Field("url", longest=2_000),
        Field("published", "date"),
        Field("language", longest=10),
        Field("chain"),
        Field("note", "long", longest=LONG_TEXT),
        Field("report_id", "hidden"),
        Field("retrieved", "hidden"),
    ),
}
"""Groups of rows; a row that holds nothing is none."""

SPARE = {"districts": 2, "casualties": 2, "reports": 1}
"""Empty rows that a form offers."""

MOST_ROWS = 60
SINGLE = tuple(field for _, _, fields in SECTIONS for field in fields)
HELP = {
    "date_end": N_("Empty: the same day."),
    "date_text": N_("As the source has it, e.g. “late January”."),
    "local_time": N_("With its zone, e.g. 14:30 +04."),
    "longitude": N_("WGS 84, degrees east, e.g. 46.95."),
    "latitude": N_("WGS 84, degrees north, e.g. 39.99."),
    "uncertainty_m": N_("Metres around the point."),
    "country": N_("Two letters, e.g. AZ."),
    "description": N_("What happened, without names of people."),
    "sensitivity": N_("Restricted: the public sees the district and the counts only."),
}
"""Field → a line of help below it."""
