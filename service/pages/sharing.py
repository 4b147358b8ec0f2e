"""Links to share: the QR code of a view."""

import io

import segno

from geodata.errors import InvalidInput
from service.http.reader import View

LONGEST = 1500


def qr_svg(link: str, view: View) -> bytes:
    """Draw the QR code of a page.

    Parameters
    ----------
    link
        Path of this service with its query; other addresses are refused, so that the
        service cannot be made to vouch for them.
    view
        Gives scheme and host.

    Returns
    -------
    bytes
        An SVG document.

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
            details=[{"field": "link", "reason": "is no path of this service"}],
        )
    out = io.BytesIO()
    code = segno.make(view.absolute(link), error="m", micro=False)
    code.save(out, kind="svg", scale=6, border=4, dark="#12303f", light="#ffffff")
    return out.getvalue()
