"""The keys that sign: this installation's for its checkpoints, an agency's as a witness."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crm.kernel.keys import derive
from crm.seals.verify import LOG, WITNESS, Key


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, and the public one as it is written down."""

    key: Key
    private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of `message`."""
        return self.private.sign(message)


def log_signer(master: bytes) -> Signer:
    """Return what signs the checkpoints of the installation whose secret is `master`."""
    return _signer(derive(master, "audit checkpoints"), "tsunagari.audit", LOG)


def witness_signer(master: bytes, agency_id: UUID | None = None) -> Signer:
    """Return what an agency here countersigns with; the installation itself without one."""
    whose = f"audit witness {agency_id or ''}".strip()
    return _signer(derive(master, whose), "tsunagari.witness", WITNESS)


def _signer(secret: bytes, kind_name: str, kind: int) -> Signer:
    """Name a key after itself: another key is another trail, whatever it calls itself."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    name = f"{kind_name}/{hashlib.sha256(public).hexdigest()[:12]}"
    return Signer(Key(name, kind, public), private)
