"""Password hashes: argon2id at the cost OWASP names (t=2, 19 MiB, p=1), in threads of their own.

As many are computed at a time as there are CPUs; whoever waits holds no thread that serves pages.
"""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(cpu_count() or 1, thread_name_prefix="argon2")
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return the stored form of `password`."""
    return _threads.submit(_hasher.hash, password).result()


def password_matches(stored: str | None, given: str) -> bool:
    """Whether `given` is the password; an unknown account costs exactly as much."""
    return _threads.submit(_matches, stored, given).result()


async def hashed(password: str) -> str:
    """Return the stored form of `password`, without holding a thread of requests."""
    return await asyncio.wrap_future(_threads.submit(_hasher.hash, password))


async def matched(stored: str | None, given: str) -> bool:
    """Whether `given` is the password, as `password_matches` without holding a thread."""
    return await asyncio.wrap_future(_threads.submit(_matches, stored, given))


async def renewed(stored: str | None, given: str) -> str:
    """Return the stored form of a right password at today's cost; "" where it has that already."""
    return await hashed(given) if stored and _hasher.check_needs_rehash(stored) else ""


def _matches(stored: str | None, given: str) -> bool:
    try:
        _hasher.verify(stored or _nobody, given)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
