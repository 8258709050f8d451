"""Consents belong to the station and are only ever added to."""

from crm.access.policy import register_own_station
from crm.consents.models import ConsentGrant, ConsentRecord

register_own_station(ConsentRecord, ConsentGrant, append_only=True)
