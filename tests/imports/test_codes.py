import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.formats.delimited import read_table
from crm.imports.codes import full_code
from crm.kernel.errors import Refused
from tests.support.open_data import REAL, needs_real_data


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("222127", "222127"),
        ("22212", "222127"),
        ("２２２１２７", "222127"),
        (" 011002 ", "011002"),
        ("01100", "011002"),
        ("1100", "011002"),
    ],
)
def test_full_code_of_five_or_six_digits_has_its_check_digit(written: str, code: str) -> None:
    assert full_code(written) == code


@pytest.mark.parametrize("written", ["", "222", "2221270", "焼津市", "22212a", "२२२१२"])
def test_full_code_of_no_code_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="6桁の数字ではありません"):
        full_code(written)


@given(st.integers(0, 99999).map("{:05}".format), st.sampled_from("0123456789"))
def test_full_code_takes_one_check_digit_of_ten(body: str, digit: str) -> None:
    right = full_code(body)

    if body + digit == right:
        assert full_code(body + digit) == right
    else:
        with pytest.raises(Refused, match="検査数字"):
            full_code(body + digit)


@needs_real_data
def test_full_code_agrees_with_every_code_in_force() -> None:
    assert REAL is not None
    rows = read_table((REAL / "codes" / "localgovjp-utf8.csv").read_bytes()).rows

    wrong = [row for _, row in rows if full_code(row["cid"]) != row["lgcode"]]

    assert (len(rows), wrong) == (1916, [])
