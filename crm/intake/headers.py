"""What the columns of a list of people mean, by the many names they go by."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from crm.kernel.i18n import N_
from crm.kernel.kana import normalize_kana

BETWEEN_LINES = "／"
"""Stands between the two lines of a header, as in 「連絡先／自宅」."""

MAX_LABEL = 30


class Meaning(StrEnum):
    """What a column says of the person in its row."""

    NUMBER = "number"
    KIND = "kind"
    NAME = "name"
    FAMILY = "family"
    GIVEN = "given"
    KANA = "kana"
    FAMILY_KANA = "family_kana"
    GIVEN_KANA = "given_kana"
    ORGANIZATION = "organization"
    POST = "post"
    ORGANIZATION_AND_POST = "organization_and_post"
    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    ADDRESS = "address"
    AREAS = "areas"
    BOX = "box"
    CONCURRENT = "concurrent"
    ASKED_ON = "asked_on"
    ACCEPTED = "accepted"
    FROM_ON = "from_on"
    TO_ON = "to_on"
    TERM = "term"
    REMARK = "remark"


MEANING_LABELS = {
    Meaning.NUMBER: N_("番号"),
    Meaning.KIND: N_("区分（個人・団体）"),
    Meaning.NAME: N_("氏名・団体名"),
    Meaning.FAMILY: N_("氏"),
    Meaning.GIVEN: N_("名"),
    Meaning.KANA: N_("ふりがな"),
    Meaning.FAMILY_KANA: N_("ふりがな（氏）"),
    Meaning.GIVEN_KANA: N_("ふりがな（名）"),
    Meaning.ORGANIZATION: N_("所属団体"),
    Meaning.POST: N_("役職"),
    Meaning.ORGANIZATION_AND_POST: N_("所属団体と役職"),
    Meaning.PHONE: N_("電話番号"),
    Meaning.MOBILE: N_("携帯電話"),
    Meaning.FAX: N_("FAX"),
    Meaning.ADDRESS: N_("住所"),
    Meaning.AREAS: N_("担当区域"),
    Meaning.BOX: N_("担当交番・駐在所"),
    Meaning.CONCURRENT: N_("兼任"),
    Meaning.ASKED_ON: N_("依頼年月日"),
    Meaning.ACCEPTED: N_("承諾の有無"),
    Meaning.FROM_ON: N_("任期の開始日"),
    Meaning.TO_ON: N_("任期の終了日"),
    Meaning.TERM: N_("任期"),
    Meaning.REMARK: N_("備考"),
}

REPEATABLE = frozenset(
    {
        *(Meaning.PHONE, Meaning.MOBILE, Meaning.FAX, Meaning.AREAS),
        *(Meaning.CONCURRENT, Meaning.REMARK),
    }
)
"""What several columns may say at once."""

# Labels are compared without width, spaces and case, their hiragana as katakana.
_READING = "(?:フリガナ|フリ仮名|ヨミガナ|読ミ仮名|読ミガナ|読ミ方?|ヨミ|カナ|仮名)"
_FULL_NAME = "(?:氏名|オ?名前|姓名)"
_HEAD = (
    "(?:連絡員|自治会長|町内会長|町会長|連合会長|会長|区長|委員|代表者?|協力者|役員|推薦者?|本人)"
)
_GROUP = "(?:自治会|町内会|町会|区会|自治区|団体|組織|学校|事業所|会社|所属団体|所属)"
_SYNONYMS = (
    (Meaning.NUMBER, r"(?:no\.?|番号|整理番号|名簿番号|会員番号|通シ?番号?|連番|項番|順番|#)"),
    (Meaning.KIND, r"(?:区分|種別|個人[・/]?団体(?:ノ?別)?|区分\(個人・団体\))"),
    (Meaning.FAX, r".*(?:fax|ファックス|ファクス|ファクシミリ).*"),
    (Meaning.MOBILE, r".*(?:携帯|モバイル|スマホ|スマートフォン).*"),
    (
        Meaning.FAMILY_KANA,
        rf"(?:氏|姓|名字)[(/・_]?{_READING}\)?|{_READING}[(/・_]?(?:氏|姓|セイ)\)?|セイ",
    ),
    (Meaning.GIVEN_KANA, rf"名[(/・_]?{_READING}\)?|{_READING}[(/・_]?(?:名|メイ)\)?|メイ"),
    (Meaning.KANA, rf"(?:{_HEAD}?{_FULL_NAME}|名称)?[(/・_]?{_READING}\)?(?:氏名)?"),
    (Meaning.FAMILY, rf"(?:{_FULL_NAME}[/(])?(?:氏|姓|苗字|名字)\)?"),
    (Meaning.GIVEN, rf"(?:{_FULL_NAME}[/(])?名\)?"),
    (
        Meaning.ORGANIZATION_AND_POST,
        r"(?:所属|団体名?|所属団体名?|自治会名?|役職)(?:・|及ビ|/)(?:役職名?|職名|肩書キ?|窓口担当者)",
    ),
    (Meaning.NAME, rf"{_HEAD}?(?:ノ)?{_FULL_NAME}(?:(?:・|又ハ)(?:団体名|名称))?(?:\(.*\))?"),
    (Meaning.NAME, rf"{_HEAD}名?(?:\(.*\))?|団体名?(?:・|又ハ){_FULL_NAME}"),
    (Meaning.POST, r"(?:現在?ノ?)?(?:役職|職名|役名|役|肩書キ?|職)(?:名|等|名等)?(?:\(.*\))?"),
    (Meaning.ORGANIZATION, rf"{_GROUP}(?:[・(/]{_GROUP}\)?)*(?:名称?|先)?(?:等)?(?:\(.*\))?"),
    (Meaning.ADDRESS, r"(?:現|自宅ノ?|連絡先/)?(?:住所|居住地|所在地)(?:\(.*\))?"),
    (Meaning.BOX, r"(?:担当|管轄|所管|受持チ?)?(?:交番|駐在所)(?:等|名|・駐在所名?)?"),
    (Meaning.AREAS, r"(?:担当|受持チ?|活動|所管)?(?:区域|地区|地域|町内|町名|区)(?:名)?"),
    (Meaning.FROM_ON, r"(?:任期|委嘱期間|期間)[/(]?(?:ノ)?(?:自|始|開始(?:年月)?日?|始期|初日)\)?"),
    (Meaning.FROM_ON, r"(?:就任|委嘱|委嘱開始|任期開始)(?:年月)?日"),
    (
        Meaning.TO_ON,
        r"(?:任期|委嘱期間|期間)[/(]?(?:ノ)?(?:至|終|満了(?:年月)?日?|終了(?:年月)?日?|終期|末日)\)?",
    ),
    (Meaning.TO_ON, r"(?:退任|満了|委嘱終了)(?:年月)?日"),
    (Meaning.TERM, r"任期|委嘱期間"),
    (Meaning.ASKED_ON, r"(?:依頼|承諾|受諾)(?:年月)?日"),
    (Meaning.ACCEPTED, r"(?:承諾|同意|受諾)(?:ノ?有無|状況|書)?(?:\(.*\))?"),
    (Meaning.CONCURRENT, r"兼任|兼務|兼職|兼任役職"),
    (
        Meaning.PHONE,
        r"(?:自宅|固定|勤務先|緊急|昼間)?(?:電話|tel|連絡先)(?:番号)?.*|自宅|勤務先|固定",
    ),
    (Meaning.REMARK, r"備考欄?|摘要|メモ|特記事項|ソノ他|コメント"),
)
SYNONYMS = tuple((meaning, re.compile(pattern)) for meaning, pattern in _SYNONYMS)


def meaning_of(label: str) -> Meaning | None:
    """Return what a column so labeled means; of two lines both together, then the lower one."""
    whole = _folded(label)
    if not whole or len(whole) > MAX_LABEL:
        return None
    lower = whole.rsplit("/", 1)[-1]
    found = (
        meaning
        for each in dict.fromkeys((whole, lower))
        for meaning, pattern in SYNONYMS
        if pattern.fullmatch(each)
    )
    return next(found, None)


def meanings_of(labels: Sequence[str]) -> list[Meaning | None]:
    """Return what columns mean together: the first of two that say one thing, a whole name first.

    A column 名 is a given name only beside a column 氏.
    """
    told = [meaning_of(label) for label in labels]
    for whole, parts in (
        (Meaning.NAME, (Meaning.FAMILY, Meaning.GIVEN)),
        (Meaning.KANA, (Meaning.FAMILY_KANA, Meaning.GIVEN_KANA)),
    ):
        if whole in told or parts[0] not in told:
            told = [None if each in parts else each for each in told]
    seen: set[Meaning] = set()
    for index, each in enumerate(told):
        if each in seen and each not in REPEATABLE:
            told[index] = None
        elif each is not None:
            seen.add(each)
    return told


def _folded(label: str) -> str:
    plain = normalize_kana(unicodedata.normalize("NFKC", label)).casefold()
    return re.sub(r"[\s※*●○◎■□:]", "", plain)
