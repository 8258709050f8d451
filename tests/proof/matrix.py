"""Every route × method × role × relation to the record: no canary where the model forbids it."""

import io
import logging
from collections import Counter
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from random import Random

import httpx
import sqlalchemy as sa
from sqlmodel import SQLModel

from tests.proof.proofs import Outcome, proof
from tests.proof.sample import CANARY, Sample, sample
from tests.proof.walks import PROTECTED, Walk, everything_in, send, some_walk, walking, ways

FAULT = 500
WHOLE_OR_PART: tuple[dict[str, str], ...] = ({}, {}, {"HX-Request": "true"})
"""How pages are asked for: by a plain browser, or the part of one that is exchanged in place."""


@dataclass(slots=True)
class Seen:
    """What the attempts came to."""

    leaks: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    shown: int = 0
    """Canaries shown to whoever may see them: without any, silence would say nothing."""
    tables: set[str] = field(default_factory=set)
    protected: int = 0
    """Workbooks under a password that were opened and read."""


@proof(
    "G1",
    "every route × method × role × relation: no canary in a body, header, file name, workbook or"
    " document that the model forbids, and no fault",
    quick=160,
    full=50_000,
)
def nothing_leaks(size: int) -> Outcome:
    """Try every way as everybody, over and over with other keys, until `size` attempts are made."""
    seen, random = Seen(), Random(1)  # noqa: S311 - no secret, the same every time
    with sample() as town, walking(town) as client:
        pairs = [(way, who) for way in ways(client.app) for who in sorted(town.cookies)]
        while (tried := sum(seen.answers.values())) < size:
            random.shuffle(pairs)
            for way, who in pairs[: size - tried]:
                walk = some_walk(town, way, who, random)
                answer = send(client, town, walk, **random.choice(WHOLE_OR_PART))
                _judge(town, walk, answer, seen)
                if way.method == "POST" and answer.history:
                    town.restore()
    counts = ", ".join(f"{name} {count:,}" for name, count in seen.relations.most_common())
    if not seen.shown:
        seen.leaks.append("nobody was shown anything: nothing was tried")
    told = (
        f"{seen.shown:,} canaries of {len(seen.tables)} tables shown to whoever may see them,"
        f" {seen.protected} workbooks opened with their passwords; {counts}"
    )
    return Outcome(sum(seen.answers.values()), len(seen.leaks), "; ".join(seen.leaks[:3]) or told)


def _judge(town: Sample, walk: Walk, answer: httpx.Response, seen: Seen) -> None:
    seen.answers[answer.status_code] += 1
    if walk.subject:
        seen.relations[town.relation(town.everybody[walk.who], *walk.subject)] += 1
    about = f"{walk.who} {walk.way.method} {walk.path}"
    if answer.status_code >= FAULT:
        seen.leaks.append(f"{about}: {answer.status_code}")
    seen.protected += answer.content.startswith(PROTECTED)
    found = {int(one) for one in CANARY.findall(everything_in(answer, town.passwords))}
    seen.shown += len(found)
    seen.tables |= {town.canaries[one][0] for one in found}
    for one in found:
        if town.forbidden(town.everybody[walk.who], one):
            seen.leaks.append(f"{about}: {town.canaries[one]}")


@proof(
    "G20",
    "no canary in a log line, on the error stream, in a job's arguments or in the audit trail",
    quick=60,
    full=5_000,
)
def nothing_is_logged(size: int) -> Outcome:
    """Walk about and read what was written down meanwhile."""
    random = Random(2)  # noqa: S311 - no secret, the same every time
    lines = io.StringIO()
    listener = logging.StreamHandler(lines)
    logging.getLogger().addHandler(listener)
    try:
        with redirect_stderr(lines), sample() as town, walking(town) as client:
            there = ways(client.app)
            for _ in range(size):
                walk = some_walk(town, random.choice(there), random.choice([*town.cookies]), random)
                send(client, town, walk)
            lines.write(_written_down(town))
    finally:
        logging.getLogger().removeHandler(listener)
    found = CANARY.findall(lines.getvalue().encode())
    names = "; ".join({"{} {}".format(*town.canaries[int(one)]) for one in found[:5]})
    return Outcome(size, len(found), names or f"{len(lines.getvalue()):,} characters read")


def _written_down(town: Sample) -> str:
    """Return the trail's details and what jobs were asked for, as text."""
    text = []
    with town.database.system("a proof's reading") as connection:
        for name, columns in (("audit_entry", ("detail", "outcome")), ("job", ("args",))):
            table = SQLModel.metadata.tables[name]
            chosen = sa.select(*(table.c[column] for column in columns))
            text += [str(tuple(row)) for row in connection.execute(chosen)]
    return "\n".join(text)
