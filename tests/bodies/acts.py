"""What tests of bodies do again and again."""

import datetime as dt

from uuid_utils.compat import uuid7

from crm.bodies import queries, service
from crm.bodies.lines import WholeBody
from crm.bodies.models import Body, BodyKind, BodyMember
from crm.bodies.service import BodyFacts, SeatFacts
from crm.contacts.models import Holder
from tests.support.world import NOW, World

SPRING = dt.date(2026, 4, 1)


def established(world: World, *, who: str = "officer", **changes: object) -> Body:
    """Return a body of the station."""
    facts = {"kind": BodyKind.KOBAN_COUNCIL, "name": "みなと交番連絡協議会", **changes}
    with world.writing(who) as db:
        said = BodyFacts(**facts)  # type: ignore[arg-type]  # facts of a test
        return service.establish(db, world.actors[who], said, client_key=uuid7(), now=NOW)


def seated(
    world: World, body: Body, holder: Holder | None, *, who: str = "officer", **changes: object
) -> BodyMember:
    """Return a seat on a body, held since the spring."""
    facts = {"holder": holder, "valid_from": SPRING, **changes}
    with world.writing(who) as db:
        said = SeatFacts(**facts)  # type: ignore[arg-type]  # facts of a test
        return service.seat(db, world.actors[who], body.id, said, now=NOW)


def whole(world: World, body: Body, *, who: str = "officer") -> WholeBody:
    """Return a body as its page shows it."""
    with world.reading(who) as db:
        found = queries.whole_body(db, body.id)
        db.expunge_all()
        return found
