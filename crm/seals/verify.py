"""Check a sealed audit trail with nothing but this file and Python's standard library.

    python verify.py (--database FILE.db | --export FILE.jsonl) --key KEY
                     [--checkpoint FILE ...] [--witness KEY ...]

KEY is what `crm audit key` prints; write it down when the installation begins. FILE of --checkpoint
is a checkpoint kept elsewhere (a countersigned one, or the line of a duty log): only against one
can a trail be found that was cut off, or written anew by whoever has the key.

Ends with 0 when everything sealed is as it was sealed, 1 when something was changed, taken out or
put in (the first such entry is named), 2 when there was nothing to read.

Entries are the leaves of a Merkle tree (RFC 9162 §2.1), checkpoints are signed notes (C2SP
signed-note, tlog-checkpoint, tlog-cosignature; Ed25519, RFC 8032).
"""

import argparse
import base64
import contextlib
import datetime as dt
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

LATE = dt.timedelta(minutes=10)
"""No transaction is open so long: an entry this much older than those sealed before it was put in
later."""
SHOWN = 20
LOG, WITNESS = 1, 4
"""What a key signs: checkpoints of its own, or those of others (types of C2SP signed-note)."""
TIME = "%Y-%m-%d %H:%M:%S.%f"
NOTHING = bytes(32)


def N_(sentence: str) -> str:  # noqa: N802 - the name extraction tools look for
    """Mark a sentence that pages of the product show in other languages too."""
    return sentence


SENTENCES = {
    "unreadable": N_("%(seq)s番目の封印又は記録に、読めない値が書き込まれています。"),
    "changed": N_("%(seq)s番目の記録（%(id)s）は、封印した後に書き換えられています。"),
    "missing": N_("%(seq)s番目の記録（%(id)s）がありません。"),
    "gap": N_("%(seq)s番目の封印がないか、順序が変わっています。"),
    "subjects": N_("%(seq)s番目の記録（%(id)s）の対象者の一覧が書き換えられています。"),
    "inserted": N_("%(seq)s番目の記録（%(id)s）は、後から差し込まれています。"),
    "waiting": N_("封印されていない記録（%(id)s）は、後から差し込まれています。"),
    "rewritten": N_("%(seq)s番目から%(last)s番目までに、封印ごと書き換えられた記録があります。"),
    "edge": N_("%(last)s番目までの封印の中間値が書き換えられています。"),
    "chain": N_("%(last)s番目までの封印の署名記録が、その前のものにつながっていません。"),
    "signature": N_("%(last)s番目までの封印の署名が正しくありません。"),
    "unknown_key": N_("%(last)s番目までの封印は、指定された鍵で署名されていません（%(name)s）。"),
    "unsigned": N_("%(seq)s番目からの封印に署名記録がありません。"),
    "cut_off": N_(
        "%(seq)s番目から%(last)s番目までに、切り取られた記録又は書き換えられた記録があります。"
    ),
    "outside_key": N_(
        "外部の署名記録（%(last)s番目まで）の署名が、指定された鍵のものではありません。"
    ),
    "outside": N_("%(seq)s番目から%(last)s番目までの記録が、外部の署名記録と一致しません。"),
    "unwitnessed": N_("外部の署名記録に、%(name)s の立会いの署名がありません。"),
    "witness": N_("%(last)s番目までの封印に対する立会いの署名（%(name)s）が正しくありません。"),
}


class Finding(NamedTuple):
    """One thing that is not as it was sealed; `seq` is the first entry it concerns."""

    kind: str
    seq: int
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return SENTENCES[self.kind] % self.facts


class Report(NamedTuple):
    """What a check found, the first bad entry first."""

    sealed: int
    checkpoints: int
    waiting: int
    findings: Sequence[Finding]


# --- Ed25519 (RFC 8032 §5.1), verification only -----------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
_BASE_Y = 4 * pow(5, -1, _P) % _P
Point = tuple[int, int, int, int]


@lru_cache
def is_signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is the Ed25519 signature of `message` by the key `public`."""
    if (len(public), len(signature)) != (32, 64):
        return False
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= _L:
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(hashed, "little") % _L
    minus = (_P - key[0], key[1], key[2], _P - key[3])
    return _packed(_add(_times(s, _BASE), _times(k, minus))) == signature[:32]


def _point(packed: bytes) -> Point | None:
    number = int.from_bytes(packed, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _I % _P
    if y >= _P or x * x % _P != square or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _packed(point: Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point, factor = _add(point, point), factor >> 1
    return total


_BASE = _point(_BASE_Y.to_bytes(32, "little")) or (0, 1, 1, 0)


# --- the tree (RFC 9162 §2.1) -----------------------------------------------------------------


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of one leaf."""
    return hashlib.sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Edge:
    """The right edge of a growing tree: its complete subtrees, the largest first."""

    def __init__(self, size: int = 0, hashes: bytes = b"") -> None:
        self.size = size
        self.hashes = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]

    def append(self, leaf: bytes) -> None:
        """Add one leaf."""
        self.hashes.append(leaf)
        rest = self.size
        while rest & 1:
            right = self.hashes.pop()
            self.hashes[-1] = node_hash(self.hashes[-1], right)
            rest >>= 1
        self.size += 1

    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        if not self.hashes:
            return hashlib.sha256(b"").digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def packed(self) -> bytes:
        """Return the edge as a checkpoint keeps it."""
        return b"".join(self.hashes)


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that `leaf` stands at `index`, from 0 (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `size` only added to the `old` (§2.1.4.2)."""
    if old in {0, size}:
        return not path and (old == 0 or old_root == root)
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps or old > size:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, root)


# --- signed notes -----------------------------------------------------------------------------


class Key(NamedTuple):
    """A public key as it is written down: NAME+ID+BASE64."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def read(cls, written: str) -> "Key":
        """Read a key; ValueError for anything else."""
        name, _, rest = written.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = base64.b64decode(encoded, validate=True)
        key = cls(name, raw[0] if raw else 0, raw[1:])
        if (key.kind not in {LOG, WITNESS}) or key.id.hex() != key_id:
            raise ValueError(f"鍵の形ではありません: {written.strip()}")
        return key

    @property
    def id(self) -> bytes:
        """Return the four bytes that name the key in a signature."""
        said = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(said).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether `signature`, as a note holds it after the key's id, is this key's."""
        if self.kind == LOG:
            return is_signed_by(self.public, text.encode(), signature)
        at = int.from_bytes(signature[:8], "big")
        return is_signed_by(self.public, cosigned(text, at), signature[8:])


def cosigned(text: str, at: int) -> bytes:
    """Return what a witness signs: the text it has seen, and when (seconds since 1970)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


class Note(NamedTuple):
    """A text and its signatures: name of the key, its id, and the signature."""

    text: str
    signatures: Sequence[tuple[str, bytes, bytes]]

    @classmethod
    def read(cls, content: str) -> "Note":
        """Read a note; ValueError for anything else."""
        text, found, lines = content.rpartition("\n\n")
        if not found:
            raise ValueError("署名記録の形ではありません。")
        return cls(text + "\n", [_signature(line) for line in lines.splitlines()])

    def is_signed_by(self, key: Key) -> bool:
        """Whether one of the signatures is of `key`."""
        return any(
            (name, key_id) == (key.name, key.id) and key.has_signed(self.text, signature)
            for name, key_id, signature in self.signatures
        )

    @property
    def size(self) -> int:
        """Return how many entries the checkpoint covers."""
        return int(self.text.split("\n")[1])

    @property
    def root(self) -> bytes:
        """Return the root of the tree the checkpoint covers."""
        return base64.b64decode(self.text.split("\n")[2], validate=True)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, encoded = line.split(" ")
    if dash != "—":
        raise ValueError("署名の行ではありません。")
    raw = base64.b64decode(encoded, validate=True)
    return name, raw[:4], raw[4:]


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    """Return the line that holds a signature."""
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n"


# --- entries and checkpoints as rows ----------------------------------------------------------

Row = Mapping[str, Any]


def plain(value: object) -> object:
    """Return a stored value as SQLite, PostgreSQL and an export have it in common."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime(TIME)
    return int(value) if isinstance(value, bool) else value


def canonical(entry: Row) -> bytes:
    """Return the bytes of an entry that are sealed: its columns by name, without empty (NULL) ones.

    A column added by a later release is NULL in older entries, which thus keep their bytes.
    """
    return _ENCODED(said_in(entry)).encode()


_ENCODED = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def said_in(entry: Row) -> dict[str, Any]:
    """Return what an entry says, however it was stored."""
    said = {
        name: value if type(value) is str else plain(value)
        for name, value in entry.items()
        if value is not None
    }
    detail = said.get("detail")
    if isinstance(detail, str):
        said["detail"] = json.loads(detail)
    return said


class Checkpoint(NamedTuple):
    """One row of the checkpoint table, its values as in an export."""

    size: int
    root: str
    previous: str
    sealed_at: str
    key_name: str
    key_id: str
    signature: str
    edge: str

    @classmethod
    def of(cls, row: Row) -> "Checkpoint":
        """Return the checkpoint a row holds."""
        return cls(*(row[name] for name in cls._fields))

    @property
    def text(self) -> str:
        """Return what is signed; the last two lines are extensions of ours."""
        root, previous = (
            base64.b64encode(bytes.fromhex(each)).decode() for each in (self.root, self.previous)
        )
        return f"{self.key_name}\n{self.size}\n{root}\ntime {self.sealed_at}\nprevious {previous}\n"

    @property
    def note(self) -> str:
        """Return the text with its signature."""
        signed = bytes.fromhex(self.key_id), bytes.fromhex(self.signature)
        return f"{self.text}\n{signature_line(self.key_name, *signed)}"

    @property
    def fingerprint(self) -> str:
        """Return what the next checkpoint calls its `previous`: it stands for all before it."""
        return hashlib.sha256(self.note.encode()).hexdigest()


class Sealed(NamedTuple):
    """One leaf, its entry if there is one, and the keys of whom the entry names besides.

    `subjects` is None where the installation keeps no such list.
    """

    seq: int
    audit_id: str
    leaf_hash: str
    entry: Row | None
    subjects: Sequence[str] | None


class Witness(NamedTuple):
    """One countersignature that came back."""

    size: int
    key_name: str
    key_id: str
    signature: str


class Trail(NamedTuple):
    """A whole trail, in the order it was sealed; `waiting` are the entries without a leaf."""

    checkpoints: Sequence[Checkpoint]
    sealed: Iterable[Sealed]
    waiting: Iterable[Row]
    witnesses: Sequence[Witness] = ()


# --- the examination --------------------------------------------------------------------------


class Examiner:
    """Walks a trail once, from its first leaf to its last, and notes what is not as it was."""

    def __init__(self, trail: Trail, keys: Sequence[Key], outside: Sequence[Note]) -> None:
        self.trail, self.keys = trail, keys
        self.outside = sorted(outside, key=lambda note: note.size)
        self.edge, self.waiting = Edge(), 0
        self.whole, self.stopped = True, False
        self.agreed, self.newest, self.before = 0, "", ""
        self.findings: list[Finding] = []

    def report(self) -> Report:
        """Return everything found."""
        for step in (
            self._signatures,
            self._leaves,
            self._cut_off,
            self._witnesses,
            self._waiting,
        ):
            try:
                step()
            except (ArithmeticError, LookupError, TypeError, ValueError):
                # a value that nothing of ours would have written
                self.found("unreadable", self.edge.size + 1)
                self.stopped = True
        self.findings.sort(key=lambda finding: finding.seq)
        return Report(self.edge.size, len(self.trail.checkpoints), self.waiting, self.findings)

    def found(self, kind: str, seq: int, **facts: object) -> None:
        """Note one thing that is not as it was."""
        self.findings.append(Finding(kind, seq, {"seq": seq, **facts}))

    def _signatures(self) -> None:
        """Read the chain; the newest signature of each key stands for all before it."""
        start, before = 1, None
        for at, each in enumerate(self.trail.checkpoints):
            if each.previous != (before.fingerprint if before else NOTHING.hex()):
                self._broken(before, each)
            following = self.trail.checkpoints[at + 1 : at + 2]
            if not following or following[0][4:6] != each[4:6]:
                self._signature(each, start)
            start, before = each.size + 1, each

    def _broken(self, before: Checkpoint | None, each: Checkpoint) -> None:
        """Note a break in the chain: by its signature, the former checkpoint is right or not."""
        if before is None or any(Note.read(before.note).is_signed_by(key) for key in self.keys):
            self.found("chain", before.size + 1 if before else 1, last=each.size)
            return
        earlier = [known.size for known in self.trail.checkpoints if known.size < before.size]
        self.found("signature", max(earlier, default=0) + 1, last=before.size)

    def _signature(self, each: Checkpoint, start: int) -> None:
        known = [key for key in self.keys if (key.name, key.id.hex()) == each[4:6]]
        if not known:
            self.found("unknown_key", start, last=each.size, name=each.key_name)
        elif not any(Note.read(each.note).is_signed_by(key) for key in known):
            self.found("signature", start, last=each.size)

    def _leaves(self) -> None:
        due = list(reversed(self.trail.checkpoints))
        seen = list(reversed(self.outside))
        for each in self.trail.sealed:
            seq = self.edge.size + 1
            if each.seq != seq:
                self.found("gap", min(seq, each.seq))
                self.stopped = True
                return
            self._leaf(each)
            self.edge.append(bytes.fromhex(each.leaf_hash))
            while due and due[-1].size <= seq:
                self._checkpoint(due.pop())
            while seen and seen[-1].size <= seq:
                self._outside(seen.pop())

    def _leaf(self, each: Sealed) -> None:
        facts = {"id": each.audit_id}
        if each.entry is None:
            self.found("missing", each.seq, **facts)
            return
        said = said_in(each.entry)
        self.newest = max(self.newest, str(said.get("at")))
        if leaf_hash(_ENCODED(said).encode()).hex() != each.leaf_hash:
            self.found("changed", each.seq, **facts)
        elif str(said["at"]) < self.before:
            self.found("inserted", each.seq, **facts)
        if each.subjects is not None and not _names(said.get("detail"), each.subjects):
            self.found("subjects", each.seq, **facts)

    def _checkpoint(self, each: Checkpoint) -> None:
        as_sealed = each.root == self.edge.root().hex() and each.size == self.edge.size
        if self.whole and not as_sealed:
            self.found("rewritten", self.agreed + 1, last=each.size)
        elif self.whole and each.edge != self.edge.packed().hex():
            self.found("edge", self.agreed + 1, last=each.size)
        self.whole = self.whole and as_sealed
        self.agreed = each.size if self.whole else self.agreed
        if each.sealed_at != self.trail.checkpoints[0].sealed_at:
            # what was there when sealing began may be of any age and in any order
            reached = dt.datetime.fromisoformat(min(self.newest, each.sealed_at))
            self.before = (reached - LATE).strftime(TIME)

    def _outside(self, note: Note) -> None:
        if note.root != self.edge.root():
            agreed = [each.size for each in self.outside if each.size < note.size]
            self.found("outside", max(agreed, default=0) + 1, last=note.size)

    def _cut_off(self) -> None:
        sealed = self.edge.size
        last = max((each.size for each in self.trail.checkpoints), default=0)
        if last < sealed:
            self.found("unsigned", last + 1)
        furthest = max([last, *(note.size for note in self.outside)])
        if furthest > sealed and not self.stopped:
            self.found("cut_off", self.agreed + 1, last=furthest)

    def _waiting(self) -> None:
        for entry in self.trail.waiting:
            self.waiting += 1
            if str(plain(entry["at"])) < self.before:
                self.found("waiting", self.edge.size + 1, id=entry["id"])

    def _witnesses(self) -> None:
        covered = {each.size: each for each in self.trail.checkpoints}
        for each in self.trail.witnesses:
            said = covered.get(each.size)
            known = [key for key in self.keys if (key.name, key.id.hex()) == each[1:3]]
            signature = bytes.fromhex(each.signature)
            if known and not (said and known[0].has_signed(said.text, signature)):
                self.found("witness", 1, last=each.size, name=each.key_name)


def _names(said: object, subjects: Sequence[str]) -> bool:
    """Whether the subjects of an entry are those whose fingerprint its detail holds."""
    if not isinstance(said, dict) or len(subjects) != said.get("named", 0):
        return not subjects and not isinstance(said, dict)
    keys = sorted(map(bytes.fromhex, subjects))
    return not keys or hashlib.sha256(b"".join(keys)).hexdigest() == said.get("named_sha256")


def examine(trail: Trail, keys: Sequence[Key], outside: Sequence[Note] = ()) -> Report:
    """Return whether `trail` is as it was sealed with `keys` and as `outside` checkpoints say.

    Each key of a witness must have countersigned one of the checkpoints kept outside, if any.
    """
    logs = [key for key in keys if key.kind == LOG]
    examiner = Examiner(trail, keys, [note for note in outside if _is_of(note, logs)])
    for note in outside:
        if not _is_of(note, logs):
            examiner.found("outside_key", 1, last=note.size)
    for key in keys:
        if outside and key.kind == WITNESS and not any(_is_of(note, [key]) for note in outside):
            examiner.found("unwitnessed", 1, name=key.name)
    return examiner.report()


def _is_of(note: Note, keys: Sequence[Key]) -> bool:
    return any(note.is_signed_by(key) for key in keys)


# --- where a trail is read from ---------------------------------------------------------------

SUBJECTS = ", (SELECT group_concat(hex(s.subject_id)) FROM audit_subject s WHERE s.entry_id = e.id)"
LEAVES = (
    "SELECT l.seq, l.audit_id, l.leaf_hash{subjects}, e.* FROM audit_leaf l"
    " LEFT JOIN audit_entry e ON e.id = l.audit_id ORDER BY l.seq"
)
WAITING = (
    "SELECT * FROM audit_entry e WHERE NOT EXISTS"
    " (SELECT 1 FROM audit_leaf l WHERE l.audit_id = e.id) ORDER BY e.id"
)


@contextlib.contextmanager
def database_trail(path: Path) -> Iterator[Trail]:
    """Read the trail of a SQLite database, in one snapshot, even while it is in use."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.isolation_level = None
        db.execute("BEGIN")
        known = "SELECT 1 FROM sqlite_master WHERE name = 'audit_subject'"
        subjects = SUBJECTS if db.execute(known).fetchone() else ", NULL"
        yield Trail(
            [Checkpoint.of(row) for row in _rows(db, "SELECT * FROM checkpoint ORDER BY size")],
            _leaves(db, LEAVES.format(subjects=subjects), has_subjects=subjects is SUBJECTS),
            _rows(db, WAITING),
            [_witness(row) for row in _rows(db, "SELECT * FROM witness_signature")],
        )


def _rows(db: sqlite3.Connection, statement: str) -> Iterator[Row]:
    found = db.execute(statement)
    names = [each[0] for each in found.description]
    return ({name: plain(value) for name, value in zip(names, row, strict=True)} for row in found)


def _leaves(db: sqlite3.Connection, statement: str, *, has_subjects: bool) -> Iterator[Sealed]:
    found = db.execute(statement)
    names = [each[0] for each in found.description[4:]]
    for seq, audit_id, leaf, named, *columns in found:
        entry = dict(zip(names, columns, strict=True))
        subjects = named.lower().split(",") if named else []
        yield Sealed(
            seq,
            str(plain(audit_id)),
            str(plain(leaf)),
            entry if entry["id"] is not None else None,
            subjects if has_subjects else None,
        )


@contextlib.contextmanager
def exported_trail(path: Path) -> Iterator[Trail]:
    """Read the trail that `crm audit export` wrote: a JSON object a line."""
    parts = {kind: _lines(path, kind) for kind in ("checkpoint", "leaf", "waiting", "witness")}
    yield Trail(
        [Checkpoint.of(each) for each in parts["checkpoint"]],
        (Sealed(**each) for each in parts["leaf"]),
        parts["waiting"],
        [_witness(each) for each in parts["witness"]],
    )


def _lines(path: Path, kind: str) -> Iterator[Row]:
    start = f'{{"{kind}":'
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(start):
                yield json.loads(line)[kind]


def _witness(row: Row) -> Witness:
    return Witness(*(row[name] for name in Witness._fields))


# --- the command ------------------------------------------------------------------------------


def told(report: Report) -> Iterator[str]:
    """Yield the lines that tell a report."""
    for finding in report.findings[:SHOWN]:
        yield str(finding)
    if len(report.findings) > SHOWN:
        yield f"ほかに{len(report.findings) - SHOWN}件の異状があります。"
    yield (
        f"封印された記録 {report.sealed}件、署名記録 {report.checkpoints}件、"
        f"まだ封印されていない記録 {report.waiting}件"
    )
    yield "異状があります。" if report.findings else "異状はありません。"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a trail as the command line says, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--database", type=Path, metavar="FILE.db")
    source.add_argument("--export", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--key", action="append", required=True)
    parser.add_argument("--witness", action="append", default=[], metavar="KEY")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    try:
        keys = [Key.read(written) for written in given.key + given.witness]
        outside = [Note.read(path.read_text(encoding="utf-8")) for path in given.checkpoint]
        opened = database_trail(given.database) if given.database else exported_trail(given.export)
        with opened as trail:
            report = examine(trail, keys, outside)
    except (OSError, ValueError, LookupError, sqlite3.Error) as wrong:
        sys.stderr.write(f"確かめられません: {wrong}\n")
        return 2
    sys.stdout.write("\n".join(told(report)) + "\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
