"""Reading a beat's handover, and which beats there are with who is posted at each."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import BOXES, Staff, StaffAssignment, Unit, UnitKind, UnitPlacement
from crm.contacts.models import Holder
from crm.contacts.naming import Named, named_of
from crm.contacts.vacancy_queries import NEW_FOR
from crm.handovers.brief import (
    Brief,
    Change,
    Contact,
    Liaison,
    Planned,
    Post,
    Promise,
    Reading,
    Request,
    Written,
    still_promised,
)
from crm.handovers.brief_queries import areas_of, brief_selects
from crm.handovers.models import BeatBrief, BriefReading
from crm.handovers.policy import may_write
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day, start_of_day
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.notes import queries as notes
from crm.requests.models import state_label

SOON = dt.timedelta(days=120)
PLANS_LAST = dt.timedelta(days=366)
"""A plan nobody acted on for a year is forgotten."""


def brief_of(db: ScopedSession, actor: Actor, unit_id: UUID, day: dt.date) -> Brief:
    """Return the handover of a beat, a box or a section as of `day`; three statements.

    Who serves where and whose areas they are is of `day`; what is open is what is open now.
    NotFound for a unit that is not the own station's.
    """
    return brief_and_right(db, actor, unit_id, day)[0]


def _brief(db: ScopedSession, units: notes.UnitBook, unit_id: UUID, day: dt.date) -> Brief:
    own = units.below(unit_id, day)
    areas = areas_of(db, [*own, *units.above(unit_id, day)], units.above(unit_id, day), own, day)
    found = together(
        db,
        brief_selects(),
        day=day,
        unit=unit_id,
        units=list(own),
        areas=list(areas),
        new_since=day - NEW_FOR,
        soon=day + SOON,
        planned_since=start_of_day(day - PLANS_LAST),
    )
    written, readings, officers, serving, promises, asked, *cares, last, ending, vacant = found
    liaisons = _liaisons(serving, areas)
    known = {liaison.who.holder for liaison in liaisons}
    return Brief(
        unit_id=unit_id,
        name=_whole_name(units, unit_id, day),
        day=day,
        officers=sorted({f"{row.family_name} {row.given_name}".strip() for row in officers}),
        areas=list(areas.values()),
        written=Written(*written[0]) if written else None,
        readings=sorted((Reading(*row) for row in readings), key=lambda one: one.read_at),
        promises=still_promised(_planned(promises, own, known)),
        requests=_requests(asked, own, areas),
        cares=_cares(map(named_of, chain(*cares)), liaisons),
        contacts=_contacts(last, units),
        liaisons=liaisons,
        changes=_changes(ending, vacant),
    )


def brief_and_right(
    db: ScopedSession, actor: Actor, unit_id: UUID, day: dt.date
) -> tuple[Brief, bool]:
    """Return a handover, and whether `actor` writes what must be known of the beat."""
    units = notes.unit_book(db, actor.station_id)
    if unit_id not in units.units():
        raise NotFound
    return _brief(db, units, unit_id, day), may_write(actor, in_line(units, unit_id, day))


def in_line(units: notes.UnitBook, unit_id: UUID, day: dt.date) -> frozenset[UUID]:
    """Return a unit, the box it belongs to, and what stands below it."""
    return units.below(unit_id, day) | set(units.above(unit_id, day)[:2])


def posts_on(db: ScopedSession, actor: Actor, day: dt.date) -> Sequence[Post]:
    """Return the boxes and beats of the own station on `day`, with who is posted there.

    Beats stand after their box. One statement.
    """
    asked = {"station": actor.station_id, "day": day}
    units, officers, written, read = together(db, _post_selects(), **asked)
    posted: dict[UUID, set[str]] = {}
    for row in officers:
        name = f"{row.family_name} {row.given_name}".strip()
        posted.setdefault(row.unit_id, set()).add(name)
    words = {row.unit_id: local_day(row.updated_at) for row in written}
    readers: dict[UUID, list[tuple[str, dt.date]]] = {}
    for row in sorted(read, key=lambda row: row.read_at):
        readers.setdefault(row.unit_id, []).append((row.name, local_day(row.read_at)))
    names = {row.unit_id: row.name for row in units}
    boxes = [row for row in units if row.kind in BOXES]
    ordered: list[Post] = []
    for box in sorted(boxes, key=_order):
        beats = [row for row in units if row.parent_id == box.unit_id]
        for unit in (box, *sorted(beats, key=_order)):
            of_box = unit is box
            name = unit.name if of_box else f"{names[box.unit_id]}　{unit.name}"
            staff = set(posted.get(unit.unit_id, ()))
            if of_box:
                staff |= {who for beat in beats for who in posted.get(beat.unit_id, ())}
            ordered.append(
                Post(
                    unit.unit_id,
                    name,
                    sorted(staff),
                    words.get(unit.unit_id),
                    readers.get(unit.unit_id, ()),
                )
            )
    return ordered


def brief_to_change(db: ScopedSession, unit_id: UUID) -> BeatBrief | None:
    """Return what is written of a beat, held until this transaction ends."""
    return db.exec(select(BeatBrief).where(BeatBrief.unit_id == unit_id).with_for_update()).first()


def has_read(db: ScopedSession, unit_id: UUID, staff_id: UUID, revision: int) -> bool:
    """Whether somebody confirmed having read a beat's handover with these words in it."""
    found = db.exec(
        select(BriefReading.id).where(
            BriefReading.unit_id == unit_id,
            BriefReading.staff_id == staff_id,
            BriefReading.revision == revision,
        )
    ).first()
    return found is not None


def _whole_name(units: notes.UnitBook, unit_id: UUID, day: dt.date) -> str:
    """Return what a unit is called; a beat with its box."""
    name = units.name(unit_id, day)
    above = units.above(unit_id, day)
    is_beat = units.kind(unit_id, day) is UnitKind.BEAT
    return f"{units.name(above[1], day)}　{name}" if is_beat and len(above) > 1 else name


def _liaisons(rows: Iterable[Any], areas: Mapping[UUID, str]) -> list[Liaison]:
    found: dict[Holder, Liaison] = {}
    for row in sorted(rows, key=lambda row: row.kana_sort):
        who = named_of(row)
        area = areas.get(row.area_id, "")
        if known := found.get(who.holder):
            found[who.holder] = known._replace(areas=f"{known.areas}・{area}")
            continue
        last_at = row.last_at or row.last_there_at
        found[who.holder] = Liaison(
            who,
            area,
            row.valid_to,
            row.contact_needs_review,
            local_day(last_at) if last_at else None,
        )
    return list(found.values())


def _cares(careful: Iterable[Named], liaisons: Iterable[Liaison]) -> list[Named]:
    """Return everybody with whom something is to be minded, each once."""
    of_liaisons = (liaison.who for liaison in liaisons if liaison.who.care_note)
    found = {who.holder: who for who in (*careful, *of_liaisons)}
    return sorted(found.values(), key=lambda who: who.kana)


def _planned(rows: Iterable[Any], own: frozenset[UUID], known: set[Holder]) -> list[Planned]:
    planned = [
        Planned(
            Promise(named_of(row), row.next_on, row.note_id),
            row.unit_id,
            row.happened_at,
            row.last_at or row.last_there_at,
        )
        for row in rows
        if row.person_id or row.organization_id
    ]
    return [one for one in planned if one.unit_id in own or one.promise.who.holder in known]


def _requests(
    rows: Iterable[Any], own: frozenset[UUID], areas: Mapping[UUID, str]
) -> list[Request]:
    return [
        Request(row.id, row.words, row.heard_on, row.due_on, state_label(row.state, row.outcome))
        for row in sorted(rows, key=lambda row: (row.heard_on, row.id))
        if own & {row.unit_id, row.heard_unit_id} or row.area_id in areas
    ]


def _contacts(rows: Iterable[Any], units: notes.UnitBook) -> list[Contact]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    contacts = []
    for of_note in found.values():
        first = of_note[0]
        people = {
            Holder(person_id=row.person_id): f"{row.family_name} {row.given_name}".strip()
            for row in of_note
            if row.person_id
        }
        bodies = {
            Holder(organization_id=row.organization_id): row.organization_name
            for row in of_note
            if row.organization_id
        }
        contacts.append(
            Contact(
                first.id,
                first.happened_at,
                first.outcome,
                list((people | bodies).items()),
                first.heard or first.told,
                units.section(first.unit_id, local_day(first.happened_at)),
            )
        )
    return sorted(contacts, key=lambda one: (one.happened_at, one.note_id), reverse=True)


def _changes(ending: Iterable[Any], vacant: Iterable[Any]) -> list[Change]:
    changes = [
        Change(
            named_of(row)._replace(care_note=""),
            f"{row.at_name or ''} {row.title or row.post_name}".strip(),
            row.valid_to,
            is_over=False,
        )
        for row in ending
    ]
    changes += [
        Change(
            named_of(row)._replace(care_note=""),
            row.title or row.post_name,
            row.valid_to,
            is_over=True,
        )
        for row in vacant
    ]
    return sorted(changes, key=lambda one: (not one.is_over, one.ends_on, one.who.kana))


def _order(row: Any) -> tuple[str, str]:  # noqa: ANN401 - a row of units
    return (row.kana_sort, row.name)


@cache
def _post_selects() -> tuple[AnySelect, ...]:
    """Select a station's boxes and beats, who is posted there, what is written, who read it."""
    at_station = col(UnitPlacement.station_id) == sa.bindparam("station", type_=Key())
    here = sa.and_(at_station, holds(UnitPlacement, DAY))
    units = (
        sa.select(
            *(col(UnitPlacement.unit_id), col(UnitPlacement.parent_id), col(Unit.kind)),
            *(col(UnitPlacement.name), col(UnitPlacement.kana_sort)),
        )
        .join(Unit, col(Unit.id) == col(UnitPlacement.unit_id))
        .where(here, col(Unit.kind).in_((*BOXES, UnitKind.BEAT)))
    )
    posted = (
        sa.select(col(StaffAssignment.unit_id), col(Staff.family_name), col(Staff.given_name))
        .join(Staff, col(Staff.id) == col(StaffAssignment.staff_id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(StaffAssignment.unit_id))
        .where(here, holds(StaffAssignment, DAY))
    )
    written = sa.select(col(BeatBrief.unit_id), col(BeatBrief.updated_at))
    reading = BriefReading
    read = sa.select(col(reading.unit_id), col(reading.name), col(reading.read_at))
    return units, posted, written, read
