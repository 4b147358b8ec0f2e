"""Pages about the service: methods, sources, sign in, keys, offline, QR code, API reference."""

import io
import mimetypes
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

import orjson
import segno
from starlette.responses import FileResponse, Response

from geodata.errors import InvalidInput, NotFound
from geodata.risk.districts import CLASS_LIMITS
from service.assets import asset_path
from service.http.request import View
from service.i18n import N_, UNITS, languages, translator_of
from service.pages.environment import HERE, render, version_of


def methods_html(view: View) -> str:
    """Give the page on formulas, limits and references."""
    translator = translator_of(view.lang)
    limits = [(translator.gettext(UNITS[key]), values) for key, values in CLASS_LIMITS.items()]
    return render("methods.html", view, limits=limits)


def about_html(view: View, attribution: str | None, edition: str) -> str:
    """Give the page on sources and licences."""
    return render("about.html", view, attribution=attribution, edition=edition)


def login_html(view: View, next_page: str | None = None, *, refused: bool = False) -> str:
    """Give the form to sign in; for a signed-in reader, the way out.

    Parameters
    ----------
    next_page
        Where to go afterwards; anything but a path of this service becomes the overview.
    """
    target = next_page or "/"
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        target = "/"
    return render("login.html", view, target=target, refused=refused)


def access_html(view: View, keys: Sequence[Any], *, made: str = "", made_name: str = "") -> str:
    """Give the page of keys.

    Parameters
    ----------
    keys
        Rows with `name`, `role`, `created_at`, `last_used_at` and `revoked_at`.
    """
    return render("access.html", view, keys=keys, made=made, made_name=made_name)


NOTE = N_("Shown from %(date)s, without network.")
KEPT = ("site.css", "site.js", "icon.svg", "icon-192.png", "icon-512.png", "site.webmanifest")
"""Static files that the pages need; they are kept from the first visit on."""


HEAVY = {
    "features": N_("Features in a file"),
    "ranking": N_("Backtest of the ranking"),
    "table": N_("Risk table"),
    "backtest": N_("Backtest"),
    "changes": N_("Changes"),
    "map": N_("Map"),
    "atlas": N_("Atlas"),
}


def jobs_html(told: Mapping[str, Any], view: View) -> str:
    """Give the page of the heavy answers that are made, wait or are kept."""
    translator = translator_of(view.lang)
    blank = dict.fromkeys(("made", "since", "done", "of", "seconds"))
    groups = {name: [blank | one for one in several] for name, several in told.items()}
    kinds = {kind: translator.gettext(text) for kind, text in HEAVY.items()}
    return render("jobs.html", view, jobs=groups, kinds=kinds)


def offline_html(view: View) -> str:
    """Give the page that is shown where no copy is kept."""
    return render("offline.html", view)


@lru_cache(maxsize=8)
def worker_script(root: str) -> str:
    """Give the service worker's script.

    The script with the addresses and texts it needs; it differs when any file that it keeps does,
    so that browsers fetch it anew.

    Parameters
    ----------
    root
        What stands before every path of the service; empty unless behind a proxy.
    """
    settings = {
        "root": root,
        "files": [f"{root}/static/{name}?v={version_of(name)}" for name in KEPT],
        "notes": {lang: translator_of(lang).gettext(NOTE) for lang in languages()},
    }
    code = (HERE / "worker.js").read_text("utf-8")
    return f"const SETTINGS = {orjson.dumps(settings).decode()};\n{code}"


LONGEST = 1500


def qr_svg(link: str, view: View) -> bytes:
    """Draw the QR code of a page.

    Parameters
    ----------
    link
        Path of this service with its query; other addresses are refused, so that the
        service cannot be made to vouch for them.

    Raises
    ------
    InvalidInput
        The link is no path of this service, or too long for a legible code.
    """
    inside = link.startswith("/") and not link.startswith(("//", "/\\"))
    if not inside or len(link) > LONGEST or not link.isprintable():
        raise InvalidInput(
            f"link must be a path of this service, of at most {LONGEST} characters.",
            code="bad-link",
            details=[
                {"field": "link", "reason": "has to be a path of this service, e.g. /districts"}
            ],
        )
    out = io.BytesIO()
    code = segno.make(view.absolute(link), error="m", micro=False)
    code.save(out, kind="svg", scale=6, border=4, dark="#12303f", light="#ffffff")
    return out.getvalue()


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

    Interactive with the assets; without them, or without scripts, a list of all operations with
    links that run.
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
