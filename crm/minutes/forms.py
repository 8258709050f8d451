"""The shape of the forms of agendas, papers, minutes and what is settled."""

import re
from collections.abc import Sequence
from uuid import UUID

from litestar.datastructures import FormMultiDict
from pydantic import Field

from crm.bulletins.models import Handling
from crm.exports.asking import ExportForm
from crm.kernel.forms import Day, Form, Lines
from crm.kernel.i18n import N_
from crm.kernel.text import as_typed
from crm.minutes.agenda import Direction, ItemFacts
from crm.minutes.lines import Section
from crm.minutes.matters import ActionFacts, Becomes
from crm.minutes.models import AgendaKind

LONGEST_TEXT = 20_000
LONGEST_MEETING = 999
MOST_GUESTS = 999


class ItemForm(Form):
    """A line of an agenda."""

    title: str = Field(max_length=120, title=N_("項目の名称"))
    kind: AgendaKind = Field(default=AgendaKind.STEP, title=N_("種類"))
    speaker: str = Field(default="", max_length=120, title=N_("説明・進行"))
    minutes_planned: int | None = Field(
        default=None, ge=1, le=LONGEST_MEETING, title=N_("予定の時間（分）")
    )

    def facts(self) -> ItemFacts:
        """Return the line as the form says it."""
        return ItemFacts(**self.model_dump(include=set(ItemFacts.__slots__)))


class ChangedItemForm(ItemForm):
    """A line of an agenda said anew."""

    revision: int


class MoveForm(Form):
    """Where a line goes."""

    direction: Direction = Field(title=N_("移動"))


class PaperForm(Form):
    """How far a paper may go, and what it is for; the file comes beside."""

    handling: Handling = Field(
        title=N_("取扱区分"), json_schema_extra={"missing": N_("取扱区分を選んでください。")}
    )
    agenda_item_id: UUID | None = Field(default=None, title=N_("次第の項目"))


class SequelForm(Form):
    """From which meeting this one goes on."""

    previous_id: UUID | None = Field(default=None, title=N_("前回の会議"))


class MinutesForm(Form):
    """The minutes as somebody wrote them; each part's text is read by `texts_in`."""

    revision: int
    reason: str = Field(default="", max_length=300, title=N_("直す理由"))


class ConfirmationForm(Form):
    """The minutes confirmed as they were seen."""

    revision: int


class DraftForm(Form):
    """Why the minutes are to be confirmed."""

    reason: str = Field(
        max_length=500,
        title=N_("起案の理由"),
        json_schema_extra={"missing": N_("起案の理由を入力してください。")},
    )


class TakeUpForm(Form):
    """A line of the minutes and what it becomes."""

    agenda_item_id: UUID | None = None
    number: int = Field(ge=0)
    revision: int
    becomes: Becomes


class ActionForm(Form):
    """What is to be done, by whom and until when."""

    words: Lines = Field(max_length=4000, title=N_("対応の内容"))
    unit_id: UUID | None = Field(default=None, title=N_("担当の課"))
    staff_id: UUID | None = Field(default=None, title=N_("担当の職員"))
    owner_words: str = Field(default="", max_length=120, title=N_("担当の機関・団体"))
    due_on: Day | None = Field(default=None, title=N_("期限"))
    revision: int

    def facts(self) -> ActionFacts:
        """Return the action as the form says it."""
        return ActionFacts(**self.model_dump(exclude={"revision"}))


class DoneForm(Form):
    """What was done, and when."""

    done_on: Day = Field(title=N_("実施した日"))
    done_words: Lines = Field(
        max_length=4000,
        title=N_("実施した内容"),
        json_schema_extra={"missing": N_("何をしたかを入力してください。")},
    )
    revision: int


class GuestsForm(Form):
    """An office of another agency and how many came from it."""

    office_name: str = Field(max_length=120, title=N_("機関名"))
    people: int = Field(ge=1, le=MOST_GUESTS, title=N_("人数"))


class MinutesPaperForm(ExportForm):
    """The minutes on paper, as they stand or as a version left them; the purpose is known."""

    version_id: UUID | None = None


def texts_in(sent: FormMultiDict, sections: Sequence[Section]) -> Sequence[Section]:
    """Return the parts of minutes with the texts a form sent for them.

    What was written under a line somebody took off the agenda meanwhile is among them.
    """
    offered = {f"text-{one.key}" for one in sections}
    left = [
        Section(UUID(name.removeprefix("text-")), "", text)
        for name in sent
        if _LEFT.fullmatch(name) and name not in offered and (text := _text(sent, name))
    ]
    said = [one._replace(text=_text(sent, f"text-{one.key}")) for one in sections]
    return [*said, *left]


def too_long(sections: Sequence[Section]) -> Sequence[str]:
    """Return the names of the parts that are longer than minutes are ever meant to be."""
    return [f"text-{one.key}" for one in sections if len(one.text) > LONGEST_TEXT]


def _text(sent: FormMultiDict, name: str) -> str:
    said = str(sent.getall(name)[-1]) if name in sent else ""
    return as_typed(said).strip()


_LEFT = re.compile(r"text-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
