"""Telephones that cannot ring, whatever is dialed."""

import random
from collections.abc import Callable

from crm.kernel.phone import last4, read_phones
from crm.samples.rows import Row

_FIXED = 10**6
_MOBILE = 10**7


class UnringableNumbers:
    """Hands out each number once.

    Japan's numbering plan begins no local exchange with 0, so a line 059-0xx-xxxx is never given
    out, and 0590 is nobody's area code either; `phonenumbers` goes by ranges and calls it valid,
    so it is stored, printed and found like a real one. Nor does a mobile number continue with 0
    after 090 or 070 (080-0 would read as a toll-free 0800): `phonenumbers` knows that, and such a
    number stays as it was written.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def fixed(self) -> str:
        """Return a line that no exchange has."""
        return self._new(lambda number: f"059-0{number // 10**4:02d}-{number % 10**4:04d}", _FIXED)

    def mobile(self) -> str:
        """Return a mobile number that no operator has."""
        prefix = self._rng.choice(("090", "070"))
        return self._new(
            lambda number: f"{prefix}-0{number // 10**4:03d}-{number % 10**4:04d}", _MOBILE
        )

    def _new(self, write: Callable[[int], str], how_many: int) -> str:
        while (number := write(self._rng.randrange(how_many))) in self._given:
            pass
        self._given.add(number)
        return number


def telephone_columns(cell: str) -> list[Row]:
    """Return what is stored of each number in `cell`, as the pages read it.

    A number that is in no plan is still found by its end.
    """
    return [
        {
            "position": position,
            "raw": phone.raw,
            "e164": phone.e164,
            "extension": phone.extension or "",
            "kind": phone.kind,
            "label": phone.label,
            "note": phone.note,
            "last4": last4(phone.e164 or phone.raw),
        }
        for position, phone in enumerate(read_phones(cell))
    ]
