"""Which roster to look at, and what to say when one is taken out."""

from uuid import UUID

from pydantic import Field
from uuid_utils.compat import uuid7

from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import MAX_PURPOSE, MISSING_PURPOSE, RosterOrder


class RosterQuestion(Form):
    """For whom, and as of which day; today when left empty."""

    profile: RosterProfile = Field(default=RosterProfile.STATION, title=N_("用途"))
    as_of: Day | None = Field(default=None, title=N_("基準日"))


class IssueForm(RosterQuestion):
    """The roster on the screen, as a file, and what it is for."""

    purpose: str = Field(
        title=N_("作成目的"),
        max_length=MAX_PURPOSE,
        json_schema_extra={"missing": MISSING_PURPOSE},
    )
    format: RosterFormat = Field(title=N_("形式"))
    may_replace: bool = Field(default=False, title=N_("書けない文字を〓に置き換える"))
    request_key: UUID = Field(default_factory=uuid7)

    def order(self) -> RosterOrder:
        """Return what the form asks for."""
        return RosterOrder(self.purpose, self.profile, self.as_of, self.format, self.may_replace)
