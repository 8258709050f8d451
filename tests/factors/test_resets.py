import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import col, select

from crm.access.accounts import FirstPassword, renew_password
from crm.access.models import SignInSession
from crm.access.queries import account_of
from crm.factors import queries, resets
from crm.factors.models import FactorReset
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import DomainError, Forbidden, NotFound, Refused, StrongSignInNeeded
from crm.kernel.settings import Settings
from tests.factors.acts import enroll, signed_in
from tests.support.pages import open_browser
from tests.support.world import NOW, World

REASON = "公用携帯の紛失。対面で職員証を確認"


@pytest.fixture
def lost(world: World) -> World:
    """An officer who has lost the telephone that showed the codes."""
    signed_in(world, "officer")
    enroll(world, "officer")
    for who in ("administrator", "station_chief", "chief", "city_administrator", "officer"):
        world.actors[who] = replace(world.actors[who], strong=True)
    return world


def ask(world: World, who: str = "administrator", whose: str = "officer") -> UUID:
    with world.writing(who) as db:
        account_id = world.actors[whose].account_id
        return resets.ask_for_reset(db, world.actors[who], account_id, reason=REASON, now=NOW).id


def confirm(world: World, who: str, reset_id: UUID, *, hours: int = 0) -> None:
    with world.writing(who) as db:
        now = NOW + dt.timedelta(hours=hours)
        resets.confirm_reset(db, world.actors[who], reset_id, now=now)


def withdraw(world: World, who: str, reset_id: UUID) -> None:
    with world.writing(who) as db:
        resets.withdraw_reset(db, world.actors[who], reset_id, now=NOW)


def factors_left(world: World) -> int:
    with world.reading("officer") as db:
        return len(queries.factor_lines(db))


def test_asking_alone_takes_nothing_away(lost: World) -> None:
    ask(lost)
    assert factors_left(lost) == 1


def test_another_person_takes_the_factors_away_and_ends_the_sign_ins(lost: World) -> None:
    confirm(lost, "station_chief", ask(lost))
    with lost.reading("officer") as db:
        sheet = queries.factor_sheet(db, lost.actors["officer"])
        ended = db.exec(select(SignInSession.revoked_at)).all()
        own = queries.own_session(db, lost.actors["officer"])
    assert (sheet.factors, sheet.codes_left, ended) == ((), 0, [NOW])
    assert own.has_second_factor is False


@pytest.mark.parametrize(
    ("who", "whose", "refusal"),
    [
        ("administrator", "officer", Forbidden),
        ("station_chief", "station_chief", Forbidden),
        ("officer", "officer", Forbidden),
        ("chief", "officer", NotFound),
        ("city_administrator", "officer", NotFound),
    ],
    ids=["who asked", "the owner", "the owner, an officer", "no administrator", "another agency"],
)
def test_whoever_is_no_second_person_confirms_nothing(
    lost: World, who: str, whose: str, refusal: type[DomainError]
) -> None:
    reset_id = ask(lost, whose=whose)
    with pytest.raises(refusal):
        confirm(lost, who, reset_id)
    assert factors_left(lost) == 1


def test_the_database_itself_knows_that_it_takes_two(lost: World) -> None:
    reset_id = ask(lost)
    statement = "UPDATE factor_reset SET confirmed_by = asked_by"
    with (
        pytest.raises(Exception, match="two_people"),
        lost.database.system("a test goes around the verb") as connection,
    ):
        connection.exec_driver_sql(statement)
    confirm(lost, "station_chief", reset_id)


def test_a_reset_waits_for_a_day(lost: World) -> None:
    reset_id = ask(lost)
    with pytest.raises(NotFound):
        confirm(lost, "station_chief", reset_id, hours=24)
    assert factors_left(lost) == 1


def test_a_reset_is_confirmed_once(lost: World) -> None:
    reset_id = ask(lost)
    confirm(lost, "station_chief", reset_id)
    with pytest.raises(NotFound):
        confirm(lost, "station_chief", reset_id)


@pytest.mark.parametrize("who", ["officer", "administrator", "station_chief"])
def test_the_owner_and_either_person_can_let_it_be(lost: World, who: str) -> None:
    reset_id = ask(lost)
    withdraw(lost, who, reset_id)
    with pytest.raises(NotFound):
        confirm(lost, "station_chief", reset_id)


def test_others_neither_see_nor_withdraw_it(lost: World) -> None:
    reset_id = ask(lost)
    with pytest.raises(NotFound):
        withdraw(lost, "chief", reset_id)
    with lost.reading("chief") as db:
        assert queries.waiting_resets(db, NOW) == []


def test_only_an_administrator_asks_and_only_once_at_a_time(lost: World) -> None:
    with pytest.raises(NotFound):
        ask(lost, "station_chief")
    ask(lost)
    with pytest.raises(Refused):
        ask(lost)


def test_a_sign_in_by_password_alone_neither_asks_nor_confirms(lost: World) -> None:
    reset_id = ask(lost)
    for who in ("administrator", "station_chief"):
        lost.actors[who] = replace(lost.actors[who], strong=False)
    with pytest.raises(StrongSignInNeeded):
        ask(lost, whose="chief")
    with pytest.raises(StrongSignInNeeded):
        confirm(lost, "station_chief", reset_id)


def test_an_account_of_another_agency_does_not_exist(lost: World) -> None:
    with pytest.raises(NotFound):
        ask(lost, "city_administrator")


def test_both_are_on_record(lost: World) -> None:
    confirm(lost, "station_chief", ask(lost))
    with lost.reading("auditor") as db:
        found = db.exec(
            select(AuditEntry.action, AuditEntry.actor_name, AuditEntry.subject_id)
            .where(col(AuditEntry.action).startswith("factor_reset."))
            .order_by(col(AuditEntry.id))
        ).all()
    officer = lost.actors["officer"].account_id
    assert found == [
        ("factor_reset.asked", "管 理", officer),
        ("factor_reset.confirmed", "小林 剛", officer),
    ]


def test_a_password_of_headquarters_without_a_factor_takes_two(world: World) -> None:
    with open_browser(world.database, Settings(second_factor="offered")) as browser:
        path = f"/administration/accounts/{world.actors['hq'].account_id}"
        browser.sign_in("administrator").get(path)
        asked = {"reason": REASON, "renews_password": "on"}
        assert browser.post(f"{path}/factor-reset", asked).status_code == 200
        own = browser.post(confirmation(world), follow=False)
        assert own.status_code == 403
        browser.post("/sign-out")
        browser.sign_in("station_chief").get("/factor-resets")
        shown = browser.post(confirmation(world)).text
        password = shown.partition("<code>")[2].partition("</code>")[0]
        browser.post("/sign-out")
        answer = browser.post("/sign-in", {"login": "hq", "password": password})
        assert answer.url.path == "/account/password"


@pytest.mark.parametrize(
    ("whose", "is_strict", "is_done"),
    [
        ("hq", True, False),
        ("auditor", True, False),
        ("administrator", True, False),
        ("officer", True, True),
        ("hq", False, True),
    ],
)
def test_who_gets_a_new_password_of_one_person_alone(
    world: World, whose: str, *, is_strict: bool, is_done: bool
) -> None:
    actor = world.actors["administrator"]
    try:
        with world.writing("administrator") as db:
            renew_password(
                db,
                actor,
                world.actors[whose].account_id,
                new=FirstPassword("a-hash", NOW),
                revision=1,
                now=NOW,
                is_strict=is_strict,
            )
        done = True
    except Refused:
        done = False
    assert done is is_done


def test_with_a_factor_one_person_gives_a_new_password(world: World) -> None:
    signed_in(world, "hq")
    enroll(world, "hq")
    with world.writing("administrator") as db:
        renew_password(
            db,
            world.actors["administrator"],
            world.actors["hq"].account_id,
            new=FirstPassword("a-hash", NOW),
            revision=1,
            now=NOW,
            is_strict=True,
        )
        assert account_of(db, world.actors["hq"].account_id).must_change_password


def confirmation(world: World) -> str:
    with world.reading("administrator") as db:
        (reset,) = db.exec(select(FactorReset.id)).all()
    return f"/factor-resets/{reset}/confirmation"
