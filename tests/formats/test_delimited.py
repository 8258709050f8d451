import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.formats.delimited import (
    Encoding,
    column,
    read_table,
    require_columns,
    rows_by,
    unwritable,
    write_table,
)
from crm.formats.errors import UnreadableFile

PLACES = {
    "code": column("全国地方公共団体コード", "都道府県コード又は市区町村コード"),
    "name": column("名称"),
    "address": column("所在地_連結表記", "住所"),
    "extension": column("内線番号"),
}


def sentence_for(data: bytes, **options: int) -> str:
    with pytest.raises(UnreadableFile) as raised:
        read_table(data, **options)
    return str(raised.value)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("氏名\n髙橋①\n".encode("utf-8-sig"), "utf-8-sig"),
        ("氏名\n髙橋①\n".encode(), "utf-8"),
        ("氏名\n髙橋①\n".encode("cp932"), "cp932"),
    ],
)
def test_read_table_in_each_encoding_gives_the_same_text(data: bytes, encoding: str) -> None:
    table = read_table(data)

    assert table.encoding == encoding
    assert table.header == ("氏名",)
    assert table.rows == [(2, {"氏名": "髙橋①"})]


def test_read_table_with_kanji_outside_cp932_keeps_them() -> None:
    table = read_table("氏名\n𠮷田\n葛\U000e0100城\n".encode())

    assert [row["氏名"] for _, row in table.rows] == ["𠮷田", "葛\U000e0100城"]


def test_read_table_numbers_rows_as_a_spreadsheet_does() -> None:
    data = '名称,備考\r\n一,"二行の\r\n備考"\r\n\r\n,\r\n二\r\n'.encode()

    table = read_table(data)

    assert table.rows == [
        (2, {"名称": "一", "備考": "二行の\r\n備考"}),
        (5, {"名称": "二", "備考": ""}),
    ]


def test_read_table_with_empty_cells_beyond_the_header_reads_it() -> None:
    table = read_table("名称,住所,,\n一,焼津,,\n".encode())

    assert table.header == ("名称", "住所")
    assert table.rows == [(2, {"名称": "一", "住所": "焼津"})]


@given(
    st.lists(
        st.tuples(st.text(), st.text()).filter(any),
        max_size=20,
    )
)
def test_read_table_gives_back_what_a_csv_writer_wrote(cells: list[tuple[str, str]]) -> None:
    cells = [(one.replace("\0", ""), two.replace("\0", "")) for one, two in cells]
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("一", "二"), *cells])

    table = read_table(file.getvalue().encode("utf-8-sig", "surrogatepass"))

    expected = [
        (number, dict(zip("一二", row, strict=True))) for number, row in enumerate(cells, 2)
    ]
    assert table.rows == [(number, row) for number, row in expected if any(row.values())]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\n"])
def test_read_table_of_nothing_says_the_file_is_empty(data: bytes) -> None:
    assert sentence_for(data) == ("ファイルが空です。見出しの行のあるCSVファイルを選んでください。")


def test_read_table_above_the_limit_says_the_limit() -> None:
    assert sentence_for(b"a\n" * 1_000_000, max_bytes=1_500_000) == (
        "ファイルが大きすぎます（上限1.5メガバイト）。分けてから読み込んでください。"
    )


@pytest.mark.parametrize("data", [b"PK\x03\x04\0\0", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_read_table_of_a_workbook_asks_for_csv(data: bytes) -> None:
    assert sentence_for(data) == ("Excel形式のファイルです。CSV UTF-8形式で保存し直してください。")


def test_read_table_with_a_nul_names_the_row() -> None:
    assert sentence_for("名称\n一\n二\0\n".encode()) == (
        "3行目に文字でないデータがあります。CSV UTF-8形式で保存し直してください。"
    )


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("name\n大井川\n".encode("utf-16"), None),
        ("名称\n一\n".encode() + b"\xff\xff\n", 3),
        ("名称\n一\n".encode("utf-8-sig") + "二\n".encode("cp932"), 3),
        ("氏名\n焼津第６自治会\n".encode("euc_jp"), 2),
    ],
)
def test_read_table_in_an_unknown_encoding_says_what_to_save(data: bytes, row: int | None) -> None:
    nul = "1行目に文字でないデータがあります。CSV UTF-8形式で保存し直してください。"
    unknown = (
        f"{row}行目の文字コードを判別できません。UTF-8又はShift_JIS（CP932）のCSV形式で"
        "保存し直してください。"
    )

    assert sentence_for(data) == (unknown if row else nul)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("\n一\n", "1行目の1列目に見出しがありません。"),
        ("名称,,住所\n", "1行目の2列目に見出しがありません。"),
        (
            "名称,住所,名称\n",
            "見出し「名称」の列が2列あります。見出しを一つずつ別の名前にしてください。",
        ),
        (
            "コード,コ―ド\n",
            "見出し「コード」の列が2列あります。見出しを一つずつ別の名前にしてください。",
        ),
        (
            "名称,住所\n一,焼津\n二,焼津,余り\n",
            (
                "3行目の項目が見出しより多くあります（見出し2列、この行3列）。"
                "区切りのコンマを確認してください。"
            ),
        ),
        (
            '名称\n一\n"二\n三\n',
            '3行目を表として読めません。引用符（"）の閉じ忘れがないか確認してください。',
        ),
    ],
)
def test_read_table_that_is_malformed_names_the_place(data: str, sentence: str) -> None:
    assert sentence_for(data.encode()) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "都道府県コ―ド又は市区町村コ―ド,名称,住所\n222127, 大富幼稚園 ,焼津市\n",
        "都道府県ｺｰﾄﾞ又は市区町村ｺｰﾄﾞ,名　称,住所\n222127,大富幼稚園,焼津市\n",
        "全国地方公共団体コード,名称,所在地＿連結表記\n222127,大富幼稚園,焼津市\n",
    ],
)
def test_rows_by_reads_old_and_new_columns_through_one_preset(text: str) -> None:
    rows = list(rows_by(read_table(text.encode()), PLACES))

    assert rows == [
        (2, {"code": "222127", "name": "大富幼稚園", "address": "焼津市", "extension": ""})
    ]


def test_rows_by_with_old_and_new_columns_at_once_prefers_the_new() -> None:
    table = read_table("住所,所在地_連結表記\n旧,新\n".encode())

    assert list(rows_by(table, {"address": PLACES["address"]})) == [(2, {"address": "新"})]


def test_require_columns_names_all_that_are_missing() -> None:
    table = read_table("名称\n一\n".encode())

    with pytest.raises(UnreadableFile) as raised:
        require_columns(table, [PLACES["name"], PLACES["code"], "緯度"])

    assert str(raised.value) == (
        "必要な列がありません：全国地方公共団体コード、緯度。1行目の見出しを確認してください。"
    )


def test_require_columns_that_are_there_under_other_names_is_silent() -> None:
    table = read_table("都道府県コ―ド又は市区町村コ―ド\n222127\n".encode())

    require_columns(table, [PLACES["code"]])

    assert PLACES["code"].header_in(table) == "都道府県コ―ド又は市区町村コ―ド"


def test_unreadable_file_keeps_its_sentence_apart_from_its_facts() -> None:
    error = UnreadableFile("%(row)s行目です。", row=3)

    assert (error.message, error.facts, str(error)) == (
        "%(row)s行目です。",
        {"row": 3},
        "3行目です。",
    )


def test_written_table_reads_back_as_it_was_given() -> None:
    rows = [("髙橋 京子", "054-000-1001", "二行の\n備考"), ("𠮷田 守", "", 'かぎ"かっこ')]

    read = read_table(write_table(("氏名", "電話", "備考"), rows, encoding="utf-8-sig"))

    assert (read.encoding, read.header) == ("utf-8-sig", ("氏名", "電話", "備考"))
    assert [tuple(row.values()) for _, row in read.rows] == rows


def test_written_lines_end_as_a_spreadsheet_program_expects() -> None:
    written = write_table(("番号", "日"), [(1, dt.date(2024, 4, 1))], encoding="utf-8-sig")
    assert written == "\ufeff番号,日\r\n1,2024-04-01\r\n".encode()


def test_what_cp932_lacks_is_named_and_marked() -> None:
    names = ["𠮷田 﨑子", "葛\U000e0100城", "髙橋—①", "naïve é"]

    lost = unwritable(names)
    written = write_table(("氏名",), [(name,) for name in names], encoding="cp932")

    assert lost == ["𠮷", "\U000e0100", "—", "ï", "é"]
    assert written.decode("cp932").splitlines()[1:] == [
        "〓田 﨑子",
        "葛〓城",
        "髙橋〓①",
        "na〓ve 〓",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_no_cell_of_a_written_table_is_a_formula(encoding: Encoding) -> None:
    cells = ["=1+1", "+81", "-2", "@SUM(A1)", "\t=1", "＝１", ' "=1']
    written = write_table(cells, [cells], encoding=encoding).decode(encoding)
    assert [line[:1] for row in csv.reader(io.StringIO(written)) for line in row] == ["'"] * 14
