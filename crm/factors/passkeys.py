"""Passkeys and security keys (WebAuthn): what a browser is asked, and what it may answer."""

import ipaddress
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from crm.kernel.settings import Settings

if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor
    from webauthn.registration.verify_registration_response import VerifiedRegistration

NAME = "つながり台帳"
TIMEOUT_MS = 120_000
MAX_ANSWER = 20_000
T = TypeVar("T")


class NotThisKey(Exception):
    """The answer is not one that a key of this account gave to this question, at this place."""


class Place(NamedTuple):
    """Where passkeys work: the host they belong to, and the origin browsers must name."""

    host: str
    origin: str


class Assertion(NamedTuple):
    """What a browser says it signed with: the key it names, and the whole answer."""

    credential_id: bytes
    owner: bytes | None
    text: str


def place_of(settings: Settings) -> Place | None:
    """Return where passkeys work; None without https, or where the address is a bare number.

    Browsers refuse both, except that this machine itself may be called `localhost`.
    """
    parts = urlsplit(settings.origin)
    host = parts.hostname or ""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return None
    is_usable = parts.scheme == "https" or host == "localhost"
    return Place(host, settings.origin) if is_usable else None


def registration_options(
    place: Place,
    *,
    account_id: UUID,
    login: str,
    challenge: bytes,
    known: Sequence[bytes],
    shared_terminal: bool,
) -> str:
    """Return as JSON what a browser needs to make a key.

    On a terminal several officers use it must be a key they carry: one kept in the machine would
    be the machine's.
    """
    import webauthn  # slow import
    from webauthn.helpers import structs  # slow import

    carried = structs.AuthenticatorAttachment.CROSS_PLATFORM if shared_terminal else None
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=NAME,
        user_id=account_id.bytes,
        user_name=login,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            authenticator_attachment=carried,
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(known),
    )
    return webauthn.options_to_json(options)


def sign_in_options(place: Place, *, challenge: bytes, known: Sequence[bytes]) -> str:
    """Return as JSON what a browser needs to sign with one of the keys `known`."""
    import webauthn  # slow import
    from webauthn.helpers import structs  # slow import

    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=place.host,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_described(known),
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
    )


def verified_registration(
    place: Place, answer: str, *, challenge: bytes | None
) -> "VerifiedRegistration":
    """Return the key a browser made; NotThisKey unless all of it is as asked, and asked at all."""
    from webauthn import verify_registration_response  # slow import

    if challenge is None:
        raise NotThisKey
    return _checked(
        verify_registration_response,
        credential=_bounded(answer),
        expected_challenge=challenge,
        expected_rp_id=place.host,
        expected_origin=place.origin,
        require_user_verification=True,
    )


def is_built_in(answer: str) -> bool:
    """Whether the key of an answer is kept in the machine itself, as the browser says."""
    with suppress(ValueError, AttributeError):
        return bool(json.loads(answer).get("authenticatorAttachment") == "platform")
    return False


def read_assertion(answer: str) -> Assertion:
    """Return which key an answer names, still unproven; NotThisKey for what is no answer."""
    from webauthn.helpers import parse_authentication_credential_json  # slow import

    told = _checked(parse_authentication_credential_json, _bounded(answer))
    return Assertion(told.raw_id, told.response.user_handle, answer)


def verified_assertion(
    place: Place, assertion: Assertion, *, challenge: bytes, public_key: bytes, sign_count: int
) -> "VerifiedAuthentication":
    """Return what a key signed; NotThisKey unless it is this key's, to this question, just now.

    A count that did not grow means that the key exists twice.
    """
    from webauthn import verify_authentication_response  # slow import

    return _checked(
        verify_authentication_response,
        credential=assertion.text,
        expected_challenge=challenge,
        expected_rp_id=place.host,
        expected_origin=place.origin,
        credential_public_key=public_key,
        credential_current_sign_count=sign_count,
        require_user_verification=True,
    )


def _described(known: Sequence[bytes]) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # slow import

    return [PublicKeyCredentialDescriptor(id=credential_id) for credential_id in known]


def _bounded(answer: str) -> str:
    if len(answer) > MAX_ANSWER:
        raise NotThisKey
    return answer


def _checked(check: Callable[..., T], *args: object, **facts: object) -> T:
    try:
        return check(*args, **facts)
    except Exception as wrong:
        # the library lets the errors of its parsers (CBOR, base64, ASN.1) through: any is a no
        raise NotThisKey from wrong
