"""Who may ask, and who may put an answer on record."""

from crm.access.policy import own_station
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import register
from crm.liaisons.models import (
    AcceptanceRecord,
    Approach,
    LiaisonCandidate,
    LiaisonTerm,
    LiaisonTermArea,
)


def may_note_candidate(actor: Actor) -> bool:
    """Whether `actor` may name a candidate: every section of the station may (S1 3(1)ア・イ)."""
    return actor.reads_people


def may_record_answer(actor: Actor) -> bool:
    """Whether `actor` may record an asking and its answer: the network office or a chief."""
    return actor.reads_people and (
        actor.network_office or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


for _table in (LiaisonCandidate, LiaisonTerm, LiaisonTermArea):
    register(_table, own_station(_table))
for _table in (Approach, AcceptanceRecord):
    register(_table, own_station(_table, append_only=True))
