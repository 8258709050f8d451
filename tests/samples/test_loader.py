"""Storing a sample: what was built is what is read, on both databases, and never over anything."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.kernel.db import Database
from crm.kernel.errors import Refused
from crm.samples import queries
from crm.samples.issued import issue_sample_roster
from crm.samples.loader import load_sample
from crm.samples.police import Sample, build_sample
from tests.samples.conftest import TODAY, digest, small_order

OTHER_PROCESS = """
from crm import features
from crm.samples.police import build_sample
from tests.samples.conftest import digest, small_order
print(digest(build_sample(small_order())))
"""


def test_rows_are_stored_as_they_were_built(database: Database) -> None:
    load_sample(database, "small", seed=7, today=TODAY, password_hash="")
    with database.system("test") as connection:
        post_types = queries.post_types_by_code(connection)
        stored = {
            table.name: [
                dict(row)
                for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings()
            ]
            for table in SQLModel.metadata.sorted_tables
            if table.name in EXPECTED_TABLES
        }

    built = build_sample(small_order(post_types=post_types)).tables

    assert set(built) == EXPECTED_TABLES
    for name, rows in stored.items():
        assert rows == sorted(built[name], key=lambda row: row["id"]), name


def test_a_database_in_use_is_refused_and_has_a_roster_issued_by_its_verbs(
    database: Database,
) -> None:
    load_sample(database, "small", seed=7, today=TODAY, password_hash="")
    issue_sample_roster(database, TODAY)
    with database.system("test") as connection:
        counts = {
            name: connection.scalar(
                sa.select(sa.func.count()).select_from(SQLModel.metadata.tables[name])
            )
            for name in MADE_BY_VERBS
        }

    assert counts == MADE_BY_VERBS
    with pytest.raises(Refused, match="機関がすでに登録されています"):
        load_sample(database, "small", seed=8, today=TODAY, password_hash="")


def test_another_seed_gives_other_people(sample: Sample) -> None:
    other = build_sample(small_order(seed=8))
    assert sample.tables["person"][0]["id"] != other.tables["person"][0]["id"]
    assert [row["search_key"] for row in sample.tables["person"]] != [
        row["search_key"] for row in other.tables["person"]
    ]


def test_the_same_seed_gives_the_same_rows_in_any_process(sample: Sample) -> None:
    # the order of a set of texts depends on the process; none may reach the rows
    ran = subprocess.run(  # noqa: S603 - this interpreter on a text of this file
        [sys.executable, "-c", OTHER_PROCESS],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert ran.stdout.strip() == digest(sample)


MADE_BY_VERBS = {
    "approval": 1,
    "approval_step": 2,
    "export": 1,
    "export_fetch": 1,
    "export_file": 1,
    "roster_copy": 4,
    "roster_copy_act": 2,
    "roster_document": 1,
    "roster_issue": 1,
}
"""What is done with the sample's rows once they are stored, as members of staff would."""
EXPECTED_TABLES = {
    "acceptance_record",
    "account",
    "activity_note",
    "agency",
    "agenda_item",
    "appointment",
    "approach",
    "area",
    "beat_brief",
    "body",
    "body_member",
    "brief_reading",
    "candidate_step",
    "community_request",
    "consent_grant",
    "consent_record",
    "contact_link",
    "disclosure",
    "information_file",
    "information_item",
    "liaison_candidate",
    "liaison_term",
    "liaison_term_area",
    "meeting",
    "meeting_matter",
    "meeting_party",
    "meeting_sequel",
    "meeting_series",
    "minutes_section",
    "minutes_version",
    "note_companion",
    "note_correction",
    "note_information",
    "note_organization",
    "note_person",
    "note_staff",
    "organization",
    "person",
    "provision_record",
    "published_contact",
    "published_information",
    "published_note",
    "published_request",
    "published_site",
    "quiet_period",
    "request_party",
    "request_step",
    "sharing_agreement",
    "shift_confirmation",
    "shift_message",
    "site_issue",
    "site_photo",
    "staff",
    "staff_assignment",
    "station_phrase",
    "strengthening_area",
    "strengthening_day",
    "strengthening_target",
    "strengthening_unit",
    "telephone",
    "unit",
    "unit_jurisdiction",
    "unit_placement",
    "visit_cadence",
}
