"""Activity notes, who took part, and corrections that keep the old text."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.actor import Actor
from crm.kernel.columns import Dated, Key, Moment, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class Occasion(StrEnum):
    """The occasion of a contact (S1 3(1)ア・イ)."""

    PATROL_VISIT = "patrol_visit"
    PATROL = "patrol"
    MEETING = "meeting"
    CAMPAIGN = "campaign"
    PHONE = "phone"
    AT_STATION = "at_station"
    OTHER = "other"


OCCASION_LABELS = {
    Occasion.PATROL_VISIT: N_("巡回連絡"),
    Occasion.PATROL: N_("警ら"),
    Occasion.MEETING: N_("会議"),
    Occasion.CAMPAIGN: N_("キャンペーン"),
    Occasion.PHONE: N_("電話"),
    Occasion.AT_STATION: N_("来署"),
    Occasion.OTHER: N_("その他"),
}

PARTNER_OCCASION_LABELS = OCCASION_LABELS | {
    Occasion.PATROL_VISIT: N_("訪問"),
    Occasion.PATROL: N_("巡回"),
    Occasion.AT_STATION: N_("来庁"),
}
"""The same at an agency that has no police station: a city hall, a school board."""

PARTNER_OCCASIONS = (
    Occasion.PATROL_VISIT,
    Occasion.MEETING,
    Occasion.PHONE,
    Occasion.AT_STATION,
    Occasion.OTHER,
)


def occasion_labels(actor: Actor) -> Mapping[Occasion, str]:
    """Return what every occasion is called at the actor's agency (msgids)."""
    return OCCASION_LABELS if actor.is_police else PARTNER_OCCASION_LABELS


def occasions_offered(actor: Actor) -> Sequence[Occasion]:
    """Return the occasions staff of the actor's agency choose from."""
    return tuple(Occasion) if actor.is_police else PARTNER_OCCASIONS


class Outcome(StrEnum):
    """Whether the two sides exchanged anything; an absence does not count as a contact."""

    MET = "met"
    ABSENT = "absent"
    PHONE = "phone"


OUTCOME_LABELS = {
    Outcome.MET: N_("面談"),
    Outcome.ABSENT: N_("不在"),
    Outcome.PHONE: N_("電話"),
}

TWO_WAY = (Outcome.MET, Outcome.PHONE)
"""Outcomes in which both sides spoke: they alone reset 「最後に会った日」."""


class GroupProblem(StrEnum):
    """What a group struggles with where advice or support is given (S2 第2の1(2))."""

    SUCCESSOR = "successor"
    AGEING = "ageing"
    FEW_MEMBERS = "few_members"
    INACTIVE = "inactive"
    SUPPLIES = "supplies"
    FUNDS = "funds"
    KNOW_HOW = "know_how"
    TIES = "ties"


PROBLEM_LABELS: Mapping[str, str] = {
    GroupProblem.SUCCESSOR: N_("後継者不足"),
    GroupProblem.AGEING: N_("参加者の高齢化"),
    GroupProblem.FEW_MEMBERS: N_("参加者の不足"),
    GroupProblem.INACTIVE: N_("活動の停滞"),
    GroupProblem.SUPPLIES: N_("資材・装備の不足"),
    GroupProblem.FUNDS: N_("活動費の不足"),
    GroupProblem.KNOW_HOW: N_("活動の進め方"),
    GroupProblem.TIES: N_("他の団体との連携"),
}
"""What everybody's list begins with; a station adds problems in words of its own."""


def problem_label(problem: str) -> str:
    """Return what a problem is called (a msgid, or the station's own words)."""
    return PROBLEM_LABELS.get(problem, problem)


class PhraseUse(StrEnum):
    """Where a station's own words are offered."""

    HEARD = "heard"
    TOLD = "told"
    PROBLEM = "problem"


PHRASE_USE_LABELS = {
    PhraseUse.HEARD: N_("聞いたこと"),
    PhraseUse.TOLD: N_("伝えたこと"),
    PhraseUse.PROBLEM: N_("団体の課題"),
}


# few notes of a station plan a visit, and every tour asks for them
_PLANNED = sa.column("next_on").is_not(None)


class ActivityNote(StationOwned, Stamped, table=True):
    """One contact as the station keeps it: an official record, corrected but never rewritten.

    `unit_id` is the author's unit at the time. `client_key` makes sending twice one note.
    Something heard in it that wants an answer is a request of its own (`crm/requests`).
    `advice` answers a group's `problem`, a `GroupProblem` or the station's own words for one.
    `area_id` is where, for an activity among people nobody knows by name.
    `happened_at` is UTC; `next_on` is a promised or planned next contact.
    """

    __tablename__ = "activity_note"
    __table_args__ = (
        sa.Index("ix_activity_note_station_id_happened_at", "station_id", "happened_at"),
        sa.Index(
            "ix_activity_note_planned",
            *("station_id", "happened_at"),
            sqlite_where=_PLANNED,
            postgresql_where=_PLANNED,
        ),
        sa.UniqueConstraint("author_id", "client_key"),
    )

    author_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    occasion: Occasion = Field(sa_type=choice(Occasion))
    outcome: Outcome = Field(sa_type=choice(Outcome))
    happened_at: dt.datetime = Field(sa_type=Moment)
    heard: str = Field(default="")
    told: str = Field(default="")
    advice: str = Field(default="")
    problem: str = Field(default="", max_length=60)
    area_id: UUID | None = Field(default=None, foreign_key="area.id", sa_type=Key, index=True)
    next_on: dt.date | None = None
    client_key: UUID = Field(sa_type=Key)


NOTE_SAYS = (ActivityNote.heard, ActivityNote.told, ActivityNote.advice)
"""The words of a note: what is emptied when it is disposed of."""


class NotePerson(StationOwned, table=True):
    """A person who took part in a contact.

    `happened_at` and `outcome` repeat the note's, so that the last contact with somebody is one
    step in an index, whatever the size of the ledger.
    """

    __tablename__ = "note_person"
    __table_args__ = (
        sa.UniqueConstraint("note_id", "person_id"),
        sa.Index("ix_note_person_last", "person_id", "happened_at", "outcome"),
    )

    note_id: UUID = Field(foreign_key="activity_note.id", sa_type=Key)
    person_id: UUID = Field(foreign_key="person.id", sa_type=Key)
    happened_at: dt.datetime = Field(sa_type=Moment)
    outcome: Outcome = Field(sa_type=choice(Outcome, checked=False))


class NoteOrganization(StationOwned, table=True):
    """An organization that took part in a contact; times as for a person."""

    __tablename__ = "note_organization"
    __table_args__ = (
        sa.UniqueConstraint("note_id", "organization_id"),
        sa.Index("ix_note_organization_last", "organization_id", "happened_at", "outcome"),
    )

    note_id: UUID = Field(foreign_key="activity_note.id", sa_type=Key)
    organization_id: UUID = Field(foreign_key="organization.id", sa_type=Key)
    happened_at: dt.datetime = Field(sa_type=Moment)
    outcome: Outcome = Field(sa_type=choice(Outcome, checked=False))


class NoteStaff(StationOwned, table=True):
    """A member of staff who took part, with the unit held at the time."""

    __tablename__ = "note_staff"
    __table_args__ = (sa.UniqueConstraint("note_id", "staff_id"),)

    note_id: UUID = Field(foreign_key="activity_note.id", sa_type=Key)
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key, index=True)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)


class NoteCompanion(StationOwned, table=True):
    """Another agency's office that took part in a visit, with whoever came from it as named.

    Where that office publishes its own note of the visit and names ours (`joint_on`), both are one
    contact of whoever was visited: the same day, each naming the other.

    No foreign key crosses agencies; what the office itself keeps of the visit stays its own.
    """

    __tablename__ = "note_companion"
    __table_args__ = (sa.UniqueConstraint("note_id", "other_station_id"),)

    note_id: UUID = Field(foreign_key="activity_note.id", sa_type=Key)
    other_agency_id: UUID = Field(sa_type=Key)
    other_station_id: UUID = Field(sa_type=Key)
    visited_on: dt.date
    office_name: str = Field(max_length=120)
    names: str = Field(default="", max_length=120)


class NoteCorrection(StationOwned, table=True):
    """What a note said before it was corrected (訂正)."""

    __tablename__ = "note_correction"

    note_id: UUID = Field(foreign_key="activity_note.id", sa_type=Key, index=True)
    corrected_at: dt.datetime = Field(sa_type=Moment)
    corrected_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    occasion: Occasion = Field(sa_type=choice(Occasion))
    outcome: Outcome = Field(sa_type=choice(Outcome))
    happened_at: dt.datetime = Field(sa_type=Moment)
    heard: str = Field(default="")
    told: str = Field(default="")
    advice: str = Field(default="")
    problem: str = Field(default="", max_length=60)


class StationPhrase(StationOwned, Dated, Stamped, table=True):
    """A short sentence a station offers at one tap, from one day to another (定型文)."""

    __tablename__ = "station_phrase"
    __table_args__ = (sa.Index("ix_station_phrase_station_id_use", "station_id", "use"),)

    use: PhraseUse = Field(sa_type=choice(PhraseUse))
    text: str = Field(max_length=60)
