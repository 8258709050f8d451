"""Phone numbers as people write them into a cell, read into numbers that can be dialed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from crm.kernel.i18n import N_

UNREADABLE = N_("電話番号として読み取れません。市外局番から入力してください。（例：087-833-0110）")
AREA_CODE_MISSING = N_("市外局番がありません。市外局番から入力してください。（例：087-833-0110）")
BRACKET_UNCLEAR = N_("かっこ内の数字が内線番号かどうか分かりません。書かれたまま残します。")
ZERO_RESTORED = N_("先頭の0が欠けていたため補いました。番号を確認してください。")


class PhoneKind(StrEnum):
    """What answers at a number."""

    FIXED = "fixed"
    MOBILE = "mobile"
    FAX = "fax"
    IP = "ip"
    TOLL_FREE = "toll_free"
    SERVICE = "service"
    INTERNAL = "internal"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Phone:
    """One number of a cell, beside the text it was read from.

    `e164` is set only for a number that exists in its country's plan. `completed` says that the
    area code is not the writer's but the caller's. `warning` is a msgid for whoever looks the
    reading over.
    """

    raw: str
    e164: str | None = None
    extension: str | None = None
    kind: PhoneKind = PhoneKind.OTHER
    label: str = ""
    note: str = ""
    completed: bool = False
    warning: str | None = None

    @property
    def valid(self) -> bool:
        """Whether this can be dialed: from anywhere, as a short code, or inside the force."""
        return self.e164 is not None or self.kind in {PhoneKind.SERVICE, PhoneKind.INTERNAL}


def read_phones(cell: str, *, area_code: str | None = None) -> list[Phone]:
    """Return every number of a cell in the order written; none for a blank cell or なし.

    A number without an area code gets `area_code` and is marked `completed`. What cannot be
    understood for certain is never guessed: it comes back as written, with a warning.
    """
    if unicodedata.normalize("NFKC", cell).strip(_BLANK_MARKS) in _NOTHING:
        return []
    return [_read_one(raw, _digits(area_code or "")) for raw in _pieces(cell)]


@lru_cache(maxsize=20_000)
def national(e164: str, extension: str | None = None) -> str:
    """Return a number as it is printed: 「087-833-0110 内線2345」; a foreign one keeps its +."""
    number = phonenumbers.parse(e164)
    domestic = number.country_code == _JAPAN
    style = PhoneNumberFormat.NATIONAL if domestic else PhoneNumberFormat.INTERNATIONAL
    printed = phonenumbers.format_number(number, style)
    return f"{printed} 内線{extension}" if extension else printed


def digits(e164: str) -> str:
    """Return the digits dialed inside Japan, for searching: `0878330110`."""
    return _digits(national(e164))


def last4(e164: str) -> str:
    """Return the last four digits, by which officers look numbers up."""
    return e164[-4:]


def tel_uri(e164: str, extension: str | None = None) -> str:
    """Return the link a phone dials (RFC 3966)."""
    return f"tel:{e164};ext={extension}" if extension else f"tel:{e164}"


_JAPAN = 81
_LOCAL_LENGTHS = range(5, 9)
_NATIONAL_LENGTH = 10  # of a fixed line, with its leading 0
_NOTHING = {"", "なし", "ナシ", "無し", "無", "×"}
_BLANK_MARKS = " \t\r\n-‐‑‒–—―−ー()"

# One character to one character, so that what is found here can be cut out of the original.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FAX = r"(?:FAX|ファックス|ファクス|ファクシミリ|ﾌｧｯｸｽ|ﾌｧｸｽ)"
_TEL = r"(?:TEL|電話)"
_PLACE = r"(?:自宅|勤務先|職場|会社|事務所|携帯)"
_SEPARATOR = re.compile(
    rf"""
    \s*[\n\r、､,・･;/|]\s*                                      # a, b
    | (?<=[\d)])\s*(?=\(?(?:{_FAX}|{_TEL}|{_PLACE})\D{{0,4}}\d)  # TEL a FAX b
    | (?<=\d{{4}})\s+(?=\(?0\d[\d()\- ]{{7}})                    # a b
    | (?<=\d{{4}})\s*(?=[^\d\s()\#~-]{{1,6}}\s*\(?0\d[\d()\- ]{{7}})  # a または b
    """,
    re.VERBOSE | re.IGNORECASE,
)

_HYPHEN = re.compile(r"(?<=[\d)])\s*[-‐‑‒–—―−ー─━]+\s*(?=[\d(])")
_WAVE = re.compile(r"(?<=[\d)])\s*[~〜]+\s*(?=[\d(])")
_RANGE_END = re.compile(r"~(\d{1,4})(?![\d~-])")
_EXTENSION = re.compile(
    r"\(?\s*(?:内線番号|内線|(?<![一-鿿])内|(?<![a-z])ext(?:ension)?\.?|(?<![a-z])x)"
    r"\s*[:.\-]?\s*(\d{1,6})(?![\d-])\s*\)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\+?\(?\d[\d()\-. ]*\d\)?")
_SERVICE = re.compile(r"#\d{4}|(?<![\d-])1\d\d(?![\d-])")
_POLICE_LINE = re.compile("警電|警察電話")
_ENDS_IN_BRACKET = re.compile(r"\d\s*\(\d{1,5}\)$")

_WORD = re.compile(r"\w[\w-]*")
_PLACE_WORD = re.compile(rf"({_PLACE}){_TEL}?(?:番号)?", re.IGNORECASE)
_DEVICE_WORD = re.compile(rf"(?:{_TEL}|{_FAX})+(?:番号)?|番", re.IGNORECASE)
_MAIN_LINE = {"代", "代表", "大代表"}

_KIND_OF_TYPE = {
    PhoneNumberType.FIXED_LINE: PhoneKind.FIXED,
    PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.VOIP: PhoneKind.IP,
    PhoneNumberType.TOLL_FREE: PhoneKind.TOLL_FREE,
}


def _pieces(cell: str) -> Iterator[str]:
    """Yield the part of the cell that belongs to each number, words beside it included."""
    narrow = cell.translate(_NARROW)
    gaps = list(_SEPARATOR.finditer(narrow))
    ends = [*(gap.start() for gap in gaps[1:]), len(narrow)]
    words_lead = bool(gaps) and not _has_digit(narrow[: gaps[0].start()])
    begin = 0
    for gap, end in zip(gaps, ends, strict=False):
        following = narrow[gap.end() :] if words_lead else narrow[gap.end() : end]
        if _has_digit(narrow[begin : gap.start()]) and _has_digit(following):
            yield cell[begin : gap.start()].strip()
            begin = gap.end()
    yield cell[begin:].strip()


def _has_digit(text: str) -> bool:
    return re.search(r"\d", text) is not None


@lru_cache(maxsize=2_000)  # a list is read once for its plan and once for its rows
def _read_one(raw: str, area_code: str) -> Phone:
    text, extension = _take_extension(_plain(raw))
    if _POLICE_LINE.search(text) or (extension and not _has_digit(text)):
        return Phone(raw=raw, extension=extension, kind=PhoneKind.INTERNAL)
    if _is_service(text):
        return Phone(raw=raw, kind=PhoneKind.SERVICE)
    text, range_end = _take_range(text, area_code)
    found = max(_NUMBER.finditer(text), key=lambda run: len(_digits(run[0])), default=None)
    if found is None:
        return Phone(raw=raw, warning=UNREADABLE)
    dialed, completed = _dialed(found[0], area_code)
    number = _existing_number(dialed)
    if number is None:
        return Phone(raw=raw, warning=_why_refused(found[0]))
    words = _WORD.findall(f"{text[: found.start()]} {text[found.end() :]}")
    return Phone(
        raw=raw,
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        extension=extension,
        kind=_kind(number, words),
        label=_label(words),
        note=" ".join((*_remarks(words), *range_end)),
        completed=completed,
        warning=ZERO_RESTORED if dialed == str(number.national_number) else None,
    )


def _plain(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw)
    return _WAVE.sub("~", _HYPHEN.sub("-", text))


def _take_extension(text: str) -> tuple[str, str | None]:
    found = _EXTENSION.search(text)
    if found is None:
        return text, None
    return f"{text[: found.start()]} {text[found.end() :]}", found[1]


def _is_service(text: str) -> bool:
    """Tell 110 or #9110 by its being the only number in the text."""
    found = _SERVICE.search(text)
    return found is not None and _digits(text) == _digits(found[0])


def _take_range(text: str, area_code: str) -> tuple[str, list[str]]:
    """Cut ～3 off 087-833-0110～3, which means the lines 0110 to 0113 and no extension."""
    found = _RANGE_END.search(text)
    if found and _is_whole(_digits(text[: found.start()]), area_code):
        return text[: found.start()] + text[found.end() :], [f"～{found[1]}"]
    return text.replace("~", "-"), []


def _is_whole(number: str, area_code: str) -> bool:
    if number.startswith("0"):
        return len(number) >= _NATIONAL_LENGTH
    return len(number) >= _NATIONAL_LENGTH - 1 or _lacks_area_code(number, area_code)


def _lacks_area_code(number: str, area_code: str) -> bool:
    whole = len(area_code) + len(number) == _NATIONAL_LENGTH
    return bool(area_code) and whole and not number.startswith("0")


def _dialed(run: str, area_code: str) -> tuple[str, bool]:
    """Return what to parse, and whether the area code had to be added."""
    number = _digits(run)
    if run.startswith("+"):
        return f"+{number}", False
    if number.startswith("0081"):
        return f"+{number[2:]}", False
    if _lacks_area_code(number, area_code):
        return area_code + number, True
    return number, False


def _existing_number(dialed: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(dialed, "JP")
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _why_refused(run: str) -> str:
    if _ENDS_IN_BRACKET.search(run):
        return BRACKET_UNCLEAR
    number = _digits(run)
    local = len(number) in _LOCAL_LENGTHS and not number.startswith("0")
    return AREA_CODE_MISSING if local else UNREADABLE


def _kind(number: PhoneNumber, words: list[str]) -> PhoneKind:
    devices = "".join(word for word in words if _DEVICE_WORD.fullmatch(word))
    if re.search(_FAX, devices, re.IGNORECASE) and not re.search(_TEL, devices, re.IGNORECASE):
        return PhoneKind.FAX
    if number.country_code != _JAPAN:
        return PhoneKind.OTHER
    return _KIND_OF_TYPE.get(phonenumbers.number_type(number), PhoneKind.OTHER)


def _label(words: list[str]) -> str:
    places = (_PLACE_WORD.fullmatch(word) for word in words)
    return next((place[1] for place in places if place), "")


def _remarks(words: list[str]) -> Iterator[str]:
    devices = "".join(word for word in words if _DEVICE_WORD.fullmatch(word))
    if re.search(_FAX, devices, re.IGNORECASE) and re.search(_TEL, devices, re.IGNORECASE):
        yield "FAX兼用"
    for word in words:
        if word in _MAIN_LINE:
            yield "代表"
        elif not (_PLACE_WORD.fullmatch(word) or _DEVICE_WORD.fullmatch(word)):
            yield word


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
