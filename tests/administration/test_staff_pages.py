"""職員と配置, アカウント, 設定 and 人事異動 on screen."""

import datetime as dt
import re
from base64 import b64encode
from urllib.parse import unquote

import pytest
from sqlmodel import select

from crm.access.accounts import close_account
from crm.access.models import Account
from crm.access.queries import actor_by_login
from crm.agencies.models import AgencySetting, Staff, StaffAssignment
from crm.contacts.models import Holder
from crm.kernel.actor import Role
from crm.kernel.clock import local_day, utc_now
from crm.kernel.errors import Refused
from crm.today.queries import tour_of
from tests.notes.acts import facts, logged
from tests.support.pages import Browser, open_browser
from tests.support.world import NOW, START, World
from tests.today.acts import put_liaison

YEAR = dt.timedelta(days=365)
LATER = local_day(utc_now()) + YEAR
PASSWORD = re.compile(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>")
HIRED = {"family_name": "新田", "given_name": "翔", "family_kana": "にった", "staff_no": "2001"}


def hire(world: World, browser: Browser, **more: str) -> str:
    """Register somebody at the koban and return the address of the new page."""
    browser.get("/administration/staff/new")
    unit = str(world.units["若葉駅前交番"])
    posting = {"unit_id": unit, "role": "officer", "day": START.isoformat()}
    answer = browser.post("/administration/staff", {**HIRED, **posting, **more}, follow=False)
    return answer.headers.get("location", str(answer.status_code))


def posts(world: World, who: str) -> list[tuple[str, dt.date, dt.date | None]]:
    names = {unit_id: name for name, unit_id in world.units.items()}
    with world.reading("administrator") as db:
        rows = db.exec(
            select(StaffAssignment)
            .where(StaffAssignment.staff_id == world.actors[who].staff_id)
            .order_by(StaffAssignment.valid_from)  # type: ignore[arg-type]  # SQLModel types columns as values
        ).all()
        return [(names[row.unit_id], row.valid_from, row.valid_to) for row in rows]


@pytest.mark.parametrize("who", ["officer", "chief", "hq", "auditor", "city"])
def test_nobody_but_administrators_narrows_the_list(browser: Browser, who: str) -> None:
    browser.sign_in(who)
    answer = browser.post("/administration/staff/selection", {"words": "新田"}, follow=False)
    assert answer.status_code == 404


def test_staff_are_found_by_name_reading_and_number(world: World, browser: Browser) -> None:
    browser.sign_in("administrator")
    hire(world, browser)

    answers = [
        browser.post("/administration/staff/selection", {"words": word})
        for word in ("新田翔", "ニッタ", "2001", "200")
    ]

    assert [answer.text.count("新田 翔") for answer in answers] == [1, 1, 1, 0]
    assert [unquote(str(answer.url)).count("新田") for answer in answers] == [0, 0, 0, 0]
    assert "若葉署　若葉駅前交番（警察官）" in browser.get("/administration/staff").text
    assert "新田 翔" not in browser.get("/administration/staff?as_of=2024-03-31").text
    assert "新田 翔" in browser.get("/administration/staff?as_of=2024-03-31&shown=unplaced").text


@pytest.mark.parametrize("htmx", [False, True])
def test_staff_refused_keeps_what_was_typed(world: World, browser: Browser, *, htmx: bool) -> None:
    browser.sign_in("administrator")
    hire(world, browser)
    unit = str(world.units["本部"])
    typed = {**HIRED, "unit_id": unit, "role": "officer", "day": "2027-04-01"}

    doubled = browser.post("/administration/staff", typed, htmx=htmx)
    misplaced = browser.post("/administration/staff", {**typed, "staff_no": ""}, htmx=htmx)

    assert (doubled.status_code, misplaced.status_code) == (422, 422)
    assert ("<html" in doubled.text) is not htmx
    assert doubled.text.count("この職員番号は、別の職員に使われています。") == 2
    assert misplaced.text.count("本部の所属では使わない役割です。") == 2
    assert 'value="新田"' in misplaced.text


def test_assignment_to_come_is_planned_and_taken_back(world: World, browser: Browser) -> None:
    staff_id, day = world.actors["officer"].staff_id, LATER
    unit = str(world.units["みなと駐在所"])
    page = f"/administration/staff/{staff_id}"
    browser.sign_in("administrator")
    browser.get(f"{page}/assignments/new")
    typed = {"unit_id": unit, "role": "officer", "day": day.isoformat(), "revision": "1"}

    browser.post(f"{page}/assignments", typed)
    planned, shown = posts(world, "officer"), browser.get(page).text
    stale = browser.post(f"{page}/assignments", typed)
    with world.reading("administrator") as db:
        now = actor_by_login(db, "officer", day - dt.timedelta(days=1))
        then = actor_by_login(db, "officer", day)
        rows = db.exec(select(StaffAssignment.id).where(StaffAssignment.valid_from == day)).all()
    ending = f"{page}/assignments/{rows[0]}/ending"
    before = day - dt.timedelta(days=1)
    other = f"/administration/staff/{world.actors['chief'].staff_id}/assignments/{rows[0]}/ending"
    elsewhere = browser.post(other, {"last_day": before.isoformat(), "revision": "2"})
    browser.post(ending, {"last_day": before.isoformat(), "revision": "2"})

    assert planned == [("若葉駅前交番", START, before), ("みなと駐在所", day, None)]
    assert ("これから" in shown, "現在" in shown) == (True, True)
    assert (stale.status_code, elsewhere.status_code) == (409, 404)
    assert (now and now.unit_name, then and then.unit_name) == ("若葉駅前交番", "みなと駐在所")
    assert posts(world, "officer") == [("若葉駅前交番", START, before)]


def test_nobody_changes_their_own_assignment(world: World, browser: Browser) -> None:
    staff_id = world.actors["administrator"].staff_id
    browser.sign_in("administrator")
    browser.get(f"/administration/staff/{staff_id}/assignments/new")
    unit = str(world.units["若葉署"])

    answer = browser.post(
        f"/administration/staff/{staff_id}/assignments",
        {"unit_id": unit, "role": "officer", "day": "2027-04-01", "revision": "1"},
    )

    assert answer.status_code == 422
    assert "自分の配置は変更できません。" in answer.text


def test_account_is_opened_with_a_password_shown_once(world: World, browser: Browser) -> None:
    browser.sign_in("administrator")
    page = hire(world, browser)
    browser.get(f"{page}/account")

    taken = browser.post(f"{page}/account", {"login": "officer"})
    opened = browser.post(f"{page}/account", {"login": "nitta"})
    second = browser.post(f"{page}/account", {"login": "nitta2"})
    found = PASSWORD.search(opened.text)

    assert (taken.status_code, opened.status_code, second.status_code) == (422, 200, 422)
    assert opened.headers["cache-control"] == "no-store"
    assert found is not None
    assert found.group(1) not in browser.get("/administration/accounts").text
    browser.enter("nitta", found.group(1))
    assert browser.get("/today").status_code == 200


def test_new_password_ends_what_was_signed_in(world: World, browser: Browser) -> None:
    account_id = world.actors["officer"].account_id
    page = f"/administration/accounts/{account_id}"
    with open_browser(world.database) as officer:
        officer.sign_in("officer")
        browser.sign_in("administrator")
        browser.get(page)

        renewed = browser.post(f"{page}/password", {"revision": "1"})
        stale = browser.post(f"{page}/password", {"revision": "1"})
        found = PASSWORD.search(renewed.text)

        assert (renewed.status_code, stale.status_code) == (200, 409)
        assert officer.get("/today").url.path == "/sign-in"
        assert found is not None
        officer.enter("officer", found.group(1))


def test_closed_account_is_out_at_its_next_request(world: World, browser: Browser) -> None:
    account_id = world.actors["officer"].account_id
    page = f"/administration/accounts/{account_id}"
    with open_browser(world.database) as officer:
        officer.sign_in("officer")
        browser.sign_in("administrator")
        browser.get(page)

        browser.post(f"{page}/closing", {"revision": "1"})

        assert officer.get("/today").url.path == "/sign-in"
        assert "officer" in browser.get("/administration/accounts?shown=closed").text
        browser.post(f"{page}/reopening", {"revision": "2"})
        # what was signed in before stays out
        assert officer.get("/today").url.path == "/sign-in"
        officer.sign_in("officer")


def test_last_administrator_cannot_be_closed(world: World, browser: Browser) -> None:
    page = f"/administration/accounts/{world.actors['administrator'].account_id}"
    browser.sign_in("administrator")
    browser.get(page)

    answer = browser.post(f"{page}/closing", {"revision": "1"})

    assert answer.status_code == 422
    sentence = "最後のシステム管理者です。先に別のシステム管理者を登録してください。"
    assert sentence in answer.text
    assert browser.get("/administration").status_code == 200


def test_administrator_beside_another_can_be_closed(world: World) -> None:
    spare = Staff(agency_id=world.agency_id, family_name="予備")
    world.put(
        spare,
        StaffAssignment(
            agency_id=world.agency_id,
            staff_id=spare.id,
            unit_id=world.units["本部"],
            role=Role.SYSTEM_ADMINISTRATOR,
            valid_from=START,
        ),
    )
    actor = world.actors["administrator"]
    with world.writing("administrator") as db, pytest.raises(Refused):
        close_account(db, actor, actor.account_id, revision=1, now=NOW)
    world.put(
        Account(agency_id=world.agency_id, staff_id=spare.id, login="spare", password_hash="x")
    )
    with world.writing("administrator") as db:
        close_account(db, actor, actor.account_id, revision=1, now=NOW)

    with world.reading("administrator") as db:
        active = select(Account.is_active).where(Account.login == "administrator")
        assert db.exec(active).one() is False


def test_revisit_days_hold_from_their_day(world: World, browser: Browser) -> None:
    browser.sign_in("administrator")
    browser.get("/administration/settings")
    today = local_day(utc_now())

    def decide(value: str, day: dt.date, revision: str) -> int:
        typed = {"value": value, "day": day.isoformat(), "revision": revision}
        return browser.post("/administration/settings", typed).status_code

    codes = [
        decide("60", today, "0"),
        decide("30", today + YEAR, "1"),
        decide("20", today, "0"),
        decide("0", today, "3"),
        decide("45", today, "3"),
    ]

    assert codes == [200, 200, 409, 422, 200]
    with world.reading("administrator") as db:
        rows = db.exec(select(AgencySetting).order_by(AgencySetting.valid_from)).all()  # type: ignore[arg-type]  # as above
        assert [(row.value, row.valid_from, row.valid_to) for row in rows] == [
            (45, today, today + YEAR - dt.timedelta(days=1)),
            (30, today + YEAR, None),
        ]
    text = browser.get("/administration/settings").text
    assert ("45日" in text, "30日" in text, "90日" in text) == (True, True, True)


def test_revisit_days_decide_who_is_to_be_visited(world: World) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    put_liaison(world, Holder(person_id=person.id), "みなと町自治会")
    logged(world, facts(person, happened_at=NOW - dt.timedelta(days=40)), "officer", NOW)

    def proposed(now: dt.datetime) -> int:
        with world.reading("officer") as db:
            return tour_of(db, world.actors["officer"], now=now, revisit_days=90).due_in_all

    before = proposed(NOW)
    world.put(
        AgencySetting(
            agency_id=world.agency_id,
            key="revisit_days",
            value=30,
            valid_from=local_day(NOW) + dt.timedelta(days=1),
        )
    )

    assert (before, proposed(NOW), proposed(NOW + dt.timedelta(days=1))) == (0, 0, 1)


def transfer_file(world: World, unit: str = "みなと駐在所") -> bytes:
    with world.writing("administrator") as db:
        staff = db.exec(select(Staff).where(Staff.id == world.actors["officer"].staff_id)).one()
        staff.staff_no = "1001"
    rows = ["職員番号,氏名,新所属,役割,発令日", f"1001,佐藤 彩,{unit},警察官,{LATER}", "9,x,y,z,w"]
    return "\n".join(rows).encode("cp932")


def hidden(text: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', text)
    return found.group(1) if found else ""


def test_transfers_are_shown_then_applied(world: World, browser: Browser) -> None:
    content = transfer_file(world)
    browser.sign_in("administrator")
    browser.get("/administration/transfers")

    shown = browser.post("/administration/transfers", files={"file": ("異動.csv", content)})
    before = posts(world, "officer")
    sent = {name: hidden(shown.text, name) for name in ("content", "digest", "name")}
    done = browser.post("/administration/transfers/application", sent, follow=False)

    assert shown.status_code == 200
    assert "職員番号「9」の職員が登録されていません。" in shown.text
    assert len(before) == 1
    assert done.headers["location"] == "/administration/staff"
    assert posts(world, "officer") == [
        ("若葉駅前交番", START, LATER - dt.timedelta(days=1)),
        ("みなと駐在所", LATER, None),
    ]


def test_transfers_that_moved_since_are_shown_again(world: World, browser: Browser) -> None:
    content = transfer_file(world)
    browser.sign_in("administrator")
    browser.get("/administration/transfers")
    sent = {"content": b64encode(content).decode(), "digest": "0" * 64, "name": "異動.csv"}

    answer = browser.post("/administration/transfers/application", sent)

    assert answer.status_code == 409
    assert "まだ何も登録していません。" in answer.text
    assert len(posts(world, "officer")) == 1


def test_transfers_without_a_list_are_refused(world: World, browser: Browser) -> None:
    del world
    browser.sign_in("administrator")
    browser.get("/administration/transfers")

    nothing = browser.post("/administration/transfers", {"file": ""})
    other = browser.post("/administration/transfers", files={"file": ("a.csv", b"a,b\n1,2\n")})
    damaged = browser.post("/administration/transfers/application", {"content": "*", "digest": "x"})

    assert [nothing.status_code, other.status_code, damaged.status_code] == [422, 422, 422]
    assert nothing.text.count("人事異動のファイル（CSV）を選んでください。") == 2
    assert "必要な列がありません：職員番号、氏名、新所属、役割、発令日。" in other.text


def test_first_steps_are_computed_from_what_is_there(world: World, browser: Browser) -> None:
    browser.sign_in("city_administrator")

    partner = browser.get("/administration?as_of=2024-03-31").text
    browser.sign_in("administrator")
    done = browser.get("/administration").text

    assert (partner.count("これから"), partner.count("済み")) == (3, 1)
    assert "はじめに行うこと" not in done
    assert "管理者には、連絡員・協力者の個人情報は表示されません。" in done
    del world
