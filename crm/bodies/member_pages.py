"""Seating a member on a body, found by name or in words, and ending a term."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.bodies import queries, service
from crm.bodies.forms import SearchForm, SeatForm, TermEndForm
from crm.bodies.models import BODY_ROLE_LABELS
from crm.contacts.models import HolderKeys
from crm.contacts.name_queries import found_by_name
from crm.contacts.naming import holder_said, said_of
from crm.contacts.queries import names_of, require_reader
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, labels
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit


@get("/meetings/bodies/{body_id:uuid}/members/new", name="bodies.member", sync_to_thread=True)
def member(desk: CurrentDesk, body_id: FromPath[UUID]) -> Response[str]:
    """Show the form that seats somebody on a body."""
    with desk.reads() as visit:
        return _seat_page(visit, body_id, blank())


@post("/meetings/bodies/{body_id:uuid}/members", name="bodies.seat", sync_to_thread=True)
def seat(desk: CurrentDesk, body_id: FromPath[UUID]) -> Response[Any]:
    """Seat somebody, or look for somebody by name with all that was typed kept."""
    with desk.writes() as visit:
        looked_for = read_form(SearchForm, visit.sent)
        if looked_for.form and looked_for.form.find:
            typed = read_form(SeatForm, visit.sent).values
            return _seat_page(visit, body_id, Submission(typed))

        def act(form: SeatForm) -> Response[None]:
            service.seat(visit.db, visit.actor, body_id, form.facts(), now=visit.now)
            return saved(visit, "bodies.show", N_("委員を登録しました。"), body_id=body_id)

        return submitted(visit, SeatForm, partial(_seat_page, visit, body_id), act)


@get("/meetings/bodies/members/{member_id:uuid}/end", name="bodies.term", sync_to_thread=True)
def term(desk: CurrentDesk, member_id: FromPath[UUID]) -> Response[str]:
    """Ask for the last day of a term."""
    with desk.reads() as visit:
        return _end_page(visit, member_id, blank(valid_to=local_day(visit.now).isoformat()))


@post("/meetings/bodies/members/{member_id:uuid}/end", name="bodies.end_term", sync_to_thread=True)
def end_term(desk: CurrentDesk, member_id: FromPath[UUID]) -> Response[Any]:
    """Put on record the last day of a term."""
    with desk.writes() as visit:

        def act(form: TermEndForm) -> Response[None]:
            day, revision = form.valid_to, form.revision
            ended = service.end_term(
                visit.db, visit.actor, member_id, day, revision=revision, now=visit.now
            )
            notice = N_("任期の終わりを記録しました。")
            return saved(visit, "bodies.show", notice, body_id=ended.body_id)

        return submitted(visit, TermEndForm, partial(_end_page, visit, member_id), act)


def _seat_page(
    visit: Visit, body_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    body = queries.body_of(visit.db, body_id)
    options = _options(visit, sub)
    named = [holder.subject for value, _ in options if (holder := holder_said(value))]
    visit.seen("people.listed", ("body", body_id), named=named, count=len(named))
    return page(
        visit,
        "bodies/member.html",
        status=status,
        sub=sub,
        body=body,
        options=options,
        has_looked=bool(sub.values.get("find")),
        roles=labels(BODY_ROLE_LABELS),
        today=local_day(visit.now),
    )


def _options(visit: Visit, sub: Submission[Any]) -> list[tuple[str, str]]:
    """Return who was chosen before and who was found by name, each once."""
    options: dict[str, str] = {}
    chosen = holder_said(str(sub.values.get("holder", "")))
    if chosen:
        names = names_of(visit.db, *HolderKeys.of([chosen]))
        options |= {said_of(chosen): name for name in names.values()}
    found = found_by_name(visit.db, str(sub.values.get("q", "")))
    return list((options | {said_of(holder): name for holder, name in found}).items())


def _end_page(
    visit: Visit, member_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    seat = queries.member_of(visit.db, member_id)
    whole = queries.whole_body(visit.db, seat.body_id)
    line = next(line for line in whole.members if line.id == member_id)
    named = [line.holder.subject] if line.holder else []
    visit.seen("body.viewed", ("body", seat.body_id), named=named, fields=["name"])
    return page(
        visit,
        "bodies/term.html",
        status=status,
        sub=sub,
        body=whole.body,
        line=line,
        roles=BODY_ROLE_LABELS,
    )


HANDLERS = [member, seat, term, end_term]
