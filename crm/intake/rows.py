"""Rows of a list of people, read into plain values; what was done or is doubtful is said."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crm.intake.sheets import Table
from crm.kernel.i18n import translate
from crm.kernel.phone import Phone


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one row; `message` is a msgid, its places filled from `facts`."""

    number: int
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give the sentence in the current language."""
        return translate(self.message, **self.facts)


class Standing(StrEnum):
    """What a list says beside a name: （故）, （転出）, （退任）. A hint for people, no more."""

    DECEASED = "deceased"
    MOVED = "moved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person, or an organization, as one row of a list gives them; empty text is not told.

    `name` is the cell as typed. Of an organization the whole name is in `family`, its reading in
    `family_kana`. `accepted` is None where the list has no such column or the cell is blank.
    """

    number: int
    name: str
    family: str
    given: str = ""
    family_kana: str = ""
    given_kana: str = ""
    is_organization: bool = False
    list_number: str = ""
    organization: str = ""
    post: str = ""
    concurrent: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    address: str = ""
    areas: tuple[str, ...] = ()
    box: str = ""
    asked_on: dt.date | None = None
    accepted: bool | None = None
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    standing: Standing | None = None
    remark: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is nobody: a total, a section's title, a line at the foot."""

    number: int
    reason: Remark


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row about somebody that cannot be taken in before it is corrected."""

    number: int
    reason: Remark


Line = PersonRow | Skipped | Rejected


def rows_of(table: Table, *, area_code: str = "") -> Iterator[Line]:
    """Read each row below the header; `area_code` (市外局番) completes local numbers."""
    raise NotImplementedError
