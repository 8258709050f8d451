"""The decision (決裁) about confirming minutes, at stations that have one: of which words it is."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.approvals.lines import ApprovalLine
from crm.approvals.models import PENDING, Approval, ApprovalKind, ApprovalState
from crm.approvals.queries import drafts_about, is_required
from crm.approvals.service import Matter, draft, withdraw
from crm.approvals.subjects import Facts, Teller, digest_over, tells
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.meetings.models import Meeting
from crm.meetings.queries import meeting_of
from crm.minutes import queries, version_queries
from crm.minutes.lines import Section, VersionLine, Whole
from crm.minutes.models import MinutesState, MinutesVersion

TITLE = N_("議事録の確定")
VERSION = N_("版")


@dataclass(frozen=True, slots=True)
class Decided:
    """A draft, and the last version that says what it is about; None where none does any more."""

    line: ApprovalLine
    version: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was drafted about minutes, the last first, and what of it covers the words they say."""

    drafts: Sequence[Decided] = ()

    @property
    def given(self) -> ApprovalLine | None:
        """The decision these very words have."""
        return next((one for one in self._covering if one.state is ApprovalState.APPROVED), None)

    @property
    def waiting(self) -> ApprovalLine | None:
        """The draft about these very words that somebody has yet to decide."""
        return next((one for one in self._covering if one.is_pending), None)

    @property
    def outrun(self) -> Decided | None:
        """The last draft, decided or not, whose words were changed since and have no decision."""
        if self.given:
            return None
        return next((one for one in self.others if one.line.state in _STANDS), None)

    @property
    def others(self) -> Sequence[Decided]:
        """What was drafted about words another version said."""
        return [one for one in self.drafts if one.version and not one.line.covers]

    @property
    def _covering(self) -> Sequence[ApprovalLine]:
        return [one.line for one in self.drafts if one.line.covers]


def needs_decision(db: ScopedSession, actor: Actor, day: dt.date) -> bool:
    """Whether the actor's station has minutes decided on `day` before they are confirmed."""
    return is_required(db, actor, ApprovalKind.MINUTES, day)


def standing_of(db: ScopedSession, meeting_id: UUID, whole: Whole) -> Standing:
    """Return what was drafted about the minutes `whole` has, and which version each draft is of.

    Three statements; one where nothing was drafted.
    """
    drafts = drafts_about(db, ApprovalKind.MINUTES, ("meeting", meeting_id))
    if not drafts:
        return Standing()
    kept = [one for one in whole.versions if one.state is not MinutesState.ASIDE]
    said = version_queries.said_in(db, [one.id for one in kept])
    versions = {_digest(meeting_id, said[one.id]): one.serial for one in kept}
    now = _digest(meeting_id, whole.sections)
    return Standing(
        [
            Decided(one._replace(covers=one.digest == now), versions.get(one.digest))
            for one in drafts
        ]
    )


def confirmation_matter(meeting: Meeting, version: VersionLine | MinutesVersion) -> Matter:
    """Return the confirming of a meeting's minutes as what is to be decided."""
    written = f"{wareki(local_day(version.written_at))}　{version.writer_name}"
    return Matter(
        ApprovalKind.MINUTES,
        ("meeting", meeting.id),
        title=TITLE,
        path=f"/meetings/{meeting.id}/minutes",
        content=[(VERSION, f"{version_name(version.serial)}　{written}")],
    )


def draft_confirmation(
    db: ScopedSession, actor: Actor, meeting_id: UUID, *, reason: str, now: dt.datetime
) -> Approval:
    """Ask for the decision that the minutes be confirmed as they stand.

    An own draft about words that were changed since cannot be decided any more: it is withdrawn.
    """
    meeting = meeting_of(db, meeting_id, to_change=True)
    newest = queries.whole_of(db, meeting_id).newest
    if newest is None:
        raise Refused(N_("議事録はまだ書かれていません。"))
    made = draft(db, actor, confirmation_matter(meeting, newest), reason=reason, now=now)
    for one in drafts_about(db, made.kind, (made.subject_type, made.subject_id)):
        if one.is_pending and one.digest != made.digest and one.drafted_by == actor.staff_id:
            withdraw(db, actor, one.id, now=now)
    return made


def version_name(serial: int) -> str:
    """Return what a version is called on paper."""
    return f"第{serial}版"


_STANDS = (*PENDING, ApprovalState.APPROVED)


def _facts(db: ScopedSession, kind: ApprovalKind, subject: Subject) -> Facts:
    """Tell which words a decision covers: the same when confirmed, others when written anew."""
    del kind
    return _told(queries.whole_of(db, subject[1]).sections)


def _told(said: Sequence[Section]) -> Facts:
    return {"says": [[one.key, one.text] for one in said]}


def _digest(meeting_id: UUID, said: Sequence[Section]) -> str:
    return digest_over(ApprovalKind.MINUTES, ("meeting", meeting_id), None, _told(said))


def _names(db: ScopedSession, subjects: Collection[Subject]) -> Mapping[Subject, str]:
    """Return what meetings are called, of those the reader may know."""
    keys: list[UUID] = [key for _, key in subjects]
    return {("meeting", key): title for key, title in queries.titles_of(db, keys).items()}


tells("meeting", Teller(_facts, _names))
