import datetime as dt
from itertools import product

import pytest

from crm.bulletins.models import Handling, ItemState, is_wider, state_on
from tests.support.world import TODAY

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "withdrawn", "state"),
    [
        (TODAY, None, None, ItemState.CURRENT),
        (TODAY, TODAY, None, ItemState.CURRENT),
        (TODAY + DAY, None, None, ItemState.UPCOMING),
        (TODAY - DAY, TODAY - DAY, None, ItemState.EXPIRED),
        (TODAY, None, TODAY, ItemState.WITHDRAWN),
        (TODAY, None, TODAY + DAY, ItemState.CURRENT),
        (TODAY + DAY, None, TODAY, ItemState.WITHDRAWN),
        (TODAY - DAY, TODAY - DAY, TODAY, ItemState.WITHDRAWN),
    ],
)
def test_state_follows_the_days(
    first: dt.date, last: dt.date | None, withdrawn: dt.date | None, state: ItemState
) -> None:
    assert state_on(TODAY, first, last, withdrawn) is state


def test_classes_widen_from_the_station_to_everybody() -> None:
    wider = {(one, other) for one, other in product(Handling, Handling) if is_wider(one, other)}

    assert wider == {
        (Handling.AGENCIES, Handling.STATION_ONLY),
        (Handling.LIAISONS, Handling.STATION_ONLY),
        (Handling.LIAISONS, Handling.AGENCIES),
        (Handling.PUBLIC, Handling.STATION_ONLY),
        (Handling.PUBLIC, Handling.AGENCIES),
        (Handling.PUBLIC, Handling.LIAISONS),
    }
