"""The whole station reads what became of its proposals; what happened is only ever added to."""

from uuid import UUID

from crm.access.policy import register_own_station
from crm.candidates.models import CandidateStep
from crm.kernel.actor import Actor
from crm.liaisons.policy import may_record_answer

register_own_station(CandidateStep, append_only=True)


def may_receive(actor: Actor) -> bool:
    """Whether `actor` receives proposals and decides about them: the network office or a chief."""
    return may_record_answer(actor)


def may_withdraw(actor: Actor, proposed_by: UUID) -> bool:
    """Whether `actor` may take a proposal back: whoever made it."""
    return actor.staff_id == proposed_by
