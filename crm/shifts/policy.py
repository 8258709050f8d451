"""The whole station reads what its units leave for the next shift (S1 3(1)ウ)."""

from crm.access.policy import register_own_station
from crm.shifts.models import ShiftConfirmation, ShiftMessage

register_own_station(ShiftMessage, ShiftConfirmation)
