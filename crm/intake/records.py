"""What applying a batch does to each record, written down as it happens, so that it can be undone.

Verbs of other features change more than they are asked to (an ended post marks a liaison's contact
person). Nothing of that is guessed here: the session itself tells what it is about to write.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import UOWTransaction
from sqlmodel import SQLModel

from crm.contacts.models import Appointment, Organization, Person, Telephone
from crm.intake.models import IntakeBatch, IntakeChange
from crm.kernel.columns import Key, Moment, StationOwned
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import LiaisonCandidate, LiaisonTerm

TABLES: Mapping[str, type[StationOwned]] = {
    "person": Person,
    "organization": Organization,
    "telephone": Telephone,
    "appointment": Appointment,
    "liaison_candidate": LiaisonCandidate,
    "liaison_term": LiaisonTerm,
}
"""The records a batch makes or changes; copies made of them elsewhere follow by themselves."""
_NAMES = {table: name for name, table in TABLES.items()}


class Recorder:
    """What a session writes, record by record; `number` is the row of the list it is for."""

    def __init__(self) -> None:
        self.number = 0
        self._touched: dict[UUID, tuple[StationOwned, int]] = {}
        self._before: dict[UUID, dict[str, Any] | None] = {}
        self._gone: set[UUID] = set()

    def expect(self, row: SQLModel) -> None:
        """Take down a new record that is written later, with those of many other rows."""
        if isinstance(row, StationOwned) and type(row) in _NAMES:
            self._touched[row.id] = row, self.number
            self._before[row.id] = None

    def note(self, session: ScopedSession, context: UOWTransaction, instances: object) -> None:
        """Take down what is about to be written."""
        del context, instances
        for row in session.new:
            if type(row) in _NAMES:
                self._touched[row.id] = row, self.number
                self._before[row.id] = None
        for row in session.dirty:
            if type(row) in _NAMES and session.is_modified(row):
                _, number = self._touched.get(row.id, (row, self.number))
                self._touched[row.id] = row, number
                self._keep(row)
        for row in session.deleted:
            if type(row) in _NAMES:
                self._touched.setdefault(row.id, (row, self.number))
                self._before[row.id] = _columns(row)
                self._gone.add(row.id)

    def changes(self, batch: IntakeBatch) -> list[IntakeChange]:
        """Return what was taken down, as rows of the batch."""
        return [
            IntakeChange(
                agency_id=batch.agency_id,
                station_id=batch.station_id,
                batch_id=batch.id,
                position=position,
                number=number,
                record_type=_NAMES[type(row)],
                record_id=key,
                before=self._before[key],
                after="" if key in self._gone else fingerprint(row),
            )
            for position, (key, (row, number)) in enumerate(self._touched.items())
        ]

    def _keep(self, row: StationOwned) -> None:
        """Keep how the changed columns were before the first change."""
        before = self._before.setdefault(row.id, {})
        if before is None:
            return
        for attribute in sa.inspect(row).attrs:
            history = attribute.history
            if history.has_changes() and attribute.key not in before:
                was = history.deleted[0] if history.deleted else None
                before[attribute.key] = _packed(was)


@contextmanager
def recording(db: ScopedSession) -> Iterator[Recorder]:
    """Take down what `db` writes inside the block."""
    recorder = Recorder()
    event.listen(db, "before_flush", recorder.note)
    try:
        yield recorder
        db.flush()
    finally:
        event.remove(db, "before_flush", recorder.note)


def fingerprint(row: StationOwned) -> str:
    """Return what tells a record from what it was or will be, without saying what it is."""
    said = [getattr(row, name) for name in _names(type(row))]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def restore(row: StationOwned, before: Mapping[str, Any]) -> None:
    """Set a record's columns back to what they were.

    The revision goes on instead: a form opened while the batch stood must not be taken for new.
    """
    columns = sa.inspect(type(row)).columns
    for name, value in before.items():
        if name == "revision":
            row.revision += 1  # type: ignore[attr-defined]  # only rows that have one changed it
        else:
            setattr(row, name, _unpacked(columns[name].type, value))


def bring_back(record_type: str, before: Mapping[str, Any]) -> StationOwned:
    """Return a record that was deleted, to be added again under its own key."""
    table = TABLES[record_type]
    columns = sa.inspect(table).columns
    return table(**{name: _unpacked(columns[name].type, value) for name, value in before.items()})


def _columns(row: StationOwned) -> dict[str, Any]:
    return {name: _packed(getattr(row, name)) for name in _names(type(row))}


@cache
def _names(table: type[StationOwned]) -> tuple[str, ...]:
    return tuple(attribute.key for attribute in sa.inspect(table).column_attrs)


def _packed(value: Any) -> Any:  # noqa: ANN401 - any column's value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _unpacked(kind: sa.types.TypeEngine[Any], value: Any) -> Any:  # noqa: ANN401 - as above
    if value is None:
        return None
    if isinstance(kind, Key):
        return UUID(value)
    if isinstance(kind, Moment):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return dt.date.fromisoformat(value)
    if isinstance(kind, sa.Enum) and kind.enum_class:
        return kind.enum_class(value)
    return value
