"""Who may take in which files; a batch is on record for its whole agency."""

from typing import cast

import sqlalchemy as sa

from crm.agencies.policy import may_change_units
from crm.areas.policy import may_change_areas
from crm.imports.models import FileKind, ImportBatch
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, register


def may_import_areas(actor: Actor) -> bool:
    """Whether `actor` may take in areas."""
    return may_change_areas(actor)


def may_import_units(actor: Actor) -> bool:
    """Whether `actor` may take in stations, koban and their jurisdictions."""
    return may_change_units(actor)


def may_import_organizations(actor: Actor) -> bool:
    """Whether `actor` may take in organizations and safe houses: the network office's chief."""
    return actor.reads_people and actor.network_office and actor.has(Role.SECTION_CHIEF)


def may_import(actor: Actor, kind: FileKind) -> bool:
    """Whether `actor` may take in files of `kind`."""
    if kind in {FileKind.STATIONS, FileKind.JURISDICTIONS}:
        return may_import_units(actor)
    if kind in {FileKind.FACILITIES, FileKind.SAFE_HOUSES}:
        return may_import_organizations(actor)
    return may_import_areas(actor)


register(
    ImportBatch,
    Rule(
        read=lambda actor: cast("sa.ColumnElement[bool]", ImportBatch.agency_id == actor.agency_id),
        write=lambda actor, row: row.agency_id == actor.agency_id,
        append_only=True,
    ),
)
