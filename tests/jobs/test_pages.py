"""作成した書類: seen, followed, fetched and called off by whoever asked, and by nobody else."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import select

from crm.access.models import SignInSession
from crm.jobs import leases
from crm.jobs.models import JobFile, JobState
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import utc_now
from tests.support.jobs_acts import ask, row_of, runner_of
from tests.support.jobs_sample import REFUSAL
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def officer(browser: Browser) -> Browser:
    return browser.sign_in("officer")


def carried_out(world: World, **asked: object) -> UUID:
    job_id = ask(world, **asked)  # type: ignore[arg-type]
    assert runner_of(world.database).take(job_id)
    return job_id


def under_way(world: World) -> UUID:
    """Leave a job as a runner has it in the middle of its work."""
    job_id = ask(world, steps=4)
    lease = dt.timedelta(minutes=1)
    with world.database.writing(None) as db:
        held = leases.claim(db, job_id, now=utc_now(), lease=lease, max_attempts=3)
        assert held is not None
        leases.advance(db, held, 1, 4)
    return job_id


def news_of(answer: httpx.Response) -> list[dict[str, object]]:
    lines = answer.text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


def test_list_shows_own_jobs_only(world: World, officer: Browser) -> None:
    mine = carried_out(world)
    other = ask(world, "chief")

    answer = officer.get("/jobs")

    assert f"/jobs/{mine}" in answer.text
    assert str(other) not in answer.text


def test_list_of_none_says_so(officer: Browser) -> None:
    assert "まだ作成した書類はありません。" in officer.get("/jobs").text


def test_list_takes_as_many_statements_for_three_as_for_one(world: World, officer: Browser) -> None:
    carried_out(world)
    with counted(world.database) as for_one:
        officer.get("/jobs")
    carried_out(world)
    carried_out(world)
    with counted(world.database) as for_three:
        officer.get("/jobs")

    assert (len(for_one), len(for_three)) == (3, 3)


def test_waiting_job_can_be_called_off(world: World, officer: Browser) -> None:
    job_id = ask(world)
    assert "順番を待っています。" in officer.get(f"/jobs/{job_id}").text

    answer = officer.post(f"/jobs/{job_id}/cancellation")

    assert "取りやめを受け付けました。" in answer.text
    assert "もう一度作成してください。" in answer.text
    assert row_of(world, job_id).state is JobState.CANCELLED


def test_job_over_by_then_is_shown_as_it_is(world: World, officer: Browser) -> None:
    job_id = ask(world)
    officer.get(f"/jobs/{job_id}")
    assert runner_of(world.database).take(job_id)

    answer = officer.post(f"/jobs/{job_id}/cancellation")

    assert "この作成は終わっているため、取りやめられません。" in answer.text
    assert row_of(world, job_id).state is JobState.DONE


def test_running_job_shows_how_far_it_is_and_a_way_to_look_again(
    world: World, officer: Browser
) -> None:
    job_id = under_way(world)

    answer = officer.get(f"/jobs/{job_id}")

    assert '<progress id="job-progress" value="1" max="4"' in answer.text
    assert f'data-job-events="/jobs/{job_id}/events"' in answer.text
    assert "最新の状態を表示する" in answer.text


def test_fragment_is_the_job_alone(world: World, officer: Browser) -> None:
    answer = officer.get(f"/jobs/{carried_out(world)}", htmx=True)

    assert answer.text.strip().startswith("<section")
    assert "ファイルを受け取る" in answer.text


def test_failed_job_says_why_in_the_words_of_the_refusal(world: World, officer: Browser) -> None:
    job_id = carried_out(world, name="sample.refused", count=9)

    assert REFUSAL % {"count": 9} in officer.get(f"/jobs/{job_id}").text


def test_file_comes_whole_under_its_own_name_and_on_record(world: World, officer: Browser) -> None:
    job_id = carried_out(world)

    answer = officer.get(f"/jobs/{job_id}/file")

    assert (answer.status_code, answer.content) == (200, b"made")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"document.txt\"; filename*=UTF-8''%E8%A6%8B%E6%9C%AC.txt"
    )
    assert entries(world, "job.fetched") == [job_id]


def test_file_past_its_day_is_gone(world: World, officer: Browser) -> None:
    job_id = carried_out(world)
    with world.database.system("a test's world") as connection:
        rows = sa.inspect(JobFile).local_table
        connection.execute(sa.update(rows).values(expires_at=utc_now()))

    assert officer.get(f"/jobs/{job_id}/file").status_code == 404
    assert "保管の期限が過ぎました。" in officer.get(f"/jobs/{job_id}").text


@pytest.mark.parametrize("path", ["", "/file", "/events"])
def test_another_s_job_is_not_found(world: World, browser: Browser, path: str) -> None:
    job_id = carried_out(world)
    browser.sign_in("chief")

    assert browser.get(f"/jobs/{job_id}{path}").status_code == 404
    assert browser.get(f"/jobs/{uuid4()}{path}").status_code == 404


def test_another_s_job_cannot_be_called_off(world: World, browser: Browser) -> None:
    job_id = ask(world)
    browser.sign_in("chief").get("/jobs")

    assert browser.post(f"/jobs/{job_id}/cancellation").status_code == 404
    assert row_of(world, job_id).state is JobState.QUEUED


def test_nobody_signed_in_is_sent_to_the_door(world: World, browser: Browser) -> None:
    answer = browser.client.get(f"/jobs/{carried_out(world)}/events", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_stream_of_a_job_that_is_over_says_so_and_ends(world: World, officer: Browser) -> None:
    answer = officer.get(f"/jobs/{carried_out(world)}/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert news_of(answer) == [{"state": "done", "is_final": True, "done": 1, "total": 1}]


def test_stream_tells_each_change_until_the_end(world: World, officer: Browser) -> None:
    job_id = ask(world)
    with meanwhile(lambda: runner_of(world.database).take(job_id)):
        told = news_of(officer.get(f"/jobs/{job_id}/events"))

    assert [news["state"] for news in told] == ["queued", "done"]


def test_stream_ends_with_the_sign_in(world: World, officer: Browser) -> None:
    job_id = ask(world)
    with meanwhile(lambda: revoke_all(world)):
        answer = officer.get(f"/jobs/{job_id}/events")

    assert [line for line in answer.text.splitlines() if line.startswith("event:")] == [
        "event: news",
        "event: ended",
    ]


def test_looks_of_the_page_itself_do_not_keep_the_sign_in_in_use(
    world: World, officer: Browser
) -> None:
    job_id = carried_out(world)
    long_ago = utc_now() - dt.timedelta(minutes=3)
    change_sessions(world, last_seen_at=long_ago)

    officer.get(f"/jobs/{job_id}", htmx=True)
    officer.get(f"/jobs/{job_id}/events")
    by_itself = last_seen(world)
    officer.get(f"/jobs/{job_id}")

    assert by_itself == long_ago
    assert last_seen(world) > long_ago


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Do something half a second into the block."""
    timer = threading.Timer(0.5, act)
    timer.start()
    yield
    timer.join()


def revoke_all(world: World) -> None:
    change_sessions(world, revoked_at=utc_now())


def change_sessions(world: World, **values: object) -> None:
    with world.database.system("a test's world") as connection:
        rows = sa.inspect(SignInSession).local_table
        connection.execute(sa.update(rows).values(**values))


def last_seen(world: World) -> dt.datetime:
    with world.reading("officer") as db:
        return db.exec(select(SignInSession.last_seen_at)).one()


def entries(world: World, action: str) -> list[UUID | None]:
    with world.reading("auditor") as db:
        return list(db.exec(select(AuditEntry.subject_id).where(AuditEntry.action == action)).all())
