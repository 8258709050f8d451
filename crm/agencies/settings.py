"""What an agency decides for itself, by date; days gone by keep what held then."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from crm.agencies.models import AgencySetting, SettingKey
from crm.agencies.queries import settings_of
from crm.agencies.service import DAY, require_right, stamp
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

RANGES: Mapping[SettingKey, tuple[range, str]] = {
    SettingKey.REVISIT_DAYS: (
        range(1, 3651),
        N_("1日から3650日までの日数にしてください。"),
    ),
    SettingKey.RETENTION_CONTACTS_YEARS: (
        range(1, 31),
        N_("1年から30年までの年数にしてください。"),
    ),
    SettingKey.RETENTION_NOTES_YEARS: (
        range(1, 31),
        N_("1年から30年までの年数にしてください。"),
    ),
    SettingKey.RETENTION_CANDIDATES_YEARS: (
        range(1, 31),
        N_("1年から30年までの年数にしてください。"),
    ),
}
"""What each setting may be, and the sentence for what it may not."""


def decide_setting(
    db: ScopedSession,
    actor: Actor,
    key: SettingKey,
    value: int,
    *,
    day: dt.date,
    revision: int,
    now: dt.datetime,
) -> UUID:
    """Let `value` hold from `day` on, until the next decision on record if there is one.

    `revision` is the sum over the decisions the form was made from; Conflict when it moved.
    """
    require_right(actor)
    allowed, sentence = RANGES[key]
    if value not in allowed:
        raise Refused(sentence, field="value")
    rows = settings_of(db, key)
    if sum(row.revision for row in rows) != revision:
        raise Conflict
    holding = next((row for row in rows if row.holds_on(day)), None)
    if holding is not None and holding.valid_from == day:
        holding.value = value
        decided = holding
    else:
        later = min((row.valid_from for row in rows if row.valid_from > day), default=None)
        decided = AgencySetting(
            agency_id=actor.agency_id,
            key=key,
            value=value,
            valid_from=day,
            valid_to=later - DAY if later else None,
            created_by=actor.account_id,
        )
        db.add(decided)
        if holding is not None:
            holding.valid_to = day - DAY
    if holding is not None:
        stamp(holding, actor, now)
    audit.record(
        db,
        actor,
        "setting.decided",
        now=now,
        subject=("setting", decided.id),
        key=key.value,
        value=value,
        as_of=str(day),
    )
    return decided.id
