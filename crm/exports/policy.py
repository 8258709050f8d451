"""Whose business an export is: its requester's, the station's chiefs', the agency's auditors'."""

from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import col

from crm.exports.models import Export, ExportContent, ExportFetch, ExportFile, ExportSubject
from crm.kernel.actor import Actor, Role
from crm.kernel.columns import StationOwned
from crm.kernel.scope import Rule, register

CHIEFS = (Role.SECTION_CHIEF, Role.STATION_CHIEF)


def looks_over(actor: Actor) -> bool:
    """Whether `actor` sees what others took out of the house."""
    return actor.has(Role.AUDITOR, *CHIEFS)


def _register_record(table: type[StationOwned]) -> None:
    owned = cast("Any", table)

    def read(actor: Actor) -> sa.ColumnElement[bool]:
        own = cast("sa.ColumnElement[bool]", owned.account_id == actor.account_id)
        if actor.has(Role.AUDITOR):
            return sa.or_(own, owned.agency_id == actor.agency_id)
        if actor.has(*CHIEFS):
            return sa.or_(own, owned.station_id == actor.station_id)
        return own

    register(table, Rule(read, _own, append_only=True))


def _own(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - a row of any of these tables
    return (row.account_id, row.station_id, row.agency_id) == (
        actor.account_id,
        actor.station_id,
        actor.agency_id,
    )


for _table in (Export, ExportSubject, ExportFile, ExportFetch):
    _register_record(_table)
register(
    ExportContent,
    Rule(
        read=lambda actor: col(ExportContent.account_id) == actor.account_id,
        write=_own,
        fixed=("agency_id", "station_id", "account_id", "export_id", "content", "expires_at"),
    ),
)
