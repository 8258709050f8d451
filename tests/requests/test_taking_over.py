"""What notes asked and were answered before there were requests, taken over and given back."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select

from crm.kernel.migrate import migrate, step_back
from crm.requests.models import CommunityRequest, RequestState
from crm.requests.queries import whole_request
from tests.notes.acts import facts, logged, replied
from tests.support.world import NOW, TODAY, World

pytestmark = pytest.mark.as_owner
BEFORE = "0021"


def test_notes_that_asked_become_requests_and_their_replies_answers(world: World) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    # 08:30 in Japan on the first day of a fiscal year is still March in UTC
    april = dt.datetime(TODAY.year, 3, 31, 23, 30, tzinfo=dt.UTC)
    answered = logged(world, facts(person, needs_reply=True))
    replied(world, answered.id, who="seian")
    waiting = logged(world, facts(person, needs_reply=True, happened_at=april), now=NOW)
    logged(world, facts(person))

    step_back(world.database, BEFORE)
    old = told(world)
    migrate(world.database)

    assert old == [(answered.id, True, "交換しました。"), (waiting.id, True, None)]
    with world.reading("officer") as db:
        rows = db.exec(select(CommunityRequest).order_by(CommunityRequest.serial)).all()
        assert [(row.note_id, row.year, row.serial) for row in rows] == [
            (waiting.id, TODAY.year, 1),
            (answered.id, TODAY.year, 2),
        ]
        first, second = (whole_request(db, row.id) for row in rows)
        assert (first.request.state, first.request.heard_on) == (
            RequestState.RECEIVED,
            dt.date(TODAY.year, 4, 1),
        )
        assert (second.request.answer, second.request.answered_on, second.answered_by) == (
            "交換しました。",
            TODAY,
            "山口 進",
        )
        assert [asker.name for asker in first.askers] == ["桒原 健太"]
        assert [(step.kind, step.staff_name, step.unit_name) for step in second.steps] == [
            ("received", "佐藤 彩", "若葉駅前交番"),
            ("answered", "山口 進", "若葉署生活安全課"),
        ]


def told(world: World) -> list[tuple[object, ...]]:
    with world.database.system("a test") as connection:
        rows = connection.exec_driver_sql(
            "SELECT n.id, n.needs_reply, r.text FROM activity_note n"
            " LEFT JOIN note_reply r ON r.note_id = n.id WHERE n.needs_reply"
            " ORDER BY n.happened_at DESC"
        ).all()
    return [(as_key(key), bool(asked), text) for key, asked, text in rows]


def as_key(value: object) -> object:
    return UUID(bytes=value) if isinstance(value, bytes) else value
