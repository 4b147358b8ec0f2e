"""What FastAPI itself says of the routes that no layer has, brought down to OpenAPI 3.0.

A route that is added is described with it: its form, its body and its parameters are those
that its handler takes.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from service.ogc.openapi.operations import PROBLEM

_NOT_HERE = re.compile(r"^/(collections|tileMatrixSets|docs|api|api\.html|conformance)?(/|$)")
"""Layers are described one by one, and the reference does not describe itself."""
_OPEN = ("/session",)
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_UNKNOWN = ("$defs", "$schema", "propertyNames", "prefixItems", "contentMediaType", "title")


def derived(
    routes: Sequence[BaseRoute], described: Iterable[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Describe the routes that are not described yet.

    Parameters
    ----------
    routes
        Of the application.
    described
        Paths that are.

    Returns
    -------
    tuple
        Path items by path, and the schemas that they point to.
    """
    known = {_plain(path) for path in described}
    document = get_openapi(title="", version="", routes=routes)
    found = {
        path: {method: _operation(path, method, one) for method, one in item.items()}
        for path, item in document["paths"].items()
        if not _NOT_HERE.match(path) and _plain(path) not in known
    }
    schemas = lowered(document.get("components", {}).get("schemas", {}))
    text = str(found)
    return found, {name: one for name, one in schemas.items() if f"schemas/{name}'" in text}


def _plain(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "{}", path)


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = lowered(operation)
    success = {
        status: answer for status, answer in found["responses"].items() if status.startswith("2")
    }
    name = found["operationId"].removesuffix("_" + method)
    name = name.removesuffix(re.sub(r"\W", "_", path))
    first, *others = name.split("_")
    summary, _, rest = found.pop("description", "").partition("\n")
    return found | {
        "operationId": first + "".join(word.capitalize() for word in others),
        "summary": summary or found["summary"],
        **({"description": rest.strip()} if rest.strip() else {}),
        "tags": [tag.capitalize() for tag in found.get("tags", ["service"])],
        "parameters": [
            one | {"example": one.get("example", "1")} if one["in"] == "path" else one
            for one in found.get("parameters", [])
        ],
        "security": [{}] if path.startswith(_OPEN) else [{"key": []}],
        "responses": {
            **success,
            **dict.fromkeys(("400", "401", "403", "404", "409", "422"), PROBLEM),
            "default": PROBLEM,
        },
    }


def lowered(schema: Any) -> Any:
    """Bring JSON Schema 2020-12, as OpenAPI 3.1 has it, down to what 3.0 knows.

    Examples
    --------
    >>> lowered({"anyOf": [{"type": "string"}, {"type": "null"}]})
    {'type': 'string', 'nullable': True}
    """
    if isinstance(schema, list):
        return [lowered(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema and "$ref" in schema:
        # A route that says itself what its form holds.
        schema = {key: one for key, one in schema.items() if key != "$ref"}
    found = {key: lowered(one) for key, one in schema.items() if key not in _UNKNOWN or _named(one)}
    if "contentMediaType" in schema:
        found["format"] = "binary"
    if "const" in found:
        found["enum"] = [found.pop("const")]
    for exclusive, bound in _BOUNDS.items():
        if isinstance(found.get(exclusive), int | float):
            found[bound], found[exclusive] = found[exclusive], True
    choices = found.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [one for one in choices if one != {"type": "null"}]
        del found["anyOf"]
        found |= {**(rest[0] if len(rest) == 1 else {"anyOf": rest}), "nullable": True}
    if found.get("default", 0) is None:
        del found["default"]
    return found


def _named(value: Any) -> bool:
    """Say whether a member is a property that only has a keyword's name."""
    return isinstance(value, dict) and bool({"type", "anyOf", "$ref"} & set(value))
