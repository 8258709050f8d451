"""The form of a few words for the next shift."""

from pydantic import Field

from crm.kernel.forms import Lines, OnceForm
from crm.kernel.i18n import N_
from crm.shifts.models import MAX_TEXT


class MessageForm(OnceForm):
    """What is left."""

    text: Lines = Field(max_length=MAX_TEXT, title=N_("申し送り"))
