import sqlalchemy as sa
from sqlmodel import col

from crm.contacts.models import Organization, Person, Telephone
from crm.kernel.together import together
from tests.support.pages import counted
from tests.support.world import World


def names() -> sa.Select[*tuple[object, ...]]:
    return sa.select(col(Person.id), col(Person.family_name))


def numbers() -> sa.Select[*tuple[object, ...]]:
    return sa.select(col(Telephone.id), col(Telephone.kind), col(Telephone.raw))


def test_each_select_gets_its_own_rows_by_one_statement(world: World) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ", phone="054-620-0300、090-1234-5678")

    with world.reading("officer") as db, counted(world.database) as statements:
        bodies, people, phones = together(
            db, (sa.select(col(Organization.name)), names(), numbers())
        )

    assert len(statements) == 1
    assert bodies == []
    assert [(row.id, row.family_name) for row in people] == [(person.id, "桒原")]
    assert {(row.kind, row.raw) for row in phones} == {
        ("fixed", "054-620-0300"),
        ("mobile", "090-1234-5678"),
    }


def test_every_select_is_narrowed_as_it_would_be_alone(world: World) -> None:
    world.person("桒原 健太", "クワバラ ケンタ", phone="054-620-0300")
    world.person("別 人", "ベツ ヒト", phone="054-999-9999", station="港南署")
    world.organization("市の団体", station="架空市役所", phone="054-888-8888")

    with world.reading("officer") as db:
        people, phones, bodies = together(
            db, (names(), numbers(), sa.select(col(Organization.name)))
        )

    assert [row.family_name for row in people] == ["桒原"]
    assert [row.raw for row in phones] == ["054-620-0300"]
    assert bodies == []


def test_what_a_select_limits_and_leaves_out_stays_so(world: World) -> None:
    for kana in ("ア", "イ", "ウ"):
        world.person(f"{kana} 人", f"{kana} ヒト")

    with world.reading("officer") as db:
        last, none = together(
            db,
            (
                names().order_by(col(Person.kana_sort).desc()).limit(2),
                numbers().where(sa.false()),
            ),
        )

    assert {row.family_name for row in last} == {"イ", "ウ"}
    assert none == []


def test_selects_built_once_are_asked_with_other_values_and_by_others(world: World) -> None:
    world.person("桒原 健太", "クワバラ ケンタ", phone="054-620-0300")
    world.person("別 人", "ベツ ヒト", phone="054-999-9999", station="港南署")
    wanted = col(Telephone.raw).in_(sa.bindparam("raw", expanding=True))
    shape = (names(), numbers().where(wanted))

    with world.reading("officer") as db:
        _, both = together(db, shape, raw=["054-620-0300", "054-999-9999"])
        _, none = together(db, shape, raw=[])
    with world.reading("stranger") as db:
        people, theirs = together(db, shape, raw=["054-620-0300", "054-999-9999"])

    assert [row.raw for row in both] == ["054-620-0300"]
    assert none == []
    assert [row.family_name for row in people] == ["別"]
    assert [row.raw for row in theirs] == ["054-999-9999"]
