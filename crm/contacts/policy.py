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
from crm.kernel.scope import Rule, nobody_writes, register

register_own_station(Person, Organization, Telephone, Appointment, Registration)
register(PostType, Rule(read=None, write=nobody_writes))
