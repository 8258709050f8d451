"""Every table of the product: whether it holds personal data, and how that comes to an end.

A table missing here stops the tests. What is emptied or deleted is carried out by `sweeping`; the
words are shown to whoever answers for the records.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from crm.kernel.i18n import N_
from crm.retention.models import Holding


class Means(StrEnum):
    """How the personal data of a table comes to an end."""

    EMPTIED = "emptied"
    DELETED = "deleted"
    FLEETING = "fleeting"
    KEPT = "kept"
    NONE = "none"


MEANS_LABELS = {
    Means.EMPTIED: N_("個人情報の欄を空にする"),
    Means.DELETED: N_("行を削除する"),
    Means.FLEETING: N_("廃棄を待たずに消える"),
    Means.KEPT: N_("保存する"),
    Means.NONE: N_("個人情報なし"),
}


class Keeping(NamedTuple):
    """What becomes of one table: how, with which holding, and why so (a msgid)."""

    means: Means
    why: str
    holding: Holding | None = None


_TIES = N_(
    "個人について、最後の関わり（連絡員・役職・会議体の委員の終了、接触、依頼、同意）の翌年度4月1日から起算"
)
_NOTES = N_("活動した日の翌年度4月1日から起算")
_NEVER_ACCEPTED = N_(
    "承諾に至らなかった候補について、最後の経過の翌年度4月1日から起算（個人情報保護法61条2項）。"
    "ほかに関わりのない方の連絡先もともに消し、今後の依頼を望まない方は申出を守るために残す"
)
_COUNTS = N_("件数と経過のための番号と日付だけを残す")
_STAFF = N_("職員の記録であり、人事の文書管理による")
_FACTORS = N_("職員の認証の手段であり、アカウントの停止とともに使えなくなる")
_TRAIL = N_("記録の番号だけを持ち、内容を持たない監査の記録")
_PLACES = N_("組織・区域・設定の記録であり、個人を示さない")
_BODIES = N_("会議体の記録で、委員の氏名を持たない。廃棄の対象にしない")
_PROVISION = N_("提供の事実を番号で示す記録であり、内容を持たない")
_PUBLISHED = N_("提供の終了と同時に消える写しで、廃棄のときにも残りを消す")
_ISSUED = N_(
    "発行した一覧表の控えで、発行の翌年度4月1日から起算し、載っている方を廃棄するときにはそれより前に消す"
)
_DECISIONS = N_("決裁・供覧の文書として文書管理規程により保存する")


def _contacts(means: Means, why: str = _TIES) -> Keeping:
    return Keeping(means, why, Holding.CONTACTS)


def _notes(means: Means, why: str = _NOTES) -> Keeping:
    return Keeping(means, why, Holding.NOTES)


def _all(keeping: Keeping, *tables: str) -> dict[str, Keeping]:
    return dict.fromkeys(tables, keeping)


REGISTRY: Mapping[str, Keeping] = {
    **_all(
        _contacts(Means.EMPTIED),
        *("person", "appointment", "consent_record", "liaison_term", "approach"),
        "disclosure",
    ),
    **_all(
        Keeping(Means.EMPTIED, _NEVER_ACCEPTED, Holding.CANDIDATES),
        *("liaison_candidate", "candidate_step"),
    ),
    **_all(_contacts(Means.DELETED), "telephone", "contact_link", "quiet_period", "visit_cadence"),
    **_all(_contacts(Means.DELETED, _PUBLISHED), "published_contact"),
    **_all(_contacts(Means.DELETED, _ISSUED), "roster_document"),
    **_all(_contacts(Means.KEPT, _COUNTS), "acceptance_record", "consent_grant"),
    **_all(_contacts(Means.KEPT, _COUNTS), "liaison_term_area", "disclosure_end", "note_person"),
    **_all(_contacts(Means.KEPT, _COUNTS), "request_party", "coverage_span"),
    **_all(_notes(Means.KEPT, _COUNTS), "meeting", "meeting_party", "meeting_series"),
    **_all(_contacts(Means.KEPT, _COUNTS), "body_member"),
    **_all(Keeping(Means.KEPT, _BODIES), "body"),
    **_all(_notes(Means.EMPTIED), "agenda_item", "minutes_section", "meeting_matter"),
    **_all(_notes(Means.DELETED), "meeting_paper"),
    **_all(_notes(Means.KEPT, _COUNTS), "minutes_version", "meeting_sequel", "meeting_guests"),
    **_all(_contacts(Means.KEPT, _COUNTS), "strengthening_target"),
    **_all(_notes(Means.EMPTIED), "activity_note", "community_request", "request_step"),
    **_all(_notes(Means.DELETED), "note_correction", "site_photo"),
    **_all(_notes(Means.EMPTIED), "note_companion", "site_issue"),
    **_all(
        _notes(Means.DELETED, _PUBLISHED),
        *("published_note", "published_request", "published_site", "published_progress"),
    ),
    **_all(_notes(Means.KEPT, _COUNTS), "note_organization", "note_staff", "note_information"),
    **_all(
        Keeping(
            Means.KEPT,
            N_(
                "団体の記録で、廃棄の対象にしない。団体としての電話番号・同意・連絡員の記録もともに残る"
            ),
        ),
        *("organization", "registration"),
    ),
    **_all(
        _contacts(Means.DELETED, N_("取込みの取消しのための控えで、起算日を過ぎたものを消す")),
        *("intake_change", "intake_row"),
    ),
    **_all(
        Keeping(Means.FLEETING, N_("検索の語で、1日で消える")),
        *("stored_search", "stored_filter"),
    ),
    **_all(
        Keeping(Means.FLEETING, N_("勤務の申し送りで、30日で消える")),
        *("shift_message", "shift_confirmation"),
    ),
    **_all(Keeping(Means.FLEETING, N_("作成した書類で、24時間で消える")), "job_file"),
    **_all(
        Keeping(Means.FLEETING, N_("受持区の職員が書き直す文で、前の文は残らない")), "beat_brief"
    ),
    **_all(
        Keeping(Means.FLEETING, N_("書き出したファイルで、受取りか期限で消える")), "export_content"
    ),
    **_all(Keeping(Means.FLEETING, N_("画面のロックで預かった入力で、1日で消える")), "draft"),
    **_all(
        Keeping(
            Means.FLEETING,
            N_("圏外の記録の受領の控えで、内容は登録か取りやめまでの間だけ暗号化して預かる"),
        ),
        "sent_entry",
    ),
    **_all(
        Keeping(Means.FLEETING, N_("サインインの失敗の回数で、次の成功で消える")), "sign_in_attempt"
    ),
    **_all(
        Keeping(Means.KEPT, _PROVISION),
        *("provision_record", "export", "export_subject", "export_file", "export_fetch"),
        *("roster_issue", "roster_copy", "roster_copy_act", "sharing_agreement"),
    ),
    **_all(
        Keeping(Means.KEPT, _DECISIONS),
        *("approval", "approval_step", "circulation", "circulation_recipient"),
        *("circulation_confirmation", "person_opening", "opening_review", "asking_rule"),
        *("brief_reading", "succession_answer"),
    ),
    **_all(
        Keeping(Means.KEPT, _TRAIL),
        *("audit_entry", "audit_subject", "audit_leaf", "checkpoint", "witness_signature"),
        *("countersigned", "leak_case", "reading_check", "disposal", "suspension_request"),
    ),
    **_all(
        Keeping(Means.KEPT, _STAFF),
        *("staff", "staff_assignment", "account", "sign_in_session", "known_device"),
    ),
    **_all(
        Keeping(Means.KEPT, _FACTORS),
        *("totp_factor", "passkey", "recovery_code", "factor_challenge", "openid_link"),
        *("openid_request", "factor_reset", "calendar_feed"),
    ),
    **_all(
        Keeping(Means.NONE, _PLACES),
        *("agency", "unit", "unit_placement", "unit_jurisdiction", "agency_setting", "area"),
        *(
            "post_type",
            "station_phrase",
            "roster_filter",
            "import_batch",
            "intake_batch",
            "job",
            "errand",
            "approval_route",
        ),
        *("information_item", "information_file", "published_information"),
        *("strengthening_day", "strengthening_unit", "strengthening_area"),
    ),
}
