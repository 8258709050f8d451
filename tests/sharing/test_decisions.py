import re
from uuid import UUID

import pytest
from sqlmodel import select

from crm.approvals.models import ApprovalKind, ApprovalState
from crm.approvals.service import DecisionNeeded
from crm.kernel.clock import local_day, utc_now
from crm.kernel.errors import Refused
from crm.sharing import agreements
from crm.sharing.models import DisclosureBasis, SharingAgreement
from tests.approvals.acts import approved, line_of
from tests.sharing.acts import CITY_OFFICE, F, agreed, disclosed, liaison
from tests.support.approvals import STATION_CHIEF, decided
from tests.support.pages import Browser
from tests.support.world import NOW, TODAY, World

PROVISION = ApprovalKind.PROVISION


def facts(world: World, *fields: F) -> agreements.DisclosureFacts:
    return agreements.DisclosureFacts(
        recipient_station_id=world.units[CITY_OFFICE],
        basis=DisclosureBasis.PUBLIC_BODY,
        reason="避難訓練の名簿作成",
        fields=fields,
        expires_on=TODAY,
    )


def test_nothing_is_given_before_it_is_decided(world: World) -> None:
    decided(world, PROVISION, (STATION_CHIEF,))
    holder = liaison(world)

    with pytest.raises(DecisionNeeded):
        agreed(world)
    with pytest.raises(DecisionNeeded):
        disclosed(world, holder)


def test_a_disclosure_is_made_once_and_as_it_was_decided(world: World) -> None:
    decided(world, PROVISION, (STATION_CHIEF,))
    holder = liaison(world)
    chief = world.actors["chief"]
    with world.writing("chief") as db:
        wanted = facts(world, F.NAME, F.PHONE)
        key = agreements.draft_disclosure(db, chief, holder, wanted, now=NOW).id
    approved(world, key, "station_chief")

    with pytest.raises(DecisionNeeded):
        disclosed(world, holder, (F.NAME, F.PHONE, F.ADDRESS))
    disclosed(world, holder, (F.NAME, F.PHONE))
    with pytest.raises(DecisionNeeded):
        disclosed(world, holder, (F.NAME, F.PHONE))

    assert line_of(world, key).is_carried_out


def test_a_draft_is_refused_as_the_deed_itself_would_be(world: World) -> None:
    decided(world, PROVISION, (STATION_CHIEF,))
    holder = liaison(world)
    chief = world.actors["chief"]

    with world.writing("chief") as db, pytest.raises(Refused, match="氏名を含めて"):
        agreements.draft_disclosure(db, chief, holder, facts(world, F.PHONE), now=NOW)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_agreement_goes_from_form_to_decision_to_force(browser: Browser, world: World) -> None:
    decided(world, PROVISION, (STATION_CHIEF,))
    terms: dict[str, object] = {
        "recipient_station_id": str(world.units[CITY_OFFICE]),
        "title": "連絡員名簿の提供",
        "purpose": "地域の見守り活動",
        "fields": ["name", "post"],
        "valid_from": local_day(utc_now()).isoformat(),
    }
    form = browser.sign_in("chief").get("/agreements/new")
    hasty = browser.post("/agreements", terms)
    drafted = browser.post("/agreements", {**terms, "wish": "draft"})
    key = UUID(drafted.url.path.rsplit("/", 1)[1])
    approved(world, key, "station_chief", now=utc_now())
    (link,) = re.findall(
        r'href="(/agreements/new\?approval=[^"]+)"', browser.get(drafted.url.path).text
    )
    filled = browser.get(link)
    changed = browser.post("/agreements", {**terms, "fields": ["name", "post", "phone"]})
    done = browser.post("/agreements", terms)

    assert 'name="wish" value="draft"' in form.text
    assert (hasty.status_code, "起案し、決裁を受けてください。" in hasty.text) == (422, True)
    assert "架空市役所" in drafted.text
    assert 'value="連絡員名簿の提供"' in filled.text
    assert 'name="wish"' not in filled.text
    assert (changed.status_code, "から変わっている" in changed.text) == (422, True)
    assert "取決めを登録しました。" in done.text
    with world.reading("chief") as db:
        assert db.exec(select(SharingAgreement.fields)).all() == [["name", "post"]]
    line = line_of(world, key)
    assert (line.state, line.is_carried_out) == (ApprovalState.APPROVED, True)
