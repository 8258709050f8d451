"""The letter of asking (依頼状): one page, made beside the request that asked for it."""

import datetime as dt
from uuid import UUID

from crm.approvals.models import ApprovalKind
from crm.approvals.queries import approval_for, is_required
from crm.candidates import queries
from crm.candidates.lines import WholeCandidate
from crm.candidates.policy import may_receive
from crm.jobs.asking import PaperOrder
from crm.jobs.models import Job
from crm.jobs.papers import Asked, Paper, order_paper, paper_job
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.liaisons.queries import asking_rule_on

MAKE = "candidates.letter"
LETTER = N_("依頼状")
TITLE = "地域安全連絡員のお願い"
ANSWER = (
    "お返事は、お電話でも、お会いしたときでも、どのような形でも結構です。書面や押印は要りません。"
    "お考えになる時間が必要なときは、どうぞごゆっくりお考えください。"
)


def ask_for_letter(
    db: ScopedSession, actor: Actor, candidate_id: UUID, order: PaperOrder, *, now: dt.datetime
) -> Job:
    """Have the letter to a candidate made and return the job.

    Conflict for whoever is not to be asked (any more); Forbidden before the decision, where the
    station has askings decided.
    """
    if not may_receive(actor):
        raise Forbidden
    whole = queries.whole_candidate(db, candidate_id)
    if not whole.may_be_written_to:
        raise Conflict
    if whole.awaits_asking and not _is_decided(db, actor, whole, local_day(now)):
        raise Forbidden(N_("決裁を受けると、依頼状を作成できます。"))
    args = {"candidate_id": str(candidate_id)}
    asked = order_paper(db, actor, MAKE, args, order, title=LETTER, now=now)
    audit.record(db, actor, "candidate.written_to", now=now, subject=whole.holder.subject)
    return asked


@paper_job(MAKE)
def letter(db: ScopedSession, asked: Asked) -> Paper:
    """Return the letter in the station's words of the day."""
    today = local_day(asked.now)
    whole = queries.whole_candidate(db, UUID(asked.args["candidate_id"]))
    rule = asking_rule_on(db, today)
    honorific = "様" if whole.holder.person_id else "御中"
    data = {
        "title": TITLE,
        "date": wareki(today),
        "to": f"{whole.name}　{honorific}",
        "from": f"{asked.actor.station_name}長",
        "opening": rule.words[0],
        "points": rule.words[1:],
        "answer": ANSWER,
        "contact": f"担当　{asked.actor.signature}",
    }
    return Paper(f"{LETTER}.pdf", "letter", data)


def _is_decided(db: ScopedSession, actor: Actor, whole: WholeCandidate, day: dt.date) -> bool:
    if not is_required(db, actor, ApprovalKind.LIAISON_REQUEST, day):
        return True
    decision = approval_for(db, ApprovalKind.LIAISON_REQUEST, whole.holder.subject)
    return decision is not None and decision.is_approved
