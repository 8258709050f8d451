"""Factors as pages show them."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from crm.kernel.i18n import N_


class FactorKind(StrEnum):
    """What a factor is."""

    TOTP = "totp"
    PASSKEY = "passkey"


KIND_LABELS = {
    FactorKind.TOTP: N_("認証アプリ"),
    FactorKind.PASSKEY: N_("パスキー・セキュリティキー"),
}


class FactorLine(NamedTuple):
    """One factor of the signed-in account."""

    id: UUID
    kind: FactorKind
    name: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None


class LinkLine(NamedTuple):
    """An account's OpenID, and whether its owner said that it is theirs."""

    id: UUID
    subject: str
    accepted_at: dt.datetime | None


class FactorSheet(NamedTuple):
    """Everything an account can show beside its password."""

    factors: tuple[FactorLine, ...]
    codes_left: int
    link: LinkLine | None


class ResetLine(NamedTuple):
    """A reset that waits for its second person."""

    id: UUID
    account_id: UUID
    login: str
    owner_name: str
    reason: str
    asked_by: UUID
    asked_by_name: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    renews_password: bool = False
