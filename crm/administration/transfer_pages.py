"""人事異動: a dated list is shown row by row before anything is written."""

from base64 import b64decode, b64encode
from typing import Any

from litestar import Response, get, post

from crm.access.desk import CurrentDesk
from crm.access.queries import require_administrator
from crm.administration.forms import TransferForm
from crm.administration.page_parts import REFUSED, STALE
from crm.agencies.models import ROLE_LABELS
from crm.agencies.staffing import roles_of
from crm.agencies.transfers import (
    MAX_FILE_BYTES,
    OUTCOME_LABELS,
    Outcome,
    apply_transfers,
    plan_transfers,
)
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.web.pages import page, saved
from crm.web.visit import Visit

MAX_BODY_BYTES = 2 * MAX_FILE_BYTES + 500_000
"""Room for the list as it is sent back from the preview, and for one somewhat too large."""
APPLIED = N_("人事異動を登録しました。")


@get("/administration/transfers", name="administration.transfers", sync_to_thread=True)
def transfers(desk: CurrentDesk) -> Response[str]:
    """Show the form that takes a list."""
    with desk.reads() as visit:
        require_administrator(visit.actor)
        return _upload_form(visit, blank(), 200)


@post(
    "/administration/transfers",
    name="administration.transfer_preview",
    sync_to_thread=True,
    request_max_body_size=MAX_BODY_BYTES,
)
def transfer_preview(desk: CurrentDesk) -> Response[str]:
    """Show what a list would change, row by row; nothing is written."""
    with desk.reads() as visit:
        require_administrator(visit.actor)
        upload = visit.files.get("file")
        if upload is None:
            missing = Refused(N_("人事異動のファイル（CSV）を選んでください。"), field="file")
            return _upload_form(visit, blank().refused(missing), REFUSED)
        try:
            return _preview(visit, upload.content, upload.name, 200)
        except Refused as refusal:
            return _upload_form(visit, blank().refused(refusal), REFUSED)


@post(
    "/administration/transfers/application",
    name="administration.transfer_apply",
    sync_to_thread=True,
    request_max_body_size=MAX_BODY_BYTES,
)
def transfer_apply(desk: CurrentDesk) -> Response[Any]:
    """Write what was shown; if something moved in between, show the list anew."""
    sub = read_form(TransferForm, desk.request.sent)
    content = _decoded(sub)
    try:
        with desk.writes() as visit:
            require_administrator(visit.actor)
            if sub.form is None or content is None:
                return _upload_form(visit, Submission(), REFUSED)
            apply_transfers(visit.db, visit.actor, content, digest=sub.form.digest, now=visit.now)
            return saved(visit, "administration.staff", APPLIED)
    except (Conflict, Refused):
        # raised out of the transaction, so that nothing of a list is kept without the rest
        with desk.reads() as visit:
            return _preview(visit, content or b"", sub.values.get("name", ""), STALE)


def _decoded(sub: Submission[TransferForm]) -> bytes | None:
    try:
        return b64decode(sub.form.content, validate=True) if sub.form else None
    except ValueError:  # also what holds characters no such text has
        return None


def _preview(visit: Visit, content: bytes, name: str, status: int) -> Response[str]:
    plan = plan_transfers(visit.db, visit.actor, content, now=visit.now)
    visit.seen("transfer.previewed", sha256=plan.sha256, count=len(plan.steps))
    return page(
        visit,
        "administration/transfer_preview.html",
        block="form",
        status=status,
        plan=plan,
        name=name,
        content=b64encode(content).decode(),
        stale=status == STALE,
        ready=any(step.is_ready for step in plan.steps),
        outcomes=Outcome,
        outcome_labels=OUTCOME_LABELS,
    )


def _upload_form(visit: Visit, sub: Submission[Any], status: int) -> Response[str]:
    return page(
        visit,
        "administration/transfers.html",
        block="form",
        status=status,
        sub=sub,
        roles=[translate(ROLE_LABELS[role]) for role in roles_of(visit.actor)],
    )


HANDLERS = [transfers, transfer_preview, transfer_apply]
