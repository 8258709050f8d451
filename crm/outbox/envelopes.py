"""Opening what a device sealed: it can write entries and read none, not even its own.

A device makes a key pair for each entry, agrees on a secret with our public key (ECDH P-256) and
encrypts with what HKDF-SHA256 makes of it (AES-256-GCM). The entry's key and its author are bound
to the text, so that neither can be exchanged for another.
"""

import base64
import binascii
import hashlib
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, Field

from crm.kernel.keys import BrokenSeal, exchange_key, load_key
from crm.kernel.settings import Settings

PURPOSE = "outbox"
INFO = b"tsunagari outbox 1"
MOST_AT_ONCE = 50
LATEST_MS = 32_503_680_000_000
"""The year 3000: what lies beyond is no time."""
MAX_TEXT = 200_000
"""Characters of one sealed entry: a note of full length takes a third of it."""


class Envelope(BaseModel):
    """One sealed entry as a device keeps it; bytes are base64url without padding."""

    id: UUID
    owner: UUID
    key: str = Field(max_length=64)
    epk: str = Field(max_length=200)
    iv: str = Field(max_length=64)
    ct: str = Field(max_length=MAX_TEXT)


class Batch(BaseModel):
    """What a device sends at a time; `sent_at` is by its own clock, in milliseconds since 1970.

    `present` where somebody is at the form an entry was written in.
    """

    entries: list[Envelope] = Field(max_length=MOST_AT_ONCE)
    sent_at: int | None = Field(default=None, ge=0, le=LATEST_MS)
    present: bool = False


class PublicKey(NamedTuple):
    """What devices encrypt to, and the name they put on it."""

    point: str
    name: str


def public_key(settings: Settings) -> PublicKey:
    """Return the public half of this installation's key for the outbox."""
    return _public(load_key(settings))


def open_envelope(settings: Settings, envelope: Envelope) -> bytes:
    """Return what was sealed; BrokenSeal for another installation's or a changed one."""
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(envelope.epk))
        shared = _private(load_key(settings)).exchange(ec.ECDH(), theirs)
        key = HKDF(SHA256(), 32, salt=_bytes(envelope.epk), info=INFO).derive(shared)
        about = f"{envelope.id}|{envelope.owner}".encode()
        return AESGCM(key).decrypt(_bytes(envelope.iv), _bytes(envelope.ct), about)
    except (InvalidTag, ValueError):
        raise BrokenSeal from None


@lru_cache(maxsize=4)
def _private(master: bytes) -> ec.EllipticCurvePrivateKey:
    return exchange_key(master, PURPOSE)


@lru_cache(maxsize=4)
def _public(master: bytes) -> PublicKey:
    half = _private(master).public_key()
    point = half.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    text = base64.urlsafe_b64encode(point).decode().rstrip("=")
    return PublicKey(text, hashlib.sha256(point).hexdigest()[:32])


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None
