"""Who may ask, and who may put an answer on record: the network is the police's (S1)."""

from crm.access.policy import register_own_station
from crm.consents.policy import may_record_consent
from crm.kernel.actor import Actor
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
    return actor.is_police and actor.reads_people


def may_record_answer(actor: Actor) -> bool:
    """Whether `actor` may record an asking and its answer: the network office or a chief."""
    return actor.is_police and may_record_consent(actor)


register_own_station(LiaisonTerm, opened="person_id")
register_own_station(LiaisonCandidate, LiaisonTermArea)
register_own_station(Approach, AcceptanceRecord, append_only=True)
