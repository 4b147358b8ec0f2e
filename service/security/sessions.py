"""Login for pages: a signed cookie that names a key, HttpOnly and SameSite.

A cookie counts for a change only when the request comes from the same origin, by the
browser's own word (Sec-Fetch-Site) or by the Origin header: another site cannot forge it.
Forms that change the register carry a token of the session beside that.
"""

import hashlib
import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from geodata.errors import StoreError
from service.settings import Settings

COOKIE = "hazardmap_session"
LIFETIME_S = 12 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Sessions:
    """Signs and reads the login cookie.

    Parameters
    ----------
    settings
        `secret` signs; where it is empty, one is made and kept in the data directory.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._signer: URLSafeTimedSerializer | None = None
        self._kept = ""

    def start(self, response: Response, key_id: str, *, secure: bool) -> None:
        """Set the cookie of a key on a response."""
        token = self._serializer().dumps(key_id)
        response.set_cookie(
            COOKIE,
            str(token),
            max_age=LIFETIME_S,
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def end(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def key_id(self, connection: HTTPConnection) -> str | None:
        """Read the key's id from the cookie; None where there is none that counts."""
        token = connection.cookies.get(COOKIE)
        if not token:
            return None
        try:
            return str(self._serializer().loads(token, max_age=LIFETIME_S))
        except BadSignature:
            return None

    def form_token(self, connection: HTTPConnection) -> str:
        """Give the token that the forms of this session carry; empty without a session."""
        cookie = connection.cookies.get(COOKIE, "")
        if self.key_id(connection) is None:
            return ""
        signer = Signer(self._secret(), salt="hazardmap-form", digest_method=hashlib.sha256)
        return signer.get_signature(cookie).decode()

    def takes_form(self, connection: HTTPConnection, token: str) -> bool:
        """Say whether a form that changes something came from a page of this session.

        A request with a key in its Authorization header needs no token: no browser sends
        that header by itself.
        """
        if connection.headers.get("authorization"):
            return True
        expected = self.form_token(connection)
        return bool(expected) and secrets.compare_digest(expected.encode(), token.encode())

    def _secret(self) -> str:
        if not self._kept:
            self._kept = self._settings.secret or _kept_secret(self._settings.data)
        return self._kept

    def _serializer(self) -> URLSafeTimedSerializer:
        if self._signer is None:
            self._signer = URLSafeTimedSerializer(self._secret(), salt="hazardmap-session")
        return self._signer


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


def _kept_secret(directory: Path) -> str:
    path = directory / "session-secret"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # O_EXCL: of several workers that start together one makes it and all read it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    except OSError as reason:
        raise StoreError(f"The session secret cannot be kept in {directory}: {reason}.") from reason
    found = path.read_text()
    if len(found) < 32:
        raise StoreError(f"{path.name} in the data directory is damaged: delete it and log in.")
    return found
