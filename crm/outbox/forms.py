"""The form a parked entry is settled with."""

from uuid import UUID

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from crm.contacts.models import Holder
from crm.kernel.forms import Form
from crm.kernel.i18n import N_


class PartnerForm(Form):
    """With whom it was, of those found by a name; the rest is the form of a note."""

    q: str = Field(default="", title=N_("相手を探す"), max_length=100)
    about: str = Field(
        default="",
        title=N_("相手"),
        json_schema_extra={"missing": N_("相手を選んでください。")},
    )

    @field_validator("about")
    @classmethod
    def _is_somebody(cls, about: str) -> str:
        if about and _holder(about) is None and _area(about) is None:
            raise PydanticCustomError("enum", "nobody")
        return about

    @property
    def holder(self) -> Holder | None:
        """Whom somebody chose; None where nobody was."""
        return _holder(self.about)

    @property
    def area_id(self) -> UUID | None:
        """The area it was in, among people nobody knows by name."""
        return _area(self.about)


def _area(about: str) -> UUID | None:
    kind, chosen = _split(about)
    return chosen if kind == "area" else None


def _holder(about: str) -> Holder | None:
    kind, chosen = _split(about)
    if chosen is None:
        return None
    return {
        "person": Holder(person_id=chosen),
        "organization": Holder(organization_id=chosen),
    }.get(kind)


def _split(about: str) -> tuple[str, UUID | None]:
    kind, _, key = about.partition(":")
    try:
        return kind, UUID(key)
    except ValueError:
        return kind, None
