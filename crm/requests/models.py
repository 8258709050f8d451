"""What somebody asked for, what came of it, and the answer that went back; every step of the way.

A request that is closed has an outcome, and an answer or the reason why none could be given: the
database holds to that, whoever writes to it.
"""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col

from crm.contacts.models import Held, one_holder
from crm.kernel.columns import Key, Moment, Recipient, Stamped, StationOwned, choice
from crm.kernel.i18n import N_
from crm.kernel.wareki import fiscal_year_label


class Topic(StrEnum):
    """What a request is about; what the quarter's page counts by."""

    LIGHTING = "lighting"
    TRAFFIC = "traffic"
    PATROL = "patrol"
    FRAUD = "fraud"
    SUSPICIOUS = "suspicious"
    CHILDREN = "children"
    VACANT_HOUSE = "vacant_house"
    NUISANCE = "nuisance"
    ACTIVITY = "activity"
    OTHER = "other"


TOPIC_LABELS = {
    Topic.LIGHTING: N_("街路灯・暗い場所"),
    Topic.TRAFFIC: N_("交通・道路"),
    Topic.PATROL: N_("警ら・見回り"),
    Topic.FRAUD: N_("特殊詐欺・悪質商法"),
    Topic.SUSPICIOUS: N_("不審者・盗難"),
    Topic.CHILDREN: N_("子ども・通学路"),
    Topic.VACANT_HOUSE: N_("空き家・空き地"),
    Topic.NUISANCE: N_("騒音・ごみ・迷惑行為"),
    Topic.ACTIVITY: N_("地域の活動・会議"),
    Topic.OTHER: N_("その他"),
}


class Source(StrEnum):
    """Who said it."""

    CONTACT = "contact"
    MEETING = "meeting"
    ANONYMOUS = "anonymous"
    AGENCY = "agency"


SOURCE_LABELS = {
    Source.CONTACT: N_("連絡員・協力者・団体"),
    Source.MEETING: N_("会議・行事"),
    Source.ANONYMOUS: N_("氏名不詳"),
    Source.AGENCY: N_("他の機関"),
}


class SiteKind(StrEnum):
    """What is wrong with a place (S0 空き家, S3-4, S4-17)."""

    DARK_SPOT = "dark_spot"
    VACANT_HOUSE = "vacant_house"
    BICYCLES = "bicycles"
    BLIND_SPOT = "blind_spot"
    DAMAGE = "damage"
    OTHER = "other"


SITE_KIND_LABELS = {
    SiteKind.DARK_SPOT: N_("暗い場所"),
    SiteKind.VACANT_HOUSE: N_("空き家・空き地"),
    SiteKind.BICYCLES: N_("放置自転車・駐輪"),
    SiteKind.BLIND_SPOT: N_("見通しの悪い場所"),
    SiteKind.DAMAGE: N_("落書き・破損"),
    SiteKind.OTHER: N_("その他"),
}


class RequestState(StrEnum):
    """How far a request has come; what was decided stands in its outcome."""

    RECEIVED = "received"
    CONSIDERING = "considering"
    DECIDED = "decided"
    CLOSED = "closed"


class RequestOutcome(StrEnum):
    """What came of it (反映); that nothing could be done is an outcome as well."""

    DONE = "done"
    NOT_FEASIBLE = "not_feasible"
    PASSED_ON = "passed_on"


OUTCOME_LABELS = {
    RequestOutcome.DONE: N_("措置済"),
    RequestOutcome.NOT_FEASIBLE: N_("対応困難"),
    RequestOutcome.PASSED_ON: N_("引継ぎ"),
}


class AnswerMethod(StrEnum):
    """How an answer went back."""

    VISIT = "visit"
    PHONE = "phone"
    MEETING = "meeting"
    AT_STATION = "at_station"
    LETTER = "letter"
    OTHER = "other"


ANSWER_METHOD_LABELS = {
    AnswerMethod.VISIT: N_("訪問"),
    AnswerMethod.PHONE: N_("電話"),
    AnswerMethod.MEETING: N_("会議"),
    AnswerMethod.AT_STATION: N_("来署・来庁"),
    AnswerMethod.LETTER: N_("文書・メール"),
    AnswerMethod.OTHER: N_("その他"),
}


class StepKind(StrEnum):
    """One step of a request."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    PROGRESS = "progress"
    DECIDED = "decided"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    REOPENED = "reopened"
    REFERRED = "referred"
    RECALLED = "recalled"


STEP_LABELS = {
    StepKind.RECEIVED: N_("受理"),
    StepKind.ASSIGNED: N_("担当を決定"),
    StepKind.PROGRESS: N_("経過"),
    StepKind.DECIDED: N_("結果"),
    StepKind.ANSWERED: N_("回答"),
    StepKind.UNANSWERED: N_("回答なしで終了"),
    StepKind.REOPENED: N_("再開"),
    StepKind.REFERRED: N_("他の機関・本部へ依頼"),
    StepKind.RECALLED: N_("依頼を取下げ"),
}


def state_label(
    state: RequestState, outcome: RequestOutcome | None, *, is_answered: bool = True
) -> str:
    """Return what a request's state is called (a msgid)."""
    if state is RequestState.CLOSED:
        return N_("回答済") if is_answered else N_("終了（回答なし）")
    if state is RequestState.DECIDED and outcome:
        return OUTCOME_LABELS[outcome]
    return N_("検討中") if state is RequestState.CONSIDERING else N_("受理")


def number_of(year: int, serial: int) -> str:
    """Return what a request is called: 「令和8年度第12号」."""
    return f"{fiscal_year_label(year)}第{serial}号"


_OPEN = sa.column("state", sa.String()) != "closed"
_ANSWERED = (
    "answered_on IS NOT NULL AND answered_by IS NOT NULL AND answered_unit_id IS NOT NULL"
    " AND answered_how IS NOT NULL AND answered_to <> '' AND answer <> ''"
)


class CommunityRequest(StationOwned, Stamped, table=True):
    """One thing heard that wants an answer, numbered by its station and fiscal year.

    `heard_unit_id` heard it and tells back; `unit_id` sees to it. `note_id` is the activity, or
    `meeting_id` the meeting, it was heard in. `client_key` makes a form sent twice one request.
    """

    __tablename__ = "community_request"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "year", "serial"),
        sa.UniqueConstraint("station_id", "client_key"),
        sa.CheckConstraint(
            "state NOT IN ('decided', 'closed') OR (outcome IS NOT NULL AND outcome_text <> '')",
            name="decided",
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'passed_on' OR passed_to <> ''", name="passed_on"
        ),
        sa.CheckConstraint(
            f"state <> 'closed' OR no_answer_reason <> '' OR ({_ANSWERED})", name="told_back"
        ),
        sa.Index(
            "ix_community_request_open",
            *("station_id", "due_on"),
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_community_request_station_id_heard_on", "station_id", "heard_on"),
    )

    year: int
    serial: int
    client_key: UUID = Field(sa_type=Key)
    note_id: UUID | None = Field(
        default=None, foreign_key="activity_note.id", sa_type=Key, index=True
    )
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id", sa_type=Key, index=True)
    source: Source = Field(sa_type=choice(Source))
    source_words: str = Field(default="", max_length=120)
    heard_on: dt.date
    heard_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    heard_unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    words: str
    topic: Topic = Field(sa_type=choice(Topic))
    area_id: UUID | None = Field(default=None, foreign_key="area.id", sa_type=Key)
    place: str = Field(default="", max_length=200)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    due_on: dt.date | None = None
    state: RequestState = Field(sa_type=choice(RequestState))
    outcome: RequestOutcome | None = Field(default=None, sa_type=choice(RequestOutcome))
    outcome_text: str = ""
    passed_to: str = Field(default="", max_length=120)
    answer: str = ""
    answered_to: str = Field(default="", max_length=160)
    answered_on: dt.date | None = None
    answered_by: UUID | None = Field(default=None, foreign_key="staff.id", sa_type=Key)
    answered_unit_id: UUID | None = Field(default=None, foreign_key="unit.id", sa_type=Key)
    answered_how: AnswerMethod | None = Field(default=None, sa_type=choice(AnswerMethod))
    no_answer_reason: str = Field(default="", max_length=300)

    @property
    def number(self) -> str:
        """What it is called."""
        return number_of(self.year, self.serial)


# said as it is in the index, where it could not be found by a value bound later
IS_OPEN = col(CommunityRequest.state) != sa.literal("closed", sa.String(), literal_execute=True)
"""The condition that a request awaits its answer."""


class RequestParty(Held, table=True):
    """A person or an organization that asked."""

    __tablename__ = "request_party"
    __table_args__ = (one_holder(),)

    request_id: UUID = Field(foreign_key="community_request.id", sa_type=Key, index=True)


class RequestStep(StationOwned, table=True):
    """What happened to a request on its way; names are as they were that day."""

    __tablename__ = "request_step"
    __table_args__ = (sa.Index("ix_request_step_request_id_at", "request_id", "at"),)

    request_id: UUID = Field(foreign_key="community_request.id", sa_type=Key)
    kind: StepKind = Field(sa_type=choice(StepKind))
    at: dt.datetime = Field(sa_type=Moment)
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    staff_name: str = Field(max_length=120)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    unit_name: str = Field(max_length=120)
    to_unit_name: str = Field(default="", max_length=120)
    due_on: dt.date | None = None
    text: str = ""


class SiteIssue(StationOwned, Stamped, table=True):
    """That a request is about a place: what is wrong there, and where on the map.

    Its area and the words for the place are the request's own. `district_id` is the school district
    the place was in that day; the point is missing where only the area was chosen.
    """

    __tablename__ = "site_issue"
    __table_args__ = (sa.UniqueConstraint("request_id"),)

    request_id: UUID = Field(foreign_key="community_request.id", sa_type=Key)
    kind: SiteKind = Field(sa_type=choice(SiteKind))
    longitude: float | None = None
    latitude: float | None = None
    district_id: UUID | None = Field(default=None, foreign_key="area.id", sa_type=Key)


class SitePhoto(StationOwned, table=True):
    """A picture of a place, drawn anew as it came in: nothing of the camera's own is left in it."""

    __tablename__ = "site_photo"
    __table_args__ = (sa.UniqueConstraint("request_id"),)

    request_id: UUID = Field(foreign_key="community_request.id", sa_type=Key)
    description: str = Field(max_length=200)
    width: int
    height: int
    sha256: str = Field(max_length=64)
    content: bytes
    added_at: dt.datetime = Field(sa_type=Moment)


class PublishedRequest(Recipient, table=True):
    """What another agency's office, or a division of headquarters, is asked to see to.

    In words written for it, without who said it. `reference` is the `client_key` of the request
    the recipient makes of it; `request_id` is the giver's own.
    """

    __tablename__ = "published_request"
    __table_args__ = (
        sa.UniqueConstraint("giver_station_id", "request_id", "recipient_station_id"),
        sa.UniqueConstraint("reference"),
    )

    reference: UUID = Field(sa_type=Key)
    request_id: UUID = Field(sa_type=Key)
    recipient_name: str = Field(max_length=120)
    number: str = Field(max_length=40)
    topic: Topic = Field(sa_type=choice(Topic, checked=False))
    area_name: str = Field(default="", max_length=120)
    place: str = Field(default="", max_length=200)
    words: str
    told_by: str = Field(max_length=120)
    published_at: dt.datetime = Field(sa_type=Moment)


class PublishedSite(Recipient, table=True):
    """The place of a published request as its recipient may know it: its point, its picture.

    `valid_until` is the last day of the agreement it is given under, None without one.
    """

    __tablename__ = "published_site"
    __table_args__ = (sa.UniqueConstraint("reference"),)

    reference: UUID = Field(sa_type=Key)
    request_id: UUID = Field(sa_type=Key, index=True)
    kind: SiteKind = Field(sa_type=choice(SiteKind, checked=False))
    longitude: float | None = None
    latitude: float | None = None
    description: str = Field(default="", max_length=200)
    width: int | None = None
    height: int | None = None
    sha256: str = Field(default="", max_length=64)
    content: bytes | None = None
    valid_until: dt.date | None = None
    published_at: dt.datetime = Field(sa_type=Moment)

    def is_given_on(self, day: dt.date) -> bool:
        """Whether its recipient may read it on `day`."""
        return self.valid_until is None or day <= self.valid_until


class PublishedProgress(Recipient, table=True):
    """How far the recipient of a published request has come, told to who asked; only added to."""

    __tablename__ = "published_progress"

    reference: UUID = Field(sa_type=Key, index=True)
    state: RequestState = Field(sa_type=choice(RequestState, checked=False))
    outcome: RequestOutcome | None = Field(
        default=None, sa_type=choice(RequestOutcome, checked=False)
    )
    text: str = ""
    told_by: str = Field(max_length=120)
    at: dt.datetime = Field(sa_type=Moment)
