"""The sign-in form."""

from pydantic import Field

from crm.kernel.forms import Form
from crm.kernel.i18n import N_


class SignInForm(Form):
    """What somebody types to sign in."""

    login: str = Field(
        title=N_("ログイン名"),
        max_length=60,
        json_schema_extra={"missing": N_("ログイン名を入力してください。")},
    )
    password: str = Field(
        title=N_("パスワード"),
        max_length=200,
        json_schema_extra={"missing": N_("パスワードを入力してください。")},
    )


class LocaleForm(Form):
    """The language somebody wants to read."""

    locale: str = Field(title=N_("言語"), pattern="^(ja|en)$")
