"""Sealing: every entry once, in a dense order, whoever seals and however often."""

import datetime as dt
import threading
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm.kernel.db import Database
from crm.seals.models import Checkpoint
from crm.seals.queries import whole_trail
from crm.seals.sealing import BATCH, BrokenTrail, seal
from crm.seals.signing import Signer, log_signer
from crm.seals.verify import Report, examine
from tests.support.seals_acts import MINUTE, SECOND, record, unguarded
from tests.support.world import NOW, World

SIGNER = log_signer(bytes(32))


def checked(database: Database, signer: Signer = SIGNER) -> Report:
    with database.reading(None) as db:
        return examine(whole_trail(db), [signer.key])


def test_what_was_recorded_is_sealed_once(world: World) -> None:
    record(world, 3)
    first = seal(world.database, SIGNER, NOW, look_back=MINUTE)
    again = seal(world.database, SIGNER, NOW + SECOND, look_back=MINUTE)
    assert (first, again, checked(world.database)) == (3, 0, Report(3, 1, 0, []))


def test_each_batch_has_a_checkpoint_that_grows_on_from_the_one_before(world: World) -> None:
    record(world, BATCH + 2)
    sealed = seal(world.database, SIGNER, NOW, look_back=MINUTE)
    record(world, 1, at=NOW + SECOND)
    sealed += seal(world.database, SIGNER, NOW + SECOND, look_back=MINUTE)
    record(world, 2, at=NOW + SECOND)
    assert (sealed, checked(world.database)) == (BATCH + 3, Report(BATCH + 3, 3, 2, []))


def test_an_entry_with_an_old_key_waits_for_the_sweep(world: World) -> None:
    record(world, 1)
    seal(world.database, SIGNER, dt.datetime.now(dt.UTC), look_back=MINUTE)
    record(world, 1, key=UUID(int=1 << 80))
    by_the_second = seal(world.database, SIGNER, NOW + SECOND, look_back=MINUTE)
    by_the_hour = seal(world.database, SIGNER, NOW + SECOND, look_back=None)
    assert (by_the_second, by_the_hour) == (0, 1)


def test_two_sealers_at_once_seal_everything_once(world: World) -> None:
    record(world, 2 * BATCH)
    failed: list[Exception] = []

    def work() -> None:
        try:
            seal(world.database, SIGNER, NOW, look_back=MINUTE)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test names it
            failed.append(fault)

    sealers = [threading.Thread(target=work) for _ in range(3)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    seal(world.database, SIGNER, NOW, look_back=MINUTE)
    assert (failed, checked(world.database)) == ([], Report(2 * BATCH, 2, 0, []))


@pytest.mark.as_owner
@pytest.mark.parametrize("column", ["root", "edge", "signature"])
def test_nothing_is_added_to_a_checkpoint_that_was_changed(world: World, column: str) -> None:
    record(world, 3)
    seal(world.database, SIGNER, NOW, look_back=MINUTE)
    with unguarded(world.database) as connection:
        connection.execute(
            sa.update(Checkpoint).values({column: bytes(32)}).execution_options(system="a test")
        )
    record(world, 1)
    with pytest.raises(BrokenTrail):
        seal(world.database, SIGNER, NOW + SECOND, look_back=MINUTE)


def test_a_new_key_of_the_installation_goes_on_and_both_are_needed(world: World) -> None:
    other = log_signer(bytes([1]) * 32)
    record(world, 2)
    seal(world.database, SIGNER, NOW, look_back=MINUTE)
    record(world, 2)
    seal(world.database, other, NOW + SECOND, look_back=MINUTE)
    with world.database.reading(None) as db:
        both = examine(whole_trail(db), [SIGNER.key, other.key])
    kinds = [finding.kind for finding in checked(world.database).findings]
    assert (both, kinds) == (Report(4, 2, 0, []), ["unknown_key"])
