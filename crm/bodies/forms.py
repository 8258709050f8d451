"""The shape of the forms a body is entered, dissolved and seated with."""

from uuid import UUID

from pydantic import Field

from crm.bodies.models import BodyKind, BodyRole
from crm.bodies.service import BodyFacts, SeatFacts
from crm.contacts.naming import holder_said
from crm.kernel.errors import Refused
from crm.kernel.forms import Day, Form, OnceForm
from crm.kernel.i18n import N_


class BodyForm(OnceForm):
    """A body to put on file."""

    kind: BodyKind = Field(
        title=N_("会議体の種類"),
        json_schema_extra={"missing": N_("会議体の種類を選んでください。")},
    )
    name: str = Field(max_length=120, title=N_("会議体の名称"))
    kana: str = Field(default="", max_length=120, title=N_("会議体のふりがな"))
    legal_basis: str = Field(default="", max_length=200, title=N_("設置の根拠"))
    secretariat_unit_id: UUID | None = Field(default=None, title=N_("事務局の所属"))
    secretariat_words: str = Field(default="", max_length=120, title=N_("他機関の事務局"))

    def facts(self) -> BodyFacts:
        """Return what the form says of the body."""
        return BodyFacts(**self.model_dump(exclude={"request_key", "revision"}))


class CorrectionForm(BodyForm):
    """A body said anew."""

    revision: int


class EndForm(Form):
    """The last day of a body."""

    ended_on: Day = Field(title=N_("廃止した日"))
    revision: int


class SeatForm(Form):
    """Who sits on a body; with `find` somebody is looked for by name first."""

    q: str = Field(default="", max_length=80, title=N_("氏名・団体名"))
    find: bool = False
    holder: str = Field(default="", max_length=60, title=N_("委員"))
    words: str = Field(default="", max_length=120, title=N_("他機関の委員の職名"))
    role: BodyRole = Field(default=BodyRole.MEMBER, title=N_("役割"))
    valid_from: Day = Field(title=N_("任期の始まり"))
    valid_to: Day | None = Field(default=None, title=N_("任期の終わり"))

    def facts(self) -> SeatFacts:
        """Return who sits there; Refused for whom no page of ours offers."""
        holder = holder_said(self.holder)
        if self.holder and holder is None:
            raise Refused(N_("委員を選び直してください。"), field="holder")
        return SeatFacts(
            holder=holder,
            words=self.words,
            role=self.role,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


class SearchForm(Form):
    """Somebody looked for by name, whatever else of the form is there already."""

    q: str = Field(default="", max_length=80, title=N_("氏名・団体名"))
    find: bool = False


class TermEndForm(Form):
    """The last day of a term."""

    valid_to: Day = Field(title=N_("任期の終わり"))
    revision: int
