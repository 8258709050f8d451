"""What was taken in, from which file, when and by whom."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import AgencyOwned, Key, Moment
from crm.kernel.i18n import N_


class FileKind(StrEnum):
    """What a file tells of, in the order of taking files in: later ones lean on earlier."""

    ASSOCIATION_AREAS = "association_areas"
    ELEMENTARY_DISTRICTS = "elementary_districts"
    JUNIOR_HIGH_DISTRICTS = "junior_high_districts"
    STATIONS = "stations"
    JURISDICTIONS = "jurisdictions"
    FACILITIES = "facilities"
    SAFE_HOUSES = "safe_houses"


FILE_KIND_LABELS = {
    FileKind.ASSOCIATION_AREAS: N_("自治会区域"),
    FileKind.ELEMENTARY_DISTRICTS: N_("小学校区"),
    FileKind.JUNIOR_HIGH_DISTRICTS: N_("中学校区"),
    FileKind.STATIONS: N_("警察署・交番"),
    FileKind.JURISDICTIONS: N_("所管区"),
    FileKind.FACILITIES: N_("学校・公民館等の施設"),
    FileKind.SAFE_HOUSES: N_("こども110番の家"),
}


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
