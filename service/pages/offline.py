"""Pages without network: the worker that keeps what the public read, and its help page."""

from functools import lru_cache

import orjson

from service.http.reader import View
from service.i18n import N_, languages, translator
from service.pages.environment import HERE, render, version_of

NOTE = N_("Shown from %(date)s, without network.")
KEPT = ("site.css", "site.js", "icon.svg", "icon-192.png", "icon-512.png", "site.webmanifest")
"""Static files that the pages need; they are kept from the first visit on."""


def offline_html(view: View) -> str:
    """Give the page that is shown where no copy is kept."""
    return render("offline.html", view)


@lru_cache(maxsize=8)
def worker_script(root: str) -> str:
    """Give the service worker's script.

    Parameters
    ----------
    root
        What stands before every path of the service; empty unless behind a proxy.

    Returns
    -------
    str
        The script with the addresses and texts it needs; it differs when any file that
        it keeps does, so that browsers fetch it anew.
    """
    settings = {
        "root": root,
        "files": [f"{root}/static/{name}?v={version_of(name)}" for name in KEPT],
        "notes": {lang: translator(lang).gettext(NOTE) for lang in languages()},
    }
    code = (HERE / "worker.js").read_text("utf-8")
    return f"const SETTINGS = {orjson.dumps(settings).decode()};\n{code}"
