"""The papers of a meeting: who stands on which, and what is never on any."""

import io

import pypdf
import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.consents.models import ConsentScope
from crm.contacts.models import Person
from crm.exports.models import Export, ExportKind, ExportSubject
from crm.exports.service import MANY, craft_of
from crm.kernel.clock import utc_now
from crm.meetings.lines import PartyLine
from crm.meetings.models import Channel, Meeting, Reply
from crm.meetings.printing import Addressee, Paper, Wanted, on_paper
from crm.meetings.sheets import BADGES, LABEL_SHEETS, Sheet
from tests.meetings.acts import planned
from tests.rosters.network import put_consent
from tests.support.pages import Browser, counted
from tests.support.world import World

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ADDRESS, PHONE = "高松市みなと町五丁目4番3号", "087-833-0110"


def addressee(
    name: str,
    address: str = "",
    *,
    channel: Channel | None = None,
    reply: Reply | None = None,
    is_known: bool = True,
    takes_post: bool = True,
) -> Addressee:
    party = PartyLine(uuid7(), None, name, "", "", None, channel, reply, None)  # type: ignore[arg-type]  # who they are plays no part
    return Addressee(party, address, is_known, takes_post)


@pytest.mark.parametrize(
    ("paper", "names"),
    [
        (Paper.ATTENDANCE, ["来る方", "来ない方", "郵送の方"]),
        (Paper.BADGES, ["来る方", "郵送の方"]),
        (Paper.LABELS, ["郵送の方"]),
        (Paper.ENVELOPES, ["郵送の方"]),
    ],
)
def test_everybody_stands_on_the_papers_meant_for_them(paper: Paper, names: list[str]) -> None:
    everybody = [
        addressee("来る方", ADDRESS, channel=Channel.PHONE, reply=Reply.COMES),
        addressee("来ない方", ADDRESS, channel=Channel.PHONE, reply=Reply.DECLINES),
        addressee("郵送の方", ADDRESS, channel=Channel.POST),
        addressee("氏名を伏せる方", channel=Channel.PHONE, is_known=False),
    ]

    assert [one.party.name for one in on_paper(Wanted(paper), everybody)] == names


@pytest.mark.parametrize(("by_any_way", "names"), [(False, []), (True, ["住所のある方"])])
def test_letters_go_to_whoever_is_not_asked_by_post_only_where_chosen(
    *, by_any_way: bool, names: list[str]
) -> None:
    everybody = [addressee("住所のある方", ADDRESS), addressee("住所のない方")]
    wanted = Wanted(Paper.LABELS, by_any_way=by_any_way)

    assert [one.party.name for one in on_paper(wanted, everybody)] == names


@pytest.mark.parametrize("sheet", [*LABEL_SHEETS.values(), BADGES])
def test_cells_fill_a_sheet_between_equal_edges(sheet: Sheet) -> None:
    used = (sheet.columns * sheet.cell_width, sheet.rows * sheet.cell_height)

    assert used[0] + 2 * sheet.left == pytest.approx(sheet.width)
    assert used[1] + 2 * sheet.top == pytest.approx(sheet.height)


@pytest.mark.parametrize(
    ("kind", "people", "is_beside"),
    [
        (ExportKind.ROSTER, 1, True),
        (ExportKind.MEETING_PRINT, MANY - 1, False),
        (ExportKind.MEETING_PRINT, MANY, True),
        (ExportKind.MINUTES, MANY, True),
    ],
)
def test_paper_of_many_is_made_beside_the_request(
    kind: ExportKind, people: int, *, is_beside: bool
) -> None:
    export = Export.model_construct(format="pdf", people=people - 1, organizations=1)

    assert craft_of(kind).is_beside(export) is is_beside


def paper_of(browser: Browser, world: World, meeting: Meeting, paper: Paper) -> str:
    """Return the text of a paper, made and fetched as a user does."""
    path = f"/meetings/{meeting.id}/printing"
    browser.get(path)
    sent = {"request_key": str(uuid7()), "paper": paper, "by_any_way": "on"}
    assert browser.post(path, sent).status_code == 200
    with world.reading("officer") as db:
        export_id = db.exec(select(Export.id)).one()
    file = browser.post(f"/exports/{export_id}/file")
    (sheet,) = pypdf.PdfReader(io.BytesIO(file.content)).pages
    return sheet.extract_text()


@on_sqlite
@pytest.mark.parametrize("paper", list(Paper))
def test_paper_says_what_it_is_for_and_nothing_more(
    browser: Browser, world: World, paper: Paper
) -> None:
    person = world.person("桒原 健太", "くわばら けんた", phone=PHONE, address=ADDRESS)
    put_consent(world, person)
    # neither named to others nor written to
    unnamed = world.person("髙橋 花子", "たかはし はなこ", address="高松市みなと町六丁目")
    meeting = planned(world, person, unnamed, now=utc_now())
    browser.sign_in("officer")

    text = paper_of(browser, world, meeting, paper)

    assert "桒原 健太" in text
    assert (ADDRESS in text) is (paper in {Paper.LABELS, Paper.ENVELOPES})
    assert PHONE not in text
    assert ("花子" in text, "六丁目" in text) == (False, False)
    # the second badge is empty: its bearer fills it in
    assert text.count("地域安全の会") == {Paper.ATTENDANCE: 1, Paper.BADGES: 2}.get(paper, 0)
    with world.reading("officer") as db:
        assert set(db.exec(select(ExportSubject.person_id)).all()) == {person.id}


@on_sqlite
def test_paper_nobody_would_stand_on_is_refused(browser: Browser, world: World) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    put_consent(world, person, {ConsentScope.BY_POST})
    unasked = world.person("髙橋 花子", "たかはし はなこ", address=ADDRESS)
    meeting = planned(world, person, unasked, now=utc_now())
    browser.sign_in("officer")
    path = f"/meetings/{meeting.id}/printing"

    shown = browser.get(path).text
    refused = browser.post(path, {"request_key": str(uuid7()), "paper": "labels"})

    # on labels and envelopes; on badges
    assert shown.count("住所の登録がないため載らない方：桒原 健太</p>") == 2
    assert shown.count("郵送での連絡に同意がない1人は、自宅の住所を載せません。") == 2
    assert "同意がない2件は、氏名を載せず、会議の名称だけの名札にします。" in shown
    assert (refused.status_code, "この紙に載る方がいません。" in refused.text) == (422, True)


@on_sqlite
@pytest.mark.parametrize("people", [1, 3])
def test_papers_cost_the_same_for_few_and_many(browser: Browser, world: World, people: int) -> None:
    everybody: list[Person] = [world.person(f"桒原 {each}", "くわばら") for each in range(people)]
    for one in everybody:
        put_consent(world, one)
    meeting = planned(world, *everybody, now=utc_now())
    browser.sign_in("officer").get(f"/meetings/{meeting.id}/printing")

    with counted(world.database) as statements:
        browser.get(f"/meetings/{meeting.id}/printing")

    assert len(statements) == 8


@on_sqlite
def test_what_no_font_has_is_listed_before_a_paper_is_made(browser: Browser, world: World) -> None:
    person = world.person("𫝆田 守", "よしだ まもる", address="𫝆町1番")
    put_consent(world, person)
    meeting = planned(world, person, channel=Channel.POST, now=utc_now())
    path = f"/meetings/{meeting.id}/printing"
    browser.sign_in("officer")

    shown = browser.get(path).text
    order = {"request_key": str(uuid7()), "paper": "labels"}
    asked = browser.post(path, order)
    agreed = browser.post(path, {**order, "may_replace": "on"})

    # in the name and in the address
    assert shown.count("U+2B746") == shown.count(f"/people/{person.id}") == 2
    assert shown.count('name="may_replace"') == 4
    assert (asked.status_code, asked.text.count('id="f-may_replace"')) == (422, 1)
    assert "印刷できない文字があります：𫝆（U+2B746）。" in asked.text
    # what was refused was never registered
    with world.reading("officer") as db:
        (export_id,) = db.exec(select(Export.id)).all()
    file = browser.post(f"/exports/{export_id}/file")
    (sheet,) = pypdf.PdfReader(io.BytesIO(file.content)).pages
    assert (agreed.status_code, "〓町1番" in sheet.extract_text()) == (200, True)
