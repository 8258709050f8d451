"""Whose business an export is: its requester's, the station's chiefs', the agency's auditors'.

What was made at a station stays there: whoever is transferred leaves it behind.
"""

from typing import Any, cast

import sqlalchemy as sa

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
        if actor.has(Role.AUDITOR):
            return cast("sa.ColumnElement[bool]", owned.agency_id == actor.agency_id)
        if actor.has(*CHIEFS):
            return cast("sa.ColumnElement[bool]", owned.station_id == actor.station_id)
        return _made_here(table, actor)

    register(table, Rule(read, _own, append_only=True))


def _made_here(table: type[StationOwned], actor: Actor) -> sa.ColumnElement[bool]:
    owned = cast("Any", table)
    return sa.and_(owned.account_id == actor.account_id, owned.station_id == actor.station_id)


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
        read=lambda actor: _made_here(ExportContent, actor),
        write=_own,
        fixed=("agency_id", "station_id", "account_id", "export_id", "content", "expires_at"),
    ),
)
