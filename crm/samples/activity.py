"""Five years of activity notes: who met whom, what was heard and told, and what was answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm.bulletins.models import NoteInformation
from crm.contacts.models import OrganizationKind as Kind
from crm.notes.models import NoteCorrection, Occasion, Outcome
from crm.samples import phrases
from crm.samples.crew import Crew
from crm.samples.network import Network, Party
from crm.samples.offices import Station
from crm.samples.people import Community
from crm.samples.phrases import Topic
from crm.samples.places import SPOTS
from crm.samples.records import Contact, put_note
from crm.samples.requests import number_requests, put_answer, put_request
from crm.samples.rows import Row, Rows, moment
from crm.samples.sheets import Shelf
from crm.samples.sizes import Size

_ACTIVE_SHARE = 0.82
_ABSENT_SHARE = 0.11
_BY_SECTION_SHARE = 0.22
_ASKS_SHARE = 0.2
_CORRECTED_SHARE = 0.02
_FORGOTTEN_SHARE = 0.002
_PLANNED_SHARE = 0.2
_HANDED_SHARE = 0.15
_QUIET_DAYS = 260
_AROUND_TODAY = 45
_AT_A_MEETING = 5

_OCCASIONS = {
    Occasion.PATROL_VISIT: 52,
    Occasion.PATROL: 12,
    Occasion.MEETING: 8,
    Occasion.CAMPAIGN: 6,
    Occasion.PHONE: 14,
    Occasion.AT_STATION: 6,
    Occasion.OTHER: 2,
}
_OCCASION_LOTS = [occasion for occasion, lots in _OCCASIONS.items() for _ in range(lots)]
_TOPICS_OF_OCCASION = {
    Occasion.MEETING: phrases.MEETING,
    Occasion.CAMPAIGN: phrases.CAMPAIGN,
    Occasion.AT_STATION: phrases.AT_STATION,
}
_TOPICS_OF_KIND = {
    Kind.SCHOOL: phrases.SCHOOL,
    Kind.PRESCHOOL: phrases.SCHOOL,
    Kind.BUSINESS: phrases.SHOP,
    Kind.SHOPKEEPERS_ASSOCIATION: phrases.SHOP,
}
_RESIDENTS_TOPICS = (*phrases.STREET, *phrases.WATCHING, *phrases.ASSOCIATION)
_SECTIONS = ("地域課", "地域交通課", "生活安全課", "生活安全課", "交通課")


@dataclass(frozen=True, slots=True)
class _Visit:
    """One contact being written down."""

    party: Party
    day: dt.date
    unit_id: UUID
    author_id: UUID
    occasion: Occasion
    outcome: Outcome

    @property
    def talked(self) -> bool:
        """Whether both sides spoke."""
        return self.outcome is not Outcome.ABSENT


def put_activity(
    rows: Rows,
    station: Station,
    crew: Crew,
    community: Community,
    network: Network,
    shelf: Shelf,
    size: Size,
) -> None:
    """Put the station's notes, oldest first, into `rows`."""
    writer = _Writer(rows, station, crew, community, network, shelf)
    calendar = station.calendar
    span = (calendar.today - calendar.begins).days
    days = sorted(rows.rng.randrange(1, span) for _ in range(size.notes))
    for day in days:
        writer.write(calendar.begins + dt.timedelta(days=day))
    writer.leave_work_for_today()
    number_requests(rows)


@dataclass(frozen=True, slots=True)
class _Writer:
    rows: Rows
    station: Station
    crew: Crew
    community: Community
    network: Network
    shelf: Shelf

    def write(self, day: dt.date) -> None:
        """Write down one contact of `day` with somebody of the network or beside it."""
        rng = self.rows.rng
        lot = self.network.active if rng.random() < _ACTIVE_SHARE else self.network.others
        party = rng.choice(lot)
        box = self.station.box_of(party.place.id, day)
        ago = (self.station.calendar.today - day).days
        if box is self.station.quiet and ago < _QUIET_DAYS:
            party = self._elsewhere(lot)
            box = self.station.box_of(party.place.id, day)
        unit_id = self._section() if rng.random() < _BY_SECTION_SHARE else box.id
        visit = self._visit(party, day, unit_id, rng.choice(self.crew.at(unit_id, day)))
        self._put(visit)

    def leave_work_for_today(self) -> None:
        """Write what the officer with the sample account still owes: answers and visits."""
        first = self.station.boxes[0]
        officer = self.crew.samples.get(first.id)
        if officer is None:
            return
        today = self.station.calendar.today
        near = [
            party
            for party in self.network.active
            if self.station.box_of(party.place.id, today) is first
        ]
        for order, party in enumerate(near[: len(_OWED)]):
            asks, ago, promised = _OWED[order]
            day = today - dt.timedelta(days=ago)
            visit = _Visit(party, day, first.id, officer, Occasion.PATROL_VISIT, Outcome.MET)
            next_on = None if promised is None else today + dt.timedelta(days=promised)
            topic = phrases.STREET[order % len(phrases.STREET)]
            spot = SPOTS[order % len(SPOTS)]
            heard = topic.heard[order % len(topic.heard)].format(spot=spot, town=party.place.name)
            note = self._put_note(visit, heard, topic.told[0], next_on=next_on)
            if asks:
                put_request(self.rows, note)

    def _elsewhere(self, lot: Sequence[Party]) -> Party:
        quiet = self.station.quiet
        return next(
            party
            for party in iter(lambda: self.rows.rng.choice(lot), None)
            if self.station.after[party.place.id] is not quiet
        )

    def _section(self) -> UUID:
        open_sections = [name for name in _SECTIONS if name in self.station.sections]
        return self.station.sections[self.rows.rng.choice(open_sections)]

    def _visit(self, party: Party, day: dt.date, unit_id: UUID, author_id: UUID) -> _Visit:
        rng = self.rows.rng
        occasion = rng.choice(_OCCASION_LOTS)
        if occasion is Occasion.PHONE and party.id in self.network.no_phone:
            occasion = Occasion.PATROL_VISIT
        outcome = Outcome.PHONE if occasion is Occasion.PHONE else Outcome.MET
        reachable = occasion in {Occasion.PATROL_VISIT, Occasion.PHONE}
        if reachable and rng.random() < _ABSENT_SHARE:
            outcome = Outcome.ABSENT
        return _Visit(party, day, unit_id, author_id, occasion, outcome)

    def _put(self, visit: _Visit) -> None:
        if not visit.talked:
            self._put_note(visit, "", self.rows.rng.choice(phrases.ABSENT))
            return
        rng = self.rows.rng
        heard, told, reply = self._said(visit, rng.choice(self._topics(visit)))
        asks = bool(heard and reply) and rng.random() < _ASKS_SHARE
        note = self._put_note(visit, heard, told, next_on=self._promise(visit.day))
        if asks:
            self._reply(visit, put_request(self.rows, note), reply)

    def _topics(self, visit: _Visit) -> tuple[Topic, ...]:
        if visit.occasion in _TOPICS_OF_OCCASION:
            return _TOPICS_OF_OCCASION[visit.occasion]
        known = visit.party.organization or (visit.party.person and visit.party.person.workplace)
        return _TOPICS_OF_KIND.get(known.kind, _RESIDENTS_TOPICS) if known else _RESIDENTS_TOPICS

    def _said(self, visit: _Visit, topic: Topic) -> tuple[str, str, str]:
        """Return what was heard, what was told and what may be answered; at times not all."""
        rng = self.rows.rng
        facts = {"town": visit.party.place.name, "spot": rng.choice(SPOTS)}
        which = rng.randrange(len(topic.heard))
        heard, told = topic.heard[which].format(**facts), rng.choice(topic.told)
        reply = topic.replies[which] if topic.replies else ""
        draw = rng.random()
        if draw < 0.12:  # noqa: PLR2004 - told alone
            return "", told, ""
        return (heard, "", reply) if draw > 0.8 else (heard, told, reply)  # noqa: PLR2004 - heard alone

    def _promise(self, day: dt.date) -> dt.date | None:
        today, rng = self.station.calendar.today, self.rows.rng
        if (today - day).days > _AROUND_TODAY or rng.random() > _PLANNED_SHARE:
            return None
        return max(day, today + dt.timedelta(days=rng.randint(-6, 14)))

    def _put_note(
        self,
        visit: _Visit,
        heard: str,
        told: str,
        *,
        next_on: dt.date | None = None,
    ) -> Row:
        rng = self.rows.rng
        persons, organizations = self._present(visit)
        pair = rng.random() < 0.3  # noqa: PLR2004 - officers often go in pairs
        contact = Contact(
            day=visit.day,
            unit_id=visit.unit_id,
            author_id=visit.author_id,
            account=self.crew.accounts.get(visit.author_id),
            occasion=visit.occasion,
            outcome=visit.outcome,
            persons=persons,
            organizations=organizations,
            colleagues=[rng.choice(self.crew.at(visit.unit_id, visit.day))] if pair else [],
            heard=heard,
            told=told,
            next_on=next_on,
        )
        note = put_note(self.rows, contact)
        if rng.random() < _CORRECTED_SHARE:
            self._correct(visit, note)
        if visit.talked and rng.random() < _HANDED_SHARE:
            self._hand_over(visit, note["id"])
        return note

    def _hand_over(self, visit: _Visit, note_id: UUID) -> None:
        """Put on record that a sheet of the author's unit was handed over, where there was one."""
        if items := self.shelf.for_liaisons(visit.unit_id, visit.day):
            item_id = self.rows.rng.choice(items)
            self.rows.put(NoteInformation, visit.day, note_id=note_id, item_id=item_id)

    def _present(self, visit: _Visit) -> tuple[list[UUID], list[UUID]]:
        """Return the persons and organizations of a contact: several at a meeting."""
        rng, party = self.rows.rng, visit.party
        persons = [party.person.id] if party.person else []
        organizations = [party.organization.id] if party.organization else []
        if not visit.talked:
            return persons, organizations
        if party.organization and rng.random() < 0.7:  # noqa: PLR2004 - its head was met
            persons.append(self.community.heads[party.organization.id].id)
        if party.person and party.person.workplace and rng.random() < 0.5:  # noqa: PLR2004 - as above
            organizations.append(party.person.workplace.id)
        if visit.occasion in {Occasion.MEETING, Occasion.CAMPAIGN}:
            neighbors = self.community.residents[party.place.id]
            few = rng.randint(1, min(_AT_A_MEETING, len(neighbors)))
            persons += [neighbor.id for neighbor in rng.sample(neighbors, few)]
        return persons, organizations

    def _reply(self, visit: _Visit, request: Row, text: str) -> None:
        """Tell back what became of it after some days; the newest and a few old ones stay open."""
        rng, today = self.rows.rng, self.station.calendar.today
        told_on = visit.day + dt.timedelta(days=rng.randint(2, 24))
        if told_on >= today or rng.random() < _FORGOTTEN_SHARE:
            return
        told_by, unit_id = self._who_answers(visit, told_on)
        put_answer(self.rows, request, told_on, told_by, unit_id, text, visit.party.called)

    def _who_answers(self, visit: _Visit, day: dt.date) -> tuple[UUID, UUID]:
        """Let whoever asked answer while still there, else a colleague who is."""
        unit_id = visit.unit_id
        if not self.crew.at(unit_id, day):
            unit_id = self.station.box_of(visit.party.place.id, day).id
        present = self.crew.at(unit_id, day)
        return (visit.author_id if visit.author_id in present else present[0]), unit_id

    def _correct(self, visit: _Visit, note: dict[str, Any]) -> None:
        """Keep the slip a note said before it was corrected the next day."""
        slips = [slip for slip in phrases.CORRECTED if slip[0] in note["heard"] + note["told"]]
        corrected_on = visit.day + dt.timedelta(days=1)
        present = visit.author_id in self.crew.at(visit.unit_id, corrected_on)
        if not slips or not present or corrected_on >= self.station.calendar.today:
            return
        right, slip = self.rows.rng.choice(slips)
        self.rows.put(
            NoteCorrection,
            corrected_on,
            note_id=note["id"],
            corrected_at=moment(corrected_on, 9),
            corrected_by=visit.author_id,
            occasion=note["occasion"],
            outcome=note["outcome"],
            happened_at=note["happened_at"],
            heard=note["heard"].replace(right, slip),
            told=note["told"].replace(right, slip),
        )
        note["revision"], note["updated_at"] = 2, moment(corrected_on, 9)


_OWED = (
    (True, 3, 0),
    (True, 6, None),
    (False, 8, 0),
    (True, 12, 2),
    (False, 15, 1),
    (False, 20, -2),
    (True, 27, None),
    (False, 30, 6),
)
"""Whether an answer is owed, days since the visit, and the days from today the next is promised."""
