"""Every shape of list in the corpus, and the rules a whole file does not show."""

import itertools
from pathlib import Path

import pytest

from crm.formats.workbook import SheetRow
from crm.intake.headers import Meaning
from crm.intake.rows import PersonRow, Rejected, Skipped, rows_of
from crm.intake.sheets import Column, Table
from tests.intake.corpus import SAMPLES, outcome_of

OUTCOMES = Path(__file__).parent / "outcomes.txt"


def expected() -> dict[str, tuple[str, ...]]:
    sections = OUTCOMES.read_text(encoding="utf-8").split("## ")[1:]
    return {
        head: tuple(line for line in lines if line)
        for head, *lines in (section.split("\n") for section in sections)
    }


def test_every_sample_has_its_outcome() -> None:
    assert list(expected()) == list(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_read_as_told(name: str) -> None:
    assert outcome_of(SAMPLES[name]()) == expected()[name]


def line(**cells: str) -> PersonRow | Skipped | Rejected:
    columns = tuple(
        Column(index, name, Meaning(name)) for index, name in enumerate({"name": "", **cells})
    )
    texts = tuple(cells.get(column.label, "") for column in columns)
    [read] = rows_of(Table("", (1,), columns, (SheetRow(2, texts),)))
    return read


def person(**cells: str) -> PersonRow:
    read = line(**{"name": "山田 太郎", **cells})
    assert isinstance(read, PersonRow)
    return read


@pytest.mark.parametrize("honorific", ["様", "殿", "氏", "さん", "先生", "さま"])
@pytest.mark.parametrize("space", ["", " ", "　"])
def test_honorific_is_stripped_and_told(honorific: str, space: str) -> None:
    read = person(name=f"山田 太郎{space}{honorific}")

    assert (read.family, read.given) == ("山田", "太郎")
    assert [each.facts for each in read.remarks] == [{"honorific": honorific}]


@pytest.mark.parametrize("name", ["森 様子", "氏家 誠", "会田 長"])
def test_name_that_only_looks_like_a_title_is_kept(name: str) -> None:
    read = person(name=name)

    assert f"{read.family} {read.given}" == name


def test_title_in_the_name_does_not_replace_the_post_of_the_list() -> None:
    assert person(name="山田 太郎 会長", post="会計").post == "会計"


@pytest.mark.parametrize("ditto", ["〃", "″", "同上", "々", "「", "」", '"'])
def test_ditto_marks_are_copied_only_as_whole_cells(ditto: str) -> None:
    columns = (Column(0, "氏名", Meaning.NAME), Column(1, "役職", Meaning.POST))
    texts = [("山田 太郎", "会長"), ("佐藤 花子", ditto), ("林 誠", f"副{ditto}")]
    rows = tuple(SheetRow(number, each) for number, each in enumerate(texts, 2))

    read = list(rows_of(Table("", (1,), columns, rows)))

    assert [each.post for each in read if isinstance(each, PersonRow)] == [
        "会長",
        "会長",
        f"副{ditto}",
    ]


@pytest.mark.parametrize("between", [None, "合計", "【東地区】"])
def test_ditto_never_reaches_over_a_gap(between: str | None) -> None:
    columns = (Column(0, "氏名", Meaning.NAME), Column(1, "役職", Meaning.POST))
    numbers = itertools.count(2)
    rows = [SheetRow(next(numbers), ("山田 太郎", "会長"))]
    gap = next(numbers)
    if between:
        rows.append(SheetRow(gap, (between,)))
    rows.append(SheetRow(next(numbers), ("佐藤 花子", "〃")))

    read = list(rows_of(Table("", (1,), columns, tuple(rows))))[-1]

    assert isinstance(read, PersonRow)
    assert read.post == ""
    assert "写す値がない" in str(read.remarks[0])


@pytest.mark.parametrize(
    ("text", "organization", "post"),
    [
        ("若葉町自治会\n会長", "若葉町自治会", "会長"),
        ("若葉町自治会　会長", "若葉町自治会", "会長"),
        ("若葉町自治会長", "", "若葉町自治会長"),
        ("若葉町自治会", "若葉町自治会", ""),
        ("", "", ""),
    ],
)
def test_organization_and_post_in_one_cell(text: str, organization: str, post: str) -> None:
    read = person(organization_and_post=text)

    assert (read.organization, read.post) == (organization, post)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        *((text, True) for text in ("○", "〇", "済", "レ", "有", "承諾")),
        *((text, False) for text in ("×", "無", "未", "辞退", "不承諾")),
        *((text, None) for text in ("", "検討中")),
    ],
)
def test_accepted_is_never_guessed(text: str, *, accepted: bool | None) -> None:
    assert person(accepted=text).accepted is accepted


@pytest.mark.parametrize(
    ("kind", "name", "is_organization"),
    [
        ("個人", "若葉町自治会", False),
        ("団体", "若葉の輪", True),
        ("", "若葉町自治会", True),
        ("", "（株）若葉", True),
        ("", "山田 太郎", False),
    ],
)
def test_kind_decides_before_the_words_of_a_name(
    kind: str, name: str, *, is_organization: bool
) -> None:
    assert person(kind=kind, name=name).is_organization is is_organization


@pytest.mark.parametrize(
    "cells",
    [
        {"name": "山" * 61},
        {"kana": "ヤ" * 61},
        {"address": "町" * 201},
        {"phone": "0" * 81},
        {"remark": "長" * 501},
        {"from_on": "R8.4.1", "to_on": "R7.4.1"},
    ],
)
def test_what_does_not_fit_is_rejected(cells: dict[str, str]) -> None:
    assert isinstance(line(**{"name": "山田 太郎", **cells}), Rejected)


def test_several_columns_of_numbers_name_each_number_once() -> None:
    read = person(phone="054-626-0001", mobile="054-626-0001\n090-1234-5678", fax="054-626-0001")

    assert [(phone.e164, phone.kind.value) for phone in read.phones] == [
        ("+81546260001", "fixed"),
        ("+819012345678", "mobile"),
        ("+81546260001", "fax"),
    ]
