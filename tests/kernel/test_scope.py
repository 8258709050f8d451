import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select, text

from crm.contacts.models import Person
from crm.kernel.scope import ScopeError
from tests.support.world import World


@pytest.fixture
def two_people(world: World) -> World:
    world.person("山田 花子", "ヤマダ ハナコ")
    world.person("田中 秘密", "タナカ ヒミツ", station="港南署")
    return world


def test_reading_every_way_keeps_to_the_own_station(two_people: World) -> None:
    other = aliased(Person)
    with two_people.reading("officer") as db:
        found = {
            "entity": [person.family_name for person in db.exec(select(Person)).all()],
            "column": list(db.exec(select(Person.family_name)).all()),
            "alias": [person.family_name for person in db.exec(select(other)).all()],
            "count": db.exec(select(sa.func.count(col(Person.id)))).one(),
            "subquery": db.exec(
                select(sa.func.count()).select_from(select(Person).subquery())
            ).one(),
            "or true": list(db.exec(select(Person.family_name).where(sa.or_(sa.true())))),
        }
    assert found == {
        "entity": ["山田"],
        "column": ["山田"],
        "alias": ["山田"],
        "count": 1,
        "subquery": 1,
        "or true": ["山田"],
    }


@pytest.mark.parametrize("is_outer", [False, True])
def test_an_alias_that_is_joined_keeps_to_the_own_station(
    two_people: World, *, is_outer: bool
) -> None:
    other = aliased(Person)
    joined = sa.select(col(Person.family_name), col(other.family_name)).join(
        other, col(other.id) != col(Person.id), isouter=is_outer
    )
    twice = sa.select(sa.func.count()).select_from(Person).join(other, sa.true())
    with two_people.reading("officer") as db:
        assert db.rows(joined) == ([("山田", None)] if is_outer else [])
        assert db.rows(twice) == [(1,)]


@pytest.mark.parametrize("who", ["hq", "administrator", "auditor"])
def test_reading_people_from_outside_a_station_finds_nobody(two_people: World, who: str) -> None:
    with two_people.reading(who) as db:
        assert db.exec(select(Person)).all() == []


def test_getting_another_stations_person_by_key_finds_nobody(world: World) -> None:
    theirs = world.person("田中 秘密", "タナカ ヒミツ", station="港南署")
    with world.reading("officer") as db:
        assert db.get(Person, theirs.id) is None


def test_bulk_update_leaves_other_stations_alone(two_people: World) -> None:
    with two_people.writing("officer") as db:
        db.exec(sa.update(Person).values(address="変更"))
    with two_people.reading("stranger") as db:
        assert db.exec(select(Person.address)).all() == [""]


@pytest.mark.parametrize(
    "statement",
    [
        select(Person.__table__),
        sa.text("select family_name from person"),
        select(Person).where(text("1=1 or 1=1")),
        select(Person.id, sa.literal_column("(select group_concat(family_name) from person)")),
        sa.insert(Person),
    ],
    ids=["table", "text", "text fragment", "literal column", "bulk insert"],
)
def test_ways_around_the_rules_are_refused(two_people: World, statement: sa.Executable) -> None:
    with two_people.reading("officer") as db, pytest.raises(ScopeError):
        db.execute(statement)


def test_a_raw_connection_trips_the_wire(two_people: World) -> None:
    with two_people.reading("officer") as db, pytest.raises(ScopeError):
        db.connection().execute(sa.select(sa.text("1")))


def test_writing_into_another_station_is_refused(world: World) -> None:
    row = Person(agency_id=world.agency_id, station_id=world.units["港南署"], family_name="田中")
    with pytest.raises(ScopeError), world.writing("officer") as db:
        db.add(row)


def test_moving_a_person_to_another_station_is_refused(world: World) -> None:
    mine = world.person("山田 花子", "ヤマダ ハナコ")
    with world.reading("officer") as db:
        db.get_one(Person, mine.id).station_id = world.units["港南署"]
        with pytest.raises(ScopeError):
            db.flush()


def test_a_reading_session_keeps_nothing(world: World) -> None:
    mine = world.person("山田 花子", "ヤマダ ハナコ")
    with world.reading("officer") as db:
        db.get_one(Person, mine.id).address = "変更"
    with world.reading("officer") as db:
        assert db.get_one(Person, mine.id).address == ""
