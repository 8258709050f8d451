"""Leak cases with their numbers, and the weekly check of who read what (読取り点検)."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import AgencyOwned, Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class LeakSource(StrEnum):
    """What was lost or taken: it says which doings the leak is made of."""

    ACCOUNT = "account"
    ADDRESS = "address"
    FILE = "file"


LEAK_SOURCE_LABELS = {
    LeakSource.ACCOUNT: N_("アカウント"),
    LeakSource.ADDRESS: N_("端末のアドレス"),
    LeakSource.FILE: N_("書き出しの番号"),
}


class LeakCase(AgencyOwned, table=True):
    """A leak as it was worked out: from what, over which time, how many persons.

    The audit trail does not change, so the worksheet of a case is worked out again from it;
    `source` is an account's key, an address or a file's number, never a person's name.
    """

    __tablename__ = "leak_case"
    __table_args__ = (sa.UniqueConstraint("agency_id", "number"),)

    number: str = Field(max_length=30)
    source_kind: LeakSource = Field(sa_type=choice(LeakSource))
    source: str = Field(max_length=120)
    since: dt.datetime = Field(sa_type=Moment)
    until: dt.datetime = Field(sa_type=Moment)
    is_malicious: bool = False
    persons: int
    organizations: int
    entries: int
    recorded_at: dt.datetime = Field(sa_type=Moment)
    recorded_by: UUID = Field(foreign_key="account.id", sa_type=Key)
    recorder_name: str = Field(max_length=120)


class ReadingCheck(StationOwned, table=True):
    """A chief's word on one entry of the week's sample: looked at, and found in order or not."""

    __tablename__ = "reading_check"
    __table_args__ = (sa.UniqueConstraint("station_id", "entry_id"),)

    week: dt.date
    entry_id: UUID = Field(foreign_key="audit_entry.id", sa_type=Key)
    is_in_order: bool
    remark: str = Field(default="", max_length=200)
    checked_at: dt.datetime = Field(sa_type=Moment)
    checked_by: UUID = Field(foreign_key="account.id", sa_type=Key)
    checker_name: str = Field(max_length=120)
