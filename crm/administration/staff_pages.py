"""職員と配置: who serves where on a day, and the forms that assign them by date."""

from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from crm.access.desk import CurrentDesk
from crm.access.filters import keep_words
from crm.access.queries import filter_words, require_administrator
from crm.administration import staff_queries
from crm.administration.forms import (
    LastDayForm,
    NewStaffForm,
    PostingForm,
    StaffFilterForm,
    StaffForm,
)
from crm.administration.lines import Post, StaffFacts, unit_options
from crm.administration.page_parts import (
    SAVED,
    Change,
    asked_day,
    carry_out,
    show_change,
)
from crm.agencies import staffing
from crm.agencies.models import ROLE_LABELS
from crm.agencies.queries import units_on
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.web.pages import HEADERS, page, saved
from crm.web.visit import Visit


@get("/administration/staff", name="administration.staff", sync_to_thread=True)
def staff_list(
    desk: CurrentDesk,
    as_of: FromQuery[str] = "",
    named: FromQuery[str] = "",
    shown: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show who serves where on a day, or who has no assignment then."""
    with desk.reads() as visit:
        asked = asked_day(visit, as_of)
        placed = shown != "unplaced"
        words = filter_words(visit.db, named)
        found = staff_queries.staff_page(visit.db, asked.day, number, words=words, placed=placed)
        visit.seen("staff.listed", page=found.number, count=len(found.items))
        return page(
            visit,
            "administration/staff.html",
            block="list",
            status=asked.status,
            asked=asked,
            staff=found,
            words=words,
            placed=placed,
            query=urlencode({"as_of": asked.day.isoformat(), "named": named}),
            role_labels=ROLE_LABELS,
        )


@post("/administration/staff/selection", name="administration.staff_narrow", sync_to_thread=True)
def staff_narrow(desk: CurrentDesk) -> Response[None]:
    """Narrow the list; the name of a member of staff stays out of the address."""
    with desk.writes() as visit:
        require_administrator(visit.actor)
        asked = read_form(StaffFilterForm, visit.sent).form or StaffFilterForm()
        named = keep_words(visit.db, visit.actor, asked.words, visit.now)
        query = {"as_of": asked.as_of, "shown": asked.shown, "named": named}
        way = f"/administration/staff?{urlencode(query)}"
        return Redirect(way, status_code=303, headers=HEADERS)


@get(
    "/administration/staff/{staff_id:uuid}", name="administration.staff_member", sync_to_thread=True
)
def staff_member(desk: CurrentDesk, staff_id: FromPath[UUID]) -> Response[str]:
    """Show a member of staff with every assignment and the account."""
    with desk.reads() as visit:
        require_administrator(visit.actor)
        found = staff_queries.staff_facts(visit.db, staff_id)
        visit.seen("staff.viewed", ("staff", staff_id))
        return page(
            visit,
            "administration/staff_member.html",
            staff=found,
            today=local_day(visit.now),
            posts=staff_queries.history_of_staff(visit.db, staff_id),
            account=staff_queries.account_of_staff(visit.db, staff_id),
            role_labels=ROLE_LABELS,
        )


@get("/administration/staff/new", name="administration.staff_new", sync_to_thread=True)
def staff_new(desk: CurrentDesk) -> Response[str]:
    """Show the form for somebody new."""
    with desk.reads() as visit:
        require_administrator(visit.actor)
        return _new_form(visit, blank(day=local_day(visit.now).isoformat()), 200)


@post("/administration/staff", name="administration.staff_register", sync_to_thread=True)
def staff_register(desk: CurrentDesk) -> Response[Any]:
    """Register somebody new with a first assignment."""
    with desk.writes() as visit:
        require_administrator(visit.actor)
        registered: list[UUID] = []
        return carry_out(
            visit,
            NewStaffForm,
            lambda form: registered.append(
                staffing.take_on(
                    visit.db, visit.actor, form.facts(), form.posting(), now=visit.now
                ).id
            ),
            show=partial(_new_form, visit),
            done=lambda _: _to_staff(visit, registered[0], None),
        )


@get(
    "/administration/staff/{staff_id:uuid}/edit",
    name="administration.staff_edit",
    sync_to_thread=True,
)
def staff_edit(desk: CurrentDesk, staff_id: FromPath[UUID]) -> Response[str]:
    """Show what is recorded of a member of staff, to be corrected."""
    with desk.reads() as visit:
        found = _staff(visit, staff_id)
        return _edit_form(visit, found, blank(**found._asdict()), 200)


@post(
    "/administration/staff/{staff_id:uuid}/edit",
    name="administration.staff_correct",
    sync_to_thread=True,
)
def staff_correct(desk: CurrentDesk, staff_id: FromPath[UUID]) -> Response[Any]:
    """Correct what is recorded of a member of staff."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            StaffForm,
            lambda form: staffing.correct_staff(
                visit.db,
                visit.actor,
                staff_id,
                form.facts(),
                revision=form.revision,
                now=visit.now,
            ),
            show=partial(_edit_form, visit, _staff(visit, staff_id)),
            done=partial(_to_staff, visit, staff_id),
        )


@get(
    "/administration/staff/{staff_id:uuid}/assignments/new",
    name="administration.assignment_new",
    sync_to_thread=True,
)
def assignment_new(desk: CurrentDesk, staff_id: FromPath[UUID]) -> Response[str]:
    """Show the form for an assignment."""
    with desk.reads() as visit:
        known = blank(day=local_day(visit.now).isoformat())
        return _posting_form(visit, _staff(visit, staff_id), known, 200)


@post(
    "/administration/staff/{staff_id:uuid}/assignments",
    name="administration.assignment_make",
    sync_to_thread=True,
)
def assignment_make(desk: CurrentDesk, staff_id: FromPath[UUID]) -> Response[Any]:
    """Assign a member of staff from a day on."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            PostingForm,
            lambda form: staffing.assign_staff(
                visit.db,
                visit.actor,
                staff_id,
                form.posting(),
                revision=form.revision,
                now=visit.now,
            ),
            show=partial(_posting_form, visit, _staff(visit, staff_id)),
            done=partial(_to_staff, visit, staff_id),
        )


@get(
    "/administration/staff/{staff_id:uuid}/assignments/{assignment_id:uuid}/ending",
    name="administration.assignment_ending",
    sync_to_thread=True,
)
def assignment_ending(
    desk: CurrentDesk, staff_id: FromPath[UUID], assignment_id: FromPath[UUID]
) -> Response[str]:
    """Show the form that ends an assignment."""
    with desk.reads() as visit:
        known = blank(last_day=local_day(visit.now).isoformat())
        return _ending_form(visit, _staff(visit, staff_id), assignment_id, known, 200)


@post(
    "/administration/staff/{staff_id:uuid}/assignments/{assignment_id:uuid}/ending",
    name="administration.assignment_end",
    sync_to_thread=True,
)
def assignment_end(
    desk: CurrentDesk, staff_id: FromPath[UUID], assignment_id: FromPath[UUID]
) -> Response[Any]:
    """End an assignment after a day, or take back one that has not begun."""
    with desk.writes() as visit:
        found = _staff(visit, staff_id)
        _post_of(visit, staff_id, assignment_id)
        return carry_out(
            visit,
            LastDayForm,
            lambda form: staffing.end_assignment(
                visit.db, visit.actor, assignment_id, **form.model_dump(), now=visit.now
            ),
            show=partial(_ending_form, visit, found, assignment_id),
            done=partial(_to_staff, visit, staff_id),
        )


def _staff(visit: Visit, staff_id: UUID) -> StaffFacts:
    require_administrator(visit.actor)
    return staff_queries.staff_facts(visit.db, staff_id)


def _post_of(visit: Visit, staff_id: UUID, assignment_id: UUID) -> Post:
    posts = staff_queries.history_of_staff(visit.db, staff_id)
    found = next((each for each in posts if each.id == assignment_id), None)
    if found is None:
        raise NotFound
    return found


def _to_staff(visit: Visit, staff_id: UUID, _: object) -> Response[None]:
    return saved(visit, "administration.staff_member", SAVED, staff_id=staff_id)


def _new_form(visit: Visit, sub: Submission[Any], status: int) -> Response[str]:
    change = Change(
        title=translate(N_("職員を登録する")),
        about=visit.actor.agency_name,
        route="administration.staff_register",
        back="administration.staff",
        fields="administration/fields/staff_new.html",
        send=translate(N_("登録する")),
    )
    return show_change(visit, change, sub, status=status, **_choices(visit))


def _edit_form(visit: Visit, found: StaffFacts, sub: Submission[Any], status: int) -> Response[str]:
    change = _change(
        found,
        title=translate(N_("登録内容を訂正する")),
        route="administration.staff_correct",
        fields="administration/fields/staff.html",
        send=translate(N_("訂正する")),
    )
    return show_change(visit, change, sub, status=status)


def _posting_form(
    visit: Visit, found: StaffFacts, sub: Submission[Any], status: int
) -> Response[str]:
    change = _change(
        found,
        title=translate(N_("配置を登録する")),
        route="administration.assignment_make",
        fields="administration/fields/posting.html",
        send=translate(N_("登録する")),
        current=_held(visit, found.id),
    )
    return show_change(visit, change, sub, status=status, **_choices(visit))


def _ending_form(
    visit: Visit,
    found: StaffFacts,
    assignment_id: UUID,
    sub: Submission[Any],
    status: int,
) -> Response[str]:
    held = _post_of(visit, found.id, assignment_id)
    change = _change(
        found,
        title=translate(N_("配置を終了する")),
        route="administration.assignment_end",
        fields="administration/fields/assignment_ending.html",
        send=translate(N_("終了する")),
        current=[(translate(ROLE_LABELS[held.role]), held.unit_name)],
        assignment_id=assignment_id,
    )
    return show_change(visit, change, sub, status=status)


def _held(visit: Visit, staff_id: UUID) -> list[tuple[str, str]]:
    today = local_day(visit.now)
    held = staff_queries.posts_on(visit.db, [staff_id], today).get(staff_id, ())
    return [(translate(ROLE_LABELS[each.role]), each.unit_name) for each in held]


def _choices(visit: Visit) -> dict[str, object]:
    return {
        "units": unit_options(units_on(visit.db, local_day(visit.now))),
        "roles": [
            (role.value, translate(ROLE_LABELS[role])) for role in staffing.roles_of(visit.actor)
        ],
    }


def _change(
    found: StaffFacts,
    *,
    title: str,
    route: str,
    fields: str,
    send: str,
    current: list[tuple[str, str]] | None = None,
    **keys: UUID,
) -> Change:
    told = [
        (translate(N_("氏名")), found.name),
        (translate(N_("ふりがな")), f"{found.family_kana} {found.given_kana}".strip()),
        (translate(N_("職員番号")), found.staff_no),
    ]
    return Change(
        title=title,
        about=found.name,
        route=route,
        keys={"staff_id": found.id, **keys},
        back="administration.staff_member",
        back_keys={"staff_id": found.id},
        fields=fields,
        send=send,
        revision=found.revision,
        current=told if current is None else current,
    )


HANDLERS = [
    staff_list,
    staff_narrow,
    staff_member,
    staff_new,
    staff_register,
    staff_edit,
    staff_correct,
    assignment_new,
    assignment_make,
    assignment_ending,
    assignment_end,
]
