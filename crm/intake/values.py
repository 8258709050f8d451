"""The other cells of a row of a list: numbers, days, marks and lists, read or doubted."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from crm.intake.names import TITLE, title_in
from crm.intake.remarks import Remarks
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.phone import Phone, PhoneKind, national, read_phones
from crm.kernel.wareki import DateProblem, parse_date

YES = frozenset("○◯〇◎●レ✓✔済有可要") | {
    "承諾",
    "同意",
    "承諾済",
    "同意済",
    "はい",
    "あり",
    "有り",
    "承諾あり",
    "yes",
    "ok",
    "true",
    "1",
}
NO = frozenset("×✕✗無未否不") | {
    "拒否",
    "不承諾",
    "未承諾",
    "不同意",
    "未同意",
    "いいえ",
    "なし",
    "無し",
    "未定",
    "保留",
    "辞退",
    "no",
    "false",
    "0",
}
SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
UNTIL = re.compile(r"\s*(?:[~〜]|から|ヨリ|より)\s*|(?<=日)\s*[-ー―−]\s*")
LIST_ENDS = re.compile(r"[\n、，;；]+|,(?!\d)")
PLACES = ("自宅", "勤務先", "職場", "会社", "事務所", "携帯")
MAX_PHONE = 80


def phones_in(
    cells: Iterable[tuple[str, str, bool]], area_code: str, remarks: Remarks
) -> Iterator[Phone]:
    """Read numbers from cells given with their column's label, and whether it is one of faxes."""
    seen: set[tuple[str, str | None, bool]] = set()
    for label, cell, is_fax in cells:
        for phone in read_phones(cell, area_code=area_code or None):
            if len(phone.raw) > MAX_PHONE:
                raise Refused("電話番号の欄が長すぎます（%(limit)s文字まで）。", limit=MAX_PHONE)
            place = next((each for each in PLACES if each in label), "")
            whole = replace(phone, label=phone.label or place)
            if is_fax and phone.e164:
                whole = replace(whole, kind=PhoneKind.FAX)
            key = (whole.e164 or whole.raw, whole.extension, whole.kind is PhoneKind.FAX)
            if key not in seen:
                seen.add(key)
                _say_doubts(whole, remarks)
                yield whole


def day_in(label: str, text: str, *, is_date: bool, remarks: Remarks) -> dt.date | None:
    """Read a day; what names none for certain is left out with a remark."""
    if not text:
        return None
    if is_date:
        return dt.date.fromisoformat(text)
    plain = unicodedata.normalize("NFKC", text)
    if SERIAL.fullmatch(plain):
        remarks.say(
            N_("「%(label)s」の「%(text)s」は日付の書式ではないため、読み取りませんでした。"),
            label=label,
            text=text,
        )
        return None
    day, problem = parse_date(text)
    if problem:
        remarks.say(DATE_PROBLEMS[problem], label=label, text=text)
    return day


def term_in(label: str, text: str, remarks: Remarks) -> tuple[dt.date | None, dt.date | None]:
    """Read the two days of 「令和6年4月1日～令和8年3月31日」."""
    ends = UNTIL.split(unicodedata.normalize("NFKC", text).removesuffix("まで").strip(), 1)
    if not text:
        return None, None
    if len(ends) == 1:
        remarks.say(DATE_PROBLEMS[DateProblem.UNREADABLE], label=label, text=text)
        return None, None
    first, last = (
        day_in(label, each.strip(), is_date=False, remarks=remarks) if each.strip() else None
        for each in ends
    )
    return first, last


def accepted_in(label: str, text: str, remarks: Remarks) -> bool | None:
    """Read whether somebody has accepted; a blank says nothing."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    marks = {unicodedata.normalize("NFKC", each): True for each in YES}
    marks |= {unicodedata.normalize("NFKC", each): False for each in NO}
    if plain and plain not in marks:
        remarks.say(
            N_("「%(label)s」の「%(text)s」が承諾かどうか分かりません。"), label=label, text=text
        )
    return marks.get(plain)


def items_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the items of cells that list several, each once."""
    found = (item.strip() for text in texts for item in LIST_ENDS.split(text))
    return tuple(dict.fromkeys(item for item in found if item))


def organization_and_post(text: str) -> tuple[str, str]:
    """Part 「若葉町自治会(改行)会長」 or 「若葉町自治会 会長」; of one word tell which it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return lines[0], " ".join(lines[1:])
    whole = " ".join(lines)
    before, _, last = whole.replace("　", " ").rpartition(" ")
    if before and re.fullmatch(rf".*{TITLE}(?:代理)?", last):
        return before.strip(), last
    return ("", whole) if title_in(whole) else (whole, "")


DATE_PROBLEMS = {
    DateProblem.AMBIGUOUS: N_(
        "「%(label)s」の「%(text)s」は元号がないため、読み取りませんでした。"
    ),
    DateProblem.OUTSIDE_ERA: N_(
        "「%(label)s」の「%(text)s」は元号の期間の外です。日付を確認してください。"
    ),
    DateProblem.INVALID: N_("「%(label)s」の「%(text)s」という日はありません。"),
    DateProblem.UNREADABLE: N_("「%(label)s」の「%(text)s」は日付として読めません。"),
}


def _say_doubts(phone: Phone, remarks: Remarks) -> None:
    if phone.warning:
        remarks.say(phone.warning)
    if phone.completed and phone.e164:
        remarks.say(N_("電話番号に市外局番を補いました（%(phone)s）。"), phone=national(phone.e164))
