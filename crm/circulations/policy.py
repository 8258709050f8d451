"""The whole station reads what circulates in it (S1 3(1)ウ); rows are only added."""

from crm.access.policy import register_own_station
from crm.circulations.models import (
    Circulation,
    CirculationConfirmation,
    CirculationRecipient,
)

register_own_station(Circulation, CirculationRecipient, CirculationConfirmation, append_only=True)
