"""The composition of the web application: everything is built here, nothing at import time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath
from litestar.routes import HTTPRoute

from crm import features
from crm.access import confirmation_pages, lock_pages, session_pages
from crm.access import pages as access_pages
from crm.access.desk import client_address, provide_desk, record_refused_form
from crm.administration import pages as administration_pages
from crm.approvals import pages as approval_pages
from crm.bodies import pages as body_pages
from crm.breakglass import pages as breakglass_pages
from crm.bulletins import pages as bulletin_pages
from crm.candidates import pages as candidate_pages
from crm.circulations import pages as circulation_pages
from crm.contacts import pages as contact_pages
from crm.coverage import pages as coverage_pages
from crm.exports import pages as export_pages
from crm.factors import pages as factor_pages
from crm.handovers import pages as handover_pages
from crm.intake import pages as intake_pages
from crm.jobs import pages as job_pages
from crm.jobs.runner import Crew, Pace, Runner
from crm.kernel.db import Database
from crm.kernel.errors import DomainError, Forbidden, StrongSignInNeeded
from crm.kernel.memory import given_back, keep_little, settle
from crm.kernel.settings import Settings, load_settings
from crm.liaisons import pages as liaison_pages
from crm.meetings import pages as meeting_pages
from crm.minutes import pages as minutes_pages
from crm.notes import circulation_pages as note_circulation_pages
from crm.notes import pages as note_pages
from crm.outbox import pages as outbox_pages
from crm.oversight import pages as oversight_pages
from crm.relationships import pages as relationship_pages
from crm.requests import pages as request_pages
from crm.retention import pages as retention_pages
from crm.rosters import pages as roster_pages
from crm.seals import pages as seal_pages
from crm.search import pages as search_pages
from crm.sharing import information_pages
from crm.sharing import pages as sharing_pages
from crm.shifts import pages as shift_pages
from crm.strengthening import pages as strengthening_pages
from crm.today import pages as today_pages
from crm.visiting import pages as visiting_pages
from crm.web import errors
from crm.web.pages import use_environment
from crm.web.security import add_security_headers, require_own_origin
from crm.web.templates import STATIC, make_environment

MAX_BODY_BYTES = 1_000_000
YEAR_S = 31_536_000

PAGES = (
    access_pages,
    factor_pages,
    lock_pages,
    confirmation_pages,
    session_pages,
    contact_pages,
    intake_pages,
    liaison_pages,
    candidate_pages,
    note_pages,
    note_circulation_pages,
    outbox_pages,
    request_pages,
    body_pages,
    meeting_pages,
    minutes_pages,
    approval_pages,
    circulation_pages,
    relationship_pages,
    today_pages,
    shift_pages,
    visiting_pages,
    strengthening_pages,
    handover_pages,
    coverage_pages,
    roster_pages,
    search_pages,
    export_pages,
    job_pages,
    seal_pages,
    bulletin_pages,
    information_pages,
    administration_pages,
    sharing_pages,
    oversight_pages,
    retention_pages,
    breakglass_pages,
)


def application() -> Litestar:
    """Build the application in each serving process, over connections of its own."""
    keep_little()
    app = create_app(load_settings(), pace=Pace())
    settle()
    return app


def create_app(
    settings: Settings, database: Database | None = None, *, pace: Pace | None = None
) -> Litestar:
    """Return the application for one installation, with its database opened.

    With a `pace` it also sees to its jobs: it carries them out itself, or tells the workers
    through Redis where there is one.
    """
    features.require_rules()
    opened = database or Database(settings)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        # one unit of work per thread, as many as the pool has connections
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.worker_threads
        async with AsyncExitStack() as stack:
            if pace:
                await _see_to_jobs(stack, settings, opened, pace)
                await stack.enter_async_context(given_back())
            yield
        app.state.database.close()

    async def check_origin(request: Request[Any, Any, Any]) -> None:
        try:
            require_own_origin(request, settings.origin)
        except Forbidden:
            database = request.app.state.database
            await anyio.to_thread.run_sync(
                record_refused_form, database, request.url.path, client_address(request), 403
            )
            raise

    app = Litestar(
        route_handlers=[
            Router(
                "/",
                route_handlers=[handler for room in PAGES for handler in room.HANDLERS],
                dependencies={"desk": Provide(provide_desk)},
                include_in_schema=False,
            ),
            static_file,
        ],
        lifespan=[lifespan],
        before_request=check_origin,
        before_send=[add_security_headers],
        exception_handlers={
            DomainError: errors.answer_domain_error,
            StrongSignInNeeded: errors.ask_for_strength,
            errors.GoFirst: errors.send_first,
            errors.SignInNeeded: errors.ask_to_sign_in,
            HTTPException: errors.answer_http_error,
            Exception: errors.answer_fault,
        },
        allowed_hosts=AllowedHostsConfig(allowed_hosts=_hosts(settings)),
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    app.state.database = opened
    app.state.settings = settings
    use_environment(make_environment(app.route_reverse))
    return app


async def _see_to_jobs(
    stack: AsyncExitStack, settings: Settings, database: Database, pace: Pace
) -> None:
    if settings.redis_url:
        from crm.jobs.bell import RedisBell  # optional dependency

        database.bell = await stack.enter_async_context(RedisBell.hung(settings.redis_url))
    else:
        crew = await stack.enter_async_context(Crew.at_work(Runner(database, pace)))
        database.bell = crew.ring


@get("/static/{version:str}/{path:path}", include_in_schema=False, sync_to_thread=True)
def static_file(version: FromPath[str], path: FromPath[str]) -> Response[bytes]:
    """Serve a file the pages use; its address changes with its content, so it keeps a year."""
    del version
    try:
        target = (STATIC / str(path).lstrip("/")).resolve()
        known = target.is_relative_to(STATIC) and target.is_file()
    except (OSError, ValueError):
        # a name no file system can have
        known = False
    if not known:
        raise NotFoundException
    media_type = guess_type(target.name)[0] or MediaType.TEXT
    return Response(
        target.read_bytes(),
        media_type=media_type,
        headers={"Cache-Control": f"public, max-age={YEAR_S}, immutable"},
    )


def _hosts(settings: Settings) -> list[str]:
    """Return the Host headers a browser may send: with the port, and without a default one."""
    address = urlsplit(settings.origin)
    return [address.netloc, address.hostname or ""]


def route_names(app: Litestar, *, method: str) -> Mapping[str, str]:
    """Return every named route that answers `method`, and its path, for the tests that walk all."""
    return {
        str(handler.name): route.path
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.name and method in handler.http_methods
    }
