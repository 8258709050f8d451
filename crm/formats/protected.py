"""Workbooks under a password: encrypted as Excel itself does it (ECMA-376 agile, AES-256)."""

import io
import secrets

# Nothing that is read for something else: no 0 O 1 l I, no capitals to shift for.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4


def new_password() -> str:
    """Return a password of 80 bits that can be read out on the telephone."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def protect(workbook: bytes, password: str) -> bytes:
    """Return an XLSX file that opens with `password` only; in memory, no temporary file."""
    from msoffcrypto.format.ooxml import OOXMLFile  # slow import

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, out)
    return out.getvalue()
