"""Reading all that was asked of and answered by somebody, whose standing is worked out from it."""

import datetime as dt
from collections.abc import Collection
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import Staff
from crm.contacts.models import Holder, Person, any_of, named
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import (
    NOT_ASKED,
    AcceptanceRecord,
    Approach,
    LiaisonCandidate,
    LiaisonTerm,
)
from crm.liaisons.standing import Answer, Asking, Candidacy, Course, Term


def courses(db: ScopedSession, holders: Collection[Holder]) -> dict[Holder, Course]:
    """Return all that was asked of and answered by each of `holders`; one statement."""
    found = together(db, _course_selects(), **named(*holders))
    kinds = (_candidacy, _asking, _answer, _term)
    parts: dict[Holder, tuple[list[Any], ...]] = {holder: ([], [], [], []) for holder in holders}
    for position, (rows, fact_of) in enumerate(zip(found, kinds, strict=True)):
        for row in sorted(rows, key=_when):
            parts[Holder(row.person_id, row.organization_id)][position].append(fact_of(row))
    return {holder: Course(*map(tuple, each)) for holder, each in parts.items()}


@cache
def _course_selects() -> tuple[AnySelect, ...]:
    """Select all that makes up a course; built once, for `named` holders."""
    return _candidacies(), _askings(), _answers(), _terms()


def _candidacies() -> AnySelect:
    return (
        sa.select(
            col(LiaisonCandidate.person_id),
            col(LiaisonCandidate.organization_id),
            col(LiaisonCandidate.noticed_on).label("on"),
            col(LiaisonCandidate.id),
            col(LiaisonCandidate.reason),
            sa.case(
                (col(LiaisonCandidate.state).in_(NOT_ASKED), col(LiaisonCandidate.state_on))
            ).label("over_on"),
            col(Staff.family_name),
            col(Staff.given_name),
        )
        .join(Staff, col(Staff.id) == col(LiaisonCandidate.noticed_by))
        .where(any_of(LiaisonCandidate))
    )


def _candidacy(row: Any) -> Candidacy:  # noqa: ANN401 - a row of _candidacies
    return Candidacy(row.id, row.on, _whole_name(row), row.reason, row.over_on)


def _askings() -> AnySelect:
    return (
        sa.select(
            col(Approach.person_id),
            col(Approach.organization_id),
            col(Approach.asked_on).label("on"),
            col(Approach.recorded_at),
            col(Approach.id),
            col(Approach.method),
            col(Approach.again_reason),
            col(Staff.family_name),
            col(Staff.given_name),
        )
        .join(Staff, col(Staff.id) == col(Approach.asked_by))
        .where(any_of(Approach))
    )


def _asking(row: Any) -> Asking:  # noqa: ANN401 - a row of _askings
    name = _whole_name(row)
    return Asking(row.on, row.recorded_at, row.id, name, row.method, row.again_reason)


def _answers() -> AnySelect:
    record = AcceptanceRecord
    return (
        sa.select(
            col(record.person_id),
            col(record.organization_id),
            col(record.decided_on).label("on"),
            col(record.recorded_at),
            col(record.id),
            col(record.method),
            col(record.decision),
            col(record.not_before),
            col(record.asks_no_more),
            col(Staff.family_name),
            col(Staff.given_name),
        )
        .join(Staff, col(Staff.id) == col(record.recorded_by))
        .where(any_of(record))
    )


def _answer(row: Any) -> Answer:  # noqa: ANN401 - a row of _answers
    return Answer(
        *(row.on, row.recorded_at, row.id, _whole_name(row), row.method, row.decision),
        row.not_before,
        row.asks_no_more,
    )


def _terms() -> AnySelect:
    return (
        sa.select(
            col(LiaisonTerm.person_id),
            col(LiaisonTerm.organization_id),
            col(LiaisonTerm.valid_from).label("on"),
            col(LiaisonTerm.id),
            col(LiaisonTerm.acceptance_id),
            col(LiaisonTerm.valid_to),
            col(LiaisonTerm.contact_person_id),
            col(LiaisonTerm.contact_needs_review),
            col(LiaisonTerm.end_reason),
            col(LiaisonTerm.remark),
            col(LiaisonTerm.revision),
            col(Person.family_name),
            col(Person.given_name),
        )
        .outerjoin(Person, col(Person.id) == col(LiaisonTerm.contact_person_id))
        .where(any_of(LiaisonTerm))
    )


def _term(row: Any) -> Term:  # noqa: ANN401 - a row of _terms
    return Term(
        *(row.id, row.acceptance_id, row.on),
        row.valid_to,
        row.contact_person_id,
        _whole_name(row),
        row.contact_needs_review,
        row.end_reason,
        row.remark,
        row.revision,
    )


def _when(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row of any of the four
    """Order by the day, then by when it was put on record, where that is kept."""
    return row.on, getattr(row, "recorded_at", None) or _LONG_AGO, row.id


def _whole_name(row: Any) -> str:  # noqa: ANN401 - a row that names somebody, or nobody
    return f"{row.family_name or ''} {row.given_name or ''}".strip()


_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
