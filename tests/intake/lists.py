"""Lists as stations have them, handed in without a file, and the book before and after."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.formats.workbook import Book, Sheet, SheetRow
from crm.intake import queries, service
from crm.intake.deeds import Plan
from crm.intake.models import IntakeBatch, ListKind
from crm.intake.records import TABLES
from crm.intake.staging import preview_of
from tests.support.world import NOW, TODAY, World

HEADER = ("氏名", "ふりがな", "団体名", "役職", "電話番号", "住所", "備考")
LIAISONS = (
    HEADER,
    ("山田 太郎", "やまだ たろう", "", "", "054-622-0001", "架空市1-1", ""),
    ("髙橋 花子", "たかはし はなこ", "みなと町自治会", "副会長", "", "", ""),
)
CHAIRS = (
    ("自治会名", "会長名", "ふりがな", "電話番号"),
    ("みなと町自治会", "鈴木 一郎", "すずき いちろう", "054-622-1111"),
    ("さくら台自治会", "田中 次郎", "たなか じろう", "054-622-2222"),
)
DAY = dt.date(2026, 4, 1)


def book(rows: Sequence[Sequence[str]]) -> Book:
    """Return a file of one sheet with `rows`."""
    numbered = enumerate(rows, 1)
    return Book((Sheet("名簿", tuple(SheetRow(n, tuple(cells)) for n, cells in numbered)),))


def put_aside(
    world: World,
    rows: Sequence[Sequence[str]],
    kind: ListKind = ListKind.LIAISONS,
    *,
    day: dt.date = DAY,
    who: str = "chief",
    content: bytes = b"list",
) -> UUID:
    """Hand a list in, up to its preview."""
    handed = service.Handed("名簿.xlsx", content)
    with world.writing(who) as db:
        actor = world.actors[who]
        batch = service.take_in(db, actor, handed, book(rows), kind=kind, day=day, now=NOW)
        return batch.id


def preview(world: World, batch_id: UUID, who: str = "chief") -> Plan:
    """Return what a list would do as things stand."""
    with world.reading(who) as db:
        batch = queries.batch(db, batch_id)
        rows = queries.rows_of_batch(db, batch_id)
        actor = world.actors[who]
        return preview_of(db, actor, batch, rows, area_code="", today=TODAY).plan


def apply(world: World, batch_id: UUID, who: str = "chief", digest: str = "") -> IntakeBatch:
    """Enter a list as it was previewed."""
    digest = digest or preview(world, batch_id, who).digest
    with world.writing(who) as db:
        actor = world.actors[who]
        return service.apply(db, actor, batch_id, digest=digest, area_code="", now=NOW)


def undo(world: World, batch_id: UUID, who: str = "chief") -> IntakeBatch:
    """Take a list back."""
    with world.writing(who) as db:
        return service.undo(db, world.actors[who], batch_id, now=NOW)


def dump(world: World) -> dict[str, list[dict[str, Any]]]:
    """Return every row of the tables a list can change, but for revisions, which only go on."""
    found = {}
    with world.database.system("a test's look at its tables") as connection:
        for name, table in TABLES.items():
            columns = sa.inspect(table).local_table
            rows = connection.execute(sa.select(columns).order_by(columns.c.id)).mappings()
            found[name] = [
                {key: value for key, value in row.items() if key != "revision"} for row in rows
            ]
    return found


def count(world: World, table: type[SQLModel]) -> int:
    """Return how many rows a table has."""
    with world.database.system("a test's count") as connection:
        target = sa.inspect(table).local_table
        return int(connection.execute(sa.select(sa.func.count()).select_from(target)).scalar_one())
