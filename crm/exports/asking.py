"""What every form that takes something out of the house asks: why, for whom, on what conditions."""

from dataclasses import replace
from uuid import uuid5

from pydantic import Field

from crm.exports.models import (
    EXPORT_PURPOSE_LABELS,
    EXPORT_RECIPIENT_LABELS,
    ExportPurpose,
    ExportRecipient,
)
from crm.exports.service import MAX_PURPOSE, MISSING_PURPOSE, MISSING_REASON, Taking
from crm.jobs.asking import PaperOrder
from crm.kernel.errors import Refused
from crm.kernel.forms import Day
from crm.kernel.i18n import N_, translate

MAX_RECIPIENT = 40
MAX_CONDITIONS = 60
MISSING_RECIPIENT = N_("「その他」の提供先の名称を入力してください。")


class ExportForm(PaperOrder):
    """Why and for whom a file leaves; both are prefilled, so that two taps are enough."""

    purpose_kind: ExportPurpose | None = Field(default=None, title=N_("作成目的"))
    purpose: str = Field(default="", title=N_("作成目的"), max_length=MAX_PURPOSE)
    recipient_kind: ExportRecipient | None = Field(default=None, title=N_("提供先"))
    recipient: str = Field(default="", title=N_("提供先の名称"), max_length=MAX_RECIPIENT)
    conditions: str = Field(default="", title=N_("条件"), max_length=MAX_CONDITIONS)
    return_on: Day | None = Field(default=None, title=N_("返却・廃棄の期限"))
    plain_reason: str = Field(
        default="", title=N_("パスワードを付けない理由"), max_length=MAX_CONDITIONS
    )

    def told_purpose(self) -> str:
        """Return the purpose in words, Japanese as on paper; Refused when there is none."""
        if self.purpose:
            return self.purpose
        if self.purpose_kind in (None, ExportPurpose.OTHER):
            raise Refused(MISSING_PURPOSE, field="purpose")
        return EXPORT_PURPOSE_LABELS[self.purpose_kind]

    def told_recipient(self, otherwise: ExportRecipient) -> str:
        """Return who gets the file in words, likewise; `otherwise` where the form left it open."""
        if self.recipient:
            return self.recipient
        kind = self.recipient_kind or otherwise
        if kind is ExportRecipient.OTHER:
            raise Refused(MISSING_RECIPIENT, field="recipient")
        return EXPORT_RECIPIENT_LABELS[kind]

    def told_reason(self, *, needed: bool) -> str:
        """Return why the file bears no password; Refused where that must be said and is not."""
        if needed and not self.plain_reason:
            raise Refused(MISSING_REASON, field="plain_reason")
        return self.plain_reason

    def taking(
        self, otherwise: ExportRecipient, kept_hours: int, plain_reason: str, what: object
    ) -> Taking:
        """Return how `what` is taken out; `otherwise` who gets it where the form left it open.

        The same form sent again is the same export, with another answer it is another.
        """
        taking = Taking(
            self.told_recipient(otherwise),
            plain_reason,
            self.conditions,
            self.return_on,
            kept_hours,
            may_replace=self.may_replace,
        )
        return replace(taking, request_key=uuid5(self.request_key, repr((taking, what))))


def purpose_choices() -> list[tuple[str, str]]:
    """Return the purposes as a form offers them."""
    return [(each, translate(label)) for each, label in EXPORT_PURPOSE_LABELS.items()]


def recipient_choices() -> list[tuple[str, str]]:
    """Return the recipients as a form offers them."""
    return [(each, translate(label)) for each, label in EXPORT_RECIPIENT_LABELS.items()]
