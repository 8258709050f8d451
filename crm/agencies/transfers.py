"""人事異動: a dated list of transfers, judged row by row, then written as it was judged."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.agencies.models import ROLE_LABELS, Staff
from crm.agencies.queries import UnitLine, unit_called, units_on
from crm.agencies.service import DAY, require_right
from crm.agencies.staff_queries import assignments_from, staff_numbered, staff_of
from crm.agencies.staffing import Held, Posting, judge_posting, post_staff, roles_of
from crm.formats.delimited import column, read_table, require_columns, rows_by
from crm.formats.errors import UnreadableFile
from crm.kernel import audit
from crm.kernel.actor import Actor, Role
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import YEARS
from crm.kernel.i18n import N_, translate
from crm.kernel.scope import ScopedSession
from crm.kernel.text import search_key
from crm.kernel.wareki import parse_date

MAX_FILE_BYTES = 1_000_000
MAX_ROWS = 3_000
MAX_DAYS = 12
COLUMNS = {
    "number": column("職員番号"),
    "name": column("氏名"),
    "unit": column("新所属", "所属"),
    "role": column("役割"),
    "day": column("発令日", "発令年月日"),
    "concurrent": column("兼務"),
}
REQUIRED = [COLUMNS[key] for key in ("number", "name", "unit", "role", "day")]
BESIDE = {"兼務": True, "兼": True, "○": True, "〇": True, "": False, "本務": False}
ROLES = {label: role for role, label in ROLE_LABELS.items()}


class Outcome(StrEnum):
    """What a row of the list does."""

    TRANSFER = "transfer"
    CONCURRENT = "concurrent"
    ALREADY = "already"
    REFUSED = "refused"


OUTCOME_LABELS = {
    Outcome.TRANSFER: N_("異動"),
    Outcome.CONCURRENT: N_("兼務を追加"),
    Outcome.ALREADY: N_("登録済み"),
    Outcome.REFUSED: N_("登録しない"),
}


class TransferRow(NamedTuple):
    """One row of the list, as it was written."""

    line: int
    number: str
    name: str
    unit: str
    role: str
    day: str
    concurrent: str


@dataclass(frozen=True, slots=True)
class TransferStep:
    """What is to become of one row; `sentence` says why it is refused."""

    row: TransferRow
    outcome: Outcome
    staff_id: UUID | None = None
    revision: int = 0
    posting: Posting | None = None
    ends: frozenset[UUID] = frozenset()
    former: Sequence[str] = ()
    sentence: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether the row changes something."""
        return self.outcome in {Outcome.TRANSFER, Outcome.CONCURRENT}


@dataclass(frozen=True, slots=True)
class TransferPlan:
    """What a list would change, in the order of its rows, and whose list it is."""

    steps: Sequence[TransferStep]
    sha256: str

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Return how many rows have each outcome."""
        found = Counter(step.outcome for step in self.steps)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def digest(self) -> str:
        """Return what changes as soon as the plan would do anything else than it did."""
        told = [
            [
                step.row.line,
                step.outcome.value,
                str(step.staff_id),
                step.revision,
                str(step.posting),
                len(step.ends),
            ]
            for step in self.steps
        ]
        return hashlib.sha256(json.dumps([self.sha256, told]).encode()).hexdigest()


def plan_transfers(
    db: ScopedSession, actor: Actor, content: bytes, *, now: dt.datetime
) -> TransferPlan:
    """Judge every row of a list (CSV); nothing is changed. Refused for what is no such list."""
    require_right(actor)
    bench = _bench(db, actor, _rows_of(content), now)
    judged = {row.line: _judge(bench, row) for row in sorted(bench.rows, key=_order)}
    return TransferPlan(
        [judged[row.line] for row in bench.rows], hashlib.sha256(content).hexdigest()
    )


def apply_transfers(
    db: ScopedSession, actor: Actor, content: bytes, *, digest: str, now: dt.datetime
) -> TransferPlan:
    """Write what a list changes, if that still is what was shown; rows refused are left out.

    Raises Conflict, before anything is written, when the judgment is another than `digest` says.
    """
    plan = plan_transfers(db, actor, content, now=now)
    if plan.digest != digest:
        raise Conflict(
            N_("確認した後に、配置か所属が変わりました。内容を確かめて、もう一度適用してください。")
        )
    for step in sorted(plan.steps, key=lambda each: _order(each.row)):
        if step.is_ready and step.staff_id and step.posting:
            post_staff(db, actor, staff_of(db, step.staff_id), step.posting, now=now)
            db.flush()
    counts = plan.counts
    audit.record(
        db,
        actor,
        "transfer.applied",
        now=now,
        sha256=plan.sha256,
        count=counts[Outcome.TRANSFER] + counts[Outcome.CONCURRENT],
        left_out=counts[Outcome.REFUSED],
    )
    return plan


@dataclass(frozen=True, slots=True)
class _Bench:
    """What rows are judged by; `held` follows what the rows before have changed."""

    db: ScopedSession
    actor: Actor
    now: dt.datetime
    rows: Sequence[TransferRow]
    staff: Mapping[str, Sequence[Staff]]
    trees: Mapping[dt.date, Sequence[UnitLine]]
    held: dict[UUID, list[Held]] = field(default_factory=dict)


def _bench(
    db: ScopedSession, actor: Actor, rows: Sequence[TransferRow], now: dt.datetime
) -> _Bench:
    if len(rows) > MAX_ROWS:
        raise Refused(
            N_("一度に登録できるのは%(limit)s行までです。分けてから読み込んでください。"),
            field="file",
            limit=MAX_ROWS,
        )
    days = {day for row in rows if (day := parse_date(row.day).value)}
    if len(days) > MAX_DAYS:
        raise Refused(
            N_("一つのファイルの発令日は%(limit)s日までです。分けてから読み込んでください。"),
            field="file",
            limit=MAX_DAYS,
        )
    staff = staff_numbered(db, sorted({row.number for row in rows if row.number}))
    bench = _Bench(db, actor, now, rows, staff, {day: units_on(db, day) for day in days})
    if days:
        ids = [each.id for found in staff.values() for each in found]
        known = assignments_from(db, ids, min(days))
        bench.held.update({key: [Held.by(row) for row in of] for key, of in known.items()})
    return bench


def _judge(bench: _Bench, row: TransferRow) -> TransferStep:
    try:
        staff = _staff_meant(bench, row)
        posting, unit = _posting_meant(bench, row)
        held = [
            each
            for each in bench.held.get(staff.id, [])
            if each.valid_to is None or each.valid_to >= posting.day
        ]
        if any(each.says(posting) for each in held):
            return TransferStep(row, Outcome.ALREADY, staff.id, staff.revision, posting)
        ends = judge_posting(
            bench.db, bench.actor, staff, held, posting, unit.station_id, now=bench.now
        )
    except Refused as refusal:
        sentence = translate(refusal.message, **refusal.facts)
        return TransferStep(row, Outcome.REFUSED, sentence=sentence)
    names = {line.id: line.name for line in bench.trees[posting.day]}
    former = [names.get(each.unit_id, "") for each in held if each.id in ends]
    _follow(bench, staff.id, ends, posting)
    outcome = Outcome.CONCURRENT if posting.concurrent else Outcome.TRANSFER
    return TransferStep(row, outcome, staff.id, staff.revision, posting, ends, former)


def _follow(bench: _Bench, staff_id: UUID, ends: frozenset[UUID], posting: Posting) -> None:
    """Let the rows that come later see what this one will have changed."""
    last = posting.day - DAY
    before = bench.held.get(staff_id, [])
    kept = [each._replace(valid_to=last) if each.id in ends else each for each in before]
    begun = Held(uuid7(), posting.unit_id, posting.role, posting.day, None)
    bench.held[staff_id] = [*kept, begun]


def _staff_meant(bench: _Bench, row: TransferRow) -> Staff:
    found = bench.staff.get(row.number, ())
    if not found:
        raise Refused(N_("職員番号「%(number)s」の職員が登録されていません。"), number=row.number)
    if len(found) > 1:
        raise Refused(
            N_("職員番号「%(number)s」の職員が二人以上登録されています。"), number=row.number
        )
    staff = found[0]
    if search_key(staff.family_name + staff.given_name) != search_key(row.name):
        raise Refused(
            N_("職員番号「%(number)s」は「%(name)s」で登録されています。"),
            number=row.number,
            name=staff.name,
        )
    return staff


def _posting_meant(bench: _Bench, row: TransferRow) -> tuple[Posting, UnitLine]:
    day = parse_date(row.day).value
    if day is None or day.year not in YEARS:
        raise Refused(N_("発令日「%(day)s」を日付として読めません。"), day=row.day)
    if row.concurrent not in BESIDE:
        raise Refused(N_("「兼務」の欄は「兼務」と書くか、空けておいてください。"))
    unit = unit_called(bench.trees[day], row.unit)
    if unit is None:
        raise Refused(
            N_("発令日の所属「%(path)s」を一つに決められません。署名/課名のように書いてください。"),
            path=row.unit,
        )
    return Posting(
        unit_id=unit.id, role=_role_meant(bench, row), day=day, concurrent=BESIDE[row.concurrent]
    ), unit


def _role_meant(bench: _Bench, row: TransferRow) -> Role:
    if row.role not in ROLES:
        raise Refused(
            N_("役割「%(role)s」はありません。%(roles)sのどれかを書いてください。"),
            role=row.role,
            roles="、".join(ROLE_LABELS[role] for role in roles_of(bench.actor)),
        )
    return ROLES[row.role]


def _rows_of(content: bytes) -> Sequence[TransferRow]:
    try:
        table = read_table(content, max_bytes=MAX_FILE_BYTES)
        require_columns(table, REQUIRED)
    except UnreadableFile as unreadable:
        raise Refused(unreadable.message, field="file", **unreadable.facts) from None
    return [TransferRow(line, **cells) for line, cells in rows_by(table, COLUMNS)]


def _order(row: TransferRow) -> tuple[dt.date, bool, int]:
    """By day, and what is held alone before what is held beside it."""
    return parse_date(row.day).value or dt.date.max, BESIDE.get(row.concurrent, False), row.line
