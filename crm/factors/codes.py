"""Recovery codes: ten on a sheet of paper, each good for one sign-in."""

import hashlib
import re
import secrets
from unicodedata import normalize

CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No two that look alike on paper."""
GROUPS, GROUP = 6, 4


def new_codes() -> list[str]:
    """Return the codes of a new sheet, of 118 bits each."""
    return ["-".join(_group() for _ in range(GROUPS)) for _ in range(CODES)]


def hash_of_code(typed: str) -> str:
    """Return what is stored of a code, however its letters and groups were typed.

    Nobody guesses 118 bits: a slow hash would only slow down whoever has the paper.
    """
    letters = re.sub(r"[^0-9a-z]", "", normalize("NFKC", typed).casefold())
    return hashlib.sha256(letters.encode()).hexdigest()


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(GROUP))
