"""kinds of posts people hold, from the directives the product implements (glossary)."""

import sqlalchemy as sa
from alembic import op
from uuid_utils.compat import uuid7

from crm.kernel import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

POSTS = (
    ("association_chair", "自治会長", "territorial"),
    ("association_vice_chair", "自治会副会長", "territorial"),
    ("association_crime_prevention", "自治会防犯部長", "territorial"),
    ("federation_chair", "連合自治会長", "territorial"),
    ("community_council_chair", "コミュニティ協議会長", "territorial"),
    ("safety_promotion_member", "地域安全推進委員", "police_volunteer"),
    ("juvenile_guidance_volunteer", "少年警察補導員", "police_volunteer"),
    ("crime_prevention_instructor", "防犯指導員", "police_volunteer"),
    ("crime_prevention_volunteer", "防犯ボランティア", "police_volunteer"),
    ("koban_council_member", "交番・駐在所連絡協議会委員", "council"),
    ("school_head", "校長", "school"),
    ("school_vice_head", "教頭", "school"),
    ("preschool_head", "園長", "school"),
    ("pta_chair", "ＰＴＡ会長", "school"),
    ("school_safety_volunteer", "学校安全ボランティア", "school"),
    ("shopkeepers_chair", "商店会長", "business"),
    ("shop_manager", "店長", "business"),
    ("business_manager", "事業所長", "business"),
    ("welfare_commissioner", "民生委員", "municipal"),
    ("fire_corps_leader", "消防団分団長", "municipal"),
    ("facility_head", "館長・所長", "municipal"),
    ("other", "その他の役職", "territorial"),
)


def upgrade() -> None:
    table = sa.table(
        "post_type",
        sa.column("id", columns.Key()),
        sa.column("code", sa.String()),
        sa.column("name", sa.String()),
        sa.column("category", sa.String()),
        sa.column("position", sa.Integer()),
    )
    op.bulk_insert(
        table,
        [
            {"id": uuid7(), "code": code, "name": name, "category": category, "position": position}
            for position, (code, name, category) in enumerate(POSTS)
        ],
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM post_type"))
