"""Proofs that a tree only added to its past, and the form a witness is asked in (C2SP)."""

import base64
from typing import NamedTuple

from crm.seals.verify import Checkpoint, Edge, Note


class Request(NamedTuple):
    """What a witness is asked to countersign, and the proof from what it signed before."""

    old: int
    proof: list[bytes]
    note: str

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def read(cls, content: str) -> "Request":
        """Read a request as C2SP tlog-witness has it; ValueError for anything else."""
        head, _, note = content.partition("\n\n")
        old, *proof = head.split("\n")
        if not old.startswith("old "):
            raise ValueError("立会いの依頼の形ではありません。")
        Note.read(note)
        return cls(
            int(old.removeprefix("old ")),
            [base64.b64decode(line, validate=True) for line in proof],
            note,
        )


def consistency(old: Checkpoint, leaves: list[bytes]) -> list[bytes]:
    """Return the proof (RFC 9162 §2.1.4.1) that `leaves` were added to the tree of `old`."""
    subtrees: dict[int, bytes] = {}
    start = 0
    edge = bytes.fromhex(old.edge)
    for at, bit in enumerate(
        b for b in reversed(range(old.size.bit_length())) if old.size >> b & 1
    ):
        subtrees[start] = edge[at * 32 : at * 32 + 32]
        start += 1 << bit

    def node(first: int, last: int) -> bytes:
        if last <= old.size:
            return subtrees[first]
        return grown(leaves[first - old.size : last - old.size]).root()

    def proof(first: int, last: int, *, known: bool) -> list[bytes]:
        if last == old.size:
            return [] if known else [node(first, last)]
        half = first + (1 << (last - first - 1).bit_length() - 1)
        if old.size <= half:
            return [*proof(first, half, known=known), node(half, last)]
        return [*proof(half, last, known=False), node(first, half)]

    return proof(0, old.size + len(leaves), known=True)


def grown(leaves: list[bytes], edge: Edge | None = None) -> Edge:
    """Return the edge of a tree, or what it becomes, with `leaves` added."""
    edge = edge or Edge()
    for leaf in leaves:
        edge.append(leaf)
    return edge
