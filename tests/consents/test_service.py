"""Consent: the newest record is in force as a whole, on any day."""

import datetime as dt
from uuid import UUID, uuid4

import pytest

from crm.consents.models import ConsentFacts, ConsentMethod, ConsentScope, SharedField
from crm.consents.queries import (
    Grant,
    Provision,
    consent_history,
    current_consent,
    grants_in_force,
    holders_naming,
    provisions_in_force,
)
from crm.consents.service import FORM_VERSION, record_consent
from crm.contacts.models import Holder
from crm.kernel.errors import Forbidden, Refused
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

STATION = ConsentScope.WITHIN_STATION
CITY = ConsentScope.MUNICIPALITY
PHOTO = ConsentScope.PHOTO


def facts(day: dt.date, *scopes: ConsentScope) -> ConsentFacts:
    recipients = {scope: "若葉市市民安全課（氏名）" if scope is CITY else "" for scope in scopes}
    return ConsentFacts(day, ConsentMethod.ORAL, recipients)


def agree(world: World, holder: Holder, day: dt.date, *scopes: ConsentScope) -> None:
    with world.writing("chief") as db:
        record_consent(db, world.actors["chief"], holder, facts(day, *scopes), now=NOW)


@pytest.fixture
def holder(world: World) -> Holder:
    return Holder(person_id=world.person("桒原 健太", "クワバラ ケンタ").id)


def test_consent_is_read_as_it_was_recorded(world: World, holder: Holder) -> None:
    agree(world, holder, TODAY, PHOTO, CITY)
    with world.reading("officer") as db:
        (consent,) = consent_history(db, holder)
    assert (consent.decided_on, consent.method) == (TODAY, ConsentMethod.ORAL)
    assert consent.recorded_by == "中村 誠"
    assert consent.form_version == FORM_VERSION
    assert consent.grants == (Grant(CITY, "若葉市市民安全課（氏名）"), Grant(PHOTO, ""))


def test_the_newest_record_replaces_all_before_it(world: World, holder: Holder) -> None:
    agree(world, holder, dt.date(2026, 4, 1), STATION, PHOTO)
    agree(world, holder, dt.date(2026, 6, 1), PHOTO)
    with world.reading("officer") as db:
        answers = {
            day: grants_in_force(db, [holder], day)[holder]
            for day in (dt.date(2026, 3, 31), dt.date(2026, 5, 31), dt.date(2026, 6, 1))
        }
    assert answers == {
        dt.date(2026, 3, 31): frozenset(),
        dt.date(2026, 5, 31): frozenset({STATION, PHOTO}),
        dt.date(2026, 6, 1): frozenset({PHOTO}),
    }


def test_of_two_records_on_one_day_the_later_counts(world: World, holder: Holder) -> None:
    agree(world, holder, TODAY, STATION)
    agree(world, holder, TODAY)
    with world.reading("officer") as db:
        assert grants_in_force(db, [holder], TODAY) == {holder: frozenset()}
        current = current_consent(db, holder, TODAY)
    assert current is not None
    assert current.scopes == frozenset()


def test_many_holders_take_one_statement(world: World, holder: Holder) -> None:
    group = Holder(organization_id=world.organization("みなと町自治会").id)
    silent = Holder(person_id=world.person("石田 守", "イシダ マモル").id)
    agree(world, holder, TODAY, STATION)
    agree(world, group, TODAY, PHOTO)
    with world.reading("officer") as db, counted(world.database) as statements:
        found = grants_in_force(db, [holder, group, silent], TODAY)
    assert found == {
        holder: frozenset({STATION}),
        group: frozenset({PHOTO}),
        silent: frozenset(),
    }
    assert len(statements) == 1


def test_no_holders_need_no_statement(world: World) -> None:
    with world.reading("officer") as db, counted(world.database) as statements:
        assert grants_in_force(db, [], TODAY) == {}
    assert statements == []


def test_a_day_to_come_is_refused(world: World, holder: Holder) -> None:
    with pytest.raises(Refused) as refusal:
        agree(world, holder, TODAY + dt.timedelta(days=1), STATION)
    assert refusal.value.field == "decided_on"


def test_a_day_before_the_newest_record_is_refused(world: World, holder: Holder) -> None:
    agree(world, holder, TODAY)
    with pytest.raises(Refused) as refusal:
        agree(world, holder, TODAY - dt.timedelta(days=1), STATION)
    assert refusal.value.field == "decided_on"


def test_provision_to_a_city_needs_its_recipient(world: World, holder: Holder) -> None:
    unnamed = ConsentFacts(TODAY, ConsentMethod.ORAL, {CITY: ""})
    with world.writing("chief") as db, pytest.raises(Refused) as refusal:
        record_consent(db, world.actors["chief"], holder, unnamed, now=NOW)
    assert refusal.value.field == "municipality"


@pytest.mark.parametrize("who", ["officer", "seian", "hq"])
def test_others_record_no_consent(world: World, holder: Holder, who: str) -> None:
    with world.writing(who) as db, pytest.raises(Forbidden):
        record_consent(db, world.actors[who], holder, facts(TODAY, STATION), now=NOW)


def test_another_station_reads_no_consent(world: World, holder: Holder) -> None:
    agree(world, holder, TODAY, STATION)
    with world.reading("stranger_chief") as db:
        assert grants_in_force(db, [holder], TODAY) == {holder: frozenset()}
        assert consent_history(db, holder) == []


def provided(
    world: World, holder: Holder, day: dt.date, agency_id: UUID, *fields: SharedField
) -> None:
    said = ConsentFacts(day, ConsentMethod.ORAL, provisions={agency_id: fields})
    with world.writing("chief") as db:
        record_consent(db, world.actors["chief"], holder, said, now=NOW)


def test_a_provision_names_the_agency_and_each_field(world: World, holder: Holder) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    provided(world, holder, yesterday, world.city_id, SharedField.PHONE, SharedField.NAME)
    with world.reading("chief") as db:
        found = provisions_in_force(db, [holder], TODAY)
        before = provisions_in_force(db, [holder], yesterday - dt.timedelta(days=1))
        [grant] = consent_history(db, holder)[0].grants
    both = {SharedField.NAME, SharedField.PHONE}
    assert found == {
        holder: {
            world.city_id: Provision(world.city_id, "架空市役所", frozenset(both), yesterday, None)
        }
    }
    assert before == {}
    # in the order of the form, whatever was ticked first
    assert grant == Grant(CITY, "架空市役所", world.city_id, (SharedField.NAME, SharedField.PHONE))


def test_a_later_record_ends_every_provision(world: World, holder: Holder) -> None:
    provided(world, holder, TODAY, world.city_id, SharedField.NAME)
    agree(world, holder, TODAY, PHOTO)
    with world.reading("chief") as db:
        assert provisions_in_force(db, [holder], TODAY) == {holder: {}}
        assert holders_naming(db, world.city_id) == {holder}


def test_an_agency_in_words_alone_is_given_nothing(world: World, holder: Holder) -> None:
    agree(world, holder, TODAY, CITY)
    with world.reading("chief") as db:
        assert provisions_in_force(db, [holder], TODAY) == {holder: {}}
        assert holders_naming(db) == set()


@pytest.mark.parametrize("whose", ["own", "nobodys", "nothing"])
def test_a_provision_to_no_other_agency_or_of_nothing_is_refused(
    world: World, holder: Holder, whose: str
) -> None:
    agency_id = {"own": world.agency_id, "nobodys": uuid4()}.get(whose, world.city_id)
    fields = () if whose == "nothing" else (SharedField.NAME,)
    with pytest.raises(Refused) as refusal:
        provided(world, holder, TODAY, agency_id, *fields)
    assert refusal.value.field == "provisions"
    with world.reading("chief") as db:
        assert consent_history(db, holder) == []


def test_provisions_of_many_take_one_statement(world: World, holder: Holder) -> None:
    group = Holder(organization_id=world.organization("さくら台自治会").id)
    for one in (holder, group):
        provided(world, one, TODAY, world.city_id, SharedField.NAME)
    with world.reading("chief") as db, counted(world.database) as sent:
        assert set(provisions_in_force(db, [holder, group], TODAY)) == {holder, group}
    assert len(sent) == 1
