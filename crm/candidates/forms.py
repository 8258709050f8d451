"""The shape of the forms somebody is proposed, passed over and asked by."""

from typing import Any
from uuid import UUID

from pydantic import Field

from crm.candidates.service import Proposal
from crm.contacts.service import PersonFacts
from crm.jobs.asking import PaperOrder
from crm.kernel.errors import NotFound, Refused
from crm.kernel.forms import Day, Form, Lines, OnceForm
from crm.kernel.i18n import N_
from crm.liaisons.asking import POINTS, Rule

NEWCOMER = "new"
"""What is chosen for 「somebody else of that name」."""


class CandidateForm(OnceForm):
    """Who seems suitable and why.

    `who` is somebody on record, or `NEWCOMER` once those of the same name have been looked at;
    `organization_id` is set where an organization is proposed.
    """

    who: str = Field(default="", title=N_("どの方ですか"), max_length=40)
    organization_id: UUID | None = None
    family_name: str = Field(default="", title=N_("氏"), max_length=60)
    given_name: str = Field(default="", title=N_("名"), max_length=60)
    family_kana: str = Field(default="", title=N_("氏のふりがな"), max_length=60)
    given_kana: str = Field(default="", title=N_("名のふりがな"), max_length=60)
    phones: str = Field(default="", title=N_("電話番号"), max_length=400)
    post: str = Field(default="", title=N_("団体・役職"), max_length=160)
    area_id: UUID | None = Field(default=None, title=N_("区域"))
    reason: Lines = Field(title=N_("紹介する理由"), max_length=500)
    known_by: str = Field(default="", title=N_("どこで知ったか"), max_length=160)
    avoid: str = Field(default="", title=N_("話さないほうがよいこと"), max_length=300)

    @property
    def person(self) -> PersonFacts:
        """What the form says of somebody new; Refused at `family_name` for nobody at all."""
        if not self.family_name:
            raise Refused(N_("氏を入力してください。（例：高橋）"), field="family_name")
        named = ("family_name", "given_name", "family_kana", "given_kana", "phones")
        return PersonFacts(**{name: getattr(self, name) for name in named})

    @property
    def chosen(self) -> UUID | None:
        """Who of those on record it is; None for somebody new, NotFound for no key at all."""
        if self.who in {"", NEWCOMER}:
            return None
        try:
            return UUID(self.who)
        except ValueError:
            raise NotFound from None

    @property
    def proposal(self) -> Proposal:
        """Why they are proposed."""
        said = ("reason", "known_by", "avoid", "post", "area_id")
        facts: dict[str, Any] = {name: getattr(self, name) for name in said}
        return Proposal(**facts, client_key=self.request_key)


class PassingOverForm(Form):
    """That nobody will be asked, with a word to the proposer."""

    text: Lines = Field(default="", title=N_("紹介した職員に伝えること"), max_length=300)


class LetterForm(PaperOrder):
    """The letter of asking; sent twice it is made once."""


class AskingRuleForm(Form):
    """With which words people are asked, and how long a no is left alone, from a day on."""

    opening: Lines = Field(title=N_("お願いの言葉"), max_length=400)
    free_choice: Lines = Field(title=N_("引き受けは自由であること"), max_length=400)
    may_end: Lines = Field(title=N_("いつでもやめられること"), max_length=400)
    no_duty: Lines = Field(title=N_("情報を伝える義務がないこと"), max_length=400)
    on_record: Lines = Field(title=N_("記録し共有するもの"), max_length=400)
    cool_off_days: int = Field(title=N_("お断りの後、依頼しない日数"))
    day: Day = Field(title=N_("始まりの日"))
    seen: UUID | None = None

    @property
    def rule(self) -> Rule:
        """What is decided."""
        words = {point: getattr(self, point) for point in POINTS}
        return Rule("", **words, cool_off_days=self.cool_off_days)
