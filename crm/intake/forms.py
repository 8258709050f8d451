"""The forms by which a list comes in and is told how to be read."""

from pydantic import Field

from crm.intake.headers import Meaning
from crm.intake.models import LIST_KIND_LABELS, ListKind
from crm.kernel.actor import Actor
from crm.kernel.forms import Day, Form, SentForm
from crm.kernel.i18n import N_, translate


class ListForm(Form):
    """A list to take in; the file itself travels apart."""

    kind: ListKind = Field(title=N_("一覧の種類"))
    day: Day = Field(title=N_("一覧の基準日"))
    sheet: str = Field(default="", title=N_("シート名"), max_length=80)


class ApplicationForm(Form):
    """The plan that was on the page when somebody said yes to it."""

    digest: str = Field(default="", max_length=64)


class HeaderForm(Form):
    """Which row of the sheet names its columns."""

    header_row: int | None = Field(default=None, title=N_("見出しの行"), ge=1)


def kind_options(actor: Actor) -> list[tuple[str, str]]:
    """Return the kinds of lists an agency takes in; liaisons are the police's."""
    return [
        (kind.value, translate(label))
        for kind, label in LIST_KIND_LABELS.items()
        if actor.is_police or kind is not ListKind.LIAISONS
    ]


def told_meanings(sent: SentForm, columns: int) -> dict[int, Meaning | None] | None:
    """Return what each column was said to mean; None where the form did not ask."""
    told: dict[int, Meaning | None] = {}
    for index in range(columns):
        name = f"column_{index}"
        if name in sent:
            value = sent.getall(name)[-1]
            told[index] = Meaning(value) if value in set(Meaning) else None
    return told or None
