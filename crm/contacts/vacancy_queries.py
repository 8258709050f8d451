"""Reading who speaks for organizations: the posts of their heads, and those nobody holds."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm.contacts.models import Appointment, Organization, PostType
from crm.kernel.columns import DAY

HEADS = (
    *("association_chair", "federation_chair", "community_council_chair", "shopkeepers_chair"),
    *("pta_chair", "school_head", "preschool_head", "facility_head"),
)
"""The kinds of posts whose holder speaks for an organization, which has one of them."""
NEW_FOR = dt.timedelta(days=180)
"""So long a change of head counts as new."""
SINCE = sa.bindparam("new_since", type_=sa.Date())

IS_HEAD = col(PostType.code).in_(HEADS)
"""The condition that a post beside its kind is that of a head."""


def is_vacant() -> sa.ColumnElement[bool]:
    """Return the condition that an appointment of a head ended lately with nobody after it.

    Of an organization that is there still; `SINCE` and `DAY` are the statement's parameters.
    """
    other = aliased(Appointment, name="other")
    followed = sa.select(sa.literal(1)).where(
        col(other.organization_id) == col(Appointment.organization_id),
        col(other.post_type_id) == col(Appointment.post_type_id),
        sa.or_(col(other.valid_from).is_(None), col(other.valid_from) <= DAY),
        sa.or_(col(other.valid_to).is_(None), col(other.valid_to) >= DAY),
    )
    return sa.and_(
        IS_HEAD,
        col(Organization.is_active),
        col(Appointment.valid_to) >= SINCE,
        col(Appointment.valid_to) < DAY,
        ~followed.exists(),
    )
