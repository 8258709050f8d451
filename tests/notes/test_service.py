import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from crm.agencies.models import StaffAssignment
from crm.contacts.models import Person
from crm.kernel.actor import Role
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.wareki import fiscal_year_label
from crm.notes import service
from crm.notes.models import (
    ActivityNote,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteStaff,
    Occasion,
    Outcome,
)
from crm.requests.models import CommunityRequest, RequestParty, Topic
from tests.notes.acts import HOUR, corrected, facts, logged
from tests.support.world import NOW, TODAY, World


def test_activity_is_kept_with_everybody_who_took_part(world: World, kuwahara: Person) -> None:
    school = world.organization("若葉小学校")
    colleague = world.actors["seian"]
    sent = facts(
        kuwahara,
        told="年末の合同パトロールは12月18日。",
        organization_ids=frozenset({school.id}),
        staff_ids=frozenset({colleague.staff_id}),
        needs_reply=True,
        next_on=TODAY,
    )

    note = logged(world, sent)

    with world.reading("chief") as db:
        kept = db.exec(select(ActivityNote)).one()
        staff = db.exec(select(NoteStaff.staff_id, NoteStaff.unit_id)).all()
        assert kept.id == note.id
        assert (kept.heard, kept.told) == (sent.heard, sent.told)
        assert (kept.happened_at, kept.next_on) == (NOW - HOUR, TODAY)
        assert kept.unit_id == world.units["若葉駅前交番"]
        assert db.exec(select(NotePerson.person_id)).all() == [kuwahara.id]
        assert db.exec(select(NoteOrganization.organization_id)).all() == [school.id]
        assert sorted(staff) == sorted(
            [
                (world.actors["officer"].staff_id, world.units["若葉駅前交番"]),
                (colleague.staff_id, world.units["若葉署生活安全課"]),
            ]
        )


def test_activity_is_audited_without_its_words(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))

    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "note.logged")).one()
        assert entry.subject_id == note.id
        assert entry.detail == {
            "persons": [str(kuwahara.id)],
            "organizations": [],
            "information": [],
        }


def test_staff_have_the_unit_they_held_on_the_day(world: World, kuwahara: Person) -> None:
    colleague = world.actors["seian"].staff_id
    moved_on = TODAY - dt.timedelta(days=10)
    with world.database.system("a transfer") as connection:
        connection.execute(
            StaffAssignment.__table__.update()  # type: ignore[attr-defined]  # a world's row is changed outside the rules
            .where(col(StaffAssignment.staff_id) == colleague)
            .values(valid_to=moved_on - dt.timedelta(days=1))
        )
    world.put(
        StaffAssignment(
            agency_id=world.agency_id,
            staff_id=colleague,
            unit_id=world.units["みなと駐在所"],
            role=Role.OFFICER,
            valid_from=moved_on,
        )
    )
    before = facts(
        kuwahara,
        happened_at=NOW - dt.timedelta(days=20),
        staff_ids=frozenset({colleague}),
    )

    logged(world, before)
    logged(world, replace(before, client_key=uuid7(), happened_at=NOW - HOUR))

    with world.reading("officer") as db:
        units = db.exec(
            select(NoteStaff.unit_id)
            .where(NoteStaff.staff_id == colleague)
            .order_by(col(NoteStaff.id))
        ).all()
        assert units == [world.units["若葉署生活安全課"], world.units["みなと駐在所"]]


def test_same_form_sent_twice_is_one_note(world: World, kuwahara: Person) -> None:
    sent = facts(kuwahara)

    first = logged(world, sent)
    second = logged(world, sent)

    assert second.id == first.id
    with world.reading("officer") as db:
        assert db.exec(select(ActivityNote.id)).all() == [first.id]


def test_same_form_sent_with_other_words_is_a_conflict(world: World, kuwahara: Person) -> None:
    sent = facts(kuwahara)
    logged(world, sent)

    with pytest.raises(Conflict):
        logged(world, replace(sent, heard="街灯は直っていた。"))

    with world.reading("officer") as db:
        assert db.exec(select(ActivityNote.heard)).all() == [sent.heard]


def test_same_key_of_another_author_is_another_note(world: World, kuwahara: Person) -> None:
    sent = facts(kuwahara)

    assert logged(world, sent).id != logged(world, sent, "seian").id


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"heard": "", "told": ""},
            "heard",
            "聞いたこと、または伝えたことを一文で入力してください。",
        ),
        (
            {"happened_at": NOW + dt.timedelta(minutes=6)},
            "happened_at",
            "日時は、今より前を入力してください。",
        ),
        (
            {"happened_at": NOW - dt.timedelta(days=5 * 366)},
            "happened_at",
            "日時は、5年前より後を入力してください。",
        ),
        (
            {"heard": "", "told": "見回りの予定", "needs_reply": True},
            "heard",
            "回答が必要なときは、聞いたことを入力してください。",
        ),
        (
            {"next_on": TODAY - dt.timedelta(days=1)},
            "next_on",
            "次回の予定は、今日以後の日付を入力してください。",
        ),
        (
            {"person_ids": frozenset()},
            "person_ids",
            "相手を一人または一団体以上選んでください。",
        ),
    ],
)
def test_activity_that_cannot_be_true_is_refused_at_its_field(
    world: World, kuwahara: Person, changes: dict[str, object], field: str, sentence: str
) -> None:
    with pytest.raises(Refused) as refusal:
        logged(world, facts(kuwahara, **changes))

    assert (refusal.value.field, str(refusal.value)) == (field, sentence)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": Outcome.ABSENT, "heard": "", "told": ""},
        {"happened_at": NOW + dt.timedelta(minutes=5)},
        {"heard": "", "told": "見回りの予定"},
    ],
)
def test_activity_at_the_edge_of_what_can_be_true_is_kept(
    world: World, kuwahara: Person, changes: dict[str, object]
) -> None:
    note = logged(world, facts(kuwahara, **changes))

    with world.reading("officer") as db:
        assert db.exec(select(ActivityNote.id)).all() == [note.id]


def test_colleague_of_another_station_is_refused(world: World, kuwahara: Person) -> None:
    stranger = world.actors["stranger"].staff_id

    with pytest.raises(Refused) as refusal:
        logged(world, facts(kuwahara, staff_ids=frozenset({stranger})))

    assert refusal.value.field == "staff_ids"


def test_person_of_another_station_is_not_found(world: World) -> None:
    theirs = world.person("桒原 健太", "くわばら けんた", station="港南署")

    with pytest.raises(NotFound):
        logged(world, facts(theirs))


def test_organization_of_another_station_is_not_found(world: World, kuwahara: Person) -> None:
    theirs = world.organization("港南小学校", station="港南署")

    with pytest.raises(NotFound):
        logged(world, facts(kuwahara, organization_ids=frozenset({theirs.id})))


@pytest.mark.parametrize("who", ["hq", "administrator", "auditor"])
def test_others_than_a_station_cannot_log(world: World, kuwahara: Person, who: str) -> None:
    with pytest.raises(Forbidden):
        logged(world, facts(kuwahara), who)


@pytest.mark.parametrize("who", ["officer", "chief", "station_chief"])
def test_correction_keeps_what_was_said_before(world: World, kuwahara: Person, who: str) -> None:
    note = logged(world, facts(kuwahara))

    corrected(world, note, who, heard="街灯が3か所消えている。", occasion=Occasion.PATROL)

    with world.reading("officer") as db:
        now_says = db.exec(select(ActivityNote)).one()
        said = db.exec(select(NoteCorrection)).one()
        assert (now_says.heard, now_says.revision) == ("街灯が3か所消えている。", 2)
        assert (said.heard, said.occasion) == ("街灯が消えている。", Occasion.PATROL_VISIT)
        assert said.corrected_by == world.actors[who].staff_id


def test_correction_is_audited_by_the_names_of_its_fields(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))

    corrected(world, note, heard="街灯が3か所消えている。")

    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "note.corrected")).one()
        assert entry.detail == {"fields": ["heard"]}


def test_correction_that_changes_nothing_leaves_no_trace(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))

    corrected(world, note)

    with world.reading("officer") as db:
        assert db.exec(select(NoteCorrection.id)).all() == []
        assert db.exec(select(ActivityNote.revision)).one() == 1


def test_correction_of_an_older_version_is_a_conflict(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))
    corrected(world, note, heard="街灯が3か所消えている。")

    with pytest.raises(Conflict):
        corrected(world, note, heard="街灯は直っていた。", revision=1)

    with world.reading("officer") as db:
        assert db.exec(select(ActivityNote.heard)).one() == "街灯が3か所消えている。"


def test_colleague_cannot_correct_what_another_wrote(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))

    with pytest.raises(Forbidden):
        corrected(world, note, "seian", heard="街灯は直っていた。")


def test_stranger_cannot_tell_whether_a_note_exists(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))

    with pytest.raises(NotFound):
        corrected(world, note, "stranger_chief", heard="街灯は直っていた。")


def test_what_wants_an_answer_is_a_request_of_those_who_said_it(
    world: World, kuwahara: Person
) -> None:
    school = world.organization("若葉小学校")
    sent = facts(kuwahara, organization_ids=frozenset({school.id}), needs_reply=True)

    note = logged(world, sent)

    with world.reading("seian") as db:
        request = db.exec(select(CommunityRequest)).one()
        parties = db.exec(select(RequestParty.person_id, RequestParty.organization_id)).all()
        assert (request.note_id, request.words, request.topic) == (
            note.id,
            sent.heard,
            Topic.LIGHTING,
        )
        assert (request.heard_on, request.number) == (TODAY, f"{fiscal_year_label(2026)}第1号")
        assert set(parties) == {(kuwahara.id, None), (None, school.id)}


def test_asking_of_a_note_twice_is_one_request(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))

    with world.writing("seian") as db:
        first = service.ask(db, world.actors["seian"], note.id, now=NOW)
    with world.writing("officer") as db:
        again = service.ask(db, world.actors["officer"], note.id, now=NOW)

    assert (again.id, again.heard_by) == (first.id, world.actors["seian"].staff_id)
    assert (first.heard_unit_id, first.unit_id) == (
        world.units["若葉駅前交番"],
        world.units["若葉署生活安全課"],
    )


def test_words_of_a_request_stay_when_its_note_is_corrected(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara, told="市に伝える。", needs_reply=True))

    corrected(world, note, heard="")

    with world.reading("officer") as db:
        assert db.exec(select(CommunityRequest.words)).one() == "街灯が消えている。"


def test_note_that_heard_nothing_asks_nothing(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara, heard="", told="見回りの予定"))

    with pytest.raises(Refused), world.writing("officer") as db:
        service.ask(db, world.actors["officer"], note.id, now=NOW)
