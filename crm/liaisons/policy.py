"""Who may ask, and who may put an answer on record: the network is the police's (S1)."""

from crm.access.policy import register_own_station
from crm.consents.policy import may_record_consent
from crm.kernel.actor import Actor, Role
from crm.liaisons.models import (
    AcceptanceRecord,
    Approach,
    AskingRule,
    LiaisonCandidate,
    LiaisonTerm,
    LiaisonTermArea,
)


def may_note_candidate(actor: Actor) -> bool:
    """Whether `actor` may name a candidate: every section of the station may (S1 3(1)ア・イ)."""
    return actor.is_police and actor.reads_people


def may_record_answer(actor: Actor) -> bool:
    """Whether `actor` may record an asking and its answer: the network office or a chief."""
    return actor.is_police and may_record_consent(actor)


def may_decide_asking(actor: Actor) -> bool:
    """Whether `actor` may decide with which words people are asked, and how soon again: a chief."""
    return may_record_answer(actor) and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


register_own_station(LiaisonTerm, opened="person_id")
register_own_station(LiaisonCandidate, LiaisonTermArea)
register_own_station(Approach, AcceptanceRecord, AskingRule, append_only=True)
