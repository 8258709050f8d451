"""The process that typesets one document: an order (JSON) on standard input, the PDF on output.

Run by its path, in isolated mode, by `crm.formats.pdf`; it imports nothing of ours.
"""

import json
import resource
import sys

import typst


def main() -> None:
    """Typeset the document that standard input orders."""
    order = json.load(sys.stdin)
    _limit(order["max_memory_bytes"])
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[order["fonts"]]
    )
    pdf = typst.compile(
        order["template"],
        format="pdf",
        font_paths=fonts,
        sys_inputs={"data": order["data"]},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=order["timestamp"],
    )
    sys.stdout.buffer.write(pdf)


def _limit(max_memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    # A core file would hold names and telephone numbers.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
