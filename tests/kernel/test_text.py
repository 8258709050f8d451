"""A name is found whichever way it is typed, and stays the way it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.kernel.text import search_key, split_name
from crm.kernel.variants import VARIANT_GROUPS

NAME_LETTERS = "髙高橋﨑崎山田𠮷ﾀタたーｰ 　-A　ａガが"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("𠮷田", "吉田"),
        ("濵田", "浜田"),
        ("濱田", "浜田"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡辺"),
        ("齋藤", "斎藤"),
        ("齊藤", "斉藤"),
        ("嶋田", "島田"),
        ("澤", "沢"),
        ("德永", "徳永"),
        ("栁", "柳"),
        ("桒原", "桑原"),
        ("惠子", "恵子"),
        ("冨田", "富田"),
        ("國友", "国友"),
        ("廣瀨", "広瀬"),
        ("龍一", "竜一"),
        ("槗本", "橋本"),
        ("曻", "昇"),
        ("葛\U000e0100城", "葛城"),
        ("辻\ufe00", "辻"),
        ("\ufa19谷", "神谷"),
        ("㈱つながり", "(株)ツナガリ"),
        ("ﾀｶﾊｼ", "たかはし"),
        ("コーノ", "コノ"),
        ("ＡＢＣ商店", "abc 商店"),
        ("山田　太郎", "山田太郎"),
        ("087−833〜0110", "０８７－８３３ー０１１０"),
        ("龍ヶ崎", "竜ケ崎"),
        ("マリア・ルイス", "まりあ ルイス"),
        ("は\u200b\u309aく", "パク"),
    ],
)
def test_search_key_is_the_same_for_both_ways_of_writing(written: str, typed: str) -> None:
    assert search_key(written) == search_key(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("斉藤", "斎藤"), ("崎玉", "埼玉"), ("ハット", "バット"), ("大田", "太田"), ("土", "士")],
)
def test_search_key_keeps_different_names_apart(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


def test_search_key_of_one_character_is_found_inside_a_name() -> None:
    assert search_key("髙橋").count(search_key("高")) == 1


def test_search_key_never_matches_across_parts() -> None:
    key = search_key("山田", "中村")

    assert [search_key(typed) in key for typed in ("山田", "中村", "田中", "田 中")] == [
        True,
        True,
        False,
        False,
    ]


def test_search_key_leaves_out_empty_parts() -> None:
    assert search_key("", "山田", "　", "") == search_key("山田")


def test_search_key_of_nothing_is_empty() -> None:
    assert search_key() == ""


@given(st.text())
def test_search_key_of_a_key_is_that_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(*[st.text(NAME_LETTERS)] * 3)
def test_search_key_contains_the_key_of_every_piece(before: str, typed: str, after: str) -> None:
    assert search_key(typed) in search_key(before + typed + after)


def test_variant_groups_share_no_form() -> None:
    forms = "".join(VARIANT_GROUPS)

    assert sorted(forms) == sorted(set(forms))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("山田 太郎", ("山田", "太郎")),
        ("髙橋　花子", ("髙橋", "花子")),
        (" 山田　　太郎 ", ("山田", "太郎")),
        ("マリア ダ シルバ", ("マリア", "ダ シルバ")),
        ("山田", ("山田", "")),
        ("葛\U000e0100城 𠮷子", ("葛\U000e0100城", "𠮷子")),
        ("", ("", "")),
        ("　", ("", "")),
    ],
)
def test_split_name(text: str, names: tuple[str, str]) -> None:
    assert split_name(text) == names
