"""Lists of people in the shapes stations really have them, and what each comes to.

Every file is made here; nobody in them exists. `outcomes.txt` says what each is read as: one line
for each row, as `told` writes it, or the sentence the file is refused with.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import openpyxl
import xlsxwriter
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from crm.contacts.models import Holder
from crm.formats.errors import UnreadableFile
from crm.formats.workbook import read_workbook
from crm.intake.rows import Line, PersonRow, rows_of
from crm.intake.sheets import choose_sheet, read_table
from crm.kernel.phone import Phone, national
from crm.rosters.files import write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.rows import Roster, RosterRow
from crm.rosters.service import Draft

AREA_CODE = "054"
HEADER = ("番号", "氏名", "ふりがな", "自治会名", "役職", "電話番号", "住所")
YAMADA = (
    1,
    "山田 太郎",
    "やまだ たろう",
    "若葉町自治会",
    "会長",
    "054-626-0001",
    "架空市若葉町1-1",
)


def outcome_of(content: bytes) -> tuple[str, ...]:
    """Read a file as an upload is read, and tell each row in one line."""
    try:
        table = read_table(choose_sheet(read_workbook(content)))
    except UnreadableFile as refusal:
        return (str(refusal),)
    return tuple(told(line) for line in rows_of(table, area_code=AREA_CODE))


def told(line: Line) -> str:
    """Put all that a row gives into one line; remarks come last, each after ※."""
    if not isinstance(line, PersonRow):
        return f"{line.number} {type(line).__name__}: {line.reason}"
    dates = (("依頼", line.asked_on), ("自", line.from_on), ("至", line.to_on))
    facts = (
        f"{line.number} {'団体 ' if line.is_organization else ''}{line.family}/{line.given}",
        f"{line.family_kana}/{line.given_kana}" if line.family_kana else "",
        line.organization,
        line.post,
        ", ".join(map(_number, line.phones)),
        line.address,
        "区域:" + "+".join(line.areas) if line.areas else "",
        "兼任:" + "+".join(line.concurrent) if line.concurrent else "",
        line.box,
        *(f"{name}{day}" for name, day in dates if day),
        "" if line.accepted is None else f"承諾{line.accepted}",
        line.standing or "",
        f"備考:{line.remark}" if line.remark else "",
        *(f"※{remark}" for remark in line.remarks),
    )
    return " | ".join(fact.replace("\n", "⏎") for fact in facts if fact)


def _number(phone: Phone) -> str:
    read = national(phone.e164, phone.extension) if phone.e164 else f"?{phone.raw}"
    words = "・".join(word for word in (phone.label, phone.kind.value, phone.note) if word)
    return f"{read}({words})"


def workbook(
    rows: Iterable[Sequence[object]],
    *,
    merged: Sequence[str] = (),
    change: Callable[[openpyxl.Workbook, Worksheet], None] | None = None,
) -> bytes:
    """Write rows from A1 on, merge ranges, and let `change` do the rest."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    for each in merged:
        sheet.merge_cells(each)
    if change:
        change(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text_file(rows: Iterable[Sequence[object]], encoding: str, *, delimiter: str = ",") -> bytes:
    """Write rows as a text file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def with_readings(
    rows: Sequence[Sequence[str]], readings: Mapping[str, Sequence[tuple[int, int, str]]]
) -> bytes:
    """Write rows whose strings carry the readings a Japanese Excel keeps (rPh)."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)

    def spoken(name: str, part: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return part
        text = part.decode()
        for written, runs in readings.items():
            spoken = "".join(
                f'<rPh sb="{begin}" eb="{end}"><t>{kana}</t></rPh>' for begin, end, kana in runs
            )
            text = text.replace(f"<t>{written}</t>", f"<t>{written}</t>{spoken}")
        return text.encode()

    return rewritten(file.getvalue(), spoken)


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Pass every part of a workbook through `change`."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return file.getvalue()


def _plain_list() -> bytes:
    return workbook([HEADER, YAMADA, (2, "林 誠", "", "港町自治会", "副会長", "", "")])


def _title_rows() -> bytes:
    rows = [
        ("令和８年度　地域安全連絡員名簿", *[None] * 4),
        ("架空警察署", None, None, "令和8年4月1日現在"),
        (),
        ("No.", "お名前", "ヨミ", "担当地区", "TEL", "摘要"),
        (1, "山田　太郎", "ヤマダ　タロウ", "若葉町一丁目、若葉町二丁目", "626-0001", "電話は夕方"),
        (2, "佐藤　花子", "サトウ　ハナコ", "港町", "054-626-0002（代）", None),
    ]
    return workbook(rows, merged=["A1:F1"])


def _two_row_header() -> bytes:
    rows = [
        ("番号", "氏名", None, "連絡先", None, None, "任期", None),
        (None, "氏", "名", "自宅", "携帯", "ＦＡＸ", "自", "至"),
        (1, "山田", "太郎", "054-626-0001", "090-1234-5678", "054-626-0009", "R8.4.1", "R10.3.31"),
        (2, "佐藤", "花子", None, "080-1111-2222", None, "令和8年4月1日", "令和7年3月31日"),
    ]
    return workbook(rows, merged=["A1:A2", "B1:C1", "D1:F1", "G1:H1"])


def _merged_body() -> bytes:
    rows = [
        ("自治会名", "役職", "氏名", "電話番号"),
        ("若葉町自治会", "会長", "山田 太郎", "054-626-0001"),
        (None, "副会長", "佐藤 花子", "054-626-0002"),
        (None, None, None, "090-1234-5678"),
        ("港町自治会", "会長", "林 誠", "054-626-0003"),
    ]
    return workbook(rows, merged=["A2:A4", "B3:B4", "C3:C4"])


def _ditto() -> bytes:
    rows = [
        ("No", "自治会", "役", "氏名", "電話", "承諾日"),
        (1, "若葉町自治会", "会長", "山田 太郎", "054-626-0001", "R8.4.1"),
        (2, "〃", "副会長", "佐藤 花子", "054-626-0002", "〃"),
        (3, "同上", "″", "林 誠", "054-626-0003", "々"),
        (),
        (4, "〃", "会長", "森 進", "054-626-0004", "R8.4.2"),
        (5, "港町自治会", "会長", "〃", "054-626-0005", "R8.4.2"),
    ]
    return text_file(rows, "cp932")


def _several_phones() -> bytes:
    rows = [
        ("氏名", "連絡先", "備考"),
        ("山田 太郎", "自宅 054-626-0001\n携帯 090-1234-5678", ""),
        ("佐藤 花子", "054-626-0002、090-1111-2222（妻）", ""),
        ("林 誠", "TEL 054-626-0003 FAX 054-626-0004", ""),
        ("森 進", "054-626-0005～7", "留守が多い"),
        ("原 実", "０５４－６２６－０００６　内線２３", ""),
        ("谷 豊", "なし", ""),
        ("岡 清", "ポケベル", ""),
    ]
    return text_file(rows, "utf-8-sig")


def _names_in_parts() -> bytes:
    rows = [
        ("連番", "氏", "名", "セイ", "メイ", "団体名", "役職名"),
        ("1", "髙橋", "みどり", "ﾀｶﾊｼ", "ﾐﾄﾞﾘ", "若葉町自治会", "会長"),
        ("2", "〃", "茂", "〃", "ｼｹﾞﾙ", "〃", "会計"),
    ]
    return text_file(rows, "cp932")


def _excel_readings() -> bytes:
    rows = [
        ("氏名", "電話"),
        ("山崎 裕", "054-626-0001"),
        ("𠮷田　守", "054-626-0002"),
        ("中島会長", "054-626-0003"),
        ("東海林 隆", "054-626-0004"),
    ]
    readings = {
        "山崎 裕": [(0, 2, "ヤマサキ"), (3, 4, "ユタカ")],
        "𠮷田　守": [(0, 3, "ヨシダ"), (4, 5, "マモル")],
        "中島会長": [(0, 2, "ナカシマ"), (2, 4, "カイチョウ")],
        "東海林 隆": [(0, 3, "ショウジ")],
    }
    return with_readings(rows, readings)


def _dates() -> bytes:
    day = dt.date(2026, 4, 1)
    rows = [
        ("氏名", "依頼年月日", "任期", "承諾の有無"),
        ("一 郎", day, "令和8年4月1日～令和10年3月31日", "○"),
        ("二 郎", day, "R8.4.1〜R10.3.31", "×"),
        ("三 郎", "令和八年四月一日", "2年", "？"),
        ("四 郎", "8.4.1", None, "済"),
        ("五 郎", "平成31年5月1日", None, None),
        ("六 郎", 46113, None, None),
        ("七 郎", "令和8年2月30日", None, None),
        ("八 郎", "㋿8年4月1日（水）", None, None),
        ("九 郎", "12026/4/1", None, None),
        ("十 郎", "2026/4/1", None, None),
    ]

    def change(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet["B2"].number_format = '[$-411]ggge"年"m"月"d"日";@'
        sheet["B3"].number_format = "m/d/yy"

    return workbook(rows, change=change)


def _totals_and_notes() -> bytes:
    rows = [
        ("番号", "氏名", "役職", "電話番号"),
        ("【若葉地区】", None, None, None),
        (1, "山田 太郎", "会長", "054-626-0001"),
        (2, "欠員", "副会長", None),
        (3, None, None, None),
        (4, None, "会計", "054-626-0009"),
        ("番号", "氏名", "役職", "電話番号"),
        (5, "佐藤 花子", "会計", "054-626-0002"),
        ("小計", None, None, "2名"),
        ("再掲（女性）", 1, None, None),
        ("合　計", "2名", None, None),
        ("※ 敬称は略しています。", None, None, None),
        ("以上", None, None, None),
    ]
    return workbook(rows, merged=["A2:D2"])


def _hidden() -> bytes:
    rows = [
        ("氏名", "自宅電話", "電話番号"),
        ("山田 太郎", "054-626-9999", "054-626-0001"),
        ("佐藤 花子", None, "054-626-0002"),
        ("林 誠", None, "054-626-0003"),
    ]

    def change(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[3].hidden = True
        sheet["A4"].font = Font(strike=True)
        book.create_sheet("表紙", 0).append(["連絡員名簿"])
        secret = book.create_sheet("原本", 0)
        for row in [HEADER, YAMADA, YAMADA]:
            secret.append(row)
        secret.sheet_state = "hidden"

    return workbook(rows, change=change)


def _unicode_text() -> bytes:
    rows = [("氏名", "電話番号", "住所"), ("𠮷野 桜", "054-626-0001", "架空市港町1,2-3")]
    return "\ufeff".encode("utf-16-le") + text_file(rows, "utf-16-le", delimiter="\t")


def _honorifics() -> bytes:
    rows = [
        ("自治会", "会長名", "電話"),
        ("若葉町自治会", "山田 太郎 様", "054-626-0001"),
        ("港町自治会", "佐藤花子氏", "054-626-0002"),
        ("浜町自治会", "会長　林 誠", "054-626-0003"),
        ("東町自治会", "森会長", "054-626-0004"),
        ("西町自治会", "原 実（故）", "054-626-0005"),
        ("南町自治会", "谷 豊（転出）", "054-626-0006"),
        ("北町自治会", "岡 清（新任）", "054-626-0007"),
        ("中町自治会", "故 堀 操", "054-626-0008"),
        ("本町自治会", "やまぐち めぐみ\n山口 恵", "054-626-0009"),
    ]
    return workbook(rows)


def _rare_characters() -> bytes:
    rows = [
        ("氏名", "フリガナ", "備考"),
        ("𠮷田 守", "ヨシダ マモル", None),
        ("葛󠄀城 栞", "カツラギ シオリ", None),
        ("髙﨑 濵子", "タカサキ ハマコ", None),
        ("\ue000邊 進", "ワタナベ ススム", None),
        ("渡〓 進", "ワタナベ ススム", None),
        ("山 田 太 郎", "ヤマダ タロウ", None),
        ("ジョン・スミス", "ジョン・スミス", None),
        ("林 誠", "林 まこと", None),
    ]
    return workbook(rows)


def _full_width() -> bytes:
    rows = [
        ("ＮＯ", "氏　名", "ﾌﾘｶﾞﾅ", "ＴＥＬ", "依頼日"),
        ("１", "山田　太郎", "ﾔﾏﾀﾞ ﾀﾛｳ", "０５４－６２６－０００１", "Ｒ８．４．１"),
        ("２", "佐藤　花子", "さとう　はなこ", "（０５４）６２６ー０００２", "２０２６年４月１日"),
    ]
    return text_file(rows, "cp932")


def _blank_header() -> bytes:
    rows = [
        (None, "氏名", None, "電話番号", None),
        (1, "山田 太郎", "会長", "054-626-0001", None),
        (),
        (2, "佐藤 花子", "会計", "054-626-0002", "済"),
    ]
    return workbook(rows)


def _two_people() -> bytes:
    rows = [
        ("自治会名", "氏名", "電話番号"),
        ("若葉町自治会", "山田・佐藤", "054-626-0001"),
        ("港町自治会", "林 誠、林 恵", "054-626-0002"),
        ("浜町自治会", "森 進\n原 実", "054-626-0003"),
        ("東町自治会", "12345", "054-626-0004"),
        ("西町自治会", "=cmd|' /C calc'!A0", "054-626-0005"),
        ("若葉小学校", "若葉小学校PTA", "054-626-0006"),
    ]
    return text_file(rows, "utf-8")


def _eaten_zeros() -> bytes:
    rows = [
        ("氏名", "電話番号", "携帯電話"),
        ("山田 太郎", 546260001, 9012345678),
        ("佐藤 花子", 6260002, None),
        ("林 誠", 546260003, 9011112222),
    ]

    def change(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet["B4"].number_format = "0000000000"
        sheet["C4"].number_format = "00000000000"

    return workbook(rows, change=change)


def _formulas() -> bytes:
    rows = [
        ("氏名", "電話番号", "備考"),
        ('=A9&" 太郎"', "054-626-0001", None),
        ("佐藤 花子", "054-626-0002", "=VLOOKUP(A3,D:E,2,0)"),
    ]
    return workbook(rows)


def _graph_paper() -> bytes:
    def change(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        for index in range(1, 41):
            letter = openpyxl.utils.get_column_letter(index)
            sheet.column_dimensions[letter].width = 1.6

    row = [None] * 40
    row[0], row[10], row[39] = "氏名", "電話番号", "印"
    return workbook([row], merged=["A1:C1", "K1:P1"], change=change)


def _no_header() -> bytes:
    return workbook([(1, "山田 太郎", "054-626-0001"), (2, "佐藤 花子", "054-626-0002")])


def _roster(form: RosterFormat) -> bytes:
    person = RosterRow(
        number=1,
        holder=Holder(person_id=UUID(int=1)),
        name="髙橋 京子",
        kana="たかはし きょうこ",
        post="みなと町自治会\n会長",
        areas="みなと町自治会\n若葉町自治会",
        phone="054-000-1001\n090-1234-5678",
        concurrent="民生委員\n少年警察補導員",
        boxes="若葉駅前交番",
        asked_on=dt.date(2024, 4, 1),
        remark="電話は夕方",
    )
    group = replace(
        person,
        number=2,
        holder=Holder(organization_id=UUID(int=2)),
        name="みなと商店会",
        kana="みなとしょうてんかい",
        post="事務局長\n林 誠",
        concurrent="",
        remark="=1+1",
    )
    return write_file(
        Draft(
            number="令和8-0012",
            purpose="第３回地域安全の会",
            format=form,
            roster=Roster(RosterProfile.STATION, dt.date(2026, 11, 20), (person, group), 0),
            office="若葉署地域課",
            made_by="若葉署地域課",
            made_at=dt.datetime(2026, 11, 20, 5, 5, tzinfo=dt.UTC),
        )
    )


SAMPLES: dict[str, Callable[[], bytes]] = {
    "plain_list.xlsx": _plain_list,
    "title_rows.xlsx": _title_rows,
    "two_row_header.xlsx": _two_row_header,
    "merged_body.xlsx": _merged_body,
    "ditto_cp932.csv": _ditto,
    "several_phones_utf8_bom.csv": _several_phones,
    "names_in_parts_half_width_kana_cp932.csv": _names_in_parts,
    "excel_readings.xlsx": _excel_readings,
    "dates.xlsx": _dates,
    "totals_and_notes.xlsx": _totals_and_notes,
    "hidden_and_struck.xlsx": _hidden,
    "unicode_text_utf16.txt": _unicode_text,
    "honorifics_and_titles.xlsx": _honorifics,
    "rare_characters.xlsx": _rare_characters,
    "full_width_cp932.csv": _full_width,
    "blank_header.xlsx": _blank_header,
    "two_people_in_a_cell_utf8.csv": _two_people,
    "eaten_zeros.xlsx": _eaten_zeros,
    "formulas_without_values.xlsx": _formulas,
    "graph_paper.xlsx": _graph_paper,
    "no_header.xlsx": _no_header,
    "our_roster.xlsx": partial(_roster, RosterFormat.XLSX),
    "our_roster_utf8.csv": partial(_roster, RosterFormat.CSV),
    "our_roster_cp932.csv": partial(_roster, RosterFormat.CSV_CP932),
}
