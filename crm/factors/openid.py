"""Asking an OpenID provider who sits there: authorization code, PKCE, state and nonce.

Authlib and joserfc judge the token; the provider is believed about nothing but its own subject.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from crm.kernel.errors import DomainError
from crm.kernel.i18n import N_
from crm.kernel.settings import Settings

log = logging.getLogger("crm")

WAIT_S = 10.0
LEEWAY_S = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures only the provider can make: neither `none` nor one by a secret both sides know."""
RETURN_PATH = "/sign-in/openid/return"
ALWAYS = "always"


class NotWhoTheySay(Exception):
    """What came back proves nothing: a wrong state, code, nonce, signature, audience, time."""


class ProviderSilent(DomainError):
    """The OpenID provider does not answer, or not as one."""

    status: ClassVar[int] = 503

    def __init__(self) -> None:
        super().__init__(
            N_("OpenIDの認証サーバーが応答しません。パスワードでサインインしてください。")
        )


class Endpoints(NamedTuple):
    """Where a provider is asked."""

    authorization: str
    token: str
    keys: str


class Errand(NamedTuple):
    """What a browser is sent away with; the provider has to give all of it back."""

    state: str
    nonce: str
    verifier: str


class Identity(NamedTuple):
    """Who the provider says somebody is, and how surely it knows."""

    issuer: str
    subject: str
    is_strong: bool


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID provider of the installation."""

    issuer: str
    client_id: str
    client_secret: str
    return_to: str
    strong: str
    max_age_s: int = 0
    """How long ago somebody may have shown who they are over there; 0: however long."""

    def discover(self) -> Endpoints:
        """Return where the provider is asked, in its own words; ProviderSilent otherwise."""
        said = _json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            if said["issuer"] != self.issuer:
                raise _silent("its configuration names another issuer")
            return Endpoints(
                said["authorization_endpoint"], said["token_endpoint"], said["jwks_uri"]
            )
        except (KeyError, TypeError):
            raise _silent("its configuration lacks an address") from None

    def address_of(self, endpoints: Endpoints, errand: Errand) -> str:
        """Return where the browser is sent."""
        from authlib.common.urls import add_params_to_uri  # slow import
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # slow import

        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.return_to,
            "scope": "openid",
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": create_s256_code_challenge(errand.verifier),
            "code_challenge_method": "S256",
            **({"max_age": str(self.max_age_s)} if self.max_age_s else {}),
        }
        return str(add_params_to_uri(endpoints.authorization, list(asked.items())))

    def identify(self, code: str, errand: Errand, *, now: dt.datetime) -> Identity:
        """Return who came back with `code`; NotWhoTheySay unless the token says so for us, now."""
        endpoints = self.discover()
        token = self._token(endpoints, code, errand)
        claims = self.claims_in(token, _json(endpoints.keys), errand, now)
        return Identity(self.issuer, str(claims["sub"]), self.is_strong(claims))

    def claims_in(
        self,
        token: Mapping[str, Any],
        keys: Any,  # noqa: ANN401 - as it came
        errand: Errand,
        now: dt.datetime,
    ) -> Mapping[str, Any]:
        """Return what an ID token says; NotWhoTheySay unless it was signed for us, just now."""
        from authlib.common.errors import AuthlibBaseError  # slow import
        from authlib.oidc.core import CodeIDToken  # slow import
        from joserfc import jwt  # slow import
        from joserfc.errors import JoseError  # slow import
        from joserfc.jwk import KeySet  # slow import
        from joserfc.jws import JWSRegistry  # slow import

        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), registry=registry)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "values": [self.client_id]},
                    # Authlib compares no nonce where none is expected; here one always is
                    "nonce": {"essential": True, "value": errand.nonce},
                },
                {
                    "nonce": errand.nonce,
                    "client_id": self.client_id,
                    "access_token": token.get("access_token"),
                    "max_age": self.max_age_s,
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
            self._require_recent(claims, now)
        except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as wrong:
            raise NotWhoTheySay from wrong
        return dict(claims)

    def _token(self, endpoints: Endpoints, code: str, errand: Errand) -> Mapping[str, Any]:
        import httpx  # slow import

        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.return_to,
            "code_verifier": errand.verifier,
        }
        try:
            answer = httpx.post(
                endpoints.token,
                data=sent,
                auth=(self.client_id, self.client_secret),
                timeout=WAIT_S,
            )
            token = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise _silent(fault) from None
        if answer.is_error or not isinstance(token, dict) or "id_token" not in token:
            raise NotWhoTheySay
        return token

    def _require_recent(self, claims: Mapping[str, Any], now: dt.datetime) -> None:
        """Refuse a sign-in over there that is older than was asked for (OIDC Core 3.1.3.7 13)."""
        if self.max_age_s and now.timestamp() - claims["auth_time"] > self.max_age_s + LEEWAY_S:
            raise NotWhoTheySay

    def is_strong(self, claims: Mapping[str, Any]) -> bool:
        """Whether the provider says that it asked for a second factor, in words we were told."""
        if self.strong == ALWAYS:
            return True
        methods = claims.get("amr") or []
        return not {claims.get("acr"), *methods}.isdisjoint(self.strong.split())


def provider_of(settings: Settings) -> Provider | None:
    """Return the installation's OpenID provider, if it has one."""
    if not settings.oidc_issuer:
        return None
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.origin + RETURN_PATH,
        settings.oidc_strong,
        settings.oidc_max_age_minutes * 60,
    )


def _json(address: str) -> Any:  # noqa: ANN401 - as it came
    import httpx  # slow import

    try:
        return httpx.get(address, timeout=WAIT_S).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as fault:
        raise _silent(fault) from None


def _silent(cause: Exception | str) -> ProviderSilent:
    """Write down why, for whoever runs the installation; users only learn that it is so."""
    log.warning("OpenID provider: %s", repr(cause))
    return ProviderSilent()
