"""What tests of notes do again and again."""

import datetime as dt
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.contacts.models import Person
from crm.notes import service
from crm.notes.models import ActivityNote, Occasion, Outcome
from crm.notes.service import NoteContent, NoteFacts
from crm.requests.models import AnswerMethod, RequestOutcome
from crm.requests.queries import request_sent_as
from crm.requests.service import Decided, Told, tell_back
from tests.support.world import NOW, TODAY, World

HOUR = dt.timedelta(hours=1)


def facts(*people: Person, **changes: object) -> NoteFacts:
    given: dict[str, object] = {
        "occasion": Occasion.PATROL_VISIT,
        "outcome": Outcome.MET,
        "happened_at": NOW - HOUR,
        "heard": "街灯が消えている。",
        "client_key": uuid7(),
        "person_ids": frozenset(person.id for person in people),
    }
    return NoteFacts(**(given | changes))  # type: ignore[arg-type]  # each test states its own


def logged(
    world: World, sent: NoteFacts, who: str = "officer", now: dt.datetime = NOW
) -> ActivityNote:
    with world.writing(who) as db:
        return service.log_activity(db, world.actors[who], sent, now=now)


def corrected(world: World, note: ActivityNote, who: str = "officer", **changes: object) -> None:
    content = {
        "occasion": note.occasion,
        "outcome": note.outcome,
        "happened_at": note.happened_at,
        "heard": note.heard,
        "told": note.told,
    }
    revision = changes.pop("revision", note.revision)
    with world.writing(who) as db:
        service.correct_note(
            db,
            world.actors[who],
            note.id,
            NoteContent(**(content | changes)),  # type: ignore[arg-type]  # as above
            revision=revision,  # type: ignore[arg-type]  # as above
            now=NOW,
        )


def replied(world: World, note_id: UUID, told_on: dt.date = TODAY, who: str = "officer") -> None:
    """Tell back what was heard in a note, as `who`."""
    actor = world.actors[who]
    with world.writing(who) as db:
        request = request_sent_as(db, actor.station_id, note_id)  # type: ignore[arg-type]  # all tell from a station
        assert request is not None
        tell_back(
            db,
            actor,
            request.id,
            Told(answer="交換しました。", to="桒原 健太", on=told_on, how=AnswerMethod.VISIT),
            decided=Decided(outcome=RequestOutcome.DONE, text="市が交換した。"),
            revision=request.revision,
            now=NOW,
        )
