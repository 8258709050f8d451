"""Reading meetings: what comes and what was, one meeting with everybody, who can be invited."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import UnitPlacement
from crm.areas.models import Area
from crm.bodies.models import HAS_HOLDER, Body, BodyMember
from crm.contacts.models import OWNERS, Holder, Organization, Owner, Person
from crm.contacts.naming import NAMES, named_of
from crm.contacts.post_queries import posts_of
from crm.contacts.queries import KNOWN
from crm.kernel.clock import local_day
from crm.kernel.columns import Moment, holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.meetings.lines import Invitee, MeetingLine, PartyLine, WholeMeeting
from crm.meetings.models import (
    WAS_THERE,
    Meeting,
    MeetingKind,
    MeetingParty,
    MeetingSeries,
    MeetingState,
)


class Shown(StrEnum):
    """Which meetings a list shows."""

    COMING = "coming"
    PAST = "past"


class Sieve(NamedTuple):
    """What a list of meetings is narrowed by; None lets everything through."""

    kind: MeetingKind | None = None
    body_id: UUID | None = None
    state: MeetingState | None = None


NO_SIEVE = Sieve()


def meeting_of(db: ScopedSession, meeting_id: UUID, *, to_change: bool = False) -> Meeting:
    """Return a meeting of the own station; NotFound otherwise. `to_change` keeps others from it."""
    wanted = select(Meeting).where(col(Meeting.id) == meeting_id)
    found = db.exec(wanted.with_for_update() if to_change else wanted).first()
    if found is None:
        raise NotFound
    return found


def meeting_sent_as(db: ScopedSession, station_id: UUID, client_key: UUID) -> Meeting | None:
    """Return the meeting a form made already."""
    return db.exec(
        select(Meeting).where(Meeting.station_id == station_id, Meeting.client_key == client_key)
    ).first()


def previous_in_series(db: ScopedSession, meeting: Meeting) -> Meeting | None:
    """Return the meeting before this one in its series, or of its body where it has none.

    One that was canceled is passed over. None where there is neither, or this is the first.
    """
    if meeting.series_id is not None:
        same = col(Meeting.series_id) == meeting.series_id
    elif meeting.body_id is not None:
        same = col(Meeting.body_id) == meeting.body_id
    else:
        return None
    return db.exec(
        select(Meeting)
        .where(
            same,
            col(Meeting.starts_at) < meeting.starts_at,
            col(Meeting.state) != MeetingState.CANCELED,
        )
        .order_by(col(Meeting.starts_at).desc(), col(Meeting.id).desc())
        .limit(1)
    ).first()


@cache
def coming_rows() -> AnySelect:
    """Select what is planned from `meets_from` until `meets_to`; built once, for every tour."""
    return sa.select(
        col(Meeting.id).label("meeting_id"),
        col(Meeting.title),
        col(Meeting.starts_at),
        col(Meeting.place),
    ).where(
        col(Meeting.state) == MeetingState.PLANNED,
        col(Meeting.starts_at).between(
            sa.bindparam("meets_from", type_=Moment()), sa.bindparam("meets_to", type_=Moment())
        ),
    )


def meetings_page(
    db: ScopedSession,
    which: Shown,
    sieve: Sieve = NO_SIEVE,
    *,
    since: dt.datetime,
    number: int,
) -> Page[MeetingLine]:
    """Return one page of what comes, the next first, or of what was, the last first."""
    is_past = sa.or_(col(Meeting.starts_at) < since, col(Meeting.state) != MeetingState.PLANNED)
    wanted = [is_past if which is Shown.PAST else sa.not_(is_past), *_passing(sieve)]
    total = db.exec(select(sa.func.count(col(Meeting.id))).where(*wanted)).one()
    number = min(max(1, number), Page((), total).last)
    starts = col(Meeting.starts_at)
    ordered = (
        meeting_lines()
        .where(*wanted)
        .order_by(starts.desc() if which is Shown.PAST else starts, col(Meeting.id))
    )
    return Page(lines_of(db, ordered.offset(offset_of(number)).limit(PAGE_SIZE)), total, number)


def meetings_between(
    db: ScopedSession, sieve: Sieve, first: dt.datetime, last: dt.datetime
) -> Sequence[MeetingLine]:
    """Return what begins from `first` until before `last`, in order of time."""
    starts = col(Meeting.starts_at)
    within = (starts >= first, starts < last, *_passing(sieve))
    return lines_of(db, meeting_lines().where(*within).order_by(starts, col(Meeting.id)))


def meeting_lines() -> AnySelect:
    """Select meetings as lists show them, for `lines_of`."""
    return sa.select(
        col(Meeting.id),
        col(Meeting.kind),
        col(Meeting.title),
        col(Meeting.starts_at),
        col(Meeting.place),
        col(Meeting.style),
        col(Meeting.state),
        col(Meeting.held_with),
        *_counts(),
    )


def lines_of(db: ScopedSession, statement: AnySelect) -> list[MeetingLine]:
    """Return the rows of `meeting_lines`, narrowed and ordered."""
    return [MeetingLine(*row) for row in db.rows(statement)]


def _passing(sieve: Sieve) -> list[sa.ColumnElement[bool]]:
    """Return the conditions a list is narrowed by."""
    asked = (
        (sieve.kind, col(Meeting.kind) == sieve.kind),
        (sieve.body_id, col(Meeting.body_id) == sieve.body_id),
        (sieve.state, col(Meeting.state) == sieve.state),
    )
    return [condition for value, condition in asked if value is not None]


def _counts() -> tuple[sa.ScalarSelect[int], sa.ScalarSelect[int]]:
    everybody = (
        sa.select(sa.func.count(col(MeetingParty.id)))
        .where(col(MeetingParty.meeting_id) == col(Meeting.id))
        .correlate(Meeting)
    )
    there = everybody.where(col(MeetingParty.presence).in_(WAS_THERE))
    return everybody.scalar_subquery(), there.scalar_subquery()


def whole_meeting(db: ScopedSession, meeting_id: UUID) -> WholeMeeting:
    """Return a meeting with everybody invited, in kana order; three statements.

    They stand there with the posts they held on that day. NotFound as above.
    """
    row = next(
        iter(
            db.rows(
                sa.select(
                    Meeting,
                    col(UnitPlacement.name),
                    col(Organization.name),
                    col(Body.name),
                    MeetingSeries,
                )
                .outerjoin(
                    UnitPlacement,
                    sa.and_(
                        col(UnitPlacement.unit_id) == col(Meeting.unit_id),
                        col(UnitPlacement.valid_to).is_(None),
                    ),
                )
                .outerjoin(Organization, col(Organization.id) == col(Meeting.host_organization_id))
                .outerjoin(Body, col(Body.id) == col(Meeting.body_id))
                .outerjoin(MeetingSeries, col(MeetingSeries.id) == col(Meeting.series_id))
                .where(col(Meeting.id) == meeting_id)
            )
        ),
        None,
    )
    if row is None:
        raise NotFound
    meeting, *names, series = row
    unit, host, body = (name or "" for name in names)
    return WholeMeeting(meeting, unit, host, body, series, _parties(db, meeting))


def _parties(db: ScopedSession, meeting: Meeting) -> Sequence[PartyLine]:
    rows = db.rows(
        sa.select(MeetingParty, *NAMES, _ORDER.label("kana_sort"))
        .outerjoin(Person, col(Person.id) == col(MeetingParty.person_id))
        .outerjoin(Organization, col(Organization.id) == col(MeetingParty.organization_id))
        .where(col(MeetingParty.meeting_id) == meeting.id)
        .order_by(_ORDER, col(MeetingParty.id))
    )
    posts = posts_of(db, (named_of(row).holder for row in rows), local_day(meeting.starts_at))
    return [_party(row, posts) for row in rows]


def addresses_of(db: ScopedSession, meeting_id: UUID) -> Mapping[Holder, str]:
    """Return where a letter reaches those invited, as far as that is on file; one statement."""
    rows = db.rows(
        sa.select(
            col(MeetingParty.person_id),
            col(MeetingParty.organization_id),
            sa.func.coalesce(col(Person.address), col(Organization.address)).label("address"),
        )
        .outerjoin(Person, col(Person.id) == col(MeetingParty.person_id))
        .outerjoin(Organization, col(Organization.id) == col(MeetingParty.organization_id))
        .where(col(MeetingParty.meeting_id) == meeting_id)
    )
    return {Holder(row.person_id, row.organization_id): row.address for row in rows if row.address}


def parties_to_change(db: ScopedSession, meeting_id: UUID) -> Sequence[MeetingParty]:
    """Return the rows of everybody invited to a meeting."""
    return db.exec(select(MeetingParty).where(col(MeetingParty.meeting_id) == meeting_id)).all()


def holders_invited(db: ScopedSession, meeting_id: UUID) -> frozenset[Holder]:
    """Return who is on the list of a meeting already."""
    rows = parties_to_change(db, meeting_id)
    return frozenset(Holder(row.person_id, row.organization_id) for row in rows)


def holders_to_invite_again(db: ScopedSession, meeting_id: UUID) -> Sequence[Holder]:
    """Return who was on the list of a meeting, without those who were disposed of since."""
    rows = db.rows(
        sa.select(col(MeetingParty.person_id), col(MeetingParty.organization_id))
        .outerjoin(Person, col(Person.id) == col(MeetingParty.person_id))
        .where(
            col(MeetingParty.meeting_id) == meeting_id,
            sa.or_(col(MeetingParty.person_id).is_(None), KNOWN),
        )
    )
    return [Holder(*row) for row in rows]


@cache
def attended_by(owner: Owner) -> AnySelect:
    """Select the meetings `owners` came to, or sent somebody to, for a timeline; built once."""
    return (
        sa.select(col(Meeting.starts_at), col(Meeting.title))
        .join(MeetingParty, col(MeetingParty.meeting_id) == col(Meeting.id))
        .where(
            col(getattr(MeetingParty, owner)).in_(OWNERS),
            col(MeetingParty.presence).in_(WAS_THERE),
        )
    )


@cache
def invitations_of(owner: Owner) -> AnySelect:
    """Select the meetings `owners` were on the list of, whatever came of it; built once."""
    return (
        sa.select(
            col(Meeting.starts_at),
            col(Meeting.title),
            col(MeetingParty.reply),
            col(MeetingParty.presence),
        )
        .join(MeetingParty, col(MeetingParty.meeting_id) == col(Meeting.id))
        .where(col(getattr(MeetingParty, owner)).in_(OWNERS))
    )


def invitees(
    db: ScopedSession,
    day: dt.date,
    *,
    area_id: UUID | None = None,
    body_id: UUID | None = None,
    beside: UUID | None = None,
) -> Sequence[Invitee]:
    """Return the liaisons serving on `day`, in kana order, each once; two statements.

    With `area_id` those of one area; with `body_id` who sits on that body on `day` instead, liaison
    or not, but for other agencies' members, of whom only words are kept. Whoever is on the list of
    the meeting `beside` already is left out.
    """
    wanted = _liaisons(day, area_id) if body_id is None else _members(day, body_id)
    found: dict[Holder, list[Any]] = {}
    for row in db.rows(wanted if beside is None else wanted.where(_not_invited(beside))):
        found.setdefault(named_of(row).holder, []).append(row)
    posts = posts_of(db, found, day)
    return [_invitee(holder, rows, posts.get(holder, "")) for holder, rows in found.items()]


def _not_invited(meeting_id: UUID) -> sa.ColumnElement[bool]:
    """Return the condition that a person or an organization is not on a meeting's list."""
    invited = sa.select(sa.literal(1)).where(
        col(MeetingParty.meeting_id) == meeting_id,
        sa.or_(
            col(MeetingParty.person_id) == col(Person.id),
            col(MeetingParty.organization_id) == col(Organization.id),
        ),
    )
    return sa.not_(invited.correlate(Person, Organization).exists())


def _liaisons(day: dt.date, area_id: UUID | None) -> AnySelect:
    wanted = (
        sa.select(*NAMES, _ORDER.label("kana_sort"), col(Area.name).label("area_name"))
        .select_from(LiaisonTerm)
        .outerjoin(Person, col(Person.id) == col(LiaisonTerm.person_id))
        .outerjoin(Organization, col(Organization.id) == col(LiaisonTerm.organization_id))
        .outerjoin(LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id))
        .outerjoin(Area, col(Area.id) == col(LiaisonTermArea.area_id))
        .where(holds(LiaisonTerm, day))
        .order_by(_ORDER, col(LiaisonTerm.id), col(LiaisonTermArea.position))
    )
    return wanted if area_id is None else wanted.where(col(LiaisonTermArea.area_id) == area_id)


def _members(day: dt.date, body_id: UUID) -> AnySelect:
    return (
        sa.select(*NAMES, _ORDER.label("kana_sort"), sa.literal("").label("area_name"))
        .select_from(BodyMember)
        .outerjoin(Person, col(Person.id) == col(BodyMember.person_id))
        .outerjoin(Organization, col(Organization.id) == col(BodyMember.organization_id))
        .where(
            holds(BodyMember, day),
            col(BodyMember.body_id) == body_id,
            HAS_HOLDER,
        )
        .order_by(_ORDER, col(BodyMember.id))
    )


_ORDER = sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort), "")


def _party(row: Any, posts: Mapping[Holder, str]) -> PartyLine:  # noqa: ANN401 - a row that holds NAMES
    party: MeetingParty = row[0]
    who = named_of(row)
    return PartyLine(
        party.id,
        who.holder,
        who.name,
        who.kana,
        posts.get(who.holder, ""),
        party.invited_on,
        party.channel,
        party.reply,
        party.presence,
    )


def _invitee(holder: Holder, rows: Sequence[Any], capacity: str) -> Invitee:
    areas = "、".join(dict.fromkeys(row.area_name for row in rows if row.area_name))
    who = named_of(rows[0])
    return Invitee(holder, who.name, who.kana, capacity, areas)
