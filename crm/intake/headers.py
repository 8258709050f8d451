"""What the columns of a list of people mean, by the many names they go by."""

from enum import StrEnum

from crm.kernel.i18n import N_


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
    POSTAL_CODE = "postal_code"
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
    Meaning.POSTAL_CODE: N_("郵便番号"),
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
