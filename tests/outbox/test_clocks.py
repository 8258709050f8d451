import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.outbox.clocks import DeviceTimes, Written, when_written
from tests.support.world import NOW

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
NONE = dt.timedelta(0)


def told(
    written: dt.datetime,
    sent: dt.datetime,
    *,
    ahead_at_opening: dt.timedelta,
    ahead_at_writing: dt.timedelta,
    ahead_at_sending: dt.timedelta,
) -> DeviceTimes:
    """What a device says that was so far ahead at three moments; its page was an hour old."""
    opened = written - HOUR
    return DeviceTimes(
        written_at=written + ahead_at_writing,
        sent_at=sent + ahead_at_sending,
        opened_at=opened + ahead_at_opening,
        served_at=opened,
        open_for=HOUR,
    )


@given(
    ahead=st.timedeltas(-400 * DAY, 400 * DAY),
    waited=st.timedeltas(NONE, 30 * DAY),
)
def test_a_clock_that_is_always_wrong_is_put_right(
    ahead: dt.timedelta, waited: dt.timedelta
) -> None:
    wrong = {f"ahead_at_{at}": ahead for at in ("opening", "writing", "sending")}
    said = told(NOW - waited, NOW, **wrong)
    assert when_written(said, NOW) == Written(NOW - waited, ahead, certain=True)


@given(ahead=st.timedeltas(11 * MINUTE, DAY), waited=st.timedeltas(NONE, 10 * DAY))
def test_a_clock_set_after_writing_is_found_out(ahead: dt.timedelta, waited: dt.timedelta) -> None:
    said = told(
        *(NOW - waited, NOW),
        ahead_at_opening=ahead,
        ahead_at_writing=ahead,
        ahead_at_sending=NONE,
    )
    assert when_written(said, NOW) == Written(NOW - waited, ahead, certain=False)


@given(ahead=st.timedeltas(11 * MINUTE, DAY), waited=st.timedeltas(NONE, 10 * DAY))
def test_a_clock_set_before_writing_is_found_out(ahead: dt.timedelta, waited: dt.timedelta) -> None:
    said = told(
        *(NOW - waited, NOW),
        ahead_at_opening=ahead,
        ahead_at_writing=NONE,
        ahead_at_sending=NONE,
    )
    assert when_written(said, NOW) == Written(NOW - waited, NONE, certain=False)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (NONE, Written(NOW - HOUR, NONE, certain=True)),
        (DAY, Written(NOW - HOUR, DAY, certain=False)),
    ],
)
def test_without_a_page_of_ours_only_the_sending_tells(
    ahead: dt.timedelta, expected: Written
) -> None:
    said = DeviceTimes(written_at=NOW - HOUR + ahead, sent_at=NOW + ahead)
    assert when_written(said, NOW) == expected


def test_out_of_a_file_nobody_knows_when_it_was_sent() -> None:
    said = DeviceTimes(written_at=NOW - HOUR, sent_at=None)
    assert when_written(said, NOW) == Written(NOW - HOUR, NONE, certain=False)


def test_nothing_is_written_after_it_came() -> None:
    said = DeviceTimes(written_at=NOW + DAY, sent_at=None)
    assert when_written(said, NOW) == Written(NOW, NONE, certain=False)
