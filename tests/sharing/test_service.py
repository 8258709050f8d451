"""Agreeing, disclosing, telling and recognizing: what is given, refused and taken back."""

import datetime as dt
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select

from crm.consents.models import SharedField
from crm.contacts.models import Holder
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.kana import kana_sort_key
from crm.kernel.scope import ScopeError
from crm.liaisons.service import withdraw
from crm.sharing import agreements, queries, service
from crm.sharing.candidate_queries import candidates_for
from crm.sharing.lines import Viewer
from crm.sharing.models import Basis, ContactLink, ProvisionRecord, PublishedContact
from tests.liaisons.course import ORAL, withdrawn
from tests.sharing.acts import (
    CITY_OFFICE,
    EVERYTHING,
    POLICE_STATION,
    SOME,
    F,
    agreed,
    consented,
    copies,
    disclosed,
    liaison,
    noted,
)
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)
HEADQUARTERS = "件数のみ。緊急閲覧では、理由を記録して氏名・連絡先・役職を30分"


def provisions(world: World) -> list[tuple[str, str, list[str]]]:
    with world.reading("chief") as db:
        rows = db.rows(
            sa.select(ProvisionRecord.act, ProvisionRecord.basis, ProvisionRecord.fields).order_by(
                ProvisionRecord.at, ProvisionRecord.id
            )
        )
    return [(act, basis, fields) for act, basis, fields in rows]


def test_the_city_is_given_what_agreement_and_consent_both_name(world: World) -> None:
    agreed(world, (F.NAME, F.READING, F.PHONE))
    holder = liaison(world, fields=(F.NAME, F.PHONE, F.ADDRESS))
    [copy] = copies(world, holder)
    assert copy.fields == ["name", "phone"]
    assert (copy.name, copy.phone, copy.kana, copy.address) == (
        "桒原 健太",
        "087-833-0110",
        "",
        "",
    )
    assert copy.giver_name == "架空県警察 若葉署"
    assert copy.recipient_station_id == world.units[CITY_OFFICE]
    assert copy.is_liaison


def test_without_the_reading_nothing_tells_it(world: World) -> None:
    agreed(world)
    [copy] = copies(world, liaison(world, fields=(F.NAME,)))
    assert copy.kana_sort == kana_sort_key("") + "桒原 健太"
    assert "クワ" not in copy.search_key


def test_without_the_name_nothing_is_given(world: World) -> None:
    agreed(world)
    assert copies(world, liaison(world, fields=(F.PHONE, F.POST))) == []


def test_the_police_share_nobody_who_does_not_serve(world: World) -> None:
    agreed(world)
    person = Holder(person_id=world.person("石田 守", "イシダ マモル").id)
    consented(world, person)
    assert copies(world) == []


def test_a_partner_shares_whoever_agreed(world: World) -> None:
    agreed(world, who="city_chief", to=POLICE_STATION)
    person = Holder(person_id=world.person("石田 守", "イシダ マモル", station=CITY_OFFICE).id)
    consented(world, person, SOME, who="city_chief", agency_id=world.agency_id)
    [copy] = copies(world)
    assert (copy.name, copy.giver_name, copy.is_liaison) == ("石田 守", "架空市役所", False)


def test_withdrawal_takes_the_copy_in_the_same_transaction(world: World) -> None:
    agreed(world)
    holder = liaison(world)
    # rolled back, neither the withdrawal nor what followed from it is kept
    with world.writing("chief") as db:
        withdraw(db, world.actors["chief"], holder, decided_on=TODAY, method=ORAL, now=NOW)
        assert db.exec(select(PublishedContact)).all() == []
        db.rollback()
    assert len(copies(world)) == 1
    withdrawn(world, holder)
    assert copies(world) == []
    assert [act for act, _, _ in provisions(world)] == ["given", "ended"]


def test_narrowed_consent_narrows_the_copy(world: World) -> None:
    agreed(world)
    holder = liaison(world)
    consented(world, holder, (F.NAME, F.POST))
    [copy] = copies(world, holder)
    assert (copy.fields, copy.phone, copy.kana) == (["name", "post"], "", "")
    assert [act for act, _, _ in provisions(world)] == ["given", "changed"]


def test_the_same_contact_keeps_its_reference(world: World) -> None:
    agreed(world)
    holder = liaison(world)
    [before] = copies(world, holder)
    consented(world, holder, ())
    consented(world, holder, SOME)
    [after] = copies(world, holder)
    assert after.reference == before.reference
    assert after.id != before.id


def test_an_agreement_gives_all_who_agreed_and_its_end_takes_them_back(world: World) -> None:
    holder = liaison(world)
    liaison(world, "石田 守", "イシダ マモル", fields=())
    made = agreed(world)
    assert [copy.name for copy in copies(world)] == ["桒原 健太"]
    with world.writing("chief") as db:
        agreements.end_agreement(
            db, world.actors["chief"], made.id, reason="見直し", revision=1, now=NOW
        )
    assert copies(world, holder) == []


def test_many_are_given_in_a_bounded_number_of_statements(world: World) -> None:
    def statements(count: int) -> int:
        for number in range(count):
            liaison(world, f"桒原 健{number}", "クワバラ ケン")
        with counted(world.database) as sent:
            made = agreed(world, (F.NAME,))
        with world.writing("chief") as db:
            agreements.end_agreement(
                db, world.actors["chief"], made.id, reason="見直し", revision=1, now=NOW
            )
        return len([each for each in sent if each.lstrip().startswith("SELECT")])

    assert statements(1) == statements(2)


@pytest.mark.parametrize(
    ("fields", "valid_to", "where"),
    [
        ((F.PHONE,), None, "fields"),
        (SOME, TODAY - DAY, "valid_to"),
    ],
)
def test_an_agreement_that_makes_no_sense_is_refused(
    world: World, fields: tuple[SharedField, ...], valid_to: dt.date | None, where: str
) -> None:
    with pytest.raises(Refused) as refusal:
        agreed(world, fields, valid_to=valid_to)
    assert refusal.value.field == where


def test_nobody_agrees_with_the_own_agency(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        agreed(world, to="港南署")
    assert refusal.value.field == "recipient_station_id"


@pytest.mark.parametrize("who", ["officer", "seian", "city", "hq", "administrator", "auditor"])
def test_only_chiefs_decide(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        agreed(world, who=who)


def test_narrowing_never_widens(world: World) -> None:
    made = agreed(world, (F.NAME, F.POST), valid_to=TODAY + DAY)
    facts = {"agreement_id": made.id, "revision": 1, "now": NOW}
    for fields, valid_to in (((F.NAME, F.PHONE), TODAY + DAY), ((F.NAME,), None)):
        with pytest.raises(Refused), world.writing("chief") as db:
            agreements.narrow_agreement(
                db, world.actors["chief"], fields=fields, valid_to=valid_to, **facts
            )


def test_a_stale_narrowing_is_a_conflict(world: World) -> None:
    made = agreed(world)
    with pytest.raises(Conflict), world.writing("chief") as db:
        agreements.narrow_agreement(
            db,
            world.actors["chief"],
            made.id,
            fields=(F.NAME,),
            valid_to=None,
            revision=made.revision - 1,
            now=NOW,
        )


def test_another_stations_chief_finds_no_agreement(world: World) -> None:
    made = agreed(world)
    for who in ("stranger_chief", "city_chief"):
        with pytest.raises(NotFound), world.writing(who) as db:
            agreements.end_agreement(db, world.actors[who], made.id, reason="", revision=1, now=NOW)


def test_a_copy_past_its_day_is_shown_to_nobody_and_swept(world: World) -> None:
    agreed(world, valid_to=TODAY)
    holder = liaison(world)
    tomorrow = TODAY + DAY
    with world.reading("city") as db:
        actor = world.actors["city"]
        assert queries.received_contacts(db, actor, TODAY, 1).total == 1
        assert queries.received_contacts(db, actor, tomorrow, 1).total == 0
        with pytest.raises(NotFound):
            queries.received_contact(db, actor, copies(world, holder)[0].id, tomorrow)
    with world.writing("chief") as db:
        service.expire_copies(db, world.actors["chief"], now=NOW + DAY)
    assert copies(world) == []


def test_a_disclosure_gives_once_whatever_was_agreed(world: World) -> None:
    person = Holder(person_id=world.person("石田 守", "イシダ マモル", phone="087-833-0110").id)
    made = disclosed(world, person, (F.NAME, F.PHONE), expires_on=TODAY + DAY)
    [copy] = copies(world, person)
    assert (copy.basis, copy.basis_id) == (Basis.DISCLOSURE, made.id)
    assert (copy.fields, copy.valid_until) == (["name", "phone"], TODAY + DAY)
    assert (copy.purpose, copy.is_liaison) == ("避難訓練の名簿作成", False)


def test_a_disclosure_ends_early_once(world: World) -> None:
    person = Holder(person_id=world.person("石田 守", "イシダ マモル").id)
    made = disclosed(world, person)
    with world.writing("chief") as db:
        agreements.end_disclosure(db, world.actors["chief"], made.id, now=NOW)
    assert copies(world) == []
    with pytest.raises(Refused), world.writing("chief") as db:
        agreements.end_disclosure(db, world.actors["chief"], made.id, now=NOW)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_disclosure_ends_within_a_year(world: World, days: int) -> None:
    person = Holder(person_id=world.person("石田 守", "イシダ マモル").id)
    with pytest.raises(Refused) as refusal:
        disclosed(world, person, expires_on=TODAY + days * DAY)
    assert refusal.value.field == "expires_on"


def test_strangers_disclose_nobody(world: World) -> None:
    person = Holder(person_id=world.person("石田 守", "イシダ マモル").id)
    with pytest.raises(NotFound):
        disclosed(world, person, who="stranger_chief")


def test_the_recipient_cannot_write_a_copy(world: World) -> None:
    agreed(world)
    liaison(world)
    with world.reading("city_chief") as db:
        db.exec(select(PublishedContact)).one().phone = "087-000-0000"
        with pytest.raises(ScopeError):
            db.flush()


def test_a_partner_reads_no_agreement_or_record_of_the_giver(world: World) -> None:
    agreed(world)
    liaison(world)
    with world.reading("city_chief") as db:
        assert db.rows(sa.select(ProvisionRecord.id)) == []
        assert db.rows(sa.select(ContactLink.id)) == []
        assert agreements.agreement_queries.agreements(db, world.actors["city_chief"]) == []


def test_what_is_given_is_on_record_without_its_content(world: World) -> None:
    agreed(world)
    holder = liaison(world)
    with world.reading("auditor") as db:
        rows = db.rows(
            sa.select(AuditEntry.subject_id, AuditEntry.detail).where(
                AuditEntry.action == "copy.published"
            )
        )
    assert [(row.subject_id, row.detail) for row in rows] == [
        (holder.person_id, {"recipient": "架空市役所", "fields": [field.value for field in F]})
    ]


def test_the_line_says_who_sees_what_and_why(world: World) -> None:
    agreed(world, valid_to=TODAY + DAY)
    holder = liaison(world, fields=(F.NAME, F.POST))
    disclosed(world, holder, (F.NAME, F.PHONE))
    with world.reading("officer") as db, counted(world.database) as sent:
        seen = queries.visibility_of(db, world.actors["officer"], holder, TODAY)
    assert [(line.viewer, line.who, line.what, line.until) for line in seen.lines] == [
        (Viewer.STATION, "若葉署", "登録されている全ての項目と活動記録", None),
        (Viewer.HEADQUARTERS, "警察本部", HEADQUARTERS, None),
        (Viewer.STANDING, "架空市役所", "氏名、役職", TODAY + DAY),
        (Viewer.DISCLOSURE, "架空市役所", "氏名、電話番号", TODAY),
    ]
    assert seen.lines[2].why == "取決め「連絡員名簿の提供」と令和8年11月20日の同意による"
    assert (
        seen.lines[3].why
        == "個別の提供：他の行政機関等の事務に必要な場合（69条2項3号）。避難訓練の名簿作成"
    )
    assert seen.leaves_agency
    assert len(sent) == 2


def test_nobody_else_sees_anything_where_nothing_was_agreed(world: World) -> None:
    agreed(world)
    holder = liaison(world, fields=())
    with world.reading("officer") as db:
        seen = queries.visibility_of(db, world.actors["officer"], holder, TODAY)
    assert [line.viewer for line in seen.lines] == [Viewer.STATION, Viewer.HEADQUARTERS]
    assert not seen.leaves_agency


def own_of_city(
    world: World, name: str = "桒原 健太", kana: str = "クワバラ ケンタ", phone: str = ""
) -> Holder:
    return Holder(person_id=world.person(name, kana, station=CITY_OFFICE, phone=phone).id)


def test_a_received_contact_is_recognized_by_name_or_number(world: World) -> None:
    agreed(world)
    liaison(world)
    by_name = own_of_city(world)
    by_number = own_of_city(world, "石田 守", "イシダ マモル", phone="087-833-0110")
    own_of_city(world, "山下 進", "ヤマシタ ススム", phone="087-833-0999")
    with world.reading("city") as db:
        [contact] = queries.received_contacts(db, world.actors["city"], TODAY, 1).items
        found = candidates_for(db, contact)
    assert {one.holder for one in found} == {by_name, by_number}


def link(world: World, holder: Holder, who: str = "city") -> None:
    with world.writing(who) as db:
        [contact] = queries.received_contacts(db, world.actors[who], TODAY, 1).items
        service.link_contact(db, world.actors[who], contact.reference, holder, now=NOW)


def test_both_sides_know_a_contact_by_one_reference(world: World) -> None:
    agreed(world)
    police = liaison(world)
    city = own_of_city(world)
    link(world, city)
    agreed(world, who="city_chief", to=POLICE_STATION)
    consented(world, city, SOME, who="city_chief", agency_id=world.agency_id)
    [given] = copies(world, police)[:1]
    assert {copy.reference for copy in copies(world)} == {given.reference}
    with world.reading("officer") as db:
        about = queries.shared_about(db, world.actors["officer"], police, TODAY, most_notes=5)
    [back] = about.contacts
    assert back.giver_name == "架空市役所"


def test_unlinking_removes_what_was_given_under_the_wrong_reference(world: World) -> None:
    agreed(world)
    police = liaison(world)
    city = own_of_city(world)
    link(world, city)
    agreed(world, who="city_chief", to=POLICE_STATION)
    consented(world, city, SOME, who="city_chief", agency_id=world.agency_id)
    [reference] = {copy.reference for copy in copies(world, police)}
    with world.writing("city") as db:
        service.unlink_contact(db, world.actors["city"], reference, now=NOW)
    with world.reading("officer") as db:
        about = queries.shared_about(db, world.actors["officer"], police, TODAY, most_notes=5)
    assert about.contacts == []
    of_city = [copy for copy in copies(world) if copy.giver_name == "架空市役所"]
    assert [copy.reference == reference for copy in of_city] == [False]


def test_only_what_was_received_is_linked_and_only_to_an_own_contact(world: World) -> None:
    agreed(world)
    police = liaison(world)
    city = own_of_city(world)
    with pytest.raises(NotFound), world.writing("city") as db:
        service.link_contact(db, world.actors["city"], uuid4(), city, now=NOW)
    with pytest.raises(NotFound):
        link(world, police)
    link(world, city)
    with pytest.raises(Refused):
        link(world, city)


def told(world: World, police: Holder, text: str = "通学路の件を伺いました。") -> None:
    note = noted(world, police)
    with world.writing("officer") as db:
        service.publish_note(
            db, world.actors["officer"], note, police, world.units[CITY_OFFICE], text, now=NOW
        )


def test_a_note_is_told_in_its_own_words(world: World) -> None:
    agreed(world)
    police = liaison(world)
    city = own_of_city(world)
    link(world, city)
    told(world, police)
    with world.reading("city") as db:
        [note] = queries.received_notes(db, world.actors["city"], city, TODAY, limit=5)
    assert (note.text, note.giver_name, note.told_by) == (
        "通学路の件を伺いました。",
        "架空県警察 若葉署",
        "若葉駅前交番",
    )


@pytest.mark.parametrize(
    ("agreed_to", "consented_to"), [(EVERYTHING, SOME), (SOME, EVERYTHING), (EVERYTHING, ())]
)
def test_a_note_needs_agreement_and_consent(
    world: World, agreed_to: tuple[SharedField, ...], consented_to: tuple[SharedField, ...]
) -> None:
    agreed(world, agreed_to)
    police = liaison(world, fields=consented_to)
    with pytest.raises(Refused) as refusal:
        told(world, police)
    assert refusal.value.field == "recipient"


def test_withdrawal_takes_back_what_was_told(world: World) -> None:
    agreed(world)
    police = liaison(world)
    city = own_of_city(world)
    link(world, city)
    told(world, police)
    consented(world, police, SOME)
    with world.reading("city") as db:
        assert queries.received_notes(db, world.actors["city"], city, TODAY, limit=5) == []
    assert [act for act, _, fields in provisions(world) if fields == ["notes"]] == [
        "given",
        "ended",
    ]


def test_a_note_is_told_once_and_taken_back(world: World) -> None:
    agreed(world)
    police = liaison(world)
    note = noted(world, police)
    facts = (note, police, world.units[CITY_OFFICE], "伺いました。")
    with world.writing("officer") as db:
        made = service.publish_note(db, world.actors["officer"], *facts, now=NOW)
    with pytest.raises(Refused), world.writing("officer") as db:
        service.publish_note(db, world.actors["officer"], *facts, now=NOW)
    with pytest.raises(Forbidden), world.writing("seian") as db:
        service.withdraw_note(db, world.actors["seian"], made.id, now=NOW)
    with world.writing("officer") as db:
        service.withdraw_note(db, world.actors["officer"], made.id, now=NOW)
        assert agreements.agreement_queries.told_of(db, world.actors["officer"], note) == []


def test_names_of_offices_are_all_that_is_read_of_other_agencies(world: World) -> None:
    with world.reading("chief") as db:
        offices = queries.other_offices(db, world.actors["chief"], TODAY)
    assert [(one.label, one.station_id) for one in offices] == [
        ("架空市役所", world.units[CITY_OFFICE])
    ]
    with world.reading("city_chief") as db:
        offices = queries.other_offices(db, world.actors["city_chief"], TODAY)
    assert [one.label for one in offices] == ["架空県警察 港南署", "架空県警察 若葉署"]
