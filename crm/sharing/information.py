"""Giving information items to other agencies: copies that follow what they are copies of."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm.bulletins import queries as bulletins
from crm.bulletins.models import (
    HANDED_TO_AGENCIES,
    InformationChanged,
    InformationItem,
    InformationWidening,
    ItemState,
)
from crm.bulletins.service import NOT_THAT_DAY, ONLY_NARROWER
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.scope import ScopedSession
from crm.sharing import information_queries as queries
from crm.sharing.information_queries import Copy
from crm.sharing.lines import giver_label
from crm.sharing.models import (
    Basis,
    ProvisionAct,
    ProvisionRecord,
    PublishedInformation,
    SharingAgreement,
)
from crm.sharing.policy import may_share


def publish_information(
    db: ScopedSession,
    actor: Actor,
    item_id: UUID,
    recipient_station_id: UUID,
    *,
    now: dt.datetime,
) -> None:
    """Give another agency's office a copy of an own item, with its file; a second time, nothing.

    Forbidden for others than the chiefs; Refused unless the item's class lets it reach agencies, it
    is in force today, and an agreement with that office holds today.
    """
    if not may_share(actor):
        raise Forbidden
    today = local_day(now)
    item = bulletins.item_to_change(db, item_id)
    _require_publishable(actor, item, today)
    agreement = queries.agreement_with(db, recipient_station_id, today)
    if agreement is None:
        raise Refused("提供の取決めがある機関を選んでください。", field="recipient_station_id")
    held = {copy.recipient_station_id for copy in queries.copies_of(db, actor, item_id)}
    if recipient_station_id in held:
        return
    db.add(_copy(db, actor, item, agreement, now))
    db.add(_provision(actor, item.id, agreement, now))
    db.flush()
    audit.record(
        db,
        actor,
        "information.provided",
        now=now,
        subject=("information", item.id),
        recipient=agreement.recipient_name,
    )


def withdraw_information(
    db: ScopedSession,
    actor: Actor,
    item_id: UUID,
    recipient_station_id: UUID,
    *,
    now: dt.datetime,
) -> None:
    """Take one office's copy of an own item away; where there is none, nothing.

    Forbidden for others than the chiefs.
    """
    if not may_share(actor):
        raise Forbidden
    bulletins.item_to_change(db, item_id)
    for copy in queries.copies_of(db, actor, item_id):
        if copy.recipient_station_id == recipient_station_id:
            _end(db, actor, item_id, copy, now)


def end_without_agreement(db: ScopedSession, actor: Actor, *, now: dt.datetime) -> None:
    """Remove the own office's copies from offices no agreement holds with today.

    They were given under one; what was given stays on record.
    """
    for item_id, copy in queries.copies_without_agreement(db, actor, local_day(now)):
        _end(db, actor, item_id, copy, now)


def follow_item(
    db: ScopedSession, change: InformationChanged, actor: Actor, now: dt.datetime
) -> None:
    """Make the copies of an item say what it says now; where it may not be there, remove them."""
    copies = queries.copies_of(db, actor, change.item_id)
    if not copies:
        return
    item = bulletins.item(db, change.item_id)
    if item.withdrawn_on is None and item.handling in HANDED_TO_AGENCIES:
        db.exec(
            sa.update(PublishedInformation)
            .where(queries.given_by(actor, item.id))
            .values(_what_it_says(item))
        )
        return
    for copy in copies:
        _end(db, actor, item.id, copy, now)


def refuse_to_widen(
    db: ScopedSession, change: InformationWidening, actor: Actor, now: dt.datetime
) -> None:
    """Refuse to let an item go further once another agency was given it under a narrower class."""
    del actor, now
    if queries.was_given(db, change.item_id):
        raise Refused(ONLY_NARROWER, field="handling")


def _require_publishable(actor: Actor, item: InformationItem, today: dt.date) -> None:
    if item.station_id != actor.station_id:
        raise Refused(
            "本部が登録した情報は提供できません。自所属の情報として登録してから提供してください。"
        )
    if item.handling not in HANDED_TO_AGENCIES:
        raise Refused("「%(title)s」は署内限りのため、他機関に提供できません。", title=item.title)
    if (state := item.state_on(today)) is not ItemState.CURRENT:
        raise Refused(NOT_THAT_DAY[state], title=item.title)


def _copy(
    db: ScopedSession,
    actor: Actor,
    item: InformationItem,
    agreement: SharingAgreement,
    now: dt.datetime,
) -> PublishedInformation:
    sheet = bulletins.file_of(db, item.id)
    return PublishedInformation(
        giver_agency_id=actor.agency_id,
        giver_station_id=agreement.station_id,
        giver_name=giver_label(actor),
        recipient_agency_id=agreement.recipient_agency_id,
        recipient_station_id=agreement.recipient_station_id,
        item_id=item.id,
        file_name=sheet.name if sheet else "",
        media_type=sheet.media_type if sheet else "",
        content=sheet.content if sheet else None,
        published_at=now,
        **_what_it_says(item),
    )


def _what_it_says(item: InformationItem) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "issue_number": item.issue_number,
        "title": item.title,
        "topic": item.topic,
        "handling": item.handling.value,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
    }


def _provision(
    actor: Actor, item_id: UUID, agreement: SharingAgreement, now: dt.datetime
) -> ProvisionRecord:
    return ProvisionRecord(
        agency_id=agreement.agency_id,
        station_id=agreement.station_id,
        reference=item_id,
        subject_type="information",
        subject_id=item_id,
        recipient_agency_id=agreement.recipient_agency_id,
        recipient_name=agreement.recipient_name,
        basis=Basis.STANDING,
        basis_id=agreement.id,
        act=ProvisionAct.GIVEN,
        at=now,
        by_account_id=actor.account_id,
    )


def _end(db: ScopedSession, actor: Actor, item_id: UUID, copy: Copy, now: dt.datetime) -> None:
    """Remove a copy; the record of what was given stays, with its end beside it."""
    db.exec(sa.delete(PublishedInformation).where(queries.is_copy(copy.id)))
    given = queries.last_provision(db, item_id, copy.recipient_agency_id)
    if given is not None:
        ended = given.model_dump(exclude={"id"}) | {
            "act": ProvisionAct.ENDED,
            "at": now,
            "by_account_id": None if actor.is_product else actor.account_id,
        }
        db.add(ProvisionRecord(**ended))
    db.flush()
    audit.record(
        db,
        actor,
        "information.provision_ended",
        now=now,
        subject=("information", item_id),
        recipient=given.recipient_name if given else "",
    )
