"""PostgreSQL's own policies, with the product's rules out of the way: every table, every asker."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.access.queries import actor_by_login
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.kernel.fence import OF_THE_AGENCY, tell
from crm.samples.loader import load_sample

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

TODAY = dt.date(2026, 11, 20)
TABLES = tuple(SQLModel.metadata.sorted_tables)
PUBLIC = {"agency", "post_type"}
OPEN = {"area", "audit_leaf", "checkpoint", "countersigned", "witness_signature"}
LOGINS = ("officer", "hq", "admin", "city", "city-admin")


def test_every_table_is_fenced_also_against_its_owner(database: Database) -> None:
    with database.system("a test") as connection:
        fenced = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity"
            " AND relforcerowsecurity"
        ).scalars()
        policies = connection.exec_driver_sql(
            "SELECT tablename, count(*) FROM pg_policies GROUP BY tablename"
        )
        assert set(fenced) == {table.name for table in TABLES}
        assert {row[0]: row[1] for row in policies} == {table.name: 4 for table in TABLES}


def test_product_works_as_a_role_that_owns_and_passes_nothing(database: Database) -> None:
    with database.system("a test") as connection:
        passes = connection.exec_driver_sql(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
            " FROM pg_roles WHERE rolname = current_user"
        ).scalar_one()
        owns = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        ).scalar_one()
    assert (passes, owns) == (False, 0)


def test_fence_alone_shows_what_is_the_askers(database: Database) -> None:
    load_sample(database, "small", seed=7, today=TODAY, password_hash="")
    with database.system("a test") as connection:
        everything = {table.name: rows_of(connection, table) for table in TABLES}
    for login in LOGINS:
        with database.reading(None) as db:
            actor = actor_by_login(db, login, TODAY)
        assert actor is not None, login
        with database.engine.connect() as connection:
            tell(connection, actor)
            for table in TABLES:
                expected = {
                    key for key, row in everything[table.name].items() if is_own(table, row, actor)
                }
                assert set(rows_of(connection, table)) == expected, (login, table.name)


def test_whoever_does_not_say_who_asks_sees_nothing(database: Database) -> None:
    load_sample(database, "small", seed=7, today=TODAY, password_hash="")
    with database.engine.connect() as connection:
        seen = {table.name for table in TABLES if rows_of(connection, table)}
    assert seen == PUBLIC


def test_row_of_another_station_is_refused(database: Database) -> None:
    load_sample(database, "small", seed=7, today=TODAY, password_hash="")
    with database.reading(None) as db:
        officer, other = actor_by_login(db, "officer", TODAY), actor_by_login(db, "city", TODAY)
    assert officer is not None
    assert other is not None
    with database.engine.connect() as connection:
        tell(connection, officer)
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security") as refused:
            connection.exec_driver_sql(
                "INSERT INTO telephone (id, agency_id, station_id, raw, kind, position, last4,"
                " extension, label) VALUES (gen_random_uuid(), %s, %s, '1', 'landline', 0, '', '',"
                " '')",
                (other.agency_id, other.station_id),
            )
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def rows_of(connection: sa.Connection, table: sa.Table) -> dict[Any, Mapping[str, Any]]:
    found = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings()
    keys = [column.name for column in table.primary_key]
    return {tuple(row[key] for key in keys): row for row in found}


def is_own(table: sa.Table, row: Mapping[str, Any], actor: Actor) -> bool:
    """Whether a row is the asker's by the coarse rule: own agency, own station, published to it."""
    if table.name in PUBLIC | OPEN:
        return True
    everywhere = actor.station_id is None or actor.has(*OF_THE_AGENCY)
    if "giver_agency_id" in row:
        return any(
            row[f"{side}_agency_id"] == actor.agency_id
            and (everywhere or row[f"{side}_station_id"] == actor.station_id)
            for side in ("giver", "recipient")
        )
    if "agency_id" in row:
        if row["agency_id"] is None:
            return True
        narrower = "station_id" in row and not table.c.station_id.nullable
        if not narrower or everywhere:
            return bool(row["agency_id"] == actor.agency_id)
        return bool(row["station_id"] == actor.station_id)
    return "account_id" in row and row["account_id"] == actor.account_id
