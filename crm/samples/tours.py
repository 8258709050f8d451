"""What makes a tour of a sample look like one: words of the last shift, cadences, quiet periods."""

import datetime as dt
from uuid import UUID

from crm.samples.crew import Crew
from crm.samples.network import Network, Party
from crm.samples.offices import Station
from crm.samples.rows import Rows, moment
from crm.shifts.models import ShiftConfirmation, ShiftMessage
from crm.visiting.models import QuietPeriod, QuietReason, VisitCadence

_DAY = dt.timedelta(days=1)
_EVENING = 20
_EVERY_SIXTH, _EVERY_NINTH = 6, 9
_WORDS = (
    "小学校の下校時間が今週から16時に変わった。通学路の立番は15時45分から。",
    "公園の工事で北口が使えない。駐輪の問い合わせは市の公園課を案内する。",
    "自治会の資源回収が今度の日曜の朝にある。道が狭くなるので徐行で回る。",
    "落とし物の自転車が1台、裏に置いてある。持ち主が夕方に取りに来る。",
)
_REASONS = (
    (QuietReason.BUSY_SEASON, "電話は可"),
    (QuietReason.OWN_WISH, ""),
    (QuietReason.AWAY, ""),
)


def put_tours(rows: Rows, station: Station, crew: Crew, network: Network) -> None:
    """Put what a tour of today begins with into `rows`."""
    _put_messages(rows, station, crew)
    for number, party in enumerate(network.active):
        if number % _EVERY_SIXTH == 1:
            _put_quiet_period(rows, station, crew, party, number)
        elif number % _EVERY_NINTH == 0:
            _put_cadence(rows, station, crew, party, 30 if number % 2 else 180)


def _put_messages(rows: Rows, station: Station, crew: Crew) -> None:
    """Let each box have two messages of the evening before, the first of them noted already."""
    yesterday = station.calendar.today - _DAY
    for number, box in enumerate(box for box in station.boxes if not box.closed):
        serving = crew.at(box.id, station.calendar.today)[::-1]
        for order, writer in enumerate(serving[:2]):
            message = rows.put(
                ShiftMessage,
                yesterday,
                unit_id=box.id,
                unit_name=box.called.name,
                text=_WORDS[(number + order) % len(_WORDS)],
                written_by=writer,
                writer_name=_name(rows, writer),
                written_at=moment(yesterday, _EVENING, order),
                request_key=rows.key(yesterday),
            )
            if order and serving[0] != writer:
                rows.put(
                    ShiftConfirmation,
                    yesterday,
                    message_id=message,
                    staff_id=serving[0],
                    name=_name(rows, serving[0]),
                    confirmed_at=moment(yesterday, _EVENING + 1),
                )


def _put_quiet_period(rows: Rows, station: Station, crew: Crew, party: Party, number: int) -> None:
    today = station.calendar.today
    chief = crew.chief_of(station.network_office, today)
    begins = today - _DAY * (number % 5)
    reason, remark = _REASONS[number % len(_REASONS)]
    rows.put(
        QuietPeriod,
        begins,
        **party.columns,
        valid_from=begins,
        valid_to=begins + _DAY * 14,
        reason=reason,
        remark=remark,
        entered_by=chief,
        entered_name=_name(rows, chief),
        unit_name=_called(station),
        entered_at=moment(begins, 9),
        request_key=rows.key(begins),
    )


def _put_cadence(rows: Rows, station: Station, crew: Crew, party: Party, days: int) -> None:
    day = station.calendar.today - _DAY * 60
    chief = crew.chief_of(station.network_office, day)
    rows.put(
        VisitCadence,
        day,
        **party.columns,
        every_days=days,
        valid_from=day,
        decided_by=chief,
        decider_name=_name(rows, chief),
        decided_at=moment(day, 10),
    )


def _called(station: Station) -> str:
    return next(name for name, key in station.sections.items() if key == station.network_office)


def _name(rows: Rows, staff_id: UUID) -> str:
    staff = next(row for row in rows.tables["staff"] if row["id"] == staff_id)
    return f"{staff['family_name']} {staff['given_name']}"
