"""Stations that have things decided; those of the tests' world decide alone otherwise."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from crm.approvals.models import ApprovalKind, ApprovalRoute, StepHolder
from crm.approvals.route import ANY_CHIEF, Step
from tests.support.world import START, World

CHIEF = Step(StepHolder.SECTION_CHIEF, "課長")
STATION_CHIEF = Step(StepHolder.STATION_CHIEF, "署長")
BOTH = (CHIEF, STATION_CHIEF)


def decided(
    world: World,
    kind: ApprovalKind,
    steps: Sequence[Step] = (ANY_CHIEF,),
    *,
    station: str = "若葉署",
) -> None:
    """Let drafts of `kind` be decided along `steps` at a station."""
    with world.database.system("a test's setting") as connection:
        old = sa.delete(ApprovalRoute).where(
            col(ApprovalRoute.station_id) == world.units[station],
            col(ApprovalRoute.kind) == kind,
        )
        connection.execute(old)
    world.put(
        ApprovalRoute(
            agency_id=world.agency_of(station),
            station_id=world.units[station],
            kind=kind,
            is_required=True,
            steps=[step.as_json() for step in steps],
            valid_from=START,
        )
    )
