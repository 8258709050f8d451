"""The audit trail in the words of the auditor's page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from crm.access.trail import (
    ACTION_LABELS,
    DETAIL_LABELS,
    OUTCOME_LABELS,
    SUBJECT_LABELS,
    UNSPOKEN,
)
from crm.kernel.audit import AuditEntry
from crm.kernel.i18n import translate


class TrailLine(NamedTuple):
    """One audit entry as the auditor reads it: records by their key, never by a name."""

    at: dt.datetime
    label: str
    who: str
    unit: str
    subject: str
    detail: str
    outcome: str
    address: str


def trail_line(entry: AuditEntry) -> TrailLine:
    """Return `entry` in words."""
    return TrailLine(
        at=entry.at,
        label=label_of(entry.action),
        who=entry.actor_name or translate("（不明）"),
        unit=entry.unit_name,
        subject=_subject(entry),
        detail=_detail(entry.detail),
        outcome=translate(OUTCOME_LABELS.get(entry.outcome, entry.outcome)),
        address=entry.address,
    )


def label_of(action: str) -> str:
    """Return an action in words; one not yet named here shows as it is stored."""
    return translate(ACTION_LABELS.get(action, action))


def _subject(entry: AuditEntry) -> str:
    if entry.subject_id is None:
        return ""
    kind = translate(SUBJECT_LABELS.get(entry.subject_type, entry.subject_type))
    return f"{kind} {str(entry.subject_id)[-12:]}"


def _detail(detail: Mapping[str, Any]) -> str:
    shown = (
        f"{translate(DETAIL_LABELS.get(name, name))} {_short(value)}"
        for name, value in detail.items()
        if value not in ("", None, [], {}) and name not in UNSPOKEN
    )
    return "、".join(shown)


def _short(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value[:8]) + (" …" if len(value) > 8 else "")  # noqa: PLR2004 - what fits a line
    return str(value)
