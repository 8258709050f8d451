"""The list of information items, one item with its file, and the forms that keep it."""

from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.bulletins import policy, queries, service
from crm.bulletins.files import ACCEPTED, MAX_BODY_BYTES, Sheet, read_sheet
from crm.bulletins.forms import (
    ItemForm,
    WithdrawalForm,
    item_values,
    kind_options,
)
from crm.bulletins.handling import handling_labels, handling_options
from crm.bulletins.models import (
    HANDED_TO_AGENCIES,
    INFORMATION_KIND_LABELS,
    ITEM_STATE_LABELS,
    InformationKind,
    ItemState,
)
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.web.pages import HEADERS, anew, page, saved
from crm.web.visit import Visit


@get("/information", name="bulletins.items", sync_to_thread=True)
def items(
    desk: CurrentDesk,
    shown: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    words: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show the items in force, or those that ended, of one kind or all."""
    with desk.reads() as visit:
        _require_issuer(visit)
        today = local_day(visit.now)
        ended = shown == "ended"
        chosen = InformationKind(kind) if kind in set(InformationKind) else None
        found = queries.items_page(
            visit.db, day=today, ended=ended, kind=chosen, words=words, number=number
        )
        asked = {"kind": chosen.value if chosen else "", "words": words}
        return page(
            visit,
            "bulletins/items.html",
            block="list",
            items=found,
            today=today,
            ended=ended,
            asked=asked,
            query=urlencode(asked),
            kinds=kind_options(visit.actor),
            **_labels(visit),
        )


@get("/information/new", name="bulletins.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form for a new item."""
    with desk.reads() as visit:
        _require_issuer(visit)
        return _new_page(visit, blank(valid_from=local_day(visit.now).isoformat()))


@post(
    "/information",
    name="bulletins.create",
    sync_to_thread=True,
    request_max_body_size=MAX_BODY_BYTES,
)
def create(desk: CurrentDesk) -> Response[Any]:
    """Register an item with its file."""
    with desk.writes() as visit:
        _require_issuer(visit)
        sub = read_form(ItemForm, visit.sent)
        try:
            sheet = _sheet(visit)
            if sub.form is None:
                return _new_page(visit, sub, status=422)
            item = service.issue_item(
                visit.db,
                visit.actor,
                sub.form.facts(),
                sheet,
                now=visit.now,
                request_key=sub.form.request_key,
            )
        except Refused as refusal:
            return _new_page(visit, sub.refused(refusal), status=422)
        return saved(visit, "bulletins.show", N_("地域安全情報を登録しました。"), item_id=item.id)


@get("/information/{item_id:uuid}", name="bulletins.show", sync_to_thread=True)
def show(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[str]:
    """Show one item: how far it may go, until when, and in how many contacts it was handed over."""
    with desk.reads() as visit:
        return _show_page(visit, item_id)


@get("/information/{item_id:uuid}/file", name="bulletins.file", sync_to_thread=True)
def file(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with an item's file, to be saved, and put on record that it left."""
    with desk.reads() as visit:
        found = queries.file_of(visit.db, item_id)
        if found is None:
            raise NotFound
        visit.seen("information.downloaded", ("information", item_id), sha256=found.sha256)
        return attachment(found.name, found.media_type, found.content)


@get("/information/{item_id:uuid}/edit", name="bulletins.edit", sync_to_thread=True)
def edit(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[str]:
    """Show what is recorded of an item, to be corrected."""
    with desk.reads() as visit:
        return _edit_page(visit, item_id, blank())


@post("/information/{item_id:uuid}", name="bulletins.correct", sync_to_thread=True)
def correct(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[Any]:
    """Correct an item; a stale form comes back beside what the item says now."""
    with desk.writes() as visit:
        sub = read_form(ItemForm, visit.sent)
        if sub.form is None:
            return _edit_page(visit, item_id, sub, status=422)
        try:
            service.correct_item(
                visit.db,
                visit.actor,
                item_id,
                sub.form.facts(),
                revision=sub.form.revision,
                now=visit.now,
            )
        except (Refused, Conflict) as said:
            return _edit_page(visit, item_id, sub.refused(said), status=said.status)
        return saved(visit, "bulletins.show", N_("訂正しました。"), item_id=item_id)


@post("/information/{item_id:uuid}/withdrawal", name="bulletins.withdrawal", sync_to_thread=True)
def withdraw(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[Any]:
    """Take an item back."""
    with desk.writes() as visit:
        sub = read_form(WithdrawalForm, visit.sent)
        if sub.form is None:
            return _show_page(visit, item_id, sub, status=422)
        try:
            service.withdraw_item(
                visit.db, visit.actor, item_id, revision=sub.form.revision, now=visit.now
            )
        except (Refused, Conflict) as said:
            return _show_page(visit, item_id, sub.refused(said), status=said.status)
        return saved(
            visit,
            "bulletins.show",
            N_("撤回しました。今後は渡せません。他機関に提供した写しも消えました。"),
            item_id=item_id,
        )


def attachment(name: str, media_type: str, content: bytes) -> Response[bytes]:
    """Return a file to be saved under its own name, never to be shown inside a page of ours."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(
        content,
        media_type=media_type,
        # nosniff stands on every answer
        headers={**HEADERS, "Content-Disposition": disposition},
    )


def _require_issuer(visit: Visit) -> None:
    if not policy.may_issue_information(visit.actor):
        raise Forbidden


def _sheet(visit: Visit) -> Sheet | None:
    upload = visit.files.get("file")
    return read_sheet(upload.name, upload.content) if upload else None


def _new_page(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    return page(
        visit,
        "bulletins/new.html",
        block="form",
        status=status,
        sub=sub,
        accepted=ACCEPTED,
        kinds=kind_options(visit.actor),
        handlings=handling_options(visit.actor),
    )


def _show_page(
    visit: Visit, item_id: UUID, sub: Submission[Any] | None = None, *, status: int = 200
) -> Response[str]:
    today = local_day(visit.now)
    item = queries.item(visit.db, item_id)
    state = item.state_on(today)
    own = policy.may_change(visit.actor, item)
    goes_out = state is ItemState.CURRENT and item.handling in HANDED_TO_AGENCIES
    return page(
        visit,
        "bulletins/show.html",
        status=status,
        sub=sub or blank(),
        item=queries.item_line(visit.db, item_id, today),
        revision=item.revision,
        state=state,
        sheet=queries.file_facts(visit.db, item_id),
        times_handed=queries.times_handed(visit.db, item_id),
        may_change=own and item.withdrawn_on is None,
        may_provide=own and goes_out and visit.actor.reads_people,
        **_labels(visit),
    )


def _edit_page(
    visit: Visit, item_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    item = queries.item(visit.db, item_id)
    if not policy.may_change(visit.actor, item):
        raise Forbidden
    return page(
        visit,
        "bulletins/edit.html",
        block="form",
        status=status,
        sub=sub if sub.values else blank(**item_values(item)),
        item=item,
        **anew(sub, status, item.revision),
        kinds=kind_options(visit.actor),
        handlings=handling_options(visit.actor),
        **_labels(visit),
    )


def _labels(visit: Visit) -> dict[str, Any]:
    return {
        "kind_labels": INFORMATION_KIND_LABELS,
        "handling_labels": handling_labels(visit.actor),
        "state_labels": ITEM_STATE_LABELS,
        "state_tones": STATE_TONES,
    }


STATE_TONES = {ItemState.UPCOMING: "waiting", ItemState.CURRENT: "active"}
"""The others have ended."""

HANDLERS = [items, new, create, show, file, edit, correct, withdraw]
