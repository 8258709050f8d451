"""Lists of people entered, refused when things moved, taken back: on both databases."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from crm.contacts import service as contacts
from crm.contacts.models import Appointment, Organization, Person, Telephone
from crm.contacts.service import PersonFacts
from crm.intake import queries, service
from crm.intake.errands import forget_everywhere
from crm.intake.models import BatchState, IntakeChange, IntakeRow, ListKind
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.liaisons.models import LiaisonCandidate, LiaisonTerm
from tests.intake.lists import (
    CHAIRS,
    DAY,
    HEADER,
    LIAISONS,
    apply,
    count,
    dump,
    preview,
    put_aside,
    undo,
)
from tests.rosters.network import put_post, put_term
from tests.support.pages import counted
from tests.support.world import NOW, World

FIRST_DAY = dt.date(2026, 4, 1)


def test_a_previewed_list_enters_nobody(world: World) -> None:
    before = dump(world)
    batch_id = put_aside(world, LIAISONS)

    plan = preview(world, batch_id)

    assert plan.counts == {
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "unsure": 0,
        "refused": 0,
    }
    assert dump(world) == before


def test_a_list_of_liaisons_makes_candidates_and_never_liaisons(world: World) -> None:
    apply(world, put_aside(world, LIAISONS))

    with world.reading("chief") as db:
        remarks = db.exec(select(LiaisonCandidate.reason)).all()
    assert remarks == ["承諾未確認", "承諾未確認"]
    assert count(world, LiaisonTerm) == 0


def test_an_applied_list_says_where_everybody_came_from(world: World) -> None:
    batch_id = put_aside(world, LIAISONS, content=b"the very file")
    batch = apply(world, batch_id)

    with world.reading("chief") as db:
        told = db.exec(select(Person.provenance).where(Person.family_name == "山田")).one()
    assert told == {
        "file": "名簿.xlsx",
        "size": 13,
        "sha256": batch.sha256,
        "row": 2,
    }


def test_a_list_taken_in_twice_changes_nothing(world: World) -> None:
    apply(world, put_aside(world, LIAISONS))
    apply(world, put_aside(world, CHAIRS, ListKind.CHAIRS))
    before = dump(world)

    again = [
        apply(world, put_aside(world, LIAISONS)),
        apply(world, put_aside(world, CHAIRS, ListKind.CHAIRS)),
    ]

    assert [batch.counts["unchanged"] for batch in again] == [2, 2]
    assert dump(world) == before


def test_chairs_follow_on_the_one_before(world: World) -> None:
    association = world.organization("みなと町自治会", area="みなと町自治会")
    before = world.person("古川 三郎", "フルカワ サブロウ")
    put_post(world, before, "", association)
    put_term(world, association, contact=before)

    apply(world, put_aside(world, CHAIRS, ListKind.CHAIRS))

    with world.reading("chief") as db:
        last_day = db.exec(
            select(Appointment.valid_to).where(Appointment.person_id == before.id)
        ).one()
        is_questioned = db.exec(select(LiaisonTerm.contact_needs_review)).one()
        made = db.exec(
            select(Appointment.valid_from).where(Appointment.organization_id == association.id)
        ).all()
    assert last_day == FIRST_DAY - dt.timedelta(days=1)
    assert is_questioned
    assert FIRST_DAY in made


def test_applying_refuses_when_the_book_moved_on(world: World) -> None:
    person = world.person("山田 太郎", "ヤマダ タロウ")
    batch_id = put_aside(world, LIAISONS)
    digest = preview(world, batch_id).digest
    with world.writing("officer") as db:
        contacts.correct_person(
            db,
            world.actors["officer"],
            person.id,
            PersonFacts(family_name="山田", given_name="太郎", family_kana="やまだ"),
            revision=1,
            area_code="",
            now=NOW,
        )
    before = dump(world)

    with pytest.raises(Conflict):
        apply(world, batch_id, digest=digest)
    assert dump(world) == before


def test_a_list_is_applied_once(world: World) -> None:
    batch_id = put_aside(world, LIAISONS)
    digest = preview(world, batch_id).digest
    apply(world, batch_id, digest=digest)

    with pytest.raises(Conflict):
        apply(world, batch_id, digest=digest)
    assert count(world, Person) == 2


def test_undoing_brings_every_column_back(world: World) -> None:
    association = world.organization("みなと町自治会", area="みなと町自治会")
    chair = world.person("古川 三郎", "フルカワ サブロウ")
    put_post(world, chair, "", association)
    put_term(world, association, contact=chair)
    known = world.person("鈴木 一郎", "スズキ イチロウ")
    before = dump(world)
    batch_id = put_aside(world, CHAIRS, ListKind.CHAIRS)
    apply(world, batch_id)
    assert dump(world) != before

    batch = undo(world, batch_id)

    assert dump(world) == before
    assert batch.state is BatchState.UNDONE
    assert batch.left == []
    assert count(world, IntakeChange) == 0
    with world.reading("chief") as db:
        # a form opened while the batch stood must not pass for the newest
        assert db.exec(select(Person.revision).where(Person.id == known.id)).one() == 3


def test_undoing_keeps_whoever_has_a_record_of_their_own(world: World) -> None:
    batch_id = put_aside(world, LIAISONS)
    apply(world, batch_id)
    with world.reading("chief") as db:
        person = db.exec(select(Person).where(Person.family_name == "山田")).one()
        db.expunge(person)
    put_term(world, person)

    batch = undo(world, batch_id)

    assert [(each["number"], each["record_id"]) for each in batch.left] == [(2, str(person.id))]
    with world.reading("chief") as db:
        assert db.exec(select(Person.family_name)).all() == ["山田"]
        assert db.exec(select(Telephone.person_id)).all() == [person.id]
        assert db.exec(select(Organization.name)).all() == []


def test_undoing_takes_the_other_rows_back_where_one_was_corrected_since(world: World) -> None:
    batch_id = put_aside(world, CHAIRS, ListKind.CHAIRS)
    apply(world, batch_id)
    with world.writing("officer") as db:
        person = db.exec(select(Person).where(Person.family_name == "田中")).one()
        facts = PersonFacts(family_name="田中", given_name="治郎")
        actor, now = world.actors["officer"], NOW
        contacts.correct_person(db, actor, person.id, facts, revision=1, area_code="", now=now)

    batch = undo(world, batch_id)

    assert [each["number"] for each in batch.left] == [3, 3]
    with world.reading("chief") as db:
        assert db.exec(select(Person.family_name)).all() == ["田中"]
        assert db.exec(select(Organization.name)).all() == ["さくら台自治会"]


def test_undoing_keeps_what_was_corrected_since(world: World) -> None:
    batch_id = put_aside(world, LIAISONS)
    apply(world, batch_id)
    with world.writing("officer") as db:
        person = db.exec(select(Person).where(Person.family_name == "髙橋")).one()
        facts = PersonFacts(family_name="髙橋", given_name="華子")
        contacts.correct_person(
            db,
            world.actors["officer"],
            person.id,
            facts,
            revision=person.revision,
            area_code="",
            now=NOW,
        )

    batch = undo(world, batch_id)

    # her association stays with her post
    assert [each["reason"][:7] for each in batch.left] == ["その後に変更さ", "その後の記録（"]
    assert count(world, Appointment) == 1
    assert count(world, Organization) == 1


def test_undoing_and_giving_up_come_once(world: World) -> None:
    batch_id = put_aside(world, LIAISONS)
    with pytest.raises(Conflict):
        undo(world, batch_id)
    with world.writing("chief") as db:
        service.discard(db, world.actors["chief"], batch_id, now=NOW)
    with world.writing("chief") as db, pytest.raises(Conflict):
        service.discard(db, world.actors["chief"], batch_id, now=NOW)
    assert count(world, IntakeRow) == 0


def test_rows_are_kept_only_where_they_were_set_aside(world: World) -> None:
    world.person("山田 太郎", "")
    rows = (*LIAISONS[:1], ("山田 太郎", "", "", "", "", "", ""), *LIAISONS[2:])
    batch_id = put_aside(world, rows)

    batch = apply(world, batch_id)

    with world.reading("chief") as db:
        kept = [row.number for row in queries.rows_of_batch(db, batch_id)]
    assert kept == [1, 2]
    assert batch.counts["unsure"] == 1


def test_rows_nobody_came_back_to_are_forgotten(world: World) -> None:
    waiting = put_aside(world, LIAISONS)
    with world.writing("chief") as db:
        db.exec(
            sa.update(queries.IntakeBatch).values(
                uploaded_at=NOW - dt.timedelta(days=service.KEPT_DAYS, seconds=1)
            )
        )

    newer = put_aside(world, CHAIRS, ListKind.CHAIRS)

    with world.reading("chief") as db:
        assert queries.batch(db, waiting).state is BatchState.DISCARDED
        assert list(queries.rows_of_batch(db, waiting)) == []
        assert len(queries.rows_of_batch(db, newer)) == len(CHAIRS)


def test_rows_nobody_came_back_to_are_forgotten_where_no_other_list_comes(world: World) -> None:
    waiting = put_aside(world, LIAISONS)

    forget_everywhere(world.database, NOW + dt.timedelta(days=service.KEPT_DAYS, seconds=1))

    with world.reading("chief") as db:
        assert queries.batch(db, waiting).state is BatchState.DISCARDED
        assert list(queries.rows_of_batch(db, waiting)) == []


@pytest.mark.parametrize("who", ["officer", "seian"])
def test_taking_in_is_for_who_keeps_the_roster(world: World, who: str) -> None:
    if who == "officer":
        world.actors[who] = replace(world.actors[who], network_office=False)
    with pytest.raises(Forbidden):
        put_aside(world, LIAISONS, who=who)


def test_another_stations_list_is_not_to_be_known_of(world: World) -> None:
    batch_id = put_aside(world, LIAISONS)
    with pytest.raises(NotFound):
        apply(world, batch_id, who="stranger_chief", digest="any")


def test_a_list_of_liaisons_is_the_polices(world: World) -> None:
    with pytest.raises(Refused) as refused:
        put_aside(world, LIAISONS, who="city_chief")
    assert refused.value.field == "kind"


def test_a_day_to_come_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        put_aside(world, LIAISONS, day=DAY.replace(year=2027))
    assert refused.value.field == "day"


def test_the_audit_trail_has_counts_and_no_names(world: World) -> None:
    batch_id = put_aside(world, LIAISONS)
    apply(world, batch_id)
    undo(world, batch_id)

    with world.reading("auditor") as db:
        entries = db.exec(
            select(AuditEntry)
            .where(AuditEntry.subject_type == "intake")
            .order_by(AuditEntry.at, AuditEntry.id)
        ).all()
        told = [(each.action, each.detail["counts"]) for each in entries]
    assert told == [
        ("intake.previewed", {"rows": 3}),
        (
            "intake.applied",
            {"created": 2, "updated": 0, "unchanged": 0, "unsure": 0, "refused": 0},
        ),
        ("intake.reverted", {"undone": 7, "left": 0}),
    ]


def test_a_plan_takes_as_many_statements_for_three_rows_as_for_one(world: World) -> None:
    def statements(rows: int) -> int:
        batch_id = put_aside(
            world, [LIAISONS[0], *((f"山田 {n}郎", "", "", "", "", "", "") for n in range(rows))]
        )
        with counted(world.database) as sent:
            preview(world, batch_id)
        return len(sent)

    assert (statements(1), statements(3)) == (12, 12)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["山田 太郎", "髙橋 花子", "高橋花子", "鈴木 一郎 様", "（故）古川 三郎"]),
        st.sampled_from(["", "やまだ たろう", "たかはし はなこ", "すずき いちろう"]),
        st.sampled_from(["", "みなと町自治会", "さくら台", "若葉小学校"]),
        st.sampled_from(["", "会長", "会計", "校長"]),
        st.sampled_from(["", "054-622-0001", "054-622-0002、内線12", "番号なし"]),
        st.sampled_from(["", "架空市1-1", "架空市2-2"]),
        st.just(""),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=ROWS, kind=st.sampled_from(ListKind))
def test_applying_and_undoing_any_list_is_as_if_nothing_had_been(
    world: World, rows: list[tuple[str, ...]], kind: ListKind
) -> None:
    if count(world, Person) == 0:
        association = world.organization("みなと町自治会", area="みなと町自治会")
        chair = world.person("鈴木 一郎", "スズキ イチロウ")
        put_post(world, chair, "", association)
        put_term(world, association, contact=chair)
        world.person("髙橋 花子", "", phone="054-622-0001")
    before = dump(world)
    batch_id = put_aside(world, (HEADER, *rows), kind)

    apply(world, batch_id)
    batch = undo(world, batch_id)

    assert batch.left == []
    assert dump(world) == before
