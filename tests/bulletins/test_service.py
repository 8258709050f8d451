import datetime as dt
from itertools import product

import pytest
from sqlmodel import select

from crm.bulletins import queries
from crm.bulletins.files import Sheet
from crm.bulletins.models import Handling, InformationFile, InformationItem, NoteInformation
from crm.contacts.models import Person
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from tests.bulletins.acts import DAY, PDF, SHEET, corrected, issued, withdrawn
from tests.notes.acts import facts as note_facts
from tests.notes.acts import logged
from tests.support.world import NOW, TODAY, World


def kept(world: World, item: InformationItem, who: str = "officer") -> InformationItem:
    with world.reading(who) as db:
        found = queries.item(db, item.id)
        db.expunge(found)
        return found


def handed(world: World, item: InformationItem) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    logged(world, note_facts(person, information_ids=frozenset({item.id})))


def test_an_item_belongs_to_who_issued_it_with_its_file(world: World) -> None:
    item = issued(world, sheet=SHEET)

    with world.reading("seian") as db:
        file = db.exec(select(InformationFile)).one()
        found = queries.item(db, item.id)
        assert (file.item_id, file.name, file.content) == (item.id, "交番速報.pdf", PDF)
        assert found.station_id == world.units["若葉署"]
        assert found.unit_id == world.units["若葉駅前交番"]
    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "information.issued")).one()
        assert (entry.subject_id, entry.detail) == (item.id, {})


@pytest.mark.parametrize(
    ("issuer", "readers"),
    [
        ("officer", {"officer", "chief", "seian", "station_chief"}),
        (
            "hq",
            {"officer", "chief", "seian", "station_chief", "stranger", "stranger_chief", "hq"},
        ),
        ("city", {"city", "city_chief"}),
    ],
)
def test_items_are_read_within_the_station_and_headquarters_by_every_station(
    world: World, issuer: str, readers: set[str]
) -> None:
    issued(world, issuer, sheet=SHEET)

    found = set()
    for who in world.actors:
        with world.reading(who) as db:
            items = db.exec(select(InformationItem.id)).all()
            files = db.exec(select(InformationFile.id)).all()
            assert len(items) == len(files)
            if items:
                found.add(who)
    assert found == readers


@pytest.mark.parametrize("who", ["administrator", "auditor", "city_administrator"])
def test_who_works_with_nobody_issues_nothing(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        issued(world, who)


def test_an_item_cannot_end_before_it_begins_or_before_today(world: World) -> None:
    with pytest.raises(Refused, match="開始日以後") as before:
        issued(world, valid_from=TODAY, valid_to=TODAY - DAY)
    with pytest.raises(Refused, match="今日以後") as past:
        issued(world, valid_from=TODAY - 9 * DAY, valid_to=TODAY - DAY)

    assert {before.value.field, past.value.field} == {"valid_to"}


def test_a_correction_says_what_changed(world: World) -> None:
    item = issued(world)

    corrected(world, item, "seian", title="自転車盗に注意", valid_to=TODAY)

    found = kept(world, item)
    assert (found.title, found.valid_to, found.revision) == ("自転車盗に注意", TODAY, 2)
    assert found.updated_by == world.actors["seian"].account_id
    with world.reading("auditor") as db:
        action = AuditEntry.action == "information.corrected"
        entry = db.exec(select(AuditEntry).where(action)).one()
        assert entry.detail == {"fields": ["title", "valid_to"]}


def test_a_correction_that_changes_nothing_leaves_no_trace(world: World) -> None:
    item = issued(world)

    corrected(world, item)

    assert kept(world, item).revision == 1


def test_a_stale_correction_is_a_conflict(world: World) -> None:
    item = issued(world)
    corrected(world, item, title="自転車盗に注意")

    with pytest.raises(Conflict):
        corrected(world, item, title="空き巣に注意", revision=1)


def test_a_station_cannot_change_what_headquarters_issued(world: World) -> None:
    item = issued(world, "hq")

    with pytest.raises(Forbidden):
        corrected(world, item, "chief", title="別の件名")
    with pytest.raises(Forbidden):
        withdrawn(world, item, "chief")


def test_another_station_does_not_know_of_an_item(world: World) -> None:
    item = issued(world)

    with pytest.raises(NotFound):
        corrected(world, item, "stranger_chief", title="別の件名")


def test_a_class_may_be_widened_only_until_the_item_was_handed_over(world: World) -> None:
    """Every step from one class to another, before and after, with an item fit to be handed."""
    refused = set()
    for before, after in product((Handling.LIAISONS, Handling.PUBLIC), Handling):
        fresh = issued(world, handling=before)
        corrected(world, fresh, handling=after)
        assert kept(world, fresh).handling is after
        given = issued(world, handling=before)
        handed(world, given)
        try:
            corrected(world, given, handling=after)
        except Refused as refusal:
            refused.add((before, after, refusal.field))
    assert refused == {(Handling.LIAISONS, Handling.PUBLIC, "handling")}


def test_what_headquarters_issued_counts_as_handed_over(world: World) -> None:
    item = issued(world, "hq", handling=Handling.LIAISONS)

    with pytest.raises(Refused, match="広げられません"):
        corrected(world, item, "hq", handling=Handling.PUBLIC)
    corrected(world, item, "hq", handling=Handling.AGENCIES)

    assert kept(world, item).handling is Handling.AGENCIES


def test_a_withdrawn_item_stays_to_be_read_and_is_not_changed_again(world: World) -> None:
    item = issued(world)

    withdrawn(world, item)

    assert kept(world, item).withdrawn_on == TODAY
    with pytest.raises(Refused, match="撤回されています"):
        corrected(world, item, title="別の件名", revision=2)
    with pytest.raises(Refused, match="撤回されています"):
        withdrawn(world, item, revision=2)


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


def test_what_a_contact_is_handed_follows_class_and_days(world: World, kuwahara: Person) -> None:
    """Every class on every state: only what reaches liaisons and is in force is handed over."""
    days: dict[str, tuple[dt.date, dt.date | None, dt.date | None]] = {
        "current": (TODAY - DAY, TODAY, None),
        "endless": (TODAY, None, None),
        "upcoming": (TODAY + DAY, None, None),
        "expired": (TODAY - 2 * DAY, TODAY - DAY, None),
        "withdrawn": (TODAY - DAY, TODAY, TODAY),
    }
    allowed, sentences = set(), set()
    for handling, (state, (first, last, back)) in product(Handling, days.items()):
        item = issued(world, handling=handling, now=NOW - 2 * DAY, valid_from=first, valid_to=last)
        if back:
            withdrawn(world, item)
        try:
            logged(world, note_facts(kuwahara, information_ids=frozenset({item.id})))
        except Refused as refusal:
            sentences.add((refusal.field, str(refusal)))
        else:
            allowed.add((handling, state))

    assert allowed == {
        (Handling.LIAISONS, "current"),
        (Handling.LIAISONS, "endless"),
        (Handling.PUBLIC, "current"),
        (Handling.PUBLIC, "endless"),
    }
    assert {field for field, _ in sentences} == {"information_ids"}
    assert {sentence for _, sentence in sentences} == {
        "「ひったくりに注意」は署内限りのため、連絡員等に渡せません。",
        "「ひったくりに注意」は関係機関限りのため、連絡員等に渡せません。",
        "「ひったくりに注意」は有効期間前のため、渡せません。",
        "「ひったくりに注意」は期限切れのため、渡せません。",
        "「ひったくりに注意」は撤回されているため、渡せません。",
    }
    with world.reading("officer") as db:
        assert len(db.exec(select(NoteInformation.id)).all()) == len(allowed)


def test_an_item_long_titled_is_kept_whole(world: World) -> None:
    item = issued(world, title="あ" * 120, sheet=Sheet("い" * 196 + ".pdf", "application/pdf", PDF))

    assert kept(world, item).title == "あ" * 120
