"""Areas with optional polygons; they overlap and do not nest."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from shapely import Geometry
from sqlmodel import Field
from sqlmodel._compat import SQLModelConfig

from crm.kernel.columns import Dated, Identified, Shape, SortKey, Stamped, choice
from crm.kernel.i18n import N_


class AreaKind(StrEnum):
    """What an area is to the people who live in it."""

    ASSOCIATION_AREA = "association_area"
    ELEMENTARY_DISTRICT = "elementary_district"
    JUNIOR_HIGH_DISTRICT = "junior_high_district"
    MUNICIPALITY = "municipality"
    TOWN_BLOCK = "town_block"
    KOBAN_AREA = "koban_area"


AREA_KIND_LABELS = {
    AreaKind.ASSOCIATION_AREA: N_("自治会区域"),
    AreaKind.ELEMENTARY_DISTRICT: N_("小学校区"),
    AreaKind.JUNIOR_HIGH_DISTRICT: N_("中学校区"),
    AreaKind.MUNICIPALITY: N_("市町"),
    AreaKind.TOWN_BLOCK: N_("町丁目"),
    AreaKind.KOBAN_AREA: N_("所管区"),
}


class Area(Identified, Stamped, Dated, table=True):
    """A named place from one day to another; public facts, owned by no agency.

    `municipality_code` is the six-digit 全国地方公共団体コード with its check digit.
    """

    __table_args__ = (
        sa.Index("ix_area_kind_municipality_code_name", "kind", "municipality_code", "name"),
    )

    kind: AreaKind = Field(sa_type=choice(AreaKind))
    municipality_code: str = Field(default="", max_length=6)
    name: str = Field(max_length=120)
    kana: str = Field(default="", max_length=120)
    kana_sort: str = Field(default="", sa_type=SortKey)
    polygon: Geometry | None = Field(default=None, sa_type=Shape)
    provenance: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)

    model_config = SQLModelConfig(arbitrary_types_allowed=True)
