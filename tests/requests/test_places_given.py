"""A referral's point and picture: only where an agreement says so, and no longer than it does."""

import datetime as dt

import pytest
from sqlmodel import select

from crm.formats.photos import Photo
from crm.kernel.clock import local_day, utc_now
from crm.kernel.errors import Refused
from crm.requests import referring, site_queries
from crm.requests.models import CommunityRequest, PublishedRequest, PublishedSite, SiteKind
from crm.requests.site_copies import Handing
from crm.requests.siting import Pictured, remove_photo
from crm.sharing import agreements
from crm.sharing.errands import refresh_office
from tests.formats.test_photos import photograph
from tests.requests.acts import received
from tests.requests.test_sites import INSIDE, PICTURE, sited
from tests.sharing.acts import agreed
from tests.support.pages import Browser
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)
WORDS = "みなと公園の防犯灯が消えています。"
BOTH = Handing(point=True, photo=True)
CITY = "架空市役所"


def placed(world: World, pictured: Pictured = PICTURE) -> CommunityRequest:
    request = received(world)
    sited(world, request, pictured)
    return request


def referred(
    world: World,
    request: CommunityRequest,
    handing: Handing = BOTH,
    to: str = CITY,
    now: dt.datetime = NOW,
) -> PublishedRequest:
    with world.writing("chief") as db:
        actor = world.actors["chief"]
        return referring.refer(
            db, actor, request.id, world.units[to], WORDS, handing=handing, now=now
        )


def given(world: World, who: str = "city") -> list[tuple[float | None, bytes | None]]:
    with world.reading(who) as db:
        rows = db.exec(select(PublishedSite)).all()
        return [(row.longitude, row.content) for row in rows]


@pytest.mark.parametrize(
    ("handing", "carried"),
    [
        (BOTH, [(INSIDE[0], PICTURE.photo.content)]),
        (Handing(point=True), [(INSIDE[0], None)]),
        (Handing(photo=True), [(None, PICTURE.photo.content)]),
        (Handing(), []),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_city_is_given_what_the_chief_ticked(
    world: World, handing: Handing, carried: list[tuple[float | None, bytes | None]]
) -> None:
    agreed(world, gives_places=True)

    referred(world, placed(world), handing)

    assert given(world) == carried
    assert given(world, "stranger_chief") == []


def test_nothing_goes_without_an_agreement_that_says_so_but_to_headquarters(world: World) -> None:
    agreed(world)
    request = placed(world)

    with pytest.raises(Refused) as refusal:
        referred(world, request)
    referred(world, request, to="本部地域課")

    assert refusal.value.field == "with_point"
    assert (given(world), given(world, "hq")) == ([], [(INSIDE[0], PICTURE.photo.content)])


def test_accepted_request_is_where_it_was_pointed_out_and_without_the_picture(
    world: World,
) -> None:
    agreed(world, gives_places=True)
    asked = referred(world, placed(world))

    with world.writing("city") as db:
        for _ in range(2):
            made = referring.accept(db, world.actors["city"], asked.id, now=NOW)
        site = site_queries.site_of(db, made.id)

    assert site is not None
    assert (site.kind, site.longitude, site.sha256) == (SiteKind.DARK_SPOT, INSIDE[0], None)


def test_picture_deleted_or_replaced_is_gone_there_and_a_new_point_follows(world: World) -> None:
    agreed(world, gives_places=True)
    request = placed(world)
    referred(world, request)

    other = Pictured(Photo(b"\xff\xd8other\xff\xd9", 40, 30), "別の写真")
    sited(world, request, other, revision=2, point=(138.006, 34.005))
    assert given(world) == [(138.006, None)]

    with world.writing("officer") as db:
        remove_photo(db, world.actors["officer"], request.id, now=NOW)
    assert given(world) == [(138.006, None)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_place_ends_with_its_agreement_and_with_the_referral(world: World) -> None:
    agreement = agreed(world, gives_places=True, valid_to=TODAY + DAY)
    request = placed(world)
    asked = referred(world, request)
    with world.reading("city") as db:
        copy = db.exec(select(PublishedSite)).one()
        assert (copy.is_given_on(TODAY + DAY), copy.is_given_on(TODAY + 2 * DAY)) == (True, False)

    with world.writing("chief") as db:
        actor = world.actors["chief"]
        agreements.narrow_agreement(
            db,
            actor,
            agreement.id,
            fields=agreement.fields,
            valid_to=agreement.valid_to,
            revision=1,
            now=NOW,
        )
    assert given(world) == []

    agreed(world, gives_places=True, valid_to=TODAY)
    with world.writing("chief") as db:
        referring.recall(db, actor, asked.id, now=NOW)
    again = referred(world, request)
    assert len(given(world)) == 1
    refresh_office(world.database, world.actors["chief"], NOW + DAY)
    assert given(world) == []
    with world.reading("city") as db:
        assert db.exec(select(PublishedRequest.id)).all() == [again.id]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_form_shows_what_would_go_and_the_city_sees_it(browser: Browser, world: World) -> None:
    today = local_day(utc_now())
    request = received(world, heard_on=today, now=utc_now())
    sited(world, request, Pictured(Photo(photograph(), 40, 30), "消えた街灯"))
    path = f"/requests/{request.id}/referral"
    sent = {
        "recipient_station_id": str(world.units[CITY]),
        "words": WORDS,
        "with_point": "true",
        "with_photo": "true",
    }
    browser.sign_in("chief")
    shown = browser.get(path)
    assert "地点と写真を渡せる依頼先：架空県警察 本部地域課" in shown.text
    refused = browser.post(path, sent)
    sentence = "この機関には、地点と写真を渡す取決めがありません。"
    assert (refused.status_code, refused.text.count(sentence)) == (422, 2)
    assert refused.text.count('value="true" checked') == 2

    agreed(world, gives_places=True, valid_from=today, now=utc_now())
    assert browser.post(path, sent).status_code == 200
    shown = browser.sign_in("city").get("/requests/received").text
    photo = shown.partition('<img src="')[2].partition('"')[0]
    assert "暗い場所" in shown
    assert "北緯34.00500度、東経138.00500度" in shown
    picture = browser.get(photo)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert browser.sign_in("stranger_chief").get(photo).status_code == 404
