"""Published copies after any sequence of acts, as the partner lists, searches and opens them.

People are not merged in this product, and a partner takes no file of what it received: both have no
act to prove here.
"""

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlmodel import col

from crm.agencies.service import move_unit
from crm.agencies.staff_queries import staff_of
from crm.agencies.staffing import Posting, post_staff
from crm.contacts.models import Holder
from crm.kernel.actor import Actor, Role
from crm.kernel.errors import NotFound, Refused
from crm.kernel.scope import ScopedSession
from crm.kernel.text import search_key
from crm.rosters.models import RosterProfile
from crm.rosters.queries import roster_on
from crm.sharing.lines import ReceivedContact
from crm.sharing.models import ProvisionRecord, PublishedContact
from crm.sharing.queries import received_contact, received_contacts, shared_about
from crm.sharing.service import link_contact, unlink_contact
from tests.proof.databases import sqlite
from tests.proof.proofs import Outcome, proof
from tests.sharing.test_agreement import Sharing
from tests.support.world import START, build_world

STEPS = 50
LONGEST = 300
SHOWN = ("name", "kana", "post", "phone", "areas", "address", "valid_until")
WORDS = ("桒原", "髙橋", "クワバラ", "みなと", "さくら", "ミナト", "0110", "0999", "自治会長")
"""What a partner searches by: names, readings, numbers, whether they were given to it or not."""
STEP = {"given": 1, "changed": 0, "ended": -1}
KOBAN, STATIONS = "若葉駅前交番", ("若葉署", "港南署")
SECTIONS = ("若葉署地域課", "港南署地域課")


class _Received(Sharing):
    """The same acts, done by either chief, while units and staff move and the partner links.

    After each, the recipient looks at everything it has in every way it can.
    """

    steps = 0

    def __init__(self) -> None:
        own = self.world.person("桒原 健太", "クワバラ ケンタ", station="架空市役所")
        super().__init__()
        self.own = Holder(person_id=own.id)
        self.partner = self.world.actors["city"]
        self.theirs = self._as(self.partner)
        self.opened: dict[UUID, ReceivedContact] = {}
        self.linked: UUID | None = None
        self.turn = 0

    def _as(self, actor: Actor) -> ScopedSession:
        return ScopedSession(self.db.connection(), actor)

    @rule(who=st.sampled_from(["chief", "station_chief"]))
    def hand_over(self, who: str) -> None:
        """Let another chief go on where the first has left off."""
        self.db.flush()
        self.chief = self.world.actors[who]
        self.db = self._as(self.chief)

    @rule(which=st.integers(0, 1))
    def move_the_koban(self, which: int) -> None:
        """Put the koban, with all its staff and areas, under a station from today on."""
        admin, station = self.world.actors["administrator"], self.world.units[STATIONS[which]]
        with suppress(Refused), self._as(admin) as db:
            koban = self.world.units[KOBAN]
            move_unit(db, admin, koban, to=station, day=self.today, now=self.now)

    @rule(who=st.sampled_from(["officer", "seian"]), which=st.integers(0, 1))
    def transfer(self, who: str, which: int) -> None:
        """Transfer an officer to a section of a station from today on."""
        admin, unit = self.world.actors["administrator"], self.world.units[SECTIONS[which]]
        posting = Posting(unit_id=unit, role=Role.OFFICER, day=self.today)
        with suppress(Refused), self._as(admin) as db:
            staff = staff_of(db, self.world.actors[who].staff_id)
            post_staff(db, admin, staff, posting, now=self.now)
            db.flush()

    @rule()
    def recognize(self) -> None:
        """Let the partner take somebody it received for somebody of its own, or not any more."""
        partner, db = self.partner, self.theirs
        if self.linked is not None:
            unlink_contact(db, partner, self.linked, now=self.now)
            self.linked = None
            return
        for copy in self._received():
            if copy.is_person:
                link_contact(db, partner, copy.reference, self.own, now=self.now)
                self.linked = copy.reference
                return

    @invariant()
    def the_partner_is_shown_no_more_than_is_allowed(self) -> None:
        """What is listed, found, opened and shown beside an own contact is what is allowed."""
        type(self).steps += 1
        self.db.flush()
        allowed = [_comparable(one) for one in self.model().values()]
        listed = self._received()
        beside = shared_about(self.theirs, self.partner, self.own, self.today, most_notes=1)
        for shown in (*listed, *beside.contacts, *self._opened(listed)):
            told = {name: getattr(shown, name) for name in SHOWN}
            assert _comparable(told | {"fields": set(shown.fields)}) in allowed
        self._a_search_finds_by_what_was_given(listed)
        self._nothing_is_left_of_what_is_over()

    @invariant()
    def the_record_tells_what_is_given(self) -> None:
        """Every copy began, and every one that is gone ended, on record."""
        acts = col(ProvisionRecord.act)
        whose = (col(ProvisionRecord.subject_id), col(ProvisionRecord.basis_id))
        steps = sa.case(STEP, value=sa.cast(acts, sa.String))
        given = self.db.rows(sa.select(*whose, sa.func.sum(steps)).group_by(*whose))
        there = self.db.rows(sa.select(sa.func.count(col(PublishedContact.id))))[0][0]
        assert sum(row[2] for row in given) == there
        assert {row[2] for row in given} <= {0, 1}

    def teardown(self) -> None:
        """See that the partner's own roster has nobody of those it only received."""
        day = max(self.today, START)
        roster = roster_on(self.theirs, self.partner, RosterProfile.STATION, day, today=day)
        assert not roster.people_named
        super().teardown()

    def _received(self, word: str = "") -> list[ReceivedContact]:
        """Return what the partner lists, or finds by a word, on every page there is."""
        first = received_contacts(self.theirs, self.partner, self.today, 1, word)
        others = (
            received_contacts(self.theirs, self.partner, self.today, number, word)
            for number in range(2, first.last + 1)
        )
        return [one for page in (first, *others) for one in page.items]

    def _opened(self, listed: Sequence[ReceivedContact]) -> Iterator[ReceivedContact]:
        """Open whatever is listed otherwise than when it was opened last."""
        for one in listed:
            if self.opened.get(one.id) != one:
                found = received_contact(self.theirs, self.partner, one.id, self.today)
                assert found == one
                self.opened[one.id] = found
                yield found

    def _a_search_finds_by_what_was_given(self, listed: Sequence[ReceivedContact]) -> None:
        self.turn += 1
        word = WORDS[self.turn % len(WORDS)]
        found = self._received(word)
        key = search_key(word)
        given = {one.id for one in listed if key in _searchable(one)}
        assert {one.id for one in found} <= given

    def _nothing_is_left_of_what_is_over(self) -> None:
        copy = PublishedContact
        over = sa.select(col(copy.id)).where(col(copy.valid_until) < self.today)
        for (key,) in self.theirs.rows(over):
            try:
                received_contact(self.theirs, self.partner, key, self.today)
            except NotFound:
                continue
            raise AssertionError("a copy past its day was opened")


def _told(wrong: AssertionError) -> str:
    """Return where it went wrong and after which acts, all that is needed to try it again."""
    *_, last = traceback.extract_tb(wrong.__traceback__)
    acts = " ".join(" ".join(getattr(wrong, "__notes__", ())).split())
    sys.stderr.write(f"{last.name}, line {last.lineno}: {acts}\n")
    return f"{last.name}, line {last.lineno}: {acts}"[:LONGEST]


def _searchable(one: ReceivedContact) -> str:
    words = (one.name, one.kana, one.post, one.areas, one.address, one.phone)
    return " ".join(map(search_key, words))


def _comparable(shown: dict[str, Any]) -> tuple[Any, ...]:
    return (*(shown[name] for name in SHOWN), frozenset(shown["fields"]))


@proof(
    "G3",
    "published copies ≡ agreement ∩ consent ∩ today after grant, narrow, withdraw, expire, end,"
    " correct, transfer, move in any order; listed, searched, opened and linked by the partner",
    quick=60,
    full=100_000,
)
def copies_are_what_was_agreed(size: int) -> Outcome:
    """Let hypothesis act until `size` steps were checked, or one of them went wrong."""
    with sqlite() as database:
        _Received.world, _Received.steps = build_world(database), 0
        few = settings(
            max_examples=max(1, min(50, size // STEPS)),
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        while _Received.steps < size:
            try:
                run_state_machine_as_test(_Received, settings=few)
            except AssertionError as wrong:
                return Outcome(_Received.steps, 1, _told(wrong))
    return Outcome(_Received.steps, 0, "a person and an organization, one recipient")
