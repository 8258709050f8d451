"""Rows of a list of people, read into plain values; what was done or is doubtful is said."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from crm.intake.cells import Cells, grouped, read_cells, why_nobody
from crm.intake.headers import Meaning
from crm.intake.names import Name, Standing, is_kana, read_name, read_parts
from crm.intake.remarks import Remark
from crm.intake.sheets import Table
from crm.intake.values import (
    accepted_in,
    day_in,
    items_in,
    organization_and_post,
    phones_in,
    term_in,
)
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.kana import normalize_kana
from crm.kernel.phone import Phone
from crm.kernel.text import split_name

__all__ = ["Line", "PersonRow", "Rejected", "Remark", "Skipped", "Standing", "rows_of"]

LONGEST = {
    Meaning.ADDRESS: 200,
    Meaning.ORGANIZATION: 160,
    Meaning.POST: 80,
    Meaning.BOX: 120,
    Meaning.REMARK: 500,
}
MAX_KANA = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person, or an organization, as one row of a list gives them; empty text is not told.

    `name` is the cell as typed. Of an organization the whole name is in `family`, its reading in
    `family_kana`. `accepted` is None where the list has no such column or the cell is blank.
    """

    number: int
    name: str
    family: str
    given: str = ""
    family_kana: str = ""
    given_kana: str = ""
    is_organization: bool = False
    list_number: str = ""
    organization: str = ""
    post: str = ""
    concurrent: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    address: str = ""
    areas: tuple[str, ...] = ()
    box: str = ""
    asked_on: dt.date | None = None
    accepted: bool | None = None
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    standing: Standing | None = None
    remark: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is nobody: a total, a section's title, a line at the foot."""

    number: int
    reason: Remark


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row about somebody that cannot be taken in before it is corrected."""

    number: int
    reason: Remark


Line = PersonRow | Skipped | Rejected


def rows_of(table: Table, *, area_code: str = "") -> Iterator[Line]:
    """Read each row below the header; `area_code` (市外局番) completes local numbers."""
    above: dict[int, str] = {}
    expected = 0
    for row, more in grouped(table.rows, table):
        if row.number != expected:
            above = {}  # 〃 never reaches over a blank row
        expected = (more[-1] if more else row).number + 1
        nobody = why_nobody(row, table)
        if nobody:
            above = {}
            yield Skipped(row.number, nobody)
            continue
        try:
            cells = read_cells(row, more, table, above)
            above = cells.texts
            yield _person(cells, area_code)
        except Refused as refusal:
            yield Rejected(row.number, Remark(row.number, refusal.message, refusal.facts))


def _person(cells: Cells, area_code: str) -> PersonRow:
    name = _name(cells)
    family_kana, given_kana = _kana(cells, name)
    organization, post = _organization_and_post(cells, name)
    from_on, to_on = _term(cells)
    phones = tuple(phones_in(_phone_cells(cells), area_code, cells.remarks))
    return PersonRow(
        number=cells.row.number,
        name=_as_typed(cells),
        family=name.family,
        given=name.given,
        family_kana=family_kana,
        given_kana=given_kana,
        is_organization=name.is_group,
        list_number=cells.first(Meaning.NUMBER),
        organization=organization,
        post=post,
        concurrent=items_in(text for _, text in cells.all(Meaning.CONCURRENT)),
        phones=phones,
        address=_fitting(cells, Meaning.ADDRESS),
        areas=items_in(text for _, text in cells.all(Meaning.AREAS)),
        box=_fitting(cells, Meaning.BOX),
        asked_on=_day(cells, Meaning.ASKED_ON),
        accepted=accepted_in(
            cells.label(Meaning.ACCEPTED), cells.first(Meaning.ACCEPTED), cells.remarks
        ),
        from_on=from_on,
        to_on=to_on,
        standing=name.standing,
        remark=_remark(cells, name),
        remarks=cells.remarks.all(),
    )


def _name(cells: Cells) -> Name:
    whole = cells.first(Meaning.NAME)
    if whole:
        return read_name(whole, cells.first(Meaning.KIND), cells.remarks)
    family, given = cells.first(Meaning.FAMILY), cells.first(Meaning.GIVEN)
    if given:
        return read_parts(family, given, cells.remarks)
    return read_name(family, cells.first(Meaning.KIND), cells.remarks)


def _as_typed(cells: Cells) -> str:
    parts = (cells.first(Meaning.NAME, Meaning.FAMILY), cells.first(Meaning.GIVEN))
    return " ".join(part for part in parts if part)


def _kana(cells: Cells, name: Name) -> tuple[str, str]:
    """Return the reading: the list's own column first, then brackets, then the spreadsheet's."""
    family = normalize_kana(cells.first(Meaning.FAMILY_KANA))
    given = normalize_kana(cells.first(Meaning.GIVEN_KANA))
    if not family:
        whole = cells.first(Meaning.KANA) or name.kana or _kept_reading(cells, name)
        whole = normalize_kana(whole)
        family, given = (whole, "") if name.is_group else split_name(whole)
    _require_short(family, given)
    reading = f"{family} {given}".strip()
    if reading and not name.is_group and not is_kana(reading):
        cells.remarks.say(N_("ふりがな「%(text)s」にかな以外の文字があります。"), text=reading)
    elif name.given and family and not given:
        cells.remarks.say(N_("ふりがなを氏と名に分けられません。"))
    return family, given


def _require_short(family: str, given: str) -> None:
    if max(len(family), len(given)) > MAX_KANA:
        raise Refused("ふりがなが長すぎます（%(limit)s文字まで）。", limit=MAX_KANA)


def _kept_reading(cells: Cells, name: Name) -> str:
    """Return what the typist's own input left with the cell (rPh), where it is a whole reading."""
    kept = [cells.reading(each) for each in (Meaning.NAME, Meaning.FAMILY, Meaning.GIVEN)]
    reading = normalize_kana(" ".join(each for each in kept if each))
    whole = "".join(_as_typed(cells).split()) == "".join(f"{name.family}{name.given}".split())
    if not whole or not is_kana(reading) or is_kana(normalize_kana(name.family)):
        return ""
    cells.remarks.say(
        N_("ふりがなは、Excelに残っていた入力時の読み（%(text)s）です。確認してください。"),
        text=reading,
    )
    return reading


def _organization_and_post(cells: Cells, name: Name) -> tuple[str, str]:
    both = cells.first(Meaning.ORGANIZATION_AND_POST)
    organization, post = organization_and_post(both) if both and not name.is_group else ("", both)
    organization = organization or _fitting(cells, Meaning.ORGANIZATION)
    post = " ".join(post.split()) or _fitting(cells, Meaning.POST) or name.post
    if len(organization) > LONGEST[Meaning.ORGANIZATION] or len(post) > LONGEST[Meaning.POST]:
        raise Refused("所属又は役職が長すぎます。列の選び方を確認してください。")
    return organization, post


def _phone_cells(cells: Cells) -> Iterator[tuple[str, str, bool]]:
    for column, text in cells.all(Meaning.PHONE, Meaning.MOBILE, Meaning.FAX):
        yield column.label, text, column.meaning is Meaning.FAX


def _day(cells: Cells, meaning: Meaning) -> dt.date | None:
    return day_in(
        cells.label(meaning),
        cells.first(meaning),
        is_date=cells.is_date(meaning),
        remarks=cells.remarks,
    )


def _term(cells: Cells) -> tuple[dt.date | None, dt.date | None]:
    first, last = term_in(cells.label(Meaning.TERM), cells.first(Meaning.TERM), cells.remarks)
    first, last = _day(cells, Meaning.FROM_ON) or first, _day(cells, Meaning.TO_ON) or last
    if first and last and last < first:
        raise Refused("任期の終了日が開始日より前です。")
    return first, last


def _fitting(cells: Cells, meaning: Meaning) -> str:
    text = cells.first(meaning)
    if len(text) > LONGEST[meaning]:
        raise Refused(
            "「%(label)s」が長すぎます（%(limit)s文字まで）。",
            label=cells.label(meaning),
            limit=LONGEST[meaning],
        )
    return text


def _remark(cells: Cells, name: Name) -> str:
    told = [text for _, text in cells.all(Meaning.REMARK) if text]
    text = "\n".join(dict.fromkeys([*told, name.note] if name.note else told))
    if len(text) > LONGEST[Meaning.REMARK]:
        raise Refused("備考が長すぎます（%(limit)s文字まで）。", limit=LONGEST[Meaning.REMARK])
    return text
