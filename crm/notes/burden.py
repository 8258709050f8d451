"""Before the call: who was in touch lately, who else plans to be, and who is to be left in peace.

「この90日で4課から6回」 (S1 intro, 3(3)) and 「生安課が6月2日に訪問予定」 (S2 5(2)): over all
sections of the station and, where they told of it, other agencies.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from crm.contacts.models import Holder, named
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day, start_of_day
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.notes.burden_queries import contact_rows, plan_rows
from crm.notes.lines import Contacts, sum_contacts
from crm.notes.units import UnitBook
from crm.visiting.lines import Quiet
from crm.visiting.queries import quiet_by_holder, quiet_rows

LATELY = dt.timedelta(days=90)
"""Long enough to see a burden, short enough to act on it."""
PLANS_LAST = dt.timedelta(days=366)
"""A plan nobody acted on for a year is forgotten."""
PLANNED_BEFORE, PLANNED_AFTER = dt.timedelta(days=7), dt.timedelta(days=14)
"""Which plans of others are near enough to speak of."""


class PlanLine(NamedTuple):
    """A contact another section of the station has planned."""

    on: dt.date
    section: str


@dataclass(frozen=True, slots=True)
class Burden:
    """What somebody already bears: `told` is how often other agencies said they were in touch."""

    contacts: Contacts | None = None
    told: Sequence[tuple[str, int]] = ()
    plans: Sequence[PlanLine] = ()
    quiet: Sequence[Quiet] = ()

    @property
    def told_in_all(self) -> int:
        """How often all other agencies together were."""
        return sum(times for _, times in self.told)

    def rests_on(self, day: dt.date) -> bool:
        """Whether nobody is to be proposed to call on `day`."""
        return any(quiet.holds_on(day) for quiet in self.quiet)


NOTHING = Burden()
_told: list[AnySelect] = []
_planned: list[AnySelect] = []


def count_told_by(select: AnySelect) -> None:
    """Let `select` say how often other agencies told of contacts with `named` holders.

    It gives person_id, organization_id, giver_name and times; notes stand below what is shared.
    """
    _told[:] = [select]


def also_planned_by(select: AnySelect) -> None:
    """Let `select` say when units mean to see `named` holders, beside what notes plan.

    It gives the columns of `plan_rows`, with an empty `happened_at`: only a contact from the
    planned day on carries such a plan out. Notes stand below what else is planned.
    """
    _planned[:] = [select]


def burdens_of(
    db: ScopedSession,
    actor: Actor,
    holders: Collection[Holder],
    units: UnitBook,
    *,
    now: dt.datetime,
    day: dt.date | None = None,
    beside: tuple[AnySelect, ...] = (),
    **more: Any,  # noqa: ANN401 - what the selects `beside` leave open
) -> tuple[Mapping[Holder, Burden], list[list[Any]]]:
    """Return what each of `holders` bears, and the rows of the selects `beside`; one statement.

    `day` is whose plans and quiet periods count, today unless a tour says so. Those who bear
    nothing are left out.
    """
    day = day or local_day(now)
    asked = {
        **named(*holders),
        "since": now - LATELY,
        "planned_since": start_of_day(day - PLANS_LAST),
        "plan_from": day - PLANNED_BEFORE,
        "plan_to": day + PLANNED_AFTER,
        "station": actor.station_id,
        "day": day,
    }
    selects = (contact_rows(), plan_rows(), quiet_rows(), *_told, *_planned, *beside)
    met, planned, quiet, *rest = together(db, selects, **asked, **more)
    told, rest = rest[: len(_told)], rest[len(_told) :]
    also, rest = rest[: len(_planned)], rest[len(_planned) :]
    found = _gather(
        sum_contacts(sorted(met, key=lambda row: row.happened_at), units),
        _told_by_holder(told[0] if told else ()),
        _plans_by_holder([*planned, *chain(*also)], units, units.section(actor.unit_id, day), day),
        quiet_by_holder(quiet, day),
    )
    return found, rest


def _gather(
    contacts: Mapping[Holder, Contacts],
    told: Mapping[Holder, Sequence[tuple[str, int]]],
    plans: Mapping[Holder, Sequence[PlanLine]],
    quiet: Mapping[Holder, Sequence[Quiet]],
) -> Mapping[Holder, Burden]:
    return {
        holder: Burden(
            contacts.get(holder),
            told.get(holder, ()),
            plans.get(holder, ()),
            quiet.get(holder, ()),
        )
        for holder in {*contacts, *told, *plans, *quiet}
    }


def _plans_by_holder(
    rows: Iterable[Any], units: UnitBook, own_section: str, day: dt.date
) -> Mapping[Holder, Sequence[PlanLine]]:
    """Gather what other sections than the own planned and have not done yet, the nearest first."""
    found: dict[Holder, set[PlanLine]] = {}
    for row in rows:
        plan = PlanLine(row.next_on, units.section(row.unit_id, day))
        if plan.section == own_section:
            continue
        for holder, met in (
            (row.person_id and Holder(person_id=row.person_id), row.last_at),
            (
                row.organization_id and Holder(organization_id=row.organization_id),
                row.last_there_at,
            ),
        ):
            if holder and (met is None or met <= (row.happened_at or start_of_day(row.next_on))):
                found.setdefault(holder, set()).add(plan)
    return {holder: sorted(plans) for holder, plans in found.items()}


def _told_by_holder(rows: Iterable[Any]) -> Mapping[Holder, Sequence[tuple[str, int]]]:
    found: dict[Holder, list[tuple[str, int]]] = {}
    for row in sorted(rows, key=lambda row: (-row.times, row.giver_name)):
        holder = Holder(row.person_id, row.organization_id)
        found.setdefault(holder, []).append((row.giver_name, row.times))
    return found
