"""The asking (依頼), the answer (承諾・辞退・取りやめ) and the term: three acts, never one word."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.consents.models import ConsentFacts, ConsentMethod, ConsentScope, SharedField
from crm.contacts.models import Held, Holder, one_holder
from crm.kernel.columns import Dated, Key, Moment, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class Decision(StrEnum):
    """An answer to the asking; no answer asks for a reason (S1 4(2))."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class EndReason(StrEnum):
    """Why a term ended; for an own wish there is nothing more to say."""

    OWN_WISH = "own_wish"
    MOVED = "moved"
    DECEASED = "deceased"
    POST_ENDED = "post_ended"
    ORGANIZATION_DISSOLVED = "organization_dissolved"
    OTHER = "other"


END_REASON_LABELS = {
    EndReason.OWN_WISH: N_("本人申出"),
    EndReason.MOVED: N_("転出"),
    EndReason.DECEASED: N_("逝去"),
    EndReason.POST_ENDED: N_("役職終了"),
    EndReason.ORGANIZATION_DISSOLVED: N_("団体解散"),
    EndReason.OTHER: N_("その他"),
}


class LiaisonState(StrEnum):
    """Where a holder stands; derived from the records on a day, never stored."""

    NONE = "none"
    CANDIDATE = "candidate"
    ASKED = "asked"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    ENDED = "ended"


LIAISON_STATE_LABELS = {
    LiaisonState.NONE: N_("依頼なし"),
    LiaisonState.CANDIDATE: N_("候補"),
    LiaisonState.ASKED: N_("依頼中"),
    LiaisonState.DECLINED: N_("辞退"),
    LiaisonState.ACCEPTED: N_("承諾"),
    LiaisonState.ACTIVE: N_("活動中"),
    LiaisonState.ENDED: N_("終了"),
}


class LiaisonCandidate(Held, table=True):
    """Somebody found suitable and not yet asked (S1 3(1)ア)."""

    __tablename__ = "liaison_candidate"
    __table_args__ = (one_holder(),)

    noticed_on: dt.date
    noticed_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    remark: str = Field(default="", max_length=500)


class Approach(Held, table=True):
    """One asking: who was asked, when, by whom, with which words."""

    __table_args__ = (one_holder(),)

    asked_on: dt.date
    asked_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    method: ConsentMethod = Field(sa_type=choice(ConsentMethod))
    form_version: str = Field(max_length=20)
    recorded_at: dt.datetime = Field(sa_type=Moment)


class AcceptanceRecord(Held, table=True):
    """One answer to serving as a liaison; append-only, without a reason."""

    __tablename__ = "acceptance_record"
    __table_args__ = (one_holder(),)

    decision: Decision = Field(sa_type=choice(Decision))
    decided_on: dt.date
    method: ConsentMethod = Field(sa_type=choice(ConsentMethod))
    recorded_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    recorded_at: dt.datetime = Field(sa_type=Moment)


class LiaisonTerm(Held, Dated, Stamped, table=True):
    """A person or an organization being a liaison, from one day, with no term of office (S1 2(1)).

    An organization's term outlives its chair: `contact_person_id` is then marked for review.
    `acceptance_id` is the acceptance it stands on; there is no term without one.
    """

    __tablename__ = "liaison_term"
    __table_args__ = (
        one_holder(),
        sa.Index("ix_liaison_term_station_id_valid_from", "station_id", "valid_from"),
    )

    acceptance_id: UUID = Field(foreign_key="acceptance_record.id", sa_type=Key)
    asked_on: dt.date
    contact_person_id: UUID | None = Field(
        default=None, foreign_key="person.id", sa_type=Key, index=True
    )
    contact_needs_review: bool = False
    end_reason: EndReason | None = Field(default=None, sa_type=choice(EndReason))
    remark: str = Field(default="", max_length=200)


class LiaisonTermArea(StationOwned, table=True):
    """An area a liaison's term is about (担当区域)."""

    __tablename__ = "liaison_term_area"
    __table_args__ = (sa.UniqueConstraint("term_id", "area_id"),)

    term_id: UUID = Field(foreign_key="liaison_term.id", sa_type=Key)
    area_id: UUID = Field(foreign_key="area.id", sa_type=Key, index=True)
    position: int = 0


@dataclass(frozen=True, slots=True)
class AcceptanceFacts:
    """An acceptance, with the consent given beside it and the term that follows.

    `scopes` and `provisions` as in `ConsentFacts`. An organization is spoken for by `signatory`
    and reached through `contact_person_id`, somebody who holds a post there.
    """

    decided_on: dt.date
    method: ConsentMethod
    starts_on: dt.date
    scopes: Mapping[ConsentScope, str] = field(default_factory=dict)
    provisions: Mapping[UUID, Collection[SharedField]] = field(default_factory=dict)
    area_ids: Sequence[UUID] = ()
    contact_person_id: UUID | None = None
    signatory: str = ""
    capacity: str = ""
    remark: str = ""

    @property
    def consent(self) -> ConsentFacts:
        """What was agreed to, apart from serving."""
        return ConsentFacts(
            self.decided_on,
            self.method,
            self.scopes,
            self.signatory,
            self.capacity,
            provisions=self.provisions,
        )


@dataclass(frozen=True, slots=True)
class LiaisonTermChanged:
    """A term of a person or an organization began or ended."""

    holder: Holder
