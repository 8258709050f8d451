"""Ways into a world where something is shared, for the tests that begin there."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import col

from crm.consents.models import ConsentFacts, ConsentMethod, SharedField
from crm.consents.service import record_consent
from crm.contacts.models import Holder
from crm.notes.models import Occasion, Outcome
from crm.notes.service import NoteFacts, log_activity
from crm.sharing import agreements
from crm.sharing.models import (
    Basis,
    ContactLink,
    Disclosure,
    DisclosureBasis,
    PublishedContact,
    PublishedNote,
    SharingAgreement,
)
from tests.liaisons.course import accepted
from tests.support.world import NOW, TODAY, World

F = SharedField
SOME = (F.NAME, F.READING, F.POST, F.PHONE)
EVERYTHING = tuple(F)
POLICE_STATION = "若葉署"
CITY_OFFICE = "架空市役所"


def agreed(
    world: World,
    fields: Collection[SharedField] = EVERYTHING,
    *,
    who: str = "chief",
    to: str = CITY_OFFICE,
    valid_from: dt.date = TODAY,
    valid_to: dt.date | None = None,
    gives_places: bool = False,
    now: dt.datetime = NOW,
) -> SharingAgreement:
    facts = agreements.AgreementFacts(
        recipient_station_id=world.units[to],
        title="連絡員名簿の提供",
        purpose="地域の見守り活動",
        fields=fields,
        valid_from=valid_from,
        valid_to=valid_to,
        conditions="第三者に渡さないこと",
        retention="年度末に消去",
        inquiries="若葉署地域課",
        gives_places=gives_places,
    )
    with world.writing(who) as db:
        return agreements.make_agreement(db, world.actors[who], facts, now=now)


def consented(
    world: World,
    holder: Holder,
    fields: Collection[SharedField] = EVERYTHING,
    *,
    who: str = "chief",
    agency_id: UUID | None = None,
    day: dt.date = TODAY,
    now: dt.datetime = NOW,
) -> None:
    named = {agency_id or world.city_id: fields} if fields else {}
    facts = ConsentFacts(day, ConsentMethod.ORAL, provisions=named)
    with world.writing(who) as db:
        record_consent(db, world.actors[who], holder, facts, now=now)


def disclosed(
    world: World,
    holder: Holder,
    fields: Collection[SharedField] = (F.NAME, F.PHONE),
    *,
    who: str = "chief",
    expires_on: dt.date = TODAY,
    now: dt.datetime = NOW,
) -> Disclosure:
    facts = agreements.DisclosureFacts(
        recipient_station_id=world.units[CITY_OFFICE],
        basis=DisclosureBasis.PUBLIC_BODY,
        reason="避難訓練の名簿作成",
        fields=fields,
        expires_on=expires_on,
    )
    with world.writing(who) as db:
        return agreements.disclose(db, world.actors[who], holder, facts, now=now)


def liaison(
    world: World,
    name: str = "桒原 健太",
    kana: str = "クワバラ ケンタ",
    *,
    fields: Collection[SharedField] = EVERYTHING,
    phone: str = "087-833-0110",
    address: str = "架空市みなと町一丁目",
) -> Holder:
    """A person of the police station who serves, and agreed to the city having `fields`."""
    holder = Holder(person_id=world.person(name, kana, phone=phone, address=address).id)
    provisions = {world.city_id: fields} if fields else {}
    areas = [world.areas["みなと町自治会"]]
    accepted(world, holder, provisions=provisions, area_ids=areas)
    return holder


def copies(world: World, holder: Holder | None = None) -> list[PublishedContact]:
    """Every copy in the database, outside the rules; of one contact, or all."""
    wanted = sa.select(PublishedContact).order_by(col(PublishedContact.kana_sort))
    if holder is not None:
        known = sa.select(col(ContactLink.reference)).where(
            col(ContactLink.person_id) == holder.person_id
            if holder.person_id
            else col(ContactLink.organization_id) == holder.organization_id
        )
        wanted = wanted.where(col(PublishedContact.reference).in_(known))
    with world.database.system("a test's look at the copies") as connection:
        rows = connection.execute(wanted).mappings().all()
    return [PublishedContact(**row) for row in rows]


def noted(world: World, holder: Holder, who: str = "officer", heard: str = "街灯") -> UUID:
    """A contact with `holder`, as the own office keeps it."""
    facts = NoteFacts(
        occasion=Occasion.PATROL_VISIT,
        outcome=Outcome.MET,
        happened_at=NOW,
        heard=heard,
        client_key=uuid4(),
        person_ids=frozenset([holder.person_id] if holder.person_id else []),
    )
    with world.writing(who) as db:
        return log_activity(db, world.actors[who], facts, now=NOW).id


def told_of(world: World, holder: Holder, at: dt.datetime, joint_on: dt.date | None = None) -> None:
    """Let the city have told the police of a contact with one of theirs."""
    reference = uuid4()
    sides = {
        "giver_agency_id": world.city_id,
        "giver_station_id": world.units[CITY_OFFICE],
        "giver_name": CITY_OFFICE,
        "recipient_agency_id": world.agency_id,
        "recipient_station_id": world.units[POLICE_STATION],
    }
    world.put(
        ContactLink(
            agency_id=world.agency_id,
            station_id=world.units[POLICE_STATION],
            person_id=holder.person_id,
            organization_id=holder.organization_id,
            reference=reference,
            other_agency_id=world.city_id,
            other_station_id=world.units[CITY_OFFICE],
            linked_at=NOW,
        ),
        PublishedNote(
            **sides,
            reference=reference,
            note_id=uuid4(),
            basis=Basis.STANDING,
            basis_id=uuid4(),
            happened_at=at,
            occasion=Occasion.PHONE,
            text="見守りの件",
            joint_on=joint_on,
            published_at=NOW,
        ),
    )
