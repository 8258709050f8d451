"""A real OpenID provider (Canaille) in a thread: PKCE and nonce required, tokens signed by RSA."""

import datetime as dt
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "tsunagari", "a-secret-between-two-servers"


@dataclass
class OpenIdProvider:
    """The provider, and who sits at its own sign-in."""

    issuer: str
    signed_in: Any = None
    methods: tuple[str, ...] = ("password",)

    def visit(self, address: str) -> str:
        """Go where a browser was sent, as whoever has signed in there; return where it leads."""
        answer = httpx.get(address)
        return answer.headers.get("location", f"{answer.status_code} {answer.text[:200]}")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: the tests read answers."""


@contextmanager
def openid_provider(*return_to: str) -> Iterator[OpenIdProvider]:
    """Serve a provider that knows one client, and one person called 1047."""
    # slow import: only the tests of OpenID need it
    from canaille import create_app
    from canaille.app import models
    from canaille.app.session import UserSession
    from canaille.backends import Backend
    from flask import g

    # the provider runs on this machine's own loopback, without https
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(config=_settings(port), env_file="none.env")
    provider = OpenIdProvider(f"http://localhost:{port}")

    @app.before_request
    def sits_there() -> None:
        if provider.signed_in:
            g.session = UserSession(
                provider.signed_in, dt.datetime.now(dt.UTC), list(provider.methods)
            )

    with app.app_context():
        client = models.Client(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            client_name="つながり台帳",
            redirect_uris=list(return_to),
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid"],
            token_endpoint_auth_method="client_secret_basic",
        )
        Backend.instance.save(client)
        # a client is its own audience only once it is known
        client.audience = [client]
        Backend.instance.save(client)
        provider.signed_in = models.User(
            user_name="1047",
            formatted_name="佐藤 彩",
            family_name="佐藤",
            emails=["sato@example.jp"],
        )
        Backend.instance.save(provider.signed_in)
        agreed = models.Consent(
            consent_id="1",
            client=client,
            subject=provider.signed_in,
            scope=["openid"],
            issue_date=dt.datetime.now(dt.UTC),
        )
        Backend.instance.save(agreed)
    _find_codes_exactly(Backend.instance)
    server = make_server("localhost", port, app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _find_codes_exactly(backend: Any) -> None:
    """Let the provider's store in memory find the code asked for, not any of the same client.

    It joins what is asked by "or" (0.3.6); its other stores do not.
    """
    finds = backend.do_query

    def find(model: Any, *args: object, **asked: Any) -> list[Any]:
        found = finds(model, *args, **asked)
        return [each for each in found if "code" not in asked or each.code == asked["code"]]

    backend.do_query = find


def _settings(port: int) -> dict[str, Any]:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return {
        "TESTING": True,
        "SECRET_KEY": secrets.token_hex(16),
        "SERVER_NAME": f"localhost:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "WTF_CSRF_ENABLED": False,
        "CANAILLE": {
            "DATABASE": "memory",
            "JAVASCRIPT": False,
            "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
            "LOGGING": {"version": 1, "disable_existing_loggers": False},
        },
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)]},
    }
