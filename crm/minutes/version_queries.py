"""Reading the versions of a meeting's minutes: one, all of them, and what each says."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession
from crm.minutes.lines import Section, Whole
from crm.minutes.models import MinutesSection, MinutesVersion


def whole_as_left(db: ScopedSession, whole: Whole, serial: int) -> Whole:
    """Return the whole with the minutes as one of its versions left them."""
    if serial == whole.revision:
        return whole
    version = next(one for one in whole.versions if one.serial == serial)
    return whole.as_left(serial, sections_of(db, version.id))


def version_of(db: ScopedSession, version_id: UUID) -> MinutesVersion:
    """Return a version of the own station's minutes; NotFound otherwise."""
    found = db.exec(select(MinutesVersion).where(col(MinutesVersion.id) == version_id)).first()
    if found is None:
        raise NotFound
    return found


def versions_of(db: ScopedSession, meeting_id: UUID) -> Sequence[MinutesVersion]:
    """Return every version of a meeting's minutes, the oldest first."""
    return db.exec(
        select(MinutesVersion)
        .where(MinutesVersion.meeting_id == meeting_id)
        .order_by(col(MinutesVersion.serial))
    ).all()


def sections_of(db: ScopedSession, version_id: UUID) -> Sequence[Section]:
    """Return what a version of minutes says, part by part."""
    return said_in(db, [version_id])[version_id]


def said_in(db: ScopedSession, version_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Section]]:
    """Return what each of several versions of minutes says, part by part; one statement."""
    rows = db.rows(
        sa.select(
            col(MinutesSection.version_id),
            col(MinutesSection.agenda_item_id),
            col(MinutesSection.title),
            col(MinutesSection.text),
        )
        .where(col(MinutesSection.version_id).in_(version_ids))
        .order_by(col(MinutesSection.position))
    )
    found: dict[UUID, list[Section]] = {key: [] for key in version_ids}
    for row in rows:
        found[row[0]].append(Section(*row[1:]))
    return found
