"""Witnesses: asking for a countersignature, giving one, taking one back; and verifying as a job."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from crm.jobs.models import Job
from crm.jobs.service import Made, Work, enqueue, job
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict
from crm.kernel.i18n import N_, translate
from crm.kernel.keys import load_key
from crm.kernel.scope import ScopedSession
from crm.seals import queries, verify
from crm.seals.models import Countersigned, WitnessSignature
from crm.seals.proofs import Request, consistency, grown
from crm.seals.signing import Signer, log_signer, witness_signer
from crm.seals.verify import Edge, Key, Note

NOTHING_SEALED = N_("封印された記録がまだありません。")
NOT_ITS_PAST = N_(
    "前に立会いの署名をした封印と、今の封印がつながりません。署名せずに、"
    "記録の検証を行い、システム管理者と提供元に連絡してください。"
)
SIGNED_ALREADY = N_("この封印には、すでに立会いの署名をしています。")


class WrongWitness(Exception):
    """A request or an answer that must not be signed or kept; the sentence says why."""


class Witnessed(NamedTuple):
    """A countersignature that came back: by which key, under what name, on which note."""

    key: Key
    name: str
    note: Note


def ask_for_countersignature(db: ScopedSession, since: int | None) -> Request:
    """Return the newest checkpoint with the proof from `since`, or from what came back last."""
    newest = _newest(db)
    if since is None:
        since = max(
            (each.size for each in queries.signatures(db) if each.agency_id is None), default=0
        )
    old = queries.checkpoint_at(db, since) if since else None
    if since and old is None:
        raise WrongWitness(f"{since}番目までの署名記録はありません。")
    proof = consistency(old, queries.leaves_between(db, old.size, newest.size)) if old else []
    return Request(since, proof, newest.note)


def countersign_for_another(
    db: ScopedSession, request: Request, signer: Signer, log_key: Key | None, now: dt.datetime
) -> str:
    """Sign another installation's checkpoint, and return its note with the signature.

    The first time its key must be given; from then on it must be the same, and each checkpoint
    must be proven to add only to the one signed before. Raises WrongWitness.
    """
    note = Note.read(request.note)
    origin = note.text.split("\n", 1)[0]
    last = queries.last_countersigned(db, origin)
    known = Key.read(last.public_key) if last else log_key
    if known is None:
        raise WrongWitness(
            "初めての相手です。相手の crm audit key の鍵を --key で指定してください。"
        )
    if known.name != origin or not note.is_signed_by(known):
        raise WrongWitness("署名記録の署名が、相手の鍵のものではありません。")
    _require_its_past(last, request, note)
    if last is None or last.size < note.size:
        db.add(
            Countersigned(
                origin=origin,
                size=note.size,
                root=note.root,
                public_key=str(known),
                signed_at=now,
            )
        )
    db.add(_entry("checkpoint.countersigned", now, size=note.size, origin=origin))
    line = verify.signature_line(signer.key.name, signer.key.id, _cosignature(signer, note, now))
    return request.note + line


def take_countersignature(db: ScopedSession, given: Witnessed, now: dt.datetime) -> int:
    """Keep a countersignature that came back, and return how many entries it covers.

    Raises WrongWitness when it is not by the key, or not of a checkpoint of this trail.
    """
    ours = queries.checkpoint_at(db, given.note.size)
    if ours is None or ours.text != given.note.text:
        raise WrongWitness("この記録の封印に対する署名ではありません。")
    found = [
        signature
        for name, key_id, signature in given.note.signatures
        if (name, key_id) == (given.key.name, given.key.id)
    ]
    if not found or not given.key.has_signed(ours.text, found[0]):
        raise WrongWitness("立会いの署名が、指定された鍵のものではありません。")
    before = queries.last_signature_by(db, given.key.name)
    if before is None or before.size < ours.size:
        db.add(_signature(given.key, given.name, found[0], ours, now))
    db.add(_entry("checkpoint.witnessed", now, size=ours.size, witness=given.name))
    return ours.size


def countersign_here(
    db: ScopedSession, actor: Actor, signer: Signer, log_key: Key, now: dt.datetime
) -> int:
    """Countersign the newest checkpoint for the actor's agency, by the agency's own key.

    Raises Conflict when nothing is sealed, when it is signed already, and when what is there now
    does not follow from what the agency signed before.
    """
    newest = _newest(db)
    last = queries.last_signature_by(db, signer.key.name)
    if last and last.size == newest.size:
        raise Conflict(SIGNED_ALREADY)
    if not Note.read(newest.note).is_signed_by(log_key) or not _follows(db, last, signer, newest):
        raise Conflict(NOT_ITS_PAST)
    signed = _cosignature(signer, Note.read(newest.note), now)
    row = _signature(signer.key, actor.agency_name, signed, newest, now)
    row.agency_id = actor.agency_id
    db.add(row)
    audit.record(
        db,
        actor,
        "checkpoint.countersigned",
        now=now,
        size=newest.size,
        witness=actor.agency_name,
    )
    return newest.size


def ask_to_verify(db: ScopedSession, actor: Actor, now: dt.datetime) -> Job:
    """Have the whole trail verified beside the request."""
    return enqueue(
        db, actor, "seals.verify", {}, title=translate(N_("監査記録の検証結果")), now=now
    )


@job("seals.verify", timeout_s=3600)
def verify_trail(work: Work) -> None:
    """Verify the trail with this installation's own keys, and leave the result as a file."""
    master = load_key(work.database.settings)
    with work.reading() as db:
        trail = queries.whole_trail(db)
        total = trail.checkpoints[-1].size if trail.checkpoints else 0
        walked = trail._replace(sealed=_told(trail.sealed, total, work.report))
        keys = [log_signer(master).key, *_witness_keys(db, master)]
        report = verify.examine(walked, keys)
    said = "\r\n".join([str(verify.plain(work.now)) + " UTC", *verify.told(report)]) + "\r\n"
    with work.finishing(Made("監査記録の検証結果.txt", "text/plain", said.encode("utf-8-sig"))):
        pass


def _told(
    sealed: Iterable[verify.Sealed], total: int, report: Callable[[int, int], None]
) -> Iterator[verify.Sealed]:
    for each in sealed:
        report(min(each.seq, total), total)
        yield each


def _witness_keys(db: ScopedSession, master: bytes) -> list[Key]:
    """Return the keys whose countersignatures can be checked: agencies' here, others' as told."""
    agencies = {each.agency_id for each in queries.signatures(db) if each.agency_id}
    others = {each.public_key for each in queries.signatures(db) if each.agency_id is None}
    return [
        *(witness_signer(master, agency_id).key for agency_id in agencies),
        *map(Key.read, others),
    ]


def _newest(db: ScopedSession) -> verify.Checkpoint:
    newest = queries.newest_checkpoint(db)
    if newest is None:
        raise Conflict(NOTHING_SEALED)
    return newest


def _require_its_past(last: Countersigned | None, request: Request, note: Note) -> None:
    """Refuse what is not proven to add only to what was signed before."""
    size, root = (last.size, last.root) if last else (0, b"")
    if request.old != size:
        raise WrongWitness(
            f"{size}番目まで署名しています。相手に --since {size} で作り直してもらってください。"
        )
    if not verify.is_consistent(size, root, note.size, note.root, request.proof):
        raise WrongWitness("前に署名した封印とつながりません。署名していません。")


def _follows(
    db: ScopedSession, last: WitnessSignature | None, signer: Signer, newest: verify.Checkpoint
) -> bool:
    """Whether the tree of `newest` is what was signed `last` and leaves added to it."""
    if last is None:
        return True
    old = queries.checkpoint_at(db, last.size)
    if old is None or not signer.key.has_signed(old.text, last.signature):
        return False
    edge = Edge(old.size, bytes.fromhex(old.edge))
    as_signed = edge.root().hex() == old.root
    grown(queries.leaves_between(db, old.size, newest.size), edge)
    return as_signed and (edge.size, edge.root().hex()) == (newest.size, newest.root)


def _cosignature(signer: Signer, note: Note, now: dt.datetime) -> bytes:
    at = int(now.timestamp())
    return at.to_bytes(8, "big") + signer.sign(verify.cosigned(note.text, at))


def _signature(
    key: Key, name: str, signature: bytes, covered: verify.Checkpoint, now: dt.datetime
) -> WitnessSignature:
    return WitnessSignature(
        size=covered.size,
        key_name=key.name,
        key_id=key.id,
        public_key=str(key),
        witness_name=name,
        signature=signature,
        signed_at=dt.datetime.fromtimestamp(int.from_bytes(signature[:8], "big"), dt.UTC),
        received_at=now,
    )


def _entry(action: str, now: dt.datetime, **detail: object) -> AuditEntry:
    """Make the entry of a command, behind which no account stands."""
    return AuditEntry(at=now, action=action, detail={"command": "crm audit", **detail})
