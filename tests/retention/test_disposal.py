"""Disposal: what is due, two people, nothing left in the file, counts and the trail as before."""

import datetime as dt
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.candidates.models import CandidateStep, StepKind
from crm.consents.models import ConsentMethod, ConsentRecord
from crm.contacts.models import Appointment, Holder, Person, PostCategory, PostType, Telephone
from crm.jobs.runner import Runner
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.liaisons.models import (
    AcceptanceRecord,
    CandidateState,
    Decision,
    EndReason,
    LiaisonCandidate,
    LiaisonTerm,
)
from crm.notes.models import ActivityNote, NoteCorrection, NotePerson, Occasion, Outcome
from crm.retention import queries, service
from crm.retention.errands import forget_old_searches
from crm.retention.models import Disposal, DisposalState, Holding
from crm.retention.sweep_queries import SEARCHES_KEPT
from tests.bodies.acts import established, seated
from tests.support.pages import Browser
from tests.support.world import World

CANARY = "廃棄鳥"
LONG_AGO = dt.datetime(2015, 6, 1, 3, tzinfo=dt.UTC)
ENDED = dt.date(2016, 3, 31)
"""The last day of fiscal year 2015."""


def put_person(world: World, name: str, *, ends: dt.date | None = ENDED) -> Person:
    """Put a liaison of long ago with everything that is kept about one."""
    person = world.person(
        name,
        "カナリア ハナ",
        phone="087-833-0110",
        care_note=f"{CANARY}の配慮事項",
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )
    owned = {"agency_id": person.agency_id, "station_id": person.station_id}
    staff = world.actors["chief"].staff_id
    acceptance = AcceptanceRecord(
        **owned,
        person_id=person.id,
        decision=Decision.ACCEPTED,
        decided_on=LONG_AGO.date(),
        method=ConsentMethod.WRITTEN,
        recorded_by=staff,
        recorded_at=LONG_AGO,
    )
    world.put(
        acceptance,
        LiaisonTerm(
            **owned,
            person_id=person.id,
            acceptance_id=acceptance.id,
            asked_on=LONG_AGO.date(),
            valid_from=LONG_AGO.date(),
            valid_to=ends,
            end_reason=EndReason.MOVED if ends else None,
            remark=f"{CANARY}の備考",
        ),
        ConsentRecord(
            **owned,
            person_id=person.id,
            signatory=f"{CANARY}の署名",
            form_version="v1",
            decided_on=LONG_AGO.date(),
            method=ConsentMethod.WRITTEN,
            recorded_by=staff,
            recorded_at=LONG_AGO,
        ),
    )
    return person


def put_candidate(
    world: World, name: str, *, wish: bool = False, kana: str = "カナリア ハナ"
) -> Person:
    """Put somebody who was proposed long ago and declined, with nothing else."""
    person = world.person(name, kana, created_at=LONG_AGO, updated_at=LONG_AGO)
    owned = {"agency_id": person.agency_id, "station_id": person.station_id}
    officer, day = world.actors["officer"], LONG_AGO.date()
    candidate = LiaisonCandidate(
        **owned,
        person_id=person.id,
        noticed_on=day,
        noticed_by=officer.staff_id,
        unit_id=officer.unit_id,
        reason=f"{CANARY}の世話役",
        known_by=f"{CANARY}の講習",
        avoid=f"{CANARY}の話題",
        post=f"{CANARY}会",
        state=CandidateState.DECLINED,
        state_on=day,
    )
    step = CandidateStep(
        **owned,
        candidate_id=candidate.id,
        kind=StepKind.DECLINED,
        happened_on=day,
        at=LONG_AGO,
        staff_id=officer.staff_id,
        staff_name=officer.name,
        unit_id=officer.unit_id,
        unit_name=officer.unit_name,
        text=f"{CANARY}への伝言",
    )
    answer = AcceptanceRecord(
        **owned,
        person_id=person.id,
        decision=Decision.DECLINED,
        decided_on=day,
        asks_no_more=wish,
        method=ConsentMethod.ORAL,
        recorded_by=officer.staff_id,
        recorded_at=LONG_AGO,
    )
    world.put(candidate, step, answer)
    return person


def put_note(world: World, person: Person, *, at: dt.datetime = LONG_AGO) -> UUID:
    owned = {"agency_id": person.agency_id, "station_id": person.station_id}
    officer = world.actors["officer"]
    said = {"occasion": Occasion.PATROL_VISIT, "outcome": Outcome.MET, "happened_at": at}
    note = ActivityNote(
        **owned,
        **said,
        author_id=officer.staff_id,
        unit_id=officer.unit_id,
        heard=f"{CANARY}から聞いた",
        client_key=uuid7(),
    )
    world.put(
        note,
        NotePerson(
            **owned, note_id=note.id, person_id=person.id, happened_at=at, outcome=Outcome.MET
        ),
        NoteCorrection(
            **owned,
            **said,
            note_id=note.id,
            corrected_at=at,
            corrected_by=officer.staff_id,
            heard=f"{CANARY}の訂正前",
        ),
    )
    return note.id


def disposed(world: World, holding: Holding) -> Disposal:
    """Propose as the section's chief, agree as the station's, and let the runner do it."""
    with world.writing("chief") as db:
        drafted = service.draft_disposal(db, world.actors["chief"], holding, now=utc_now()).id
    with world.writing("station_chief") as db:
        actor = world.actors["station_chief"]
        service.approve_disposal(db, actor, drafted, request_key=uuid7(), now=utc_now())
    assert Runner(world.database).take_next()
    with world.reading("chief") as db:
        found = queries.disposal(db, drafted)
        db.expunge_all()
    return found


def test_nothing_of_the_disposed_is_left_in_the_file(world: World, tmp_path: Path) -> None:
    person = put_person(world, f"{CANARY} 花")
    put_note(world, person)
    put_candidate(world, f"{CANARY} 次郎")

    order = (Holding.CANDIDATES, Holding.CONTACTS, Holding.NOTES)
    results = [disposed(world, holding).result for holding in order]

    assert [sorted(result) for result in results] == [
        ["candidate_step", "liaison_candidate", "person"],
        ["consent_record", "liaison_term", "person", "telephone"],
        ["activity_note", "note_correction"],
    ]
    if world.database.engine.dialect.name == "sqlite":
        world.database.scrub()
        left = [
            path.name
            for path in tmp_path.glob("crm.db*")
            for trace in (CANARY, "カナリア", "833-0110", "338330110")
            if trace.encode() in path.read_bytes()
        ]
        assert left == []
    with world.reading("chief") as db:
        assert db.exec(select(LiaisonTerm.person_id)).all() == [person.id]
        assert db.exec(select(NotePerson.person_id)).all() == [person.id]
        assert db.exec(select(Telephone)).all() == []


def test_candidates_end_soon_and_a_wish_is_kept(world: World) -> None:
    gone = put_candidate(world, f"{CANARY} 花")
    wishing = put_candidate(world, "髙橋 翔平", wish=True)
    known = put_candidate(world, "西 徹")
    put_note(world, known)

    disposed(world, Holding.CANDIDATES)

    with world.reading("chief") as db:
        names = dict(db.exec(select(Person.id, Person.family_name)).all())
        said = db.exec(select(LiaisonCandidate.reason, LiaisonCandidate.avoid)).all()
        assert db.exec(select(CandidateStep.text)).all() == ["", "", ""]
    assert names == {gone.id: "", wishing.id: "髙橋", known.id: "西"}
    assert said == [("", "")] * 3


def test_who_was_disposed_of_is_found_nowhere(world: World, browser: Browser) -> None:
    gone, kept = put_person(world, f"{CANARY} 花"), world.person("髙橋 翔平", "タカハシ")
    disposed(world, Holding.CONTACTS)
    browser.sign_in("officer")
    listed = browser.get("/people").text
    assert (str(gone.id) in listed, str(kept.id) in listed) == (False, True)
    assert browser.get(f"/people/{gone.id}").status_code == 404
    assert browser.get(f"/people/{gone.id}/edit").status_code == 404


@pytest.mark.parametrize(("cutoff", "count"), [(dt.date(2016, 3, 31), 0), (dt.date(2016, 4, 1), 1)])
def test_the_day_after_the_last_tie_is_the_first_cutoff(
    world: World, cutoff: dt.date, count: int
) -> None:
    put_person(world, f"{CANARY} 花")
    with world.reading("chief") as db:
        due = queries.due_before(db, Holding.CONTACTS, 5, cutoff)
    assert (len(due.keys), due.by_year) == (count, {2015: 1} if count else {})


@pytest.mark.parametrize(
    ("day", "years", "cutoff"),
    [
        (dt.date(2026, 11, 20), 5, dt.date(2021, 4, 1)),
        (dt.date(2027, 3, 31), 5, dt.date(2021, 4, 1)),
        (dt.date(2027, 4, 1), 5, dt.date(2022, 4, 1)),
        (dt.date(2026, 11, 20), 1, dt.date(2025, 4, 1)),
    ],
)
def test_periods_run_from_the_next_first_of_april(
    day: dt.date, years: int, cutoff: dt.date
) -> None:
    assert queries.cutoff_of(day, years) == cutoff


def test_whoever_serves_holds_a_post_sits_on_a_body_or_was_met_is_not_due(
    world: World,
) -> None:
    put_person(world, f"{CANARY} 一", ends=None)
    holder = put_person(world, f"{CANARY} 二")
    met = put_person(world, f"{CANARY} 三")
    put_note(world, met, at=utc_now() - dt.timedelta(days=30))
    member = put_person(world, f"{CANARY} 四")
    seated(world, established(world), Holder(person_id=member.id))
    kind = PostType(code="test", name="役職", category=PostCategory.TERRITORIAL)
    world.put(
        kind,
        Appointment(
            agency_id=holder.agency_id,
            station_id=holder.station_id,
            person_id=holder.id,
            post_type_id=kind.id,
        ),
    )
    with world.reading("chief") as db:
        assert queries.due_on(db, Holding.CONTACTS, local_day(utc_now())).keys == []


def test_one_person_alone_disposes_of_nothing(world: World) -> None:
    put_person(world, f"{CANARY} 花")
    chief = world.actors["chief"]
    with world.writing("chief") as db:
        drafted = service.draft_disposal(db, chief, Holding.CONTACTS, now=utc_now()).id
    with pytest.raises(Forbidden), world.writing("chief") as db:
        service.approve_disposal(db, chief, drafted, request_key=uuid7(), now=utc_now())
    with pytest.raises(Conflict), world.writing("chief") as db:
        service.carry_out(db, chief, drafted, now=utc_now())
    for stranger in ("stranger_chief", "officer"):
        actor = world.actors[stranger]
        with pytest.raises(NotFound), world.writing(stranger) as db:
            service.approve_disposal(db, actor, drafted, request_key=uuid7(), now=utc_now())
    with world.reading("chief") as db:
        assert db.exec(select(Person.family_name)).all() == [CANARY]
        assert queries.disposal(db, drafted).state is DisposalState.DRAFTED


def test_nothing_due_is_not_proposed(world: World) -> None:
    world.person("髙橋 翔平", "タカハシ")
    with pytest.raises(Refused), world.writing("chief") as db:
        service.draft_disposal(db, world.actors["chief"], Holding.CONTACTS, now=utc_now())


@pytest.mark.parametrize("state", ["approved", "done"])
def test_records_stay_closed_but_while_a_disposal_runs(world: World, state: str) -> None:
    put_person(world, f"{CANARY} 花")
    with world.writing("chief") as db:
        chief = world.actors["chief"]
        service.draft_disposal(db, chief, Holding.CONTACTS, now=utc_now())
    with world.database.system("a test") as connection:
        connection.execute(sa.text("UPDATE disposal SET state = :state"), {"state": state})
    with (
        pytest.raises(sa.exc.DBAPIError, match=r"only added|permission denied"),
        world.database.system("a test") as connection,
    ):
        connection.execute(sa.text("UPDATE consent_record SET signatory = ''"))


@pytest.mark.parametrize(
    "change", ["DELETE FROM audit_entry", "UPDATE audit_entry SET action = ''"]
)
def test_the_trail_stays_closed_while_a_disposal_runs(world: World, change: str) -> None:
    put_person(world, f"{CANARY} 花")
    with world.writing("chief") as db:
        chief = world.actors["chief"]
        service.draft_disposal(db, chief, Holding.CONTACTS, now=utc_now())
    with world.database.system("a test") as connection:
        connection.execute(sa.text("UPDATE disposal SET state = 'running'"))
        with pytest.raises(sa.exc.DBAPIError, match=r"only added|permission denied"):
            connection.execute(sa.text(change))
        connection.rollback()


def test_the_trail_tells_of_it_and_loses_nothing(world: World) -> None:
    put_person(world, f"{CANARY} 花")
    disposed(world, Holding.CONTACTS)
    with world.reading("auditor") as db:
        actions = db.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action for action in actions if action.startswith("disposal.")] == [
        "disposal.drafted",
        "disposal.approved",
        "disposal.finished",
    ]


def test_chiefs_propose_and_agree_on_the_page(world: World, browser: Browser) -> None:
    put_person(world, f"{CANARY} 花")
    browser.sign_in("chief").get("/retention")
    page = browser.post("/retention/disposals", {"holding": "contacts"})
    assert ("決裁待ち" in page.text, "廃棄を承認する" in page.text) == (True, False)
    browser.post("/sign-out")
    page = browser.sign_in("station_chief").get("/retention")
    assert "廃棄を承認する" in page.text
    with world.reading("chief") as db:
        key = db.exec(select(Disposal.id)).one()
    page = browser.post(f"/retention/disposals/{key}/approval", {"request_key": str(uuid7())})
    assert "廃棄待ち" in page.text
    assert CANARY not in page.text


def test_the_administrator_decides_the_period(world: World, browser: Browser) -> None:
    browser.sign_in("administrator").get("/retention/periods")
    today = local_day(utc_now())
    refused = browser.post(
        "/retention/periods", {"holding": "notes", "value": 40, "day": str(today)}
    )
    assert refused.status_code == 422
    browser.post("/retention/periods", {"holding": "notes", "value": 3, "day": str(today)})
    with world.reading("chief") as db:
        kept = [queries.years_kept(db, holding, today) for holding in Holding]
    assert kept == [5, 3, 1]


def test_old_searches_are_forgotten_by_themselves(world: World, browser: Browser) -> None:
    browser.sign_in("officer").get("/search")
    browser.post("/search", {"q": CANARY})
    kept = []
    for now in (utc_now(), utc_now() + SEARCHES_KEPT):
        forget_old_searches(world.database, now)
        with world.database.system("a test") as connection:
            kept.append(connection.execute(sa.text("SELECT term FROM stored_search")).all())
    assert kept == [[(CANARY,)], []]
