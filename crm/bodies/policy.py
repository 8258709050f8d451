"""A station reads and keeps the bodies it meets with."""

from crm.access.policy import register_own_station
from crm.bodies.models import Body, BodyMember

register_own_station(Body, BodyMember)
