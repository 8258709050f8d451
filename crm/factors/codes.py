"""Recovery codes: ten on a sheet of paper, each good for one sign-in."""

import hashlib
import re
from unicodedata import normalize

from crm.access.service import new_password

CODES = 10


def new_codes() -> list[str]:
    """Return the codes of a new sheet, of 79 bits each."""
    return [new_password() for _ in range(CODES)]


def hash_of_code(typed: str) -> str:
    """Return what is stored of a code, however its letters and groups were typed.

    Nobody guesses 79 bits: a slow hash would only slow down whoever has the paper.
    """
    letters = re.sub(r"[^0-9a-z]", "", normalize("NFKC", typed).casefold())
    return hashlib.sha256(letters.encode()).hexdigest()
