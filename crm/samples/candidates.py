"""Who was proposed to a sample's network office, by which section, and what became of it."""

import datetime as dt
import random
from dataclasses import dataclass, field
from uuid import UUID

from crm.candidates.models import CandidateStep, StepKind
from crm.candidates.service import STATE_AFTER
from crm.kernel.actor import Role
from crm.liaisons.models import LiaisonCandidate
from crm.samples.crew import Crew
from crm.samples.offices import Station
from crm.samples.rows import Row, Rows, moment

SEEN_AFTER = dt.timedelta(days=14)
"""What happened longer ago its proposer has seen."""
_BY_OTHER_SECTIONS = 0.5
_REASONS = (
    "見守り活動に毎朝出ておられる。",
    "祭りの世話役。近所の人望が厚い。",
    "集会所の鍵番。地域の様子に詳しい。",
    "商店の店先で子どもに声をかけている。",
    "前会長の紹介。話を聞いてみたい。",
    "防災訓練で進行役をしておられた。",
)
_KNOWN_BY = ("", "", "交通安全教室でご一緒した", "防犯講話の世話役をされていた", "前会長から伺った")
_AVOID = ("", "", "", "町内会の役員改選の話は控える", "夕方は店が忙しいので避ける")
_PASSED_OVER = ("", "同じ区域の方にお願いしているため")


@dataclass(frozen=True, slots=True)
class Proposals:
    """The proposals of a station as they come in and go on; `open` are on their way, by holder.

    What is drawn here hangs on the holder alone, so that the rest of a sample stays as it was.
    """

    rows: Rows
    station: Station
    crew: Crew
    open: dict[UUID, Row] = field(default_factory=dict)

    def propose(
        self, columns: dict[str, UUID | None], place_id: UUID, day: dt.date, by: UUID
    ) -> None:
        """Put a proposal of `day`: by `by`, an officer of the area's box, or by another section."""
        holder_id = columns["person_id"] or columns["organization_id"]
        if holder_id is None:
            raise ValueError("a party is a person or an organization")
        lot = random.Random(f"{holder_id}/{day}")  # noqa: S311 - made-up people need no secrecy
        unit_id = self.station.box_of(place_id, day).id
        if lot.random() < _BY_OTHER_SECTIONS:
            unit_id, by = self._of_section(lot, day)
        self.rows.put(
            LiaisonCandidate,
            day,
            **columns,
            noticed_on=day,
            noticed_by=by,
            unit_id=unit_id,
            reason=lot.choice(_REASONS),
            known_by=lot.choice(_KNOWN_BY),
            avoid=lot.choice(_AVOID),
            area_id=place_id,
            state_on=day,
        )
        self.open[holder_id] = self.rows.tables["liaison_candidate"][-1]

    def receive(self, holder_id: UUID, day: dt.date) -> None:
        """Put that the network office's chief took it on."""
        chief = self.crew.chief_of(self.station.network_office, day)
        self._step(holder_id, StepKind.RECEIVED, day, moment(day, 17, 30), chief)

    def pass_over(self, holder_id: UUID, day: dt.date) -> None:
        """Put that nobody will be asked."""
        chief = self.crew.chief_of(self.station.network_office, day)
        self._step(holder_id, StepKind.PASSED_OVER, day, moment(day, 17, 40), chief)
        lot = random.Random(f"{holder_id}")  # noqa: S311 - as above
        self.rows.tables["candidate_step"][-1]["text"] = lot.choice(_PASSED_OVER)
        del self.open[holder_id]

    def follow(
        self,
        holder_id: UUID,
        kind: StepKind,
        day: dt.date,
        staff_id: UUID,
        not_before: dt.date | None = None,
    ) -> None:
        """Put what an asking or an answer means for a proposal, if there is one."""
        if holder_id not in self.open:
            return
        self._step(holder_id, kind, day, moment(day, 17), staff_id, not_before)
        if kind in {StepKind.ACCEPTED, StepKind.DECLINED}:
            del self.open[holder_id]

    def _step(
        self,
        holder_id: UUID,
        kind: StepKind,
        day: dt.date,
        at: dt.datetime,
        staff_id: UUID,
        not_before: dt.date | None = None,
    ) -> None:
        candidate = self.open[holder_id]
        self.rows.put(
            CandidateStep,
            day,
            candidate_id=candidate["id"],
            kind=kind,
            happened_on=day,
            at=at,
            staff_id=staff_id,
            staff_name="",
            unit_id=self.station.network_office,
            unit_name="",
            not_before=not_before,
        )
        candidate |= {
            "state": STATE_AFTER[kind],
            "state_on": day,
            "not_before": not_before,
        }
        is_new = self.station.calendar.today - day < SEEN_AFTER
        if is_new and staff_id != candidate["noticed_by"]:
            candidate["has_news"] = True

    def _of_section(self, lot: random.Random, day: dt.date) -> tuple[UUID, UUID]:
        """Return another section of the station and one of its officers, who can be tried."""
        sections = [
            unit_id
            for unit_id in self.station.sections.values()
            if unit_id != self.station.network_office
        ]
        unit_id = lot.choice(sections)
        officers = [
            stint.staff_id
            for stint in self.crew.stints[unit_id]
            if stint.role is Role.OFFICER and stint.covers(day)
        ]
        known = [staff_id for staff_id in officers if staff_id in self.crew.accounts]
        return unit_id, lot.choice(known or officers)


def name_steps(rows: Rows) -> None:
    """Say in each step who took it and at which unit, as they were called."""
    staff = {
        row["id"]: f"{row['family_name']} {row['given_name']}".strip()
        for row in rows.tables["staff"]
    }
    units = {row["unit_id"]: row["name"] for row in rows.tables["unit_placement"]}
    for step in rows.tables["candidate_step"]:
        step["staff_name"], step["unit_name"] = staff[step["staff_id"]], units[step["unit_id"]]
