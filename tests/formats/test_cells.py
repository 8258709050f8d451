import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.formats.cells import clean_text, guard, unguard
from tests.formats.test_xlsx import NASTY

UNSEEN = ' \t\r\n\ufeff\u200b\u2060\u00a0\u3000"'
STARTS = tuple("=+-@＝＋－＠")
LOOKS_LIKE_FORMULA = st.tuples(
    st.text("'", max_size=3),
    st.text(' \t\n\ufeff\u200b\u3000"', max_size=2),
    st.sampled_from([*"=+-@＝＋－＠|%", "\t", "\r", "a", ""]),
    st.text(max_size=3),
).map("".join)
ORDINARY = ["山田 太郎", "054-626-1139", "'90年代", "令和8年", "二行の\n備考"]


@given(st.text() | LOOKS_LIKE_FORMULA)
def test_guard_is_undone_exactly(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.text() | LOOKS_LIKE_FORMULA)
def test_guarded_text_never_begins_as_a_formula(text: str) -> None:
    assert guard(text).lstrip(UNSEEN)[:1] not in STARTS


def test_cell_reads_as_it_is_stored() -> None:
    assert clean_text("名簿\u202excod.exe\u2066") == "名簿xcod.exe"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert (guard(text), unguard(text)) == (text, text)


@pytest.mark.parametrize("text", [text for text in NASTY if text.strip(UNSEEN + "'")[:1] in STARTS])
def test_every_known_formula_is_guarded(text: str) -> None:
    assert guard(text)[0] == "'"
