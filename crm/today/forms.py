"""The form of a round: whom to print."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from crm.contacts.models import Holder
from crm.jobs.asking import PaperOrder
from crm.kernel.i18n import N_


def stop_value(holder: Holder) -> str:
    """Return what the box beside somebody sends."""
    kind, key = holder.subject
    return f"{kind}:{key}"


def _read_stop(value: object) -> object:
    kind, _, key = str(value).partition(":")
    if kind not in ("person", "organization"):
        raise ValueError(kind)
    return Holder(**{f"{kind}_id": UUID(key)})


class RoundForm(PaperOrder):
    """Those who were ticked."""

    stops: list[Annotated[Holder, BeforeValidator(_read_stop)]] = Field(
        title=N_("印刷する方"),
        json_schema_extra={"missing": N_("印刷する方を選んでください。")},
    )
