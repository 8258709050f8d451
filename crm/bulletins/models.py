"""Information items with their handling class and files, and which were handed over."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import AgencyOwned, Key, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class InformationKind(StrEnum):
    """What sort of sheet it is (S1 3(2))."""

    MINI_BULLETIN = "mini_bulletin"
    KOBAN_FLASH = "koban_flash"
    CRIME_FORECAST = "crime_forecast"
    ALERT = "alert"
    LEAFLET = "leaflet"
    OTHER = "other"


INFORMATION_KIND_LABELS = {
    InformationKind.MINI_BULLETIN: N_("ミニ広報紙"),
    InformationKind.KOBAN_FLASH: N_("交番速報"),
    InformationKind.CRIME_FORECAST: N_("犯罪発生情報"),
    InformationKind.ALERT: N_("注意喚起"),
    InformationKind.LEAFLET: N_("啓発資料"),
    InformationKind.OTHER: N_("その他の資料"),
}


class Handling(StrEnum):
    """How far an item may go; each class includes the ones before it."""

    STATION_ONLY = "station_only"
    AGENCIES = "agencies"
    LIAISONS = "liaisons"
    PUBLIC = "public"


HANDLING_LABELS = {
    Handling.STATION_ONLY: N_("署内限り"),
    Handling.AGENCIES: N_("関係機関限り"),
    Handling.LIAISONS: N_("連絡員提供可"),
    Handling.PUBLIC: N_("住民周知可"),
}

HANDED_TO_LIAISONS = (Handling.LIAISONS, Handling.PUBLIC)
"""The classes an officer may hand to a liaison."""
HANDED_TO_AGENCIES = (Handling.AGENCIES, Handling.LIAISONS, Handling.PUBLIC)
"""The classes that may be published to another agency."""


NARROWEST_FIRST = tuple(Handling)


def is_wider(one: Handling, other: Handling) -> bool:
    """Whether `one` lets an item go further than `other`."""
    return NARROWEST_FIRST.index(one) > NARROWEST_FIRST.index(other)


class ItemState(StrEnum):
    """Where an item stands on a day."""

    UPCOMING = "upcoming"
    CURRENT = "current"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


ITEM_STATE_LABELS = {
    ItemState.UPCOMING: N_("有効期間前"),
    ItemState.CURRENT: N_("有効"),
    ItemState.EXPIRED: N_("期限切れ"),
    ItemState.WITHDRAWN: N_("撤回"),
}


def state_on(
    day: dt.date, valid_from: dt.date, valid_to: dt.date | None, withdrawn_on: dt.date | None
) -> ItemState:
    """Return where an item with these days stands on `day`; a withdrawal holds from its day on."""
    if withdrawn_on is not None and withdrawn_on <= day:
        return ItemState.WITHDRAWN
    if day < valid_from:
        return ItemState.UPCOMING
    return ItemState.CURRENT if valid_to is None or day <= valid_to else ItemState.EXPIRED


@dataclass(frozen=True, slots=True)
class InformationWidening:
    """An item is about to be allowed further; who passed it on under the old class may refuse.

    Announced before anything changes.
    """

    item_id: UUID


@dataclass(frozen=True, slots=True)
class InformationChanged:
    """An item was corrected or withdrawn: copies of it elsewhere follow."""

    item_id: UUID


class InformationItem(AgencyOwned, Stamped, table=True):
    """One numbered sheet. `station_id` is None for one headquarters issued to every station.

    Once it was handed over its handling class is only ever narrowed: what was handed on cannot be
    called back.
    """

    __tablename__ = "information_item"
    __table_args__ = (
        sa.Index("ix_information_item_agency_id_valid_from", "agency_id", "valid_from"),
        # headquarters' have no station: a form sent twice is known by its author
        sa.Index(
            "ix_information_item_created_by_request_key", "created_by", "request_key", unique=True
        ),
    )

    station_id: UUID | None = Field(default=None, foreign_key="unit.id", sa_type=Key)
    request_key: UUID | None = Field(default=None, sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    kind: InformationKind = Field(sa_type=choice(InformationKind))
    issue_number: str = Field(default="", max_length=40)
    title: str = Field(max_length=120)
    topic: str = Field(default="", max_length=60)
    handling: Handling = Field(sa_type=choice(Handling))
    valid_from: dt.date
    valid_to: dt.date | None = None
    withdrawn_on: dt.date | None = None
    search_key: str = Field(default="")

    def state_on(self, day: dt.date) -> ItemState:
        """Return where the item stands on `day`."""
        return state_on(day, self.valid_from, self.valid_to, self.withdrawn_on)


class InformationFile(AgencyOwned, table=True):
    """The sheet itself as it was printed: a PDF or a picture."""

    __tablename__ = "information_file"
    __table_args__ = (sa.UniqueConstraint("item_id"),)

    item_id: UUID = Field(foreign_key="information_item.id", sa_type=Key)
    station_id: UUID | None = Field(default=None, foreign_key="unit.id", sa_type=Key)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    sha256: str = Field(max_length=64)
    content: bytes


class NoteInformation(StationOwned, table=True):
    """An item handed over during a contact; whether it was passed on is nobody's to ask."""

    __tablename__ = "note_information"
    __table_args__ = (sa.UniqueConstraint("note_id", "item_id"),)

    note_id: UUID = Field(foreign_key="activity_note.id", sa_type=Key)
    item_id: UUID = Field(foreign_key="information_item.id", sa_type=Key, index=True)
