"""The shape of the forms a request is received, assigned, decided and answered with."""

from uuid import UUID

from pydantic import Field

from crm.jobs.asking import PaperOrder
from crm.kernel.forms import Day, Form, Lines, OnceForm
from crm.kernel.i18n import N_
from crm.requests.models import AnswerMethod, RequestOutcome, SiteKind, Source, Topic

MAX_TEXT = 4000


class RequestForm(OnceForm):
    """Something heard where no activity is on record: at a meeting, or from nobody known."""

    words: Lines = Field(max_length=MAX_TEXT, title=N_("聞いたこと"))
    heard_on: Day = Field(title=N_("聞いた日"))
    source: Source = Field(title=N_("誰から"))
    source_words: str = Field(default="", max_length=120, title=N_("会議の名称など"))
    topic: Topic | None = Field(default=None, title=N_("分野"))
    area_id: UUID | None = Field(default=None, title=N_("区域"))
    place: str = Field(default="", max_length=200, title=N_("場所"))


class AssignmentForm(Form):
    """Who sees to a request, until when."""

    unit_id: UUID = Field(title=N_("担当"))
    due_on: Day | None = Field(default=None, title=N_("期限"))
    topic: Topic = Field(title=N_("分野"))
    area_id: UUID | None = Field(default=None, title=N_("区域"))
    place: str = Field(default="", max_length=200, title=N_("場所"))
    text: Lines = Field(default="", max_length=MAX_TEXT, title=N_("担当への申し送り"))
    revision: int


class ReferralForm(Form):
    """Which office is asked, in words written for it."""

    recipient_station_id: UUID = Field(
        title=N_("依頼先"), json_schema_extra={"missing": N_("依頼先を選んでください。")}
    )
    words: Lines = Field(max_length=MAX_TEXT, title=N_("伝える内容"))
    with_point: bool = Field(default=False, title=N_("地図の地点"))
    with_photo: bool = Field(default=False, title=N_("写真"))


class HeadquartersForm(Form):
    """How far headquarters has come with what a station asked."""

    outcome: RequestOutcome | None = Field(default=None, title=N_("結果"))
    text: Lines = Field(max_length=MAX_TEXT, title=N_("経過"))


class StepForm(Form):
    """How things stand, or why a closed request is taken up again."""

    text: Lines = Field(max_length=MAX_TEXT, title=N_("経過"))


class OutcomeForm(Form):
    """What came of it."""

    outcome: RequestOutcome = Field(title=N_("結果"))
    outcome_text: Lines = Field(default="", max_length=MAX_TEXT, title=N_("結果の内容"))
    passed_to: str = Field(default="", max_length=120, title=N_("引継ぎ先"))
    revision: int


class AnswerForm(Form):
    """The answer that went back, and what came of it where nobody has said so yet."""

    outcome: RequestOutcome | None = Field(default=None, title=N_("結果"))
    outcome_text: Lines = Field(default="", max_length=MAX_TEXT, title=N_("結果の内容"))
    passed_to: str = Field(default="", max_length=120, title=N_("引継ぎ先"))
    answer: Lines = Field(default="", max_length=MAX_TEXT, title=N_("伝えた回答"))
    answered_to: str = Field(default="", max_length=160, title=N_("回答した相手"))
    answered_on: Day | None = Field(default=None, title=N_("回答した日"))
    answered_how: AnswerMethod | None = Field(default=None, title=N_("回答の方法"))
    no_answer_reason: str = Field(default="", max_length=300, title=N_("回答できない理由"))
    revision: int


class SiteForm(Form):
    """Where a request is; `at` is a unit of the map, as a script writes it: 「120,340」."""

    kind: SiteKind = Field(
        title=N_("何があるか"), json_schema_extra={"missing": N_("何があるかを選んでください。")}
    )
    area_id: UUID = Field(
        title=N_("区域"), json_schema_extra={"missing": N_("区域を選んでください。")}
    )
    place: str = Field(default="", max_length=200, title=N_("場所"))
    at: str = Field(default="", max_length=20, pattern=r"^$|^\d{1,5},\d{1,5}$", title=N_("地図"))
    description: str = Field(default="", max_length=200, title=N_("写真の説明"))
    revision: int

    @property
    def pixel(self) -> tuple[int, int] | None:
        """The unit of the map somebody pointed at."""
        x, _, y = self.at.partition(",")
        return (int(x), int(y)) if y else None


class SitesForm(PaperOrder):
    """The school district to print; all without one."""

    district: UUID | None = Field(default=None, title=N_("小学校区"))
