"""Local government codes (全国地方公共団体コード): five digits and a check digit."""

import unicodedata

from crm.kernel.errors import Refused

LENGTH = 6
WEIGHTS = (6, 5, 4, 3, 2)


def full_code(text: str) -> str:
    """Return a code with its check digit; five digits, or four whose 0 was eaten, get theirs.

    Raises Refused when it is no number of such a length or the check digit is wrong.
    """
    digits = unicodedata.normalize("NFKC", text).strip()
    if not (digits.isascii() and digits.isdigit() and LENGTH - 2 <= len(digits) <= LENGTH):
        raise Refused("市区町村コード「%(code)s」は6桁の数字ではありません。", code=text)
    body = digits.zfill(LENGTH - 1)[: LENGTH - 1]
    code = body + check_digit(body)
    if len(digits) == LENGTH and digits != code:
        raise Refused("市区町村コード「%(code)s」は検査数字が合いません。", code=text)
    return code


def check_digit(body: str) -> str:
    """Return the sixth digit of a five-digit code: eleven less the weighted sum modulo eleven."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return str((11 - total % 11) % 10)
