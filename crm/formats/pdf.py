"""Paper: a typst template and plain data become a tagged PDF, in a process of its own.

The typesetter holds hundreds of megabytes for a long list; its own process gives them back at
once, can be stopped by time and memory, and touches neither the network nor any file of ours:
the data goes in through a pipe and the PDF comes back through one.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from crm.formats.cells import clean_text
from crm.formats.child import answer_of
from crm.formats.errors import UnprintableDocument, UnprintableText
from crm.formats.glyphs import replaced, unprintable

TEMPLATES = Path(__file__).parent / "typst"
FONTS = Path(__file__).parent / "fonts"
WORKER = Path(__file__).parent / "pdf_worker.py"
# 1,000 rows of the roster need 0.5 GB of address space, 10,000 rows 3 GB.
BYTE_ORDER_MARK = "\ufeff"
MAX_MEMORY_BYTES = 4_000_000_000


def render_pdf(
    template: str,
    data: Mapping[str, object],
    *,
    timeout_s: float,
    created_at: datetime | None = None,
    may_replace: bool = False,
    max_memory_bytes: int = MAX_MEMORY_BYTES,
) -> bytes:
    """Typeset `template` (a name in `typst/`) with `data` as PDF/A-2a and PDF/UA-1.

    `data` must be plain JSON; its texts are printed as they are and never read as markup.
    `created_at` is the time in the file's own facts: the same time and data give the same bytes.
    Raises `UnprintableText` as `printable` does, and `UnprintableDocument` when it takes longer
    than `timeout_s` or too much memory.
    """
    order = {
        "template": str(TEMPLATES / f"{template}.typ"),
        "fonts": str(FONTS),
        "data": json.dumps(printable(data, may_replace=may_replace), ensure_ascii=False),
        "timestamp": None if created_at is None else int(created_at.timestamp()),
        "max_memory_bytes": max_memory_bytes,
    }
    try:
        done = answer_of([str(WORKER)], json.dumps(order).encode(), timeout_s=timeout_s)
    except subprocess.TimeoutExpired as error:
        raise UnprintableDocument(
            "PDFの作成が%(seconds)s秒で終わりませんでした。件数を絞って、もう一度作成してください。",
            seconds=f"{timeout_s:g}",
        ) from error
    if done.returncode < 0:
        raise UnprintableDocument(
            "件数が多すぎるため、PDFを作成できませんでした。件数を絞って、もう一度作成してください。"
        )
    if done.returncode > 0:
        raise UnprintableDocument(
            "PDFを作成できませんでした。システム管理者に連絡してください。"
        ) from RuntimeError(done.stderr.decode("utf-8", "replace"))
    return done.stdout


def printable(data: object, *, may_replace: bool = False) -> object:
    """Return plain data as it will be typeset: without control characters, which no font has.

    Raises `UnprintableText` for what none of our fonts draws, unless it may be replaced by 〓.
    """
    clean = _each(_clean, data)
    lacking = unprintable(_texts(clean))
    if lacking and not may_replace:
        raise UnprintableText(lacking)
    return _each(replaced, clean) if lacking else clean


def _clean(text: str) -> str:
    """Return text without what a document for everybody may not hold (ISO 14289-1 §7.2)."""
    return clean_text(text).replace(BYTE_ORDER_MARK, "")


def _each(change: Callable[[str], str], value: object) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each(change, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each(change, each) for each in value]
    return value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
