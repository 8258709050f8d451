"""What taking a list in would do: deeds per row, each with its sentence, and the plan of all."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from crm.contacts.models import OrganizationKind
from crm.kernel.i18n import N_, translate
from crm.kernel.wareki import wareki


class Verdict(StrEnum):
    """What becomes of a row; with UNSURE nothing, until a person has corrected it."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    UNSURE = "unsure"
    REFUSED = "refused"


VERDICT_LABELS = {
    Verdict.CREATED: N_("新規"),
    Verdict.UPDATED: N_("更新"),
    Verdict.UNCHANGED: N_("同じ"),
    Verdict.UNSURE: N_("確認が必要"),
    Verdict.REFUSED: N_("対象外"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a row: a msgid, its facts, and msgids put into its place `labels`."""

    message: str
    facts: Mapping[str, str] = field(default_factory=dict)
    labels: Sequence[str] = ()

    def __str__(self) -> str:
        """Give the sentence in the current language."""
        labels = "、".join(translate(label) for label in self.labels)
        return translate(self.message, labels=labels, **self.facts)

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Remark":
        """Return the remark `asdict` took apart."""
        return cls(packed["message"], packed["facts"], packed["labels"])


def remark(message: str, labels: Sequence[str] = (), **facts: object) -> Remark:
    """Make a remark; days are told in the Japanese calendar."""
    return remark_of(message, facts, labels)


def remark_of(message: str, facts: Mapping[str, object], labels: Sequence[str] = ()) -> Remark:
    """Make a remark of facts at hand."""
    told = {
        name: wareki(value) if isinstance(value, dt.date) else str(value)
        for name, value in facts.items()
    }
    return Remark(message, told, tuple(labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson:
    """Enter somebody new."""

    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    name_as_given: str
    address: str
    phones: str

    @property
    def told(self) -> Remark:
        """What will happen."""
        return remark(N_("新しく登録します。"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganization:
    """Enter an organization under the key other rows find it by."""

    key: str
    kind: OrganizationKind
    name: str
    kana: str = ""
    area_id: UUID | None = None
    address: str = ""
    phones: str = ""

    @property
    def told(self) -> Remark:
        """What will happen."""
        return remark(N_("団体「%(name)s」を新しく登録します。"), name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillIn:
    """Fill what is empty on record of the row's person or organization."""

    revision: int
    values: Mapping[str, str]
    labels: Sequence[str]

    @property
    def told(self) -> Remark:
        """What will happen."""
        return remark(N_("空欄の項目を補います（%(labels)s）。"), self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPost:
    """End the post of whoever held it before."""

    appointment_id: UUID
    revision: int
    name: str
    last_day: dt.date

    @property
    def told(self) -> Remark:
        """What will happen."""
        message = N_("前任 %(name)sさんの役職を%(day)sで終えます。")
        return remark(message, name=self.name, day=self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePost:
    """Give the row's person a post, at an organization on record, at one of the list, or at none.

    `organization` is the key of a `RegisterOrganization` where it is text.
    """

    post_type_id: UUID
    title: str
    organization: UUID | str | None
    label: str
    valid_from: dt.date | None

    @property
    def told(self) -> Remark:
        """What will happen."""
        if self.valid_from is None:
            return remark(N_("役職「%(post)s」を加えます。"), post=self.label)
        message = N_("%(day)sからの役職「%(post)s」を加えます。")
        return remark(message, post=self.label, day=self.valid_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCandidate:
    """Name the row's holder as a candidate; nobody has put an acceptance on record."""

    @property
    def told(self) -> Remark:
        """What will happen."""
        return remark(N_("連絡員の候補（承諾未確認）にします。"))


Deed = RegisterPerson | RegisterOrganization | FillIn | EndPost | GivePost | NoteCandidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one row comes to.

    Its holder is `person_id` or `organization_id` on record, the one row `same_as` makes, or the
    one its own first deed makes.
    """

    number: int
    name: str
    verdict: Verdict
    deeds: tuple[Deed, ...] = ()
    remarks: tuple[Remark, ...] = ()
    person_id: UUID | None = None
    organization_id: UUID | None = None
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row of a list with what becomes of it."""

    steps: tuple[Step, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each verdict."""
        verdicts = [step.verdict for step in self.steps]
        return {verdict.value: verdicts.count(verdict) for verdict in Verdict}

    @property
    def digest(self) -> str:
        """What tells this plan from every other: the records it touches and in which revision."""
        text = json.dumps(self.steps, default=_taken_apart, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _taken_apart(value: Any) -> object:  # noqa: ANN401 - whatever a step holds
    """Return what tells a value of a plan from others, in a form JSON has."""
    return [type(value).__name__, *_facts_of(value)] if is_dataclass(value) else str(value)


def _facts_of(value: Any) -> Iterator[object]:  # noqa: ANN401 - any of the dataclasses above
    for name in value.__slots__:
        fact = getattr(value, name)
        yield sorted(fact.items()) if isinstance(fact, Mapping) else fact
