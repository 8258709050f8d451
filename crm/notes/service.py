"""The verbs of the activity record: log, correct, take up what was heard as a request."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.bulletins.queries import handed_with
from crm.bulletins.service import hand_over, require_handable
from crm.contacts.models import Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day, tour_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.scope import ScopedSession
from crm.notes import log_queries, policy, queries
from crm.notes.log_queries import Known
from crm.notes.models import (
    ActivityNote,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteStaff,
    Occasion,
    Outcome,
)
from crm.requests.models import CommunityRequest
from crm.requests.service import RequestFacts, receive

CLOCKS_DIFFER = dt.timedelta(minutes=5)
OLDEST_YEARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteContent:
    """What a note says; the part a correction may change."""

    occasion: Occasion
    outcome: Outcome
    happened_at: dt.datetime
    heard: str = ""
    told: str = ""


class HeardFrom(NamedTuple):
    """Who took part in the contact in which something was heard."""

    person_ids: frozenset[UUID]
    organization_ids: frozenset[UUID]


CONTENT = tuple(field.name for field in fields(NoteContent))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFacts(NoteContent):
    """A contact to be put on record; the author always takes part, others of staff by choice.

    `client_key` is made once for each form, so that sending it twice is one note.
    `information_ids` are the items handed over. With `needs_reply` what was heard is a request.
    `entered_at` is when it was written where no network reached; what it plans was planned then.
    """

    client_key: UUID
    person_ids: frozenset[UUID] = frozenset()
    organization_ids: frozenset[UUID] = frozenset()
    staff_ids: frozenset[UUID] = frozenset()
    information_ids: frozenset[UUID] = frozenset()
    needs_reply: bool = False
    next_on: dt.date | None = None
    entered_at: dt.datetime | None = None


def log_activity(
    db: ScopedSession, actor: Actor, facts: NoteFacts, *, now: dt.datetime
) -> ActivityNote:
    """Put a contact on record, with each member of staff's unit on the day it happened.

    The same form sent again gives the first note; sent again with other words it raises Conflict.
    NotFound when a person, organization or item is not the station's; Refused for what cannot be
    true and for an item that may not be handed to them.
    """
    station_id = _station_of(actor)
    _check(facts, now)
    _check_plans(facts, facts.entered_at or now)
    day = local_day(facts.happened_at)
    known = _known_of(db, actor, facts, day)
    if known.sent:
        return _same(db, queries.note_of(db, known.sent), facts)
    if (known.people, known.organizations) != (facts.person_ids, facts.organization_ids):
        raise NotFound
    require_handable(db, facts.information_ids, day, field="information_ids")
    units = _units_at_the_time(actor, facts, known)
    note = _new_note(actor, facts, station_id, units[actor.staff_id], now)
    db.add(note)
    db.flush()
    _add_parties(db, note, facts, units)
    hand_over(db, note, facts.information_ids)
    if facts.needs_reply:
        _receive(db, actor, note, HeardFrom(facts.person_ids, facts.organization_ids), now)
    audit.record(
        db,
        actor,
        "note.logged",
        now=now,
        subject=("note", note.id),
        persons=sorted(map(str, facts.person_ids)),
        organizations=sorted(map(str, facts.organization_ids)),
        information=sorted(map(str, facts.information_ids)),
    )
    return note


def correct_note(
    db: ScopedSession,
    actor: Actor,
    note_id: UUID,
    content: NoteContent,
    *,
    revision: int,
    now: dt.datetime,
) -> ActivityNote:
    """Say a note anew and keep what it said before (訂正).

    Forbidden for others than its author and the chiefs; Conflict when somebody corrected it since
    `revision`; Refused for what cannot be true. Nothing changes when nothing differs.
    """
    note = queries.note_to_change(db, note_id)
    require_may_correct(actor, note)
    if note.revision != revision:
        raise Conflict
    _check(content, now)
    changed = [name for name in CONTENT if getattr(note, name) != getattr(content, name)]
    if not changed:
        return note
    db.add(_what_it_said(note, actor, now))
    for name in changed:
        setattr(note, name, getattr(content, name))
    note.revision += 1
    note.updated_at, note.updated_by = now, actor.account_id
    db.flush()
    _keep_links_in_step(db, note)
    audit.record(db, actor, "note.corrected", now=now, subject=("note", note.id), fields=changed)
    return note


def ask(db: ScopedSession, actor: Actor, note_id: UUID, *, now: dt.datetime) -> CommunityRequest:
    """Open a request from what a note heard: one tap. Tapped twice, it is the first one.

    Refused where nothing was heard.
    """
    note = queries.note_of(db, note_id)
    parties = [party.holder for party in queries.parties_of(db, note_id)]
    heard_from = HeardFrom(
        frozenset(holder.person_id for holder in parties if holder.person_id),
        frozenset(holder.organization_id for holder in parties if holder.organization_id),
    )
    return _receive(db, actor, note, heard_from, now)


def require_may_correct(actor: Actor, note: ActivityNote) -> None:
    """Raise Forbidden unless `actor` may correct `note`."""
    if not policy.may_correct(actor, note):
        raise Forbidden


def _station_of(actor: Actor) -> UUID:
    if actor.station_id is None or not actor.reads_people:
        raise Forbidden
    return actor.station_id


def _check(content: NoteContent, now: dt.datetime) -> None:
    if content.outcome is not Outcome.ABSENT and not (content.heard or content.told):
        raise Refused("聞いたこと、または伝えたことを一文で入力してください。", field="heard")
    if content.happened_at > now + CLOCKS_DIFFER:
        raise Refused("日時は、今より前を入力してください。", field="happened_at")
    if local_day(content.happened_at) < _years_before(local_day(now), OLDEST_YEARS):
        raise Refused(
            "日時は、%(years)s年前より後を入力してください。",
            field="happened_at",
            years=OLDEST_YEARS,
        )


def _check_plans(facts: NoteFacts, now: dt.datetime) -> None:
    if facts.needs_reply and not facts.heard:
        raise Refused("回答が必要なときは、聞いたことを入力してください。", field="heard")
    if facts.next_on is not None and facts.next_on < tour_day(now):
        raise Refused("次回の予定は、今日以後の日付を入力してください。", field="next_on")
    if not facts.person_ids and not facts.organization_ids:
        raise Refused("相手を一人または一団体以上選んでください。", field="person_ids")


def _same(db: ScopedSession, first: ActivityNote, facts: NoteFacts) -> ActivityNote:
    said = (first.occasion, first.outcome, first.heard, first.told)
    about = {party.holder for party in queries.parties_of(db, first.id)}
    told_of = {
        *(Holder(person_id=key) for key in facts.person_ids),
        *(Holder(organization_id=key) for key in facts.organization_ids),
    }
    same_words = said == (facts.occasion, facts.outcome, facts.heard, facts.told)
    handed = handed_with(db, first.id)
    if not same_words or about != told_of or handed != facts.information_ids:
        raise Conflict("この記録は登録済みです。直すときは、記録を開いて訂正してください。")
    return first


def _known_of(db: ScopedSession, actor: Actor, facts: NoteFacts, day: dt.date) -> Known:
    return log_queries.known_of(
        db,
        actor.staff_id,
        facts.client_key,
        people=facts.person_ids,
        organizations=facts.organization_ids,
        staff=facts.staff_ids | {actor.staff_id},
        station_id=actor.station_id,
        day=day,
    )


def _units_at_the_time(actor: Actor, facts: NoteFacts, known: Known) -> Mapping[UUID, UUID]:
    wanted = facts.staff_ids | {actor.staff_id}
    # somebody who came to the station since then writes from the unit held now
    units = {actor.staff_id: actor.unit_id, **known.units}
    if wanted - units.keys():
        raise Refused(
            "その日に当署にいなかった職員が含まれています。同席した職員を選び直してください。",
            field="staff_ids",
        )
    return units


def _new_note(
    actor: Actor, facts: NoteFacts, station_id: UUID, unit_id: UUID, now: dt.datetime
) -> ActivityNote:
    return ActivityNote(
        agency_id=actor.agency_id,
        station_id=station_id,
        author_id=actor.staff_id,
        unit_id=unit_id,
        occasion=facts.occasion,
        outcome=facts.outcome,
        happened_at=facts.happened_at,
        heard=facts.heard,
        told=facts.told,
        next_on=facts.next_on,
        client_key=facts.client_key,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )


def _add_parties(
    db: ScopedSession, note: ActivityNote, facts: NoteFacts, units: Mapping[UUID, UUID]
) -> None:
    owner = {"agency_id": note.agency_id, "station_id": note.station_id, "note_id": note.id}
    at, outcome = note.happened_at, note.outcome
    for id_ in facts.person_ids:
        db.add(NotePerson(**owner, person_id=id_, happened_at=at, outcome=outcome))
    for id_ in facts.organization_ids:
        db.add(NoteOrganization(**owner, organization_id=id_, happened_at=at, outcome=outcome))
    for staff_id in facts.staff_ids | {note.author_id}:
        db.add(NoteStaff(**owner, staff_id=staff_id, unit_id=units[staff_id]))


def _receive(
    db: ScopedSession, actor: Actor, note: ActivityNote, heard_from: HeardFrom, now: dt.datetime
) -> CommunityRequest:
    facts = RequestFacts(
        words=note.heard,
        heard_on=min(local_day(note.happened_at), local_day(now)),
        client_key=note.id,
        person_ids=heard_from.person_ids,
        organization_ids=heard_from.organization_ids,
        note_id=note.id,
        heard_unit_id=note.unit_id,
    )
    return receive(db, actor, facts, now=now)


def _keep_links_in_step(db: ScopedSession, note: ActivityNote) -> None:
    """Repeat when and how the contact was where its people and organizations are found by it."""
    said = {"happened_at": note.happened_at, "outcome": note.outcome}
    for link in (NotePerson, NoteOrganization):
        db.exec(sa.update(link).where(col(link.note_id) == note.id).values(said))


def _what_it_said(note: ActivityNote, actor: Actor, now: dt.datetime) -> NoteCorrection:
    return NoteCorrection(
        agency_id=note.agency_id,
        station_id=note.station_id,
        note_id=note.id,
        corrected_at=now,
        corrected_by=actor.staff_id,
        occasion=note.occasion,
        outcome=note.outcome,
        happened_at=note.happened_at,
        heard=note.heard,
        told=note.told,
    )


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
