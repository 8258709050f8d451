"""People and organizations belong to the station; everyone reads the kinds of posts."""

from crm.access.policy import register_own_station
from crm.contacts.models import (
    Appointment,
    Organization,
    Person,
    PostType,
    Registration,
    Telephone,
)
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden, NotFound
from crm.kernel.scope import Rule, nobody_writes, register

# what an emergency needs of one person: who, how to be reached, as what
register_own_station(Person, opened="id")
register_own_station(Telephone, Appointment, opened="person_id")
register_own_station(Organization, Registration)
register(PostType, Rule(read=None, write=nobody_writes))


def require_network(actor: Actor) -> None:
    """Hide what belongs to the network of liaisons at other agencies, which have none (S1).

    Forbidden where names are not shown (本部、管理者、監査).
    """
    if not actor.is_police:
        raise NotFound
    if not actor.reads_people:
        raise Forbidden
