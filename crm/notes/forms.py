"""The shape of the forms an activity is recorded, corrected and answered with."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from uuid_utils.compat import uuid7

from crm.kernel.forms import Day, Form, LocalTime
from crm.kernel.i18n import N_
from crm.notes.models import Occasion, Outcome


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n")


Lines = Annotated[str, AfterValidator(_unix_lines)]
"""Text of several lines; browsers send CRLF, records keep LF."""

MAX_TEXT = 4000


class ContentForm(Form):
    """What both the first record and its correction say."""

    outcome: Outcome = Field(title=N_("相手"))
    occasion: Occasion = Field(title=N_("機会"))
    heard: Lines = Field(default="", max_length=MAX_TEXT, title=N_("聞いたこと"))
    told: Lines = Field(default="", max_length=MAX_TEXT, title=N_("伝えたこと"))

    @property
    def true_occasion(self) -> Occasion:
        """The occasion, which a telephone call is by itself: one tap says both."""
        return Occasion.PHONE if self.outcome is Outcome.PHONE else self.occasion


class NoteForm(ContentForm):
    """An activity: all but a sentence has an answer already."""

    happened_at: LocalTime | None = Field(default=None, title=N_("日時"))
    needs_reply: bool = Field(default=False, title=N_("回答が必要"))
    next_on: Day | None = Field(default=None, title=N_("次回の予定"))
    person_ids: list[UUID] = Field(default_factory=list, title=N_("ほかの相手"))
    organization_ids: list[UUID] = Field(default_factory=list, title=N_("団体"))
    staff_ids: list[UUID] = Field(default_factory=list, title=N_("同席した職員"))
    client_key: UUID = Field(default_factory=uuid7)


class CorrectionForm(ContentForm):
    """The words as they should have been."""

    happened_at: LocalTime = Field(title=N_("日時"))
    revision: int


class ReplyForm(Form):
    """The answer that went back to who said it."""

    told_on: Day = Field(title=N_("回答した日"))
    text: Lines = Field(max_length=MAX_TEXT, title=N_("回答の内容"))
