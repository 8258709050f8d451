"""What offices of a sample give each other is what the product itself would give them today."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.kernel.actor import Actor, AgencyKind, Role
from crm.kernel.db import Database
from crm.samples.loader import load_sample
from crm.samples.police import Sample
from crm.sharing.publishing import refresh_copies
from tests.samples.conftest import TODAY

NOW = dt.datetime.combine(TODAY, dt.time(5), tzinfo=dt.UTC)
COPIES = ("published_contact", "published_note", "contact_link", "provision_record")
PARTNERS = {
    AgencyKind.MUNICIPALITY,
    AgencyKind.BOARD_OF_EDUCATION,
    AgencyKind.FIRE,
}


def stored(database: Database, name: str) -> list[dict[str, Any]]:
    table = SQLModel.metadata.tables[name]
    with database.system("test") as connection:
        found = connection.execute(sa.select(table).order_by(table.c.id)).mappings()
        return [dict(row) for row in found]


def chief_of(database: Database, agreement: dict[str, Any]) -> Actor:
    """Return the chief who made an agreement, as the product would know them."""
    (account,) = (
        row for row in stored(database, "account") if row["id"] == agreement["created_by"]
    )
    (unit_id,) = (
        row["unit_id"]
        for row in stored(database, "staff_assignment")
        if row["staff_id"] == account["staff_id"] and row["valid_to"] is None
    )
    called = {row["unit_id"]: row["name"] for row in stored(database, "unit_placement")}
    (agency,) = (row for row in stored(database, "agency") if row["id"] == agreement["agency_id"])
    return Actor(
        account_id=account["id"],
        staff_id=account["staff_id"],
        agency_id=agency["id"],
        unit_id=unit_id,
        station_id=agreement["station_id"],
        roles=frozenset({Role.SECTION_CHIEF}),
        name="",
        unit_name=called[unit_id],
        station_name=called[agreement["station_id"]],
        agency_kind=agency["kind"],
        agency_name=agency["name"],
    )


@pytest.mark.parametrize("seed", [7, 8])
def test_the_product_finds_nothing_to_change_in_the_copies(database: Database, seed: int) -> None:
    load_sample(database, "small", seed=seed, today=TODAY, password_hash="")
    before = {name: stored(database, name) for name in COPIES}

    for agreement in stored(database, "sharing_agreement"):
        actor = chief_of(database, agreement)
        with database.writing(actor) as db:
            refresh_copies(db, actor, now=NOW)

    assert {name: stored(database, name) for name in COPIES} == before
    assert len(before["published_contact"]) > 20
    assert len(before["published_note"]) > 5


def test_copies_say_nothing_that_agreement_and_consent_do_not_both_name(sample: Sample) -> None:
    tables = sample.tables
    ceiling = {row["id"]: set(row["fields"]) for row in tables["sharing_agreement"]}
    once = {row["id"]: set(row["fields"]) for row in tables["disclosure"]}
    holders = {
        (row["station_id"], row["reference"]): row["person_id"] or row["organization_id"]
        for row in tables["contact_link"]
    }
    agreed = agreed_today(sample)

    for copy in tables["published_contact"]:
        holder = holders[copy["giver_station_id"], copy["reference"]]
        if copy["basis_id"] in once:
            assert set(copy["fields"]) == once[copy["basis_id"]]
            continue
        named = agreed[holder, copy["recipient_agency_id"]]
        assert set(copy["fields"]) == ceiling[copy["basis_id"]] & named
        assert "name" in copy["fields"]
    assert any(fields - ceiling_ for fields in agreed.values() for ceiling_ in ceiling.values())


def agreed_today(sample: Sample) -> dict[tuple[UUID, UUID], set[str]]:
    newest: dict[UUID, UUID] = {}
    for record in sorted(sample.tables["consent_record"], key=lambda row: row["decided_on"]):
        newest[record["person_id"] or record["organization_id"]] = record["id"]
    holder_of = {record_id: holder for holder, record_id in newest.items()}
    return {
        (holder_of[grant["record_id"]], grant["recipient_agency_id"]): set(grant["fields"])
        for grant in sample.tables["consent_grant"]
        if grant["record_id"] in holder_of and grant["recipient_agency_id"]
    }


def test_what_is_not_given_stands_nowhere_in_a_copy(sample: Sample) -> None:
    columns = {
        "name": "name",
        "reading": "kana",
        "post": "post",
        "areas": "areas",
        "phone": "phone",
        "address": "address",
    }
    for copy in sample.tables["published_contact"]:
        said = {field for field, column in columns.items() if copy[column]}
        assert said <= set(copy["fields"])
    assert {"address", "areas"} <= {
        field
        for copy in sample.tables["published_contact"]
        for field in set(columns) - set(copy["fields"])
    }


def test_notes_are_told_only_where_consent_names_notes(sample: Sample) -> None:
    may = {
        (copy["giver_station_id"], copy["reference"], copy["basis_id"])
        for copy in sample.tables["published_contact"]
        if "notes" in copy["fields"]
    }
    for note in sample.tables["published_note"]:
        assert (note["giver_station_id"], note["reference"], note["basis_id"]) in may


def test_both_sides_recognize_some_of_whom_they_were_given(sample: Sample) -> None:
    givers = {
        (copy["giver_station_id"], copy["reference"]) for copy in sample.tables["published_contact"]
    }
    recognized = [
        link
        for link in sample.tables["contact_link"]
        if (link["other_station_id"], link["reference"]) in givers
    ]
    kinds = {agency["id"]: agency["kind"] for agency in sample.tables["agency"]}

    assert {kinds[link["agency_id"]] for link in recognized} == {
        AgencyKind.PREFECTURAL_POLICE,
        AgencyKind.MUNICIPALITY,
    }


def test_no_foreign_key_crosses_agencies(sample: Sample) -> None:
    shared = {"agency", "area", "post_type"}
    owner = {
        row["id"]: row["agency_id"]
        for name, rows in sample.tables.items()
        if name not in shared and "agency_id" in rows[0]
        for row in rows
    }
    crossing = []
    for table in SQLModel.metadata.tables.values():
        keys = [key for key in table.foreign_keys if key.column.table.name not in shared]
        for row in sample.tables.get(table.name, ()):
            for key in keys:
                referred = row[key.parent.name]
                if referred is not None and owner[referred] != row["agency_id"]:
                    crossing.append((table.name, key.parent.name))
    assert crossing == []
    assert {agency["kind"] for agency in sample.tables["agency"]} == {
        AgencyKind.PREFECTURAL_POLICE,
        *PARTNERS,
    }


def test_items_handed_over_could_be(sample: Sample) -> None:
    items = {row["id"]: row for row in sample.tables["information_item"]}
    notes = {row["id"]: row for row in sample.tables["activity_note"]}

    for handed in sample.tables["note_information"]:
        item, day = items[handed["item_id"]], notes[handed["note_id"]]["happened_at"].date()
        assert item["handling"] in {"liaisons", "public"}
        assert item["valid_from"] <= day <= item["valid_to"]
        assert item["station_id"] == handed["station_id"]
    assert len(sample.tables["note_information"]) > 20
