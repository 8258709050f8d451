"""Reading the register of exports, and the numbers and expired files the system sees to."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import Unit
from crm.exports.lines import ExportLine, Subject
from crm.exports.models import Export, ExportContent, ExportFetch, ExportFile, ExportSubject
from crm.jobs.models import Job
from crm.jobs.queries import JobLine, own_job
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession

REGISTER = {"system": "the register of exports"}
"""Marks the statements that must see a station's every number, and every file past its time."""
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212ー"), "-")


class Fetchable(NamedTuple):
    """A file as it is handed out."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def lock_serials(db: ScopedSession, station_id: UUID) -> None:
    """Let no other transaction take a number of the station until this one ends."""
    db.exec(select(Unit.id).where(Unit.id == station_id).with_for_update(key_share=True)).one()


def last_serial(db: ScopedSession, station_id: UUID, year: int) -> int:
    """Return the last number a station gave in a fiscal year; whoever it gave it to."""
    found = db.exec(
        select(sa.func.max(col(Export.serial)))
        .where(Export.station_id == station_id, Export.year == year)
        .execution_options(**REGISTER)
    ).one()
    return found or 0


def export_asked_with(db: ScopedSession, account_id: UUID, request_key: UUID) -> Export | None:
    """Return the export an account asked for with `request_key`, if the form was sent before."""
    return db.exec(
        select(Export).where(Export.account_id == account_id, Export.request_key == request_key)
    ).first()


def own_export(db: ScopedSession, account_id: UUID, export_id: UUID) -> Export:
    """Return an export its requester asked for; NotFound for anybody else's."""
    found = db.exec(
        select(Export).where(Export.id == export_id, Export.account_id == account_id)
    ).first()
    if found is None:
        raise NotFound
    return found


def is_made(db: ScopedSession, export_id: UUID) -> bool:
    """Whether the file of an export was made already."""
    return (
        db.exec(select(ExportFile.id).where(ExportFile.export_id == export_id)).first() is not None
    )


def export_line(db: ScopedSession, export_id: UUID) -> ExportLine:
    """Return an export as the register shows it; NotFound when it is not the actor's to know."""
    rows = db.rows(_lines().where(col(Export.id) == export_id))
    if not rows:
        raise NotFound
    return ExportLine(*rows[0])


def export_lines(db: ScopedSession, number: int, *, wanted: str = "") -> Page[ExportLine]:
    """Return one page of the register, newest first.

    `wanted` is a number as it stands on a file: the export's own or the document's.
    """
    asked = [_bears(wanted)] if wanted else []
    total = db.exec(
        select(sa.func.count(col(Export.id)))
        .outerjoin(ExportFile, col(ExportFile.export_id) == Export.id)
        .where(*asked)
    ).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        _lines()
        .where(*asked)
        .order_by(col(Export.asked_at).desc(), col(Export.id).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([ExportLine(*row) for row in rows], total, number)


def plain_number(text: str) -> str:
    """Return a number as the register writes it, however it was typed or read off paper."""
    plain = unicodedata.normalize("NFKC", text).translate(DASHES)
    return re.sub(r"\s", "", plain)


def subjects_of(db: ScopedSession, export_id: UUID, number: int) -> Page[Subject]:
    """Return one page of those a file names."""
    of_export = col(ExportSubject.export_id) == export_id
    total = db.exec(select(sa.func.count(col(ExportSubject.id))).where(of_export)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(col(ExportSubject.person_id), col(ExportSubject.organization_id))
        .where(of_export)
        .order_by(col(ExportSubject.id))
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([Subject(*row) for row in rows], total, number)


def exports_naming(db: ScopedSession, person_ids: Collection[UUID]) -> Sequence[ExportLine]:
    """Return what was asked for and names one of `person_ids`, newest first (the dossier)."""
    rows = db.rows(
        _lines()
        .where(
            col(Export.id).in_(
                select(ExportSubject.export_id).where(
                    col(ExportSubject.person_id).in_(list(person_ids))
                )
            )
        )
        .order_by(col(Export.asked_at).desc())
    )
    return [ExportLine(*row) for row in rows]


def job_of(db: ScopedSession, export_id: UUID) -> JobLine | None:
    """Return the job that makes the file of one of the actor's exports, if one does."""
    found = db.exec(select(Job.id).where(Job.request_key == export_id)).first()
    return own_job(db, found) if found else None


def fetchable(db: ScopedSession, export_id: UUID, now: dt.datetime) -> Fetchable | None:
    """Return a file that can still be fetched, and hold it so that nobody fetches it besides."""
    content = db.exec(
        select(ExportContent)
        .where(ExportContent.export_id == export_id, col(ExportContent.expires_at) > now)
        .with_for_update()
    ).first()
    if content is None:
        return None
    file = db.exec(select(ExportFile).where(ExportFile.export_id == export_id)).one()
    found = Fetchable(file.name, file.media_type, file.sha256, content.content)
    db.delete(content)
    return found


def shred_expired(db: ScopedSession, now: dt.datetime) -> None:
    """Delete every file nobody fetched in time."""
    db.exec(
        sa.delete(ExportContent)
        .where(col(ExportContent.expires_at) <= now)
        .execution_options(synchronize_session=False, **REGISTER)
    )


def _bears(wanted: str) -> sa.ColumnElement[bool]:
    return sa.or_(col(Export.number) == wanted, col(ExportFile.reference) == wanted)


def _lines() -> AnySelect:
    return (
        sa.select(
            col(Export.id),
            col(Export.number),
            col(Export.kind),
            col(Export.title),
            col(Export.purpose),
            col(Export.recipient),
            col(Export.conditions),
            col(Export.return_on),
            col(Export.fields),
            col(Export.format),
            col(Export.is_encrypted),
            col(Export.plain_reason),
            col(Export.people),
            col(Export.organizations),
            col(Export.needs_approval),
            col(Export.account_id),
            col(Export.exported_by),
            col(Export.unit_name),
            col(Export.asked_at),
            col(ExportFile.reference),
            col(ExportFile.sha256),
            col(ExportFile.people).label("named_people"),
            col(ExportFile.organizations).label("named_organizations"),
            col(ExportFile.made_at),
            col(ExportFile.expires_at),
            col(ExportFetch.fetched_at),
        )
        .outerjoin(ExportFile, col(ExportFile.export_id) == Export.id)
        .outerjoin(ExportFetch, col(ExportFetch.export_id) == Export.id)
    )
