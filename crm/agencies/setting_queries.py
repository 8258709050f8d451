"""Reading what the own agency decided for itself."""

from collections.abc import Sequence

from sqlmodel import col, select

from crm.agencies.models import AgencySetting, SettingKey
from crm.kernel.scope import ScopedSession


def settings_of(db: ScopedSession, key: SettingKey) -> Sequence[AgencySetting]:
    """Return every decision about one setting, the earliest first."""
    return db.exec(
        select(AgencySetting)
        .where(AgencySetting.key == key)
        .order_by(col(AgencySetting.valid_from))
    ).all()
