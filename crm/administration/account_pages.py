"""アカウント: opening, closing and giving new passwords; who signs in is never who reads."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access import accounts as keeping
from crm.access.desk import CurrentDesk, Desk
from crm.access.queries import require_administrator
from crm.administration import staff_queries
from crm.administration.forms import AccountForm, RevisionForm
from crm.administration.lines import AccountLine, StaffFacts
from crm.administration.page_parts import SAVED, Change, carry_out, show_change
from crm.agencies.models import ROLE_LABELS
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, translate
from crm.web.pages import page, saved
from crm.web.visit import Visit


@get("/administration/accounts", name="administration.accounts", sync_to_thread=True)
def accounts(
    desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show the accounts in use, or the closed ones, and when each was last used."""
    with desk.reads() as visit:
        require_administrator(visit.actor)
        active = shown != "closed"
        found = staff_queries.accounts_page(visit.db, local_day(visit.now), number, active=active)
        visit.seen("accounts.listed", page=found.number, count=len(found.items))
        return page(
            visit,
            "administration/accounts.html",
            block="list",
            accounts=found,
            active=active,
            role_labels=ROLE_LABELS,
        )


@get(
    "/administration/staff/{staff_id:uuid}/account",
    name="administration.account_new",
    sync_to_thread=True,
)
def account_new(desk: CurrentDesk, staff_id: FromPath[UUID]) -> Response[str]:
    """Show the form for an account."""
    with desk.reads() as visit:
        return _new_form(visit, _staff(visit, staff_id), blank(), 200)


@post(
    "/administration/staff/{staff_id:uuid}/account",
    name="administration.account_open",
    sync_to_thread=True,
)
def account_open(desk: CurrentDesk, staff_id: FromPath[UUID]) -> Response[Any]:
    """Open an account and show its password, this once."""
    password = keeping.new_password()
    stored = keeping.stored_password(password)
    with desk.writes() as visit:
        found = _staff(visit, staff_id)

        def open_for(form: AccountForm) -> None:
            if staff_queries.account_of_staff(visit.db, staff_id) is not None:
                raise Refused(N_("この職員には、アカウントがあります。"))
            keeping.open_account(
                visit.db,
                visit.actor,
                staff_id,
                login=form.login,
                password_hash=stored,
                now=visit.now,
                expires_at=_expires_at(desk, visit),
            )

        return carry_out(
            visit,
            AccountForm,
            open_for,
            show=partial(_new_form, visit, found),
            done=lambda form: _password(desk, visit, form.login, found.name, password),
        )


@get(
    "/administration/accounts/{account_id:uuid}",
    name="administration.account",
    sync_to_thread=True,
)
def account(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[str]:
    """Show an account, to be closed, opened again or given a new password."""
    with desk.reads() as visit:
        return _account_page(visit, _account(visit, account_id), blank(), 200)


@post(
    "/administration/accounts/{account_id:uuid}/password",
    name="administration.account_password",
    sync_to_thread=True,
)
def account_password(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[Any]:
    """Give an account a new password and show it, this once."""
    password = keeping.new_password()
    stored = keeping.stored_password(password)
    with desk.writes() as visit:
        found = _account(visit, account_id)
        return carry_out(
            visit,
            RevisionForm,
            lambda form: keeping.renew_password(
                visit.db,
                visit.actor,
                account_id,
                new=keeping.FirstPassword(stored, _expires_at(desk, visit)),
                revision=form.revision,
                now=visit.now,
                is_strict=desk.settings.second_factor == "required",
            ),
            show=partial(_account_page, visit, found),
            done=lambda _: _password(desk, visit, found.login, found.name, password),
        )


@post(
    "/administration/accounts/{account_id:uuid}/closing",
    name="administration.account_close",
    sync_to_thread=True,
)
def account_close(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[Any]:
    """Close an account; whoever is signed in with it is out at the next request."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            RevisionForm,
            lambda form: keeping.close_account(
                visit.db, visit.actor, account_id, revision=form.revision, now=visit.now
            ),
            show=partial(_account_page, visit, _account(visit, account_id)),
            done=partial(_to_account, visit, account_id),
        )


@post(
    "/administration/accounts/{account_id:uuid}/reopening",
    name="administration.account_reopen",
    sync_to_thread=True,
)
def account_reopen(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[Any]:
    """Open a closed account again."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            RevisionForm,
            lambda form: keeping.reopen_account(
                visit.db, visit.actor, account_id, revision=form.revision, now=visit.now
            ),
            show=partial(_account_page, visit, _account(visit, account_id)),
            done=partial(_to_account, visit, account_id),
        )


def _staff(visit: Visit, staff_id: UUID) -> StaffFacts:
    require_administrator(visit.actor)
    return staff_queries.staff_facts(visit.db, staff_id)


def _account(visit: Visit, account_id: UUID) -> AccountLine:
    require_administrator(visit.actor)
    return staff_queries.account_line(visit.db, account_id)


def _to_account(visit: Visit, account_id: UUID, _: object) -> Response[None]:
    if account_id == visit.actor.account_id:
        return saved(visit, "administration.index", SAVED)
    return saved(visit, "administration.account", SAVED, account_id=account_id)


def _account_page(
    visit: Visit, found: AccountLine, sub: Submission[Any], status: int
) -> Response[str]:
    posts = staff_queries.posts_on(visit.db, [found.staff_id], local_day(visit.now))
    return page(
        visit,
        "administration/account.html",
        block="form",
        status=status,
        account=found._replace(posts=posts.get(found.staff_id, ())),
        sub=sub,
        role_labels=ROLE_LABELS,
        now=visit.now,
    )


def _new_form(visit: Visit, found: StaffFacts, sub: Submission[Any], status: int) -> Response[str]:
    change = Change(
        title=translate(N_("アカウントを開く")),
        about=found.name,
        route="administration.account_open",
        keys={"staff_id": found.id},
        back="administration.staff_member",
        back_keys={"staff_id": found.id},
        fields="administration/fields/account.html",
        send=translate(N_("アカウントを開く")),
    )
    return show_change(visit, change, sub, status=status)


def _expires_at(desk: Desk, visit: Visit) -> dt.datetime:
    """Return until when a password made now opens its account."""
    return visit.now + dt.timedelta(hours=desk.settings.first_password_hours)


def _password(desk: Desk, visit: Visit, login: str, name: str, password: str) -> Response[str]:
    return page(
        visit,
        "administration/password.html",
        block="form",
        login=login,
        name=name,
        password=password,
        expires_at=_expires_at(desk, visit),
    )


HANDLERS = [
    accounts,
    account_new,
    account_open,
    account,
    account_password,
    account_close,
    account_reopen,
]
