"""Our own roster comes back in, in every form it is given out in that can be read, unchanged."""

import pytest

from crm.formats.workbook import read_workbook
from crm.intake import service
from crm.intake.deeds import Verdict
from crm.intake.models import ListKind
from crm.rosters.files import write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterOrder, draft_roster
from tests.intake.lists import apply, dump, preview
from tests.rosters.network import put_consent, put_post, put_term
from tests.support.world import NOW, TODAY, World

FORMS = [RosterFormat.XLSX, RosterFormat.CSV, RosterFormat.CSV_CP932]
PROFILES = [RosterProfile.STATION, RosterProfile.MEETING]
"""What is made of the station's own rows; seats are on paper alone, a city's part is of copies."""


def network(world: World) -> None:
    """Put liaisons of every sort: with and without posts, numbers and areas; an organization."""
    association = world.organization(
        "みなと町自治会", "ミナトチョウジチカイ", area="みなと町自治会", phone="054-622-0100"
    )
    school = world.organization("若葉小学校", "ワカバショウガッコウ")
    chair = world.person("山田 太郎", "ヤマダ タロウ", phone="054-622-0001、090-1234-5678")
    plain = world.person("髙橋 花子", "タカハシ ハナコ")
    unread = world.person("小林 三郎", "")
    put_post(world, chair, "", association)
    put_post(world, chair, "見守り隊長", school, place=21)
    put_term(world, chair, "みなと町自治会", "さくら台自治会")
    put_term(world, plain, "磯部自治会", remark="夕方に電話")
    put_term(world, unread)
    put_term(world, association, "みなと町自治会", contact=chair)
    for holder in (association, chair, plain, unread):
        put_consent(world, holder)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("form", FORMS)
def test_our_own_roster_comes_back_in_unchanged(
    world: World, form: RosterFormat, profile: RosterProfile
) -> None:
    network(world)
    before = dump(world)
    with world.reading("chief") as db:
        order = RosterOrder("確認", profile, TODAY, form, may_replace=True)
        content = write_file(draft_roster(db, order, now=NOW))
    book = read_workbook(content)
    with world.writing("chief") as db:
        handed = service.Handed("一覧表", content)
        actor = world.actors["chief"]
        batch_id = service.take_in(
            db, actor, handed, book, kind=ListKind.LIAISONS, day=TODAY, now=NOW
        ).id

    plan = preview(world, batch_id)
    apply(world, batch_id)

    people = [step for step in plan.steps if step.verdict is not Verdict.REFUSED]
    assert [(step.verdict, step.deeds) for step in people] == [(Verdict.UNCHANGED, ())] * 4
    # the lines at the foot, where the form has them among the rows
    assert all(step.name == "" for step in plan.steps if step.verdict is Verdict.REFUSED)
    assert dump(world) == before
