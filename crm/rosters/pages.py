"""連絡員一覧表 on screen, and as a file whose issue is on record before it leaves."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.exports.asking import purpose_choices, recipient_choices
from crm.exports.desk import take_out
from crm.exports.models import Export, ExportPurpose
from crm.exports.service import MAX_PURPOSE
from crm.formats.glyphs import NOTHING_LACKS, Lacks
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.forms import SentForm, Submission, read_form
from crm.kernel.i18n import labels
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.rosters import register_pages, selection_pages
from crm.rosters.columns import lacks_of, paper_columns
from crm.rosters.comparing import DIFFERENCE_LABELS, Changes, changes_since
from crm.rosters.files import SEATING_TITLE, TITLE
from crm.rosters.forms import RECIPIENTS, IssueForm, RosterQuestion
from crm.rosters.issue_queries import last_alike
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import ROSTER_ORDERING_LABELS, ROSTER_PROFILE_LABELS, RosterProfile
from crm.rosters.policy import may_issue
from crm.rosters.queries import roster_on
from crm.rosters.rows import Roster, RosterRow
from crm.rosters.selecting_queries import Choice, choices
from crm.rosters.service import require_come, require_copies_of
from crm.web.pages import page
from crm.web.visit import Visit

PURPOSES = {
    RosterProfile.STATION: ExportPurpose.OFFICE,
    RosterProfile.MEETING: ExportPurpose.MEETING,
    RosterProfile.SEATING: ExportPurpose.MEETING,
    RosterProfile.MUNICIPALITY: ExportPurpose.OTHER,
}
"""What a roster is for unless its maker says otherwise."""


@get("/roster", name="rosters.show", sync_to_thread=True)
def show(
    desk: CurrentDesk,
    request: Request[Any, Any, Any],
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show the roster of a day; to those who may issue it, also the form to do so."""
    with desk.reads() as visit:
        require_network(visit.actor)
        sub = _question(request.query_params, local_day(visit.now))
        return _page(visit, sub, sub.form, number=number, status=200 if sub.form else 422)


@post("/roster/issues", name="rosters.issue", sync_to_thread=True)
def issue(desk: CurrentDesk) -> Response[Any]:
    """Register the export and lead to the page its file is fetched from."""
    with desk.reads() as visit:
        require_network(visit.actor)
        if not may_issue(visit.actor):
            raise Forbidden
        question = _question(visit.sent, local_day(visit.now))
        sub = read_form(IssueForm, visit.sent)
        if question.form is None or sub.form is None:
            errors = {**question.errors, **sub.errors}
            return _page(visit, Submission(sub.values, None, errors), question.form, status=422)
    try:
        return take_out(desk, partial(_ask, sub.form, desk.settings.export_hours))
    except Refused as refusal:
        with desk.reads() as visit:
            return _page(visit, sub.refused(refusal), question.form, status=422)


def _ask(form: IssueForm, kept_hours: int, visit: Visit) -> Export:
    order = form.order()
    taking = form.taking(RECIPIENTS[form.profile], kept_hours, form.reason(), order)
    return ask_for_roster(visit.db, visit.actor, order, taking, now=visit.now)


def _question(sent: SentForm, today: dt.date) -> Submission[RosterQuestion]:
    """Read which roster is asked for, and see that there can be one."""
    sub = read_form(RosterQuestion, sent)
    if sub.form is None:
        return sub
    day = sub.form.as_of or today
    try:
        require_come(day, today)
        if sub.form.profile is RosterProfile.MUNICIPALITY:
            require_copies_of(sub.form.selection(), day, today)
    except Refused as refusal:
        return sub.refused(refusal)
    return sub


def _page(
    visit: Visit,
    sub: Submission[Any],
    question: RosterQuestion | None,
    *,
    status: int,
    number: int = 1,
) -> Response[str]:
    today = local_day(visit.now)
    roster = _roster(visit, question, today) if question else None
    rows = _rows(roster, number) if roster else None
    issues = may_issue(visit.actor)
    lacking = lacks_of(roster.profile, roster.rows) if roster and issues else NOTHING_LACKS
    if roster and rows:
        _seen(visit, roster, rows, lacking)
    return page(
        visit,
        "rosters/show.html",
        block="roster",
        status=status,
        sub=sub,
        today=today,
        title=SEATING_TITLE if roster and roster.profile is RosterProfile.SEATING else TITLE,
        profiles=labels(ROSTER_PROFILE_LABELS),
        orderings=labels(ROSTER_ORDERING_LABELS),
        max_purpose=MAX_PURPOSE,
        offered=_offered(visit, today) if "recipient_id" in sub.errors else [],
        roster=roster,
        columns=paper_columns(roster.profile) if roster else [],
        rows=rows,
        lacking=lacking,
        asked=_asked(roster) if roster else {},
        base=f"/roster?{urlencode(_asked(roster))}&number=" if roster else "",
        may_issue=issues,
        profile_labels=ROSTER_PROFILE_LABELS,
        ordering_labels=ROSTER_ORDERING_LABELS,
        purposes=purpose_choices(),
        recipients=recipient_choices(),
        purpose=PURPOSES[roster.profile] if roster else "",
        recipient=RECIPIENTS[roster.profile] if roster else "",
        request_key=uuid7(),
        **(_changed(visit, roster) if roster and issues else {"before": None, "changes": None}),
    )


def _changed(visit: Visit, roster: Roster) -> dict[str, Any]:
    """Return what became different since the last issue of the same, and who has ended."""
    before = last_alike(visit.db, roster.profile, roster.selection.key)
    changes = changes_since(before, roster)
    return {
        "before": before,
        "changes": changes,
        "difference_labels": DIFFERENCE_LABELS,
        "links": _links(changes) if changes else {},
    }


def _links(changes: Changes) -> dict[int, tuple[str, UUID]]:
    """Return whose page shows who has ended, by the number they had; the page says who that is."""
    return {
        line.before: line.holder.subject
        for line in changes.lines
        if line.row is None and line.before is not None
    }


def _offered(visit: Visit, today: dt.date) -> Sequence[Choice]:
    return choices(visit.db, visit.actor, today).recipient_id


def _roster(visit: Visit, question: RosterQuestion, today: dt.date) -> Roster:
    return roster_on(
        visit.db,
        visit.actor,
        question.profile,
        question.as_of or today,
        today=today,
        selection=question.selection(),
        ordering=question.ordering,
    )


def _seen(visit: Visit, roster: Roster, rows: Page[RosterRow], lacking: Lacks) -> None:
    shown = [subject for row in rows.items for subject in row.subjects]
    visit.seen(
        "roster.viewed",
        named=list(dict.fromkeys([*shown, *lacking.subjects])),
        profile=roster.profile,
        as_of=str(roster.day),
        page=rows.number,
        persons=roster.persons,
        organizations=roster.organizations,
    )


def _rows(roster: Roster, number: int) -> Page[RosterRow]:
    total = len(roster.rows)
    number = min(max(1, number), Page((), total).last)
    first = offset_of(number)
    return Page(roster.rows[first : first + PAGE_SIZE], total, number)


def _asked(roster: Roster) -> dict[str, object]:
    """Return what was asked for as the fields of a form."""
    return {
        "profile": roster.profile,
        "as_of": roster.day,
        "ordering": roster.ordering,
        **dict(roster.selection),
    }


HANDLERS = [show, issue, *selection_pages.HANDLERS, *register_pages.HANDLERS]
