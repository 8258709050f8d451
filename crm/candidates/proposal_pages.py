"""The form in which any section proposes somebody: found or new, in under a minute."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk, Desk
from crm.candidates import queries, service
from crm.candidates.forms import NEWCOMER, CandidateForm
from crm.contacts.lines import PersonLine
from crm.contacts.models import Holder
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.kernel.phone import read_phones
from crm.liaisons.models import LiaisonCandidate
from crm.liaisons.policy import may_note_candidate
from crm.liaisons.queries import areas_of_station, holder_line
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

PROPOSED = N_("紹介しました。受理や依頼の経過は「私の紹介」でご覧になれます。")


@get("/candidates/new", name="candidates.new", sync_to_thread=True)
def new(
    desk: CurrentDesk,
    person: FromQuery[UUID | None] = None,
    organization: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Show the form: for somebody on record, an organization, or somebody new."""
    with desk.reads() as visit:
        return _form(visit, blank(who=person, organization_id=organization))


@post("/candidates", name="candidates.propose", sync_to_thread=True)
def propose(desk: CurrentDesk) -> Response[Any]:
    """Propose somebody, entering them into the book first where they are new."""
    with desk.writes() as visit:
        if not may_note_candidate(visit.actor):
            raise Forbidden

        def act(form: CandidateForm) -> Response[Any]:
            if alike := _alike(desk, visit, form):
                return _form(visit, _asked_who(visit), 422, alike)
            made = _propose(desk, visit, form)
            return saved(visit, "candidates.show", PROPOSED, candidate_id=made.id)

        return submitted(visit, CandidateForm, partial(_form, visit), act)


def _alike(desk: Desk, visit: Visit, form: CandidateForm) -> Sequence[PersonLine]:
    """Return who on record may be the one typed, while nobody has said who it is."""
    if form.who or form.organization_id or queries.sent_already(visit.db, form.request_key):
        return ()
    facts = form.person
    numbers = [
        phone.e164
        for phone in read_phones(facts.phones, area_code=desk.settings.area_code)
        if phone.e164
    ]
    return queries.namesakes(
        visit.db,
        facts.family_name + facts.given_name,
        facts.family_kana + facts.given_kana,
        numbers,
        local_day(visit.now),
    )


def _propose(desk: Desk, visit: Visit, form: CandidateForm) -> LiaisonCandidate:
    holder = _chosen(form)
    if holder:
        return service.propose(visit.db, visit.actor, holder, form.proposal, now=visit.now)
    return service.propose_newcomer(
        visit.db,
        visit.actor,
        form.person,
        form.proposal,
        area_code=desk.settings.area_code,
        now=visit.now,
    )


def _chosen(form: CandidateForm) -> Holder | None:
    """Return who of those on record is proposed; None for somebody new."""
    if form.organization_id:
        return Holder(organization_id=form.organization_id)
    return Holder(person_id=form.chosen) if form.chosen else None


def _asked_who(visit: Visit) -> Submission[Any]:
    return read_form(CandidateForm, visit.sent).refused(
        Refused(N_("同じ方と思われる登録があります。どの方かを選んでください。"), field="who")
    )


def _form(
    visit: Visit,
    sub: Submission[Any],
    status: int = 200,
    alike: Sequence[PersonLine] = (),
) -> Response[str]:
    if not may_note_candidate(visit.actor):
        raise Forbidden
    holder = _known(sub)
    line = holder_line(visit.db, holder) if holder else None
    named = [("person", one.id) for one in alike]
    visit.seen("candidate.entered", holder.subject if holder else None, named=named)
    return page(
        visit,
        "candidates/new.html",
        status=status,
        sub=sub,
        holder=holder,
        line=line,
        who=[*((one.id, one.name, _about(one)) for one in alike), _newcomer()] if alike else [],
        areas=_areas(visit),
    )


def _known(sub: Submission[Any]) -> Holder | None:
    """Return who the form is about where they were chosen before it was opened."""
    try:
        if given := sub.values.get("organization_id"):
            return Holder(organization_id=UUID(str(given)))
        given = sub.values.get("who")
        return Holder(person_id=UUID(str(given))) if given and given != NEWCOMER else None
    except ValueError:
        raise NotFound from None


def _about(person: PersonLine) -> str:
    """Return what tells somebody apart from others of the name."""
    posts = [post.label for post in person.posts]
    return "　".join([person.furigana, *posts, *(phone.raw for phone in person.phones)])


def _newcomer() -> tuple[str, str, None]:
    return NEWCOMER, translate("別の方として登録する"), None


def _areas(visit: Visit) -> list[tuple[UUID, str]]:
    if visit.actor.station_id is None:  # pragma: no cover - whoever may propose has a station
        raise Forbidden
    lines = areas_of_station(visit.db, visit.actor.station_id, local_day(visit.now))
    return [(line.id, line.name) for line in lines]


HANDLERS = [new, propose]
