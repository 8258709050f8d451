"""What was taken in, from which file, when and by whom."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import AgencyOwned, Key, Moment


class ImportBatch(AgencyOwned, table=True):
    """One applied file: its name, size and fingerprint (never the file), and the counts."""

    __tablename__ = "import_batch"

    kind: str = Field(max_length=40)
    file_name: str = Field(max_length=200)
    file_size: int
    sha256: str = Field(max_length=64)
    encoding: str = Field(default="", max_length=20)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    applied_at: dt.datetime = Field(sa_type=Moment)
    applied_by: UUID = Field(foreign_key="account.id", sa_type=Key)
