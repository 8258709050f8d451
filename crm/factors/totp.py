"""Codes that change every half minute (RFC 6238), and the picture an application reads."""

import datetime as dt
import hmac
import io
import re
from unicodedata import normalize

import pyotp
import segno

STEP_S = 30
ISSUER = "Tsunagari"
AWAY = (0, -1, 1)
"""Half minutes a telephone's clock may be away from ours, the likeliest first."""
GROUP = 4


def new_secret() -> str:
    """Return a secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def in_groups(secret: str) -> str:
    """Return a secret as somebody copies it by hand."""
    return " ".join(re.findall(f".{{1,{GROUP}}}", secret))


def picture_of(secret: str, login: str, *, title: str) -> str:
    """Return the QR code of `secret` as an SVG element that asks nothing of anybody."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    written = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        written,
        kind="svg",
        scale=5,
        xmldecl=False,
        svgns=False,
        nl=False,
        title=title,
        dark="#000",
        light="#fff",
        lineclass=None,
        svgclass=None,
    )
    return written.getvalue().decode()


def matching_step(secret: str, code: str, *, now: dt.datetime, after: int) -> int | None:
    """Return the half minute (since 1970) that `code` belongs to, if it is later than `after`.

    `after` is the latest one taken already, so that a code seen over a shoulder opens nothing.
    """
    typed = re.sub(r"[\s-]", "", normalize("NFKC", code))
    current = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in (current + away for away in AWAY):
        right = totp.at(step * STEP_S)
        if hmac.compare_digest(right.encode(), typed.encode(errors="replace")) and step > after:
            return step
    return None
