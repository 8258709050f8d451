"""Auditors of every agency read the seals, which hold no content; only the sealer adds to them."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, nobody_writes, register
from crm.seals.models import AuditLeaf, Checkpoint, Countersigned, WitnessSignature


def _reads(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.true() if actor.has(Role.AUDITOR) else sa.false()


def _witnesses(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - a signature of a witness
    return actor.has(Role.AUDITOR) and row.agency_id == actor.agency_id


def _sealed(table: type[SQLModel]) -> None:
    register(table, Rule(_reads, nobody_writes, append_only=True, by_nobody=True))


_sealed(AuditLeaf)
_sealed(Checkpoint)
_sealed(Countersigned)
register(WitnessSignature, Rule(_reads, _witnesses, append_only=True, by_nobody=True))
