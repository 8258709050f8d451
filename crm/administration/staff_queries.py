"""Reading staff, their assignments by date, and their accounts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.access.models import Account
from crm.access.queries import last_used
from crm.administration.lines import AccountLine, Post, StaffFacts, StaffLine
from crm.agencies.models import Staff, StaffAssignment, UnitPlacement
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.kana import normalize_kana
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession


def staff_page(
    db: ScopedSession, day: dt.date, number: int, *, words: str = "", placed: bool = True
) -> Page[StaffLine]:
    """Return one page of the staff who have an assignment on `day`, or of those who have none.

    Three statements. `words` are found in names, readings and staff numbers.
    """
    serves = (
        sa.select(col(StaffAssignment.id))
        .where(col(StaffAssignment.staff_id) == col(Staff.id), holds(StaffAssignment, day))
        .exists()
    )
    wanted = [serves if placed else ~serves, *map(_said, words.split())]
    total = db.exec(select(sa.func.count(col(Staff.id))).where(*wanted)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.exec(
        select(Staff)
        .where(*wanted)
        .order_by(col(Staff.family_kana), col(Staff.given_kana), col(Staff.id))
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    ).all()
    posts = posts_on(db, [row.id for row in rows], day)
    lines = [
        StaffLine(
            row.id,
            row.name,
            f"{row.family_kana} {row.given_kana}".strip(),
            row.staff_no,
            posts.get(row.id, ()),
        )
        for row in rows
    ]
    return Page(lines, total, number)


def staff_facts(db: ScopedSession, staff_id: UUID) -> StaffFacts:
    """Return what is recorded of a member of staff; NotFound when there is none."""
    row = db.exec(select(Staff).where(Staff.id == staff_id)).first()
    if row is None:
        raise NotFound
    return StaffFacts(
        row.id,
        row.family_name,
        row.given_name,
        row.family_kana,
        row.given_kana,
        row.staff_no,
        row.revision,
    )


def posts_on(
    db: ScopedSession, staff_ids: Collection[UUID], day: dt.date
) -> Mapping[UUID, Sequence[Post]]:
    """Return the assignments that hold on `day`, by member of staff, units as called then."""
    statement = _posts(lambda table: holds(table, day)).where(
        col(StaffAssignment.staff_id).in_(staff_ids), holds(StaffAssignment, day)
    )
    return _by_staff(db, statement)


def history_of_staff(db: ScopedSession, staff_id: UUID) -> Sequence[Post]:
    """Return every assignment of a member of staff, past and planned, the newest first."""
    statement = _posts(_stood_at_first).where(col(StaffAssignment.staff_id) == staff_id)
    return list(reversed(_by_staff(db, statement).get(staff_id, ())))


def staff_in_unit(db: ScopedSession, unit_id: UUID, day: dt.date) -> Sequence[tuple[str, Post]]:
    """Return who serves in a unit on `day`, name and assignment."""
    rows = db.rows(
        _posts(lambda table: holds(table, day))
        .add_columns(col(Staff.family_name), col(Staff.given_name))
        .join(Staff, col(Staff.id) == col(StaffAssignment.staff_id))
        .where(col(StaffAssignment.unit_id) == unit_id, holds(StaffAssignment, day))
    )
    return [(f"{row.family_name} {row.given_name}".strip(), Post(*row[:7])) for row in rows]


def accounts_page(
    db: ScopedSession, day: dt.date, number: int, *, active: bool = True
) -> Page[AccountLine]:
    """Return one page of the accounts in use, or of the closed ones. Four statements."""
    wanted = col(Account.is_active).is_(active)
    total = db.exec(select(sa.func.count(col(Account.id))).where(wanted)).one()
    number = min(max(1, number), Page((), total).last)
    lines = _accounts(
        db,
        sa.select(*_ACCOUNT)
        .where(wanted)
        .order_by(col(Account.login))
        .offset(offset_of(number))
        .limit(PAGE_SIZE),
    )
    posts = posts_on(db, [line.staff_id for line in lines], day)
    used = last_used(db, [line.id for line in lines])
    told = [
        line._replace(posts=posts.get(line.staff_id, ()), last_used=used.get(line.id))
        for line in lines
    ]
    return Page(told, total, number)


def account_line(db: ScopedSession, account_id: UUID) -> AccountLine:
    """Return an account; NotFound when there is none. Two statements."""
    found = _accounts(db, sa.select(*_ACCOUNT).where(col(Account.id) == account_id))
    if not found:
        raise NotFound
    return found[0]._replace(last_used=last_used(db, [account_id]).get(account_id))


def account_of_staff(db: ScopedSession, staff_id: UUID) -> AccountLine | None:
    """Return the account of a member of staff, if there is one."""
    found = _accounts(db, sa.select(*_ACCOUNT).where(col(Account.staff_id) == staff_id))
    return found[0] if found else None


_ACCOUNT = (
    col(Account.id),
    col(Account.login),
    col(Account.is_active),
    col(Account.is_sample),
    col(Account.revision),
    col(Account.staff_id),
    col(Staff.family_name),
    col(Staff.given_name),
    col(Account.password_expires_at),
)


def _accounts(db: ScopedSession, statement: AnySelect) -> list[AccountLine]:
    rows = db.rows(statement.join(Staff, col(Staff.id) == col(Account.staff_id)))
    return [
        AccountLine(
            row.id,
            row.login,
            row.is_active,
            row.is_sample,
            row.revision,
            row.staff_id,
            f"{row.family_name} {row.given_name}".strip(),
            password_expires_at=row.password_expires_at,
        )
        for row in rows
    ]


def _posts(placed: Callable[[type[UnitPlacement]], sa.ColumnElement[bool]]) -> AnySelect:
    """Return the statement of assignments, each with its unit as called where `placed` is true.

    A unit of a station is named together with it: every station has its 地域課.
    """
    station = aliased(UnitPlacement)
    own, above = col(UnitPlacement.name), col(station.name)
    of_station = sa.and_(
        col(station.unit_id) == col(UnitPlacement.station_id),
        col(station.unit_id) != col(UnitPlacement.unit_id),
        placed(station),
    )
    return (
        sa.select(
            col(StaffAssignment.id),
            col(StaffAssignment.staff_id),
            col(StaffAssignment.unit_id),
            sa.func.coalesce(above + "　" + own, own, ""),
            col(StaffAssignment.role),
            col(StaffAssignment.valid_from),
            col(StaffAssignment.valid_to),
        )
        .outerjoin(
            UnitPlacement,
            sa.and_(
                col(UnitPlacement.unit_id) == col(StaffAssignment.unit_id), placed(UnitPlacement)
            ),
        )
        .outerjoin(station, of_station)
        .order_by(col(StaffAssignment.valid_from), col(StaffAssignment.id))
    )


def _stood_at_first(table: type[UnitPlacement]) -> sa.ColumnElement[bool]:
    """Return the condition that a placement held on the day an assignment began."""
    began = col(StaffAssignment.valid_from)
    return sa.and_(
        col(table.valid_from) <= began,
        sa.or_(col(table.valid_to).is_(None), col(table.valid_to) >= began),
    )


def _by_staff(db: ScopedSession, statement: AnySelect) -> dict[UUID, list[Post]]:
    found: defaultdict[UUID, list[Post]] = defaultdict(list)
    for row in db.rows(statement):
        post = Post(*row)
        found[post.staff_id].append(post)
    return found


def _said(word: str) -> sa.ColumnElement[bool]:
    name = col(Staff.family_name) + col(Staff.given_name)
    kana = col(Staff.family_kana) + col(Staff.given_kana)
    return sa.or_(
        name.contains(word, autoescape=True),
        kana.contains(normalize_kana(word), autoescape=True),
        col(Staff.staff_no) == word,
    )
