"""The process that draws one photograph anew: a file on standard input, size and JPEG on output.

Run by its path, in isolated mode and without an environment, by `crm.formats.photos`; it imports
nothing of ours and writes no file.
"""

import json
import resource
import sys
import warnings
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")


def main() -> None:
    """Draw the photograph on standard input within the limits of the first argument."""
    limits = json.loads(sys.argv[1])
    _limit(limits)
    drawn = _drawn(sys.stdin.buffer.read(), limits)
    made = BytesIO()
    drawn.save(made, "JPEG", quality=limits["quality"], optimize=True)
    sys.stdout.buffer.write(f"{drawn.width} {drawn.height}\n".encode())
    sys.stdout.buffer.write(made.getvalue())


def _drawn(content: bytes, limits: dict[str, Any]) -> Image.Image:
    """Return the picture upright, on white, and small enough; a new one, with nothing beside it."""
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    with Image.open(BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > limits["pixels"]:
            raise SystemExit(2)
        # a large JPEG is read at the size it is needed in
        opened.draft("RGB", (limits["side"], limits["side"]))
        opened.thumbnail((limits["side"], limits["side"]))
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    page = Image.new("RGB", upright.size, "white")
    page.paste(upright, mask=upright)
    return page


def _limit(limits: dict[str, Any]) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_s"]),
        # A core file would hold the picture; no file is written at all.
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
