"""Error pages that help: what happened, what to do, where to go on."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from geodata.wording import Sentence
from service.http.request import View
from service.i18n import N_, translator
from service.pages.environment import render

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
    words = translator(view.lang)
    # The framework's own two words say no more than the heading does.
    bare = description == HTTPStatus(status).phrase
    heading, text = TEXTS.get(status) or TEXTS[500 if status >= 500 else 400]
    return render(
        "error.html",
        view,
        status=status,
        code=code,
        heading=words.gettext(heading),
        help=words.gettext(text),
        description="" if status == 500 or bare else words.said(description)[:1000],
        description_lang=_lang_of(description, view.lang),
        errors=[
            {**error, "reason": words.said(why), "lang": _lang_of(why, view.lang)}
            for error in list(errors)[:20]
            for why in (error.get("reason") or "",)
        ],
        request_id=request_id,
    )
