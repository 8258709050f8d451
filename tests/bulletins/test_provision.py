from itertools import product

import pytest
from sqlmodel import select

from crm.bulletins import queries as bulletins
from crm.bulletins.models import Handling
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.scope import ScopedSession
from crm.sharing import information
from crm.sharing import information_queries as queries
from crm.sharing.agreements import end_agreement
from crm.sharing.errands import refresh_every_copy
from crm.sharing.information_queries import Office
from crm.sharing.models import ProvisionRecord, PublishedInformation
from tests.bulletins.acts import DAY, PDF, SHEET, agreed, corrected, issued, published, withdrawn
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World


def received(world: World, who: str = "city", **asked: object) -> list[str]:
    actor = world.actors[who]
    with world.reading(who) as db:
        page = queries.received_information(db, actor, day=TODAY, **asked)  # type: ignore[arg-type]  # each test asks its own
        assert page.total == len(page.items)
        return [item.title for item in page.items]


def test_a_copy_reaches_the_office_whole_and_nobody_else(world: World) -> None:
    agreed(world)
    item = issued(world, sheet=SHEET)

    published(world, item.id)

    with world.reading("city") as db:
        copy = db.exec(select(PublishedInformation)).one()
        assert (copy.title, copy.handling, copy.giver_name) == (
            "ひったくりに注意",
            "liaisons",
            "架空県警察 若葉署",
        )
        assert (copy.file_name, copy.content) == ("交番速報.pdf", PDF)
        with pytest.raises(NotFound):
            bulletins.item(db, item.id)
    for who in ("stranger_chief", "hq", "city_administrator", "auditor"):
        with world.reading(who) as db:
            assert db.exec(select(PublishedInformation.id)).all() == []
    with world.reading("auditor") as db:
        action = AuditEntry.action == "information.provided"
        entry = db.exec(select(AuditEntry).where(action)).one()
        assert (entry.subject_id, entry.detail) == (item.id, {"recipient": "架空市役所"})


def test_what_an_agency_is_given_follows_class_and_days(world: World) -> None:
    """Every class on every state: only what may leave the station and is in force is copied."""
    agreed(world)
    days = {
        "current": (TODAY - DAY, TODAY, False),
        "upcoming": (TODAY + DAY, None, False),
        "expired": (TODAY - 2 * DAY, TODAY - DAY, False),
        "withdrawn": (TODAY - DAY, None, True),
    }
    allowed, sentences = set(), set()
    for handling, (state, (first, last, back)) in product(Handling, days.items()):
        item = issued(world, handling=handling, now=NOW - 2 * DAY, valid_from=first, valid_to=last)
        if back:
            withdrawn(world, item)
        try:
            published(world, item.id)
        except Refused as refusal:
            sentences.add(str(refusal))
        else:
            allowed.add((handling, state))

    assert allowed == {
        (Handling.AGENCIES, "current"),
        (Handling.LIAISONS, "current"),
        (Handling.PUBLIC, "current"),
    }
    assert sentences == {
        "「ひったくりに注意」は署内限りのため、他機関に提供できません。",
        "「ひったくりに注意」は有効期間前のため、渡せません。",
        "「ひったくりに注意」は期限切れのため、渡せません。",
        "「ひったくりに注意」は撤回されているため、渡せません。",
    }
    assert len(received(world)) == len(allowed)


@pytest.mark.parametrize(
    ("first", "last"),
    [(TODAY + DAY, None), (TODAY - 9 * DAY, TODAY - DAY)],
    ids=["to come", "over"],
)
def test_without_an_agreement_today_nothing_is_given(
    world: World, first: object, last: object
) -> None:
    agreed(world, valid_from=first, valid_to=last)  # type: ignore[arg-type]  # days
    item = issued(world)

    with pytest.raises(Refused, match="取決め") as refusal:
        published(world, item.id)

    assert refusal.value.field == "recipient_station_id"
    assert received(world) == []


def test_an_agreement_of_another_station_gives_nothing(world: World) -> None:
    agreed(world, "港南署")
    item = issued(world)

    with pytest.raises(Refused, match="取決め"):
        published(world, item.id)


@pytest.mark.parametrize("who", ["officer", "seian", "hq"])
def test_only_chiefs_give_and_take_back(world: World, who: str) -> None:
    agreed(world)
    item = issued(world, "hq" if who == "hq" else "officer")

    with pytest.raises(Forbidden):
        published(world, item.id, who)
    with pytest.raises(Forbidden), world.writing(who) as db:
        information.withdraw_information(
            db, world.actors[who], item.id, world.units["架空市役所"], now=NOW
        )


def test_headquarters_items_are_not_given_by_a_station(world: World) -> None:
    agreed(world)
    item = issued(world, "hq")

    with pytest.raises(Refused, match="本部が登録した情報"):
        published(world, item.id)


def test_another_stations_item_is_not_found(world: World) -> None:
    agreed(world, "港南署")
    item = issued(world)

    with pytest.raises(NotFound):
        published(world, item.id, "stranger_chief")


def test_given_twice_is_one_copy(world: World) -> None:
    agreed(world)
    item = issued(world)

    published(world, item.id)
    published(world, item.id, "station_chief")

    assert received(world) == ["ひったくりに注意"]
    assert acts(world) == ["given"]


def test_a_correction_rewrites_the_copy_in_the_same_transaction(world: World) -> None:
    agreed(world)
    item = issued(world, handling=Handling.PUBLIC, sheet=SHEET)
    published(world, item.id)

    corrected(world, item, title="自転車盗に注意", handling=Handling.AGENCIES, valid_to=TODAY)

    with world.reading("city") as db:
        copy = db.exec(select(PublishedInformation)).one()
        assert (copy.title, copy.handling, copy.valid_to, copy.content) == (
            "自転車盗に注意",
            "agencies",
            TODAY,
            PDF,
        )


def test_narrowing_to_the_station_removes_every_copy(world: World) -> None:
    agreed(world)
    item = issued(world)
    published(world, item.id)

    corrected(world, item, handling=Handling.STATION_ONLY)

    assert received(world) == []
    assert acts(world) == ["given", "ended"]


def test_a_withdrawal_removes_the_copies_of_that_item_only(world: World) -> None:
    agreed(world)
    item, other = issued(world), issued(world, title="別の情報")
    published(world, item.id)
    published(world, other.id)

    withdrawn(world, item)

    assert received(world) == ["別の情報"]
    with world.reading("auditor") as db:
        action = AuditEntry.action == "information.provision_ended"
        entry = db.exec(select(AuditEntry).where(action)).one()
        assert (entry.subject_id, entry.detail) == (item.id, {"recipient": "架空市役所"})


def test_an_item_once_given_is_never_widened(world: World) -> None:
    agreed(world)
    item = issued(world, handling=Handling.AGENCIES)
    published(world, item.id)
    take_back(world, item.id)

    with pytest.raises(Refused, match="広げられません") as refusal:
        corrected(world, item, handling=Handling.LIAISONS)

    assert refusal.value.field == "handling"


def test_taken_back_can_be_given_again(world: World) -> None:
    agreed(world)
    item = issued(world)
    published(world, item.id)

    take_back(world, item.id)
    assert received(world) == []
    published(world, item.id)

    assert received(world) == ["ひったくりに注意"]
    assert acts(world) == ["given", "ended", "given"]


def test_copies_go_with_the_end_of_the_agreement_in_the_same_transaction(world: World) -> None:
    agreement = agreed(world)
    item = issued(world, sheet=SHEET)
    published(world, item.id)

    with world.writing("chief") as db:
        end_agreement(
            db, world.actors["chief"], agreement.id, reason="見直し", revision=1, now=NOW + DAY
        )
        assert copies(db) == 0

    assert received(world) == []
    with world.reading("chief") as db:
        told = db.exec(select(ProvisionRecord.act).order_by(ProvisionRecord.id)).all()
    assert told == ["given", "ended"]


def test_copies_stay_where_another_agreement_holds(world: World) -> None:
    agreement = agreed(world)
    agreed(world)
    item = issued(world)
    published(world, item.id)

    with world.writing("chief") as db:
        end_agreement(
            db, world.actors["chief"], agreement.id, reason="見直し", revision=1, now=NOW + DAY
        )

    assert received(world) == ["ひったくりに注意"]


def test_copies_go_in_the_night_after_the_last_day_of_the_agreement(world: World) -> None:
    agreed(world, valid_to=TODAY)
    published(world, issued(world).id)

    refresh_every_copy(world.database, NOW)
    on_the_day = received(world)
    refresh_every_copy(world.database, NOW + DAY)

    assert (on_the_day, received(world)) == (["ひったくりに注意"], [])


def copies(db: ScopedSession) -> int:
    return len(db.exec(select(PublishedInformation.id)).all())


def test_the_city_gives_a_station_just_so(world: World) -> None:
    agreed(world, "架空市役所", "港南署")
    item = issued(world, "city", title="防災訓練")

    published(world, item.id, "city_chief", "港南署")

    assert received(world, "stranger") == ["防災訓練"]
    assert received(world, "officer") == []
    assert received(world, "city") == []


def test_received_items_in_force_stand_apart_from_expired_ones(world: World) -> None:
    agreed(world)
    old = issued(
        world, title="期限切れ", now=NOW - DAY, valid_from=TODAY - DAY, valid_to=TODAY - DAY
    )
    published(world, old.id, now=NOW - DAY)
    published(world, issued(world, title="有効").id)

    assert received(world) == ["有効"]
    assert received(world, ended=True) == ["期限切れ"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_received_list_is_two_statements_and_loads_no_file(world: World, count: int) -> None:
    agreed(world)
    for _ in range(count):
        published(world, issued(world, sheet=SHEET).id)

    with counted(world.database) as statements:
        assert len(received(world)) == count

    assert len(statements) == 2


def test_a_copy_is_opened_by_its_recipient_only(world: World) -> None:
    agreed(world)
    published(world, issued(world, sheet=SHEET).id)
    with world.reading("city") as db:
        copy_id = db.exec(select(PublishedInformation.id)).one()
        assert queries.received_item(db, world.actors["city"], copy_id).content == PDF

    for who in ("officer", "stranger"):
        with world.reading(who) as db, pytest.raises(NotFound):
            queries.received_item(db, world.actors[who], copy_id)


def test_offices_are_those_agreed_with_and_those_that_hold_a_copy(world: World) -> None:
    agreement = agreed(world, valid_to=TODAY)
    item, other = issued(world), issued(world)
    published(world, item.id)
    city = (agreement.recipient_station_id, "架空市役所")

    with world.reading("officer") as db:
        actor = world.actors["officer"]
        assert queries.offices_for(db, actor, item.id, TODAY) == [Office(*city, True, NOW)]
        assert queries.offices_for(db, actor, other.id, TODAY) == [Office(*city, True, None)]
        after = TODAY + DAY
        assert queries.offices_for(db, actor, item.id, after) == [Office(*city, False, NOW)]
        assert queries.offices_for(db, actor, other.id, after) == []


def take_back(world: World, item_id: object) -> None:
    with world.writing("chief") as db:
        information.withdraw_information(
            db,
            world.actors["chief"],
            item_id,  # type: ignore[arg-type]  # an item's key
            world.units["架空市役所"],
            now=NOW,
        )


def acts(world: World) -> list[str]:
    with world.reading("chief") as db:
        return [
            str(record.act)
            for record in db.exec(select(ProvisionRecord).order_by(ProvisionRecord.id)).all()  # type: ignore[arg-type]  # a column
        ]
