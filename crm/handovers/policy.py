"""The whole station reads the handover of its beats; their own officers and the chiefs write it."""

from collections.abc import Collection
from uuid import UUID

from crm.access.policy import register_own_station
from crm.handovers.models import BeatBrief, BriefReading, SuccessionAnswer
from crm.kernel.actor import Actor, Role

register_own_station(BeatBrief)
register_own_station(BriefReading, SuccessionAnswer, append_only=True)


def is_chief(actor: Actor) -> bool:
    """Whether `actor` is a chief of a police station."""
    return (
        actor.is_police and actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


def may_write(actor: Actor, in_line: Collection[UUID]) -> bool:
    """Whether `actor` writes what must be known of a beat.

    `in_line` are the beat, the box it belongs to and the beats below: their officers write it.
    """
    return is_chief(actor) or (actor.reads_people and actor.unit_id in in_line)
