"""The counts kept with the records are those worked out from scratch, whatever was done to them."""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, select
from uuid_utils.compat import uuid7

from crm.agencies import reorganization
from crm.agencies import service as agencies
from crm.areas.models import Area, AreaKind
from crm.areas.service import end_area
from crm.consents.models import ConsentMethod
from crm.contacts import service as contacts
from crm.contacts.models import Appointment, Holder, Organization
from crm.contacts.service import OrganizationFacts, PostFacts
from crm.coverage.models import CoverageSpan
from crm.coverage.queries import Shown
from crm.coverage.service import count_anew
from crm.kernel.errors import DomainError, NotFound
from crm.kernel.scope import ScopedSession
from crm.liaisons import service as liaisons
from crm.liaisons.models import AcceptanceFacts, AskingFacts, EndReason
from crm.notes import service as notes
from crm.notes.models import ActivityNote, Occasion, Outcome
from tests.coverage.records import any_post_type, counted, put_liaison
from tests.coverage.scratch import from_scratch
from tests.support.world import NOW, TODAY, World

AREAS = ("みなと町自治会", "さくら台自治会", "磯部自治会", "港南自治会")
BOXES = ("若葉駅前交番", "みなと駐在所", "港南交番")
OFFICES = ("若葉署地域課", "港南署地域課")
STEPS, CHECKED_EVERY = 80, 20
VERBS = (
    *("accept", "accept", "end", "withdraw", "appoint", "leave_post", "log", "correct"),
    *("move_unit", "hand_over", "hand_over", "end_area", "correct_body"),
)
DAYS = [TODAY - dt.timedelta(days=ago) for ago in (0, 20, 60, 110)]

OTHERWISE = (TODAY, AreaKind.MUNICIPALITY)

Row = TypeVar("Row", bound=SQLModel)


@dataclass
class Chance:
    """Somebody who does one thing after another, without a plan."""

    world: World
    random: random.Random
    holders: list[Holder] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def act(self) -> None:
        """Do one of the product's verbs; what it refuses changes nothing."""
        verb = self.random.choice(VERBS)
        try:
            getattr(self, verb)()
        except DomainError:
            return
        self.done.append(verb)

    def day(self) -> dt.date:
        return TODAY - dt.timedelta(days=self.random.randrange(120))

    def holder(self) -> Holder:
        return self.random.choice(self.holders)

    def areas(self) -> list[UUID]:
        return self.random.sample(sorted(self.world.areas.values()), self.random.randrange(4))

    def accept(self) -> None:
        holder, day, chief = self.holder(), self.day(), self.world.actors["chief"]
        oral = ConsentMethod.ORAL
        facts = AcceptanceFacts(decided_on=day, method=oral, starts_on=day, area_ids=self.areas())
        with self.world.writing("chief") as db:
            asked = AskingFacts(day, oral, chief_confirms=True, again_reason="再度の依頼")
            liaisons.ask(db, chief, holder, asked, now=NOW)
            liaisons.record_acceptance(db, chief, holder, facts, now=NOW)

    def end(self) -> None:
        with self.world.writing("chief") as db:
            liaisons.end_term(
                *(db, self.world.actors["chief"], self.holder()),
                reason=EndReason.MOVED,
                day=self.day(),
                now=NOW,
            )

    def withdraw(self) -> None:
        with self.world.writing("chief") as db:
            liaisons.withdraw(
                *(db, self.world.actors["chief"], self.holder()),
                decided_on=self.day(),
                method=ConsentMethod.ORAL,
                now=NOW,
            )

    def appoint(self) -> None:
        person = self.random.choice([each.person_id for each in self.holders if each.person_id])
        since = self.random.choice([None, self.day()])
        facts = PostFacts(
            post_type_id=any_post_type(self.world), title=str(uuid7()), valid_from=since
        )
        with self.world.writing("officer") as db:
            contacts.appoint(db, self.world.actors["officer"], person, facts, now=NOW)

    def leave_post(self) -> None:
        with self.world.writing("officer") as db:
            post = self.some(db, Appointment)
            contacts.end_appointment(
                *(db, self.world.actors["officer"], post.id, self.day()),
                revision=post.revision,
                now=NOW,
            )

    def log(self) -> None:
        holder, officer = self.holder(), self.world.actors["officer"]
        facts = notes.NoteFacts(
            **self.content(),
            client_key=uuid7(),
            person_ids=frozenset({holder.person_id} - {None}),
            organization_ids=frozenset({holder.organization_id} - {None}),
        )
        with self.world.writing("officer") as db:
            notes.log_activity(db, officer, facts, now=NOW)

    def correct(self) -> None:
        with self.world.writing("officer") as db:
            note = self.some(db, ActivityNote)
            notes.correct_note(
                *(db, self.world.actors["officer"], note.id, notes.NoteContent(**self.content())),
                revision=note.revision,
                now=NOW,
            )

    def content(self) -> dict[str, object]:
        return {
            "occasion": Occasion.PATROL_VISIT,
            "outcome": self.random.choice(list(Outcome)),
            "happened_at": NOW - dt.timedelta(days=self.random.randrange(120)),
            "told": "防犯情報",
        }

    def move_unit(self) -> None:
        unit, to = self.random.choice(BOXES), self.random.choice(OFFICES)
        with self.world.writing("administrator") as db:
            agencies.move_unit(
                *(db, self.world.actors["administrator"], self.world.units[unit]),
                to=self.world.units[to],
                day=self.day(),
                now=NOW,
            )

    def hand_over(self) -> None:
        unit = self.world.units[self.random.choice((*BOXES, *OFFICES))]
        with self.world.writing("administrator") as db:
            reorganization.hand_over_areas(
                *(db, self.world.actors["administrator"], unit, self.areas()),
                day=self.day(),
                now=NOW,
            )

    def end_area(self) -> None:
        if self.random.random() < 0.7:  # else soon none is left
            return
        with self.world.writing("administrator") as db:
            area = self.some(db, Area)
            end_area(
                *(db, self.world.actors["administrator"], area.id),
                day=self.day(),
                revision=area.revision,
                now=NOW,
            )

    def correct_body(self) -> None:
        with self.world.writing("officer") as db:
            body = self.some(db, Organization)
            facts = OrganizationFacts(
                kind=body.kind,
                name=body.name,
                area_id=self.random.choice([None, *self.areas()]),
                is_active=self.random.random() < 0.8,
            )
            contacts.correct_organization(
                *(db, self.world.actors["officer"], body.id, facts),
                revision=body.revision,
                area_code="",
                now=NOW,
            )

    def some(self, db: ScopedSession, table: type[Row]) -> Row:
        rows = sorted(db.exec(select(table)).all(), key=lambda row: row.id)
        if not rows:
            raise NotFound
        return self.random.choice(rows)


def test_counts_are_those_from_scratch_whatever_was_done(world: World) -> None:
    chance = Chance(world, random.Random(1))  # noqa: S311 - a repeatable course, no secret
    for number, area in enumerate(AREAS):
        person = world.person(f"試験 {number}", "シケン タロウ")
        body = world.organization(f"団体{number}", area=area)
        put_liaison(world, body, area, since=DAYS[-1])
        chance.holders += [Holder(person_id=person.id), Holder(organization_id=body.id)]
    for _ in range(STEPS // CHECKED_EVERY):
        for _ in range(CHECKED_EVERY):
            chance.act()
        assert _differences(world) == []
    assert set(VERBS) - set(chance.done) == set()
    kept = _spans(world)
    with world.database.system("a test's counting") as connection:
        count_anew(connection)
    assert _spans(world) == kept


def _differences(world: World) -> list[Shown]:
    asked = [
        Shown(world.agency_id, day, kind, station)
        for day, kind in [*((day, AreaKind.ASSOCIATION_AREA) for day in DAYS), OTHERWISE]
        for station in (None, world.units["若葉署"])
    ]
    with world.reading("hq") as db:
        return [shown for shown in asked if counted(db, shown) != from_scratch(db, shown)]


def _spans(world: World) -> list[tuple[object, ...]]:
    table = sa.inspect(CoverageSpan).local_table
    with world.database.system("a test's reading") as connection:
        rows = connection.execute(sa.select(*(each for each in table.c if each.name != "id")))
        return sorted(map(tuple, rows), key=str)
