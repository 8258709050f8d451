"""Every proof there is, gathered so that none is forgotten."""

from tests.proof import (
    copies,
    decisions,
    factors,
    fence,
    forms,
    interference,
    matrix,
    mutants,
    offline,
    openings,
    revocation,
    sign_ins,
    tampering,
)
from tests.proof.proofs import PROOFS

MODULES = (
    decisions,
    fence,
    mutants,
    matrix,
    copies,
    interference,
    revocation,
    openings,
    forms,
    tampering,
    sign_ins,
    factors,
    offline,
)

__all__ = ["MODULES", "PROOFS"]
