import datetime as dt
from xml.etree import ElementTree as ET

import pyotp
import pytest

from crm.factors import totp

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""12345678901234567890, the key of RFC 6238, Appendix B."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """The six last figures of the eight that RFC 6238, Appendix B, gives for SHA-1."""
    now = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert totp.matching_step(RFC_SECRET, code, now=now, after=0) == seconds // 30


NOW = dt.datetime(2026, 11, 20, 4, 30, tzinfo=dt.UTC)
STEP = int(NOW.timestamp()) // 30


def code(step: int) -> str:
    return pyotp.TOTP(RFC_SECRET).at(step * 30)


@pytest.mark.parametrize("away", [-2, -1, 0, 1, 2])
def test_a_clock_may_be_half_a_minute_away(away: int) -> None:
    found = totp.matching_step(RFC_SECRET, code(STEP + away), now=NOW, after=0)
    assert found == (STEP + away if abs(away) <= 1 else None)


def test_a_step_taken_before_is_not_taken_again() -> None:
    found = [totp.matching_step(RFC_SECRET, code(STEP), now=NOW, after=STEP + n) for n in (-1, 0)]
    assert found == [STEP, None]


@pytest.mark.parametrize("typed", ["{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "{0}\n", " {0} "])
def test_blanks_in_a_code_do_not_matter(typed: str) -> None:
    assert totp.matching_step(RFC_SECRET, typed.format(code(STEP)), now=NOW, after=0) == STEP


def test_wide_figures_are_figures() -> None:
    wide = code(STEP).translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert totp.matching_step(RFC_SECRET, wide, now=NOW, after=0) == STEP


@pytest.mark.parametrize("typed", ["", "000", "ひらがな", "\ud800", "1" * 5000])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert totp.matching_step(RFC_SECRET, typed, now=NOW, after=0) is None


def test_the_picture_needs_nothing_from_elsewhere_and_has_no_style() -> None:
    picture = totp.picture_of(RFC_SECRET, "officer", title="読み取る図")
    root = ET.fromstring(picture)  # noqa: S314 - made by ourselves
    tags = [element.tag for element in root.iter()]
    names = {name for element in root.iter() for name in element.attrib}
    assert (root.findtext("title"), {"svg", "title", "path", "g"} >= set(tags)) == (
        "読み取る図",
        True,
    )
    assert names.isdisjoint({"style", "href", "src", "onload"})
    assert "url(" not in picture


def test_a_secret_is_copied_in_groups_of_four() -> None:
    assert totp.in_groups(RFC_SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_secrets_have_160_bits_and_differ() -> None:
    secrets = {totp.new_secret() for _ in range(50)}
    assert (len(secrets), {len(secret) for secret in secrets}) == (50, {32})
