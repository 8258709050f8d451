import datetime as dt
import json
import time
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import StaffAssignment
from crm.contacts.models import Person
from crm.kernel.actor import Role
from crm.kernel.clock import local_day, utc_now
from crm.outbox import service
from crm.outbox.models import Fate, SentEntry
from tests.outbox.acts import Sealed, count, met, ms, results, sealed, sent, words
from tests.support.pages import Browser
from tests.support.world import World


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


@pytest.fixture
def waiting(world: World, browser: Browser, kuwahara: Person) -> UUID:
    """An entry written with nobody to choose from, which the officer sent."""
    del kuwahara
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    said = words(None, now, who="くわばら")
    answer = sent(browser, sealed(key, world.actors["officer"].staff_id, said), sent_at=now)
    assert answer.json()["receipts"][0]["result"] == "parked"
    return row(world).id


def row(world: World, who: str = "officer") -> SentEntry:
    with world.reading(who) as db:
        found = db.exec(select(SentEntry)).one()
        db.expunge_all()
        return found


def completed(person: Person, **changes: str) -> dict[str, object]:
    said = {"outcome": "met", "occasion": "patrol", "heard": "祭りの相談。"}
    return {"about": f"person:{person.id}", **said, **changes}


def test_a_person_finds_the_words_and_whom_they_may_be_about(
    browser: Browser, waiting: UUID
) -> None:
    page = browser.get(f"/outbox/{waiting}").text
    assert ("街灯が消えている。" in page, "桒原 健太" in page) == (True, True)


def test_another_name_finds_others(world: World, browser: Browser, waiting: UUID) -> None:
    world.person("山田 花子", "やまだ はなこ")
    page = browser.post(f"/outbox/{waiting}", {"act": "look", "q": "やまだ"}).text
    assert ("山田 花子" in page, "桒原 健太" in page) == (True, False)


def test_what_a_person_completed_is_a_note_and_its_words_are_gone(
    world: World, browser: Browser, waiting: UUID, kuwahara: Person
) -> None:
    browser.get(f"/outbox/{waiting}")
    browser.post(f"/outbox/{waiting}", completed(kuwahara))
    kept = row(world)
    assert (kept.fate, kept.content, kept.note_id is None) == (Fate.STORED, b"", False)
    assert count(world, "activity_note") == 1
    assert browser.get(f"/outbox/{waiting}").status_code == 404
    assert browser.post(f"/outbox/{waiting}", completed(kuwahara)).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"about": ""}, {"about": "person:x"}, {"outcome": ""}, {"heard": ""}],
)
def test_what_is_not_complete_comes_back_with_everything_typed(
    world: World, browser: Browser, waiting: UUID, kuwahara: Person, changes: dict[str, str]
) -> None:
    browser.get(f"/outbox/{waiting}")
    given = completed(
        kuwahara, told="また伺います。" if changes != {"heard": ""} else "", **changes
    )
    answer = browser.post(f"/outbox/{waiting}", given)
    assert (answer.status_code, row(world).fate) == (422, Fate.PARKED)
    assert str(given["told"]) in answer.text


def test_closed_is_gone_but_known(world: World, browser: Browser, waiting: UUID) -> None:
    browser.get(f"/outbox/{waiting}")
    browser.post(f"/outbox/{waiting}/dismissal")
    kept = row(world)
    assert (kept.fate, kept.content, count(world, "activity_note")) == (Fate.DISMISSED, b"", 0)


def test_a_colleague_knows_of_nothing_and_the_chief_completes_it(
    world: World, browser: Browser, waiting: UUID, kuwahara: Person
) -> None:
    browser.post("/sign-out")
    browser.sign_in("seian")
    assert browser.get(f"/outbox/{waiting}").status_code == 404
    browser.post("/sign-out")
    browser.sign_in("chief").get(f"/outbox/{waiting}")
    browser.post(f"/outbox/{waiting}", completed(kuwahara))
    assert row(world, "chief").fate is Fate.STORED
    assert count(world, "note_staff") == 2


def test_rights_lost_meanwhile_leave_it_to_the_chief_of_the_office(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    key = met(browser.sign_in("officer"))
    now = time.time()
    said = words(kuwahara, ms(now - 3 * 86_400))
    entry = sealed(key, world.actors["officer"].staff_id, said)
    _transfer(world, "officer", "港南交番")
    assert results(sent(browser, entry, sent_at=ms(now)))[0][0] == "parked"
    assert "確認待ちの記録はありません。" in browser.get("/outbox").text
    browser.post("/sign-out")
    page = browser.sign_in("chief").get("/outbox").text
    assert "記録した後に所属が変わりました。" in page


def test_a_saved_file_is_taken_in_once(world: World, browser: Browser, kuwahara: Person) -> None:
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    me, other = world.actors["officer"].staff_id, world.actors["chief"].staff_id
    entries = [sealed(key, owner, words(kuwahara, now)) for owner in (me, me, other)]
    for expected in (
        "登録2件、登録済み0件、確認待ち0件、取り込めない記録1件",
        "登録0件、登録済み2件",
    ):
        assert expected in taken(browser, [each | {"at": now} for each in entries])
    assert count(world, "activity_note") == 2


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_another_file_is_refused(browser: Browser, content: bytes) -> None:
    browser.sign_in("officer").get("/outbox")
    answer = browser.post("/outbox/file", files={"file": ("x.json", content)})
    assert answer.status_code == 422


def taken(browser: Browser, entries: list[Sealed]) -> str:
    content = json.dumps({"format": "tsunagari-outbox-1", "entries": entries}).encode()
    return browser.post("/outbox/file", files={"file": ("outbox.json", content)}).text


def _transfer(world: World, who: str, unit: str) -> None:
    """End every post of somebody yesterday, and begin another today."""
    today = local_day(utc_now())
    with world.database.system("a test's transfer") as connection:
        connection.execute(
            sa.update(StaffAssignment)
            .where(col(StaffAssignment.staff_id) == world.actors[who].staff_id)
            .values(valid_to=today - dt.timedelta(days=1))
        )
    world.put(
        StaffAssignment(
            agency_id=world.agency_id,
            staff_id=world.actors[who].staff_id,
            unit_id=world.units[unit],
            role=Role.OFFICER,
            valid_from=today,
        )
    )


def test_what_the_lock_interrupted_waits_and_is_settled_by_what_was_written_on(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    browser.sign_in("officer")
    key, owner, at = met(browser), world.actors["officer"].staff_id, ms(time.time())
    half = words(kuwahara, at, fields={"heard": "街灯が"}, unfinished=True)
    interrupted = sealed(key, owner, half)
    whole = sealed(key, owner, words(kuwahara, at), UUID(interrupted["id"]))
    other = sealed(key, owner, words(kuwahara, at, fields={"heard": "別の話"}), UUID(whole["id"]))

    first = results(sent(browser, interrupted, sent_at=at))
    again = results(sent(browser, interrupted, sent_at=at))
    assert count(world, "activity_note") == 0
    finished = [results(sent(browser, whole, sent_at=at))[0][0] for _ in range(2)]
    late = [results(sent(browser, one, sent_at=at))[0][0] for one in (interrupted, other)]

    assert (first, again) == ([("parked", str(service.UNFINISHED))],) * 2
    assert (finished, late) == (["known", "known"], ["known", "refused"])
    assert count(world, "activity_note") == 1
