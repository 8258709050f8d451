"""Which roster to look at, and what to say when one is taken out."""

from pydantic import Field

from crm.exports.asking import ExportForm
from crm.exports.models import ExportRecipient
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterOrder

RECIPIENTS = {
    RosterProfile.STATION: ExportRecipient.WITHIN,
    RosterProfile.MEETING: ExportRecipient.ATTENDEES,
}
"""Who gets a roster where the form leaves it open."""
TEXTS = frozenset({RosterFormat.CSV, RosterFormat.CSV_CP932})


class RosterQuestion(Form):
    """For whom, and as of which day; today when left empty."""

    profile: RosterProfile = Field(default=RosterProfile.STATION, title=N_("用途"))
    as_of: Day | None = Field(default=None, title=N_("基準日"))


class IssueForm(RosterQuestion, ExportForm):
    """The roster on the screen, as a file, and what it is for."""

    format: RosterFormat = Field(title=N_("形式"))
    may_replace: bool = Field(default=False, title=N_("書けない文字を〓に置き換える"))

    def order(self) -> RosterOrder:
        """Return what the form asks for; Refused without a purpose."""
        return RosterOrder(
            self.told_purpose(), self.profile, self.as_of, self.format, self.may_replace
        )

    def reason(self) -> str:
        """Return why a file bears no password; text files never can, paper never does."""
        if self.format is RosterFormat.PDF:
            return ""
        return self.told_reason(needed=self.format in TEXTS)
