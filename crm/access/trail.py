"""The audit trail in the words of the auditor's page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from crm.kernel.audit import AuditEntry
from crm.kernel.i18n import N_, translate

ACTION_LABELS: Mapping[str, str] = {
    "access.denied": N_("閲覧・操作を断りました"),
    "account.closed": N_("アカウントを停止"),
    "account.opened": N_("アカウントを登録"),
    "account.password_changed": N_("パスワードを本人が変更"),
    "account.password_renewed": N_("パスワードを再発行"),
    "account.reopened": N_("アカウントを再開"),
    "accounts.listed": N_("アカウントの一覧を閲覧"),
    "agreement.ended": N_("提供の取決めを終了"),
    "agreement.made": N_("提供の取決めを登録"),
    "agreement.narrowed": N_("提供の取決めを縮小"),
    "agreement.viewed": N_("提供の取決めを閲覧"),
    "agreements.listed": N_("提供の取決めの一覧を閲覧"),
    "appointment.ended": N_("役職を終了"),
    "appointment.made": N_("役職を追加"),
    "approval.approved": N_("決裁"),
    "approval.delegated": N_("代決"),
    "approval.drafted": N_("起案"),
    "approval.entered": N_("紙決裁を登録"),
    "approval.returned": N_("起案を差戻し"),
    "approval.reviewed": N_("後閲"),
    "approval.used": N_("決裁どおりに実施"),
    "approval.viewed": N_("起案を閲覧"),
    "approval.withdrawn": N_("起案を取下げ"),
    "approvals.listed": N_("起案の一覧を閲覧"),
    "area.corrected": N_("区域の名称を訂正"),
    "area.ended": N_("区域を終了"),
    "area.viewed": N_("区域の活動を閲覧"),
    "asking.decided": N_("依頼の定めを決定"),
    "assignment.ended": N_("配置を終了"),
    "assignment.made": N_("配置を登録"),
    "audit.viewed": N_("監査記録を閲覧"),
    "cadence.decided": N_("訪問の目安を変更"),
    "candidate.entered": N_("連絡員の候補の紹介票を閲覧"),
    "candidate.noted": N_("連絡員の候補を紹介"),
    "candidate.passed_over": N_("連絡員の候補を見送り"),
    "candidate.received": N_("連絡員の候補を受理"),
    "candidate.viewed": N_("連絡員の候補を閲覧"),
    "candidate.withdrawn": N_("連絡員の候補の紹介を取下げ"),
    "candidates.listed": N_("連絡員の候補の一覧を閲覧"),
    "checkpoint.countersigned": N_("監査記録の封印に立会いの署名"),
    "checkpoint.witnessed": N_("監査記録の封印への立会いの署名を受取り"),
    "circulation.confirmed": N_("供覧を確認"),
    "circulation.started": N_("供覧に付した"),
    "consent.recorded": N_("同意を記録"),
    "contact.confirmed": N_("窓口担当者を確認"),
    "contact.linked": N_("提供を受けた連絡先を結び付け"),
    "contact.questioned": N_("窓口担当者を確認要に変更"),
    "contact.unlinked": N_("提供を受けた連絡先の結び付けを解除"),
    "contact.viewed": N_("提供を受けた連絡先を閲覧"),
    "contacts.listed": N_("提供を受けた連絡先の一覧を閲覧"),
    "copy.changed": N_("他機関への提供内容を更新"),
    "copy.ended": N_("他機関への提供を終了"),
    "copy.published": N_("他機関へ提供"),
    "coverage.viewed": N_("構築状況を閲覧"),
    "device.described": N_("端末の名前・種類を登録"),
    "device.revoked": N_("端末の登録を取消し"),
    "disclosure.decided": N_("個別の提供を決定"),
    "disclosure.ended": N_("個別の提供を終了"),
    "disposal.approved": N_("廃棄を承認"),
    "disposal.drafted": N_("廃棄を起案"),
    "disposal.finished": N_("記録を廃棄"),
    "disposal.withdrawn": N_("廃棄の起案を取りやめ"),
    "dossier.issued": N_("開示資料を作成"),
    "dossier.viewed": N_("開示資料を閲覧"),
    "factor.accepted": N_("二要素認証でサインイン"),
    "factor.codes_made": N_("リカバリーコードを作成"),
    "factor.enrolled": N_("二要素認証の方法を登録"),
    "factor.refused": N_("二要素認証を断りました"),
    "factor.removed": N_("二要素認証の方法を削除"),
    "factor_reset.asked": N_("二要素認証の解除を依頼"),
    "factor_reset.confirmed": N_("二要素認証の解除を確認して実施"),
    "factors.cleared": N_("サーバーで二要素認証を解除"),
    "factor_reset.withdrawn": N_("二要素認証の解除の依頼を取下げ"),
    "entries.listed": N_("圏外の記録の一覧を閲覧"),
    "entry.dismissed": N_("圏外の記録を登録せずに終了"),
    "entry.parked": N_("圏外の記録を確認待ちで保管"),
    "entry.settled": N_("圏外の記録を確認して登録"),
    "entry.viewed": N_("圏外の記録を閲覧"),
    "export.asked": N_("書出しを依頼"),
    "export.fetched": N_("書出しのファイルを受取り"),
    "export.made": N_("書出しのファイルを作成"),
    "export.viewed": N_("書出しの記録を閲覧"),
    "exports.listed": N_("書出しの記録の一覧を閲覧"),
    "import.applied": N_("ファイルを取込み"),
    "information.corrected": N_("地域安全情報を訂正"),
    "information.downloaded": N_("地域安全情報のファイルを取出し"),
    "information.issued": N_("地域安全情報を登録"),
    "information.provided": N_("地域安全情報を他機関に提供"),
    "information.provision_ended": N_("地域安全情報の提供を終了"),
    "information.withdrawn": N_("地域安全情報を撤回"),
    "jurisdiction.assigned": N_("所管区を引き渡し"),
    "job.asked": N_("書類の作成を依頼"),
    "job.cancelled": N_("書類の作成を取りやめ"),
    "job.fetched": N_("作成した書類を受取り"),
    "job.finished": N_("書類を作成"),
    "intake.applied": N_("一覧を登録"),
    "intake.discarded": N_("一覧の取込みを取りやめ"),
    "intake.previewed": N_("一覧を読込み"),
    "intake.rejected": N_("登録されなかった行を保存"),
    "intake.reverted": N_("一覧の取込みを取消し"),
    "intake.viewed": N_("一覧の取込みを閲覧"),
    "jurisdiction.moved": N_("所管区を変更"),
    "leak.downloaded": N_("漏えい等調査票を保存"),
    "leak.recorded": N_("漏えい等調査票を作成"),
    "leak.viewed": N_("漏えい等調査票を閲覧"),
    "key.replaced": N_("インストールの鍵を取替え"),
    "liaison.accepted": N_("承諾を記録"),
    "liaison.asked": N_("依頼を記録"),
    "liaison.declined": N_("辞退を記録"),
    "liaison.thinking": N_("考えたいとの回答を記録"),
    "liaison.viewed": N_("依頼・同意の記録を閲覧"),
    "liaison.willing": N_("依頼してよいとの申出を記録"),
    "liaison.withdrawn": N_("取りやめの申出を記録"),
    "network_office.marked": N_("一覧表の受持ち課を変更"),
    "note.corrected": N_("活動記録を訂正"),
    "note.logged": N_("活動を記録"),
    "note.published": N_("他機関へ活動を提供"),
    "note.recalled": N_("他機関への活動の提供を終了"),
    "note.replied": N_("回答を記録"),
    "note.viewed": N_("活動記録を閲覧"),
    "opening.reviewed": N_("緊急閲覧を点検"),
    "openings.listed": N_("緊急閲覧の一覧を閲覧"),
    "openid.accepted": N_("OpenIDの結び付けを承認"),
    "openid.linked": N_("OpenIDを結び付け"),
    "openid.unlinked": N_("OpenIDの結び付けを解除"),
    "organization.corrected": N_("団体を変更"),
    "organization.registered": N_("団体を登録"),
    "organization.viewed": N_("団体を閲覧"),
    "organizations.listed": N_("団体の一覧を閲覧"),
    "outflow.viewed": N_("外へ出た情報を閲覧"),
    "people.listed": N_("連絡員・協力者の一覧を閲覧"),
    "person.closed": N_("緊急閲覧を終了"),
    "person.corrected": N_("氏名等を変更"),
    "person.opened": N_("一名を緊急に閲覧"),
    "person.registered": N_("連絡員・協力者を登録"),
    "person.traced": N_("閲覧した職員を調査"),
    "person.sought": N_("緊急閲覧で該当者なし"),
    "person.viewed": N_("連絡員・協力者を閲覧"),
    "readings.checked": N_("読取り点検を記録"),
    "readings.viewed": N_("読取り点検を閲覧"),
    "retention.viewed": N_("保存期間と廃棄を閲覧"),
    "suspension.granted": N_("利用停止等を決定し実施"),
    "suspension.listed": N_("利用停止等の請求の一覧を閲覧"),
    "suspension.notified": N_("利用停止等の決定を通知"),
    "suspension.opened": N_("利用停止等の請求を閲覧"),
    "suspension.received": N_("利用停止等の請求を受付"),
    "suspension.refused": N_("利用停止等をしない旨を決定"),
    "suspension.withdrawn": N_("利用停止等の請求の取下げ"),
    "phrase.ended": N_("定型文を終了"),
    "phrase.offered": N_("定型文を登録"),
    "request.answered": N_("意見・要望の回答を記録"),
    "request.assigned": N_("意見・要望の担当を決定"),
    "request.closed": N_("意見・要望を回答なしで終了"),
    "request.decided": N_("意見・要望の結果を記録"),
    "request.progressed": N_("意見・要望の経過を記録"),
    "request.received": N_("意見・要望を受理"),
    "request.recalled": N_("意見・要望の依頼を取下げ"),
    "request.referred": N_("意見・要望を他の機関・本部へ依頼"),
    "request.reopened": N_("意見・要望を再開"),
    "request.sited": N_("意見・要望の場所を登録"),
    "request.unsited": N_("意見・要望の写真を削除"),
    "request.viewed": N_("意見・要望を閲覧"),
    "sites.listed": N_("場所のある意見・要望の一覧を閲覧"),
    "requests.listed": N_("意見・要望の一覧を閲覧"),
    "roster.issued": N_("一覧表を作成"),
    "roster.viewed": N_("一覧表を閲覧"),
    "route.decided": N_("決裁の経路を変更"),
    "search.made": N_("検索"),
    "session.confirmed": N_("本人であることをパスワードで確認"),
    "session.ended": N_("サインアウト"),
    "session.locked": N_("画面をロック"),
    "session.refused": N_("サインインを断りました"),
    "session.started": N_("サインイン"),
    "session.throttled": N_("続けて失敗したため、待つよう求めました"),
    "session.unlocked": N_("画面のロックを解除"),
    "sessions.ended": N_("ほかのサインインを終了"),
    "sessions.listed": N_("サインイン中の端末を閲覧"),
    "setting.decided": N_("設定を変更"),
    "sightings.viewed": N_("閲覧した職員の一覧を閲覧"),
    "staff.corrected": N_("職員の氏名等を訂正"),
    "staff.listed": N_("職員の一覧を閲覧"),
    "staff.registered": N_("職員を登録"),
    "staff.viewed": N_("職員を閲覧"),
    "quiet_period.entered": N_("訪問を控える期間を登録"),
    "quiet_period.lifted": N_("訪問を控える期間を終了"),
    "shift_message.confirmed": N_("申し送りを確認"),
    "shift_message.left": N_("申し送りを登録"),
    "shift_message.withdrawn": N_("申し送りを取消し"),
    "shifts.listed": N_("申し送りの一覧を閲覧"),
    "term.ended": N_("連絡員を終了"),
    "tour.viewed": N_("本日の当務を閲覧"),
    "trail.exported": N_("監査記録を書出し"),
    "transfer.applied": N_("人事異動を登録"),
    "transfer.previewed": N_("人事異動を確認"),
    "unusual.viewed": N_("普段と違う利用を閲覧"),
    "unit.ended": N_("所属を終了"),
    "unit.moved": N_("所属を移動"),
    "unit.opened": N_("所属を新設"),
    "unit.renamed": N_("所属の名称を変更"),
}

SUBJECT_LABELS: Mapping[str, str] = {
    "account": N_("アカウント"),
    "agreement": N_("提供の取決め"),
    "approval": N_("起案"),
    "area": N_("区域"),
    "circulation": N_("供覧"),
    "contact": N_("提供を受けた連絡先"),
    "entry": N_("圏外の記録"),
    "export": N_("書出し"),
    "device": N_("端末"),
    "disposal": N_("廃棄"),
    "import": N_("取込み"),
    "intake": N_("一覧の取込み"),
    "information": N_("地域安全情報"),
    "job": N_("書類の作成"),
    "leak": N_("漏えい等調査票"),
    "note": N_("活動記録"),
    "phrase": N_("定型文"),
    "request": N_("意見・要望"),
    "opening": N_("緊急閲覧"),
    "organization": N_("団体"),
    "person": N_("人物"),
    "roster": N_("一覧表"),
    "route": N_("決裁の経路"),
    "setting": N_("設定"),
    "shift": N_("申し送り"),
    "staff": N_("職員"),
    "subject": N_("整理番号"),
    "term": N_("連絡員"),
    "unit": N_("所属"),
}

OUTCOME_LABELS: Mapping[str, str] = {
    "done": N_("実施"),
    "refused": N_("不可"),
    "403": N_("権限なし（403）"),
    "404": N_("該当なし（404）"),
}


DETAIL_LABELS: Mapping[str, str] = {
    "action_filter": N_("行為の絞り込み"),
    "appointment_id": N_("役職の番号"),
    "areas": N_("区域の数"),
    "as_of": N_("基準日"),
    "basis": N_("根拠"),
    "chief_confirmed": N_("課長の確認"),
    "command": N_("コマンド"),
    "count": N_("件数"),
    "counts": N_("件数の内訳"),
    "fields": N_("項目"),
    "format": N_("形式"),
    "information": N_("渡した情報"),
    "key": N_("設定の名前"),
    "keeps_entries": N_("圏外での記録"),
    "kind": N_("種類"),
    "left_out": N_("登録しなかった行"),
    "length": N_("字数"),
    "method": N_("方法"),
    "named": N_("表示した人物・団体の数"),
    "named_sha256": N_("表示した人物・団体の指紋"),
    "number": N_("番号"),
    "organizations": N_("団体"),
    "origin": N_("記録の鍵"),
    "page": N_("ページ"),
    "path": N_("アドレス"),
    "people": N_("人物の番号"),
    "persons": N_("個人"),
    "profile": N_("用途"),
    "reason": N_("事由"),
    "reference": N_("書類の番号"),
    "recipient": N_("提供先"),
    "recipients": N_("提供先の数"),
    "replies": N_("回答未了"),
    "role": N_("役割"),
    "scopes": N_("同意の範囲"),
    "sha256": N_("ファイルの指紋"),
    "size": N_("何番目の記録まで"),
    "state": N_("状態"),
    "term": N_("連絡員の番号"),
    "to": N_("移動先"),
    "unit": N_("所属"),
    "value": N_("設定した値"),
    "visits": N_("訪問の予定"),
    "witness": N_("立会人"),
}

UNSPOKEN = frozenset({"named_sha256"})
"""What only a program that checks the trail reads."""


class TrailLine(NamedTuple):
    """One audit entry as the auditor reads it: records by their key, never by a name."""

    at: dt.datetime
    label: str
    who: str
    unit: str
    subject: str
    detail: str
    outcome: str
    address: str


def trail_line(entry: AuditEntry) -> TrailLine:
    """Return `entry` in words."""
    return TrailLine(
        at=entry.at,
        label=label_of(entry.action),
        who=entry.actor_name or translate("（不明）"),
        unit=entry.unit_name,
        subject=_subject(entry),
        detail=_detail(entry.detail),
        outcome=translate(OUTCOME_LABELS.get(entry.outcome, entry.outcome)),
        address=entry.address,
    )


def label_of(action: str) -> str:
    """Return an action in words; one not yet named here shows as it is stored."""
    return translate(ACTION_LABELS.get(action, action))


def _subject(entry: AuditEntry) -> str:
    if entry.subject_id is None:
        return ""
    kind = translate(SUBJECT_LABELS.get(entry.subject_type, entry.subject_type))
    return f"{kind} {str(entry.subject_id)[-12:]}"


def _detail(detail: Mapping[str, Any]) -> str:
    shown = (
        f"{translate(DETAIL_LABELS.get(name, name))} {_short(value)}"
        for name, value in detail.items()
        if value not in ("", None, [], {}) and name not in UNSPOKEN
    )
    return "、".join(shown)


def _short(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value[:8]) + (" …" if len(value) > 8 else "")  # noqa: PLR2004 - what fits a line
    return str(value)
