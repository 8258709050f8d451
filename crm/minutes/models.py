"""The agenda and papers of a meeting, every version of its minutes, and what was settled there."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.bulletins.models import Handling
from crm.kernel.columns import Key, Moment, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class AgendaKind(StrEnum):
    """A step of the proceedings, or a topic under the step above it."""

    STEP = "step"
    TOPIC = "topic"


AGENDA_KIND_LABELS = {
    AgendaKind.STEP: N_("項目"),
    AgendaKind.TOPIC: N_("議題（番号を付けて並べる）"),
}


TOPICS = "議題"
CUSTOMARY = ("開会", "挨拶", "出席者紹介", "議長選出", TOPICS, "その他", "閉会")
"""The proceedings of nearly every meeting, in their order (S4, 次第)."""


class MinutesState(StrEnum):
    """What a version is: written, confirmed, or put aside because another was first."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    ASIDE = "aside"


MINUTES_STATE_LABELS = {
    MinutesState.DRAFT: N_("未確定"),
    MinutesState.CONFIRMED: N_("確定"),
    MinutesState.ASIDE: N_("重なった入力の控え"),
}


class MatterKind(StrEnum):
    """What a line of the minutes became and stays with the meeting."""

    DECISION = "decision"
    ACTION = "action"


class AgendaItem(StationOwned, Stamped, table=True):
    """One line of the 次第; `speaker` is in words, for not everybody who speaks is on file."""

    __tablename__ = "agenda_item"
    __table_args__ = (sa.CheckConstraint("minutes_planned > 0", name="minutes_planned"),)

    meeting_id: UUID = Field(foreign_key="meeting.id", sa_type=Key, index=True)
    position: int
    kind: AgendaKind = Field(sa_type=choice(AgendaKind))
    title: str = Field(max_length=120)
    speaker: str = Field(default="", max_length=120)
    minutes_planned: int | None = None


class MeetingPaper(StationOwned, table=True):
    """A paper of a meeting (配付資料), or of one line of its agenda, as it was handed in."""

    __tablename__ = "meeting_paper"

    meeting_id: UUID = Field(foreign_key="meeting.id", sa_type=Key, index=True)
    agenda_item_id: UUID | None = Field(default=None, foreign_key="agenda_item.id", sa_type=Key)
    handling: Handling = Field(sa_type=choice(Handling))
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    sha256: str = Field(max_length=64)
    content: bytes
    added_at: dt.datetime = Field(sa_type=Moment)


class MeetingSequel(StationOwned, table=True):
    """That a meeting goes on where another ended, where no series says so."""

    __tablename__ = "meeting_sequel"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id"),
        sa.CheckConstraint("meeting_id <> previous_id", name="another"),
    )

    meeting_id: UUID = Field(foreign_key="meeting.id", sa_type=Key)
    previous_id: UUID = Field(foreign_key="meeting.id", sa_type=Key)


class MeetingGuests(StationOwned, table=True):
    """How many came from another agency's office: the office in words and a number, no names."""

    __tablename__ = "meeting_guests"
    __table_args__ = (sa.CheckConstraint("people > 0", name="people"),)

    meeting_id: UUID = Field(foreign_key="meeting.id", sa_type=Key, index=True)
    office_name: str = Field(max_length=120)
    people: int


class MinutesVersion(StationOwned, table=True):
    """The minutes as somebody left them; rows are only added, the newest not aside is the minutes.

    `reason` is why confirmed minutes were changed. `writer_name` and `unit_name` are as they were
    that day.
    """

    __tablename__ = "minutes_version"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "serial"),)

    meeting_id: UUID = Field(foreign_key="meeting.id", sa_type=Key)
    serial: int
    state: MinutesState = Field(sa_type=choice(MinutesState))
    reason: str = Field(default="", max_length=300)
    written_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    writer_name: str = Field(max_length=120)
    unit_name: str = Field(max_length=120)
    written_at: dt.datetime = Field(sa_type=Moment)


class MinutesSection(StationOwned, table=True):
    """What a version says under one line of the agenda, or under none.

    `agenda_item_id` refers to nothing: what was said stays when the line is taken off the agenda,
    under the `title` it had.
    """

    __tablename__ = "minutes_section"

    version_id: UUID = Field(foreign_key="minutes_version.id", sa_type=Key, index=True)
    agenda_item_id: UUID | None = Field(default=None, sa_type=Key)
    position: int
    title: str = Field(default="", max_length=120)
    text: str


class MeetingMatter(StationOwned, Stamped, table=True):
    """A decision (決定事項) or an action (対応事項), in the words of the line it was made of.

    An action is seen to by a unit, by one of its staff, or by somebody said in words; it is open
    until `done_on`.
    """

    __tablename__ = "meeting_matter"
    __table_args__ = (
        sa.CheckConstraint(
            "kind = 'action' OR (due_on IS NULL AND done_on IS NULL)", name="only_actions"
        ),
        sa.CheckConstraint("done_on IS NULL OR done_words <> ''", name="done"),
    )

    meeting_id: UUID = Field(foreign_key="meeting.id", sa_type=Key, index=True)
    agenda_item_id: UUID | None = Field(default=None, sa_type=Key)
    kind: MatterKind = Field(sa_type=choice(MatterKind))
    words: str
    unit_id: UUID | None = Field(default=None, foreign_key="unit.id", sa_type=Key)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", sa_type=Key)
    owner_words: str = Field(default="", max_length=120)
    due_on: dt.date | None = None
    done_on: dt.date | None = None
    done_words: str = ""
