"""The page of a liaison: what it shows, what it takes, whom it turns away."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col

from crm.agencies.models import Agency
from crm.consents.models import ConsentScope, SharedField
from crm.consents.queries import Grant, current_consent, grants_in_force
from crm.contacts.models import Holder
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from crm.liaisons.models import LiaisonState
from crm.liaisons.queries import active_terms, state_of
from tests.liaisons.course import A_YEAR, accepted, asked, days, declined
from tests.support.pages import Browser, counted
from tests.support.world import TODAY, World

LONG_AGO = TODAY - A_YEAR
ACTS = ("approach", "answer", "consents", "withdrawal", "ending", "contact", "willingness")


@pytest.fixture
def person(world: World) -> Holder:
    return Holder(person_id=world.person("桒原 健太", "クワバラ ケンタ").id)


@pytest.fixture
def group(world: World) -> Holder:
    return Holder(organization_id=world.organization("みなと町自治会", area="みなと町自治会").id)


def address(holder: Holder, act: str = "liaison") -> str:
    kind, key = holder.subject
    return f"/{'people' if kind == 'person' else 'organizations'}/{key}/{act}"


def state(world: World, holder: Holder) -> LiaisonState:
    with world.reading("chief") as db:
        return state_of(db, holder, local_day(utc_now()))


def a_yes(**more: object) -> dict[str, object]:
    return {
        "answer": "accepted",
        "decided_on": TODAY.isoformat(),
        "method": "oral",
        "starts_on": TODAY.isoformat(),
        **more,
    }


@pytest.mark.parametrize("kind", ["person", "group"])
def test_the_whole_way_from_candidate_to_liaison(
    world: World, browser: Browser, person: Holder, group: Holder, kind: str
) -> None:
    holder = {"person": person, "group": group}[kind]
    browser.sign_in("officer").get(address(holder))
    who = {"person": "who", "group": "organization_id"}[kind]
    browser.post("/candidates", {who: str(holder.subject[1]), "reason": "世話役をされている"})
    assert state(world, holder) is LiaisonState.CANDIDATE
    browser.post("/sign-out")
    browser.sign_in("chief").get(address(holder))
    browser.post(address(holder, "approach"), {"asked_on": _today(), "method": "oral"})
    shown = browser.get(address(holder)).text
    assert "お引き受けいただくかどうかはご自由です。" in shown
    answer = browser.post(
        address(holder, "answer"),
        {
            **a_yes(decided_on=_today(), starts_on=_today()),
            "scopes": ["within_station", "municipality"],
            "municipality": "若葉市市民安全課（氏名）",
            "area_ids": [str(world.areas["みなと町自治会"])],
        },
    )
    assert "承諾と同意を記録し、連絡員として登録しました。" in answer.text
    assert "活動中" in answer.text
    with world.reading("chief") as db:
        assert [term.holder for term in active_terms(db, local_day(utc_now()))] == [holder]
        consent = current_consent(db, holder, local_day(utc_now()))
    assert consent is not None
    assert consent.grants == (
        Grant(ConsentScope.WITHIN_STATION, ""),
        Grant(ConsentScope.MUNICIPALITY, "若葉市市民安全課（氏名）"),
    )


def _today() -> str:
    return local_day(utc_now()).isoformat()


def test_no_consent_is_ticked_for_anybody(world: World, browser: Browser, person: Holder) -> None:
    accepted(world, person, LONG_AGO, scopes={ConsentScope.PHOTO: ""})
    chief = browser.sign_in("chief")
    chief.get(address(person))
    ended = {"reason": "moved", "day": (LONG_AGO + days(1)).isoformat()}
    chief.post(address(person, "ending"), ended)
    chief.post(address(person, "approach"), {"asked_on": _today(), "method": "oral"})
    form = chief.get(address(person)).text
    boxes = re.findall(r'<input type="checkbox"[^>]*name="scopes"[^>]*>', form)
    assert len(boxes) == len(ConsentScope)
    assert [box for box in boxes if "checked" in box] == []


def test_what_an_agency_may_have_is_ticked_field_by_field(
    world: World, browser: Browser, person: Holder
) -> None:
    asked(world, person)
    form = browser.sign_in("chief").get(address(person)).text
    assert "架空市役所への提供" in form
    boxes = re.findall(r'<input type="checkbox"[^>]*name="provisions"[^>]*>', form)
    assert len(boxes) == len(SharedField)
    assert [box for box in boxes if "checked" in box] == []
    named = [f"{world.city_id}:name", f"{world.city_id}:post"]
    browser.post(address(person, "answer"), a_yes(provisions=named))
    shown = browser.get(address(person) + "?act=consents").text
    assert "架空市役所（氏名、役職）" in shown
    ticked = re.findall(r'name="provisions" value="([^"]+)" checked', shown)
    assert ticked == named


@pytest.mark.parametrize("sent", ["架空市役所", "{}:everything", "{}", "no:name"])
def test_a_provision_that_is_no_box_of_ours_is_refused(
    world: World, browser: Browser, person: Holder, sent: str
) -> None:
    asked(world, person)
    browser.sign_in("chief").get(address(person))
    answer = browser.post(address(person, "answer"), a_yes(provisions=[sent.format(world.city_id)]))
    assert answer.status_code == 422
    assert 'id="f-provisions-error"' in answer.text


def test_a_recipient_in_words_of_an_old_record_is_still_shown(
    world: World, browser: Browser, person: Holder
) -> None:
    old = {ConsentScope.MUNICIPALITY: "となり市防災課（氏名）"}
    accepted(world, person, scopes=old)
    shown = browser.sign_in("chief").get(address(person) + "?act=consents").text
    assert shown.count("となり市防災課（氏名）") == 3
    assert 'value="となり市防災課（氏名）"' in shown


def test_without_another_agency_the_recipient_is_said_in_words(
    world: World, browser: Browser, person: Holder
) -> None:
    with world.database.system("a police without partners") as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            theirs = table.c.agency_id == world.city_id if "agency_id" in table.c else sa.false()
            if connection.scalar(sa.select(sa.func.count()).select_from(table).where(theirs)):
                connection.execute(table.delete().where(theirs))
        connection.execute(sa.delete(Agency).where(col(Agency.id) == world.city_id))
    asked(world, person)
    form = browser.sign_in("chief").get(address(person)).text
    assert 'name="provisions"' not in form
    assert "市町への提供先" in form
    assert "上にない" not in form


def test_a_decline_asks_for_nothing_more(world: World, browser: Browser, person: Holder) -> None:
    asked(world, person)
    browser.sign_in("chief").get(address(person))
    answer = browser.post(
        address(person, "answer"),
        {**a_yes(), "answer": "declined", "starts_on": "いつか", "remark": "x" * 300},
    )
    assert answer.status_code == 200
    assert state(world, person) is LiaisonState.DECLINED
    assert "理由" not in browser.get(address(person)).text


def test_a_missing_answer_registers_nobody(world: World, browser: Browser, person: Holder) -> None:
    asked(world, person)
    browser.sign_in("chief").get(address(person))
    answer = browser.post(
        address(person, "answer"), {**a_yes(scopes=["photo"], remark="夜は不在"), "answer": ""}
    )
    assert answer.status_code == 422
    assert "承諾の記録がないため、連絡員として登録できません。" in answer.text
    assert 'value="夜は不在"' in answer.text
    assert re.search(r'value="photo" checked', answer.text)
    assert state(world, person) is LiaisonState.ASKED


def test_a_city_without_a_name_is_refused_at_its_field(
    world: World, browser: Browser, person: Holder
) -> None:
    asked(world, person)
    browser.sign_in("chief").get(address(person))
    answer = browser.post(address(person, "answer"), a_yes(scopes=["municipality"]))
    assert answer.status_code == 422
    assert 'id="f-municipality-error"' in answer.text
    with world.reading("chief") as db:
        assert grants_in_force(db, [person], TODAY) == {person: frozenset()}
    assert state(world, person) is LiaisonState.ASKED


def test_htmx_gets_the_refused_form_alone(world: World, browser: Browser, person: Holder) -> None:
    asked(world, person)
    browser.sign_in("chief").get(address(person))
    refused = browser.post(address(person, "answer"), a_yes(decided_on="昨日"), htmx=True)
    assert refused.status_code == 422
    assert refused.text.lstrip().startswith('<div id="liaison">')
    assert "<html" not in refused.text
    taken = browser.post(address(person, "answer"), a_yes(), htmx=True)
    assert taken.headers["HX-Redirect"] == address(person)
    assert state(world, person) is LiaisonState.ACTIVE


def test_a_withdrawal_is_taken_without_a_reason(
    world: World, browser: Browser, person: Holder
) -> None:
    accepted(world, person, scopes={ConsentScope.PHOTO: ""})
    form = browser.sign_in("chief").get(address(person) + "?act=withdrawal").text
    assert re.findall(r"<textarea", form) == []
    browser.post(address(person, "withdrawal"), {"decided_on": _today(), "method": "phone"})
    assert state(world, person) is LiaisonState.ENDED
    with world.reading("chief") as db:
        today = local_day(utc_now())
        assert grants_in_force(db, [person], today) == {person: frozenset()}


def test_a_stale_consent_form_shows_what_is_in_force_now(
    world: World, browser: Browser, person: Holder
) -> None:
    accepted(world, person, scopes={ConsentScope.PHOTO: ""})
    form = browser.sign_in("chief").get(address(person) + "?act=consents").text
    seen = re.search(r'name="seen" value="([^"]+)"', form)
    assert seen is not None
    sent = {"decided_on": _today(), "method": "oral", "seen": seen.group(1)}
    browser.post(address(person, "consents"), sent)
    stale = browser.post(address(person, "consents"), {**sent, "scopes": ["photo"]})
    assert stale.status_code == 409
    assert "他の職員が先に更新しました。" in stale.text
    assert "同意している事項はありません。" in stale.text
    with world.reading("chief") as db:
        today = local_day(utc_now())
        assert grants_in_force(db, [person], today) == {person: frozenset()}


@pytest.mark.parametrize("act", ACTS)
def test_an_officer_puts_no_answer_on_record(
    world: World, browser: Browser, person: Holder, act: str
) -> None:
    asked(world, person)
    page = browser.sign_in("officer").get(address(person)).text
    assert "依頼中" in page
    assert f'action="{address(person, act)}"' not in page
    assert browser.post(address(person, act), a_yes()).status_code == 403
    assert state(world, person) is LiaisonState.ASKED


@pytest.mark.parametrize("who", ["stranger_chief", "hq", "administrator", "auditor"])
def test_others_find_no_such_page(world: World, browser: Browser, person: Holder, who: str) -> None:
    asked(world, person)
    answer = browser.sign_in(who).get(address(person))
    assert answer.status_code == 404
    assert "桒原" not in answer.text


def test_another_stations_chief_cannot_answer(
    world: World, browser: Browser, person: Holder
) -> None:
    asked(world, person)
    browser.sign_in("stranger_chief").get("/people")
    assert browser.post(address(person, "answer"), a_yes()).status_code == 404
    assert state(world, person) is LiaisonState.ASKED


def test_nobody_by_that_key_is_not_found(browser: Browser) -> None:
    browser.sign_in("chief")
    assert browser.get(f"/people/{uuid4()}/liaison").status_code == 404
    assert browser.get(f"/organizations/{uuid4()}/liaison").status_code == 404


def test_asking_again_after_a_no_is_left_to_a_chief(
    world: World, browser: Browser, person: Holder
) -> None:
    declined(world, person, local_day(utc_now()), now=utc_now())
    chief = browser.sign_in("chief")
    assert 'id="act"' not in chief.get(address(person)).text
    assert 'name="chief_confirms"' in chief.get(address(person) + "?act=approach").text
    sent = {"asked_on": _today(), "method": "oral"}
    refused = chief.post(address(person, "approach"), sent)
    assert refused.status_code == 422
    assert 'id="f-chief_confirms-error"' in refused.text
    chief.post(
        address(person, "approach"), {**sent, "chief_confirms": "on", "again_reason": "要望"}
    )
    assert state(world, person) is LiaisonState.ASKED


def test_an_unknown_act_opens_the_page_itself(browser: Browser, person: Holder) -> None:
    assert browser.sign_in("chief").get(address(person) + "?act=magic").status_code == 200


def test_reading_is_on_record(world: World, browser: Browser, person: Holder) -> None:
    browser.sign_in("officer").get(address(person))
    with world.database.system("a test's look at the trail") as connection:
        seen = connection.execute(
            sa.select(AuditEntry.subject_id).where(AuditEntry.action == "liaison.viewed")
        ).scalars()
        assert list(seen) == [person.person_id]


def test_a_long_history_takes_no_more_statements(
    world: World, browser: Browser, person: Holder, group: Holder
) -> None:
    for back in (3, 2, 1):
        declined(world, person, LONG_AGO - back * A_YEAR)
    declined(world, group, LONG_AGO)
    browser.sign_in("officer").get("/people")
    with counted(world.database) as three:
        browser.get(address(person))
    with counted(world.database) as one:
        browser.get(address(group))
    assert len(three) == len(one)
