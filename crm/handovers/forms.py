"""The shape of the forms of a handover."""

from uuid import UUID

from pydantic import Field

from crm.exports.asking import ExportForm
from crm.handovers.models import SuccessionDecision
from crm.kernel.forms import Form, Lines
from crm.kernel.i18n import N_

MAX_TEXT = 2000


class BriefForm(Form):
    """What must be known of a beat; `revision` is the one it was written from, 0 for none."""

    text: Lines = Field(max_length=MAX_TEXT, title=N_("必ず知っておくこと"))
    revision: int


class ReadingForm(Form):
    """Somebody has read it, with the words of this revision in it."""

    revision: int


class DecisionForm(Form):
    """What is decided about a change of head."""

    decision: SuccessionDecision = Field(title=N_("決めること"))


class LeftoversForm(Form):
    """Who takes over what a closed unit left."""

    to_unit_id: UUID = Field(
        title=N_("引き継ぐ所属"),
        json_schema_extra={"missing": N_("引き継ぐ所属を選んでください。")},
    )


class PaperForm(ExportForm):
    """The handover on paper as of a day: its purpose and its recipient are known already."""

    day: str = ""
