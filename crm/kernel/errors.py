"""What a verb raises when the business says no; the edge turns it into an answer."""

from typing import ClassVar

from crm.kernel.i18n import N_


class DomainError(Exception):
    """A refusal with a sentence for the person who asked.

    `message` is a msgid: a whole Japanese sentence with `%(name)s` places, filled from `facts`
    after translation. Raising rolls the transaction back.
    """

    status: ClassVar[int] = 400

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        return self.message % self.facts


class Refused(DomainError):
    """The input cannot be taken; `field` names the control that says why (422)."""

    status: ClassVar[int] = 422

    def __init__(self, message: str, *, field: str = "", **facts: object) -> None:
        super().__init__(message, **facts)
        self.field = field


class NotFound(DomainError):
    """There is no such thing, or it is not the asker's to know of: nobody can tell which (404)."""

    status: ClassVar[int] = 404

    def __init__(self, message: str = N_("該当する記録がありません。")) -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The asker may see the thing but not do this to it (403)."""

    status: ClassVar[int] = 403

    def __init__(
        self,
        message: str = N_("この操作をする権限がありません。"),
        **facts: object,
    ) -> None:
        super().__init__(message, **facts)


class StrongSignInNeeded(Forbidden):
    """Only a sign-in with a second factor may do this; the edge leads there instead of refusing.

    `is_enrolled` when the account has a factor to show; the desk knows it.
    """

    def __init__(self) -> None:
        super().__init__(N_("この操作には、二要素認証でのサインインが必要です。"))
        self.is_enrolled = False


class Conflict(DomainError):
    """Somebody else changed it first (409)."""

    status: ClassVar[int] = 409

    def __init__(
        self,
        message: str = N_("他の職員が先に更新しました。内容を確認して、もう一度登録してください。"),
        **facts: object,
    ) -> None:
        super().__init__(message, **facts)
