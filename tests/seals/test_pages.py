"""監査記録の封印: for the auditors of every agency, whose own key signs only what follows."""

import pytest

from crm.agencies.models import StaffAssignment
from crm.kernel.actor import Role
from crm.kernel.keys import load_key
from crm.seals.queries import signatures, whole_trail
from crm.seals.sealing import seal
from crm.seals.service import NOT_ITS_PAST
from crm.seals.signing import log_signer, witness_signer
from crm.seals.verify import Report, examine
from tests.support.jobs_acts import runner_of
from tests.support.pages import Browser, counted
from tests.support.seals_acts import MINUTE, SECOND, record, unguarded
from tests.support.world import NOW, START, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def sealed(world: World) -> World:
    """A world with three entries sealed, and an auditor at the city hall."""
    staff = world.actors["city_chief"]
    role = StaffAssignment(
        agency_id=world.city_id,
        staff_id=staff.staff_id,
        unit_id=staff.unit_id,
        role=Role.AUDITOR,
        valid_from=START,
    )
    world.put(role)
    record(world, 3)
    reseal(world)
    return world


def reseal(world: World) -> None:
    seal(
        world.database,
        log_signer(load_key(world.database.settings)),
        NOW + SECOND,
        look_back=MINUTE,
    )


def verified(world: World) -> Report:
    master = load_key(world.database.settings)
    keys = [log_signer(master).key, witness_signer(master, world.city_id).key]
    with world.database.reading(None) as db:
        return examine(whole_trail(db), keys)


def test_auditors_see_how_far_the_trail_is_sealed(sealed: World, browser: Browser) -> None:
    browser.sign_in("auditor")
    with counted(sealed.database) as statements:
        answer = browser.get("/audit/seals")
    assert "監査記録の封印" in answer.text
    assert str(log_signer(load_key(sealed.database.settings)).key) in answer.text
    assert len(statements) <= 8


@pytest.mark.parametrize("login", ["officer", "administrator", "city", "hq"])
def test_nobody_else_has_such_a_page(sealed: World, browser: Browser, login: str) -> None:
    del sealed
    browser.sign_in(login)
    answers = [
        browser.get("/audit/seals"),
        browser.post("/audit/seals/verification"),
        browser.post("/audit/seals/countersignature"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_partner_countersigns_with_the_key_of_its_agency(sealed: World, browser: Browser) -> None:
    browser.sign_in("city_chief").get("/audit/seals")
    answer = browser.post("/audit/seals/countersignature")
    assert "立会いの署名をしました。" in answer.text
    reseal(sealed)
    browser.get("/audit/seals")
    browser.post("/audit/seals/countersignature")
    with sealed.database.reading(None) as db:
        found = [(row.agency_id, row.witness_name) for row in signatures(db)]
    assert (found, verified(sealed).findings) == ([(sealed.city_id, "架空市役所")] * 2, [])


def test_a_partner_does_not_sign_what_its_last_signature_does_not_lead_to(
    sealed: World, browser: Browser
) -> None:
    browser.sign_in("city_chief").get("/audit/seals")
    browser.post("/audit/seals/countersignature")
    reseal(sealed)
    with unguarded(sealed.database) as connection:
        connection.exec_driver_sql(
            "UPDATE audit_leaf SET leaf_hash = zeroblob(32)"
            " WHERE seq = (SELECT max(size) FROM checkpoint)"
        )
    answer = browser.post("/audit/seals/countersignature")
    with sealed.database.reading(None) as db:
        assert (NOT_ITS_PAST in answer.text, len(signatures(db))) == (True, 1)


def test_a_countersignature_that_was_changed_is_found(sealed: World, browser: Browser) -> None:
    browser.sign_in("city_chief").get("/audit/seals")
    browser.post("/audit/seals/countersignature")
    with unguarded(sealed.database) as connection:
        connection.exec_driver_sql("UPDATE witness_signature SET signature = zeroblob(72)")
    assert [finding.kind for finding in verified(sealed).findings] == ["witness"]


def test_verifying_is_a_job_whose_file_tells_what_was_found(
    sealed: World, browser: Browser
) -> None:
    browser.sign_in("auditor").get("/audit/seals")
    page = browser.post("/audit/seals/verification")
    assert runner_of(sealed.database).take_next()
    answer = browser.get(f"{page.url.path}/file")
    said = answer.content.decode("utf-8-sig").splitlines()
    assert said[-1] == "異状はありません。"
