"""the tables of the first walk."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "agency",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "prefectural_police",
                "municipality",
                "board_of_education",
                "fire",
                name="agencykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_agency_name")),
    )
    op.create_table(
        "area",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "association_area",
                "elementary_district",
                "junior_high_district",
                "municipality",
                "town_block",
                "koban_area",
                name="areakind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kana", sa.String(length=120), nullable=False),
        sa.Column("kana_sort", columns.SortKey, nullable=False),
        sa.Column("polygon", columns.Shape(), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
    )
    op.create_index(
        "ix_area_kind_municipality_code_name",
        "area",
        ["kind", "municipality_code", "name"],
        unique=False,
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=True),
        sa.Column("agency_id", columns.Key(), nullable=True),
        sa.Column("unit_id", columns.Key(), nullable=True),
        sa.Column("roles", sa.String(length=120), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("session_key", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", columns.Key(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_account_id"), "audit_entry", ["account_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_subject_id"), "audit_entry", ["subject_id"], unique=False)
    op.create_table(
        "post_type",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "territorial",
                "police_volunteer",
                "school",
                "business",
                "municipal",
                "council",
                name="postcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_type")),
        sa.UniqueConstraint("code", name=op.f("uq_post_type_code")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", columns.Moment(), nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_sign_in_attempt_failures")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempt")),
    )
    op.create_table(
        "staff",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("family_name", sa.String(length=60), nullable=False),
        sa.Column("given_name", sa.String(length=60), nullable=False),
        sa.Column("family_kana", sa.String(length=60), nullable=False),
        sa.Column("given_kana", sa.String(length=60), nullable=False),
        sa.Column("staff_no", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_staff_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_table(
        "unit",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "headquarters",
                "hq_division",
                "station",
                "section",
                "koban",
                "chuzaisho",
                "beat",
                name="unitkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("network_office", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_unit_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_table(
        "account",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("staff_id", columns.Key(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_account_agency_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_account_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_account_staff_id")),
    )
    op.create_table(
        "activity_note",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("author_id", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column(
            "occasion",
            sa.Enum(
                "patrol_visit",
                "patrol",
                "meeting",
                "campaign",
                "phone",
                "at_station",
                "other",
                name="occasion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "met",
                "absent",
                "phone",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_at", columns.Moment(), nullable=False),
        sa.Column("heard", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("needs_reply", sa.Boolean(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("client_key", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_activity_note_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff.id"], name=op.f("fk_activity_note_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_activity_note_station_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_activity_note_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_note")),
        sa.UniqueConstraint(
            "author_id", "client_key", name=op.f("uq_activity_note_author_id_client_key")
        ),
    )
    op.create_index(
        "ix_activity_note_station_id_happened_at",
        "activity_note",
        ["station_id", "happened_at"],
        unique=False,
    )
    op.create_table(
        "organization",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "neighborhood_association",
                "community_council",
                "school",
                "preschool",
                "community_center",
                "shopkeepers_association",
                "volunteer_group",
                "business",
                "public_facility",
                "other",
                name="organizationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kana", sa.String(length=160), nullable=False),
        sa.Column("kana_sort", columns.SortKey, nullable=False),
        sa.Column("kana_row", sa.String(length=1), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("parent_id", columns.Key(), nullable=True),
        sa.Column("area_id", columns.Key(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("care_note", sa.String(length=500), nullable=False),
        sa.Column("external_key", sa.String(length=160), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_organization_agency_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_organization_area_id")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_organization_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_index(
        "ix_organization_station_id_external_key",
        "organization",
        ["station_id", "external_key"],
        unique=False,
    )
    op.create_index(
        "ix_organization_station_id_kana_sort",
        "organization",
        ["station_id", "kana_sort"],
        unique=False,
    )
    op.create_table(
        "person",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("family_name", sa.String(length=60), nullable=False),
        sa.Column("given_name", sa.String(length=60), nullable=False),
        sa.Column("family_kana", sa.String(length=60), nullable=False),
        sa.Column("given_kana", sa.String(length=60), nullable=False),
        sa.Column("name_as_given", sa.String(length=120), nullable=False),
        sa.Column("kana_sort", columns.SortKey, nullable=False),
        sa.Column("kana_row", sa.String(length=1), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("care_note", sa.String(length=500), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_person_agency_id")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_person_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(
        "ix_person_station_id_kana_sort", "person", ["station_id", "kana_sort"], unique=False
    )
    op.create_table(
        "roster_issue",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "profile",
            sa.Enum(
                "station",
                "meeting",
                name="rosterprofile",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "format",
            sa.Enum(
                "xlsx",
                "pdf",
                name="rosterformat",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.String(length=120), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("issued_at", columns.Moment(), nullable=False),
        sa.Column("issued_by", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_roster_issue_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["staff.id"], name=op.f("fk_roster_issue_issued_by")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_roster_issue_station_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roster_issue_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_issue")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_roster_issue_station_id_number")),
    )
    op.create_table(
        "staff_assignment",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("staff_id", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "officer",
                "section_chief",
                "station_chief",
                "hq_viewer",
                "system_administrator",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_staff_assignment_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_assignment_staff_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_staff_assignment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_assignment")),
    )
    op.create_index("ix_staff_assignment_staff_id", "staff_assignment", ["staff_id"], unique=False)
    op.create_table(
        "unit_jurisdiction",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("area_id", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_unit_jurisdiction_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_unit_jurisdiction_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_unit_jurisdiction_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_jurisdiction")),
    )
    op.create_index("ix_unit_jurisdiction_area_id", "unit_jurisdiction", ["area_id"], unique=False)
    op.create_index("ix_unit_jurisdiction_unit_id", "unit_jurisdiction", ["unit_id"], unique=False)
    op.create_table(
        "unit_placement",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("parent_id", columns.Key(), nullable=True),
        sa.Column("station_id", columns.Key(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kana", sa.String(length=120), nullable=False),
        sa.Column("kana_sort", columns.SortKey, nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_unit_placement_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["unit.id"], name=op.f("fk_unit_placement_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_unit_placement_station_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_placement_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_placement")),
    )
    op.create_index("ix_unit_placement_station_id", "unit_placement", ["station_id"], unique=False)
    op.create_index(
        "ix_unit_placement_unit_id_valid_from",
        "unit_placement",
        ["unit_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "acceptance_record",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted",
                "declined",
                "withdrawn",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "oral",
                "written",
                "phone",
                name="consentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by", columns.Key(), nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_acceptance_record_one_holder"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_acceptance_record_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_acceptance_record_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_acceptance_record_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_acceptance_record_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_acceptance_record_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_record")),
    )
    op.create_index(
        op.f("ix_acceptance_record_organization_id"),
        "acceptance_record",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_acceptance_record_person_id"), "acceptance_record", ["person_id"], unique=False
    )
    op.create_table(
        "appointment",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=False),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("post_type_id", columns.Key(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_appointment_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_appointment_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["post_type_id"], ["post_type.id"], name=op.f("fk_appointment_post_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_appointment_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(
        op.f("ix_appointment_organization_id"), "appointment", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_appointment_person_id"), "appointment", ["person_id"], unique=False)
    op.create_table(
        "approach",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "oral",
                "written",
                "phone",
                name="consentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)", name=op.f("ck_approach_one_holder")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_approach_agency_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_approach_asked_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_approach_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approach_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_approach_station_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_approach_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approach")),
    )
    op.create_index(
        op.f("ix_approach_organization_id"), "approach", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_approach_person_id"), "approach", ["person_id"], unique=False)
    op.create_table(
        "consent_record",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("signatory", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.String(length=120), nullable=False),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "oral",
                "written",
                "phone",
                name="consentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by", columns.Key(), nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_consent_record_one_holder"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_consent_record_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_consent_record_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_record_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_consent_record_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_consent_record_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_record")),
    )
    op.create_index(
        op.f("ix_consent_record_organization_id"),
        "consent_record",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_consent_record_person_id"), "consent_record", ["person_id"], unique=False
    )
    op.create_table(
        "import_batch",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("applied_at", columns.Moment(), nullable=False),
        sa.Column("applied_by", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_import_batch_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["account.id"], name=op.f("fk_import_batch_applied_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "liaison_candidate",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("noticed_by", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_liaison_candidate_one_holder"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_liaison_candidate_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["noticed_by"], ["staff.id"], name=op.f("fk_liaison_candidate_noticed_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_liaison_candidate_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_liaison_candidate_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_liaison_candidate_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_liaison_candidate_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liaison_candidate")),
    )
    op.create_index(
        op.f("ix_liaison_candidate_organization_id"),
        "liaison_candidate",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_liaison_candidate_person_id"), "liaison_candidate", ["person_id"], unique=False
    )
    op.create_table(
        "note_correction",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=False),
        sa.Column("corrected_at", columns.Moment(), nullable=False),
        sa.Column("corrected_by", columns.Key(), nullable=False),
        sa.Column(
            "occasion",
            sa.Enum(
                "patrol_visit",
                "patrol",
                "meeting",
                "campaign",
                "phone",
                "at_station",
                "other",
                name="occasion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "met",
                "absent",
                "phone",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_at", columns.Moment(), nullable=False),
        sa.Column("heard", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_note_correction_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by"], ["staff.id"], name=op.f("fk_note_correction_corrected_by")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["activity_note.id"], name=op.f("fk_note_correction_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_note_correction_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_correction")),
    )
    op.create_index(
        op.f("ix_note_correction_note_id"), "note_correction", ["note_id"], unique=False
    )
    op.create_table(
        "note_organization",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=False),
        sa.Column("organization_id", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_note_organization_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["activity_note.id"], name=op.f("fk_note_organization_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_note_organization_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_note_organization_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_organization")),
        sa.UniqueConstraint(
            "note_id", "organization_id", name=op.f("uq_note_organization_note_id_organization_id")
        ),
    )
    op.create_index(
        op.f("ix_note_organization_organization_id"),
        "note_organization",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "note_person",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_note_person_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["activity_note.id"], name=op.f("fk_note_person_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_note_person_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_note_person_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_person")),
        sa.UniqueConstraint("note_id", "person_id", name=op.f("uq_note_person_note_id_person_id")),
    )
    op.create_index(op.f("ix_note_person_person_id"), "note_person", ["person_id"], unique=False)
    op.create_table(
        "note_reply",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_by", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_note_reply_agency_id")),
        sa.ForeignKeyConstraint(
            ["note_id"], ["activity_note.id"], name=op.f("fk_note_reply_note_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_note_reply_station_id")),
        sa.ForeignKeyConstraint(["told_by"], ["staff.id"], name=op.f("fk_note_reply_told_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_note_reply_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_reply")),
        sa.UniqueConstraint("note_id", name=op.f("uq_note_reply_note_id")),
    )
    op.create_table(
        "note_staff",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=False),
        sa.Column("staff_id", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_note_staff_agency_id")),
        sa.ForeignKeyConstraint(
            ["note_id"], ["activity_note.id"], name=op.f("fk_note_staff_note_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_note_staff_staff_id")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_note_staff_station_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_note_staff_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_staff")),
        sa.UniqueConstraint("note_id", "staff_id", name=op.f("uq_note_staff_note_id_staff_id")),
    )
    op.create_index(op.f("ix_note_staff_staff_id"), "note_staff", ["staff_id"], unique=False)
    op.create_table(
        "registration",
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
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("area_id", columns.Key(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_registration_agency_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_registration_area_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_registration_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_registration_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    op.create_index(op.f("ix_registration_area_id"), "registration", ["area_id"], unique=False)
    op.create_index(
        "ix_registration_station_id_scheme_number",
        "registration",
        ["station_id", "scheme", "number"],
        unique=False,
    )
    op.create_table(
        "sign_in_session",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("last_seen_at", columns.Moment(), nullable=False),
        sa.Column("expires_at", columns.Moment(), nullable=False),
        sa.Column("revoked_at", columns.Moment(), nullable=True),
        sa.Column("notice", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_session")),
    )
    op.create_index(
        op.f("ix_sign_in_session_account_id"), "sign_in_session", ["account_id"], unique=False
    )
    op.create_table(
        "telephone",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("raw", sa.String(length=80), nullable=False),
        sa.Column("e164", sa.String(length=20), nullable=True),
        sa.Column("extension", sa.String(length=10), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fixed",
                "mobile",
                "fax",
                "ip",
                "toll_free",
                "service",
                "internal",
                "other",
                name="phonekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)", name=op.f("ck_telephone_one_holder")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_telephone_agency_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_telephone_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_telephone_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_telephone_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone")),
    )
    op.create_index(
        op.f("ix_telephone_organization_id"), "telephone", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_telephone_person_id"), "telephone", ["person_id"], unique=False)
    op.create_index(
        "ix_telephone_station_id_last4", "telephone", ["station_id", "last4"], unique=False
    )
    op.create_table(
        "consent_grant",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("record_id", columns.Key(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "within_station",
                "hq_name",
                "municipality",
                "other_liaisons",
                "by_phone",
                "by_post",
                "by_fax",
                "by_email",
                "photo",
                name="consentscope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_consent_grant_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["consent_record.id"], name=op.f("fk_consent_grant_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_consent_grant_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_grant")),
    )
    op.create_index(
        op.f("ix_consent_grant_record_id"), "consent_grant", ["record_id"], unique=False
    )
    op.create_table(
        "liaison_term",
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
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.Column("acceptance_id", columns.Key(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("contact_person_id", columns.Key(), nullable=True),
        sa.Column("contact_needs_review", sa.Boolean(), nullable=False),
        sa.Column(
            "end_reason",
            sa.Enum(
                "own_wish",
                "moved",
                "deceased",
                "post_ended",
                "organization_dissolved",
                "other",
                name="endreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_liaison_term_one_holder"),
        ),
        sa.ForeignKeyConstraint(
            ["acceptance_id"], ["acceptance_record.id"], name=op.f("fk_liaison_term_acceptance_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_liaison_term_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["person.id"], name=op.f("fk_liaison_term_contact_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_liaison_term_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_liaison_term_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_liaison_term_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liaison_term")),
    )
    op.create_index(
        op.f("ix_liaison_term_contact_person_id"),
        "liaison_term",
        ["contact_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_liaison_term_organization_id"), "liaison_term", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_liaison_term_person_id"), "liaison_term", ["person_id"], unique=False)
    op.create_index(
        "ix_liaison_term_station_id_valid_from",
        "liaison_term",
        ["station_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "stored_search",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("session_key", sa.String(length=64), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("term", sa.String(length=100), nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_key"], ["sign_in_session.key"], name=op.f("fk_stored_search_session_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_search")),
    )
    op.create_index(
        op.f("ix_stored_search_session_key"), "stored_search", ["session_key"], unique=False
    )
    op.create_table(
        "liaison_term_area",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("term_id", columns.Key(), nullable=False),
        sa.Column("area_id", columns.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_liaison_term_area_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_liaison_term_area_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_liaison_term_area_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["term_id"], ["liaison_term.id"], name=op.f("fk_liaison_term_area_term_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liaison_term_area")),
        sa.UniqueConstraint(
            "term_id", "area_id", name=op.f("uq_liaison_term_area_term_id_area_id")
        ),
    )
    op.create_index(
        op.f("ix_liaison_term_area_area_id"), "liaison_term_area", ["area_id"], unique=False
    )


def downgrade() -> None:

    op.drop_index(op.f("ix_liaison_term_area_area_id"), table_name="liaison_term_area")
    op.drop_table("liaison_term_area")
    op.drop_index(op.f("ix_stored_search_session_key"), table_name="stored_search")
    op.drop_table("stored_search")
    op.drop_index("ix_liaison_term_station_id_valid_from", table_name="liaison_term")
    op.drop_index(op.f("ix_liaison_term_person_id"), table_name="liaison_term")
    op.drop_index(op.f("ix_liaison_term_organization_id"), table_name="liaison_term")
    op.drop_index(op.f("ix_liaison_term_contact_person_id"), table_name="liaison_term")
    op.drop_table("liaison_term")
    op.drop_index(op.f("ix_consent_grant_record_id"), table_name="consent_grant")
    op.drop_table("consent_grant")
    op.drop_index("ix_telephone_station_id_last4", table_name="telephone")
    op.drop_index(op.f("ix_telephone_person_id"), table_name="telephone")
    op.drop_index(op.f("ix_telephone_organization_id"), table_name="telephone")
    op.drop_table("telephone")
    op.drop_index(op.f("ix_sign_in_session_account_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index("ix_registration_station_id_scheme_number", table_name="registration")
    op.drop_index(op.f("ix_registration_area_id"), table_name="registration")
    op.drop_table("registration")
    op.drop_index(op.f("ix_note_staff_staff_id"), table_name="note_staff")
    op.drop_table("note_staff")
    op.drop_table("note_reply")
    op.drop_index(op.f("ix_note_person_person_id"), table_name="note_person")
    op.drop_table("note_person")
    op.drop_index(op.f("ix_note_organization_organization_id"), table_name="note_organization")
    op.drop_table("note_organization")
    op.drop_index(op.f("ix_note_correction_note_id"), table_name="note_correction")
    op.drop_table("note_correction")
    op.drop_index(op.f("ix_liaison_candidate_person_id"), table_name="liaison_candidate")
    op.drop_index(op.f("ix_liaison_candidate_organization_id"), table_name="liaison_candidate")
    op.drop_table("liaison_candidate")
    op.drop_table("import_batch")
    op.drop_index(op.f("ix_consent_record_person_id"), table_name="consent_record")
    op.drop_index(op.f("ix_consent_record_organization_id"), table_name="consent_record")
    op.drop_table("consent_record")
    op.drop_index(op.f("ix_approach_person_id"), table_name="approach")
    op.drop_index(op.f("ix_approach_organization_id"), table_name="approach")
    op.drop_table("approach")
    op.drop_index(op.f("ix_appointment_person_id"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_organization_id"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_index(op.f("ix_acceptance_record_person_id"), table_name="acceptance_record")
    op.drop_index(op.f("ix_acceptance_record_organization_id"), table_name="acceptance_record")
    op.drop_table("acceptance_record")
    op.drop_index("ix_unit_placement_unit_id_valid_from", table_name="unit_placement")
    op.drop_index("ix_unit_placement_station_id", table_name="unit_placement")
    op.drop_table("unit_placement")
    op.drop_index("ix_unit_jurisdiction_unit_id", table_name="unit_jurisdiction")
    op.drop_index("ix_unit_jurisdiction_area_id", table_name="unit_jurisdiction")
    op.drop_table("unit_jurisdiction")
    op.drop_index("ix_staff_assignment_staff_id", table_name="staff_assignment")
    op.drop_table("staff_assignment")
    op.drop_table("roster_issue")
    op.drop_index("ix_person_station_id_kana_sort", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_organization_station_id_kana_sort", table_name="organization")
    op.drop_index("ix_organization_station_id_external_key", table_name="organization")
    op.drop_table("organization")
    op.drop_index("ix_activity_note_station_id_happened_at", table_name="activity_note")
    op.drop_table("activity_note")
    op.drop_table("account")
    op.drop_table("unit")
    op.drop_table("staff")
    op.drop_table("sign_in_attempt")
    op.drop_table("post_type")
    op.drop_index(op.f("ix_audit_entry_subject_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_action"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_account_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("ix_area_kind_municipality_code_name", table_name="area")
    op.drop_table("area")
    op.drop_table("agency")
