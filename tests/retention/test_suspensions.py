"""A person's own request: two people, done at once, told in writing, kept without their data."""

import datetime as dt
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.consents.models import ConsentScope
from crm.consents.queries import current_consent
from crm.contacts.models import Holder, Person
from crm.intake.models import IntakeBatch, IntakeChange, IntakeRow, ListKind
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.notes.models import ActivityNote, NotePerson, Outcome
from crm.retention import suspension_queries as queries
from crm.retention import suspensions
from crm.retention.models import Asked, Disposal, DisposalState, SuspensionState
from crm.sharing.models import ProvisionAct, ProvisionRecord
from tests.retention.test_disposal import CANARY, LONG_AGO, put_note, put_person
from tests.sharing.acts import agreed, copies, disclosed, liaison
from tests.support.pages import Browser, counted
from tests.support.world import NOW, TODAY, World

WHY = "利用目的の達成に必要な範囲を超えて保有しているため"


def asked(world: World, person: Person, what: Asked, who: str = "chief") -> UUID:
    actor = world.actors[who]
    sent = {"received_on": TODAY, "request_key": uuid7(), "now": NOW}
    with world.writing(who) as db:
        return suspensions.receive_suspension(db, actor, person.id, what, **sent).id


def granted(world: World, request_id: UUID, who: str = "station_chief") -> None:
    with world.writing(who) as db:
        suspensions.grant_suspension(db, world.actors[who], request_id, reason=WHY, now=NOW)


def test_nothing_of_the_erased_is_left_in_the_file_and_others_stay(
    world: World, tmp_path: Path
) -> None:
    person = put_person(world, f"{CANARY} 花")
    put_note(world, person)
    other = world.person("髙橋 翔平", "タカハシ", phone="087-833-0999")
    kept = put_note(world, other)

    granted(world, asked(world, person, Asked.ERASURE))

    with world.reading("chief") as db:
        assert db.exec(select(Person.family_name).order_by(Person.family_name)).all() == [
            "",
            "髙橋",
        ]
        said = db.exec(select(ActivityNote.id).where(ActivityNote.heard != "")).all()
        assert said == [kept]
        disposal = db.exec(select(Disposal)).one()
        assert (disposal.total, disposal.years, disposal.state) == (1, 0, DisposalState.DONE)
    if world.database.engine.dialect.name == "sqlite":
        world.database.scrub()
        left = [
            path.name
            for path in tmp_path.glob("crm.db*")
            for trace in (f"{CANARY}の署名", "カナリア", "833-0110", "338330110", f"{CANARY} 花")
            if trace.encode() in path.read_bytes()
        ]
        assert left == []


def test_what_was_said_with_others_stays_and_is_named_on_the_case(world: World) -> None:
    person, other = put_person(world, f"{CANARY} 花"), world.person("髙橋 翔平", "タカハシ")
    note = put_note(world, person)
    world.put(
        NotePerson(
            agency_id=other.agency_id,
            station_id=other.station_id,
            note_id=note,
            person_id=other.id,
            happened_at=LONG_AGO,
            outcome=Outcome.MET,
        )
    )
    granted(world, asked(world, person, Asked.ERASURE))
    with world.reading("chief") as db:
        assert [one.id for one in queries.notes_left(db, person.id)] == [note]


@pytest.mark.parametrize("what", list(Asked))
def test_what_was_disclosed_ends_with_it_and_that_is_on_record(world: World, what: Asked) -> None:
    person = world.person("髙橋 翔平", "タカハシ", phone="087-833-0110")
    disclosed(world, Holder(person_id=person.id))
    granted(world, asked(world, person, what))
    with world.reading("chief") as db:
        acts = db.exec(select(ProvisionRecord.act).order_by(ProvisionRecord.id)).all()
    assert (acts, copies(world)) == ([ProvisionAct.GIVEN, ProvisionAct.ENDED], [])


def test_provision_under_an_agreement_stops_and_the_office_goes_on(world: World) -> None:
    agreed(world)
    holder = liaison(world)
    assert len(copies(world)) == 1
    with world.reading("chief") as db:
        person = db.exec(select(Person)).one()
        before = current_consent(db, holder, TODAY)
        db.expunge_all()
    granted(world, asked(world, person, Asked.PROVISION_STOP))
    with world.reading("chief") as db:
        after = current_consent(db, holder, TODAY)
    assert copies(world) == []
    assert before is not None
    assert after is not None
    assert after.scopes == before.scopes - {ConsentScope.MUNICIPALITY}


def test_use_that_stopped_is_said_before_every_call(world: World) -> None:
    person = world.person("髙橋 翔平", "タカハシ", care_note="電話は夕方")
    granted(world, asked(world, person, Asked.USE_STOP))
    with world.reading("chief") as db:
        assert db.exec(select(Person.care_note)).all() == [f"{suspensions.STOPPED}電話は夕方"]


def test_whoever_still_serves_is_not_erased(world: World) -> None:
    request = asked(world, put_person(world, f"{CANARY} 花", ends=None), Asked.ERASURE)
    with pytest.raises(Refused) as refusal:
        granted(world, request)
    assert refusal.value.field == "decision"
    with world.reading("chief") as db:
        assert queries.suspension(db, request).state is SuspensionState.RECEIVED


def test_one_person_alone_and_strangers_decide_nothing(world: World) -> None:
    request = asked(world, put_person(world, f"{CANARY} 花"), Asked.ERASURE)
    for who, refusal in (("chief", Forbidden), ("officer", NotFound), ("stranger_chief", NotFound)):
        with pytest.raises(refusal):
            granted(world, request, who)
    granted(world, request)
    with pytest.raises(Conflict):
        granted(world, request)


def test_the_rows_of_a_list_go_with_the_person(world: World) -> None:
    person = put_person(world, f"{CANARY} 花")
    owned = {"agency_id": person.agency_id, "station_id": person.station_id}
    batch = IntakeBatch(
        **owned,
        kind=ListKind.LIAISONS,
        file_name="名簿.csv",
        file_size=1,
        sha256="",
        day=TODAY,
        uploaded_at=NOW,
        uploaded_by=world.actors["chief"].account_id,
    )
    rows = [
        IntakeRow(**owned, batch_id=batch.id, number=number, cells=[name])
        for number, name in enumerate((CANARY, "髙橋"))
    ]
    made = {"position": 0, "number": 0, "record_type": "person", "record_id": person.id}
    world.put(batch, *rows, IntakeChange(**owned, **made, batch_id=batch.id))
    granted(world, asked(world, person, Asked.ERASURE))
    with world.reading("chief") as db:
        assert db.exec(select(IntakeRow.cells)).all() == [["髙橋"]]
        assert db.exec(select(IntakeChange)).all() == []


def test_refused_request_changes_nothing_and_the_person_is_told(world: World) -> None:
    person = put_person(world, f"{CANARY} 花")
    request, today = asked(world, person, Asked.ERASURE), TODAY
    chief = world.actors["station_chief"]
    with pytest.raises(Conflict), world.writing("station_chief") as db:
        suspensions.notify_of_decision(db, chief, request, notified_on=today, now=NOW)
    with world.writing("station_chief") as db:
        suspensions.refuse_suspension(db, chief, request, reason=WHY, now=NOW)
    for day in (today - dt.timedelta(days=1), today + dt.timedelta(days=1)):
        with pytest.raises(Refused), world.writing("station_chief") as db:
            suspensions.notify_of_decision(db, chief, request, notified_on=day, now=NOW)
    with world.writing("station_chief") as db:
        suspensions.notify_of_decision(db, chief, request, notified_on=today, now=NOW)
    with world.reading("auditor") as db:
        actions = db.exec(select(AuditEntry.action).where(AuditEntry.subject_id == person.id)).all()
    assert sorted(actions) == ["suspension.notified", "suspension.received", "suspension.refused"]
    with world.reading("chief") as db:
        assert db.exec(select(Person.family_name)).all() == [CANARY]


def test_a_request_goes_its_way_on_the_pages(world: World, browser: Browser) -> None:
    person = put_person(world, f"{CANARY} 花")
    browser.sign_in("chief")
    form = f"/people/{person.id}/suspensions"
    assert form in browser.get(f"/people/{person.id}").text
    browser.get(f"{form}/new")
    answer = browser.post(form, {"asked": "", "received_on": "2026-11-02"})
    assert (answer.status_code, 'value="2026-11-02"' in answer.text) == (422, True)
    sent = {"asked": "erasure", "received_on": "2026-01-05", "request_key": str(uuid7())}
    assert "別の課長又は署長が決定します" in browser.post(form, sent).text
    browser.post(form, sent)
    with world.reading("chief") as db:
        request = queries.suspensions(db)[0].id
        assert len(queries.suspensions(db)) == 1
    decision = {"decision": "granted", "reason": WHY}
    path = f"/retention/suspensions/{request}/decision"
    assert browser.post(path, decision).status_code == 403
    browser.post("/sign-out")
    browser.sign_in("station_chief").get(f"/retention/suspensions/{request}")
    answer = browser.post(path, {"reason": WHY})
    assert (answer.status_code, WHY in answer.text) == (422, True)
    answer = browser.post(path, decision)
    assert ("書面で通知した日" in answer.text, CANARY in answer.text) == (True, False)
    answer = browser.post(f"/retention/suspensions/{request}/notice", {"notified_on": "2020-01-01"})
    assert (answer.status_code, "決定した日より前" in answer.text) == (422, True)
    today = str(local_day(utc_now()))
    assert (
        "（消去済）"
        in browser.post(f"/retention/suspensions/{request}/notice", {"notified_on": today}).text
    )
    browser.post("/sign-out")
    browser.sign_in("stranger_chief")
    assert browser.get(f"/retention/suspensions/{request}").status_code == 404
    assert browser.get(f"{form}/new").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    world: World, browser: Browser, count: int
) -> None:
    for number in range(count):
        asked(world, world.person(f"髙橋 {number}", "タカハシ"), Asked.PROVISION_STOP)
    browser.sign_in("chief")
    with counted(world.database) as statements:
        assert browser.get("/retention/suspensions").status_code == 200
    assert len(statements) == 3


def test_records_stay_closed_while_a_request_waits(world: World) -> None:
    asked(world, put_person(world, f"{CANARY} 花"), Asked.ERASURE)
    with (
        pytest.raises(sa.exc.DBAPIError, match=r"only added|permission denied"),
        world.database.system("a test") as connection,
    ):
        connection.execute(sa.text("UPDATE consent_record SET signatory = ''"))
