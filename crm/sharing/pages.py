"""Every page of sharing with other agencies."""

from crm.sharing import (
    agreement_pages,
    disclosure_pages,
    note_pages,
    received_pages,
)

HANDLERS = [
    *agreement_pages.HANDLERS,
    *disclosure_pages.HANDLERS,
    *received_pages.HANDLERS,
    *note_pages.HANDLERS,
]
