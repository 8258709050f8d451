"""The form something is shown round the station with, whatever it is."""

from uuid import UUID

from pydantic import Field

from crm.kernel.forms import Form, Lines
from crm.kernel.i18n import N_


class CirculationForm(Form):
    """To which units something is shown, and what to look at."""

    unit_ids: list[UUID] = Field(default_factory=list, title=N_("供覧先"))
    remark: Lines = Field(default="", title=N_("添え書き"), max_length=500)
