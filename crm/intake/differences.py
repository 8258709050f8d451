"""What a row says of somebody on record: what is empty there is filled, what differs is told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crm.contacts.filing import NAME_KANA_LENGTH, ORGANIZATION_KANA_LENGTH, PHONE_LENGTH
from crm.intake.deeds import Deed, FillIn, NoteCandidate, Remark, remark
from crm.intake.known import (
    KnownOrganization,
    KnownPerson,
    Lookups,
    Serving,
    kana_key,
    short_key,
)
from crm.intake.matching import numbers_of
from crm.intake.models import ListKind
from crm.intake.rows import PersonRow
from crm.kernel.i18n import N_
from crm.kernel.kana import normalize_kana
from crm.kernel.phone import Phone
from crm.kernel.text import search_key
from crm.liaisons.models import LiaisonState

NAME, KANA, PHONES, ADDRESS = N_("氏名の表記"), N_("ふりがな"), N_("電話番号"), N_("住所")
MAX_ADDRESS = 200

Told = tuple[list[Deed], list[Remark]]


def fitting(row: PersonRow) -> tuple[PersonRow, list[Remark]]:
    """Return the row without what the book cannot hold, and what was left out."""
    phones = tuple(phone for phone in row.phones if _is_number(phone))
    limit = ORGANIZATION_KANA_LENGTH if row.is_organization else NAME_KANA_LENGTH
    family_kana, given_kana = normalize_kana(row.family_kana), normalize_kana(row.given_kana)
    if max(len(family_kana), len(given_kana)) > limit:
        family_kana = given_kana = ""
    kept = replace(
        row,
        phones=phones,
        address=row.address[:MAX_ADDRESS],
        family_kana=family_kana,
        given_kana=given_kana,
    )
    lost = [label for label, is_lost in _losses(row, kept) if is_lost]
    message = N_("台帳に入らないため、取り込まない項目があります（%(labels)s）。")
    return kept, [remark(message, lost)] if lost else []


def fill_person(row: PersonRow, known: KnownPerson) -> Told:
    """Return what completes a person on record, and what differs and is left as it is."""
    told = kana_key(row.family_kana + row.given_kana)
    filled, differing = _compared(row, known)
    spelled = (row.family + row.given).replace(" ", "")
    if spelled != (known.family_name + known.given_name).replace(" ", ""):
        differing.insert(0, NAME)
    if told and not known.kana:
        filled = {KANA: {"family_kana": row.family_kana, "given_kana": row.given_kana}} | filled
    elif told and told != kana_key(known.kana):
        differing.append(KANA)
    return _told(known.revision, filled, differing)


def fill_organization(row: PersonRow, known: KnownOrganization) -> Told:
    """Return what completes an organization on record; as `fill_person`."""
    filled, differing = _compared(row, known)
    if row.family_kana and not known.kana:
        filled = {KANA: {"kana": row.family_kana}} | filled
    elif row.family_kana and kana_key(row.family_kana) != kana_key(known.kana):
        differing.append(KANA)
    return _told(known.revision, filled, differing)


def candidacy(row: PersonRow, serving: Serving | None, lookups: Lookups) -> Told:
    """Return what a list of liaisons does about whoever is in it: a candidate at the most.

    An acceptance is a record made by a person; no column makes one. Whoever answered before is
    left alone, whatever the answer was.
    """
    if lookups.kind is not ListKind.LIAISONS or not lookups.asks_liaisons:
        return [], []
    state = serving.state if serving else LiaisonState.NONE
    if state is LiaisonState.NONE:
        return [NoteCandidate()], []
    remarks = [remark(_LEFT_ALONE[state])]
    areas = {short_key(area) for area in row.areas}
    if serving and state is LiaisonState.ACTIVE and areas and areas != serving.areas:
        remarks.append(_difference([N_("担当区域")]))
    return [], remarks


def phones_text(row: PersonRow) -> str:
    """Return the numbers of a row as they are typed into the book, one on a line."""
    return "\n".join(phone.raw for phone in row.phones)


_WAITING = N_("候補、依頼中又は承諾の記録があるため、そのままにします。")
_ANSWERED = N_("以前の回答又は終了の記録があるため、候補にしません。")
_LEFT_ALONE = {
    LiaisonState.CANDIDATE: _WAITING,
    LiaisonState.ASKED: _WAITING,
    LiaisonState.ACCEPTED: _WAITING,
    LiaisonState.ACTIVE: N_("連絡員として活動中です。"),
    LiaisonState.DECLINED: _ANSWERED,
    LiaisonState.ENDED: _ANSWERED,
}


def _compared(
    row: PersonRow, known: KnownPerson | KnownOrganization
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Compare what people and organizations have alike: numbers and address."""
    filled, differing = {}, []
    if row.phones and not known.numbers:
        filled[PHONES] = {"phones": phones_text(row)}
    elif not numbers_of(row) <= known.numbers:
        differing.append(PHONES)
    if row.address and not known.address:
        filled[ADDRESS] = {"address": row.address}
    elif row.address and search_key(row.address) != search_key(known.address):
        differing.append(ADDRESS)
    return filled, differing


def _told(revision: int, filled: dict[str, dict[str, str]], differing: Sequence[str]) -> Told:
    values = {name: text for named in filled.values() for name, text in named.items()}
    deeds: list[Deed] = []
    if filled:
        deeds.append(FillIn(revision=revision, values=values, labels=tuple(filled)))
    return deeds, [_difference(differing)] if differing else []


def _difference(labels: Sequence[str]) -> Remark:
    message = N_("登録済みの値と違います（%(labels)s）。登録済みの値を残します。")
    return remark(message, labels)


def _is_number(phone: Phone) -> bool:
    return any(char.isdecimal() for char in phone.raw) and len(phone.raw) <= PHONE_LENGTH


def _losses(row: PersonRow, kept: PersonRow) -> Iterator[tuple[str, bool]]:
    yield PHONES, len(row.phones) > len(kept.phones)
    yield ADDRESS, row.address != kept.address
    yield KANA, bool(row.family_kana) and not kept.family_kana
