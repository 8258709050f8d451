"""The page where asking, answer, consent and end are put on record."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.consents.policy import may_record_consent
from crm.contacts.models import Holder
from crm.kernel.actor import Actor
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.forms import Form, Submission, read_form
from crm.kernel.i18n import N_
from crm.liaisons import answers, service
from crm.liaisons.acts import Act
from crm.liaisons.decisions import draft_request
from crm.liaisons.forms import (
    AcceptanceForm,
    AnswerChoice,
    AnswerForm,
    ApproachForm,
    ConsentForm,
    ContactForm,
    DeclineForm,
    EndingForm,
    RequestDraftForm,
    ThinkingForm,
    WillingnessForm,
    WithdrawalForm,
)
from crm.liaisons.policy import may_record_answer
from crm.liaisons.screen import liaison_screen
from crm.web.pages import page, saved
from crm.web.visit import Visit

F = TypeVar("F", bound=Form)
Answer = Response[str] | Response[None]
ANSWER_FORMS: Mapping[str, type[AnswerForm]] = {
    AnswerChoice.THINKING: ThinkingForm,
    AnswerChoice.DECLINED: DeclineForm,
}
"""What is asked of whoever does not accept."""


@get("/people/{person_id:uuid}/liaison", name="liaisons.person", sync_to_thread=True)
def person(desk: CurrentDesk, person_id: FromPath[UUID], act: FromQuery[str] = "") -> Response[str]:
    """Show where a person stands, how it came about, and what can be done next."""
    with desk.reads() as visit:
        return _show(visit, Holder(person_id=person_id), act)


@get(
    "/organizations/{organization_id:uuid}/liaison",
    name="liaisons.organization",
    sync_to_thread=True,
)
def organization(
    desk: CurrentDesk, organization_id: FromPath[UUID], act: FromQuery[str] = ""
) -> Response[str]:
    """Show the same for an organization."""
    with desk.reads() as visit:
        return _show(visit, Holder(organization_id=organization_id), act)


def _show(
    visit: Visit,
    holder: Holder,
    act: str,
    *,
    sub: Submission[Any] | None = None,
    status: int = 200,
) -> Response[str]:
    screen = liaison_screen(visit, holder, act, sub)
    named = [("person", key) for key in screen.people]
    visit.seen("liaison.viewed", holder.subject, named=named, state=screen.state)
    return page(visit, "liaisons/show.html", block="liaison", status=status, screen=screen)


def _ask(visit: Visit, holder: Holder) -> Answer:
    def record(form: ApproachForm) -> str:
        service.ask(visit.db, visit.actor, holder, form.facts, now=visit.now)
        return N_("依頼を記録しました。")

    def draft(form: RequestDraftForm) -> str:
        draft_request(visit.db, visit.actor, holder, reason=form.reason, now=visit.now)
        return N_("起案しました。決裁の後に、依頼を記録できます。")

    _require(may_record_answer(visit.actor))
    if visit.sent.get("wish") == "draft":
        return _take(visit, holder, Act.APPROACH, read_form(RequestDraftForm, visit.sent), draft)
    return _take(visit, holder, Act.APPROACH, read_form(ApproachForm, visit.sent), record)


def _answer(visit: Visit, holder: Holder) -> Answer:
    def record(form: AnswerForm) -> str:
        db, actor, now = visit.db, visit.actor, visit.now
        if isinstance(form, AcceptanceForm):
            service.record_acceptance(db, actor, holder, form.facts, now=now)
            return N_("承諾と同意を記録し、連絡員として登録しました。")
        if isinstance(form, ThinkingForm):
            answers.record_thinking(db, actor, holder, form.answer_facts, now=now)
            return N_("考えたいとの回答を記録しました。")
        answers.record_decline(db, actor, holder, form.answer_facts, now=now)
        return N_("辞退の回答を記録しました。")

    _require(may_record_answer(visit.actor))
    return _take(visit, holder, Act.ANSWER, _read_answer(visit), record)


def _read_answer(visit: Visit) -> Submission[AnswerForm]:
    """Read an answer; whoever does not accept is asked for nothing of what an acceptance needs."""
    whole: Submission[Any] = read_form(AcceptanceForm, visit.sent)
    form_type = ANSWER_FORMS.get(whole.values.get("answer", ""))
    if form_type is None:
        return whole
    short: Submission[Any] = read_form(form_type, visit.sent)
    return Submission({**whole.values, **short.values}, short.form, short.errors)


def _record_willingness(visit: Visit, holder: Holder) -> Answer:
    def record(form: WillingnessForm) -> str:
        answers.record_willingness(visit.db, visit.actor, holder, form.facts, now=visit.now)
        return N_("依頼してよいとの申出を記録しました。")

    _require(may_record_answer(visit.actor))
    return _take(visit, holder, Act.WILLINGNESS, read_form(WillingnessForm, visit.sent), record)


def _change_consent(visit: Visit, holder: Holder) -> Answer:
    def record(form: ConsentForm) -> str:
        service.change_consent(
            visit.db, visit.actor, holder, form.facts, seen=form.seen, now=visit.now
        )
        return N_("同意の変更を記録しました。")

    _require(may_record_consent(visit.actor))
    return _take(visit, holder, Act.CONSENTS, read_form(ConsentForm, visit.sent), record)


def _withdraw(visit: Visit, holder: Holder) -> Answer:
    def record(form: WithdrawalForm) -> str:
        service.withdraw(
            visit.db,
            visit.actor,
            holder,
            decided_on=form.decided_on,
            method=form.method,
            now=visit.now,
        )
        return N_("取りやめの申出を記録し、活動と同意を終了しました。")

    _require(may_record_answer(visit.actor))
    return _take(visit, holder, Act.WITHDRAWAL, read_form(WithdrawalForm, visit.sent), record)


def _end(visit: Visit, holder: Holder) -> Answer:
    def record(form: EndingForm) -> str:
        service.end_term(
            visit.db,
            visit.actor,
            holder,
            reason=form.reason,
            day=form.day,
            revision=form.revision,
            now=visit.now,
        )
        return N_("終了を記録しました。")

    _require(may_record_answer(visit.actor))
    return _take(visit, holder, Act.ENDING, read_form(EndingForm, visit.sent), record)


def _confirm_contact(visit: Visit, holder: Holder) -> Answer:
    def record(form: ContactForm) -> str:
        service.confirm_contact(
            visit.db,
            visit.actor,
            holder,
            form.contact_person_id,
            revision=form.revision,
            now=visit.now,
        )
        return N_("窓口担当者を記録しました。")

    _require(may_record_answer(visit.actor))
    return _take(visit, holder, Act.CONTACT, read_form(ContactForm, visit.sent), record)


def _take(
    visit: Visit, holder: Holder, act: Act, sub: Submission[F], record: Callable[[F], str]
) -> Answer:
    """Put a form on record and go back to the page, or show it again with what was refused."""
    if sub.form is None:
        return _show(visit, holder, act, sub=sub, status=422)
    try:
        notice = record(sub.form)
    except (Refused, Conflict) as said:
        return _show(visit, holder, act, sub=sub.refused(said), status=said.status)
    if holder.person_id:
        return saved(visit, "liaisons.person", notice, person_id=holder.person_id)
    return saved(visit, "liaisons.organization", notice, organization_id=holder.subject[1])


def _require(allowed: bool) -> None:  # noqa: FBT001 - reads as the sentence it is
    if not allowed:
        raise Forbidden


VERBS: Mapping[Act, Callable[[Visit, Holder], Answer]] = {
    Act.APPROACH: _ask,
    Act.ANSWER: _answer,
    Act.CONSENTS: _change_consent,
    Act.WITHDRAWAL: _withdraw,
    Act.ENDING: _end,
    Act.CONTACT: _confirm_contact,
    Act.WILLINGNESS: _record_willingness,
}


def _require_known(act: Act, actor: Actor) -> None:
    """Hide at other agencies what belongs to the network of the police: all but consent."""
    if act is not Act.CONSENTS and not actor.is_police:
        raise NotFound


def _routes(act: Act) -> list[Any]:
    """Return the two addresses of an act: the same noun below a person and an organization."""
    verb = VERBS[act]

    @post(f"/people/{{person_id:uuid}}/{act}", name=f"liaisons.{act}", sync_to_thread=True)
    def for_person(desk: CurrentDesk, person_id: FromPath[UUID]) -> Answer:
        with desk.writes() as visit:
            _require_known(act, visit.actor)
            return verb(visit, Holder(person_id=person_id))

    @post(
        f"/organizations/{{organization_id:uuid}}/{act}",
        name=f"liaisons.organization_{act}",
        sync_to_thread=True,
    )
    def for_organization(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Answer:
        with desk.writes() as visit:
            _require_known(act, visit.actor)
            return verb(visit, Holder(organization_id=organization_id))

    return [for_person, for_organization]


HANDLERS = [person, organization, *(route for act in Act for route in _routes(act))]
