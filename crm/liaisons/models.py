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
    THINKING = "thinking"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    WILLING = "willing"


NOES = frozenset({Decision.DECLINED, Decision.WITHDRAWN})
"""What is left alone for as long as the station decided; being willing again ends that."""


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


APPROACH_METHOD_LABELS = {
    ConsentMethod.ORAL: N_("訪問・面談"),
    ConsentMethod.WRITTEN: N_("文書（依頼状）"),
    ConsentMethod.PHONE: N_("電話"),
}
"""How somebody was asked."""


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


class CandidateState(StrEnum):
    """How far a proposal has come at the network office."""

    PROPOSED = "proposed"
    RECEIVED = "received"
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PASSED_OVER = "passed_over"
    WITHDRAWN = "withdrawn"


CANDIDATE_STATE_LABELS = {
    CandidateState.PROPOSED: N_("未受理"),
    CandidateState.RECEIVED: N_("受理"),
    CandidateState.ASKED: N_("依頼中"),
    CandidateState.ACCEPTED: N_("承諾"),
    CandidateState.DECLINED: N_("辞退"),
    CandidateState.PASSED_OVER: N_("見送り"),
    CandidateState.WITHDRAWN: N_("取下げ"),
}
NOT_ASKED = (CandidateState.PASSED_OVER, CandidateState.WITHDRAWN)
"""The states in which somebody is no candidate any more without having been asked."""


class LiaisonCandidate(Held, table=True):
    """Somebody found suitable by any section, proposed to the network office (S1 2(3), 3(1)).

    `known_by` says how the proposer knows of them, `avoid` what better not to talk about, `post` an
    organization and post nobody entered as such. `state` repeats what its steps say
    (`crm.candidates`), since `state_on`; `has_news` until the proposer has seen the last of them.
    `client_key` makes a form sent twice one proposal.
    """

    __tablename__ = "liaison_candidate"
    __table_args__ = (
        one_holder(),
        sa.Index("ix_liaison_candidate_station_id_state", "station_id", "state"),
        sa.Index("ix_liaison_candidate_noticed_by", "noticed_by"),
        sa.Index(
            "ix_liaison_candidate_station_id_client_key", "station_id", "client_key", unique=True
        ),
    )

    noticed_on: dt.date
    noticed_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    reason: str = Field(default="", max_length=500)
    known_by: str = Field(default="", max_length=160)
    avoid: str = Field(default="", max_length=300)
    post: str = Field(default="", max_length=160)
    area_id: UUID | None = Field(default=None, sa_type=Key)
    state: CandidateState = Field(default=CandidateState.PROPOSED, sa_type=choice(CandidateState))
    state_on: dt.date
    not_before: dt.date | None = None
    has_news: bool = False
    client_key: UUID | None = Field(default=None, sa_type=Key)


class AskingRule(StationOwned, table=True):
    """What a station decided about asking from a day on: the words, how long a no is left alone.

    Rows are only added: of one day the newest holds, and what was said to somebody stays known.
    """

    __tablename__ = "asking_rule"
    __table_args__ = (sa.Index("ix_asking_rule_station_id_valid_from", "station_id", "valid_from"),)

    valid_from: dt.date
    opening: str = Field(max_length=400)
    free_choice: str = Field(max_length=400)
    may_end: str = Field(max_length=400)
    no_duty: str = Field(max_length=400)
    on_record: str = Field(max_length=400)
    cool_off_days: int
    decided_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    decider_name: str = Field(max_length=120)
    decided_at: dt.datetime = Field(sa_type=Moment)


class Approach(Held, table=True):
    """One asking: who was asked, when, by whom, with which words.

    `form_version` names the words, `rule_id` the station's own where it had some. `again_reason`
    is why a chief confirmed asking somebody again whose no was still to be left alone.
    """

    __table_args__ = (one_holder(),)

    asked_on: dt.date
    asked_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    method: ConsentMethod = Field(sa_type=choice(ConsentMethod))
    form_version: str = Field(max_length=20)
    rule_id: UUID | None = Field(default=None, sa_type=Key)
    again_reason: str = Field(default="", max_length=300)
    recorded_at: dt.datetime = Field(sa_type=Moment)


class AcceptanceRecord(Held, table=True):
    """One answer to serving as a liaison; append-only, without a reason.

    Whoever thinks it over may name a day before which nobody comes again (`not_before`); whoever
    declines may wish never to be asked again (`asks_no_more`), which only they take back.
    """

    __tablename__ = "acceptance_record"
    __table_args__ = (one_holder(),)

    decision: Decision = Field(sa_type=choice(Decision))
    decided_on: dt.date
    not_before: dt.date | None = None
    asks_no_more: bool = False
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
class AskingFacts:
    """An asking: when, how and by whom of the station, the actor where nobody else is named.

    `chief_confirms` and `again_reason` are needed only for a no that is still to be left alone.
    """

    asked_on: dt.date
    method: ConsentMethod
    asked_by: UUID | None = None
    chief_confirms: bool = False
    again_reason: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """When and how an answer was given; the others as `AcceptanceRecord` says."""

    decided_on: dt.date
    method: ConsentMethod
    not_before: dt.date | None = None
    asks_no_more: bool = False


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
class AskingRecorded:
    """Somebody was asked."""

    holder: Holder
    on: dt.date


@dataclass(frozen=True, slots=True)
class AnswerRecorded:
    """Somebody answered, or said that they want to think it over, until some day or other."""

    holder: Holder
    decision: Decision
    on: dt.date
    not_before: dt.date | None = None


@dataclass(frozen=True, slots=True)
class LiaisonTermChanged:
    """A term of a person or an organization began or ended."""

    holder: Holder
