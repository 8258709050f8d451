"""Writing what must be known of a beat, and confirming that it was read."""

import datetime as dt
from uuid import UUID

from crm.handovers import queries
from crm.handovers.models import BeatBrief, BriefReading
from crm.handovers.policy import may_write
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.notes.queries import UnitBook, unit_book


def write_brief(
    db: ScopedSession,
    actor: Actor,
    unit_id: UUID,
    text: str,
    *,
    revision: int,
    now: dt.datetime,
) -> BeatBrief:
    """Say anew what must be known of a beat; whoever had read the words before reads them again.

    Forbidden for others than its officers and the chiefs; Conflict where somebody wrote since
    `revision`, 0 where nothing was written; Refused without words.
    """
    station_id = _station_of(actor)
    units = _units(db, actor, unit_id)
    if not may_write(actor, queries.in_line(units, unit_id, local_day(now))):
        raise Forbidden
    if not text.strip():
        raise Refused(N_("知っておくことを入力してください。"), field="text")
    brief = queries.brief_to_change(db, unit_id)
    if (brief.revision if brief else 0) != revision:
        raise Conflict
    if brief is None:
        brief = BeatBrief(
            agency_id=actor.agency_id,
            station_id=station_id,
            unit_id=unit_id,
            text=text,
            writer_name=actor.name,
            created_at=now,
            created_by=actor.account_id,
            updated_at=now,
            updated_by=actor.account_id,
        )
        db.add(brief)
    else:
        brief.text, brief.writer_name = text, actor.name
        brief.revision += 1
        brief.updated_at, brief.updated_by = now, actor.account_id
    db.flush()
    audit.record(db, actor, "handover.written", now=now, subject=("unit", unit_id))
    return brief


def confirm_reading(
    db: ScopedSession, actor: Actor, unit_id: UUID, *, revision: int, now: dt.datetime
) -> None:
    """Put on record that the actor has read a handover; confirmed already, it stays as it was.

    Conflict where its words are others by now.
    """
    station_id = _station_of(actor)
    _units(db, actor, unit_id)
    brief = queries.brief_to_change(db, unit_id)
    if (brief.revision if brief else 0) != revision:
        raise Conflict
    if queries.has_read(db, unit_id, actor.staff_id, revision):
        return
    db.add(
        BriefReading(
            agency_id=actor.agency_id,
            station_id=station_id,
            unit_id=unit_id,
            staff_id=actor.staff_id,
            name=actor.name,
            unit_name=actor.unit_name,
            revision=revision,
            read_at=now,
        )
    )
    db.flush()
    audit.record(db, actor, "handover.read", now=now, subject=("unit", unit_id))


def _units(db: ScopedSession, actor: Actor, unit_id: UUID) -> UnitBook:
    units = unit_book(db, actor.station_id)
    if unit_id not in units.units():
        raise NotFound
    return units


def _station_of(actor: Actor) -> UUID:
    if actor.station_id is None or not actor.reads_people or not actor.is_police:
        raise Forbidden
    return actor.station_id
