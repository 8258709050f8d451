"""Which roster to look at, what to say when one is taken out, and what became of its copies."""

from uuid import UUID

from pydantic import Field

from crm.exports.asking import ExportForm
from crm.exports.models import ExportRecipient
from crm.kernel.errors import Refused
from crm.kernel.forms import Day, Form, Lines
from crm.kernel.i18n import N_
from crm.rosters.models import RosterFormat, RosterOrdering, RosterProfile
from crm.rosters.selection import Selection
from crm.rosters.service import RosterOrder

RECIPIENTS = {
    RosterProfile.STATION: ExportRecipient.WITHIN,
    RosterProfile.MEETING: ExportRecipient.ATTENDEES,
    RosterProfile.SEATING: ExportRecipient.ATTENDEES,
    RosterProfile.MUNICIPALITY: ExportRecipient.OTHER,
}
"""Who gets a roster where the form leaves it open."""
TEXTS = frozenset(RosterFormat) - {RosterFormat.PDF, RosterFormat.XLSX}
MOST_IN_WORDS = 120


class RosterQuestion(Form):
    """For whom, as of which day (today when left empty), of whom and in which order."""

    profile: RosterProfile = Field(default=RosterProfile.STATION, title=N_("用途"))
    as_of: Day | None = Field(default=None, title=N_("基準日"))
    ordering: RosterOrdering = Field(default=RosterOrdering.KANA, title=N_("並び順"))
    unit_id: UUID | None = Field(default=None, title=N_("担当交番・駐在所"))
    area_id: UUID | None = Field(default=None, title=N_("担当区域"))
    post_type_id: UUID | None = Field(default=None, title=N_("役職の種別"))
    body_id: UUID | None = Field(default=None, title=N_("会議体の委員"))
    meeting_id: UUID | None = Field(default=None, title=N_("会議の招待者"))
    recipient_id: UUID | None = Field(default=None, title=N_("提供先の機関"))

    def selection(self) -> Selection:
        """Return what narrows the roster; only what is provided to an office names one."""
        is_provided = self.profile is RosterProfile.MUNICIPALITY
        return Selection(
            self.unit_id,
            self.area_id,
            self.post_type_id,
            self.body_id,
            self.meeting_id,
            self.recipient_id if is_provided else None,
        )


class IssueForm(RosterQuestion, ExportForm):
    """The roster on the screen, as a file, and what it is for."""

    format: RosterFormat = Field(title=N_("形式"))
    with_changes: bool = Field(default=False, title=N_("変更表を付ける"))

    def order(self) -> RosterOrder:
        """Return what the form asks for; Refused without a purpose."""
        return RosterOrder(
            self.told_purpose(),
            self.profile,
            self.as_of,
            self.format,
            self.may_replace,
            selection=self.selection(),
            ordering=self.ordering,
            with_changes=self.with_changes,
        )

    def reason(self) -> str:
        """Return why a file bears no password; text files never can, paper never does."""
        return plain_reason(self, self.format)


class ReprintForm(ExportForm):
    """Why the document of an issue is needed once more."""


class FilterForm(RosterQuestion):
    """A selection to be kept under a name."""

    name: str = Field(title=N_("範囲の名前"), max_length=40)
    of_unit: bool = Field(default=False, title=N_("所属の職員も使えるようにする"))


class CopiesForm(Form):
    """To whom copies went, one on each line, and when."""

    handed_to: Lines = Field(
        title=N_("渡した先"),
        max_length=12_000,
        json_schema_extra={"missing": N_("渡した先を入力してください。（例：みなと町自治会長）")},
    )
    handed_on: Day = Field(title=N_("渡した日"))

    def everybody(self) -> list[str]:
        """Return to whom, one for each copy; Refused where a line is too long."""
        lines = [line.strip() for line in self.handed_to.split("\n") if line.strip()]
        if any(len(line) > MOST_IN_WORDS for line in lines):
            raise Refused(
                N_("「渡した先」は1行につき%(most)s字以内で入力してください。"),
                field="handed_to",
                most=MOST_IN_WORDS,
            )
        return lines


class CopyActForm(Form):
    """When a copy came back or was shredded."""

    acted_on: Day = Field(title=N_("返却・裁断の日"))


class RegisterQuestion(Form):
    """What of 発行簿 to show."""

    profile: RosterProfile | None = Field(default=None, title=N_("用途"))
    year: int | None = Field(default=None, title=N_("年度"), ge=1900, le=3000)
    number: str = Field(default="", title=N_("一覧表番号"), max_length=30)
    out: bool = Field(default=False, title=N_("配布中のものだけ"))


def plain_reason(form: ExportForm, written: RosterFormat) -> str:
    """Return why a file of a format bears no password; Refused where that must be said."""
    if written is RosterFormat.PDF:
        return ""
    return form.told_reason(needed=written in TEXTS)
