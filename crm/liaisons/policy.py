"""Who may ask, and who may put an answer on record."""

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.liaisons.models import (
    AcceptanceRecord,
    Approach,
    LiaisonCandidate,
    LiaisonTerm,
    LiaisonTermArea,
)

RE_ASK_AFTER_DAYS = 365
"""How long a no is left alone; asking again sooner needs a chief (S1 4(2))."""


def may_note_candidate(actor: Actor) -> bool:
    """Whether `actor` may name a candidate: every section of the station may (S1 3(1)ア・イ)."""
    return actor.reads_people


def may_record_answer(actor: Actor) -> bool:
    """Whether `actor` may record an asking and its answer: the network office or a chief."""
    return actor.reads_people and (
        actor.network_office or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


register_own_station(LiaisonCandidate, LiaisonTerm, LiaisonTermArea)
register_own_station(Approach, AcceptanceRecord, append_only=True)
