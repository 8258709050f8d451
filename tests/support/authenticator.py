"""A security key made of software: answers what browsers ask, and lies where a test wants it to."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key on the P-256 curve, in a browser at `origin`."""

    origin: str
    host: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    flags: int = PRESENT | VERIFIED
    attachment: str = "cross-platform"
    owner: bytes | None = None

    def create(self, options: str, **lies: Any) -> str:
        """Answer `navigator.credentials.create()`."""
        asked = json.loads(options)
        data = self._data(lies, attested=True)
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._answer(
            clientDataJSON=self._said("webauthn.create", asked["challenge"], lies),
            attestationObject=cbor2.dumps(attestation),
        )

    def get(self, options: str, **lies: Any) -> str:
        """Answer `navigator.credentials.get()`; each time the count grows."""
        asked = json.loads(options)
        self.count += 1
        data = self._data(lies)
        said = self._said("webauthn.get", asked["challenge"], lies)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        more = {"userHandle": self.owner} if self.owner else {}
        return self._answer(
            clientDataJSON=said, authenticatorData=data, signature=signature, **more
        )

    def _said(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **lies.get("said", {})}).encode()

    def _data(self, lies: dict[str, Any], *, attested: bool = False) -> bytes:
        flags = lies.get("flags", self.flags) | (ATTESTED if attested else 0)
        head = hashlib.sha256(lies.get("host", self.host).encode()).digest()
        data = head + bytes([flags]) + lies.get("count", self.count).to_bytes(4, "big")
        if not attested:
            return data
        length = len(self.credential_id).to_bytes(2, "big")
        return data + bytes(16) + length + self.credential_id + self._public_key()

    def _public_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **parts: bytes) -> str:
        return json.dumps(
            {
                "id": encoded(self.credential_id),
                "rawId": encoded(self.credential_id),
                "type": "public-key",
                "authenticatorAttachment": self.attachment,
                "clientExtensionResults": {},
                "response": {name: encoded(part) for name, part in parts.items()},
            }
        )
