"""What tests of information items do again and again."""

import datetime as dt
from uuid import UUID

from crm.bulletins import service
from crm.bulletins.files import Sheet
from crm.bulletins.models import Handling, InformationItem, InformationKind
from crm.bulletins.service import ItemFacts
from crm.sharing import information
from crm.sharing.models import SharingAgreement
from tests.support.world import NOW, START, TODAY, World

DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9"
SHEET = Sheet("交番速報.pdf", "application/pdf", PDF)


def facts(**changes: object) -> ItemFacts:
    given: dict[str, object] = {
        "kind": InformationKind.KOBAN_FLASH,
        "issue_number": "第12号",
        "title": "ひったくりに注意",
        "topic": "街頭犯罪",
        "handling": Handling.LIAISONS,
        "valid_from": TODAY,
    }
    return ItemFacts(**(given | changes))  # type: ignore[arg-type]  # each test states its own


def issued(
    world: World,
    who: str = "officer",
    *,
    sheet: Sheet | None = None,
    now: dt.datetime = NOW,
    **changes: object,
) -> InformationItem:
    with world.writing(who) as db:
        return service.issue_item(db, world.actors[who], facts(**changes), sheet, now=now)


def corrected(
    world: World, item: InformationItem, who: str = "officer", revision: int = 1, **changes: object
) -> None:
    says = {
        "kind": item.kind,
        "issue_number": item.issue_number,
        "title": item.title,
        "topic": item.topic,
        "handling": item.handling,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
    }
    with world.writing(who) as db:
        service.correct_item(
            db, world.actors[who], item.id, facts(**(says | changes)), revision=revision, now=NOW
        )


def withdrawn(world: World, item: InformationItem, who: str = "officer", revision: int = 1) -> None:
    with world.writing(who) as db:
        service.withdraw_item(db, world.actors[who], item.id, revision=revision, now=NOW)


def agreed(
    world: World,
    giver: str = "若葉署",
    recipient: str = "架空市役所",
    *,
    valid_from: dt.date = START,
    valid_to: dt.date | None = None,
) -> SharingAgreement:
    """Put an agreement by which one office gives another."""
    agreement = SharingAgreement(
        agency_id=world.agency_of(giver),
        station_id=world.units[giver],
        recipient_agency_id=world.agency_of(recipient),
        recipient_station_id=world.units[recipient],
        recipient_name=recipient,
        title="地域安全情報の提供",
        purpose="地域の安全のため",
        fields=[],
        valid_from=valid_from,
        valid_to=valid_to,
    )
    world.put(agreement)
    return agreement


def published(
    world: World,
    item_id: UUID,
    who: str = "chief",
    recipient: str = "架空市役所",
    now: dt.datetime = NOW,
) -> None:
    with world.writing(who) as db:
        information.publish_information(
            db, world.actors[who], item_id, world.units[recipient], now=now
        )
