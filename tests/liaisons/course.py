"""Ways into the states of a liaison, for the tests that begin there."""

import datetime as dt

from crm.consents.models import ConsentMethod, ConsentScope
from crm.contacts.models import Holder
from crm.kernel.scope import ScopedSession
from crm.liaisons import answers, service
from crm.liaisons.models import AcceptanceFacts, AnswerFacts, AskingFacts, LiaisonTerm
from tests.support.world import NOW, TODAY, World

ORAL = ConsentMethod.ORAL
A_YEAR = dt.timedelta(days=365)


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def asked(
    world: World,
    holder: Holder,
    day: dt.date = TODAY,
    *,
    who: str = "chief",
    now: dt.datetime = NOW,
) -> None:
    with world.writing(who) as db:
        service.ask(db, world.actors[who], holder, AskingFacts(day, ORAL), now=now)


def declined(
    world: World,
    holder: Holder,
    day: dt.date = TODAY,
    *,
    asks_no_more: bool = False,
    now: dt.datetime = NOW,
) -> None:
    asked(world, holder, day, now=now)
    facts = AnswerFacts(day, ORAL, asks_no_more=asks_no_more)
    with world.writing("chief") as db:
        answers.record_decline(db, world.actors["chief"], holder, facts, now=now)


def accepted(
    world: World,
    holder: Holder,
    day: dt.date = TODAY,
    *,
    starts_on: dt.date | None = None,
    scopes: dict[ConsentScope, str] | None = None,
    **more: object,
) -> LiaisonTerm:
    asked(world, holder, day)
    with world.writing("chief") as db:
        return accept(
            db, world, holder, day, starts_on=starts_on or day, scopes=scopes or {}, **more
        )


def accept(
    db: ScopedSession, world: World, holder: Holder, day: dt.date, **more: object
) -> LiaisonTerm:
    facts = AcceptanceFacts(**{"decided_on": day, "method": ORAL, "starts_on": day, **more})
    return service.record_acceptance(db, world.actors["chief"], holder, facts, now=NOW)


def withdrawn(world: World, holder: Holder, day: dt.date = TODAY) -> None:
    with world.writing("chief") as db:
        service.withdraw(db, world.actors["chief"], holder, decided_on=day, method=ORAL, now=NOW)
