"""The shape of the forms an activity is recorded and corrected with."""

from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from uuid_utils.compat import uuid7

from crm.kernel.forms import Day, Form, Lines, LocalTime
from crm.kernel.i18n import N_
from crm.notes.models import Occasion, Outcome, PhraseUse

MAX_TEXT = 4000


class ContentForm(Form):
    """What both the first record and its correction say."""

    outcome: Outcome = Field(title=N_("方法"))
    occasion: Occasion = Field(default=Occasion.PHONE, title=N_("機会"), validate_default=True)
    heard: Lines = Field(default="", max_length=MAX_TEXT, title=N_("聞いたこと"))
    told: Lines = Field(default="", max_length=MAX_TEXT, title=N_("伝えたこと"))
    problem: str = Field(default="", max_length=60, title=N_("団体の課題"))
    advice: Lines = Field(default="", max_length=MAX_TEXT, title=N_("助言・支援の内容"))

    @field_validator("occasion")
    @classmethod
    def _call_is_its_own_occasion(cls, occasion: Occasion, info: ValidationInfo) -> Occasion:
        """Take one tap on 電話 for both answers; only a call may leave the occasion open."""
        outcome = info.data.get("outcome")
        if outcome is Outcome.PHONE:
            return Occasion.PHONE
        if outcome and occasion is Occasion.PHONE:
            raise PydanticCustomError("enum", "no occasion chosen")
        return occasion


class NoteForm(ContentForm):
    """An activity: all but a sentence has an answer already."""

    happened_at: LocalTime | None = Field(default=None, title=N_("日時"))
    needs_reply: bool = Field(default=False, title=N_("回答が必要"))
    next_on: Day | None = Field(default=None, title=N_("次回の予定日"))
    next_in: int | None = Field(default=None, ge=1, le=366, title=N_("次回の予定"))
    person_ids: list[UUID] = Field(default_factory=list, title=N_("ほかの相手"))
    organization_ids: list[UUID] = Field(default_factory=list, title=N_("団体"))
    staff_ids: list[UUID] = Field(default_factory=list, title=N_("同席した職員"))
    information_ids: list[UUID] = Field(default_factory=list, title=N_("渡した情報"))
    companion_id: UUID | None = Field(default=None, title=N_("共に訪問した機関"))
    companion_names: str = Field(default="", max_length=120, title=N_("機関の方の氏名"))
    companion_id_2: UUID | None = Field(default=None, title=N_("共に訪問した機関"))
    companion_names_2: str = Field(default="", max_length=120, title=N_("機関の方の氏名"))
    companion_id_3: UUID | None = Field(default=None, title=N_("共に訪問した機関"))
    companion_names_3: str = Field(default="", max_length=120, title=N_("機関の方の氏名"))
    client_key: UUID = Field(default_factory=uuid7)

    @property
    def companions(self) -> list[tuple[UUID, str]]:
        """Other agencies' offices that were chosen, with who came from each."""
        said = (
            (self.companion_id, self.companion_names),
            (self.companion_id_2, self.companion_names_2),
            (self.companion_id_3, self.companion_names_3),
        )
        return [(office, names) for office, names in said if office]


class CorrectionForm(ContentForm):
    """The words as they should have been."""

    happened_at: LocalTime = Field(title=N_("日時"))
    revision: int


class PhraseForm(Form):
    """A short sentence of the station's own, where it is offered, from which day."""

    use: PhraseUse = Field(title=N_("使う欄"))
    text: str = Field(
        title=N_("定型文"),
        max_length=60,
        json_schema_extra={"missing": N_("定型文を入力してください。")},
    )
    valid_from: Day = Field(title=N_("いつから"))
