"""Consents belong to the station and are only ever added to."""

from crm.access.policy import own_station
from crm.consents.models import ConsentGrant, ConsentRecord
from crm.kernel.scope import register

for _table in (ConsentRecord, ConsentGrant):
    register(_table, own_station(_table, append_only=True))
