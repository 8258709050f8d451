"""G33: whoever has the database, though not what is kept outside, cannot change the past unseen.

A sealed trail is tampered with at random, as its tables could be by a superuser who removes every
trigger, and in some cases by one who has the signing key too. Rows are changed in memory; the same
verifier reads files and databases (tests/proof/test_tampering.py).
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from uuid import UUID

from crm.kernel.audit import AuditEntry, fingerprint
from crm.seals import verify
from crm.seals.signing import Signer, log_signer
from crm.seals.verify import Checkpoint, Edge, Note, Report
from tests.proof.proofs import Outcome, proof

Row = dict[str, Any]
OURS, THEIRS = log_signer(bytes(32)), log_signer(bytes([9]) * 32)
BEGIN = dt.datetime(2026, 11, 20, 0, 0, tzinfo=dt.UTC)
SIZES = (7, 12, 13, 29, 40, 64)
STEP = dt.timedelta(minutes=2)


@dataclass(slots=True)
class Tables:
    """The rows a trail is made of; `outside` is a checkpoint kept elsewhere."""

    entries: dict[str, Row] = field(default_factory=dict)
    subjects: dict[str, list[str]] = field(default_factory=dict)
    leaves: list[Row] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    outside: list[Note] = field(default_factory=list)

    def copy(self) -> "Tables":
        """Return rows that may be changed without changing these."""
        return Tables(
            {key: dict(row) for key, row in self.entries.items()},
            {key: list(named) for key, named in self.subjects.items()},
            [dict(leaf) for leaf in self.leaves],
            list(self.checkpoints),
            self.outside,
        )

    def seal(self, size: int, at: dt.datetime, signer: Signer = OURS) -> None:
        """Sign what the leaves up to `size` are now."""
        edge = Edge()
        for leaf in self.leaves[:size]:
            edge.append(bytes.fromhex(leaf["leaf_hash"]))
        unsigned = Checkpoint(
            size=size,
            root=edge.root().hex(),
            previous=self.checkpoints[-1].fingerprint if self.checkpoints else "00" * 32,
            sealed_at=str(verify.plain(at)),
            key_name=signer.key.name,
            key_id=signer.key.id.hex(),
            signature="",
            edge=edge.packed().hex(),
        )
        signature = signer.sign(unsigned.text.encode()).hex()
        self.checkpoints.append(unsigned._replace(signature=signature))

    def put(self, entry: Row) -> None:
        """Add an entry and its leaf."""
        self.entries[entry["id"]] = entry
        hashed = verify.leaf_hash(verify.canonical(entry)).hex()
        leaf = {"seq": len(self.leaves) + 1, "audit_id": entry["id"], "leaf_hash": hashed}
        self.leaves.append(leaf)

    def reseal(self, first: int, signer: Signer) -> None:
        """Write the leaves and checkpoints from entry `first` on anew, as if nothing had been."""
        for leaf in self.leaves[first - 1 :]:
            if leaf["audit_id"] in self.entries:
                said = verify.canonical(self.entries[leaf["audit_id"]])
                leaf["leaf_hash"] = verify.leaf_hash(said).hex()
        former = [each for each in self.checkpoints if each.size >= first]
        self.checkpoints = [each for each in self.checkpoints if each.size < first]
        for each in former:
            at = dt.datetime.fromisoformat(each.sealed_at).replace(tzinfo=dt.UTC)
            self.seal(each.size, at, signer)

    def examined(self) -> Report:
        """Return what the verifier says of these rows."""
        sealed = sorted(self.leaves, key=lambda leaf: leaf["seq"])
        has_leaf = {leaf["audit_id"] for leaf in sealed}
        trail = verify.Trail(
            sorted(self.checkpoints, key=lambda each: each.size),
            [
                verify.Sealed(
                    **leaf,
                    entry=self.entries.get(leaf["audit_id"]),
                    subjects=self.subjects.get(leaf["audit_id"], []),
                )
                for leaf in sealed
            ],
            [row for key, row in sorted(self.entries.items()) if key not in has_leaf],
        )
        return verify.examine(trail, [OURS.key], self.outside)


Tampering = Callable[[Tables, random.Random], int]
"""Changes the rows, and returns the first entry that is no longer as it was sealed."""


@cache
def honest() -> Tables:
    """Return a trail of several batches as it should be, its newest checkpoint kept outside."""
    rng, tables = random.Random(33), Tables()  # noqa: S311 - a reproducible world
    for seq in range(1, SIZES[-1] + 1):
        tables.put(_entry(rng, BEGIN + seq * STEP, tables))
        if seq in SIZES:
            tables.seal(seq, BEGIN + seq * STEP + dt.timedelta(seconds=1))
    return replace(tables, outside=[Note.read(tables.checkpoints[-1].note)])


def _key(rng: random.Random) -> str:
    return UUID(int=rng.getrandbits(128)).hex


def _entry(rng: random.Random, at: dt.datetime, tables: Tables) -> Row:
    """Make an entry with a value in every column there is."""
    named = [_key(rng) for _ in range(rng.randrange(3))]
    row: Row = {name: f"{name} {rng.random()}" for name in AuditEntry.model_fields}
    row |= {name: _key(rng) for name in row if name == "id" or name.endswith("_id")}
    row["at"] = str(verify.plain(at))
    row["detail"] = {"count": rng.randrange(99), "fields": ["電話", "住所"]}
    if named:
        keys = [UUID(each) for each in named]
        row["detail"] |= {"named": len(named), "named_sha256": fingerprint(keys)}
        tables.subjects[row["id"]] = named
    return row


def _chosen(tables: Tables, rng: random.Random) -> tuple[int, Row]:
    seq = rng.randint(1, SIZES[-1])
    return seq, tables.entries[tables.leaves[seq - 1]["audit_id"]]


def change_an_entry(tables: Tables, rng: random.Random) -> int:
    """Change any column of any entry, or empty it."""
    seq, row = _chosen(tables, rng)
    name = rng.choice(sorted(set(row) - {"id"}))
    others = [each[name] for each in tables.entries.values() if each[name] != row[name]]
    row[name] = rng.choice([None, "", "別", *rng.sample(others, min(2, len(others)))])
    return seq


def change_a_detail(tables: Tables, rng: random.Random) -> int:
    """Change one fact of an entry, or take it out."""
    seq, row = _chosen(tables, rng)
    name = rng.choice(sorted(row["detail"]))
    row["detail"] = {**row["detail"], name: "別"}
    if rng.random() < 1 / 2:
        del row["detail"][name]
    return seq


def delete_an_entry(tables: Tables, rng: random.Random) -> int:
    """Take any entry out, and its leaf too or not."""
    seq, row = _chosen(tables, rng)
    del tables.entries[row["id"]]
    if rng.random() < 1 / 2:
        del tables.leaves[seq - 1]
    return seq


def delete_and_close_the_gap(tables: Tables, rng: random.Random) -> int:
    """Take an entry and its leaf out, and number what follows anew."""
    seq = rng.randint(1, SIZES[-1])
    del tables.entries[tables.leaves.pop(seq - 1)["audit_id"]]
    for at, leaf in enumerate(tables.leaves, 1):
        leaf["seq"] = at
    return seq


def insert_an_entry(tables: Tables, rng: random.Random) -> int:
    """Put an entry of an earlier time in, as if it had been there."""
    at = BEGIN + rng.random() * (SIZES[-1] - 8) * STEP
    row = _entry(rng, at, tables)
    tables.entries[row["id"]] = row
    return SIZES[-1] + 1


def insert_and_have_it_sealed(tables: Tables, rng: random.Random) -> int:
    """Put an entry of an earlier time in, which the sealer then seals like any other."""
    at = BEGIN + rng.random() * (SIZES[-1] - 8) * STEP
    tables.put(_entry(rng, at, tables))
    tables.seal(SIZES[-1] + 1, BEGIN + (SIZES[-1] + 2) * STEP)
    return SIZES[-1] + 1


def swap_entries(tables: Tables, rng: random.Random) -> int:
    """Let two entries change their places."""
    first, second = sorted(rng.sample(range(1, SIZES[-1] + 1), 2))
    one, other = (tables.leaves[seq - 1]["audit_id"] for seq in (first, second))
    rows = tables.entries
    rows[one], rows[other] = {**rows[other], "id": one}, {**rows[one], "id": other}
    return first


def swap_leaves(tables: Tables, rng: random.Random) -> int:
    """Let two leaves change their numbers, their hashes or their entries."""
    first, second = sorted(rng.sample(range(1, SIZES[-1] + 1), 2))
    one, other = tables.leaves[first - 1], tables.leaves[second - 1]
    for name in rng.choice([("seq",), ("leaf_hash",), ("audit_id",), ("audit_id", "leaf_hash")]):
        one[name], other[name] = other[name], one[name]
    return first


def change_a_leaf(tables: Tables, rng: random.Random) -> int:
    """Write anything into a leaf's hash, with its entry changed to suit or not."""
    seq, row = _chosen(tables, rng)
    row["action"] = "別"
    suits = verify.leaf_hash(verify.canonical(row)).hex()
    written = rng.choice([suits, suits, "", "00", "読めない", rng.randbytes(32).hex()])
    tables.leaves[seq - 1]["leaf_hash"] = written
    return seq


def change_the_subjects(tables: Tables, rng: random.Random) -> int:
    """Take somebody off the list of whom an entry names, or put somebody on it."""
    seq, row = _chosen(tables, rng)
    named = tables.subjects.setdefault(row["id"], [])
    if named and rng.random() < 1 / 2:
        named.pop()
    else:
        named.append(_key(rng))
    return seq


def cut_the_tail_off(tables: Tables, rng: random.Random) -> int:
    """Take out the newest entries with their leaves and checkpoints, to a former checkpoint."""
    size = rng.choice([0, *SIZES[:-1]])
    return _cut(tables, size)


def cut_everything_off_but_the_checkpoints(tables: Tables, rng: random.Random) -> int:
    """Take out the newest entries and leaves."""
    checkpoints = tables.checkpoints
    first = _cut(tables, rng.randrange(SIZES[-1]))
    tables.checkpoints = checkpoints
    return first


def _cut(tables: Tables, size: int) -> int:
    for leaf in tables.leaves[size:]:
        del tables.entries[leaf["audit_id"]]
    del tables.leaves[size:]
    tables.checkpoints = [each for each in tables.checkpoints if each.size <= size]
    return size + 1


def forge_a_checkpoint(tables: Tables, rng: random.Random) -> int:
    """Change any column of any checkpoint, or take it out."""
    at = rng.randrange(len(SIZES))
    each = tables.checkpoints[at]
    name = rng.choice(Checkpoint._fields)
    if name == "size":
        tables.checkpoints[at] = each._replace(size=each.size + rng.choice([-1, 1]))
    else:
        value = getattr(each, name)
        spot = rng.randrange(len(value))
        letter = "1" if value[spot] != "1" else "2"
        tables.checkpoints[at] = each._replace(**{name: value[:spot] + letter + value[spot + 1 :]})
    if rng.random() < 1 / 8:
        del tables.checkpoints[at]
    return ([0, *SIZES][at]) + 1


def rewrite_without_the_key(tables: Tables, rng: random.Random) -> int:
    """Change an entry and everything computed from it, but for the signatures."""
    seq, row = _chosen(tables, rng)
    row["actor_name"] = "別"
    signed = {each.size: each.signature for each in tables.checkpoints}
    tables.reseal(seq, OURS)
    tables.checkpoints = [each._replace(signature=signed[each.size]) for each in tables.checkpoints]
    return seq


def rewrite_with_another_key(tables: Tables, rng: random.Random) -> int:
    """Change an entry and sign everything from it on with a key of one's own, under any name."""
    seq, row = _chosen(tables, rng)
    row["actor_name"] = "別"
    key = THEIRS.key._replace(name=OURS.key.name) if rng.random() < 1 / 2 else THEIRS.key
    tables.reseal(rng.choice([1, seq]), Signer(key, THEIRS.private))
    return seq


def rewrite_with_the_stolen_key(tables: Tables, rng: random.Random) -> int:
    """Change an entry and sign everything anew with the installation's own key."""
    seq, row = _chosen(tables, rng)
    row[rng.choice(["at", "actor_name", "action"])] = "2026-11-20 00:00:00.000000"
    tables.reseal(1, OURS)
    return seq


def replace_the_whole_log(tables: Tables, rng: random.Random) -> int:
    """Write another history of any length with the installation's own key."""
    fresh = Tables(outside=tables.outside)
    for seq in range(1, rng.randint(1, 2 * SIZES[-1]) + 1):
        fresh.put(_entry(rng, BEGIN + seq * STEP, fresh))
    fresh.seal(len(fresh.leaves), BEGIN + dt.timedelta(days=1))
    for name in ("entries", "subjects", "leaves", "checkpoints"):
        setattr(tables, name, getattr(fresh, name))
    # of a shorter history can only be said from where on it is missing
    return len(fresh.leaves) + 1


TAMPERINGS: tuple[Tampering, ...] = (
    change_an_entry,
    change_an_entry,
    change_a_detail,
    delete_an_entry,
    delete_and_close_the_gap,
    insert_an_entry,
    insert_and_have_it_sealed,
    swap_entries,
    swap_leaves,
    change_a_leaf,
    change_the_subjects,
    cut_the_tail_off,
    cut_everything_off_but_the_checkpoints,
    forge_a_checkpoint,
    rewrite_without_the_key,
    rewrite_with_another_key,
    rewrite_with_the_stolen_key,
    replace_the_whole_log,
)


@proof(
    "G33",
    "a sealed trail that was tampered with is found out, from the first bad entry on",
    quick=200,
    full=10_000,
)
def tampering_is_found(size: int) -> Outcome:
    """Tamper at random; wrong is what goes unseen, or is named later than where it begins."""
    wrong = [f"the honest trail: {found}" for found in honest().examined().findings]
    missed: dict[str, int] = {}
    for number in range(size):
        rng = random.Random(number)  # noqa: S311 - a reproducible attack
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        tables = honest().copy()
        first = tampering(tables, rng)
        findings = tables.examined().findings
        if not findings or findings[0].seq > first:
            missed[tampering.__name__] = missed.get(tampering.__name__, 0) + 1
    remark = ", ".join([*wrong, *(f"{name}: {count}" for name, count in missed.items())])
    kinds = len(set(TAMPERINGS))
    return Outcome(size, len(wrong) + sum(missed.values()), remark or f"{kinds} kinds of tampering")
