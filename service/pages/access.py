"""The page of keys, for administrators."""

from collections.abc import Sequence
from typing import Any

from service.http.reader import View
from service.pages.environment import render


def access_html(view: View, keys: Sequence[Any], *, made: str = "", made_name: str = "") -> str:
    """Give the page of keys.

    Parameters
    ----------
    view
        The reader's view.
    keys
        Rows with `name`, `role`, `created_at`, `last_used_at` and `revoked_at`.
    made, made_name
        A key just made and its name; the only time that it is shown.
    """
    return render("access.html", view, keys=keys, made=made, made_name=made_name)
