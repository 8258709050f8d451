"""How an entry is filed: the columns by which it is ordered and found, and its telephones."""

import re
from typing import Any, NamedTuple

from crm.contacts.models import Holder, Organization, Person, Telephone
from crm.kernel.actor import Actor
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.kana import kana_row, kana_sort_key, normalize_kana
from crm.kernel.phone import Phone, last4, read_phones
from crm.kernel.text import search_key

PHONE_LENGTH = 60
NOTE_LENGTH = 80
NAME_KANA_LENGTH = 60
ORGANIZATION_KANA_LENGTH = 160
_IS_KANA = re.compile("[ァ-ヶー・ヽヾ ]*")


class PhoneDoubt(NamedTuple):
    """A number kept as written although it is not certain; `reason` is a msgid."""

    raw: str
    reason: str


def owner(actor: Actor) -> dict[str, Any]:
    """Return the columns that make a row the actor's station's."""
    return {"agency_id": actor.agency_id, "station_id": actor.station_id}


def index_person(person: Person) -> None:
    """Fill the columns by which a person is ordered and found, out of the names."""
    person.kana_sort = kana_sort_key(person.family_kana, person.given_kana)
    person.kana_row = kana_row(person.family_kana)
    person.search_key = search_key(
        person.family_name + person.given_name,
        person.family_kana + person.given_kana,
        person.name_as_given,
    )


def index_organization(organization: Organization) -> None:
    """Fill the columns by which an organization is ordered and found, out of its name."""
    organization.kana_sort = kana_sort_key(organization.kana)
    organization.kana_row = kana_row(organization.kana)
    organization.search_key = search_key(organization.name, organization.kana)


def read_telephones(actor: Actor, holder: Holder, text: str, *, area_code: str) -> list[Telephone]:
    """Return the rows for the numbers in `text`, each as written and as far as it was understood.

    Raises Refused at `phones` for a text in place of a number, or one too long to be a number.
    """
    phones = read_phones(text, area_code=area_code)
    for phone in phones:
        if not phone.valid and not any(letter.isdecimal() for letter in phone.raw):
            raise Refused(
                N_("電話番号は市外局番から入力してください。（例：087-833-0110）"), field="phones"
            )
        if len(phone.raw) > PHONE_LENGTH:
            raise Refused(N_("電話番号は「、」か改行で区切って入力してください。"), field="phones")
    return [_telephone(actor, holder, *numbered) for numbered in enumerate(phones)]


def phone_doubts(text: str, *, area_code: str) -> list[PhoneDoubt]:
    """Return the numbers of `text` that should be looked over, each with the reason."""
    phones = read_phones(text, area_code=area_code)
    return [PhoneDoubt(phone.raw, phone.warning) for phone in phones if phone.warning]


def person_reading(text: str, *, field: str) -> str:
    """Return the stored form of a part of a person's reading; Refused at `field` if no kana."""
    reading = _reading(text, field, NAME_KANA_LENGTH)
    if not _IS_KANA.fullmatch(reading):
        raise Refused(
            N_("ふりがなは、ひらがなまたはカタカナで入力してください。（例：たかはし）"),
            field=field,
        )
    return reading


def organization_reading(text: str) -> str:
    """Return the stored form of an organization's reading, which may hold figures and letters."""
    return _reading(text, "kana", ORGANIZATION_KANA_LENGTH)


def _reading(text: str, field: str, limit: int) -> str:
    """Return the stored form of a reading, which may be longer than what was typed (㌔)."""
    reading = normalize_kana(text)
    if len(reading) > limit:
        raise Refused(N_("ふりがなは%(limit)s字以内で入力してください。"), field=field, limit=limit)
    return reading


def _telephone(actor: Actor, holder: Holder, position: int, phone: Phone) -> Telephone:
    return Telephone(
        **owner(actor),
        person_id=holder.person_id,
        organization_id=holder.organization_id,
        position=position,
        raw=phone.raw,
        e164=phone.e164,
        extension=phone.extension or "",
        kind=phone.kind,
        label=phone.label,
        note=phone.note[:NOTE_LENGTH],
        last4=_end_of(phone),
    )


def _end_of(phone: Phone) -> str:
    """Return what the number is looked up by, also where nobody could tell whether it exists."""
    if phone.e164:
        return last4(phone.e164)
    figures = "".join(str(int(letter)) for letter in phone.raw if letter.isdecimal())
    return "" if phone.extension else figures[-4:]
