"""The worksheet of a leak as a workbook: reference numbers, fields, times and staff."""

import datetime as dt

from crm.formats.xlsx import Sheet, SheetColumn, write_sheet
from crm.kernel.clock import JST
from crm.kernel.i18n import translate
from crm.oversight.leak_queries import Worksheet
from crm.oversight.models import LEAK_SOURCE_LABELS, LeakCase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "漏えい等調査票"
COLUMNS = (
    SheetColumn("整理番号", 40),
    SheetColumn("区分", 12),
    SheetColumn("漏えいしたおそれのある項目", 40),
    SheetColumn("最初の閲覧", 20),
    SheetColumn("最後の閲覧", 20),
    SheetColumn("回数", 8, "right"),
    SheetColumn("閲覧した職員", 30),
)
KINDS = {"person": "個人", "organization": "団体", "contact": "提供を受けた連絡先"}


def worksheet_file(case: LeakCase, worksheet: Worksheet, source: str, *, now: dt.datetime) -> bytes:
    """Write the worksheet; the same facts and time give the same bytes."""
    rows = [
        (
            str(one.subject[1]),
            KINDS[one.subject[0]],
            one.words,
            _jst(one.first_at),
            _jst(one.last_at),
            one.times,
            "、".join(sorted(one.actors)),
        )
        for one in worksheet.exposures
    ]
    sheet = Sheet(
        TITLE,
        COLUMNS,
        rows,
        header_lines=(
            f"{case.number}　作成：{case.recorder_name}",
            f"{translate(LEAK_SOURCE_LABELS[case.source_kind])}：{source}",
            f"期間：{_jst(case.since)}～{_jst(case.until)}",
        ),
        footer_lines=(
            f"個人{worksheet.persons}名、団体{worksheet.organizations}団体",
            f"監査記録{worksheet.entries}件から作成",
        ),
        page_note=case.number,
        properties={"title": f"{TITLE} {case.number}"},
    )
    return write_sheet(sheet, now=now)


def _jst(at: dt.datetime) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M}"
