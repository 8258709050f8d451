"""Password hashes: argon2id at the cost OWASP names (t=2, 19 MiB, p=1)."""

import secrets
import threading
from os import cpu_count

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turn = threading.BoundedSemaphore(cpu_count() or 1)
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return the stored form of `password`."""
    with _turn:
        return _hasher.hash(password)


def password_matches(stored: str | None, given: str) -> bool:
    """Whether `given` is the password; an unknown account costs exactly as much."""
    with _turn:
        try:
            _hasher.verify(stored or _nobody, given)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None
