"""Reading what speaks for seeing somebody: long unmet, an answer owed, a new chair, a vacancy."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm.agencies.models import AgencySetting, SettingKey, UnitJurisdiction
from crm.areas.models import Area
from crm.contacts import post_queries
from crm.contacts import queries as contacts
from crm.contacts.models import Appointment, Holder, HolderKeys, Organization, Person, PostType
from crm.contacts.naming import NAMES, named_of
from crm.contacts.post_queries import posts_by_holder
from crm.contacts.vacancy_queries import IS_HEAD, NEW_FOR, SINCE, is_vacant
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.notes import queries as notes
from crm.notes.burden import NOTHING, burdens_of
from crm.requests.models import IS_OPEN, CommunityRequest, RequestParty
from crm.strengthening.models import StrengtheningArea, StrengtheningTarget, TargetReason
from crm.strengthening.proposals import Charge, Known, Proposal, proposals_of
from crm.strengthening.queries import PLAN, Plan
from crm.visiting.lines import Cadences
from crm.visiting.models import VisitCadence


def proposals_for(
    db: ScopedSession, actor: Actor, plan: Plan, *, revisit_days: int, now: dt.datetime
) -> list[Proposal]:
    """Return whom the boxes of a plan may see, and why; three statements, however many they are.

    Liaisons nothing speaks for come as well, last. `revisit_days` is the installation's: what the
    agency decided for the day comes before it.
    """
    day = plan.day.first_on
    chosen, serving, chairs, owed, vacant, charges, decided, cadences = together(
        db,
        _selects(),
        plan=plan.day.id,
        day=day,
        new_since=day - NEW_FOR,
        units=[unit.unit_id for unit in plan.units],
        agency=actor.agency_id,
    )
    known = [
        *(_known(row, row.reason)._replace(unit_id=row.unit_id) for row in chosen),
        *(_known(row, None) for row in serving),
        *(_known(row, TargetReason.VACANCY) for row in serving if row.contact_needs_review),
        *(_known(row, TargetReason.NEW_CHAIR) for row in chairs),
        *(_known(row, TargetReason.VACANCY) for row in vacant),
        *_askers(owed, plan.whole_units),
    ]
    proposals = proposals_of(
        known,
        [Charge(*row) for row in charges],
        day=day,
        cadences=_cadences_of(cadences, next((row.value for row in decided), revisit_days)),
        new_since=day - NEW_FOR,
    )
    _add_what_to_know(db, actor, proposals, plan, now)
    return proposals


def names_of_holders(db: ScopedSession, holders: Collection[Holder]) -> dict[Holder, str]:
    """Return what those of `holders` are called whom the own station knows; two statements."""
    if not holders:
        return {}
    names = contacts.names_of(db, *HolderKeys.of(holders))
    return {holder: names[holder.subject[1]] for holder in holders if holder.subject[1] in names}


def _add_what_to_know(
    db: ScopedSession,
    actor: Actor,
    proposals: Sequence[Proposal],
    plan: Plan,
    now: dt.datetime,
) -> None:
    """Add posts, what each already bears and when they are left in peace; two statements."""
    holders = [proposal.who.holder for proposal in proposals]
    units = notes.unit_book(db, actor.station_id)
    burdens, (held,) = burdens_of(
        db,
        actor,
        holders,
        units,
        now=now,
        day=plan.day.first_on,
        not_this=plan.day.id,
        beside=(post_queries.posts_beside("person_id"),),
        owners=HolderKeys.of(holders).people,
    )
    posts = posts_by_holder(post_queries.posts_in_order(held))
    for proposal in proposals:
        holder = proposal.who.holder
        proposal.burden = burdens.get(holder, NOTHING)
        proposal.posts = posts.get(holder, "")


def _known(row: Any, reason: TargetReason | None) -> Known:  # noqa: ANN401 - a row of the selects below
    return Known(
        named_of(row),
        reason,
        area_id=row.area_id,
        on=getattr(row, "begun_on", None),
        last_at=getattr(row, "last_at", None) or getattr(row, "last_there_at", None),
    )


def _askers(owed: Sequence[Any], units: set[UUID]) -> Iterator[Known]:
    """Yield who awaits an answer; an organization only where no person asked for it.

    What a box heard or sees to is its reason to go, in whatever area, where it takes part whole.
    """
    by_people = {row.request_id for row in owed if row.person_id}
    for row in owed:
        if row.person_id is None and row.request_id in by_people:
            continue
        concerned = [one for one in (row.unit_id, row.heard_unit_id) if one in units]
        yield _known(row, TargetReason.OPEN_REPLY)._replace(unit_id=next(iter(concerned), None))


@cache
def _selects() -> tuple[AnySelect, ...]:
    """Select all that proposals are made of; built once."""
    return (
        _chosen(),
        _serving(),
        _new_chairs(),
        _owed(),
        _vacant(),
        _charges(),
        _decided(),
        _cadences(),
    )


def _chosen() -> AnySelect:
    """Select whom the chief chose before."""
    target = StrengtheningTarget
    return (
        sa.select(
            *NAMES,
            col(target.unit_id),
            col(target.reason),
            col(Organization.area_id),
            notes.last_met_person(col(target.person_id)).label("last_at"),
            notes.last_met_organization(col(target.organization_id)).label("last_there_at"),
        )
        .select_from(target)
        .outerjoin(Person, col(Person.id) == col(target.person_id))
        .outerjoin(Organization, col(Organization.id) == col(target.organization_id))
        .where(col(target.day_id) == PLAN)
    )


def _serving() -> AnySelect:
    """Select the station's liaisons, a row for each area of theirs."""
    return (
        sa.select(
            *NAMES,
            col(LiaisonTermArea.area_id),
            col(LiaisonTerm.contact_needs_review),
            notes.last_met_person(col(LiaisonTerm.person_id)).label("last_at"),
            notes.last_met_organization(col(LiaisonTerm.organization_id)).label("last_there_at"),
        )
        .select_from(LiaisonTerm)
        .outerjoin(Person, col(Person.id) == col(LiaisonTerm.person_id))
        .outerjoin(Organization, col(Organization.id) == col(LiaisonTerm.organization_id))
        .outerjoin(LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id))
        .where(holds(LiaisonTerm))
    )


def _new_chairs() -> AnySelect:
    """Select who began to speak for an organization lately; the organization gives the area."""
    at = aliased(Organization, name="at")
    return (
        sa.select(
            *NAMES,
            col(at.area_id),
            col(Appointment.valid_from).label("begun_on"),
            notes.last_met_person(col(Appointment.person_id)).label("last_at"),
        )
        .select_from(Appointment)
        .join(PostType, col(PostType.id) == col(Appointment.post_type_id))
        .join(Person, col(Person.id) == col(Appointment.person_id))
        .join(at, col(at.id) == col(Appointment.organization_id))
        # the names of a person alone
        .outerjoin(Organization, sa.false())
        .where(
            IS_HEAD,
            col(Appointment.valid_from) >= SINCE,
            post_queries.held_on(DAY),
        )
    )


def _owed() -> AnySelect:
    """Select who awaits an answer, a row for each party."""
    return (
        sa.select(
            *NAMES,
            col(CommunityRequest.id).label("request_id"),
            col(CommunityRequest.unit_id),
            col(CommunityRequest.heard_unit_id),
            sa.func.coalesce(col(CommunityRequest.area_id), col(Organization.area_id)).label(
                "area_id"
            ),
            notes.last_met_person(col(RequestParty.person_id)).label("last_at"),
            notes.last_met_organization(col(RequestParty.organization_id)).label("last_there_at"),
        )
        .select_from(CommunityRequest)
        .join(RequestParty, col(RequestParty.request_id) == col(CommunityRequest.id))
        .outerjoin(Person, col(Person.id) == col(RequestParty.person_id))
        .outerjoin(Organization, col(Organization.id) == col(RequestParty.organization_id))
        .where(IS_OPEN)
    )


def _vacant() -> AnySelect:
    """Select organizations whose chair went lately, and nobody followed that is on record."""
    return (
        sa.select(
            *NAMES,
            col(Organization.area_id),
            notes.last_met_organization(col(Organization.id)).label("last_there_at"),
        )
        .select_from(Appointment)
        .join(PostType, col(PostType.id) == col(Appointment.post_type_id))
        .join(Organization, col(Organization.id) == col(Appointment.organization_id))
        .outerjoin(Person, sa.false())
        .where(is_vacant())
    )


def _charges() -> AnySelect:
    """Select the areas of the boxes that take part, all of a box's or those it is limited to."""
    limited = col(StrengtheningArea.day_id) == PLAN
    of_box = limited & (col(StrengtheningArea.unit_id) == col(UnitJurisdiction.unit_id))
    return (
        sa.select(
            col(Area.id),
            col(UnitJurisdiction.unit_id),
            col(Area.name),
            col(UnitJurisdiction.valid_from),
        )
        .join(UnitJurisdiction, col(UnitJurisdiction.area_id) == col(Area.id))
        .where(
            col(UnitJurisdiction.unit_id).in_(sa.bindparam("units", type_=Key(), expanding=True)),
            holds(UnitJurisdiction),
            holds(Area),
            sa.or_(
                ~sa.exists().where(of_box),
                sa.exists().where(limited, col(StrengtheningArea.area_id) == col(Area.id)),
            ),
        )
    )


def _decided() -> AnySelect:
    """Select after how many days the agency proposes a visit, where it decided so."""
    return sa.select(col(AgencySetting.value)).where(
        col(AgencySetting.agency_id) == sa.bindparam("agency", type_=Key()),
        col(AgencySetting.key) == SettingKey.REVISIT_DAYS,
        holds(AgencySetting),
    )


def _cadences() -> AnySelect:
    """Select what the station decided of people, organizations and areas (訪問の目安)."""
    return sa.select(
        *(col(VisitCadence.person_id), col(VisitCadence.organization_id)),
        *(col(VisitCadence.area_id), col(VisitCadence.every_days)),
    ).where(holds(VisitCadence))


def _cadences_of(rows: Sequence[Any], default_days: int) -> Cadences:
    return Cadences(
        default_days,
        {
            Holder(row.person_id, row.organization_id): row.every_days
            for row in rows
            if row.area_id is None
        },
        {row.area_id: row.every_days for row in rows if row.area_id},
    )
