"""The verbs of the activity record: log, correct, take up what was heard as a request."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.queries import Office, other_offices
from crm.areas.queries import area_of
from crm.bulletins.queries import handed_with
from crm.bulletins.service import hand_over, require_handable
from crm.contacts.models import Holder, HolderKeys
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.notes import form_queries, log_queries, policy, queries
from crm.notes.checks import require_credible, require_listed, require_possible
from crm.notes.log_queries import Known
from crm.notes.models import (
    ActivityNote,
    GroupProblem,
    NoteCompanion,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteStaff,
    Occasion,
    Outcome,
    PhraseUse,
)
from crm.requests.models import CommunityRequest, Source
from crm.requests.service import RequestFacts, receive


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteContent:
    """What a note says; the part a correction may change."""

    occasion: Occasion
    outcome: Outcome
    happened_at: dt.datetime
    heard: str = ""
    told: str = ""
    advice: str = ""
    problem: str = ""


class HeardFrom(NamedTuple):
    """Who took part in the contact in which something was heard."""

    person_ids: frozenset[UUID]
    organization_ids: frozenset[UUID]


class Beside(NamedTuple):
    """Another agency's office that took part, and who came from it."""

    station_id: UUID
    names: str = ""


CONTENT = tuple(field.name for field in fields(NoteContent))
SENT_AGAIN = ("occasion", "outcome", "heard", "told", "advice", "problem", "area_id")
"""What a form sent twice says twice; an open time is the time it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFacts(NoteContent):
    """A contact to be put on record; the author always takes part, others of staff by choice.

    `client_key` is made once for each form, so that sending it twice is one note.
    `information_ids` are the items handed over. With `needs_reply` what was heard is a request.
    `area_id` is where, for people nobody knows by name; `companions` are other agencies' offices
    that took part.
    `entered_at` is when it was written where no network reached; what it plans was planned then.
    """

    client_key: UUID
    person_ids: frozenset[UUID] = frozenset()
    organization_ids: frozenset[UUID] = frozenset()
    staff_ids: frozenset[UUID] = frozenset()
    information_ids: frozenset[UUID] = frozenset()
    area_id: UUID | None = None
    companions: Sequence[Beside] = ()
    needs_reply: bool = False
    next_on: dt.date | None = None
    entered_at: dt.datetime | None = None


def log_activity(
    db: ScopedSession, actor: Actor, facts: NoteFacts, *, now: dt.datetime
) -> ActivityNote:
    """Put a contact on record, with each member of staff's unit on the day it happened.

    The same form sent again gives the first note; sent again with other words it raises Conflict.
    NotFound when a person, organization or item is not the station's, or an area is none; Refused
    for what cannot be true and for an item that may not be handed to them.
    """
    station_id = _station_of(actor)
    require_credible(facts, now, handed=bool(facts.information_ids))
    require_possible(facts, facts.entered_at or now)
    day = local_day(facts.happened_at)
    known = _known_of(db, actor, facts, day)
    if known.sent:
        return _same(db, queries.note_of(db, known.sent), facts)
    if (known.people, known.organizations) != (facts.person_ids, facts.organization_ids):
        raise NotFound
    require_handable(db, facts.information_ids, day, field="information_ids")
    _require_problem(db, facts.problem, local_day(facts.entered_at or now))
    if facts.area_id:
        area_of(db, facts.area_id)
    beside = _beside(db, actor, facts, day)
    units = _units_at_the_time(actor, facts, known)
    note = _new_note(actor, facts, station_id, units[actor.staff_id], now)
    db.add(note)
    db.flush()
    _add_parties(db, note, facts, units)
    db.add_all(_companion(note, office, names) for office, names in beside)
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
    require_credible(content, now, handed=bool(handed_with(db, note_id)))
    if content.problem != note.problem:
        _require_problem(db, content.problem, local_day(now))
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
    heard_from = HeardFrom(*map(frozenset, HolderKeys.of(parties)))
    return _receive(db, actor, note, heard_from, now)


def require_may_correct(actor: Actor, note: ActivityNote) -> None:
    """Raise Forbidden unless `actor` may correct `note`."""
    if not policy.may_correct(actor, note):
        raise Forbidden


def _station_of(actor: Actor) -> UUID:
    if actor.station_id is None or not actor.reads_people:
        raise Forbidden
    return actor.station_id


def _same(db: ScopedSession, first: ActivityNote, facts: NoteFacts) -> ActivityNote:
    said = [getattr(first, name) for name in SENT_AGAIN]
    about = {party.holder for party in queries.parties_of(db, first.id)}
    told_of = {
        *(Holder(person_id=key) for key in facts.person_ids),
        *(Holder(organization_id=key) for key in facts.organization_ids),
    }
    same_words = said == [getattr(facts, name) for name in SENT_AGAIN]
    handed = handed_with(db, first.id)
    if not same_words or about != told_of or handed != facts.information_ids:
        raise Conflict("この記録は登録済みです。直すときは、記録を開いて訂正してください。")
    return first


def _require_problem(db: ScopedSession, problem: str, day: dt.date) -> None:
    """Raise Refused for a problem the station's list does not name; most need no statement."""
    if problem and problem not in set(GroupProblem):
        phrases = form_queries.phrases_on(db, day)
        require_listed(problem, phrases[PhraseUse.PROBLEM])


def _beside(
    db: ScopedSession, actor: Actor, facts: NoteFacts, day: dt.date
) -> list[tuple[Office, str]]:
    """Return the offices that took part, each once, with who came from them."""
    if not facts.companions:
        return []
    offices = {office.station_id: office for office in other_offices(db, actor, day)}
    said: dict[UUID, list[str]] = {}
    for one in facts.companions:
        said.setdefault(one.station_id, []).append(one.names)
    if not said.keys() <= offices.keys():
        raise Refused(N_("共に訪問した機関を選び直してください。"), field="companion_id")
    return [(offices[key], "、".join(filter(None, names))) for key, names in said.items()]


def _companion(note: ActivityNote, office: Office, names: str) -> NoteCompanion:
    return NoteCompanion(
        agency_id=note.agency_id,
        station_id=note.station_id,
        note_id=note.id,
        other_agency_id=office.agency_id,
        other_station_id=office.station_id,
        visited_on=local_day(note.happened_at),
        office_name=office.label[:120],
        names=names[:120],
    )


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
        advice=facts.advice,
        problem=facts.problem,
        area_id=facts.area_id,
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
    # in an area nobody is known by name
    known = heard_from.person_ids or heard_from.organization_ids
    source = Source.CONTACT if known else Source.ANONYMOUS
    facts = RequestFacts(
        words=note.heard,
        heard_on=min(local_day(note.happened_at), local_day(now)),
        client_key=note.id,
        person_ids=heard_from.person_ids,
        organization_ids=heard_from.organization_ids,
        note_id=note.id,
        heard_unit_id=note.unit_id,
        area_id=note.area_id,
        source=source,
    )
    return receive(db, actor, facts, now=now)


def _keep_links_in_step(db: ScopedSession, note: ActivityNote) -> None:
    """Repeat when and how the contact was where its people and organizations are found by it."""
    said = {"happened_at": note.happened_at, "outcome": note.outcome}
    for link in (NotePerson, NoteOrganization):
        db.exec(sa.update(link).where(col(link.note_id) == note.id).values(said))
    on = {"visited_on": local_day(note.happened_at)}
    db.exec(sa.update(NoteCompanion).where(col(NoteCompanion.note_id) == note.id).values(on))


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
        advice=note.advice,
        problem=note.problem,
    )
