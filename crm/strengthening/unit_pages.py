"""A box's part in a strengthening day: whom it is to see, its list on paper, its hours."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.exports.desk import print_out
from crm.exports.models import Export, ExportRecipient
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.strengthening import queries, service
from crm.strengthening.forms import HoursForm, ListForm
from crm.strengthening.models import REASON_LABELS
from crm.strengthening.paper import ask_for_list, part_of
from crm.strengthening.policy import may_count_hours
from crm.strengthening.results import RESULT_LABELS, counts_of
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

RESULT_TONES = {"met": "active", "absent": "waiting", "not_gone": "ended"}
"""How a result is drawn."""


@get(
    "/strengthening-days/{day_id:uuid}/units/{unit_id:uuid}",
    name="strengthening.unit",
    sync_to_thread=True,
)
def unit(desk: CurrentDesk, day_id: FromPath[UUID], unit_id: FromPath[UUID]) -> Response[str]:
    """Show whom a box is to see, with what to know before, and what came of it."""
    with desk.reads() as visit:
        return _unit_page(visit, day_id, unit_id, blank())


@post(
    "/strengthening-days/{day_id:uuid}/units/{unit_id:uuid}/hours",
    name="strengthening.hours",
    sync_to_thread=True,
)
def hours(desk: CurrentDesk, day_id: FromPath[UUID], unit_id: FromPath[UUID]) -> Response[Any]:
    """Put the hours of a box on record."""
    with desk.writes() as visit:
        require_network(visit.actor)

        def act(form: HoursForm) -> Response[None]:
            service.count_hours(
                visit.db,
                visit.actor,
                day_id,
                unit_id,
                form.hours,
                revision=form.revision,
                now=visit.now,
            )
            notice = N_("時間を記録しました。")
            return saved(visit, "strengthening.unit", notice, day_id=day_id, unit_id=unit_id)

        return submitted(visit, HoursForm, partial(_unit_page, visit, day_id, unit_id), act)


@post(
    "/strengthening-days/{day_id:uuid}/units/{unit_id:uuid}/files",
    name="strengthening.print",
    sync_to_thread=True,
)
def print_list(desk: CurrentDesk, day_id: FromPath[UUID], unit_id: FromPath[UUID]) -> Response[Any]:
    """Register the list as an export and lead to the page it is fetched from."""
    with desk.reads() as visit:
        require_network(visit.actor)
        sub = read_form(ListForm, visit.sent)
        part_of(queries.plan_of(visit.db, day_id), unit_id)
        if sub.form is None:
            return _unit_page(visit, day_id, unit_id, sub, status=422)
    try:
        return print_out(desk, partial(_ask, sub.form, day_id, unit_id, desk.settings.export_hours))
    except Refused as refusal:
        with desk.reads() as visit:
            return _unit_page(visit, day_id, unit_id, sub.refused(refusal), status=422)


def _ask(form: ListForm, day_id: UUID, unit_id: UUID, kept_hours: int, visit: Visit) -> Export:
    taking = form.taking(ExportRecipient.WITHIN, kept_hours, "", (day_id, unit_id))
    return ask_for_list(visit.db, visit.actor, day_id, unit_id, taking, now=visit.now)


def _unit_page(
    visit: Visit, day_id: UUID, unit_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_network(visit.actor)
    plan = queries.plan_of(visit.db, day_id)
    part = part_of(plan, unit_id)
    targets, touches = queries.targets_of(visit.db, plan, unit_id)
    named = [target.who.holder.subject for target in targets]
    visit.seen("strengthening.list_viewed", ("strengthening", day_id), named=named)
    says = blank(
        hours_secured=part.hours_secured,
        hours_diverted=part.hours_diverted,
        diverted_to=part.diverted_to or None,
    )
    return page(
        visit,
        "strengthening/unit.html",
        status=status,
        sub=sub if sub.values else says,
        day=plan.day,
        part=part,
        areas=plan.areas_of(unit_id),
        targets=targets,
        count=counts_of(plan.day, [part], plan.aims, touches)[0],
        reasons=REASON_LABELS,
        results=RESULT_LABELS,
        tones=RESULT_TONES,
        may_count=may_count_hours(visit.actor, unit_id) and not plan.day.cancelled_on,
        has_begun=plan.day.first_on <= local_day(visit.now),
        request_key=uuid7(),
    )


HANDLERS = [unit, hours, print_list]
