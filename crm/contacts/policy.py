"""People and organizations belong to the station; everyone reads the kinds of posts."""

from crm.access.policy import own_station
from crm.contacts.models import (
    Appointment,
    Organization,
    Person,
    PostType,
    Registration,
    Telephone,
)
from crm.kernel.scope import Rule, register

for _table in (Person, Organization, Telephone, Appointment, Registration):
    register(_table, own_station(_table))
register(PostType, Rule(read=None, write=lambda actor, row: False))
