"""「誰に何が見えるか」 says of the own office and of headquarters what the rules do, no more."""

from dataclasses import replace
from itertools import chain, combinations

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from crm.consents.models import ConsentScope
from crm.contacts.models import Appointment, Holder, Person, Telephone
from crm.liaisons.models import LiaisonTerm
from crm.notes.models import ActivityNote
from crm.rosters.models import RosterProfile
from crm.rosters.queries import roster_on
from crm.sharing.lines import Viewer
from crm.sharing.queries import visibility_of
from tests.rosters.network import put_consent, put_term
from tests.support.world import TODAY, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""SQLite alone: that both databases decide alike is proven elsewhere (proof G2)."""

ASKED = (ConsentScope.WITHIN_STATION, ConsentScope.HQ_NAME)
ANSWERS = [*chain.from_iterable(combinations(ASKED, count) for count in range(3))]


@pytest.mark.parametrize("scopes", ANSWERS, ids=lambda each: "+".join(each) or "nothing")
def test_the_lines_say_what_the_rules_do(world: World, scopes: tuple[ConsentScope, ...]) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ", phone="087-833-0110")
    put_term(world, person)
    put_consent(world, person, scopes)
    with world.reading("officer") as db:
        actor = world.actors["officer"]
        seen = visibility_of(db, actor, Holder(person_id=person.id), TODAY)
        listed = roster_on(db, actor, RosterProfile.STATION, TODAY, today=TODAY)
        assert read(world, "officer") == {"person", "telephone", "liaison_term"}
    station, headquarters = seen.lines

    assert (station.viewer, headquarters.viewer) == (Viewer.STATION, Viewer.HEADQUARTERS)
    assert station.why.endswith("同意あり") is (listed.persons == 1)
    assert headquarters.what.startswith("件数のみ。")
    assert read(world, "hq") == set()
    assert ("に氏名の提供に同意。" in headquarters.why) is (ConsentScope.HQ_NAME in scopes)


def test_an_emergency_opens_what_the_line_says(world: World) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ", phone="087-833-0110")
    put_term(world, person)
    opener = replace(world.actors["hq"], opened_id=person.id)
    world.actors["hq"] = opener
    assert read(world, "hq") == {"person", "telephone", "liaison_term"}


def read(world: World, who: str) -> set[str]:
    """Return which tables about people somebody reads a row of."""
    tables: tuple[type[SQLModel], ...] = (Person, Telephone, Appointment, LiaisonTerm, ActivityNote)
    with world.reading(who) as db:
        return {
            str(sa.inspect(table).local_table.name)
            for table in tables
            if db.exec(select(table)).first() is not None
        }
