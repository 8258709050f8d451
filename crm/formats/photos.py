"""Photographs as people hand them in, drawn anew in a process with limits of its own.

Whatever a file holds beside its picture (where it was taken, with which camera, a small copy of
what was cut away) does not come back, and a file made to harm its reader harms a child.
"""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from crm.formats.child import answer_of
from crm.formats.errors import UnreadableFile

WORKER = Path(__file__).parent / "photo_worker.py"


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What a file may hold, how large the picture made of it is, and what making it may take."""

    file_bytes: int = 15_000_000
    pixels: int = 60_000_000
    side: int = 1600
    quality: int = 82
    memory_bytes: int = 1_000_000_000
    cpu_s: int = 10
    timeout_s: float = 30.0


LIMITS = PhotoLimits()


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG of ours: upright, no larger than is shown, and nothing in it but the picture."""

    content: bytes
    width: int
    height: int


def redraw(content: bytes, *, limits: PhotoLimits = LIMITS) -> Photo:
    """Return the picture of a JPEG, PNG or WebP file as a JPEG of ours.

    Raises `UnreadableFile` with one sentence for all that is no such file or goes beyond `limits`.
    """
    if len(content) > limits.file_bytes:
        raise UnreadableFile(
            "写真は%(megabytes)sメガバイト以下にしてください。",
            megabytes=limits.file_bytes // 1_000_000,
        )
    try:
        allowed = json.dumps(asdict(limits))
        done = answer_of([str(WORKER), allowed], content, timeout_s=limits.timeout_s)
    except subprocess.TimeoutExpired as error:
        raise _unreadable() from error
    # what the child printed may be of the file, so it goes nowhere
    if done.returncode != 0:
        raise _unreadable()
    size, _, picture = done.stdout.partition(b"\n")
    width, height = (int(side) for side in size.split())
    return Photo(picture, width, height)


def _unreadable() -> UnreadableFile:
    return UnreadableFile("写真を読めません。JPEG、PNG、WebPのいずれかの写真を選んでください。")
