"""The pages of standing shares: the list, a new one, and one with who is given under it."""

import datetime as dt
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.consents.models import SHARED_FIELD_LABELS
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.sharing import agreement_queries, agreements, queries
from crm.sharing.decisions import decided_terms, needs_decision, wants_draft
from crm.sharing.forms import AgreementEndForm, AgreementForm, NarrowingForm
from crm.sharing.lines import field_words
from crm.sharing.matters import PLACES_GIVEN
from crm.sharing.policy import may_share
from crm.sharing.publishing import refresh_copies
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]
DRAFTED = N_("起案しました。決裁を受けると、この内容で実施できます。")


@get("/agreements", name="sharing.agreements", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show what the own office gives to whom, agreement by agreement."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        found = agreement_queries.agreement_lines(visit.db, visit.actor, _today(visit))
        visit.seen("agreements.listed", count=len(found))
        return page(
            visit,
            "sharing/agreements.html",
            agreements=found,
            today=_today(visit),
            may_share=may_share(visit.actor),
        )


@get("/agreements/new", name="sharing.agreement_new", sync_to_thread=True)
def new(desk: CurrentDesk, approval: FromQuery[UUID | None] = None) -> Response[str]:
    """Show the form for a standing share; with what was approved, filled with exactly that."""
    with desk.reads() as visit:
        require_chief(visit)
        decided = decided_terms(visit, approval)
        return _new(visit, decided or blank(valid_from=_today(visit)), decided=bool(decided))


@post("/agreements", name="sharing.agreement_make", sync_to_thread=True)
def make(desk: CurrentDesk) -> Answer:
    """Agree on a standing share."""
    with desk.writes() as visit:
        require_chief(visit)
        sub = read_form(AgreementForm, visit.sent)
        if sub.form is None:
            return _new(visit, sub, status=422)
        try:
            if wants_draft(visit):
                drafted = agreements.draft_agreement(
                    visit.db, visit.actor, sub.form.facts, now=visit.now
                )
                return saved(visit, "approvals.show", DRAFTED, approval_id=drafted.id)
            made = agreements.make_agreement(
                visit.db,
                visit.actor,
                sub.form.facts,
                now=visit.now,
                request_key=sub.form.request_key,
            )
        except Refused as refusal:
            return _new(visit, sub.refused(refusal), status=422)
        notice = N_("取決めを登録しました。同意のある方の写しを提供しました。")
        return saved(visit, "sharing.agreement", notice, agreement_id=made.id)


@get("/agreements/{agreement_id:uuid}", name="sharing.agreement", sync_to_thread=True)
def show(
    desk: CurrentDesk, agreement_id: FromPath[UUID], number: FromQuery[int] = 1
) -> Response[str]:
    """Show one standing share and who is given under it; what the day changed is put right first.

    Copies past their day are hidden from everybody already; opening the page sweeps them away and
    gives what began meanwhile, which is why it opens for writing.
    """
    with desk.writes() as visit:
        require_reader(visit.actor)
        agreement_queries.agreement(visit.db, agreement_id)
        if number == 1:
            refresh_copies(visit.db, visit.actor, now=visit.now)
        return _show(visit, agreement_id, number=number)


@post(
    "/agreements/{agreement_id:uuid}/narrowing",
    name="sharing.agreement_narrowing",
    sync_to_thread=True,
)
def narrow(desk: CurrentDesk, agreement_id: FromPath[UUID]) -> Answer:
    """Give less than before."""
    with desk.writes() as visit:
        agreement_queries.agreement(visit.db, agreement_id)
        require_chief(visit)
        sub = read_form(NarrowingForm, visit.sent)
        if sub.form is None:
            return _show(visit, agreement_id, sub=sub, act="narrowing", status=422)
        try:
            agreements.narrow_agreement(
                visit.db,
                visit.actor,
                agreement_id,
                fields=sub.form.fields,
                valid_to=sub.form.valid_to,
                gives_places=sub.form.gives_places,
                revision=sub.form.revision,
                now=visit.now,
            )
        except (Refused, Conflict) as said:
            return _show(
                visit, agreement_id, sub=sub.refused(said), act="narrowing", status=said.status
            )
        notice = N_("取決めを縮小しました。提供先の写しも改めました。")
        return saved(visit, "sharing.agreement", notice, agreement_id=agreement_id)


@post("/agreements/{agreement_id:uuid}/end", name="sharing.agreement_end", sync_to_thread=True)
def end(desk: CurrentDesk, agreement_id: FromPath[UUID]) -> Answer:
    """End a standing share and take its copies back."""
    with desk.writes() as visit:
        agreement_queries.agreement(visit.db, agreement_id)
        require_chief(visit)
        sub = read_form(AgreementEndForm, visit.sent)
        if sub.form is None:
            return _show(visit, agreement_id, sub=sub, act="end", status=422)
        try:
            agreements.end_agreement(
                visit.db,
                visit.actor,
                agreement_id,
                reason=sub.form.reason,
                revision=sub.form.revision,
                now=visit.now,
            )
        except (Refused, Conflict) as said:
            return _show(visit, agreement_id, sub=sub.refused(said), act="end", status=said.status)
        notice = N_("取決めを終了しました。提供先の写しは消えました。")
        return saved(visit, "sharing.agreement", notice, agreement_id=agreement_id)


def require_chief(visit: Visit) -> None:
    """Raise Forbidden unless the reader decides what other agencies are given."""
    if not may_share(visit.actor):
        raise Forbidden


def office_options(visit: Visit) -> list[tuple[UUID, str]]:
    """Return the offices of other agencies to choose from."""
    found = queries.other_offices(visit.db, visit.actor, _today(visit))
    return [(office.station_id, office.label) for office in found]


def field_options() -> list[tuple[str, str, None]]:
    """Return the fields to choose from, as boxes to tick."""
    return [(field, translate(label), None) for field, label in SHARED_FIELD_LABELS.items()]


def _new(
    visit: Visit, sub: Submission[Any], *, status: int = 200, decided: bool = False
) -> Response[str]:
    return page(
        visit,
        "sharing/agreement_new.html",
        status=status,
        sub=sub,
        offices=office_options(visit),
        fields=field_options(),
        places_given=PLACES_GIVEN,
        drafts=not decided and needs_decision(visit),
    )


def _show(
    visit: Visit,
    agreement_id: UUID,
    *,
    number: int = 1,
    sub: Submission[Any] | None = None,
    act: str = "",
    status: int = 200,
) -> Response[str]:
    today = _today(visit)
    agreement = agreement_queries.agreement(visit.db, agreement_id)
    counts = agreement_queries.published_counts(visit.db, visit.actor, today)
    given = agreement_queries.published_under(visit.db, visit.actor, agreement.id, today, number)
    named = [copy.holder.subject for copy in given.items]
    visit.seen("agreement.viewed", ("agreement", agreement.id), named=named)
    return page(
        visit,
        "sharing/agreement.html",
        status=status,
        agreement=agreement,
        holds=agreement.holds_on(today),
        is_over=agreement.valid_to is not None and agreement.valid_to < today,
        words=field_words(agreement.fields),
        places_given=PLACES_GIVEN,
        persons=counts.get((agreement.id, True), 0),
        organizations=counts.get((agreement.id, False), 0),
        given=given,
        may_share=may_share(visit.actor),
        fields=[option for option in field_options() if option[0] in agreement.fields],
        today=today,
        act=act,
        sub=sub
        or blank(
            fields=agreement.fields,
            valid_to=agreement.valid_to,
            gives_places=agreement.gives_places or None,
        ),
    )


def _today(visit: Visit) -> dt.date:
    return local_day(visit.now)


HANDLERS = [index, new, make, show, narrow, end]
