"""The verbs of a body: establish, correct, dissolve, seat a member, end a term."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from crm.agencies.queries import units_on
from crm.bodies import queries
from crm.bodies.models import Body, BodyKind, BodyMember, BodyRole
from crm.contacts.filing import organization_reading
from crm.contacts.models import Holder
from crm.contacts.queries import require_known, require_reader
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.clock import local_day
from crm.kernel.columns import Stamped
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_
from crm.kernel.kana import kana_sort_key
from crm.kernel.scope import ScopedSession


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFacts:
    """What a body is; its secretariat is a unit of the own agency or, in words, another's."""

    kind: BodyKind
    name: str
    kana: str = ""
    legal_basis: str = ""
    secretariat_unit_id: UUID | None = None
    secretariat_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatFacts:
    """Who sits on a body as what, from which day; without a `holder` in words alone."""

    holder: Holder | None
    words: str = ""
    role: BodyRole = BodyRole.MEMBER
    valid_from: dt.date
    valid_to: dt.date | None = None


def establish(
    db: ScopedSession, actor: Actor, facts: BodyFacts, *, client_key: UUID, now: dt.datetime
) -> Body:
    """Put a body on file; the same form again gives the first."""
    require_reader(actor)
    assert actor.station_id is not None  # noqa: S101 - whoever reads people has a station
    _check(db, facts, local_day(now))
    if first := queries.body_sent_as(db, actor.station_id, client_key):
        return first
    body = Body(
        agency_id=actor.agency_id,
        station_id=actor.station_id,
        client_key=client_key,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
        **_columns(facts),
    )
    db.add(body)
    db.flush()
    _audit(db, actor, "body.established", body, now)
    return body


def correct(
    db: ScopedSession,
    actor: Actor,
    body_id: UUID,
    facts: BodyFacts,
    *,
    revision: int,
    now: dt.datetime,
) -> Body:
    """Say anew what a body is; Conflict where somebody else did meanwhile."""
    body = _newest(db, body_id, revision)
    _check(db, facts, local_day(now))
    for column, value in _columns(facts).items():
        setattr(body, column, value)
    _touch(body, actor, now)
    _audit(db, actor, "body.corrected", body, now)
    return body


def dissolve(
    db: ScopedSession,
    actor: Actor,
    body_id: UUID,
    day: dt.date,
    *,
    revision: int,
    now: dt.datetime,
) -> Body:
    """Put on record the last day of a body; every term that has no end yet ends with it."""
    body = _newest(db, body_id, revision)
    seats = queries.open_seats(db, body_id)
    if any(seat.valid_from > day for seat in seats):
        raise Refused(
            N_("この日より後に任期が始まる委員がいます。先に任期を終えてください。"),
            field="ended_on",
        )
    for seat in seats:
        seat.valid_to = day
        _touch(seat, actor, now)
    body.ended_on = day
    _touch(body, actor, now)
    named = [holder.subject for seat in seats if (holder := seat.holder)]
    _audit(db, actor, "body.dissolved", body, now, named)
    return body


def seat(
    db: ScopedSession, actor: Actor, body_id: UUID, facts: SeatFacts, *, now: dt.datetime
) -> BodyMember:
    """Let somebody sit on a body from a day on; nobody becomes a liaison by it.

    Refused for whoever sits there on a day of that time already; NotFound for a stranger.
    """
    body = queries.body_of(db, body_id, to_change=True)
    _check_seat(db, body, facts)
    member = BodyMember(
        agency_id=body.agency_id,
        station_id=body.station_id,
        body_id=body.id,
        role=facts.role,
        words=facts.words,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
        person_id=facts.holder.person_id if facts.holder else None,
        organization_id=facts.holder.organization_id if facts.holder else None,
    )
    db.add(member)
    _touch(body, actor, now)
    _audit(db, actor, "body.member_seated", body, now, _named(facts.holder))
    return member


def end_term(
    db: ScopedSession,
    actor: Actor,
    member_id: UUID,
    day: dt.date,
    *,
    revision: int,
    now: dt.datetime,
) -> BodyMember:
    """Put on record the last day of a term; Conflict where somebody else did meanwhile."""
    member = queries.member_of(db, member_id, to_change=True)
    if member.revision != revision:
        raise Conflict
    if day < member.valid_from:
        raise Refused(N_("終わりの日は、任期の始まりより後にしてください。"), field="valid_to")
    member.valid_to = day
    _touch(member, actor, now)
    body = queries.body_of(db, member.body_id)
    _audit(db, actor, "body.member_ended", body, now, _named(member.holder))
    return member


def _check(db: ScopedSession, facts: BodyFacts, today: dt.date) -> None:
    unit_id = facts.secretariat_unit_id
    if unit_id is not None and facts.secretariat_words:
        raise Refused(
            N_("事務局は、所属を選ぶか、言葉で入力するか、どちらか一方にしてください。"),
            field="secretariat_words",
        )
    if unit_id is not None and unit_id not in {unit.id for unit in units_on(db, today)}:
        raise Refused(N_("事務局の所属を選び直してください。"), field="secretariat_unit_id")


def _check_seat(db: ScopedSession, body: Body, facts: SeatFacts) -> None:
    first, last = facts.valid_from, facts.valid_to
    if (facts.holder is None) == (facts.words == ""):
        raise Refused(
            N_("委員を名前で探して選ぶか、他機関の職名を入力するか、どちらか一方にしてください。"),
            field="holder",
        )
    if last is not None and last < first:
        raise Refused(N_("終わりの日は、任期の始まりより後にしてください。"), field="valid_to")
    if body.ended_on is not None and (last is None or last > body.ended_on):
        raise Refused(N_("この会議体は廃止されています。"), field="valid_from")
    if facts.holder is None:
        return
    require_known(db, [facts.holder])
    if queries.sits_between(db, body.id, facts.holder, first, last):
        raise Refused(N_("その期間には、もう委員になっています。"), field="holder")


def _newest(db: ScopedSession, body_id: UUID, revision: int) -> Body:
    body = queries.body_of(db, body_id, to_change=True)
    if body.revision != revision:
        raise Conflict
    return body


def _columns(facts: BodyFacts) -> dict[str, Any]:
    kana = organization_reading(facts.kana)
    return {**asdict(facts), "kana": kana, "kana_sort": kana_sort_key(kana)}


def _named(holder: Holder | None) -> list[Subject]:
    return [holder.subject] if holder else []


def _touch(row: Stamped, actor: Actor, now: dt.datetime) -> None:
    row.revision += 1
    row.updated_at, row.updated_by = now, actor.account_id


def _audit(
    db: ScopedSession,
    actor: Actor,
    action: str,
    body: Body,
    now: dt.datetime,
    named: list[Subject] | None = None,
) -> None:
    audit.record(db, actor, action, now=now, subject=("body", body.id), named=named or ())
