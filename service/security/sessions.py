"""Login for pages: a cookie whose random token names a session kept on the server.

The cookie is HttpOnly and SameSite and says nothing by itself; what ends a session on the
server ends every copy of it. A cookie counts for a change only when the request comes from
the same origin, by the browser's own word (Sec-Fetch-Site) or by the Origin header: another
site cannot forge it. Forms that change the register carry a token of the session beside that.
"""

import hmac
import secrets

from starlette.requests import HTTPConnection
from starlette.responses import Response

from service.auth import Caller
from service.security.keys import SESSION

COOKIE = "hazardmap_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Sessions:
    """Writes and reads the login cookie, and the tokens of its forms."""

    def start(self, response: Response, token: str, *, secure: bool) -> None:
        """Set the cookie of a session on a response."""
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def end(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def token(self, connection: HTTPConnection) -> str | None:
        """Read the session's token from the cookie; None where there is none."""
        return connection.cookies.get(COOKIE) or None

    def form_token(self, connection: HTTPConnection) -> str:
        """Give the token that the forms of this session carry; empty without a session."""
        token = self.token(connection)
        if token is None or _caller_of(connection).session is None:
            return ""
        # Whoever has not the session's own token can neither know nor make this one.
        return hmac.new(token.encode(), b"hazardmap-form", "sha256").hexdigest()

    def takes_form(self, connection: HTTPConnection, token: str) -> bool:
        """Say whether a form that changes something came from a page of this session.

        A request with a key in its Authorization header needs no token: no browser sends
        that header by itself.
        """
        if connection.headers.get("authorization"):
            return True
        expected = self.form_token(connection)
        return bool(expected) and secrets.compare_digest(expected.encode(), token.encode())


def _caller_of(connection: HTTPConnection) -> Caller:
    found = getattr(connection.state, "caller", None)
    return found if isinstance(found, Caller) else Caller()


def same_origin(connection: HTTPConnection, public_url: str) -> bool:
    """Say whether a browser's request comes from this service's own pages.

    Parameters
    ----------
    connection
        The request.
    public_url
        The address that clients see behind a proxy, or empty.

    Returns
    -------
    bool
        True too where neither header is there: then it is no browser, and no victim.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    own = {f"{connection.url.scheme}://{connection.headers.get('host', '')}"}
    if public_url:
        own.add("/".join(public_url.split("/")[:3]))
    return origin in own
