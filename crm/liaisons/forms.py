"""The forms for asking, answers, consent and ends."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from crm.consents.models import ConsentFacts, ConsentMethod, ConsentScope, SharedField
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_
from crm.liaisons.models import AcceptanceFacts, EndReason


class AnswerChoice(StrEnum):
    """The two answers; each of them is a full one."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


def provision_value(agency_id: UUID | None, field: SharedField) -> str:
    """Return what the box 「this agency may have this field」 sends."""
    return f"{agency_id}:{field}"


def _read_provision(value: object) -> object:
    return tuple(value.split(":")) if isinstance(value, str) else value


Provided = Annotated[tuple[UUID, SharedField], BeforeValidator(_read_provision)]
"""One box ticked: an agency and a field it may have."""


class CandidacyForm(Form):
    """Who seems suitable; sent from another page it may be empty, which means today."""

    noticed_on: Day | None = Field(None, title=N_("気付いた日"))
    remark: str = Field("", title=N_("備考"), max_length=500)


class ApproachForm(Form):
    """An asking."""

    asked_on: Day = Field(title=N_("依頼した日"))
    method: ConsentMethod = Field(
        title=N_("方法"), json_schema_extra={"missing": N_("「方法」を選んでください。")}
    )
    chief_confirms: bool = Field(default=False, title=N_("課長の確認"))


class RequestDraftForm(Form):
    """The draft of an asking that needs a decision: why they are fit to be asked."""

    reason: str = Field(title=N_("依頼する理由"), max_length=500)


class AnswerForm(Form):
    """An answer: all that is asked of somebody who declines."""

    answer: AnswerChoice = Field(
        title=N_("回答"),
        json_schema_extra={"missing": N_("承諾の記録がないため、連絡員として登録できません。")},
    )
    decided_on: Day = Field(title=N_("回答の日"))
    method: ConsentMethod = Field(
        title=N_("方法"), json_schema_extra={"missing": N_("「方法」を選んでください。")}
    )


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
