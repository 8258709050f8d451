"""Agreements, published copies and the record of provision."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import drop_columns, only_add

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sharing_agreement",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("recipient_agency_id", columns.Key(), nullable=False),
        sa.Column("recipient_station_id", columns.Key(), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("conditions", sa.String(length=500), nullable=False),
        sa.Column("retention", sa.String(length=200), nullable=False),
        sa.Column("inquiries", sa.String(length=120), nullable=False),
        sa.Column("ended_reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_sharing_agreement_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_sharing_agreement_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_agreement")),
    )
    op.create_table(
        "disclosure",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("recipient_agency_id", columns.Key(), nullable=False),
        sa.Column("recipient_station_id", columns.Key(), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "law",
                "consent",
                "internal_need",
                "public_body",
                "statistics_or_benefit",
                name="disclosurebasis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", columns.Key(), nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_disclosure_one_holder"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_disclosure_agency_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_disclosure_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_disclosure_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disclosure_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_disclosure_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index(
        "ix_disclosure_organization_id", "disclosure", ["organization_id"], unique=False
    )
    op.create_index("ix_disclosure_person_id", "disclosure", ["person_id"], unique=False)
    op.create_table(
        "disclosure_end",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("disclosure_id", columns.Key(), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=False),
        sa.Column("ended_by", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_disclosure_end_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_disclosure_end_disclosure_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["staff.id"], name=op.f("fk_disclosure_end_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_disclosure_end_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_end")),
        sa.UniqueConstraint("disclosure_id", name=op.f("uq_disclosure_end_disclosure_id")),
    )
    op.create_table(
        "contact_link",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("reference", columns.Key(), nullable=False),
        sa.Column("other_agency_id", columns.Key(), nullable=False),
        sa.Column("other_station_id", columns.Key(), nullable=False),
        sa.Column("linked_at", columns.Moment(), nullable=False),
        sa.Column("linked_by", columns.Key(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_contact_link_one_holder"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_contact_link_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["linked_by"], ["account.id"], name=op.f("fk_contact_link_linked_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_contact_link_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_link_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_contact_link_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_link")),
        sa.UniqueConstraint(
            "station_id", "reference", name=op.f("uq_contact_link_station_id_reference")
        ),
    )
    op.create_index(
        "ix_contact_link_organization_id", "contact_link", ["organization_id"], unique=False
    )
    op.create_index("ix_contact_link_person_id", "contact_link", ["person_id"], unique=False)
    op.create_table(
        "published_contact",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("giver_agency_id", columns.Key(), nullable=False),
        sa.Column("giver_station_id", columns.Key(), nullable=False),
        sa.Column("giver_name", sa.String(length=120), nullable=False),
        sa.Column("recipient_agency_id", columns.Key(), nullable=False),
        sa.Column("recipient_station_id", columns.Key(), nullable=False),
        sa.Column("reference", columns.Key(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "standing",
                "disclosure",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("basis_id", columns.Key(), nullable=False),
        sa.Column("basis_text", sa.String(length=300), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("conditions", sa.String(length=500), nullable=False),
        sa.Column("retention", sa.String(length=200), nullable=False),
        sa.Column("inquiries", sa.String(length=120), nullable=False),
        sa.Column("is_person", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kana", sa.String(length=160), nullable=False),
        sa.Column("kana_sort", columns.SortKey, nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("is_liaison", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("published_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_contact")),
        sa.UniqueConstraint(
            "giver_station_id",
            "reference",
            "basis_id",
            name=op.f("uq_published_contact_giver_station_id_reference_basis_id"),
        ),
    )
    op.create_index(
        "ix_published_contact_giver_station_id",
        "published_contact",
        ["giver_station_id"],
        unique=False,
    )
    op.create_index(
        "ix_published_contact_recipient_station_id",
        "published_contact",
        ["recipient_station_id"],
        unique=False,
    )
    op.create_index(
        "ix_published_contact_recipient_station_id_kana_sort",
        "published_contact",
        ["recipient_station_id", "kana_sort"],
        unique=False,
    )
    op.create_index(
        "ix_published_contact_reference", "published_contact", ["reference"], unique=False
    )
    op.create_table(
        "published_note",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("giver_agency_id", columns.Key(), nullable=False),
        sa.Column("giver_station_id", columns.Key(), nullable=False),
        sa.Column("giver_name", sa.String(length=120), nullable=False),
        sa.Column("recipient_agency_id", columns.Key(), nullable=False),
        sa.Column("recipient_station_id", columns.Key(), nullable=False),
        sa.Column("reference", columns.Key(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "standing",
                "disclosure",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("basis_id", columns.Key(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("happened_at", columns.Moment(), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("published_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_note")),
        sa.UniqueConstraint(
            "note_id",
            "reference",
            "recipient_station_id",
            name=op.f("uq_published_note_note_id_reference_recipient_station_id"),
        ),
    )
    op.create_index(
        "ix_published_note_giver_station_id", "published_note", ["giver_station_id"], unique=False
    )
    op.create_index(
        "ix_published_note_recipient_station_id",
        "published_note",
        ["recipient_station_id"],
        unique=False,
    )
    op.create_index("ix_published_note_reference", "published_note", ["reference"], unique=False)
    op.create_table(
        "published_information",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("giver_agency_id", columns.Key(), nullable=False),
        sa.Column("giver_station_id", columns.Key(), nullable=False),
        sa.Column("giver_name", sa.String(length=120), nullable=False),
        sa.Column("recipient_agency_id", columns.Key(), nullable=False),
        sa.Column("recipient_station_id", columns.Key(), nullable=False),
        sa.Column("item_id", columns.Key(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("issue_number", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("handling", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("published_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "handling <> 'station_only'", name=op.f("ck_published_information_handling")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_information")),
        sa.UniqueConstraint(
            "item_id",
            "recipient_station_id",
            name=op.f("uq_published_information_item_id_recipient_station_id"),
        ),
    )
    op.create_index(
        "ix_published_information_giver_station_id",
        "published_information",
        ["giver_station_id"],
        unique=False,
    )
    op.create_index(
        "ix_published_information_recipient_station_id",
        "published_information",
        ["recipient_station_id"],
        unique=False,
    )
    op.create_table(
        "provision_record",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("reference", columns.Key(), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", columns.Key(), nullable=False),
        sa.Column("recipient_agency_id", columns.Key(), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "standing",
                "disclosure",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("basis_id", columns.Key(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("by_account_id", columns.Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_provision_record_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_provision_record_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_record")),
    )
    op.create_index(
        "ix_provision_record_reference", "provision_record", ["reference"], unique=False
    )
    op.create_index(
        "ix_provision_record_subject_id", "provision_record", ["subject_id"], unique=False
    )
    op.add_column("consent_grant", sa.Column("recipient_agency_id", columns.Key(), nullable=True))
    op.add_column(
        "consent_grant", sa.Column("fields", sa.JSON(), nullable=False, server_default="[]")
    )
    only_add("disclosure", "disclosure_end", "provision_record")


def downgrade() -> None:
    op.drop_table("provision_record")
    op.drop_table("published_information")
    op.drop_table("published_note")
    op.drop_table("published_contact")
    op.drop_table("contact_link")
    op.drop_table("disclosure_end")
    op.drop_table("disclosure")
    op.drop_table("sharing_agreement")
    drop_columns("consent_grant", "fields", "recipient_agency_id")
