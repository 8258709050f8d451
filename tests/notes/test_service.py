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
from crm.notes.models import (
    ActivityNote,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteReply,
    NoteStaff,
    Occasion,
    Outcome,
)
from tests.notes.acts import HOUR, corrected, facts, logged, replied
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
        assert (kept.happened_at, kept.next_on, kept.needs_reply) == (NOW - HOUR, TODAY, True)
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


def test_correction_cannot_empty_what_awaits_an_answer(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara, told="市に伝える。", needs_reply=True))

    with pytest.raises(Refused) as refusal:
        corrected(world, note, heard="")

    assert refusal.value.field == "heard"


def test_reply_is_kept_with_who_told_it(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara, needs_reply=True))

    replied(world, note.id, who="seian")

    with world.reading("officer") as db:
        reply = db.exec(select(NoteReply)).one()
        assert (reply.note_id, reply.text, reply.told_on) == (note.id, "交換しました。", TODAY)
        assert reply.told_by == world.actors["seian"].staff_id
        assert reply.unit_id == world.units["若葉署生活安全課"]


def test_second_reply_is_a_conflict(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara, needs_reply=True))
    replied(world, note.id)

    with pytest.raises(Conflict):
        replied(world, note.id, who="seian")


def test_reply_nobody_waits_for_is_not_found(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara))

    with pytest.raises(NotFound):
        replied(world, note.id)


@pytest.mark.parametrize("days", [-1, 1])
def test_reply_before_the_note_or_in_the_future_is_refused(
    world: World, kuwahara: Person, days: int
) -> None:
    note = logged(world, facts(kuwahara, needs_reply=True))

    with pytest.raises(Refused) as refusal:
        replied(world, note.id, TODAY + dt.timedelta(days=days))

    assert refusal.value.field == "told_on"
