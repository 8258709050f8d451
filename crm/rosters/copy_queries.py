"""Reading the copies another office holds of a station's liaisons: what a roster for it may say."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.contacts.models import Holder
from crm.kernel.actor import Actor
from crm.kernel.kana import furigana, kana_row
from crm.kernel.scope import ScopedSession
from crm.rosters.rows import RosterRow
from crm.sharing.models import Basis, ContactLink, PublishedContact


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """One liaison as another office knows them; what was not agreed to is empty here already."""

    holder: Holder
    recipient_name: str
    name: str
    kana: str
    kana_sort: str
    post: str
    areas: str
    phone: str
    address: str
    basis_text: str
    conditions: str
    retention: str
    inquiries: str

    @property
    def order(self) -> tuple[str, str, str]:
        """Where it stands in 五十音 order."""
        return self.kana_sort, self.name, str(self.holder.subject[1])

    @property
    def terms(self) -> list[str]:
        """What the office is bound to, line by line."""
        said = {
            "根拠": self.basis_text,
            "条件": self.conditions,
            "保存": self.retention,
            "問合せ先": self.inquiries,
        }
        return [f"{label}：{text}" for label, text in said.items() if text]

    def row(self, number: int, *, by_area: bool) -> RosterRow:
        """Return it as a line of a roster."""
        return RosterRow(
            number=number,
            holder=self.holder,
            name=self.name,
            kana=furigana(self.kana),
            post=self.post,
            areas=self.areas,
            phone=self.phone,
            concurrent="",
            boxes="",
            asked_on=None,
            remark="",
            address=self.address,
            index=self.areas.split("\n")[0] if by_area else furigana(kana_row(self.kana)),
        )


def copies_held(
    db: ScopedSession, actor: Actor, recipient_id: UUID | None, day: dt.date
) -> Sequence[HeldCopy]:
    """Return the liaisons an office holds copies of under standing agreements; one statement.

    Whoever is known to it under two agreements stands there once, by the fuller copy.
    """
    columns = [
        *("recipient_name", "name", "kana", "kana_sort", "post", "areas", "phone", "address"),
        *("basis_text", "conditions", "retention", "inquiries"),
    ]
    rows = db.rows(
        sa.select(
            col(ContactLink.person_id),
            col(ContactLink.organization_id),
            *(col(getattr(PublishedContact, name)) for name in columns),
        )
        .join(ContactLink, col(ContactLink.reference) == col(PublishedContact.reference))
        .where(
            col(PublishedContact.giver_station_id) == actor.station_id,
            col(PublishedContact.recipient_station_id) == recipient_id,
            col(PublishedContact.basis) == Basis.STANDING,
            col(PublishedContact.is_liaison),
            col(PublishedContact.name) != "",
            sa.or_(
                col(PublishedContact.valid_until).is_(None),
                col(PublishedContact.valid_until) >= day,
            ),
            col(ContactLink.station_id) == actor.station_id,
        )
        .order_by(col(PublishedContact.id))
    )
    found: dict[Holder, HeldCopy] = {}
    for person_id, organization_id, *said in rows:
        copy = HeldCopy(Holder(person_id, organization_id), *said)
        if copy.holder not in found or _said(copy) > _said(found[copy.holder]):
            found[copy.holder] = copy
    return list(found.values())


def _said(copy: HeldCopy) -> int:
    return sum(map(bool, (copy.name, copy.kana, copy.post, copy.areas, copy.phone, copy.address)))
