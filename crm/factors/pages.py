"""二要素認証: one's own factors, named and taken away, and the paper for when they are lost."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk, Gate, require_recent
from crm.access.models import SignInLevel
from crm.access.service import confirm
from crm.factors import enrolling_pages, openid_pages, queries, reset_pages, service, sign_in_pages
from crm.factors.forms import NameForm, RemovalForm
from crm.factors.lines import KIND_LABELS, FactorLine
from crm.factors.passkeys import place_of
from crm.factors.policy import may_confirm_resets
from crm.factors.showing import show_password
from crm.kernel.errors import NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.web.pages import page, saved
from crm.web.visit import Visit


@get("/account/factors", name="factors.show", sync_to_thread=True)
def factors(desk: CurrentDesk) -> Response[str]:
    """Show the own factors, what is left on the paper, and what can be added."""
    with desk.reads(past=Gate.STRENGTH) as visit:
        own = queries.own_session(visit.db, visit.actor)
        return page(
            visit,
            "factors/show.html",
            sheet=queries.factor_sheet(visit.db, visit.actor),
            kind_labels=KIND_LABELS,
            shows_first=own.has_second_factor and own.level is not SignInLevel.SECOND_FACTOR,
            is_needed=not (visit.actor.strong or own.has_second_factor),
            place=place_of(desk.settings),
            has_openid=bool(desk.settings.oidc_issuer),
            reset=queries.reset_of(visit.db, visit.actor.account_id, visit.now),
            may_confirm=may_confirm_resets(visit.actor),
        )


@post("/account/factors/recovery-codes", name="factors.codes_create", sync_to_thread=True)
def codes_create(desk: CurrentDesk) -> Response[str]:
    """Make a new sheet of recovery codes and show it, this once."""
    with desk.writes(past=Gate.STRENGTH) as visit:
        require_recent(visit)
        codes = service.make_codes(visit.db, visit.actor, visit.now)
        return page(visit, "factors/codes.html", codes=codes, is_first=False)


@get(
    "/account/factors/{kind:str}/{factor_id:uuid}",
    name="factors.factor",
    sync_to_thread=True,
)
def factor(desk: CurrentDesk, kind: FromPath[str], factor_id: FromPath[UUID]) -> Response[str]:
    """Show one of the own factors, to be named or taken away."""
    with desk.reads(past=Gate.STRENGTH) as visit:
        require_recent(visit)
        line, is_last = _found(visit, kind, factor_id)
        return _factor_page(visit, line, blank(name=line.name), 200, is_last=is_last)


@post(
    "/account/factors/{kind:str}/{factor_id:uuid}/name",
    name="factors.rename",
    sync_to_thread=True,
)
def rename(desk: CurrentDesk, kind: FromPath[str], factor_id: FromPath[UUID]) -> Response[Any]:
    """Call a factor something else."""
    sub = read_form(NameForm, desk.request.sent)
    with desk.writes(past=Gate.STRENGTH) as visit:
        line, is_last = _found(visit, kind, factor_id)
        if sub.form is None:
            return _factor_page(visit, line, sub, 422, is_last=is_last)
        service.rename_factor(
            visit.db, visit.actor, line.kind, factor_id, name=sub.form.name, now=visit.now
        )
        return saved(visit, "factors.show", N_("登録しました。"))


@post(
    "/account/factors/{kind:str}/{factor_id:uuid}/removal",
    name="factors.remove",
    sync_to_thread=True,
)
def remove(desk: CurrentDesk, kind: FromPath[str], factor_id: FromPath[UUID]) -> Response[Any]:
    """Take a factor away; the last one only after the password."""
    sub = read_form(RemovalForm, desk.request.sent)
    password = sub.form.password if sub.form else ""
    with desk.reads(past=Gate.STRENGTH) as visit:
        require_recent(visit, after_form=True)
        line, is_last = _found(visit, kind, factor_id)
    try:
        shown = is_last and show_password(desk.database, visit.actor, password, now=visit.now)
        with desk.writes(past=Gate.STRENGTH) as visit:
            service.remove_factor(
                visit.db,
                visit.actor,
                line.kind,
                factor_id,
                password_shown=shown,
                now=visit.now,
            )
            answer = saved(visit, "factors.show", N_("削除しました。"))
            if shown:
                # whoever has shown a password goes on under a new cookie
                cookie = confirm(visit.db, visit.actor, visit.now)
                answer.set_cookie(desk.session_cookie(cookie))
            return answer
    except Refused as refusal:
        with desk.reads(past=Gate.STRENGTH) as visit:
            again = blank(name=line.name).refused(refusal)
            return _factor_page(visit, line, again, refusal.status, is_last=is_last)


def _found(visit: Visit, kind: str, factor_id: UUID) -> tuple[FactorLine, bool]:
    """Return one of the own factors, and whether it is the last."""
    service.require_own_factors(visit.db, visit.actor)
    lines = queries.factor_lines(visit.db)
    for line in lines:
        if (line.kind, line.id) == (kind, factor_id):
            return line, len(lines) == 1
    raise NotFound


def _factor_page(
    visit: Visit, line: FactorLine, sub: Submission[Any], status: int, *, is_last: bool
) -> Response[str]:
    return page(
        visit,
        "factors/factor.html",
        status=status,
        factor=line,
        kind_labels=KIND_LABELS,
        is_last=is_last,
        sub=sub,
    )


HANDLERS = [
    factors,
    codes_create,
    factor,
    rename,
    remove,
    *enrolling_pages.HANDLERS,
    *sign_in_pages.HANDLERS,
    *reset_pages.HANDLERS,
    *openid_pages.HANDLERS,
]
