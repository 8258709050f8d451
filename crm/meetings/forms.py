"""The shape of the forms a meeting is planned, invited to, attended and canceled with."""

from uuid import UUID

from pydantic import Field

from crm.contacts.models import Holder
from crm.contacts.naming import holder_said
from crm.exports.asking import ExportForm
from crm.kernel.errors import Refused
from crm.kernel.forms import Day, Form, Hour, LocalTime, OnceForm
from crm.kernel.i18n import N_
from crm.meetings.models import CancelReason, Channel, MeetingKind, Rhythm, Style
from crm.meetings.printing import Paper, Wanted
from crm.meetings.remaining import Seen, SeriesFacts
from crm.meetings.service import MeetingFacts
from crm.meetings.sheets import LabelSize

MOST_VISITORS = 9999
MOST_SKIPPED = 12
MONTHS_AHEAD = 6
MOST_MONTHS = 12


class _MeetingFields(OnceForm):
    kind: MeetingKind = Field(title=N_("会議の種類"))
    title: str = Field(max_length=120, title=N_("名称"))
    starts_at: LocalTime = Field(title=N_("始まり"))
    ends_at: LocalTime | None = Field(default=None, title=N_("終わり"))
    style: Style = Field(default=Style.IN_PERSON, title=N_("開き方"))
    place: str = Field(default="", max_length=200, title=N_("場所"))
    held_with: str = Field(default="", max_length=120, title=N_("併催する会合"))
    host_organization_id: UUID | None = Field(default=None, title=N_("併催する団体"))
    body_id: UUID | None = Field(default=None, title=N_("会議体"))

    def facts(self) -> MeetingFacts:
        """Return what the form says of the meeting."""
        return MeetingFacts(**self.model_dump(include=set(MeetingFacts.__slots__)))


class MeetingForm(_MeetingFields):
    """A meeting to plan."""


class AgainForm(_MeetingFields):
    """A meeting like an earlier one."""

    same_parties: bool = Field(default=False, title=N_("同じ方に案内する"))


class ChangeForm(_MeetingFields):
    """A meeting said anew."""

    revision: int


class InvitationForm(Form):
    """Whom to invite, and how."""

    parties: list[str] = Field(default_factory=list, title=N_("案内する方"))
    channel: Channel | None = Field(default=None, title=N_("案内の方法"))


class PaperForm(ExportForm):
    """Which paper, and on which sheet; its purpose and its recipient are known already."""

    paper: Paper
    size: LabelSize = LabelSize.TWELVE
    by_any_way: bool = Field(default=False, title=N_("郵送で案内していない方も載せる"))

    def wanted(self) -> Wanted:
        """Return the paper asked for."""
        return Wanted(self.paper, self.size, self.by_any_way)


class AttendanceForm(Form):
    """How many came besides the invited; each row of the list is read by `answers_of`."""

    visitors: int = Field(default=0, ge=0, le=MOST_VISITORS, title=N_("ほかの出席者の人数"))
    visitors_seen: int | None = None


class SeriesForm(_MeetingFields):
    """The first meeting of a series, how the others follow it, and how far ahead they are made."""

    rhythm: Rhythm = Field(
        title=N_("開く間隔"), json_schema_extra={"missing": N_("開く間隔を選んでください。")}
    )
    every: int = Field(default=1, ge=1, le=MOST_SKIPPED, title=N_("何週・何か月・何年ごとか"))
    months: int = Field(default=MONTHS_AHEAD, ge=1, le=MOST_MONTHS, title=N_("何か月先まで"))


class ExtensionForm(Form):
    """How far ahead the meetings of a series are made."""

    months: int = Field(default=MONTHS_AHEAD, ge=1, le=MOST_MONTHS, title=N_("何か月先まで"))
    revision: int


class _SeenForm(Form):
    """From which day on, and what was seen of the series and its meetings."""

    since: Day = Field(title=N_("いつから"))
    revision: int
    mark: str = Field(max_length=64)

    def seen(self) -> Seen:
        """Return what whoever sent the form had seen."""
        return Seen(self.since, self.revision, self.mark)


class RemainingForm(_SeenForm):
    """What the remaining meetings of a series are from now on."""

    kind: MeetingKind = Field(title=N_("会議の種類"))
    title: str = Field(max_length=120, title=N_("名称"))
    starts_at: Hour = Field(title=N_("始まる時刻"))
    ends_at: Hour | None = Field(default=None, title=N_("終わる時刻"))
    style: Style = Field(default=Style.IN_PERSON, title=N_("開き方"))
    place: str = Field(default="", max_length=200, title=N_("場所"))

    def facts(self) -> SeriesFacts:
        """Return what the form says of the meetings."""
        return SeriesFacts(**self.model_dump(include=set(SeriesFacts.__slots__)))


class GivingUpForm(_SeenForm):
    """Why the remaining meetings of a series are not held."""

    canceled_because: CancelReason = Field(
        title=N_("取りやめる理由"),
        json_schema_extra={"missing": N_("取りやめる理由を選んでください。")},
    )


class CancellationForm(Form):
    """Why a meeting does not take place."""

    canceled_because: CancelReason = Field(
        title=N_("中止の理由"),
        json_schema_extra={"missing": N_("中止の理由を選んでください。")},
    )


def holders_of(parties: list[str]) -> list[Holder]:
    """Return whom the boxes ticked name; Refused for what no page of ours offers."""
    holders = [holder for value in parties if (holder := holder_said(value))]
    if len(holders) < len(parties):
        raise Refused(N_("案内する方を選び直してください。"), field="parties")
    return holders
