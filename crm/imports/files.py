"""Files as they lie on disk: opened, told apart by their content, and named with a fingerprint."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.formats import archive, delimited, geodata
from crm.formats.delimited import Table, column, read_table, require_columns
from crm.formats.errors import UnreadableFile
from crm.formats.geodata import Feature, read_features
from crm.formats.workbook import Book, SheetRow, read_workbook
from crm.imports.models import FileKind
from crm.imports.rows import (
    FACILITY_COLUMNS,
    FACILITY_REQUIRED,
    JURISDICTION_COLUMNS,
    PROPERTY_COLUMNS,
    SAFE_HOUSE_COLUMNS,
)
from crm.kernel.i18n import N_

SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
SHAPEFILE_PARTS = (".shp", ".dbf", ".prj", ".cpg")
LEFT_TO_THE_SHP = frozenset({".dbf", ".prj", ".cpg", ".shx", ".sbn", ".sbx", ".qmd"})
READABLE = frozenset({".csv", ".txt", ".xlsx", ".geojson", ".json", ".shp"})

AREA_NAMES = (
    (FileKind.ASSOCIATION_AREAS, re.compile("(自治会|町内会|町会|自治区|区会)$")),
    (FileKind.ELEMENTARY_DISTRICTS, re.compile("小学校区?$")),
    (FileKind.JUNIOR_HIGH_DISTRICTS, re.compile("中学校区?$")),
)
DEFIBRILLATORS = column("小児対応設備の有無")
FOR_PROGRAMS = "#property"
"""The first cell of a sheet whose row 1 holds keys in English."""
NO_ORGANIZATIONS = {
    "equipmentForChildren": N_("AED設置箇所の一覧は団体ではないため、取り込みません。"),
    "votingDistrict": N_("投票所の一覧は団体ではないため、取り込みません。"),
    "totalPopulation": N_("人口の統計は団体ではないため、取り込みません。"),
}
"""What else cities publish so, by a column that nothing else has."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose kind is known. A shapefile's parts count as one file, in the order .shp first.

    `name_property` is the property that names the features of a file of areas.
    """

    name: str
    size: int
    sha256: str
    encoding: str
    kind: FileKind
    table: Table | None = None
    features: Sequence[Feature] = ()
    name_property: str = ""

    @property
    def rows(self) -> Table:
        """The table of a file that is one."""
        if self.table is None:
            raise TypeError(f"{self.kind} is not a table")
        return self.table

    def provenance(self, row: int) -> dict[str, Any]:
        """Where a record comes from, to be kept with it."""
        return {"file": self.name, "size": self.size, "sha256": self.sha256, "row": row}


@dataclass(frozen=True, slots=True)
class Passed:
    """A readable file that holds nothing to take in, and why; the reason is a msgid."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that cannot be used, in one sentence."""

    name: str
    fault: UnreadableFile


Opened = Source | Passed | Broken


class UnknownKind(UnreadableFile):
    """A file that can be read, but is none of the kinds that are taken in."""


def open_all(paths: Iterable[Path]) -> list[Opened]:
    """Open files, and the files directly inside folders, in the order to take them in."""
    opened = [each for path in paths for each in _open_path(path)]
    kinds = list(FileKind)
    return sorted(
        opened,
        key=lambda each: kinds.index(each.kind) if isinstance(each, Source) else len(kinds),
    )


def read_source(name: str, parts: Mapping[str, bytes]) -> Source | Passed:
    """Read one file given by its parts (one, or those of a shapefile), and tell what it is of.

    Raises `UnreadableFile` with one sentence when it cannot be read or lacks columns.
    """
    content = b"".join(parts.values())
    fingerprint = (name, len(content), hashlib.sha256(content).hexdigest())
    if content.startswith(SHAPEFILE_MAGIC):
        return _of_features(fingerprint, "", read_features(parts))
    if content.removeprefix(delimited.UTF8_BOM).lstrip().startswith(b"{"):
        return _of_features(fingerprint, "utf-8", read_features({".geojson": content}))
    if content.startswith(archive.MAGIC):
        return _of_sheet(fingerprint, read_workbook(content))
    return _of_table(fingerprint, read_table(content))


def _open_path(path: Path) -> Iterator[Opened]:
    if not path.is_dir():
        yield _open_file(path)
        return
    files = sorted(each for each in path.iterdir() if each.is_file() and each.name[0] != ".")
    stems = {each.stem for each in files if each.suffix.lower() == ".shp"}
    for file in files:
        if file.suffix.lower() in LEFT_TO_THE_SHP and file.stem in stems:
            continue
        yield _pass_over(file) or _open_found(file)


def _pass_over(file: Path) -> Passed | None:
    """Leave out what is no data at all, and a shapefile whose conversion lies beside it."""
    if file.suffix.lower() not in READABLE:
        return Passed(
            file.name, "CSV、Excel（xlsx）、GeoJSON、シェープファイルのどれでもありません。"
        )
    if file.suffix.lower() == ".shp" and file.with_suffix(".geojson").exists():
        return Passed(file.name, "同じ名前のGeoJSONファイルを使います。")
    return None


def _open_file(file: Path) -> Opened:
    try:
        return read_source(file.name, _parts(file))
    except UnreadableFile as fault:
        return Broken(file.name, fault)


def _open_found(file: Path) -> Opened:
    """Open a file nobody named: one of an unknown kind is no fault of anybody's."""
    opened = _open_file(file)
    if isinstance(opened, Broken) and isinstance(opened.fault, UnknownKind):
        return Passed(file.name, str(opened.fault))
    return opened


def _parts(file: Path) -> dict[str, bytes]:
    suffix = file.suffix.lower()
    paths = {suffix: file}
    if suffix == ".shp":
        beside = {
            each.suffix.lower(): each for each in file.parent.iterdir() if each.stem == file.stem
        }
        paths = {part: beside[part] for part in SHAPEFILE_PARTS if part in beside}
    limit = delimited.MAX_BYTES if suffix in {".csv", ".xlsx"} else geodata.MAX_BYTES
    if sum(path.stat().st_size for path in paths.values()) > limit:
        raise UnreadableFile(
            "ファイルが大きすぎます（上限%(limit)sメガバイト）。分けてから読み込んでください。",
            limit=f"{limit / 1_000_000:g}",
        )
    return {part: path.read_bytes() for part, path in paths.items()}


def _of_features(
    fingerprint: tuple[str, int, str], encoding: str, features: list[Feature]
) -> Source:
    properties = {name for feature in features for name in feature.properties}
    if {"種別", "名称"} <= properties:
        return Source(*fingerprint, encoding, FileKind.STATIONS, features=features)
    for name in sorted(properties):
        values = [feature.properties.get(name, "") for feature in features]
        for kind, pattern in AREA_NAMES:
            if sum(bool(pattern.search(value)) for value in values) * 2 > len(values):
                return Source(*fingerprint, encoding, kind, features=features, name_property=name)
    raise UnknownKind(
        "自治会区域、小学校区、中学校区、警察署・交番のどの地図データでもありません。"
        "名称の項目を確認してください。"
    )


def _of_sheet(fingerprint: tuple[str, int, str], book: Book) -> Source | Passed:
    """Read the first sheet that is shown; its first row names the columns."""
    rows = next((sheet.rows for sheet in book.sheets if sheet.rows and not sheet.hidden), ())
    if not rows:
        raise UnreadableFile("表示されているシートに表がありません。")
    keys = [text.strip() for text in rows[0].texts]
    if keys[0] == FOR_PROGRAMS:
        return _of_properties(fingerprint, keys, rows[1:])
    return _of_table(fingerprint, _table(keys, rows[1:]))


def _of_properties(
    fingerprint: tuple[str, int, str], keys: Sequence[str], rows: Sequence[SheetRow]
) -> Source | Passed:
    for key, reason in NO_ORGANIZATIONS.items():
        if key in keys:
            return Passed(fingerprint[0], reason)
    table = _table([PROPERTY_COLUMNS.get(key, "") for key in keys], rows)
    require_columns(table, [FACILITY_COLUMNS[key] for key in ("name", "address")])
    return Source(*fingerprint, table.encoding, FileKind.FACILITIES, table)


def _table(header: Sequence[str], rows: Sequence[SheetRow]) -> Table:
    """Make the rows of a sheet a table like that of a text file, without unnamed columns."""
    named = {name: index for index, name in enumerate(header) if name}
    read = [(row.number, {name: row.text(index) for name, index in named.items()}) for row in rows]
    return Table("", tuple(named), read)


def _of_table(fingerprint: tuple[str, int, str], table: Table) -> Source | Passed:
    if DEFIBRILLATORS.header_in(table):
        return Passed(fingerprint[0], "AED設置箇所の一覧は団体ではないため、取り込みません。")
    kind = _kind_of_table(table)
    if kind is None:
        raise UnknownKind(
            "施設、こども110番の家、所管区のどの一覧でもありません。1行目の見出しを確認してください。"
        )
    require_columns(table, REQUIRED[kind])
    return Source(*fingerprint, table.encoding, kind, table)


def _kind_of_table(table: Table) -> FileKind | None:
    """Tell a table by one column that no other kind has, so that a lacking one can be named."""
    if JURISDICTION_COLUMNS["box"].header_in(table):
        return FileKind.JURISDICTIONS
    if FACILITY_COLUMNS["name"].header_in(table):
        return FileKind.FACILITIES
    if SAFE_HOUSE_COLUMNS["district"].header_in(table):
        return FileKind.SAFE_HOUSES
    return None


REQUIRED = {
    FileKind.JURISDICTIONS: list(JURISDICTION_COLUMNS.values()),
    FileKind.FACILITIES: [FACILITY_COLUMNS[key] for key in FACILITY_REQUIRED],
    FileKind.SAFE_HOUSES: list(SAFE_HOUSE_COLUMNS.values()),
}
