"""Records as JSON documents: what the register stores and the frames are built from.

Nulls are left out, so that a document says only what is known.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.json as pa_json
from pydantic import ValidationError

from geodata.errors import InvalidInput
from geodata.model import Record
from geodata.wording import reason_of_problem

R = TypeVar("R", bound=Record)

TEXT = pa.string()
DAY = pa.timestamp("s")
COUNT = pa.int64()
NUMBER = pa.float64()

_REPORT = pa.struct([("publisher", TEXT), ("url", TEXT), ("title", TEXT), ("chain", TEXT)])
_CASUALTY = pa.struct(
    [("group", TEXT), ("outcome", TEXT), ("low", COUNT), ("best", COUNT), ("high", COUNT)]
)
_WEIGHT = pa.struct([("district_id", TEXT), ("weight", NUMBER)])

INCIDENT_ARROW = pa.schema(
    [(name, TEXT) for name in ("incident_id", "record_status", "date_text", "date_basis")]
    + [(name, DAY) for name in ("date_start", "date_end")]
    + [(name, COUNT) for name in ("version", "date_precision", "where_precision")]
    + [(name, NUMBER) for name in ("longitude", "latitude", "uncertainty_m")]
    + [
        (name, TEXT)
        for name in (
            "coordinate_method",
            "place_as_reported",
            "place_id",
            "country",
            "placed_by",
            "district_note",
            "accident_type",
            "device",
            "activity",
            "source_reliability",
            "sensitivity",
            "description",
            "note",
            "external_id",
        )
    ]
    + [
        ("information_credibility", COUNT),
        ("districts", pa.list_(_WEIGHT)),
        ("casualties", pa.list_(_CASUALTY)),
        ("reports", pa.list_(_REPORT)),
    ]
)
"""The members of an incident's document that have a flat twin."""


def document(record: Record) -> dict[str, Any]:
    """Give the record as plain JSON values, without nulls.

    Dates as ISO text; feeding it back to the model gives an equal record.

    Examples
    --------
    >>> from geodata.model import DistrictWeight
    >>> document(DistrictWeight(district_id="AZ-TAR", weight=0.5))
    {'district_id': 'AZ-TAR', 'weight': 0.5}
    """
    return record.model_dump(mode="json", exclude_none=True)


def checked(model: type[R], members: Mapping[str, Any]) -> R:
    """Make a record of its members, with the model's problems as `InvalidInput`.

    Raises
    ------
    InvalidInput
        Members do not fit; details name the fields.
    """
    try:
        return model.model_validate(dict(members))
    except ValidationError as error:
        details = [
            {
                "field": ".".join(str(part) for part in problem["loc"]) or "record",
                "reason": reason_of_problem(problem),
            }
            for problem in error.errors(include_url=False, include_input=False)
        ]
        name = model.__name__.lower()
        problems = "; ".join(f"{d['field']}: {d['reason']}" for d in details[:5])
        raise InvalidInput(
            f"The {name} cannot be taken: {problems}", code=f"bad-{name}", details=details
        ) from None


_FEW = 100


def documents_table(lines: Sequence[bytes], schema: pa.Schema) -> pa.Table:
    """Read JSON documents into one Arrow table with the schema's columns.

    Parameters
    ----------
    lines
        One JSON object each, without line breaks.
    schema
        The columns to take; other members are passed over, missing ones are null.
    """
    if not lines:
        return schema.empty_table()
    longest = max(len(line) for line in lines)
    return pa_json.read_json(
        io.BytesIO(b"\n".join(lines)),
        # A document must fit one block, or the reader refuses it.
        read_options=pa_json.ReadOptions(
            # To wake a thread takes longer than to read some documents.
            use_threads=len(lines) > _FEW,
            block_size=max(1 << 20, 2 * longest),
        ),
        parse_options=pa_json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="ignore"
        ),
    )


def as_lines(records: Iterable[Record]) -> list[bytes]:
    """Give each record's document as one line of JSON."""
    return [record.model_dump_json(exclude_none=True).encode() for record in records]
