"""When an entry was written, told by a device whose clock may be wrong or set meanwhile."""

import datetime as dt
from dataclasses import dataclass

ALLOWED = dt.timedelta(minutes=10)
"""How far two clocks may be apart before anybody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTimes:
    """What a device's clock said: as it wrote, as it sent, as it opened the page it wrote on.

    `served_at` is what our own clock said as that page was made; `open_for` how long the page had
    been open by a clock that nobody sets. The last three are None for an entry begun without us.
    """

    written_at: dt.datetime
    sent_at: dt.datetime | None
    opened_at: dt.datetime | None = None
    served_at: dt.datetime | None = None
    open_for: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """When an entry was written by our clock; `wrong_by` is how far the device's was ahead.

    Not `certain` where the device's clock was set between, or told us nothing to compare.
    """

    at: dt.datetime
    wrong_by: dt.timedelta
    certain: bool


def when_written(told: DeviceTimes, received_at: dt.datetime) -> Written:
    """Put a device's time right by what its clock was wrong when it met ours.

    It met ours when it opened the page and when it sent the entry. Wrong by the same both times,
    it was wrong by that in between. Else somebody set it: the clock nobody sets tells whether that
    was before the entry was written or after.
    """
    at_sending = told.sent_at - received_at if told.sent_at is not None else None
    if told.opened_at is None or told.served_at is None:
        wrong_by = at_sending or dt.timedelta(0)
        certain = at_sending is not None and abs(wrong_by) <= ALLOWED
        return _within(told.written_at - wrong_by, wrong_by, None, received_at, certain=certain)
    at_opening = told.opened_at - told.served_at
    if at_sending is not None and abs(at_sending - at_opening) <= ALLOWED:
        wrong_by, certain = at_sending, True
    elif at_sending is None or not _set_before_writing(told):
        wrong_by, certain = at_opening, False
    else:
        wrong_by, certain = at_sending, False
    return _within(
        told.written_at - wrong_by, wrong_by, told.served_at, received_at, certain=certain
    )


def _set_before_writing(told: DeviceTimes) -> bool:
    """Whether more time passed by the device's clock than can have passed while it was open."""
    if told.opened_at is None or told.open_for is None:
        return True
    passed = told.written_at - told.opened_at
    return abs(passed - told.open_for) > ALLOWED


def _within(
    at: dt.datetime,
    wrong_by: dt.timedelta,
    earliest: dt.datetime | None,
    latest: dt.datetime,
    *,
    certain: bool,
) -> Written:
    """Keep a time between what cannot have been before it and what cannot have been after."""
    kept = min(max(at, earliest) if earliest is not None else at, latest)
    return Written(kept, wrong_by, certain and abs(kept - at) <= ALLOWED)
