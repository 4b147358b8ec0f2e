"""Operations: what they take and give."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.http.media import HTML, Offer
from service.ogc.openapi.parameters import Parameter

Operation = dict[str, Any]

PROBLEM = {"$ref": "#/components/responses/Problem"}
_HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "Stays while the answer does."},
}


def content_of(offers: Sequence[Offer], schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """Describe the bodies of an answer: `schema` for JSON, text or bytes for the rest."""
    found: dict[str, Any] = {}
    for offer in offers:
        if offer.media_type == HTML or offer.media_type.startswith("text/"):
            found[offer.media_type] = {"schema": {"type": "string"}}
        elif offer.key == "json" and schema is not None:
            found[offer.media_type] = {"schema": dict(schema)}
        else:
            found[offer.media_type] = {"schema": {"type": "string", "format": "binary"}}
    return found


def get(
    operation_id: str,
    summary: str,
    tag: str,
    parameters: list[Parameter],
    content: Mapping[str, Any],
    *,
    headers: Mapping[str, Any] | None = None,
    not_found: bool = False,
) -> Operation:
    """Describe a GET that everybody may use.

    Parameters
    ----------
    operation_id, summary, tag
        As OpenAPI has them.
    parameters
        Of path and query.
    content
        Bodies of a success by media type.
    headers
        Further headers of a success.
    not_found
        Whether the path names something that may not exist.

    Returns
    -------
    dict
        The operation.
    """
    statuses = ["400", "401", "404", "406"] if not_found else ["400", "401", "406"]
    return {
        "operationId": operation_id,
        "summary": summary,
        "tags": [tag],
        "parameters": parameters,
        "security": [{}, {"key": []}],
        "responses": {
            "200": {
                "description": "Success.",
                "headers": {**_HEADERS, **(headers or {})},
                "content": dict(content),
            },
            "304": {"$ref": "#/components/responses/NotModified"},
            **dict.fromkeys(statuses, PROBLEM),
            "default": PROBLEM,
        },
    }


def write(
    operation_id: str,
    summary: str,
    tag: str,
    parameters: list[Parameter],
    success: Mapping[str, Any],
    *,
    body: Mapping[str, Any] | None = None,
    statuses: Sequence[str] = ("400", "401", "403", "404", "409", "412", "415", "422"),
) -> Operation:
    """Describe a write; it needs a key."""
    found: Operation = {
        "operationId": operation_id,
        "summary": summary,
        "tags": [tag],
        "parameters": parameters,
        "security": [{"key": []}],
        "responses": {
            **success,
            **dict.fromkeys(statuses, PROBLEM),
            "default": PROBLEM,
        },
    }
    if body is not None:
        found["requestBody"] = dict(body)
    return found
