"""A zip archive from a stranger, read without unpacking more than was agreed."""

import io
import stat
import zlib
from itertools import pairwise
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from crm.formats.errors import UnreadableFile

MAGIC = b"PK\x03\x04"
LOCAL_HEADER = 30  # bytes before an entry's name
ENCRYPTED = 0x1


class Archive:
    """An archive whose entries are counted while they are read.

    Nothing is ever written under a name it gives. Raises `UnreadableFile` when it is broken, has
    more than `max_entries`, unfolds to more than `max_bytes`, or is built to deceive: entries that
    overlap, repeat a name, leave their folder or hold another archive.
    """

    def __init__(self, content: bytes, *, max_bytes: int, max_entries: int) -> None:
        try:
            self._zip = ZipFile(io.BytesIO(content))
        except (BadZipFile, ValueError, NotImplementedError) as error:
            raise broken() from error
        self._left = max_bytes
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        _require_modest(self._zip.infolist(), max_bytes, max_entries)
        if len(self._entries) < len(self._zip.infolist()) or _overlap(self._zip.infolist()):
            raise broken()
        for entry in self._entries.values():
            _require_honest(entry)
            self._require_no_archive(entry)

    @property
    def names(self) -> frozenset[str]:
        """What its entries are called."""
        return frozenset(self._entries)

    def open(self, name: str) -> IO[bytes]:
        """Open an entry; what is read counts against what all entries may unfold to."""
        return io.BufferedReader(_Counted(self, self._zip.open(self._entries[name])), 1 << 16)

    def spend(self, size: int) -> None:
        """Take note of bytes unfolded."""
        self._left -= size
        if self._left < 0:
            raise too_large()

    def _require_no_archive(self, entry: ZipInfo) -> None:
        try:
            with self._zip.open(entry) as stream:
                nested = stream.read(len(MAGIC)) == MAGIC
        except (BadZipFile, zlib.error, EOFError) as error:
            raise broken() from error
        if nested:
            raise UnreadableFile(
                "ファイルの中に別の圧縮ファイルが入っています。"
                "必要な表だけを新しいブックに写してください。"
            )


class _Counted(io.RawIOBase):
    def __init__(self, archive: Archive, stream: IO[bytes]) -> None:
        super().__init__()
        self._archive = archive
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all it is given
        try:
            chunk = self._stream.read(len(buffer))
        except (BadZipFile, zlib.error, EOFError) as error:
            raise broken() from error
        self._archive.spend(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def broken() -> UnreadableFile:
    """Make the refusal of a file that is not whole, or not what its name says."""
    return UnreadableFile(
        "ファイルが壊れているため読めません。Excelで開き、別の名前で保存し直してください。"
    )


def too_large() -> UnreadableFile:
    """Make the refusal of a file that holds more than is read."""
    return UnreadableFile(
        "ファイルを展開すると大きすぎます。必要な表だけを新しいブックに写してください。"
    )


def _require_modest(entries: list[ZipInfo], max_bytes: int, max_entries: int) -> None:
    if len(entries) > max_entries or sum(entry.file_size for entry in entries) > max_bytes:
        raise too_large()


def _require_honest(entry: ZipInfo) -> None:
    if entry.flag_bits & ENCRYPTED:
        raise UnreadableFile(
            "パスワードで保護されたファイルです。パスワードを外して保存し直してください。"
        )
    parts = entry.filename.split("/")
    strange = ".." in parts or not parts[0] or "\\" in entry.filename or ":" in entry.filename
    linked = stat.S_ISLNK(entry.external_attr >> 16)
    if strange or linked or entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise broken()


def _overlap(entries: list[ZipInfo]) -> bool:
    """Tell whether two entries share bytes, or something stands before the first."""
    spans = sorted(
        (
            entry.header_offset,
            entry.header_offset + LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size,
        )
        for entry in entries
    )
    starts_late = bool(spans) and spans[0][0] != 0
    return starts_late or any(end > start for (_, end), (start, _) in pairwise(spans))
