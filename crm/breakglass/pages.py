"""緊急閲覧: the form headquarters fills in, the one person it opens, and the list to review."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.access.policy import may_open
from crm.agencies.models import UnitKind
from crm.agencies.queries import units_on
from crm.breakglass import queries, service
from crm.breakglass.forms import OpeningForm, ReviewForm
from crm.breakglass.models import FINDING_LABELS
from crm.breakglass.policy import may_hear, may_review
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.kernel.kana import furigana
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]


@get("/openings/new", name="breakglass.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form that opens one person."""
    with desk.reads() as visit:
        return _form(visit, blank())


@post("/openings", name="breakglass.open", sync_to_thread=True)
def open_person(desk: CurrentDesk) -> Answer:
    """Open the one person of that name for half an hour."""
    with desk.writes() as visit:
        _require_opener(visit)
        sub = read_form(OpeningForm, visit.sent)
        if sub.form is None:
            return _form(visit, sub, status=422)
        facts = service.OpeningFacts(**sub.form.model_dump())
        try:
            service.open_person(visit.db, visit.actor, facts, now=visit.now)
        except Refused as refusal:
            # who looks for a name that is not there is on record as well
            visit.seen("person.sought", ("unit", facts.station_id), basis="breakglass")
            return _form(visit, sub.refused(refusal), status=422)
        return saved(visit, "breakglass.show")


@get("/opened-person", name="breakglass.show", sync_to_thread=True)
def show(desk: CurrentDesk) -> Response[str]:
    """Show the person that is open, and the minutes left."""
    with desk.reads() as visit:
        _require_opener(visit)
        opened = queries.opened_person(visit.db, visit.actor, local_day(visit.now))
        visit.seen(
            "person.viewed",
            ("person", opened.person.id),
            fields=["name", "phones", "address", "posts", "care_note"],
            basis="breakglass",
        )
        left = opened.until - visit.now
        return page(
            visit,
            "breakglass/show.html",
            opened=opened,
            person=opened.person,
            family_furigana=furigana(opened.person.family_kana),
            given_furigana=furigana(opened.person.given_kana),
            minutes=max(1, -(-left.seconds // 60)),
        )


@post("/opened-person/end", name="breakglass.close", sync_to_thread=True)
def close(desk: CurrentDesk) -> Response[None]:
    """End the opening before its time."""
    with desk.writes() as visit:
        _require_opener(visit)
        service.close_person(visit.db, visit.actor, now=visit.now)
        return saved(visit, "breakglass.index", N_("緊急閲覧を終了しました。"))


@get("/openings", name="breakglass.index", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show the own openings to headquarters, those of the station to chiefs, all to the auditor."""
    with desk.reads() as visit:
        actor = visit.actor
        if not (may_open(actor) or may_hear(actor)):
            raise NotFound
        found = queries.openings(visit.db, local_day(visit.now))
        visit.seen("openings.listed", count=len(found))
        return page(
            visit,
            "breakglass/index.html",
            openings=found,
            opens=may_open(actor),
            reviews=may_review(actor),
            findings=FINDING_LABELS,
        )


@get("/openings/{opening_id:uuid}/review", name="breakglass.review", sync_to_thread=True)
def review(desk: CurrentDesk, opening_id: FromPath[UUID]) -> Response[str]:
    """Ask what was found of an opening."""
    with desk.reads() as visit:
        return _review(visit, opening_id, blank())


@post("/openings/{opening_id:uuid}/review", name="breakglass.reviewed", sync_to_thread=True)
def reviewed(desk: CurrentDesk, opening_id: FromPath[UUID]) -> Answer:
    """Put on record what was found of an opening."""
    with desk.writes() as visit:
        sub = read_form(ReviewForm, visit.sent)
        if sub.form is None:
            return _review(visit, opening_id, sub, status=422)
        said: dict[str, Any] = sub.form.model_dump()
        service.review_opening(visit.db, visit.actor, opening_id, **said, now=visit.now)
        return saved(visit, "breakglass.index", N_("点検の結果を記録しました。"))


def _require_opener(visit: Visit) -> None:
    if not may_open(visit.actor):
        raise NotFound


def _form(visit: Visit, sub: Submission[OpeningForm], *, status: int = 200) -> Response[str]:
    _require_opener(visit)
    units = units_on(visit.db, local_day(visit.now))
    return page(
        visit,
        "breakglass/new.html",
        status=status,
        sub=sub,
        stations=[(unit.id, unit.name) for unit in units if unit.kind is UnitKind.STATION],
        minutes=service.LASTS.seconds // 60,
    )


def _review(
    visit: Visit, opening_id: UUID, sub: Submission[ReviewForm], *, status: int = 200
) -> Response[str]:
    opening = service.opening_to_review(visit.db, visit.actor, opening_id)
    return page(
        visit,
        "breakglass/review.html",
        status=status,
        opening=opening,
        knows_person=visit.actor.station_id == opening.station_id,
        sub=sub,
        findings=[(finding, translate(label)) for finding, label in FINDING_LABELS.items()],
    )


HANDLERS = [new, open_person, show, close, index, review, reviewed]
