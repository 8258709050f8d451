"""Tampering with real databases, found by the verifier that reads the file itself."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crm.kernel.db import Database
from crm.seals.sealing import seal
from crm.seals.signing import log_signer
from crm.seals.verify import Note, Report, database_trail, examine
from tests.proof.tampering import TAMPERINGS, honest, tampering_is_found
from tests.support.seals_acts import MINUTE, SECOND, record
from tests.support.world import NOW, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SIGNER = log_signer(bytes(32))
UNTOUCHED = Report(12, 3, 0, [])

STATEMENTS = {
    "UPDATE audit_entry SET unit_name = '別の課' WHERE rowid = 7": (7, "changed"),
    "UPDATE audit_entry SET detail = '{\"count\": 99}' WHERE rowid = 5": (5, "changed"),
    "UPDATE audit_entry SET subject_id = randomblob(16) WHERE rowid = 12": (12, "changed"),
    "UPDATE audit_entry SET detail = 'no JSON' WHERE rowid = 2": (2, "unreadable"),
    "DELETE FROM audit_entry WHERE rowid = 9": (9, "missing"),
    "DELETE FROM audit_leaf WHERE seq = 4": (4, "gap"),
    "DELETE FROM audit_leaf WHERE seq > 8": (9, "cut_off"),
    "UPDATE audit_leaf SET seq = seq + 100 WHERE seq = 12": (12, "gap"),
    "UPDATE checkpoint SET root = randomblob(32) WHERE size = 8": (5, "signature"),
    "UPDATE checkpoint SET root = 'x' WHERE size = 4": (1, "unreadable"),
    "DELETE FROM checkpoint WHERE size = 4": (1, "chain"),
    "DELETE FROM checkpoint": (1, "unsigned"),
    "INSERT INTO audit_subject SELECT id, randomblob(16), 'person', agency_id"
    " FROM audit_entry WHERE rowid = 6": (6, "subjects"),
}


@pytest.fixture
def trail(world: World) -> World:
    """A world with three batches of four entries sealed."""
    for turn in range(3):
        record(world, 4, at=NOW + turn * SECOND)
        seal(world.database, SIGNER, NOW + turn * SECOND, look_back=MINUTE)
    return world


def examined(database: Database, outside: list[Note] | None = None) -> Report:
    with database_trail(Path(database.engine.url.database or "")) as found:
        return examine(found, [SIGNER.key], outside or [])


def tamper(database: Database, statement: str) -> None:
    """Do as a program of one's own does, which minds neither triggers nor foreign keys."""
    with closing(sqlite3.connect(database.engine.url.database or "")) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in found.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_of_a_superuser_is_found(trail: World, statement: str) -> None:
    before = examined(trail.database)
    tamper(trail.database, statement)
    first = examined(trail.database).findings[0]
    assert (before, (first.seq, first.kind)) == (UNTOUCHED, STATEMENTS[statement])


def test_the_trail_the_proof_tampers_with_is_whole(trail: World) -> None:
    del trail
    assert (honest().examined(), tampering_is_found.quick > len(TAMPERINGS)) == (
        Report(64, 6, 0, []),
        True,
    )
