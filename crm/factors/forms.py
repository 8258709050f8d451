"""The forms of second factors."""

from pydantic import Field

from crm.kernel.forms import Form, Secret
from crm.kernel.i18n import N_

MAX_NAME = 40


class NameForm(Form):
    """What somebody calls a factor, to tell it from another."""

    name: str = Field(
        title=N_("名前"),
        max_length=MAX_NAME,
        json_schema_extra={"missing": N_("名前を入力してください。（例：公用携帯、青い鍵）")},
    )


class TotpForm(NameForm):
    """The first code of an application, and the secret it was set up with, sealed."""

    code: str = Field(
        title=N_("確認のコード"),
        max_length=40,
        json_schema_extra={"missing": N_("アプリに表示された6桁のコードを入力してください。")},
    )
    offered: str = Field(default="", max_length=400)


class AnswerForm(Form):
    """What a passkey answered, put into the form by the page's script."""

    answer: str = Field(
        title=N_("鍵の応答"),
        max_length=20_000,
        json_schema_extra={
            "missing": N_("鍵の応答がありません。JavaScript を使えるブラウザーで操作してください。")
        },
    )


class PasskeyForm(NameForm, AnswerForm):
    """A new passkey."""


class CodeForm(Form):
    """A code of an application, at the sign-in."""

    code: str = Field(
        title=N_("コード"),
        max_length=80,
        json_schema_extra={"missing": N_("コードを入力してください。")},
    )


class RecoveryForm(Form):
    """A code from the paper."""

    recovery: str = Field(
        title=N_("リカバリーコード"),
        max_length=80,
        json_schema_extra={"missing": N_("リカバリーコードを入力してください。")},
    )


class RemovalForm(Form):
    """The password, where the last factor goes."""

    password: Secret = Field(default="", title=N_("パスワード"), max_length=200)


class ReasonForm(Form):
    """Why an account's factors are to be taken away."""

    reason: str = Field(
        title=N_("事由"),
        max_length=200,
        json_schema_extra={"missing": N_("事由を入力してください。")},
    )
    renews_password: bool = Field(default=False, title=N_("パスワードの再発行"))


class SubjectForm(Form):
    """What the OpenID provider calls somebody: the `sub` claim."""

    subject: str = Field(
        title=N_("サブジェクト（sub）"),
        max_length=255,
        json_schema_extra={"missing": N_("サブジェクト（sub）を入力してください。")},
    )
