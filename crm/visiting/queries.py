"""Reading when somebody is left in peace, and after how long a visit is proposed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import Unit
from crm.areas.models import Area
from crm.contacts.models import Holder, about, any_of
from crm.kernel.columns import DAY, holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.visiting.lines import CadenceLine, Quiet, QuietLine
from crm.visiting.models import QuietPeriod, VisitCadence

SHOWN_BEFORE = dt.timedelta(days=30)
"""A quiet period is spoken of a month before it begins."""


@cache
def quiet_rows() -> AnySelect:
    """Select the quiet periods of `named` holders that are not over on a day; built once."""
    return sa.select(
        col(QuietPeriod.id),
        col(QuietPeriod.person_id),
        col(QuietPeriod.organization_id),
        col(QuietPeriod.valid_from),
        col(QuietPeriod.valid_to),
        col(QuietPeriod.reason),
        col(QuietPeriod.remark),
    ).where(
        any_of(QuietPeriod), col(QuietPeriod.valid_to) >= DAY, col(QuietPeriod.lifted_at).is_(None)
    )


@cache
def resting_rows() -> AnySelect:
    """Select who of the station is left in peace on a day; built once, for every tour."""
    return sa.select(col(QuietPeriod.person_id), col(QuietPeriod.organization_id)).where(
        holds(QuietPeriod), col(QuietPeriod.lifted_at).is_(None)
    )


def quiet_by_holder(rows: Iterable[Any], day: dt.date) -> Mapping[Holder, Sequence[Quiet]]:
    """Gather rows of `quiet_rows`: what holds on `day` or begins within a month of it, in order."""
    found: dict[Holder, list[Quiet]] = {}
    for row in sorted(rows, key=lambda row: (row.valid_from, row.id)):
        if row.valid_from - SHOWN_BEFORE <= day:
            quiet = Quiet(row.id, row.valid_from, row.valid_to, row.reason, row.remark)
            found.setdefault(Holder(row.person_id, row.organization_id), []).append(quiet)
    return found


def periods_of(db: ScopedSession, holder: Holder) -> Sequence[QuietLine]:
    """Return every quiet period of a holder, the latest first."""
    rows = db.rows(
        sa.select(
            col(QuietPeriod.id),
            col(QuietPeriod.valid_from),
            col(QuietPeriod.valid_to),
            col(QuietPeriod.reason),
            col(QuietPeriod.remark),
            col(QuietPeriod.entered_name),
            col(QuietPeriod.unit_name),
            col(QuietPeriod.entered_at),
            col(QuietPeriod.lifted_at),
        )
        .where(about(QuietPeriod, holder))
        .order_by(col(QuietPeriod.valid_from).desc(), col(QuietPeriod.id).desc())
    )
    return [QuietLine(Quiet(*row[:5]), *row[5:]) for row in rows]


def period_to_lift(db: ScopedSession, period_id: UUID) -> QuietPeriod:
    """Return a quiet period and hold it until this transaction ends; NotFound elsewhere."""
    found = db.exec(
        select(QuietPeriod).where(col(QuietPeriod.id) == period_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def period_entered_with(db: ScopedSession, staff_id: UUID, request_key: UUID) -> QuietPeriod | None:
    """Return what somebody entered with `request_key`, if the form was sent before."""
    return db.exec(
        select(QuietPeriod).where(
            col(QuietPeriod.entered_by) == staff_id, col(QuietPeriod.request_key) == request_key
        )
    ).first()


def lock_station(db: ScopedSession, station_id: UUID) -> None:
    """Let no other transaction decide about the station's visits until this one ends."""
    db.exec(select(Unit.id).where(Unit.id == station_id).with_for_update(key_share=True)).one()


def cadence_of(
    db: ScopedSession, subject: Mapping[str, UUID | None], day: dt.date
) -> VisitCadence | None:
    """Return what holds on `day` for one person, organization or area."""
    return db.exec(
        select(VisitCadence)
        .where(*(getattr(VisitCadence, name) == key for name, key in subject.items() if key))
        .where(holds(VisitCadence, day))
    ).first()


def area_cadences(db: ScopedSession, day: dt.date) -> Sequence[CadenceLine]:
    """Return what holds on `day` for the station's areas, in kana order."""
    rows = db.rows(
        sa.select(
            col(VisitCadence.id),
            col(VisitCadence.every_days),
            col(VisitCadence.valid_from),
            col(VisitCadence.decider_name),
            col(VisitCadence.area_id),
            col(Area.name),
        )
        .join(Area, col(Area.id) == col(VisitCadence.area_id))
        .where(holds(VisitCadence, day))
        .order_by(col(Area.kana_sort), col(Area.id))
    )
    return [CadenceLine(*row) for row in rows]
