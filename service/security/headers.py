"""Headers that tell browsers what pages may do; a handler's own header wins."""

from starlette.datastructures import MutableHeaders

PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


VIEW = "Hazardmap-View"
"""Says whose view an answer shows; what is not public is never kept for offline use."""


def secure(headers: MutableHeaders, *, public: bool) -> None:
    """Add the headers that a handler did not set itself."""
    headers[VIEW] = "public" if public else "signed-in"
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if (
        "content-security-policy" in headers
        and "frame-ancestors *" not in (headers["content-security-policy"])
    ):
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
