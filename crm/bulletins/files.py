"""What an information sheet may be: a PDF or a picture, told by its content, never by its name."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from crm.kernel.errors import Refused

MAX_FILE_BYTES = 10_000_000
MAX_BODY_BYTES = MAX_FILE_BYTES + 2_000_000
"""Room for a file somewhat too large, so that it is refused in words."""
MAX_NAME = 200
_TAIL = 1024

EXTENSIONS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
ACCEPTED = ",".join(EXTENSIONS)
"""What the browser's file chooser offers; a convenience, not a check."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file taken in: `name` ends the way its content asks for."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The fingerprint of the content."""
        return hashlib.sha256(self.content).hexdigest()


def read_sheet(name: str, content: bytes) -> Sheet:
    """Return the file as it will be kept; Refused when it is too large or of no accepted kind."""
    if len(content) > MAX_FILE_BYTES:
        raise Refused(
            "ファイルは%(megabytes)sメガバイト以下にしてください。",
            field="file",
            megabytes=MAX_FILE_BYTES // 1_000_000,
        )
    media_type = _media_type(content)
    if media_type is None:
        raise Refused("PDF、PNG、JPEGのいずれかのファイルを選んでください。", field="file")
    extension = EXTENSIONS[media_type]
    stem = PurePath(name).stem.strip() or "information"
    return Sheet(stem[: MAX_NAME - len(extension)] + extension, media_type, content)


def _media_type(content: bytes) -> str | None:
    """Tell a whole file by its first and last bytes (ISO 32000-1 7.5, PNG 5.2, JPEG B.1.1.3)."""
    tail = content[-_TAIL:]
    if content.startswith(b"%PDF-") and b"%%EOF" in tail:
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in tail:
        return "image/png"
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail:
        return "image/jpeg"
    return None
