"""Copies of a roster on paper: to whom each went, and that it came back or was shredded."""

import datetime as dt
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.rosters.issue_queries import acts_of, copy_of, issue_line, last_copy, lock_numbers
from crm.rosters.models import CopyAct, RosterCopy, RosterCopyAct
from crm.rosters.policy import require_issuer

MOST_AT_ONCE = 100
BEFORE_ISSUE = N_("「渡した日」は発行の日から今日までの日付を入力してください。")
BEFORE_HANDED = N_("渡した日から今日までの日付を入力してください。")
DONE_ALREADY = N_("この部は、もう記録されています。")


def hand_out_copies(
    db: ScopedSession,
    actor: Actor,
    issue_id: UUID,
    to: list[str],
    *,
    on: dt.date,
    now: dt.datetime,
) -> list[RosterCopy]:
    """Put on record that a copy each went to `to`, numbered on from the last one."""
    station_id = _station(actor)
    issue = issue_line(db, issue_id)
    if not local_day(issue.issued_at) <= on <= local_day(now):
        raise Refused(BEFORE_ISSUE, field="handed_on")
    if len(to) > MOST_AT_ONCE:
        raise Refused(
            N_("一度に記録できるのは%(most)s部までです。"), field="handed_to", most=MOST_AT_ONCE
        )
    lock_numbers(db, station_id)
    first = last_copy(db, issue_id) + 1
    copies = [
        RosterCopy(
            agency_id=actor.agency_id,
            station_id=station_id,
            issue_id=issue_id,
            number=number,
            handed_to=whom,
            handed_on=on,
            recorded_by=actor.staff_id,
            recorder_name=actor.name,
            recorded_at=now,
        )
        for number, whom in enumerate(to, first)
    ]
    db.add_all(copies)
    db.flush()
    _audit(db, actor, "roster.copies_handed_out", issue_id, now, count=len(copies))
    return copies


def take_back(
    db: ScopedSession, actor: Actor, copy_id: UUID, act: CopyAct, *, on: dt.date, now: dt.datetime
) -> RosterCopy:
    """Put on record that a copy came back or was shredded; Refused for what is said already."""
    station_id = _station(actor)
    copy = copy_of(db, copy_id)
    if not copy.handed_on <= on <= local_day(now):
        raise Refused(BEFORE_HANDED, field="acted_on")
    done = acts_of(db, copy_id)
    # whoever shredded a copy did not give it back
    if act in done or CopyAct.SHREDDED in done:
        raise Refused(DONE_ALREADY, field="acted_on")
    db.add(
        RosterCopyAct(
            agency_id=actor.agency_id,
            station_id=station_id,
            copy_id=copy_id,
            act=act,
            acted_on=on,
            recorded_by=actor.staff_id,
            recorder_name=actor.name,
            recorded_at=now,
        )
    )
    db.flush()
    _audit(db, actor, f"roster.copy_{act}", copy.issue_id, now, count=copy.number)
    return copy


def _station(actor: Actor) -> UUID:
    require_issuer(actor)
    if actor.station_id is None:
        raise Forbidden
    return actor.station_id


def _audit(
    db: ScopedSession, actor: Actor, action: str, issue_id: UUID, now: dt.datetime, *, count: int
) -> None:
    audit.record(db, actor, action, now=now, subject=("roster_issue", issue_id), count=count)
