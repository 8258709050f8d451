"""What tests of requests do again and again."""

import datetime as dt
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.contacts.models import Person
from crm.requests import service
from crm.requests.models import (
    AnswerMethod,
    CommunityRequest,
    RequestOutcome,
    Source,
)
from crm.requests.service import Decided, RequestFacts, Told
from tests.support.world import NOW, TODAY, World

DONE = Decided(outcome=RequestOutcome.DONE, text="市が電球を交換した。")
TOLD = Told(answer="交換されたと伝えた。", to="桒原 健太", on=TODAY, how=AnswerMethod.PHONE)


def received(
    world: World,
    *people: Person,
    who: str = "officer",
    now: dt.datetime = NOW,
    **changes: object,
) -> CommunityRequest:
    facts: dict[str, object] = {
        "words": "みなと公園の街灯が消えている。",
        "heard_on": TODAY,
        "client_key": uuid7(),
        "source": Source.CONTACT if people else Source.ANONYMOUS,
        "person_ids": frozenset(person.id for person in people),
    }
    with world.writing(who) as db:
        return service.receive(
            db,
            world.actors[who],
            RequestFacts(**(facts | changes)),  # type: ignore[arg-type]  # each test states its own
            now=now,
        )


def told_back(
    world: World,
    request_id: UUID,
    told: Told = TOLD,
    *,
    decided: Decided | None = DONE,
    revision: int = 1,
    who: str = "officer",
) -> CommunityRequest:
    with world.writing(who) as db:
        return service.tell_back(
            db, world.actors[who], request_id, told, decided=decided, revision=revision, now=NOW
        )
