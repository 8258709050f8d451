"""訪問の目安・控える期間: a page for each person and organization, and one for the areas."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk, Desk
from crm.contacts import queries as contacts
from crm.contacts.models import Holder
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, translate
from crm.visiting import queries, service
from crm.visiting.forms import AreaForm, CadenceForm, QuietForm
from crm.visiting.models import EVERY_LABELS, QUIET_REASON_LABELS, Every, every_of
from crm.visiting.policy import may_decide_cadence
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

ENTERED = N_("訪問を控える期間を登録しました。")
LIFTED = N_("訪問を控える期間を終えました。")
DECIDED = N_("訪問の目安を変更しました。")
Answer = Response[str] | Response[None]


@get("/people/{person_id:uuid}/visiting", name="visiting.person", sync_to_thread=True)
def for_person(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[str]:
    """Show when a person is visited and when not, with the forms that change it."""
    with desk.reads() as visit:
        return _show(visit, Holder(person_id=person_id), blank())


@get(
    "/organizations/{organization_id:uuid}/visiting",
    name="visiting.organization",
    sync_to_thread=True,
)
def for_organization(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Response[str]:
    """Show the same for an organization."""
    with desk.reads() as visit:
        return _show(visit, Holder(organization_id=organization_id), blank())


@post("/people/{person_id:uuid}/quiet-periods", name="visiting.rest", sync_to_thread=True)
def rest(desk: CurrentDesk, person_id: FromPath[UUID]) -> Answer:
    """Enter days on which a person is left in peace."""
    return _rest(desk, Holder(person_id=person_id))


@post(
    "/organizations/{organization_id:uuid}/quiet-periods",
    name="visiting.organization_rest",
    sync_to_thread=True,
)
def rest_organization(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Answer:
    """Enter days on which an organization is left in peace."""
    return _rest(desk, Holder(organization_id=organization_id))


@post("/quiet-periods/{period_id:uuid}/lifting", name="visiting.lift", sync_to_thread=True)
def lift(desk: CurrentDesk, period_id: FromPath[UUID]) -> Answer:
    """End a quiet period early."""
    with desk.writes() as visit:
        holder = service.lift(visit.db, visit.actor, period_id, now=visit.now)
        return _saved(visit, holder, LIFTED)


@post("/people/{person_id:uuid}/cadence", name="visiting.decide", sync_to_thread=True)
def decide(desk: CurrentDesk, person_id: FromPath[UUID]) -> Answer:
    """Decide after how long a visit to a person is proposed."""
    return _decide(desk, Holder(person_id=person_id))


@post(
    "/organizations/{organization_id:uuid}/cadence",
    name="visiting.organization_decide",
    sync_to_thread=True,
)
def decide_organization(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Answer:
    """Decide after how long a visit to an organization is proposed."""
    return _decide(desk, Holder(organization_id=organization_id))


@get("/visiting/areas", name="visiting.areas", sync_to_thread=True)
def areas(desk: CurrentDesk, area_id: FromQuery[UUID | None] = None) -> Response[str]:
    """Show what was decided for the station's areas, and for one of them the form that decides."""
    with desk.reads() as visit:
        return _areas(visit, blank(area_id=area_id))


@post("/visiting/areas", name="visiting.decide_area", sync_to_thread=True)
def decide_area(desk: CurrentDesk) -> Answer:
    """Decide after how long a visit to the liaisons of an area is proposed."""
    with desk.writes() as visit:

        def act(form: AreaForm) -> Response[None]:
            service.decide_area_cadence(
                visit.db, visit.actor, form.area_id, form.decided, now=visit.now
            )
            return saved(visit, "visiting.areas", DECIDED)

        return submitted(visit, AreaForm, partial(_areas, visit), act)


def _rest(desk: Desk, holder: Holder) -> Answer:
    with desk.writes() as visit:

        def act(form: QuietForm) -> Response[None]:
            service.leave_in_peace(visit.db, visit.actor, holder, form.facts, now=visit.now)
            return _saved(visit, holder, ENTERED)

        return submitted(visit, QuietForm, partial(_show, visit, holder), act)


def _decide(desk: Desk, holder: Holder) -> Answer:
    with desk.writes() as visit:

        def act(form: CadenceForm) -> Response[None]:
            service.decide_cadence(visit.db, visit.actor, holder, form.decided, now=visit.now)
            return _saved(visit, holder, DECIDED)

        return submitted(visit, CadenceForm, partial(_show, visit, holder), act)


def _saved(visit: Visit, holder: Holder, notice: str) -> Response[None]:
    kind, key = holder.subject
    return saved(visit, f"visiting.{kind}", notice, **{f"{kind}_id": key})


def _show(visit: Visit, holder: Holder, sub: Submission[Any], status: int = 200) -> Response[str]:
    today = local_day(visit.now)
    name = _name(visit, holder)
    cadence = queries.cadence_of(visit.db, holder.columns, today)
    visit.seen(f"{holder.subject[0]}.viewed", holder.subject, fields=["name", "visiting"])
    return page(
        visit,
        "visiting/show.html",
        status=status,
        sub=sub,
        holder=holder,
        name=name,
        today=today,
        periods=queries.periods_of(visit.db, holder),
        reasons=[(each, translate(label)) for each, label in QUIET_REASON_LABELS.items()],
        reason_labels=QUIET_REASON_LABELS,
        cadence=cadence,
        every=every_of(cadence.every_days) if cadence else Every.DEFAULT,
        every_labels=EVERY_LABELS,
        choices=_choices(),
        may_decide=may_decide_cadence(visit.actor),
    )


def _areas(visit: Visit, sub: Submission[Any], status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    if not may_decide_cadence(visit.actor):
        raise Forbidden
    today = local_day(visit.now)
    known = contacts.area_choices(visit.db, visit.actor, today)
    wanted = str(sub.values.get("area_id", ""))
    decided = {line.area_id: line for line in queries.area_cadences(visit.db, today)}
    return page(
        visit,
        "visiting/areas.html",
        status=status,
        sub=sub,
        areas=known,
        chosen=next((area for area in known if str(area.id) == wanted), None),
        decided=decided,
        every_of=every_of,
        every_labels=EVERY_LABELS,
        choices=_choices(),
    )


def _name(visit: Visit, holder: Holder) -> str:
    if holder.person_id:
        return contacts.person(visit.db, holder.person_id).name
    return contacts.organization(visit.db, holder.subject[1]).name


def _choices() -> list[tuple[Every, str]]:
    return [(each, translate(label)) for each, label in EVERY_LABELS.items()]


HANDLERS = [
    for_person,
    for_organization,
    rest,
    rest_organization,
    lift,
    decide,
    decide_organization,
    areas,
    decide_area,
]
