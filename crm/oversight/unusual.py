"""What is unusual in a week of the trail: pure, each threshold with its reason."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from crm.kernel.clock import JST, local_day
from crm.kernel.i18n import N_
from crm.oversight.lines import Doing, Oddity

WINDOW = dt.timedelta(days=7)
"""As long as a section chief's week of checks."""
VIEWS_AN_HOUR = 60
"""A page a minute for an hour: reading somebody's page before a visit takes longer than that."""
STRANGERS_A_DAY = 20
"""People the own unit never had to do with: a tour visits ten, so twice as many is no tour."""
NIGHT = range(22, 30)
"""From 22:00 to 6:00 nobody hands out lists; the tour's own pages are read then, files are not."""


LABELS = {
    "many_views": N_("1時間に多数の方の情報を閲覧"),
    "strangers": N_("所属で接触の記録がない方を多数閲覧"),
    "night_file": N_("深夜のファイルの取出し"),
    "colleague": N_("職員と同じ氏名の方の閲覧"),
}


def is_night(at: dt.datetime) -> bool:
    """Whether `at` is in the hours when no file is made for anybody."""
    hour = at.astimezone(JST).hour
    return hour in NIGHT or hour + 24 in NIGHT


def many_views(doings: Iterable[Doing]) -> Iterator[Oddity]:
    """Yield each account's hours with more pages of people than an hour has minutes."""
    for _, mine in groupby(_in_order(doings), key=lambda doing: doing.account_id):
        for hour, within in groupby(mine, key=lambda doing: _hour_of(doing.at)):
            found = list(within)
            if len(found) > VIEWS_AN_HOUR:
                yield _oddity("many_views", found, at=hour)


def strangers_seen(doings: Iterable[Doing]) -> Iterator[Oddity]:
    """Yield each account's days with many people its unit has no record with."""
    for (_, _), mine in groupby(
        _in_order(doings), key=lambda doing: (doing.account_id, local_day(doing.at))
    ):
        found = list(mine)
        people = {doing.subject_id for doing in found}
        if len(people) > STRANGERS_A_DAY:
            yield _oddity("strangers", found, times=len(people))


def night_files(doings: Iterable[Doing]) -> Iterator[Oddity]:
    """Yield files taken out at night, each by itself."""
    for doing in _in_order(doings):
        if is_night(doing.at):
            yield _oddity("night_file", [doing])


def colleagues_seen(doings: Iterable[Doing]) -> Iterator[Oddity]:
    """Yield pages of people who bear the name of a member of staff, each by itself."""
    for doing in _in_order(doings):
        yield _oddity("colleague", [doing])


def _in_order(doings: Iterable[Doing]) -> list[Doing]:
    return sorted(doings, key=lambda doing: (doing.account_id, doing.at))


def _hour_of(at: dt.datetime) -> dt.datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _oddity(
    kind: str, found: list[Doing], *, at: dt.datetime | None = None, times: int = 0
) -> Oddity:
    first = found[0]
    return Oddity(
        kind,
        first.account_id,
        first.actor_name,
        first.unit_name,
        at or first.at,
        times or len(found),
    )
