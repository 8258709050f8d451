"""What can be done next for somebody, by whom; a page offers one act at a time."""

import datetime as dt
from enum import StrEnum

from crm.consents.policy import may_record_consent
from crm.contacts.models import Holder
from crm.kernel.actor import Actor, Role
from crm.kernel.i18n import N_
from crm.liaisons.models import LiaisonState
from crm.liaisons.policy import may_note_candidate, may_record_answer
from crm.liaisons.standing import Course


class Act(StrEnum):
    """One thing to put on record; its value is the noun in its address."""

    APPROACH = "approach"
    ANSWER = "answer"
    CONSENTS = "consents"
    WITHDRAWAL = "withdrawal"
    ENDING = "ending"
    CONTACT = "contact"
    WILLINGNESS = "willingness"


ACT_LABELS = {
    Act.APPROACH: N_("依頼を記録する"),
    Act.ANSWER: N_("回答を記録する"),
    Act.CONSENTS: N_("同意を変更する"),
    Act.WITHDRAWAL: N_("取りやめの申出を記録する"),
    Act.ENDING: N_("終了を記録する"),
    Act.CONTACT: N_("窓口担当者を確認する"),
    Act.WILLINGNESS: N_("依頼してよいとの申出を記録する"),
}


def acts_offered(
    actor: Actor,
    holder: Holder,
    course: Course,
    day: dt.date,
    *,
    has_consent: bool,
    cool_off_days: int,
) -> list[Act]:
    """Return what `actor` may do next, the likeliest first.

    Nothing here leads to an active liaison but the answer to an asking.
    """
    if not actor.is_police:
        # nobody is asked to serve elsewhere, but contacts may agree to be known to the police
        return [Act.CONSENTS] if may_record_consent(actor) else []
    if not may_record_answer(actor):
        return []
    offered = _for_recorder(holder, course, day, has_consent=has_consent)
    if Act.APPROACH in offered and not _may_ask(actor, course, day, cool_off_days):
        offered.remove(Act.APPROACH)
    return offered


def may_propose(actor: Actor, course: Course, day: dt.date, cool_off_days: int) -> bool:
    """Whether `actor` may propose them to the network office."""
    free = {LiaisonState.NONE, LiaisonState.DECLINED, LiaisonState.ENDED}
    return (
        may_note_candidate(actor)
        and course.state_on(day) in free
        and not course.wants_no_asking()
        and not course.left_alone_on(day, cool_off_days)
    )


def act_at_hand(offered: list[Act], holder: Holder, course: Course, day: dt.date) -> Act | None:
    """Return the act a page opens by itself; none where nothing is being waited for."""
    term = course.open_term(day)
    if term and term.contact_needs_review and Act.CONTACT in offered and holder.organization_id:
        return Act.CONTACT
    waiting = {LiaisonState.NONE, LiaisonState.CANDIDATE, LiaisonState.ASKED}
    return offered[0] if offered and course.state_on(day) in waiting else None


def _may_ask(actor: Actor, course: Course, day: dt.date, cool_off_days: int) -> bool:
    """Whether `actor` finds the way to an asking: to ask again too soon, only a chief does."""
    if course.wants_no_asking():
        return False
    is_chief = actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    return is_chief or not course.left_alone_on(day, cool_off_days)


def _for_recorder(holder: Holder, course: Course, day: dt.date, *, has_consent: bool) -> list[Act]:
    state = course.state_on(day)
    if state is LiaisonState.ASKED:
        return [Act.ANSWER]
    if state in {LiaisonState.ACCEPTED, LiaisonState.ACTIVE}:
        running = any(term.valid_to is None for term in course.terms)
        contact = [Act.CONTACT] if running and holder.organization_id else []
        return [*contact, Act.CONSENTS, Act.WITHDRAWAL, *([Act.ENDING] if running else [])]
    willing = [Act.WILLINGNESS] if course.last_no() else []
    return [Act.APPROACH, *willing, *([Act.CONSENTS] if has_consent else [])]
