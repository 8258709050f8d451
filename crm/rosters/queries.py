"""Reading a roster within what was agreed.

Nothing that was not agreed to is read at all: names are loaded only of holders who agreed to the
recipient, telephones only of those who agreed to be called. A row cannot show what it never had.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import BOXES, Unit, UnitJurisdiction, UnitPlacement
from crm.areas.models import Area
from crm.consents.models import ConsentScope
from crm.consents.queries import grants_in_force
from crm.contacts.lines import PostLine
from crm.contacts.models import Holder, HolderKeys, Organization, Person, Telephone, any_of
from crm.contacts.models import named as named_as
from crm.contacts.post_queries import posts_beside, posts_in_order
from crm.kernel.actor import Actor
from crm.kernel.columns import Key, holds
from crm.kernel.i18n import N_
from crm.kernel.kana import furigana, kana_sort_key
from crm.kernel.phone import PhoneKind, national
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.liaisons.queries import ActiveTerm, active_terms
from crm.rosters.copy_queries import copies_held
from crm.rosters.models import RosterOrdering, RosterProfile
from crm.rosters.rows import Facts, LeftOut, Name, Places, Post, Roster, joined
from crm.rosters.selecting_queries import STATION, chosen_of
from crm.rosters.selection import EVERYBODY, Selection

RECIPIENT_SCOPES = {
    RosterProfile.STATION: ConsentScope.WITHIN_STATION,
    RosterProfile.MEETING: ConsentScope.OTHER_LIAISONS,
    RosterProfile.SEATING: ConsentScope.OTHER_LIAISONS,
}
"""What a holder must have agreed to in order to stand on a roster of each profile; what another
agency gets is copied to it already, by consent (docs/decisions/0007)."""
OUTSIDE = N_("選んだ範囲の外の連絡員")
NO_LIAISONS = N_("招待者・委員のうち連絡員でない方")
NO_CALLS = N_("電話での連絡に同意がないため、電話番号を載せない連絡員")
NO_SPEAKER = N_("同意がないため、氏名を載せない窓口担当者")

TERMS = sa.bindparam("terms", type_=Key(), expanding=True)

Scopes = Mapping[Holder, frozenset[ConsentScope]]


def roster_on(
    db: ScopedSession,
    actor: Actor,
    profile: RosterProfile,
    day: dt.date,
    *,
    today: dt.date,
    selection: Selection = EVERYBODY,
    ordering: RosterOrdering = RosterOrdering.KANA,
) -> Roster:
    """Return the roster of the actor's station as of `day`, or of a part of it.

    A grant counts when it is in force on `day` and still is `today`: whoever took an agreement
    back is on no roster made since, of whatever day. At most six statements, however many rows.
    """
    terms = _terms_by_holder(active_terms(db, day))
    to_seat = profile is RosterProfile.SEATING
    chosen = chosen_of(db, actor, selection, day, to_seat=to_seat)
    within = {holder: held for holder, held in terms.items() if chosen.takes(holder)}
    wanted = _Wanted(profile, day, selection, ordering, chosen.name)
    if profile is RosterProfile.MUNICIPALITY:
        return _provided(db, actor, wanted, within, len(terms))
    names_others = selection.meeting_id or selection.body_id
    narrowed = [
        LeftOut(OUTSIDE, len(terms) - len(within)),
        LeftOut(NO_LIAISONS, len((chosen.holders or set()) - set(terms)) if names_others else 0),
    ]
    return _agreed_roster(db, actor, wanted, within, narrowed, today)


class _Wanted(NamedTuple):
    profile: RosterProfile
    day: dt.date
    selection: Selection
    ordering: RosterOrdering
    chosen: str


def _agreed_roster(
    db: ScopedSession,
    actor: Actor,
    wanted: _Wanted,
    terms: Mapping[Holder, Sequence[ActiveTerm]],
    narrowed: Iterable[LeftOut],
    today: dt.date,
) -> Roster:
    """Return who of those under `terms` agreed to stand on it, with what they agreed to."""
    profile, day = wanted.profile, wanted.day
    is_own = profile is RosterProfile.STATION
    contacts = {
        Holder(person_id=term.contact_person_id)
        for held in terms.values()
        for term in held
        if term.contact_person_id
    }
    agreed = _agreed(db, {*terms, *contacts}, day, today)
    scope = RECIPIENT_SCOPES[profile]
    listed = {holder: held for holder, held in terms.items() if scope in agreed[holder]}
    named = {contact for contact in contacts if scope in agreed[contact]}
    called = {holder for holder in listed if ConsentScope.BY_PHONE in agreed[holder]}
    names, places = _listed(db, actor, listed.values(), day)
    posts, phones = _beside(db, {*listed, *named}, called if is_own else (), day)
    facts = Facts(
        names=names,
        places=places,
        posts=posts,
        phones=phones,
        named=named,
        shows_remarks=is_own,
        ordering=wanted.ordering,
    )
    rules = (
        *narrowed,
        LeftOut(NO_CALLS, len(listed) - len(called) if is_own else 0),
        LeftOut(NO_SPEAKER, len(contacts) - len(named)),
    )
    return Roster(
        profile,
        day,
        tuple(facts.rows(listed)),
        len(terms) - len(listed),
        wanted.selection,
        wanted.ordering,
        wanted.chosen,
        tuple(rule for rule in rules if rule.people > 0),
    )


def _provided(
    db: ScopedSession,
    actor: Actor,
    wanted: _Wanted,
    terms: Mapping[Holder, Sequence[ActiveTerm]],
    serving: int,
) -> Roster:
    """Return those whose copies the office in question holds, with nothing but what those hold."""
    copies = copies_held(db, actor, wanted.selection.recipient_id, wanted.day)
    held = [copy for copy in copies if copy.holder in terms]
    by_area = wanted.ordering is RosterOrdering.AREA
    held.sort(key=lambda copy: (copy.areas if by_area else "", copy.order))
    first = held[0] if held else None
    outside = serving - len(terms)
    return Roster(
        wanted.profile,
        wanted.day,
        tuple(copy.row(number, by_area=by_area) for number, copy in enumerate(held, 1)),
        len(terms) - len(held),
        wanted.selection,
        wanted.ordering,
        wanted.chosen,
        (LeftOut(OUTSIDE, outside),) if outside else (),
        first.recipient_name if first else "",
        tuple(dict.fromkeys(line for copy in held for line in copy.terms)),
    )


def office_name(db: ScopedSession, station_id: UUID, day: dt.date) -> str:
    """Return what the unit that owns the station's roster is called on `day`; empty if none."""
    found = db.exec(
        select(UnitPlacement.name)
        .join(Unit, col(Unit.id) == UnitPlacement.unit_id)
        .where(
            col(Unit.network_office),
            UnitPlacement.station_id == station_id,
            holds(UnitPlacement, day),
        )
        .order_by(col(UnitPlacement.name))
    ).first()
    return found or ""


def _terms_by_holder(terms: Iterable[ActiveTerm]) -> dict[Holder, list[ActiveTerm]]:
    found: dict[Holder, list[ActiveTerm]] = {}
    for term in terms:
        found.setdefault(term.holder, []).append(term)
    return found


def _agreed(db: ScopedSession, holders: Collection[Holder], day: dt.date, today: dt.date) -> Scopes:
    then = grants_in_force(db, holders, day)
    if day == today:
        return then
    still = grants_in_force(db, holders, today)
    return {holder: then[holder] & still[holder] for holder in holders}


def _listed(
    db: ScopedSession, actor: Actor, terms: Iterable[Sequence[ActiveTerm]], day: dt.date
) -> tuple[dict[Holder, Name], dict[UUID, Places]]:
    """Return what holders under `terms` are called and where each term serves; one statement."""
    ids = [term.id for held in terms for term in held]
    asked = {"terms": ids, "day": day, "station": actor.station_id}
    names, places = together(db, (_name_rows(), _place_rows()), **asked)
    return _names(names), _places(places)


def _names(rows: Iterable[Any]) -> dict[Holder, Name]:
    found: dict[Holder, Name] = {}
    for row in rows:
        holder = Holder(row.person_id, row.organization_id)
        text = row.name or f"{row.family_name} {row.given_name}".strip()
        kana = row.kana if row.name else f"{row.family_kana} {row.given_kana}".strip()
        # a row that was never given a key has no reading, and stands with those at the end
        order = (row.kana_sort or kana_sort_key(""), text, str(holder.subject[1]))
        found[holder] = Name(text, furigana(kana), order, furigana(row.kana_row))
    return found


def _places(rows: Iterable[Any]) -> dict[UUID, Places]:
    """Return each term's areas, and the station's boxes responsible for them."""
    found: dict[UUID, list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.position, row.area, row.box or "")):
        found.setdefault(row.term_id, []).append(row)
    return {
        term_id: Places(
            joined(place.area for place in places),
            joined(place.box for place in places),
            (places[0].kana_sort or kana_sort_key(""), places[0].area),
        )
        for term_id, places in found.items()
    }


@cache
def _name_rows() -> AnySelect:
    """Select whom `terms` are about; built once."""
    return (
        sa.select(
            col(LiaisonTerm.person_id),
            col(LiaisonTerm.organization_id),
            col(Person.family_name),
            col(Person.given_name),
            col(Person.family_kana),
            col(Person.given_kana),
            col(Organization.name),
            col(Organization.kana),
            sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort)).label("kana_sort"),
            sa.func.coalesce(col(Person.kana_row), col(Organization.kana_row)).label("kana_row"),
        )
        .select_from(LiaisonTerm)
        .outerjoin(Person, col(Person.id) == LiaisonTerm.person_id)
        .outerjoin(Organization, col(Organization.id) == LiaisonTerm.organization_id)
        .where(col(LiaisonTerm.id).in_(TERMS))
    )


@cache
def _place_rows() -> AnySelect:
    """Select the areas of `terms`, and the boxes of a `station` responsible on a `day`."""
    return (
        sa.select(
            col(LiaisonTermArea.term_id),
            col(LiaisonTermArea.position),
            col(Area.name).label("area"),
            col(UnitPlacement.name).label("box"),
            col(Area.kana_sort),
        )
        .select_from(LiaisonTermArea)
        .join(Area, col(Area.id) == LiaisonTermArea.area_id)
        .outerjoin(
            UnitJurisdiction,
            sa.and_(col(UnitJurisdiction.area_id) == Area.id, holds(UnitJurisdiction)),
        )
        .outerjoin(
            Unit,
            sa.and_(col(Unit.id) == UnitJurisdiction.unit_id, col(Unit.kind).in_(BOXES)),
        )
        .outerjoin(
            UnitPlacement,
            sa.and_(
                col(UnitPlacement.unit_id) == Unit.id,
                col(UnitPlacement.station_id) == STATION,
                holds(UnitPlacement),
            ),
        )
        .where(col(LiaisonTermArea.term_id).in_(TERMS))
    )


def _beside(
    db: ScopedSession, holders: Collection[Holder], called: Collection[Holder], day: dt.date
) -> tuple[dict[UUID, list[Post]], dict[Holder, str]]:
    """Return the posts of `holders` by person, and the numbers of those `called`; one statement."""
    asked = {"owners": HolderKeys.of(holders).people, "day": day, **named_as(*called)}
    held, numbers = together(db, (posts_beside("person_id"), _phone_rows()), **asked)
    return _posts(posts_in_order(held)), _phones(numbers)


def _posts(lines: Iterable[PostLine]) -> dict[UUID, list[Post]]:
    found: dict[UUID, list[Post]] = {}
    for line in lines:
        post = Post(
            line.organization_id,
            line.label,
            joined([line.organization_name, line.post]),
            joined([line.post, line.person_name]),
        )
        found.setdefault(line.person_id, []).append(post)
    return found


def _phones(rows: Iterable[Any]) -> dict[Holder, str]:
    found: dict[Holder, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row.position, row.id)):
        number = national(row.e164, row.extension or None) if row.e164 else row.raw
        found.setdefault(Holder(row.person_id, row.organization_id), []).append(number)
    return {holder: joined(numbers) for holder, numbers in found.items()}


@cache
def _phone_rows() -> AnySelect:
    """Select the numbers at which those `named` are called; a fax is another agreement."""
    return sa.select(
        col(Telephone.id),
        col(Telephone.person_id),
        col(Telephone.organization_id),
        col(Telephone.raw),
        col(Telephone.e164),
        col(Telephone.extension),
        col(Telephone.position),
    ).where(any_of(Telephone), col(Telephone.kind) != PhoneKind.FAX)
