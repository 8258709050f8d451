"""作成した書類: what somebody asked for, how far it has come, and its file."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID

from anyio import to_thread
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from crm.access.desk import CurrentDesk, Desk
from crm.access.queries import actor_of_account
from crm.jobs.models import JOB_STATE_LABELS, JobState
from crm.jobs.queries import JobLine, file_of, own_job, own_jobs
from crm.jobs.service import call_off
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, NotFound
from crm.kernel.i18n import N_, translate
from crm.web.errors import SignInNeeded
from crm.web.pages import HEADERS, page, saved
from crm.web.visit import Visit

TICK_S = 1.0
STREAM_S = 60
"""A stream ends after this long and its page opens the next: none outlives its sign-in by more."""
SIGN_OF_LIFE_S = 15
RETRY_MS = 2_000


class News(NamedTuple):
    """What a page following a job is told."""

    state: JobState
    is_final: bool
    done: int
    total: int


@get("/jobs", name="jobs.index", sync_to_thread=True)
def index(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """List what the actor asked for, newest first."""
    with desk.reads() as visit:
        jobs = own_jobs(visit.db, number)
        return page(
            visit,
            "jobs/index.html",
            jobs=jobs,
            lines=[(line, said(line), line.has_file(visit.now)) for line in jobs.items],
            labels=JOB_STATE_LABELS,
        )


@get("/jobs/{job_id:uuid}", name="jobs.show", sync_to_thread=True)
def show(desk: CurrentDesk, job_id: FromPath[UUID]) -> Response[str]:
    """Show one job; the page asks for the fragment by itself while the job goes on."""
    with desk.reads(attended=not desk.request.wants_fragment) as visit:
        line = own_job(visit.db, job_id)
        return page(
            visit,
            "jobs/show.html",
            block="job",
            job=line,
            said=said(line),
            has_file=line.has_file(visit.now),
            labels=JOB_STATE_LABELS,
        )


@get("/jobs/{job_id:uuid}/events", name="jobs.events")
async def events(desk: CurrentDesk, job_id: FromPath[UUID]) -> ServerSentEvent:
    """Tell a page how its job goes on, until it is over, the sign-in ends or a minute is up."""
    first = await to_thread.run_sync(_look, desk, job_id)
    return ServerSentEvent(_news(desk, job_id, first), headers={"Cache-Control": "no-store"})


@get("/jobs/{job_id:uuid}/file", name="jobs.file", sync_to_thread=True)
def file(desk: CurrentDesk, job_id: FromPath[UUID]) -> Response[bytes]:
    """Hand the file to its requester, on record."""
    with desk.reads() as visit:
        made = file_of(visit.db, job_id, visit.now)
        _require_same_rights(visit, made.created_at)
        visit.seen("job.fetched", ("job", job_id), sha256=made.sha256)
        return Response(
            made.content,
            media_type=made.media_type,
            headers={**HEADERS, "Content-Disposition": _attached(made.name)},
        )


@post("/jobs/{job_id:uuid}/cancellation", name="jobs.cancellation", sync_to_thread=True)
def cancel(desk: CurrentDesk, job_id: FromPath[UUID]) -> Response[Any]:
    """Call a job off; one that was over by then is simply shown as it is."""
    with desk.writes() as visit:
        try:
            call_off(visit.db, visit.actor, job_id, now=visit.now)
        except Conflict as too_late:
            return saved(visit, "jobs.show", too_late.message, job_id=job_id)
        return saved(visit, "jobs.show", N_("取りやめを受け付けました。"), job_id=job_id)


def said(line: JobLine) -> str:
    """Return where a job stands, in one sentence that also says what to do."""
    if line.state is JobState.FAILED:
        return translate(line.error, **line.error_facts)
    if line.state is JobState.QUEUED:
        return translate("順番を待っています。この画面を閉じても、作成は続きます。")
    if line.state is JobState.RUNNING and line.cancel_asked_at:
        return translate("取りやめています。")
    if line.state is JobState.RUNNING:
        return translate("作成しています。この画面を閉じても、作成は続きます。")
    if line.state is JobState.CANCELLED:
        return translate("取りやめました。必要なときは、元の画面からもう一度作成してください。")
    return translate("できあがりました。")


def _require_same_rights(visit: Visit, made_at: dt.datetime) -> None:
    """Hide a file from whoever was moved since it was made: it holds what they could see then."""
    who = visit.actor.account_id
    then = actor_of_account(visit.db, who, local_day(made_at))
    if then != actor_of_account(visit.db, who, local_day(visit.now)):
        raise NotFound


def _attached(name: str) -> str:
    """Name a file for browsers old and new (RFC 6266 §4.3, RFC 8187)."""
    suffix = name.rpartition(".")[2]
    plain = f"document.{suffix}" if suffix.isascii() and suffix.isalnum() else "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


async def _news(desk: Desk, job_id: UUID, known: News) -> AsyncIterator[ServerSentEventMessage]:
    """Look once a tick; between two looks no thread and no connection is held."""
    yield _message(known)
    for tick in range(1, int(STREAM_S / TICK_S)):
        if known.is_final:
            return
        await asyncio.sleep(TICK_S)
        try:
            latest = await to_thread.run_sync(_look, desk, job_id)
        except (SignInNeeded, NotFound):
            yield ServerSentEventMessage(event="ended")
            return
        if latest != known:
            yield _message(latest)
        elif tick % int(SIGN_OF_LIFE_S / TICK_S) == 0:
            yield ServerSentEventMessage(data=None, comment="waiting")
        known = latest


def _look(desk: Desk, job_id: UUID) -> News:
    """Open a unit of work of its own, which finds out anew who asks and whether they still may."""
    with desk.reads(attended=False) as visit:
        line = own_job(visit.db, job_id)
    return News(line.state, line.is_final, line.done, line.total)


def _message(news: News) -> ServerSentEventMessage:
    return ServerSentEventMessage(event="news", data=json.dumps(news._asdict()), retry=RETRY_MS)


HANDLERS = [index, show, events, file, cancel]
