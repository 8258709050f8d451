"""What a sample's offices give each other: agreements, copies, notes told, single disclosures."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from crm.consents.models import SharedField
from crm.consents.queries import Provision
from crm.notes.models import OCCASION_LABELS, PARTNER_OCCASION_LABELS
from crm.samples.book import Book, talks_with
from crm.samples.rows import Row, Rows, moment
from crm.sharing.lines import Ground, copy_of, grounds_of, in_order, office_label
from crm.sharing.models import (
    Basis,
    ContactLink,
    Disclosure,
    DisclosureBasis,
    ProvisionAct,
    ProvisionRecord,
    PublishedContact,
    PublishedInformation,
    PublishedNote,
    SharingAgreement,
)

_TOLD_OF_ONE = 2
_SHEETS_GIVEN = 2
_DISCLOSED_DAYS = 60
_CONDITIONS = "提供を受けた目的以外に利用しない。第三者に提供しない。台帳の外に書き写さない。"
_RETENTION = "取決めの終了後、速やかに消去する。"


@dataclass(frozen=True, slots=True)
class Side:
    """An office that gives or receives, and its chief, by whom all of it is done."""

    rows: Rows
    agency_id: UUID
    agency_name: str
    station_id: UUID
    name: str
    unit_name: str
    chief: UUID
    account: UUID
    is_police: bool

    @property
    def label(self) -> str:
        """What the office is called where its copies are read."""
        return office_label(self.agency_name, self.name)


class Given(NamedTuple):
    """A copy that was made: of whom, under which reference, on which ground, since when."""

    holder_id: UUID
    reference: UUID
    ground: Ground
    day: dt.date


@dataclass(frozen=True, slots=True)
class Giving:
    """One office giving to another, on `today` and before."""

    giver: Side
    recipient: Side
    book: Book
    today: dt.date

    def agree(
        self, fields: Sequence[SharedField], since: dt.date, *, gives_places: bool = False
    ) -> SharingAgreement:
        """Put the agreement into the giver's rows: the ceiling of all that is given."""
        giver, recipient = self.giver, self.recipient
        giver.rows.put(
            SharingAgreement,
            since,
            **self._to(),
            recipient_name=recipient.label,
            title=f"{recipient.name}との地域安全活動に関する取決め",
            purpose="地域安全活動の連絡調整及び防犯活動への協力の依頼",
            fields=list(in_order(fields)),
            conditions=_CONDITIONS,
            retention=_RETENTION,
            inquiries=f"{giver.name} {giver.unit_name}",
            gives_places=gives_places,
            valid_from=since,
        )
        return SharingAgreement(**giver.rows.tables["sharing_agreement"][-1])

    def give(
        self,
        agreement: SharingAgreement,
        provisions: Mapping[UUID, Provision],
        known_as: Mapping[UUID, UUID],
    ) -> list[Given]:
        """Put a copy of everybody whom agreement and consent allow to be given into the rows.

        `known_as` has the references of those the recipient was the first to give.
        """
        made = []
        for key, provision in provisions.items():
            if provision.agency_id != self.recipient.agency_id:
                continue
            day = max(agreement.valid_from, provision.decided_on, self.book.serving_since(key))
            named = {self.recipient.agency_id: provision}
            for ground in self._grounds(key, agreements=[agreement], provisions=named):
                reference = known_as.get(key) or self._link(key, day)
                made.append(self._put_copy(Given(key, reference, ground, day)))
        return made

    def disclose(self, key: UUID, reason: str, fields: Sequence[SharedField]) -> Given:
        """Put a decision to give one contact once, made some days ago, and its copy into rows."""
        day = self.today - dt.timedelta(days=9)
        self.giver.rows.put(
            Disclosure,
            day,
            **self.book.holder(key).columns,
            **self._to(),
            recipient_name=self.recipient.label,
            basis=DisclosureBasis.PUBLIC_BODY,
            reason=reason,
            fields=list(in_order(fields)),
            expires_on=day + dt.timedelta(days=_DISCLOSED_DAYS),
            decided_on=day,
            decided_by=self.giver.chief,
            recorded_at=moment(day, 17),
        )
        decided = Disclosure(**self.giver.rows.tables["disclosure"][-1])
        (ground,) = self._grounds(key, disclosures=[decided])
        return self._put_copy(Given(key, self._link(key, day), ground, day))

    def tell(self, given: Sequence[Given]) -> None:
        """Put a few notes about those whose consent names notes into the rows, as told."""
        may_be_told = {
            one.holder_id: one for one in given if SharedField.NOTES in one.ground.fields
        }
        talks = talks_with(self.giver.rows.tables, may_be_told)
        for key, one in may_be_told.items():
            since = [note for note in talks[key] if self._can_be_told(note, one.day)]
            for note in since[-_TOLD_OF_ONE:]:
                self._put_told(one, note)

    def hand_on(self, agreement: SharingAgreement, items: Sequence[Row]) -> None:
        """Put copies of a few information items, with their files, into the rows."""
        files = {row["item_id"]: row for row in self.giver.rows.tables["information_file"]}
        for item in items[:_SHEETS_GIVEN]:
            day = item["valid_from"]
            kept = ("issue_number", "title", "topic", "valid_from", "valid_to")
            self.giver.rows.put(
                PublishedInformation,
                day,
                **self._from(),
                **self._to(),
                item_id=item["id"],
                published_at=moment(day, 17),
                kind=item["kind"].value,
                handling=item["handling"].value,
                **_file_columns(files.get(item["id"])),
                **{name: item[name] for name in kept},
            )
            self._record(
                item["id"],
                ("information", item["id"]),
                (Basis.STANDING, agreement.id),
                (),
                day,
            )

    def _grounds(self, key: UUID, **more: Any) -> list[Ground]:  # noqa: ANN401 - as grounds_of
        asked = {"agreements": (), "provisions": {}, "disclosures": (), **more}
        return grounds_of(
            self.book.facts(key), day=self.today, liaisons_only=self.giver.is_police, **asked
        )

    def _link(self, key: UUID, day: dt.date) -> UUID:
        return put_link(self.giver, self.book.holder(key).columns, self.recipient, day)

    def _put_copy(self, given: Given) -> Given:
        self.giver.rows.put(
            PublishedContact,
            given.day,
            **self._from(),
            reference=given.reference,
            published_at=moment(given.day, 17),
            **copy_of(self.book.facts(given.holder_id), given.ground),
        )
        self._record_given(given, given.ground.fields, given.day)
        return given

    def _can_be_told(self, note: Row, since: dt.date) -> bool:
        day = note["happened_at"].date()
        can: bool = since < day < self.today - dt.timedelta(days=2) and bool(note["heard"])
        return can

    def _put_told(self, given: Given, note: Row) -> None:
        day, ground = note["happened_at"].date() + dt.timedelta(days=1), given.ground
        called = OCCASION_LABELS if self.giver.is_police else PARTNER_OCCASION_LABELS
        self.giver.rows.put(
            PublishedNote,
            day,
            **self._from(),
            **self._to(),
            recipient_name=self.recipient.label,
            reference=given.reference,
            note_id=note["id"],
            basis=ground.basis,
            basis_id=ground.basis_id,
            valid_until=ground.valid_until,
            happened_at=note["happened_at"],
            occasion=called[note["occasion"]],
            text=note["heard"],
            told_by=self.giver.unit_name,
            published_at=moment(day, 17),
        )
        self._record_given(given, (SharedField.NOTES,), day)

    def _record_given(self, given: Given, fields: Sequence[SharedField], day: dt.date) -> None:
        subject = self.book.holder(given.holder_id).subject
        ground = given.ground
        self._record(given.reference, subject, (ground.basis, ground.basis_id), fields, day)

    def _record(
        self,
        reference: UUID,
        subject: tuple[str, UUID],
        basis: tuple[Basis, UUID],
        fields: Sequence[SharedField],
        day: dt.date,
    ) -> None:
        self.giver.rows.put(
            ProvisionRecord,
            day,
            reference=reference,
            subject_type=subject[0],
            subject_id=subject[1],
            recipient_agency_id=self.recipient.agency_id,
            recipient_name=self.recipient.label,
            basis=basis[0],
            basis_id=basis[1],
            act=ProvisionAct.GIVEN,
            fields=list(fields),
            at=moment(day, 17),
            by_account_id=self.giver.account,
        )

    def _from(self) -> Row:
        return {
            "giver_agency_id": self.giver.agency_id,
            "giver_station_id": self.giver.station_id,
            "giver_name": self.giver.label,
        }

    def _to(self) -> Row:
        return {
            "recipient_agency_id": self.recipient.agency_id,
            "recipient_station_id": self.recipient.station_id,
        }


def _file_columns(file: Row | None) -> Row:
    if file is None:
        return {}
    kept = {"media_type": file["media_type"], "content": file["content"]}
    return {"file_name": file["name"], **kept}


def put_link(
    side: Side,
    holder: Mapping[str, UUID | None],
    other: Side,
    day: dt.date,
    reference: UUID | None = None,
) -> UUID:
    """Put the reference two offices know a contact by into one side's rows and return it."""
    recognized = reference is not None
    reference = reference or side.rows.key(day)
    side.rows.put(
        ContactLink,
        day,
        **holder,
        reference=reference,
        other_agency_id=other.agency_id,
        other_station_id=other.station_id,
        linked_at=moment(day, 17),
        recognized=recognized,
        linked_by=side.account,
    )
    return reference
