"""Readings sort as a Japanese roster does, whatever width or script they were typed in."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.kernel.kana import KANA_ROWS, furigana, kana_row, kana_sort_key, normalize_kana

# The order ICU's `ja` collation gives; readings on one line differ only in script or width.
IN_ORDER = [
    ["ABC"],
    ["アート"],
    ["ああと"],
    ["アイタ"],
    ["アイダ", "ｱｲﾀﾞ"],
    ["ウアン"],
    ["ヴァン"],
    ["エビス"],
    ["キョ"],
    ["キヨ"],
    ["ギョ"],
    ["コウノ"],
    ["コーノ"],
    ["コオノ"],
    ["サトウ", "さとう"],
    ["ザトウ"],
    ["ハート"],
    ["ハアト"],
    ["パート"],
    ["ハット"],
    ["ハツト"],
    ["ばっと"],
    ["ワタナベ"],
    ["ヰノ"],
    ["ヱビス"],
    ["ンド"],
    ["高橋"],
]

KATAKANA = [chr(code) for code in range(0x30A1, 0x30F5)] + ["ー"]
WITHOUT_HALF_WIDTH = "ヮヰヱ"
readings = st.text(st.sampled_from(KATAKANA), max_size=8)
common_readings = st.text(
    st.sampled_from([kana for kana in KATAKANA if kana not in WITHOUT_HALF_WIDTH]), max_size=8
)


def hiragana(katakana: str) -> str:
    return "".join(chr(ord(kana) - 0x60) if kana != "ー" else kana for kana in katakana)


def half_width(katakana: str) -> str:
    halves = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFFA0)}
    return "".join(halves[part] for part in unicodedata.normalize("NFD", katakana))


def unvoiced(katakana: str) -> str:
    marks = dict.fromkeys((0x3099, 0x309A))
    return unicodedata.normalize("NFD", katakana).translate(marks)


def test_sort_key_follows_icu_order() -> None:
    keys = [kana_sort_key(reading) for equals in IN_ORDER for reading in equals]

    assert sorted(keys) == keys


@pytest.mark.parametrize("equals", IN_ORDER)
def test_sort_key_of_one_reading_is_one_key(equals: list[str]) -> None:
    assert len({kana_sort_key(reading) for reading in equals}) == 1


def test_sort_keys_of_different_readings_differ() -> None:
    assert len({kana_sort_key(equals[0]) for equals in IN_ORDER}) == len(IN_ORDER)


@pytest.mark.parametrize(
    "in_order",
    [
        ["みすす", "みすゞ", "みすず"],
        ["カヽ", "カカ", "カヾ", "カガ"],
        ["ハーツ", "ハート", "ハァト", "ハアト", "ハット", "ハツト"],
    ],
)
def test_sort_key_breaks_ties_by_voice_then_shape(in_order: list[str]) -> None:
    keys = [kana_sort_key(reading) for reading in in_order]

    assert sorted(set(keys)) == keys


def test_sort_key_puts_shorter_family_name_first() -> None:
    people = [("アベイ", ""), ("アベ", "イチ"), ("アベ", ""), ("アベ", "ア")]

    assert sorted(people, key=lambda person: kana_sort_key(*person)) == [
        ("アベ", ""),
        ("アベ", "ア"),
        ("アベ", "イチ"),
        ("アベイ", ""),
    ]


def test_sort_key_compares_given_names_before_voicing_of_the_family_name() -> None:
    people = [("ヤマサキ", "ジロウ"), ("ヤマザキ", "イチロウ")]

    assert sorted(people, key=lambda person: kana_sort_key(*person)) == [
        ("ヤマザキ", "イチロウ"),
        ("ヤマサキ", "ジロウ"),
    ]


def test_sort_key_compares_voicing_of_the_given_name_before_size_in_the_family_name() -> None:
    people = [("キョ", "ジロウ"), ("キヨ", "シロウ")]

    assert sorted(people, key=lambda person: kana_sort_key(*person)) == [
        ("キヨ", "シロウ"),
        ("キョ", "ジロウ"),
    ]


@pytest.mark.parametrize("blank", ["", "　", "・", "-"])
def test_sort_key_puts_missing_reading_last(blank: str) -> None:
    last_kanji = "\U0003134a"

    assert kana_sort_key(blank) > kana_sort_key(last_kanji)
    assert kana_sort_key(blank, "アイ") > kana_sort_key(last_kanji)


def test_sort_key_ignores_separators_inside_a_name() -> None:
    assert kana_sort_key("マリア・ルイス") == kana_sort_key("マリア ルイス")


@given(readings)
def test_sort_key_of_hiragana_equals_katakana(katakana: str) -> None:
    assert kana_sort_key(hiragana(katakana)) == kana_sort_key(katakana)


@given(common_readings)
def test_sort_key_of_half_width_equals_full_width(katakana: str) -> None:
    assert kana_sort_key(half_width(katakana)) == kana_sort_key(katakana)


@given(readings, readings)
def test_sort_key_order_is_the_same_in_bytes(one: str, other: str) -> None:
    first, second = kana_sort_key(one), kana_sort_key(other)

    assert (first < second) == (first.encode() < second.encode())


@given(readings, readings)
def test_sort_key_never_lets_voicing_outrank_the_base(one: str, other: str) -> None:
    first, second = sorted((one, other), key=lambda name: kana_sort_key(unvoiced(name)))

    assert kana_sort_key(first).rsplit(" ", 1)[0] <= kana_sort_key(second).rsplit(" ", 1)[0]


@pytest.mark.parametrize(
    ("kana", "row"),
    [
        ("アベ", "ア"),
        ("ヴァン", "ア"),
        ("ガトウ", "カ"),
        ("ざとう", "サ"),
        ("っだ", "タ"),
        ("ﾅｶﾑﾗ", "ナ"),
        ("パク", "ハ"),
        ("みすず", "マ"),
        ("ャ", "ヤ"),
        ("ロペス", "ラ"),
        ("ヱビス", "ワ"),
        ("ンド", "ワ"),
        ("", "他"),
        ("ー", "他"),
        ("ABC", "他"),
        ("高橋", "他"),
    ],
)
def test_kana_row(kana: str, row: str) -> None:
    assert kana_row(kana) == row


@given(readings.filter(lambda reading: re.match("[^ー]", reading) is not None))
def test_kana_row_of_any_reading_is_a_named_row(reading: str) -> None:
    assert kana_row(reading) in KANA_ROWS[:-1]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("たかはし", "タカハシ"),
        ("ﾀｶﾊｼ", "タカハシ"),
        ("ﾜﾀﾅﾍﾞ　じゅんいちろう", "ワタナベ ジュンイチロウ"),
        (" さとう\tはな ", "サトウ ハナ"),
        ("か゛とう", "ガトウ"),
        ("みすゞ", "ミスヾ"),
        ("コーノ", "コーノ"),
        ("ヱビス", "ヱビス"),
        ("", ""),
    ],
)
def test_normalize_kana(typed: str, stored: str) -> None:
    assert normalize_kana(typed) == stored


@given(st.text())
def test_normalize_kana_twice_changes_nothing_more(text: str) -> None:
    assert normalize_kana(normalize_kana(text)) == normalize_kana(text)


def test_furigana_shows_a_stored_reading_in_hiragana() -> None:
    readings = ["タカハシ ショウヘイ", "ヴァン", "ユーゴー", "ＰＴＡカイチョウ", ""]

    shown = [furigana(reading) for reading in readings]

    assert shown == ["たかはし しょうへい", "ゔぁん", "ゆーごー", "ＰＴＡかいちょう", ""]


@given(st.text(alphabet=[chr(code) for code in range(0x30A1, 0x30F7)] + ["ー", " "]))
def test_furigana_read_again_gives_the_stored_reading(reading: str) -> None:
    stored = normalize_kana(reading)

    assert normalize_kana(furigana(stored)) == stored
