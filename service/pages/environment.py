"""The templates: one environment a language, with its texts and formats built in."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.http.reader import View
from service.i18n import languages, translator
from service.labels import field_label, label, unit_text
from service.pages.marks import whisker
from service.pages.told import told
from service.values import is_missing

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
VERSION_DIGITS = 10


@lru_cache(maxsize=64)
def version_of(name: str) -> str:
    """Give the version of a static file: the start of its content's hash."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:VERSION_DIGITS]


@cache
def look() -> str:
    """Give a short text that differs when templates, styles or scripts do: the pages' version."""
    made_of = hashlib.sha256()
    for path in sorted((*TEMPLATES.rglob("*.html"), *STATIC.iterdir())):
        if path.is_file():
            made_of.update(path.read_bytes())
    return made_of.hexdigest()[:VERSION_DIGITS]


@lru_cache(maxsize=16)
def environment(lang: str) -> Environment:
    """Give the templates' environment of a language.

    Texts in ``_()``, ``ngettext()`` and ``{% trans %}`` are translated; the filters
    `number`, `percent`, `interval`, `date`, `days` and `moment` write by the language.
    """
    words = translator(lang)
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext
    )
    made.filters |= {
        "number": words.number,
        "percent": words.percent,
        "date": words.date,
        "days": words.days,
        "moment": words.datetime,
        "field_label": lambda field: field_label(words, field),
    }
    made.tests["missing"] = is_missing
    made.globals |= {
        "t": words,
        "translators": [translator(code) for code in languages()],
        "interval": words.interval,
        "label": lambda field, code: label(words, field, code),
        "unit_text": lambda parameters: unit_text(words, parameters),
        "told": lambda field, value: told(words, field, value),
        "whisker": whisker,
        "field_label": lambda field: field_label(words, field),
    }
    return made


def render(template: str, view: View, **values: Any) -> str:
    """Fill a template.

    Parameters
    ----------
    template
        File name in the folder of templates.
    view
        The reader's view; gives the language.
    **values
        What the template shows.

    Returns
    -------
    str
        A whole HTML page.
    """

    def static(name: str) -> str:
        return f"{view.root}/static/{name}?v={version_of(name)}"

    found = environment(view.lang).get_template(template)
    return found.render(view=view, static=static, href=view.href, here=view.here, **values)
