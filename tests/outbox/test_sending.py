import datetime as dt
import json
import time

import pytest
from sqlmodel import col, select

from crm.contacts.models import Person
from crm.notes.models import ActivityNote
from crm.outbox.models import Fate, SentEntry
from crm.outbox.sending import UNREADABLE
from crm.outbox.service import ANOTHERS, NOBODY_CHOSEN, OUT_OF_REACH
from tests.outbox.acts import count, met, ms, results, sealed, sent, words
from tests.support.pages import Browser
from tests.support.world import World

DAY_S = 86_400


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


def receipts(world: World, who: str = "officer") -> list[SentEntry]:
    with world.reading(who) as db:
        found = db.exec(select(SentEntry).order_by(col(SentEntry.id))).all()
        db.expunge_all()
        return list(found)


def the_note(world: World) -> ActivityNote:
    with world.reading("officer") as db:
        found = db.exec(select(ActivityNote)).one()
        db.expunge_all()
        return found


def test_an_entry_is_stored_once_however_often_it_is_sent(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    key = met(browser.sign_in("officer"))
    now = time.time()
    entry = sealed(key, world.actors["officer"].staff_id, words(kuwahara, ms(now - 3600)))
    answers = [results(sent(browser, entry, sent_at=ms(now + n))) for n in range(3)]
    assert answers == [[("stored", "")], [("known", "")], [("known", "")]]
    assert (count(world, "activity_note"), count(world, "sent_entry")) == (1, 1)
    note = the_note(world)
    assert (str(note.client_key), note.heard) == (entry["id"], "街灯が消えている。")
    assert abs(note.happened_at.timestamp() - (now - 3600)) < 60


def test_an_entry_corrected_since_is_still_known(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    key = met(browser.sign_in("officer"))
    now = time.time()
    entry = sealed(key, world.actors["officer"].staff_id, words(kuwahara, ms(now)))
    sent(browser, entry, sent_at=ms(now))
    with world.database.system("a test's correction") as connection:
        connection.exec_driver_sql("UPDATE activity_note SET heard = '街灯が点滅している。'")
    assert results(sent(browser, entry, sent_at=ms(now))) == [("known", "")]


def test_each_entry_of_a_batch_has_a_receipt_of_its_own(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    stranger = world.person("遠山 実", "とおやま みのる", station="港南署")
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    me, colleague = world.actors["officer"].staff_id, world.actors["chief"].staff_id
    batch = [
        sealed(key, me, words(kuwahara, now)),
        sealed(key, me, words(kuwahara, now, fields={"heard": ""})),
        sealed(key, me, words(stranger, now)),
        sealed(key, me, words(None, now, who="祭りの山田さん")),
        sealed(key, colleague, words(kuwahara, now)),
        sealed(key, me, {"no": "entry"}),
        sealed(key, me, words(kuwahara, now)) | {"owner": str(colleague)},
    ]
    assert results(sent(browser, *batch, sent_at=now)) == [
        ("stored", ""),
        ("parked", "聞いたこと、または伝えたことを一文で入力してください。"),
        ("parked", OUT_OF_REACH),
        ("parked", NOBODY_CHOSEN),
        ("refused", ANOTHERS),
        ("refused", UNREADABLE),
        ("refused", UNREADABLE),
    ]
    fates = [row.fate for row in receipts(world)]
    assert sorted(fates) == [Fate.PARKED, Fate.PARKED, Fate.PARKED, Fate.STORED]
    again = results(sent(browser, *batch[:4], sent_at=now))
    assert [result for result, _ in again] == ["known", "parked", "parked", "parked"]
    assert count(world, "sent_entry") == 4


def test_what_waits_for_a_person_is_unreadable_in_the_database(
    world: World, browser: Browser
) -> None:
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    said = words(None, now, who="祭りの山田さん")
    sent(browser, sealed(key, world.actors["officer"].staff_id, said), sent_at=now)
    kept = bytes(receipts(world)[0].content)
    assert (kept != b"", "山田".encode() in kept, "街灯".encode() in kept) == (True, False, False)


def test_whoever_is_at_the_form_learns_there_what_is_wrong(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    said = words(kuwahara, now, fields={"heard": ""})
    entry = sealed(key, world.actors["officer"].staff_id, said)
    answer = sent(browser, entry, sent_at=now, present=True).json()["receipts"][0]
    assert (answer["result"], answer["field"]) == ("refused", "heard")
    assert count(world, "sent_entry") == 0


def test_whoever_is_at_the_form_is_thanked_on_the_next_page(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    entry = sealed(key, world.actors["officer"].staff_id, words(kuwahara, now))
    path = sent(browser, entry, sent_at=now, present=True).json()["receipts"][0]["path"]
    assert path == f"/people/{kuwahara.id}"
    assert "活動を記録しました。" in browser.get(path).text


def test_a_clock_a_day_ahead_is_put_right(world: World, browser: Browser, kuwahara: Person) -> None:
    key = met(browser.sign_in("officer"))
    now = time.time()
    said = words(kuwahara, ms(now + DAY_S - 3600))
    sent(browser, sealed(key, world.actors["officer"].staff_id, said), sent_at=ms(now + DAY_S))
    note = the_note(world)
    assert abs(note.happened_at.timestamp() - (now - 3600)) < 60
    assert (round(receipts(world)[0].wrong_by_s, -2), receipts(world)[0].is_certain) == (
        DAY_S,
        False,
    )
    assert "端末の時計がずれていたため" in browser.get("/outbox").text


def test_a_plan_made_days_ago_is_no_slip(world: World, browser: Browser, kuwahara: Person) -> None:
    key = met(browser.sign_in("officer"))
    now = time.time()
    planned = dt.datetime.fromtimestamp(now - 2 * DAY_S, tz=dt.UTC).date()
    said = words(kuwahara, ms(now - 4 * DAY_S), fields={"next_on": planned})
    entry = sealed(key, world.actors["officer"].staff_id, said)
    assert results(sent(browser, entry, sent_at=ms(now))) == [("stored", "")]


def test_nothing_is_taken_from_a_locked_screen_nor_kept_as_a_draft(
    world: World, browser: Browser, kuwahara: Person
) -> None:
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    entry = sealed(key, world.actors["officer"].staff_id, words(kuwahara, now))
    browser.post("/lock", {})
    answer = sent(browser, entry, sent_at=now)
    assert answer.headers["location"].startswith("/lock")
    assert (count(world, "activity_note"), count(world, "draft")) == (0, 0)


@pytest.mark.parametrize(
    "batch", ["", "[]", '{"entries": [1]}', '{"entries": [], "sent_at": -1}', "\x00"]
)
def test_what_no_device_of_ours_sends_is_a_bad_request(browser: Browser, batch: str) -> None:
    met(browser.sign_in("officer"))
    assert browser.post("/outbox", {"batch": batch}, follow=False).status_code == 400


def test_another_key_opens_nothing(world: World, browser: Browser, kuwahara: Person) -> None:
    key = met(browser.sign_in("officer"))
    now = ms(time.time())
    owner = world.actors["officer"].staff_id
    entry = sealed(key, owner, words(kuwahara, now))
    other = sealed(key, owner, words(kuwahara, now))
    for name in ("id", "epk", "iv", "ct"):
        answer = sent(browser, entry | {name: other[name]}, sent_at=now)
        assert results(answer) == [("refused", UNREADABLE)]
    assert count(world, "sent_entry") == 0


def test_a_sign_out_leaves_what_a_device_keeps(world: World, browser: Browser) -> None:
    browser.sign_in("officer").get("/outbox")
    answer = browser.post("/sign-out", follow=False)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    with world.database.system("a test's device") as connection:
        connection.exec_driver_sql("UPDATE known_device SET keeps_entries = true")
    browser.sign_in("officer").get("/outbox")
    answer = browser.post("/sign-out", follow=False)
    assert answer.headers["clear-site-data"] == '"cache"'


def test_the_shell_names_nobody(browser: Browser) -> None:
    signed_out = browser.get("/offline").text
    signed_in = browser.sign_in("officer").get("/offline").text
    assert signed_out == signed_in


def test_the_worker_keeps_the_shell_alone(browser: Browser) -> None:
    text = browser.get("/sw.js").text
    kept = json.loads(text.split("const SHELL = ", 1)[1].split(";\n", 1)[0])
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline"]
    assert {browser.get(path).status_code for path in kept} == {200}


def test_the_manifest_names_icons_that_exist(browser: Browser) -> None:
    said = browser.get("/manifest.webmanifest").json()
    icons = [browser.get(icon["src"]).headers["content-type"] for icon in said["icons"]]
    assert (said["scope"], icons) == ("/", ["image/png"] * 3)
