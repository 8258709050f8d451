"""Sealing: what was recorded gets its place in the tree, and the tree its signed root.

Nothing waits for it: entries are committed with the change or before the page they tell of, and
sealed a moment later. Two sealers may run at once; the numbers of leaves let one of them win.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crm.kernel.db import Database
from crm.kernel.scope import ScopedSession
from crm.seals import verify
from crm.seals.models import AuditLeaf, Checkpoint
from crm.seals.queries import SEALING, key_before, newest_checkpoint, waiting_entries
from crm.seals.signing import Signer

BATCH = 1_000


class BrokenTrail(Exception):
    """The newest checkpoint is not as the sealer left it; nothing is added to it."""


def seal(
    database: Database, signer: Signer, now: dt.datetime, *, look_back: dt.timedelta | None
) -> int:
    """Seal what waits, a checkpoint for each batch, and return how many entries that were.

    Looks at entries begun at most `look_back` before the newest checkpoint: most are committed as
    soon as they are made; at all there are without it. Raises BrokenTrail.
    """
    done = 0
    with database.reading(None) as db:
        after = key_before(newest_checkpoint(db), look_back)
        waits = bool(waiting_entries(db, after, 1))
    while waits:
        try:
            with database.writing(None) as db:
                entries = waiting_entries(db, after, BATCH)
                _seal_batch(db, signer, now, entries)
        except IntegrityError:
            # another sealer was faster
            return done
        done += len(entries)
        waits = len(entries) == BATCH
        after = entries[-1]["id"] if entries else after
    return done


def _seal_batch(
    db: ScopedSession, signer: Signer, now: dt.datetime, entries: list[dict[str, Any]]
) -> None:
    if not entries:
        return
    newest = newest_checkpoint(db)
    edge = _edge_of(newest, signer)
    leaves = []
    for entry in entries:
        leaf = verify.leaf_hash(verify.canonical(entry))
        edge.append(leaf)
        leaves.append({"seq": edge.size, "audit_id": entry["id"], "leaf_hash": leaf})
    db.exec(sa.insert(AuditLeaf), params=leaves, execution_options=SEALING)
    _sign(db, signer, edge, newest, now)


def _edge_of(newest: verify.Checkpoint | None, signer: Signer) -> verify.Edge:
    """Return where the tree grows on, if the newest checkpoint is what it says."""
    if newest is None:
        return verify.Edge()
    edge = verify.Edge(newest.size, bytes.fromhex(newest.edge))
    own = newest.key_name == signer.key.name
    if edge.root().hex() != newest.root or (
        own and not verify.Note.read(newest.note).is_signed_by(signer.key)
    ):
        raise BrokenTrail(f"the checkpoint of {newest.size} entries was changed")
    return edge


def _sign(
    db: ScopedSession,
    signer: Signer,
    edge: verify.Edge,
    newest: verify.Checkpoint | None,
    now: dt.datetime,
) -> None:
    unsigned = verify.Checkpoint(
        size=edge.size,
        root=edge.root().hex(),
        previous=newest.fingerprint if newest else verify.NOTHING.hex(),
        sealed_at=str(verify.plain(now)),
        key_name=signer.key.name,
        key_id=signer.key.id.hex(),
        signature="",
        edge=edge.packed().hex(),
    )
    db.add(
        Checkpoint(
            size=unsigned.size,
            root=edge.root(),
            previous=bytes.fromhex(unsigned.previous),
            sealed_at=now,
            key_name=unsigned.key_name,
            key_id=signer.key.id,
            signature=signer.sign(unsigned.text.encode()),
            edge=edge.packed(),
        )
    )
