import datetime as dt

import pytest
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from crm.bodies import queries, service
from crm.bodies.models import Body, BodyKind, BodyRole
from crm.bodies.service import BodyFacts
from crm.contacts.models import Holder, Person
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.liaisons.models import LiaisonState
from crm.liaisons.queries import state_of
from tests.bodies.acts import SPRING, established, seated, whole
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)


@pytest.fixture
def body(world: World) -> Body:
    return established(world)


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


def test_same_form_sent_twice_establishes_one_body(world: World) -> None:
    key, made = uuid7(), []
    facts = BodyFacts(kind=BodyKind.CITY_COUNCIL, name="市防犯協議会")
    for _ in range(2):
        with world.writing("officer") as db:
            actor = world.actors["officer"]
            made.append(service.establish(db, actor, facts, client_key=key, now=NOW).id)

    assert made[0] == made[1]


def test_secretariat_is_an_own_unit_or_in_words_never_both(world: World) -> None:
    unit_id = world.units["若葉署地域課"]

    with pytest.raises(Refused) as refused:
        established(world, secretariat_unit_id=unit_id, secretariat_words="市くらし安全課")

    assert refused.value.field == "secretariat_words"
    own = established(world, secretariat_unit_id=unit_id)
    others = established(world, secretariat_words="市くらし安全課")
    assert [whole(world, one).secretariat for one in (own, others)] == [
        "若葉署地域課",
        "市くらし安全課",
    ]


def test_members_are_people_seats_of_organizations_and_words(
    world: World, body: Body, kuwahara: Person
) -> None:
    school = world.organization("みなと小学校", "みなとしょうがっこう")
    seated(world, body, None, words="市くらし安全課長", role=BodyRole.ADVISER)
    seated(world, body, Holder(organization_id=school.id))
    seated(world, body, Holder(person_id=kuwahara.id), role=BodyRole.CHAIR)

    found = whole(world, body).on(TODAY)

    assert [(one.name, one.role, one.holder is None) for one in found] == [
        ("桒原 健太", BodyRole.CHAIR, False),
        ("みなと小学校", BodyRole.MEMBER, False),
        ("市くらし安全課長", BodyRole.ADVISER, True),
    ]


def test_members_are_shown_as_of_any_day(world: World, body: Body, kuwahara: Person) -> None:
    member = seated(world, body, Holder(person_id=kuwahara.id))
    ends = TODAY - 10 * DAY
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        service.end_term(db, actor, member.id, ends, revision=1, now=NOW)
    seated(world, body, Holder(person_id=kuwahara.id), valid_from=TODAY + 30 * DAY)

    found = whole(world, body)

    on = {day: len(found.on(day)) for day in (SPRING - DAY, SPRING, ends, ends + DAY, TODAY)}
    assert list(on.values()) == [0, 1, 1, 0, 0]
    assert [one.valid_from for one in found.besides(TODAY)] == [TODAY + 30 * DAY, SPRING]


def test_sitting_on_a_body_makes_nobody_a_liaison(
    world: World, body: Body, kuwahara: Person
) -> None:
    holder = Holder(person_id=kuwahara.id)
    seated(world, body, holder)

    with world.reading("officer") as db:
        assert state_of(db, holder, TODAY) is LiaisonState.NONE


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": "市くらし安全課長"}, "holder"),
        ({"valid_to": SPRING - DAY}, "valid_to"),
        ({"valid_from": TODAY}, "holder"),
    ],
    ids=["both a person and words", "ends before it begins", "sits there already"],
)
def test_impossible_seat_is_refused_at_its_field(
    world: World, body: Body, kuwahara: Person, changes: dict[str, object], field: str
) -> None:
    seated(world, body, Holder(person_id=kuwahara.id), valid_from=TODAY)

    with pytest.raises(Refused) as refused:
        seated(world, body, Holder(person_id=kuwahara.id), **changes)

    assert refused.value.field == field


def test_stranger_is_not_seated(world: World, body: Body) -> None:
    stranger = world.person("遠山 景", "とおやま けい", station="港南署")

    with pytest.raises(NotFound):
        seated(world, body, Holder(person_id=stranger.id))


def test_dissolving_ends_every_open_term(world: World, body: Body, kuwahara: Person) -> None:
    seated(world, body, Holder(person_id=kuwahara.id))
    revision = whole(world, body).body.revision

    with world.writing("officer") as db:
        actor = world.actors["officer"]
        service.dissolve(db, actor, body.id, TODAY, revision=revision, now=NOW)

    after = whole(world, body)
    assert (after.body.ended_on, [one.valid_to for one in after.members]) == (TODAY, [TODAY])
    with world.reading("officer") as db:
        offered = [
            [one.name for one in queries.body_choices(db, day)] for day in (TODAY, TODAY + DAY)
        ]
    assert offered == [["みなと交番連絡協議会"], []]
    with pytest.raises(Refused):
        seated(world, body, None, words="市くらし安全課長")


@pytest.mark.parametrize("verb", ["correct", "dissolve"])
def test_stale_form_is_a_conflict(world: World, body: Body, verb: str) -> None:
    said = {
        "correct": BodyFacts(kind=BodyKind.OTHER, name="別の会"),
        "dissolve": TODAY,
    }[verb]

    with world.writing("officer") as db, pytest.raises(Conflict):
        getattr(service, verb)(db, world.actors["officer"], body.id, said, revision=0, now=NOW)


def test_body_is_the_stations_alone(world: World, body: Body) -> None:
    with pytest.raises(NotFound):
        whole(world, body, who="stranger_chief")


@pytest.mark.parametrize("count", [1, 12])
def test_bodies_and_members_cost_the_same_however_many(
    world: World, body: Body, count: int
) -> None:
    for number in range(count):
        established(world, name=f"協議会{number}")
        person = world.person(f"委員 {number}郎", "いいん たろう")
        seated(world, body, Holder(person_id=person.id))

    with world.reading("officer") as db, counted(world.database) as statements:
        listed = {one.id: one.members for one in queries.bodies_on(db, TODAY)}
        members = queries.whole_body(db, body.id).members

    assert (len(listed), listed[body.id], len(members)) == (count + 1, count, count)
    assert len(statements) == 3


def test_who_was_seated_is_on_record(world: World, body: Body, kuwahara: Person) -> None:
    seated(world, body, Holder(person_id=kuwahara.id))

    with world.reading("auditor") as db:
        entry = db.exec(
            select(AuditEntry).where(
                AuditEntry.action == "body.member_seated", col(AuditEntry.subject_id) == body.id
            )
        ).one()
        assert entry.detail["named"] == 1
