"""Bodies a station meets with, on which ground they stand, and the terms of their members."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col

from crm.contacts.models import Held, Holder
from crm.kernel.columns import Dated, Key, SortKey, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class BodyKind(StrEnum):
    """What kind of body it is (S0, S3, S4)."""

    KOBAN_COUNCIL = "koban_council"
    STATION_COUNCIL = "station_council"
    SCHOOL_POLICE_COUNCIL = "school_police_council"
    CITY_COUNCIL = "city_council"
    PROMOTION_HEADQUARTERS = "promotion_headquarters"
    FEDERATION = "federation"
    OTHER = "other"


BODY_KIND_LABELS = {
    BodyKind.KOBAN_COUNCIL: N_("交番・駐在所連絡協議会"),
    BodyKind.STATION_COUNCIL: N_("警察署協議会"),
    BodyKind.SCHOOL_POLICE_COUNCIL: N_("学校警察連絡協議会"),
    BodyKind.CITY_COUNCIL: N_("市町の協議会"),
    BodyKind.PROMOTION_HEADQUARTERS: N_("推進本部"),
    BodyKind.FEDERATION: N_("団体の連合会"),
    BodyKind.OTHER: N_("その他"),
}


class BodyRole(StrEnum):
    """As what somebody sits there, in the order a list of members is read out."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    MEMBER = "member"
    ADVISER = "adviser"
    SECRETARIAT = "secretariat"
    OTHER = "other"


BODY_ROLE_LABELS = {
    BodyRole.CHAIR: N_("会長"),
    BodyRole.VICE_CHAIR: N_("副会長"),
    BodyRole.MEMBER: N_("委員"),
    BodyRole.ADVISER: N_("顧問"),
    BodyRole.SECRETARIAT: N_("事務局"),
    BodyRole.OTHER: N_("その他"),
}


class Body(StationOwned, Stamped, table=True):
    """A council, headquarters or federation that meets, as its station knows it.

    Its secretariat is a unit of the own agency or, in words, somebody else's; `ended_on` is its
    last day. `client_key` makes a form sent twice one body.
    """

    __tablename__ = "body"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "client_key"),
        sa.CheckConstraint(
            "secretariat_unit_id IS NULL OR secretariat_words = ''", name="one_secretariat"
        ),
        sa.Index("ix_body_station_id_kana_sort", "station_id", "kana_sort"),
    )

    kind: BodyKind = Field(sa_type=choice(BodyKind))
    name: str = Field(max_length=120)
    kana: str = Field(default="", max_length=160)
    kana_sort: str = Field(default="", sa_type=SortKey)
    legal_basis: str = Field(default="", max_length=200)
    secretariat_unit_id: UUID | None = Field(default=None, foreign_key="unit.id", sa_type=Key)
    secretariat_words: str = Field(default="", max_length=120)
    ended_on: dt.date | None = None
    client_key: UUID = Field(sa_type=Key)


class BodyMember(Held, Dated, Stamped, table=True):
    """A seat of a body from one day to another: a person's, an organization's, another agency's.

    An organization's seat is its own, whoever holds its posts. Of other agencies only their words
    are kept (「市くらし安全課長」), no names.
    """

    __tablename__ = "body_member"
    __table_args__ = (
        sa.CheckConstraint(
            "(words <> '') = (person_id IS NULL AND organization_id IS NULL)"
            " AND (person_id IS NULL OR organization_id IS NULL)",
            name="one_member",
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="in_order"),
    )

    body_id: UUID = Field(foreign_key="body.id", sa_type=Key, index=True)
    role: BodyRole = Field(sa_type=choice(BodyRole))
    words: str = Field(default="", max_length=120)

    @property
    def holder(self) -> Holder | None:
        """Whose seat it is; None where only words are kept."""
        if self.person_id is None and self.organization_id is None:
            return None
        return Holder(self.person_id, self.organization_id)


HAS_HOLDER = sa.or_(
    col(BodyMember.person_id).is_not(None), col(BodyMember.organization_id).is_not(None)
)
"""The condition that a seat is a person's or an organization's, not in words alone."""
