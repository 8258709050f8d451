"""Reading the trail as sealers and verifiers do: all of it, whoever's it is, and never its words.

These are the system's own statements: a seal covers the entries of every agency, and what is told
of them are numbers, keys and hashes.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.kernel.audit import AuditEntry, AuditSubject
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession
from crm.seals import verify
from crm.seals.models import AuditLeaf, Checkpoint, Countersigned, WitnessSignature

SEALING = {"system": "sealing the audit trail"}
CHUNK = 5_000
ENTRY = [col(getattr(AuditEntry, name)) for name in AuditEntry.model_fields]
CHECKPOINT = [col(getattr(Checkpoint, name)) for name in Checkpoint.model_fields]


class CheckpointLine(NamedTuple):
    """A checkpoint as the auditor's list shows it, with the names of whoever countersigned it."""

    size: int
    sealed_at: dt.datetime
    root: bytes
    witnesses: Sequence[str]


def newest_checkpoint(db: ScopedSession) -> verify.Checkpoint | None:
    """Return the checkpoint the tree grows on from."""
    return _checkpoint(db, select_checkpoints().order_by(col(Checkpoint.size).desc()).limit(1))


def checkpoint_at(db: ScopedSession, size: int) -> verify.Checkpoint | None:
    """Return the checkpoint that covers `size` entries."""
    return _checkpoint(db, select_checkpoints().where(col(Checkpoint.size) == size))


def waiting_entries(db: ScopedSession, after: UUID, limit: int) -> list[dict[str, Any]]:
    """Return entries after a key that have no leaf yet, in the order of their keys."""
    rows = db.rows(
        sa.select(*ENTRY)
        .where(*_waiting(after))
        .order_by(col(AuditEntry.id))
        .limit(limit)
        .execution_options(**SEALING)
    )
    return [row._asdict() for row in rows]


def count_waiting(db: ScopedSession, after: UUID) -> int:
    """Return how many entries after a key wait for the next seal."""
    return db.exec(
        select(sa.func.count(col(AuditEntry.id)))
        .where(*_waiting(after))
        .execution_options(**SEALING)
    ).one()


def key_before(newest: verify.Checkpoint | None, by: dt.timedelta | None) -> UUID:
    """Return the key before those of entries begun at most `by` before the newest checkpoint.

    Keys begin with their time (UUIDv7), so that the index finds what is young; without `by` every
    entry comes after it.
    """
    if newest is None or by is None:
        return UUID(int=0)
    since = dt.datetime.fromisoformat(newest.sealed_at).replace(tzinfo=dt.UTC) - by
    return UUID(int=int(since.timestamp() * 1000) << 80)


def leaves_between(db: ScopedSession, after: int, last: int) -> list[bytes]:
    """Return the hashes of the leaves from `after` + 1 to `last`."""
    return list(
        db.exec(
            select(AuditLeaf.leaf_hash)
            .where(col(AuditLeaf.seq) > after, col(AuditLeaf.seq) <= last)
            .order_by(col(AuditLeaf.seq))
            .execution_options(**SEALING)
        ).all()
    )


def whole_trail(db: ScopedSession) -> verify.Trail:
    """Return the whole trail, read a part at a time as it is walked."""
    rows = db.rows(select_checkpoints().order_by(col(Checkpoint.size)))
    return verify.Trail(
        [_plain_checkpoint(row) for row in rows],
        _sealed(db),
        _all_waiting(db),
        [
            verify.Witness(row.size, row.key_name, row.key_id.hex(), row.signature.hex())
            for row in signatures(db)
        ],
    )


def signatures(db: ScopedSession, size: int | None = None) -> Sequence[WitnessSignature]:
    """Return the countersignatures that came back, of one checkpoint or of all."""
    wanted = [] if size is None else [col(WitnessSignature.size) == size]
    return db.exec(
        select(WitnessSignature)
        .where(*wanted)
        .order_by(col(WitnessSignature.size), col(WitnessSignature.key_name))
        .execution_options(**SEALING)
    ).all()


def last_signature_by(db: ScopedSession, key_name: str) -> WitnessSignature | None:
    """Return the furthest checkpoint's countersignature by one key."""
    return db.exec(
        select(WitnessSignature)
        .where(col(WitnessSignature.key_name) == key_name)
        .order_by(col(WitnessSignature.size).desc())
        .limit(1)
        .execution_options(**SEALING)
    ).first()


def last_countersigned(db: ScopedSession, origin: str) -> Countersigned | None:
    """Return the furthest checkpoint of another trail that this installation countersigned."""
    return db.exec(
        select(Countersigned)
        .where(col(Countersigned.origin) == origin)
        .order_by(col(Countersigned.size).desc())
        .limit(1)
        .execution_options(**SEALING)
    ).first()


def checkpoint_page(db: ScopedSession, number: int) -> Page[CheckpointLine]:
    """Return one page of the checkpoints, newest first, for the auditor."""
    total = db.exec(select(sa.func.count(col(Checkpoint.size)))).one()
    number = min(max(1, number), Page((), total).last)
    found = db.exec(
        select(Checkpoint.size, Checkpoint.sealed_at, Checkpoint.root)
        .order_by(col(Checkpoint.size).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    ).all()
    named = db.exec(
        select(WitnessSignature.size, WitnessSignature.witness_name)
        .where(col(WitnessSignature.size).in_([size for size, _, _ in found]))
        .order_by(col(WitnessSignature.signed_at))
    ).all()
    lines = [
        CheckpointLine(size, at, root, [name for covered, name in named if covered == size])
        for size, at, root in found
    ]
    return Page(lines, total, number)


def select_checkpoints() -> sa.Select[*tuple[Any, ...]]:
    """Select checkpoints as the verifier reads them."""
    return sa.select(*CHECKPOINT).execution_options(**SEALING)


def _checkpoint(
    db: ScopedSession, statement: sa.Select[*tuple[Any, ...]]
) -> verify.Checkpoint | None:
    rows = db.rows(statement)
    return _plain_checkpoint(rows[0]) if rows else None


def _plain_checkpoint(row: Any) -> verify.Checkpoint:  # noqa: ANN401 - a row
    return verify.Checkpoint.of(
        {name: verify.plain(value) for name, value in row._asdict().items()}
    )


def _waiting(after: UUID) -> list[sa.ColumnElement[bool]]:
    has_leaf = sa.exists().where(col(AuditLeaf.audit_id) == col(AuditEntry.id))
    return [col(AuditEntry.id) > after, ~has_leaf]


def _all_waiting(db: ScopedSession) -> Iterator[dict[str, Any]]:
    # few in a trail that is sealed; all of it where sealing never ran
    rows = db.rows(
        sa.select(*ENTRY)
        .where(*_waiting(UUID(int=0)))
        .order_by(col(AuditEntry.id))
        .execution_options(**SEALING)
    )
    return (_plain_row(row) for row in rows)


def _sealed(db: ScopedSession) -> Iterator[verify.Sealed]:
    after = 0
    leaf = [col(AuditLeaf.seq), col(AuditLeaf.audit_id), col(AuditLeaf.leaf_hash)]
    statement = (
        sa.select(*leaf, *ENTRY)
        .outerjoin_from(AuditLeaf, AuditEntry, col(AuditEntry.id) == AuditLeaf.audit_id)
        .order_by(col(AuditLeaf.seq))
        .limit(CHUNK)
        .execution_options(**SEALING)
    )
    while rows := db.rows(statement.where(col(AuditLeaf.seq) > after)):
        named = _subjects(db, rows[0].seq, rows[-1].seq)
        for row in rows:
            entry = _plain_row(row)
            seq, audit_id, hashed = (entry.pop(name) for name in ("seq", "audit_id", "leaf_hash"))
            found = entry if row.id is not None else None
            yield verify.Sealed(seq, audit_id, hashed, found, named.get(audit_id, []))
        after = rows[-1].seq


def _plain_row(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {name: verify.plain(value) for name, value in row._asdict().items()}


def _subjects(db: ScopedSession, first: int, last: int) -> dict[str, list[str]]:
    """Return whom the entries of some leaves name besides their own subject."""
    rows = db.rows(
        sa.select(col(AuditSubject.entry_id), col(AuditSubject.subject_id))
        .join(AuditLeaf, col(AuditLeaf.audit_id) == AuditSubject.entry_id)
        .where(col(AuditLeaf.seq).between(first, last))
        .execution_options(**SEALING)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.entry_id.hex, []).append(row.subject_id.hex)
    return found
