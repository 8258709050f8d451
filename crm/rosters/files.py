"""The roster as a file: a sheet to work with, or paper to hand out; always in Japanese."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from crm.formats.delimited import Encoding, unwritable, write_table
from crm.formats.errors import UnprintableDocument
from crm.formats.imprint import minute
from crm.formats.pdf import printable, render_pdf
from crm.formats.vcards import Card, Version, write_cards
from crm.formats.xlsx import Sheet, SheetColumn, write_sheet
from crm.kernel.wareki import wareki
from crm.rosters.columns import CardField, RosterColumn, paper_columns, sheet_columns
from crm.rosters.comparing import DIFFERENCE_LABELS, ChangedLine, Changes
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.rows import RosterRow
from crm.rosters.service import Draft

TITLE = "地域安全連絡員一覧表"
REMARK = "（敬称略）"
SEATING_TITLE = "座席表"
CHANGES_TITLE = "変更表"
CHANGES_NOTE = "終了した方は、前回の一覧表の番号だけを示します。"
CAUTIONS = {
    RosterProfile.STATION: "取扱注意・署内限り",
    RosterProfile.MEETING: "取扱注意",
    RosterProfile.MUNICIPALITY: "取扱注意・提供先限り",
    RosterProfile.SEATING: "取扱注意",
}
MEDIA_TYPES = {
    RosterFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    RosterFormat.PDF: "application/pdf",
    RosterFormat.CSV: "text/csv; charset=utf-8",
    RosterFormat.CSV_CP932: "text/csv; charset=windows-31j",
    RosterFormat.VCARD4: "text/vcard; charset=utf-8",
    RosterFormat.VCARD3: "text/vcard; charset=utf-8",
}
ENCODINGS: dict[RosterFormat, Encoding] = {
    RosterFormat.CSV: "utf-8-sig",
    RosterFormat.CSV_CP932: "cp932",
}
CARDS: dict[RosterFormat, Version] = {RosterFormat.VCARD4: "4.0", RosterFormat.VCARD3: "3.0"}
PDF_TIMEOUT_S = 120.0
INDEXED_FROM = 16
"""Rows from which paper has an index of あかさたな or of areas: more than its first page holds."""
SEATS_ACROSS = 5
CHANGES_COLUMNS = (
    SheetColumn("区別", 8, "center"),
    SheetColumn("前回の番号", 11, "right"),
    SheetColumn("今回の番号", 11, "right"),
    SheetColumn("氏名・団体名", 20),
    SheetColumn("ふりがな", 20),
    SheetColumn("内容", 90),
)


def look_through(draft: Draft, *said: str) -> None:
    """Raise UnprintableText for what no font draws on the paper of `draft`, and of what is `said`.

    Nothing is raised where somebody agreed to have it replaced.
    """
    printable([_on_paper(draft), said], may_replace=draft.may_replace)


def write_file(draft: Draft) -> bytes:
    """Write the file a draft asks for.

    Raises UnprintableDocument when it cannot be made, and when Shift_JIS lacks characters of it and
    nobody agreed to have them replaced; UnprintableText where the fonts of paper do.
    """
    if draft.format is RosterFormat.PDF:
        return render_pdf(
            "roster",
            _on_paper(draft),
            timeout_s=PDF_TIMEOUT_S,
            created_at=draft.made_at,
            may_replace=draft.may_replace,
        )
    if draft.format in ENCODINGS:
        return _write_text(draft, ENCODINGS[draft.format])
    if draft.format in CARDS:
        return write_cards(_cards(draft), version=CARDS[draft.format])
    more = [_changes_sheet(draft, draft.changes)] if draft.changes else []
    return write_sheet(_sheet(draft), *more, now=draft.made_at)


def file_name(number: str, form: RosterFormat) -> str:
    """Return the name a file is saved under; it names nobody."""
    return f"{TITLE}_{number}.{suffix(form)}"


def suffix(form: RosterFormat) -> str:
    """Return how the names of such files end."""
    if form in CARDS:
        return "vcf"
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


def _on_paper(draft: Draft) -> dict[str, object]:
    seats = draft.roster.profile is RosterProfile.SEATING
    return _seating(draft) if seats else _list(draft)


def _list(draft: Draft) -> dict[str, object]:
    roster, columns = draft.roster, paper_columns(draft.roster.profile)
    is_indexed = len(roster.rows) >= INDEXED_FROM
    return {
        **_said_on_every_page(draft),
        "title": TITLE,
        "stamps": _stamps(draft),
        "columns": [
            {"key": each.key, "label": each.label, "width": each.paper, "align": each.align}
            for each in columns
        ],
        "rows": [_printed(columns, row, is_indexed=is_indexed) for row in roster.rows],
        "counts": _counts(draft),
        "remark": REMARK,
        "changes": _changes_paper(draft.changes) if draft.changes else None,
    }


def _seating(draft: Draft) -> dict[str, object]:
    """Return the chart of seats: who sits where, with the post, and nothing else."""
    return {
        **_said_on_every_page(draft),
        "title": SEATING_TITLE,
        "across": SEATS_ACROSS,
        "seats": [
            {"number": str(row.number), "name": row.name, "kana": row.kana, "post": row.post}
            for row in draft.roster.rows
        ],
        "counts": _counts(draft),
        "remark": REMARK,
    }


def _said_on_every_page(draft: Draft) -> dict[str, object]:
    chosen = f"（{draft.roster.chosen}）" if draft.roster.chosen else ""
    return {
        "as_of": f"{wareki(draft.roster.day)}現在{chosen}",
        "unit": draft.office,
        "purpose": draft.purpose,
        "caution": CAUTIONS[draft.roster.profile],
        "watermark": _watermark(draft),
        "foot": _imprint(draft),
    }


def _printed(
    columns: Sequence[RosterColumn], row: RosterRow, *, is_indexed: bool
) -> dict[str, str]:
    cells = {column.key: column.text(row) for column in columns}
    return {"kana": row.kana, "index": row.index if is_indexed else "", **cells}


def _changes_paper(changes: Changes) -> dict[str, object]:
    return {
        "title": CHANGES_TITLE,
        "since": f"前回（{changes.since}）から　{changes.said}",
        "note": CHANGES_NOTE,
        "labels": ["区別", "前回", "今回", "氏名・団体名", "内容"],
        "rows": [
            {
                "difference": DIFFERENCE_LABELS[line.difference],
                "before": "" if line.before is None else str(line.before),
                "number": "" if line.number is None else str(line.number),
                "name": line.row.name if line.row else "",
                "kana": line.row.kana if line.row else "",
                "said": _said(line),
            }
            for line in changes.lines
        ],
    }


def _changes_sheet(draft: Draft, changes: Changes) -> Sheet:
    main = _sheet(draft)
    return replace(
        main,
        title=CHANGES_TITLE,
        columns=CHANGES_COLUMNS,
        rows=[
            [
                DIFFERENCE_LABELS[line.difference],
                line.before,
                line.number,
                line.row.name if line.row else "",
                line.row.kana if line.row else "",
                _said(line),
            ]
            for line in changes.lines
        ],
        header_lines=(main.header_lines[0], f"前回（{changes.since}）から　{changes.said}"),
        footer_lines=(CHANGES_NOTE, *main.footer_lines[1:]),
    )


def _said(line: ChangedLine) -> str:
    return "　".join(f"{label}：{text}" for label, text in line.said)


def _cards(draft: Draft) -> Iterator[Card]:
    """Yield each row as a card, filled from the same columns; what all copies say is its note."""
    columns = [each for each in sheet_columns(draft.roster.profile) if each.card]
    numbered = f"作成目的：{draft.purpose}　　一覧表番号：{draft.number}"
    said = [CAUTIONS[draft.roster.profile], numbered, *_terms(draft)]
    for row in draft.roster.rows:
        filled: dict[CardField | None, list[tuple[str, str]]] = {}
        for column in columns:
            if text := column.text(row):
                filled.setdefault(column.card, []).append((column.label, text))
        yield _card(row, filled, said)


def _card(
    row: RosterRow, filled: Mapping[CardField | None, list[tuple[str, str]]], said: Sequence[str]
) -> Card:
    def only(field: CardField) -> str:
        return "\n".join(text for _, text in filled.get(field, ()))

    name, reading = only(CardField.NAME), only(CardField.READING)
    family, _, given = name.partition(" ") if row.is_person else ("", "", "")
    family_reading, _, given_reading = reading.partition(" ") if row.is_person else ("", "", "")
    notes = [f"{label}：{text}" for label, text in filled.get(CardField.NOTE, ())]
    return Card(
        name=name,
        reading=reading,
        family=family,
        given=given,
        family_reading=family_reading,
        given_reading=given_reading,
        organization="" if row.is_person else name,
        title=only(CardField.TITLE).replace("\n", " "),
        phones=only(CardField.PHONE).split("\n") if CardField.PHONE in filled else (),
        address=only(CardField.ADDRESS),
        note="\n".join([*notes, *said]),
    )


def _sheet(draft: Draft) -> Sheet:
    roster, caution = draft.roster, CAUTIONS[draft.roster.profile]
    columns = sheet_columns(roster.profile)
    chosen = f"（{roster.chosen}）" if roster.chosen else ""
    return Sheet(
        title=TITLE,
        columns=[SheetColumn(each.label, each.sheet, each.align) for each in columns],
        rows=[[column.read(row) for column in columns] for row in roster.rows],
        header_lines=(
            caution,
            f"{wareki(roster.day)}現在{chosen}　{draft.office}",
        ),
        footer_lines=(
            f"{_counts(draft)}　{REMARK}",
            *_imprint(draft),
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
    return [number, draft.made_by, minute(draft.made_at), draft.purpose]


def _imprint(draft: Draft) -> list[str]:
    """Return what stands at the foot of every page: why, its number, when, whose, on what terms."""
    return [
        f"作成目的：{draft.purpose}　　一覧表番号：{draft.number}",
        f"作成日時：{minute(draft.made_at)}　　作成者の所属：{draft.made_by}",
        *_terms(draft),
    ]


def _stamps(draft: Draft) -> list[dict[str, str]]:
    """Return the boxes of the 決裁欄; on what residents see stands the number alone, no name."""
    decision = draft.slip.decision if draft.slip else None
    if decision is None or draft.roster.profile is not RosterProfile.STATION:
        return []
    return decision.printed_stamps


def _terms(draft: Draft) -> list[str]:
    """Return what whoever holds the file must know: its number, whom it is for, what is asked."""
    slip = draft.slip
    if slip is None:
        return list(draft.roster.terms)
    asked = [
        *([f"条件：{slip.conditions}"] if slip.conditions else []),
        *([f"返却・廃棄の期限：{wareki(slip.return_on)}"] if slip.return_on else []),
    ]
    decided = f"　　決裁：{slip.decision.number}" if slip.decision else ""
    lines = [f"書出番号：{slip.number}　　提供先：{slip.recipient}{decided}"]
    return [*lines, *(["　　".join(asked)] if asked else []), *draft.roster.terms]


def _counts(draft: Draft) -> str:
    return f"個人 {draft.roster.persons}名　団体 {draft.roster.organizations}団体"
