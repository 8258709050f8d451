"""What must be true before an asking, an answer or an end is put on record."""

import datetime as dt
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import AcceptanceFacts
from crm.liaisons.policy import RE_ASK_AFTER_DAYS, may_record_answer
from crm.liaisons.queries import (
    areas_of_station,
    course_of,
    lock_holder,
    post_holders,
    terms_from,
)
from crm.liaisons.standing import Asking, Course


def require_recorder(actor: Actor) -> None:
    """Raise Forbidden unless `actor` may put askings and answers on record."""
    if not may_record_answer(actor):
        raise Forbidden


def station_of(actor: Actor) -> UUID:
    """Return the station `actor` acts for; Forbidden at headquarters."""
    if actor.station_id is None:
        raise Forbidden
    return actor.station_id


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


def said_no_lately(course: Course, day: dt.date) -> bool:
    """Whether the last answer was a no, less than `RE_ASK_AFTER_DAYS` before `day`."""
    answer = course.last_no()
    return answer is not None and (day - answer.on).days < RE_ASK_AFTER_DAYS


def require_asking(course: Course) -> Asking:
    """Return the asking that waits for its answer; Refused where there is none."""
    last = course.last_word(dt.date.max)
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
