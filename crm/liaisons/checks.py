"""What must be true before an asking, an answer or an end is put on record."""

import datetime as dt
from typing import Any
from uuid import UUID

from crm.agencies.queries import station_staff
from crm.contacts.models import Holder
from crm.kernel.actor import Actor, Role
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.scope import ScopedSession
from crm.liaisons.asking import Rule
from crm.liaisons.models import AcceptanceFacts, AskingFacts, Decision
from crm.liaisons.policy import may_record_answer
from crm.liaisons.queries import (
    areas_of_station,
    course_of,
    lock_holder,
    post_holders,
    terms_from,
)
from crm.liaisons.standing import Answer, Asking, Course


def require_recorder(actor: Actor) -> None:
    """Raise Forbidden unless `actor` may put askings and answers on record."""
    if not may_record_answer(actor):
        raise Forbidden


def station_of(actor: Actor) -> UUID:
    """Return the station `actor` acts for; Forbidden at headquarters."""
    if actor.station_id is None:
        raise Forbidden
    return actor.station_id


def owner(actor: Actor, holder: Holder) -> dict[str, Any]:
    """Return the columns that say whose row it is and about whom."""
    return {"agency_id": actor.agency_id, "station_id": station_of(actor), **holder.columns}


def take_course(
    db: ScopedSession, holder: Holder, day: dt.date, day_field: str, now: dt.datetime
) -> Course:
    """Take hold of what is on record and refuse a day to come or before the last one on record."""
    lock_holder(db, holder)
    course = course_of(db, holder)
    if day > local_day(now):
        raise Refused("まだ来ていない日は記録できません。", field=day_field)
    last = course.last_day()
    if last and day < last:
        raise Refused(
            "最後の記録（%(day)s）より前の日付です。その日以後の日付にしてください。",
            field=day_field,
            day=last.isoformat(),
        )
    return course


def require_free_to_ask(actor: Actor, course: Course, facts: AskingFacts, rule: Rule) -> bool:
    """Return whether this asks again somebody whose no is to be left alone; Refused unless it may.

    A chief may, with a reason on record (S1 4(2)); for whoever wishes never to be asked, nobody.
    """
    said = course.last_no()
    if said and said.asks_no_more:
        raise Refused(
            "%(day)sに、今後の依頼を望まないとの申出がありました。本人から依頼してよいとの申出が"
            "あるまで、依頼できません。",
            field="asked_on",
            day=said.on.isoformat(),
        )
    if said is None or not course.left_alone_on(facts.asked_on, rule.cool_off_days):
        return False
    if not (facts.chief_confirms and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)):
        raise Refused(
            "%(day)sにお断りになっています（記録：%(name)s）。%(count)s日を過ぎる前に、もう一度"
            "依頼するには、課長の確認が必要です。",
            field="chief_confirms",
            day=said.on.isoformat(),
            name=said.by,
            count=rule.cool_off_days,
        )
    if not facts.again_reason:
        raise Refused("もう一度依頼する理由を入力してください。", field="again_reason")
    return True


def asker_of(db: ScopedSession, actor: Actor, facts: AskingFacts) -> UUID:
    """Return who asked, somebody of the station that day; the actor where nobody is named."""
    if facts.asked_by is None or facts.asked_by == actor.staff_id:
        return actor.staff_id
    known = {one.id for one in station_staff(db, station_of(actor), facts.asked_on)}
    if facts.asked_by not in known:
        raise Refused("依頼した職員を選び直してください。", field="asked_by")
    return facts.asked_by


def require_asking(course: Course) -> Asking:
    """Return the asking that waits for its answer, thought over or not; Refused without one."""
    last = course.last_word(dt.date.max)
    if isinstance(last, Answer) and last.decision is Decision.THINKING:
        return course.askings[-1]
    if not isinstance(last, Asking):
        raise Refused("依頼の記録がありません。先に依頼を記録してください。", field="answer")
    return last


def require_fit(
    db: ScopedSession, actor: Actor, holder: Holder, facts: AcceptanceFacts, today: dt.date
) -> None:
    """Refuse an acceptance whose term cannot begin as it says."""
    if facts.starts_on < facts.decided_on:
        raise Refused("開始日は、承諾の日以後にしてください。", field="starts_on")
    if terms_from(db, holder, facts.starts_on):
        raise Refused("前の活動が終わった日より後にしてください。", field="starts_on")
    if facts.area_ids:
        offered = areas_of_station(db, station_of(actor), today)
        if not {area.id for area in offered}.issuperset(facts.area_ids):
            raise Refused("担当区域は、署の管轄から選んでください。", field="area_ids")
    if facts.contact_person_id:
        require_post(db, holder, facts.contact_person_id, today)


def require_post(db: ScopedSession, holder: Holder, person_id: UUID, day: dt.date) -> None:
    """Refuse a contact person who holds no post at the organization on `day`."""
    speakers = post_holders(db, holder.organization_id, day) if holder.organization_id else ()
    if person_id not in {speaker.person_id for speaker in speakers}:
        raise Refused(
            "窓口担当者は、この団体の役職にある方から選んでください。", field="contact_person_id"
        )
