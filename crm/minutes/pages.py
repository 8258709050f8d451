"""議事録: the minutes of a meeting, written, compared, confirmed, and shown as they once were."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.approvals.models import STEP_ACT_LABELS
from crm.contacts.queries import require_reader
from crm.exports.asking import recipient_choices
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_
from crm.meetings.queries import meeting_of
from crm.minutes import agenda_pages, matter_pages, passing_pages, queries, version_queries
from crm.minutes.decisions import needs_decision, standing_of
from crm.minutes.forms import LONGEST_TEXT, ConfirmationForm, MinutesForm, texts_in, too_long
from crm.minutes.lines import Section, pairs_of, sections_for
from crm.minutes.models import MINUTES_STATE_LABELS, MinutesState
from crm.minutes.page_parts import show_page
from crm.minutes.service import confirm_minutes, write_minutes
from crm.web.pages import anew, page, saved, submitted
from crm.web.visit import Visit

PATH = "/meetings/{meeting_id:uuid}/minutes"


@get(PATH, name="minutes.show", sync_to_thread=True)
def show(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the minutes, line by line, with what became of them."""
    with desk.reads() as visit:
        return show_page(visit, meeting_id, blank())


@get(f"{PATH}/edit", name="minutes.edit", sync_to_thread=True)
def edit(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the form the minutes are written in."""
    with desk.reads() as visit:
        return _edit_page(visit, meeting_id, blank())


@post(f"{PATH}/edit", name="minutes.write", sync_to_thread=True)
def write(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Keep what was written; a text that comes too late is kept as well, and shown beside."""
    with desk.writes() as visit:
        require_reader(visit.actor)

        def act(form: MinutesForm) -> Response[None]:
            sections = texts_in(visit.sent, _sections(visit, meeting_id))
            for field in too_long(sections):
                raise Refused(
                    N_("一つの項目の記載は%(limit)s字以内で入力してください。"),
                    field=field,
                    limit=LONGEST_TEXT,
                )
            write_minutes(
                visit.db,
                visit.actor,
                meeting_id,
                sections,
                revision=form.revision,
                reason=form.reason,
                now=visit.now,
            )
            return saved(visit, "minutes.show", N_("議事録を登録しました。"), meeting_id=meeting_id)

        return submitted(visit, MinutesForm, partial(_edit_page, visit, meeting_id), act)


@post(f"{PATH}/confirmation", name="minutes.confirm", sync_to_thread=True)
def confirm(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the minutes as they stand."""
    with desk.writes() as visit:
        require_reader(visit.actor)

        def act(form: ConfirmationForm) -> Response[None]:
            revision = form.revision
            confirm_minutes(visit.db, visit.actor, meeting_id, revision=revision, now=visit.now)
            return saved(visit, "minutes.show", N_("議事録を確定しました。"), meeting_id=meeting_id)

        return submitted(visit, ConfirmationForm, partial(show_page, visit, meeting_id), act)


@get("/minutes-versions/{version_id:uuid}", name="minutes.version", sync_to_thread=True)
def version(desk: CurrentDesk, version_id: FromPath[UUID]) -> Response[str]:
    """Show the minutes as somebody left them once."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        found = version_queries.version_of(visit.db, version_id)
        visit.seen("minutes.viewed", ("meeting", found.meeting_id))
        newest = queries.whole_of(visit.db, found.meeting_id)
        whole = version_queries.whole_as_left(visit.db, newest, found.serial)
        return page(
            visit,
            "minutes/version.html",
            sub=blank(),
            version=found,
            meeting=meeting_of(visit.db, found.meeting_id),
            sections=whole.sections,
            standing=standing_of(visit.db, found.meeting_id, whole),
            state_labels=MINUTES_STATE_LABELS,
            act_labels=STEP_ACT_LABELS,
            aside=MinutesState.ASIDE,
            recipients=recipient_choices(),
            request_key=uuid7(),
        )


def _edit_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    meeting = meeting_of(visit.db, meeting_id)
    whole = queries.whole_of(visit.db, meeting_id)
    visit.seen("minutes.viewed", ("meeting", meeting_id))
    today = local_day(visit.now)
    stands = sections_for(whole.items, whole.sections)
    typed = texts_in(visit.sent, stands) if visit.sent else stands
    return page(
        visit,
        "minutes/edit.html",
        status=status,
        sub=sub,
        meeting=meeting,
        whole=whole,
        **anew(sub, status, whole.revision),
        is_decided_anew=whole.is_confirmed and needs_decision(visit.db, visit.actor, today),
        pairs=pairs_of(stands, typed),
        today=today,
    )


def _sections(visit: Visit, meeting_id: UUID) -> Sequence[Section]:
    whole = queries.whole_of(visit.db, meeting_id)
    return sections_for(whole.items, whole.sections)


HANDLERS = [
    show,
    edit,
    write,
    confirm,
    version,
    *agenda_pages.HANDLERS,
    *matter_pages.HANDLERS,
    *passing_pages.HANDLERS,
]
