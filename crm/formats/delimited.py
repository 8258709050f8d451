"""CSV tables: read strictly, or refused in one sentence; written so that no cell is a formula."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crm.formats.cells import Cell, guard, plain_text
from crm.formats.errors import UnreadableFile

MAX_BYTES = 20_000_000

Encoding = Literal["utf-8-sig", "cp932"]
GETA = "〓"

UTF8_BOM = b"\xef\xbb\xbf"
SPREADSHEET_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Bytes 80, A0 and FD to FF mean nothing in CP932, though the codec lets them through as these.
NOT_CP932 = frozenset("\x80\uf8f0\uf8f1\uf8f2\uf8f3")
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))
LONG_MARKS = dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500"), "ー")


@dataclass(frozen=True)
class Table:
    """A table as text, just as the file has it.

    `rows` pairs each row with its number as a spreadsheet shows it (the header is row 1); rows
    with nothing in them are left out, and keep their numbers. Cells missing at the end of a row
    are empty text.
    """

    encoding: str
    header: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


@dataclass(frozen=True)
class Column:
    """A wanted column: the name people are told, and every name it has in published files."""

    name: str
    synonyms: tuple[str, ...] = ()

    def header_in(self, table: Table) -> str | None:
        """Find the header that means this column, whatever its width or long marks."""
        headers = {_folded(header): header for header in table.header}
        names = (_folded(name) for name in (self.name, *self.synonyms))
        return next((headers[name] for name in names if name in headers), None)


def column(name: str, *synonyms: str) -> Column:
    """Name a wanted column, the preferred name first."""
    return Column(name, synonyms)


def read_table(data: bytes, *, max_bytes: int = MAX_BYTES) -> Table:
    """Read a CSV file whose first row names the columns.

    The encoding is found by strict trial in a fixed order (UTF-8 with BOM, UTF-8, CP932) and never
    guessed from statistics. Raises `UnreadableFile` for everything that is not such a table.
    """
    refuse_unfit(data, max_bytes)
    encoding, text = decode(data)
    found = records(text)
    header = _header(next(found, (1, []))[1])
    rows = [(number, _row(header, number, cells)) for number, cells in found if any(cells)]
    return Table(encoding, header, rows)


def require_columns(table: Table, columns: Iterable[Column | str]) -> None:
    """Raise `UnreadableFile` with one sentence that names every missing column."""
    wanted = (column(each) if isinstance(each, str) else each for each in columns)
    missing = [each.name for each in wanted if each.header_in(table) is None]
    if missing:
        raise UnreadableFile(
            "必要な列がありません：%(columns)s。1行目の見出しを確認してください。",
            columns="、".join(missing),
        )


def rows_by(table: Table, preset: Mapping[str, Column]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row under the caller's own keys, trimmed; a column that the file lacks is empty text."""
    headers = {key: wanted.header_in(table) for key, wanted in preset.items()}
    for number, row in table.rows:
        yield number, {key: row[name].strip() if name else "" for key, name in headers.items()}


def write_table(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, encoding: Encoding
) -> bytes:
    """Write a CSV file: UTF-8 with BOM, or CP932, lines ended by CR LF (RFC 4180).

    What CP932 lacks becomes 〓, the mark printers put for a type they do not have; ask
    `unwritable` first and let a person decide.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guard(label) for label in header])
    writer.writerows([guard(plain_text(value)) for value in row] for row in rows)
    if encoding == "utf-8-sig":
        return text.getvalue().encode("utf-8-sig")
    lost = str.maketrans(dict.fromkeys(unwritable([text.getvalue()]), GETA))
    return text.getvalue().translate(lost).encode("cp932")


def unwritable(texts: Iterable[str]) -> list[str]:
    """Return each character of `texts` that CP932 cannot hold, once, in the order they come."""
    found: dict[str, None] = {}
    for text in texts:
        for char in text:
            if not _fits_cp932(char):
                found[char] = None
    return list(found)


def refuse_unfit(data: bytes, max_bytes: int) -> None:
    """Raise `UnreadableFile` for bytes that cannot be a text file of rows."""
    if len(data) > max_bytes:
        raise UnreadableFile(
            "ファイルが大きすぎます（上限%(limit)sメガバイト）。分けてから読み込んでください。",
            limit=f"{max_bytes / 1_000_000:g}",
        )
    if not data.removeprefix(UTF8_BOM).strip():
        raise UnreadableFile("ファイルが空です。見出しの行のあるCSVファイルを選んでください。")
    if data.startswith(SPREADSHEET_SIGNATURES):
        raise UnreadableFile("Excel形式のファイルです。CSV UTF-8形式で保存し直してください。")
    if b"\0" in data:
        raise UnreadableFile(
            "%(row)s行目に文字でないデータがあります。CSV UTF-8形式で保存し直してください。",
            row=_line_of(data, data.index(b"\0")),
        )


def decode(data: bytes) -> tuple[str, str]:
    """Return the encoding of a file, found by strict trial, and its text without a BOM."""
    # A BOM settles the question: a file that has one and is not UTF-8 is broken, not CP932.
    marked = data.startswith(UTF8_BOM)
    content = data.removeprefix(UTF8_BOM)
    position = 0
    for encoding in ("utf-8",) if marked else ("utf-8", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            position = max(position, error.start)
        else:
            if encoding != "cp932" or NOT_CP932.isdisjoint(text):
                return "utf-8-sig" if marked else encoding, text
    raise UnreadableFile(
        "%(row)s行目の文字コードを判別できません。UTF-8又はShift_JIS（CP932）のCSV形式で"
        "保存し直してください。",
        row=_line_of(content, position),
    )


def records(text: str, *, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Return the cells of each row with its number; raises `UnreadableFile` at a broken one."""
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        raise UnreadableFile(
            '%(row)s行目を表として読めません。引用符（"）の閉じ忘れがないか確認してください。',
            row=number + 1,
        ) from error


def _fits_cp932(char: str) -> bool:
    try:
        return char not in NOT_CP932 and bool(char.encode("cp932"))
    except UnicodeEncodeError:
        return False


def _line_of(data: bytes, position: int) -> int:
    return len(data[: position + 1].splitlines())


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for name in cells]
    while names and not names[-1]:
        names.pop()
    if not all(names) or not names:
        raise UnreadableFile(
            "1行目の%(column)s列目に見出しがありません。", column=_first_gap(names)
        )
    for folded, count in Counter(map(_folded, names)).items():
        if count > 1:
            raise UnreadableFile(
                "見出し「%(name)s」の列が%(count)s列あります。見出しを一つずつ別の名前にしてください。",
                name=next(name for name in names if _folded(name) == folded),
                count=count,
            )
    return tuple(names)


def _first_gap(names: Sequence[str]) -> int:
    return names.index("") + 1 if names else 1


def _row(header: Sequence[str], number: int, cells: Sequence[str]) -> dict[str, str]:
    if any(cells[len(header) :]):
        raise UnreadableFile(
            "%(row)s行目の項目が見出しより多くあります（見出し%(expected)s列、この行%(found)s列）。"
            "区切りのコンマを確認してください。",
            row=number,
            expected=len(header),
            found=len(cells),
        )
    padding = [""] * (len(header) - len(cells))
    return dict(zip(header, [*cells, *padding], strict=False))


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).translate(INVISIBLE).translate(LONG_MARKS)
    return "".join(plain.split()).casefold()
