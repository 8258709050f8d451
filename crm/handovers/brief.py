"""What a handover is made of, worked out from what was read: pure, so that any day can be tried."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.contacts.naming import Named
from crm.kernel.clock import local_day
from crm.notes.models import Outcome
from crm.requests.lines import subject_of


class Post(NamedTuple):
    """A unit that can be handed over, with who is posted there."""

    unit_id: UUID
    name: str
    officers: Sequence[str]
    written_on: dt.date | None
    read: Sequence[tuple[str, dt.date]]

    @property
    def is_vacant(self) -> bool:
        """Whether nobody is posted there."""
        return not self.officers


class Written(NamedTuple):
    """What the officers of a beat keep for their successors."""

    text: str
    writer_name: str
    updated_at: dt.datetime
    revision: int


class Reading(NamedTuple):
    """Somebody who confirmed having read it."""

    staff_id: UUID
    name: str
    unit_name: str
    read_at: dt.datetime
    revision: int


class Liaison(NamedTuple):
    """A liaison of the beat."""

    who: Named
    areas: str
    ends_on: dt.date | None
    needs_review: bool
    last_on: dt.date | None


class Promise(NamedTuple):
    """A visit that was promised."""

    who: Named
    next_on: dt.date
    note_id: UUID


class Request(NamedTuple):
    """Something heard that awaits its answer."""

    request_id: UUID
    words: str
    heard_on: dt.date
    due_on: dt.date | None
    state: str

    @property
    def subject(self) -> str:
        """The first sentence of what was heard."""
        return subject_of(self.words)


class Contact(NamedTuple):
    """One of the last contacts."""

    note_id: UUID
    happened_at: dt.datetime
    outcome: Outcome
    parties: Sequence[tuple[Holder, str]]
    words: str
    section: str

    @property
    def on(self) -> dt.date:
        """The day of it."""
        return local_day(self.happened_at)

    @property
    def names(self) -> str:
        """Who took part, people first."""
        return "、".join(name for _, name in self.parties)


class Change(NamedTuple):
    """A post of an organization that is vacant, or about to be."""

    who: Named
    post: str
    ends_on: dt.date
    is_over: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """The handover of a beat on a day."""

    unit_id: UUID
    name: str
    day: dt.date
    officers: Sequence[str]
    areas: Sequence[str]
    written: Written | None
    readings: Sequence[Reading]
    promises: Sequence[Promise]
    requests: Sequence[Request]
    cares: Sequence[Named]
    contacts: Sequence[Contact]
    liaisons: Sequence[Liaison]
    changes: Sequence[Change]

    @property
    def revision(self) -> int:
        """The revision of what is written; 0 where nothing is."""
        return self.written.revision if self.written else 0

    @property
    def holders(self) -> list[Holder]:
        """Everybody it names, each once."""
        named = (
            *(promise.who for promise in self.promises),
            *self.cares,
            *(liaison.who for liaison in self.liaisons),
            *(change.who for change in self.changes),
        )
        met = (holder for contact in self.contacts for holder, _ in contact.parties)
        return list(dict.fromkeys([*(who.holder for who in named), *met]))


class Planned(NamedTuple):
    """A note that plans a visit, with one of those it is about, and when anybody last met them."""

    promise: Promise
    unit_id: UUID
    made_at: dt.datetime
    last_at: dt.datetime | None


def still_promised(planned: Iterable[Planned]) -> list[Promise]:
    """Return each one's newest promise, unless they were met since, by its day."""
    newest: dict[Holder, Planned] = {}
    for one in sorted(planned, key=lambda one: (one.made_at, one.promise.note_id)):
        newest[one.promise.who.holder] = one
    left = [one.promise for one in newest.values() if not one.last_at or one.last_at <= one.made_at]
    return sorted(left, key=lambda promise: (promise.next_on, promise.who.kana))
