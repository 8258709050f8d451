"""The cells of one row by what they mean: 〃 copied, merged cells filled, rows of nobody told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crm.formats.workbook import CellFlag, SheetRow
from crm.intake.headers import Meaning
from crm.intake.names import NOBODY
from crm.intake.remarks import Remark, Remarks
from crm.intake.sheets import Column, Table
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.kana import normalize_kana

DITTO = frozenset({"〃", "″", "”", '"', "〃〃", "同上", "々", "仝", "「", "」", "''", "””"})
TOTAL = re.compile(
    r"(?:合計|小計|総計|累計|計|再掲)(?:[:：]?\d+(?:名|人|件|団体|世帯)?)?|再掲.*|"
    r"[^\d]{0,12}(?:合計|小計|計)[:：]?\d+(?:名|人|件|団体|世帯)?"
)
FOOT = re.compile(
    r".*敬称略.*|※.*|[（(]?注[\d)）:：].*|以上|以下余白|.*現在$|作成(?:目的|日時?|者).*|取扱注意.*"
)
SECTION = re.compile("[【［\\[〔<＜■◆●○◇□].*")
NAMES = (Meaning.NAME, Meaning.FAMILY)


@dataclass(slots=True)
class Cells:
    """The cells of one row and of those it continues in, by the index of their columns."""

    row: SheetRow
    table: Table
    remarks: Remarks
    texts: dict[int, str]
    more: list[SheetRow] = field(default_factory=list)

    def first(self, *meanings: Meaning) -> str:
        """Return the text of the one column that means any of `meanings`, or nothing."""
        return next((text for _, text in self.all(*meanings) if text), "")

    def all(self, *meanings: Meaning) -> Iterator[tuple[Column, str]]:
        """Return every text under columns of these meanings, those of continuing rows too."""
        for column in self.table.labels_of(*meanings):
            yield column, self.texts.get(column.index, "")
            for row in self.more:
                if not row.has(column.index, CellFlag.DOWN):
                    yield column, row.text(column.index).strip()

    def label(self, meaning: Meaning) -> str:
        """Return how the sheet calls the column of a meaning."""
        return next((column.label for column in self.table.labels_of(meaning)), "")

    def is_date(self, meaning: Meaning) -> bool:
        """Tell whether the cell is a day by its number format."""
        columns = self.table.labels_of(meaning)
        return any(self.row.has(column.index, CellFlag.DATE) for column in columns)

    def reading(self, meaning: Meaning) -> str:
        """Return the reading the spreadsheet keeps with a cell."""
        columns = self.table.labels_of(meaning)
        return next((self.row.reading(column.index) for column in columns), "")


def grouped(rows: Sequence[SheetRow], table: Table) -> Iterator[tuple[SheetRow, list[SheetRow]]]:
    """Pair each row with those below into which its name is merged: they tell of the same one."""
    name = table.labels_of(*NAMES)[0].index
    waiting: list[SheetRow] = []
    for row in rows:
        if waiting and row.has(name, CellFlag.DOWN):
            waiting.append(row)
            continue
        if waiting:
            yield waiting[0], waiting[1:]
        waiting = [row]
    if waiting:
        yield waiting[0], waiting[1:]


def read_cells(row: SheetRow, more: list[SheetRow], table: Table, above: dict[int, str]) -> Cells:
    """Read the cells that mean something, 〃 replaced by what `above` says.

    Raises Refused where a cell that is needed was lost in the file.
    """
    remarks = Remarks(row.number)
    texts = {
        column.index: _text(row, column, above, remarks)
        for column in table.columns
        if column.meaning
    }
    if row.hidden:
        remarks.say(N_("シートで非表示になっている行です。"))
    return Cells(row, table, remarks, texts, more)


def why_nobody(row: SheetRow, table: Table) -> Remark | None:
    """Return why a row is nobody's, or None for a row about somebody."""
    own = [text for text in _own_texts(row) if text]
    name = "".join(row.text(column.index).strip() for column in table.labels_of(*NAMES))
    first = "".join(own[0].split()) if own else ""
    if any(TOTAL.fullmatch("".join(text.split())) for text in own[:2]):
        return Remark(row.number, N_("合計などの行のため、対象外です。"))
    if FOOT.fullmatch(first) and len(own) <= 2:  # noqa: PLR2004 - a line, at most with its number
        return Remark(row.number, N_("一覧の欄外の行のため、対象外です。"))
    if _repeats_header(row, table):
        return Remark(row.number, N_("見出しの繰り返しのため、対象外です。"))
    if "".join(name.split()) in NOBODY:
        return Remark(row.number, N_("「%(text)s」のため、対象外です。"), {"text": name})
    if len(own) <= 1 and (not _name_is_own(row, table) or SECTION.fullmatch(first)):
        return Remark(row.number, N_("氏名のない行のため、対象外です。"))
    return None


def _text(row: SheetRow, column: Column, above: dict[int, str], remarks: Remarks) -> str:
    index = column.index
    text = row.text(index).strip()
    _refuse_lost(row, column, text)
    if row.has(index, CellFlag.ACROSS):
        return ""
    if row.has(index, CellFlag.DOWN):
        remarks.say(N_("「%(label)s」は結合されたセルの値です。"), label=column.label)
    if row.has(index, CellFlag.STRUCK):
        remarks.say(
            N_("「%(label)s」に取り消し線があります。現在の状況を確認してください。"),
            label=column.label,
        )
    if row.has(index, CellFlag.UNCALCULATED) and column.meaning not in NAMES:
        remarks.say(
            N_("「%(label)s」は計算式の結果が保存されていないため、読み取れません。"),
            label=column.label,
        )
    return _copied(text, column, above, remarks) if text in DITTO else text


def _copied(text: str, column: Column, above: dict[int, str], remarks: Remarks) -> str:
    if column.meaning is Meaning.NAME:
        raise Refused("氏名の欄が「%(text)s」です。氏名を書いてください。", text=text)
    copied = above.get(column.index, "")
    if copied:
        remarks.say(
            N_("「%(label)s」の「%(text)s」を上の行の「%(copied)s」に置き換えました。"),
            label=column.label,
            text=text,
            copied=copied,
        )
    else:
        remarks.say(
            N_("「%(label)s」の「%(text)s」は、すぐ上に写す値がないため空にしました。"),
            label=column.label,
            text=text,
        )
    return copied


def _refuse_lost(row: SheetRow, column: Column, text: str) -> None:
    if row.has(column.index, CellFlag.CUT):
        raise Refused(
            "「%(label)s」の文字が多すぎます。列の選び方を確認してください。", label=column.label
        )
    if row.has(column.index, CellFlag.UNCALCULATED) and column.meaning in NAMES:
        raise Refused(
            "氏名が計算式で、その結果が保存されていません。Excelで開いて保存し直してください。"
        )
    if row.has(column.index, CellFlag.ERROR):
        raise Refused(
            "「%(label)s」が計算エラー（%(text)s）です。値を直してください。",
            label=column.label,
            text=text,
        )


def _own_texts(row: SheetRow) -> list[str]:
    """Return the texts written in the row itself, not filled in from merged cells."""
    return [
        text.strip()
        for index, text in enumerate(row.texts)
        if not (row.has(index, CellFlag.ACROSS) or row.has(index, CellFlag.DOWN))
    ]


def _name_is_own(row: SheetRow, table: Table) -> bool:
    """Tell whether a name is written in the row, be it as a formula."""
    return any(
        (row.text(column.index).strip() and not row.has(column.index, CellFlag.ACROSS))
        or row.has(column.index, CellFlag.UNCALCULATED)
        for column in table.labels_of(*NAMES)
    )


def _repeats_header(row: SheetRow, table: Table) -> bool:
    told = [column for column in table.columns if column.meaning and column.label]
    same = sum(_plain(row.text(column.index)) == _plain(column.label) for column in told)
    return same >= 2  # noqa: PLR2004 - one cell may chance to say what its header says


def _plain(text: str) -> str:
    return "".join(normalize_kana(text).split())
