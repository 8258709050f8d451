"""What every form that has paper made asks."""

from pydantic import Field

from crm.kernel.forms import OnceForm
from crm.kernel.i18n import N_


class PaperOrder(OnceForm):
    """A paper to be made; agreed to or not is 〓 in place of what no font draws."""

    may_replace: bool = Field(default=False, title=N_("〓に置き換えて印刷する"))
