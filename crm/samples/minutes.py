"""What the last meeting of a station was about, and the next one that goes on from it."""

import datetime as dt
from uuid import UUID

from crm.kernel.clock import local_day
from crm.meetings.models import Meeting, MeetingState
from crm.minutes.models import (
    CUSTOMARY,
    TOPICS,
    AgendaItem,
    AgendaKind,
    MatterKind,
    MeetingMatter,
    MeetingSequel,
    MinutesSection,
    MinutesState,
    MinutesVersion,
)
from crm.samples.offices import Station
from crm.samples.rows import Row, Rows

WRITTEN_AFTER = dt.timedelta(hours=4)
"""Minutes are written when everybody has gone."""
_DUE_AFTER = dt.timedelta(days=20)
_DECIDED = "年末の合同パトロールは、12月の第2金曜日の19時に公民館に集まる。"
_TO_DO = "駅前の駐輪場の防犯灯を調べ、消えているものを市に伝える。"
_SAID = f"自転車盗が増えているとの声があった。\n{_TO_DO}\n{_DECIDED}"


def put_minutes(rows: Rows, station: Station) -> None:
    """Put the minutes of the last meeting held and the agenda of the next into `rows`."""
    own = [
        row for row in rows.tables[str(Meeting.__tablename__)] if row["station_id"] == station.id
    ]
    held = [row for row in own if row["state"] is MeetingState.HELD]
    planned = [row for row in own if row["state"] is MeetingState.PLANNED]
    last = max(held, key=lambda row: row["starts_at"])
    coming = min(planned, key=lambda row: row["starts_at"])
    said_under = _put_agenda(rows, last)
    _put_agenda(rows, coming)
    _put_text(rows, last, said_under)
    _put_matters(rows, last, said_under)
    day = local_day(coming["created_at"])
    rows.put(MeetingSequel, day, meeting_id=coming["id"], previous_id=last["id"])


def _put_agenda(rows: Rows, meeting: Row) -> UUID:
    """Put the customary proceedings and return the key of the topics' heading."""
    day = local_day(meeting["created_at"])
    keys = [
        rows.put(
            AgendaItem,
            day,
            meeting_id=meeting["id"],
            position=position,
            kind=AgendaKind.STEP,
            title=title,
        )
        for position, title in enumerate(CUSTOMARY)
    ]
    return keys[CUSTOMARY.index(TOPICS)]


def _put_text(rows: Rows, meeting: Row, agenda_item_id: UUID) -> None:
    staff = {row["id"]: row["staff_id"] for row in rows.tables["account"]}
    day = local_day(meeting["starts_at"])
    version = rows.put(
        MinutesVersion,
        day,
        meeting_id=meeting["id"],
        serial=1,
        state=MinutesState.DRAFT,
        written_by=staff[meeting["created_by"]],
        writer_name="",
        unit_name="",
        written_at=meeting["starts_at"] + WRITTEN_AFTER,
    )
    rows.put(
        MinutesSection,
        day,
        version_id=version,
        agenda_item_id=agenda_item_id,
        position=CUSTOMARY.index(TOPICS),
        title=TOPICS,
        text=_SAID,
    )


def _put_matters(rows: Rows, meeting: Row, agenda_item_id: UUID) -> None:
    day = local_day(meeting["starts_at"])
    of_line = {"meeting_id": meeting["id"], "agenda_item_id": agenda_item_id}
    rows.put(
        MeetingMatter,
        day,
        **of_line,
        kind=MatterKind.ACTION,
        words=_TO_DO,
        unit_id=meeting["unit_id"],
        due_on=day + _DUE_AFTER,
        revision=2,
    )
    rows.put(MeetingMatter, day, **of_line, kind=MatterKind.DECISION, words=_DECIDED)
