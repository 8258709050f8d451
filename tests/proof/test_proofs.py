"""Every claim tried at a size that fits `make test`; `make prove` tries them in full."""

import pytest

from crm.kernel.db import Database
from tests.proof.claims import PROOFS
from tests.proof.databases import lent, unchecked
from tests.proof.decisions import decisions_are_as_specified
from tests.proof.fence import either_fence_holds_alone
from tests.proof.proofs import Proof
from tests.proof.reference import specified
from tests.proof.worlds import name_of, tables

pytestmark = pytest.mark.xdist_group("proofs")
ON_BOTH = (decisions_are_as_specified, either_fence_holds_alone)
ON_ONE = [one for one in PROOFS if one not in ON_BOTH]


def test_every_table_is_in_the_model() -> None:
    assert {name_of(kind) for kind in tables()} == specified()


@pytest.mark.as_owner
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_either_fence_holds_alone(database: Database) -> None:
    unchecked(database)
    with lent(database):
        outcome = either_fence_holds_alone.refute(either_fence_holds_alone.quick)
    assert (outcome.wrong, outcome.tried > 0) == (0, True), outcome


@pytest.mark.as_owner
def test_decisions_are_as_specified_on_either_database(database: Database) -> None:
    unchecked(database)
    with lent(database):
        outcome = decisions_are_as_specified.refute(decisions_are_as_specified.quick)
    assert (outcome.wrong, outcome.tried >= decisions_are_as_specified.quick) == (0, True), outcome


@pytest.mark.parametrize("claim", ON_ONE, ids=[one.refute.__name__ for one in ON_ONE])
def test_a_claim_holds(claim: Proof) -> None:
    outcome = claim.refute(claim.quick)
    assert (outcome.wrong, outcome.tried > 0) == (0, True), outcome
