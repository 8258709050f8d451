"""Giving an information item to other agencies, and the list of what they gave."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from pydantic import Field

from crm.access.desk import CurrentDesk
from crm.bulletins import queries as bulletins
from crm.bulletins.models import HANDLING_LABELS, INFORMATION_KIND_LABELS
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound, Refused
from crm.kernel.forms import Form, Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.sharing import information, policy
from crm.sharing import information_queries as queries
from crm.web.pages import HEADERS, page, saved
from crm.web.visit import Visit


class OfficeForm(Form):
    """The office of another agency an item is given to, or taken from."""

    recipient_station_id: UUID = Field(
        title=N_("提供先"), json_schema_extra={"missing": N_("提供先を選んでください。")}
    )


@get("/information/received", name="sharing.information_received", sync_to_thread=True)
def received(
    desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show what other agencies gave, in force or expired."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        ended = shown == "ended"
        found = queries.received_information(
            visit.db, visit.actor, day=local_day(visit.now), ended=ended, number=number
        )
        return page(
            visit,
            "sharing/information_received.html",
            block="list",
            items=found,
            ended=ended,
            kind_labels=INFORMATION_KIND_LABELS,
            handling_labels=HANDLING_LABELS,
        )


@get(
    "/information/received/{copy_id:uuid}/file",
    name="sharing.information_file",
    sync_to_thread=True,
)
def received_file(desk: CurrentDesk, copy_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with a received file, to be saved, and put on record that it left."""
    with desk.reads() as visit:
        copy = queries.received_item(visit.db, visit.actor, copy_id)
        if copy.content is None:
            raise NotFound
        visit.seen("information.downloaded", ("information", copy.item_id))
        disposition = f"attachment; filename*=UTF-8''{quote(copy.file_name)}"
        return Response(
            copy.content,
            media_type=copy.media_type,
            headers={**HEADERS, "Content-Disposition": disposition},
        )


@get(
    "/information/{item_id:uuid}/provision",
    name="sharing.information_provision",
    sync_to_thread=True,
)
def provision(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[str]:
    """Show which offices of other agencies hold an item; to chiefs, the form to give it."""
    with desk.reads() as visit:
        return _page(visit, item_id, blank())


@post(
    "/information/{item_id:uuid}/provision", name="sharing.information_publish", sync_to_thread=True
)
def publish(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[Any]:
    """Give an item to an office."""
    with desk.writes() as visit:
        sub = read_form(OfficeForm, visit.sent)
        if sub.form is None:
            return _page(visit, item_id, sub, status=422)
        office = sub.form.recipient_station_id
        try:
            information.publish_information(visit.db, visit.actor, item_id, office, now=visit.now)
        except Refused as refusal:
            return _page(visit, item_id, sub.refused(refusal), status=422)
        return saved(visit, "sharing.information_provision", N_("提供しました。"), item_id=item_id)


@post(
    "/information/{item_id:uuid}/provision/withdrawal",
    name="sharing.information_withdrawal",
    sync_to_thread=True,
)
def withdraw(desk: CurrentDesk, item_id: FromPath[UUID]) -> Response[Any]:
    """Take an office's copy away."""
    with desk.writes() as visit:
        sub = read_form(OfficeForm, visit.sent)
        if sub.form is None:
            return _page(visit, item_id, sub, status=422)
        office = sub.form.recipient_station_id
        information.withdraw_information(visit.db, visit.actor, item_id, office, now=visit.now)
        return saved(
            visit,
            "sharing.information_provision",
            N_("提供を終えました。相手方の写しは消えました。"),
            item_id=item_id,
        )


def _page(visit: Visit, item_id: UUID, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    today = local_day(visit.now)
    return page(
        visit,
        "sharing/information_provision.html",
        status=status,
        sub=sub,
        item=bulletins.item_line(visit.db, item_id, today),
        offices=queries.offices_for(visit.db, visit.actor, item_id, today),
        may_share=policy.may_share(visit.actor),
        kind_labels=INFORMATION_KIND_LABELS,
        handling_labels=HANDLING_LABELS,
    )


HANDLERS = [received, received_file, provision, publish, withdraw]
