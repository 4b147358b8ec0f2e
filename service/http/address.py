"""Where the service is, as the client sees it: one checked reading of the request for all."""

import re

from starlette.requests import Request

_HOST = re.compile(r"^[\w.\-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$", re.ASCII)


def root_of(request: Request) -> str:
    """Give the address of the service as the client sees it, without a final slash.

    A host that is none (a forged header) is replaced by the address listened on.
    """
    public: str = request.app.state.settings.public_url.rstrip("/")
    if public:
        return public
    host = request.headers.get("host", "")
    if not _HOST.match(host):
        name, port = request.scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{request.scope.get('scheme', 'http')}://{host}"
