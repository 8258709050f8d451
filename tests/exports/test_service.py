import datetime as dt
import hashlib
import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import openpyxl
import pypdf
import pytest
from sqlmodel import col, select

from crm.exports.jobs import shred
from crm.exports.models import Export, ExportContent, ExportFile, ExportSubject
from crm.exports.queries import export_line, export_lines, plain_number
from crm.exports.service import ExportFacts, Taking, register_export, short_name
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, DomainError, Forbidden, NotFound, Refused
from crm.rosters.models import RosterFormat
from tests.exports.acts import WITHIN, approved, asked, fetched, made, put_liaisons
from tests.rosters.network import unprotected
from tests.support.world import NOW, World

ENCRYPTED = Taking("若葉市自治会連合会", conditions="複写しない", return_on=dt.date(2026, 12, 25))


def contents(world: World) -> int:
    with world.reading("chief") as db:
        return len(db.exec(select(ExportContent)).all())


def test_numbers_run_without_gaps_per_station_and_fiscal_year(world: World) -> None:
    put_liaisons(world)
    put_liaisons(world, station="港南署")
    april = dt.datetime(2027, 3, 31, 15, tzinfo=dt.UTC)  # the first of April in Japan

    numbers = [
        asked(world).number,
        asked(world).number,
        asked(world, who="stranger_chief").number,
        asked(world, now=april - dt.timedelta(minutes=1)).number,
        asked(world, now=april).number,
    ]

    assert numbers == [
        "若葉-2026-0001",
        "若葉-2026-0002",
        "港南-2026-0001",
        "若葉-2026-0003",
        "若葉-2027-0001",
    ]


def test_many_at_once_get_numbers_in_a_row(world: World) -> None:
    put_liaisons(world)
    start = threading.Barrier(4, timeout=30)

    def one(_: int) -> list[int]:
        start.wait()
        return [asked(world).serial for _ in range(3)]

    with ThreadPoolExecutor(4) as pool:
        serials = [serial for found in pool.map(one, range(4)) for serial in found]

    assert sorted(serials) == list(range(1, 13))


def test_the_same_form_sent_again_is_the_same_export(world: World) -> None:
    put_liaisons(world)
    taking = replace(WITHIN, request_key=world.agency_id)
    assert asked(world, taking=taking).id == asked(world, taking=taking).id


@pytest.mark.parametrize(
    ("station", "short"),
    [("若葉署", "若葉"), ("若葉警察署", "若葉"), ("架空市役所", "架空市役所"), ("署", "署")],
)
def test_numbers_begin_with_the_stations_short_name(station: str, short: str) -> None:
    assert short_name(station) == short


def test_record_tells_the_file_as_it_was_handed_out_and_whom_it_names(world: World) -> None:
    put_liaisons(world, 2)
    export = asked(world, RosterFormat.XLSX, taking=ENCRYPTED)
    made(world, export)
    file = fetched(world, export)

    with world.reading("chief") as db:
        line = export_line(db, export.id)
        size = db.exec(select(ExportFile.size)).one()
        subjects = db.exec(select(ExportSubject.id)).all()
    assert line.sha256 == hashlib.sha256(file.content).hexdigest()
    assert (line.purpose, line.recipient, line.conditions) == (
        "第３回地域安全の会",
        "若葉市自治会連合会",
        "複写しない",
    )
    assert (line.exported_by, line.unit_name, line.fetched_at) == ("中村 誠", "若葉署地域課", NOW)
    assert (line.people, line.named_people, len(subjects)) == (2, 2, 2)
    assert (size, line.reference) == (len(file.content), "令和8-0001")
    with world.reading("auditor") as db:
        actions = db.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert list(actions) == ["export.asked", "roster.issued", "export.made", "export.fetched"]


def test_a_file_is_fetched_once_and_nothing_of_it_stays(world: World) -> None:
    put_liaisons(world)
    export = asked(world)
    made(world, export)
    assert contents(world) == 1

    fetched(world, export)

    assert contents(world) == 0
    with pytest.raises(Conflict):
        fetched(world, export)
    with pytest.raises(Conflict):
        made(world, export)


def test_of_many_who_fetch_at_once_one_gets_the_file(world: World) -> None:
    put_liaisons(world)
    export = asked(world)
    made(world, export)
    start = threading.Barrier(4, timeout=30)

    def one(_: int) -> bool:
        start.wait()
        try:
            return bool(fetched(world, export).content)
        except DomainError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_fetched_file_is_not_left_on_the_disk(world: World) -> None:
    put_liaisons(world, 40)
    # the roster itself is kept with its issue: this is what was handed out, under its password
    export = asked(world, RosterFormat.XLSX, taking=ENCRYPTED)
    made(world, export)
    with world.reading("chief") as db:
        content = bytes(db.exec(select(ExportContent.content)).one())
    assert traces(world, content)

    fetched(world, export)

    assert not traces(world, content)


def traces(world: World, content: bytes) -> bool:
    """Whether the database's file holds a run of `content`, once its log is written back."""
    with world.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(world.database.engine.url.database or "")
    return content[600:900] in path.read_bytes()


def test_nobody_else_fetches_a_file(world: World) -> None:
    put_liaisons(world)
    export = asked(world)
    made(world, export)
    for who in ("station_chief", "stranger_chief", "auditor", "administrator"):
        with pytest.raises(NotFound):
            fetched(world, export, who=who)
    assert contents(world) == 1


def test_a_file_nobody_fetched_is_shredded_when_its_time_is_over(world: World) -> None:
    put_liaisons(world)
    export = asked(world, taking=replace(WITHIN, kept_hours=1))
    made(world, export)
    over = NOW + dt.timedelta(hours=1)

    with pytest.raises(Conflict):
        fetched(world, export, now=over)
    shred(world.database, over - dt.timedelta(seconds=1))
    assert contents(world) == 1
    shred(world.database, over)
    assert contents(world) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_above_a_hundred_people_a_second_person_decides(world: World) -> None:
    put_liaisons(world, 101)
    export = asked(world)
    assert export.needs_approval

    with pytest.raises(Forbidden):
        made(world, export)
    assert contents(world) == 0
    approved(world)
    made(world, export)

    assert fetched(world, export).content.count("髙橋".encode()) == 101


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_asker_cannot_be_the_second_person(world: World) -> None:
    put_liaisons(world, 101)
    export = asked(world)
    with pytest.raises(Forbidden):
        approved(world, "chief")
    with pytest.raises(Forbidden):
        made(world, export)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_more_people_than_were_asked_for_are_not_handed_out(world: World) -> None:
    put_liaisons(world, 2)
    export = asked(world)
    put_liaisons(world, 1)
    with pytest.raises(Conflict):
        made(world, export)
    assert contents(world) == 0


@pytest.mark.parametrize("changed", [{"purpose": " "}, {"recipient": " "}])
def test_purpose_and_recipient_are_asked(world: World, changed: dict[str, str]) -> None:
    put_liaisons(world)
    known = asked(world)
    facts = {"purpose": "目的", "recipient": "署内", **changed}
    with world.writing("chief") as db, pytest.raises(Refused):
        register_export(
            db,
            world.actors["chief"],
            ExportFacts(known.kind, "見本", format="csv", people=1, **facts),
            now=NOW,
        )


def test_workbook_opens_with_its_password_only(world: World) -> None:
    put_liaisons(world)
    export = asked(world, RosterFormat.XLSX, taking=ENCRYPTED)
    password = made(world, export)
    content = fetched(world, export).content

    book = openpyxl.load_workbook(io.BytesIO(unprotected(content, password)))

    assert re.fullmatch(r"([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}", password)
    assert book.properties.keywords == export.number
    assert "髙橋" not in content.decode("utf-8", "ignore")
    with pytest.raises(Exception, match="verification"):
        unprotected(content, "wrong")
    with world.reading("chief") as db:
        assert password not in repr(db.exec(select(Export)).one())


def numbers_on(content: bytes, form: RosterFormat) -> set[str]:
    """Read whatever looks like a number off a leaked sheet."""
    if form is RosterFormat.PDF:
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    elif form is RosterFormat.XLSX:
        cells = openpyxl.load_workbook(io.BytesIO(content)).active
        text = " ".join(str(cell) for row in cells.iter_rows(values_only=True) for cell in row)
    else:
        text = content.decode("utf-8-sig")
    return set(re.findall(r"若葉-\d{4}-\d{4}", re.sub(r"\s", "", text)))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("form", [RosterFormat.PDF, RosterFormat.XLSX, RosterFormat.CSV])
@pytest.mark.parametrize("who", ["auditor", "station_chief"])
def test_a_leaked_sheets_number_leads_to_who_took_it_out(
    world: World, form: RosterFormat, who: str
) -> None:
    put_liaisons(world)
    asked(world)
    export = asked(world, form, taking=WITHIN)
    made(world, export)
    (number,) = numbers_on(fetched(world, export).content, form)

    with world.reading(who) as db:
        (line,) = export_lines(db, 1, wanted=plain_number(number)).items
        by_reference = export_lines(db, 1, wanted="令和8-0001").items

    assert (line.id, line.exported_by, line.recipient) == (export.id, "中村 誠", "署内")
    assert [each.id for each in by_reference] == [export.id]


def test_every_page_of_paper_bears_the_mark_and_the_number(world: World) -> None:
    put_liaisons(world, 40)
    export = asked(world, RosterFormat.PDF, taking=ENCRYPTED)
    made(world, export)

    reader = pypdf.PdfReader(io.BytesIO(fetched(world, export).content))

    assert len(reader.pages) > 1
    for sheet in reader.pages:
        text = re.sub(r"\s", "", sheet.extract_text())
        assert text.count(export.number) == 2, text[-300:]
        assert "若葉署地域課中村誠" in text
        assert "条件：複写しない返却・廃棄の期限：令和8年12月25日" in text
    assert export.number in str(reader.metadata)


def test_number_typed_in_full_width_is_found(world: World) -> None:
    put_liaisons(world)
    export = asked(world)
    with world.reading("auditor") as db:
        found = export_lines(db, 1, wanted=plain_number(" 若葉－２０２６ー０００１ "))
    assert [line.id for line in found.items] == [export.id]


@pytest.mark.parametrize(("who", "seen"), [("officer", 0), ("stranger_chief", 0), ("hq", 0)])
def test_the_register_is_hidden_from_everybody_else(world: World, who: str, seen: int) -> None:
    put_liaisons(world)
    asked(world)
    with world.reading(who) as db:
        assert export_lines(db, 1).total == seen
