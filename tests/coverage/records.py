"""Putting liaisons, posts and notes into a test's world."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from uuid_utils.compat import uuid7

from crm.agencies.queries import units_on
from crm.consents.models import ConsentMethod
from crm.contacts.models import Appointment, Organization, Person, PostType
from crm.coverage.models import Place, Tally
from crm.coverage.queries import Shown, charges_on, tallies_on
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import AcceptanceRecord, Decision, LiaisonTerm, LiaisonTermArea
from crm.notes.models import ActivityNote, NoteOrganization, NotePerson, Occasion, Outcome
from tests.support.world import NOW, START, World


def put_liaison(
    world: World,
    holder: Person | Organization,
    *areas: str,
    since: dt.date = START,
    until: dt.date | None = None,
) -> LiaisonTerm:
    """Put a term of `holder` about `areas`, with the acceptance it stands on."""
    whose = {"person_id" if isinstance(holder, Person) else "organization_id": holder.id}
    owner = {"agency_id": holder.agency_id, "station_id": holder.station_id}
    acceptance = AcceptanceRecord(
        **owner,
        **whose,
        decision=Decision.ACCEPTED,
        decided_on=since,
        method=ConsentMethod.WRITTEN,
        recorded_by=world.actors["chief"].staff_id,
        recorded_at=NOW,
    )
    term = LiaisonTerm(
        **owner,
        **whose,
        acceptance_id=acceptance.id,
        asked_on=since,
        valid_from=since,
        valid_to=until,
    )
    links = [LiaisonTermArea(**owner, term_id=term.id, area_id=world.areas[name]) for name in areas]
    world.put(acceptance, term, *links)
    return term


def put_post(
    world: World,
    person: Person,
    *,
    since: dt.date | None = START,
    until: dt.date | None = None,
) -> None:
    """Put a post of `person`."""
    world.put(
        Appointment(
            agency_id=person.agency_id,
            station_id=person.station_id,
            person_id=person.id,
            post_type_id=any_post_type(world),
            valid_from=since,
            valid_to=until,
        )
    )


def put_note(
    world: World,
    *holders: Person | Organization,
    at: dt.datetime,
    outcome: Outcome = Outcome.MET,
) -> None:
    """Put a contact with `holders`, who are of one station."""
    owner = {"agency_id": holders[0].agency_id, "station_id": holders[0].station_id}
    note = ActivityNote(
        **owner,
        author_id=world.actors["officer"].staff_id,
        unit_id=world.units["若葉駅前交番"],
        occasion=Occasion.PATROL_VISIT,
        outcome=outcome,
        happened_at=at,
        client_key=uuid7(),
    )
    contact = {**owner, "happened_at": at, "outcome": outcome}
    links = [
        NotePerson(**contact, note_id=note.id, person_id=holder.id)
        if isinstance(holder, Person)
        else NoteOrganization(**contact, note_id=note.id, organization_id=holder.id)
        for holder in holders
    ]
    world.put(note, *links)


def counted(db: ScopedSession, shown: Shown) -> dict[Place, Tally]:
    """Return the counts as the page is given them."""
    charges = charges_on(db, shown.day, station_id=shown.station_id)
    units = units_on(db, shown.day, station_id=shown.station_id)
    return tallies_on(db, shown, units, [line for line in charges if line.kind is shown.kind])


def any_post_type(world: World) -> UUID:
    """Return some kind of post; which does not matter to a count."""
    with world.database.system("a test's world") as connection:
        found: UUID = connection.execute(sa.select(col(PostType.id)).limit(1)).scalar_one()
    return found
