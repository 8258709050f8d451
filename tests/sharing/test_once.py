"""A form sent twice, by a double click or after a lost answer, makes one record."""

import re
import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.bulletins import service as bulletins
from crm.bulletins.models import InformationItem
from crm.kernel.clock import local_day, utc_now
from crm.kernel.scope import ScopedSession
from crm.sharing import agreements
from crm.sharing.models import Disclosure, DisclosureBasis, SharingAgreement
from tests.bulletins.acts import facts
from tests.sharing.acts import CITY_OFFICE, F, liaison
from tests.support.pages import Browser
from tests.support.world import NOW, TODAY, World

Act = Callable[[ScopedSession, UUID | None], SQLModel]
KINDS = (SharingAgreement, Disclosure, InformationItem)
at_once = pytest.mark.parametrize("table", KINDS, ids=lambda table: table.__name__)


def act_of(world: World, table: type[SQLModel]) -> Act:
    """Return what makes a row of `table` as the chief."""
    chief, office = world.actors["chief"], world.units[CITY_OFFICE]
    if table is SharingAgreement:
        terms = agreements.AgreementFacts(
            recipient_station_id=office,
            title="連絡員名簿の提供",
            purpose="見守り活動",
            fields=[F.NAME],
            valid_from=TODAY,
        )
        return lambda db, key: agreements.make_agreement(db, chief, terms, now=NOW, request_key=key)
    if table is Disclosure:
        holder = liaison(world)
        decision = agreements.DisclosureFacts(
            recipient_station_id=office,
            basis=DisclosureBasis.PUBLIC_BODY,
            reason="避難訓練の名簿作成",
            fields=[F.NAME],
            expires_on=TODAY,
        )
        return lambda db, key: agreements.disclose(
            db, chief, holder, decision, now=NOW, request_key=key
        )
    return lambda db, key: bulletins.issue_item(db, chief, facts(), None, now=NOW, request_key=key)


def count(world: World, table: type[SQLModel]) -> int:
    statement = sa.select(sa.func.count()).select_from(table)
    with world.database.system("a test") as connection:
        return connection.execute(statement).scalar_one()


@at_once
def test_sent_again_it_is_the_same_record(world: World, table: type[SQLModel]) -> None:
    act, key, made = act_of(world, table), uuid4(), []
    for _ in range(2):
        with world.writing("chief") as db:
            made.append(act(db, key).id)  # type: ignore[attr-defined]  # every row has one

    assert made[0] == made[1]
    assert count(world, table) == 1


@at_once
def test_sent_twice_at_one_moment_it_is_one_record(world: World, table: type[SQLModel]) -> None:
    act, key = act_of(world, table), uuid4()
    together, made = threading.Barrier(2), []

    def send() -> None:
        together.wait()
        with world.writing("chief") as db:
            made.append(act(db, key).id)  # type: ignore[attr-defined]  # as above

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert len(made) == 2
    assert len(set(made)) == count(world, table) == 1


@at_once
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_forms_are_two_records(world: World, table: type[SQLModel]) -> None:
    act = act_of(world, table)
    for key in (uuid4(), uuid4(), None, None):
        with world.writing("chief") as db:
            act(db, key)

    assert count(world, table) == 4


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_send_the_key_of_their_form(world: World, browser: Browser) -> None:
    today, holder = local_day(utc_now()).isoformat(), liaison(world)
    to_city = {"recipient_station_id": str(world.units[CITY_OFFICE]), "fields": ["name"]}
    agreement = {**to_city, "title": "名簿", "purpose": "見守り", "valid_from": today}
    disclosure = {**to_city, "basis": "consent", "reason": "訓練", "expires_on": today}
    item = {"kind": "leaflet", "title": "回覧", "handling": "public", "valid_from": today}
    person = f"/people/{holder.person_id}/disclosures"
    browser.sign_in("chief")
    for path, sent in (("/agreements", agreement), (person, disclosure), ("/information", item)):
        key = key_of(browser.get(f"{path}/new").text)
        refused = browser.post(path, {**sent, "request_key": key, "fields": [], "title": ""})
        assert (refused.status_code, key_of(refused.text)) == (422, key)
        for _ in range(2):
            browser.post(path, {**sent, "request_key": key})

    assert [count(world, table) for table in KINDS] == [1, 1, 1]


def key_of(page: str) -> str:
    [key] = re.findall(r'name="request_key" value="([0-9a-f-]{36})"', page)
    return str(key)
