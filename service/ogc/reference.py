"""The reference of the API as a page: interactive where the browser assets are there."""

import mimetypes
from html import escape
from typing import Any

from starlette.responses import FileResponse, Response

from geodata.errors import NotFound
from service.assets import asset_path

PACKAGE = "swagger-ui-dist"
FILES = ("swagger-ui-bundle.js", "swagger-ui.css")
START = "start.js"
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""The reference sets styles of its own on elements; scripts come from here alone."""

_START = """
window.addEventListener("load", () => {
  const at = document.getElementById("reference");
  window.SwaggerUIBundle({
    url: at.dataset.definition,
    domNode: at,
    deepLinking: true,
    docExpansion: "list",
    filter: true,
    validatorUrl: null,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
  });
});
"""


def available() -> bool:
    """Say whether the browser assets were fetched."""
    try:
        for name in FILES:
            asset_path(f"{PACKAGE}/{name}")
    except NotFound:
        return False
    return True


def asset(name: str) -> Response:
    """Give a script or style of the reference.

    Raises
    ------
    NotFound
        There is no such file.
    """
    if name == START:
        return Response(_START, media_type="text/javascript")
    if name not in FILES:
        raise NotFound(f"The reference has no file {name[:60]!r}.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    path = asset_path(f"{PACKAGE}/{name}")
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "max-age=86400"})


def reference_html(definition: dict[str, Any], root: str) -> str:
    """Give the page.

    Parameters
    ----------
    definition
        The OpenAPI document, for the list that is shown without scripts.
    root
        Address of the service.

    Returns
    -------
    str
        Interactive with the assets; without them, or without scripts, a list of all
        operations with links that run.
    """
    head = plain = ""
    if available():
        head = (
            f'<link rel="stylesheet" href="{root}/docs/{FILES[1]}">'
            f'<script src="{root}/docs/{FILES[0]}" defer></script>'
            f'<script src="{root}/docs/{START}" defer></script>'
        )
    plain = "".join(
        _entry(method, path, operation, root)
        for path, item in definition["paths"].items()
        for method, operation in item.items()
    )
    title = escape(f"{definition['info']['title']} {definition['info']['version']}")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>API · {title}</title>{head}</head><body>'
        f'<main><div id="reference" data-definition="{escape(root)}/api?f=json">'
        f"<h1>{title}</h1><p>{escape(definition['info']['description'])}</p>"
        f'<p><a href="{escape(root)}/api?f=json">OpenAPI 3.0</a></p><ul>{plain}</ul></div></main>'
        "</body></html>"
    )


def _entry(method: str, path: str, operation: dict[str, Any], root: str) -> str:
    summary = escape(operation["summary"])
    text = f"<code>{method.upper()} {escape(path)}</code>"
    if method == "get":
        text = f'<a href="{escape(root + _filled(path, operation))}">{text}</a>'
    return f"<li>{text} {summary}</li>"


def _filled(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example", "")))
    return path
