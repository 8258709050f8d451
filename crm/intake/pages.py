"""Lists of people on their way in: handed in, previewed, applied, undone."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk, Desk
from crm.access.policy import require_strong
from crm.exports.desk import attachment
from crm.formats.errors import UnreadableFile
from crm.formats.workbook import LIMITS, Book, read_workbook
from crm.intake import queries, screen, service
from crm.intake.export import take_out_rejected
from crm.intake.forms import ApplicationForm, HeaderForm, ListForm, kind_options, told_meanings
from crm.intake.models import BATCH_STATE_LABELS, LIST_KIND_LABELS, BatchState, IntakeBatch
from crm.intake.policy import may_take_in_people
from crm.kernel.audit import Subject
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, DomainError, Forbidden, NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.web.pages import page, saved
from crm.web.visit import Upload, Visit

MAX_BODY_BYTES = LIMITS.file_bytes + 1_000_000
"""Room for a file somewhat too large, so that it is refused in words."""
ACCEPTED = ".xlsx,.csv,.tsv,.txt"


@get("/intake", name="intake.batches", sync_to_thread=True)
def batches(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """Show the lists taken in so far."""
    with desk.reads() as visit:
        _require_taker(visit)
        found = queries.batches_page(visit.db, number)
        return page(visit, "intake/batches.html", block="list", batches=found, **_labels())


@get("/intake/new", name="intake.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form that takes a file."""
    with desk.reads() as visit:
        _require_taker(visit)
        return _new_page(visit, blank(day=local_day(visit.now).isoformat()))


@post("/intake", name="intake.upload", sync_to_thread=True, request_max_body_size=MAX_BODY_BYTES)
def upload(desk: CurrentDesk) -> Response[Any]:
    """Read a file in a process of its own, outside any transaction, and put its rows aside."""
    with desk.reads() as visit:
        _require_taker(visit)
        sub = read_form(ListForm, visit.sent)
        file = visit.files.get("file")
        if file is None:
            missing = Refused(N_("取り込むファイルを選んでください。"), field="file")
            return _new_page(visit, sub.refused(missing), status=422)
        if sub.form is None:
            return _new_page(visit, sub, status=422)
    try:
        return _put_aside(desk, sub.form, file, _book(file))
    except Refused as refusal:
        with desk.reads() as visit:
            return _new_page(visit, sub.refused(refusal), status=422)


@get("/intake/{batch_id:uuid}", name="intake.show", sync_to_thread=True)
def show(
    desk: CurrentDesk,
    batch_id: FromPath[UUID],
    verdict: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show what a list would do, row by row, or what came of it."""
    with desk.reads() as visit:
        return _show_page(desk, visit, batch_id, verdict=verdict, number=number)


@post("/intake/{batch_id:uuid}/columns", name="intake.columns", sync_to_thread=True)
def columns(desk: CurrentDesk, batch_id: FromPath[UUID]) -> Response[Any]:
    """Read the sheet by the header and the columns a person names."""

    def read_otherwise(visit: Visit) -> None:
        sub = read_form(HeaderForm, visit.sent)
        if sub.form is None:
            raise Refused(N_("見出しの行を選び直してください。"), field="header_row")
        service.read_otherwise(
            visit.db,
            visit.actor,
            batch_id,
            header_row=sub.form.header_row,
            meanings=told_meanings(visit.sent, LIMITS.columns),
        )

    return _change(desk, batch_id, read_otherwise, N_("読み取り方を変えました。"))


@post("/intake/{batch_id:uuid}/application", name="intake.application", sync_to_thread=True)
def application(desk: CurrentDesk, batch_id: FromPath[UUID]) -> Response[Any]:
    """Enter what the preview said, if that is still what would happen."""

    def apply(visit: Visit) -> None:
        sub = read_form(ApplicationForm, visit.sent)
        service.apply(
            visit.db,
            visit.actor,
            batch_id,
            digest=sub.form.digest if sub.form else "",
            area_code=desk.settings.area_code,
            now=visit.now,
        )

    return _change(desk, batch_id, apply, N_("一覧を登録しました。"))


@post("/intake/{batch_id:uuid}/discard", name="intake.discard", sync_to_thread=True)
def discard(desk: CurrentDesk, batch_id: FromPath[UUID]) -> Response[Any]:
    """Give a list up before anything was entered."""

    def give_up(visit: Visit) -> None:
        service.discard(visit.db, visit.actor, batch_id, now=visit.now)

    return _change(desk, batch_id, give_up, N_("取込みを取りやめました。"))


@post("/intake/{batch_id:uuid}/undo", name="intake.undo", sync_to_thread=True)
def undo(desk: CurrentDesk, batch_id: FromPath[UUID]) -> Response[Any]:
    """Take an applied list back."""

    def take_back(visit: Visit) -> None:
        service.undo(visit.db, visit.actor, batch_id, now=visit.now)

    return _change(desk, batch_id, take_back, N_("取込みを取り消しました。"))


@post("/intake/{batch_id:uuid}/rejected", name="intake.rejected", sync_to_thread=True)
def rejected(desk: CurrentDesk, batch_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with the rows set aside and why, to be corrected and handed in again.

    They leave without a password, for a workbook under one could not be handed in, and without a
    second person, for it is what the office itself handed in.
    """
    with desk.reads() as visit:
        _require_taker(visit)
        require_strong(visit.actor)
        batch = queries.batch(visit.db, batch_id)
        found = screen.reasoned(visit, batch, desk.settings.area_code)
        if not found.rows:
            raise NotFound
        visit.seen("intake.rejected", ("intake", batch_id), count=len(found.rows))
    with desk.writes() as visit:
        made = take_out_rejected(visit.db, visit.actor, found.labels, found.rows, now=visit.now)
    return attachment(made.name, made.media_type, made.content)


def _require_taker(visit: Visit) -> None:
    if not may_take_in_people(visit.actor):
        raise Forbidden


def _book(file: Upload) -> Book:
    try:
        return read_workbook(file.content)
    except UnreadableFile as unreadable:
        raise Refused(unreadable.message, field="file", **unreadable.facts) from unreadable


def _put_aside(desk: Desk, form: ListForm, file: Upload, book: Book) -> Response[None]:
    with desk.writes() as visit:
        batch = service.take_in(
            visit.db,
            visit.actor,
            service.Handed(file.name, file.content, form.sheet),
            book,
            kind=form.kind,
            day=form.day,
            now=visit.now,
        )
        return saved(visit, "intake.show", batch_id=batch.id)


def _change(
    desk: Desk, batch_id: UUID, verb: Callable[[Visit], None], notice: str
) -> Response[Any]:
    """Do `verb` in one transaction; a refusal undoes it and shows the list as it stands."""
    try:
        with desk.writes() as visit:
            verb(visit)
            return saved(visit, "intake.show", notice, batch_id=batch_id)
    except (Conflict, Refused) as refusal:
        with desk.reads() as visit:
            return _show_page(desk, visit, batch_id, refusal=refusal)


def _new_page(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    return page(
        visit,
        "intake/new.html",
        block="form",
        status=status,
        sub=sub,
        kinds=kind_options(visit.actor),
        today=local_day(visit.now).isoformat(),
        accepted=ACCEPTED,
    )


def _show_page(
    desk: Desk,
    visit: Visit,
    batch_id: UUID,
    *,
    verdict: str = "",
    number: int = 1,
    refusal: DomainError | None = None,
) -> Response[str]:
    _require_taker(visit)
    batch = queries.batch(visit.db, batch_id)
    status = refusal.status if refusal else 200
    told = translate(refusal.message, **refusal.facts) if refusal else ""
    context = {"batch": batch, "verdict": verdict, "refusal": told, **_labels()}
    if batch.state is BatchState.PREVIEWED:
        context |= _waiting(desk, visit, batch, verdict, number)
        _seen(visit, batch_id, number, context.pop("named", ()))
        return page(visit, "intake/preview.html", block="preview", status=status, **context)
    found = screen.reasoned(visit, batch, desk.settings.area_code)
    left = screen.left_lines(visit, batch)
    context |= {
        "tallies": screen.tallies(batch.counts) if batch.counts else [],
        "aside": [(row.number, [str(each) for each in why]) for row, why in found.rows],
        "left": left,
        "kept_days": service.KEPT_DAYS,
    }
    _seen(visit, batch_id, number, [line.subject for line in left if line.subject])
    return page(visit, "intake/outcome.html", block="outcome", status=status, **context)


def _seen(visit: Visit, batch_id: UUID, number: int, named: Iterable[Subject]) -> None:
    """Put on record that a list was shown, and whom of the ledger it names."""
    visit.seen("intake.viewed", ("intake", batch_id), named=named, page=number)


def _waiting(
    desk: Desk, visit: Visit, batch: IntakeBatch, verdict: str, number: int
) -> dict[str, Any]:
    preview = screen.waiting(visit, batch, desk.settings.area_code)
    rows = queries.rows_of_batch(visit.db, batch.id)
    context: dict[str, Any] = {
        "headers": screen.header_options(batch, rows),
        "meanings": screen.meaning_options(),
        "sub": blank(),
    }
    if isinstance(preview, str):
        unread = screen.unread_columns(batch, rows)
        chosen = batch.columns["header_row"]
        return {**context, "problem": preview, "columns": unread, "header_row": chosen}
    earlier = queries.batch_of_file(visit.db, batch.sha256)
    shown = screen.preview_context(preview, verdict, number)
    return {**context, "problem": "", "earlier": earlier, **shown}


def _labels() -> dict[str, Any]:
    return {"kind_labels": LIST_KIND_LABELS, "state_labels": BATCH_STATE_LABELS}


HANDLERS = [
    batches,
    new,
    upload,
    show,
    columns,
    application,
    discard,
    undo,
    rejected,
]
