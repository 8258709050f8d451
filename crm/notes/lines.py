"""Plain values screens show of activity notes, and how they are gathered from rows."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.bulletins.lines import ItemName
from crm.contacts.models import Holder
from crm.kernel.clock import local_day
from crm.kernel.kana import furigana
from crm.notes.models import Occasion, Outcome
from crm.notes.units import UnitBook
from crm.requests.models import RequestState, number_of, state_label


class StaffName(NamedTuple):
    """A member of staff with the unit at the time, and the section (課) that unit belonged to."""

    id: UUID
    name: str
    unit: str
    section: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request opened from a note: how far it is, and the answer told back."""

    id: UUID
    number: str
    label: str
    is_open: bool
    answer: str
    answered_on: dt.date | None
    by: StaffName | None


class Companion(NamedTuple):
    """Another agency's office that took part, with whoever came from it."""

    station_id: UUID
    office: str
    names: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as a timeline shows it; `staff` has its author first, `handed` is what was given.

    `asked` are the requests opened from it, `companions` other agencies' offices that took part.
    """

    id: UUID
    occasion: Occasion
    outcome: Outcome
    happened_at: dt.datetime
    heard: str
    told: str
    next_on: dt.date | None
    revision: int
    is_corrected: bool
    staff: Sequence[StaffName]
    handed: Sequence[ItemName] = ()
    asked: Sequence[Asked] = ()
    advice: str = ""
    problem: str = ""
    area_name: str = ""
    companions: Sequence[Companion] = ()


class OldWords(NamedTuple):
    """What a note said before a correction."""

    corrected_at: dt.datetime
    by: str
    occasion: Occasion
    outcome: Outcome
    happened_at: dt.datetime
    heard: str
    told: str
    advice: str = ""
    problem: str = ""


class Party(NamedTuple):
    """A person or an organization that took part."""

    holder: Holder
    name: str
    kana: str

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)


class Choice(NamedTuple):
    """One box to tick, with a remark under it."""

    id: UUID
    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """Whom a contact is recorded with; `people` and `organizations` may have been there too.

    Among people nobody knows by name it is an area, and `holder` is None. `care_note` is 配慮事項.
    """

    holder: Holder | None
    name: str
    kana: str
    people: Sequence[Choice]
    organizations: Sequence[Choice]
    area_id: UUID | None = None
    care_note: str = ""

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Who of the station was in touch lately: 「この90日で4課から6回」."""

    sections: Sequence[tuple[str, int]]
    total: int
    last_at: dt.datetime
    last_section: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The newest notes about somebody, and whether there are older ones."""

    notes: Sequence[NoteLine]
    has_more: bool


def whole_name(family: str, given: str) -> str:
    """Return a name as lists write it."""
    return f"{family} {given}".strip()


def gather_notes(rows: Iterable[sa.Row[Any]], units: UnitBook) -> list[NoteLine]:
    """Gather the rows of one select, several for a note, into notes in the same order."""
    by_note = groupby(rows, key=lambda row: row.id)
    return [_note(list(of_note), units) for _, of_note in by_note]


def sum_contacts(rows: Iterable[sa.Row[Any]], units: UnitBook) -> Mapping[Holder, Contacts]:
    """Sum contacts, given oldest first, a row for each holder and each unit that took part."""
    found: dict[Holder, dict[UUID, tuple[dt.datetime, set[str]]]] = defaultdict(dict)
    for row in rows:
        section = units.section(row.unit_id, local_day(row.happened_at))
        for holder in _holders(row.person_id, row.organization_id):
            found[holder].setdefault(row.id, (row.happened_at, set()))[1].add(section)
    return {holder: _contacts(list(notes.values())) for holder, notes in found.items()}


def _note(rows: Sequence[sa.Row[Any]], units: UnitBook) -> NoteLine:
    first = rows[0]
    day = local_day(first.happened_at)
    return NoteLine(
        id=first.id,
        occasion=first.occasion,
        outcome=first.outcome,
        happened_at=first.happened_at,
        heard=first.heard,
        told=first.told,
        next_on=first.next_on,
        revision=first.revision,
        is_corrected=first.is_corrected,
        staff=_staff(rows, units, day),
        handed=_handed(rows),
        asked=_asked(rows, units),
        advice=first.advice,
        problem=first.problem,
        area_name=first.area_name or "",
        companions=_companions(rows),
    )


def _staff(rows: Sequence[sa.Row[Any]], units: UnitBook, day: dt.date) -> list[StaffName]:
    once = {row.staff_id: row for row in rows}
    return [
        _staff_name(units, row.staff_id, row.unit_id, day, (row.family_name, row.given_name))
        for row in once.values()
    ]


def _handed(rows: Sequence[sa.Row[Any]]) -> list[ItemName]:
    once = {
        row.item_id: ItemName(row.item_id, row.item_kind, row.issue_number, row.title)
        for row in rows
        if row.item_id
    }
    return list(once.values())


def _companions(rows: Sequence[sa.Row[Any]]) -> list[Companion]:
    once = {
        row.companion_id: Companion(row.companion_id, row.office_name, row.companion_names)
        for row in rows
        if row.companion_id
    }
    return list(once.values())


def _asked(rows: Sequence[sa.Row[Any]], units: UnitBook) -> list[Asked]:
    once = {row.request_id: row for row in rows if row.request_id}
    return [
        Asked(
            row.request_id,
            number_of(row.year, row.serial),
            state_label(row.state, row.request_outcome, is_answered=row.answered_on is not None),
            row.state is not RequestState.CLOSED,
            row.answer,
            row.answered_on,
            _answered_by(row, units),
        )
        for row in once.values()
    ]


def _answered_by(row: sa.Row[Any], units: UnitBook) -> StaffName | None:
    if row.answered_on is None:
        return None
    name = (row.answerer_family_name, row.answerer_given_name)
    return _staff_name(units, row.answered_by, row.answered_unit_id, row.answered_on, name)


def _staff_name(
    units: UnitBook, staff_id: UUID, unit_id: UUID, day: dt.date, name: tuple[str, str]
) -> StaffName:
    return StaffName(
        staff_id, whole_name(*name), units.name(unit_id, day), units.section(unit_id, day)
    )


def _holders(person_id: UUID | None, organization_id: UUID | None) -> list[Holder]:
    return [
        *([Holder(person_id=person_id)] if person_id else []),
        *([Holder(organization_id=organization_id)] if organization_id else []),
    ]


def _contacts(notes: Sequence[tuple[dt.datetime, set[str]]]) -> Contacts:
    times = Counter(section for _, sections in notes for section in sections)
    last_at, last_sections = notes[-1]
    return Contacts(
        sections=sorted(times.items(), key=lambda item: (-item[1], item[0])),
        total=len(notes),
        last_at=last_at,
        last_section=min(last_sections),
    )
