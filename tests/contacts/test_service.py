"""Entering, correcting, appointing and ending, on both databases."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from crm.contacts import post_queries, queries, service
from crm.contacts.models import (
    Appointment,
    AppointmentEnded,
    Holder,
    Organization,
    OrganizationKind,
    Person,
    PostType,
    Telephone,
)
from crm.contacts.service import OrganizationFacts, PersonFacts, PostFacts
from crm.kernel import changes
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.scope import ScopedSession
from tests.support.world import NOW, TODAY, World

TAKAHASHI = PersonFacts(
    family_name="髙橋",
    given_name="翔平",
    family_kana="たかはし",
    given_kana="ｼｮｳﾍｲ",
    phones="087-833-0110、090-1234-5678",
    care_note="電話は夕方",
)
YESTERDAY = TODAY - dt.timedelta(days=1)


def register(world: World, facts: PersonFacts, who: str = "officer", area_code: str = "") -> UUID:
    with world.writing(who) as db:
        return service.register_person(
            db, world.actors[who], facts, area_code=area_code, now=NOW
        ).id


def correct(world: World, person_id: UUID, facts: PersonFacts, revision: int = 1) -> None:
    with world.writing("officer") as db:
        service.correct_person(
            db,
            world.actors["officer"],
            person_id,
            facts,
            revision=revision,
            area_code="",
            now=NOW,
        )


def entries(world: World, action: str) -> list[tuple[UUID | None, dict[str, object]]]:
    with world.reading("auditor") as db:
        found = db.exec(select(AuditEntry).where(AuditEntry.action == action)).all()
        return [(entry.subject_id, entry.detail) for entry in found]


def post_type(db: ScopedSession, code: str) -> UUID:
    return db.exec(select(PostType.id).where(PostType.code == code)).one()


def appoint(world: World, person_id: UUID, code: str = "association_chair", **more: object) -> UUID:
    with world.writing("officer") as db:
        facts = PostFacts(post_type_id=post_type(db, code), **more)  # type: ignore[arg-type]  # a test's shorthand
        return service.appoint(db, world.actors["officer"], person_id, facts, now=NOW).id


def end(world: World, appointment_id: UUID, day: dt.date, revision: int = 1) -> None:
    with world.writing("officer") as db:
        service.end_appointment(
            db, world.actors["officer"], appointment_id, day, revision=revision, now=NOW
        )


def test_register_person_keeps_the_form_and_derives_the_rest(world: World) -> None:
    person_id = register(world, TAKAHASHI)

    with world.reading("chief") as db:
        person = queries.person(db, person_id)
        phones = db.exec(select(Telephone).order_by(col(Telephone.position))).all()
        assert person.name == "髙橋 翔平"
        assert person.kana == "タカハシ ショウヘイ"
        assert (person.kana_row, person.search_key) == ("タ", "高橋翔平 タカハシショウヘイ")
        assert (person.created_at, person.created_by) == (NOW, world.actors["officer"].account_id)
        assert [(phone.e164, phone.last4) for phone in phones] == [
            ("+81878330110", "0110"),
            ("+819012345678", "5678"),
        ]
    assert entries(world, "person.registered") == [(person_id, {})]


def test_register_person_keeps_a_doubtful_number_as_written(world: World) -> None:
    person_id = register(world, PersonFacts(family_name="川﨑", phones="833-0110"))

    with world.reading("officer") as db:
        phones = queries.telephones_of(db, Holder(person_id=person_id))
    assert [(phone.text, phone.href) for phone in phones] == [("833-0110", None)]


def test_register_person_completes_a_local_number(world: World) -> None:
    person_id = register(world, PersonFacts(family_name="川﨑", phones="833-0110"), area_code="087")

    with world.reading("officer") as db:
        phones = queries.telephones_of(db, Holder(person_id=person_id))
    assert [(phone.text, phone.raw) for phone in phones] == [("087-833-0110", "833-0110")]


def test_register_person_refuses_at_the_field(world: World) -> None:
    told = [
        PersonFacts(family_name="林", phones="本人に聞く"),
        PersonFacts(family_name="林", phones="1" * 61),
        PersonFacts(family_name="林", family_kana="林"),
        PersonFacts(family_name="林", given_kana="Ken"),
        PersonFacts(family_name="林", family_kana="㌔" * 31),
    ]

    fields = []
    for facts in told:
        with pytest.raises(Refused) as refusal:
            register(world, facts)
        fields.append(refusal.value.field)

    assert fields == ["phones", "phones", "family_kana", "given_kana", "family_kana"]


def test_register_person_is_not_for_headquarters(world: World) -> None:
    with world.writing("hq") as db, pytest.raises(Forbidden):
        service.register_person(db, world.actors["hq"], TAKAHASHI, area_code="", now=NOW)


def test_correct_person_says_which_fields_changed(world: World) -> None:
    person_id = register(world, TAKAHASHI)

    correct(
        world,
        person_id,
        PersonFacts(
            family_name="高橋", given_name="翔平", family_kana="タカハシ", given_kana="しょうへい"
        ),
    )

    with world.reading("officer") as db:
        person = queries.person(db, person_id)
        phones = queries.telephones_of(db, Holder(person_id=person_id))
        assert (person.name, person.revision, list(phones)) == ("高橋 翔平", 2, [])
    assert entries(world, "person.corrected") == [
        (person_id, {"fields": ["family_name", "care_note", "phones"]})
    ]


def test_correct_person_refuses_a_stale_revision(world: World) -> None:
    person_id = register(world, TAKAHASHI)
    correct(world, person_id, PersonFacts(family_name="高橋"))

    with pytest.raises(Conflict):
        correct(world, person_id, PersonFacts(family_name="髙梁"), revision=1)

    with world.reading("officer") as db:
        assert queries.person(db, person_id).name == "高橋"


def test_correct_person_refused_changes_nothing_even_when_the_page_commits(world: World) -> None:
    person_id = register(world, TAKAHASHI)
    facts = PersonFacts(family_name="高梁", phones="不明")

    with world.writing("officer") as db, pytest.raises(Refused):
        service.correct_person(
            db, world.actors["officer"], person_id, facts, revision=1, area_code="", now=NOW
        )

    with world.reading("officer") as db:
        assert queries.person(db, person_id).name == "髙橋 翔平"


def test_correct_person_of_another_station_is_not_found(world: World) -> None:
    person_id = register(world, TAKAHASHI, "stranger")

    with pytest.raises(NotFound):
        correct(world, person_id, TAKAHASHI)


def test_register_organization_keeps_its_links(world: World) -> None:
    federation = world.organization("若葉連合自治会", "ワカバレンゴウジチカイ")
    facts = OrganizationFacts(
        kind=OrganizationKind.NEIGHBORHOOD_ASSOCIATION,
        name="みなと町５丁目自治会",
        kana="みなとちょう５ちょうめじちかい",
        parent_id=federation.id,
        area_id=world.areas["みなと町自治会"],
        phones="054-626-1139",
    )

    with world.writing("officer") as db:
        organization_id = service.register_organization(
            db, world.actors["officer"], facts, area_code="", now=NOW
        ).id

    with world.reading("officer") as db:
        stored = queries.organization(db, organization_id)
        phones = queries.telephones_of(db, Holder(organization_id=organization_id))
        assert (stored.parent_id, stored.area_id) == (federation.id, world.areas["みなと町自治会"])
        assert (stored.kana, stored.kana_row) == ("ミナトチョウ5チョウメジチカイ", "マ")
    assert [phone.text for phone in phones] == ["054-626-1139"]
    assert entries(world, "organization.registered") == [(organization_id, {})]


def test_register_organization_refuses_links_to_what_is_not_there(world: World) -> None:
    strangers = world.organization("港南自治会", station="港南署")
    kind = OrganizationKind.SCHOOL
    told = [
        OrganizationFacts(kind=kind, name="若葉小学校", parent_id=strangers.id),
        OrganizationFacts(kind=kind, name="若葉小学校", area_id=uuid7()),
    ]

    fields = []
    for facts in told:
        with world.writing("officer") as db, pytest.raises(Refused) as refusal:
            service.register_organization(db, world.actors["officer"], facts, area_code="", now=NOW)
        fields.append(refusal.value.field)

    assert fields == ["parent_id", "area_id"]


def test_correct_organization_refuses_itself_as_parent_and_a_stale_revision(world: World) -> None:
    association = world.organization("みなと町自治会")
    facts = OrganizationFacts(kind=association.kind, name="みなと町会")
    itself = OrganizationFacts(kind=association.kind, name="みなと町会", parent_id=association.id)

    with world.writing("officer") as db:
        actor = world.actors["officer"]
        with pytest.raises(Refused):
            service.correct_organization(
                db, actor, association.id, itself, revision=1, area_code="", now=NOW
            )
        service.correct_organization(
            db, actor, association.id, facts, revision=1, area_code="", now=NOW
        )
        with pytest.raises(Conflict):
            service.correct_organization(
                db, actor, association.id, facts, revision=1, area_code="", now=NOW
            )

    with world.reading("officer") as db:
        assert queries.organization(db, association.id).name == "みなと町会"


def test_appoint_gives_many_posts_at_once(world: World) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    association = world.organization("みなと町自治会")

    appoint(world, person.id, organization_id=association.id, valid_from=dt.date(2024, 4, 1))
    appoint(world, person.id, "juvenile_guidance_volunteer")
    appoint(world, person.id, "other", title="夏祭り実行委員")

    with world.reading("officer") as db:
        held = post_queries.appointments_of(db, person.id, TODAY)
        there = post_queries.people_of(db, association.id, TODAY)
    assert [post.label for post in held] == [
        "みなと町自治会 自治会長",
        "少年警察補導員",
        "夏祭り実行委員",
    ]
    assert [(post.person_name, post.post) for post in there] == [("桒原 健太", "自治会長")]
    assert len(entries(world, "appointment.made")) == 3


def test_appoint_refuses_what_cannot_be_chosen_or_is_held_already(world: World) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    strangers = world.organization("港南自治会", station="港南署")
    appoint(world, person.id)

    fields = []
    for code, organization_id in (("association_chair", None), ("other", strangers.id)):
        with pytest.raises(Refused) as refusal:
            appoint(world, person.id, code, organization_id=organization_id)
        fields.append(refusal.value.field)
    facts = PostFacts(post_type_id=uuid7())
    with world.writing("officer") as db, pytest.raises(Refused) as refusal:
        service.appoint(db, world.actors["officer"], person.id, facts, now=NOW)
    fields.append(refusal.value.field)

    assert fields == ["post_type_id", "organization_id", "post_type_id"]


def test_end_appointment_announces_and_makes_nothing_new(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.kernel.changes._listeners", {})
    heard: list[tuple[AppointmentEnded, str]] = []

    @changes.on(AppointmentEnded)
    def listen(db: ScopedSession, change: AppointmentEnded, actor: Actor, _: dt.datetime) -> None:
        held = post_queries.appointments_of(db, change.person_id, TODAY)
        heard.append((change, f"{actor.name} sees {len(held)}"))

    person = world.person("桒原 健太", "クワバラ ケンタ")
    association = world.organization("みなと町自治会")
    appointment_id = appoint(world, person.id, organization_id=association.id)

    end(world, appointment_id, YESTERDAY)

    assert heard == [(AppointmentEnded(person.id, association.id, YESTERDAY), "佐藤 彩 sees 0")]
    with world.reading("officer") as db:
        assert len(db.exec(select(Appointment)).all()) == 1
        assert len(db.exec(select(Person)).all()) == 1
        assert len(db.exec(select(Organization)).all()) == 1
    assert entries(world, "appointment.ended") == [
        (person.id, {"appointment_id": str(appointment_id)})
    ]


def test_end_appointment_is_undone_when_a_listener_refuses(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.kernel.changes._listeners", {})

    @changes.on(AppointmentEnded)
    def refuse(_d: ScopedSession, _c: AppointmentEnded, _a: Actor, _n: dt.datetime) -> None:
        raise Refused("できません。")

    person = world.person("桒原 健太", "クワバラ ケンタ")
    appointment_id = appoint(world, person.id)

    with pytest.raises(Refused):
        end(world, appointment_id, YESTERDAY)

    with world.reading("officer") as db:
        assert queries.appointment(db, appointment_id).valid_to is None


def test_a_post_holds_through_its_last_day(world: World) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    appointment_id = appoint(world, person.id, valid_from=YESTERDAY)

    end(world, appointment_id, YESTERDAY)

    with world.reading("officer") as db:
        days = [YESTERDAY - dt.timedelta(days=1), YESTERDAY, TODAY]
        held = [len(post_queries.appointments_of(db, person.id, day)) for day in days]
    assert held == [0, 1, 0]


@pytest.mark.parametrize("day", [TODAY + dt.timedelta(days=1), dt.date(2024, 3, 31)])
def test_end_appointment_refuses_a_day_that_cannot_be_the_last(world: World, day: dt.date) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    appointment_id = appoint(world, person.id, valid_from=dt.date(2024, 4, 1))

    with pytest.raises(Refused) as refusal:
        end(world, appointment_id, day)

    assert refusal.value.field == "valid_to"


def test_end_appointment_happens_once(world: World) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    appointment_id = appoint(world, person.id)
    end(world, appointment_id, YESTERDAY)

    with pytest.raises(Conflict):
        end(world, appointment_id, YESTERDAY, revision=1)
    with pytest.raises(Refused, match="すでに終了しています"):
        end(world, appointment_id, TODAY, revision=2)
