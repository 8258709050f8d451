"""The forms of signing in, unlocking and of one's own password."""

from pydantic import Field

from crm.access.models import DeviceKind
from crm.kernel.forms import Form, Secret
from crm.kernel.i18n import N_


class SignInForm(Form):
    """What somebody types to sign in."""

    login: str = Field(
        title=N_("ログイン名"),
        max_length=60,
        json_schema_extra={"missing": N_("ログイン名を入力してください。")},
    )
    password: Secret = Field(
        title=N_("パスワード"),
        max_length=200,
        json_schema_extra={"missing": N_("パスワードを入力してください。")},
    )


class UnlockForm(Form):
    """What somebody types to go on where the screen was locked."""

    password: Secret = Field(
        title=N_("パスワード"),
        max_length=200,
        json_schema_extra={"missing": N_("パスワードを入力してください。")},
    )


class PasswordForm(Form):
    """A new password of one's own, and the one it takes the place of."""

    password: Secret = Field(
        title=N_("今のパスワード"),
        max_length=200,
        json_schema_extra={"missing": N_("今のパスワードを入力してください。")},
    )
    new_password: Secret = Field(
        title=N_("新しいパスワード"),
        max_length=200,
        json_schema_extra={"missing": N_("新しいパスワードを入力してください。")},
    )


class DeviceForm(Form):
    """What an administrator says of a device."""

    name: str = Field(
        title=N_("端末の名前"),
        max_length=60,
        json_schema_extra={"missing": N_("端末の名前を入力してください。")},
    )
    kind: DeviceKind = Field(title=N_("種類"))
    keeps_entries: bool = Field(default=False, title=N_("圏外での記録"))
    revision: int = Field(title=N_("版"))


class LocaleForm(Form):
    """The language somebody wants to read."""

    locale: str = Field(title=N_("言語"), pattern="^(ja|en)$")


class TrailForm(Form):
    """What an auditor narrows the trail by."""

    action: str = Field(default="", title=N_("行為"), max_length=60)
    name: str = Field(default="", title=N_("職員の氏名"), max_length=100)
