"""Reading changes of head since a day, what was decided of each, and where everybody stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.contacts.models import Appointment, Holder, Organization, Person, PostType
from crm.contacts.vacancy_queries import IS_HEAD
from crm.handovers.models import SuccessionAnswer
from crm.handovers.successions import Decided, Former, Succession
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.errors import NotFound
from crm.kernel.kana import furigana
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import LiaisonState, LiaisonTerm
from crm.liaisons.queries import states_of


def successions_since(db: ScopedSession, since: dt.date, today: dt.date) -> Sequence[Succession]:
    """Return the changes of head that began from `since` to `today`; two statements.

    What is left to decide comes first, of that whoever follows on somebody known.
    """
    rows, words = together(db, _selects(one=False), since=since, day=today)
    return _successions(db, rows, words, today)


def succession_of(db: ScopedSession, appointment_id: UUID, today: dt.date) -> Succession:
    """Return the change of head an appointment made; NotFound where it made none."""
    asked = {"appointment": appointment_id, "day": today}
    rows, words = together(db, _selects(one=True), **asked)
    found = _successions(db, rows, words, today)
    if not found:
        raise NotFound
    return found[0]


def lock_appointment(db: ScopedSession, appointment_id: UUID) -> None:
    """Let nobody else decide about a change of head until this transaction ends."""
    wanted = select(Appointment.id).where(col(Appointment.id) == appointment_id)
    if db.exec(wanted.with_for_update(key_share=True)).first() is None:
        raise NotFound


def _successions(
    db: ScopedSession, rows: Sequence[Any], words: Sequence[Any], today: dt.date
) -> list[Succession]:
    decided: dict[UUID, list[Decided]] = {}
    for word in words:
        said = Decided(word.decision, word.name, word.decided_at)
        decided.setdefault(word.appointment_id, []).append(said)
    found: dict[UUID, Succession] = {}
    for row in sorted(rows, key=lambda row: row.former_ended_on or dt.date.min):
        # of several before, the one who went last
        found[row.id] = _succession(row, decided.get(row.id, ()))
    states = states_of(db, [one.person_id for one in found.values()], [], today)
    stood = [replace(one, state=states[Holder(person_id=one.person_id)]) for one in found.values()]
    return sorted(stood, key=_order)


def _order(one: Succession) -> tuple[bool, bool, str, dt.date]:
    return (not one.is_open, one.former is None, one.organization, one.began_on)


def _succession(row: Any, decided: Sequence[Decided]) -> Succession:  # noqa: ANN401 - a row of the select below
    former = None
    if row.former_id:
        name = f"{row.former_family_name} {row.former_given_name}".strip()
        former = Former(row.former_id, name, row.former_ended_on, row.former_term is not None)
    return Succession(
        appointment_id=row.id,
        organization_id=row.organization_id,
        organization=row.organization,
        post=row.title or row.post,
        person_id=row.person_id,
        name=f"{row.family_name} {row.given_name}".strip(),
        kana=furigana(f"{row.family_kana} {row.given_kana}".strip()),
        began_on=row.valid_from,
        former=former,
        state=LiaisonState.NONE,
        is_organization_liaison=row.own_term is not None,
        needs_review=bool(row.contact_needs_review),
        decided=decided,
    )


@cache
def _selects(*, one: bool) -> tuple[AnySelect, ...]:
    """Select changes of head with what was decided of each; built once."""
    post, former_post = Appointment, aliased(Appointment, name="former_post")
    former = aliased(Person, name="former")
    former_term = aliased(LiaisonTerm, name="former_term")
    own_term = aliased(LiaisonTerm, name="own_term")
    before = sa.and_(
        col(former_post.organization_id) == col(post.organization_id),
        col(former_post.post_type_id) == col(post.post_type_id),
        col(former_post.person_id) != col(post.person_id),
        col(former_post.valid_to) < col(post.valid_from),
    )
    which = (
        col(post.id) == sa.bindparam("appointment", type_=Key())
        if one
        else sa.and_(
            col(post.valid_from) >= sa.bindparam("since", type_=sa.Date()),
            col(post.valid_from) <= DAY,
        )
    )
    rows: AnySelect = (
        sa.select(
            *(col(post.id), col(post.person_id), col(post.organization_id)),
            *(col(post.title), col(PostType.name).label("post"), col(post.valid_from)),
            *(col(Person.family_name), col(Person.given_name)),
            *(col(Person.family_kana), col(Person.given_kana)),
            col(Organization.name).label("organization"),
            col(former.id).label("former_id"),
            col(former.family_name).label("former_family_name"),
            col(former.given_name).label("former_given_name"),
            col(former_post.valid_to).label("former_ended_on"),
            col(former_term.id).label("former_term"),
            col(own_term.id).label("own_term"),
            col(own_term.contact_needs_review),
        )
        .select_from(post)
        .join(PostType, col(PostType.id) == col(post.post_type_id))
        .join(Person, col(Person.id) == col(post.person_id))
        .join(Organization, col(Organization.id) == col(post.organization_id))
        .outerjoin(former_post, before)
        .outerjoin(former, col(former.id) == col(former_post.person_id))
        .outerjoin(
            former_term,
            sa.and_(col(former_term.person_id) == col(former.id), holds(former_term, DAY)),
        )
        .outerjoin(
            own_term,
            sa.and_(
                col(own_term.organization_id) == col(post.organization_id), holds(own_term, DAY)
            ),
        )
        .where(IS_HEAD, which)
    )
    words = (
        sa.select(
            *(col(SuccessionAnswer.appointment_id), col(SuccessionAnswer.decision)),
            *(col(SuccessionAnswer.name), col(SuccessionAnswer.decided_at)),
        )
        .join(post, col(post.id) == col(SuccessionAnswer.appointment_id))
        .where(which)
    )
    return rows, words
