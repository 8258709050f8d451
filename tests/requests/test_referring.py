"""A request another agency, or headquarters, is asked to see to: what each side reads."""

from uuid import UUID

import pytest
from sqlmodel import select

from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.requests import queries, referral_queries, referring, service
from crm.requests.lines import Referral
from crm.requests.models import (
    CommunityRequest,
    PublishedProgress,
    PublishedRequest,
    RequestOutcome,
    RequestState,
    Source,
)
from crm.requests.service import Decided
from tests.requests.acts import DONE, TOLD, received, told_back
from tests.support.pages import Browser
from tests.support.world import NOW, World

WORDS = "みなと公園の防犯灯が消えています。"
CITY = "架空市役所"


def referred(
    world: World, request: CommunityRequest, to: str = CITY, who: str = "chief"
) -> PublishedRequest:
    with world.writing(who) as db:
        return referring.refer(db, world.actors[who], request.id, world.units[to], WORDS, now=NOW)


def asked(world: World, request: CommunityRequest) -> Referral:
    with world.reading("officer") as db:
        (referral,) = referral_queries.referrals_of(db, request.id)
        return referral


def inbox(world: World, who: str) -> list[str]:
    with world.reading(who) as db:
        return [one.words for one in referral_queries.received_by(db, world.actors[who])]


def accepted(world: World, referral_id: UUID, who: str = "city") -> CommunityRequest:
    with world.writing(who) as db:
        return referring.accept(db, world.actors[who], referral_id, now=NOW)


def test_city_works_in_its_own_inbox_and_its_progress_comes_back(world: World) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    request = received(world, person, place="みなと公園 北口")
    referral = referred(world, request)
    assert inbox(world, "city") == [WORDS]

    theirs = accepted(world, referral.id)
    assert (theirs.source, theirs.place, theirs.agency_id) == (
        Source.AGENCY,
        "みなと公園 北口",
        world.city_id,
    )
    with world.writing("city") as db:
        actor = world.actors["city"]
        service.note_progress(db, actor, theirs.id, "内部の検討。", now=NOW)
        decided = service.decide(db, actor, theirs.id, DONE, revision=2, now=NOW)
    told_back(world, theirs.id, TOLD, decided=None, revision=decided.revision, who="city")

    progress = asked(world, request).progress
    assert [(step.label, step.text) for step in progress] == [
        ("回答済", "交換されたと伝えた。"),
        ("措置済", "市が電球を交換した。"),
        ("受理", ""),
    ]
    with world.reading("officer") as db:
        own = queries.request_of(db, request.id)
        # what the other side did is not yet told to who asked
        assert (own.state, own.outcome) == (RequestState.CONSIDERING, None)


def test_who_said_it_does_not_cross(world: World) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    referral = referred(world, received(world, person))

    accepted(world, referral.id)

    with world.reading("city") as db:
        copy = db.exec(select(PublishedRequest)).one()
        theirs = db.exec(select(CommunityRequest)).one()
        assert "桒原" not in f"{copy.model_dump()}{theirs.model_dump()}"
        assert queries.askers_of(db, theirs.id) == []


def test_accepting_twice_is_one_request(world: World) -> None:
    referral = referred(world, received(world))

    assert accepted(world, referral.id).id == accepted(world, referral.id).id


@pytest.mark.parametrize("who", ["stranger_chief", "city_administrator", "hq", "auditor"])
def test_nobody_else_reads_what_was_asked_of_the_city(world: World, who: str) -> None:
    referral = referred(world, received(world))
    accepted(world, referral.id)

    assert inbox(world, who) == []
    with world.reading(who) as db:
        assert db.exec(select(PublishedProgress)).all() == []
    with pytest.raises(NotFound):
        accepted(world, referral.id, who)


def test_headquarters_answers_what_was_asked_of_its_division(world: World) -> None:
    request = received(world)
    referral = referred(world, request, "本部地域課")
    assert (inbox(world, "hq"), inbox(world, "city")) == ([WORDS], [])

    with world.writing("hq") as db:
        referring.answer_as_headquarters(
            db,
            world.actors["hq"],
            referral.id,
            RequestOutcome.NOT_FEASIBLE,
            "今年度は予算がない。",
            now=NOW,
        )

    (step,) = asked(world, request).progress
    assert (step.label, step.text) == ("対応困難", "今年度は予算がない。")
    with world.reading("hq") as db:
        assert db.exec(select(CommunityRequest)).all() == []


def test_what_was_taken_back_is_gone_from_the_other_side(world: World) -> None:
    request = received(world)
    referral = referred(world, request)
    theirs = accepted(world, referral.id)

    with world.writing("chief") as db:
        referring.recall(db, world.actors["chief"], referral.id, now=NOW)
    with world.writing("city") as db:
        actor = world.actors["city"]
        service.decide(db, actor, theirs.id, DONE, revision=1, now=NOW)

    assert inbox(world, "city") == []
    with world.reading("chief") as db:
        kinds = [step.kind for step in queries.whole_request(db, request.id).steps]
        assert kinds == ["received", "referred", "recalled"]


def test_same_office_is_asked_once(world: World) -> None:
    request = received(world)
    referred(world, request)

    with pytest.raises(Refused) as refusal:
        referred(world, request)

    assert refusal.value.field == "recipient_station_id"


def test_asking_other_agencies_is_for_chiefs(world: World) -> None:
    request = received(world)

    with pytest.raises(Forbidden):
        referred(world, request, who="officer")


def test_station_is_no_office_to_ask(world: World) -> None:
    request = received(world)

    with pytest.raises(Refused):
        referred(world, request, "港南署")


def test_other_side_cannot_close_the_own_request(world: World) -> None:
    request = received(world)
    accepted(world, referred(world, request).id)

    with pytest.raises(NotFound), world.writing("city") as db:
        service.decide(
            db,
            world.actors["city"],
            request.id,
            Decided(outcome=RequestOutcome.DONE, text="済"),
            revision=2,
            now=NOW,
        )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_lead_from_asking_to_the_answer(browser: Browser, world: World) -> None:
    request = received(world, source_words="")
    browser.sign_in("officer")
    assert browser.get(f"/requests/{request.id}/referral").status_code == 403
    browser.sign_in("chief").get(f"/requests/{request.id}/referral")
    refused = browser.post(f"/requests/{request.id}/referral", {"words": WORDS})
    assert (refused.status_code, WORDS in refused.text) == (422, True)
    sent = {"words": WORDS, "recipient_station_id": str(world.units["本部地域課"])}
    shown = browser.post(f"/requests/{request.id}/referral", sent)
    assert "未受理" in shown.text

    browser.sign_in("hq")
    assert WORDS in browser.get("/requests/received").text
    referral = asked(world, request)
    path = f"/requests/received/{referral.id}/progress"
    assert browser.post(path, {"outcome": "done"}).status_code == 422
    browser.post(path, {"outcome": "done", "text": "県に伝えた。"})

    browser.sign_in("chief")
    assert "県に伝えた。" in browser.get(f"/requests/{request.id}").text
    browser.post(f"/requests/referrals/{referral.id}/recall", {})
    browser.sign_in("hq")
    assert WORDS not in browser.get("/requests/received").text


def test_stale_request_is_not_referred_when_closed(world: World) -> None:
    request = told_back(world, received(world).id)

    with pytest.raises(Conflict):
        referred(world, request)
