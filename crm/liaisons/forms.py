"""The forms for asking, answers, consent and ends."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from crm.consents.models import ConsentFacts, ConsentMethod, ConsentScope, SharedField
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_
from crm.liaisons.models import AcceptanceFacts, AnswerFacts, AskingFacts, EndReason


class AnswerChoice(StrEnum):
    """The answers; a no is a full one, and nobody hurries whoever wants to think."""

    ACCEPTED = "accepted"
    THINKING = "thinking"
    DECLINED = "declined"


def provision_value(agency_id: UUID | None, field: SharedField) -> str:
    """Return what the box 「this agency may have this field」 sends."""
    return f"{agency_id}:{field}"


def _read_provision(value: object) -> object:
    return tuple(value.split(":")) if isinstance(value, str) else value


Provided = Annotated[tuple[UUID, SharedField], BeforeValidator(_read_provision)]
"""One box ticked: an agency and a field it may have."""


class ApproachForm(Form):
    """An asking."""

    asked_on: Day = Field(title=N_("依頼した日"))
    method: ConsentMethod = Field(
        title=N_("方法"), json_schema_extra={"missing": N_("「方法」を選んでください。")}
    )
    asked_by: UUID | None = Field(default=None, title=N_("依頼した職員"))
    chief_confirms: bool = Field(default=False, title=N_("課長の確認"))
    again_reason: str = Field(default="", title=N_("もう一度依頼する理由"), max_length=300)

    @property
    def facts(self) -> AskingFacts:
        """What the service puts on record."""
        return AskingFacts(**self.model_dump())


class RequestDraftForm(Form):
    """The draft of an asking that needs a decision: why they are fit to be asked."""

    reason: str = Field(title=N_("依頼する理由"), max_length=500)


class AnswerForm(Form):
    """An answer: all that is asked of somebody who declines, or wants to think it over."""

    answer: AnswerChoice = Field(
        title=N_("回答"),
        json_schema_extra={"missing": N_("承諾の記録がないため、連絡員として登録できません。")},
    )
    decided_on: Day = Field(title=N_("回答の日"))
    method: ConsentMethod = Field(
        title=N_("方法"), json_schema_extra={"missing": N_("「方法」を選んでください。")}
    )

    @property
    def answer_facts(self) -> AnswerFacts:
        """What the service puts on record of an answer that is not an acceptance."""
        return AnswerFacts(self.decided_on, self.method)


class ThinkingForm(AnswerForm):
    """Somebody wants to think it over, perhaps undisturbed until some day."""

    not_before: Day | None = Field(default=None, title=N_("次に伺う日"))

    @property
    def answer_facts(self) -> AnswerFacts:
        """The answer with the day they named."""
        return AnswerFacts(self.decided_on, self.method, not_before=self.not_before)


class DeclineForm(AnswerForm):
    """A no, and whether they said of themselves that nobody should ask again."""

    asks_no_more: bool = Field(default=False, title=N_("今後の依頼"))

    @property
    def answer_facts(self) -> AnswerFacts:
        """The answer with that wish."""
        return AnswerFacts(self.decided_on, self.method, asks_no_more=self.asks_no_more)


class AcceptanceForm(AnswerForm):
    """An acceptance, the consent beside it and the term that follows."""

    scopes: list[ConsentScope] = Field(default=[], title=N_("同意の範囲"))
    provisions: list[Provided] = Field(default=[], title=N_("提供先"))
    municipality: str = Field("", title=N_("市町への提供先"), max_length=120)
    signatory: str = Field("", title=N_("回答された方"), max_length=120)
    capacity: str = Field("", title=N_("回答された方の役職"), max_length=120)
    starts_on: Day = Field(title=N_("開始日"))
    area_ids: list[UUID] = Field(default=[], title=N_("担当区域"))
    contact_person_id: UUID | None = Field(None, title=N_("窓口担当者"))
    remark: str = Field("", title=N_("備考"), max_length=200)

    @property
    def facts(self) -> AcceptanceFacts:
        """What the service puts on record."""
        return AcceptanceFacts(
            self.decided_on,
            self.method,
            self.starts_on,
            scopes=_recipients(self.scopes, self.municipality),
            provisions=_by_agency(self.provisions),
            area_ids=self.area_ids,
            contact_person_id=self.contact_person_id,
            signatory=self.signatory,
            capacity=self.capacity,
            remark=self.remark,
        )


class ConsentForm(Form):
    """What is agreed to from a day on, as a whole; `seen` is the record it was made from."""

    decided_on: Day = Field(title=N_("申出の日"))
    method: ConsentMethod = Field(
        title=N_("方法"), json_schema_extra={"missing": N_("「方法」を選んでください。")}
    )
    scopes: list[ConsentScope] = Field(default=[], title=N_("同意の範囲"))
    provisions: list[Provided] = Field(default=[], title=N_("提供先"))
    municipality: str = Field("", title=N_("市町への提供先"), max_length=120)
    signatory: str = Field("", title=N_("申し出た方"), max_length=120)
    capacity: str = Field("", title=N_("申し出た方の役職"), max_length=120)
    seen: UUID | None = None

    @property
    def facts(self) -> ConsentFacts:
        """What the service puts on record."""
        return ConsentFacts(
            self.decided_on,
            self.method,
            _recipients(self.scopes, self.municipality),
            self.signatory,
            self.capacity,
            provisions=_by_agency(self.provisions),
        )


class WillingnessForm(Form):
    """Whoever said no says that they may be asked again."""

    decided_on: Day = Field(title=N_("申出の日"))
    method: ConsentMethod = Field(
        title=N_("方法"), json_schema_extra={"missing": N_("「方法」を選んでください。")}
    )

    @property
    def facts(self) -> AnswerFacts:
        """What the service puts on record."""
        return AnswerFacts(self.decided_on, self.method)


class WithdrawalForm(Form):
    """Notice of stopping; no reason is asked for."""

    decided_on: Day = Field(title=N_("申出の日"))
    method: ConsentMethod = Field(
        title=N_("方法"), json_schema_extra={"missing": N_("「方法」を選んでください。")}
    )


class EndingForm(Form):
    """The end of a term for a reason that is not the liaison's wish."""

    reason: EndReason = Field(
        title=N_("終了の事由"),
        json_schema_extra={"missing": N_("「終了の事由」を選んでください。")},
    )
    day: Day = Field(title=N_("活動の最後の日"))
    revision: int | None = None


class ContactForm(Form):
    """Who speaks for an organization."""

    contact_person_id: UUID = Field(
        title=N_("窓口担当者"),
        json_schema_extra={"missing": N_("「窓口担当者」を選んでください。")},
    )
    revision: int | None = None


def _recipients(scopes: list[ConsentScope], municipality: str) -> dict[ConsentScope, str]:
    return {scope: municipality if scope is ConsentScope.MUNICIPALITY else "" for scope in scopes}


def _by_agency(boxes: list[Provided]) -> dict[UUID, list[SharedField]]:
    found: dict[UUID, list[SharedField]] = {}
    for agency_id, field in boxes:
        found.setdefault(agency_id, []).append(field)
    return found
