"""Meetings, who was invited and who came; held by themselves or within another gathering."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.contacts.models import Held, one_holder
from crm.kernel.columns import Key, Moment, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class MeetingKind(StrEnum):
    """What kind of gathering it is (S1 3(3), S3, S4)."""

    REGIONAL_SAFETY = "regional_safety"
    KOBAN_COUNCIL = "koban_council"
    STATION_COUNCIL = "station_council"
    SCHOOL_POLICE_COUNCIL = "school_police_council"
    CITY_COUNCIL = "city_council"
    PROMOTION_HEADQUARTERS = "promotion_headquarters"
    REGULAR_MEETING = "regular_meeting"
    CLASS = "class"
    TALK = "talk"
    DRILL = "drill"
    JOINT_PATROL = "joint_patrol"
    RALLY = "rally"
    OTHER = "other"


MEETING_KIND_LABELS = {
    MeetingKind.REGIONAL_SAFETY: N_("地域安全の会"),
    MeetingKind.KOBAN_COUNCIL: N_("交番・駐在所連絡協議会"),
    MeetingKind.STATION_COUNCIL: N_("警察署協議会"),
    MeetingKind.SCHOOL_POLICE_COUNCIL: N_("学校警察連絡協議会"),
    MeetingKind.CITY_COUNCIL: N_("市町の協議会"),
    MeetingKind.PROMOTION_HEADQUARTERS: N_("推進本部"),
    MeetingKind.REGULAR_MEETING: N_("団体の定例会"),
    MeetingKind.CLASS: N_("教室"),
    MeetingKind.TALK: N_("講話"),
    MeetingKind.DRILL: N_("訓練"),
    MeetingKind.JOINT_PATROL: N_("合同パトロール"),
    MeetingKind.RALLY: N_("大会・キャンペーン"),
    MeetingKind.OTHER: N_("その他"),
}


class Style(StrEnum):
    """How people come together."""

    IN_PERSON = "in_person"
    IN_WRITING = "in_writing"
    ONLINE = "online"


STYLE_LABELS = {
    Style.IN_PERSON: N_("対面"),
    Style.IN_WRITING: N_("書面開催"),
    Style.ONLINE: N_("オンライン"),
}


class MeetingState(StrEnum):
    """Whether it took place."""

    PLANNED = "planned"
    HELD = "held"
    CANCELED = "canceled"


MEETING_STATE_LABELS = {
    MeetingState.PLANNED: N_("予定"),
    MeetingState.HELD: N_("開催済"),
    MeetingState.CANCELED: N_("中止"),
}


class CancelReason(StrEnum):
    """Why it did not take place; reports tell 中止 from 未実施."""

    RAIN = "rain"
    SNOW = "snow"
    DISASTER = "disaster"
    INFECTION = "infection"
    TOO_FEW = "too_few"
    SERIES_ENDED = "series_ended"
    OTHER = "other"


CANCEL_REASON_LABELS = {
    CancelReason.RAIN: N_("雨天"),
    CancelReason.SNOW: N_("降雪"),
    CancelReason.DISASTER: N_("災害・事件対応"),
    CancelReason.INFECTION: N_("感染症"),
    CancelReason.TOO_FEW: N_("参加者が集まらず"),
    CancelReason.SERIES_ENDED: N_("定期開催の終了"),
    CancelReason.OTHER: N_("その他"),
}


class Channel(StrEnum):
    """How somebody was invited."""

    VISIT = "visit"
    PHONE = "phone"
    POST = "post"
    FAX = "fax"
    MAIL = "mail"


CHANNEL_LABELS = {
    Channel.VISIT: N_("訪問"),
    Channel.PHONE: N_("電話"),
    Channel.POST: N_("郵送"),
    Channel.FAX: N_("ＦＡＸ"),
    Channel.MAIL: N_("メール"),
}


class Reply(StrEnum):
    """What was answered to an invitation; that nothing was is no fault."""

    COMES = "comes"
    SENDS_PROXY = "sends_proxy"
    DECLINES = "declines"


REPLY_LABELS = {
    Reply.COMES: N_("出席予定"),
    Reply.SENDS_PROXY: N_("代理出席"),
    Reply.DECLINES: N_("欠席予定"),
}


class Presence(StrEnum):
    """Who was there."""

    PRESENT = "present"
    PROXY = "proxy"
    EXCUSED = "excused"
    ABSENT = "absent"


PRESENCE_LABELS = {
    Presence.PRESENT: N_("出席"),
    Presence.PROXY: N_("代理"),
    Presence.EXCUSED: N_("欠席（届）"),
    Presence.ABSENT: N_("欠席"),
}

WAS_THERE = (Presence.PRESENT, Presence.PROXY)


class Rhythm(StrEnum):
    """How the meetings of a series follow one another; which day it is says the first of them."""

    WEEKLY = "weekly"
    MONTHLY_WEEKDAY = "monthly_weekday"
    MONTHLY_LAST_WEEKDAY = "monthly_last_weekday"
    MONTHLY_DAY = "monthly_day"
    YEARLY_WEEKDAY = "yearly_weekday"
    YEARLY_DAY = "yearly_day"


RHYTHM_LABELS = {
    Rhythm.WEEKLY: N_("毎週（同じ曜日）"),
    Rhythm.MONTHLY_WEEKDAY: N_("毎月（第何週かの同じ曜日）"),
    Rhythm.MONTHLY_LAST_WEEKDAY: N_("毎月（最後の同じ曜日）"),
    Rhythm.MONTHLY_DAY: N_("毎月（同じ日）"),
    Rhythm.YEARLY_WEEKDAY: N_("毎年（同じ月の第何週かの同じ曜日）"),
    Rhythm.YEARLY_DAY: N_("毎年（同じ月日）"),
}


class _Gathering(StationOwned, Stamped):
    """What a meeting and a series of them have in common.

    `unit_id` organizes it. Held within another gathering (併催), that one's name stands in
    `held_with` and, where it is on file, its organization in `host_organization_id`; `body_id` is
    the body that meets.
    """

    kind: MeetingKind = Field(sa_type=choice(MeetingKind))
    title: str = Field(max_length=120)
    place: str = Field(default="", max_length=200)
    style: Style = Field(default=Style.IN_PERSON, sa_type=choice(Style))
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    host_organization_id: UUID | None = Field(
        default=None, foreign_key="organization.id", sa_type=Key, index=True
    )
    held_with: str = Field(default="", max_length=120)
    body_id: UUID | None = Field(default=None, foreign_key="body.id", sa_type=Key, index=True)


class MeetingSeries(_Gathering, table=True):
    """Meetings that follow one another: every second Tuesday, every April.

    The first begins at `first_at`, the others at the same hour; each is a meeting of its own, which
    is moved or canceled alone. `every` skips weeks, months or years; `ended_on` is the last day one
    may fall on. `client_key` makes a form sent twice one series.
    """

    __tablename__ = "meeting_series"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "client_key"),
        sa.CheckConstraint("every > 0", name="every"),
    )

    rhythm: Rhythm = Field(sa_type=choice(Rhythm))
    every: int = Field(default=1)
    first_at: dt.datetime = Field(sa_type=Moment)
    lasts_minutes: int | None = None
    ended_on: dt.date | None = None
    client_key: UUID = Field(sa_type=Key)


class Meeting(_Gathering, table=True):
    """One gathering of a station and its network.

    `visitors` counts who came from other agencies and without being invited by name. Of a series,
    `series_day` is the day its rhythm gave, wherever the meeting was moved, and `is_apart` says
    that somebody changed this one alone. `client_key` makes a
    form sent twice one meeting.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "client_key"),
        sa.CheckConstraint(
            "(state = 'canceled') = (canceled_because IS NOT NULL)", name="canceled_because"
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="in_order"),
        sa.CheckConstraint("visitors >= 0", name="visitors"),
        sa.Index("ix_meeting_station_id_starts_at", "station_id", "starts_at"),
        sa.Index("ix_meeting_series_id_series_day", "series_id", "series_day", unique=True),
    )

    starts_at: dt.datetime = Field(sa_type=Moment)
    ends_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    series_id: UUID | None = Field(default=None, foreign_key="meeting_series.id", sa_type=Key)
    series_day: dt.date | None = None
    is_apart: bool = False
    state: MeetingState = Field(default=MeetingState.PLANNED, sa_type=choice(MeetingState))
    canceled_because: CancelReason | None = Field(default=None, sa_type=choice(CancelReason))
    visitors: int = Field(default=0)
    client_key: UUID = Field(sa_type=Key)


class MeetingParty(Held, table=True):
    """Somebody invited to a meeting, or who came uninvited: once, through however many posts."""

    __tablename__ = "meeting_party"
    __table_args__ = (
        one_holder(),
        sa.UniqueConstraint("meeting_id", "person_id"),
        sa.UniqueConstraint("meeting_id", "organization_id"),
    )

    meeting_id: UUID = Field(foreign_key="meeting.id", sa_type=Key)
    invited_on: dt.date | None = None
    channel: Channel | None = Field(default=None, sa_type=choice(Channel))
    reply: Reply | None = Field(default=None, sa_type=choice(Reply))
    presence: Presence | None = Field(default=None, sa_type=choice(Presence))
