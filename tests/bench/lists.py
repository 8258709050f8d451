"""Taking in a list of people: rows per second, beside the same rows written by the driver alone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from crm.access.queries import actor_by_login
from crm.formats.delimited import write_table
from crm.formats.workbook import read_workbook
from crm.intake.models import ListKind
from crm.intake.queries import batch as batch_to_change
from crm.intake.queries import rows_of_batch
from crm.intake.service import Handed, apply, take_in
from crm.intake.staging import preview_of
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from tests.bench.floor import open_connection
from tests.bench.pages import CHIEF, Spread
from tests.bench.recording import Recording, recorded

ROWS = 300
HEADER = ("自治会名", "会長氏名", "ふりがな", "電話番号", "就任日")
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What applying one list takes, and its floor in the same rounds."""

    database: str
    rows: int
    read_s: Spread
    seconds: Spread
    floor_seconds: Spread
    ratio: Spread


def measure(name: str, database: Database, url: str, rounds: int) -> TakenIn:
    """Hand a list in, apply it and roll that back; then write its rows by the driver alone."""
    with database.reading(None) as db:
        actor = actor_by_login(db, CHIEF, local_day(utc_now()))
    if actor is None:
        raise RuntimeError("the sample has no chief")
    read, ours, theirs = [], [], []
    for number in range(rounds):
        content = _list(number)
        started = time.perf_counter()
        book = read_workbook(content)
        read.append(time.perf_counter() - started)
        now = utc_now()
        with database.writing(actor) as db:
            handed = Handed(f"{number}.csv", content)
            day = local_day(now)
            batch = take_in(db, actor, handed, book, kind=ListKind.CHAIRS, day=day, now=now)
        seconds, recording = _applied(database, actor, batch.id)
        ours.append(seconds)
        theirs.append(_seconds(lambda recording=recording: _by_the_driver(url, recording)))
    ratios = [its / mine for its, mine in zip(theirs, ours, strict=True)]
    figures = (read, ours, theirs, ratios)
    return TakenIn(name, ROWS, *(Spread.of(each) for each in figures))


def _list(number: int) -> bytes:
    """Make a list of chairs of associations nobody has heard of."""
    rows = [
        (
            f"測定町{number}の{row}自治会",
            f"測定 {number}の{row}郎",
            "そくてい たろう",
            f"054-{200 + row // 1000}-{row % 10_000:04d}",
            "令和8年4月1日",
        )
        for row in range(ROWS)
    ]
    return write_table(HEADER, rows, encoding="utf-8-sig")


def _applied(database: Database, actor: Actor, batch_id: UUID) -> tuple[float, Recording]:
    now = utc_now()
    with database.writing(actor) as db:
        batch = batch_to_change(db, batch_id)
        rows = rows_of_batch(db, batch_id)
        preview = preview_of(db, actor, batch, rows, area_code="", today=local_day(now))
        with recorded(database, "list") as found:
            started = time.perf_counter()
            apply(db, actor, batch_id, digest=preview.plan.digest, area_code="", now=now)
            seconds = time.perf_counter() - started
        db.rollback()
    return seconds, found[0]


def _by_the_driver(url: str, recording: Recording) -> None:
    """Write the same rows in one transaction, as many at a time as stand together."""
    connection = open_connection(url)
    connection.execute("BEGIN")
    steps = (step for each in recording.transactions for step in each.steps)
    written = (step for step in steps if step.sql.startswith(WRITES))
    cursor = connection.cursor()
    for sql, same in groupby(written, key=lambda step: step.sql):
        cursor.executemany(sql, [row for step in same for row in step.rows])
    connection.execute("ROLLBACK")
    connection.close()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
