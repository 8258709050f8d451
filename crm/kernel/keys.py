"""The installation's one secret, kept in a file beside the database, and the keys made of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crm.kernel.settings import BadSetting, Settings

KEY_BYTES = 32
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
WIDE_BYTES = 48
"""Half as long again as the order, so that what is left of a division by it is no likelier
to be small (FIPS 186-5 A.2.1)."""
NONCE_BYTES = 12
OTHERS = 0o007


class BrokenSeal(Exception):
    """What was sealed has another key, belongs to something else, or was changed."""


def load_key(settings: Settings) -> bytes:
    """Return the installation's secret (32 bytes); the first to ask makes it, for the owner alone.

    Raises BadSetting when the file holds something else or everybody on the machine may read it.
    """
    path = settings.key_path
    if not path.exists():
        _make(path)
    if path.stat().st_mode & OTHERS:
        raise BadSetting(
            f"CRM_KEY_FILE: {path} を他の利用者が読めます。所有者だけにしてください。（chmod 600）"
        )
    with suppress(ValueError):
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        if len(key) == KEY_BYTES:
            return key
    raise BadSetting(f"CRM_KEY_FILE: {path} は鍵のファイルではありません。（64桁の16進数）")


def derive(master: bytes, purpose: str) -> bytes:
    """Return the key (32 bytes) of one `purpose`; none tells anything of the others."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"tsunagari " + purpose.encode()).derive(
        master
    )


def exchange_key(master: bytes, purpose: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key others encrypt to for one `purpose`; the same whenever it is asked for.

    What devices sealed to its public half can be opened as long as the installation keeps its key.
    """
    wide = HKDF(SHA256(), WIDE_BYTES, salt=None, info=b"tsunagari p256 " + purpose.encode())
    number = int.from_bytes(wide.derive(master)) % (P256_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def seal(key: bytes, plain: bytes, *, about: bytes) -> bytes:
    """Return `plain` encrypted (AES-256-GCM); it opens only as what it is `about`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, *, about: bytes) -> bytes:
    """Return what was sealed; BrokenSeal for any other key, owner or content."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except (InvalidTag, ValueError):
        raise BrokenSeal from None


def reseal(old: bytes, new: bytes, sealed: bytes, *, about: bytes) -> bytes:
    """Return what was sealed with `old` sealed with `new`; unchanged where it is already.

    What neither opens stays as it is: it was lost before.
    """
    try:
        return seal(new, unseal(old, sealed, about=about), about=about)
    except BrokenSeal:
        return sealed


@contextmanager
def replaced_key(settings: Settings) -> Iterator[tuple[bytes, bytes]]:
    """Give the secret in use and the next one; the next is in use once the block has ended.

    What was sealed has to be sealed anew inside. The next one stands in a file beside before
    anything is sealed with it, so that a change that was cut off goes on with the same.
    """
    path, following = settings.key_path, settings.key_path.with_suffix(".next")
    old = load_key(settings)
    if not following.exists():
        _make(following)
    yield old, bytes.fromhex(following.read_text(encoding="ascii").strip())
    following.replace(path)


def _make(path: Path) -> None:
    """Put a whole file there at once: of two that start together, the second takes the first's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
