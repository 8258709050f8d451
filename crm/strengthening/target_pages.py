"""Choosing whom each box is to see: proposed with its reasons, taken out or added by the chief."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts.models import Holder
from crm.contacts.name_queries import found_by_name
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.strengthening import queries, service
from crm.strengthening.forms import TargetsForm, aim_key, subject_of
from crm.strengthening.models import REASON_LABELS
from crm.strengthening.policy import require_planner
from crm.strengthening.proposal_queries import names_of_holders, proposals_for
from crm.strengthening.proposals import BoxProposals, by_unit
from crm.strengthening.queries import Plan
from crm.visiting.models import QUIET_REASON_LABELS
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

Added = Sequence[tuple[str, str]]
"""Somebody beside those proposed: what the form says of them, and what they are called."""


@get("/strengthening-days/{day_id:uuid}/targets", name="strengthening.targets", sync_to_thread=True)
def targets(desk: CurrentDesk, day_id: FromPath[UUID]) -> Response[str]:
    """Show whom each box may see and why; what was chosen before is ticked."""
    with desk.reads() as visit:
        return _targets_page(visit, day_id, desk.settings.revisit_days, blank())


@post("/strengthening-days/{day_id:uuid}/targets", name="strengthening.choose", sync_to_thread=True)
def choose(desk: CurrentDesk, day_id: FromPath[UUID]) -> Response[Any]:
    """Keep the choice, or look for somebody else by name with every tick kept."""
    with desk.writes() as visit:
        require_planner(visit.actor)
        revisit_days = desk.settings.revisit_days
        looked_for = read_form(TargetsForm, visit.sent)
        if looked_for.form and looked_for.form.find:
            return _targets_page(visit, day_id, revisit_days, looked_for)

        def act(form: TargetsForm) -> Response[None]:
            plan = queries.plan_of(visit.db, day_id)
            known = proposals_for(
                visit.db, visit.actor, plan, revisit_days=revisit_days, now=visit.now
            )
            service.choose_targets(
                visit.db,
                visit.actor,
                day_id,
                form.targets,
                {one.who.holder: one.reason for one in known},
                revision=form.revision,
                now=visit.now,
            )
            return saved(visit, "strengthening.show", N_("訪問先を決めました。"), day_id=day_id)

        shown = partial(_targets_page, visit, day_id, revisit_days)
        return submitted(visit, TargetsForm, shown, act)


def _targets_page(
    visit: Visit,
    day_id: UUID,
    revisit_days: int,
    sub: Submission[Any],
    status: int = 200,
) -> Response[str]:
    require_planner(visit.actor)
    plan = queries.plan_of(visit.db, day_id)
    proposals = proposals_for(visit.db, visit.actor, plan, revisit_days=revisit_days, now=visit.now)
    boxes = by_unit(proposals, {aim.holder for aim in plan.aims}, plan.day.first_on)
    shown = [one.who.holder for one in proposals]
    added = _added(visit, plan, sub, shown)
    named = [*(holder.subject for holder in shown), *(subject_of(key) for key, _ in added)]
    visit.seen("strengthening.targets_viewed", ("strengthening", day_id), named=named)
    return page(
        visit,
        "strengthening/targets.html",
        status=status,
        sub=sub,
        day=plan.day,
        plan=plan,
        units=plan.units,
        unit_choices=[(unit.unit_id, unit.unit_name) for unit in plan.units],
        proposals=boxes,
        added=added,
        ticked=_ticked(plan, sub, boxes.values()),
        aim_key=aim_key,
        reasons=REASON_LABELS,
        quiet_labels=QUIET_REASON_LABELS,
        revision=plan.day.revision,
    )


def _ticked(plan: Plan, sub: Submission[Any], boxes: Iterable[BoxProposals]) -> set[str]:
    """Return what is ticked: as sent, as chosen before, else whoever a visit suits first."""
    if sub.values:
        return set(sub.values.get("targets", []))
    if plan.aims:
        return {aim_key(aim.unit_id, aim.holder) for aim in plan.aims}
    return {aim_key(one.unit_id, one.who.holder) for box in boxes for one in box.first}


def _added(visit: Visit, plan: Plan, sub: Submission[Any], shown: Collection[Holder]) -> Added:
    """Return those sent who are not proposed, and those found by name, each once."""
    if sub.form is None:
        return []
    sent = {aim.holder: aim.unit_id for aim in sub.form.targets if aim.holder not in shown}
    names = names_of_holders(visit.db, sent)
    added = [(aim_key(sent[holder], holder), name) for holder, name in names.items()]
    if not sub.form.find:
        return added
    unit_id = sub.form.to_unit_id or plan.units[0].unit_id
    found = found_by_name(visit.db, sub.form.q)
    return added + [
        (aim_key(unit_id, holder), name)
        for holder, name in found
        if holder not in sent and holder not in shown
    ]


HANDLERS = [targets, choose]
