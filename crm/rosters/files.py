"""The roster as a file: a sheet to work with, or paper to hand out; always in Japanese."""

from collections.abc import Sequence

from crm.approvals.models import STEP_ACT_LABELS
from crm.formats.delimited import Encoding, unwritable, write_table
from crm.formats.errors import UnprintableDocument
from crm.formats.pdf import render_pdf
from crm.formats.xlsx import Sheet, SheetColumn, write_sheet
from crm.kernel.clock import JST
from crm.kernel.wareki import wareki
from crm.rosters.columns import RosterColumn, paper_columns, sheet_columns
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.rows import RosterRow
from crm.rosters.service import Draft

TITLE = "地域安全連絡員一覧表"
FOOT = "（敬称略）"
CAUTIONS = {
    RosterProfile.STATION: "取扱注意・署内限り",
    RosterProfile.MEETING: "取扱注意",
}
MEDIA_TYPES = {
    RosterFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    RosterFormat.PDF: "application/pdf",
    RosterFormat.CSV: "text/csv; charset=utf-8",
    RosterFormat.CSV_CP932: "text/csv; charset=windows-31j",
}
ENCODINGS: dict[RosterFormat, Encoding] = {
    RosterFormat.CSV: "utf-8-sig",
    RosterFormat.CSV_CP932: "cp932",
}
PDF_TIMEOUT_S = 120.0


def write_file(draft: Draft) -> bytes:
    """Write the file a draft asks for.

    Raises UnprintableDocument when it cannot be made, and when Shift_JIS lacks characters of it and
    nobody agreed to have them replaced.
    """
    if draft.format is RosterFormat.PDF:
        return render_pdf(
            "roster", _paper(draft), timeout_s=PDF_TIMEOUT_S, created_at=draft.made_at
        )
    if draft.format in ENCODINGS:
        return _write_text(draft, ENCODINGS[draft.format])
    return write_sheet(_sheet(draft), now=draft.made_at)


def file_name(number: str, form: RosterFormat) -> str:
    """Return the name a file is saved under; it names nobody."""
    return f"{TITLE}_{number}.{suffix(form)}"


def suffix(form: RosterFormat) -> str:
    """Return how the names of such files end."""
    return "csv" if form in ENCODINGS else form.value


def _write_text(draft: Draft, encoding: Encoding) -> bytes:
    """Write the rows of the sheet, and under them what every copy must say of itself."""
    sheet = _sheet(draft)
    header = [column.label for column in sheet.columns]
    rest = [""] * (len(header) - 1)
    said = [[line, *rest] for line in (*sheet.header_lines, *sheet.footer_lines)]
    rows = [*sheet.rows, *said]
    if encoding == "cp932" and not draft.may_replace:
        lost = unwritable(str(cell) for row in rows for cell in row)
        if lost:
            raise UnprintableDocument(
                "Shift_JISでは書けない文字があります：%(characters)s。"
                "「書けない文字を〓に置き換える」を選ぶか、別の形式にしてください。",
                characters="、".join(lost),
            )
    return write_table(header, rows, encoding=encoding)


def _paper(draft: Draft) -> dict[str, object]:
    columns = paper_columns(draft.roster.profile)
    return {
        "title": TITLE,
        "as_of": f"{wareki(draft.roster.day)}現在",
        "unit": draft.office,
        "number": draft.number,
        "purpose": draft.purpose,
        "issued_at": _made_at(draft),
        "issued_by": draft.made_by,
        "caution": CAUTIONS[draft.roster.profile],
        "watermark": _watermark(draft),
        "terms": _terms(draft),
        "stamps": _stamps(draft),
        "columns": [
            {"key": each.key, "label": each.label, "width": each.paper, "align": each.align}
            for each in columns
        ],
        "rows": [_printed(columns, row) for row in draft.roster.rows],
        "counts": _counts(draft),
        "foot": FOOT,
    }


def _printed(columns: Sequence[RosterColumn], row: RosterRow) -> dict[str, str]:
    return {"kana": row.kana, **{column.key: column.text(row) for column in columns}}


def _sheet(draft: Draft) -> Sheet:
    roster, caution = draft.roster, CAUTIONS[draft.roster.profile]
    columns = sheet_columns(roster.profile)
    return Sheet(
        title=TITLE,
        columns=[SheetColumn(each.label, each.sheet, each.align) for each in columns],
        rows=[[column.read(row) for column in columns] for row in roster.rows],
        header_lines=(
            caution,
            f"{wareki(roster.day)}現在　{draft.office}",
        ),
        footer_lines=(
            f"{_counts(draft)}　{FOOT}",
            f"作成目的：{draft.purpose}　　一覧表番号：{draft.number}",
            f"作成日時：{_made_at(draft)}　　作成者の所属：{draft.made_by}",
            *_terms(draft),
        ),
        page_note=f"{caution}　作成目的：{draft.purpose}　一覧表番号：{draft.number}",
        watermark="　".join(_watermark(draft)) if draft.slip else "",
        properties={
            "title": f"{TITLE}　{wareki(roster.day)}現在",
            "subject": f"作成目的：{draft.purpose}",
            "author": draft.office,
            "comments": "　　".join([f"一覧表番号：{draft.number}", *_terms(draft)]),
            "keywords": draft.slip.number if draft.slip else "",
        },
    )


def _watermark(draft: Draft) -> list[str]:
    """Return what stands across every page: the number above all, then who, when and why."""
    number = draft.slip.number if draft.slip else draft.number
    return [number, draft.made_by, _made_at(draft), draft.purpose]


def _stamps(draft: Draft) -> list[dict[str, str]]:
    """Return the boxes of the 決裁欄; on what residents see stands the number alone, no name."""
    decision = draft.slip.decision if draft.slip else None
    if decision is None or draft.roster.profile is not RosterProfile.STATION:
        return []
    return [
        {
            "post": each.post,
            "name": each.name,
            "day": each.day,
            "mark": STEP_ACT_LABELS[each.mark] if each.mark else "",
        }
        for each in decision.stamps
    ]


def _terms(draft: Draft) -> list[str]:
    """Return what whoever holds the file must know: its number, whom it is for, what is asked."""
    slip = draft.slip
    if slip is None:
        return []
    asked = [
        *([f"条件：{slip.conditions}"] if slip.conditions else []),
        *([f"返却・廃棄の期限：{wareki(slip.return_on)}"] if slip.return_on else []),
    ]
    decided = f"　　決裁：{slip.decision.number}" if slip.decision else ""
    lines = [f"書出番号：{slip.number}　　提供先：{slip.recipient}{decided}"]
    return [*lines, "　　".join(asked)] if asked else lines


def _counts(draft: Draft) -> str:
    return f"個人 {draft.roster.persons}名　団体 {draft.roster.organizations}団体"


def _made_at(draft: Draft) -> str:
    local = draft.made_at.astimezone(JST)
    return f"{wareki(local.date())}{local.hour}時{local.minute:02d}分"
