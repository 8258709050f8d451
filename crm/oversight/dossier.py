"""A person's dossier in words: what is held, who saw it, who received it, what was agreed to."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from crm.access.trail_lines import label_of
from crm.bodies.lines import Seat
from crm.bodies.models import BODY_ROLE_LABELS
from crm.consents.models import CONSENT_METHOD_LABELS, CONSENT_SCOPE_LABELS
from crm.consents.queries import Consent
from crm.contacts.lines import PhoneLine, PostLine
from crm.contacts.models import Person
from crm.exports.models import EXPORT_KIND_LABELS, Export
from crm.kernel.clock import JST, local_day
from crm.kernel.i18n import N_, translate
from crm.kernel.kana import furigana
from crm.kernel.wareki import wareki
from crm.liaisons.models import CANDIDATE_STATE_LABELS, LiaisonCandidate
from crm.liaisons.standing import HAPPENING_LABELS, Happening
from crm.meetings.lines import Invitation
from crm.meetings.models import PRESENCE_LABELS, REPLY_LABELS
from crm.notes.models import OCCASION_LABELS, ActivityNote
from crm.oversight.lines import Sighting, field_words, reference_number
from crm.sharing.models import DISCLOSURE_BASIS_LABELS, Disclosure, ProvisionRecord

ACT_LABELS = {
    "given": N_("提供を開始"),
    "changed": N_("提供内容を更新"),
    "ended": N_("提供を終了"),
}


class Section(NamedTuple):
    """One table of the dossier; `remark` says what stands under it."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    remark: str = ""


class Held(NamedTuple):
    """Everything on record about a person, as it was read."""

    person: Person
    phones: Sequence[PhoneLine]
    posts: Sequence[PostLine]
    seats: Sequence[Seat]
    invitations: Sequence[Invitation]
    course: Sequence[Happening]
    candidacies: Sequence[LiaisonCandidate]
    consents: Sequence[Consent]
    notes: Sequence[ActivityNote]
    provisions: Sequence[ProvisionRecord]
    disclosures: Sequence[Disclosure]
    exports: Sequence[Export]
    sightings: Sequence[Sighting]
    sightings_in_all: int


class Dossier(NamedTuple):
    """A dossier ready to be drawn, on screen and on paper."""

    person_id: UUID
    name: str
    sections: Sequence[Section]
    sightings_in_all: int

    @property
    def reference(self) -> str:
        """The number the file bears instead of a name."""
        return reference_number(self.person_id)


def dossier_of(held: Held) -> Dossier:
    """Put everything on record about a person into words."""
    return Dossier(
        held.person.id,
        held.person.name,
        [
            _basics(held),
            _posts(held.posts),
            _seats(held.seats),
            _invitations(held.invitations),
            _candidacies(held.candidacies),
            _course(held.course),
            _consents(held.consents),
            _provisions(held.provisions),
            _disclosures(held.disclosures),
            _exports(held.exports),
            _notes(held.notes),
            _sightings(held),
        ],
        held.sightings_in_all,
    )


def _basics(held: Held) -> Section:
    person = held.person
    facts = [
        (N_("氏名"), person.name),
        (N_("ふりがな"), furigana(person.kana)),
        (N_("申し出のあった表記"), person.name_as_given),
        (N_("電話番号"), "、".join(phone.text for phone in held.phones)),
        (N_("住所"), person.address),
        (N_("配慮事項"), person.care_note),
        (N_("登録日"), _day(person.created_at.astimezone(JST).date())),
    ]
    rows = [(translate(label), value) for label, value in facts if value]
    return Section(translate(N_("保有する個人情報")), _words(N_("項目"), N_("内容")), rows)


def _posts(posts: Sequence[PostLine]) -> Section:
    rows = [(post.label, _day(post.valid_from), _day(post.valid_to)) for post in posts]
    return Section(translate(N_("役職")), _words(N_("役職"), N_("始まり"), N_("終わり")), rows)


def _seats(seats: Sequence[Seat]) -> Section:
    rows = [
        (
            seat.name,
            translate(BODY_ROLE_LABELS[seat.role]),
            _day(seat.valid_from),
            _day(seat.valid_to),
        )
        for seat in seats
    ]
    headings = _words(N_("会議体"), N_("役割"), N_("始まり"), N_("終わり"))
    return Section(translate(N_("会議体の委員")), headings, rows)


def _invitations(invitations: Sequence[Invitation]) -> Section:
    rows = [
        (
            _day(local_day(one.starts_at)),
            one.title,
            translate(REPLY_LABELS[one.reply]) if one.reply else "",
            translate(PRESENCE_LABELS[one.presence]) if one.presence else "",
        )
        for one in invitations
    ]
    headings = _words(N_("日付"), N_("会議"), N_("返信"), N_("出欠"))
    return Section(translate(N_("会議の案内と出欠")), headings, rows)


def _candidacies(candidacies: Sequence[LiaisonCandidate]) -> Section:
    rows = [
        (
            _day(one.noticed_on),
            one.reason,
            "\n".join(said for said in (one.post, one.known_by, one.avoid) if said),
            translate(CANDIDATE_STATE_LABELS[one.state]),
        )
        for one in candidacies
    ]
    headings = _words(N_("日付"), N_("紹介する理由"), N_("備考"), N_("状態"))
    return Section(translate(N_("連絡員候補としての記録")), headings, rows)


def _course(course: Sequence[Happening]) -> Section:
    rows = [
        (_day(step.on), translate(HAPPENING_LABELS[step.kind]), step.by, _said(step))
        for step in course
    ]
    headings = _words(N_("日付"), N_("内容"), N_("職員"), N_("備考"))
    return Section(translate(N_("連絡員としての経過")), headings, rows)


def _said(step: Happening) -> str:
    wish = translate(N_("今後の依頼は望まない")) if step.asks_no_more else ""
    return "\n".join(said for said in (step.remark, wish) if said)


def _consents(consents: Sequence[Consent]) -> Section:
    rows = [
        (
            _day(consent.decided_on),
            "、".join(
                translate(CONSENT_SCOPE_LABELS[grant.scope])
                + (f"（{grant.recipient}）" if grant.recipient else "")
                for grant in consent.grants
            )
            or translate(N_("同意なし")),
            translate(CONSENT_METHOD_LABELS[consent.method]),
            consent.form_version,
        )
        for consent in consents
    ]
    headings = _words(N_("日付"), N_("同意した範囲"), N_("方法"), N_("書面の版"))
    return Section(translate(N_("同意")), headings, rows)


def _provisions(provisions: Sequence[ProvisionRecord]) -> Section:
    rows = [
        (
            _time(record.at),
            record.recipient_name,
            translate(ACT_LABELS.get(record.act, record.act)),
            field_words(record.fields),
        )
        for record in provisions
    ]
    headings = _words(N_("日時"), N_("提供先"), N_("区分"), N_("項目"))
    return Section(translate(N_("提供記録")), headings, rows)


def _disclosures(disclosures: Sequence[Disclosure]) -> Section:
    rows = [
        (
            _day(one.decided_on),
            one.recipient_name,
            translate(DISCLOSURE_BASIS_LABELS[one.basis]),
            field_words(one.fields),
            _day(one.expires_on),
        )
        for one in disclosures
    ]
    headings = _words(N_("日付"), N_("提供先"), N_("根拠"), N_("項目"), N_("期限"))
    return Section(translate(N_("個別の提供")), headings, rows)


def _exports(exports: Sequence[Export]) -> Section:
    rows = [
        (
            _time(one.asked_at),
            one.number,
            translate(EXPORT_KIND_LABELS[one.kind]),
            one.purpose,
            one.recipient,
            one.exported_by,
        )
        for one in exports
    ]
    headings = _words(N_("日時"), N_("番号"), N_("種類"), N_("目的"), N_("提供先"), N_("職員"))
    return Section(translate(N_("書き出したファイル")), headings, rows)


def _notes(notes: Sequence[ActivityNote]) -> Section:
    rows = [
        (
            _time(note.happened_at),
            translate(OCCASION_LABELS[note.occasion]),
            note.heard,
            note.told,
            note.advice,
        )
        for note in notes
    ]
    headings = _words(N_("日時"), N_("機会"), N_("聞いた内容"), N_("伝えた内容"), N_("助言・支援"))
    return Section(translate(N_("活動記録")), headings, rows)


def _sightings(held: Held) -> Section:
    rows = [
        (
            _time(seen.at),
            label_of(seen.action),
            seen.actor_name,
            seen.unit_name,
            field_words(seen.fields),
        )
        for seen in held.sightings
    ]
    headings = _words(N_("日時"), N_("行為"), N_("職員"), N_("所属"), N_("項目"))
    remark = translate(
        N_("監査記録%(total)s件のうち、新しいものから%(shown)s件を掲げています。"),
        total=held.sightings_in_all,
        shown=len(rows),
    )
    return Section(translate(N_("閲覧・変更した職員")), headings, rows, remark)


def _words(*labels: str) -> list[str]:
    return [translate(label) for label in labels]


def _day(day: dt.date | None) -> str:
    return wareki(day) if day else ""


def _time(at: dt.datetime) -> str:
    local = at.astimezone(JST)
    return f"{wareki(local.date())} {local:%H:%M}"
