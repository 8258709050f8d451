"""Oversight: what the audit trail answers to auditors, to chiefs and to the person concerned."""
