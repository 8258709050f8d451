"""What begins on a day is given in its night, by the product itself, office by office."""

import datetime as dt
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from crm.areas.models import Area
from crm.jobs.errands import for_each_office
from crm.jobs.queries import product_at_offices
from crm.kernel.actor import NOBODY, Actor
from crm.kernel.audit import AuditEntry
from crm.kernel.db import Database
from crm.sharing.errands import refresh_every_copy
from crm.sharing.models import ContactLink, ProvisionRecord, SharingAgreement
from tests.sharing.acts import agreed, copies, liaison
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)


def test_agreement_that_begins_tomorrow_is_given_in_the_night(world: World) -> None:
    agreed(world, valid_from=TODAY + DAY)
    holder = liaison(world)

    refresh_every_copy(world.database, NOW)
    before = copies(world, holder)
    refresh_every_copy(world.database, NOW + DAY)

    assert before == []
    assert [copy.name for copy in copies(world, holder)] == ["桒原 健太"]
    with world.reading("chief") as db:
        assert db.exec(select(ContactLink.linked_by)).one() is None
        assert db.exec(select(ProvisionRecord.by_account_id)).one() is None


def test_copy_past_its_day_is_removed_in_the_night(world: World) -> None:
    agreed(world, valid_to=TODAY)
    liaison(world)

    refresh_every_copy(world.database, NOW + DAY)

    assert copies(world) == []


def test_area_called_otherwise_is_given_so_in_the_night(world: World) -> None:
    agreed(world)
    holder = liaison(world)
    with world.database.system("a test's world") as connection:
        connection.execute(
            sa.update(Area)
            .where(col(Area.id) == world.areas["みなと町自治会"])
            .values(name="みなと中央自治会")
        )

    refresh_every_copy(world.database, NOW + DAY)

    assert [copy.areas for copy in copies(world, holder)] == ["みなと中央自治会"]


def test_product_is_named_in_the_audit_trail(world: World) -> None:
    agreed(world, valid_from=TODAY + DAY)
    liaison(world)

    refresh_every_copy(world.database, NOW + DAY)

    with world.reading("auditor") as db:
        statement = select(
            AuditEntry.actor_name, AuditEntry.account_id, AuditEntry.unit_name, AuditEntry.agency_id
        ).where(AuditEntry.action == "copy.published")
        who = db.exec(statement).one()
    assert who == ("つながり台帳", NOBODY, "若葉署", world.agency_id)


def test_product_at_an_office_reads_no_further_than_its_staff(world: World) -> None:
    agreed(world)
    with world.database.reading(None) as db:
        offices = product_at_offices(db, TODAY)

    found: dict[str, int] = {}
    for office in offices:
        with world.database.reading(office) as db:
            found[office.unit_name] = len(db.exec(select(SharingAgreement.id)).all())

    assert found == {"若葉署": 1, "港南署": 0, "架空市役所": 0}


def test_office_that_fails_keeps_no_other_from_its_turn(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[UUID] = []

    def act(database: Database, office: Actor, now: dt.datetime) -> None:
        del database, now
        if office.unit_id == world.units["若葉署"]:
            raise ZeroDivisionError
        done.append(office.unit_id)

    with pytest.raises(RuntimeError, match="1 of 3 offices failed"):
        for_each_office(world.database, NOW, act)

    assert sorted(done) == sorted(world.units[name] for name in ("港南署", "架空市役所"))
    assert len(caplog.records) == 1
