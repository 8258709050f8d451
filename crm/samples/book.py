"""What an office's rows say of its contacts, read from the rows before they are stored."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from crm.contacts.lines import PhoneLine
from crm.contacts.models import ORGANIZATION_KIND_LABELS, Holder
from crm.notes.models import TWO_WAY
from crm.samples.rows import Row
from crm.sharing.lines import ContactFacts


class PostKind(NamedTuple):
    """A kind of post as the database has it."""

    id: UUID
    name: str
    position: int


class Book:
    """The contacts of one office as of `today`."""

    def __init__(
        self,
        tables: Mapping[str, list[Row]],
        station_id: UUID,
        post_kinds: Iterable[PostKind],
        today: dt.date,
    ) -> None:
        def own(table: str) -> list[Row]:
            return [row for row in tables.get(table, ()) if row["station_id"] == station_id]

        self._today = today
        self._post_kinds = {kind.id: kind for kind in post_kinds}
        self._people = {row["id"]: row for row in own("person")}
        self._organizations = {row["id"]: row for row in own("organization")}
        self._phones = _by_holder(own("telephone"))
        self._posts = _by_holder(row for row in own("appointment") if self._is_held(row))
        self._terms = _by_holder(row for row in own("liaison_term") if self._is_held(row))
        names = {row["id"]: row["name"] for row in tables.get("area", ())}
        self._areas = {row["term_id"]: names[row["area_id"]] for row in own("liaison_term_area")}

    def holder(self, key: UUID) -> Holder:
        """Return a person or an organization by its key."""
        return Holder(person_id=key) if key in self._people else Holder(organization_id=key)

    def person(self, key: UUID) -> Row | None:
        """Return a person's row; None for an organization."""
        return self._people.get(key)

    def phones(self, key: UUID) -> list[Row]:
        """Return a holder's numbers, the first to be dialed first."""
        return self._phones.get(key, [])

    def serving_since(self, key: UUID) -> dt.date:
        """Return since when a liaison serves; the first day there is for anybody else."""
        return self._terms[key][0]["valid_from"] if key in self._terms else dt.date.min

    def facts(self, key: UUID) -> ContactFacts:
        """Return what there is to give of a contact, as the product reads it from the tables."""
        terms = self._terms.get(key, [])
        areas = self._areas.get(terms[0]["id"], "") if terms else ""
        phone = "、".join(map(_said, self.phones(key)))
        until = terms[0]["valid_to"] if terms else None
        if row := self._people.get(key):
            return ContactFacts(
                is_person=True,
                name=f"{row['family_name']} {row['given_name']}".strip(),
                family_kana=row["family_kana"],
                given_kana=row["given_kana"],
                post=self._posts_in_words(key),
                areas=areas,
                phone=phone,
                address=row["address"],
                is_liaison=bool(terms),
                serves_until=until,
            )
        row = self._organizations[key]
        return ContactFacts(
            is_person=False,
            name=row["name"],
            family_kana=row["kana"],
            post=ORGANIZATION_KIND_LABELS[row["kind"]],
            areas=areas,
            phone=phone,
            address=row["address"],
            is_liaison=bool(terms),
            serves_until=until,
        )

    def _posts_in_words(self, key: UUID) -> str:
        ordered = sorted(
            self._posts.get(key, ()),
            key=lambda row: (
                self._post_kinds[row["post_type_id"]].position,
                row["valid_from"] or dt.date.min,
                row["id"],
            ),
        )
        return "、".join(map(self._post_label, ordered))

    def _post_label(self, row: Row) -> str:
        organization = self._organizations.get(row["organization_id"], {"name": ""})
        post = row["title"] or self._post_kinds[row["post_type_id"]].name
        return f"{organization['name']} {post}".strip()

    def _is_held(self, row: Row) -> bool:
        starts, ends = row["valid_from"] or dt.date.min, row["valid_to"] or dt.date.max
        held: bool = starts <= self._today <= ends
        return held


def talks_with(tables: Mapping[str, list[Row]], holders: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """Return the notes of contacts in which each of `holders` spoke, the oldest first."""
    wanted = frozenset(holders)
    if not wanted:
        return {}
    by_note = defaultdict(list)
    for table, column in (
        ("note_person", "person_id"),
        ("note_organization", "organization_id"),
    ):
        for row in tables.get(table, ()):
            if row[column] in wanted and row["outcome"] in TWO_WAY:
                by_note[row["note_id"]].append(row[column])
    found: dict[UUID, list[Row]] = {key: [] for key in wanted}
    for note in tables.get("activity_note", ()):
        for key in by_note.get(note["id"], ()):
            found[key].append(note)
    return found


def _by_holder(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["person_id"] or row["organization_id"]].append(row)
    return found


def _said(telephone: Row) -> str:
    line = PhoneLine(*(telephone[name] for name in PhoneLine._fields))
    return f"{line.label} {line.text}".strip()
