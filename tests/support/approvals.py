"""Stations that decide alone, as most tests' worlds do, and stations that have things decided."""

import datetime as dt
from collections.abc import Sequence

from crm.approvals.models import ApprovalKind, ApprovalRoute, StepHolder
from crm.approvals.route import Step
from tests.support.world import START, World

CHIEF = Step(StepHolder.SECTION_CHIEF, "課長")
STATION_CHIEF = Step(StepHolder.STATION_CHIEF, "署長")
BOTH = (CHIEF, STATION_CHIEF)


def undecided(world: World, *kinds: ApprovalKind, station: str = "若葉署") -> None:
    """Let drafts of `kinds` need no decision at a station."""
    for kind in kinds:
        _put(world, kind, (STATION_CHIEF,), station, is_required=False)


def decided(
    world: World,
    kind: ApprovalKind,
    steps: Sequence[Step] = BOTH,
    *,
    station: str = "若葉署",
    valid_from: dt.date = START,
) -> None:
    """Let drafts of `kind` be decided along `steps` at a station."""
    _put(world, kind, steps, station, is_required=True, valid_from=valid_from)


def _put(
    world: World,
    kind: ApprovalKind,
    steps: Sequence[Step],
    station: str,
    *,
    is_required: bool,
    valid_from: dt.date = START,
) -> None:
    world.put(
        ApprovalRoute(
            agency_id=world.agency_of(station),
            station_id=world.units[station],
            kind=kind,
            is_required=is_required,
            steps=[step.as_json() for step in steps],
            valid_from=valid_from,
        )
    )
