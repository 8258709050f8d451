"""A station and the partner agencies beside it: their own books, and what each gives the other."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.consents.models import (
    ConsentGrant,
    ConsentMethod,
    ConsentRecord,
    ConsentScope,
    SharedField,
)
from crm.consents.queries import Provision
from crm.consents.service import FORM_VERSION
from crm.contacts.models import OrganizationKind as Kind
from crm.contacts.models import Person, Telephone
from crm.notes.models import Occasion, Outcome
from crm.samples.answers import named_in
from crm.samples.book import Book, PostKind
from crm.samples.names import Name
from crm.samples.offices import Calendar
from crm.samples.organizations import put_organizations
from crm.samples.partners import Partner
from crm.samples.people import Community, Registry, person_columns, put_community
from crm.samples.phrases import HALL
from crm.samples.provision import Given, Giving, Side, put_link
from crm.samples.records import Contact, put_note
from crm.samples.requests import number_requests, put_request
from crm.samples.rows import Row, moment
from crm.samples.sizes import Size
from crm.samples.telephones import UnringableNumbers
from crm.samples.town import Town

F = SharedField

_TO_THE_HALL = (F.NAME, F.READING, F.POST, F.AREAS, F.PHONE, F.NOTES)
"""The address is never agreed on: a consent that names it is narrowed by the agreement."""
_TO_THE_STATION = (F.NAME, F.READING, F.POST, F.PHONE, F.NOTES)
_RECOGNIZED_BY_THE_HALL = 6
_RECOGNIZED_BY_THE_STATION = 3
_OWED = ((True, 2, None), (False, 5, 0), (True, 9, -1))
"""Whether an answer is owed, days since, and the days from today the next contact is promised."""
_DISCLOSED = "防災訓練での避難誘導について、協力を依頼するため"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One station and one partner, from their first agreement to today."""

    station: Side
    partner: Partner
    police: str
    post_types: Mapping[str, PostKind]
    calendar: Calendar

    def put(self, town: Town, provisions: Mapping[UUID, Provision], items: Sequence[Row]) -> None:
        """Put the partner's book, what both give each other and what came of it into the rows."""
        community = self._put_book(town)
        there = self._giving(self.station, self.side)
        agreement = there.agree(_TO_THE_HALL, self.calendar.shared, gives_places=True)
        given = there.give(agreement, provisions, {})
        recognized = self._recognize(there.book, given)
        known_as = {key: reference for key, (reference, _) in recognized.items()}
        self._put_notes([*known_as, *(person.id for person in community.people)])
        there.tell(given)
        there.hand_on(agreement, items)
        since = {
            **{key: day for key, (_, day) in recognized.items()},
            **{person.id: self.calendar.shared for person in community.people[::2]},
        }
        agreed = self._agreed(since)
        back = self._giving(self.side, self.station)
        returned = back.give(back.agree(_TO_THE_STATION, self.calendar.shared), agreed, known_as)
        back.tell(returned)
        self._recognize_back(back.book, [one for one in returned if one.holder_id not in known_as])

    def disclose(self, key: UUID) -> None:
        """Put a single disclosure of one contact of the station's into the rows."""
        giving = self._giving(self.station, self.side)
        giving.disclose(key, _DISCLOSED, (F.NAME, F.PHONE))

    @property
    def side(self) -> Side:
        """The partner as one that gives and receives."""
        partner = self.partner
        return Side(
            partner.rows,
            partner.agency_id,
            partner.name,
            partner.office_id,
            partner.name,
            partner.hall.section.name,
            partner.chief,
            partner.account,
            is_police=False,
        )

    def _giving(self, giver: Side, recipient: Side) -> Giving:
        book = Book(
            giver.rows.tables, giver.station_id, self.post_types.values(), self.calendar.today
        )
        return Giving(giver, recipient, book, self.calendar.today)

    def _put_book(self, town: Town) -> Community:
        """Put the contacts the partner has of its own into the rows."""
        hall, rows = self.partner.hall, self.partner.rows
        places = [place for place in town.places if place.municipality.name == hall.municipality]
        own = Town(places[: hall.areas], [], [])
        size = _book_size(hall.people, hall.areas)
        numbers = UnringableNumbers(rows.rng)
        known = put_organizations(rows, own, size, numbers, self.calendar.begins, own_areas=False)
        registry = Registry(rows, numbers, self.post_types, self.calendar.today)
        return put_community(registry, own, known, size, self.calendar.begins)

    def _recognize(self, book: Book, given: Sequence[Given]) -> dict[UUID, tuple[UUID, dt.date]]:
        """Let the hall enter some people it was given, as its own, and link them.

        Returned by its own key: the reference both know them by, and since when.
        """
        people = [one for one in given if book.person(one.holder_id)]
        return {
            _enter_again(self.side, book, one, self.station): (
                one.reference,
                one.day + dt.timedelta(days=1),
            )
            for one in people[:_RECOGNIZED_BY_THE_HALL]
        }

    def _recognize_back(self, book: Book, given: Sequence[Given]) -> None:
        people = [one for one in given if book.person(one.holder_id)]
        for one in people[:_RECOGNIZED_BY_THE_STATION]:
            _enter_again(self.station, book, one, self.side)

    def _agreed(self, since: Mapping[UUID, dt.date]) -> dict[UUID, Provision]:
        """Put consents that name the police, each after a day, into the rows and return them."""
        rows, agency_id = self.partner.rows, self.station.agency_id
        agreed: dict[UUID, Provision] = {}
        for person_id, begins in since.items():
            left = (self.calendar.today - begins).days
            day = begins + dt.timedelta(days=rows.rng.randint(1, max(left - 1, 1)))
            notes = [F.NOTES] if rows.rng.random() < 0.5 else []  # noqa: PLR2004 - half let notes go
            fields = [F.NAME, F.READING, F.PHONE, *notes]
            record_id = rows.put(
                ConsentRecord,
                day,
                person_id=person_id,
                organization_id=None,
                form_version=FORM_VERSION,
                decided_on=day,
                method=ConsentMethod.WRITTEN,
                recorded_by=self.partner.chief,
                recorded_at=moment(day, 17),
            )
            rows.put(
                ConsentGrant,
                day,
                record_id=record_id,
                scope=ConsentScope.MUNICIPALITY,
                **named_in(agency_id, self.police, fields),
                valid_from=day,
            )
            agreed[person_id] = Provision(agency_id, self.police, frozenset(fields), day, None)
        return agreed

    def _put_notes(self, people: Sequence[UUID]) -> None:
        partner, rng = self.partner, self.partner.rows.rng
        span = (self.calendar.today - self.calendar.shared).days
        met: dict[UUID, int] = {}
        for ago in sorted(
            (rng.randrange(1, span) for _ in range(partner.hall.notes)), reverse=True
        ):
            day = self.calendar.today - dt.timedelta(days=ago)
            author = rng.choice(partner.crew.at(partner.section_id, day))
            person_id = rng.choice(people)
            met[person_id] = ago
            self._put_note(ago, author, person_id)
        self._leave_work_for_today(sorted(people, key=lambda key: met.get(key, span), reverse=True))
        number_requests(partner.rows)

    def _leave_work_for_today(self, people: Sequence[UUID]) -> None:
        """Write what the employee with the sample account still owes to some not met lately."""
        employee = self.partner.crew.samples.get(self.partner.section_id)
        if employee is None:
            return
        for person_id, (asks, ago, promised) in zip(people, _OWED, strict=False):
            self._put_note(ago, employee, person_id, asks=asks, promised=promised)

    def _put_note(
        self,
        ago: int,
        author: UUID,
        person_id: UUID,
        *,
        asks: bool = False,
        promised: int | None = None,
    ) -> None:
        partner, rng, today = self.partner, self.partner.rows.rng, self.calendar.today
        topic = rng.choice(HALL)
        contact = Contact(
            day=today - dt.timedelta(days=ago),
            unit_id=partner.section_id,
            author_id=author,
            account=partner.crew.accounts[author],
            occasion=rng.choice((Occasion.MEETING, Occasion.AT_STATION, Occasion.OTHER)),
            outcome=Outcome.MET,
            persons=[person_id],
            organizations=[],
            heard=rng.choice(topic.heard),
            told=rng.choice(topic.told),
            next_on=None if promised is None else today + dt.timedelta(days=promised),
        )
        note = put_note(partner.rows, contact)
        if asks:
            put_request(partner.rows, note)


def _enter_again(side: Side, book: Book, given: Given, giver: Side) -> UUID:
    """Put a person known from a copy into one's own rows, with the link that says who it is."""
    known = book.person(given.holder_id) or {}
    parts = ("family_name", "given_name", "family_kana", "given_kana")
    columns = person_columns(
        Name(*(known[part] for part in parts)), read=F.READING in given.ground.fields
    )
    day = given.day + dt.timedelta(days=1)
    person_id = side.rows.put(Person, day, **columns)
    if F.PHONE in given.ground.fields:
        for phone in book.phones(given.holder_id):
            kept = {name: phone[name] for name in _NUMBER}
            side.rows.put(Telephone, day, person_id=person_id, organization_id=None, **kept)
    holder = {"person_id": person_id, "organization_id": None}
    put_link(side, holder, giver, day, given.reference)
    return person_id


_NUMBER = ("position", "raw", "e164", "extension", "kind", "label", "note", "last4")


def _book_size(people: int, areas: int) -> Size:
    none = dict.fromkeys(Kind, 0)
    return Size(
        columns=areas,
        rows=1,
        group=1,
        boxes=0,
        elementary=0,
        junior_high=0,
        officers=0,
        residents=0,
        persons=people,
        liaisons=0,
        notes=0,
        organizations={**none, Kind.VOLUNTEER_GROUP: 2, Kind.OTHER: 1},
    )
