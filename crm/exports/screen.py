"""The page of one export: how far it has come, its file, and whom it names."""

from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

from litestar import Response

from crm.exports import queries
from crm.exports.lines import STANDING_LABELS, STANDING_TONES, Standing, Subject
from crm.exports.models import EXPORT_KIND_LABELS
from crm.exports.policy import looks_over
from crm.exports.seconds import second_of
from crm.jobs.models import JOB_STATE_LABELS
from crm.jobs.queries import JobLine
from crm.kernel.i18n import N_, translate
from crm.kernel.scope import ScopedSession
from crm.web.pages import page
from crm.web.visit import Visit

Naming = Callable[[ScopedSession, Collection[UUID], Collection[UUID]], Mapping[UUID, str]]

_naming: list[Naming] = []

SAID = {
    Standing.WAITING: N_(
        "百人を超えるため、他の職員の決裁を待っています。決裁が済むと作成できます。"
    ),
    Standing.CLEARED: N_("まだ作成していません。作成すると、この番号が全ページに入ります。"),
    Standing.MAKING: N_("作成しています。この画面を閉じても、作成は続きます。"),
    Standing.READY: N_("できあがりました。受け取れるのは一度だけです。"),
    Standing.FETCHED: N_(
        "受取り済みです。ファイルは残っていません。必要なときは、もう一度作成してください。"
    ),
    Standing.EXPIRED: N_(
        "保管の期限が過ぎ、ファイルは消去しました。必要なときは、もう一度作成してください。"
    ),
    Standing.FAILED: N_("作成できませんでした。元の画面からもう一度作成してください。"),
}


def name_subjects_by(naming: Naming) -> None:
    """Let `naming` say what people and organizations are called, to those who may know it."""
    _naming[:] = [naming]


def show_page(
    visit: Visit, export_id: UUID, *, password: str = "", number: int = 1, status: int = 200
) -> Response[str]:
    """Show an export; `password` only in the one answer that made it up."""
    line = queries.export_line(visit.db, export_id)
    own = line.account_id == visit.actor.account_id
    job = queries.job_of(visit.db, export_id) if own and line.made_at is None else None
    second = second_of(visit.db, export_id, needed=line.needs_approval)
    standing = line.standing(
        visit.now, is_approved=second.is_approved, job=job.state if job else None
    )
    subjects = queries.subjects_of(visit.db, export_id, number) if looks_over(visit.actor) else None
    names = _names(visit, subjects.items) if subjects else {}
    visit.seen(
        "export.viewed",
        ("export", export_id),
        number=line.number,
        named=[each.named for each in subjects.items if each.key in names] if subjects else (),
    )
    return page(
        visit,
        "exports/show.html",
        block="job",
        status=status,
        export=line,
        own=own,
        job=job,
        said=_said(standing, job),
        standing=standing,
        label=STANDING_LABELS[standing],
        tone=STANDING_TONES.get(standing, "ended"),
        job_labels=JOB_STATE_LABELS,
        kinds=EXPORT_KIND_LABELS,
        second=second,
        password=password,
        subjects=subjects,
        names=names,
    )


def _said(standing: Standing, job: JobLine | None) -> str:
    """Return where an export stands, in one sentence that also says what to do."""
    if standing is Standing.FAILED and job and job.error:
        return translate(job.error, **job.error_facts)
    return translate(SAID[standing])


def _names(visit: Visit, subjects: Sequence[Subject]) -> Mapping[UUID, str]:
    """Return what `subjects` are called, as far as the actor may know it."""
    people = [each.person_id for each in subjects if each.person_id]
    organizations = [each.organization_id for each in subjects if each.organization_id]
    (naming,) = _naming
    return naming(visit.db, people, organizations)
