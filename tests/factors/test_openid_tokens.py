import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from crm.factors.openid import Errand, NotWhoTheySay, Provider
from tests.support.openid_provider import CLIENT_ID, CLIENT_SECRET
from tests.support.world import NOW

KEY, OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
ERRAND = Errand("state", "nonce", "verifier")
SECONDS = int(NOW.timestamp())
OURS = Provider("https://id.example", CLIENT_ID, CLIENT_SECRET, "https://here.example", "mfa")
TOKEN = {
    "iss": OURS.issuer,
    "sub": "1047",
    "aud": CLIENT_ID,
    "iat": SECONDS - 5,
    "exp": SECONDS + 300,
    "nonce": "nonce",
}


def judged(token: str) -> str:
    keys = {"keys": [KEY.as_dict(private=False)]}
    return str(OURS.claims_in({"id_token": token}, keys, ERRAND, NOW)["sub"])


def test_a_token_of_the_provider_for_us_now_is_believed() -> None:
    assert judged(jwt.encode({"alg": "RS256"}, TOKEN, KEY)) == "1047"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"exp": SECONDS - 61},
        {"iat": SECONDS + 120},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"exp": None},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_refused(lie: dict[str, Any]) -> None:
    told = {name: value for name, value in {**TOKEN, **lie}.items() if value is not None}
    with pytest.raises(NotWhoTheySay):
        judged(jwt.encode({"alg": "RS256"}, told, KEY))


@pytest.mark.parametrize(
    ("told", "is_believed"),
    [
        ({"auth_time": SECONDS - 300}, True),
        ({"auth_time": SECONDS - 361}, False),
        ({"auth_time": "yesterday"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_an_old_sign_in_over_there_is_refused(told: dict[str, Any], *, is_believed: bool) -> None:
    strict = replace(OURS, max_age_s=300)
    token = {"id_token": jwt.encode({"alg": "RS256"}, {**TOKEN, **told}, KEY)}
    keys = {"keys": [KEY.as_dict(private=False)]}
    try:
        strict.claims_in(token, keys, ERRAND, NOW)
        believed = True
    except NotWhoTheySay:
        believed = False
    assert believed is is_believed


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    ours = OctKey.import_key(CLIENT_SECRET)
    unsigned = ".".join(
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none"}, TOKEN)
    )
    forged = [
        jwt.encode({"alg": "RS256"}, TOKEN, OTHER),
        jwt.encode({"alg": "HS256"}, TOKEN, ours),
        f"{unsigned}.",
        "x.y.z",
    ]
    for token in forged:
        with pytest.raises(NotWhoTheySay):
            judged(token)


@pytest.mark.parametrize(
    ("strong", "claims", "expected"),
    [
        ("mfa", {"amr": ["pwd", "mfa"]}, True),
        ("mfa", {"amr": ["pwd"]}, False),
        ("mfa", {}, False),
        ("mfa urn:loa:2", {"acr": "urn:loa:2"}, True),
        ("mfa", {"acr": "urn:loa:2"}, False),
        ("always", {}, True),
        ("", {"amr": ["mfa"]}, False),
        ("", {}, False),
    ],
)
def test_what_counts_as_a_second_factor_is_told_by_the_installation(
    strong: str, claims: dict[str, Any], *, expected: bool
) -> None:
    assert replace(OURS, strong=strong).is_strong(claims) is expected
