"""Every way a roster writes a phone number ends in the right number, or stays as written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.kernel.phone import (
    AREA_CODE_MISSING,
    BRACKET_UNCLEAR,
    UNREADABLE,
    ZERO_RESTORED,
    Phone,
    PhoneKind,
    digits,
    last4,
    national,
    read_phones,
    tel_uri,
)

FIXED, MOBILE, FAX = PhoneKind.FIXED, PhoneKind.MOBILE, PhoneKind.FAX
STATION = "+81878330110"
FAX_LINE = "+81878330111"
CELL = "+819012345678"


@pytest.mark.parametrize(
    "cell",
    [
        "087-833-0110",
        "０８７－８３３－０１１０",
        "087ー833ー0110",
        "087−833−0110",
        "087‐833‐0110",
        "087―833―0110",
        "087〜833〜0110",
        "087～833～0110",
        "(087)833-0110",
        "（０８７）８３３－０１１０",
        "087)833-0110",
        "087.833.0110",
        "087 833 0110",
        "0878330110",
        "TEL:087-833-0110",
        "電話　087-833-0110",
        "087-833-0110  ",
        "+81 87-833-0110",
        "+81 (0)87-833-0110",
        "+81087-833-0110",
        "0081-87-833-0110",
        "81-87-833-0110",
    ],
)
def test_read_phones_knows_every_way_of_writing_one_number(cell: str) -> None:
    assert read_phones(cell) == [Phone(raw=cell.strip(), e164=STATION, kind=FIXED)]


@pytest.mark.parametrize(
    ("cell", "extension"),
    [
        ("087-833-0110内線2345", "2345"),
        ("087-833-0110 内線 2345", "2345"),
        ("087-833-0110（内線２３４５）", "2345"),
        ("087-833-0110内2345", "2345"),
        ("087-833-0110 ext 2345", "2345"),
        ("087-833-0110 ext. 2345", "2345"),
        ("087-833-0110 内線:0023", "0023"),
    ],
)
def test_read_phones_takes_the_extension(cell: str, extension: str) -> None:
    assert read_phones(cell) == [Phone(raw=cell, e164=STATION, extension=extension, kind=FIXED)]


@pytest.mark.parametrize(
    ("cell", "label", "note"),
    [
        ("087-833-0110(代)", "", "代表"),
        ("087-833-0110 代表", "", "代表"),
        ("087-833-0110～3", "", "～3"),
        ("0878330110〜13", "", "～13"),
        ("自宅087-833-0110", "自宅", ""),
        ("087-833-0110\n(自宅)", "自宅", ""),
        ("087-833-0110（勤務先・代表）", "勤務先", "代表"),
        ("087-833-0110(妻)", "", "妻"),
        ("夜間18時以降 087-833-0110", "", "夜間18時以降"),
        ("087-833-0110 内線2345-2346", "", "内線2345-2346"),
        ("TEL/FAX 087-833-0110", "", "FAX兼用"),
        ("087-833-0110（TEL・FAX）", "", "FAX兼用"),
        ("087-833-0110(FAX兼用)", "", "FAX兼用"),
    ],
)
def test_read_phones_keeps_words_beside_the_number(cell: str, label: str, note: str) -> None:
    assert read_phones(cell) == [Phone(raw=cell, e164=STATION, kind=FIXED, label=label, note=note)]


STATION_PHONE = Phone(raw="087-833-0110", e164=STATION, kind=FIXED)
CELL_PHONE = Phone(raw="090-1234-5678", e164=CELL, kind=MOBILE)


@pytest.mark.parametrize(
    "cell",
    [
        "087-833-0110・090-1234-5678",
        "087-833-0110/090-1234-5678",
        "087-833-0110／090-1234-5678",
        "087-833-0110、090-1234-5678",
        "087-833-0110，090-1234-5678",
        "087-833-0110;090-1234-5678",
        "087-833-0110\r\n090-1234-5678",
        "087-833-0110　090-1234-5678",
    ],
)
def test_read_phones_splits_two_numbers(cell: str) -> None:
    assert read_phones(cell) == [STATION_PHONE, CELL_PHONE]


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        (
            "TEL 087-833-0110 FAX 087-833-0111",
            [
                Phone(raw="TEL 087-833-0110", e164=STATION, kind=FIXED),
                Phone(raw="FAX 087-833-0111", e164=FAX_LINE, kind=FAX),
            ],
        ),
        (
            "087-833-0110ＦＡＸ０８７－８３３－０１１１",
            [
                STATION_PHONE,
                Phone(raw="ＦＡＸ０８７－８３３－０１１１", e164=FAX_LINE, kind=FAX),
            ],
        ),
        (
            "087-833-0110（ファックス 087-833-0111）",
            [
                STATION_PHONE,
                Phone(raw="（ファックス 087-833-0111）", e164=FAX_LINE, kind=FAX),
            ],
        ),
        (
            "自宅\n087-833-0110\n携帯\n090-1234-5678",
            [
                Phone(raw="自宅\n087-833-0110", e164=STATION, kind=FIXED, label="自宅"),
                Phone(raw="携帯\n090-1234-5678", e164=CELL, kind=MOBILE, label="携帯"),
            ],
        ),
        (
            "087-833-0110または090-1234-5678",
            [
                STATION_PHONE,
                Phone(raw="または090-1234-5678", e164=CELL, kind=MOBILE, note="または"),
            ],
        ),
        (
            "080-6384-7711、080-9307-4432",
            [
                Phone(raw="080-6384-7711", e164="+818063847711", kind=MOBILE),
                Phone(raw="080-9307-4432", e164="+818093074432", kind=MOBILE),
            ],
        ),
        ("087-833-0110、0111", [STATION_PHONE, Phone(raw="0111", warning=UNREADABLE)]),
    ],
)
def test_read_phones_gives_each_number_its_own_words(cell: str, phones: list[Phone]) -> None:
    assert read_phones(cell) == phones


@pytest.mark.parametrize(
    ("cell", "e164", "kind", "printed"),
    [
        ("0422-55-0110", "+81422550110", FIXED, "0422-55-0110"),
        ("0134270110", "+81134270110", FIXED, "0134-27-0110"),
        ("0499221211", "+81499221211", FIXED, "04992-2-1211"),
        ("0126722211", "+81126722211", FIXED, "01267-2-2211"),
        ("(054)626-1139", "+81546261139", FIXED, "054-626-1139"),
        ("060-1234-5678", "+816012345678", MOBILE, "060-1234-5678"),
        ("070-1234-5678", "+817012345678", MOBILE, "070-1234-5678"),
        ("050-1234-5678", "+815012345678", PhoneKind.IP, "050-1234-5678"),
        ("0120-123-456", "+81120123456", PhoneKind.TOLL_FREE, "0120-123-456"),
        ("0800-123-4567", "+818001234567", PhoneKind.TOLL_FREE, "0800-123-4567"),
        ("0570-012-345", "+81570012345", PhoneKind.OTHER, "0570-012-345"),
        ("0990-123-456", "+81990123456", PhoneKind.OTHER, "0990-123-456"),
        ("020-1234-5678", "+812012345678", PhoneKind.OTHER, "020-1234-5678"),
        ("010-1-212-555-2368", "+12125552368", PhoneKind.OTHER, "+1 212-555-2368"),
    ],
)
def test_read_phones_tells_the_kind_and_national_prints_it(
    cell: str, e164: str, kind: PhoneKind, printed: str
) -> None:
    assert read_phones(cell) == [Phone(raw=cell, e164=e164, kind=kind)]
    assert national(e164) == printed


@pytest.mark.parametrize(
    ("cell", "extension", "note"),
    [
        ("833-0110", None, ""),
        ("８３３－０１１０", None, ""),
        ("833-0110 内線2345", "2345", ""),
        ("833-0110～3", None, "～3"),
    ],
)
def test_read_phones_completes_a_local_number(cell: str, extension: str | None, note: str) -> None:
    assert read_phones(cell, area_code="087") == [
        Phone(raw=cell, e164=STATION, extension=extension, kind=FIXED, note=note, completed=True)
    ]


def test_read_phones_completes_only_to_the_right_length() -> None:
    assert read_phones("2-1211", area_code="04992") == [
        Phone(raw="2-1211", e164="+81499221211", kind=FIXED, completed=True)
    ]
    assert read_phones("22-1211", area_code="04992") == [
        Phone(raw="22-1211", warning=AREA_CODE_MISSING)
    ]


@pytest.mark.parametrize("area_code", ["087", "03", None])
def test_read_phones_leaves_a_whole_number_alone(area_code: str | None) -> None:
    assert read_phones("087-833-0110", area_code=area_code) == [STATION_PHONE]


@pytest.mark.parametrize(
    ("cell", "e164", "kind"),
    [
        ("87-833-0110", STATION, FIXED),
        ("878330110", STATION, FIXED),
        ("9012345678", CELL, MOBILE),
        ("120-123-456", "+81120123456", PhoneKind.TOLL_FREE),
    ],
)
def test_read_phones_restores_the_zero_a_spreadsheet_dropped(
    cell: str, e164: str, kind: PhoneKind
) -> None:
    assert read_phones(cell, area_code="087") == [
        Phone(raw=cell, e164=e164, kind=kind, warning=ZERO_RESTORED)
    ]


@pytest.mark.parametrize(
    ("cell", "warning"),
    [
        ("833-0110", AREA_CODE_MISSING),
        ("1234-5678", AREA_CODE_MISSING),
        ("087-833-0110(2345)", BRACKET_UNCLEAR),
        ("087-833-0110（２３４５）", BRACKET_UNCLEAR),
        ("087-833-011", UNREADABLE),
        ("087-833-01100", UNREADABLE),
        ("087-833-0110-3", UNREADABLE),
        ("000-0000-0000", UNREADABLE),
        ("03-1234~5678~9", UNREADABLE),
        ("娘さんに連絡", UNREADABLE),
    ],
)
def test_read_phones_keeps_what_it_cannot_tell_as_written(cell: str, warning: str) -> None:
    assert read_phones(cell) == [Phone(raw=cell, warning=warning)]


@pytest.mark.parametrize(
    "cell", ["110", "118", "119", "171", "189", "#9110", "＃９１１０", "110番", "警察相談 #9110"]
)
def test_read_phones_never_makes_a_number_of_a_short_code(cell: str) -> None:
    assert read_phones(cell, area_code="087") == [Phone(raw=cell, kind=PhoneKind.SERVICE)]


@pytest.mark.parametrize(
    ("cell", "extension"),
    [("内線2345", "2345"), ("警電 7-12-3456", None), ("警電7123 内線45", "45")],
)
def test_read_phones_keeps_inside_lines_as_text(cell: str, extension: str | None) -> None:
    assert read_phones(cell) == [
        Phone(raw=cell, extension=extension, kind=PhoneKind.INTERNAL),
    ]


@pytest.mark.parametrize("cell", ["", "　", "なし", "（なし）", "無し", "-", "ー", "－－", "\n"])
def test_read_phones_of_an_empty_cell_is_empty(cell: str) -> None:
    assert read_phones(cell) == []


@pytest.mark.parametrize(
    ("cell", "valid"),
    [("087-833-0110", True), ("#9110", True), ("内線2345", True), ("087-833-011", False)],
)
def test_phone_is_valid_when_it_can_be_dialed(cell: str, *, valid: bool) -> None:
    assert [phone.valid for phone in read_phones(cell)] == [valid]


def test_national_prints_the_extension_in_japanese() -> None:
    assert national(STATION, "2345") == "087-833-0110 内線2345"


def test_digits_are_those_dialed_inside_japan() -> None:
    assert digits(STATION) == "0878330110"


def test_last4_of_a_number() -> None:
    assert last4(CELL) == "5678"


def test_tel_uri_carries_the_extension() -> None:
    assert (tel_uri(STATION), tel_uri(STATION, "2345")) == (
        "tel:+81878330110",
        "tel:+81878330110;ext=2345",
    )


PREFIXES = ["087833", "054626", "042255", "049922", "0901234", "0801234", "0601234", "0501234"]
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")
numbers = st.builds("{}{:04d}".format, st.sampled_from(PREFIXES), st.integers(0, 9999))


@given(numbers, st.none() | st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_read_phones_reads_back_what_national_prints(number: str, extension: str | None) -> None:
    e164 = f"+81{number[1:]}"
    printed = national(e164, extension)

    readings = [
        (phone.e164, phone.extension)
        for cell in (
            printed,
            printed.translate(FULL_WIDTH),
            number + printed[len(national(e164)) :],
        )
        for phone in read_phones(cell, area_code="087")
    ]

    assert readings == [(e164, extension)] * 3
    assert digits(e164) == number


@given(
    st.text(
        st.sampled_from("0123456789０８-－ー～()（）+#内線FAXTEL携帯自宅妻代/・、, \n"), max_size=40
    )
)
def test_read_phones_loses_no_digit_of_a_cell(cell: str) -> None:
    kept = "".join(phone.raw for phone in read_phones(cell, area_code="087"))

    assert re.findall(r"\d", kept) == re.findall(r"\d", cell)
