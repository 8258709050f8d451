"""Counting a station's activities: never by who wrote them, nor by whom they were with."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col

from crm.kernel.actor import Actor
from crm.kernel.clock import start_of_day
from crm.kernel.scope import ScopedSession
from crm.notes.models import TWO_WAY, ActivityNote, Occasion

DAY = dt.timedelta(days=1)


class Counts(NamedTuple):
    """How often, by occasion and by the problem advice answered; the most first."""

    occasions: Sequence[tuple[Occasion, int]]
    problems: Sequence[tuple[str, int]]


def counts_of(db: ScopedSession, actor: Actor, first: dt.date, last: dt.date) -> Counts:
    """Return how often both sides spoke from `first` to `last`, a joint visit once."""
    return Counts(
        [(Occasion(one), number) for one, number in _counted(db, actor, first, last)],
        [
            (str(one), number)
            for one, number in _counted(db, actor, first, last, by=col(ActivityNote.problem))
            if one
        ],
    )


def _counted(
    db: ScopedSession,
    actor: Actor,
    first: dt.date,
    last: dt.date,
    *,
    by: Mapped[str] = col(ActivityNote.occasion),  # noqa: B008 - a column, which never changes
) -> Sequence[tuple[str, int]]:
    number = sa.func.count(col(ActivityNote.id))
    rows = db.rows(
        sa.select(by, number)
        .where(
            col(ActivityNote.station_id) == actor.station_id,
            col(ActivityNote.outcome).in_(TWO_WAY),
            col(ActivityNote.happened_at) >= start_of_day(first),
            col(ActivityNote.happened_at) < start_of_day(last + DAY),
        )
        .group_by(by)
        .order_by(number.desc(), by)
    )
    return [(row[0], row[1]) for row in rows]
