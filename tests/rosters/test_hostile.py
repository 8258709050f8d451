"""Hostile texts through every field of a roster and every format it is written in."""

import csv
import io
import re
import zipfile
from dataclasses import fields
from uuid import UUID

import openpyxl
import pypdf
import pytest

from crm.contacts.models import Holder
from crm.formats.cells import FORMULA
from crm.rosters.comparing import changes_since
from crm.rosters.files import write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.rows import Roster, RosterRow
from crm.rosters.service import Draft
from tests.formats.test_xlsx import NASTY
from tests.rosters.test_comparing import kept
from tests.rosters.test_files import roster, row
from tests.support.world import NOW

MORE = [
    *(
        "=1+1\u202e",
        "\uff1d1",
        "+cmd|' /C calc'!A0",
        "@import",
        "-1;DROP",
        "\x00=1",
        "=IMPORTXML(A1)",
    ),
    *("<a href='http://example.com'>x</a>", "javascript:alert(1)", "file:///etc/passwd"),
    *('#link("http://example.com")[x]', "#panic()", '#import "x.typ": *', "$ 1 $", "@label"),
    *("BEGIN:VCARD", "END:VCARD\r\nBEGIN:VCARD", "a;b:c,d\\", '"', "'", "&Z", "&F", "＠", "％"),
    *("http://example.com/?q=" + "a" * 300, "\\\\server\\share", "ftp://x", "tel:110", "名無し"),
]
HOSTILE = [text for text in [*NASTY, *MORE] if len(text) < 1000]
TEXTS = [field.name for field in fields(RosterRow) if field.type in (str, "str")]


def hostile(profile: RosterProfile) -> Draft:
    """A roster of which every text of every row is hostile, with what changed since another."""
    rows = [
        row(
            holder=Holder(person_id=UUID(int=number)),
            number=number,
            **dict.fromkeys(TEXTS, text),
        )
        for number, text in enumerate(HOSTILE, 1)
    ]
    found = Roster(profile, roster().day, tuple(rows), 0, chosen=HOSTILE[0], recipient="")
    changes = changes_since(kept(roster(row(), profile=profile)), found)
    words = "=1+1"
    return Draft("令和8-0001", words, RosterFormat.XLSX, found, words, words, NOW, changes=changes)


def written(form: RosterFormat, profile: RosterProfile = RosterProfile.STATION) -> bytes:
    draft = hostile(profile)
    return write_file(
        Draft(
            draft.number,
            draft.purpose,
            form,
            draft.roster,
            draft.office,
            draft.made_by,
            draft.made_at,
            may_replace=True,
            changes=draft.changes,
        )
    )


def test_eighty_texts_are_tried_in_every_text_of_a_row() -> None:
    assert len(set(HOSTILE)) >= 80
    assert [
        *("name", "kana", "post", "areas", "phone", "concurrent", "boxes", "remark"),
        *("address", "index"),
    ] == TEXTS


@pytest.mark.parametrize(
    "profile", [each for each in RosterProfile if each is not RosterProfile.SEATING]
)
def test_workbook_has_no_formula_and_no_link(profile: RosterProfile) -> None:
    content = written(RosterFormat.XLSX, profile)

    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for page in book for line in page.iter_rows() for cell in line]
    kinds = {cell.data_type for cell in cells if cell.value is not None}
    assert kinds <= {"s", "n", "d"}
    assert [cell.coordinate for cell in cells if cell.hyperlink] == []
    parts = zipfile.ZipFile(io.BytesIO(content))
    sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
    assert len([name for name in sheets if name.endswith(".xml")]) == 2
    assert not any(re.search(rb"<f[ >]|<hyperlink", parts.read(name)) for name in sheets)


@pytest.mark.parametrize("form", [RosterFormat.CSV, RosterFormat.CSV_CP932])
def test_text_file_has_nothing_a_program_would_calculate(form: RosterFormat) -> None:
    encoding = "utf-8-sig" if form is RosterFormat.CSV else "cp932"
    text = written(form).decode(encoding)
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert [cell for cell in cells if FORMULA.match(cell) and not cell.startswith("'")] == []


@pytest.mark.parametrize("profile", [RosterProfile.STATION, RosterProfile.SEATING])
def test_paper_has_no_link_and_runs_nothing(profile: RosterProfile) -> None:
    reader = pypdf.PdfReader(io.BytesIO(written(RosterFormat.PDF, profile)))
    found = [
        note.get_object()["/Subtype"] for page in reader.pages for note in page.get("/Annots", [])
    ]
    assert found == []
    assert "/OpenAction" not in reader.trailer["/Root"]


@pytest.mark.parametrize("form", [RosterFormat.VCARD4, RosterFormat.VCARD3])
def test_there_are_as_many_cards_as_rows(form: RosterFormat) -> None:
    lines = written(form).decode().replace("\r\n ", "").split("\r\n")
    assert [lines.count(mark) for mark in ("BEGIN:VCARD", "END:VCARD")] == [len(HOSTILE)] * 2
