"""依頼の定め: with which words people are asked, and how long a no is left alone."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from crm.access.desk import CurrentDesk
from crm.candidates.forms import AskingRuleForm
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_
from crm.liaisons.asking import DEFAULT_RULE, POINTS
from crm.liaisons.policy import may_decide_asking, may_note_candidate
from crm.liaisons.queries import asking_rules
from crm.liaisons.settings import decide_asking
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit


@get("/candidates/rules", name="candidates.rules", sync_to_thread=True)
def rules(desk: CurrentDesk) -> Response[str]:
    """Show what holds, what held and what is to come; chiefs find the form."""
    with desk.reads() as visit:
        return _rules(visit, None)


@post("/candidates/rules", name="candidates.rule_decide", sync_to_thread=True)
def decide(desk: CurrentDesk) -> Response[Any]:
    """Decide how people are asked from a day on."""
    with desk.writes() as visit:
        if not may_decide_asking(visit.actor):
            raise Forbidden

        def act(form: AskingRuleForm) -> Response[None]:
            decide_asking(
                visit.db, visit.actor, form.rule, day=form.day, seen=form.seen, now=visit.now
            )
            return saved(visit, "candidates.rules", N_("依頼の定めを記録しました。"))

        return submitted(visit, AskingRuleForm, partial(_rules, visit), act)


def _rules(visit: Visit, sub: Submission[Any] | None, status: int = 200) -> Response[str]:
    if not may_note_candidate(visit.actor):
        raise Forbidden
    today = local_day(visit.now)
    decided = asking_rules(visit.db)
    held = next((rule for rule in decided if rule.valid_from and rule.valid_from <= today), None)
    holding = held or DEFAULT_RULE
    words = dict(zip(POINTS, holding.words, strict=True))
    newest = max((rule.id for rule in decided if rule.id), default=None)
    stale = status == Conflict.status
    return page(
        visit,
        "candidates/rules.html",
        status=status,
        sub=sub or blank(**words, cool_off_days=holding.cool_off_days, day=today),
        seen=newest if stale or sub is None else sub.values.get("seen", ""),
        holding=holding,
        decided=decided,
        may_decide=may_decide_asking(visit.actor),
        today=today,
    )


HANDLERS = [rules, decide]
