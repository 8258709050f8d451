import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.bulletins.models import Handling, InformationItem
from crm.contacts.models import Holder, Person
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from crm.notes.models import (
    ActivityNote,
    NoteOrganization,
    NotePerson,
    Occasion,
    Outcome,
)
from crm.requests.models import CommunityRequest
from tests.bulletins.acts import issued
from tests.notes.acts import facts, logged
from tests.support.pages import Browser, counted
from tests.support.world import World
from tests.visiting.acts import left_in_peace

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Pages are the same on every database; queries and verbs are tested on both."""

SENTENCE = "聞いたこと、または伝えたことを一文で入力してください。"
REMINDER = "事件・相談や世帯に関することは別途処理します。"


def form(**values: object) -> dict[str, object]:
    given = {
        "client_key": str(uuid7()),
        "outcome": "met",
        "occasion": "patrol_visit",
        "heard": "街灯が消えている。",
    }
    return given | values


def note_here(world: World, person: Person, who: str = "officer", **more: object) -> ActivityNote:
    """Log a note a moment ago, as pages show things by the real clock."""
    now = utc_now()
    return logged(world, facts(person, happened_at=now, **more), who, now)


def kept(world: World) -> list[ActivityNote]:
    with world.reading("officer") as db:
        notes = list(db.exec(select(ActivityNote)).all())
        db.expunge_all()
        return notes


def test_note_form_asks_only_for_a_sentence(browser: Browser, kuwahara: Person) -> None:
    browser.sign_in("officer")

    shown = browser.get(f"/people/{kuwahara.id}/notes/new")

    assert shown.status_code == 200
    assert shown.text.count(" checked") == 3
    assert 'value="met" checked' in shown.text
    assert 'value="patrol_visit" checked' in shown.text
    assert shown.text.count("autofocus") == 1
    assert "事件・相談に関することは別途処理します。書かないでください。" in shown.text


def test_saved_note_stands_on_top_of_the_timeline(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note_here(world, kuwahara, heard="前の話")
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    shown = browser.post(f"/people/{kuwahara.id}/notes", form())

    assert (shown.status_code, shown.url.path) == (200, f"/people/{kuwahara.id}")
    assert "活動を記録しました。" in shown.text
    assert REMINDER not in shown.text
    assert shown.text.index("街灯が消えている。") < shown.text.index("前の話")


def test_saved_note_answers_htmx_with_the_way_on(browser: Browser, kuwahara: Person) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    answer = browser.post(f"/people/{kuwahara.id}/notes", form(), htmx=True)

    assert answer.headers["HX-Redirect"] == f"/people/{kuwahara.id}"


def test_note_of_an_organization_comes_back_to_it(browser: Browser, world: World) -> None:
    school = world.organization("若葉小学校", "わかばしょうがっこう")
    browser.sign_in("officer").get(f"/organizations/{school.id}/notes/new")

    shown = browser.post(f"/organizations/{school.id}/notes", form())

    assert (shown.status_code, shown.url.path) == (200, f"/organizations/{school.id}")
    with world.reading("officer") as db:
        assert db.exec(select(NoteOrganization.organization_id)).all() == [school.id]
        assert db.exec(select(NotePerson.person_id)).all() == []


def test_note_with_everything_is_kept_whole(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    other = world.person("濵田 美智子", "はまだ みちこ")
    colleague = world.actors["chief"].staff_id
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    browser.post(
        f"/people/{kuwahara.id}/notes",
        form(
            told="市へ伝える。",
            needs_reply="true",
            person_ids=str(other.id),
            staff_ids=["", str(colleague)],
            next_on="2099-01-05",
            happened_at="2026-01-05T10:30",
        ),
    )

    (note,) = kept(world)
    assert note.told == "市へ伝える。"
    assert f"{note.next_on} {note.happened_at}" == "2099-01-05 2026-01-05 01:30:00+00:00"
    with world.reading("officer") as db:
        people = db.exec(select(NotePerson.person_id)).all()
        assert sorted(people) == sorted([kuwahara.id, other.id])
        assert db.exec(select(CommunityRequest.note_id)).all() == [note.id]


def test_call_is_one_tap(browser: Browser, world: World, kuwahara: Person) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    browser.post(f"/people/{kuwahara.id}/notes", form(outcome="phone"))

    (note,) = kept(world)
    assert (note.outcome, note.occasion) == (Outcome.PHONE, Occasion.PHONE)


def test_round_of_visits_keeps_its_occasion(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note_here(world, kuwahara, occasion=Occasion.CAMPAIGN)
    browser.sign_in("officer")

    shown = browser.get(f"/people/{kuwahara.id}/notes/new")

    assert 'value="campaign" checked' in shown.text


def test_words_of_another_record_are_kept_with_a_reminder(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    shown = browser.post(f"/people/{kuwahara.id}/notes", form(heard="ＤＶの話が出た。"))

    assert REMINDER in shown.text
    assert [note.heard for note in kept(world)] == ["ＤＶの話が出た。"]


@pytest.mark.parametrize("htmx", [False, True])
def test_empty_note_is_refused_and_nothing_chosen_is_lost(
    browser: Browser, world: World, kuwahara: Person, *, htmx: bool
) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")
    key = str(uuid7())

    shown = browser.post(
        f"/people/{kuwahara.id}/notes",
        form(client_key=key, heard="", occasion="patrol", next_on="2099-01-05"),
        htmx=htmx,
    )

    assert shown.status_code == 422
    assert shown.text.count(SENTENCE) == 2
    assert 'value="patrol" checked' in shown.text
    assert 'value="2099-01-05"' in shown.text
    assert f'name="client_key" value="{key}"' in shown.text
    assert kept(world) == []


def test_note_without_an_outcome_is_refused(browser: Browser, kuwahara: Person) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    shown = browser.post(f"/people/{kuwahara.id}/notes", form(outcome=""))

    assert shown.status_code == 422
    assert "街灯が消えている。" in shown.text


def test_form_sent_twice_is_one_note(browser: Browser, world: World, kuwahara: Person) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")
    sent = form()

    browser.post(f"/people/{kuwahara.id}/notes", sent)
    again = browser.post(f"/people/{kuwahara.id}/notes", sent)

    assert again.status_code == 200
    assert len(kept(world)) == 1


def test_form_sent_again_with_other_words_keeps_them_on_the_page(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")
    sent = form()
    browser.post(f"/people/{kuwahara.id}/notes", sent)

    shown = browser.post(f"/people/{kuwahara.id}/notes", sent | {"heard": "街灯は直っていた。"})

    assert shown.status_code == 409
    assert "街灯は直っていた。" in shown.text
    assert "この記録は登録済みです。" in shown.text
    assert [note.heard for note in kept(world)] == ["街灯が消えている。"]


@pytest.mark.parametrize("who", ["stranger", "hq", "administrator", "auditor"])
def test_form_about_anothers_person_is_not_found(
    browser: Browser, kuwahara: Person, who: str
) -> None:
    browser.sign_in(who)

    assert browser.get(f"/people/{kuwahara.id}/notes/new").status_code == 404
    assert browser.post(f"/people/{kuwahara.id}/notes", form()).status_code in {403, 404}


def test_choosing_shows_the_people_met_lately(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note_here(world, kuwahara)
    world.person("濵田 美智子", "はまだ みちこ")
    browser.sign_in("officer")

    shown = browser.get("/notes/new")

    assert f'href="/people/{kuwahara.id}/notes/new"' in shown.text
    assert "濵田" not in shown.text


def test_choosing_is_not_for_headquarters(browser: Browser) -> None:
    assert browser.sign_in("hq").get("/notes/new").status_code == 403


def test_note_is_shown_with_everyone_and_put_on_record(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note = note_here(world, kuwahara, needs_reply=True)
    browser.sign_in("seian")

    shown = browser.get(f"/notes/{note.id}")

    assert shown.status_code == 200
    for words in ("街灯が消えている。", "桒原 健太", "佐藤 彩", "若葉駅前交番", "受理"):
        assert words in shown.text
    assert f"/notes/{note.id}/correction" not in shown.text
    with world.reading("auditor") as db:
        seen = db.exec(select(AuditEntry.subject_id).where(AuditEntry.action == "note.viewed"))
        assert seen.all() == [note.id]


@pytest.mark.parametrize("path", ["", "/correction"])
def test_note_of_another_station_is_not_found(
    browser: Browser, world: World, kuwahara: Person, path: str
) -> None:
    note = note_here(world, kuwahara, needs_reply=True)
    browser.sign_in("stranger_chief")

    assert browser.get(f"/notes/{note.id}{path}").status_code == 404
    assert "桒原" not in browser.get(f"/notes/{note.id}{path}").text


def correction(note: ActivityNote, **values: object) -> dict[str, object]:
    given: dict[str, object] = {
        "revision": note.revision,
        "outcome": "met",
        "occasion": "patrol_visit",
        "happened_at": "2026-01-05T10:30",
        "heard": "街灯が3か所消えている。",
    }
    return given | values


def test_correction_shows_both_texts_afterwards(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note = note_here(world, kuwahara)
    browser.sign_in("officer")
    form_page = browser.get(f"/notes/{note.id}/correction")

    shown = browser.post(f"/notes/{note.id}/correction", correction(note))

    assert "街灯が消えている。" in form_page.text
    assert (shown.status_code, shown.url.path) == (200, f"/notes/{note.id}")
    assert shown.text.index("街灯が3か所消えている。") < shown.text.index("街灯が消えている。")
    assert "訂正しました。訂正前の内容も残っています。" in shown.text


def test_correction_of_a_call_needs_no_occasion(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note = note_here(world, kuwahara, outcome=Outcome.PHONE, occasion=Occasion.PHONE)
    browser.sign_in("officer").get(f"/notes/{note.id}/correction")

    browser.post(f"/notes/{note.id}/correction", correction(note, outcome="phone", occasion=""))

    assert [(kept.occasion, kept.revision) for kept in kept(world)] == [(Occasion.PHONE, 2)]


@pytest.mark.parametrize("htmx", [False, True])
def test_empty_correction_is_refused(
    browser: Browser, world: World, kuwahara: Person, *, htmx: bool
) -> None:
    note = note_here(world, kuwahara)
    browser.sign_in("officer").get(f"/notes/{note.id}/correction")

    shown = browser.post(f"/notes/{note.id}/correction", correction(note, heard=""), htmx=htmx)

    assert shown.status_code == 422
    assert shown.text.count(SENTENCE) == 2


def test_stale_correction_comes_back_beside_what_the_record_says(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note = note_here(world, kuwahara)
    browser.sign_in("officer").get(f"/notes/{note.id}/correction")
    browser.post(f"/notes/{note.id}/correction", correction(note))

    shown = browser.post(f"/notes/{note.id}/correction", correction(note, heard="直っていた。"))

    assert shown.status_code == 409
    assert "街灯が3か所消えている。" in shown.text
    assert "直っていた。" in shown.text
    assert 'name="revision" value="2"' in shown.text


def test_correction_by_another_officer_is_forbidden(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note = note_here(world, kuwahara)
    browser.sign_in("seian").get(f"/notes/{note.id}")

    assert browser.get(f"/notes/{note.id}/correction").status_code == 403
    assert browser.post(f"/notes/{note.id}/correction", correction(note)).status_code == 403


def test_one_tap_takes_up_what_a_note_heard(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note = note_here(world, kuwahara)
    browser.sign_in("seian")
    offered = browser.get(f"/notes/{note.id}")

    shown = browser.post(f"/notes/{note.id}/requests", {})

    assert "意見・要望として受理する" in offered.text
    with world.reading("officer") as db:
        (request_id,) = db.exec(select(CommunityRequest.id)).all()
    assert (shown.status_code, shown.url.path) == (200, f"/requests/{request_id}")
    assert "意見・要望として受理する" not in browser.get(f"/notes/{note.id}").text


def test_nothing_is_taken_up_from_a_note_of_another_station(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    note = note_here(world, kuwahara)
    browser.sign_in("stranger").get("/today")

    assert browser.post(f"/notes/{note.id}/requests", {}).status_code == 404


def test_form_says_what_they_bear_before_anything_is_asked(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    now = utc_now()
    day = local_day(now)
    logged(
        world, facts(kuwahara, happened_at=now, next_on=day + dt.timedelta(days=2)), "seian", now
    )
    left_in_peace(world, Holder(person_id=kuwahara.id), day, day, now=now)

    form = browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new").text

    said = (
        "この90日で1課から1回",
        "農繁期・繁忙期",
        "若葉署生活安全課が訪問を予定",
        'id="f-heard"',
    )
    places = [form.index(words) for words in said]
    assert places == sorted(places)


@pytest.mark.parametrize("others", [1, 3])
def test_note_form_costs_the_same_however_many_colleagues(
    browser: Browser, world: World, kuwahara: Person, others: int
) -> None:
    for _ in range(others):
        note_here(world, kuwahara)
    browser.sign_in("officer")

    with counted(world.database) as statements:
        browser.get(f"/people/{kuwahara.id}/notes/new")

    assert len(statements) == 8


def today() -> str:
    return local_day(utc_now()).isoformat()


def test_unknown_note_is_not_found(browser: Browser) -> None:
    assert browser.sign_in("officer").get(f"/notes/{UUID(int=1)}").status_code == 404


def item_today(world: World, **changes: object) -> InformationItem:
    now = utc_now()
    return issued(world, now=now, valid_from=local_day(now), **changes)  # type: ignore[arg-type]  # as issued


def test_note_form_offers_what_may_be_handed_over_folded_away(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    item_today(world, title="渡せる速報", handling=Handling.PUBLIC)
    item_today(world, title="署内の資料", handling=Handling.STATION_ONLY)
    item_today(world, title="機関の資料", handling=Handling.AGENCIES)
    browser.sign_in("officer")

    shown = browser.get(f"/people/{kuwahara.id}/notes/new").text

    assert ("渡せる速報" in shown, "署内の資料" in shown, "機関の資料" in shown) == (
        True,
        False,
        False,
    )
    assert "住民周知可" in shown
    fold, sent = shown.index("渡した情報"), shown.index("form__actions--kept")
    assert shown.rindex("<details", 0, fold) == shown.rindex(
        '<details class="disclosure">', 0, fold
    )
    assert fold < sent
    assert '<details class="disclosure" open' not in shown


def test_what_was_handed_over_stands_on_the_note(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    item = item_today(world)
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    browser.post(f"/people/{kuwahara.id}/notes", form(information_ids=str(item.id)))

    (note,) = kept(world)
    shown = browser.get(f"/notes/{note.id}")
    assert f'<a href="/information/{item.id}">交番速報　第12号　ひったくりに注意</a>' in shown.text
    assert "1件の活動で渡しました。" in browser.get(f"/information/{item.id}").text


def test_forged_form_hands_over_nothing_its_class_keeps_in(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    secret = item_today(world, title="署内の資料", handling=Handling.STATION_ONLY)
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    shown = browser.post(f"/people/{kuwahara.id}/notes", form(information_ids=str(secret.id)))

    assert shown.status_code == 422
    assert shown.text.count("「署内の資料」は署内限りのため、連絡員等に渡せません。") == 2
    assert 'id="f-information_ids-error"' in shown.text
    assert "街灯が消えている。" in shown.text
    assert kept(world) == []
