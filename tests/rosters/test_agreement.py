"""The roster against a model so plain that one can see it is right, over random towns."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from crm.agencies.models import Unit, UnitKind, UnitPlacement
from crm.consents.models import ConsentScope
from crm.contacts.models import Organization, Person
from crm.kernel.actor import Actor
from crm.rosters.models import RosterProfile
from crm.rosters.queries import roster_on
from tests.rosters.network import put_consent, put_post, put_term
from tests.support.world import START, World

WITHIN, OTHERS, PHONE = (
    ConsentScope.WITHIN_STATION,
    ConsentScope.OTHER_LIAISONS,
    ConsentScope.BY_PHONE,
)
Shown = tuple[str, str, str, dt.date]

LAST_DAY = 3
DAYS = st.integers(0, LAST_DAY)
ENDS = st.none() | DAYS
SCOPES = st.frozensets(st.sampled_from([WITHIN, OTHERS, PHONE]))
AGREED = (RosterProfile.STATION, RosterProfile.MEETING)
SPANS = [(day, today) for today in range(LAST_DAY + 1) for day in range(today + 1)]


@dataclass(frozen=True)
class Agreed:
    on: int
    scopes: frozenset[ConsentScope]
    until: int | None


@dataclass(frozen=True)
class Served:
    since: int
    until: int | None
    contact: int | None


@dataclass
class Somebody:
    is_person: bool
    consents: Sequence[Agreed]
    terms: Sequence[Served]
    row: Person | Organization | None = field(default=None, compare=False)


SOMEBODY = st.builds(
    Somebody,
    st.booleans(),
    st.lists(
        st.builds(Agreed, DAYS, SCOPES, ENDS),
        min_size=1,
        max_size=3,
        unique_by=lambda each: each.on,
    ),
    st.lists(st.builds(Served, DAYS, ENDS, st.none() | st.integers(0, 3)), min_size=1, max_size=2),
)


def agreed_on(somebody: Somebody, day: int) -> frozenset[ConsentScope]:
    made = sorted((each for each in somebody.consents if each.on <= day), key=lambda each: each.on)
    if not made or (made[-1].until is not None and made[-1].until < day):
        return frozenset()
    return made[-1].scopes


def expected(town: Sequence[Somebody], profile: RosterProfile, day: int, today: int) -> list[Shown]:
    wanted = WITHIN if profile is RosterProfile.STATION else OTHERS
    said = [agreed_on(each, day) & agreed_on(each, today) for each in town]
    rows = []
    for index, somebody in enumerate(town):
        active = [term for term in somebody.terms if runs(term, day)]
        if active and wanted in said[index]:
            calls = profile is RosterProfile.STATION and PHONE in said[index]
            named = [wanted in each for each in said]
            rows.append(
                (
                    f"{'住民' if somebody.is_person else '団体'} {index}",
                    f"054-000-100{index}" if calls else "",
                    f"職{index}" if somebody.is_person else speaker(town, active, named),
                    after(min(term.since for term in active)),
                )
            )
    return rows


def runs(term: Served, day: int) -> bool:
    return term.since <= day and (term.until is None or day <= term.until)


def speaker(town: Sequence[Somebody], active: Sequence[Served], named: Sequence[bool]) -> str:
    for term in sorted(active, key=lambda each: each.since):
        who = term.contact
        if who is not None and who < len(town) and town[who].is_person and named[who]:
            return f"窓口\n住民 {who}"
    return ""


def settle(world: World, town: Sequence[Somebody]) -> Actor:
    """Put the town into a station of its own and return that station's chief."""
    place = f"模型署{uuid7()}"
    unit = Unit(agency_id=world.agency_id, kind=UnitKind.STATION)
    world.units[place] = unit.id
    world.put(
        unit,
        UnitPlacement(
            agency_id=world.agency_id,
            unit_id=unit.id,
            station_id=unit.id,
            name=place,
            valid_from=START,
        ),
    )
    for index, somebody in enumerate(town):
        phone = f"054-000-100{index}"
        if somebody.is_person:
            somebody.row = world.person(
                f"住民 {index}", f"ジュウミン {'ア' * (index + 1)}", station=place, phone=phone
            )
            put_post(world, somebody.row, f"職{index}")
        else:
            kana = f"ダンタイ{'ア' * (index + 1)}"
            somebody.row = world.organization(f"団体 {index}", kana, station=place, phone=phone)
    for somebody in town:
        put_records(world, town, somebody)
    return replace(world.actors["chief"], station_id=unit.id)


def put_records(world: World, town: Sequence[Somebody], somebody: Somebody) -> None:
    assert somebody.row is not None
    for consent in somebody.consents:
        put_consent(
            world,
            somebody.row,
            consent.scopes,
            on=after(consent.on),
            until=None if consent.until is None else after(consent.until),
        )
    for term in somebody.terms:
        until = None if term.until is None else after(term.until)
        put_term(
            world,
            somebody.row,
            since=after(term.since),
            until=until,
            contact=contact_of(world, town, somebody, term),
        )


def contact_of(
    world: World, town: Sequence[Somebody], somebody: Somebody, term: Served
) -> Person | None:
    if somebody.is_person or term.contact is None or term.contact >= len(town):
        return None
    contact = town[term.contact].row
    if not isinstance(contact, Person) or not isinstance(somebody.row, Organization):
        return None
    put_post(world, contact, "窓口", somebody.row, place=9)
    return contact


def after(days: int) -> dt.date:
    return START + dt.timedelta(days=days)


@settings(
    max_examples=8,
    # a town takes seconds to settle, so a wrong one is shown as it was found
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(town=st.lists(SOMEBODY, min_size=3, max_size=6))
def test_rows_and_fields_are_exactly_what_was_agreed(world: World, town: list[Somebody]) -> None:
    actor = settle(world, town)

    with world.database.reading(actor) as db:
        for (day, today), profile in product(SPANS, AGREED):
            found = roster_on(db, actor, profile, after(day), today=after(today))
            shown = sorted((row.name, row.phone, row.post, row.asked_on) for row in found.rows)
            assert shown == sorted(expected(town, profile, day, today))
