"""What a device says inside an envelope, and the note it tells of."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from litestar.datastructures import FormMultiDict
from pydantic import BaseModel, Field, ValidationError

from crm.contacts.models import Holder
from crm.kernel.keys import BrokenSeal
from crm.outbox.clocks import DeviceTimes, Written, when_written
from crm.outbox.envelopes import LATEST_MS

Milliseconds = int


class Words(BaseModel):
    """What somebody wrote: the fields of the form, about whom, and what the device's clocks said.

    `about` is empty and `who` the name as typed where the device knew nobody to choose from. Times
    are milliseconds since 1970 by the device's clock, `served_at` by ours. `unfinished` where the
    screen locked on it: nobody said that it is to be recorded.
    """

    about: tuple[Literal["person", "organization", "area"], UUID] | None = None
    who: str = Field(default="", max_length=200)
    fields: list[tuple[str, str]] = Field(max_length=200)
    unfinished: bool = False
    written_at: Milliseconds = Field(ge=0, le=LATEST_MS)
    opened_at: Milliseconds | None = Field(default=None, ge=0, le=LATEST_MS)
    served_at: Milliseconds | None = Field(default=None, ge=0, le=LATEST_MS)
    open_for: Milliseconds | None = Field(default=None, ge=0, le=LATEST_MS)

    @property
    def holder(self) -> Holder | None:
        """Whom it is about; None where a person has to say so."""
        if self.about is None or self.about[0] == "area":
            return None
        kind, key = self.about
        return Holder(person_id=key) if kind == "person" else Holder(organization_id=key)

    @property
    def area_id(self) -> UUID | None:
        """The area it is about, among people nobody knows by name."""
        return self.about[1] if self.about and self.about[0] == "area" else None

    @property
    def sent(self) -> FormMultiDict:
        """The fields as a browser would have sent them."""
        return FormMultiDict(self.fields)

    def written(self, sent_at: dt.datetime | None, received_at: dt.datetime) -> Written:
        """Return when it was written by our clock."""
        times = DeviceTimes(
            written_at=moment_of(self.written_at),
            sent_at=sent_at,
            opened_at=moment_of(self.opened_at) if self.opened_at is not None else None,
            served_at=moment_of(self.served_at) if self.served_at is not None else None,
            open_for=dt.timedelta(milliseconds=self.open_for)
            if self.open_for is not None
            else None,
        )
        return when_written(times, received_at)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An entry out of its envelope: the key its device gave it, whose it is, and what it says."""

    key: UUID
    author_id: UUID
    plain: bytes
    words: Words

    @property
    def digest(self) -> str:
        """What tells two entries under one key apart."""
        return hashlib.sha256(self.plain).hexdigest()


def arrived(key: UUID, author_id: UUID, plain: bytes) -> Arrived:
    """Return an entry as it says; BrokenSeal where no program of ours wrote it."""
    try:
        return Arrived(key, author_id, plain, Words.model_validate_json(plain))
    except ValidationError:
        raise BrokenSeal from None


def moment_of(milliseconds: int) -> dt.datetime:
    """Return a device's time."""
    return dt.datetime.fromtimestamp(milliseconds / 1000, tz=dt.UTC)
