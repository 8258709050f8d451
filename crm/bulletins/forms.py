"""The shape of the form an information item is registered and corrected with."""

from typing import Any

from pydantic import Field

from crm.bulletins.models import (
    INFORMATION_KIND_LABELS,
    Handling,
    InformationItem,
    InformationKind,
)
from crm.bulletins.service import ItemFacts
from crm.kernel.actor import Actor
from crm.kernel.forms import Day, Form, OnceForm
from crm.kernel.i18n import N_, translate

POLICE_KINDS = {InformationKind.KOBAN_FLASH}


class ItemForm(OnceForm):
    """An item; how far it may go has no answer until somebody gives one."""

    kind: InformationKind = Field(
        title=N_("種類"), json_schema_extra={"missing": N_("種類を選んでください。")}
    )
    issue_number: str = Field(default="", title=N_("号数"), max_length=40)
    title: str = Field(
        title=N_("件名"),
        max_length=120,
        json_schema_extra={"missing": N_("件名を入力してください。（例：ひったくりに注意）")},
    )
    topic: str = Field(default="", title=N_("主題"), max_length=60)
    handling: Handling = Field(
        title=N_("取扱区分"), json_schema_extra={"missing": N_("取扱区分を選んでください。")}
    )
    valid_from: Day = Field(title=N_("有効期間の開始日"))
    valid_to: Day | None = Field(default=None, title=N_("有効期限"))
    revision: int = 0

    def facts(self) -> ItemFacts:
        """Return the item as the form says it."""
        return ItemFacts(**self.model_dump(exclude={"revision", "request_key"}))


class WithdrawalForm(Form):
    """The item taken back, as it was seen."""

    revision: int


def item_values(item: InformationItem) -> dict[str, Any]:
    """Return what is recorded of an item as the form shows it."""
    return {
        "kind": item.kind,
        "issue_number": item.issue_number,
        "title": item.title,
        "topic": item.topic,
        "handling": item.handling,
        "valid_from": item.valid_from.isoformat(),
        "valid_to": item.valid_to.isoformat() if item.valid_to else "",
    }


def kind_options(actor: Actor) -> list[tuple[str, str]]:
    """Return the kinds of items to choose from, in the reader's language."""
    return [
        (kind.value, translate(label))
        for kind, label in INFORMATION_KIND_LABELS.items()
        if actor.is_police or kind not in POLICE_KINDS
    ]
