"""Taking staff on, and assigning them to units and roles by date."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from uuid import UUID

from crm.agencies.models import AdministratorLeaving, Staff, StaffAssignment
from crm.agencies.policy import roles_at
from crm.agencies.service import DAY, require_fresh, require_right, stamp, standing_placement
from crm.agencies.staff_queries import assignment_of, assignments_from, staff_numbered, staff_of
from crm.kernel import audit
from crm.kernel.actor import STATION_ROLES, Actor, Role
from crm.kernel.changes import announce
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.kana import normalize_kana
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki

ALONE = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})
"""Roles nobody holds together with another: who keeps or audits the system reads no resident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffFacts:
    """What is known of a member of staff."""

    family_name: str
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    staff_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A unit and role from `day` on; instead of what was held, or beside it (兼務)."""

    unit_id: UUID
    role: Role
    day: dt.date
    concurrent: bool = False


class Held(NamedTuple):
    """A unit and role somebody has, from one day to another."""

    id: UUID
    unit_id: UUID
    role: Role
    valid_from: dt.date
    valid_to: dt.date | None

    @classmethod
    def by(cls, row: StaffAssignment) -> "Held":
        """Return what a row of the database says, apart from it."""
        return cls(row.id, row.unit_id, row.role, row.valid_from, row.valid_to)

    def says(self, posting: Posting) -> bool:
        """Whether it is on the posting's day what the posting wants."""
        begun = self.valid_from <= posting.day
        return begun and (self.unit_id, self.role) == (posting.unit_id, posting.role)


def take_on(
    db: ScopedSession, actor: Actor, facts: StaffFacts, posting: Posting, *, now: dt.datetime
) -> Staff:
    """Register a member of staff with a first assignment; Refused when the number is taken."""
    require_right(actor)
    _require_free_number(db, facts.staff_no, None)
    place = standing_placement(db, posting.unit_id, posting.day, field="unit_id")
    require_fitting(actor, posting.role, place.station_id)
    staff = Staff(agency_id=actor.agency_id, created_by=actor.account_id, **_columns(facts))
    db.add(staff)
    db.flush()
    db.add(_row(staff, posting))
    audit.record(db, actor, "staff.registered", now=now, subject=("staff", staff.id))
    return staff


def correct_staff(
    db: ScopedSession,
    actor: Actor,
    staff_id: UUID,
    facts: StaffFacts,
    *,
    revision: int,
    now: dt.datetime,
) -> None:
    """Correct what is recorded of a member of staff."""
    require_right(actor)
    staff = staff_of(db, staff_id)
    require_fresh(staff, revision)
    _require_free_number(db, facts.staff_no, staff_id)
    changed = [name for name, value in _columns(facts).items() if getattr(staff, name) != value]
    for name, value in _columns(facts).items():
        setattr(staff, name, value)
    stamp(staff, actor, now)
    audit.record(db, actor, "staff.corrected", now=now, subject=("staff", staff_id), fields=changed)


def assign_staff(
    db: ScopedSession,
    actor: Actor,
    staff_id: UUID,
    posting: Posting,
    *,
    revision: int,
    now: dt.datetime,
) -> None:
    """Assign a member of staff from a day on; without 兼務, what was held ends the day before.

    A day to come changes nobody's rights until it is there.
    """
    require_right(actor)
    staff = staff_of(db, staff_id)
    require_fresh(staff, revision)
    post_staff(db, actor, staff, posting, now=now)


def post_staff(
    db: ScopedSession, actor: Actor, staff: Staff, posting: Posting, *, now: dt.datetime
) -> None:
    """Judge a posting by what is on record now, and write it."""
    place = standing_placement(db, posting.unit_id, posting.day, field="unit_id")
    rows = assignments_from(db, [staff.id], posting.day).get(staff.id, ())
    held = [Held.by(row) for row in rows]
    ended = judge_posting(db, actor, staff, held, posting, place.station_id, now=now)
    for row in rows:
        if row.id in ended:
            _end(db, row, posting.day)
    db.add(_row(staff, posting))
    stamp(staff, actor, now)
    audit.record(
        db,
        actor,
        "assignment.made",
        now=now,
        subject=("staff", staff.id),
        unit=str(posting.unit_id),
        role=posting.role.value,
        as_of=str(posting.day),
    )


def end_assignment(
    db: ScopedSession,
    actor: Actor,
    assignment_id: UUID,
    *,
    last_day: dt.date,
    revision: int,
    now: dt.datetime,
) -> None:
    """End an assignment after `last_day`; one that would not have begun by then is taken back."""
    require_right(actor)
    row = assignment_of(db, assignment_id)
    staff = staff_of(db, row.staff_id)
    require_fresh(staff, revision)
    _require_another(actor, staff)
    if row.valid_to is not None and row.valid_to < last_day:
        raise Refused(
            N_("この配置は%(day)sで終わっています。"), field="last_day", day=wareki(row.valid_to)
        )
    if row.role is Role.SYSTEM_ADMINISTRATOR:
        announce(db, AdministratorLeaving(staff.id, last_day + DAY), actor, now)
    _end(db, row, last_day + DAY)
    stamp(staff, actor, now)
    audit.record(
        db,
        actor,
        "assignment.ended",
        now=now,
        subject=("staff", staff.id),
        unit=str(row.unit_id),
        as_of=str(last_day),
    )


def judge_posting(
    db: ScopedSession,
    actor: Actor,
    staff: Staff,
    held: Sequence[Held],
    posting: Posting,
    station_id: UUID | None,
    *,
    now: dt.datetime,
) -> frozenset[UUID]:
    """Return the assignments a posting ends; Refused where it cannot be. Nothing is changed.

    `held` are those that hold on the posting's day or begin later; `station_id` is the station the
    unit then belongs to.
    """
    _require_another(actor, staff)
    require_fitting(actor, posting.role, station_id)
    if any(each.says(posting) for each in held):
        raise Refused(
            N_("%(day)sには、同じ所属・役割で配置されています。"),
            field="unit_id",
            day=wareki(posting.day),
        )
    if posting.concurrent:
        _require_compatible(held, posting.role)
        return frozenset()
    later = [each.valid_from for each in held if each.valid_from > posting.day]
    if later:
        raise Refused(
            N_("%(day)sからの配置が登録されています。先に取り消してください。"),
            field="day",
            day=wareki(min(later)),
        )
    if posting.role is not Role.SYSTEM_ADMINISTRATOR and any(
        each.role is Role.SYSTEM_ADMINISTRATOR for each in held
    ):
        announce(db, AdministratorLeaving(staff.id, posting.day), actor, now)
    return frozenset(each.id for each in held)


def roles_of(actor: Actor) -> tuple[Role, ...]:
    """Return the roles the actor's agency has."""
    return tuple(role for role in Role if role in roles_at(actor.agency_kind))


def require_fitting(actor: Actor, role: Role, station_id: UUID | None) -> None:
    """Refuse a role that the agency, or a unit of that station or none, does not have."""
    if role not in roles_of(actor):
        raise Refused(N_("この機関では使わない役割です。"), field="role")
    if role in STATION_ROLES and station_id is None:
        raise Refused(N_("本部の所属では使わない役割です。"), field="role")
    if role is Role.HQ_VIEWER and station_id is not None:
        raise Refused(N_("本部の所属だけで使う役割です。"), field="role")


def _require_another(actor: Actor, staff: Staff) -> None:
    if staff.id == actor.staff_id:
        raise Refused(N_("自分の配置は変更できません。ほかの管理者が登録します。"))


def _require_compatible(held: Sequence[Held], role: Role) -> None:
    roles = {each.role for each in held}
    if roles and (role in ALONE or roles & ALONE) and roles != {role}:
        raise Refused(
            N_("システム管理者と監査担当者は、ほかの役割と兼ねられません。"), field="role"
        )


def _require_free_number(db: ScopedSession, number: str, staff_id: UUID | None) -> None:
    if not number:
        return
    if any(row.id != staff_id for row in staff_numbered(db, [number]).get(number, ())):
        raise Refused(N_("この職員番号は、別の職員に使われています。"), field="staff_no")


def _columns(facts: StaffFacts) -> dict[str, Any]:
    return {
        **asdict(facts),
        "family_kana": normalize_kana(facts.family_kana),
        "given_kana": normalize_kana(facts.given_kana),
    }


def _row(staff: Staff, posting: Posting) -> StaffAssignment:
    return StaffAssignment(
        agency_id=staff.agency_id,
        staff_id=staff.id,
        unit_id=posting.unit_id,
        role=posting.role,
        valid_from=posting.day,
    )


def _end(db: ScopedSession, row: StaffAssignment, day: dt.date) -> None:
    if row.valid_from >= day:
        db.delete(row)
    else:
        row.valid_to = day - DAY
