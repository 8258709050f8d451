"""The forms in which people, organizations and posts are entered and corrected."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import Field

from crm.contacts.lines import Choice, PhoneLine
from crm.contacts.models import ORGANIZATION_KIND_LABELS, Organization, OrganizationKind, Person
from crm.contacts.service import OrganizationFacts, PersonFacts, PostFacts
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_, translate
from crm.kernel.kana import furigana


class PersonForm(Form):
    """A person: the name in its own form, its reading, and how to be reached."""

    family_name: str = Field(
        title=N_("氏"),
        max_length=60,
        json_schema_extra={"missing": N_("氏を入力してください。（例：高橋）")},
    )
    given_name: str = Field(default="", title=N_("名"), max_length=60)
    family_kana: str = Field(default="", title=N_("氏のふりがな"), max_length=60)
    given_kana: str = Field(default="", title=N_("名のふりがな"), max_length=60)
    phones: str = Field(default="", title=N_("電話番号"), max_length=400)
    address: str = Field(default="", title=N_("住所"), max_length=200)
    care_note: str = Field(default="", title=N_("配慮事項"), max_length=500)
    revision: int = 0

    def facts(self) -> PersonFacts:
        """Return what the form says of the person."""
        return PersonFacts(**self.model_dump(exclude={"revision"}))


class OrganizationForm(Form):
    """An organization: what it is, what it stands for, and how to be reached."""

    kind: OrganizationKind = Field(
        title=N_("団体の種類"),
        json_schema_extra={"missing": N_("団体の種類を選んでください。")},
    )
    name: str = Field(
        title=N_("団体名"),
        max_length=160,
        json_schema_extra={"missing": N_("団体名を入力してください。（例：みなと町自治会）")},
    )
    kana: str = Field(default="", title=N_("団体名のふりがな"), max_length=160)
    parent_id: UUID | None = Field(default=None, title=N_("上部団体"))
    area_id: UUID | None = Field(default=None, title=N_("区域"))
    phones: str = Field(default="", title=N_("電話番号"), max_length=400)
    address: str = Field(default="", title=N_("所在地"), max_length=200)
    care_note: str = Field(default="", title=N_("配慮事項"), max_length=500)
    is_active: bool = Field(default=False, title=N_("活動している"))
    revision: int = 0

    def facts(self) -> OrganizationFacts:
        """Return what the form says of the organization."""
        return OrganizationFacts(**self.model_dump(exclude={"revision"}))


class PostForm(Form):
    """A post somebody holds."""

    post_type_id: UUID = Field(
        title=N_("役職"), json_schema_extra={"missing": N_("役職を選んでください。")}
    )
    organization_id: UUID | None = Field(default=None, title=N_("団体"))
    title: str = Field(default="", title=N_("役職の呼び名"), max_length=80)
    valid_from: Day | None = Field(default=None, title=N_("就任した日"))

    def facts(self) -> PostFacts:
        """Return the post as the form says it."""
        return PostFacts(**self.model_dump())


class PostEndForm(Form):
    """The last day somebody held a post."""

    valid_to: Day = Field(
        title=N_("終了した日"), json_schema_extra={"missing": N_("終了した日を入力してください。")}
    )
    revision: int = 0


class Difference(NamedTuple):
    """One field in which what was typed and what somebody else stored meanwhile disagree."""

    label: str
    yours: str
    theirs: str


def person_values(person: Person, phones: Sequence[PhoneLine]) -> dict[str, Any]:
    """Return what is recorded of a person as the form shows it."""
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "family_kana": furigana(person.family_kana),
        "given_kana": furigana(person.given_kana),
        "phones": _one_per_line(phones),
        "address": person.address,
        "care_note": person.care_note,
        "revision": person.revision,
    }


def organization_values(organization: Organization, phones: Sequence[PhoneLine]) -> dict[str, Any]:
    """Return what is recorded of an organization as the form shows it."""
    return {
        "kind": organization.kind.value,
        "name": organization.name,
        "kana": furigana(organization.kana),
        "parent_id": _text(organization.parent_id),
        "area_id": _text(organization.area_id),
        "phones": _one_per_line(phones),
        "address": organization.address,
        "care_note": organization.care_note,
        "is_active": "on" if organization.is_active else "",
        "revision": organization.revision,
    }


def kind_options() -> list[tuple[str, str]]:
    """Return the kinds of organizations to choose from, in the language of the reader."""
    return [(kind.value, translate(label)) for kind, label in ORGANIZATION_KIND_LABELS.items()]


def options(choices: Sequence[Choice]) -> list[tuple[str, str]]:
    """Return `choices` as the lines of a selection."""
    return [(str(choice.id), choice.name) for choice in choices]


def differences(
    form_type: type[Form],
    yours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    choices: Mapping[str, Sequence[tuple[str, str]]],
) -> list[Difference]:
    """Return the fields in which a stale form and the stored record disagree, in words.

    `choices` gives the words behind the values of the fields one chooses in.
    """
    found = []
    for name, info in form_type.model_fields.items():
        mine, stored = _normal(yours.get(name)), _normal(theirs.get(name))
        if info.title and mine != stored:
            words = dict(choices.get(name, ()))
            label = translate(info.title)
            found.append(Difference(label, words.get(mine, mine), words.get(stored, stored)))
    return found


def _normal(value: object) -> str:
    """Return text without what a form's way through a browser changes (line ends, edges)."""
    return str(value or "").replace("\r\n", "\n").strip()


def _one_per_line(phones: Sequence[PhoneLine]) -> str:
    return "\n".join(phone.raw for phone in phones)


def _text(key: UUID | None) -> str:
    return str(key) if key else ""
