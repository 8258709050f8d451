"""The selects of strengthening days others read: those that run, and whom days near one go to."""

from functools import cache

import sqlalchemy as sa
from sqlmodel import col

from crm.areas.models import Area
from crm.contacts.models import ORGANIZATIONS, PEOPLE, Organization, Person
from crm.contacts.naming import NAMES
from crm.kernel.columns import DAY, Key, Moment
from crm.kernel.scope import AnySelect
from crm.notes.queries import last_met_organization, last_met_person
from crm.strengthening.models import (
    StrengtheningArea,
    StrengtheningDay,
    StrengtheningTarget,
    StrengtheningUnit,
)

TOUR_DAY = sa.bindparam("tour_day", type_=sa.Date())
_NOT_THIS = sa.bindparam("not_this", None, type_=Key())


@cache
def running_rows() -> tuple[AnySelect, AnySelect, AnySelect]:
    """Select the boxes of the days that run on `tour_day`, their areas, and whom they are to see.

    An area is one row for each box it limits.
    """
    day = StrengtheningDay
    runs = sa.and_(
        col(day.cancelled_on).is_(None), TOUR_DAY.between(col(day.first_on), col(day.last_on))
    )
    parts = (
        sa.select(
            *(col(day.id), col(day.first_on), col(day.last_on), col(day.purpose)),
            *(col(StrengtheningUnit.unit_id), col(StrengtheningUnit.unit_name)),
        )
        .join(StrengtheningUnit, col(StrengtheningUnit.day_id) == col(day.id))
        .where(runs)
    )
    areas = (
        sa.select(
            *(col(StrengtheningArea.day_id), col(StrengtheningArea.unit_id)),
            *(col(StrengtheningArea.area_name), col(Area.kana_sort)),
        )
        .join(day, col(day.id) == col(StrengtheningArea.day_id))
        .join(Area, col(Area.id) == col(StrengtheningArea.area_id))
        .where(runs)
    )
    target = StrengtheningTarget
    aims = (
        sa.select(
            *NAMES,
            *(col(target.day_id), col(target.unit_id), col(Organization.area_id)),
            last_met_person(col(target.person_id)).label("last_at"),
            last_met_organization(col(target.organization_id)).label("last_there_at"),
        )
        .select_from(target)
        .join(day, col(day.id) == col(target.day_id))
        .outerjoin(Person, col(Person.id) == col(target.person_id))
        .outerjoin(Organization, col(Organization.id) == col(target.organization_id))
        .where(runs)
    )
    return parts, areas, aims


@cache
def planned_calls() -> AnySelect:
    """Select which box is to see `named` holders on a day near one, as notes' plans are selected.

    `happened_at` is empty: whoever is met before the day is called on all the same. `not_this` is a
    day left out, the one that is being planned.
    """
    day, target = StrengtheningDay, StrengtheningTarget
    return (
        sa.select(
            *(col(target.person_id), col(target.organization_id), col(target.unit_id)),
            sa.cast(sa.null(), Moment()).label("happened_at"),
            col(day.first_on).label("next_on"),
            last_met_person(col(target.person_id)).label("last_at"),
            last_met_organization(col(target.organization_id)).label("last_there_at"),
        )
        .select_from(target)
        .join(day, col(day.id) == col(target.day_id))
        .where(
            sa.or_(
                col(target.person_id).in_(PEOPLE), col(target.organization_id).in_(ORGANIZATIONS)
            ),
            col(day.cancelled_on).is_(None),
            col(day.id).is_distinct_from(_NOT_THIS),
            col(day.first_on) <= sa.bindparam("plan_to", type_=sa.Date()),
            col(day.last_on) >= DAY,
        )
    )
