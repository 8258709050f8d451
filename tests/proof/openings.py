"""G9: in an emergency headquarters sees one person, with a reason, for half an hour, on record.

Random sequences of openings, looks, closings and reviews, by whoever works here, at any moment.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from crm.access import service as access
from crm.access.models import DeviceKind, SignInLevel
from crm.access.queries import open_session
from crm.breakglass import service
from crm.breakglass.models import Finding
from crm.contacts.models import Person
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, DomainError
from tests.proof.databases import sqlite
from tests.proof.proofs import Outcome, proof
from tests.support.world import NOW, World, build_world

LONGEST = dt.timedelta(minutes=30)
LASTS = dt.timedelta(hours=9)
STEPS = (0, 1, 7, 29, 30, 31, 61)
"""Minutes between two acts: shorter, as long and longer than an opening lasts."""
PEOPLE = (("髙橋 茂", "若葉署"), ("佐々木 望", "若葉署"), ("小野 薫", "港南署"))
WHO = ("hq", "hq", "hq", "officer", "station_chief", "administrator", "auditor", "city")
REVIEWERS = ("hq", "officer", "chief", "station_chief", "stranger_chief", "auditor", "city_chief")
MAY_REVIEW = {"若葉署": {"station_chief", "auditor"}, "港南署": {"auditor"}}
REASONS = ("河川の氾濫に備えるため", "", "　")


@dataclass(slots=True)
class Emergency:
    """One world, its clock, and what the specification says is open."""

    world: World
    random: Random
    people: dict[str, UUID] = field(default_factory=dict)
    cookie: str = ""
    now: dt.datetime = NOW
    opened: tuple[UUID, dt.datetime] | None = None
    openings: dict[UUID, str] = field(default_factory=dict)
    reviewed: set[UUID] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Let there be people of two stations, and headquarters signed in."""
        for name, station in PEOPLE:
            self.people[name] = self.world.person(name, "タカハシ シゲル", station=station).id
        facts = access.SignInFacts("hq", "10.0.0.1", NOW)
        with self.world.database.writing(None) as db:
            self.cookie = access.start_session(
                db,
                self.world.actors["hq"],
                facts,
                level=SignInLevel.SECOND_FACTOR,
                device=None,
                lasts=dict.fromkeys(DeviceKind, LASTS),
            )

    def act(self) -> None:
        """Let some minutes go by, somebody do something, and headquarters look."""
        self.now += dt.timedelta(minutes=self.random.choice(STEPS))
        acts: tuple[Callable[[], None], ...] = (self._open, self._open, self._close, self._review)
        self.random.choice(acts)()
        self._look()

    def headquarters(self) -> Actor:
        """Return who the sign-in of headquarters is at this moment."""
        sessions = SQLModel.metadata.tables["sign_in_session"]
        with self.world.database.system("a proof's clock") as connection:
            # the hand is on the mouse: here only the opening ends
            awake = {"last_seen_at": self.now, "expires_at": self.now + LASTS}
            connection.execute(sa.update(sessions).values(awake))
        with self.world.database.reading(None) as db:
            hashed = access.hash_of(self.cookie)
            found = open_session(db, hashed, now=self.now, day=local_day(self.now))
        assert found is not None
        return found.actor

    def _open(self) -> None:
        who, reason = self.random.choice(WHO), self.random.choice(REASONS)
        name, station = self.random.choice(PEOPLE)
        said = self.random.choice((name, name, name[:2]))
        actor = self.headquarters() if who == "hq" else self.world.actors[who]
        facts = service.OpeningFacts(self.world.units[station], said, reason)
        ought = who == "hq" and bool(reason.strip()) and said == name
        try:
            with self.world.database.writing(actor) as db:
                opening = service.open_person(db, actor, facts, now=self.now)
                key, until = opening.id, opening.opened_until
        except DomainError:
            self._expect(not ought, f"{who} opened nobody")
            return
        self._expect(ought, f"{who} opened {said} for {reason!r}")
        self._expect(until - self.now <= LONGEST, "longer than half an hour")
        self.opened, self.openings[key] = (self.people[name], until), station

    def _close(self) -> None:
        actor = self.headquarters()
        try:
            with self.world.database.writing(actor) as db:
                service.close_person(db, actor, now=self.now)
        except DomainError:
            self._expect(self._seen() is None, "what is open could not be closed")
        self.opened = None

    def _review(self) -> None:
        if not self.openings:
            return
        key = self.random.choice(list(self.openings))
        who = self.random.choice(REVIEWERS)
        actor, ought = self.world.actors[who], who in MAY_REVIEW[self.openings[key]]
        judged = {"finding": Finding.JUSTIFIED, "remark": "訓練"}
        try:
            with self.world.database.writing(actor) as db:
                service.review_opening(db, actor, key, **judged, now=self.now)
        except Conflict:
            self._expect(key in self.reviewed, "reviewed twice")
            return
        except DomainError:
            self._expect(not ought, f"{who} could not review")
            return
        self._expect(ought and key not in self.reviewed, f"{who} reviewed")
        self.reviewed.add(key)

    def _seen(self) -> UUID | None:
        return self.opened[0] if self.opened and self.now < self.opened[1] else None

    def _look(self) -> None:
        """Compare whom headquarters sees, and what is on record, with what ought to be."""
        actor = self.headquarters()
        with self.world.database.reading(actor) as db:
            seen = {row[0] for row in db.rows(sa.select(col(Person.id)))}
        self._expect(seen == ({self._seen()} - {None}), f"headquarters sees {len(seen)}")
        entries = SQLModel.metadata.tables["audit_entry"]
        with self.world.database.system("a proof's reading") as connection:
            acts = sa.select(entries.c.action, sa.func.count()).group_by(entries.c.action)
            told = {row[0]: row[1] for row in connection.execute(acts)}
        self._expect(told.get("person.opened", 0) == len(self.openings), "not on record")
        self._expect(told.get("opening.reviewed", 0) == len(self.reviewed), "review not on record")

    def _expect(self, holds: object, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)


@proof(
    "G9",
    "headquarters opens one person by exact name with a reason, sees nobody else and nobody after"
    " 30 minutes; the chief of that station or the auditor reviews it once; all on record",
    quick=40,
    full=10_000,
)
def an_opening_is_one_person_for_half_an_hour(size: int) -> Outcome:
    """Let `size` acts happen at any moment, and look after each."""
    with sqlite() as database:
        there = Emergency(build_world(database), Random(9))  # noqa: S311 - no secret
        there.begin()
        for _ in range(size):
            there.act()
    told = f"{len(there.openings):,} openings, {len(there.reviewed):,} reviews"
    return Outcome(size, len(there.wrong), "; ".join(there.wrong[:5]) or told)
