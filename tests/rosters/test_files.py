import csv
import datetime as dt
import io
from dataclasses import replace
from uuid import UUID

import openpyxl
import pypdf
import pytest

from crm.consents.models import ConsentScope
from crm.contacts.models import Holder
from crm.formats.errors import UnprintableDocument
from crm.rosters.columns import ROSTER_COLUMNS, paper_columns, sheet_columns
from crm.rosters.files import file_name, write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.queries import roster_on
from crm.rosters.rows import Roster, RosterRow
from crm.rosters.service import Draft
from tests.rosters.network import (
    file_text,
    pdf_text,
    put_consent,
    put_post,
    put_term,
    sheet_cells,
)
from tests.support.world import NOW, TODAY, World

UTF8 = "utf-8-sig"
SECRETS = (
    "静谷",
    "沈黙",
    "隠田",
    "窓口秋",
    "054-000-9001",
    "054-000-9002",
    "054-000-9003",
    "054-000-9004",
    "054-000-9005",
    "0540009001",
    "口外しない",
)


def draft(
    found: Roster, form: RosterFormat = RosterFormat.XLSX, *, purpose: str = "第３回地域安全の会"
) -> Draft:
    return Draft(
        number="令和8-0012",
        purpose=purpose,
        format=form,
        roster=found,
        office="若葉署地域課",
        made_by="若葉署地域課",
        made_at=NOW,
    )


def row(**facts: object) -> RosterRow:
    known: dict[str, object] = {
        "number": 1,
        "holder": Holder(person_id=UUID(int=1)),
        "name": "髙橋 京子",
        "kana": "たかはし きょうこ",
        "post": "みなと町自治会\n会長",
        "areas": "みなと町自治会",
        "phone": "054-000-1001",
        "concurrent": "民生委員",
        "boxes": "若葉駅前交番",
        "asked_on": dt.date(2024, 4, 1),
        "remark": "電話は夕方",
        **facts,
    }
    return RosterRow(**known)  # type: ignore[arg-type]  # facts are the row's own fields


def roster(*rows: RosterRow, profile: RosterProfile = RosterProfile.STATION) -> Roster:
    return Roster(profile, TODAY, rows, 2)


def test_columns_stand_in_the_order_of_the_roster() -> None:
    assert [column.label for column in paper_columns(RosterProfile.STATION)] == [
        "番号",
        "区分",
        "氏名・団体名",
        "役職・窓口担当者",
        "担当区域",
        "電話番号",
        "兼任",
        "担当交番・駐在所",
        "依頼年月日",
        "備考",
    ]
    assert [column.label for column in sheet_columns(RosterProfile.MEETING)] == [
        "番号",
        "区分",
        "氏名・団体名",
        "ふりがな",
        "役職・窓口担当者",
        "担当区域",
        "兼任",
        "担当交番・駐在所",
        "依頼年月日",
    ]


def test_no_column_tells_what_somebody_agreed_to() -> None:
    assert not any("同意" in column.label for column in ROSTER_COLUMNS)


def test_sheet_holds_text_and_real_dates() -> None:
    cells = sheet_cells(write_file(draft(roster(row()))))

    assert [list(line[:11]) for line in cells[:5]] == [
        ["地域安全連絡員一覧表", *[None] * 10],
        [*[None] * 10, "取扱注意・署内限り"],
        [*[None] * 10, "令和8年11月20日現在　若葉署地域課"],
        [column.label for column in sheet_columns(RosterProfile.STATION)],
        [
            1,
            "個人",
            "髙橋 京子",
            "たかはし きょうこ",
            "みなと町自治会\n会長",
            "みなと町自治会",
            "054-000-1001",
            "民生委員",
            "若葉駅前交番",
            dt.datetime(2024, 4, 1),  # noqa: DTZ001 - a sheet knows no zones
            "電話は夕方",
        ],
    ]
    assert [line[0] for line in cells[5:]] == [
        "個人 1名　団体 0団体　（敬称略）",
        "作成目的：第３回地域安全の会　　一覧表番号：令和8-0012",
        "作成日時：令和8年11月20日13時30分　　作成者の所属：若葉署地域課",
    ]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "https://example.com"])
def test_no_text_becomes_a_formula(text: str) -> None:
    found = roster(row(name=text, post=text, remark=text, phone=text))

    page = openpyxl.load_workbook(io.BytesIO(write_file(draft(found, purpose=text)))).active

    assert page is not None
    written = [cell for line in page.iter_rows() for cell in line if cell.value == text]
    assert [(cell.data_type, cell.hyperlink) for cell in written] == [("s", None)] * 4


def test_paper_is_a4_landscape_and_says_what_it_is_for() -> None:
    group = row(number=2, holder=Holder(organization_id=UUID(int=2)), name="磯部自治会")
    content = write_file(draft(roster(row(), group), RosterFormat.PDF))

    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    text = pdf_text(content)

    assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [297, 210]
    for said in (
        "地域安全連絡員一覧表",
        "令和8年11月20日現在若葉署地域課",
        "取扱注意・署内限り",
        "作成目的：第３回地域安全の会一覧表番号：令和8-0012",
        "作成日時：令和8年11月20日13時30分作成者の所属：若葉署地域課",
        "1／1ページ",
        "個人1名団体1団体（敬称略）",
        "たかはしきょうこ",
        "令和6年4月1日",
    ):
        assert said in text, said


def test_many_rows_are_numbered_pages() -> None:
    rows = [row(number=number) for number in range(1, 61)]
    content = write_file(draft(roster(*rows), RosterFormat.PDF))
    pages = len(pypdf.PdfReader(io.BytesIO(content)).pages)
    assert f"{pages}／{pages}ページ" in pdf_text(content)
    assert pages > 2


@pytest.mark.parametrize("form", list(RosterFormat))
@pytest.mark.parametrize("profile", [RosterProfile.STATION, RosterProfile.MEETING])
def test_no_file_says_more_than_was_agreed_to(
    world: World, form: RosterFormat, profile: RosterProfile
) -> None:
    put_secrets(world)
    agreeing = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    put_term(world, agreeing, "磯部自治会")
    put_consent(world, agreeing)

    with world.reading("chief") as db:
        found = roster_on(db, world.actors["chief"], profile, TODAY, today=TODAY)
    content = write_file(draft(found, form))

    text = file_text(content, form)
    assert [secret for secret in SECRETS if secret in text] == []
    assert ("髙橋京子" in text, "054-000-1001" in text) == (
        True,
        profile is RosterProfile.STATION,
    )
    assert "若葉商店会" in text


def put_secrets(world: World) -> None:
    """Put people and numbers that no roster may name, each for a reason of its own."""
    scope = ConsentScope
    never_asked = world.person("静谷 茂", "シズタニ シゲル", phone="054-000-9001")
    put_term(world, never_asked, "磯部自治会", remark="口外しない")
    took_back = world.person("沈黙 守", "チンモク マモル", phone="054-000-9002")
    put_term(world, took_back, "磯部自治会")
    put_consent(world, took_back)
    put_consent(world, took_back, (), on=TODAY)
    other_station = world.person("隠田 港", "オンダ ミナト", station="港南署", phone="054-000-9003")
    put_term(world, other_station, "磯部自治会")
    put_consent(world, other_station)
    group = world.organization("若葉商店会", "ワカバショウテンカイ", phone="054-000-9004")
    speaker = world.person("窓口秋 子", "マドグチアキ コ", phone="054-000-9005")
    put_post(world, speaker, "会長", group)
    put_term(world, group, "さくら台自治会", contact=speaker)
    put_consent(world, group, {scope.WITHIN_STATION, scope.OTHER_LIAISONS, scope.BY_FAX})
    put_consent(world, speaker, {scope.BY_PHONE, scope.HQ_NAME, scope.MUNICIPALITY})


def test_file_name_names_nobody() -> None:
    assert file_name("令和8-0012", RosterFormat.PDF) == "地域安全連絡員一覧表_令和8-0012.pdf"


def lines(content: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


@pytest.mark.parametrize(
    ("form", "encoding"), [(RosterFormat.CSV, "utf-8-sig"), (RosterFormat.CSV_CP932, "cp932")]
)
def test_text_file_says_what_the_sheet_says(form: RosterFormat, encoding: str) -> None:
    written = lines(write_file(draft(roster(row()), form)), encoding)

    blank = [""] * 10
    assert written == [
        [column.label for column in sheet_columns(RosterProfile.STATION)],
        [
            *("1", "個人", "髙橋 京子", "たかはし きょうこ", "みなと町自治会\n会長"),
            *("みなと町自治会", "054-000-1001", "民生委員", "若葉駅前交番"),
            *("2024-04-01", "電話は夕方"),
        ],
        ["取扱注意・署内限り", *blank],
        ["令和8年11月20日現在　若葉署地域課", *blank],
        ["個人 1名　団体 0団体　（敬称略）", *blank],
        ["作成目的：第３回地域安全の会　　一覧表番号：令和8-0012", *blank],
        ["作成日時：令和8年11月20日13時30分　　作成者の所属：若葉署地域課", *blank],
    ]


def test_characters_shift_jis_lacks_are_named_before_anything_is_lost() -> None:
    found = roster(row(name="𠮷田 守", post="葛\U000e0100城町会長"))

    with pytest.raises(UnprintableDocument, match="𠮷、\U000e0100。"):
        write_file(draft(found, RosterFormat.CSV_CP932))
    agreed = replace(draft(found, RosterFormat.CSV_CP932), may_replace=True)
    assert lines(write_file(agreed), "cp932")[1][2:5:2] == ["〓田 守", "葛〓城町会長"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "＝１"])
def test_no_text_of_a_text_file_becomes_a_formula(text: str) -> None:
    written = lines(write_file(draft(roster(row(name=text, remark=text)), RosterFormat.CSV)), UTF8)
    assert (written[1][2], written[1][10]) == (f"'{text}", f"'{text}")
