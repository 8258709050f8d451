"""What the spans are worked out of, and whose are touched by rows that were written.

All of it is the system's own reading: the keys and days it takes never leave this feature.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col

from crm.agencies.models import Agency, UnitJurisdiction, UnitPlacement
from crm.areas.models import Area
from crm.contacts.models import Appointment
from crm.coverage.models import CoverageSpan
from crm.coverage.spans import Dates, Spot, Standing, Term
from crm.kernel.changes import Watched, Written
from crm.kernel.scope import AnySelect
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea

AT_ONCE = 500
"""So many keys stand in one statement."""

HOLDER = sa.func.coalesce(col(LiaisonTerm.person_id), col(LiaisonTerm.organization_id))

LEANS_ON: Watched = {
    LiaisonTerm: ("agency_id", "person_id", "organization_id"),
    LiaisonTermArea: ("agency_id", "term_id"),
    Appointment: ("agency_id", "person_id"),
    UnitJurisdiction: ("agency_id", "area_id"),
    UnitPlacement: ("agency_id", "unit_id"),
    Area: ("id",),
}
"""The rows a span is worked out of, and the keys that lead from them to the liaisons."""


def lock(connection: Connection, written: Written) -> None:
    """Let nobody else work out spans of the agencies concerned until this transaction ends.

    Else two that each see only their own change would leave a span that knows one of them.
    """
    agencies = {
        key for (_, column), keys in written.items() if column == "agency_id" for key in keys
    }
    for some in _some(written.get((Area, "id"), ())):
        asked = sa.select(col(UnitJurisdiction.agency_id)).distinct()
        agencies |= set(_keys(connection, asked.where(col(UnitJurisdiction.area_id).in_(some))))
    held = sa.select(col(Agency.id)).where(col(Agency.id).in_(sorted(agencies)))
    _keys(connection, held.order_by(col(Agency.id)).with_for_update(key_share=True))


def holders_touched(connection: Connection, written: Written) -> set[UUID]:
    """Return the liaisons, past and present, whose spans rows that were written may change."""
    found = {
        *written.get((LiaisonTerm, "person_id"), ()),
        *written.get((LiaisonTerm, "organization_id"), ()),
        *written.get((Appointment, "person_id"), ()),
    }
    areas = {*written.get((UnitJurisdiction, "area_id"), ()), *written.get((Area, "id"), ())}
    for some in _some(written.get((UnitPlacement, "unit_id"), ())):
        asked = sa.select(col(UnitJurisdiction.area_id)).distinct()
        areas |= set(_keys(connection, asked.where(col(UnitJurisdiction.unit_id).in_(some))))
    for some in _some(written.get((LiaisonTermArea, "term_id"), ())):
        found |= set(_keys(connection, sa.select(HOLDER).where(col(LiaisonTerm.id).in_(some))))
    for some in _some(areas):
        asked = sa.select(HOLDER).join(
            LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id)
        )
        found |= set(_keys(connection, asked.where(col(LiaisonTermArea.area_id).in_(some))))
    return found


def every_holder(connection: Connection) -> set[UUID]:
    """Return everybody who is or was a liaison."""
    return set(_keys(connection, sa.select(HOLDER).distinct()))


def terms_of(
    connection: Connection, holders: Collection[UUID]
) -> list[tuple[UUID, UUID, bool, Term]]:
    """Return holder, agency, whether it is a person, and term, for every term of `holders`."""
    theirs = (
        col(LiaisonTerm.person_id).in_(holders),
        col(LiaisonTerm.organization_id).in_(holders),
    )
    asked = sa.select(
        col(LiaisonTerm.id),
        HOLDER,
        col(LiaisonTerm.agency_id),
        col(LiaisonTerm.person_id).is_not(None),
        col(LiaisonTerm.valid_from),
        col(LiaisonTerm.valid_to),
        col(LiaisonTerm.station_id),
    ).where(sa.or_(*theirs))
    rows = _read(connection, asked)
    areas: dict[UUID, set[UUID]] = {}
    about = sa.select(col(LiaisonTermArea.term_id), col(LiaisonTermArea.area_id))
    for some in _some([row[0] for row in rows]):
        for term, area in _read(connection, about.where(col(LiaisonTermArea.term_id).in_(some))):
            areas.setdefault(term, set()).add(area)
    return [
        (
            holder,
            agency,
            bool(is_person),
            Term(Dates(first, last), station, frozenset(areas.get(term, ()))),
        )
        for term, holder, agency, is_person, first, last, station in rows
    ]


def posts_of(connection: Connection, holders: Collection[UUID]) -> list[tuple[UUID, Dates]]:
    """Return the days of every post of the persons among `holders`."""
    asked = sa.select(
        col(Appointment.person_id), col(Appointment.valid_from), col(Appointment.valid_to)
    ).where(col(Appointment.person_id).in_(holders))
    return [(person, Dates(first, last)) for person, first, last in _read(connection, asked)]


def standing_at(
    connection: Connection, areas: Collection[UUID]
) -> Iterator[tuple[UUID, UUID, Standing]]:
    """Yield agency and area of whatever of `areas` stands under a unit under a station."""
    asked = (
        sa.select(
            *(col(UnitJurisdiction.agency_id), col(Area.id), col(Area.kind)),
            *(col(UnitPlacement.station_id), col(UnitJurisdiction.unit_id)),
            *(col(Area.valid_from), col(Area.valid_to)),
            *(col(UnitPlacement.valid_from), col(UnitPlacement.valid_to)),
            *(col(UnitJurisdiction.valid_from), col(UnitJurisdiction.valid_to)),
        )
        .join(Area, col(Area.id) == col(UnitJurisdiction.area_id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(UnitJurisdiction.unit_id))
        .where(
            col(UnitPlacement.agency_id) == col(UnitJurisdiction.agency_id),
            col(UnitPlacement.station_id).is_not(None),
        )
    )
    for some in _some(areas):
        rows = _read(connection, asked.where(col(Area.id).in_(some)))
        for agency, area, kind, station, unit, *days in rows:
            first = max(days[::2])
            last = min((day for day in days[1::2] if day), default=None)
            if last is None or first <= last:
                yield agency, area, Standing(kind, Spot(station, unit, area), Dates(first, last))


def replace(
    connection: Connection, holders: Collection[UUID], rows: Sequence[dict[str, Any]]
) -> None:
    """Put `rows` in the place of whatever spans `holders` had."""
    old = sa.delete(CoverageSpan).where(col(CoverageSpan.holder_id).in_(holders))
    connection.execute(old.execution_options(system="coverage spans"))
    if rows:
        connection.execute(
            sa.insert(CoverageSpan).execution_options(system="coverage spans"), list(rows)
        )


def in_portions(keys: Collection[UUID]) -> Iterator[list[UUID]]:
    """Yield `keys` in portions that fit a statement, in their order."""
    return _some(keys)


def _some(keys: Collection[UUID]) -> Iterator[list[UUID]]:
    ordered = sorted(keys)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))


def _keys(connection: Connection, statement: AnySelect) -> list[UUID]:
    return [row[0] for row in _read(connection, statement)]


def _read(connection: Connection, statement: Any) -> Sequence[Any]:  # noqa: ANN401 - any select
    return connection.execute(statement.execution_options(system="coverage spans")).all()
