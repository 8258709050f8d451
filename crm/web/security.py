"""Headers on every answer, and the check that a change comes from our own pages."""

import hashlib
import hmac

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from crm.kernel.errors import Forbidden

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; worker-src 'self'"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # same-origin, not no-referrer: with the latter browsers send `Origin: null` on our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Put the security headers on an answer as it leaves, also on errors and unknown addresses."""
    del scope
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)


def require_own_origin(request: Request, origin: str) -> None:  # type: ignore[type-arg]  # as wants_fragment
    """Refuse a change that no page of ours sent (`security.md` F3)."""
    if request.method in SAFE_METHODS:
        return
    sent = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if sent != origin or site != "same-origin":
        raise Forbidden("画面を開き直してから、もう一度操作してください。")


def csrf_token(session_cookie: str) -> str:
    """Return the token that ties a form to the sign-in it was shown to."""
    return hmac.new(session_cookie.encode(), b"csrf", hashlib.sha256).hexdigest()


def require_token(sent: object, session_cookie: str) -> None:
    """Refuse a form that carries another sign-in's token, or none."""
    given = sent if isinstance(sent, str) else ""
    if not hmac.compare_digest(given.encode(), csrf_token(session_cookie).encode()):
        raise Forbidden("画面を開き直してから、もう一度操作してください。")
