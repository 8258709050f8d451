"""What the officers of a station keep for their successors, and who has read it."""

import datetime as dt

from crm.handovers.models import BeatBrief, BriefReading
from crm.samples.crew import Crew
from crm.samples.offices import Station
from crm.samples.rows import Rows, moment

_WRITTEN_AGO, _READ_AGO = 40, 20
_WORDS = (
    "自治会の集まりは第一日曜の午前。\n回覧は毎月5日なので、ミニ広報紙は前日までに届ける。",
    "商店会は夕方が忙しい。午前中に回る。\n学校へは教頭先生を通して連絡する。",
    "坂の上は車が入れない。自転車で回る。",
)


def put_handovers(rows: Rows, station: Station, crew: Crew) -> None:
    """Put words for every second box, with a colleague who has read them, into `rows`."""
    today = station.calendar.today
    written, read = (today - dt.timedelta(days=ago) for ago in (_WRITTEN_AGO, _READ_AGO))
    names = {
        row["id"]: f"{row['family_name']} {row['given_name']}".strip()
        for row in rows.tables["staff"]
    }
    for order, box in enumerate(box for box in station.boxes if not box.closed):
        present = crew.at(box.id, written)
        if order % 2 or not present:
            continue
        writer, reader = present[0], present[-1]
        rows.put(
            BeatBrief,
            written,
            unit_id=box.id,
            text=_WORDS[order // 2 % len(_WORDS)],
            writer_name=names[writer],
        )
        if reader in crew.at(box.id, read):
            rows.put(
                BriefReading,
                read,
                unit_id=box.id,
                staff_id=reader,
                name=names[reader],
                unit_name=box.called.name,
                revision=1,
                read_at=moment(read, 9),
            )
