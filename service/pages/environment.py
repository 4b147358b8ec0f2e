"""The templates: one environment a language, with its texts, formats and marks; pages of errors."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geodata.wording import Sentence
from service.content.incidents import placing_note
from service.http.request import View
from service.i18n import (
    CODES,
    N_,
    Translator,
    field_label,
    is_missing,
    label,
    languages,
    translator_of,
    unit_text,
)

WHISKER = 140.0
"""Width of an interval that is drawn, in pixels."""


def whisker(low: Any, value: Any, high: Any, most: float) -> dict[str, float]:
    """Give the pixels of an interval drawn on a square-root scale from 0 to `most`."""

    def at(number: Any) -> float:
        share = (max(float(number), 0.0) / most) ** 0.5 if most > 0 else 0.0
        return round(3 + min(share, 1.0) * (WHISKER - 6), 1)

    return {"low": at(low), "value": at(value), "high": at(high)}


LONGEST = 300
DATES = ("date_start", "date_end")


def value_text(translator: Translator, field: str, value: Any) -> str:
    """Write the value of a record's field for a reader.

    At most 300 characters.

    Parameters
    ----------
    value
        As in the record's document; null gives "not stated".
    """
    if is_missing(value) or value in ([], {}):
        return translator.gettext("not stated")
    if field in DATES:
        return translator.date(value)
    if field in CODES and isinstance(value, str | int):
        return label(translator, field, value)
    if field == "casualties" and isinstance(value, list):
        return "; ".join(_casualty(translator, row) for row in value)[:LONGEST]
    if field == "districts" and isinstance(value, list):
        return ", ".join(_district(translator, row) for row in value)[:LONGEST]
    if field == "reports" and isinstance(value, list):
        return "; ".join(_report(row) for row in value)[:LONGEST]
    if isinstance(value, float | int) and not isinstance(value, bool):
        return translator.number(value, 5 if field in ("longitude", "latitude") else None)
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _casualty(translator: Translator, row: Mapping[str, Any]) -> str:
    count = translator.people(row.get("low"), row.get("best"), row.get("high"))
    group, outcome = (
        label(translator, "group", row.get("group")),
        label(translator, "outcome", row["outcome"]),
    )
    return f"{group}, {outcome}: {count}"


def _district(translator: Translator, row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    weight = row.get("weight", 1.0)
    share = f" ({translator.percent(weight)})" if weight < 1 else ""
    return f"{row.get('district_id')}{share}"


def _report(row: Mapping[str, Any]) -> str:
    named = row.get("title") or row.get("publisher") or row.get("report_id") or row.get("url")
    return str(named or "")


HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
VERSION_DIGITS = 10


@lru_cache(maxsize=64)
def version_of(name: str) -> str:
    """Give the version of a static file: the start of its content's hash."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:VERSION_DIGITS]


@cache
def pages_version() -> str:
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
    `number`, `extent`, `percent`, `interval`, `date`, `days` and `moment` write by the language.
    """
    translator = translator_of(lang)
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translator.gettext, translator.ngettext, newstyle=True, pgettext=translator.pgettext
    )
    made.filters |= {
        "number": translator.number,
        "toll": translator.toll,
        "extent": translator.extent,
        "percent": translator.percent,
        "date": translator.date,
        "days": translator.days,
        "moment": translator.datetime,
        "field_label": lambda field: field_label(translator, field),
    }
    made.tests["missing"] = is_missing
    made.globals |= {
        "t": translator,
        "translators": [translator_of(code) for code in languages()],
        "interval": translator.interval,
        "label": lambda field, code: label(translator, field, code),
        "unit_text": lambda parameters: unit_text(translator, parameters),
        "value_text": lambda field, value: value_text(translator, field, value),
        "whisker": whisker,
        "field_label": lambda field: field_label(translator, field),
        "placing_note": lambda note: placing_note(translator.lang, note),
    }
    return made


def render(template: str, view: View, **values: Any) -> str:
    """Fill a template."""

    def static(name: str) -> str:
        return f"{view.root}/static/{name}?v={version_of(name)}"

    found = environment(view.lang).get_template(template)
    return found.render(view=view, static=static, href=view.href, here=view.here, **values)


TEXTS: dict[int, tuple[str, str]] = {
    400: (
        N_("This request cannot be answered"),
        N_("Something in the address or the form does not fit. Correct it and try again."),
    ),
    401: (
        N_("Please sign in"),
        N_("This page needs a key. Sign in with the key that your administrator gave you."),
    ),
    403: (
        N_("Not allowed"),
        N_("Your key does not allow this. Ask the administrator for another role."),
    ),
    404: (
        N_("There is no such page"),
        N_("The address may be mistyped, or the record has another number."),
    ),
    405: (
        N_("Not possible here"),
        N_("This address does not take this kind of request."),
    ),
    409: (
        N_("The record has changed"),
        N_("Somebody changed it in the meantime, or the answer is not unique. Look again."),
    ),
    413: (
        N_("Too large"),
        N_("What was sent is larger than this service takes. Split the file and send the parts."),
    ),
    422: (
        N_("The record does not fit"),
        N_("A field holds a value that cannot be stored. Nothing was changed."),
    ),
    429: (
        N_("Too many requests"),
        N_("Please wait a minute and try again."),
    ),
    500: (
        N_("The service failed"),
        N_("Nothing was changed. Try again; if it fails again, tell the operator the request id."),
    ),
    503: (
        N_("The register cannot be reached"),
        N_("Nothing was changed. It usually recovers by itself: try again in a minute."),
    ),
}


def _lang_of(text: str, lang: str) -> str:
    return lang if isinstance(text, Sentence) else "en"


def error_html(
    status: int,
    code: str,
    description: str,
    view: View,
    *,
    errors: Sequence[Mapping[str, Any]] = (),
    request_id: str | None = None,
) -> str:
    """Give the page for an error.

    Parameters
    ----------
    status
        HTTP status; one without a text of its own takes that of 400 or 500.
    description
        The problem's sentence, in English; left out for 500.
    errors
        Single errors with `field`, `row` and `reason`; the first 20 are shown.
    """
    translator = translator_of(view.lang)
    # The framework's own two words say no more than the heading does.
    bare = description == HTTPStatus(status).phrase
    heading, text = TEXTS.get(status) or TEXTS[500 if status >= 500 else 400]
    return render(
        "error.html",
        view,
        status=status,
        code=code,
        heading=translator.gettext(heading),
        help=translator.gettext(text),
        description="" if status == 500 or bare else translator.said(description)[:1000],
        description_lang=_lang_of(description, view.lang),
        errors=[
            {**error, "reason": translator.said(why), "lang": _lang_of(why, view.lang)}
            for error in list(errors)[:20]
            for why in (error.get("reason") or "",)
        ],
        request_id=request_id,
    )
