"""The forms for agreeing, disclosing, recognizing and telling."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from crm.consents.models import SharedField
from crm.contacts.models import Holder
from crm.kernel.forms import Day, Form, OnceForm
from crm.kernel.i18n import N_
from crm.sharing.agreements import AgreementFacts, DisclosureFacts
from crm.sharing.models import DisclosureBasis

MISSING_OFFICE = N_("提供先を選んでください。")


@dataclass(frozen=True, slots=True)
class Listener:
    """An own contact, and the office to be told of it."""

    holder: Holder
    station_id: UUID


def holder_key(holder: Holder, *rest: UUID) -> str:
    """Return what a choice of `holder` sends."""
    return ":".join(map(str, (*holder.subject, *rest)))


def _read_holder(value: object) -> Holder:
    kind, _, key = str(value).partition(":")
    if kind == "person":
        return Holder(person_id=UUID(key))
    return Holder(organization_id=UUID(key))


def _read_listener(value: object) -> Listener:
    holder, _, station = str(value).rpartition(":")
    return Listener(_read_holder(holder), UUID(station))


class AgreementForm(OnceForm):
    """A standing share."""

    recipient_station_id: UUID = Field(
        title=N_("提供先"), json_schema_extra={"missing": MISSING_OFFICE}
    )
    title: str = Field(title=N_("取決めの名称"), max_length=120)
    purpose: str = Field(title=N_("利用目的"), max_length=200)
    fields: list[SharedField] = Field(
        title=N_("提供する項目"),
        json_schema_extra={"missing": N_("提供する項目を選んでください。")},
    )
    conditions: str = Field("", title=N_("利用の条件"), max_length=500)
    retention: str = Field("", title=N_("保存と返却・消去"), max_length=200)
    inquiries: str = Field("", title=N_("問合せ先"), max_length=120)
    gives_places: bool = Field(default=False, title=N_("依頼に添えるもの"))
    valid_from: Day = Field(title=N_("始まりの日"))
    valid_to: Day | None = Field(None, title=N_("終わりの日"))

    @property
    def facts(self) -> AgreementFacts:
        """What the service puts on record."""
        return AgreementFacts(**self.model_dump(exclude={"request_key"}))


class NarrowingForm(Form):
    """Less than before, or until an earlier day."""

    fields: list[SharedField] = Field(
        title=N_("提供する項目"),
        json_schema_extra={"missing": N_("提供する項目を選んでください。")},
    )
    gives_places: bool = Field(default=False, title=N_("依頼に添えるもの"))
    valid_to: Day | None = Field(None, title=N_("終わりの日"))
    revision: int = 0


class AgreementEndForm(Form):
    """The end of a standing share."""

    reason: str = Field(title=N_("終了の事由"), max_length=200)
    revision: int = 0


class DisclosureForm(OnceForm):
    """One decision to give (69条)."""

    recipient_station_id: UUID = Field(
        title=N_("提供先"), json_schema_extra={"missing": MISSING_OFFICE}
    )
    basis: DisclosureBasis = Field(
        title=N_("根拠"), json_schema_extra={"missing": N_("「根拠」を選んでください。")}
    )
    reason: str = Field(title=N_("提供の理由"), max_length=300)
    fields: list[SharedField] = Field(
        title=N_("提供する項目"),
        json_schema_extra={"missing": N_("提供する項目を選んでください。")},
    )
    expires_on: Day = Field(title=N_("期限"))

    @property
    def facts(self) -> DisclosureFacts:
        """What the service puts on record."""
        return DisclosureFacts(**self.model_dump(exclude={"request_key"}))


class LinkForm(Form):
    """The own contact a received one is."""

    holder: Annotated[Holder, BeforeValidator(_read_holder)] = Field(
        title=N_("結び付ける相手"),
        json_schema_extra={"missing": N_("結び付ける相手を選んでください。")},
    )


class ReceivedSearchForm(Form):
    """What is looked for among received contacts."""

    q: str = Field("", title=N_("探す言葉"), max_length=100)


class TellingForm(Form):
    """What another office is told, in words written for it."""

    recipient: Annotated[Listener, BeforeValidator(_read_listener)] = Field(
        title=N_("提供先"), json_schema_extra={"missing": MISSING_OFFICE}
    )
    text: str = Field(title=N_("提供する文章"), max_length=2000)
