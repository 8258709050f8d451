"""Writing what a plan decided: new records with their origin, changed ones with their revision."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import SQLModel

from crm.contacts.models import Organization, Telephone
from crm.imports.files import Source
from crm.imports.plans import Step, Verdict
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession

Record = TypeVar("Record", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who takes in which file, and when."""

    actor: Actor
    source: Source
    now: dt.datetime

    @property
    def of_station(self) -> dict[str, Any]:
        """The columns of a row that belongs to the actor's station."""
        return {"agency_id": self.actor.agency_id, "station_id": self.actor.station_id}


def write_step(
    db: ScopedSession,
    table: type[Record],
    step: Step,
    stamp: Stamp,
    **owner: Any,  # noqa: ANN401 - the owner's key columns
) -> Record | None:
    """Make or change the record a step is about, and return it; None for a refused row."""
    if step.verdict is Verdict.CREATED:
        record = new_record(table, step.row, {**step.values, **owner}, stamp)
        db.add(record)
        return record
    if step.verdict is Verdict.UPDATED:
        correct(step, stamp)
    existing: Record | None = step.existing
    return existing


def new_record(
    table: type[Record],
    row: int,
    values: dict[str, Any],
    stamp: Stamp,
) -> Record:
    """Make a record that says where it comes from; it is not yet in the session."""
    return table(
        **values,
        provenance=stamp.source.provenance(row),
        created_at=stamp.now,
        created_by=stamp.actor.account_id,
        updated_at=stamp.now,
        updated_by=stamp.actor.account_id,
    )


def correct(step: Step, stamp: Stamp) -> None:
    """Write only the changed columns of an existing record, and that it has changed."""
    for name, value in step.values.items():
        setattr(step.existing, name, value)
    step.existing.provenance = stamp.source.provenance(step.row)
    step.existing.updated_at = stamp.now
    step.existing.updated_by = stamp.actor.account_id
    step.existing.revision += 1


def add_numbers(
    db: ScopedSession, organization: Organization, step: Step, stamp: Stamp, *, after: int
) -> None:
    """Add the telephone numbers of a step to an organization that already has `after` of them."""
    for position, number in enumerate(step.numbers, after):
        db.add(
            Telephone(
                organization_id=organization.id,
                position=position,
                **number._asdict(),
                **stamp.of_station,
            )
        )
