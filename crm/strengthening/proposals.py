"""Whom a box is to see on a strengthening day: proposed from what is on record, never decided."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.contacts.naming import Named
from crm.kernel.clock import local_day
from crm.notes.burden import NOTHING, Burden
from crm.strengthening.models import TargetReason
from crm.visiting.lines import Cadences

AT_FIRST = 10
"""So many of a box are proposed at first; whom else it may see is unfolded below. No quota: the
chief ticks as many or as few as the day allows."""


class Charge(NamedTuple):
    """An area of a box that takes part, and since when it is the box's."""

    area_id: UUID
    unit_id: UUID
    name: str
    since: dt.date


class Known(NamedTuple):
    """One thing on record that may be a reason to see somebody.

    `unit_id` is the box it concerns, where not the area says so; `last_at` is when anybody last
    met them.
    """

    who: Named
    reason: TargetReason | None
    area_id: UUID | None = None
    unit_id: UUID | None = None
    on: dt.date | None = None
    last_at: dt.datetime | None = None


@dataclass(slots=True)
class Proposal:
    """Somebody a box may see, and why; without a reason, a liaison who was met lately.

    `burden` says what they already bear, and when they are left in peace.
    """

    who: Named
    unit_id: UUID
    areas: list[str] = field(default_factory=list)
    reasons: set[TargetReason] = field(default_factory=set)
    last_on: dt.date | None = None
    posts: str = ""
    burden: Burden = NOTHING

    @property
    def ordered_reasons(self) -> list[TargetReason]:
        """Its reasons, the weightiest first."""
        return [reason for reason in TargetReason if reason in self.reasons]

    @property
    def reason(self) -> TargetReason:
        """The weightiest reason."""
        return next(iter(self.ordered_reasons), TargetReason.CHOSEN)


def proposals_of(
    known: Iterable[Known],
    charges: Sequence[Charge],
    *,
    day: dt.date,
    cadences: Cadences,
    new_since: dt.date,
) -> list[Proposal]:
    """Return whom the boxes with `charges` may see on `day`: by reason, then the longest unmet.

    A new chair and a new box are reasons only until somebody was met under them. Whoever belongs
    to no area of these boxes, and to none of them otherwise, is left out.
    """
    by_area = {charge.area_id: charge for charge in charges}
    units = {charge.unit_id for charge in charges}
    found: dict[Holder, Proposal] = {}
    for one in known:
        charge = by_area.get(one.area_id) if one.area_id else None
        unit_id = one.unit_id or (charge.unit_id if charge else None)
        holder = one.who.holder
        if unit_id not in units and holder not in found:
            continue
        proposal = found.setdefault(holder, Proposal(one.who, unit_id or UUID(int=0)))
        if charge and charge.name not in proposal.areas:
            proposal.areas.append(charge.name)
        proposal.last_on = local_day(one.last_at) if one.last_at else proposal.last_on
        days = cadences.days_for(holder, [one.area_id] if one.area_id else [])
        proposal.reasons |= _reasons(one, charge, day, days, new_since)
    return sorted(found.values(), key=_order)


class BoxProposals(NamedTuple):
    """Whom a box may see: those a visit suits first, and the rest of whom it may also see."""

    first: Sequence[Proposal]
    rest: Sequence[Proposal]


def by_unit(
    proposals: Iterable[Proposal], chosen: Collection[Holder], day: dt.date
) -> Mapping[UUID, BoxProposals]:
    """Return proposals box by box: those chosen before and as many more as fit a day come first.

    Whoever is to be left in peace on `day` is proposed to nobody, and stands in the rest.
    """
    own: dict[UUID, list[Proposal]] = {}
    for proposal in proposals:
        own.setdefault(proposal.unit_id, []).append(proposal)
    found = {}
    for unit_id, some in own.items():
        fit = [one for one in some if one.reasons and not one.burden.rests_on(day)]
        weighty = {one.who.holder for one in fit[:AT_FIRST]} | set(chosen)
        found[unit_id] = BoxProposals(
            [one for one in some if one.who.holder in weighty],
            [one for one in some if one.who.holder not in weighty],
        )
    return found


def _reasons(
    one: Known, charge: Charge | None, day: dt.date, days: int | None, new_since: dt.date
) -> set[TargetReason]:
    last_on = local_day(one.last_at) if one.last_at else None
    if one.reason is TargetReason.NEW_CHAIR:
        met_since = one.on and last_on and last_on >= one.on
        return set() if met_since else {one.reason}
    if one.reason is not None:
        return {one.reason}
    reasons = set()
    if days is not None and (last_on is None or last_on < day - dt.timedelta(days=days)):
        reasons.add(TargetReason.DORMANT)
    if charge and charge.since >= new_since and (last_on is None or last_on < charge.since):
        reasons.add(TargetReason.NEW_UNIT)
    return reasons


def _order(proposal: Proposal) -> tuple[bool, int, dt.date, str]:
    weight = list(TargetReason).index(proposal.reason)
    last_on = proposal.last_on or dt.date.min
    return (not proposal.reasons, weight, last_on, proposal.who.kana)
