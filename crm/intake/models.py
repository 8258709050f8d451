"""A spreadsheet of people between its upload and its undoing: rows, verdicts, changes made."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class ListKind(StrEnum):
    """Whose list it is: that decides the post of a row without one, and who becomes a candidate."""

    LIAISONS = "liaisons"
    CHAIRS = "chairs"
    PEOPLE = "people"


LIST_KIND_LABELS = {
    ListKind.LIAISONS: N_("連絡員の一覧"),
    ListKind.CHAIRS: N_("自治会長の一覧"),
    ListKind.PEOPLE: N_("その他の協力者の一覧"),
}


class BatchState(StrEnum):
    """Where a batch stands."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    DISCARDED = "discarded"
    UNDONE = "undone"


BATCH_STATE_LABELS = {
    BatchState.PREVIEWED: N_("確認中"),
    BatchState.APPLIED: N_("登録済"),
    BatchState.DISCARDED: N_("取りやめ"),
    BatchState.UNDONE: N_("取消済"),
}


class IntakeBatch(StationOwned, table=True):
    """One file on its way in. The file is not kept, only its name, size and fingerprint.

    `columns` says how the sheet is read: its header row and columns as a person corrected them;
    `digest` is that of the plan applied. `left` names the records undoing left as they were, and
    why.
    """

    __tablename__ = "intake_batch"

    kind: ListKind = Field(sa_type=choice(ListKind))
    state: BatchState = Field(default=BatchState.PREVIEWED, sa_type=choice(BatchState))
    file_name: str = Field(max_length=200)
    file_size: int
    sha256: str = Field(max_length=64)
    encoding: str = Field(default="", max_length=20)
    sheet: str = Field(default="", max_length=80)
    columns: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    day: dt.date
    digest: str = Field(default="", max_length=64)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    left: list[Any] = Field(default_factory=list, sa_type=sa.JSON)
    uploaded_at: dt.datetime = Field(sa_type=Moment)
    uploaded_by: UUID = Field(foreign_key="account.id", sa_type=Key)
    applied_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    applied_by: UUID | None = Field(default=None, foreign_key="account.id", sa_type=Key)
    undone_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    undone_by: UUID | None = Field(default=None, foreign_key="account.id", sa_type=Key)


class IntakeRow(StationOwned, table=True):
    """A row as the sheet holds it, until the batch is applied or discarded.

    Rows set aside stay a while longer with their `remarks`, to be downloaded and corrected.
    """

    __tablename__ = "intake_row"
    __table_args__ = (sa.UniqueConstraint("batch_id", "number"),)

    batch_id: UUID = Field(foreign_key="intake_batch.id", sa_type=Key)
    number: int
    cells: list[Any] = Field(default_factory=list, sa_type=sa.JSON)
    remarks: list[Any] = Field(default_factory=list, sa_type=sa.JSON)


class IntakeChange(StationOwned, table=True):
    """One record a batch made or changed, so that it can be undone.

    `before` holds the columns that became different as they were, and is None for a new record;
    `after` is only a fingerprint of the record, to tell whether anybody changed it since.
    """

    __tablename__ = "intake_change"
    __table_args__ = (sa.Index("ix_intake_change_batch_id", "batch_id"),)

    batch_id: UUID = Field(foreign_key="intake_batch.id", sa_type=Key)
    position: int
    number: int
    record_type: str = Field(max_length=40)
    record_id: UUID = Field(sa_type=Key)
    before: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    after: str = Field(default="", max_length=64)
