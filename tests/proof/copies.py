"""Published copies after any sequence of acts, as the partner lists and opens them."""

from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlmodel import col

from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession
from crm.sharing.models import PublishedContact
from crm.sharing.queries import received_contact, received_contacts
from tests.proof.databases import sqlite
from tests.proof.proofs import Outcome, proof
from tests.sharing.test_agreement import Sharing
from tests.support.world import build_world

STEPS = 50
SHOWN = ("name", "kana", "post", "phone", "areas", "address", "valid_until")


class _Received(Sharing):
    """The same acts; after each, the recipient looks at everything it has."""

    steps = 0

    @invariant()
    def the_partner_is_shown_no_more_than_is_allowed(self) -> None:
        """What is listed and opened is what agreement, consent and the day allow."""
        type(self).steps += 1
        self.db.flush()
        city = self.world.actors["city"]
        db = ScopedSession(self.db.connection(), city)
        listed = received_contacts(db, city, self.today, 1).items
        allowed = [_comparable(one) for one in self.model().values()]
        for one in listed:
            opened = received_contact(db, city, one.id, self.today)
            for shown in (one, opened):
                told = {name: getattr(shown, name) for name in SHOWN}
                assert _comparable(told | {"fields": set(shown.fields)}) in allowed
        self._nothing_is_left_of_what_is_over(db)

    def _nothing_is_left_of_what_is_over(self, db: ScopedSession) -> None:
        city = self.world.actors["city"]
        for copy in self.copies_over(db):
            try:
                received_contact(db, city, copy, self.today)
            except NotFound:
                continue
            raise AssertionError("a copy past its day was opened")

    def copies_over(self, db: ScopedSession) -> list[Any]:
        """Return the keys of copies whose last day has passed and that no sweep removed yet."""
        return [
            row.id
            for row in db.rows(_every_copy())
            if row.valid_until is not None and row.valid_until < self.today
        ]


def _every_copy() -> Any:
    return sa.select(col(PublishedContact.id), col(PublishedContact.valid_until))


def _comparable(shown: dict[str, Any]) -> tuple[Any, ...]:
    return (*(shown[name] for name in SHOWN), frozenset(shown["fields"]))


@proof(
    "G3",
    "published copies ≡ agreement ∩ consent ∩ today after grant, narrow, withdraw, expire, end,"
    " correct in any order; listed and opened by the partner",
    quick=80,
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
                return Outcome(_Received.steps, 1, str(wrong)[:300])
    return Outcome(_Received.steps, 0, "a person and an organization, one recipient")
