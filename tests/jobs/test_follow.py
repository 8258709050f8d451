"""A page follows its job: by the stream, by asking where none gets through, or by a plain link."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Route, expect

from crm.jobs import leases
from crm.kernel.clock import utc_now
from tests.support.chromium import PHONE, Walker, chromium, served, walking
from tests.support.jobs_acts import ask, runner_of
from tests.support.world import PASSWORD, World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@contextmanager
def officer_at(world: World, *, scripts: bool = True) -> Iterator[Walker]:
    with (
        served(world.database) as address,
        chromium() as browser,
        walking(browser, address, viewport=PHONE, scripts=scripts) as officer,
    ):
        officer.sign_in("officer", PASSWORD)
        yield officer


def taken_up(world: World) -> leases.Claim:
    """Leave a job as a runner has it in the middle of its work."""
    job_id = ask(world, steps=4)
    lease = dt.timedelta(minutes=5)
    with world.database.writing(None) as db:
        held = leases.claim(db, job_id, now=utc_now(), lease=lease, max_attempts=3)
        assert held is not None
        leases.advance(db, held, 1, 4)
    return held


def advance(world: World, held: leases.Claim, done: int) -> None:
    with world.database.writing(None) as db:
        leases.advance(db, held, done, 4)


def test_page_follows_its_job_to_the_file(world: World) -> None:
    held = taken_up(world)
    with officer_at(world) as officer:
        officer.go(f"/jobs/{held.id}")
        expect(officer.page.locator("#job-done")).to_have_text("1")
        assert officer.axe() == []
        assert officer.overflows() == 0

        advance(world, held, 3)
        expect(officer.page.locator("#job-done")).to_have_text("3")
        runner_of(world.database).carry_out(held)
        expect(officer.page.get_by_role("link", name="ファイルを受け取る")).to_be_visible()

        expect(officer.page.locator("#live")).to_have_text("できあがりました。")
        assert officer.axe() == []


def test_page_asks_where_no_stream_gets_through(world: World) -> None:
    held = taken_up(world)
    with officer_at(world) as officer:
        officer.page.route("**/events", refuse)
        officer.go(f"/jobs/{held.id}")
        runner_of(world.database).carry_out(held)

        expect(officer.page.get_by_role("link", name="ファイルを受け取る")).to_be_visible(
            timeout=15_000
        )


def refuse(route: Route) -> None:
    route.fulfill(status=404, body="")


def test_page_without_scripts_is_looked_at_again(world: World) -> None:
    held = taken_up(world)
    with officer_at(world, scripts=False) as officer:
        officer.go(f"/jobs/{held.id}")
        runner_of(world.database).carry_out(held)
        officer.page.get_by_role("link", name="最新の状態を表示する").click()

        expect(officer.page.get_by_role("link", name="ファイルを受け取る")).to_be_visible()
