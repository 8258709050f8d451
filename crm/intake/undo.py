"""Undoing a batch: each row's records go back to what they were, or are all left with the reason.

A record somebody changed since, or that other records lean on (a note about a person the list
brought), stays; and with it whatever the same row did, so that nothing is half undone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from crm.contacts.models import Appointment, Organization, Person
from crm.intake import queries
from crm.intake.models import IntakeChange
from crm.intake.records import TABLES, bring_back, fingerprint, restore
from crm.kernel.columns import StationOwned
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

CHANGED = N_("その後に変更されたため、そのまま残しました。")
USED = N_("その後の記録（活動記録など）で使われているため、そのまま残しました。")
_BELONGS = frozenset({"telephone", "liaison_candidate"})
_LAST_DELETED = {"person": 1, "organization": 2}


@dataclass(slots=True)
class Undone:
    """What came of undoing: how many records went back, whose stayed, who is different now."""

    records: int = 0
    left: list[dict[str, Any]] = field(default_factory=list)
    people: set[UUID] = field(default_factory=set)
    organizations: set[UUID] = field(default_factory=set)


def undo_changes(db: ScopedSession, changes: Sequence[IntakeChange]) -> Undone:
    """Take back `changes`, which come the last first; about twenty statements, however many."""
    current = _current(db, changes)
    leaning = _leaning(db, changes)
    going: list[IntakeChange] = []
    gone: set[UUID] = set()
    undone = Undone()
    for unit in _units(changes, current):
        own = {change.record_id for change in unit if change.before is None}
        reason = _reason(unit, own | gone, current, leaning)
        if reason:
            undone.left.append(_left(unit, current, reason))
            continue
        gone |= own
        going += unit
    _take_back(db, going, current, undone)
    return undone


def _current(db: ScopedSession, changes: Sequence[IntakeChange]) -> dict[UUID, StationOwned]:
    found: dict[UUID, StationOwned] = {}
    for record_type, table in TABLES.items():
        ids = [each.record_id for each in changes if each.record_type == record_type]
        found |= {row.id: row for row in queries.records(db, table, ids)}
    return found


def _leaning(db: ScopedSession, changes: Sequence[IntakeChange]) -> dict[UUID, set[UUID]]:
    """Return by the key of each new person, organization and post which records refer to it."""
    found: dict[UUID, set[UUID]] = {}
    for table in (Person, Organization, Appointment):
        made = [
            each.record_id
            for each in changes
            if each.before is None and TABLES[each.record_type] is table
        ]
        for key, other in queries.references_to(db, table, made):
            found.setdefault(key, set()).add(other)
    return found


def _units(
    changes: Iterable[IntakeChange], current: Mapping[UUID, StationOwned]
) -> Iterator[list[IntakeChange]]:
    """Put together what stays or goes as one: a row's own records, and apart its organization.

    Organizations come last: other rows of the list may have given posts at them.
    """
    people: dict[int, list[IntakeChange]] = {}
    organizations: dict[int, list[IntakeChange]] = {}
    for change in changes:
        groups = organizations if _is_of_organization(change, current) else people
        groups.setdefault(change.number, []).append(change)
    yield from people.values()
    yield from organizations.values()


def _is_of_organization(change: IntakeChange, current: Mapping[UUID, StationOwned]) -> bool:
    if change.record_type in _BELONGS:
        return bool(getattr(current.get(change.record_id), "organization_id", None))
    return change.record_type == "organization"


def _reason(
    unit: Sequence[IntakeChange],
    going: Collection[UUID],
    current: Mapping[UUID, StationOwned],
    leaning: Mapping[UUID, set[UUID]],
) -> str:
    """Return why the records of a unit must stay, or nothing."""
    for change in unit:
        row = current.get(change.record_id)
        if (fingerprint(row) if row else "") != change.after:
            return CHANGED
    for change in unit:
        if not leaning.get(change.record_id, set()) <= set(going):
            return USED
    return ""


def _left(
    unit: Sequence[IntakeChange], current: Mapping[UUID, StationOwned], reason: str
) -> dict[str, Any]:
    """Return whose records stay: the person's or organization's, by key."""
    for change in reversed(unit):
        row = current.get(change.record_id)
        for name in ("person", "organization"):
            key = row.id if row and change.record_type == name else getattr(row, f"{name}_id", None)
            if key:
                told = {"record_type": name, "record_id": str(key)}
                return {"number": change.number, "reason": reason, **told}
    return {"number": unit[0].number, "reason": reason, "record_type": "", "record_id": None}


def _take_back(
    db: ScopedSession,
    going: Sequence[IntakeChange],
    current: Mapping[UUID, StationOwned],
    undone: Undone,
) -> None:
    for change in going:
        if change.before is not None and change.after:
            restore(current[change.record_id], change.before)
            _tell_changed(current[change.record_id], change, undone)
        elif change.before is not None:
            db.add(bring_back(change.record_type, change.before))
    db.flush()
    made = [each for each in going if each.before is None]
    # what refers to a person or an organization goes before them
    for turn in range(3):
        for change in made:
            if _LAST_DELETED.get(change.record_type, 0) == turn:
                db.delete(current[change.record_id])
                _tell_changed(current[change.record_id], change, undone)
        db.flush()
    undone.records = len(going)
    for change in made:
        undone.people.discard(change.record_id)
        undone.organizations.discard(change.record_id)


def _tell_changed(row: StationOwned, change: IntakeChange, undone: Undone) -> None:
    """Keep whose facts are different now, for whoever has copies of them."""
    person_id = row.id if change.record_type == "person" else getattr(row, "person_id", None)
    organization_id = (
        row.id if change.record_type == "organization" else getattr(row, "organization_id", None)
    )
    if person_id:
        undone.people.add(person_id)
    elif organization_id:
        undone.organizations.add(organization_id)
