"""The shape of the forms a strengthening day is planned and counted with."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from crm.contacts.models import Holder
from crm.exports.asking import ExportForm
from crm.kernel.audit import Subject
from crm.kernel.forms import Day, Form, OnceForm
from crm.kernel.i18n import N_
from crm.strengthening.service import Aimed, Hours

MOST_HOURS = 1000


def aim_key(unit_id: UUID, holder: Holder) -> str:
    """Return what a box of the form says: which box is to see whom."""
    kind, key = holder.subject
    return f"{unit_id}:{kind}:{key}"


def subject_of(key: str) -> Subject:
    """Return what the audit trail calls the one an `aim_key` is about."""
    _, kind, holder = key.split(":")
    return (kind, UUID(holder))


def _read_aim(value: object) -> object:
    if isinstance(value, Aimed):
        return value
    try:
        unit, kind, key = str(value).split(":")
        holder = {"person": "person_id", "organization": "organization_id"}[kind]
        return Aimed(UUID(unit), Holder(**{holder: UUID(key)}))
    except (ValueError, KeyError):
        raise PydanticCustomError("enum", "no such target") from None


Chosen = Annotated[Aimed, BeforeValidator(_read_aim)]


class DayForm(OnceForm):
    """When, what for, and which boxes take part: whole, or with single areas."""

    first_on: Day = Field(title=N_("強化日"))
    last_on: Day | None = Field(default=None, title=N_("最終日"))
    purpose: str = Field(default="", max_length=120, title=N_("ねらい"))
    unit_ids: list[UUID] = Field(default_factory=list, title=N_("交番・駐在所"))
    area_ids: list[UUID] = Field(default_factory=list, title=N_("区域"))


class TargetsForm(Form):
    """Whom each box is to see; with `find` somebody else is looked for by name first."""

    targets: list[Chosen] = Field(default_factory=list, title=N_("訪問先"))
    q: str = Field(default="", max_length=80, title=N_("氏名・団体名"))
    to_unit_id: UUID | None = Field(default=None, title=N_("訪問する交番・駐在所"))
    find: bool = False
    revision: int


class CancellationForm(Form):
    """The day is not held."""

    revision: int


class HoursForm(Form):
    """The hours of a box, as plain counts."""

    hours_secured: int | None = Field(default=None, ge=0, le=MOST_HOURS, title=N_("確保した時間"))
    hours_diverted: int | None = Field(default=None, ge=0, le=MOST_HOURS, title=N_("転用した時間"))
    diverted_to: str = Field(default="", max_length=120, title=N_("転用した勤務"))
    revision: int

    @property
    def hours(self) -> Hours:
        """What it says."""
        return Hours(
            secured=self.hours_secured,
            diverted=self.hours_diverted,
            diverted_to=self.diverted_to,
        )


class ListForm(ExportForm):
    """The list of a box on paper: its purpose and its recipient are known already."""
