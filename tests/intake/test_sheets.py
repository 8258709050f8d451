"""The header is found by what columns are called, and a person may say it is another."""

import pytest

from crm.formats.errors import UnreadableFile
from crm.formats.workbook import Book, CellFlag, Mark, Sheet, SheetRow
from crm.intake.headers import MEANING_LABELS, Meaning, meaning_of, meanings_of
from crm.intake.sheets import choose_sheet, read_table
from crm.rosters.columns import ROSTER_COLUMNS

ROSTER_MEANINGS = {
    "number": Meaning.NUMBER,
    "kind": Meaning.KIND,
    "name": Meaning.NAME,
    "kana": Meaning.KANA,
    "post": Meaning.ORGANIZATION_AND_POST,
    "areas": Meaning.AREAS,
    "phone": Meaning.PHONE,
    "address": Meaning.ADDRESS,
    "concurrent": Meaning.CONCURRENT,
    "boxes": Meaning.BOX,
    "asked_on": Meaning.ASKED_ON,
    "remark": Meaning.REMARK,
}


def sheet(*rows: tuple[str, ...], name: str = "名簿", hidden: bool = False) -> Sheet:
    numbered = tuple(SheetRow(number, row) for number, row in enumerate(rows, 1) if any(row))
    return Sheet(name, numbered, hidden=hidden)


LIST = (("氏名", "電話番号"), ("山田 太郎", "054-626-0001"))


def test_our_roster_columns_are_all_understood() -> None:
    told = meanings_of([column.label for column in ROSTER_COLUMNS])

    assert dict(zip((column.key for column in ROSTER_COLUMNS), told, strict=True)) == (
        ROSTER_MEANINGS
    )


def test_every_meaning_has_a_label() -> None:
    assert set(MEANING_LABELS) == set(Meaning)


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("氏　名", Meaning.NAME),
        ("お名前", Meaning.NAME),
        ("会長名", Meaning.NAME),
        ("氏名（敬称略）", Meaning.NAME),
        ("自治会長氏名", Meaning.NAME),
        ("ﾌﾘｶﾞﾅ", Meaning.KANA),
        ("よみがな", Meaning.KANA),
        ("氏名（カナ）", Meaning.KANA),
        ("氏名／氏", Meaning.FAMILY),
        ("フリガナ／名", Meaning.GIVEN_KANA),
        ("自治会・町内会名", Meaning.ORGANIZATION),
        ("所属", Meaning.ORGANIZATION),
        ("役職名", Meaning.POST),
        ("ＴＥＬ", Meaning.PHONE),
        ("連絡先／自宅", Meaning.PHONE),
        ("連絡先／住所", Meaning.ADDRESS),
        ("連絡先／携帯電話", Meaning.MOBILE),
        ("ＦＡＸ番号", Meaning.FAX),
        ("担当地区", Meaning.AREAS),
        ("管轄交番", Meaning.BOX),
        ("任期／自", Meaning.FROM_ON),
        ("任期満了日", Meaning.TO_ON),
        ("委嘱年月日", Meaning.FROM_ON),
        ("承諾年月日", Meaning.ASKED_ON),
        ("承諾の有無", Meaning.ACCEPTED),
        ("メールアドレス", None),
        ("電話は夕方以降に、ご家族へは話さないこと。緊急のときは携帯へ。", None),
        ("", None),
    ],
)
def test_labels_by_their_many_names(label: str, meaning: Meaning | None) -> None:
    assert meaning_of(label) == meaning


def test_given_name_alone_is_no_name() -> None:
    assert meanings_of(["名", "電話"]) == [None, Meaning.PHONE]


def test_hidden_sheets_are_never_chosen() -> None:
    book = Book((sheet(*LIST, hidden=True), sheet(("表紙",), ("架空警察署",), name="表紙")))

    assert choose_sheet(book).name == "表紙"
    with pytest.raises(UnreadableFile):
        choose_sheet(book, "名簿")


def test_the_sheet_most_like_a_list_is_chosen() -> None:
    book = Book((sheet(("案内",), name="案内"), sheet(*LIST), sheet(("氏名",), name="控え")))

    assert choose_sheet(book).name == "名簿"
    assert choose_sheet(book, "控え").name == "控え"


def test_a_header_on_the_fifteenth_row_is_found_and_on_the_sixteenth_not() -> None:
    blank = [("",)] * 14

    assert read_table(sheet(*blank, *LIST)).header_rows == (15,)
    with pytest.raises(UnreadableFile, match="見出しの行が見つかりません"):
        read_table(sheet(("題",), *blank, *LIST))


def test_a_person_says_which_row_is_the_header() -> None:
    rows = (("氏名", "電話番号"), ("旧", "旧"), ("名前", "TEL"), ("山田 太郎", "054-626-0001"))

    table = read_table(sheet(*rows), header_row=3)

    assert (table.header_rows, [row.number for row in table.rows]) == ((3,), [4])
    assert [column.meaning for column in table.columns] == [Meaning.NAME, Meaning.PHONE]


def test_a_person_says_what_a_column_means() -> None:
    rows = (("名称", "氏名", "電話"), ("山田 太郎", "x", "054-626-0001"))

    table = read_table(sheet(*rows), meanings={0: Meaning.NAME, 2: None})

    assert [column.meaning for column in table.columns] == [Meaning.NAME, None, None]


def test_a_second_column_of_numbers_a_person_names_keeps_the_first() -> None:
    rows = (("氏名", "電話", "番外"), ("山田 太郎", "054-626-0001", "090-1234-5678"))

    table = read_table(sheet(*rows), meanings={2: Meaning.PHONE})

    assert [column.meaning for column in table.columns][1:] == [Meaning.PHONE, Meaning.PHONE]


def test_two_lines_are_joined_where_they_say_more() -> None:
    across = Mark(CellFlag.ACROSS.value)
    upper = SheetRow(1, ("氏名", "連絡先", "連絡先"), {2: across})
    lower = SheetRow(2, ("氏名", "自宅", "携帯"), {0: Mark(CellFlag.DOWN.value)})
    body = SheetRow(3, ("山田 太郎", "054-626-0001", "090-1234-5678"))

    table = read_table(Sheet("名簿", (upper, lower, body)))

    assert [column.label for column in table.columns] == ["氏名", "連絡先／自宅", "連絡先／携帯"]
    assert table.header_rows == (1, 2)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("電話番号", "住所"), ("054-626-0001", "架空市")], "氏名の列が見つかりません"),
        ([("氏名", "電話番号")], "見出しの下に行がありません"),
        ([("x",), ("y",)], "見出しの行が見つかりません"),
    ],
)
def test_what_is_no_list_is_refused(rows: list[tuple[str, ...]], says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_table(sheet(*rows))
