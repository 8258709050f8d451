"""次第 and 議事録 on paper; the first beside the original of S4."""

import datetime as dt
import io
import re
from dataclasses import replace

import pypdf
import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.approvals.models import ApprovalKind
from crm.bulletins.files import read_sheet
from crm.bulletins.models import Handling
from crm.consents.models import ConsentScope
from crm.contacts.models import Person
from crm.exports.models import Export
from crm.jobs.models import JobFile
from crm.jobs.runner import Runner
from crm.kernel.clock import utc_now
from crm.meetings.models import Meeting, Presence
from crm.meetings.service import note_presence
from crm.minutes import agenda
from crm.minutes.decisions import draft_confirmation
from crm.minutes.matters import Becomes
from tests.approvals.acts import approved, line_of
from tests.meetings.acts import planned, whole
from tests.minutes.acts import S4, entered_s4, prepared, taken_up, written
from tests.rosters.network import put_consent
from tests.support.approvals import decided
from tests.support.pages import Browser
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def unspaced(text: str) -> str:
    return re.sub(r"\s", "", text)


def printed(world: World, browser: Browser, meeting: Meeting) -> str:
    """Return what the agenda of a meeting says on paper, without any blanks."""
    browser.sign_in("officer").get(f"/meetings/{meeting.id}/agenda")
    browser.post(f"/meetings/{meeting.id}/agenda/files", {"request_key": str(uuid7())})
    assert Runner(world.database).take_next()
    with world.reading("officer") as db:
        [file] = db.exec(select(JobFile)).all()
        return text_of(file.content)


def text_of(content: bytes) -> str:
    paper = pypdf.PdfReader(io.BytesIO(content))
    return unspaced("".join(page.extract_text() for page in paper.pages))


def test_agenda_of_s4_is_printed_in_the_order_of_the_original(
    world: World, browser: Browser
) -> None:
    meeting = entered_s4(world)

    text = printed(world, browser, meeting)

    for head in ("令和6年5月23日（木）", "午後3時00分", "松戸市役所新館7階大会議室", "取扱注意"):
        assert head in text
    assert "上野真一推進本部長" in text
    body = text[text.index("場所") :]
    places = [body.index(unspaced(title)) for title, _, _ in S4]
    assert places == sorted(places)


def test_agenda_begins_with_what_is_open_and_lists_papers_that_go_out(
    world: World, browser: Browser
) -> None:
    now = utc_now()
    before = planned(world, now=now - dt.timedelta(days=30))
    written(world, before, "公園の防犯灯を調べる", now=now)
    taken_up(world, before, 0, Becomes.ACTION, now=now)
    meeting = planned(world, now=now)
    prepared(world, meeting, "街路灯について")
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        agenda.go_on_from(db, actor, meeting.id, before.id, now=now)
        for name, handling in (("犯罪情勢", Handling.PUBLIC), ("内訳", Handling.STATION_ONLY)):
            sheet = replace(read_sheet("a.pdf", b"%PDF-1.7 %%EOF"), name=f"{name}.pdf")
            agenda.add_paper(
                db, actor, meeting.id, sheet, handling=handling, agenda_item_id=None, now=now
            )

    text = printed(world, browser, meeting)

    assert text.index("公園の防犯灯を調べる") < text.index("開会")
    assert ("資料1犯罪情勢.pdf" in text, "内訳" in text) == (True, False)


@pytest.fixture
def held(world: World) -> Meeting:
    """A meeting one came to and one sent somebody; the latter is named to other liaisons."""
    now = utc_now()
    people = [world.person("桒原 健太", "くわばら けんた"), world.person("阿部 久", "あべ ひさし")]
    agreed: list[tuple[Person, list[ConsentScope]]] = [
        (people[0], [ConsentScope.WITHIN_STATION, ConsentScope.OTHER_LIAISONS]),
        (people[1], [ConsentScope.WITHIN_STATION]),
    ]
    for person, scopes in agreed:
        put_consent(world, person, scopes)
    meeting = planned(world, *people, now=now)
    came = {
        party.id: Presence.PRESENT if party.name == "阿部 久" else Presence.PROXY
        for party in whole(world, meeting).parties
    }
    with world.writing("officer") as db:
        note_presence(db, world.actors["officer"], meeting.id, came, visitors=3, now=now)
    written(world, meeting, "青パトを週二回にする\n公園の防犯灯を調べる", now=now)
    taken_up(world, meeting, 0, Becomes.DECISION, now=now)
    taken_up(world, meeting, 1, Becomes.ACTION, now=now)
    return meeting


@pytest.mark.parametrize(
    ("recipient", "named"), [("within", (True, True)), ("attendees", (True, False))]
)
def test_minutes_name_whoever_agreed_to_the_recipient(
    world: World, browser: Browser, held: Meeting, recipient: str, named: tuple[bool, bool]
) -> None:
    path = f"/meetings/{held.id}/minutes"
    browser.sign_in("officer").get(path)
    asked = {"request_key": str(uuid7()), "recipient_kind": recipient}

    browser.post(f"{path}/files", asked)
    with world.reading("officer") as db:
        export_id, number = db.exec(select(Export.id, Export.number)).one()
    text = text_of(browser.post(f"/exports/{export_id}/file").content)

    assert ("桒原健太" in text, "阿部久" in text) == named
    assert ("くわばらけんた" in text, "2名" in text, "ほか3名" in text) == (True, True, True)
    for words in (
        "代理が出席",
        "決定事項",
        "対応事項",
        "公園の防犯灯を調べる",
        number,
        "案（未確定）",
    ):
        assert words in text


def test_minutes_on_paper_bear_the_stamps_of_their_own_version(
    world: World, browser: Browser, held: Meeting
) -> None:
    decided(world, ApprovalKind.MINUTES)
    now = utc_now()
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        key = draft_confirmation(db, actor, held.id, reason="確定のため", now=now).id
    approved(world, key, "chief", now=now)
    number = line_of(world, key).number
    texts = {1: "", 2: ""}
    changed = written(world, held, "青パトを毎週にする", now=now)
    path = f"/meetings/{held.id}/minutes"
    shown = browser.sign_in("officer").get(path)

    for version in changed.versions:
        sent = {"request_key": str(uuid7()), "version_id": str(version.id)}
        answer = browser.post(f"{path}/files", sent)
        texts[version.serial] = text_of(browser.post(f"{answer.url.path}/file").content)

    stamp = f"起案者{world.actors['officer'].name}".replace(" ", "")
    assert f"決裁（{number}）は、第1版に対するものです。" in shown.text
    assert "決裁をもう一度受ける" in shown.text
    assert [(f"決裁{number}" in texts[n], "未決裁" in texts[n]) for n in (1, 2)] == [
        (True, False),
        (False, True),
    ]
    assert "（最新は第2版）" in texts[1]
    assert "ほかの版の決裁" in texts[2]
    assert stamp in texts[2][texts[2].index("ほかの版の決裁") :]
    versions = re.findall(r'href="(/minutes-versions/[^"]+)"', shown.text)
    assert [number in browser.get(one).text for one in versions] == [False, True]


def test_minutes_nobody_wrote_are_not_printed(world: World, browser: Browser) -> None:
    meeting = planned(world, now=utc_now())
    path = f"/meetings/{meeting.id}/minutes"
    browser.sign_in("officer").get(path)

    refused = browser.post(f"{path}/files", {"request_key": str(uuid7())})

    assert (refused.status_code, "議事録はまだ書かれていません。" in refused.text) == (422, True)


def test_what_no_font_has_is_asked_about_before_an_agenda_is_made(
    world: World, browser: Browser
) -> None:
    meeting = planned(world, title="𫝆地区の会", now=utc_now())
    path = f"/meetings/{meeting.id}/agenda"
    shown = browser.sign_in("officer").get(path).text
    order = {"request_key": str(uuid7())}

    asked = browser.post(f"{path}/files", order)
    assert Runner(world.database).take_next() is False
    sent = dict(re.findall(r'name="(request_key|may_replace)" value="([^"]+)"', asked.text))
    agreed = browser.post(f"{path}/files", sent)
    assert Runner(world.database).take_next()

    assert (shown.count("U+2B746"), "印刷できない文字" in shown) == (1, True)
    assert (asked.status_code, sent) == (422, {**order, "may_replace": "on"})
    for said in ("𫝆", "U+2B746", f'action="{path}/files"', "〓に置き換えて印刷する"):
        assert said in asked.text
    file = browser.get(f"{agreed.url.path}/file")
    assert "〓地区の会" in unspaced(text_of(file.content))
