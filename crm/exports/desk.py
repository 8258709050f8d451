"""The way of a file from its form to the page it is fetched from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response

from crm.access.desk import Desk
from crm.access.policy import require_strong
from crm.exports import queries
from crm.exports.jobs import ask_for_file
from crm.exports.models import Export
from crm.exports.screen import show_page
from crm.exports.seconds import second_of
from crm.exports.service import Making, craft_of
from crm.jobs.desk import or_replaced
from crm.kernel.scope import ScopedSession
from crm.web.pages import HEADERS, goto
from crm.web.visit import Visit

Asking = Callable[[Visit], Export]


def take_out(desk: Desk, ask: Asking) -> Response[Any]:
    """Register what `ask` asks for, and go on with it: see `go_on`.

    A second factor is asked for first: this is where personal data leaves the house.
    """
    with desk.writes() as visit:
        require_strong(visit.actor)
        export_id = ask(visit).id
    return go_on(desk, export_id)


def print_out(desk: Desk, ask: Asking) -> Response[Any]:
    """Take paper out as `take_out` does; what cannot be printed is asked about."""
    return or_replaced(desk, partial(take_out, desk, ask))


def go_on(desk: Desk, export_id: UUID) -> Response[Any]:
    """Make the file of an export, or lead to its page where it waits or is made beside the request.

    The answer to a file made at once is its page with the password, which is stored nowhere: no
    other answer ever shows it.
    """
    with desk.writes() as visit:
        require_strong(visit.actor)
        export = queries.own_export(visit.db, visit.actor.account_id, export_id)
        visit.db.expunge(export)
        craft = craft_of(export.kind)
        second = second_of(visit.db, export_id, needed=export.needs_approval)
        waits = queries.is_made(visit.db, export_id) or not second.is_approved
        if not waits and craft.is_beside(export):
            ask_for_file(visit.db, visit.actor, export, now=visit.now)
            waits = True
        if waits:
            return goto(visit, "exports.show", export_id=export_id)
        making = Making(export, visit.actor, visit.now, _reads(desk), _writes(desk))
    craft.make(making)
    with desk.reads() as visit:
        if making.password:
            return show_page(visit, export_id, password=making.password)
        return goto(visit, "exports.show", export_id=export_id)


def attachment(name: str, media_type: str, content: bytes) -> Response[bytes]:
    """Answer with a file, named for browsers old and new (RFC 6266 §4.3, RFC 8187)."""
    suffix = name.rpartition(".")[2]
    plain = f"document.{suffix}" if suffix.isascii() and suffix.isalnum() else "document"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    kind, _, charset = media_type.partition("; charset=")
    return Response(
        content,
        status_code=200,
        media_type=kind,
        # of a text the framework says the charset itself
        encoding=charset or "utf-8",
        headers={**HEADERS, "Content-Disposition": disposition},
    )


def _reads(desk: Desk) -> Callable[[], Any]:
    @contextmanager
    def reads() -> Iterator[ScopedSession]:
        with desk.reads() as visit:
            yield visit.db

    return reads


def _writes(desk: Desk) -> Callable[[], Any]:
    @contextmanager
    def writes() -> Iterator[ScopedSession]:
        with desk.writes() as visit:
            yield visit.db

    return writes
