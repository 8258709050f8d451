"""緊急閲覧: one person, a reason, thirty minutes, and a review by somebody else (G9)."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select

from crm.access.models import SignInSession
from crm.breakglass import queries, service
from crm.breakglass.models import Finding, OpeningReview, PersonOpening
from crm.contacts.models import Person, Telephone
from crm.contacts.post_queries import post_types
from crm.contacts.service import PersonFacts, PostFacts, appoint, correct_person
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.scope import ScopeError
from crm.notes.models import ActivityNote
from tests.support.pages import Browser
from tests.support.world import NOW, TODAY, World

WHY = "河川の氾濫に備え、避難の呼び掛けを依頼するため"


@pytest.fixture
def person(world: World) -> Person:
    world.person("髙橋 茂樹", "タカハシ シゲキ", phone="087-833-0999")
    return world.person("髙橋 茂", "タカハシ シゲル", phone="087-833-0110")


def opened(
    world: World,
    name: str = "高橋 茂",
    *,
    who: str = "hq",
    station: str = "若葉署",
    reason: str = WHY,
    last4: str = "",
) -> PersonOpening:
    facts = service.OpeningFacts(world.units[station], name, reason, last4)
    with world.writing(who) as db:
        return service.open_person(db, world.actors[who], facts, now=NOW)


def with_open(world: World, person_id: UUID, who: str = "hq") -> Actor:
    return replace(world.actors[who], opened_id=person_id)


@pytest.mark.parametrize("name", ["髙橋 茂", "高橋茂", "たかはし　しげる", "タカハシシゲル"])
def test_headquarters_opens_the_one_of_that_name(world: World, person: Person, name: str) -> None:
    assert opened(world, name).person_id == person.id


@pytest.mark.parametrize("name", ["髙橋", "橋 茂", "しげる", "髙橋 茂 タカハシ シゲル", "%", "　"])
def test_part_of_a_name_opens_nobody(world: World, person: Person, name: str) -> None:
    del person
    with pytest.raises(Refused) as refusal:
        opened(world, name)
    assert refusal.value.field == "name"


def test_nobody_is_looked_for_at_another_station_or_agency(world: World, person: Person) -> None:
    del person
    world.person("青木 一", "アオキ ハジメ", station="架空市役所")
    for name, station in (("髙橋 茂", "港南署"), ("青木 一", "架空市役所")):
        with pytest.raises(Refused):
            opened(world, name, station=station)


def test_of_two_of_one_name_the_end_of_a_number_tells(world: World, person: Person) -> None:
    other = world.person("髙橋 茂", "タカハシ シゲル", phone="087-833-0222")
    with pytest.raises(Refused) as refusal:
        opened(world)
    assert refusal.value.field == "last4"
    assert opened(world, last4="0222").person_id == other.id
    assert opened(world, last4="0110").person_id == person.id


@pytest.mark.parametrize("reason", ["", "　 "])
def test_without_a_reason_nobody_is_opened(world: World, person: Person, reason: str) -> None:
    del person
    with pytest.raises(Refused) as refusal:
        opened(world, reason=reason)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("who", ["chief", "stranger", "stranger_chief", "administrator", "auditor"])
def test_only_headquarters_opens(world: World, person: Person, who: str) -> None:
    del person
    with pytest.raises(Forbidden):
        opened(world, who=who)


def test_an_opening_shows_one_person_and_how_to_reach_them(world: World, person: Person) -> None:
    with world.database.reading(with_open(world, person.id)) as db:
        assert [one.id for one in db.exec(select(Person)).all()] == [person.id]
        assert [one.person_id for one in db.exec(select(Telephone)).all()] == [person.id]
        assert db.exec(select(ActivityNote)).all() == []


@pytest.mark.parametrize("who", ["stranger", "city", "administrator", "auditor"])
def test_what_is_open_is_nothing_without_the_role(world: World, person: Person, who: str) -> None:
    with world.database.reading(with_open(world, person.id, who)) as db:
        assert db.exec(select(Person)).all() == []


def test_an_opening_changes_nothing(world: World, person: Person) -> None:
    with world.database.reading(with_open(world, person.id)) as db:
        db.exec(select(Person)).one().address = "よそ"
        with pytest.raises(ScopeError):
            db.flush()


@pytest.mark.parametrize(("who", "told"), [("hq", 1), ("chief", 1), ("station_chief", 1)])
def test_the_station_is_told(world: World, person: Person, who: str, told: int) -> None:
    opened(world)
    with world.reading(who) as db:
        found = queries.openings(db, TODAY)
    assert [(one.person_id, one.reason, one.opener_name) for one in found] == [
        (person.id, WHY, "本田 由紀")
    ] * told


@pytest.mark.parametrize("who", ["officer", "stranger_chief", "city_chief", "administrator"])
def test_nobody_else_is_told(world: World, person: Person, who: str) -> None:
    del person
    opened(world)
    with world.reading(who) as db:
        assert queries.openings(db, TODAY) == []


def judged(world: World, opening_id: UUID, who: str) -> OpeningReview:
    with world.writing(who) as db:
        return service.review_opening(
            db, world.actors[who], opening_id, finding=Finding.JUSTIFIED, remark="妥当", now=NOW
        )


@pytest.mark.parametrize("who", ["station_chief", "auditor"])
def test_somebody_else_reviews_once(world: World, person: Person, who: str) -> None:
    del person
    opening = opened(world)
    judged(world, opening.id, who)
    with pytest.raises(Conflict):
        judged(world, opening.id, "auditor")
    with world.reading("hq") as db:
        [line] = queries.openings(db, TODAY)
    assert (line.finding, line.remark) == (Finding.JUSTIFIED, "妥当")


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("hq", Forbidden), ("chief", Forbidden), ("stranger_chief", NotFound), ("officer", NotFound)],
)
def test_others_review_nothing(
    world: World, person: Person, who: str, refusal: type[Exception]
) -> None:
    del person
    opening = opened(world)
    with pytest.raises(refusal):
        judged(world, opening.id, who)


def test_whoever_opened_never_reviews_it(world: World, person: Person) -> None:
    opening = opened(world)
    both = replace(
        world.actors["auditor"], account_id=world.actors["hq"].account_id, station_id=None
    )
    with pytest.raises(Forbidden), world.database.writing(both) as db:
        service.review_opening(
            db, both, opening.id, finding=Finding.JUSTIFIED, remark="自分", now=NOW
        )
    row = OpeningReview(
        agency_id=world.agency_id,
        station_id=person.station_id,
        opening_id=opening.id,
        opened_by=both.account_id,
        reviewed_by=both.account_id,
        reviewer_name="",
        finding=Finding.JUSTIFIED,
        remark="自分",
        reviewed_at=NOW,
    )
    with pytest.raises(sa.exc.IntegrityError):
        world.put(row)


FORM = {"name": "高橋茂", "reason": WHY}


def open_on_page(browser: Browser, world: World, **more: object) -> str:
    browser.sign_in("hq")
    browser.get("/openings/new")
    form = {**FORM, "station_id": str(world.units["若葉署"]), **more}
    return browser.post("/openings", form).text


def test_the_page_shows_the_person_and_the_minutes_left(
    browser: Browser, world: World, person: Person
) -> None:
    text = open_on_page(browser, world)
    assert ("087-833-0110" in text, "087-833-0999" in text) == (True, False)
    assert ("あと30分" in text, 'class="emergency' in text) == (True, True)
    with world.reading("auditor") as db:
        rows = db.rows(
            sa.select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.detail)
            .where(AuditEntry.action.in_(["person.opened", "person.viewed"]))
            .order_by(AuditEntry.id)
        )
    assert [(row.action, row.subject_id, row.detail["basis"]) for row in rows] == [
        ("person.opened", person.id, "breakglass"),
        ("person.viewed", person.id, "breakglass"),
    ]


def put_clock(world: World, **values: object) -> None:
    with world.database.system("a test's clock") as connection:
        connection.execute(sa.update(SignInSession).values(**values))


def test_the_page_is_gone_when_the_time_is_over(
    browser: Browser, world: World, person: Person
) -> None:
    del person
    open_on_page(browser, world)
    put_clock(world, opened_until=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    assert browser.get("/opened-person").status_code == 404


def test_headquarters_ends_an_opening_early(browser: Browser, world: World, person: Person) -> None:
    del person
    open_on_page(browser, world)
    browser.get("/opened-person")
    assert browser.post("/opened-person/end").status_code == 200
    assert browser.get("/opened-person").status_code == 404


def test_signing_out_ends_the_opening(browser: Browser, world: World, person: Person) -> None:
    del person
    open_on_page(browser, world)
    browser.get("/opened-person")
    browser.post("/sign-out")
    browser.get("/sign-in")
    browser.sign_in("hq")
    assert browser.get("/opened-person").status_code == 404


def test_a_name_that_is_not_there_is_on_record(
    browser: Browser, world: World, person: Person
) -> None:
    del person
    text = open_on_page(browser, world, name="田中 一郎")
    assert "この警察署に、この氏名の方は登録されていません。" in text
    with world.reading("auditor") as db:
        rows = db.rows(sa.select(AuditEntry.detail).where(AuditEntry.action == "person.sought"))
    assert [row.detail for row in rows] == [{"basis": "breakglass"}]


@pytest.mark.parametrize("who", ["officer", "station_chief", "auditor", "city_chief"])
def test_others_find_no_form(browser: Browser, who: str) -> None:
    browser.sign_in(who)
    answers = [browser.get(path).status_code for path in ("/openings/new", "/opened-person")]
    assert answers == [404, 404]


def test_the_chief_reviews_on_the_page(browser: Browser, world: World, person: Person) -> None:
    del person
    opening = opened(world)
    browser.sign_in("station_chief")
    assert WHY in browser.get("/openings").text
    path = f"/openings/{opening.id}/review"
    browser.get(path)
    assert browser.post(path, {"finding": "justified"}).status_code == 422
    answer = browser.post(path, {"finding": "questioned", "remark": "口頭で確認する"})
    assert "口頭で確認する" in answer.text
    assert browser.get(f"/openings/{uuid4()}/review").status_code == 404


def test_whom_headquarters_opened_it_only_reads(world: World, person: Person) -> None:
    hq = with_open(world, person.id)
    with world.database.writing(hq) as db:
        post_type = post_types(db)[0].id
        with pytest.raises(Forbidden):
            appoint(db, hq, person.id, PostFacts(post_type_id=post_type), now=NOW)
        facts = PersonFacts(family_name="髙橋", given_name="茂")
        with pytest.raises(Forbidden):
            correct_person(db, hq, person.id, facts, revision=1, area_code="", now=NOW)


def test_chiefs_are_told_on_their_day_page_until_somebody_reviewed_it(
    world: World, person: Person, browser: Browser
) -> None:
    del person
    made = opened(world)
    told = "点検未了の緊急閲覧が1件あります"
    readers = ("officer", "chief", "station_chief", "stranger_chief")
    before = {who: told in today_of(browser, who) for who in readers}
    judged(world, made.id, "station_chief")
    after = {who: told in today_of(browser, who) for who in ("chief", "station_chief")}
    assert before == dict.fromkeys(readers, False) | {"chief": True, "station_chief": True}
    assert after == {"chief": False, "station_chief": False}


def today_of(browser: Browser, who: str) -> str:
    shown = browser.sign_in(who).get("/today").text
    browser.post("/sign-out")
    return shown
