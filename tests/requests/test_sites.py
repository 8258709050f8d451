"""A request's place: inside its area, pictured without a trace, printed without a name."""

import io
from uuid import UUID

import pypdf
import pytest
import shapely
from shapely import box
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.areas.models import Area, AreaKind
from crm.formats.photos import Photo
from crm.jobs.models import JobFile
from crm.jobs.runner import Runner
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.requests import site_queries
from crm.requests.models import CommunityRequest, SiteKind, SitePhoto
from crm.requests.siting import Pictured, Site, put_site, remove_photo
from tests.formats.test_photos import CANARY, photograph
from tests.requests.acts import received, told_back
from tests.support.pages import Browser, counted
from tests.support.world import NOW, START, World

AREA = "みなと町自治会"
INSIDE = (138.005, 34.005)
OUTSIDE = (138.015, 34.005)
PICTURE = Pictured(Photo(b"\xff\xd8picture\xff\xd9", 40, 30), "消えた街灯")


@pytest.fixture
def district(world: World) -> UUID:
    """A school district around the first area."""
    area = Area(
        kind=AreaKind.ELEMENTARY_DISTRICT,
        name="みなと小学校区",
        polygon=box(137.9, 33.9, 138.01, 34.1),
        valid_from=START,
    )
    world.put(area)
    return area.id


def sited(
    world: World,
    request: CommunityRequest,
    pictured: Pictured | None = None,
    *,
    revision: int = 1,
    who: str = "officer",
    **changes: object,
) -> None:
    facts = {
        "kind": SiteKind.DARK_SPOT,
        "area_id": world.areas[AREA],
        "place": "港公園の北側",
        "point": INSIDE,
    }
    with world.writing(who) as db:
        put_site(
            db,
            world.actors[who],
            request.id,
            Site(**(facts | changes)),  # type: ignore[arg-type]  # each test states its own
            pictured,
            revision=revision,
            now=NOW,
        )


def found(world: World) -> list[site_queries.OpenSite]:
    with world.reading("officer") as db:
        return list(site_queries.open_sites(db, world.actors["officer"]))


def test_place_is_found_under_its_school_district(world: World, district: UUID) -> None:
    request = received(world)

    sited(world, request, PICTURE)

    (site,) = found(world)
    assert (site.kind, site.place, site.area_name) == (SiteKind.DARK_SPOT, "港公園の北側", AREA)
    assert (site.longitude, site.latitude, site.district_id) == (*INSIDE, district)
    assert site.photo_id is not None


def test_area_alone_says_the_district_too(world: World, district: UUID) -> None:
    sited(world, received(world), point=None)

    (site,) = found(world)
    assert (site.longitude, site.district_id) == (None, district)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"point": OUTSIDE}, "at"), ({"area_id": UUID(int=1)}, "area_id")],
    ids=["a point outside its area", "an area that is not the station's"],
)
def test_place_elsewhere_is_refused_at_its_field(
    world: World, changes: dict[str, object], field: str
) -> None:
    request = received(world)

    with pytest.raises(Refused) as refusal:
        sited(world, request, **changes)

    assert refusal.value.field == field
    assert found(world) == []


def test_area_of_another_station_is_refused(world: World) -> None:
    with pytest.raises(Refused):
        sited(world, received(world), area_id=world.areas["港南自治会"], point=None)


def test_stale_place_is_a_conflict_and_anothers_is_not_found(world: World) -> None:
    request = received(world)
    sited(world, request)

    with pytest.raises(Conflict):
        sited(world, request)
    with pytest.raises(NotFound):
        sited(world, request, who="stranger")


def test_answered_request_keeps_its_place_and_is_listed_no_more(world: World) -> None:
    request = received(world)
    sited(world, request)

    told_back(world, request.id, revision=2)

    assert found(world) == []
    with pytest.raises(Conflict):
        sited(world, request, revision=3)


def test_new_picture_takes_the_place_of_the_one_before(world: World) -> None:
    request = received(world)
    sited(world, request, PICTURE)
    sited(world, request, Pictured(PICTURE.photo, "直った街灯"), revision=2)

    with world.writing("officer") as db:
        assert [one.description for one in db.exec(select(SitePhoto))] == ["直った街灯"]
        remove_photo(db, world.actors["officer"], request.id, now=NOW)
        assert db.exec(select(SitePhoto)).all() == []


pages = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def form(world: World, **values: object) -> dict[str, object]:
    given = {"kind": "dark_spot", "area_id": str(world.areas[AREA]), "place": "北側", "revision": 1}
    return given | values


@pages
def test_picture_comes_back_without_its_cameras_facts(browser: Browser, world: World) -> None:
    path = f"/requests/{received(world).id}"
    browser.sign_in("officer").get(f"{path}/site")

    shown = browser.post(
        f"{path}/site",
        form(world, description="消えた街灯と路地"),
        files={"photo": ("dark.jpg", photograph())},
    )

    assert (shown.status_code, shown.url.path) == (200, path)
    assert 'alt="消えた街灯と路地"' in shown.text
    picture = browser.get(f"{path}/photo")
    assert picture.headers["content-type"] == "image/jpeg"
    assert (picture.headers["cache-control"], CANARY in picture.content) == ("no-store", False)
    assert browser.sign_in("stranger").get(f"{path}/photo").status_code == 404


@pages
@pytest.mark.parametrize(
    ("values", "files", "sentence"),
    [
        ({"description": ""}, {"photo": ("a.jpg", photograph())}, "言葉でも書いてください。"),
        ({"description": "街灯"}, {"photo": ("a.jpg", b"not one")}, "写真を読めません。"),
        ({"kind": ""}, None, "何があるかを選んでください。"),
        ({"at": "9999,9999"}, None, "選んだ区域の中を指してください。"),
        ({"at": "here"}, None, "「地図」を確かめてください。"),
    ],
)
def test_refused_place_keeps_what_was_typed(
    browser: Browser,
    world: World,
    values: dict[str, object],
    files: dict[str, tuple[str, bytes]] | None,
    sentence: str,
) -> None:
    path = f"/requests/{received(world).id}/site"
    browser.sign_in("officer").get(path)

    shown = browser.post(path, form(world, **values), files=files)

    assert shown.status_code == 422
    assert sentence in shown.text
    assert 'value="北側"' in shown.text


@pages
def test_point_on_the_map_is_where_it_was_put(browser: Browser, world: World) -> None:
    request = received(world)
    path = f"/requests/{request.id}/site"
    sited(world, request)
    browser.sign_in("officer")
    (at,) = [line for line in browser.get(path).text.splitlines() if 'name="at"' in line]
    pixel = at.split('value="')[1].split('"')[0]

    browser.post(path, form(world, at=pixel, revision=2))

    (site,) = found(world)
    again = shapely.Point(site.longitude or 0, site.latitude or 0)
    assert again.distance(shapely.Point(INSIDE)) < 0.0001


@pages
@pytest.mark.parametrize("places", [1, 3])
def test_list_costs_the_same_however_many_places(
    browser: Browser, world: World, places: int
) -> None:
    for _ in range(places):
        sited(world, received(world))
    browser.sign_in("officer").get("/requests/sites")

    with counted(world.database) as statements:
        shown = browser.get("/requests/sites")

    assert shown.text.count("map__mark") == places
    assert len(statements) == 4


@pages
def test_paper_shows_places_by_district_and_names_nobody(
    browser: Browser, world: World, district: UUID
) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    sited(world, received(world, person))
    sited(world, received(world), area_id=world.areas["さくら台自治会"], point=None)
    browser.sign_in("officer").get("/requests/sites")

    for chosen in ("", str(district)):
        sent = {"district": chosen, "request_key": str(uuid7())}
        assert browser.post("/requests/sites/files", sent).status_code == 200
        assert Runner(world.database).take_next()

    with world.reading("officer") as db:
        papers = [pypdf.PdfReader(io.BytesIO(one.content)) for one in db.exec(select(JobFile))]
    texts = sorted(([page.extract_text() for page in paper.pages] for paper in papers), key=len)
    assert [len(pages) for pages in texts] == [1, 2]
    for words in ("みなと小学校区", "暗い場所", "港公園の北側", AREA):
        assert words in texts[0][0]
    assert "小学校区の分からない場所" in texts[1][1]
    for hidden in ("桒原", "街灯が消えている"):
        assert hidden not in "".join(map("".join, texts))
