"""The search box."""

from pydantic import Field

from crm.kernel.forms import Form
from crm.kernel.i18n import N_


class SearchForm(Form):
    """What is looked for: part of a name, a reading, an organization or a telephone number."""

    q: str = Field(
        title=N_("探す言葉"),
        max_length=100,
        json_schema_extra={"missing": N_("探す言葉を入力してください。（例：たかはし、0110）")},
    )
