"""Pages on the service itself: methods, sources and licences, sign-in."""

from geodata.risk.classes import CLASS_LIMITS
from service.http.reader import View
from service.i18n import translator
from service.labels import UNITS
from service.pages.environment import render


def methods_html(view: View) -> str:
    """Give the page on formulas, limits and references."""
    words = translator(view.lang)
    limits = [(words.gettext(UNITS[key]), values) for key, values in CLASS_LIMITS.items()]
    return render("methods.html", view, limits=limits)


def about_html(view: View, attribution: str | None, edition: str) -> str:
    """Give the page on sources and licences.

    Parameters
    ----------
    view
        The reader's view.
    attribution
        Where the boundaries are from, as stated with them.
    edition
        Which boundaries these are.
    """
    return render("about.html", view, attribution=attribution, edition=edition)


def login_html(view: View, next_page: str | None = None, *, refused: bool = False) -> str:
    """Give the form to sign in; for a signed-in reader, the way out.

    Parameters
    ----------
    view
        The reader's view.
    next_page
        Where to go afterwards; anything but a path of this service becomes the overview.
    refused
        Whether a key was given just now and is not valid.
    """
    target = next_page or "/"
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        target = "/"
    return render("login.html", view, target=target, refused=refused)
