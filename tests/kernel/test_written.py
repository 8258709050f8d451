"""Rows written many at a time are judged and told of as those of a flush are."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import SQLModel, select

from crm.contacts.models import Person, Telephone
from crm.kernel import audit, written
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditSubject
from crm.kernel.phone import PhoneKind
from crm.kernel.scope import ScopeError
from tests.support.world import NOW, World


def person_of(actor: Actor, station_id: UUID | None = None) -> Person:
    """Return somebody new."""
    return Person(
        agency_id=actor.agency_id,
        station_id=station_id or actor.station_id,
        family_name="山田",
        created_at=NOW,
        updated_at=NOW,
    )


def number_of(person: Person) -> Telephone:
    """Return a number of somebody's."""
    return Telephone(
        agency_id=person.agency_id,
        station_id=person.station_id,
        person_id=person.id,
        position=0,
        raw="054-622-0001",
        kind=PhoneKind.FIXED,
    )


def test_rows_gathered_are_written_with_what_they_refer_to_first(world: World) -> None:
    person = person_of(world.actors["officer"])
    with world.writing("officer") as db, db.gathering():
        db.add_all([number_of(person), person])

    with world.reading("officer") as db:
        assert db.exec(select(Person.family_name)).all() == ["山田"]
        assert db.exec(select(Telephone.person_id)).all() == [person.id]


def test_rows_gathered_are_judged(world: World) -> None:
    elsewhere = person_of(world.actors["officer"], uuid4())
    with (
        world.writing("officer") as db,
        pytest.raises(ScopeError, match="not this actor's to write"),
        db.gathering(),
    ):
        db.add(elsewhere)


def test_rows_gathered_and_flushed_are_told_of(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Collection[SQLModel]] = []
    monkeypatch.setattr(written, "_hearers", [lambda *told: heard.append(told[2])])
    gathered, flushed = person_of(world.actors["officer"]), person_of(world.actors["officer"])

    with world.writing("officer") as db:
        with db.gathering():
            db.add(gathered)
        db.add(flushed)

    assert [[row.id for row in rows if isinstance(row, Person)] for rows in heard] == [
        [gathered.id],
        [flushed.id],
    ]


@pytest.mark.parametrize("gathers", [True, False])
def test_an_entry_names_whom_it_showed(world: World, *, gathers: bool) -> None:
    person_id = uuid4()
    named = [("person", person_id)]
    with world.writing("officer") as db:
        if gathers:
            with db.gathering():
                audit.record(db, world.actors["officer"], "list.seen", now=NOW, named=named)
        else:
            audit.record(db, world.actors["officer"], "list.seen", now=NOW, named=named)

    with world.reading("auditor") as db:
        assert db.exec(select(AuditSubject.subject_id)).all() == [person_id]


@pytest.mark.parametrize("wrong", [{"nickname": "やま"}, {"familyname": "山田"}])
def test_a_row_takes_nothing_it_has_no_column_for(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Person has no"):
        Person(family_name="山田", **wrong)
