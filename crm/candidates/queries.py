"""Reading candidates: the inbox of the network office, one's own proposals, one with its steps."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import Staff, Unit
from crm.areas.models import Area
from crm.candidates.lines import CandidateLine, StepLine, Totals, WholeCandidate
from crm.candidates.models import NOT_YET_ASKED, OPEN, CandidateStep
from crm.contacts.lines import PersonLine
from crm.contacts.models import Holder, Organization, Person, Telephone, about
from crm.contacts.queries import people_where
from crm.kernel.columns import Key
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.text import search_key
from crm.liaisons.models import CandidateState, LiaisonCandidate

NAMESAKES_SHOWN = 5


class Shown(StrEnum):
    """Which candidates of a station a list shows."""

    INBOX = "inbox"
    MINE = "mine"
    STATION = "station"
    ENDED = "ended"


def candidate_to_change(db: ScopedSession, candidate_id: UUID) -> LiaisonCandidate:
    """Return a candidate and keep others from changing it; NotFound outside the own station."""
    found = db.exec(
        select(LiaisonCandidate).where(col(LiaisonCandidate.id) == candidate_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def candidate_sent_as(
    db: ScopedSession, station_id: UUID, client_key: UUID
) -> LiaisonCandidate | None:
    """Return the candidate a form made already; no other is made of it while this one looks."""
    db.exec(select(Unit.id).where(Unit.id == station_id).with_for_update(key_share=True)).one()
    return db.exec(
        select(LiaisonCandidate).where(
            LiaisonCandidate.station_id == station_id, LiaisonCandidate.client_key == client_key
        )
    ).first()


def open_candidates_about(db: ScopedSession, holder: Holder) -> Sequence[LiaisonCandidate]:
    """Return what is on its way about somebody, to be carried on."""
    return db.exec(
        select(LiaisonCandidate)
        .where(about(LiaisonCandidate, holder), col(LiaisonCandidate.state).in_(OPEN))
        .order_by(col(LiaisonCandidate.noticed_on))
    ).all()


def sent_already(db: ScopedSession, client_key: UUID) -> UUID | None:
    """Return which candidate a form made when it was sent before."""
    return db.exec(
        select(LiaisonCandidate.id).where(LiaisonCandidate.client_key == client_key)
    ).first()


def candidates_about(db: ScopedSession, holder: Holder) -> Sequence[LiaisonCandidate]:
    """Return every proposal of somebody, the oldest first."""
    return db.exec(
        select(LiaisonCandidate)
        .where(about(LiaisonCandidate, holder))
        .order_by(col(LiaisonCandidate.noticed_on), col(LiaisonCandidate.id))
    ).all()


def news_for(db: ScopedSession, staff_id: UUID) -> Sequence[LiaisonCandidate]:
    """Return whose fate their proposer has yet to see."""
    return db.exec(
        select(LiaisonCandidate).where(
            LiaisonCandidate.noticed_by == staff_id, col(LiaisonCandidate.has_news).is_(True)
        )
    ).all()


@cache
def news_rows() -> AnySelect:
    """Select whose fate the proposer `staff_id` has yet to see; built once."""
    return sa.select(col(LiaisonCandidate.id)).where(
        col(LiaisonCandidate.noticed_by) == sa.bindparam("staff_id", type_=Key()),
        col(LiaisonCandidate.has_news).is_(True),
    )


def whole_candidate(db: ScopedSession, candidate_id: UUID) -> WholeCandidate:
    """Return a candidate with its names and steps; two statements, NotFound as above."""
    rows = db.rows(
        sa.select(
            LiaisonCandidate,
            Person,
            Organization,
            col(Area.name),
            col(Staff.family_name),
            col(Staff.given_name),
        )
        .outerjoin(Person, col(Person.id) == col(LiaisonCandidate.person_id))
        .outerjoin(Organization, col(Organization.id) == col(LiaisonCandidate.organization_id))
        .outerjoin(Area, col(Area.id) == col(LiaisonCandidate.area_id))
        .join(Staff, col(Staff.id) == col(LiaisonCandidate.noticed_by))
        .where(col(LiaisonCandidate.id) == candidate_id)
    )
    if not rows:
        raise NotFound
    candidate, person, organization, area_name, family_name, given_name = rows[0]
    held = person or organization
    proposer = f"{family_name} {given_name}".strip()
    return WholeCandidate(
        candidate, held.name, held.kana, area_name or "", proposer, _steps_of(db, candidate_id)
    )


def candidates_shown(
    db: ScopedSession, shown: Shown, *, staff_id: UUID, number: int = 1
) -> Page[CandidateLine]:
    """Return a page of the station's candidates.

    In the inbox the longest waiting come first, those to be received before all others; elsewhere
    the newest.
    """
    of_list = _of_list(shown, staff_id)
    total = db.exec(select(sa.func.count()).select_from(LiaisonCandidate).where(of_list)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(LiaisonCandidate, Person, Organization)
        .outerjoin(Person, col(Person.id) == col(LiaisonCandidate.person_id))
        .outerjoin(Organization, col(Organization.id) == col(LiaisonCandidate.organization_id))
        .where(of_list)
        .order_by(*_in_order(shown))
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([_line(*row) for row in rows], total, number)


def totals_since(db: ScopedSession, first: dt.date) -> Totals:
    """Return how many of what was proposed from a day on stand where, of the whole station."""
    rows = db.rows(
        sa.select(col(LiaisonCandidate.state), sa.func.count())
        .where(col(LiaisonCandidate.noticed_on) >= first)
        .group_by(col(LiaisonCandidate.state))
    )
    count = Counter({CandidateState(state): number for state, number in rows})
    return Totals(
        open=sum(count[state] for state in NOT_YET_ASKED),
        asked=count[CandidateState.ASKED],
        accepted=count[CandidateState.ACCEPTED],
        declined=count[CandidateState.DECLINED],
    )


def namesakes(
    db: ScopedSession, name: str, reading: str, numbers: Collection[str], day: dt.date
) -> Sequence[PersonLine]:
    """Return people on record who may be the one just typed: by name, reading or telephone.

    `numbers` are E.164. Three statements, however many there are.
    """
    same = [col(Person.search_key).contains(search_key(name), autoescape=True)]
    if reading:
        same.append(col(Person.search_key).contains(search_key(reading), autoescape=True))
    if numbers:
        called = sa.select(col(Telephone.person_id)).where(
            col(Telephone.person_id).is_not(None), col(Telephone.e164).in_(numbers)
        )
        same.append(col(Person.id).in_(called))
    return people_where(db, sa.or_(*same), day=day, limit=NAMESAKES_SHOWN)


def _line(
    candidate: LiaisonCandidate, person: Person | None, organization: Organization | None
) -> CandidateLine:
    held = person or organization
    own = ("post", "noticed_on", "unit_id", "state", "state_on", "not_before", "has_news")
    return CandidateLine(
        candidate.id,
        Holder(candidate.person_id, candidate.organization_id),
        held.name if held else "",
        held.kana if held else "",
        *(getattr(candidate, name) for name in own),
    )


def _of_list(shown: Shown, staff_id: UUID) -> sa.ColumnElement[bool]:
    if shown is Shown.MINE:
        return sa.and_(col(LiaisonCandidate.noticed_by) == staff_id)
    is_open = col(LiaisonCandidate.state).in_(OPEN)
    return ~is_open if shown is Shown.ENDED else is_open


def _in_order(shown: Shown) -> list[Any]:
    newest: list[Any] = [col(LiaisonCandidate.state_on).desc(), col(LiaisonCandidate.id).desc()]
    if shown is Shown.INBOX:
        turns = ((col(LiaisonCandidate.state) == state, turn) for turn, state in enumerate(OPEN))
        return [sa.case(*turns), sa.asc(col(LiaisonCandidate.state_on)), *newest]
    if shown is Shown.MINE:
        return [col(LiaisonCandidate.has_news).desc(), *newest]
    return newest


def _steps_of(db: ScopedSession, candidate_id: UUID) -> Sequence[StepLine]:
    rows = db.rows(
        sa.select(*(getattr(CandidateStep, name) for name in StepLine._fields))
        .where(col(CandidateStep.candidate_id) == candidate_id)
        .order_by(col(CandidateStep.at), col(CandidateStep.id))
    )
    return [StepLine(*row) for row in rows]
