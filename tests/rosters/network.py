"""Putting liaisons, what they agreed to and their posts into a test's world."""

import datetime as dt
import io
import re
from collections.abc import Collection
from uuid import UUID

import msoffcrypto
import openpyxl
import pypdf
import sqlalchemy as sa
from sqlmodel import col

from crm.consents.models import ConsentGrant, ConsentMethod, ConsentRecord, ConsentScope
from crm.contacts.models import Appointment, Organization, Person, PostType
from crm.liaisons.models import AcceptanceRecord, Decision, LiaisonTerm, LiaisonTermArea
from crm.rosters.files import ENCODINGS
from crm.rosters.models import RosterFormat
from tests.support.world import NOW, START, World

EVERYTHING = frozenset(ConsentScope)


def put_term(
    world: World,
    holder: Person | Organization,
    *areas: str,
    since: dt.date = START,
    until: dt.date | None = None,
    contact: Person | None = None,
    remark: str = "",
) -> LiaisonTerm:
    """Put a term of `holder` about `areas`, with the acceptance it stands on."""
    shared = _owned(holder)
    acceptance = AcceptanceRecord(
        **shared,
        decision=Decision.ACCEPTED,
        decided_on=since,
        method=ConsentMethod.WRITTEN,
        recorded_by=world.actors["chief"].staff_id,
        recorded_at=NOW,
    )
    term = LiaisonTerm(
        **shared,
        acceptance_id=acceptance.id,
        asked_on=since,
        valid_from=since,
        valid_to=until,
        contact_person_id=contact.id if contact else None,
        remark=remark,
    )
    links = [
        LiaisonTermArea(
            agency_id=holder.agency_id,
            station_id=holder.station_id,
            term_id=term.id,
            area_id=world.areas[name],
            position=position,
        )
        for position, name in enumerate(areas)
    ]
    world.put(acceptance, term, *links)
    return term


def put_consent(
    world: World,
    holder: Person | Organization,
    scopes: Collection[ConsentScope] = EVERYTHING,
    *,
    on: dt.date = START,
    until: dt.date | None = None,
) -> None:
    """Put what `holder` agreed to on a day, as a whole, up to `until`."""
    record = ConsentRecord(
        **_owned(holder),
        form_version="2026-04",
        decided_on=on,
        method=ConsentMethod.WRITTEN,
        recorded_by=world.actors["chief"].staff_id,
        recorded_at=NOW,
    )
    grants = [
        ConsentGrant(
            agency_id=holder.agency_id,
            station_id=holder.station_id,
            record_id=record.id,
            scope=scope,
            valid_from=on,
            valid_to=until,
        )
        for scope in sorted(scopes)
    ]
    world.put(record, *grants)


def put_post(
    world: World,
    person: Person,
    title: str,
    organization: Organization | None = None,
    *,
    place: int = 0,
    until: dt.date | None = None,
) -> None:
    """Put a post of `person`; `place` chooses the kind of post, which orders them."""
    world.put(
        Appointment(
            agency_id=person.agency_id,
            station_id=person.station_id,
            person_id=person.id,
            organization_id=organization.id if organization else None,
            post_type_id=_post_types(world)[place],
            title=title,
            valid_from=START,
            valid_to=until,
        )
    )


def unprotected(content: bytes, password: str) -> bytes:
    """Return a workbook without its password, its integrity proven."""
    book, out = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    book.load_key(password=password, verify_password=True)
    book.decrypt(out, verify_integrity=True)
    return out.getvalue()


def sheet_cells(content: bytes) -> list[list[object]]:
    """Return every row of a spreadsheet, cell by cell."""
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    return [list(row) for row in page.iter_rows(values_only=True)]


def sheet_text(content: bytes) -> str:
    """Return all that a spreadsheet says, in its cells and at the foot of its pages."""
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    cells = [str(cell) for row in page.iter_rows(values_only=True) for cell in row if cell]
    return " ".join([*cells, str(page.oddFooter.left.text)])


def pdf_text(content: bytes) -> str:
    """Return all that a PDF says, without the spaces its lines were broken at."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    pages = "".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s", "", pages + str(dict(reader.metadata or {})))


def _owned(holder: Person | Organization) -> dict[str, UUID]:
    whose = "person_id" if isinstance(holder, Person) else "organization_id"
    return {"agency_id": holder.agency_id, "station_id": holder.station_id, whose: holder.id}


def _post_types(world: World) -> list[UUID]:
    with world.database.system("a test's world") as connection:
        ordered = sa.select(col(PostType.id)).order_by(col(PostType.position))
        return list(connection.execute(ordered).scalars())


def file_text(content: bytes, form: RosterFormat) -> str:
    """Return all that a file of any form says, without blanks."""
    if form is RosterFormat.PDF:
        return pdf_text(content)
    if form is RosterFormat.XLSX:
        return re.sub(r"\s", "", sheet_text(content))
    text = content.decode(ENCODINGS.get(form, "utf-8")).replace("\r\n ", "")
    return re.sub(r"\s", "", text.replace("\\n", ""))
