"""What the register says of an export, and how far one has come."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from crm.exports.models import ExportKind
from crm.jobs.models import JobState
from crm.kernel.i18n import N_


class Standing(StrEnum):
    """How far an export has come."""

    WAITING = "waiting"
    CLEARED = "cleared"
    MAKING = "making"
    FAILED = "failed"
    READY = "ready"
    FETCHED = "fetched"
    EXPIRED = "expired"


STANDING_LABELS = {
    Standing.WAITING: N_("決裁待ち"),
    Standing.CLEARED: N_("未作成"),
    Standing.MAKING: N_("作成中"),
    Standing.FAILED: N_("作成できませんでした"),
    Standing.READY: N_("受け取れます"),
    Standing.FETCHED: N_("受取り済み"),
    Standing.EXPIRED: N_("期限切れ"),
}
STANDING_TONES = {
    Standing.WAITING: "waiting",
    Standing.CLEARED: "waiting",
    Standing.MAKING: "active",
    Standing.READY: "active",
}
"""How a standing is drawn; whatever is over is a ring."""


class Subject(NamedTuple):
    """One person or organization a file names."""

    person_id: UUID | None
    organization_id: UUID | None

    @property
    def key(self) -> UUID:
        """Whichever of the two it is."""
        key = self.person_id or self.organization_id
        if key is None:
            raise LookupError("a subject is a person or an organization")
        return key

    @property
    def named(self) -> tuple[str, UUID]:
        """The subject as the audit trail names it."""
        return ("person" if self.person_id else "organization", self.key)


class ExportLine(NamedTuple):
    """An export with what came of it; `sha256` and what follows are None until it was made."""

    id: UUID
    number: str
    kind: ExportKind
    title: str
    purpose: str
    recipient: str
    conditions: str
    return_on: dt.date | None
    fields: list[str]
    format: str
    is_encrypted: bool
    plain_reason: str
    people: int
    organizations: int
    needs_approval: bool
    account_id: UUID
    exported_by: str
    unit_name: str
    asked_at: dt.datetime
    reference: str | None
    sha256: str | None
    named_people: int | None
    named_organizations: int | None
    made_at: dt.datetime | None
    expires_at: dt.datetime | None
    fetched_at: dt.datetime | None

    def standing(
        self, now: dt.datetime, *, is_approved: bool = True, job: JobState | None = None
    ) -> Standing:
        """Return how far it has come; what was not made may wait for a second person or a job."""
        if self.fetched_at is not None:
            return Standing.FETCHED
        if self.expires_at is not None:
            return Standing.READY if self.expires_at > now else Standing.EXPIRED
        if self.needs_approval and not is_approved:
            return Standing.WAITING
        if job in {JobState.QUEUED, JobState.RUNNING}:
            return Standing.MAKING
        return Standing.CLEARED if job is None else Standing.FAILED
