"""`crm import`."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import click

from crm.areas.models import AreaKind
from crm.areas.queries import areas_on
from crm.cli.configured import settings_or_exit
from crm.cli.office import acting_as, office
from crm.imports.codes import full_code
from crm.imports.drafts import Box, draft_csv, propose_jurisdictions
from crm.imports.files import Broken, Opened, Passed, Source, open_all
from crm.imports.models import FILE_KIND_LABELS, FileKind
from crm.imports.plans import SUBJECT_LABELS, Plan, Remark
from crm.imports.policy import may_import, may_import_areas
from crm.imports.queries import boxes_with_place
from crm.imports.service import Errand, take_in
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.errors import DomainError, Forbidden
from crm.kernel.i18n import translate
from crm.kernel.scope import ScopedSession

NOT_BY_ADMINISTRATOR = "団体と「こども110番の家」は署地域課長のアカウントで取り込んでください。"
NOT_BY_CHIEF = "警察署・交番と所管区はシステム管理者のアカウントで取り込んでください。"
ORGANIZATION_FILES = {FileKind.ASSOCIATION_AREAS, FileKind.FACILITIES, FileKind.SAFE_HOUSES}
UNIT_FILES = {FileKind.STATIONS, FileKind.JURISDICTIONS}


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option("--as", "login_as", required=True, help="操作する職員のログイン名")
@click.option("--dry-run", is_flag=True, help="結果だけを表示し、何も書き込まない")
@click.option(
    "--from",
    "first_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="内容が有効になる初日（省略すると今日）",
)
@click.option(
    "--municipality", default="", help="区域の市区町村コード（5桁又は6桁）。同名の区域を区別する"
)
@click.option(
    "--propose-jurisdictions",
    "draft",
    type=click.Path(path_type=Path),
    help="取り込む代わりに、所管区の案をこの名前のCSVファイルに書き出す",
)
def import_(
    paths: tuple[Path, ...],
    login_as: str,
    *,
    dry_run: bool,
    first_day: dt.datetime | None,
    municipality: str,
    draft: Path | None,
) -> None:
    """Take in files of areas, stations, schools, safe houses: files, or all files of a folder."""
    if bool(paths) == bool(draft):
        raise click.UsageError("PATH か --propose-jurisdictions のどちらか一つを指定してください。")
    settings = settings_or_exit()
    now = utc_now()
    with office() as database:
        errand = Errand(
            day=first_day.date() if first_day else local_day(now),
            now=now,
            municipality_code=full_code(municipality) if municipality else "",
            area_code=settings.area_code,
        )
        actor = acting_as(database, login_as)
        _require_right(database, actor, now=now)
        if draft:
            _write_draft(database, actor, draft, day=errand.day)
        elif not _take_in_all(database, actor, paths, errand, dry_run=dry_run):
            raise click.exceptions.Exit(1)


def _require_right(database: Database, actor: Actor, *, now: dt.datetime) -> None:
    """Refuse an account that may take in nothing, and put that on record."""
    if may_import_areas(actor):
        return
    with database.writing(actor) as db:
        db.add(audit.entry_of(actor, "access.denied", now=now, outcome="403", path="crm import"))
    raise Forbidden("ファイルを取り込めるのは、システム管理者と署地域課長のアカウントだけです。")


def _take_in_all(
    database: Database,
    actor: Actor,
    paths: Sequence[Path],
    errand: Errand,
    *,
    dry_run: bool,
) -> bool:
    """Take in what can be, print what became of it, and tell whether every file could be used."""
    opened = open_all(paths)
    with _work(database, actor, dry_run=dry_run) as work:
        usable = [_take_in_one(work, actor, each, errand) for each in opened]
    _say_who_else(actor, {each.kind for each in opened if isinstance(each, Source)})
    if dry_run:
        click.echo("試行です。何も書き込んでいません。")
    else:
        database.gather_statistics()
    return all(usable)


Work = Callable[[], AbstractContextManager[ScopedSession]]


@contextmanager
def _work(database: Database, actor: Actor, *, dry_run: bool) -> Iterator[Work]:
    """Give each file a transaction of its own; a rehearsal gives all one that is rolled back.

    Later files of a rehearsal so see what earlier ones would have written, and count the same.
    """
    if not dry_run:
        yield lambda: database.writing(actor)
        return
    with database.writing(actor) as db:
        yield lambda: nullcontext(db)
        db.rollback()


def _take_in_one(work: Work, actor: Actor, opened: Opened, errand: Errand) -> bool:
    if isinstance(opened, Passed):
        click.echo(f"対象外　{opened.name}：{translate(opened.reason)}")
        return True
    if isinstance(opened, Broken):
        click.echo(
            f"読込不可　{opened.name}：{translate(opened.fault.message, **opened.fault.facts)}"
        )
        return False
    label = translate(FILE_KIND_LABELS[opened.kind])
    if not may_import(actor, opened.kind):
        click.echo(f"権限外　{opened.name}（{label}）")
        return True
    try:
        with work() as db:
            plans = take_in(db, actor, opened, errand)
    except DomainError as refusal:
        click.echo(f"取込不可　{opened.name}：{translate(refusal.message, **refusal.facts)}")
        return False
    click.echo(f"{opened.name}（{label}）")
    for plan in plans:
        _print_plan(plan, opened)
    return True


def _print_plan(plan: Plan, source: Source) -> None:
    counts = plan.counts
    click.echo(
        f"  {translate(SUBJECT_LABELS[plan.subject])}　読込{counts.read}件・"
        f"新規{counts.created}件・更新{counts.updated}件・変更なし{counts.unchanged}件・対象外{counts.refused}件"
    )
    for remark in plan.refusals:
        click.echo(f"    {_place(remark, source)}: {remark}")
    for remark in plan.notes:
        click.echo(f"    注意 {_place(remark, source)}: {remark}")


def _place(remark: Remark, source: Source) -> str:
    return f"{remark.row}行目" if source.table else f"{remark.row}番目の図形"


def _say_who_else(actor: Actor, kinds: set[FileKind]) -> None:
    """Say once who takes in what this account may not."""
    if not may_import(actor, FileKind.FACILITIES) and kinds & ORGANIZATION_FILES:
        click.echo(NOT_BY_ADMINISTRATOR)
    if not may_import(actor, FileKind.STATIONS) and kinds & UNIT_FILES:
        click.echo(NOT_BY_CHIEF)


def _write_draft(database: Database, actor: Actor, draft: Path, *, day: dt.date) -> None:
    if draft.exists():
        raise click.ClickException(f"{draft} はすでにあります。別の名前を指定してください。")
    with database.reading(actor) as db:
        areas = areas_on(db, day, kinds=[AreaKind.ASSOCIATION_AREA])
        boxes = [Box(*each) for each in boxes_with_place(db, day)]
    proposals = propose_jurisdictions(areas, boxes)
    if not proposals:
        raise click.ClickException("自治会区域と交番を先に取り込んでください。")
    draft.write_bytes(draft_csv(proposals, day.isoformat()))
    click.echo(
        f"所管区の案（{len(proposals)}区域）を {draft} に書き出しました。"
        "これは案です。担当者が確かめて直してから、crm import で取り込んでください。"
    )
